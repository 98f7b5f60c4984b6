"""The exact intervals and the test that every table uses: of a count (Garwood), of a share (Clopper and Pearson), of a ratio of two counts (conditional)."""

from __future__ import annotations

import numpy as np
import pandas as pd


def garwood(counts, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact (Garwood 1936) lower and upper limits of the mean of Poisson counts.

    Parameters
    ----------
    counts : numbers of events; fractions (sums of probabilities) are taken as they are; below zero is null
    confidence : of the interval

    Examples
    --------
    >>> [round(float(x), 4) for x in garwood(10)]
    [4.7954, 18.3904]
    """
    from scipy.special import gammaincinv  # half a chi-squared quantile; scipy.stats is slow to load

    n, tail = np.asarray(counts, dtype="float64"), (1 - confidence) / 2
    n = np.where(n >= 0, n, np.nan)
    return np.where(n == 0, 0.0, gammaincinv(np.where(n == 0, 1.0, n), tail)), gammaincinv(n + 1, 1 - tail)


def share_interval(k, n, confidence: float = 0.95) -> pd.DataFrame:
    """Return share, low and high: the shares k of n with their exact intervals (Clopper and Pearson 1934); limits are null where k is not from 0 to n.

    Parameters
    ----------
    k : counts (Series or one number); fractions (sums of probabilities) are taken as they are
    n : their totals (Series or one number)
    confidence : of the interval

    Examples
    --------
    >>> share_interval(pd.Series([0, 5]), 10).round(4).values.tolist()
    [[0.0, 0.0, 0.3085], [0.5, 0.1871, 0.8129]]
    """
    from scipy.special import betaincinv

    index, tail = k.index if isinstance(k, pd.Series) else [0], (1 - confidence) / 2
    count = pd.Series(k, index=index).astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    total = np.broadcast_to(np.asarray(n, dtype="float64"), count.shape)
    total = np.where(total > 0, total, np.nan)
    with np.errstate(invalid="ignore"):
        low = np.where(count > 0, betaincinv(np.maximum(count, 1e-12), total - count + 1, tail), 0.0)
        high = np.where(count < total, betaincinv(count + 1, np.maximum(total - count, 1e-12), 1 - tail), 1.0)
    is_null = ~((count >= 0) & (count <= total))
    return pd.DataFrame({"share": count / total, "low": np.where(is_null, np.nan, low), "high": np.where(is_null, np.nan, high)}, index=index)


def ratio_interval(a: float, size_a: float, b: float, size_b: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of the ratio b / a of two Poisson rates (Clopper and Pearson on the conditional binomial).

    Parameters
    ----------
    a, b : whole counts
    size_a, size_b : their exposures
    confidence : of the interval

    Examples
    --------
    >>> [round(x, 3) for x in ratio_interval(20, 1, 10, 1)]
    [0.209, 1.119]
    """
    low, high = share_interval(b, a + b, confidence)[["low", "high"]].iloc[0] if a + b else (0.0, 1.0)
    odds = size_a / size_b
    return float(low / (1 - low) * odds) if low < 1 else np.inf, float(high / (1 - high) * odds) if high < 1 else np.inf


def ratio_p(a, size_a, b, size_b):
    """Return the two-sided p-value of the exact conditional test that two Poisson rates are equal (doubled smaller tail).

    Parameters
    ----------
    a, b : counts (arrays or numbers)
    size_a, size_b : their exposures

    Examples
    --------
    >>> round(float(ratio_p(20, 1.0, 10, 1.0)), 4)
    0.0987
    """
    from scipy.stats import binom

    p = np.asarray(size_b) / (np.asarray(size_a) + np.asarray(size_b))
    return np.minimum(1.0, 2 * np.minimum(binom.cdf(b, np.add(a, b), p), binom.sf(np.asarray(b) - 1, np.add(a, b), p)))
