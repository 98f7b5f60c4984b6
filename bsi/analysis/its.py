"""Interrupted time series of monthly counts: negative binomial with level and slope, harmonics and an exposure (Bernal, Cummins, Gasparrini 2017)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.analysis import trend
from bsi.analysis.series import check_months
from bsi.errors import NotEstimable

MIN_MONTHS = 24


def interrupted(months: pd.DataFrame, windows: tuple, harmonics: int = 2) -> dict[str, pd.DataFrame]:
    """Return the change of level and of slope at a date, and the fitted months with and without it.

    log mean = level + slope x years + step + change of slope x years since + harmonics + log exposure; dispersion by maximum likelihood; intervals by
    jackknife over years (CR3) with Student's t, which holds under autocorrelation within a year. Months between the two windows are left out.

    Parameters
    ----------
    months : period_start, n (whole), exposure (above zero), without gaps
    windows : before_from, before_to, after_from, after_to (days)
    harmonics : sine and cosine pairs

    Returns
    -------
    dict of DataFrames: "effects" (effect: level, slope; ratio, low, high, p_value, dispersion, n_months; slope per year), "fitted" (period_start, n, mean,
    without: mean had the change not happened)

    Raises
    ------
    NotEstimable
        Fewer than 24 months on a side, a gap, a side without a death, counts that are not whole, an exposure that is not above zero, or no convergence.
    """
    from scipy.stats import t

    before, after = (months["period_start"].between(pd.Timestamp(a), pd.Timestamp(b)) for a, b in (windows[:2], windows[2:]))
    _check(months, before, after)
    used = months[before | after].reset_index(drop=True)
    y, design, offset = _design(used, pd.Timestamp(windows[2]), harmonics)
    beta, alpha = trend.fit_nb(y, design, offset)
    mean = np.exp(design @ beta + offset)
    error, _ = trend.robust_errors(y, design, mean, alpha)
    freedom = max(1, len(y) // 12 - 3)
    rows = []
    for effect, i in (("level", 2), ("slope", 3)):
        reach = t.ppf(0.975, freedom) * error[i]
        p_value = 2 * t.sf(abs(beta[i]) / error[i], freedom)
        rows.append([effect, *np.exp([beta[i], beta[i] - reach, beta[i] + reach]), p_value, alpha, len(y)])
    without = design.copy()
    without[:, 2:4] = 0
    fitted = used[["period_start", "n"]].assign(mean=mean, without=np.exp(without @ beta + offset))
    return {"effects": pd.DataFrame(rows, columns=["effect", "ratio", "low", "high", "p_value", "dispersion", "n_months"]), "fitted": fitted}


def _check(months: pd.DataFrame, before: pd.Series, after: pd.Series) -> None:
    check_months(months)
    for side in (before, after):
        if side.sum() < MIN_MONTHS:
            raise NotEstimable("an interrupted series needs {least} months on each side of the date; there are {n}", least=MIN_MONTHS, n=int(side.sum()))
        if months.loc[side, "n"].sum() == 0:
            raise NotEstimable("one side of the date has no death")
    used = months[before | after]
    if (used["n"] % 1).any():
        raise NotEstimable("an interrupted series needs whole counts")
    if not used["exposure"].gt(0).all():
        raise NotEstimable("the exposure is zero or missing in {n} months", n=int((~used["exposure"].gt(0)).sum()))


def _design(used: pd.DataFrame, date: pd.Timestamp, harmonics: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    start = used["period_start"]
    years = ((start.dt.year - date.year) + (start.dt.month - date.month) / 12).to_numpy(dtype="float64")
    step = (years >= 0).astype(float)
    waves = [f(2 * np.pi * h * start.dt.month.to_numpy() / 12) for h in range(1, harmonics + 1) for f in (np.sin, np.cos)]
    return used["n"].to_numpy(dtype="float64"), np.column_stack([np.ones(len(years)), years, step, step * years, *waves]), np.log(used["exposure"].to_numpy())
