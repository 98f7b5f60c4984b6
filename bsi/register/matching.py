"""Which record of an older vintage is which record of a newer one: by the source's own id, else by linkage."""

from __future__ import annotations

import pandas as pd

from bsi.register.conflicts import apart_m

REUSED_AFTER_DAYS = 31
REUSED_BEYOND_M = 5_000
COLUMNS = ["record_id_old", "record_id_new", "how", "probability"]


def match_records(old: pd.DataFrame, new: pd.DataFrame, decisions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return which record of the old vintage is which of the new, source by source, each at most once.

    An id that both vintages hold matches, unless day and place both contradict it (more than 31 days and 5 km: the source gave the id to another person).
    What is left on both sides is linked one to one by `linkage.find_links`, as two lists of the same persons: so IOM 2019 (Web ID only) meets IOM 2022.

    Parameters
    ----------
    old, new : RECORDS of two builds; sources that only one of them has are left out
    decisions : hand decisions, as for `linkage.find_links`

    Returns
    -------
    DataFrame: record_id_old, record_id_new, how (id, linkage), probability (1 for an id)
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
    both = old[columns].merge(new[columns], on="record_id", suffixes=("_o", "_n"))
    are_days = both["date_precision_o"].eq("day") & both["date_precision_n"].eq("day")
    days = (both["date_o"] - both["date_n"]).dt.days.abs()
    far = apart_m(_point(both, "_o"), _point(both, "_n")) > REUSED_BEYOND_M
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
    return pd.concat([by_id, linked], ignore_index=True)


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
