"""Profiles by counting by hand; withheld cells against a linear programme that tries to compute them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from bsi.analysis.profile import age_groups, persons, profile, suppress_small
from bsi.errors import InputError


@pytest.fixture
def incidents():
    rows = [
        ("a", 1, None, None, "male", 25.0, "Mexico", True, "heat", False),
        ("b", 1, None, None, "female", 17.0, "Guatemala", True, "drowning", False),
        ("c", 1, None, None, None, None, None, False, "skeletal", False),
        ("d", 6, 2, 3, None, 40.0, "Mexico", None, "vehicle", False),
        ("e", None, None, None, "male", 30.0, "Mexico", True, "heat", False),
        ("f", 99, None, None, "male", 30.0, "Mexico", True, "heat", True),
    ]
    columns = ["incident_id", "n_dead", "n_female", "n_male", "sex", "age", "nationality", "is_identified", "cause", "is_cumulative"]
    return pd.DataFrame(rows, columns=columns).astype({"n_dead": "Int64", "n_female": "Int64", "n_male": "Int64", "is_identified": "boolean"})


def test_every_person_who_died_is_in_each_profile_once(incidents):
    for attribute in ("sex", "age_group", "nationality", "is_identified", "cause"):
        table = profile(incidents, attribute)
        assert table["n"].sum() == 9
        assert table["share"].sum() == pytest.approx(1)
        assert table["share_of_known"].sum() == pytest.approx(1)
        assert table["category"].iloc[-1] == "unknown"


def test_sexes_of_an_incident_of_several_are_those_stated(incidents):
    assert profile(incidents, "sex").set_index("category")["n"].to_dict() == {"male": 4, "female": 3, "unknown": 2}


def test_age_counts_only_where_one_person_died(incidents):
    ages = profile(incidents, "age_group").set_index("category")["n"]
    assert ages["12-17"] == ages["18-29"] == 1
    assert ages["40-49"] == 0
    assert ages["unknown"] == 7


def test_running_totals_are_no_persons(incidents):
    assert "f" not in set(persons(incidents)["incident_id"])


def test_age_groups_at_their_edges():
    assert age_groups(pd.Series([0, 11.9, 12, 59, 60, 110])).astype(str).tolist() == ["0-11", "0-11", "12-17", "50-59", "60+", "60+"]


def test_unknown_attribute(incidents):
    with pytest.raises(InputError, match="colour"):
        profile(incidents, "colour")


def range_of(counts, hidden, cell):
    """Smallest and largest value of a hidden cell that the shown cells and the totals of rows and columns allow."""
    n, k = counts.shape
    equations = [np.eye(1, n * k, i * k + j)[0] for i in range(n) for j in range(k) if not hidden[i, j]]
    values = [counts[i, j] for i in range(n) for j in range(k) if not hidden[i, j]]
    for axis in (0, 1):
        for line in range(counts.shape[1 - axis]):
            mask = np.zeros((n, k))
            mask[(slice(None), line) if axis == 0 else line] = 1
            equations.append(mask.ravel())
            values.append(counts.sum(axis=axis)[line])
    target = np.eye(1, n * k, cell)[0]
    return [linprog(sign * target, A_eq=np.array(equations), b_eq=values, bounds=(0, None)).fun * sign for sign in (1, -1)]


@settings(max_examples=25, deadline=None)
@given(arrays(np.int64, st.tuples(st.integers(2, 4), st.integers(2, 4)), elements=st.integers(0, 30)))
def test_no_withheld_small_count_can_be_computed_from_the_totals(counts):
    hidden = suppress_small(pd.DataFrame(counts)).isna().to_numpy()
    small = (counts > 0) & (counts < 5)
    assert hidden[small].all()
    if not small.any():
        assert not hidden.any()
    if hidden[counts > 0].all():
        return  # then no total may be shown
    for cell in np.flatnonzero(small.ravel()):
        low, high = range_of(counts, hidden, cell)
        assert high - low > 0.5


def test_the_unknown_is_withheld_only_for_others():
    table = pd.DataFrame({"heat": [40, 50, 2], "drowning": [30, 20, 1]}, index=["female", "male", "unknown"])
    assert suppress_small(table).notna().all(axis=None)
    table.loc["female", "heat"] = 3
    hidden = suppress_small(table).isna()
    assert hidden.loc["female", "heat"]
    assert hidden.to_numpy().sum() == 4
