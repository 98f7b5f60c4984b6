"""Tables of the report on people, from invented counts: years put together, spans, intervals, withheld numbers, zones."""

import types

import pandas as pd
import pytest

from bsi.publish import report_people, report_profiles, report_tables

EDITION = 2003


def years(period):
    """Two people in 1990, ten in 2003, one in the unfinished year after it, three undated."""
    starts = {"fiscal_year": ["1989-10-01", "2002-10-01", "2003-10-01"], "calendar_year": ["1990-01-01", "2003-01-01", "2004-01-01"]}[period]
    ends = {"fiscal_year": ["1990-09-30", "2003-09-30", "2004-09-30"], "calendar_year": ["1990-12-31", "2003-12-31", "2004-12-31"]}[period]
    rows = pd.DataFrame({"period_start": pd.to_datetime([*starts, None]), "period_end": pd.to_datetime([*ends, None]), "n_dead": [2.0, 10.0, 1.0, 3.0]})
    part, done = ["period"] * 3 + ["undated"], pd.array([True, True, False, None], dtype="boolean")
    return rows.assign(part=part, n_missing=[0.0, 4.0, 0.0, 0.0], is_complete=done)


def places():
    """As `selections_report.tables` gives them: every year from 1998, null where no list reaches a place, Garwood's limits of ten by the edition's year."""
    everyone = {"TCA": {1999: 7, 2003: 10}, "MX": {2002: 2}, "total": {1999: 7, 2002: 2, 2003: 10}}
    rows = [(c, y, n.get(y, 0)) for c, n in everyone.items() for y in range(1998, EDITION + 1)]
    table = pd.DataFrame(rows, columns=["category", "year", "n_dead"])
    table["n_dead"] = table["n_dead"].astype("Int64").mask(table["category"].eq("MX") & table["year"].ne(2002))
    return table.assign(low=table["n_dead"].eq(10).map({True: 4.7954}), high=table["n_dead"].eq(10).map({True: 18.3904}))


@pytest.fixture(scope="module")
def context():
    tables = {
        "deaths_by_fiscal_year": years("fiscal_year"),
        "deaths_by_calendar_year": years("calendar_year"),
        "deaths_by_place": places(),
        "records": pd.DataFrame(
            {
                "source": ["a", "a", "b"],
                "date": pd.to_datetime(["2003-06-01", "2003-11-01", "2001-05-01"]),
                "vintage": pd.to_datetime(["2003-12-01"] * 2 + ["2004-05-01"]),
            }
        ),
        "deaths_by_zone": pd.DataFrame({"zone_id": ["z", "z"], "year": [2002, 2003], "n_expected": [1.5, 2.25], "n_low": [1.0, 2.0], "n_high": [2.0, 4.0]}),
        "zones": pd.DataFrame({"zone_id": ["z", "s"], "family": ["canal", "sector"], "name_en": ["Canal", "Sector"], "name_es": ["Canal", "Sector"]}),
        "observers": pd.DataFrame({"type": ["media", "consulate"], "n": [9, 0], "n_alone": [4, 0], "n_edition": [1, 0]}),
        "profiles": pd.DataFrame(
            {
                "attribute": ["sex", "sex"],
                "category": ["male", "unknown"],
                "n": pd.array([5, 5], "Int64"),
                "n_edition": pd.array([None, 2], "Int64"),
                "share": [1.0, None],
                "low": [0.478, None],
                "high": [1.0, None],
            }  # fmt: skip
        ),
        "sex_by_age": pd.DataFrame({"category": ["18-29", "total"], "male": pd.array([None, 9], "Int64"), "total": pd.array([12, 12], "Int64")}),
    }
    return types.SimpleNamespace(tables=tables, edition=EDITION)


def made(context, name, lang="en"):
    makers = {**report_people.MAKERS, **report_profiles.MAKERS}
    return makers[name](context, lang)


def test_early_years_are_one_row_and_a_year_in_which_a_list_ends_is_marked(context):
    shown, _heads, caption = made(context, "by_year")
    assert shown.set_index("name")["fiscal_dead"].to_dict() == {"Up to 1997": "2", "2003": "10", "2004": "1 *", "Year not known": "3", "Total": "16"}
    assert shown.set_index("name").loc[["2003", "2004"], "calendar_dead"].tolist() == ["10 *", "1"]  # list a ends in December 2003; b holds nothing of 2004
    assert shown.set_index("name")["calendar_dead"]["Total"] == "16"
    assert "asterisk" in caption


def test_spans_of_five_years_end_with_the_edition():
    assert report_people.spans(2003) == [(1998, 2003)]
    assert report_people.spans(2007) == [(1998, 2002), (2003, 2007)]
    assert report_people.spans(1999) == [(1998, 1999)]


def test_the_edition_s_count_has_its_published_interval(context):
    """Ten events: 4.80 to 18.39 (Garwood 1936; Ulm 1990, table 1)."""
    shown, heads, _caption = made(context, "by_place")
    tucson = shown.set_index("category").loc["Tucson"]
    assert tucson["interval"] == "5–18"
    assert tucson["FY2003"] == 10
    assert tucson["FY1998–2003"] == 17
    assert heads["interval"] == "Interval FY2003"
    assert shown["category"].tolist() == ["Tucson", "Mexican side", "Total"]
    assert shown.set_index("category").loc["Total", "FY2002"] == 2


def test_a_place_that_no_list_reaches_is_a_dash_and_no_zero(context):
    mexico = made(context, "by_place")[0].set_index("category").loc["Mexican side"]
    assert (mexico["FY1998–2003"], mexico["FY2002"]) == (2, 2)
    assert pd.isna(mexico["FY2003"])
    assert mexico["interval"] == "–"


def test_a_zone_has_expected_lowest_and_highest_and_sectors_are_elsewhere(context):
    shown, heads, _caption = made(context, "by_zone", "es")
    assert shown.to_numpy().tolist() == [["Canal", "2.2", "2–4", "3.8", "3–6"]]
    assert heads["year_range"] == "AF2003: mínimo–máximo"


def test_withheld_numbers_are_the_letter_c_and_totals_stand(context):
    shown, _heads, caption = made(context, "profiles")
    assert shown["edition"].tolist() == ["c", "2"]
    assert "fewer than 5 people" in caption
    crossed = made(context, "sex_by_age")[0]
    assert crossed["male"].tolist() == ["c", "9"]
    assert crossed["category"].tolist() == ["18–29", "Total"]


def test_an_observer_without_people_is_left_out(context):
    assert made(context, "observers")[0]["type"].tolist() == ["Press"]


def test_every_table_is_silent_where_the_register_holds_nothing():
    bare = types.SimpleNamespace(tables={}, edition=EDITION, titles={})
    for name in {**report_people.MAKERS, **report_profiles.MAKERS}:
        assert "holds nothing for this table" in report_tables.make(name, bare, "en").replace("\\", "")


def test_figures_with_marks_stand_to_the_right(context):
    lines = report_tables.make("by_year", context, "en").splitlines()
    rule = next(line for line in lines if set(line) <= set("|:-") and "-" in line)
    assert [part.endswith(":") for part in rule.strip("|").split("|")] == [False, True, True, True, True]
