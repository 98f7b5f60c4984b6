"""Observers: how they stand to one another, who speaks in a record, and of how many persons."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

AUTHORITIES = (  # first pattern that an upstream matches: examiners, Border Patrol, police, government, civil society; what none matches is the press
    r"^pcome$|_me$|^me_|coroner|_omi$|examiner",
    r"^usbp$",
    r"sheriff|_county$|counties|police|fire|rescue",
    r"grupos_beta|^inm$|consulate|prosecutor|authority|federal",
    r"^ngo$|sthrc|university|opid|search|^nmd_|^iom$",
)
UNKNOWN_AUTHORITY = len(AUTHORITIES)
LEAST_AUTHORITY = UNKNOWN_AUTHORITY + 1  # media
DIRECTNESS = {"humane_borders": 0, "usbp_incidents": 1, "no_more_deaths": 3, "iom": 4}  # every mapped list: 2
JOINT_SOURCE, JOINT_OBSERVERS = "humane_borders", ("pcome", "maricopa_me")


def authority(upstream: pd.Series) -> pd.Series:
    """Return the standing of an observer: 0 medical examiners and coroners, 1 Border Patrol, 2 police, 3 government, 4 civil society, 5 unknown, 6 media.

    Examples
    --------
    >>> authority(pd.Series(["pcome", "usbp", "media", None])).tolist()
    [0, 1, 6, 5]
    """
    levels = {}
    for name in upstream.dropna().unique():
        levels[name] = next((level for level, pattern in enumerate(AUTHORITIES) if re.search(pattern, name)), LEAST_AUTHORITY)
    return upstream.map(levels).fillna(UNKNOWN_AUTHORITY).astype("int64")


def has_flag(records: pd.DataFrame, *names: str) -> pd.Series:
    """Return whether a record carries one of the flags.

    Examples
    --------
    >>> has_flag(pd.DataFrame({"flags": ["cumulative;point_shared", ""]}), "cumulative").tolist()
    [True, False]
    """
    return records["flags"].str.contains(rf"(?:^|;)(?:{'|'.join(names)})(?:;|$)", regex=True)


def persons(records: pd.DataFrame) -> pd.Series:
    """Return how many persons each record speaks of: dead and missing, else rescued or injured; a row without counts is one person."""
    dead_or_missing = records["n_dead"].fillna(0) + records["n_missing"].fillna(0)
    others = records[["n_rescued", "n_injured"]].fillna(0).max(axis=1)
    return dead_or_missing.where(dead_or_missing > 0, others).clip(lower=1).astype("int64")


def rank(records: pd.DataFrame) -> np.ndarray:
    """Return the standing of each record among all: by authority of the observer, directness of the list, then id."""
    direct = records["source"].map(DIRECTNESS).astype("float64").fillna(2)
    keys = pd.DataFrame({"a": authority(records["upstream"]), "d": direct, "id": records["record_id"]})
    return keys.reset_index(drop=True).sort_values(["a", "d", "id"]).reset_index(names="place").sort_values("place").index.to_numpy()


def settled_upstreams(records: pd.DataFrame, incident_ids: pd.Series) -> pd.Series:
    """Return the upstreams once it is known what is one incident: a list that cites one Arizona examiner for a row of Humane Borders republishes that row.

    Humane Borders publishes the Pima and the Maricopa examiner's dead together, and those who copy its file cite Pima for both.

    Parameters
    ----------
    records : RECORDS
    incident_ids : incident of each record, with the same index
    """
    is_joint = records["upstream"].isin(JOINT_OBSERVERS)
    own = records[is_joint & records["source"].eq(JOINT_SOURCE)].groupby(incident_ids)["upstream"].first()
    settled = incident_ids.map(own).astype("str")
    return settled.where(is_joint & records["source"].ne(JOINT_SOURCE), records["upstream"]).fillna(records["upstream"])


def observers(records: pd.DataFrame) -> pd.Series:
    """Return who speaks in each record: its upstream, the source itself where that is unknown; rows of one group of the source speak with one voice."""
    who = records["upstream"].fillna(records["source"] + "?")
    grouped = pd.DataFrame({"group": records["source"] + "/" + records["group_id"], "who": who, "order": rank(records)}).dropna(subset="group")
    first = grouped.sort_values("order").groupby("group")["who"].first()
    return grouped["group"].map(first).reindex(who.index).fillna(who)
