"""Months of death from dates of finding: EM for interval-censored days, with bootstrap intervals and bounds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable

N_ITERATIONS, TOLERANCE = 2000, 1e-7


def months_of_death(died_from: pd.Series, died_to: pd.Series, n_boot: int = 200, seed: int = 20021126) -> pd.DataFrame:
    """Return deaths by calendar month (January to December) as estimated from the interval in which each person died, beside the counts by finding.

    Within a month a death is taken as equally likely on each day; the twelve month shares are the nonparametric maximum likelihood estimate for
    interval-censored data (Turnbull 1976), found by EM; intervals are percentile bootstrap over persons. Open intervals (no first day) enter neither: they
    stay in the row "open" and in n_possible. Truncation: a person dead since long before the first finding year, or not yet found, is in no row.

    Parameters
    ----------
    died_from, died_to : first and last possible day of death of each person, the last being the day of finding; a null first day is an open interval
    n_boot : bootstrap samples
    seed : of the bootstrap

    Returns
    -------
    DataFrame with month (1 to 12; null in the row of the open ones), n_found (by finding, all), n_found_closed (by finding, closed intervals),
    n_estimated, low, high (95 %), n_certain (interval wholly in the month), n_possible (interval touches the month, or is open)

    Raises
    ------
    NotEstimable
        Fewer than 10 closed intervals.

    Examples
    --------
    >>> days = pd.Series(pd.date_range("2020-01-01", periods=60))
    >>> months_of_death(days, days, n_boot=0).loc[:2, "n_estimated"].round().tolist()
    [31.0, 29.0, 0.0]
    """
    to = pd.to_datetime(died_to).reset_index(drop=True)
    start = pd.to_datetime(died_from).reset_index(drop=True)[to.notna()]
    to = to.dropna()
    is_closed = start.notna()
    n = int(is_closed.sum())
    if n < 10:
        raise NotEstimable("only {n} deaths have both a first and a last possible day; at least 10 are needed", n=n)
    share = month_shares(start[is_closed], to[is_closed])
    patterns, which = np.unique(share.round(9), axis=0, return_inverse=True)  # equal intervals are one pattern: EM is then fast
    counts = np.bincount(which.ravel(), minlength=len(patterns)).astype(float)
    estimate = em(patterns, counts[None, :])[0]
    draws = np.random.default_rng(seed).multinomial(n, counts / n, size=n_boot).astype(float)
    low, high = np.quantile(em(patterns, draws, estimate), [0.025, 0.975], axis=0) * n if n_boot else (np.full(12, np.nan),) * 2
    found = to.dt.month.to_numpy()
    n_open = len(to) - n
    by_finding = lambda months: np.bincount(months, minlength=13)[1:]  # noqa: E731
    table = pd.DataFrame({
        "month": pd.array(range(1, 13), dtype="Int64"), "n_found": by_finding(found), "n_found_closed": by_finding(found[is_closed]),
        "n_estimated": estimate * n, "low": low, "high": high,
        "n_certain": (share > 0)[(share > 0).sum(axis=1) == 1].sum(axis=0), "n_possible": (share > 0).sum(axis=0) + n_open,
    })  # fmt: skip
    open_row = {"month": pd.NA, "n_found": n_open, "n_found_closed": 0, "n_certain": 0, "n_possible": n_open}
    return pd.concat([table, pd.DataFrame([open_row]).astype({"month": "Int64"})], ignore_index=True)


def month_shares(first: pd.Series, last: pd.Series) -> np.ndarray:
    """Return, for each interval of days, the share of each calendar month that it covers (n x 12; whole years cover every month equally).

    Parameters
    ----------
    first, last : days, both included
    """
    a, b = (s.to_numpy("datetime64[D]") for s in (first, last))
    months = np.arange(a.min().astype("datetime64[M]"), b.max().astype("datetime64[M]") + 1)
    begins, ends = months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]")
    calendar_month = months.astype(int) % 12
    share = np.zeros((len(a), 12))
    for begin, end, month in zip(begins, ends, calendar_month):
        days = (np.minimum(b + 1, end) - np.maximum(a, begin)).astype(int).clip(min=0)
        share[:, month] += days / (end - begin).astype(int)
    return share


def em(patterns: np.ndarray, counts: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
    """Return the maximum likelihood shares of the bins, one row for each row of counts.

    Parameters
    ----------
    patterns : m x k, the weight of each bin in each kind of interval
    counts : s x m, how often each kind of interval occurs in each sample
    start : k shares to begin from; equal ones by default
    """
    k = patterns.shape[1]
    shares = np.tile(np.full(k, 1 / k) if start is None else 0.9 * start + 0.1 / k, (len(counts), 1))
    total = counts.sum(axis=1, keepdims=True)
    for _ in range(N_ITERATIONS):
        likelihood = shares @ patterns.T
        new = shares * (np.divide(counts, likelihood, out=np.zeros_like(counts), where=likelihood > 0) @ patterns) / total
        if np.abs(new - shares).max() < TOLERANCE:
            return new
        shares = new
    return shares
