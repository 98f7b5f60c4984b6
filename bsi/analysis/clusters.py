"""Hot cells, events and near repeats: Getis-Ord Gi* on a grid with false-discovery control, people found together, and the Knox test.

Methods: Ord JK, Getis A (1995), Geographical Analysis 27:286 (Gi*, analytic z); Benjamini Y, Hochberg Y (1995), JRSS B 57:289;
Knox EG (1964), Applied Statistics 13:25, with permutation of the dates.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable


def gi_star(values: np.ndarray, inside: np.ndarray | None = None, reach: int = 1) -> np.ndarray:
    """Return the z score of Gi* for every cell of a grid, the cell and its neighbours within `reach` (queen) counted; NaN outside.

    Parameters
    ----------
    values : array (rows, columns), e.g. incidents a cell
    inside : array of bool, cells of the study window; default all
    reach : neighbours up to this many cells away in either direction

    Raises
    ------
    NotEstimable
        Fewer than nine cells, or all values equal.
    """
    from scipy.ndimage import uniform_filter

    values = np.asarray(values, float)
    inside = np.ones(values.shape, bool) if inside is None else np.asarray(inside, bool)
    n = int(inside.sum())
    if n < 9:
        raise NotEstimable("{n} cells are too few for Gi*; at least nine are needed", n=n)
    x = np.where(inside, values, 0.0)
    mean = x.sum() / n
    spread = np.sqrt((x**2).sum() / n - mean**2)
    if spread <= 1e-12:
        raise NotEstimable("every cell holds the same number, so no cell stands out")
    side = 2 * reach + 1
    sums = uniform_filter(x, side, mode="constant") * side**2
    weights = uniform_filter(inside.astype(float), side, mode="constant") * side**2
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (sums - mean * weights) / (spread * np.sqrt(np.maximum(n * weights - weights**2, 0) / (n - 1)))
    return np.where(inside, z, np.nan)


def false_discovery(p: np.ndarray, rate: float = 0.05) -> np.ndarray:
    """Return which hypotheses are rejected at a false-discovery rate (Benjamini-Hochberg); NaN is never rejected.

    Parameters
    ----------
    p : array of p-values, any shape
    rate : expected share of false discoveries among those made
    """
    p = np.asarray(p, float)
    known = np.sort(p[np.isfinite(p)])
    below = np.flatnonzero(known <= rate * np.arange(1, len(known) + 1) / max(len(known), 1))
    return np.zeros(p.shape, bool) if not len(below) else np.nan_to_num(p, nan=2.0) <= known[below[-1]]


def hot_cells(values: np.ndarray, inside: np.ndarray | None = None, reach: int = 1, rate: float = 0.05) -> pd.DataFrame:
    """Return one row a cell of the window: row, column, value, z, p (one-sided, high), is_hot at the false-discovery rate.

    Parameters
    ----------
    values, inside, reach : as in `gi_star`
    rate : false-discovery rate

    Raises
    ------
    NotEstimable
        As in `gi_star`.
    """
    from scipy.stats import norm

    z = gi_star(values, inside, reach)
    p = norm.sf(z)
    rows, columns = np.nonzero(np.isfinite(z))
    frame = pd.DataFrame({"row": rows, "column": columns, "value": np.asarray(values, float)[rows, columns], "z": z[rows, columns], "p": p[rows, columns]})
    return frame.assign(is_hot=false_discovery(frame["p"].to_numpy(), rate))


def knox(x_m, y_m, day, within_m: float, within_days: float, seeds=range(999)) -> dict:
    """Return the Knox test: pairs of incidents near in both space and time against dates permuted among the incidents.

    Parameters
    ----------
    x_m, y_m : arrays (n,), projected metres, one entry an incident (not a person: a group would be its own cluster)
    day : array (n,), days as numbers; a window of at most three years, since routes shift
    within_m, within_days : what counts as near
    seeds : one seed a permutation

    Returns
    -------
    dict: n, n_pairs, n_same_day (of those), n_expected (mean of the permutations), ratio, p

    Raises
    ------
    NotEstimable
        Fewer than ten incidents, a window longer than three years, or no pair near in space.
    """
    from scipy.spatial import cKDTree

    points, day = np.column_stack([np.asarray(x_m, float), np.asarray(y_m, float)]), np.asarray(day, float)
    if len(points) < 10:
        raise NotEstimable("{n} incidents are too few for the Knox test; at least ten are needed", n=len(points))
    if day.max() - day.min() > 3 * 366:
        raise NotEstimable("the window is longer than three years, in which routes shift; choose a shorter one")
    pairs = cKDTree(points).query_pairs(within_m, output_type="ndarray")
    if not len(pairs):
        raise NotEstimable("no two incidents lie within {m:,.0f} m of each other", m=within_m)
    a, b = pairs.T
    apart = np.abs(day[a] - day[b])
    observed = int((apart <= within_days).sum())
    drawn = np.empty(len(seeds))
    for i, seed in enumerate(seeds):
        shuffled = np.random.default_rng(seed).permutation(day)
        drawn[i] = (np.abs(shuffled[a] - shuffled[b]) <= within_days).sum()
    expected = float(drawn.mean())
    p = (1 + (drawn >= observed).sum()) / (1 + len(drawn))
    return {
        "n": len(points),
        "n_pairs": observed,
        "n_same_day": int((apart == 0).sum()),
        "n_expected": expected,
        "ratio": observed / expected if expected else np.nan,
        "p": float(p),
    }


def events(x_m, y_m, day, within_m: float = 2_000.0) -> np.ndarray:
    """Return a number for each person or incident that says which event it belongs to: those of one day within reach of one another are one.

    A group that dies together is listed person by person, often kilometres apart along its way; counted singly it would be its own cluster.

    Parameters
    ----------
    x_m, y_m : arrays (n,), projected metres
    day : array (n,), days as numbers or dates
    within_m : how far apart neighbours of one event may lie (single linkage)

    Examples
    --------
    >>> events([0, 1500, 3000, 0], [0, 0, 0, 0], [1, 1, 1, 2]).tolist()
    [0, 0, 0, 1]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    points, day = np.column_stack([np.asarray(x_m, float), np.asarray(y_m, float)]), np.asarray(day)
    a, b = cKDTree(points).query_pairs(within_m, output_type="ndarray").T
    same = day[a] == day[b]
    links = coo_array((np.ones(same.sum(), bool), (a[same], b[same])), shape=(len(points), len(points)))
    return connected_components(links, directed=False)[1]
