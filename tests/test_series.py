"""Questions, areas, coverage and monthly series on invented rows."""

from pathlib import Path

import pandas as pd
import pytest

from bsi.analysis import series
from bsi.errors import InputError, NotEstimable

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture
def incidents():
    days = pd.to_datetime(["2010-01-05", "2010-07-01", "2011-03-03", "2011-08-08", "2012-01-01", "2012-12-31"])
    return pd.DataFrame(
        {
            "incident_id": list("abcdef"), "kind": ["death"] * 5 + ["missing"],
            "date": days, "date_precision": ["day", "month", "year", "day", "day", "day"],
            "n_dead": [1, 2, 1, 3, 1, 1], "is_cumulative": [False, False, False, False, True, False], "flags": ["", "", "", "date_after_vintage", "", ""],
            "cause": ["drowning", "heat", "drowning", "undetermined", "heat", "heat"], "county": ["Imperial"] * 6, "sector": ["ELC", "ELC", None,
        "TCA", "TCA", "TCA"],
            "state": "CA", "sources": ["iom", "iom;humane_borders", "x", "x", "x", "x"],
            "died_from": days - pd.to_timedelta([1, 30, 1, 1, 1, 1], unit="D"), "died_to": days,
        }
    )  # fmt: skip


WEIGHTS = pd.DataFrame({"incident_id": ["a", "b", "d"], "zone_id": "canal", "probability": [0.9, 0.4, 0.8]})


def test_the_committed_questions_can_be_read_and_name_dated_measures():
    questions = series.read_questions(DATA / "questions.csv")
    measures = pd.read_csv(DATA / "interventions.csv")
    assert set(questions["intervention_id"]) <= set(measures["intervention_id"])
    assert questions["question_id"].is_unique
    assert (questions["name_en"] != questions["name_es"]).all()


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [("after_from", "1990-01-01", "overlap"), ("before_to", "soon", "no date"), ("series", "weekly", "not known"), ("limit", "hard", "not known")],
)
def test_a_question_that_cannot_be_asked_is_refused(tmp_path, column, value, words):
    table = pd.read_csv(DATA / "questions.csv", dtype=str)
    table.loc[0, column] = value
    table.to_csv(tmp_path / "q.csv", index=False)
    with pytest.raises(InputError, match=words):
        series.read_questions(tmp_path / "q.csv")
    table.drop(columns=column).to_csv(tmp_path / "q.csv", index=False)
    with pytest.raises(InputError, match=f"{column} are missing"):
        series.read_questions(tmp_path / "q.csv")


@pytest.mark.parametrize(
    ("area", "causes", "expected"),
    [
        ("border", "", "abcd"), ("zone:canal", "", "ad"), ("zone_possible:canal", "", "abd"), ("county:Imperial minus zone:canal", "", "bc"),
        ("sector:ELC or sector:TCA", "", "abd"), ("source:humane_borders", "", "b"), ("sector:ELC and fresh", "", "a"), ("border", "drowning;heat", "abc"),
        ("border minus sector:ELC and county:Imperial", "", "cd"),
    ],
)  # fmt: skip
def test_areas_are_read_from_the_left(incidents, area, causes, expected):
    assert "".join(series.pick(incidents, WEIGHTS, area, causes)["incident_id"]) == expected


def test_an_area_that_is_not_known_is_refused(incidents):
    for area in ("planet:mars", ""):
        with pytest.raises(InputError):
            series.pick(incidents, WEIGHTS, area)


def test_months_are_complete_zeros_written_and_incredible_dates_left_out(incidents):
    months = series.monthly(series.pick(incidents, WEIGHTS, "border"), "2010-01-01", "2011-12-31")
    assert len(months) == 24
    assert months["n"].sum() == 3  # the year-only date and the one after the vintage are in no month
    assert months.set_index("period_start")["n"].loc["2010-07-01"] == 2


def test_coverage_is_the_longest_run_of_years_with_enough_deaths():
    days = pd.to_datetime([f"{y}-06-{d:02d}" for y in (1990, 2000, 2001, 2002, 2004) for d in range(1, 7)])
    rows = pd.DataFrame({"date": days, "date_precision": "day", "cause": "heat"})
    assert series.coverage(rows) == (pd.Timestamp("2000-01-01"), pd.Timestamp("2002-06-30"))
    assert series.coverage(rows.assign(cause=["skeletal"] * 12 + ["heat"] * 18), is_by_cause=True)[0] == pd.Timestamp("2001-01-01")
    with pytest.raises(NotEstimable, match="no year has 5 deaths"):
        series.coverage(rows.head(3))


def test_a_list_that_sets_in_during_a_year_begins_with_its_first_month():
    """Two a month in every year; the first year holds July to December only. A summer list has no winters to lack."""
    days = [f"{y}-{m:02d}-{d}" for y in (2000, 2001, 2002) for m in range(1, 13) for d in (10, 20) if y > 2000 or m > 6]
    rows = pd.DataFrame({"date": pd.to_datetime(days), "date_precision": "day", "cause": "heat"})
    assert series.coverage(rows)[0] == pd.Timestamp("2000-07-01")
    summer = pd.concat([rows[rows["date"].dt.month.isin([7, 8])]] * 2)
    assert series.coverage(summer)[0] == pd.Timestamp("2000-01-01")
    by_cause = rows.assign(cause=["skeletal" if d.month < 4 else "heat" for d in rows["date"]])
    assert series.coverage(by_cause[by_cause["date"].dt.year > 2000], is_by_cause=True)[0] == pd.Timestamp("2001-01-01")  # listed, if without a cause


def test_a_list_that_reaches_no_year_has_no_windows():
    day = pd.Timestamp("2003-09-30")
    with pytest.raises(NotEstimable, match="no year has 5 deaths"):
        series.window_years({"covered_from": pd.NaT, "covered_to": pd.NaT, "after_to": day})


def test_the_window_of_each_year_and_the_years_that_reach_it():
    rows = pd.DataFrame({"date": pd.to_datetime(["2002-09-08", "2002-10-01", "2003-09-30", "2003-09-07"]), "date_precision": "day", "n_dead": [1, 1, 2, 5]})
    assert series.in_window(rows, "2003-09-08", "2003-09-30", [2001, 2002, 2003]).tolist() == [0, 1, 2]
    row = {"covered_from": pd.Timestamp("2001-01-01"), "covered_to": pd.Timestamp("2003-03-31"), "after_to": pd.Timestamp("2003-09-30")}
    assert list(series.window_years(row)) == [2001, 2002]


def test_a_series_that_is_not_published_is_said():
    empty = pd.DataFrame(columns=["series", "area", "period_type", "period_start", "period_end", "value", "as_published_on"])
    with pytest.raises(NotEstimable, match="no agents of TCA"):
        series.official(empty, "sector:TCA", "agents")
