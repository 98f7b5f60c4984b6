"""Where one group of incidents lies more than another: the ratio of two densities, with bootstrap intervals and a test by shuffled groups.

Methods: Kelsall and Diggle (1995), Statistics in Medicine 14:2335, densities of one bandwidth so that their bias cancels; groups shuffled among the
incidents, and the largest standardised difference anywhere on the map taken (Westfall and Young 1993), so that one map in twenty that shows nothing
but chance has a cell that is called clear.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.analysis import density
from bsi.errors import NotEstimable

FEWEST = 20  # incidents that a group needs
NEAR = 5.0  # incidents that count at a cell, below which nothing is said


def compare(case: pd.DataFrame, control: pd.DataFrame, grid: density.Grid, bandwidth_m: float | None = None, replicates: int = 199) -> pd.DataFrame:
    """Return how much larger the share of one group is than that of another in each cell of a window, and what is clear of chance.

    Parameters
    ----------
    case, control : x_m, y_m (metres), precision_m of each incident of the two groups
    grid : from `density.grid_over`
    bandwidth_m : one for both; None chooses that which tells the groups apart best (`density.choose_for_ratio`)
    replicates : of the bootstrap and of the shuffles

    Returns
    -------
    DataFrame, a row each cell of the window: row, column, log2 (of the ratio of the two shares: 1 is twice), low, high (bootstrap, 95 %), n_near (number of
    incidents that count there: intensity times the kernel's reach of 4 pi h^2), is_told (enough of them), is_clear (told, and clear of chance),
    bandwidth_m

    Raises
    ------
    NotEstimable
        A group holds too few incidents.
    """
    few = min(len(case), len(control))
    if few < FEWEST:
        raise NotEstimable("one of the two groups holds {n} incidents; at least {least} are needed", n=few, least=FEWEST)
    both = pd.concat([case, control], ignore_index=True)
    x, y, precision = (both[c].to_numpy(float) for c in ("x_m", "y_m", "precision_m"))
    is_case = np.arange(len(both)) < len(case)
    h = bandwidth_m or density.choose_for_ratio(x, y, is_case)[0]

    def maps(weights):
        return density.densities(x, y, precision, h, grid, weights)

    a, b = maps(np.stack([is_case, ~is_case]).astype(float))
    n_near = (a + b) * 4 * np.pi * (h / 1000) ** 2
    is_told = np.nan_to_num(n_near) >= NEAR
    rng = np.random.default_rng(1)
    drawn = rng.poisson(1.0, (replicates, len(both)))
    rows, columns = at = np.nonzero(density.inside(grid))
    low, high = np.percentile(_log2(maps(drawn * is_case), maps(drawn * ~is_case))[:, *at], (2.5, 97.5), axis=0)
    is_clear = is_told & _is_beyond_chance(maps, is_case, a + b, is_told, replicates)
    return pd.DataFrame(
        {"row": rows, "column": columns, "log2": _log2(a, b)[at], "low": low, "high": high, "n_near": n_near[at], "is_told": is_told[at],
         "is_clear": is_clear[at], "bandwidth_m": h}
    )  # fmt: skip


def _log2(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return log2 of the ratio of two maps (or stacks of maps), each as a share of its total; a density of nothing stands for a thousandth of an incident."""
    total = tuple(np.nansum(m, axis=(-2, -1), keepdims=True) for m in (a, b))
    share = [m / np.maximum(t, 1e-12) for m, t in zip((a, b), total, strict=True)]
    least = 1e-3 / np.maximum(np.maximum(*total), 1e-12)
    return np.log2(np.maximum(share[0], least) / np.maximum(share[1], least))


def _is_beyond_chance(maps, is_case: np.ndarray, pooled: np.ndarray, is_told: np.ndarray, replicates: int) -> np.ndarray:
    """Return where the difference of the two shares is larger than the largest anywhere in 95 % of the maps with the groups shuffled."""
    if not is_told.any():
        return is_told
    rng, n = np.random.default_rng(2), is_case.sum()
    shuffled = np.stack([is_case, *(rng.permutation(is_case) for _ in range(replicates))]).astype(float)
    first = maps(shuffled)[:, is_told]
    difference = first / n - (pooled[is_told] - first) / (len(is_case) - n)
    spread = difference[1:].std(axis=0)
    z = np.abs(difference - difference[1:].mean(axis=0)) / np.maximum(spread, 1e-300)
    highest = np.quantile(z[1:].max(axis=1), 0.95, method="higher")
    out = np.zeros(is_told.shape, bool)
    out[is_told] = z[0] > highest
    return out
