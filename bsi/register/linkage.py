"""Links: which records are of one event, found by weights and one-to-one assignment, a person's decisions first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.contracts import LINKS, conform
from bsi.register.assignment import assign
from bsi.register.decisions import check_decisions, known_decisions, relation, rule_links
from bsi.register.pairs import candidates, compare, prepare
from bsi.register.weights import weigh

THRESHOLD = 0.4


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

    Without an age they stay two people: in every case where another list can tell (nine in the files of 2022 to 2025), it has two. Rows that repeat the
    source's own id too are one person, age or not.
    """
    is_repeated = records["flags"].str.contains("duplicate_row")
    number = records["record_id"].str.split("~").str[0]
    again = is_repeated & number.ne(records["record_id"])
    by_id = records.assign(number=number)[again | records["record_id"].isin(number[again])].sort_values("record_id")
    table = records[records["age"].notna() & records["lon"].notna() & records["date_precision"].eq("day")].sort_values("record_id")
    same = ["source", "vintage", "source_text", "date", "lon", "lat", "age", "sex", "nationality", "county", "cause_raw"]
    copies = table.groupby(same, dropna=False)["record_id"].transform("size") > 1
    has_flag = is_repeated[table.index].groupby([table[c] for c in same], dropna=False).transform("any")
    found = [_with_first(by_id, ["number"], records, decisions), _with_first(table[copies & has_flag], same, records, decisions)]
    return pd.concat([t for t in found if len(t)] or found[:1]).drop_duplicates(["record_id_a", "record_id_b"])


def _with_first(table, same, records, decisions):
    """Rule links of each row with the first by id of those that agree in the given columns, save pairs decided different."""
    first = table.groupby(same, dropna=False)["record_id"].transform("first")
    pairs = pd.DataFrame({"record_id_a": first, "record_id_b": table["record_id"]})
    apart = decisions.loc[decisions["decision"] == "different", ["record_id_a", "record_id_b"]].assign(is_apart=True)
    pairs = pairs[pairs["record_id_a"] != pairs["record_id_b"]].merge(apart, how="left")
    return rule_links(pairs[pairs["is_apart"].isna()], records, "rule")
