"""Every contract takes an empty frame, refuses a foreign column, and lists every broken rule."""

import pandas as pd
import pytest

from bsi import contracts
from bsi.errors import ContractError


@pytest.mark.parametrize("name", list(contracts.TABLES))
def test_an_empty_frame_conforms_and_keeps_the_contract(name):
    table = contracts.TABLES[name]
    frame = contracts.conform(pd.DataFrame(), table)
    assert list(contracts.check(frame, table).columns) == list(table.columns)


@pytest.mark.parametrize("name", list(contracts.TABLES))
def test_an_unknown_column_is_refused_by_name(name):
    with pytest.raises(ContractError, match="name_of_the_dead"):
        contracts.conform(pd.DataFrame({"name_of_the_dead": []}), contracts.TABLES[name])


@pytest.mark.parametrize("name", list(contracts.TABLES))
def test_every_column_says_what_it_means(name):
    table = contracts.TABLES[name]
    assert all(len(c.meaning) > 5 for c in table.columns.values())
    assert set(table.key) <= set(table.columns)


def _links(**changes):
    row = {"record_id_a": "a:1", "record_id_b": "b:1", "probability": 0.9, "relation": "independent", "decided_by": "rule", **changes}
    return contracts.conform(pd.DataFrame([row]), contracts.LINKS)


def test_all_broken_rules_are_listed_at_once():
    with pytest.raises(ContractError) as said:
        contracts.check(_links(probability=1.5, relation="cousins"), contracts.LINKS)
    assert "probability" in str(said.value)
    assert "cousins" in str(said.value)


def test_a_null_key_and_a_doubled_key_are_refused():
    with pytest.raises(ContractError, match="record_id_a"):
        contracts.check(_links(record_id_a=None), contracts.LINKS)
    twice = pd.concat([_links(), _links()], ignore_index=True)
    with pytest.raises(ContractError, match="record_id"):
        contracts.check(twice, contracts.LINKS)


def test_a_count_that_is_not_a_number_is_refused():
    with pytest.raises(ContractError, match="n_dead"):
        contracts.conform(pd.DataFrame({"n_dead": ["three"]}), contracts.RECORDS)


def test_unknown_counts_stay_null_and_never_become_zero():
    frame = contracts.conform(pd.DataFrame({"n_dead": [None, 0, 2]}), contracts.RECORDS)
    assert frame["n_dead"].isna().tolist() == [True, False, False]
    assert frame["n_dead"].sum() == 2
