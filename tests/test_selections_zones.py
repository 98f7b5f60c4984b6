"""The people of a zone: where its lists begin and thin out, what may be drawn, heat, water and trend, on frames counted by hand."""

import pandas as pd
import pytest
from scipy.stats import binomtest
from zone_frames import five_a_year, register

from bsi import selections_zones as zones
from bsi.analysis import profile
from bsi.errors import NotEstimable
from bsi.selections import Choices, counted


def reach_of(reg):
    return zones.span(reg, zones.people(reg, "mine"))


def drawn_of(reg):
    return zones.drawn(counted(reg, Choices(zone="mine")), reach_of(reg))


def test_nothing_is_drawn_before_the_list_begins_and_the_people_of_before_are_counted():
    reg = register([("2001-05-01", {"n_dead": 2}), *five_a_year(2010, 2019)])
    found, table = reach_of(reg), drawn_of(reg)
    assert (found["first_year"], found["n_before"]) == (2010, 2.0)
    assert table["period_end"].dt.year.tolist() == [*range(2010, 2020)]
    assert table["n_dead"].tolist() == [5.0] * 10
    assert table["is_complete"].tolist() == [False] + [True] * 9  # the list begins in January, the fiscal year in October before


def test_one_weak_year_does_not_cut_a_list_in_two():
    rows = [*five_a_year(2005, 2008), ("2009-06-01", {}), *five_a_year(2010, 2013)]
    assert reach_of(register(rows))["first_year"] == 2005


def test_a_list_that_thins_out_at_its_end_is_not_taken_for_fewer_deaths():
    rows = [row for row in five_a_year(2010, 2017) for _ in range(4)] + five_a_year(2018, 2019)
    found, table = reach_of(register(rows)), drawn_of(register(rows))
    assert found["thin_from"] == 2018  # 5 a year beside a median of 20
    assert table.set_index(table["period_end"].dt.year)["is_complete"].loc[2016:].tolist() == [True, True, False, False]


def test_a_minor_observer_does_not_say_when_the_lists_begin():
    rows = [*five_a_year(1995, 2019, upstreams="office"), *five_a_year(1980, 1985, upstreams="other")]
    reg = register(rows, {"mine": [1.0] * 125 + [0.0] * 29 + [1.0]})  # one of the other's thirty
    assert reach_of(reg)["first_year"] == 1995


def test_a_person_whom_two_observers_saw_counts_for_both():
    reg = register([("2010-05-01", {"upstreams": "a;b"}), ("2010-05-02", {"upstreams": "a"})])
    table = zones.seen_by(zones.people(reg, "mine")).set_index("upstream")
    assert table["expected"].to_dict() == {"a": 2.0, "b": 1.0}
    assert table["share"].to_dict() == {"a": 1.0, "b": 0.5}


def test_expected_lowest_and_highest_follow_the_probabilities():
    reg = register(five_a_year(2010, 2011), {"mine": [1.0, 0.5, 0.5, 0.25, 0.0] * 2})
    row = drawn_of(reg).iloc[-1]
    assert (row["n_dead"], row["n_low"], row["n_high"]) == (2.25, 1.0, 4.0)


@pytest.mark.parametrize("rows", [[], [("2015-05-01", {"kind": "rescue"})]])
def test_a_zone_where_nobody_is_listed_says_so(rows):
    reg = register(rows)
    with pytest.raises(NotEstimable, match="nobody is listed"):
        drawn_of(reg)
    assert reach_of(reg)["first_year"] is None


def test_one_person_alone_is_drawn_in_their_year():
    table = drawn_of(register([("2015-05-01", {})]))
    assert table["n_dead"].tolist() == [1.0]
    assert table["period_end"].dt.year.tolist() == [2015]


def test_heat_is_a_share_of_those_whose_cause_is_known_with_the_exact_interval():
    rows = [("2012-07-01", {"cause": c}) for c in ["heat"] * 6 + ["exposure"] * 2 + ["vehicle"] * 4 + ["undetermined"] * 9 + [None] * 3]
    reg = register([*rows, ("2012-12-01", {"cause": "cold"})])
    table = profile.causes_by_month(zones.people(reg, "mine"), 2012).set_index("month")
    assert table.loc[7, ["n_known", "n_heat", "n_exposure"]].tolist() == [12.0, 6.0, 2.0]
    assert table.loc[7, "share_heat"] == 0.5
    assert table.loc[7, ["low", "high"]].tolist() == pytest.approx(list(binomtest(8, 12).proportion_ci(method="exact")))
    assert table.loc[12, ["share_heat", "share_exposure"]].tolist() == [0.0, 1.0]
    assert table.loc[[1], ["share_heat", "low", "high"]].isna().all(axis=None)  # nobody known: no share, not zero


def test_few_known_causes_give_a_sentence():
    reg = register([("2012-07-01", {})] * 9)
    with pytest.raises(NotEstimable, match="there are 9"):
        profile.causes_by_month(zones.people(reg, "mine"), 2012)


def test_drownings_have_their_zero_years_and_none_before_the_list():
    reg = register([*five_a_year(2010, 2014), ("2012-06-01", {"cause": "drowning"}), ("2003-06-01", {"cause": "drowning"})])
    table = zones.water(reg, "mine", reach_of(reg))
    assert table["n_dead"].tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]
    with pytest.raises(NotEstimable, match="drowned"):
        zones.water(register(five_a_year(2010, 2014)), "mine", reach_of(reg))


def test_the_trend_turns_about_its_middle_and_finds_no_change_in_an_even_series():
    table = zones.trend(reg := register(five_a_year(2005, 2020)), "mine", reach_of(reg))
    assert table["period_end"].dt.year.tolist() == [*range(2011, 2021)]
    assert table["n"].tolist() == [5.0] * 10
    assert table["mean"].sum() == pytest.approx(50, rel=1e-6)
    assert table["percent_per_year"].iloc[0] == pytest.approx(0, abs=0.5)
    assert (table["low"] <= table["mean"] + 1e-9).all()
    assert (table["high"] >= table["mean"] - 1e-9).all()
    assert (table["high"] / table["low"]).iloc[[0, -1]].min() > (table["high"] / table["low"]).iloc[4:6].max()


def test_a_trend_of_few_people_or_years_is_not_estimated():
    few = register([(f"{year}-06-01", {"n_dead": 5 if year in (2005, 2006) else 0}) for year in range(2005, 2021)])
    found = {"first_day": pd.Timestamp("2005-01-01"), "first_year": 2005, "last_day": pd.Timestamp("2020-12-31"), "thin_from": None}
    with pytest.raises(NotEstimable, match="at least 10 people"):
        zones.trend(few, "mine", found)
    short = register(five_a_year(2017, 2020))
    with pytest.raises(NotEstimable, match="complete years"):
        zones.trend(short, "mine", reach_of(short))


def test_hazard_of_an_analyst_s_zone_follows_its_people():
    for causes, kind in ((["drowning", "drowning", "heat"], "water"), (["drowning", "heat"], "heat")):
        reg = register([("2012-07-01", {"cause": c}) for c in causes])
        assert zones.hazard_of({"family": "analyst"}, zones.people(reg, "mine")) == kind
    assert zones.hazard_of({"family": "canal"}, zones.people(reg, "mine")) == "water"


def test_parts_of_a_zone_have_no_page_of_their_own():
    assert zones.whole_zones(register([]).zones) == {"mine": ["mine_part"], "astride": []}


def test_a_list_that_sets_in_during_a_year_has_no_empty_months_before():
    """Three a month; the list begins in July 2010: neither 2010 nor the fiscal year 2010 is a whole one, and the season rests on 2011 to 2015."""
    days = [f"{y}-{m:02d}-{d:02d}" for y in range(2010, 2016) for m in range(1, 13) for d in (5, 15, 25) if y > 2010 or m > 6]
    reg = register([(day, {}) for day in days], data_as_of="2015-12-31")
    reach = reach_of(reg)
    assert reach["first_day"] == pd.Timestamp("2010-07-01")
    years = zones.drawn(counted(reg, Choices(zone="mine"), "calendar_year"), reach).set_index("label")["is_complete"]
    assert years.tolist() == [False, True, True, True, True, True]
    season = zones.season(reg, "mine", reach)
    assert season["n"].tolist() == [15] * 12
