"""A person's decisions on pairs of records (same event or not), which stand above every rule and weight."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from bsi.errors import InputError
from bsi.register.pairs import haversine_km

COLUMNS = ("record_id_a", "record_id_b", "decision", "decided_by", "decided_on", "why")
SAME_POINT_KM = 0.015


def load_decisions(path) -> pd.DataFrame:
    """Read the decisions on pairs of records: one row a pair, smaller id first, `decision` same or different, by whom, on which day, why.

    A missing file, or one with only its header, means that nobody has decided anything. Lines beginning with # are notes.

    Parameters
    ----------
    path : path of a CSV file, as data/hand/link_decisions.csv

    Raises
    ------
    InputError
        A column is missing, a value is not allowed, or two rows contradict each other.
    """
    path = Path(path)
    if not path.exists():
        return pd.DataFrame({c: pd.Series(dtype="str") for c in COLUMNS})
    try:
        table = pd.read_csv(path, dtype="str", encoding="utf-8-sig", comment="#", skip_blank_lines=True)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read as a table ({error})", str(path), f"Give it the header {','.join(COLUMNS)}.") from None
    missing = [c for c in COLUMNS if c not in table]
    if missing:
        raise InputError(f"columns {missing} are missing", str(path), f"Give it the header {','.join(COLUMNS)}.")
    return check_decisions(table[list(COLUMNS)], str(path))


def check_decisions(decisions: pd.DataFrame | None, where: str = "link decisions") -> pd.DataFrame:
    """Return the decisions with the smaller id first and repeated rows once.

    Parameters
    ----------
    decisions : DataFrame with the columns of `load_decisions`, or None
    where : name used in messages

    Raises
    ------
    InputError
        A row lacks an id, pairs a record with itself, says neither same nor different, or contradicts another; every such row is listed.
    """
    if decisions is None or not len(decisions):
        return pd.DataFrame({c: pd.Series(dtype="str") for c in COLUMNS})
    table = decisions.reset_index(drop=True).copy()
    one, other = table["record_id_a"].astype(object), table["record_id_b"].astype(object)
    broken = [f"row {k + 1} lacks a record id" for k in np.flatnonzero(one.isna() | other.isna())]
    broken += [f"row {k + 1} pairs {one[k]} with itself" for k in np.flatnonzero(one.eq(other))]
    broken += [f"row {k + 1} says {table['decision'][k]!r}" for k in np.flatnonzero(~table["decision"].isin(["same", "different"]))]
    if broken:
        raise InputError("; ".join(broken), where, "Write two different record ids and same or different.")
    swap = (one > other).to_numpy()
    table["record_id_a"], table["record_id_b"] = np.where(swap, other, one), np.where(swap, one, other)
    said = table.groupby(["record_id_a", "record_id_b"])["decision"].nunique()
    pairs = [f"{a} and {b}" for a, b in said[said > 1].index]
    if pairs:
        raise InputError(f"same and different are both decided for {'; '.join(pairs)}", where, "Keep one of the two rows.")
    _check_chains(table, where)
    return table.drop_duplicates(["record_id_a", "record_id_b"]).reset_index(drop=True)


def _check_chains(table, where):
    """Refuse a pair decided different whose records are decided same by way of others."""
    event = {}
    for a, b in table.loc[table["decision"] == "same", ["record_id_a", "record_id_b"]].itertuples(index=False):
        merged = event.get(a, {a}) | event.get(b, {b})
        event.update(dict.fromkeys(merged, merged))
    apart = table[table["decision"] == "different"]
    pairs = [f"{a} and {b}" for a, b in zip(apart["record_id_a"], apart["record_id_b"], strict=True) if b in event.get(a, ())]
    if pairs:
        raise InputError(f"decided different, yet the same by way of other decisions: {'; '.join(pairs)}", where, "Correct one of these decisions.")


def known_decisions(decisions: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions whose two records exist, warning about each of the others.

    Parameters
    ----------
    decisions : DataFrame from `check_decisions`
    records : DataFrame, contract RECORDS
    """
    if not len(decisions):
        return decisions
    ids = set(records["record_id"])
    is_known = (decisions["record_id_a"].isin(ids) & decisions["record_id_b"].isin(ids)).to_numpy(dtype=bool)
    for row in decisions[~is_known].itertuples():
        gone = [r for r in (row.record_id_a, row.record_id_b) if r not in ids]
        text = f"link decision {row.record_id_a} - {row.record_id_b} ({row.decision}) is not used: no record {' or '.join(gone)} in this build"
        warnings.warn(f"{text}. Remove it or name the new record.", stacklevel=2)
    return decisions[is_known].reset_index(drop=True)


def decided(a: pd.DataFrame, b: pd.DataFrame, i: np.ndarray, j: np.ndarray, decisions: pd.DataFrame) -> np.ndarray:
    """Return which candidate pairs are no longer for the model to decide: decided by a person, or of a record that a person has given its one partner.

    Parameters
    ----------
    a, b : DataFrame from `pairs.prepare` with `room`
    i, j : positions of the candidates
    decisions : DataFrame from `check_decisions`
    """
    out = np.zeros(len(i), dtype=bool)
    if decisions is None or not len(decisions):
        return out
    at_a, at_b = ({r: k for k, r in enumerate(t["record_id"])} for t in (a, b))
    for row in decisions.itertuples():
        for one, other in ((row.record_id_a, row.record_id_b), (row.record_id_b, row.record_id_a)):
            if one in at_a and other in at_b:
                x, y = at_a[one], at_b[other]
                out |= (i == x) & (j == y)
                if row.decision == "same":
                    out |= ((i == x) & (a["room"].iloc[x] == 1)) | ((j == y) & (b["room"].iloc[y] == 1))
    return out


def rule_links(pairs: pd.DataFrame, records: pd.DataFrame, decided_by: str) -> pd.DataFrame:
    """Return links of probability 1 for pairs of record ids, with distance, days apart and relation from the records.

    Parameters
    ----------
    pairs : DataFrame with record_id_a < record_id_b
    records : DataFrame, contract RECORDS
    decided_by : rule or hand
    """
    table = records.set_index("record_id")[["source", "upstream", "lon", "lat", "date"]]
    a, b = table.loc[pairs["record_id_a"]].reset_index(drop=True), table.loc[pairs["record_id_b"]].reset_index(drop=True)
    km = haversine_km(a["lon"], a["lat"], b["lon"], b["lat"])
    return pd.DataFrame(
        {
            "record_id_a": pairs["record_id_a"].to_numpy(),
            "record_id_b": pairs["record_id_b"].to_numpy(),
            "probability": 1.0,
            "relation": relation(*(t[c].astype(object).to_numpy() for c in ("upstream", "source") for t in (a, b)), km),
            "distance_m": np.round(km * 1000, 1),
            "days_apart": (b["date"] - a["date"]).dt.days.astype("Int64"),
            "decided_by": decided_by,
        }
    )


def relation(upstream_a, upstream_b, source_a, source_b, km) -> np.ndarray:
    """Return `independent` where two known upstreams differ, `republished` where they are one; where an upstream is unknown, `independent` only if the
    sources differ and the points are not the same to 15 m (km null: no points).
    """
    is_known = ~pd.isna(upstream_a) & ~pd.isna(upstream_b)
    is_copied = np.less_equal(km, SAME_POINT_KM, where=~np.isnan(km), out=np.zeros(len(km), dtype=bool))
    return np.where(np.where(is_known, upstream_a != upstream_b, (source_a != source_b) & ~is_copied), "independent", "republished")
