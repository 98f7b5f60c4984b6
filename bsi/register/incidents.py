"""Records become incidents: clusters of decided links guarded against chains, and the accounting from rows to incidents."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from bsi.contracts import ACCOUNTING, INCIDENT_RECORDS, conform
from bsi.errors import ContractError, InputError
from bsi.register.observers import has_flag, observers, persons, rank, settled_upstreams
from bsi.register.reconcile import duplicates, merge

__all__ = ["accounting", "cluster", "make_ids", "merge"]

LISTS_EVENTS = ("iom",)  # lists whose rows are events with counts; every other list is read as one row a person where it counts at most one
STAGES = ("read", "out_of_scope", "rejected", "records", "cumulative", "republished", "independent", "same_source", "part", "reconciled", "incidents")
LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz234567"))
TOTALS = ("read", "records", "incidents")


def make_ids(keys) -> np.ndarray:
    """Return the incident id that each key makes: 'i-' and ten lower-case letters or digits (50 bits of its SHA-256 in base 32).

    Examples
    --------
    >>> make_ids(["humane_borders:01-00082"]).tolist()
    ['i-3graijshls']
    """
    bits = np.frombuffer(b"".join(hashlib.sha256(k.encode()).digest()[:8] for k in keys), dtype=">u8")
    letters = [LETTERS[(bits >> np.uint64(59 - 5 * i)) & np.uint64(31)] for i in range(10)]
    ten = np.column_stack(letters).astype("U1").view("U10").ravel() if len(bits) else np.array([], dtype="U10")
    return np.char.add("i-", ten)


def cluster(records: pd.DataFrame, links: pd.DataFrame, apart: pd.DataFrame | None = None) -> pd.DataFrame:
    """Assign every record to exactly one incident: records joined by decided links, chains cut at their weakest link.

    Two records of one list stand in one incident only where the list itself says so (`group_id`), where they are linked to each other
    directly (a decided duplicate), or where an event that another list counts that many persons for joins them. A list is a source whose
    rows are persons, or source and upstream where rows are events. Links are taken strongest first (hand, then probability, distance, days, ids), and one that
    would break the rule is left out: that is the weakest of its chain. Cumulative rows stand alone.

    Parameters
    ----------
    records : RECORDS
    links : LINKS
    apart : record_id_a, record_id_b of pairs that a person decided are different; never together, by whatever chain

    Returns
    -------
    INCIDENT_RECORDS with provisional ids (see `vintages.assign_ids`)

    Raises
    ------
    ContractError
        A link names a record that is not there.
    InputError
        Hand decisions contradict each other through a chain.
    """
    table = _members(records)
    a, b = _positions(links, table)
    usable = ~(table["is_cumulative"].to_numpy()[a] | table["is_cumulative"].to_numpy()[b])
    order = _strongest_first(links[usable])
    edges = np.column_stack([a[usable], b[usable]])[order]
    is_hand = links["decided_by"].eq("hand").to_numpy()[usable][order]
    groups = _group_edges(table)
    refused = set() if apart is None or apart.empty else {frozenset(p) for p in zip(*_positions(apart, table, strict=False)) if -1 not in p}
    labels = _components(len(table), np.vstack([groups, edges]))
    suspects = _suspects(table, labels, refused)
    if len(suspects):
        inside = np.isin(labels[edges[:, 0]], suspects)
        kept = _cut(table, groups[np.isin(labels[groups[:, 0]], suspects)], edges[inside], is_hand[inside], refused)
        labels = _components(len(table), np.vstack([groups, edges[~inside], kept]))
    return _with_roles(records, links, labels)


def accounting(read_counts, records, out_of_scope, rejected, incident_records, incidents) -> pd.DataFrame:
    """Return the path from rows to incidents, in rows and in persons, per source and in total; the identities are asserted.

    Stages: rows read - out of scope - rejected = records; records - cumulative - republished - independent duplicates - same source - parts = incidents.
    In persons a cumulative total is set aside, a republished, independent or duplicate row takes its persons out, a part keeps them
    (split rows, several persons of one event), and `reconciled` is what another list or observer says beyond the first.
    An incident counts for the source of its first record.

    Parameters
    ----------
    read_counts : rows read: DataFrame with source and read (a row a file), Series by source, or mapping
    records, out_of_scope, rejected, incident_records, incidents : tables of the register

    Returns
    -------
    ACCOUNTING; changes carry their sign; persons are null where a stage has none stated (rows read, out of scope, rejected)

    Raises
    ------
    ContractError
        Rows, records or persons do not add up.
    """
    read = read_counts.set_index("source")["read"] if isinstance(read_counts, pd.DataFrame) else pd.Series(read_counts)
    read = read.groupby(level=0).sum()
    rows = records[["record_id", "source"]].assign(n_dead=records["n_dead"].fillna(0), n_missing=records["n_missing"].fillna(0), n_records=1)
    rows = rows.merge(incident_records, on="record_id", how="left", validate="one_to_one")
    if rows["role"].isna().any() or len(rows) != len(incident_records):
        raise ContractError(f"{int(rows['role'].isna().sum())} records are in no incident; cluster() loses records.")
    counts = ["n_records", "n_dead", "n_missing"]
    by_role = rows.groupby(["role", "source"])[counts].sum()
    tally = {"records": rows.groupby("source")[counts].sum()}
    for role in ("cumulative", "republished", "independent", "same_source"):
        tally[role] = -by_role.xs(role) if role in by_role.index else None
    parts = by_role.xs("part")[["n_records"]] * -1 if "part" in by_role.index else pd.DataFrame(columns=["n_records"])
    tally["part"] = parts.assign(n_dead=0, n_missing=0)
    final = incidents.loc[~incidents["is_cumulative"], ["incident_id", "n_dead", "n_missing"]].fillna({"n_dead": 0, "n_missing": 0})
    _assert_nothing_made_up(rows, final)
    first = rows.loc[rows["role"].eq("first"), ["incident_id", "source", "n_records"]].merge(final, on="incident_id", how="left", validate="one_to_one")
    tally["incidents"] = first.groupby("source")[counts].sum()
    kept = rows[rows["role"].isin(["first", "part"])].groupby("source")[["n_dead", "n_missing"]].sum()
    tally["reconciled"] = tally["incidents"][["n_dead", "n_missing"]].sub(kept, fill_value=0).assign(n_records=0)
    tally["read"] = read.to_frame("n_records")
    tally["out_of_scope"] = -out_of_scope.groupby("source").size().to_frame("n_records")
    tally["rejected"] = -rejected.groupby("source").size().to_frame("n_records")
    table = _stack(tally, sorted({*read.index, *rows["source"]}))
    _assert_sums(table, len(final), rows, incident_records)
    return conform(table, ACCOUNTING)


def _members(records: pd.DataFrame) -> pd.DataFrame:
    """Return what the guard needs of each record: its list, group, persons, and whether it is cumulative."""
    count = persons(records).to_numpy()
    most = pd.Series(count).groupby(records["source"].to_numpy()).transform("max").to_numpy()
    is_event_list = records["source"].isin(LISTS_EVENTS).to_numpy() | (most > 1)
    upstream = records["upstream"].fillna("?").to_numpy()
    return pd.DataFrame(
        {
            "record_id": records["record_id"].to_numpy(),
            "source": records["source"].to_numpy(),
            "list": np.where(is_event_list, records["source"].to_numpy() + "/" + upstream, records["source"].to_numpy()),
            "group": (records["source"] + "/" + records["group_id"]).to_numpy(),
            "persons": count,
            "is_cumulative": has_flag(records, "cumulative").to_numpy(),
        }
    )


def _positions(pairs: pd.DataFrame, table: pd.DataFrame, strict: bool = True):
    """Return the row numbers of both records of each pair; -1 for one that is not there."""
    index = pd.Index(table["record_id"])
    a, b = index.get_indexer(pairs["record_id_a"]), index.get_indexer(pairs["record_id_b"])
    if strict and ((a < 0) | (b < 0)).any():
        lost = pairs[(a < 0) | (b < 0)].iloc[0]
        raise ContractError(f"the link {lost['record_id_a']} - {lost['record_id_b']} names a record that is not in records.")
    return a, b


def _strongest_first(links: pd.DataFrame) -> np.ndarray:
    far, late = links["distance_m"].fillna(np.inf), links["days_apart"].abs().astype("Float64").fillna(np.inf)
    keys = links.assign(hand=~links["decided_by"].eq("hand"), p=-links["probability"], d=far, t=late)
    keys = keys.reset_index(drop=True).sort_values(["hand", "p", "d", "t", "record_id_a", "record_id_b"], kind="stable")
    return keys.index.to_numpy()


def _group_edges(table: pd.DataFrame) -> np.ndarray:
    """Return an edge from each row of a source's own group to the first row of it."""
    grouped = table[table["group"].notna() & ~table["is_cumulative"]]
    first = grouped.groupby("group")["persons"].transform(lambda g: g.index[0]).to_numpy(dtype=np.int64)
    edges = np.column_stack([first, grouped.index.to_numpy()])
    return edges[edges[:, 0] != edges[:, 1]]


def _components(n: int, edges: np.ndarray) -> np.ndarray:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(edges), dtype=np.int8), (edges[:, 0], edges[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1]


def _suspects(table: pd.DataFrame, labels: np.ndarray, refused: set) -> np.ndarray:
    """Return the components that hold two rows of one list, or a pair decided to be different."""
    twice = pd.DataFrame({"label": labels, "list": table["list"]}).duplicated(keep=False).to_numpy()
    apart = [labels[min(p)] for p in refused if len({int(labels[i]) for i in p}) == 1]
    return np.unique(np.concatenate([labels[twice], np.array(apart, dtype=labels.dtype)]))


def _cut(table: pd.DataFrame, groups: np.ndarray, edges: np.ndarray, is_hand: np.ndarray, refused: set) -> np.ndarray:
    """Return the edges kept when they are taken in order and one that would put two persons of a list into one incident is left out."""
    rows = table.to_dict("list")
    direct = {frozenset(e) for e in edges.tolist() if rows["source"][e[0]] == rows["source"][e[1]]}
    member = {i: {i} for i in np.unique(np.concatenate([groups.ravel(), edges.ravel()])).tolist()}
    kept = []
    for number, (a, b) in enumerate([*groups.tolist(), *edges.tolist()]):
        if member[a] is member[b]:
            kept.append((a, b))
            continue
        joined = member[a] | member[b]
        is_given = number < len(groups) or is_hand[number - len(groups)]
        if not is_given and not _is_one_event(joined, rows, direct) or _clash(joined, refused, rows, is_given):
            continue
        for i in joined:
            member[i] = joined
        kept.append((a, b))
    return np.array(kept, dtype=np.int64).reshape(-1, 2)


def _clash(joined: set, refused: set, rows: dict, is_given: bool) -> bool:
    """Return whether a pair decided to be different would come together; InputError where another decision demands it."""
    pairs = [p for p in refused if p <= joined]
    if pairs and is_given:
        a, b = sorted(rows["record_id"][i] for i in pairs[0])
        what = f"records {a} and {b} are decided to be different, and other decisions join them"
        raise InputError(what, "link_decisions.csv", "Correct one of the decisions.")
    return bool(pairs)


def _is_one_event(members: set, rows: dict, direct: set) -> bool:
    """Return whether no list has more persons here than some other list counts for one event."""
    by_list, counted = {}, {}
    for i in members:
        by_list.setdefault(rows["list"][i], []).append(i)
        event = (rows["source"][i], rows["group"][i] if isinstance(rows["group"][i], str) else i)
        counted[event] = counted.get(event, 0) + rows["persons"][i]
    for items in by_list.values():
        if len(items) == 1:
            continue
        source = rows["source"][items[0]]
        room = max([n for (s, _), n in counted.items() if s != source], default=1)
        if _units(items, rows, direct) > max(room, 1):
            return False
    return True


def _units(items: list, rows: dict, direct: set) -> int:
    """Return how many different persons or events the rows of one list are: rows linked directly or of one group are one."""
    left, units = set(items), 0
    while left:
        units, todo = units + 1, [left.pop()]
        while todo:
            i = todo.pop()
            near = {j for j in left if frozenset((i, j)) in direct or (isinstance(rows["group"][i], str) and rows["group"][i] == rows["group"][j])}
            left -= near
            todo += near
    return units


def _with_roles(records: pd.DataFrame, links: pd.DataFrame, labels: np.ndarray) -> pd.DataFrame:
    """Return INCIDENT_RECORDS: the provisional id of each component and what each record adds to it."""
    order = rank(records)
    frame = pd.DataFrame({"record_id": records["record_id"].to_numpy(), "label": labels, "order": order, "source": records["source"].to_numpy()})
    frame["upstream"] = observers(records.assign(upstream=settled_upstreams(records, pd.Series(labels, index=records.index)))).to_numpy()
    frame = frame.sort_values(["label", "order"])
    best = frame.groupby("label")[["record_id", "source", "upstream"]].transform("first")
    codes, firsts = pd.factorize(best["record_id"])
    frame["incident_id"] = make_ids(firsts)[codes]
    same_upstream = frame["upstream"].eq(best["upstream"]) | frame.duplicated(["label", "upstream"])
    same_list = frame["upstream"].eq(best["upstream"]) & frame["source"].eq(best["source"])
    is_copy = frame["record_id"].isin(duplicates(records, frame, links))
    is_cumulative = frame["record_id"].isin(records.loc[has_flag(records, "cumulative"), "record_id"])
    is_first = frame["record_id"].eq(best["record_id"])
    frame["role"] = np.select(
        [is_cumulative, is_first, same_list & is_copy, same_list, same_upstream], ["cumulative", "first", "same_source", "part", "republished"], "independent"
    )
    back = frame.sort_index()
    return conform(back[["record_id", "incident_id", "role"]], INCIDENT_RECORDS)


def _stack(tally: dict, names: list[str]) -> pd.DataFrame:
    """Return the tallies of every stage as one long table, zero where a source has nothing, with a total over all sources."""
    parts = []
    for number, stage in enumerate(STAGES):
        frame = tally[stage] if tally[stage] is not None else pd.DataFrame()
        frame = frame.reindex(names).reindex(columns=["n_records", "n_dead", "n_missing"]).astype("Float64")
        has_persons = stage not in ("read", "out_of_scope", "rejected")
        frame.loc["all"] = frame.sum(min_count=1)
        frame = frame.fillna(0.0) if has_persons else frame.fillna({"n_records": 0.0})
        parts.append(frame.rename_axis("source").reset_index().assign(stage=stage, order=number, is_total=stage in TOTALS))
    return pd.concat(parts, ignore_index=True)


def _assert_nothing_made_up(rows: pd.DataFrame, final: pd.DataFrame) -> None:
    alone = rows[~rows["incident_id"].duplicated(keep=False)].merge(final, on="incident_id", suffixes=("", "_merged"))
    wrong = alone[alone["n_dead"].ne(alone["n_dead_merged"]) | alone["n_missing"].ne(alone["n_missing_merged"])]
    if len(wrong):
        raise ContractError(f"incident {wrong['incident_id'].iloc[0]} has a single record and other persons than it; merge() makes persons up or loses them.")


def _assert_sums(table: pd.DataFrame, n_incidents: int, rows: pd.DataFrame, incident_records: pd.DataFrame) -> None:
    wide = table.pivot(index="source", columns="stage", values="n_records")
    if not (wide["read"] + wide["out_of_scope"] + wide["rejected"]).eq(wide["records"]).all():
        raise ContractError("rows read are not records + out of scope + rejected; an adapter loses or doubles rows.")
    gone = wide[["cumulative", "republished", "independent", "same_source", "part"]].sum(axis=1)
    if not (wide["records"] + gone).eq(wide["incidents"]).all() or wide.loc["all", "incidents"] != n_incidents:
        raise ContractError("records less duplicates are not incidents; cluster() or merge() loses or doubles an incident.")
    for count in ("n_dead", "n_missing"):
        people = table[table["stage"].isin(STAGES[STAGES.index("records") : -1])].groupby("source")[count].sum()
        if not people.eq(table[table["stage"].eq("incidents")].set_index("source")[count]).all():
            raise ContractError(f"persons ({count}) in records less duplicates are not the persons in incidents.")
