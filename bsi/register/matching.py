"""Which record of an older vintage is which record of a newer one: by the source's own id, else by linkage."""

from __future__ import annotations

import pandas as pd

from bsi.register.conflicts import apart_m

REUSED_AFTER_DAYS = 31
REUSED_BEYOND_M = 5_000
NEAR_M = 50_000
VAGUE_OBSERVERS = ("media", "ngo", "other")  # many observers under one name
COLUMNS = ["record_id_old", "record_id_new", "how", "probability"]


def match_records(old: pd.DataFrame, new: pd.DataFrame, decisions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return which record of the old vintage is which of the new, source by source, each at most once.

    An id that both vintages hold matches, unless day and place both contradict it (more than 31 days and 5 km: the source gave the id to another person).
    What is left on both sides is linked one to one by `linkage.find_links`, as two lists of the same persons: so IOM 2019 (Web ID only) meets IOM 2022.
    What is then left is matched where one observer is cited for the same day and neither sex contradicts: within 50 km, or wherever the number of dead is the
    same and the observer is a named office (in 2019 IOM gave the Pima examiner's dead one point in the county, later each its own).

    Parameters
    ----------
    old, new : RECORDS of two builds; sources that only one of them has are left out
    decisions : hand decisions, as for `linkage.find_links`

    Returns
    -------
    DataFrame: record_id_old, record_id_new, how (id, linkage, content), probability (1 for an id; for content one over the rows that could be it)
    """
    parts = [_match_source(o, new[new["source"] == source], decisions) for source, o in old.groupby("source", sort=True)]
    return pd.concat([p for p in parts if len(p)] or [pd.DataFrame({c: [] for c in COLUMNS})], ignore_index=True)


def reused_ids(old: pd.DataFrame, new: pd.DataFrame) -> pd.Series:
    """Return the ids that two vintages of a source give to rows which day and place both tell apart.

    Parameters
    ----------
    old, new : RECORDS
    """
    columns = ["record_id", "date", "date_precision", "lon", "lat"]
    both = old[columns].merge(new[columns], on="record_id", suffixes=("_old", "_new"))
    are_days = both["date_precision_old"].eq("day") & both["date_precision_new"].eq("day")
    days = (both["date_old"] - both["date_new"]).dt.days.abs()
    far = apart_m(_point(both, "_old"), _point(both, "_new")) > REUSED_BEYOND_M
    return both.loc[are_days & (days > REUSED_AFTER_DAYS) & far, "record_id"]


def _point(both: pd.DataFrame, end: str) -> pd.DataFrame:
    return both[[f"lon{end}", f"lat{end}"]].set_axis(["lon", "lat"], axis=1)


def _match_source(old: pd.DataFrame, new: pd.DataFrame, decisions) -> pd.DataFrame:
    shared = set(old["record_id"]) & set(new["record_id"]) - set(reused_ids(old, new))
    same = old.loc[old["record_id"].isin(shared), "record_id"].sort_values()
    by_id = pd.DataFrame({"record_id_old": same, "record_id_new": same, "how": "id", "probability": 1.0})
    left_old, left_new = old[~old["record_id"].isin(shared)], new[~new["record_id"].isin(shared)]
    if left_old.empty or left_new.empty:
        return by_id
    linked = _linked(old, new, decisions)
    linked = linked[linked["record_id_old"].isin(left_old["record_id"]) & linked["record_id_new"].isin(left_new["record_id"])]
    rest = left_old[~left_old["record_id"].isin(linked["record_id_old"])], left_new[~left_new["record_id"].isin(linked["record_id_new"])]
    return pd.concat([by_id, linked, _same_content(*rest)], ignore_index=True)


def _same_content(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that one observer gave for one day in both vintages, nearest first, each once."""
    columns = ["record_id", "upstream", "date", "date_precision", "n_dead", "sex", "lon", "lat"]
    rows = [t.loc[t["date_precision"].eq("day") & t["upstream"].notna(), columns] for t in (old, new)]
    both = rows[0].merge(rows[1], on=["upstream", "date"], suffixes=("_old", "_new"))
    distance_m = apart_m(_point(both, "_old"), _point(both, "_new"))
    is_same_count = both["n_dead_old"].eq(both["n_dead_new"]).fillna(False)
    is_possible = (distance_m <= NEAR_M) | (is_same_count & ~both["upstream"].isin(VAGUE_OBSERVERS))
    is_possible &= both["sex_old"].isna() | both["sex_new"].isna() | both["sex_old"].eq(both["sex_new"])
    able = both.assign(m=distance_m, differs=~is_same_count)[is_possible]
    able["probability"] = 1 / able.groupby("record_id_old")["record_id_new"].transform("size")
    pairs, used = [], set()
    able = able.sort_values(["differs", "m", "record_id_old", "record_id_new"])
    for a, b, p in zip(able["record_id_old"], able["record_id_new"], able["probability"]):
        if a not in used and b not in used:
            used |= {a, b}
            pairs.append((a, b, "content", p))
    return pd.DataFrame(pairs, columns=COLUMNS)


def _linked(old: pd.DataFrame, new: pd.DataFrame, decisions) -> pd.DataFrame:
    """Return the links between two vintages of one source; all records take part, so that the error rates are learnt from the known pairs too."""
    from bsi.register.linkage import find_links

    mark = "older vintage "
    older = old.assign(record_id=mark + old["record_id"], source=old["source"] + " older")
    links = find_links(pd.concat([older, new], ignore_index=True), decisions)
    a, b = links["record_id_a"], links["record_id_b"]
    is_across = a.str.startswith(mark) ^ b.str.startswith(mark)
    first = a.where(a.str.startswith(mark), b).str.removeprefix(mark)
    second = b.where(a.str.startswith(mark), a)
    table = pd.DataFrame({"record_id_old": first, "record_id_new": second, "how": "linkage", "probability": links["probability"]})[is_across]
    table = table.sort_values(["probability", "record_id_old", "record_id_new"], ascending=[False, True, True])
    return table[~table["record_id_old"].duplicated() & ~table["record_id_new"].duplicated()]
