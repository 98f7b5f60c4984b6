"""Tables of the report on rates, rescues and published figures: each in its unit, contradictions kept, wrong sheets left out."""

import types

import pandas as pd
import pytest

from bsi import contracts
from bsi.publish import report_rates, report_tables


def figure(series, value, area="southwest_border", measure="rescues_persons", years=(2011, 2011), **more):
    start, end = pd.Timestamp(years[0] - 1, 10, 1), pd.Timestamp(years[1], 9, 30)
    kind = {"southwest_border": "border", "MX": "country"}.get(area, "sector")
    base = {"series": series, "area": area, "area_type": kind, "measure": measure, "unit": "persons", "period_type": "fiscal_year", "period_start": start,
            "period_end": end, "is_complete": True, "value": value, "edition": "e", "source": "s", "reliability": "official", "quality": ""}  # fmt: skip
    return {**base, **more}


def year(y):
    return {"period_type": "calendar_year", "period_start": pd.Timestamp(y, 1, 1), "period_end": pd.Timestamp(y, 12, 31), "reliability": "medium"}


@pytest.fixture(scope="module")
def context():
    rows = [
        figure("usbp_profile_rescues", 20, "TCA"), figure("usbp_profile_rescues", 5, "YUM"), figure("usbp_profile_rescues", 25),
        figure("usbp_profile_rescues", 999, "TCA", years=(2012, 2012), quality="scrambled"), figure("usbp_profile_rescues", 40, years=(2012, 2012)),
        figure("usbp_profile_assaults", 7, "TCA", "assaults", quality="repeats the year before"),
        figure("usbp_profile_assaults", 7, measure="assaults", quality="repeats the year before"),
        figure("usbp_profile_assaults", 6, "TCA", "assaults", years=(2010, 2010)), figure("usbp_profile_assaults", 6, measure="assaults", years=(2010, 2010)),
        figure("cbp_reported_rescue_events", 50, measure="rescue_events", years=(2013, 2013), qualifier="over", reliability="high"),
        figure("sre_deaths", 16, measure="deaths_nationals", **{**year(2001), "reliability": "low"}, edition="f"),
        figure("sre_deaths", 391, measure="deaths_nationals", **year(2001)),
        figure("inm_repatriations_all", 100, "MX", "repatriations", **year(2012)),
        figure("inm_repatriations_all", 9, "MX", "repatriations", **{**year(2012), "period_end": pd.Timestamp(2012, 1, 31)}),
        figure("grupos_beta_rescued", 30, "MX", **year(2013)),
        figure("grupos_beta_rescued", 77, "MX", **year(2015)), figure("grupos_beta_rescued", 5, "MX", **year(2014), derived="30 minus 25"),
        figure("usbp_deaths", 4, measure="deaths"),
    ]  # fmt: skip
    rates = pd.DataFrame({"kind": ["apprehensions", "agents"], "year": 2011, "n": 10.0, "exposure": [100_000.0, 2_000.0], "rate": [10.0, 500.0],
                          "low": [4.8, 240.0], "high": [18.4, 920.0], "has_title_42": [False, False]})  # fmt: skip
    published = contracts.conform(pd.DataFrame(rows), contracts.PUBLISHED)
    return types.SimpleNamespace(tables={"published": published, "rates_side_by_side": rates}, edition=2013, build={"data_as_of": "2014-12-31"})


def made(context, name, lang="en"):
    return report_rates.MAKERS[name](context, lang)


def test_a_scrambled_sheet_is_not_shown_but_its_total_is(context):
    shown, _heads, caption = made(context, "rescues")
    table = shown.set_index("area")
    assert table.loc["Tucson"].tolist() == ["20", "–"]
    assert table.loc["Total"].tolist() == ["25", "40"]
    assert "2012 by sector are not shown" in caption


def test_a_sheet_that_repeats_another_year_shows_nothing(context):
    table = made(context, "assaults")[0].set_index("area")
    assert table.loc["Tucson"].tolist() == ["6", "–"]
    assert table.loc["Total"].tolist() == ["6", "–"]


def test_people_and_events_stand_in_columns_of_their_own(context):
    shown = made(context, "rescue_units")[0].set_index("year")
    assert shown.loc["FY2013"].tolist() == ["–", "–", "more than 50"]
    assert shown.loc["FY2011", "profile"] == "25"


def test_figures_that_contradict_each_other_have_a_row_each_with_its_own_grade(context):
    shown = made(context, "consular")[0]
    assert shown["period"].tolist() == ["2001", "2001"]
    assert dict(zip(shown["deaths"], shown["kind"])) == {"391": "press", "16": "press, doubtful"}


def test_a_figure_given_for_two_periods_that_do_not_overlap_is_said_to_be_so(context):
    assert "same figure" not in made(context, "grupos_beta")[2]
    parts = {"a": (2013, "2013-01-31"), "b": (2013, "2013-02-28"), "c": (2014, "2014-03-31")}
    rows = [figure("grupos_beta_rescued", 377, "MX", **{**year(y), "period_end": pd.Timestamp(end)}, edition=k) for k, (y, end) in parts.items()]
    captions = []
    for some in (rows[:2], rows):
        table = contracts.conform(pd.DataFrame(some), contracts.PUBLISHED)
        captions.append(report_rates.MAKERS["grupos_beta"](types.SimpleNamespace(tables={"published": table}, build=context.build), "en")[2])
    assert "same figure" not in captions[0], "totals of the year to date may stay"
    assert "The same figure, 377, is given for" in captions[1]


def test_differences_single_months_and_periods_after_the_data_are_no_rows(context):
    assert made(context, "grupos_beta")[0]["rescued"].tolist() == ["30"]
    assert made(context, "repatriations")[0]["all"].tolist() == ["100"]


def test_rates_side_by_side_with_their_units(context):
    shown, heads, _caption = made(context, "rates")
    assert shown.iloc[0].tolist() == ["FY2011", "10", "4", "10.0 (4.8–18.4)", "5.0 (2.4–9.2)"]
    assert heads["agents"] == "Per 1,000 agents"
    assert "encounters" not in heads, "a series that is not published has no column"


def test_nothing_published_no_table(context):
    bare = types.SimpleNamespace(tables={"published": context.tables["published"].iloc[:0]}, edition=2013, build=context.build)
    for name in report_rates.MAKERS:
        assert "holds nothing for this table" in report_tables.make(name, bare, "en")
