"""Explanations in both languages, and the pairs to look at first."""

import numpy as np
import pytest

from bsi.errors import InputError
from bsi.register.explain import explain, review
from bsi.register.linkage import THRESHOLD, find_links
from tests.test_linkage import background, pairs_of


@pytest.mark.parametrize(("lang", "words"), [("en", ("km apart", "Sex agrees", "They are linked")), ("es", ("a 0.", "El sexo coincide", "Están vinculados"))])
def test_a_link_is_explained(lang, words):
    records, truth = background()
    a, b = sorted(pairs_of(find_links(records)) & truth)[0]
    for order in ((a, b), (b, a)):
        text = " ".join(explain(records, *order, lang))
        assert all(w in text for w in words), text


def test_records_that_were_not_compared_are_said_so():
    records, _ = background()
    a, b = records.sort_values("date")["record_id"].iloc[[0, -1]]
    assert "not compared" in explain(records, a, b)[-1]


def test_the_better_partner_is_named():
    records, truth = background()
    a, b = sorted(pairs_of(find_links(records)) & truth)[0]
    twin = records[records["record_id"] == a].assign(record_id="alpha:zz", lat=lambda t: t["lat"] + 0.05, age=59.0, row=9999)
    import pandas as pd

    text = explain(pd.concat([records, twin], ignore_index=True), "alpha:zz", b)[-1]
    assert a in text


@pytest.mark.parametrize(("ids", "lang", "says"), [(("alpha:x", "b"), "en", "no record"), (("a", "a"), "en", "both are"), (("a", "b"), "fr", "no language")])
def test_mistakes_are_refused(ids, lang, says):
    records, truth = background()
    known = {"a": "alpha:a0000", "b": records["record_id"].iloc[-1]}
    with pytest.raises(InputError, match=says):
        explain(records, *(known.get(i, i) for i in ids), lang)


def test_review_begins_at_the_threshold_and_shows_both_sides():
    records, _ = background()
    table = review(records, n=5)
    assert len(table) == 5
    odds = np.log(table["probability"] / (1 - table["probability"]))
    assert (np.diff(np.abs(odds - np.log(THRESHOLD / (1 - THRESHOLD)))) >= -1e-9).all()
    assert {"date_a", "date_b", "cause_a", "cause_b", "is_linked"} <= set(table)
