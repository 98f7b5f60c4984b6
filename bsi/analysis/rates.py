"""Deaths per 100,000 apprehensions or encounters: denominators with their splices in one place, exact intervals, ratios, empirical Bayes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi import periods
from bsi.analysis import intervals
from bsi.analysis.series import newest
from bsi.errors import InputError, NotEstimable

PER = 100_000
TITLE_42 = (pd.Timestamp("2020-03-21"), pd.Timestamp("2023-05-11"))
DENOMINATORS = {  # kind -> the series it is made of, each with the first and last day for which it is used, and the note printed with it
    "apprehensions": (("usbp_apprehensions", None, None),),
    "encounters_usbp": (("usbp_encounters_monthly", None, None),),
    "encounters_ohss": (("ohss_encounters_monthly", "2004-10-01", None),),
    "encounters": (("usbp_encounters_monthly", None, "2020-09-30"), ("ohss_encounters_monthly", "2020-10-01", None)),
    "agents": (("usbp_agents", None, None),),
}
NOTES = {
    "apprehensions": "apprehensions (Title 8), Border Patrol table by fiscal year; they measure enforcement effort as well as crossings",
    "encounters_usbp": "Border Patrol monthly table; Title 42 expulsions included from March 2020",
    "encounters_ohss": "OHSS monthly table, rounded to 10, from October 2004 (before that it differs from the Border Patrol table); Title 42 included",
    "encounters": "Border Patrol monthly table to September 2020, OHSS (rounded to 10) after; Title 42 included",
    "agents": "Border Patrol agents at the end of the fiscal year",
}


def denominator(published: pd.DataFrame, kind: str = "encounters", period: str = "fiscal_year") -> pd.DataFrame:
    """Return the exposure by sector and period: the only place where series are spliced and Title 42 is marked.

    Parameters
    ----------
    published : contract PUBLISHED
    kind : apprehensions (fiscal years), encounters_usbp, encounters_ohss, encounters (the two spliced at October 2020) or agents
    period : fiscal_year; for the monthly kinds also month, calendar_year, hot_season

    Returns
    -------
    DataFrame with period_start, period_end, label, area (sector codes and southwest_border), exposure (null where a part is missing), has_title_42, kind, note

    Raises
    ------
    InputError
        Kind or period is not known, or the kind does not exist by that period.
    NotEstimable
        The published table does not hold the series.
    """
    if kind not in DENOMINATORS:
        raise InputError(f"denominator {kind!r} is not known", do=f"Use one of {', '.join(DENOMINATORS)}.")
    periods.check_period(period)
    parts = []
    for series, first, last in DENOMINATORS[kind]:
        rows = newest(published[published["series"].eq(series) & published["derived"].isna()])
        rows = rows[rows["period_start"] >= pd.Timestamp(first)] if first else rows
        parts.append(rows[rows["period_end"] <= pd.Timestamp(last)] if last else rows)
    rows = pd.concat(parts)
    if rows.empty:
        raise NotEstimable("the published figures hold no series for {kind}", kind=kind)
    is_monthly = rows["period_type"].eq("month").all()
    if period in ("day", "week") or (not is_monthly and period != "fiscal_year"):
        raise InputError(f"{kind} are not published by {period}", do="Use fiscal_year" + (", calendar_year, hot_season or month." if is_monthly else "."))
    table = _by_period(rows, period) if is_monthly else rows[["period_start", "period_end", "area"]].assign(exposure=rows["value"])
    table = table.sort_values(["period_start", "area"], ignore_index=True)
    has_title_42 = (table["period_start"] <= TITLE_42[1]) & (table["period_end"] >= TITLE_42[0])
    table["label"] = periods.label(table["period_start"], period)
    return table.assign(has_title_42=has_title_42 & (kind.startswith("encounters")), kind=kind, note=NOTES[kind])


def _by_period(rows: pd.DataFrame, period: str) -> pd.DataFrame:
    sectors = rows[rows["area_type"].eq("sector")]
    border = sectors.groupby("period_start", as_index=False)["value"].sum().assign(area="southwest_border")
    rows = pd.concat([sectors[["period_start", "area", "value"]], border])
    rows["period_start"] = periods.period_start(rows["period_start"], period)
    grouped = rows.dropna(subset=["period_start"]).groupby(["period_start", "area"])["value"]
    table = grouped.agg(["sum", "size"]).reset_index()
    table["period_end"] = periods.period_end(table["period_start"], period)
    n_months = {"month": 1, "hot_season": periods.HOT_SEASON[1] - periods.HOT_SEASON[0] + 1}.get(period, 12)
    return table.assign(exposure=table["sum"].where(table["size"].ge(n_months)))[["period_start", "period_end", "area", "exposure"]]


def rate(deaths: pd.DataFrame, exposure: pd.DataFrame, count: str = "n", confidence: float = 0.95) -> pd.DataFrame:
    """Return deaths per 100,000 of the exposure with exact intervals, one row a period and area.

    Parameters
    ----------
    deaths : DataFrame with period_start, area and the counted column
    exposure : from `denominator`
    count : name of the counted column; null where nobody counted
    confidence : of the interval

    Returns
    -------
    DataFrame: the rows of `deaths` with exposure, rate, low, high (per 100,000), has_title_42, kind, note, and reason: empty, or why there is no rate

    Raises
    ------
    InputError
        A column is missing, or the exposure holds a period and area twice.
    NotEstimable
        There is no exposure at all.
    """
    for column in ("period_start", "area", count):
        if column not in deaths:
            raise InputError(f"the deaths have no column {column!r}", do="Give period_start, area and a count.")
    if exposure.empty:
        raise NotEstimable("there is no exposure to divide by")
    if exposure.duplicated(["period_start", "area"]).any():
        raise InputError("the exposure holds a period and area twice", do="Choose one kind of denominator.")
    joined = deaths.merge(
        exposure[["period_start", "area", "exposure", "has_title_42", "kind", "note"]], on=["period_start", "area"], how="left", validate="m:1"
    )
    usable, counted = joined["exposure"].gt(0), joined[count].notna()
    low, high = intervals.garwood(joined[count].fillna(0), confidence)
    per = (PER / joined["exposure"]).where(usable & counted)
    joined = joined.assign(rate=joined[count] * per, low=low * per, high=high * per)
    joined["reason"] = np.where(usable, "", np.where(joined["exposure"].eq(0), "the exposure is zero", "no exposure is published for this period and area"))
    joined.loc[~counted, "reason"] = "no list reaches this area in this period"
    return joined.assign(kind=exposure["kind"].iloc[0], note=exposure["note"].iloc[0])


def rate_ratio(n_a: float, exposure_a: float, n_b: float, exposure_b: float, confidence: float = 0.95) -> dict:
    """Return the ratio of rate b to rate a with the exact conditional interval and p-value (binomial, Clopper-Pearson; two-sided by doubling).

    Parameters
    ----------
    n_a, n_b : whole numbers of events
    exposure_a, exposure_b : exposures above zero
    confidence : of the interval

    Raises
    ------
    NotEstimable
        An exposure is not above zero, a count is not whole, or both counts are zero.

    Examples
    --------
    >>> {k: round(v, 3) for k, v in rate_ratio(20, 1000, 10, 1000).items()}
    {'ratio': 0.5, 'low': 0.209, 'high': 1.119, 'p_value': 0.099}
    """
    if not (0 < exposure_a < np.inf and 0 < exposure_b < np.inf):
        raise NotEstimable("the exposure is zero or missing in one of the two")
    if not (n_a >= 0 and n_b >= 0 and n_a % 1 == n_b % 1 == 0):
        raise NotEstimable("an exact ratio needs whole counts, not sums of probabilities")
    if n_a + n_b == 0:
        raise NotEstimable("both counts are zero")
    low, high = intervals.ratio_interval(n_a, exposure_a, n_b, exposure_b, confidence)
    ratio = n_b / exposure_b / (n_a / exposure_a) if n_a else np.inf
    return {"ratio": float(ratio), "low": low, "high": high, "p_value": float(intervals.ratio_p(n_a, exposure_a, n_b, exposure_b))}


def rescues_to_deaths(published: pd.DataFrame) -> pd.DataFrame:
    """Return persons rescued for each death by sector and fiscal year, from the sector profiles (year-end figures, FY2011-FY2019).

    Parameters
    ----------
    published : contract PUBLISHED

    Returns
    -------
    DataFrame with period_start, label, area, n_rescued, n_deaths, ratio (null where no death), low, high (exact, conditional), quality. Rows whose figure is
    marked as wrong keep their value and mark, and have no ratio.

    Raises
    ------
    NotEstimable
        The table holds no sector profiles.
    """
    rows = newest(published[published["series"].isin(["usbp_profile_rescues", "usbp_profile_deaths"])])
    if rows.empty:
        raise NotEstimable("the published figures hold no sector profiles")
    wide = rows.pivot_table(index=["period_start", "area"], columns="series", values="value")
    quality = rows.groupby(["period_start", "area"])["quality"].agg(lambda q: "; ".join(sorted({x for x in q if x})))
    table = wide.join(quality).reset_index().rename(columns={"usbp_profile_rescues": "n_rescued", "usbp_profile_deaths": "n_deaths"})
    for i, row in table.iterrows():
        if not row["quality"] and row["n_deaths"] > 0:
            table.loc[i, ["ratio", "low", "high"]] = [rate_ratio(row["n_deaths"], 1, row["n_rescued"], 1)[k] for k in ("ratio", "low", "high")]
    table["label"] = periods.label(table["period_start"], "fiscal_year")
    return table[["period_start", "label", "area", "n_rescued", "n_deaths", "ratio", "low", "high", "quality"]]


def side_by_side(
    deaths: pd.DataFrame, published: pd.DataFrame, kinds: tuple[str, ...] = ("apprehensions", "encounters", "agents"), count: str = "n"
) -> pd.DataFrame:
    """Return the rates of fiscal years with each denominator below each other, so that what depends on the choice is seen.

    Parameters
    ----------
    deaths : as in `rate`, by fiscal year
    published : contract PUBLISHED
    kinds : of `denominator`
    count : name of the counted column

    Returns
    -------
    DataFrame as from `rate`, one block a kind, with change: the rate over that of the first period of the same area with a rate above zero

    Raises
    ------
    InputError, NotEstimable
        As in `denominator` and `rate`.
    """
    blocks = []
    for kind in kinds:
        block = rate(deaths, denominator(published, kind), count).sort_values("period_start", kind="stable")
        first = block[block["rate"].gt(0)].groupby("area")["rate"].first()
        blocks.append(block.assign(change=block["rate"] / block["area"].map(first)))
    return pd.concat(blocks, ignore_index=True)
