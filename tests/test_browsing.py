"""Tables in a notebook: what is shown of a frame, and the words of the controls."""

import re

import pandas as pd
import pytest

from bsi.errors import InputError
from bsi.publish import browsing
from bsi.publish.language import LANGUAGES


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "geometry": ["POINT (0 0)"] * 3,
            "sector": pd.Series(["TCA", None, "ELC"], dtype="string"),
            "day": pd.to_datetime(["2020-01-31", None, "2021-02-01"]),
            "n": pd.array([12, None, 3], dtype="Int64"),
            "rate": [0.25, float("nan"), 39.71],
            "is_complete": pd.array([True, None, False], dtype="boolean"),
            "note": ["x" * 41, "", "y"],
            "definition": ["", "x" * 251, ""],
        }
    )


@pytest.fixture
def shown(monkeypatch):
    """What is displayed, and what DataTables is told, in place of a notebook."""
    import IPython.display
    import itables

    said = {"texts": [], "tables": []}
    monkeypatch.setattr(IPython.display, "display", lambda text: said["texts"].append(text.data))
    monkeypatch.setattr(itables, "show", lambda table, **how: said["tables"].append((table, how)))
    monkeypatch.setattr(browsing, "load", lambda: None)
    return said


def test_unknown_is_a_dash_and_a_day_is_a_day(frame):
    out = browsing.legible(frame, "en")
    assert out.iloc[1].drop(["n", "rate", "note", "definition"]).tolist() == ["–", "–", "–"]
    assert out["day"].tolist() == ["2020-01-31", "–", "2021-02-01"]
    assert "geometry" not in out
    assert out["n"].isna().tolist() == [False, True, False]  # a number stays one, to be sorted


def test_texts_are_in_the_language_of_the_reader():
    both = pd.DataFrame({"zone_id": ["a"], "name_en": ["Desert"], "name_es": ["Desierto"]})
    assert [list(browsing.legible(both, lang)) for lang in ("en", "es")] == [["zone_id", "name_en"], ["zone_id", "name_es"]]


def test_the_index_of_a_table_is_shown_where_it_says_something(frame):
    assert browsing.legible(frame.groupby("sector")[["n"]].sum(), "en").columns.tolist() == ["sector", "n"]


def test_counts_have_no_decimals_and_long_texts_have_room(frame):
    told = browsing.columns(browsing.legible(frame, "en"))
    decimals = {t["targets"]: re.search(r"toFixed\((\d)\)", t["render"])[1] for t in told if "render" in t}
    assert decimals == {2: "0", 3: "2"}
    assert [t["className"].split()[-1] for t in told if "className" in t] == ["short", "short", "short", "long", "longest"]


def test_a_reason_is_a_sentence_and_no_table(shown):
    browsing.browse(pd.DataFrame({"": ["not estimated, because there are few"]}), "Trend", "en")
    assert shown == {"texts": ["**Trend**", "not estimated, because there are few"], "tables": []}


def test_a_long_table_is_paged(frame, shown):
    browsing.browse(pd.concat([frame] * 200, ignore_index=True), "Long", "es")
    [(table, how)] = shown["tables"]
    assert (len(table), how["pageLength"], how["language"]["search"]) == (600, 15, "Buscar:")


def test_controls_are_in_one_language_each():
    en, es = (pd.json_normalize(browsing.controls(lang)).T[0] for lang in LANGUAGES)
    assert list(en.index) == list(es.index)
    assert not (en == es).any()
    for text in (en, es):
        assert {"_START_", "_END_", "_TOTAL_"} <= set(re.findall(r"_[A-Z]+_", text["info"]))


def test_a_language_that_is_none_is_said(frame, shown):
    with pytest.raises(InputError, match="there is no language 'esp'. Languages: en, es"):
        browsing.browse(frame, "x", "esp")
