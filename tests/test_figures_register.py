"""Figures of the register: what is drawn is the table, and a table without a row is a sentence."""

import numpy as np
import pandas as pd
import pytest

from bsi.publish import figures_register, saving, style

META = {"sources": ["A list"], "data_as_of": "2024-11-15", "register_hash": "0f" * 20, "is_sample": True}
CASES = [(lang, size) for lang in ("en", "es") for size in style.SIZES]
NAMES = {"one": "A list with a rather long name of its own", "two": "Another list", "pcome": "The office of a medical examiner, with its county and state"}


def accounting():
    stages = [("read", 20, True), ("rejected", -2, False), ("records", 18, True), ("republished", -5, False), ("part", -1, False), ("incidents", 12, True)]
    rows = [{"stage": s, "order": i, "source": "all", "n_records": n, "n_dead": n + 1, "is_total": total} for i, (s, n, total) in enumerate(stages)]
    return pd.DataFrame(rows)


def records():
    days = pd.to_datetime(["2001-05-01", "2001-06-01", "2003-05-01", "2002-01-01", None])
    return pd.DataFrame({"source": ["one", "one", "one", "two", "two"], "upstream": ["pcome", "pcome", "pcome", "pcome", None], "date": days})


def quality():
    return pd.DataFrame({"source": ["one", "two"], "field": ["sex", "sex"], "n_stated": [1, 3], "n_records": [4, 3]})


def incidents():
    return pd.DataFrame({"sources": ["one", "one;two", "one;two", "two", "one"], "is_cumulative": [False, False, False, False, True]})


DRAWN = {
    "accounting": lambda lang, size: figures_register.accounting_waterfall(accounting(), lang, size),
    "overlap": lambda lang, size: figures_register.source_overlap(incidents(), lang, size, NAMES),
    "spans": lambda lang, size: figures_register.source_spans(records(), lang, size, NAMES),
    "quality": lambda lang, size: figures_register.quality_grid(quality(), lang, size, NAMES),
}


@pytest.mark.parametrize(("lang", "size"), CASES)
@pytest.mark.parametrize("name", DRAWN)
def test_texts_neither_collide_nor_are_cut(name, lang, size):
    assert saving.check_text_boxes(style.stamp(DRAWN[name](lang, size), META, lang)) == []


def test_the_waterfall_ends_where_its_steps_lead():
    fig = DRAWN["accounting"]("en", "double")
    left = fig.axes[0].patches
    assert [(p.get_x(), p.get_width()) for p in left] == [(0, 18), (18, -5), (13, -1), (0, 12)]
    assert "18 records become 12 incidents" in fig.bsi_description.alt


def test_a_combination_of_lists_is_a_bar_and_running_totals_are_none():
    fig = DRAWN["overlap"]("en", "double")
    assert sorted(p.get_height() for p in fig.axes[0].patches) == [1, 1, 2]
    assert "2 of 4 incidents stand in one list only" in fig.bsi_description.alt


def test_a_year_without_a_record_is_blank_and_every_observer_stands_below_its_list():
    ax = DRAWN["spans"]("en", "double").axes[0]
    labels = [t.get_text().replace("\n", " ") for t in ax.get_yticklabels()]
    assert labels == [NAMES["one"], NAMES["pcome"], NAMES["two"], NAMES["pcome"]]
    cells = np.ma.masked_invalid(ax.collections[0].get_array()).reshape(4, 3)
    assert (~np.ma.getmaskarray(cells)).tolist() == [[False] * 3, [True, False, True], [False] * 3, [False, True, False]]
    assert cells[1, 0] > cells[1, 2], "more records are darker"


def test_the_grid_writes_the_share_that_is_stated():
    written = [t.get_text() for ax in DRAWN["quality"]("en", "double").axes for t in ax.texts]
    assert "25%" in written
    assert "100%" in written


@pytest.mark.parametrize("draw", [
    lambda: figures_register.accounting_waterfall(accounting().head(0), "es"),
    lambda: figures_register.source_overlap(incidents().head(0), "es"),
    lambda: figures_register.source_spans(records().head(0), "es"),
    lambda: figures_register.quality_grid(quality().head(0), "es"),
])  # fmt: skip
def test_nothing_to_show_is_said(draw):
    fig = draw()
    assert not any(ax.patches or ax.collections for ax in fig.axes)
    assert len(fig.bsi_description.alt) > 20


@pytest.mark.parametrize("most", [1, 3])
def test_a_short_list_has_its_line_beside_many_observers_of_long_ones(most):
    dates = pd.to_datetime(["2001-05-01"])
    long = [pd.DataFrame({"source": "long", "upstream": f"observer_{i}", "date": dates.repeat(9)}) for i in range(20)]
    short = pd.DataFrame({"source": "short", "upstream": "mine", "date": dates})
    drawn = figures_register.source_spans(pd.concat([*long, short]), "en", "double", most=most).bsi_description.data
    assert set(drawn["source"]) == {"long", "short"}
    assert len(drawn) == max(most, 2)
