"""The numbers that the report's prose may quote: each made here once, with unit, table, filter and register hash."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bsi import periods
from bsi.errors import InputError
from bsi.publish.language import N_
from bsi.publish.numbers_findings import findings_numbers
from bsi.publish.numbers_people import PERSONS, people_numbers
from bsi.publish.report_rates import official
from bsi.publish.report_zones import zone_numbers

PER = 100_000
NEEDED = ("records", "out_of_scope", "rejected", "incidents", "zones", "zone_weights", "published", "accounting")
KINDS = ("count", "share", "year", "date", "number", "word")


def entry(value, unit: str, table: str, condition: str, kind: str = "count") -> dict:
    """Return one number: its value (null: not known), unit, the table and filter it comes from, and how it is written (one of KINDS)."""
    if isinstance(value, pd.Timestamp):
        value = value.strftime("%Y-%m-%d")
    elif value is not None and pd.isna(value):
        value = None
    elif hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return {"value": value, "unit": unit, "table": table, "filter": condition, "kind": kind}


def make_numbers(tables: Mapping[str, pd.DataFrame], build: Mapping, edition: int) -> dict[str, dict]:
    """Return every number of the report by key.

    Parameters
    ----------
    tables : records, out_of_scope, rejected, incidents, zones, zone_weights, published, accounting of one register
    build : its build.json (register_hash, data_as_of, rows)
    edition : U.S. fiscal year of the edition

    Returns
    -------
    dict of key -> value, unit, table, filter, kind, register_hash; shares are between 0 and 1

    Raises
    ------
    InputError
        A table is missing, or the edition's year lies before the first dated death or after the last.
    """
    missing = [name for name in NEEDED if name not in tables]
    if missing:
        raise InputError(f"the report lacks the tables {', '.join(missing)}", do="Build the register again with `bsi build`.")
    deaths = deaths_of(tables["incidents"], build["data_as_of"])
    check_edition(deaths, edition)
    out = {
        **_edition(build, edition),
        **_rows(tables, build),
        **_deaths(deaths, edition),
        **_zones(deaths, tables, edition),
        **_unknown(deaths, tables),
        **_rescues(tables["published"], edition),
        **findings_numbers(tables, entry),
        **zone_numbers(tables, entry),
        **people_numbers(tables, {"deaths": deaths, "edition": edition, "build": build}, entry),
    }
    return {key: {**number, "register_hash": build["register_hash"]} for key, number in out.items()}


def check_edition(deaths: pd.DataFrame, edition: int) -> None:
    """Stop where no death is dated up to the edition's year, or none from it on.

    Parameters
    ----------
    deaths : from `deaths_of`
    edition : U.S. fiscal year of the edition

    Raises
    ------
    InputError
        The year lies before the first dated death or after the last.
    """
    years = deaths["fiscal_year"].dropna()
    if not years.le(edition).any() or years.max() < edition:
        side = "after" if years.le(edition).any() else "before"
        raise InputError(f"no death is dated in or {side} fiscal year {edition}", do="Choose an edition year that the data cover, with --edition.")


def deaths_of(incidents: pd.DataFrame, until) -> pd.DataFrame:
    """Return the incidents with people dead or missing that name a single event, with their fiscal_year.

    fiscal_year is null where the day is not known to the month, is not credible, or lies after `until`: as in the counts by period.
    """
    rows = pd.DataFrame(incidents[incidents["kind"].isin(("death", "missing")) & ~incidents["is_cumulative"].astype(bool)])
    dated = rows["date_precision"].isin(("day", "month")) & rows["date"].le(pd.Timestamp(until)) & periods.is_credible(rows["flags"])
    year = (rows["date"].dt.year + (rows["date"].dt.month >= 10)).where(dated).astype("Int64")
    return rows.assign(fiscal_year=year, n_dead=rows["n_dead"].fillna(0).astype("int64"), n_missing=rows["n_missing"].fillna(0).astype("int64"))


def _edition(build: Mapping, edition: int) -> dict:
    return {
        "edition": entry(edition, N_("U.S. fiscal year"), "-", N_("chosen for this edition"), "year"),
        "edition_start": entry(pd.Timestamp(edition - 1, 10, 1), N_("day"), "-", N_("first day of the edition's fiscal year"), "date"),
        "edition_end": entry(pd.Timestamp(edition, 9, 30), N_("day"), "-", N_("last day of the edition's fiscal year"), "date"),
        "data_as_of": entry(pd.Timestamp(build["data_as_of"]), N_("day"), "build.json", N_("newest file read"), "date"),
        "oaxaca": entry(1999, N_("year"), "-", N_("joint communiqué of the Working Group on Migration, Oaxaca"), "year"),
        "mexico_city": entry(2002, N_("year"), "-", N_("joint communiqué of the Working Group on Migration, Mexico City"), "year"),
        "per": entry(PER, N_("apprehensions"), "-", N_("base of the rates"), "number"),
    }


def _rows(tables: Mapping, build: Mapping) -> dict:
    read = sum(int(r["read"]) for r in build["rows"])
    total = tables["accounting"].loc[lambda t: t["source"].eq("all")].set_index("stage")["n_records"].abs()
    return {
        "rows_read": entry(read, N_("rows"), "build.json", N_("all files read")),
        "files": entry(len(build["rows"]), N_("files"), "build.json", N_("all files read")),
        "sources": entry(len({r["source"] for r in build["rows"]}), N_("sources"), "build.json", N_("all files read")),
        "records": entry(len(tables["records"]), N_("records"), "records", N_("all")),
        "out_of_scope": entry(len(tables["out_of_scope"]), N_("rows"), "out_of_scope", N_("all")),
        "rejected": entry(len(tables["rejected"]), N_("rows"), "rejected", N_("all")),
        "republished": entry(int(total.get("republished", 0)), N_("records"), "accounting", "source = all, stage = republished"),
        "independent": entry(int(total.get("independent", 0)), N_("records"), "accounting", "source = all, stage = independent"),
        "incidents": entry(int(total.get("incidents", 0)), N_("incidents"), "accounting", "source = all, stage = incidents"),
        "conflicts": entry(int(tables["incidents"]["has_conflict"].sum()), N_("incidents"), "incidents", "has_conflict"),
    }


def _deaths(deaths: pd.DataFrame, edition: int) -> dict:
    known = deaths[deaths["fiscal_year"].notna() & (deaths["fiscal_year"] <= edition)]
    by_year = known.groupby("fiscal_year")[["n_dead", "n_missing"]].sum()
    yearly = by_year["n_dead"]
    this, before, highest = int(yearly.get(edition, 0)), int(yearly.get(edition - 1, 0)), yearly.idxmax()
    at_most = f"{PERSONS}, max by fiscal_year <= {edition}"
    undated = deaths["fiscal_year"].isna()
    return {
        "dead_undated": entry(
            int(deaths.loc[undated, "n_dead"].sum()), N_("people"), "incidents", PERSONS + ", date_precision not in (day, month) or date_after_vintage in flags"
        ),
        "dead_edition": entry(this, N_("people"), "incidents", f"{PERSONS}, fiscal_year = {edition}; n_dead"),
        "missing_edition": entry(
            int(known.loc[known["fiscal_year"].eq(edition), "n_missing"].sum()), N_("people"), "incidents", f"{PERSONS}, fiscal_year = {edition}; n_missing"
        ),
        "dead_before": entry(before, N_("people"), "incidents", f"{PERSONS}, fiscal_year = {edition - 1}"),
        "dead_change": entry(abs(this - before), N_("people"), "incidents", f"|fiscal_year {edition} - fiscal_year {edition - 1}|"),
        "dead_highest": entry(int(yearly.max()), N_("people"), "incidents", at_most),
        "dead_or_missing_highest": entry(int(by_year.loc[highest].sum()), N_("people"), "incidents", f"{at_most}; n_dead + n_missing"),
        "year_highest": entry(int(highest), N_("U.S. fiscal year"), "incidents", at_most, "year"),
        "first_year": entry(int(yearly.index.min()), N_("U.S. fiscal year"), "incidents", f"{PERSONS}, min(fiscal_year)", "year"),
    }


def _zones(deaths: pd.DataFrame, tables: Mapping, edition: int) -> dict:
    """Return deaths in the edition's year by zone family: the sum over incidents of the largest probability to lie in a zone of the family."""
    family = tables["zones"].set_index("zone_id")["family"]
    weights = tables["zone_weights"].assign(family=lambda w: w["zone_id"].map(family))
    best = weights.groupby(["incident_id", "family"], as_index=False)["probability"].max()
    joined = best.merge(deaths[["incident_id", "fiscal_year", "n_dead"]], on="incident_id")
    joined["expected"] = joined["probability"] * joined["n_dead"]
    out = {}
    for name in ("canal", "desert"):
        rows = joined[joined["family"].eq(name)]
        condition = f"family = {name}, probability x n_dead"
        out[f"dead_{name}"] = entry(round(float(rows["expected"].sum())), N_("people"), "zone_weights x incidents", condition)
        this = rows.loc[rows["fiscal_year"].eq(edition), "expected"].sum()
        out[f"dead_{name}_edition"] = entry(round(float(this)), N_("people"), "zone_weights x incidents", f"{condition}, fiscal_year = {edition}")
    return out


def _unknown(deaths: pd.DataFrame, tables: Mapping) -> dict:
    people = deaths["n_dead"] + deaths["n_missing"]
    total = max(int(people.sum()), 1)
    no_place = deaths["lon"].isna() | deaths["lat"].isna()
    coarse = deaths["location_precision_m"].gt(2000) & ~no_place
    no_cause = deaths["cause"].isna() | deaths["cause"].isin(("skeletal", "undetermined", "pending", "mixed"))
    parts = {
        "share_no_place": (no_place, "lon = null or lat = null"),
        "share_coarse": (coarse, "location_precision_m > 2000"),
        "share_no_cause": (no_cause, "cause in (null, skeletal, undetermined, pending, mixed)"),
        "share_unidentified": (deaths["is_identified"].eq(False).fillna(False), "is_identified = false"),
        "share_found": (deaths["date_kind"].eq("found"), "date_kind = found"),
        "share_conflict": (deaths["has_conflict"].astype(bool), "has_conflict"),
    }
    unit = N_("share of the people who died or went missing")
    out = {k: entry(float(people[mask].sum() / total), unit, "incidents", text, "share") for k, (mask, text) in parts.items()}
    stated = tables["records"]["is_precision_stated"].fillna(False).astype(bool)
    return {
        **out,
        "share_precision_stated": entry(float(stated.mean()) if len(stated) else None, N_("share of the records"), "records", "is_precision_stated", "share"),
    }


def _rescues(published: pd.DataFrame, edition: int) -> dict:
    """Return the newest official number of people rescued on the whole border, of the edition's year or before, and its year."""
    known = {year: n for year, n in official(published, "usbp_profile_rescues").items() if year <= edition}
    last = max(known, default=None)
    text = f"series = usbp_profile_rescues, area = southwest_border, is_complete, max(fiscal_year) <= {edition}"
    return {
        "official_rescues": entry(known.get(last), N_("as published"), "published", text),
        "official_rescues_year": entry(last, N_("U.S. fiscal year"), "published", text, "year"),
    }
