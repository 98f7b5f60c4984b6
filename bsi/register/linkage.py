"""Links: which records are of one event, found by weights and one-to-one assignment, a person's decisions first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.contracts import LINKS, conform
from bsi.register.decisions import check_decisions, decided, known_decisions, relation, rule_links
from bsi.register.pairs import candidates, compare, prepare
from bsi.register.weights import weigh

THRESHOLD = 0.4
LEAST_WEIGHT = -4.0
LARGE_COMPONENT = 20_000
ORDER_DAYS = 3
CLEAR_COST = 8.0


def find_links(records: pd.DataFrame, decisions: pd.DataFrame | None = None, threshold: float = THRESHOLD) -> pd.DataFrame:
    """Return the links between records of one event, smaller id first, sorted by id.

    Each pair of lists (a list is one vintage of one source) is linked one to one, an event with several dead to as many persons. Records of one list are linked
    with each other only where they cite different upstreams, where the source itself splits one event into rows (`group_id`), or where it repeats a row with
    day, point and age. Other rows of one list and one upstream, equal in every field or not, are two people: the list says so. Running totals and records
    without a day are never linked by the model.

    A link is `republished` where both go back to one upstream, `independent` where two observers are known and differ; where one is unknown, `independent`
    only if the sources differ and the points are not the same to 15 m.

    Parameters
    ----------
    records : DataFrame, contract RECORDS; record ids unique
    decisions : DataFrame from `decisions.load_decisions`; they override
    threshold : least probability of a link by the model

    Returns
    -------
    DataFrame, contract LINKS (distances in m, days)

    Raises
    ------
    InputError
        Decisions contradict each other.
    """
    proposed = propose_links(records, decisions, threshold)
    return conform(proposed[proposed["is_linked"]].drop(columns="is_linked"), LINKS)


def propose_links(records: pd.DataFrame, decisions: pd.DataFrame | None = None, threshold: float = THRESHOLD) -> pd.DataFrame:
    """Return the links of `find_links` and, with `is_linked` false, the pairs that the assignment chose but whose probability is too low.

    Parameters
    ----------
    records, decisions, threshold : as in `find_links`

    Raises
    ------
    InputError
        Decisions contradict each other.
    """
    decisions = known_decisions(check_decisions(decisions), records)
    same = decisions[decisions["decision"] == "same"]
    repeated = _entered_twice(records, decisions)
    found = [rule_links(same, records, "hand"), _same_event_rows(records, decisions), repeated]
    layers = _stack(repeated) if len(repeated) else None
    for a, b, i, j, levels in list_pairs(records):
        is_within = a["list"].iloc[0] == b["list"].iloc[0]
        weight = weigh(a, b, i, j, levels)["weight"]
        chosen, probability = assign(a, b, pd.DataFrame({"i": i, "j": j, "weight": weight}), layers, decisions)
        pairs = _frame(a, b, i[chosen], j[chosen], levels.iloc[chosen], probability)
        pairs["is_linked"] = probability >= threshold
        found.append(pairs)
        if is_within and pairs["is_linked"].any():
            layers = pd.concat([layers, _stack(pairs[pairs["is_linked"]])])
    table = pd.concat([t for t in found if len(t)] or found[:1], ignore_index=True)
    table["is_linked"] = table.get("is_linked", pd.Series(True, index=table.index)).fillna(True).astype(bool)
    return table.drop_duplicates(["record_id_a", "record_id_b"]).sort_values(["record_id_a", "record_id_b"], ignore_index=True)


def score_pairs(records: pd.DataFrame) -> pd.DataFrame:
    """Return every candidate pair with the weight of each field (natural log), their sum and the probability, before assignment.

    Parameters
    ----------
    records : DataFrame, contract RECORDS

    Returns
    -------
    DataFrame: record_id_a, record_id_b, distance_m, days_apart (date of b minus date of a), the levels of agreement of `pairs.compare`, `w_<field>`, weight,
    probability; sorted by ids
    """
    parts = []
    for a, b, i, j, levels in list_pairs(records):
        weights = weigh(a, b, i, j, levels, is_detailed=True)
        ids = _frame(a, b, i, j, levels, weights["probability"].to_numpy())
        parts.append(pd.concat([ids, levels.drop(columns=["km", "days_apart"]), weights.drop(columns="probability")], axis=1))
    empty = pd.DataFrame({name: [] for name in ("record_id_a", "record_id_b", "distance_m", "days_apart", "probability")})
    return pd.concat(parts or [empty], ignore_index=True).sort_values(["record_id_a", "record_id_b"], ignore_index=True)


def list_pairs(records):
    """Yield every pair of lists that has candidates, lists within themselves first: (a, b, i, j, levels)."""
    table = prepare(records)
    lists = {name: part.reset_index(drop=True) for name, part in table.groupby("list", sort=True)}
    names = list(lists)
    pairs = [(n, n) for n in names if lists[n]["upstream"].nunique() > 1] + [(m, n) for k, m in enumerate(names) for n in names[k + 1 :]]
    for one, other in pairs:
        a, b = _with_room(lists[one], lists[other]), _with_room(lists[other], lists[one])
        i, j = candidates(a, b, is_within=one == other)
        if len(i):
            yield a, b, i, j, compare(a, b, i, j)


def _with_room(table, other):
    """Add how many partners a record may have: as many as its persons where the other list has one person a row, else one."""
    return table.assign(room=table["n_persons"] if (other["n_persons"] == 1).all() else 1)


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


def _stack(links):
    """Layer of each record that its list holds more than once: its place by id among the records linked within the list."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ids, at = np.unique(links[["record_id_a", "record_id_b"]].to_numpy().astype(str), return_inverse=True)
    at = at.reshape(-1, 2)
    label = connected_components(coo_array((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(len(ids),) * 2), directed=False)[1]
    return pd.Series(label, index=ids.astype(object)).groupby(label).cumcount()


def _frame(a, b, i, j, levels, probability):
    """Rows of contract LINKS for pairs of positions."""
    id_a, id_b = a["record_id"].to_numpy()[i], b["record_id"].to_numpy()[j]
    is_ordered = id_a < id_b
    days = levels["days_apart"].to_numpy()
    is_point = (a["radius_km"].to_numpy()[i] == 0) & (b["radius_km"].to_numpy()[j] == 0)
    km = levels["km"].to_numpy().astype("float64")
    words = [t[c].to_numpy()[k] for c in ("upstream", "source") for t, k in ((a, i), (b, j))]
    return pd.DataFrame(
        {
            "record_id_a": np.where(is_ordered, id_a, id_b),
            "record_id_b": np.where(is_ordered, id_b, id_a),
            "probability": probability.astype("float64"),
            "relation": relation(*words, np.where(is_point, km, np.nan)),
            "distance_m": np.where(is_point, np.round(km * 1000, 1), np.nan),
            "days_apart": np.where(is_ordered, days, -days),
            "decided_by": "model",
        }
    )


def _same_event_rows(records, decisions):
    """Links by rule between the rows into which a source splits one event: each with the first by id."""
    split = records[records["group_id"].notna() & ~records["flags"].str.contains("cumulative")].sort_values("record_id")
    return _with_first(split, ["source", "vintage", "group_id"], records, decisions)


def _entered_twice(records, decisions):
    """Links by rule between rows of a file that are equal in every field and state day, point and age: one person entered twice.

    Without an age they stay two people: in every case where another list can tell (nine in the files of 2022 to 2025), it has two.
    """
    is_repeated = records["flags"].str.contains("duplicate_row")
    table = records[records["age"].notna() & records["lon"].notna() & records["date_precision"].eq("day")].sort_values("record_id")
    same = ["source", "vintage", "source_text", "date", "lon", "lat", "age", "sex", "nationality", "county", "cause_raw"]
    copies = table.groupby(same, dropna=False)["record_id"].transform("size") > 1
    has_flag = is_repeated[table.index].groupby([table[c] for c in same], dropna=False).transform("any")
    return _with_first(table[copies & has_flag], same, records, decisions)


def _with_first(table, same, records, decisions):
    """Rule links of each row with the first by id of those that agree in the given columns, save pairs decided different."""
    first = table.groupby(same, dropna=False)["record_id"].transform("first")
    pairs = pd.DataFrame({"record_id_a": first, "record_id_b": table["record_id"]})
    apart = decisions.loc[decisions["decision"] == "different", ["record_id_a", "record_id_b"]].assign(is_apart=True)
    pairs = pairs[pairs["record_id_a"] != pairs["record_id_b"]].merge(apart, how="left")
    return rule_links(pairs[pairs["is_apart"].isna()], records, "rule")
