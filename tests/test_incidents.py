"""Clusters guarded against chains, merge by written rules, conflicts, and the accounting."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsi import contracts
from bsi.errors import ContractError, InputError
from bsi.register import incidents
from bsi.register.reconcile import RULES

DEFAULTS = {
    "vintage": "2022-03-31", "file": "f.csv", "row": 2, "kind": "death", "date": "2020-06-01", "date_kind": "found", "date_precision": "day",
    "flags": "", "n_dead": 1,
}  # fmt: skip


def records(*rows):
    frame = pd.DataFrame([{**DEFAULTS, "source": r["record_id"].split(":")[0], **r} for r in rows])
    frame["vintage"], frame["date"] = pd.to_datetime(frame["vintage"]), pd.to_datetime(frame["date"])
    return contracts.conform(frame, contracts.RECORDS)


def links(*pairs):
    rows = [
        {"record_id_a": min(a, b), "record_id_b": max(a, b), "probability": p, "relation": "independent", "decided_by": by[0] if by else "model"}
        for a, b, p, *by in pairs
    ]
    return contracts.conform(pd.DataFrame(rows, columns=["record_id_a", "record_id_b", "probability", "relation", "decided_by"]), contracts.LINKS)


def together(incident_records):
    return sorted(sorted(g) for g in incident_records.groupby("incident_id")["record_id"].agg(list))


def merged(rows, pairs=()):
    r, found = records(*rows), links(*pairs)
    ir = contracts.check(incidents.cluster(r, found), contracts.INCIDENT_RECORDS)
    table, conflicts = incidents.merge(r, ir, found)
    return contracts.check(table, contracts.INCIDENTS), contracts.check(conflicts, contracts.CONFLICTS), ir


OGIS = {"record_id": "humane_borders:1", "upstream": "pcome"}
OGIS2 = {"record_id": "humane_borders:2", "upstream": "pcome"}
NMD = {"record_id": "no_more_deaths:1", "upstream": "pcome"}
USBP = {"record_id": "usbp_incidents:1", "upstream": "usbp", "date_kind": "reported"}
IOM = {"record_id": "iom:1", "upstream": "pcome", "date_kind": "reported"}


def test_a_record_without_links_is_an_incident_of_its_own():
    rows = contracts.check(records(OGIS, OGIS2), contracts.RECORDS)
    ir = incidents.cluster(rows, links())
    assert together(ir) == [["humane_borders:1"], ["humane_borders:2"]]
    assert ir["role"].tolist() == ["first", "first"]


def test_a_chain_is_cut_at_its_weakest_link():
    r = records(OGIS, OGIS2, NMD, IOM)
    chain = links(("humane_borders:1", "no_more_deaths:1", 0.9), ("no_more_deaths:1", "iom:1", 0.5), ("iom:1", "humane_borders:2", 0.8))
    assert together(incidents.cluster(r, chain)) == [["humane_borders:1", "no_more_deaths:1"], ["humane_borders:2", "iom:1"]]


def test_a_hand_decision_outweighs_a_stronger_link():
    r = records(OGIS, OGIS2, NMD)
    pairs = links(("humane_borders:1", "no_more_deaths:1", 0.99), ("humane_borders:2", "no_more_deaths:1", 0.01, "hand"))
    assert together(incidents.cluster(r, pairs)) == [["humane_borders:1"], ["humane_borders:2", "no_more_deaths:1"]]


def test_the_rows_of_one_group_of_the_source_are_one_event_and_are_added_up():
    split = [{**IOM, "record_id": f"iom:{i}", "group_id": "g", "upstream": "media", "n_dead": n} for i, n in enumerate((24, 1, 3))]
    table, _, ir = merged(split)
    assert len(table) == 1
    assert table["n_dead"].tolist() == [28]
    assert sorted(ir["role"]) == ["first", "part", "part"]


def test_split_rows_that_cite_different_observers_are_added_up_too():
    split = [{**IOM, "record_id": f"iom:{n}", "group_id": "g", "upstream": who, "n_dead": n} for n, who in ((9, "ngo"), (1, "media"), (4, None))]
    table, _, _ = merged([*split, {**IOM, "record_id": "iom:other", "upstream": "grupos_beta", "n_dead": 2}], [("iom:9", "iom:other", 0.9)])
    assert table["n_dead"].tolist() == [14]


def test_an_event_counted_by_another_list_joins_as_many_persons_and_no_more():
    three = [{**OGIS, "record_id": f"humane_borders:{i}"} for i in range(3)]
    event = {**IOM, "n_dead": 2}
    pairs = [("iom:1", f"humane_borders:{i}", p) for i, p in enumerate((0.9, 0.8, 0.7))]
    table, _, ir = merged([event, *three], pairs)
    assert together(ir) == [["humane_borders:0", "humane_borders:1", "iom:1"], ["humane_borders:2"]]
    assert sorted(table["n_dead"]) == [1, 2]
    assert table.set_index("n_dead")["sex"].isna().all()


def test_a_decided_duplicate_is_not_added_up_but_two_persons_are():
    twice = [{**NMD, "record_id": f"no_more_deaths:{i}"} for i in (1, 2)]
    table, _, ir = merged(twice, [("no_more_deaths:1", "no_more_deaths:2", 1.0, "hand")])
    assert table["n_dead"].tolist() == [1]
    assert sorted(ir["role"]) == ["first", "same_source"]
    assert merged(twice)[0]["n_dead"].sum() == 2


def test_two_observers_of_an_event_list_may_meet_through_a_chain_but_one_observer_may_not():
    r = [OGIS, {**USBP}, IOM, {**IOM, "record_id": "iom:2", "upstream": "usbp"}]
    pairs = [("humane_borders:1", "usbp_incidents:1", 0.9), ("iom:1", "humane_borders:1", 0.99), ("iom:2", "usbp_incidents:1", 0.99)]
    assert len(merged(r, pairs)[0]) == 1
    r[3]["upstream"] = "pcome"
    assert len(merged(r, pairs)[0]) == 2


def test_cumulative_rows_stand_alone_and_are_marked():
    table, _, ir = merged([OGIS, {**IOM, "flags": "cumulative", "n_dead": 84}], [("humane_borders:1", "iom:1", 0.99)])
    assert table.set_index("is_cumulative")["n_dead"].to_dict() == {False: 1, True: 84}
    assert set(ir["role"]) == {"first", "cumulative"}


def test_a_pair_decided_different_never_meets_and_contradictions_are_told():
    r = records(OGIS, NMD, USBP)
    apart = pd.DataFrame({"record_id_a": ["humane_borders:1"], "record_id_b": ["usbp_incidents:1"]})
    chain = links(("humane_borders:1", "no_more_deaths:1", 0.9), ("no_more_deaths:1", "usbp_incidents:1", 0.8))
    assert together(incidents.cluster(r, chain, apart)) == [["humane_borders:1", "no_more_deaths:1"], ["usbp_incidents:1"]]
    by_hand = links(("humane_borders:1", "no_more_deaths:1", 1, "hand"), ("no_more_deaths:1", "usbp_incidents:1", 1, "hand"))
    with pytest.raises(InputError, match="humane_borders:1 and usbp_incidents:1 are decided to be different"):
        incidents.cluster(r, by_hand, apart)


def test_a_link_to_a_record_that_is_not_there_is_an_error():
    with pytest.raises(ContractError, match="usbp_incidents:9"):
        incidents.cluster(records(OGIS), links(("humane_borders:1", "usbp_incidents:9", 0.9)))


@st.composite
def lists_and_links(draw):
    ids = [f"{s}:{i}" for s, n in (("humane_borders", 4), ("no_more_deaths", 4), ("usbp_incidents", 3)) for i in range(n)]
    pairs = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids), st.floats(0.05, 1)), max_size=14))
    return ids, {tuple(sorted(p[:2])): p[2] for p in pairs if p[0] != p[1]}


@settings(max_examples=12, deadline=None)
@given(lists_and_links(), st.randoms())
def test_no_incident_holds_two_unlinked_rows_of_one_list_of_persons(case, random):
    ids, pairs = case
    rows = [{"record_id": i, "upstream": "pcome"} for i in ids]
    found = links(*[(a, b, p) for (a, b), p in pairs.items()])
    ir = incidents.cluster(records(*rows), found)
    assert sorted(ir["record_id"]) == sorted(ids)
    for group in together(ir):
        for source, rows_of_source in itertools.groupby(group, key=lambda i: i.split(":")[0]):
            members = list(rows_of_source)
            reached = {members[0]}  # rows of one list are together only through direct links between rows of that list
            for _ in members:
                reached |= {b for a, b in itertools.permutations(members, 2) if a in reached and tuple(sorted((a, b))) in pairs}
            assert reached == set(members), source
    random.shuffle(rows)
    shuffled = found.sample(frac=1, random_state=random.randrange(1000))
    assert together(incidents.cluster(records(*rows), shuffled)) == together(ir)


def test_date_rule():
    pairs = [("humane_borders:1", "usbp_incidents:1", 0.9), ("humane_borders:1", "iom:1", 0.9)]
    event = {**USBP, "date_kind": "event", "date": "2020-05-30"}
    table, conflicts, _ = merged([OGIS, event, {**IOM, "date": "2020-06-03"}], pairs)
    assert table["date"].dt.strftime("%Y-%m-%d").tolist() == ["2020-05-30"]
    assert table["date_kind"].tolist() == ["event"]
    assert "date" not in set(conflicts["field"])  # the days are of different kinds
    year_only = {**event, "date": "2020-01-01", "date_precision": "year"}
    assert merged([OGIS, year_only], pairs[:1])[0]["date_precision"].tolist() == ["day"]
    copy = {**IOM, "date_kind": "event", "date": "2020-06-02"}
    assert merged([OGIS, copy], pairs[1:])[0]["date_kind"].tolist() == ["found"]


def test_position_rule_and_conflict():
    coarse = {**OGIS, "lon": -112.0, "lat": 32.0, "location_precision_m": 15_000, "is_precision_stated": True}
    copy = {**NMD, "lon": -112.0, "lat": 32.0, "location_precision_m": 1_000, "is_precision_stated": False}
    fine = {**USBP, "lon": -112.2, "lat": 32.0, "location_precision_m": 100, "is_precision_stated": False}
    pair = [("humane_borders:1", "no_more_deaths:1", 0.9)]
    table, _, _ = merged([coarse, copy], pair)
    assert table["location_precision_m"].tolist() == [15_000]  # a republication does not sharpen what its observer states
    table, conflicts, _ = merged([coarse, copy, fine], [*pair, ("humane_borders:1", "usbp_incidents:1", 0.9)])
    assert table["lon"].tolist() == [-112.2]
    assert table.crs.to_epsg() == 4326
    assert table.geometry.x.tolist() == [-112.2]
    assert conflicts.query("field == 'position'")["chosen"].tolist() == ["32.00000, -112.20000"]  # 18.9 km apart, 15.1 km allowed
    hospital = {**fine, "flags": "point_shared"}
    assert merged([coarse, hospital], [("humane_borders:1", "usbp_incidents:1", 0.9)])[0]["lon"].tolist() == [-112.0]
    assert merged([USBP])[0].geometry.isna().all()


@pytest.mark.parametrize(
    ("examiner", "other", "chosen", "is_conflict"),
    [
        ("heat", "drowning", "heat", True),
        ("undetermined", "drowning", "drowning", False),
        ("skeletal", "vehicle", "vehicle", False),
        ("undetermined", "heat", "undetermined", True),
        ("pending", "heat", "heat", False),
        ("pending", "undetermined", "pending", False),
        ("mixed", "undetermined", "undetermined", False),
        ("exposure", "heat", "exposure", False),
        ("heat", "cold", "heat", True),
        (None, "heat", "heat", False),
    ],
)
def test_cause_rule(examiner, other, chosen, is_conflict):
    table, conflicts, _ = merged([{**OGIS, "cause": examiner}, {**USBP, "cause": other}], [("humane_borders:1", "usbp_incidents:1", 0.9)])
    assert table["cause"].tolist() == [chosen]
    assert (len(conflicts) == 1) == is_conflict
    assert table["has_conflict"].tolist() == [is_conflict]


def test_without_an_examiner_the_better_placed_observer_speaks():
    rows = [{**USBP, "cause": "heat"}, {**IOM, "upstream": "media", "cause": "drowning"}]
    assert merged(rows, [("usbp_incidents:1", "iom:1", 0.9)])[0]["cause"].tolist() == ["heat"]


@pytest.mark.parametrize(
    ("first", "second", "dead", "missing"),
    [((2, 1), (3, None), 3, 0), ((2, 0), (1, 4), 2, 3), ((None, 2), (None, None), None, 2), ((1, None), (1, None), 1, None), ((None, 2), (2, None), 2, 0)],
)
def test_persons_rule(first, second, dead, missing):
    counts = [dict(zip(("n_dead", "n_missing"), pair)) for pair in (first, second)]
    rows = [{**IOM, "upstream": "usbp", **counts[0]}, {**IOM, "record_id": "iom:2", "upstream": "media", **counts[1]}]
    table, _, _ = merged(rows, [("iom:1", "iom:2", 0.9)])
    assert len(table) == 1
    got = [None if pd.isna(v) else int(v) for v in table.loc[0, ["n_dead", "n_missing"]]]
    assert got == [dead, missing]


def test_person_rule_flags_texts_and_counts_by_sex():
    ogis = {**OGIS, "sex": "male", "age": 17, "is_identified": False, "place_text": "a wash", "flags": "point_shared;age_implausible"}
    usbp = {**USBP, "sex": "female", "age": 30, "is_identified": True, "nationality": "Mexico", "sector": "TCA"}
    usbp |= {"place_text": "All-American Canal", "flags": "date_before_1980"}
    table, conflicts, _ = merged([ogis, usbp], [("humane_borders:1", "usbp_incidents:1", 0.9)])
    row = table.iloc[0]
    assert (row["sex"], row["age"], row["nationality"], row["is_identified"], row["sector"]) == ("male", 17, "Mexico", True, "TCA")
    assert (row["n_female"], row["n_male"], row["n_children"]) == (0, 1, 1)
    assert row["place_text"] == "a wash | All-American Canal"
    assert row["flags"] == "age_implausible"  # neither the point nor the date that is flagged was chosen
    assert set(conflicts["field"]) == {"sex", "age"}
    assert row["sources"] == "humane_borders;usbp_incidents"
    assert row["upstreams"] == "pcome;usbp"
    assert conflicts.set_index("field").at["sex", "values"] == "male (pcome, humane_borders:1); female (usbp, usbp_incidents:1)"


def test_who_copies_humane_borders_and_cites_the_other_arizona_examiner_is_no_second_witness():
    table, _, ir = merged([{**OGIS, "upstream": "maricopa_me"}, IOM], [("humane_borders:1", "iom:1", 0.9)])
    assert table["upstreams"].tolist() == ["maricopa_me"]
    assert sorted(ir["role"]) == ["first", "republished"]
    apart, _, _ = merged([{**NMD, "upstream": "maricopa_me"}, IOM], [("no_more_deaths:1", "iom:1", 0.9)])
    assert apart["upstreams"].tolist() == ["maricopa_me;pcome"]


def test_a_republication_that_disagrees_is_kept_but_is_no_disagreement_of_observers():
    table, conflicts, _ = merged([{**OGIS, "sex": "male"}, {**IOM, "sex": "female"}], [("humane_borders:1", "iom:1", 0.9)])
    assert conflicts["field"].tolist() == ["sex"]
    assert table["has_conflict"].tolist() == [False]


def test_rules_are_written_in_both_languages():
    assert set(RULES) >= {"date", "position", "cause", "persons", "person", "cumulative"}
    assert all(len(en) > 40 and len(es) > 40 and en != es for en, es in RULES.values())


def account(rows, pairs, read=None, out=0, refused=0):
    r, found = records(*rows), links(*pairs)
    ir = incidents.cluster(r, found)
    table, _ = incidents.merge(r, ir, found)
    blank = lambda n: pd.DataFrame({"source": ["iom"] * n})  # noqa: E731
    read = read or {**r.groupby("source").size().to_dict(), "iom": int(r["source"].eq("iom").sum()) + out + refused}
    result = incidents.accounting(read, r, blank(out), blank(refused), ir, table)
    return contracts.check(result, contracts.ACCOUNTING).set_index(["source", "stage"])


ROWS = [
    OGIS,
    OGIS2,
    NMD,
    USBP,
    {**IOM, "n_dead": 3},
    {**IOM, "record_id": "iom:2", "upstream": "media", "flags": "cumulative", "n_dead": 50},
    {**IOM, "record_id": "iom:3", "upstream": "media", "group_id": "g", "n_dead": 2, "n_missing": 1},
    {**IOM, "record_id": "iom:4", "upstream": "media", "group_id": "g", "n_dead": 4, "n_missing": None},
    {**NMD, "record_id": "no_more_deaths:2", "upstream": "brooks_sheriff"},
    {**NMD, "record_id": "no_more_deaths:3", "upstream": "brooks_sheriff"},
]
PAIRS = [
    ("humane_borders:1", "no_more_deaths:1", 0.9),
    ("humane_borders:1", "usbp_incidents:1", 0.9),
    ("humane_borders:1", "iom:1", 0.9),
    ("no_more_deaths:2", "no_more_deaths:3", 1.0, "hand"),
]


def test_accounting_of_a_case_worked_by_hand():
    table = account(ROWS, PAIRS, out=5, refused=2)
    total = table.loc["all"]
    assert total["n_records"].to_dict() == {
        "read": 17, "out_of_scope": -5, "rejected": -2, "records": 10, "cumulative": -1, "republished": -2, "independent": -1, "same_source": -1, "part": -1,
        "reconciled": 0, "incidents": 4,
    }  # fmt: skip
    # 1 (OGIS 1, of which IOM says 3) + 1 (OGIS 2) + 6 (the split event) + 1 (Brooks) = 9, and 2 more that only IOM's 3 says
    assert total["n_dead"].dropna().to_dict() == {
        "records": 65, "cumulative": -50, "republished": -4, "independent": -1, "same_source": -1, "part": 0, "reconciled": 2, "incidents": 11,
    }  # fmt: skip
    assert total.loc["incidents", "n_missing"] == 1
    assert table.loc[("no_more_deaths", "incidents"), "n_records"] == 1
    assert table.loc[("humane_borders", "incidents"), "n_dead"] == 4


def test_accounting_refuses_rows_that_do_not_add_up():
    with pytest.raises(ContractError, match="rows read"):
        account(ROWS, PAIRS, read={"humane_borders": 2, "no_more_deaths": 3, "usbp_incidents": 1, "iom": 5})


def test_accounting_refuses_a_lost_incident_and_a_lost_record():
    r, found = records(*ROWS), links(*PAIRS)
    ir = incidents.cluster(r, found)
    table, _ = incidents.merge(r, ir, found)
    nothing = pd.DataFrame({"source": []})
    read = r.groupby("source").size().to_dict()
    with pytest.raises(ContractError):
        incidents.accounting(read, r, nothing, nothing, ir, table.iloc[1:])
    with pytest.raises(ContractError, match="in no incident"):
        incidents.accounting(read, r, nothing, nothing, ir.iloc[1:], table)


def test_accounting_refuses_persons_that_merge_made_up():
    r, found = records(*ROWS), links(*PAIRS)
    ir = incidents.cluster(r, found)
    table, _ = incidents.merge(r, ir, found)
    alone = table.index[(table["n_records"] == 1) & ~table["is_cumulative"]][0]
    table.loc[alone, "n_dead"] = 7
    nothing = pd.DataFrame({"source": []})
    with pytest.raises(ContractError, match="single record"):
        incidents.accounting(r.groupby("source").size().to_dict(), r, nothing, nothing, ir, table)


def test_no_record_at_all_gives_empty_tables_and_an_accounting_of_noughts():
    none = contracts.conform(pd.DataFrame(), contracts.RECORDS)
    ir = incidents.cluster(none, links())
    table, conflicts = incidents.merge(none, ir, links())
    assert [len(t) for t in (ir, contracts.check(table, contracts.INCIDENTS), conflicts)] == [0, 0, 0]
    blank = pd.DataFrame({"source": []})
    assert incidents.accounting({}, none, blank, blank, ir, table)["n_records"].eq(0).all()


def test_ids_are_well_formed_and_differ():
    ids = incidents.make_ids([f"iom:{i}" for i in range(5000)])
    assert len(set(ids)) == 5000
    assert all(len(i) == 12 and i.startswith("i-") and i[2:].isalnum() and i == i.lower() for i in ids)
    assert np.array_equal(ids[:3], incidents.make_ids(["iom:0", "iom:1", "iom:2"]))
