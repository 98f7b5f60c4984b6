"""Season: monthly profile with intervals, circular mean and concentration, and their drift over the decades."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable

SEED = 20021126
MIN_YEARS, MIN_DATES = 5, 10


def seasonal_profile(months: pd.DataFrame, count: str = "n_dead", n_boot: int = 999) -> pd.DataFrame:
    """Return the share of each calendar month with a 95 % interval that holds the variation from year to year (whole years resampled).

    Parameters
    ----------
    months : one row a month without gaps (part "period" of `counts.count(period="month")`), with period_start and the counted column
    count : name of the counted column
    n_boot : bootstrap samples

    Returns
    -------
    DataFrame with month (1 to 12), n, n_per_year, share, low, high. Only years with all twelve months enter.

    Raises
    ------
    NotEstimable
        Fewer than five whole years in which somebody is counted.

    Examples
    --------
    >>> rows = pd.DataFrame({"period_start": pd.date_range("2010-01-01", periods=60, freq="MS"), "n_dead": [0, 1, 2, 3, 4, 9, 9, 4, 3, 2, 1, 2] * 5})
    >>> seasonal_profile(rows).loc[5, ["month", "n", "share", "low", "high"]].tolist()
    [6.0, 45.0, 0.225, 0.225, 0.225]
    """
    from scipy.stats import t

    start = months["period_start"]
    wide = months.assign(year=start.dt.year, month=start.dt.month).pivot(index="year", columns="month", values=count).reindex(columns=range(1, 13)).dropna()
    n_years = int((wide.sum(axis=1) > 0).sum())  # years without a death say nothing of the season
    if n_years < MIN_YEARS:
        raise NotEstimable("a seasonal profile needs at least {least} whole years with deaths; there are {years}", least=MIN_YEARS, years=n_years)
    table = wide.to_numpy(dtype="float64")
    drawn = table[np.random.default_rng(SEED).integers(0, len(table), (n_boot, len(table)))].sum(axis=1)
    drawn = drawn[drawn.sum(axis=1) > 0]
    low, high = np.quantile(drawn / drawn.sum(axis=1, keepdims=True), [0.025, 0.975], axis=0)
    n = table.sum(axis=0)
    share, wider = n / n.sum(), t.ppf(0.975, len(table) - 1) / 1.959964 * np.sqrt(len(table) / (len(table) - 1))  # few years: percentiles are too near
    low, high = np.maximum(share - wider * (share - low), 0), share + wider * (high - share)
    return pd.DataFrame({"month": range(1, 13), "n": n, "n_per_year": n / len(table), "share": share, "low": low, "high": high})


def circular_mean(dates: pd.Series, weights: pd.Series | None = None) -> dict:
    """Return the mean day of the year as an angle, its 95 % interval, and how concentrated the dates are around it.

    Interval: the directions that the mean sine of the distances from them does not contradict (score test with the empirical variance); the whole year
    where it contradicts none. p-value: Rayleigh test of no season.

    Parameters
    ----------
    dates : days; null ones are left out
    weights : persons of each date; the interval takes persons of one date as separate only if each has its own row

    Returns
    -------
    dict with n (dates), mean_day, low_day, high_day (1 to 366; low may be later than high where the interval passes the turn of the year; 1 and 366 where
    no day is contradicted), concentration (0 none to 1 all on one day), p_value

    Raises
    ------
    NotEstimable
        Fewer than ten dates.

    Examples
    --------
    >>> round(circular_mean(pd.Series(pd.to_datetime(["2019-12-31", "2020-01-02"] * 5)))["mean_day"] % 365) in (0, 1, 2)
    True
    """
    days = pd.to_datetime(dates)
    size = pd.Series(1.0, index=days.index) if weights is None else weights.astype("float64")
    size, days = size[days.notna()].to_numpy(), days.dropna()
    if len(days) < MIN_DATES:
        raise NotEstimable("a mean day of the year needs at least {least} dates; there are {n}", least=MIN_DATES, n=len(days))
    length = 365 + days.dt.is_leap_year.to_numpy()
    angle = 2 * np.pi * (days.dt.day_of_year.to_numpy() - 0.5) / length
    moment = [np.average(np.exp(1j * k * angle), weights=size) for k in (1, 2)]
    mean, r = np.angle(moment[0]), np.abs(moment[0])
    n = len(days)
    before, after = _half_width(angle - mean, size, n)
    to_day = lambda a: float((a / (2 * np.pi) * 365.25 + 0.5 - 1) % 365.25 + 1)  # noqa: E731
    low, high = (to_day(mean - before), to_day(mean + after)) if before < np.pi else (1.0, 366.0)
    p = np.exp(np.sqrt(1 + 4 * n + 4 * (n**2 - (n * r) ** 2)) - (1 + 2 * n))
    return {"n": n, "mean_day": to_day(mean), "low_day": low, "high_day": high, "concentration": float(r), "p_value": float(min(p, 1))}


def _half_width(distance: np.ndarray, size: np.ndarray, n: int) -> tuple[float, float]:
    """Return how far, in radians, a direction may lie before and after the mean without being contradicted at 5 %."""
    shift = np.linspace(-np.pi, np.pi, 2881)
    moment = [np.average(np.exp(1j * k * distance), weights=size) for k in (1, 2)]
    sine = (moment[0] * np.exp(-1j * shift)).imag
    variance = (1 - (moment[1] * np.exp(-2j * shift)).real) / 2 - sine**2
    is_kept = (sine**2 <= 1.959964**2 * variance / (n - 1)) & (np.cos(shift) > 0)
    if is_kept[np.abs(shift) < np.pi / 2].all():
        return np.pi, np.pi
    middle = len(shift) // 2
    before = middle - np.flatnonzero(~is_kept[:middle]).max() - 1
    after = np.flatnonzero(~is_kept[middle + 1 :]).min()
    return float(before * (shift[1] - shift[0])), float(after * (shift[1] - shift[0]))


def seasonal_drift(dates: pd.Series, years: int = 10) -> pd.DataFrame:
    """Return the circular mean of each stretch of years, and its shift in days from the first stretch.

    Parameters
    ----------
    dates : days
    years : length of a stretch; stretches begin at multiples of it (2000, 2010 ...), the last ends with the dates

    Returns
    -------
    DataFrame with from_year, to_year and the fields of `circular_mean`, shift_days (positive is later), and reason where a stretch has too few dates

    Raises
    ------
    NotEstimable
        No stretch has enough dates.
    """
    days = pd.to_datetime(dates).dropna()
    rows = []
    for start, group in days.groupby(days.dt.year // years * years):
        span = {"from_year": start, "to_year": min(start + years - 1, days.dt.year.max())}
        try:
            rows.append({**span, **circular_mean(group), "reason": ""})
        except NotEstimable as error:
            rows.append({**span, "n": len(group), "reason": str(error)})
    table = pd.DataFrame(rows)
    if "mean_day" not in table:
        raise NotEstimable("no stretch of {years} years has at least {least} dates", years=years, least=MIN_DATES)
    first = table["mean_day"].dropna().iloc[0]
    return table.assign(shift_days=(table["mean_day"] - first + 182.625) % 365.25 - 182.625)
