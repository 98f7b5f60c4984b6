"""Incident ids that last: each made from its most stable record, and a ledger of what became of every id."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from bsi.contracts import INCIDENT_RECORDS, LEDGER, conform
from bsi.errors import InputError
from bsi.register.conflicts import POINT_TOLERANCE_M, apart_m
from bsi.register.incidents import make_ids

STABLE_IDS = {"humane_borders": 0, "usbp_incidents": 1, "iom": 3, "no_more_deaths": 4}  # whose ids last longest; every mapped list: 2
HASHED = re.compile(r":(?:.*~)?[0-9a-f]{12}-\d+$")  # a record id made from the row, where the source has none
CONTENT = ("source", "upstream", "date", "sex", "age", "lon", "lat", "county")
LIVE = ("new", "kept", "split_from", "relocated")
POINT = ["lon", "lat", "location_precision_m"]


def assign_ids(incident_records: pd.DataFrame, records: pd.DataFrame, ledger: pd.DataFrame | None = None, matches: pd.DataFrame | None = None):
    """Give every incident its lasting id and write down what became of the ids of earlier builds.

    An id is made from one record of the incident: the one of the source whose own ids last longest (OGIS case number, Border Patrol record number, mapped
    lists, IOM Incident ID; a row of a list without ids by its harmonised content, so that a changed layout does not rename it).
    With a ledger an incident keeps the id it had: the id goes where the record it was made from goes, else where most of its records go; of several ids
    that meet, the one of the more stable source stays and the others are `merged_into` it; an incident that leaves another is `split_from` it; an id
    without any record left is `withdrawn`; one whose point moved beyond both precisions and 1 km is `relocated`.
    A build of older files than the ledger has seen takes ids from the ledger and writes nothing into it.

    Parameters
    ----------
    incident_records : INCIDENT_RECORDS of `incidents.cluster`
    records : RECORDS
    ledger : LEDGER of the build before, or None
    matches : record_id_old, record_id_new of `match_records`, for sources whose record ids changed since the ledger

    Returns
    -------
    (INCIDENT_RECORDS with lasting ids, LEDGER)

    Raises
    ------
    InputError
        The ledger does not hold the columns of a ledger or an id stands twice in one build of it.
    """
    members = _members(incident_records, records)
    now = _clusters(members, records)
    vintage = records["vintage"].max()
    before = _state(ledger)
    is_older = len(before) > 0 and vintage < before["last_seen"].max()
    pairs = _overlaps(members, before, matches)
    given = _assign(pairs)
    now["incident_id"] = _ids(now, given, before)
    named = incident_records.assign(incident_id=incident_records["incident_id"].map(now["incident_id"]))
    out = conform(named, INCIDENT_RECORDS)
    if is_older:
        return out, conform(ledger, LEDGER)
    return out, _write(ledger, before, now, pairs, vintage)


def follow(ledger: pd.DataFrame, incident_id: str) -> str | None:
    """Return the id under which an incident is found today: itself, the one it was merged into, or None where it was withdrawn.

    Parameters
    ----------
    ledger : LEDGER
    incident_id : any id that was ever given

    Raises
    ------
    InputError
        The ledger does not know the id.
    """
    state = _state(ledger).set_index("incident_id")
    if incident_id not in state.index:
        raise InputError(f"no build ever gave the id {incident_id!r}", "ledger", "Look the id up in incidents.")
    while state.at[incident_id, "event"] == "merged_into":
        incident_id = state.at[incident_id, "other_id"]
    return None if state.at[incident_id, "event"] == "withdrawn" else incident_id


def record_keys(records: pd.DataFrame) -> pd.Series:
    """Return what an id is made from: the record id where the source has its own, else the harmonised content of the row and its occurrence."""
    is_hashed = records["record_id"].str.contains(HASHED.pattern, regex=True)
    rows = records.loc[is_hashed].sort_values("record_id")
    parts = rows[list(CONTENT)].assign(date=rows["date"].dt.strftime("%Y-%m-%d"), lon=rows["lon"].round(4), lat=rows["lat"].round(4))
    parts = parts.astype("str").fillna("")
    content = parts[CONTENT[0]].str.cat(parts[list(CONTENT[1:])], sep="|")
    content = content + "|" + content.groupby(content).cumcount().astype("str")
    return content.reindex(records.index).fillna(records["record_id"])


def _members(incident_records: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Return every record with its cluster, key, and how stable that key is."""
    keys = record_keys(records)
    table = pd.DataFrame({"record_id": records["record_id"], "key": keys, "stability": records["source"].map(STABLE_IDS).astype("float64").fillna(2)})
    table["stability"] += 10 * table["key"].ne(table["record_id"])
    return table.merge(incident_records[["record_id", "incident_id"]].rename(columns={"incident_id": "cluster"}), on="record_id", validate="one_to_one")


def _clusters(members: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Return, per cluster, the key of its most stable record, its records as text, and its most precise point."""
    members = members.sort_values(["cluster", "stability", "key"])
    out = members.drop_duplicates("cluster").set_index("cluster")[["key"]]
    joined = {}
    for cluster, record in zip(*members.sort_values(["cluster", "record_id"])[["cluster", "record_id"]].to_numpy().T):
        joined[cluster] = f"{joined[cluster]}\n{record}" if cluster in joined else record
    out["record_ids"] = pd.Series(joined)
    points = records[["record_id", *POINT]].merge(members[["record_id", "cluster"]]).dropna(subset="lon")
    best = points.sort_values(["location_precision_m", "record_id"]).drop_duplicates("cluster").set_index("cluster")[POINT]
    return out.join(best)


def _state(ledger: pd.DataFrame | None) -> pd.DataFrame:
    """Return the last row of each id."""
    if ledger is None:
        return conform(pd.DataFrame(), LEDGER)
    missing = [c for c in LEDGER.columns if c not in ledger]
    if missing or ledger.duplicated(["incident_id", "step"]).any():
        what = f"columns {missing} are missing" if missing else "an id stands twice in one step"
        raise InputError(f"the ledger cannot be used: {what}", "ledger.parquet", "Restore it, or delete it to give every incident the id its records make.")
    return conform(ledger, LEDGER).sort_values(["incident_id", "step"]).drop_duplicates("incident_id", keep="last")


def _overlaps(members: pd.DataFrame, before: pd.DataFrame, matches: pd.DataFrame | None) -> pd.DataFrame:
    """Return which live ids of the ledger share records with which clusters: how many, and whether the record the id was made from is there."""
    live = before[before["event"].isin(LIVE)]
    old = live[["incident_id", "key", "record_ids"]].assign(record_id=live["record_ids"].str.split("\n")).explode("record_id").astype({"record_id": "str"})
    old["is_key"] = old["key"].eq(old["record_id"])
    if matches is not None and len(matches):
        renamed = matches.set_index("record_id_old")["record_id_new"]
        old["record_id"] = old["record_id"].map(renamed).fillna(old["record_id"])
    both = old.merge(members.rename(columns={"key": "key_now"}), on="record_id")
    both["is_key"] |= both["key"].eq(both["key_now"])
    own = members.assign(is_key=True).rename(columns={"key": "key_now"}).merge(live[["incident_id", "key"]], left_on="key_now", right_on="key")
    both = pd.concat([both, own]).drop_duplicates(["incident_id", "record_id"])
    both["stable"] = both["stability"].where(both["is_key"], 99)
    pairs = both.groupby(["incident_id", "cluster"], as_index=False).agg(n=("record_id", "size"), is_key=("is_key", "any"), stable=("stable", "min"))
    return pairs.sort_values(["is_key", "stable", "n", "incident_id", "cluster"], ascending=[False, True, False, True, True], ignore_index=True)


def _assign(pairs: pd.DataFrame) -> dict:
    """Return cluster -> id: pairs in order, each id and each cluster once."""
    given, used = {}, set()
    for incident, cluster in zip(pairs["incident_id"], pairs["cluster"]):
        if cluster not in given and incident not in used:
            given[cluster] = incident
            used.add(incident)
    return given


def _ids(now: pd.DataFrame, given: dict, before: pd.DataFrame) -> pd.Series:
    """Return the id of each cluster: the one it had, else the one its key makes; a key whose id another incident holds is made anew."""
    taken, gone = set(given.values()), set(before.loc[before["event"].eq("merged_into"), "incident_id"])
    ids = dict(given)
    unnamed = now.loc[~now.index.isin(list(given)), "key"]
    for cluster, key, derived in zip(unnamed.index, unnamed, make_ids(unnamed).tolist()):
        number, candidate = 1, derived
        while candidate in taken or candidate in gone:
            number += 1
            candidate = str(make_ids([f"{key}#{number}"])[0])
        taken.add(candidate)
        ids[cluster] = candidate
    return now.index.to_series().map(ids).astype("str")


def _write(ledger, before, now, pairs, vintage) -> pd.DataFrame:
    """Return the ledger with this build added; the same ledger where nothing changed."""
    fresh = pd.concat([_living(before, now, pairs, vintage), _lost(before, now, pairs)], ignore_index=True)
    if ledger is None:
        return conform(fresh.assign(step=1), LEDGER).sort_values("incident_id", ignore_index=True)
    if fresh.empty:
        return conform(ledger, LEDGER)
    fresh["step"] = int(before["step"].max()) + 1 if len(before) else 1
    kept_again = fresh.loc[fresh["event"].eq("kept"), "incident_id"]
    replaced = before.loc[before["event"].eq("kept") & before["incident_id"].isin(kept_again), ["incident_id", "step"]]
    is_replaced = pd.MultiIndex.from_frame(ledger[["incident_id", "step"]]).isin(pd.MultiIndex.from_frame(replaced))
    return conform(pd.concat([ledger[~is_replaced], fresh], ignore_index=True), LEDGER).sort_values(["step", "incident_id"], ignore_index=True)


def _living(before, now, pairs, vintage) -> pd.DataFrame:
    """Return a row for every incident of this build that is new, split off, relocated, or kept with other records or by a newer build."""
    held = before[["incident_id", "event", "first_seen", "last_seen", "record_ids", *POINT]]
    rows = now.reset_index().merge(held, on="incident_id", how="left", suffixes=("", "_old"))
    origin = pairs.drop_duplicates("cluster").set_index("cluster")["incident_id"].reindex(rows["cluster"]).to_numpy()
    was_live = rows["event"].isin(LIVE)
    moved_m = apart_m(rows, rows[["lon_old", "lat_old"]].set_axis(["lon", "lat"], axis=1))
    allowed_m = rows["location_precision_m"].fillna(0) + rows["location_precision_m_old"].fillna(0)
    is_split = ~was_live & pd.notna(origin)
    is_moved = moved_m > np.maximum(allowed_m, POINT_TOLERANCE_M)
    rows["event"] = np.select([is_split, ~was_live, is_moved], ["split_from", "new", "relocated"], "kept")
    rows["other_id"] = np.where(is_split, origin, None)
    is_same = rows["event"].eq("kept") & rows["record_ids"].eq(rows["record_ids_old"]) & rows["last_seen"].eq(vintage)
    rows = rows.assign(first_seen=rows["first_seen"].fillna(vintage), last_seen=vintage)
    return rows.loc[~is_same, [c for c in LEDGER.columns if c != "step"]]


def _lost(before, now, pairs) -> pd.DataFrame:
    """Return a row for every id that was live and is not any more: merged into the incident that has most of its records, or withdrawn."""
    lost = before[before["event"].isin(LIVE) & ~before["incident_id"].isin(now["incident_id"])].drop(columns="step")
    largest = pairs.sort_values(["n", "cluster"], ascending=[False, True]).drop_duplicates("incident_id").set_index("incident_id")["cluster"]
    lost["other_id"] = lost["incident_id"].map(largest).map(now["incident_id"])
    lost["event"] = np.where(lost["other_id"].notna(), "merged_into", "withdrawn")
    return lost
