"""One-to-one assignment: which of the candidate pairs of two lists are taken, so that each person has one partner."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.decisions import decided

LEAST_WEIGHT = -4.0
LARGE_COMPONENT = 20_000
ORDER_DAYS = 7
CLEAR_COST = 8.0


def assign(a, b, pairs, layers=None, decisions=None) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the pairs chosen and their probability: the set of greatest total weight in which each record has one partner, or as many as it
    has room for.

    The probability is that of the pair against no link and against every partner still free, the other links taken as they are: two people found together whom
    both lists hold are surely linked, even if it matters little which with which.

    Parameters
    ----------
    a, b : DataFrame from `pairs.prepare` with `room`
    pairs : DataFrame with positions `i`, `j` and `weight` of the candidates
    layers : Series by record id; records that one list holds twice stand in layers, and each layer is assigned by itself
    decisions : DataFrame from `decisions.load_decisions`
    """
    i, j, weight = (pairs[c].to_numpy() for c in ("i", "j", "weight"))
    able = np.flatnonzero((weight > LEAST_WEIGHT) & ~decided(a, b, i, j, decisions))
    if not len(able):
        return able, np.empty(0)
    i, j, gain = i[able].astype("int64"), j[able].astype("int64"), weight[able] - LEAST_WEIGHT
    side = np.zeros(len(able), dtype="int64")
    if layers is not None and len(layers):
        side = _layer(a, layers)[i] * 1000 + _layer(b, layers)[j]
    kept = _best(i * 1_000_000 + side, j * 1_000_000 + side, gain, a["room"].to_numpy()[i], b["room"].to_numpy()[j])
    kept = in_file_order(a, b, i, j, gain, kept)
    return able[kept], _given_the_rest(a, b, i, j, weight[able], kept)


def _layer(table, layers):
    return layers.reindex(table["record_id"]).fillna(0).to_numpy("int64")


def _given_the_rest(a, b, i, j, weight, kept):
    """Probability of each chosen pair against none and against the partners that no other link has taken."""
    odds = np.exp(np.clip(weight.astype("float64"), -30, 30))
    has_room_a = np.bincount(i[kept], minlength=len(a)) < a["room"].to_numpy()
    has_room_b = np.bincount(j[kept], minlength=len(b)) < b["room"].to_numpy()
    is_other = np.ones(len(i), dtype=bool)
    is_other[kept] = False
    rival_b = np.bincount(i, weights=odds * (has_room_b[j] & is_other), minlength=len(a))
    rival_a = np.bincount(j, weights=odds * (has_room_a[i] & is_other), minlength=len(b))
    return odds[kept] / (1 + odds[kept] + rival_b[i[kept]] + rival_a[j[kept]])


def _best(node_a, node_b, gain, room_a, room_b):
    """Positions of the assignment with the greatest sum of gains, component by component; a component too large sheds its weakest pairs first."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    u, v = np.unique(node_a, return_inverse=True)[1], np.unique(node_b, return_inverse=True)[1]
    n = u.max() + 1
    graph = coo_array((np.ones(len(u)), (u, v + n)), shape=(n + v.max() + 1,) * 2)
    component = connected_components(graph, directed=False)[1][u]
    is_star = _is_star(component, u, v) & (np.bincount(component, weights=(room_a > 1) | (room_b > 1))[component] == 0)
    best = np.flatnonzero(is_star)[np.lexsort((-gain[is_star], component[is_star]))]
    kept = [best[np.unique(component[best], return_index=True)[1]]]
    order = np.flatnonzero(~is_star)[np.argsort(component[~is_star], kind="stable")]
    for edges in np.split(order, np.flatnonzero(np.diff(component[order])) + 1):
        if len(edges) > LARGE_COMPONENT:
            strong = edges[gain[edges] > np.quantile(gain[edges], 0.3)]
            kept.append(strong[_best(u[strong], v[strong], gain[strong], room_a[strong], room_b[strong])])
        elif len(edges):
            kept.append(edges[_solve(u[edges], v[edges], gain[edges], room_a[edges], room_b[edges])])
    return np.sort(np.concatenate(kept))


def _is_star(component, u, v):
    """Return which edges belong to a component with one record on one side, whose best pair is simply the heaviest."""
    sides = [np.bincount(component[np.unique(side, return_index=True)[1]], minlength=component.max() + 1) for side in (u, v)]
    return np.minimum(*sides)[component] == 1


def _solve(u, v, gain, room_a, room_b):
    """Optimal assignment of one component; a record with room for several stands in several rows."""
    from scipy.optimize import linear_sum_assignment

    row, column = _places(u, room_a), _places(v, room_b)
    matrix, where = np.zeros((row[1].max(), column[1].max())), np.full((row[1].max(), column[1].max()), -1)
    for e in range(len(u)):
        box = slice(row[0][e], row[1][e]), slice(column[0][e], column[1][e])
        matrix[box], where[box] = gain[e], e
    chosen = where[linear_sum_assignment(matrix, maximize=True)]
    return np.unique(chosen[chosen >= 0])


def _places(node, room):
    """First and last row of each edge's record, a record having as many rows as it has room for."""
    _, first, at = np.unique(node, return_index=True, return_inverse=True)
    size = np.minimum(room[first], np.bincount(at))
    end = np.cumsum(size)
    return (end - size)[at], end[at]


def in_file_order(a, b, i, j, gain, kept) -> np.ndarray:
    """Return the chosen pairs after exchanging partners where the weights hardly differ and the order of the rows in the two files says otherwise.

    Files list the cases of a day as they came in, so two clear pairs mostly stand in the same order in both. How often they do is counted among the clear
    pairs of these lists; its log odds is what an exchange may cost. Lists in no common order (half of the pairs agree) are left as they are.

    Parameters
    ----------
    a, b : DataFrame from `pairs.prepare`
    i, j, gain : positions and weight of the candidates
    kept : the candidates chosen
    """
    row_a, row_b = a["row"].to_numpy(), b["row"].to_numpy()
    day = a["day"].to_numpy()[i[kept]]
    chosen = kept[np.lexsort((row_a[i[kept]], day))]
    doubts = _exchanges(a, b, i, j, gain, chosen)
    is_clear = np.ones(len(chosen), dtype=bool)
    is_clear[doubts.loc[doubts["cost"] <= CLEAR_COST, ["x", "y"]].to_numpy().ravel()] = False
    clear = chosen[is_clear]
    near = np.diff(a["day"].to_numpy()[i[clear]]) <= ORDER_DAYS
    agrees = (np.diff(row_a[i[clear]]) > 0) == (np.diff(row_b[j[clear]]) > 0)
    worth = np.log((agrees[near].sum() + 1) / ((~agrees)[near].sum() + 1))
    days = np.abs(a["day"].to_numpy()[i[chosen[doubts["x"]]]] - a["day"].to_numpy()[i[chosen[doubts["y"]]]])
    is_turned = (row_a[i[chosen[doubts["x"]]]] < row_a[i[chosen[doubts["y"]]]]) != (row_b[j[chosen[doubts["x"]]]] < row_b[j[chosen[doubts["y"]]]])
    free = np.ones(len(chosen), dtype=bool)
    for x, y, g, h, _ in doubts[is_turned & (days <= ORDER_DAYS) & (doubts["cost"] < worth)].sort_values(["cost", "x", "y"]).itertuples(index=False):
        if free[x] and free[y]:
            chosen[x], chosen[y], free[x], free[y] = g, h, False, False
    return np.sort(chosen)


def _exchanges(a, b, i, j, gain, chosen):
    """Pairs of chosen pairs (x, y) whose partners could be exchanged, the two candidates (g, h) that would take their place, and the weight it would cost."""
    pair_of_a, pair_of_b = np.full(len(a), -1), np.full(len(b), -1)
    single = np.flatnonzero((a["room"].to_numpy()[i[chosen]] == 1) & (b["room"].to_numpy()[j[chosen]] == 1))
    pair_of_a[i[chosen[single]]], pair_of_b[j[chosen[single]]] = single, single
    edges = pd.DataFrame({"x": pair_of_a[i], "y": pair_of_b[j], "g": np.arange(len(i))})
    edges = edges[(edges["x"] >= 0) & (edges["y"] >= 0) & (edges["x"] != edges["y"])]
    both = edges[edges["x"] < edges["y"]].merge(edges.rename(columns={"x": "y", "y": "x", "g": "h"}), on=["x", "y"])
    x, y, g, h = (both[c].to_numpy() for c in "xygh")
    return both.assign(cost=gain[chosen[x]] + gain[chosen[y]] - gain[g] - gain[h])
