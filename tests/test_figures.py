"""Figures show what the table says: zeros, gaps, unfinished periods; texts do not collide in any size or language."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PolyCollection

from bsi.publish import figures, figures_official, saving, style

CASES = [(lang, size) for lang in ("en", "es") for size in style.SIZES]
META = {"sources": ["A list with a long name (English title)", "Another list"], "data_as_of": "2024-11-15", "register_hash": "0f" * 20, "is_sample": True}


def yearly(n_dead, first=2001, n_missing=0, month=10, **more):
    """Invented counts by year."""
    years = range(first, first + len(n_dead))
    start = [pd.Timestamp(y - (month == 10), month, 1) for y in years]
    end = [s + pd.DateOffset(years=1) - pd.Timedelta(days=1) for s in start]
    complete = [True] * (len(n_dead) - 1) + [False]
    return pd.DataFrame({"period_start": start, "period_end": end, "n_dead": n_dead, "n_missing": n_missing, "is_complete": complete, **more})


def monthly(n):
    start = pd.date_range("2010-01-01", periods=n, freq="MS")
    values = np.random.default_rng(1).poisson(20 + 15 * np.sin(np.arange(n) / 12 * 6.28), n)
    return pd.DataFrame({"period_start": start, "period_end": start + pd.offsets.MonthEnd(0), "n_dead": values, "n_missing": 0, "is_complete": True})


def by(column, values, n=24):
    return pd.concat([yearly(np.arange(n) * (i + 1) % 37).assign(**{column: v}) for i, v in enumerate(values)], ignore_index=True)


def undated(frame, n):
    return pd.concat([frame, frame.tail(1).assign(period_start=pd.NaT, period_end=pd.NaT, n_dead=n, is_complete=pd.NA)], ignore_index=True)


EVERY = {
    "years": lambda lang, size: figures.deaths_by_period(yearly([263, 249, 0, 340, 12] * 5, n_missing=7), lang, size),
    "range": lambda lang, size: figures.deaths_by_period(yearly([5, 0, 9], n_low=[1, 0, 7], n_high=[9, 2, 9]), lang, size),
    "calendar": lambda lang, size: figures.deaths_by_period(yearly([5, 6, 7], month=1), lang, size),
    "one": lambda lang, size: figures.deaths_by_period(yearly([3]), lang, size),
    "months": lambda lang, size: figures.deaths_by_period(monthly(150), lang, size),
    "undated": lambda lang, size: figures.deaths_by_period(undated(yearly([5, 6, 7]), 1234), lang, size),
    "sectors": lambda lang, size: figures.deaths_by_sector(by("sector", [*style.SECTORS_WEST_TO_EAST, "unknown"]), lang, size),
    "causes": lambda lang, size: figures.causes_by_period(undated(by("cause", [*style.CAUSE_NAMES, "unknown"]), 99), lang, size),
    "nothing": lambda lang, size: figures.deaths_by_period(yearly([5]).head(0), lang, size),
    "zeros": lambda lang, size: figures.deaths_by_period(yearly([0, 0]), lang, size),
}


@pytest.mark.parametrize(("lang", "size"), CASES)
@pytest.mark.parametrize("name", EVERY)
def test_texts_neither_collide_nor_are_cut(name, lang, size):
    fig = style.stamp(EVERY[name](lang, size), META, lang)
    assert saving.check_text_boxes(fig) == []


def heights(ax):
    return [box.height for box, _hatch in drawn_bars(ax)]


def drawn_bars(ax):
    bars = [c for c in ax.collections if isinstance(c, PolyCollection)]
    return [(path.get_extents(), c.get_hatch()) for c in bars for path in c.get_paths()]


def test_bars_are_the_table():
    fig = figures.deaths_by_period(yearly([4, 0, 7]), "en")
    assert heights(fig.axes[0]) == [4, 0, 7]
    assert [hatch for _box, hatch in drawn_bars(fig.axes[0])] == [None, None, "//////"], "only the unfinished year is hatched"
    texts = [t.get_text() for t in fig.axes[0].texts]
    assert "0" in texts, "nobody counted is written as zero"
    assert "7" in texts


def test_missing_people_stand_on_the_dead():
    fig = figures.deaths_by_period(yearly([4, 6], n_missing=[1, 2]), "en")
    assert [box.y0 for box, _hatch in drawn_bars(fig.axes[0])] == [0, 0, 4, 6]
    assert heights(fig.axes[0]) == [4, 6, 1, 2]


def test_alt_text_names_the_extremes_of_complete_years_and_the_total():
    alt = figures.deaths_by_period(yearly([1000, 30, 2000]), "en").bsi_description.alt
    assert "highest 1,000 in FY2001" in alt
    assert "lowest 30 in FY2002" in alt
    assert "3,030 in all" in alt


def test_spanish_figures_are_in_spanish():
    fig = figures.deaths_by_period(yearly([4, 6]), "es", area={"en": "All-American Canal", "es": "Canal Todo Americano"})
    words = " ".join(t.get_text() for t in fig.findobj(lambda a: hasattr(a, "get_text")))
    assert "Canal Todo Americano" in words
    assert "Personas migrantes fallecidas" in words
    assert "AF2001" in fig.bsi_description.alt


def test_deaths_without_a_date_are_said_not_drawn():
    fig = figures.deaths_by_period(undated(yearly([5, 6]), 11), "en")
    assert sum(heights(fig.axes[0])) == 11
    assert "11 deaths without a usable date" in " ".join(t.get_text() for t in fig.texts)


@pytest.mark.parametrize(("begins", "said"), [([2000, 2003, 2004], "of the 3 main observers, half or more begin in 2003"), ([2000, 2000, 2004], "")])
def test_a_rise_that_new_observers_may_make_is_said(begins, said):
    fig = figures.deaths_by_period(yearly([4, 6, 7, 9]), "en", begins=pd.Series(begins))
    words = " ".join(t.get_text() for t in fig.texts)
    assert said in words
    assert ("observers" in words) == bool(said)


def test_causes_have_no_zero_where_no_list_reaches():
    frame = yearly([np.nan, np.nan, 4.0, 6.0]).assign(cause="heat", is_listed=[False, False, True, True])
    fig = figures.causes_by_period(frame, "en")
    assert heights(fig.axes[0]) == [4, 6]
    assert fig.bsi_description.data["n_dead"].isna().tolist() == [True, True, False, False]
    assert any(patch.get_x() == -0.5 and patch.get_width() == 2 for patch in fig.axes[0].patches), "the years before are shaded"
    assert "not zero, but not known" in " ".join(t.get_text() for t in fig.texts)


def test_the_range_of_a_group_of_causes_is_drawn():
    parts = [yearly([4.0, 6.0], n_low=low, n_high=high).assign(cause=cause) for cause, low, high in (("vehicle", [3, 6], [5, 6]), ("train", [1, 5], [9, 8]))]
    fig = figures.causes_by_period(pd.concat(parts, ignore_index=True), "en")
    lines = [segment for c in fig.axes[0].collections if isinstance(c, LineCollection) for segment in c.get_segments()]
    assert [line[:, 1].tolist() for line in lines] == [[4, 14], [11, 14]]
    assert "Gray line" in " ".join(t.get_text() for t in fig.texts)


def test_running_totals_are_not_called_undated():
    frame = undated(yearly([5, 6]), 11).assign(part=["period", "period", "cumulative"])
    fig = figures.deaths_by_period(frame, "en")
    assert "without a usable date" not in " ".join(t.get_text() for t in fig.texts)


def test_a_sector_panel_has_its_total_and_the_unknown_are_said():
    frame = pd.concat([yearly([5, 6]).assign(sector="TCA"), yearly([1, 0]).assign(sector="YUM"), yearly([3, 4]).assign(sector="unknown")])
    fig = figures.deaths_by_sector(frame, "en")
    assert [ax.get_title(loc="left") for ax in fig.axes if ax.axison] == ["Yuma: 1", "Tucson: 11"], "west to east"
    assert "7 deaths without a sector" in " ".join(t.get_text() for t in fig.texts)
    assert len({ax.get_ylim() for ax in fig.axes if ax.axison}) == 1, "one scale"


def test_causes_are_grouped_in_their_fixed_colours_and_nobody_is_lost():
    frame = by("cause", list(style.CAUSE_NAMES))
    fig = figures.causes_by_period(frame, "en")
    assert fig.bsi_description.data["n_dead"].sum() == frame["n_dead"].sum()
    assert fig.bsi_description.data["cause_group"].nunique() == len(style.CAUSE_GROUPS)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_nothing_to_show_is_a_sentence(lang):
    fig = figures.deaths_by_sector(by("sector", ["TCA"]).head(0), lang)
    words = " ".join(t.get_text() for ax in fig.axes for t in ax.texts)
    assert ("There is nothing to show" in words) or ("No hay nada que mostrar" in words)
    assert fig.bsi_description.alt


@pytest.mark.parametrize("lang", ["en", "es"])
def test_people_rescued_and_rescue_events_stand_apart(lang):
    fig = figures_official.listed_rescues(yearly([0, 0], n_expected=[70.0, 90.0], n_incidents=[2, 4]), lang)
    people, events = fig.axes
    assert people.get_title(loc="left") == {"en": "People rescued", "es": "Personas rescatadas"}[lang]
    assert people.get_ylim()[1] > 90, "each on its own scale"
    assert 4 < events.get_ylim()[1] < 10
    assert "160" in fig.bsi_description.alt
    assert " 6 " in fig.bsi_description.alt
