"""What an analyst chooses: unknown words are refused, and the tables that follow hold the chosen incidents alone."""

from types import SimpleNamespace

import pandas as pd
import pytest

from bsi import selections
from bsi.errors import InputError, NotEstimable
from bsi.selections import Choices


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (Choices(zone="atlantis"), "no zone 'atlantis'.*Zones: canal_aac"),
        (Choices(cause="bad luck"), "no cause 'bad luck'.*Causes: "),
        (Choices(first_year=2020, last_year=2010), "wrong order"),
        (Choices(first_year="2010"), "the years '2010' and None are not both numbers"),
    ],
)
def test_a_choice_that_cannot_be_met(small_register, choices, words):
    with pytest.raises(InputError, match=words):
        selections.check_choices(small_register, choices)


def test_deaths_are_those_of_the_years_and_the_cause(small_register):
    rows = selections.deaths(small_register, Choices(first_year=2014, last_year=2016, cause="exposure"))
    dates = small_register.incidents["date"]
    wanted = small_register.incidents[
        small_register.incidents["kind"].isin(["death", "missing"])
        & dates.between("2013-10-01", "2016-09-30")
        & small_register.incidents["cause"].eq("exposure")
    ]
    assert sorted(rows["incident_id"]) == sorted(wanted["incident_id"])


def test_without_choices_every_death_counts_once(small_register):
    table = selections.counted(small_register, Choices())
    single = small_register.incidents[small_register.incidents["kind"].isin(["death", "missing"]) & ~small_register.incidents["is_cumulative"]]
    parts = table[table["part"].isin(["period", "undated"])]
    assert parts["n_dead"].sum() == single["n_dead"].sum()


def test_a_map_holds_nobody_twice(small_register):
    twice = pd.concat([small_register.incidents, small_register.incidents.assign(is_cumulative=True)])
    rows = selections.singly(SimpleNamespace(incidents=twice), Choices())
    assert rows["incident_id"].is_unique
    assert not rows["is_cumulative"].any()


def test_a_zone_counts_by_probability(small_register):
    rows = selections.deaths(small_register, Choices())
    rows = rows[~rows["is_cumulative"]].set_index("incident_id")["n_dead"].fillna(0)
    weights = small_register.zone_weights.query("zone_id == 'desert_arizona_sonora'")
    weights = weights[weights["incident_id"].isin(rows.index)]
    expected = (weights["incident_id"].map(rows).astype(float) * weights["probability"]).sum()
    table = selections.counted(small_register, Choices(zone="desert_arizona_sonora"))
    assert float(table["n_dead"].sum()) == pytest.approx(expected)


def test_the_name_of_an_area(small_register):
    assert selections.area(small_register, Choices()) is None
    assert set(selections.area(small_register, Choices(zone="canal_aac"))) == {"en", "es"}


def test_a_reason_is_a_sentence_in_either_language():
    error = NotEstimable("a seasonal profile needs at least {least} whole years with deaths; there are {years}", least=3, years=1)
    assert "at least 3 whole years" in selections.reason_text(error, "en")
    assert "3" in selections.reason_text(error, "es")
    assert selections.reason_text(error, "es") != selections.reason_text(error, "en")


def test_people_by_year_of_finding_add_up(small_register):
    table = selections.identified_by_year(small_register, Choices())
    assert table["year"].is_unique
    assert (table[["identified", "unidentified", "not_stated"]] >= 0).all(axis=None)


def test_official_years_hold_one_figure_a_year_and_measure(small_register):
    table = selections.official_years(small_register)
    assert not table.duplicated(["measure", "period_end"]).any()
    fy2005 = table[(table["measure"] == "deaths") & (table["period_end"] == pd.Timestamp("2005-09-30"))]
    assert len(fy2005) == 1


def test_a_mapped_list_bears_the_title_that_came_with_it(small_register):
    names = selections.list_names(small_register)
    assert names["en"]["sample_rescues"] == "Rescues (synthetic sample)"
    assert names["es"]["sample_rescues"] == "Rescates (muestra sintética)"
    assert names["es"]["iom"] == "OIM"
