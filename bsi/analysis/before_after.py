"""What happened before and after a date, to be looked at: counts with exact intervals in blocks of a year, rates, and the comparison, one panel each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.analysis import blocks, series
from bsi.errors import NotEstimable

PER = 10_000  # encounters or apprehensions of a rate
COLUMNS = ("panel", "start", "end", "n", "low", "high", "side", "is_complete", "mean")


def panels(register: dict, row: dict, exposure: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the panels of one question: its series, its rate where an exposure is given, its comparison where there is one.

    Parameters
    ----------
    register : tables incidents, zone_weights, published
    row : one row of the estimability table
    exposure : period_start, exposure; by month for a monthly series, by fiscal year for an official one

    Returns
    -------
    DataFrame: panel (series, rate, comparison), start, end (days), n (people, or people per 10,000), low, high (exact), side (before, after, outside),
    is_complete (false for a block of fewer than twelve months), mean (a year of the whole window that the bar stands in; null outside)

    Raises
    ------
    NotEstimable
        There is no such series.
    """
    make = {"month": _monthly, "official_year": _official, "window": _window}[row["series"]]
    return pd.DataFrame(make(register, row, exposure)).reindex(columns=COLUMNS)


def _monthly(register: dict, row: dict, exposure) -> pd.DataFrame:
    if pd.isna(row["covered_from"]):
        raise NotEstimable("no year has {least} deaths with a date in this area", least=series.MIN_COVERED)
    parts = []
    for panel, area, causes in (("series", row["area"], row["causes"]), ("comparison", row["comparison"], row["comparison_causes"])):
        if area:
            rows = series.pick(register["incidents"], register["zone_weights"], area, causes)
            parts.append(_cut_in_years(series.monthly(rows, row["covered_from"], row["covered_to"], exposure), row).assign(panel=panel))
    if exposure is not None:
        parts.insert(1, _rate(parts[0]))
    return pd.concat(parts, ignore_index=True)


def _cut_in_years(months: pd.DataFrame, row: dict) -> pd.DataFrame:
    """Return blocks of twelve months over all that the lists reach, none partly in a window: back from both ends of before, on from both of after."""
    start = months["period_start"]
    edges = [start.lt(row["before_from"]), start.le(row["before_to"]), start.lt(row["after_from"]), start.le(row["after_to"])]
    part = pd.Series(np.select(edges, ["earlier", "before", "between", "after"], "later"), index=months.index)
    on, back = (months.groupby(part).cumcount(ascending=is_on) // 12 for is_on in (True, False))
    kept = months.assign(part=part, block=on.where(part.isin(["after", "later"]), back))[part.ne("between")]
    table = kept.groupby(["part", "block"], as_index=False).agg(
        start=("period_start", "min"), last=("period_start", "max"), n=("n", "sum"), months=("n", "size"), exposure=("exposure", lambda x: x.sum(skipna=False))
    )
    table = table.assign(end=table["last"] + pd.offsets.MonthEnd(0), side=table["part"].where(table["part"].isin(["before", "after"]), "outside"))
    table = table.assign(is_complete=table["months"].eq(12)).sort_values("start", ignore_index=True)
    return _counted(table, table["months"] / 12)


def _counted(table: pd.DataFrame, size) -> pd.DataFrame:
    """Return the counts with their intervals and the mean of each window."""
    return blocks.with_intervals(table.assign(mean=_mean(table, size)))


def _mean(table: pd.DataFrame, size) -> pd.Series:
    """Return people per size over all of the window that a bar stands in, incomplete bars weighing what they hold."""
    sums = table.assign(size=size).dropna(subset=["n", "size"]).groupby("side")[["n", "size"]].sum().drop("outside", errors="ignore")
    return table["side"].map(sums["n"] / sums["size"])


def _rate(table: pd.DataFrame) -> pd.DataFrame:
    size = (table["exposure"] / PER).where(table["exposure"].gt(0))
    return table.assign(panel="rate", mean=_mean(table, size), **{c: table[c] / size for c in ("n", "low", "high")})


def _official(register: dict, row: dict, exposure) -> pd.DataFrame:
    table = series.official(register["published"], row["area"]).rename(columns={"period_start": "start", "period_end": "end"})
    is_before = table["start"].ge(row["before_from"]) & table["end"].le(row["before_to"])
    is_after = table["start"].ge(row["after_from"]) & table["end"].le(row["after_to"])
    table = _counted(table.assign(side=np.select([is_before, is_after], ["before", "after"], "outside"), is_complete=True, panel="series"), 1.0)
    parts = [table]
    if exposure is not None:
        parts.append(_rate(table.assign(exposure=table["start"].map(exposure.set_index("period_start")["exposure"]))))
    if row["comparison"]:
        rows = series.pick(register["incidents"], register["zone_weights"], row["comparison"], row["comparison_causes"])
        n = [rows.loc[rows["date"].between(a, b), "n_dead"].sum() for a, b in zip(table["start"], table["end"], strict=True)]
        parts.append(_counted(table.assign(n=np.array(n, dtype="float64"), panel="comparison"), 1.0))
    return pd.concat(parts, ignore_index=True)


def _window(register: dict, row: dict, exposure) -> pd.DataFrame:
    rows = series.pick(register["incidents"], register["zone_weights"], row["area"], row["causes"])
    years = series.window_years(row)
    n = series.in_window(rows, row["after_from"], row["after_to"], years)
    side = np.select([n.index == row["before_from"].year, n.index == row["after_from"].year], ["before", "after"], "outside")
    table = pd.DataFrame({"n": n.to_numpy(dtype="float64"), "side": side, "is_complete": True, "panel": "series"})
    table["start"] = pd.to_datetime([f"{y}-01-01" for y in years]).astype("datetime64[us]")
    table["end"] = pd.to_datetime([f"{y}-12-31" for y in years]).astype("datetime64[us]")
    return _counted(table, 1.0)
