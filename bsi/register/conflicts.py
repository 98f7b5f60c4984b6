"""Conflicts: where the records of one incident contradict what the incident says."""

from __future__ import annotations

import numpy as np
import pandas as pd

OPEN_CAUSES = ("pending", "undetermined", "skeletal", "mixed")
WIDER_CAUSES = {"exposure": ("heat", "cold"), "other_injury": ("vehicle", "train", "fall", "violence")}  # the wider word does not contradict the narrower
AGE_TOLERANCE_YEARS = 1
POINT_TOLERANCE_M = 1_000
EARTH_RADIUS_M = 6_371_008.8
RULE_OF = {"sex": "person", "age": "person", "nationality": "person", "n_dead": "persons", "n_missing": "persons"}


def find_conflicts(table: pd.DataFrame, lines: pd.DataFrame, incidents: pd.DataFrame) -> tuple[pd.DataFrame, pd.Index]:
    """Return every field on which a record contradicts its incident, and the incidents in which two observers do.

    Dates contradict where both are days of one kind (event, found, reported) and differ; points where they lie further apart than both precisions and
    1 km; ages beyond one year; causes where both are specific and neither is the wider word for the other; counts where lists or observers differ.

    Parameters
    ----------
    table : RECORDS with incident_id, who (observer) and is_duplicate, sorted by standing within the incident
    lines : counts per incident_id, source and who
    incidents : chosen values, indexed by incident_id, with n_records

    Returns
    -------
    (CONFLICTS without types, index of incident_id)
    """
    several = table[table["incident_id"].isin(incidents.index[incidents["n_records"] > 1])]
    own = incidents.reindex(several["incident_id"]).set_axis(several.index)
    day = several["date"].dt.strftime("%Y-%m-%d") + " " + several["date_kind"].fillna("")
    tests = {
        "date": (day, _date_differs(several, own), own["date"].dt.strftime("%Y-%m-%d")),
        "position": (_point_text(several), _point_differs(several, own), _point_text(own)),
        "cause": (several["cause"], _cause_differs(several, own), own["cause"]),
        "age": (_number(several["age"]), (several["age"] - own["age"]).abs() > AGE_TOLERANCE_YEARS, _number(own["age"])),
        **{f: (several[f], several[f].ne(own[f]) & several[f].notna() & own[f].notna(), own[f]) for f in ("sex", "nationality")},
    }
    entries = [_entries(several, field, *test) for field, test in tests.items()]
    counted = lines[lines["incident_id"].isin(several["incident_id"])].rename(columns={"source": "record_id"})
    for field in ("n_dead", "n_missing"):
        mine = incidents[field].reindex(counted["incident_id"]).set_axis(counted.index)
        entries.append(_entries(counted, field, _number(counted[field]), counted[field].ne(mine) & counted[field].notna(), _number(mine)))
    return _gather(pd.concat(entries, ignore_index=True))


def _entries(rows: pd.DataFrame, field: str, text: pd.Series, differs: pd.Series, chosen: pd.Series) -> pd.DataFrame:
    """Return what each record says on a field, for the incidents where one of them contradicts the choice."""
    differs = differs.fillna(False).astype(bool)
    is_hit = rows["incident_id"].isin(rows.loc[differs, "incident_id"]) & text.notna()
    return rows[["incident_id", "who", "record_id"]].assign(text=text, differs=differs, chosen=chosen, field=field)[is_hit]


def _gather(entries: pd.DataFrame) -> tuple[pd.DataFrame, pd.Index]:
    keys = ["incident_id", "field"]
    agreeing = entries.loc[~entries["differs"], [*keys, "who"]].drop_duplicates().assign(agrees=True)
    marked = entries.merge(agreeing, on=[*keys, "who"], how="left")
    several = marked.groupby(keys)["who"].transform("nunique") > 1
    between = pd.Index(marked.loc[marked["differs"] & marked["agrees"].isna() & several, "incident_id"].unique())
    said = entries["text"].astype("str") + " (" + entries["who"] + ", " + entries["record_id"] + ")"
    table = entries.assign(values=said).groupby(keys).agg(values=("values", "; ".join), chosen=("chosen", "first")).reset_index()
    return table.assign(rule=table["field"].map(RULE_OF).fillna(table["field"])), between


def _number(values: pd.Series) -> pd.Series:
    return values.astype("Float64").map("{:g}".format, na_action="ignore").astype("str")


def _date_differs(rows: pd.DataFrame, own: pd.DataFrame) -> pd.Series:
    are_days = rows["date_precision"].eq("day") & own["date_precision"].eq("day")
    return are_days & rows["date_kind"].eq(own["date_kind"]) & rows["date"].ne(own["date"])


def _point_text(rows: pd.DataFrame) -> pd.Series:
    return rows["lat"].map("{:.5f}".format, na_action="ignore").astype("str") + ", " + rows["lon"].map("{:.5f}".format, na_action="ignore").astype("str")


def _point_differs(rows: pd.DataFrame, own: pd.DataFrame) -> pd.Series:
    allowed = rows["location_precision_m"].fillna(0) + own["location_precision_m"].fillna(0)
    return apart_m(rows, own) > np.maximum(allowed, POINT_TOLERANCE_M)


def apart_m(a: pd.DataFrame, b: pd.DataFrame) -> pd.Series:
    """Return the great-circle distance between the points of two aligned frames, in metres (haversine on a sphere)."""
    lat_a, lat_b = np.radians(a["lat"]), np.radians(b["lat"])
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin(np.radians(b["lon"] - a["lon"]) / 2) ** 2
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half))


def _cause_differs(rows: pd.DataFrame, own: pd.DataFrame) -> pd.Series:
    is_specific = rows["cause"].notna() & ~rows["cause"].isin(OPEN_CAUSES)
    differs = is_specific & own["cause"].notna() & rows["cause"].ne(own["cause"])
    for wide, narrow in WIDER_CAUSES.items():
        differs &= ~(rows["cause"].eq(wide) & own["cause"].isin(narrow)) & ~(own["cause"].eq(wide) & rows["cause"].isin(narrow))
    return differs
