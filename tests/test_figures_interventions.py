"""The verdict in words, and every figure in both languages and sizes without a text cut or doubled."""

import numpy as np
import pandas as pd
import pytest

from bsi.publish import figures_heat, figures_interventions, figures_rates, words_interventions, words_verdicts
from bsi.publish.saving import check_text_boxes

ROW = {"verdict": "cannot_tell", "reason": "tested", "at_least": np.nan, "could_show": 0.352, "held_back_by": "", "direction": "fewer"}


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, "Cannot tell: the data could only have shown a reduction of 36% or more"),
        ({"direction": "more"}, "Cannot tell: the data could only have shown an increase of 36% or more"),
        ({"could_show": 1.0}, "Cannot tell: the data could not have shown any effect"),
        ({"could_show": np.inf, "direction": "more"}, "Cannot tell: the data could not have shown any effect"),
        ({"verdict": "reduction", "at_least": 0.299}, "Reduction of at least 29%"),
        ({"verdict": "increase", "at_least": 0.501}, "Increase of at least 50%"),
        ({"held_back_by": "trend"}, "Cannot tell: a steady trend explains it as well"),
        ({"reason": "begins_late"}, "Cannot tell: the series does not reach far enough back"),
    ],
)
def test_the_words_follow_from_the_rules_and_never_say_more_than_the_interval(other, words):
    assert words_verdicts.verdict_words({**ROW, **other}, "en") == words
    assert words_verdicts.verdict_words({**ROW, **other}, "es") != words


def _figures():
    start = pd.to_datetime([f"{y}-01-01" for y in range(2005, 2015)])
    table = pd.DataFrame(
        {
            "panel": "series",
            "start": start,
            "end": start + pd.DateOffset(years=1),
            "n": 5.0,
            "low": 1.6,
            "high": 11.7,
            "side": ["before"] * 5 + ["after"] * 5,
            "is_complete": True,
            "mean": 5.0,
        }
    )
    question = {**ROW, "name_en": "Did it help?", "name_es": "¿Ayudó?", "from": pd.Timestamp("2010-01-01"), "to": pd.NaT, "series": "month"}
    yield lambda lang, size: figures_interventions.before_after(table, question, lang, size)
    yield lambda lang, size: figures_interventions.before_after(table.head(0), question, lang, size)
    results = pd.DataFrame(
        [{**question, "n_before": 25, "n_after": 25, "ratio": 1.0, "low": 0.5, "high": 2.0}, {**question, "n_before": None, "n_after": None}]
    )
    yield lambda lang, size: figures_interventions.verdict_table(results, lang, size)
    for key, words in words_interventions.FORESTS.items():
        names = list(words["names"]) or ["2002-2005"]
        rows = pd.DataFrame({"name": names, "ratio": 1.1, "low": 0.9, "high": 1.4})
        yield lambda lang, size, rows=rows, key=key: figures_interventions.forest(rows, lang, size, words_interventions.FORESTS[key])
    odds = pd.DataFrame(
        {
            "years": ["2002-2005", "2016-2021"],
            "deaths_per_day": [0.45, 0.2],
            "even_odds_c": [39.0, 46.0],
            "low_c": [38, 44],
            "high_c": [40, 48],
            "is_inside": [True, False],
        }
    )
    yield lambda lang, size: figures_heat.even_odds(odds, lang, size)
    plan = pd.DataFrame(
        {"tmax_c": [35.0, 43.0], "expected": [0.2, 0.5], "low": [0.1, 0.3], "high": [0.3, 0.8], "p_any": [0.2, 0.4], "is_observed": [True, False]}
    )
    yield lambda lang, size: figures_heat.planning(plan, lang, size, "2016–2021")
    revised = pd.DataFrame(
        {"period_start": pd.to_datetime(["2010-10-01"]), "period_end": pd.to_datetime(["2011-09-30"]), "first": [357.0], "now": [375.0], "change": [18.0]}
    )
    yield lambda lang, size: figures_heat.revisions(revised, lang, size)
    dates = pd.DataFrame({"date": start, "ratio": np.linspace(0.5, 2, 10), "is_true": [True] + [False] * 9})
    yield lambda lang, size: figures_heat.placebo_dates(dates, lang, size, 0.4)


@pytest.mark.parametrize("draw", list(_figures()))
def test_every_figure_is_told_and_fits(draw):
    for lang in ("en", "es"):
        for size in ("single", "double"):
            fig = draw(lang, size)
            assert fig.bsi_description.title
            assert fig.bsi_description.alt
            assert not check_text_boxes(fig)


def _years(**other):
    start = pd.to_datetime([f"{y}-01-01" for y in range(2005, 2011)])
    table = pd.DataFrame({"panel": "series", "start": start, "end": start + pd.DateOffset(years=1), "n": 5.0, "low": 1.6, "high": 11.7})
    return table.assign(**{"side": ["before"] * 3 + ["after"] * 3, "is_complete": True, "mean": 5.0, **other})


@pytest.mark.parametrize(
    ("table", "to", "said", "not_said"),
    [
        (_years(), pd.NaT, {"Dotted"}, {"Gray", "Hatched", "Shaded"}),
        (_years(side=["outside"] * 4 + ["before", "after"]), pd.NaT, {"Gray"}, {"Dotted", "Hatched"}),
        (_years(is_complete=[True] * 5 + [False]), pd.Timestamp("2009-01-01"), {"Hatched", "Shaded", "Dotted"}, {"Gray"}),
    ],
)
def test_only_marks_that_are_drawn_are_explained(table, to, said, not_said):
    question = {**ROW, "name_en": "Did it help?", "from": pd.Timestamp("2008-01-01"), "to": to, "series": "month"}
    text = " ".join(t.get_text() for t in figures_interventions.before_after(table, question, "en").texts)
    assert {word for word in said | not_said if f"{word}:" in text} == said


def test_dots_of_a_hot_day_stand_at_their_values_and_are_hollow_where_no_day_was_so_hot():
    plan = pd.DataFrame(
        {"tmax_c": [35.0, 43.0], "expected": [0.2, 0.5], "low": [0.1, 0.3], "high": [0.3, 0.8], "p_any": [0.2, 0.4], "is_observed": [True, False]}
    )
    ax = figures_heat.planning(plan, "en").axes[0]
    assert [line.get_ydata()[0] for line in ax.lines] == [0.2, 0.5]
    assert [line.get_markerfacecolor() == "white" for line in ax.lines] == [False, True]
    assert [t.get_text() for t in ax.texts] == ["20%", "40%"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["35 °C", "43 °C"]
    assert ax.get_ylim()[0] == 0


def test_rates_of_sectors_stand_west_to_east_on_one_scale_with_the_years_of_expulsions_shaded():
    ends = pd.to_datetime([f"{y}-09-30" for y in (2018, 2019, 2020, 2021)])
    rates = pd.concat(
        [pd.DataFrame({"area": area, "period_end": ends, "rate": rate, "low": rate * 0.5, "high": rate * 3, "is_complete": True,
                       "has_title_42": [False, False, True, True]}) for area, rate in (("TCA", 40.0), ("SDC", 10.0))], ignore_index=True
    )  # fmt: skip
    fig = figures_rates.rates_by_sector(rates, "en")
    shown = [ax for ax in fig.axes if ax.axison]
    assert [ax.get_title(loc="left") for ax in shown] == ["San Diego", "Tucson"]
    assert {ax.get_ylim() for ax in shown} == {(0.0, 50.0)}, "one scale, a quarter above the highest rate"
    spans = [(patch.get_x(), patch.get_width()) for patch in shown[0].patches]
    assert spans == [(2019.5, 2.0)]
