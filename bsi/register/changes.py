"""What changed between two registers: incidents added, corrected, moved, merged, split, withdrawn, and the numbers that moved."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bsi.periods import fiscal_year
from bsi.register.conflicts import apart_m
from bsi.register.matching import match_records

FIELDS = (
    "kind", "date", "date_precision", "country", "state", "county", "sector", "n_dead", "n_missing", "sex", "age", "nationality", "is_identified", "cause",
)  # fmt: skip
MOVED_M = 10
IN_ZONE = 0.5
LEAST_MOVE = 0.005
COVERED_YEAR = 5  # records that a vintage must hold of a year for the year to be in its scope
SCOPE_RECORDS = 20
IMPORT_RECORDS, IMPORT_SHARE, IMPORT_ONE_OBSERVER = 30, 0.5, 0.6
COLUMNS = ["change", "reason", "incident_id", "other_id", "field", "old", "new", "source", "year", "n_dead", "n_missing"]
REASONS = {  # (English, Spanish)
    "new_source": ("a source that the older register did not have", "fuente que el registro anterior no tenía"),
    "new_period": ("dated after the last day of the older vintage", "posterior al último día de la edición anterior"),
    "change_of_scope": (
        f"at least {SCOPE_RECORDS} records dated before the first year of the older vintage: the source began to cover earlier years",
        f"al menos {SCOPE_RECORDS} registros anteriores al primer año de la edición anterior: la fuente empezó a cubrir años previos",
    ),
    "bulk_import": (
        f"at least {IMPORT_RECORDS} records of a year that the older vintage covered, half of what it held, and most from one observer: an import at one time",
        f"al menos {IMPORT_RECORDS} registros de un año ya cubierto, la mitad de los que tenía, y casi todos de un mismo observador: una carga en bloque",
    ),
    "late": ("a later entry for a day that the older vintage covered", "captura tardía de un día que la edición anterior ya cubría"),
    "withdrawn": ("no record of it is in the newer vintage", "ningún registro suyo está en la edición nueva"),
    "relinked": ("its records now stand in another incident", "sus registros están ahora en otro hecho"),
    "corrected": ("a field was changed by the source or by reconciliation", "la fuente o la conciliación cambiaron un dato"),
}


def diff(old, new, matches: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return what changed from the older register to the newer, one row a change (one row a field where an incident was corrected).

    Incidents correspond through their records (`match_records`), not through their ids alone. `reason` says why, by the rules in `REASONS`.

    Parameters
    ----------
    old, new : registers (`bsi.open(...)`) or mappings of tables: records, incident_records, incidents, zone_weights
    matches : record_id_old, record_id_new; default `match_records` of both

    Returns
    -------
    DataFrame: change (added, corrected, moved, merged, split, withdrawn), reason, incident_id (withdrawn and merged: the old id), other_id, field, old, new
    (values as text), source (of the first record), year, n_dead, n_missing
    """
    matches = match_records(_table(old, "records"), _table(new, "records")) if matches is None else matches
    pairs = _pairs(old, new, matches)
    main = _main(pairs)
    parts = [
        _added(old, new, pairs, matches),
        _withdrawn(old, pairs),
        _regrouped(old, pairs, main, "id_old", "merged"),
        _regrouped(new, pairs, main, "id_new", "split"),
        _corrected(_table(old, "incidents"), _table(new, "incidents"), main),
        _moved(old, new, main),
    ]
    table = pd.concat([p.reindex(columns=COLUMNS).astype("object") for p in parts], ignore_index=True)
    first = _first_sources(new).combine_first(_first_sources(old))
    table["source"] = table["source"].fillna(table["incident_id"].map(first))
    return table.astype(dict.fromkeys(COLUMNS[:8], "str") | {"year": "Int64", "n_dead": "Int64", "n_missing": "Int64"})


def arrivals(old: pd.DataFrame, new: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """Return how the records of each source and year changed between two vintages, before any linkage between sources.

    Parameters
    ----------
    old, new : RECORDS
    matches : record_id_old, record_id_new of `match_records`

    Returns
    -------
    DataFrame: source, year, n_old, n_new, n_gone, n_added, reason (most frequent one of the added, see `REASONS`), observer (most frequent one of the added)
    and n_observer (added records of that observer)
    """
    added = new[~new["record_id"].isin(matches["record_id_new"])]
    added = added.assign(year=added["date"].dt.year, reason=added["record_id"].map(_reasons_of_records(old, new, matches)))
    gone = old[~old["record_id"].isin(matches["record_id_old"])]
    sizes = {"n_old": old, "n_new": new, "n_gone": gone, "n_added": added}
    out = pd.DataFrame({name: t.groupby(["source", t["date"].dt.year.rename("year")]).size() for name, t in sizes.items()}).fillna(0).astype(int)
    for name, column in (("reason", "reason"), ("observer", "upstream")):
        counts = added.groupby(["source", "year", column]).size().rename("n").reset_index().sort_values(["n", column], ascending=[False, True])
        first = counts.drop_duplicates(["source", "year"]).set_index(["source", "year"])
        out[name] = first[column]
        if name == "observer":
            out["n_observer"] = first["n"]
    return out.fillna({"n_observer": 0}).astype({"n_observer": int}).reset_index().astype({"year": "Int64"})


def moved_numbers(old, new, changes: pd.DataFrame | None = None, matches: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return which counts moved between two registers, by how much, and because of which incidents.

    Cumulative rows are left out. A zone counts each incident with its probability of lying there; a source counts the incidents that it lists.

    Parameters
    ----------
    old, new : registers or mappings of tables
    changes : table of `diff`
    matches : as in `diff`

    Returns
    -------
    DataFrame: by (fiscal_year, calendar_year, zone, source), value, measure (n_incidents, n_dead, n_missing), old, new, difference,
    because (reason and signed sum, joined by '; '), incident_ids (joined by ';'); only rows that moved
    """
    matches = match_records(_table(old, "records"), _table(new, "records")) if matches is None else matches
    changes = diff(old, new, matches) if changes is None else changes
    main = _main(_pairs(old, new, matches)).set_index("id_old")["id_new"]
    before, after = _cells(old), _cells(new)
    before["incident_id"] = before["incident_id"].map(main).fillna(before["incident_id"])
    keys = ["by", "value", "measure"]
    both = pd.concat([before.assign(old=before["amount"], signed=-before["amount"]), after.assign(new=after["amount"], signed=after["amount"])])
    both["reason"] = both["incident_id"].map(_reasons(changes, main)).astype("str").fillna("corrected")
    net = both.groupby([*keys, "reason", "incident_id"], as_index=False)["signed"].sum()
    net = net[net["signed"].abs() > LEAST_MOVE]
    shares = net.groupby([*keys, "reason"], as_index=False)["signed"].sum()
    shares["text"] = shares["reason"] + " " + shares["signed"].map("{:+.4g}".format).astype("str")
    out = both.groupby(keys)[["old", "new"]].sum()
    out["difference"] = out["new"] - out["old"]
    out["because"] = shares.groupby(keys)["text"].agg("; ".join)
    out["incident_ids"] = net.groupby(keys)["incident_id"].agg(";".join)
    return out[out["difference"].abs() > LEAST_MOVE].reset_index()


def _table(register, name: str) -> pd.DataFrame:
    return register[name] if isinstance(register, Mapping) else getattr(register, name)


def _pairs(old, new, matches: pd.DataFrame) -> pd.DataFrame:
    """Return which old incident shares how many records with which new one."""
    was = _table(old, "incident_records")[["record_id", "incident_id"]].set_axis(["record_id_old", "id_old"], axis=1)
    now = _table(new, "incident_records")[["record_id", "incident_id"]].set_axis(["record_id_new", "id_new"], axis=1)
    both = matches[["record_id_old", "record_id_new"]].merge(was).merge(now)
    return both.groupby(["id_old", "id_new"], as_index=False).size()


def _main(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that continue one another, each incident once: the same id first, then most records, then ids."""
    ranked = pairs.assign(other=pairs["id_old"].ne(pairs["id_new"]), less=-pairs["size"]).sort_values(["other", "less", "id_old", "id_new"])
    kept, used = [], set()
    for a, b in zip(ranked["id_old"], ranked["id_new"]):
        if ("old", a) not in used and ("new", b) not in used:
            used |= {("old", a), ("new", b)}
            kept.append((a, b))
    return pd.DataFrame(kept, columns=["id_old", "id_new"]).astype("str")


def _first_sources(register) -> pd.Series:
    first = _table(register, "incident_records").query("role in ('first', 'cumulative')")
    return first.merge(_table(register, "records")[["record_id", "source"]], on="record_id").set_index("incident_id")["source"]


def _rows(incidents: pd.DataFrame, change: str) -> pd.DataFrame:
    return incidents[["incident_id", "n_dead", "n_missing"]].assign(change=change, year=incidents["date"].dt.year)


def _added(old, new, pairs, matches) -> pd.DataFrame:
    incidents = _table(new, "incidents")
    rows = _rows(incidents[~incidents["incident_id"].isin(pairs["id_new"])], "added")
    reasons = _reasons_of_records(_table(old, "records"), _table(new, "records"), matches)
    first = _table(new, "incident_records").query("role in ('first', 'cumulative')").set_index("incident_id")["record_id"]
    return rows.assign(reason=rows["incident_id"].map(first).map(reasons))


def _reasons_of_records(old: pd.DataFrame, new: pd.DataFrame, matches: pd.DataFrame) -> pd.Series:
    """Return why each record is new, by record id (see `REASONS`)."""
    added = new.loc[~new["record_id"].isin(matches["record_id_new"]), ["record_id", "source", "upstream", "date"]].copy()
    if added.empty:
        return pd.Series(dtype="str")
    added["year"] = added["date"].dt.year
    was = old.assign(year=old["date"].dt.year)
    per_year = was.groupby(["source", "year"]).size().rename("n_old").reset_index()
    begin = per_year[per_year["n_old"] >= COVERED_YEAR].groupby("source")["year"].min()
    end = was.groupby("source").agg(last=("date", "max"), vintage=("vintage", "max")).min(axis=1)
    added = added.merge(per_year, on=["source", "year"], how="left").fillna({"n_old": 0})
    is_before = added["year"] < added["source"].map(begin)
    n_before = is_before.groupby(added["source"]).transform("sum")
    reason = np.select(
        [~added["source"].isin(old["source"]), added["date"] > added["source"].map(end), is_before & (n_before >= SCOPE_RECORDS)],
        ["new_source", "new_period", "change_of_scope"],
        "late",
    )
    late = added[reason == "late"].assign(one=1)
    in_year = late.groupby(["source", "year"])["one"].transform("sum")
    from_one = late.groupby(["source", "year", "upstream"], dropna=False)["one"].transform("sum")
    from_most = from_one.groupby([late["source"], late["year"]]).transform("max")
    is_import = (in_year >= IMPORT_RECORDS) & (in_year >= IMPORT_SHARE * late["n_old"]) & (from_most >= IMPORT_ONE_OBSERVER * in_year)
    reason[late.index[is_import]] = "bulk_import"
    return pd.Series(reason, index=added["record_id"])


def _withdrawn(old, pairs) -> pd.DataFrame:
    incidents = _table(old, "incidents")
    return _rows(incidents[~incidents["incident_id"].isin(pairs["id_old"])], "withdrawn").assign(reason="withdrawn")


def _regrouped(register, pairs, main, end: str, change: str) -> pd.DataFrame:
    """Return the incidents that share records with the other register but do not continue one of it: merged into, or split from."""
    rest = pairs[~pairs[end].isin(main[end])].sort_values(["size", "id_old", "id_new"], ascending=[False, True, True]).drop_duplicates(end).set_index(end)
    incidents = _table(register, "incidents")
    rows = _rows(incidents[incidents["incident_id"].isin(rest.index)], change)
    return rows.assign(reason="relinked", other_id=rows["incident_id"].map(rest["id_new" if end == "id_old" else "id_old"]))


def _aligned(old: pd.DataFrame, new: pd.DataFrame, main: pd.DataFrame):
    sides = (old, main["id_old"]), (new, main["id_new"])
    return [pd.DataFrame(table).set_index("incident_id").reindex(ids).rename_axis("incident_id").reset_index() for table, ids in sides]


def _corrected(old: pd.DataFrame, new: pd.DataFrame, main: pd.DataFrame) -> pd.DataFrame:
    was, now = _aligned(old, new, main)
    parts = []
    for field in (*FIELDS, "position"):
        a, b = _text(was, field), _text(now, field)
        changed = (apart_m(was, now) > MOVED_M) | (was["lon"].isna() != now["lon"].isna()) if field == "position" else a.ne(b)
        parts.append(_rows(now[changed], "corrected").assign(field=field, old=a[changed], new=b[changed], reason="corrected"))
    return pd.concat(parts, ignore_index=True)


def _text(frame: pd.DataFrame, field: str) -> pd.Series:
    """Return a field as text that can be compared, blank for null."""
    if field == "position":
        return (frame["lat"].map("{:.5f}".format, na_action="ignore") + ", " + frame["lon"].map("{:.5f}".format, na_action="ignore")).astype("str").fillna("")
    values = frame[field].dt.strftime("%Y-%m-%d") if field == "date" else frame[field]
    return values.astype("str").fillna("").str.removesuffix(".0")


def _moved(old, new, main) -> pd.DataFrame:
    was, now = (_zones(r).rename_axis("incident_id") for r in (old, new))
    a, b = was.reindex(main["id_old"]).fillna("").to_numpy(), now.reindex(main["id_new"]).fillna("").to_numpy()
    table = main.assign(old=a, new=b)[a != b].set_index("id_new")
    rows = _rows(_table(new, "incidents"), "moved").set_index("incident_id", drop=False).reindex(table.index)
    return rows.assign(field="zone", old=table["old"], new=table["new"], reason="corrected")


def _zones(register) -> pd.Series:
    weights = _table(register, "zone_weights")
    inside = weights[weights["probability"] >= IN_ZONE].sort_values(["incident_id", "zone_id"])
    return inside.groupby("incident_id")["zone_id"].agg(";".join)


def _reasons(changes: pd.DataFrame, main: pd.Series) -> pd.Series:
    """Return one reason per incident, by the id it has in the newer register."""
    first = changes[changes["change"].isin(["added", "withdrawn", "merged", "split"])].drop_duplicates("incident_id")
    return first.set_index("incident_id")["reason"].rename(index=lambda i: main.get(i, i))


def _cells(register) -> pd.DataFrame:
    """Return what each incident adds to each count: by, value, incident_id, measure, amount."""
    table = _table(register, "incidents")
    table = table.loc[~table["is_cumulative"], ["incident_id", "date", "sources", "n_dead", "n_missing"]].assign(n_incidents=1)
    weights = _table(register, "zone_weights")[["incident_id", "zone_id", "probability"]]
    zoned = table.merge(weights, on="incident_id")
    parts = [
        table.assign(by="fiscal_year", value=fiscal_year(table["date"]).astype("str"), weight=1.0),
        table.assign(by="calendar_year", value=table["date"].dt.year.astype("Int64").astype("str"), weight=1.0),
        table.assign(by="source", value=table["sources"].str.split(";"), weight=1.0).explode("value"),
        zoned.assign(by="zone", value=zoned["zone_id"], weight=zoned["probability"]),
    ]
    cells = pd.concat([p[["by", "value", "incident_id", "weight", "n_incidents", "n_dead", "n_missing"]] for p in parts], ignore_index=True)
    cells["value"] = cells["value"].astype("str").fillna("unknown")
    long = cells.melt(id_vars=["by", "value", "incident_id", "weight"], var_name="measure", value_name="count")
    return long.assign(amount=long["weight"] * long["count"].astype("Float64").fillna(0).astype("float64")).drop(columns=["weight", "count"])
