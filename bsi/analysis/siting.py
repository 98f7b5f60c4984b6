"""Where k more rescue beacons, water stations or buoy lines would stand nearest to most expected deaths.

Method: maximal covering location problem, Church RL, ReVelle C (1974), Papers of the Regional Science Association 32:101; solved exactly by
HiGHS (scipy.optimize.milp), by the greedy algorithm where that takes too long (Nemhauser, Wolsey, Fisher 1978: at least 63 % of the best).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import InputError, NotEstimable

PROVEN = 1e-6  # relative distance to the solver's bound below which a choice is called the best


def coverage(demand_xy, candidate_xy, radius_m: float):
    """Return the sparse matrix (demand points, candidates): 1 where the candidate lies within the radius.

    Parameters
    ----------
    demand_xy, candidate_xy : arrays (n, 2), one projected CRS, metres
    radius_m : distance within which a site serves
    """
    from scipy.sparse import coo_matrix
    from scipy.spatial import cKDTree

    demand, candidates = cKDTree(np.asarray(demand_xy, float)), cKDTree(np.asarray(candidate_xy, float))
    pairs = demand.query_ball_tree(candidates, radius_m)
    rows = np.repeat(np.arange(len(pairs)), [len(p) for p in pairs])
    columns = np.concatenate([np.asarray(p, int) for p in pairs]) if len(rows) else np.array([], int)
    return coo_matrix((np.ones(len(rows)), (rows, columns)), (len(pairs), candidates.n)).tocsr()


def choose_sites(covers, demand, k: int, existing=(), time_limit_s: float = 20.0) -> dict:
    """Choose k candidates that cover the most demand, existing sites counted first.

    Parameters
    ----------
    covers : matrix (demand points, candidates) from `coverage`
    demand : array (demand points,), expected deaths at each
    k : number of new sites
    existing : matrix (demand points, existing sites) or empty; what they cover is covered already
    time_limit_s : time for the exact solution, after which the best found stands with its gap

    Returns
    -------
    dict: chosen (indices of candidates), covered (expected deaths newly covered), share (of what was not covered), gap (by how much, relative, the
    best could be better; 0 is proven best), method ("exact": the solver ended and its bound is reached; "bounded": the best it found in the time,
    the gap is open; "greedy": the same where the greedy choice was better than what it found)

    Raises
    ------
    InputError
        k is below one or above the number of candidates.
    NotEstimable
        No candidate covers any demand that is not covered already.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import hstack, identity

    demand, covers = _open_demand(demand, covers, existing)
    n, m = covers.shape
    if not 1 <= k <= m:
        raise InputError(f"{k} sites cannot be chosen from {m} candidates", do="Choose at least one and at most as many as there are candidates.")
    useful = np.flatnonzero((demand > 0) & (np.diff(covers.indptr) > 0))
    if not len(useful):
        raise NotEstimable("no candidate lies within reach of an expected death that is not covered already")
    part, weight = covers[useful], demand[useful]
    greedy = greedy_sites(part, weight, k)
    rows = LinearConstraint(hstack([-part, identity(len(useful))]), -np.inf, 0)  # a point is covered only by a chosen site
    budget = LinearConstraint(np.concatenate([np.ones(m), np.zeros(len(useful))])[None, :], k, k)
    integer = np.concatenate([np.ones(m), np.zeros(len(useful))])
    found = milp(
        np.concatenate([np.zeros(m), -weight]), constraints=[rows, budget], integrality=integer, bounds=Bounds(0, 1),
        options={"time_limit": time_limit_s, "mip_rel_gap": PROVEN}
    )  # fmt: skip
    chosen, value = greedy, covered(part, weight, greedy)
    if found.x is not None:
        by_solver = np.flatnonzero(found.x[:m] > 0.5)
        if covered(part, weight, by_solver) >= value:
            chosen, value = by_solver, covered(part, weight, by_solver)
    bound = weight.sum() if found.mip_dual_bound is None else min(-found.mip_dual_bound, weight.sum())
    gap = max(0.0, bound / value - 1)
    method = "exact" if found.status == 0 and gap <= 2 * PROVEN else "greedy" if chosen is greedy else "bounded"
    chosen = np.sort(np.asarray(chosen, int))
    return {"chosen": chosen, "covered": value, "share": float(value / demand.sum()), "gap": gap if method != "exact" else 0.0, "method": method}


def _open_demand(demand, covers, existing):
    demand = np.asarray(demand, float).copy()
    if getattr(existing, "shape", (0, 0))[1]:
        demand[np.asarray(existing.sum(axis=1)).ravel() > 0] = 0.0
    return demand, covers.tocsr()


def covered(covers, demand, chosen) -> float:
    """Return the demand within reach of at least one chosen candidate.

    Parameters
    ----------
    covers, demand : as in `choose_sites`
    chosen : indices of candidates
    """
    reached = np.asarray(covers[:, np.asarray(chosen, int)].sum(axis=1)).ravel() > 0
    return float(np.asarray(demand, float)[reached].sum())


def greedy_sites(covers, demand, k: int) -> np.ndarray:
    """Return k candidates, each the one that covers most of what is not covered yet (ties: the first), in order of choice.

    Parameters
    ----------
    covers, demand, k : as in `choose_sites`
    """
    left, columns, chosen = np.asarray(demand, float).copy(), covers.tocsc(), []
    for _ in range(k):
        gains = columns.T @ left
        gains[chosen] = -1.0
        best = int(np.argmax(gains))
        chosen.append(best)
        left[columns.indices[columns.indptr[best] : columns.indptr[best + 1]]] = 0.0
    return np.array(chosen)


def coverage_curve(covers, demand, draws, k_max: int) -> pd.DataFrame:
    """Return the share of expected deaths covered by the greedy sites for k = 1 .. k_max, with bootstrap intervals.

    Parameters
    ----------
    covers, demand : as in `choose_sites`
    draws : array (replicates, demand points), resampled demand: sites stay, the demand they meet varies
    k_max : largest number of sites

    Returns
    -------
    DataFrame: k, share, share_low, share_high (2.5 and 97.5 %)
    """
    order = greedy_sites(covers, demand, k_max)
    rows = []
    for k in range(1, k_max + 1):
        reached = np.asarray(covers[:, order[:k]].sum(axis=1)).ravel() > 0
        shares = draws[:, reached].sum(axis=1) / draws.sum(axis=1)
        low, high = np.quantile(shares, [0.025, 0.975])
        rows.append({"k": k, "share": demand[reached].sum() / demand.sum(), "share_low": low, "share_high": high})
    return pd.DataFrame(rows)


def even_sites(candidate_xy, k: int) -> np.ndarray:
    """Return k candidates spread evenly: each the farthest from those chosen before (Gonzalez 1985), the first nearest the centre.

    Parameters
    ----------
    candidate_xy : array (candidates, 2), metres
    k : number of sites
    """
    points = np.asarray(candidate_xy, float)
    chosen = [int(np.argmin(((points - points.mean(axis=0)) ** 2).sum(axis=1)))]
    nearest = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        chosen.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return np.array(chosen)
