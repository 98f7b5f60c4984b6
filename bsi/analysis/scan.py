"""Space-time scan statistics: where and when more people died than place and time alone, or the exposure, explain.

Method: cylinders centred on the cases (a circle of places, a window of months). Space-time permutation: Kulldorff M, Heffernan R,
Hartman J, Assuncao R, Mostashari F (2005), PLoS Medicine 2(3):e59. Poisson: Kulldorff M (1997), Communications in Statistics 26:1481.
Gumbel approximation of p: Abrams AM, Kleinman K, Kulldorff M (2010), International Journal of Health Geographics 9:61. Monte Carlo loops
run through joblib: `joblib.parallel_config(backend="dask")` sends them to a cluster, `joblib.parallel_config(verbose=5)` shows how far they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bsi.errors import InputError, NotEstimable


@dataclass(frozen=True)
class Limits:
    """The largest cluster looked for: radius in metres, share of all cases (Poisson: of the exposure) in the circle, months, fewest cases.

    Clusters whose statistic is not above `statistic` are left out, which saves time.
    `is_prospective` keeps only windows that end in the last month ("is it alive?"): `last_month`, else the last month with a case.
    """

    radius_m: float = 50_000.0
    share: float = 0.10
    months: int = 12
    cases: int = 2
    statistic: float = 0.0
    is_prospective: bool = False
    last_month: int | None = None


@dataclass(frozen=True)
class _Space:
    """Places; for each the others by distance (order[reach[i]:reach[i + 1]]) with the ends of rings of equal distance."""

    places: np.ndarray
    order: np.ndarray
    is_ring_end: np.ndarray
    reach: np.ndarray


def scan(x_m, y_m, month, limits: Limits | None = None, replicates: int = 999, seed: int = 1) -> pd.DataFrame:
    """Find the space-time clusters of cases by the space-time permutation scan.

    Parameters
    ----------
    x_m, y_m : arrays (n,), one entry a case, projected coordinates in metres; cases at one place share them exactly
    month : array (n,) of int, consecutive numbers of months
    limits : the largest cluster looked for
    replicates : Monte Carlo replicates; 0 leaves p null
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
    InputError
        A case has no position, or lies after the last month.
    """
    limits = limits or Limits()
    points, times, first, months = _prepared(x_m, y_m, month, limits)
    places, place = np.unique(points, axis=0, return_inverse=True)
    place = place.ravel()
    _two_or_more(places, "all cases stand at one place, so no cluster in space can be told")
    _two_or_more(np.unique(times), "all cases fall in one month, so no cluster in time can be told")
    space = _Space(places, *_neighbours(places, np.bincount(place), limits))
    cumulated = np.concatenate([[0], np.cumsum(np.bincount(times, minlength=months))])[None, :].astype(float)
    frame = _clusters(space, (place, times), cumulated, limits, first)

    def again(rng):
        return place, rng.permutation(times)

    return frame.assign(**_p_values(frame["statistic"].to_numpy(), _simulate(space, again, cumulated, limits, (seed, replicates))))


def scan_poisson(
    cases: pd.DataFrame, exposure: np.ndarray, first_month: int, limits: Limits | None = None, replicates: int = 999, seed: int = 1
) -> pd.DataFrame:
    """Find the space-time clusters of cases beyond what their exposure explains, by the discrete Poisson scan.

    Parameters
    ----------
    cases : place (row of `exposure`), x_m, y_m (the same for every case of a place), month (consecutive numbers); a row without a month only says
        where a place without a case is
    exposure : array (places, months), e.g. from `exposure_by_sector`; months run from `first_month`, without a gap. Its scale does not matter:
        it is scaled to the number of cases
    first_month : number of the first month of `exposure`
    limits, replicates, seed : as in `scan`; the share limits the exposure within the circle

    Returns
    -------
    DataFrame as from `scan`; n_expected is the share of all cases that the exposure of the cylinder is of all exposure

    Raises
    ------
    NotEstimable
        Fewer than ten cases, one place only, or no cylinder above its expectation.
    InputError
        Exposure is negative or null, a case lies in a month or place without exposure, or outside the months of the table, or a place of the
        exposure has neither a case nor a row that says where it is.
    """
    limits = limits or Limits()
    places = _located(cases, len(exposure))
    cases = cases[cases["month"].notna()]
    exposure = _checked_exposure(cases, exposure, first_month)
    place, times = cases["place"].to_numpy(np.int64), cases["month"].to_numpy(np.int64) - first_month
    if len(cases) < 10:
        raise NotEstimable("{n} cases are too few for a scan; at least ten are needed", n=len(cases))
    _two_or_more(np.unique(places, axis=0), "all cases stand at one place, so no cluster in space can be told")
    expected = exposure / exposure.sum() * len(cases)
    space = _Space(places, *_neighbours(places, expected.sum(axis=1), limits))
    cumulated = np.concatenate([np.zeros((len(places), 1)), np.cumsum(expected, axis=1)], axis=1)
    frame = _clusters(space, (place, times), cumulated, limits, first_month)
    edges = np.cumsum(expected.ravel()) / expected.sum()

    def again(rng):
        drawn = np.searchsorted(edges, rng.random(len(cases)), side="right").clip(max=edges.size - 1)
        return drawn // expected.shape[1], drawn % expected.shape[1]

    return frame.assign(**_p_values(frame["statistic"].to_numpy(), _simulate(space, again, cumulated, limits, (seed, replicates))))


def exposure_by_sector(cases: pd.DataFrame, by_sector: pd.DataFrame) -> np.ndarray:
    """Return the exposure (places, months) for `scan_poisson`: that of a sector and month, shared among its places as their cases are.

    Within a sector, place alone is then no cluster: what is found are months and places beyond their sector's exposure in those months.

    Parameters
    ----------
    cases : place (0, 1, ...), sector (one a place)
    by_sector : a row for each month in order, a column for each sector, e.g. apprehensions; no gap

    Raises
    ------
    InputError
        A sector has no exposure, or not in every month.

    Examples
    --------
    >>> cases = pd.DataFrame({"place": [0, 0, 0, 1], "sector": "TCA"})
    >>> exposure_by_sector(cases, pd.DataFrame({"TCA": [100.0, 200.0]})).tolist()
    [[75.0, 150.0], [25.0, 50.0]]
    """
    places = cases.groupby("place").agg(sector=("sector", "first"), n=("sector", "size"))
    lacking = [s for s in places["sector"].unique() if s not in by_sector or by_sector[s].isna().any()]
    if lacking:
        raise InputError(f"the exposure lacks the sectors {', '.join(map(str, lacking))}, or some of their months", do="Choose months that it covers.")
    share = places["n"] / places.groupby("sector")["n"].transform("sum")
    return by_sector[places["sector"]].to_numpy(float).T * share.to_numpy()[:, None]


def statistic(observed, expected, total) -> np.ndarray:
    """Return the log likelihood ratio of a cylinder; zero where observed does not exceed expected.

    Parameters
    ----------
    observed, expected : arrays of counts in the cylinder
    total : all cases

    Examples
    --------
    >>> round(float(statistic(12, 0.79, 1294)), 2)
    21.49
    """
    observed, expected = np.asarray(observed, float), np.asarray(expected, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
        outside = np.where(total > observed, (total - observed) * np.log((total - observed) / (total - expected)), 0.0)
    return np.where(observed > expected, inside + outside, 0.0)


def _prepared(x_m, y_m, month, limits: Limits):
    """Return points, months from 0, the first month, and the number of months."""
    points = np.column_stack([np.asarray(x_m, float), np.asarray(y_m, float)])
    times = np.asarray(month, np.int64)
    if not np.isfinite(points).all():
        raise InputError("a case of the scan has no position", do="Leave out those without one.")
    if len(points) < 10:
        raise NotEstimable("{n} cases are too few for a scan; at least ten are needed", n=len(points))
    last = int(times.max()) if limits.last_month is None else limits.last_month
    if times.max() > last:
        raise InputError(f"{int((times > last).sum())} cases lie after the last month of the scan", do="Leave them out or choose a later month.")
    return points, times - times.min(), int(times.min()), last - int(times.min()) + 1


def _two_or_more(values, otherwise: str) -> None:
    if len(values) < 2:
        raise NotEstimable(otherwise)


def _located(cases: pd.DataFrame, n: int) -> np.ndarray:
    """Return the coordinates of each place of an exposure."""
    places, known = np.full((n, 2), np.nan), cases[cases["place"].between(0, n - 1)]
    places[known["place"].to_numpy(np.int64)] = known[["x_m", "y_m"]].to_numpy(float)
    lacking = int(np.isnan(places).any(axis=1).sum())
    if lacking:
        raise InputError(f"the exposure has places without coordinates ({lacking})", do="Leave their exposure out, or add a row without a month for each.")
    return places


def _checked_exposure(cases: pd.DataFrame, exposure, first_month: int) -> np.ndarray:
    """Return the exposure as an array in which every case has some."""
    exposure = np.asarray(exposure, float)
    if not np.isfinite(exposure).all() or (exposure < 0).any():
        raise InputError("the exposure holds a null or a negative number", do="Fill the months in, or choose those that the series covers.")
    place, time = cases["place"].to_numpy(np.int64), cases["month"].to_numpy(np.int64) - first_month
    known = (place >= 0) & (place < exposure.shape[0]) & (time >= 0) & (time < exposure.shape[1])
    if not known.all() or (exposure[place, time] <= 0).any():
        raise InputError("some cases lie in a place and month without exposure", do="Choose months and sectors that the exposure covers.")
    return exposure


def _neighbours(places, weight, limits: Limits):
    """Return for each place the others by distance, where rings of one distance end, and how many the limits allow (ties enter together)."""
    from scipy.spatial import cKDTree

    most = limits.share * weight.sum() + 1e-9
    k = min(int((np.cumsum(np.sort(weight)) <= most).sum()) + 1, len(places))  # no circle holds more
    far, near = cKDTree(places).query(places, k=np.arange(1, k + 1), distance_upper_bound=np.nextafter(limits.radius_m, np.inf))
    is_near, near = np.isfinite(far), np.where(np.isfinite(far), near, 0)
    distance = np.where(is_near, np.hypot(*np.moveaxis(places[near] - places[:, None, :], 2, 0)), np.inf)
    by_distance = np.lexsort((near, distance))
    near, distance, is_near = (np.take_along_axis(each, by_distance, 1) for each in (near, distance, is_near))
    is_ring_end = np.column_stack([distance[:, 1:] > distance[:, :-1], np.ones(len(places), bool)])
    fits = is_near & (np.cumsum(weight[near], axis=1) <= most)
    reach = np.where(fits & is_ring_end, np.arange(1, k + 1), 0).max(axis=1)
    inside = np.arange(k) < reach[:, None]
    return near[inside].astype(np.int64), is_ring_end[inside], np.concatenate([[0], np.cumsum(reach)])


def _best(space: _Space, cases: tuple, cumulated, limits: Limits, each: bool) -> np.ndarray:
    """Return the best cylinder (of each centre): statistic, count, expected, centre, last place of its circle, first and last month."""
    from bsi.analysis.scan_kernel import best_cylinders, window_blocks

    place, times = cases
    at, start = np.argsort(place, kind="stable"), np.concatenate([[0], np.cumsum(np.bincount(place, minlength=len(space.places)))])
    found = np.zeros((len(space.places) if each else 1, 7))
    n_limits = len(times) + 1 if len(cumulated) > 1 else math.floor(limits.share * len(times) + 1e-9) + 1
    blocks = window_blocks(limits.months)[: 0 if limits.is_prospective else None]
    padded, months = np.pad(cumulated, ((0, 0), (limits.months, limits.months)), mode="edge"), np.asarray(times, np.int64)[at] + limits.months
    setting = (limits.months, limits.cases, n_limits), limits.statistic if each else 0.0  # the largest of a replicate is sought whole
    best_cylinders(space.order, space.is_ring_end, space.reach, start, months, padded, blocks, *setting, each, found)
    found[:, 5:] -= limits.months
    return found


def _clusters(space: _Space, cases: tuple, cumulated, limits: Limits, first: int) -> pd.DataFrame:
    """Return the best cylinder of each centre, best first, those that share a place with a better one left out."""
    found = _best(space, cases, cumulated, limits, each=True)
    rows, taken, places = [], np.zeros(len(space.places), bool), space.places
    for i in np.argsort(-found[:, 0], kind="stable"):
        value, count, expected, _, last, start, end = found[i]
        members = space.order[space.reach[i] : int(last) + 1]
        if value <= 0 or taken[members].any():
            continue
        taken[members] = True
        radius = float(np.hypot(*(places[members] - places[i]).T).max())
        rows.append(
            {"center_x_m": places[i, 0], "center_y_m": places[i, 1], "radius_m": radius, "month_from": int(start) + first, "month_to": int(end) + first,
             "n_observed": int(count), "n_expected": float(expected), "statistic": float(value)}
        )  # fmt: skip
    if not rows:
        raise NotEstimable("no cylinder within the limits holds more cases than expected")
    return pd.DataFrame(rows)


def _simulate(space: _Space, again, cumulated, limits: Limits, monte_carlo: tuple[int, int]) -> np.ndarray:
    """Return the largest statistic of each replicate, its cases drawn by `again`."""
    from joblib import Parallel, delayed

    def one(seed):
        return float(_best(space, again(np.random.default_rng(seed)), cumulated, limits, each=False)[0, 0])

    seed, replicates = monte_carlo
    return np.array(Parallel(n_jobs=-1, prefer="threads", batch_size=8)(delayed(one)(s) for s in np.random.SeedSequence(seed).spawn(replicates)))


def _p_values(values: np.ndarray, maxima: np.ndarray) -> dict:
    """Return Monte Carlo ranks and the Gumbel tail fitted by moments to the replicates' maxima."""
    if not len(maxima):
        return {"p_monte_carlo": np.nan, "p_gumbel": np.nan}
    rank = (maxima[None, :] >= values[:, None]).sum(axis=1) + 1
    scale = maxima.std(ddof=1) * math.sqrt(6) / math.pi if len(maxima) > 1 else 0.0
    location = maxima.mean() - np.euler_gamma * scale
    tail = -np.expm1(-np.exp(-(values - location) / scale)) if scale > 0 else np.full(len(values), np.nan)
    return {"p_monte_carlo": rank / (len(maxima) + 1), "p_gumbel": tail}
