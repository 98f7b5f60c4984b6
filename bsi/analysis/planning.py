"""Expected deaths by zone and month of the next season, with intervals, and how such intervals would have done in past seasons.

Method: each month's count is taken as negative binomial around the mean of the same month in the last years; the width is the dispersion of the
counts around those means, and the uncertainty of the means themselves is carried through by a gamma distribution (posterior predictive).
"""

from __future__ import annotations

import pandas as pd

from bsi.errors import NotEstimable

YEARS = 5
PRIOR = 0.5  # Jeffreys' prior of a Poisson mean: a month without a death in five years is not sure to stay so


def expect(months: pd.DataFrame, year: int, years: int = YEARS) -> pd.DataFrame:
    """Return the expected deaths of each zone and month of a year, with intervals of 80 and 95 %, from the years before it.

    Parameters
    ----------
    months : zone_id, year, month (1 to 12), n (deaths; sums of probabilities are allowed); complete months only, zeros written
    year : the season to plan for; nothing of it or later is used
    years : how many past years are averaged

    Returns
    -------
    DataFrame: zone_id, year, month, expected, low_80, high_80, low_95, high_95, n_years

    Raises
    ------
    NotEstimable
        No zone has three past years of some month.
    """
    past = months[months["year"].between(year - years, year - 1)]
    table = past.groupby(["zone_id", "month"])["n"].agg(["sum", "size"])
    table = table[table["size"] >= 3]
    if table.empty:
        raise NotEstimable("fewer than three complete past years are there to expect the year {year} from", year=year)
    spread = past.groupby("zone_id").apply(_dispersion, include_groups=False)
    rows = []
    for (zone, month), (total, size) in zip(table.index, table.to_numpy(float), strict=True):
        row = {"zone_id": zone, "year": year, "month": int(month), "expected": total / size, "n_years": int(size)}
        rows.append(row | _interval(total, size, spread[zone]))
    return pd.DataFrame(rows)[["zone_id", "year", "month", "expected", "low_80", "high_80", "low_95", "high_95", "n_years"]]


def _dispersion(past: pd.DataFrame) -> float:
    """Return the variance of the months around their means, as a multiple of the mean (at least 1: Poisson)."""
    mean = past.groupby("month")["n"].transform("mean")
    n = len(past) - past["month"].nunique()
    kept = mean > 0
    return max(1.0, float((((past["n"] - mean) ** 2)[kept] / mean[kept]).sum() / max(n, 1)))


def _interval(total: float, size: float, spread: float) -> dict:
    """Return the predictive quantiles: negative binomial, whose variance is that of the count and of the mean, both widened by the dispersion."""
    from scipy.stats import nbinom

    mean = (total + PRIOR) / size
    variance = spread * (mean + mean / size)
    p = min(mean / variance, 1 - 1e-9)
    low_95, low_80, high_80, high_95 = nbinom.ppf([0.025, 0.10, 0.90, 0.975], mean * p / (1 - p), p)
    return {"low_80": low_80, "high_80": high_80, "low_95": low_95, "high_95": high_95}


def past_seasons(months: pd.DataFrame, first: int, last: int, years: int = YEARS) -> pd.DataFrame:
    """Return what would have been expected in each past year beside what came: the table of `expect` with n, is_in_80, is_in_95.

    Parameters
    ----------
    months, years : as in `expect`
    first, last : past years, both included

    Raises
    ------
    NotEstimable
        No year could be expected.
    """
    parts = []
    for year in range(first, last + 1):
        try:
            parts.append(expect(months, year, years))
        except NotEstimable:
            continue
    if not parts:
        raise NotEstimable("no year from {first} to {last} has three complete years before it", first=first, last=last)
    table = pd.concat(parts).merge(months[["zone_id", "year", "month", "n"]], on=["zone_id", "year", "month"])
    n = table["n"].round()
    return table.assign(is_in_80=n.between(table["low_80"], table["high_80"]), is_in_95=n.between(table["low_95"], table["high_95"]))


def scores(past: pd.DataFrame) -> pd.DataFrame:
    """Return, for each zone, how the past seasons came out: n_months, coverage_80, coverage_95, mean_error, mean_absolute_error, naive_absolute_error.

    The naive error is that of taking last year's count of the same month.

    Parameters
    ----------
    past : from `past_seasons`
    """
    naive = past[["zone_id", "year", "month", "n"]].assign(year=past["year"] + 1).rename(columns={"n": "naive"})
    both = past.merge(naive, on=["zone_id", "year", "month"], how="left")
    both = both.assign(error=both["expected"] - both["n"], naive=(both["naive"] - both["n"]).abs())
    grouped = both.assign(off=both["error"].abs()).groupby("zone_id")
    columns = {"coverage_80": ("is_in_80", "mean"), "coverage_95": ("is_in_95", "mean"), "mean_error": ("error", "mean")}
    return grouped.agg(n_months=("n", "size"), **columns, mean_absolute_error=("off", "mean"), naive_absolute_error=("naive", "mean")).reset_index()
