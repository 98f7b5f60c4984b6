"""Before and after in blocks of a year: a comparison that holds under overdispersion and autocorrelation, with its smallest detectable effect.

Quasi-Poisson ratio of two means over blocks of twelve months, F test and profile interval (McCullagh and Nelder 1989, section 9.2; Venables and Ripley 2002,
section 7.5); serial dependence of blocks by an
inflated variance; exact conditional test (Przyborowski and Wilenski 1940). Everything works on one series or on many at once (rows of an array).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.analysis import intervals
from bsi.analysis.series import check_months
from bsi.errors import NotEstimable

LEAST_MONTHS = 6  # a shorter block at the edge of a window is left out
POWER, LEVEL = 0.80, 0.05
SEED = 20101101


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
        A month is missing or has no exposure, or one side has no block.
    """
    check_months(months)
    season = months.groupby(months["period_start"].dt.month)["n"].agg(lambda x: x.mean() + 1 / 12)
    months, rows = months.assign(weight=months["period_start"].dt.month.map(season / season.mean())), []
    for part, first, last in (("before", *windows[:2]), ("after", *windows[2:])):
        side = months[months["period_start"].between(pd.Timestamp(first), pd.Timestamp(last))]
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


def with_intervals(table: pd.DataFrame, count: str = "n") -> pd.DataFrame:
    """Return the table with low and high, the exact 95 % interval (Garwood) of each count.

    Parameters
    ----------
    table : any table with a counted column
    count : name of that column
    """
    low, high = intervals.garwood(table[count])
    return table.assign(low=low, high=high)


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
    overdispersion), adjusted (ratio with a common trend taken out), dispersion

    Raises
    ------
    NotEstimable
        Fewer than three blocks, or none on one side.
    """
    from scipy.stats import f as fisher

    n, size = np.asarray(n, dtype="float64"), np.broadcast_to(np.asarray(size, dtype="float64"), np.shape(n))
    k = n.shape[-1]
    if k < 3 or not 0 < n_before < k:
        raise NotEstimable("a comparison needs at least three blocks, with one on each side; there are {k}", k=k)
    sums = a, b = n[..., :n_before].sum(-1), n[..., n_before:].sum(-1)
    sizes = size[..., :n_before].sum(-1), size[..., n_before:].sum(-1)
    fit = size * np.where(np.arange(k) < n_before, (a / sizes[0])[..., None], (b / sizes[1])[..., None])
    residual = (n - fit) / np.sqrt(np.maximum(fit, 1e-12))
    dispersion = np.maximum((residual**2).sum(-1) / (k - 2), 1e-9)
    gain = likelihood_gain(sums, sizes, 1.0)
    add = 0.5 * ((a == 0) | (b == 0))
    low, high = _interval(sums, sizes, dispersion * fisher.ppf(1 - LEVEL, 1, k - 2))
    return {
        "ratio": (b + add) / sizes[1] / ((a + add) / sizes[0]), "low": low, "high": high, "p_blocks": fisher.sf(gain / dispersion, 1, k - 2),
        "p_serial": fisher.sf(gain / dispersion / _inflation(residual, n_before), 1, k - 2), "p_exact": intervals.ratio_p(a, sizes[0], b, sizes[1]),
        "adjusted": np.exp(_level_beside_trend(n, size, n_before)), "dispersion": dispersion,
    }  # fmt: skip


def likelihood_gain(sums: tuple, sizes: tuple, ratio):
    """Return twice the log likelihood that two Poisson counts gain when their ratio is free and not the one given.

    Parameters
    ----------
    sums : counts before and after (arrays or numbers)
    sizes : their effective exposures
    ratio : after / before under the hypothesis
    """
    from scipy.special import xlogy

    (a, b), odds = sums, ratio * sizes[1] / sizes[0]
    total = np.add(a, b)
    return 2 * (
        xlogy(a, np.maximum(a, 1e-300) * (1 + odds) / np.maximum(total, 1e-300)) + xlogy(b, np.maximum(b, 1e-300) * (1 + 1 / odds) / np.maximum(total, 1e-300))
    )


def _interval(sums: tuple, sizes: tuple, reach: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ratios at which the likelihood gain reaches a bound (profile interval), by bisection on the log scale; 0 or infinity beside a zero."""
    (a, b), middle = sums, np.log((sums[1] + 0.5) / sizes[1] * sizes[0] / (sums[0] + 0.5))
    limits = []
    for direction, open_end in ((-1, b == 0), (1, a == 0)):
        near, far = np.log(np.maximum(b, 1e-9) / sizes[1] * sizes[0] / np.maximum(a, 1e-9)), middle + direction * 25.0
        for _ in range(70):
            half = (near + far) / 2
            is_inside = likelihood_gain(sums, sizes, np.exp(half)) < reach
            near, far = np.where(is_inside, half, near), np.where(is_inside, far, half)
        limits.append(np.where(open_end, 0.0 if direction < 0 else np.inf, np.exp(near)))
    return tuple(limits)


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


def controlled(n: np.ndarray, other: np.ndarray, n_before: int) -> dict[str, float]:
    """Return the change of a series beyond that of its comparison (difference in differences on the log scale), quasi-binomial over blocks.

    Parameters
    ----------
    n, other : counts of the series and of the comparison in the same blocks
    n_before : how many blocks come before

    Returns
    -------
    dict: ratio (of ratios), low, high (dispersion as the blocks show it), p_value (the larger of that with this dispersion and that of plain binomial shares,
    so that blocks that happen to lie close together call nothing), p_parallel (test that the two moved in parallel before; null with fewer than three
    blocks before)

    Raises
    ------
    NotEstimable
        Fewer than three blocks, or a side of either series without a death.
    """
    from scipy.stats import norm, t

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
    plain = np.sqrt(sum(1 / s for s in sums))
    error = plain * np.sqrt(max(pearson / freedom, 1e-9))
    reach = t.ppf(1 - LEVEL / 2, freedom) * error
    p_value = 2 * max(t.sf(abs(log_ratio) / error, freedom), norm.sf(abs(log_ratio) / plain))
    return {
        "ratio": float(np.exp(log_ratio)), "low": float(np.exp(log_ratio - reach)), "high": float(np.exp(log_ratio + reach)), "p_value": float(p_value),
        "p_parallel": _parallel(n[:n_before], other[:n_before]),
    }  # fmt: skip


def _parallel(n: np.ndarray, other: np.ndarray) -> float:
    """Return the p-value of no slope in the share of the series before the date (score test of a logistic slope)."""
    from scipy.stats import norm

    if len(n) < 3:
        return np.nan
    total, x = n + other, np.arange(len(n)) - np.average(np.arange(len(n)), weights=np.maximum(n + other, 1e-9))
    share = n.sum() / total.sum()
    return float(2 * norm.sf(abs((x * (n - total * share)).sum()) / np.sqrt(share * (1 - share) * (total * x**2).sum())))


def smallest_detectable(size: np.ndarray, n_before: int, deaths_before: float, dispersion: float, direction: int = -1, n_draws: int = 800) -> float:
    """Return the ratio nearest to 1 (in steps of 5 %) that the two tests together would have found in 80 % of such series; 0 or infinity where none.

    Blocks are drawn with the rate before, the ratio after, and variance = dispersion x mean (at least 1), with a fixed seed.

    Parameters
    ----------
    size : effective size of each block
    n_before : how many blocks come before
    deaths_before : deaths in them
    dispersion : from `compare`
    direction : -1 for reductions, 1 for increases
    n_draws : series drawn for each ratio
    """
    size, none = np.asarray(size, dtype="float64"), 0.0 if direction < 0 else np.inf
    mean = size * deaths_before / size[:n_before].sum()
    ratios = np.arange(0.95, 0.0, -0.05) if direction < 0 else np.r_[np.arange(1.05, 3, 0.05), np.arange(3, 10.1, 0.5)]
    is_after = np.arange(len(size)) >= n_before
    if deaths_before == 0 or _power(mean * np.where(is_after, ratios[-1], 1), size, n_before, dispersion, n_draws) < POWER:
        return none
    low, high = -1, len(ratios) - 1
    while high - low > 1:
        middle = (low + high) // 2
        reached = _power(mean * np.where(is_after, ratios[middle], 1), size, n_before, dispersion, n_draws) >= POWER
        low, high = (low, middle) if reached else (middle, high)
    return float(ratios[high])


def _power(mean: np.ndarray, size: np.ndarray, n_before: int, dispersion: float, n_draws: int) -> float:
    rng, surplus = np.random.default_rng(SEED), max(dispersion, 1.0) - 1
    drawn = rng.poisson(
        rng.gamma(np.broadcast_to(mean / surplus, (n_draws, len(mean))), surplus) if surplus > 1e-6 else np.broadcast_to(mean, (n_draws, len(mean)))
    )
    if len(mean) < 3:
        scale = [size[:n_before].sum(), size[n_before:].sum()]
        return float((intervals.ratio_p(drawn[:, :n_before].sum(1), scale[0], drawn[:, n_before:].sum(1), scale[1]) < LEVEL).mean())
    found = compare(drawn, size, n_before)
    return float(((found["p_blocks"] < LEVEL) & (found["p_exact"] < LEVEL)).mean())
