"""Space-time scan statistics: where and when more people died than place and time alone explain.

Method: cylinders centred on the cases (a circle of places, a window of months). Space-time permutation: Kulldorff M, Heffernan R,
Hartman J, Assuncao R, Mostashari F (2005), PLoS Medicine 2(3):e59. Gumbel approximation of p: Abrams AM, Kleinman K, Kulldorff M (2010),
International Journal of Health Geographics 9:61.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable


@dataclass(frozen=True)
class Limits:
    """The largest cluster looked for: radius in metres, share of all cases in the circle, length in months, fewest cases."""

    radius_m: float = 50_000.0
    share: float = 0.10
    months: int = 12
    cases: int = 2
    is_prospective: bool = False


@dataclass(frozen=True)
class _Space:
    """Places; for each the others by distance (order[reach[i]:reach[i + 1]]) with the ends of rings of equal distance; the cases of each place."""

    places: np.ndarray
    order: np.ndarray
    is_ring_end: np.ndarray
    reach: np.ndarray
    case_start: np.ndarray
    case_at: np.ndarray


def scan(x_m, y_m, month, limits: Limits | None = None, replicates: int = 999, seed: int = 1) -> pd.DataFrame:
    """Find the space-time clusters of cases by the space-time permutation scan.

    Parameters
    ----------
    x_m, y_m : arrays (n,), one entry a case, projected coordinates in metres; cases at one place share them exactly
    month : array (n,) of int, consecutive numbers of months
    limits : the largest cluster looked for; `is_prospective` keeps only windows that end in the last month ("is it alive?")
    replicates : Monte Carlo replicates, run through joblib (the caller may choose its back end); 0 leaves p null
    seed : seed of the permutations

    Returns
    -------
    DataFrame, most likely cluster first, then the best of each other centre that shares no place with a better one:
    center_x_m, center_y_m, radius_m, month_from, month_to, n_observed, n_expected, statistic, p_monte_carlo, p_gumbel.
    A migration route that shifts during the years looks like a cluster to this statistic: read it with the route in mind.

    Raises
    ------
    NotEstimable
        Fewer than ten cases, one place only, one month only, or no cylinder above its expectation.
    """
    limits = limits or Limits()
    places, place, times, first = _prepared(x_m, y_m, month)
    space = _Space(places, *_neighbours(places, np.bincount(place), limits), *_cases_by_place(place))
    windows = _window_totals(times, limits.months)
    frame = pd.DataFrame(_observed(space, times, windows, limits))
    frame[["month_from", "month_to"]] += first
    maxima = _simulate(space, times, windows, limits, np.random.SeedSequence(seed).spawn(replicates))
    return frame.assign(**_p_values(frame["statistic"].to_numpy(), maxima))


def statistic(observed, expected, total) -> np.ndarray:
    """Return the log likelihood ratio of a cylinder; zero where observed does not exceed expected.

    Parameters
    ----------
    observed, expected : arrays of counts in the cylinder
    total : all cases

    Examples
    --------
    >>> round(float(statistic(12, 0.79, 1294)), 2)
    21.48
    """
    observed, expected = np.asarray(observed, float), np.asarray(expected, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
        outside = np.where(total > observed, (total - observed) * np.log((total - observed) / (total - expected)), 0.0)
    return np.where(observed > expected, inside + outside, 0.0)


def _prepared(x_m, y_m, month):
    points = np.column_stack([np.asarray(x_m, float), np.asarray(y_m, float)])
    times = np.asarray(month, np.int64)
    if len(points) < 10:
        raise NotEstimable("{n} cases are too few for a scan; at least ten are needed", n=len(points))
    places, place = np.unique(points, axis=0, return_inverse=True)
    if len(places) < 2:
        raise NotEstimable("all cases stand at one place, so no cluster in space can be told")
    if times.min() == times.max():
        raise NotEstimable("all cases fall in one month, so no cluster in time can be told")
    return places, place.ravel().astype(np.int64), times - times.min(), int(times.min())


def _neighbours(places, counts, limits: Limits):
    """Return for each place the others by distance, and how many of them the limits allow (ties enter together)."""
    from scipy.spatial import cKDTree

    most = math.floor(limits.share * counts.sum() + 1e-9)
    tree = cKDTree(places)
    orders, ends, reach = [], [], np.zeros(len(places) + 1, np.int64)
    for i, point in enumerate(places):
        near = np.array(tree.query_ball_point(point, limits.radius_m))
        distance = np.hypot(*(places[near] - point).T)
        by_distance = np.lexsort((near, distance))
        near, distance = near[by_distance], distance[by_distance]
        inside = np.cumsum(counts[near]) <= most
        last = int(inside.sum())
        while 0 < last < len(near) and distance[last - 1] == distance[last]:
            last -= 1
        orders.append(near[:last])
        ends.append(np.diff(distance[: last + 1], append=np.inf)[:last] > 0)
        reach[i + 1] = reach[i] + last
    return np.concatenate(orders).astype(np.int64), np.concatenate(ends), reach


def _cases_by_place(place):
    at = np.argsort(place, kind="stable")
    start = np.zeros(place.max() + 2, np.int64)
    np.cumsum(np.bincount(place), out=start[1:])
    return start, at


def _window_totals(times, longest: int):
    """Return totals[s, l] = cases of all places in months s .. s+l."""
    per_month = np.bincount(times)
    total = np.concatenate([[0], np.cumsum(per_month)])
    months = len(per_month)
    out = np.zeros((months, longest), np.int64)
    for length in range(longest):
        ends = np.minimum(np.arange(months) + length + 1, months)
        out[:, length] = total[ends] - total[:-1]
    return out


def _run(space: _Space, reach, times, windows, limits: Limits):
    """Return, for every count of cases reached: count, statistic, (centre, last place, first and last month), expected."""
    from bsi.analysis.scan_kernel import best_products

    total = len(times)
    best = np.full(total + 2, np.iinfo(np.int64).max, np.int64)
    where = np.zeros((total + 2, 4), np.int64)
    best_products(space.order, space.is_ring_end, reach, space.case_start, space.case_at, times, windows, limits.is_prospective, best, where)
    counts = np.flatnonzero(best < np.iinfo(np.int64).max)
    counts = counts[counts >= limits.cases]
    expected = best[counts] / total
    return counts, statistic(counts, expected, total), where[counts], expected


def _observed(space: _Space, times, windows, limits: Limits) -> list[dict]:
    """Return the best cylinder of each centre, best first, those that share a place with a better one left out."""
    found = []
    for i in range(len(space.reach) - 1):
        counts, values, where, expected = _run(space, space.reach[i : i + 2], times, windows, limits)
        if len(counts) and values.max() > 0:
            b = int(np.argmax(values))
            found.append((-values[b], i, space.order[space.reach[i] : where[b][1] + 1], where[b][2], where[b][3], counts[b], expected[b]))
    rows, taken, places = [], np.zeros(len(space.places), bool), space.places
    for value, i, members, start, end, count, expected in sorted(found, key=lambda f: f[:2]):
        if taken[members].any():
            continue
        taken[members] = True
        radius = float(np.hypot(*(places[members] - places[i]).T).max())
        rows.append(
            {"center_x_m": places[i, 0], "center_y_m": places[i, 1], "radius_m": radius, "month_from": int(start), "month_to": int(end),
             "n_observed": int(count), "n_expected": float(expected), "statistic": -float(value)}
        )  # fmt: skip
    if not rows:
        raise NotEstimable("no cylinder within the limits holds more cases than expected")
    return rows


def _simulate(space: _Space, times, windows, limits: Limits, seeds) -> np.ndarray:
    """Return the largest statistic of each replicate; months are permuted among the cases."""
    from joblib import Parallel, delayed

    def one(seed):
        shuffled = np.random.default_rng(seed).permutation(times)
        _, values, _, _ = _run(space, space.reach, shuffled, windows, limits)
        return float(values.max()) if len(values) else 0.0

    return np.array(Parallel(n_jobs=-1, prefer="threads", batch_size=8)(delayed(one)(s) for s in seeds))


def _p_values(values: np.ndarray, maxima: np.ndarray) -> dict:
    """Return Monte Carlo ranks and the Gumbel tail fitted by moments to the replicates' maxima."""
    if not len(maxima):
        return {"p_monte_carlo": np.nan, "p_gumbel": np.nan}
    rank = (maxima[None, :] >= values[:, None]).sum(axis=1) + 1
    scale = maxima.std(ddof=1) * math.sqrt(6) / math.pi
    location = maxima.mean() - np.euler_gamma * scale
    tail = -np.expm1(-np.exp(-(values - location) / scale)) if scale > 0 else np.full(len(values), np.nan)
    return {"p_monte_carlo": rank / (len(maxima) + 1), "p_gumbel": tail}
