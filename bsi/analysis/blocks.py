"""Before and after in blocks of a year: a comparison that holds under overdispersion and autocorrelation, with its smallest detectable effect.

Quasi-Poisson ratio of two means over blocks of twelve months with Student's t (McCullagh and Nelder 1989, section 6.2); serial dependence of blocks by an
inflated variance; exact conditional test (Przyborowski and Wilenski 1940). Everything works on one series or on many at once (rows of an array).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable

LEAST_MONTHS = 6  # a shorter block at the edge of a window is left out
POWER, LEVEL = 0.80, 0.05


def yearly_blocks(months: pd.DataFrame, windows: tuple) -> pd.DataFrame:
    """Return blocks of twelve months counted back from the end of `before` and on from the beginning of `after`.

    The effective size of a block is the sum over its months of exposure x the month's share of the season, so that an incomplete block weighs what it should.

    Parameters
    ----------
    months : period_start, n, exposure
    windows : before_from, before_to, after_from, after_to (days)

    Returns
    -------
    DataFrame: part (before, after), block_start, block_end (first day of its first and last month), n_months, n, size

    Raises
    ------
    NotEstimable
        A month has no exposure, or one side has no block.
    """
    season = months.groupby(months["period_start"].dt.month)["n"].agg(lambda x: x.mean() + 1 / 12)
    share = months["period_start"].dt.month.map(season / season.mean())
    rows = []
    for part, first, last in (("before", *windows[:2]), ("after", *windows[2:])):
        side = months[months["period_start"].between(pd.Timestamp(first), pd.Timestamp(last))].assign(weight=share)
        if not side["exposure"].gt(0).all():
            raise NotEstimable("the exposure is zero or missing in {n} months", n=int((~side["exposure"].gt(0)).sum()))
        order = np.arange(len(side)) if part == "after" else np.arange(len(side))[::-1]
        for _, block in side.groupby(order // 12):
            if len(block) >= LEAST_MONTHS:
                start = block["period_start"]
                size = (block["exposure"] * block["weight"]).sum() / 12
                rows.append([part, start.min(), start.max(), len(block), block["n"].sum(), size])
    table = pd.DataFrame(rows, columns=["part", "block_start", "block_end", "n_months", "n", "size"]).sort_values("block_start", ignore_index=True)
    if table["part"].nunique() < 2:
        raise NotEstimable("one side of the date has no block of at least {n} months", n=LEAST_MONTHS)
    return table


def compare(n: np.ndarray, size: np.ndarray, n_before: int) -> dict[str, np.ndarray]:
    """Return the ratio after / before of each series, its interval, p-values and checks.

    Parameters
    ----------
    n : counts, last axis the blocks in time
    size : effective exposure of each block, same last axis
    n_before : how many blocks come before

    Returns
    -------
    dict of arrays: ratio, low, high (95 %), p_blocks, p_serial (variance inflated by the blocks' own autocorrelation), p_exact (conditional test, no
    overdispersion), adjusted (ratio with a common trend taken out), dispersion, error (of the log ratio)

    Raises
    ------
    NotEstimable
        Fewer than three blocks, or none on one side.
    """
    from scipy.stats import t

    n, size = np.asarray(n, dtype="float64"), np.broadcast_to(np.asarray(size, dtype="float64"), np.shape(n))
    k = n.shape[-1]
    if k < 3 or not 0 < n_before < k:
        raise NotEstimable("a comparison needs at least three blocks, with one on each side; there are {k}", k=k)
    a, b = n[..., :n_before].sum(-1), n[..., n_before:].sum(-1)
    size_a, size_b = size[..., :n_before].sum(-1), size[..., n_before:].sum(-1)
    add = 0.5 * ((a == 0) | (b == 0))
    rate_a, rate_b = (a + add) / size_a, (b + add) / size_b
    fit = size * np.where(np.arange(k) < n_before, rate_a[..., None], rate_b[..., None])
    residual = (n - fit) / np.sqrt(fit)
    dispersion = (residual**2).sum(-1) / (k - 2)
    log_ratio, error = np.log(rate_b / rate_a), np.sqrt(dispersion * (1 / (a + add) + 1 / (b + add)))
    reach = t.ppf(1 - LEVEL / 2, k - 2) * error
    serial = error * np.sqrt(_inflation(residual, n_before))
    with np.errstate(divide="ignore", invalid="ignore"):
        p_blocks, p_serial = (np.where(e > 0, 2 * t.sf(np.abs(log_ratio) / e, k - 2), 1.0) for e in (error, serial))
    return {
        "ratio": np.exp(log_ratio), "low": np.exp(log_ratio - reach), "high": np.exp(log_ratio + reach), "p_blocks": p_blocks, "p_serial": p_serial,
        "p_exact": exact_p(a, size_a, b, size_b), "adjusted": np.exp(_level_beside_trend(n, size, n_before)), "dispersion": dispersion, "error": error,
    }  # fmt: skip


def _inflation(residual: np.ndarray, n_before: int) -> np.ndarray:
    """Return (1 + r) / (1 - r) with r the lag-one autocorrelation within the two sides, corrected for its bias, between 0 and 0.8."""
    k = residual.shape[-1]
    pairs = residual[..., 1:] * residual[..., :-1]
    inside = np.delete(pairs, n_before - 1, axis=-1).sum(-1)
    whole = np.maximum((residual**2).sum(-1), 1e-12)
    r = np.clip(inside / whole * k / (k - 2) + 2 / k, 0, 0.8)
    return (1 + r) / (1 - r)


def _level_beside_trend(n: np.ndarray, size: np.ndarray, n_before: int) -> np.ndarray:
    """Return the log ratio of a Poisson fit with a common log-linear trend over the blocks, many series at once (ridge of 1e-6)."""
    k = n.shape[-1]
    design = np.column_stack([np.ones(k), np.arange(k) - (k - 1) / 2, np.arange(k) >= n_before])
    beta = np.zeros((*n.shape[:-1], 3))
    beta[..., 0] = np.log((n.sum(-1) + 0.5) / size.sum(-1))
    for _ in range(30):
        mean = size * np.exp(np.clip(beta @ design.T, -50, 50))
        information = np.einsum("...k,ki,kj->...ij", mean, design, design) + 1e-6 * np.eye(3)
        beta = beta + np.clip(np.linalg.solve(information, ((n - mean) @ design)[..., None])[..., 0], -1, 1)
    return beta[..., 2]


def exact_p(a, size_a, b, size_b):
    """Return the two-sided p-value of the exact conditional test that two Poisson rates are equal (doubled smaller tail).

    Parameters
    ----------
    a, b : counts (arrays or numbers)
    size_a, size_b : their exposures

    Examples
    --------
    >>> round(float(exact_p(20, 1.0, 10, 1.0)), 4)
    0.0987
    """
    from scipy.stats import binom

    p = np.asarray(size_b) / (np.asarray(size_a) + np.asarray(size_b))
    return np.minimum(1.0, 2 * np.minimum(binom.cdf(b, np.add(a, b), p), binom.sf(np.asarray(b) - 1, np.add(a, b), p)))


def controlled(n: np.ndarray, other: np.ndarray, n_before: int) -> dict[str, float]:
    """Return the change of a series beyond that of its comparison (difference in differences on the log scale), quasi-binomial over blocks.

    Parameters
    ----------
    n, other : counts of the series and of the comparison in the same blocks
    n_before : how many blocks come before

    Returns
    -------
    dict: ratio (of ratios), low, high, p_value, p_parallel (test that the two moved in parallel before; null with fewer than three blocks before)

    Raises
    ------
    NotEstimable
        Fewer than three blocks, or a side of either series without a death.
    """
    from scipy.stats import t

    n, other = np.asarray(n, dtype="float64"), np.asarray(other, dtype="float64")
    k = len(n)
    sums = [x[s].sum() for x in (n, other) for s in (slice(None, n_before), slice(n_before, None))]
    if k < 3 or min(sums) == 0:
        raise NotEstimable("the comparison needs three blocks and a death on each side of the date in both series")
    share = np.where(np.arange(k) < n_before, sums[0] / (sums[0] + sums[2]), sums[1] / (sums[1] + sums[3]))
    total = n + other
    used = total > 0
    pearson = ((n - total * share)[used] ** 2 / (total * share * (1 - share))[used]).sum()
    freedom = used.sum() - 2
    log_ratio = np.log(sums[1] / sums[0]) - np.log(sums[3] / sums[2])
    error = np.sqrt(max(1.0, pearson / freedom) * sum(1 / s for s in sums))
    reach = t.ppf(1 - LEVEL / 2, freedom) * error
    return {
        "ratio": float(np.exp(log_ratio)), "low": float(np.exp(log_ratio - reach)), "high": float(np.exp(log_ratio + reach)),
        "p_value": float(2 * t.sf(abs(log_ratio) / error, freedom)), "p_parallel": _parallel(n[:n_before], other[:n_before]),
    }  # fmt: skip


def _parallel(n: np.ndarray, other: np.ndarray) -> float:
    """Return the p-value of no slope in the share of the series before the date (score test of a logistic slope)."""
    from scipy.stats import norm

    if len(n) < 3:
        return np.nan
    total, x = n + other, np.arange(len(n)) - np.average(np.arange(len(n)), weights=np.maximum(n + other, 1e-9))
    share = n.sum() / total.sum()
    return float(2 * norm.sf(abs((x * (n - total * share)).sum()) / np.sqrt(share * (1 - share) * (total * x**2).sum())))


def smallest_detectable(n_a: float, size_a: float, size_b: float, dispersion: float, freedom: int, direction: int = -1) -> float:
    """Return the smallest ratio that the comparison would have found at 80 % power (two-sided level 5 %); 0 or infinity where none.

    Parameters
    ----------
    n_a : deaths before
    size_a, size_b : effective sizes of the two sides
    dispersion : of the blocks; at least 1 is taken
    freedom : blocks less two
    direction : -1 for reductions, 1 for increases
    """
    from scipy.optimize import brentq
    from scipy.stats import t

    reach = t.ppf(1 - LEVEL / 2, freedom) + t.ppf(POWER, freedom)
    expected = n_a * size_b / size_a
    if n_a == 0:
        return 0.0 if direction < 0 else np.inf

    def lack(d):
        return d - reach * np.sqrt(max(1.0, dispersion) * (1 / n_a + 1 / (expected * np.exp(direction * d))))

    grid = np.linspace(1e-6, 12, 4001)
    signs = np.array([lack(d) for d in grid]) > 0
    if not signs.any():
        return 0.0 if direction < 0 else np.inf
    i = int(signs.argmax())
    return float(np.exp(direction * brentq(lack, grid[i - 1], grid[i])))
