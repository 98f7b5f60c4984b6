"""Each question that the data can bear, estimated by its design: effect, comparison, placebos, displacement, robustness."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi import contracts, periods
from bsi.analysis import blocks, intervals, series
from bsi.errors import NotEstimable

WINDOWS = ("before_from", "before_to", "after_from", "after_to")
EMPTY = (
    "ratio", "low", "high", "p_value", "p_serial", "adjusted", "dispersion", "controlled_ratio", "controlled_low", "controlled_high", "p_parallel",
    "smallest_reduction", "smallest_increase",
)  # fmt: skip


def monthly_series(register: dict, row: dict, exposure: pd.DataFrame | None, area: str | None = None, causes: str | None = None) -> pd.DataFrame:
    """Return the monthly series of a question over everything that the lists reach, with its exposure.

    Parameters
    ----------
    register : tables incidents and zone_weights
    row : one row of the estimability table
    exposure : period_start, exposure of the question's sector by month; None is none
    area, causes : in place of the question's own
    """
    rows = series.pick(register["incidents"], register["zone_weights"], area or row["area"], row["causes"] if causes is None else causes)
    return series.monthly(rows, row["covered_from"], row["covered_to"], exposure)


def evaluate(register: dict, row: dict, exposure: pd.DataFrame | None = None) -> dict:
    """Return the estimates of one question that the estimability table gives a design.

    Parameters
    ----------
    register : tables incidents, zone_weights, published
    row : one row of the estimability table
    exposure : as in `monthly_series`

    Returns
    -------
    dict with question_id, design and `EMPTY` (null where not to be had), note (why there is no estimate, empty otherwise)
    """
    out = {"question_id": row["question_id"], "design": row["design"], **dict.fromkeys(EMPTY, np.nan), "note": ""}
    estimate = {"blocks": _by_blocks, "controlled": _by_years, "exact": _by_window}.get(row["design"])
    if estimate is None:
        return out
    try:
        return out | estimate(register, row, exposure)
    except NotEstimable as reason:
        return out | {"note": str(reason)}


def _by_blocks(register: dict, row: dict, exposure: pd.DataFrame | None) -> dict:
    windows = tuple(row[w] for w in WINDOWS)
    out = estimate(monthly_series(register, row, exposure), windows)
    if row["comparison"]:
        other = monthly_series(register, row, None, row["comparison"], row.get("comparison_causes", ""))
        out |= beside(monthly_series(register, row, None), other, windows)
    return out


def estimate(months: pd.DataFrame, windows: tuple, with_power: bool = True) -> dict:
    """Return the ratio after / before in blocks of a year with what the verdict needs.

    The interval is the wider of the block interval and the exact one; p_value is the larger of the two tests.

    Parameters
    ----------
    months : from `monthly_series`
    windows : before_from, before_to, after_from, after_to
    with_power : also the smallest effect that the data could have shown (simulated, which takes a second)

    Raises
    ------
    NotEstimable
        As in `blocks.yearly_blocks` and `blocks.compare`.
    """
    table = blocks.yearly_blocks(months, windows)
    n, size, n_before = table["n"].to_numpy(), table["size"].to_numpy(), int(table["part"].eq("before").sum())
    found = blocks.compare(n, size, n_before)
    a, b, size_a, size_b = n[:n_before].sum(), n[n_before:].sum(), size[:n_before].sum(), size[n_before:].sum()
    exact_low, exact_high = intervals.ratio_interval(a, size_a, b, size_b)
    smallest = {d: blocks.smallest_detectable(size, n_before, a, float(found["dispersion"]), s) for d, s in (("reduction", -1), ("increase", 1)) if with_power}
    return {
        "ratio": float(found["ratio"]), "low": float(min(found["low"], exact_low)), "high": float(max(found["high"], exact_high)),
        "p_value": float(max(found["p_blocks"], found["p_exact"])), "p_serial": float(found["p_serial"]), "adjusted": float(found["adjusted"]),
        "dispersion": float(found["dispersion"]), **{f"smallest_{d}": value for d, value in smallest.items()},
    }  # fmt: skip


def beside(months: pd.DataFrame, other: pd.DataFrame, windows: tuple) -> dict:
    """Return the change beyond that of the comparison series: controlled_ratio, controlled_low, controlled_high, p_parallel (null where not to be had)."""
    try:
        mine, theirs = (blocks.yearly_blocks(m, windows) for m in (months, other))
        found = blocks.controlled(mine["n"].to_numpy(), theirs["n"].to_numpy(), int(mine["part"].eq("before").sum()))
    except NotEstimable:
        return {}
    return {"controlled_ratio": found["ratio"], "controlled_low": found["low"], "controlled_high": found["high"], "p_parallel": found["p_parallel"]}


def _by_years(register: dict, row: dict, exposure: pd.DataFrame | None) -> dict:
    table = years_beside(register, row)
    n_before = int(table["part"].eq("before").sum())
    found = blocks.controlled(table["n"].to_numpy(), table["n_other"].to_numpy(), n_before)
    keep = {"ratio": found["ratio"], "low": found["low"], "high": found["high"], "p_value": found["p_value"]}
    reach = np.log(found["high"] / found["ratio"]) * (1 + 0.842 / 1.96)  # z of 80 % power beside that of the interval
    return {**keep, "p_serial": 0.0, "p_parallel": found["p_parallel"], "smallest_reduction": float(np.exp(-reach)), "smallest_increase": float(np.exp(reach))}


def years_beside(register: dict, row: dict) -> pd.DataFrame:
    """Return the fiscal years of the two windows: period_start, part, n (Border Patrol), n_other (the comparison)."""
    table = series.official(register["published"], row["area"])
    rows = series.pick(register["incidents"], register["zone_weights"], row["comparison"])
    year = periods.fiscal_year(rows["date"])
    n_other = rows.groupby(year.to_numpy())["n_dead"].sum()
    part = np.where(table["period_end"].le(row["before_to"]), "before", np.where(table["period_start"].ge(row["after_from"]), "after", ""))
    inside = (part != "") & table["period_start"].ge(row["before_from"]) & table["period_end"].le(row["after_to"])
    table = table.assign(part=part, n_other=periods.fiscal_year(table["period_start"]).map(n_other).fillna(0).astype("float64"))[inside]
    return table.reset_index(drop=True)


def _by_window(register: dict, row: dict, exposure: pd.DataFrame | None) -> dict:
    a, b = row["n_before"], row["n_after"]
    low, high = intervals.ratio_interval(a, 1, b, 1)
    p = float(intervals.ratio_p(a, 1, b, 1))
    smallest = {f"smallest_{d}": blocks.smallest_detectable(np.ones(2), 1, a, 1.0, s) for d, s in (("reduction", -1), ("increase", 1))}
    return {"ratio": b / a if a else np.inf, "low": low, "high": high, "p_value": p, "p_serial": p, **smallest}


def placebo_dates(months: pd.DataFrame, windows: tuple, step_months: int = 3) -> pd.DataFrame:
    """Return the ratio at the true date and at every date the same windows can be moved to, at least a year away.

    Parameters
    ----------
    months : from `monthly_series`
    windows : before_from, before_to, after_from, after_to
    step_months : distance of the dates

    Returns
    -------
    DataFrame: date, ratio, is_true; windows that leave the series or a side without a death are left out
    """
    first, last = months["period_start"].min(), months["period_start"].max()
    rows = []
    for shift in [0, *[s for s in range(-600, 601, step_months) if abs(s) >= 12]]:
        moved = tuple(pd.Timestamp(w) + pd.DateOffset(months=shift) for w in windows)
        if moved[0] < first or moved[3] > last + pd.offsets.MonthEnd(1):
            continue
        try:
            table = blocks.yearly_blocks(months, moved)
            found = blocks.compare(table["n"].to_numpy(), table["size"].to_numpy(), int(table["part"].eq("before").sum()))
        except NotEstimable:
            continue
        rows.append([moved[2], float(found["ratio"]), shift == 0])
    return pd.DataFrame(rows, columns=["date", "ratio", "is_true"])


def placebo_places(register: dict, row: dict, places: dict[str, str], causes: str | None = None, least: int = 10) -> pd.DataFrame:
    """Return the ratio in the true area and in others where nothing was done, on the same windows, without exposure; only where the lists reach both.

    Parameters
    ----------
    register : tables incidents and zone_weights
    row : one row of the estimability table
    places : name -> area of `series.pick`
    causes : of the deaths in the other places; those of the question by default
    least : deaths that an area must have over the two windows

    Returns
    -------
    DataFrame: place, n_before, n_after, ratio (of the two rates a month), low, high (exact), is_true
    """
    windows, rows = tuple(row[w] for w in WINDOWS), []
    for name, area in {row["area"]: row["area"], **places}.items():
        is_true = name == row["area"]
        kinds = row["causes"] if is_true or causes is None else causes
        try:
            reached = series.coverage(series.pick(register["incidents"], register["zone_weights"], area), bool(kinds))
            if not is_true and (reached[0] > windows[0] or reached[1] < windows[3]):
                continue
            table = blocks.yearly_blocks(monthly_series(register, row, None, area, kinds), windows)
        except NotEstimable:
            continue
        sides = table.groupby("part")[["n", "size"]].sum()
        if sides["n"].sum() >= least or is_true:
            rows.append([name, *_sides(sides), is_true])
    return pd.DataFrame(rows, columns=["place", "n_before", "n_after", "ratio", "low", "high", "is_true"])


def _sides(sides: pd.DataFrame) -> list:
    """Return n before, n after, ratio and exact interval of two rows (before, after) with n and size; half a death where one side has none."""
    (a, size_a), (b, size_b) = sides.loc["before"], sides.loc["after"]
    add = 0.5 * (a == 0 or b == 0)
    return [int(a), int(b), (b + add) / size_b / ((a + add) / size_a), *intervals.ratio_interval(a, size_a, b, size_b)]


def placebo_sectors(register: dict, row: dict) -> pd.DataFrame:
    """Return the ratio of the Border Patrol's own counts in the sector of the question and in every other sector, on the same fiscal years.

    Parameters
    ----------
    register : table published
    row : one row of the estimability table, of a series of official years

    Returns
    -------
    DataFrame as from `placebo_places`
    """
    rows = []
    for code in contracts.SECTORS:
        try:
            table = series.official(register["published"], f"sector:{code}")
        except NotEstimable:
            continue
        inside = {w: table["period_start"].ge(row[f"{w}_from"]) & table["period_end"].le(row[f"{w}_to"]) for w in ("before", "after")}
        sides = pd.DataFrame({w: {"n": table.loc[here, "n"].sum(), "size": here.sum()} for w, here in inside.items()}).T
        rows.append([code, *_sides(sides), row["area"] == f"sector:{code}"])
    return pd.DataFrame(rows, columns=["place", "n_before", "n_after", "ratio", "low", "high", "is_true"])


def robustness(register: dict, row: dict, exposure: pd.DataFrame | None, variants: dict[str, dict]) -> pd.DataFrame:
    """Return the estimate of a question under other choices of window, cause, area, source and denominator.

    Parameters
    ----------
    register, row, exposure : as in `evaluate`
    variants : name -> what differs: area, causes, exposure (a table, or None for none), or any of the four days of the windows

    Returns
    -------
    DataFrame: variant, n_before, n_after, ratio, low, high, reason (why there is none)
    """
    rows = []
    for name, other in variants.items():
        changed = {**row, **{k: v for k, v in other.items() if k != "exposure"}}
        try:
            months = monthly_series(register, changed, other.get("exposure", exposure) if "exposure" in other else exposure)
            windows = tuple(changed[w] for w in WINDOWS)
            found, table = estimate(months, windows, with_power=False), blocks.yearly_blocks(months, windows)
            sides = table.groupby("part")["n"].sum()
            rows.append([name, int(sides["before"]), int(sides["after"]), found["ratio"], found["low"], found["high"], ""])
        except NotEstimable as reason:
            rows.append([name, None, None, np.nan, np.nan, np.nan, str(reason)])
    return pd.DataFrame(rows, columns=["variant", "n_before", "n_after", "ratio", "low", "high", "reason"])
