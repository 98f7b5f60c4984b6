"""Dates: every pattern of the files there and back, day and month told apart by the file, two-digit years, and intervals of death."""

import calendar
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsi.register.dates import death_interval, parse_dates

MONTHS_ES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()  # noqa: SIM905
SHORT_ES = "ene feb mar abr may jun jul ago sep oct nov dic".split()  # noqa: SIM905
WRITTEN = {
    "9-Jul-19": lambda d: f"{d.day}-{calendar.month_abbr[d.month]}-{d:%y}",
    "December 30, 2019": lambda d: f"{calendar.month_name[d.month]} {d.day}, {d.year}",
    "Dec. 30th, 2019": lambda d: f"{calendar.month_abbr[d.month]}. {d.day}th, {d.year}",
    "Monday, December 30, 2019": lambda d: f"{calendar.day_name[d.weekday()]}, {calendar.month_name[d.month]} {d.day}, {d.year}",
    "2019-12-30": lambda d: d.isoformat(),
    "2019/12/30": lambda d: d.isoformat().replace("-", "/"),
    "2019-12-30 00:00:00": lambda d: f"{d} 00:00:00",
    "2019-12-30T23:59:59.123Z": lambda d: f"{d}T23:59:59.123Z",
    "2019-12-30T23:59:59-07:00": lambda d: f"{d}T23:59:59-07:00",
    "12/30/2019": lambda d: f"{d.month}/{d.day}/{d.year}",
    "12/30/19": lambda d: f"{d.month:02}/{d.day:02}/{d:%y}",
    "12/30 2019": lambda d: f"{d.month}/{d.day} {d.year}",
    "12/30/2019 0950": lambda d: f"{d.month}/{d.day}/{d.year} 0950",
    "12/30/2019 3:05 PM": lambda d: f"{d.month}/{d.day}/{d.year} 3:05 PM",
    "30 de diciembre de 2019": lambda d: f"{d.day} de {MONTHS_ES[d.month - 1]} de {d.year}",
    "lunes, 30 de diciembre del 2019": lambda d: f"lunes, {d.day} de {MONTHS_ES[d.month - 1]} del {d.year}",
    "30-dic-2019": lambda d: f"{d.day}-{SHORT_ES[d.month - 1]}-{d.year}",
    "20191230": lambda d: f"{d:%Y%m%d}",
    "2019-12-30 00:00:00 UTC": lambda d: f"{d} 00:00:00 UTC",
    "2019-12-30 00:00:00+00": lambda d: f"{d} 00:00:00+00",
    "12/30/2019 12:00 AM MST": lambda d: f"{d.month}/{d.day}/{d.year} 12:00 AM MST",
    "Mon, 30 Dec 2019 00:00:00 GMT": lambda d: f"{calendar.day_abbr[d.weekday()]}, {d.day:02} {calendar.month_abbr[d.month]} {d.year} 00:00:00 GMT",
    "'2019-12-30": lambda d: f"'{d}",
    "43829": lambda d: str((d - dt.date(1899, 12, 30)).days),
    "43829.0": lambda d: f"{(d - dt.date(1899, 12, 30)).days}.0",
}
DECIDING = {"month_first": "1/31/2015", "day_first": "31/1/2015"}


def one(text, **more):
    return parse_dates(pd.Series([text]), **more).iloc[0]


@settings(max_examples=120, deadline=None)
@given(st.dates(dt.date(1971, 1, 1), dt.date(2019, 12, 30)), st.sampled_from(list(WRITTEN)))
def test_every_pattern_there_and_back(day, pattern):
    found = one(WRITTEN[pattern](day), prefer="month_first", latest="2019-12-30")
    assert (found["date"], found["precision"], found["problem"]) == (pd.Timestamp(day), "day", "")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2024, 12, 31)), min_size=1, max_size=30), st.sampled_from(list(DECIDING)))
def test_the_file_decides_on_day_and_month(days, order):
    texts = [f"{d.month}/{d.day}/{d.year}" if order == "month_first" else f"{d.day}/{d.month}/{d.year}" for d in days]
    other = next(name for name in DECIDING if name != order)
    found = parse_dates(pd.Series([*texts, DECIDING[order]]), prefer=other)
    assert found["date"].tolist()[:-1] == [pd.Timestamp(d) for d in days]
    assert not found["is_order_assumed"].any()


@pytest.mark.parametrize(("text", "day"), [("1575936000000", "2019-12-10"), ("980380800000.0", "2001-01-25")])
def test_milliseconds_since_1970(text, day):
    assert one(text)["date"] == pd.Timestamp(day)


def test_what_nothing_decides_is_unreadable_or_assumed_aloud():
    texts = pd.Series(["3/4/2015", "5/5/2015", ""])
    unsaid = parse_dates(texts)
    assert unsaid["date"].isna().tolist() == [True, False, True]
    assert "no row of the file decides" in unsaid["problem"][0]
    assumed = parse_dates(texts, prefer="day_first")
    assert assumed["date"][0] == pd.Timestamp(2015, 4, 3)
    assert assumed["is_order_assumed"].tolist() == [True, False, False]


def test_one_contradiction_among_many_rows_is_refused_alone():
    found = parse_dates(pd.Series(["1/31/2015"] * 200 + ["31/1/2015", "3/4/2015"]))
    assert "no such day" in found["problem"].iloc[-2]
    assert found["date"].iloc[-1] == pd.Timestamp(2015, 3, 4)


def test_a_file_that_contradicts_itself_gives_no_date_that_could_be_either():
    found = parse_dates(pd.Series(["1/31/2015"] * 3 + ["31/1/2015"] * 2 + ["3/4/2015", "5/5/2015"]), prefer="month_first")
    assert found["date"].notna().tolist() == [True] * 3 + [False] * 3 + [True]
    assert "contradict each other" in found["problem"].iloc[5]


@pytest.mark.parametrize(("text", "year"), [("7/1/19", 2019), ("12/31/19", 1919), ("1-Jan-20", 1920), ("5/14/02", 2002), ("5/14/98", 1998)])
def test_a_two_digit_year_is_never_in_the_future(text, year):
    assert one(text, prefer="month_first", latest="2019-12-30")["date"].year == year


@pytest.mark.parametrize(
    ("text", "date", "precision"),
    [("2015", "2015-01-01", "year"), ("2015.0", "2015-01-01", "year"), ("Mar 2015", "2015-03-01", "month"), ("marzo de 2015", "2015-03-01", "month"),
     ("2015-06", "2015-06-01", "month"), ("6/2015", "2015-06-01", "month"), ("1899-03-02", "1899-03-02", "day"), ("2150-01-01", "2150-01-01", "day")],
)  # fmt: skip
def test_partial_and_odd_years(text, date, precision):
    found = one(text)
    assert (found["date"], found["precision"], found["problem"]) == (pd.Timestamp(date), precision, "")


@pytest.mark.parametrize("text", ["", " ", "NaN", "nat", "NaT", "None", "N/A", "unknown", "-"])
def test_blanks_are_no_problem_and_no_date(text):
    found = one(text)
    assert pd.isna(found["date"])
    assert (found["precision"], found["problem"]) == ("none", "")


@pytest.mark.parametrize("text", ["2/30/2015", "2015-13-01", "foo", "Marchember 3, 2015", "before 5 May 2015", "2015-01-01 to 2015-01-09", "99999999",
                                  "12345678901", "0000-00-00", "jan-feb 2015", "1/2/3/4", "31/31/2015", "99/99/99"])  # fmt: skip
def test_what_cannot_be_read_is_said_with_its_text(text):
    found = one(text, prefer="month_first")
    assert pd.isna(found["date"])
    assert found["problem"]


def test_year_and_month_columns_fill_what_the_text_does_not_say():
    texts = pd.Series(["", "", "foo", "", "2015-06-30"], index=[7, 8, 9, 10, 11])
    found = parse_dates(texts, pd.Series(["2014.0", "2015", "2016", "", "2014"], index=texts.index), pd.Series(["", "Dic", "13", "3", "6"], index=texts.index))
    assert found["date"].astype("str").tolist()[:3] == ["2014-01-01", "2015-12-01", "2016-01-01"]
    assert found["precision"].tolist() == ["year", "month", "year", "none", "day"]
    assert found["is_year_conflict"].tolist() == [False] * 4 + [True]
    assert found["problem"].ne("").tolist() == [False, False, True, False, False]
    assert found.index.tolist() == texts.index.tolist()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=14), max_size=6))
def test_any_text_gives_a_row_and_never_an_error(texts):
    found = parse_dates(pd.Series(texts, dtype="str"), prefer="month_first", latest="2020-01-01")
    assert len(found) == len(texts)
    assert found["date"].dtype == "datetime64[us]"
    assert ((found["date"].notna()) == (found["precision"] != "none")).all()


@settings(max_examples=60, deadline=None)
@given(st.dates(dt.date(1985, 1, 1), dt.date(2030, 12, 31)), st.sampled_from([("< 1 day", 1), ("< 1 week", 7), ("< 3 weeks ", 21), ("< 5 weeks", 35)]))
def test_intervals_of_death_in_days(day, known):
    found = death_interval(pd.Series([pd.Timestamp(day)]), pd.Series([known[0]])).iloc[0]
    assert (found["died_to"] - found["died_from"]).days == known[1]


def test_intervals_of_death_in_months_and_open_ones():
    day = pd.Timestamp(2015, 5, 31)
    classes = ["< 3 months ", "< 6-8 months ", "> 6-8 months ", "", "something"]
    found = death_interval(pd.Series([day] * 5), pd.Series(classes))
    assert found["died_from"].astype("str").tolist()[:2] == ["2015-02-28", "2014-09-30"]
    assert found["died_from"].isna().tolist() == [False, False, True, True, True]
    assert (found["died_to"] == day).all()
    assert found["died_from"].dtype == found["died_to"].dtype == "datetime64[us]"


REAL = {
    "humane_borders/2020-06-30_ogis_migrant_deaths.csv": "Reporting Date",
    "iom/2019-12-30_missing_migrants_global.csv": "Reported Date",
    "iom/2022-02-19_missing_migrants_global.csv": "Incident Date",
    "no_more_deaths/2025-03-31_border_deaths_master.csv": "Date",
}


def test_real_dates_agree_with_pandas(shared_data):
    for path, column in REAL.items():
        texts = pd.read_csv(shared_data / "raw" / path, dtype="str", keep_default_na=False, encoding="utf-8-sig").rename(columns=str.strip)[column]
        found = parse_dates(texts, prefer="month_first", latest=path.split("/")[1][:10])
        other = pd.to_datetime(texts.where(texts.str.len() > 4), format="mixed", errors="coerce").dt.normalize()
        known = other.notna()
        assert known.sum() > 0.9 * (texts != "").sum()
        assert (found["date"][known] == other[known]).all()
        assert (found["problem"] == "").all()
        assert np.isin(found["precision"], ["day", "year", "none"]).all()
