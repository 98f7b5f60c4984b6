"""Periods against the standard library's calendar and written dates."""

import calendar
import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsi.errors import InputError
from bsi.periods import PERIODS, all_periods, fiscal_year, label, period_end, period_start

DAYS = st.dates(dt.date(1960, 1, 1), dt.date(2059, 12, 31))


def series(*days):
    return pd.Series(pd.to_datetime(list(days)))


@given(DAYS)
def test_a_week_begins_on_monday_and_has_the_iso_number(day):
    start = period_start(series(day), "week")
    assert start[0].date() == dt.date.fromisocalendar(*day.isocalendar()[:2], 1)
    assert label(start, "week")[0] == "{}-W{:02}".format(*day.isocalendar()[:2])


@given(DAYS)
def test_fiscal_year_changes_on_the_first_of_october(day):
    expected = day.year + 1 if day >= dt.date(day.year, 10, 1) else day.year
    assert fiscal_year(day) == expected
    assert fiscal_year(series(day))[0] == expected
    start = period_start(series(day), "fiscal_year")
    assert start[0].date() == dt.date(expected - 1, 10, 1)
    assert period_end(start, "fiscal_year")[0].date() == dt.date(expected, 9, 30)


@given(DAYS)
def test_month_ends_with_the_calendar(day):
    start = period_start(series(day), "month")
    assert start[0].date() == day.replace(day=1)
    assert period_end(start, "month")[0].day == calendar.monthrange(day.year, day.month)[1]


@given(DAYS, st.sampled_from([p for p in PERIODS if p != "hot_season"]))
def test_a_day_lies_in_its_period(day, period):
    start = period_start(series(day), period)
    assert start[0] <= pd.Timestamp(day) <= period_end(start, period)[0]


@given(DAYS, DAYS, st.sampled_from(PERIODS))
def test_all_periods_have_no_gap_and_no_overlap(a, b, period):
    if period == "day":
        b = min(max(a, b), min(a, b) + dt.timedelta(days=500))
    table = all_periods(min(a, b), max(a, b), period)
    assert table["period_start"].is_monotonic_increasing
    if period != "hot_season":
        assert ((table["period_start"].shift(-1) - table["period_end"]).dropna() == pd.Timedelta(days=1)).all()


def test_hot_season_is_null_outside_its_months():
    start = period_start(series("2021-04-30", "2021-05-01", "2021-09-30", "2021-10-01"), "hot_season")
    assert start.isna().tolist() == [True, False, False, True]
    assert period_end(start.dropna(), "hot_season").dt.date.unique().tolist() == [dt.date(2021, 9, 30)]
    assert label(start.dropna(), "hot_season", "es").unique().tolist() == ["may-sep 2021"]


def test_other_hot_months():
    start = period_start(series("2021-06-30", "2021-08-31"), "hot_season", (6, 8))
    assert start.dt.month.tolist() == [6, 6]
    assert period_end(start, "hot_season", (6, 8)).dt.date.tolist() == [dt.date(2021, 8, 31)] * 2


def test_null_stays_null():
    dates = series("2021-08-03", None)
    for period in PERIODS:
        assert period_start(dates, period).isna().tolist() == [False, True]
    assert fiscal_year(dates).isna().tolist() == [False, True]
    assert fiscal_year(None) is pd.NA


def test_labels_in_both_languages():
    starts = series("2021-08-01")
    assert label(starts, "month", "en")[0] == "Aug 2021"
    assert label(starts, "month", "es")[0] == "ago 2021"
    assert label(series("2021-10-01"), "fiscal_year")[0] == "FY2022"
    assert label(series("2021-01-01"), "calendar_year", "es")[0] == "2021"


def test_unknown_period_and_wrong_order():
    with pytest.raises(InputError, match="fortnight"):
        period_start(series("2021-08-03"), "fortnight")
    with pytest.raises(InputError, match="before the first day"):
        all_periods("2021-01-02", "2021-01-01", "day")
