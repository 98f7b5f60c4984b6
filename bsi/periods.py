"""Calendar periods that every floor shares: day, ISO week, month, calendar year, U.S. fiscal year, hot season."""

from __future__ import annotations

import pandas as pd

from bsi.errors import InputError

PERIODS = ("day", "week", "month", "calendar_year", "fiscal_year", "hot_season")
HOT_SEASON = (5, 9)  # May to September: the window of Campbell-Staton et al. (2021)
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}


def is_credible(flags: pd.Series) -> pd.Series:
    """Return whether the date of each record or incident can be: one that its flags call impossible is counted in no period.

    Parameters
    ----------
    flags : Series of str, joined by ";" as in RECORDS and INCIDENTS

    Examples
    --------
    >>> is_credible(pd.Series(["", "point_at_office;date_after_vintage"])).tolist()
    [True, False]
    """
    return ~flags.fillna("").str.contains("date_after_vintage|date_before_1980")


def credible_years(rows: pd.DataFrame) -> pd.Series:
    """Return the calendar year of each record or incident, null where its date is missing or cannot be (columns date and flags)."""
    return rows["date"].dt.year.where(is_credible(rows["flags"]))


def fiscal_year(dates):
    """Return the U.S. fiscal year (October to September, named after its September) of a date or a Series of dates.

    Parameters
    ----------
    dates : date, Timestamp or Series of datetime64; null gives null

    Returns
    -------
    int (or NA), or a Series of Int64 with the same index

    Examples
    --------
    >>> fiscal_year("2020-10-01"), fiscal_year("2020-09-30")
    (2021, 2020)
    """
    if not isinstance(dates, pd.Series):
        day = pd.Timestamp(dates)
        return pd.NA if day is pd.NaT else day.year + (day.month >= 10)
    return (dates.dt.year + (dates.dt.month >= 10)).astype("Int64")


def check_period(period: str) -> str:
    """Return the period unchanged if it is one of `PERIODS`.

    Raises
    ------
    InputError
        It is not.
    """
    if period not in PERIODS:
        raise InputError(f"period {period!r} is not known", do=f"Use one of {', '.join(PERIODS)}.")
    return period


def period_start(dates: pd.Series, period: str, hot_months: tuple[int, int] = HOT_SEASON) -> pd.Series:
    """Return the first day of the period that each date lies in (null for null; for `hot_season`, null outside the hot months).

    Parameters
    ----------
    dates : Series of datetime64
    period : one of `PERIODS`; a week begins on Monday (ISO 8601), a fiscal year on 1 October
    hot_months : first and last month of the hot season, both included

    Raises
    ------
    InputError
        The period is not known.

    Examples
    --------
    >>> period_start(pd.Series(pd.to_datetime(["2021-09-30", "2021-10-01"])), "fiscal_year").dt.date.astype(str).tolist()
    ['2020-10-01', '2021-10-01']
    """
    check_period(period)
    days = pd.to_datetime(dates).dt.normalize().astype("datetime64[us]")
    if period == "day":
        return days
    if period == "week":
        return days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    if period == "month":
        return days - pd.to_timedelta(days.dt.day - 1, unit="D")
    year = days.dt.year - ((days.dt.month < 10) if period == "fiscal_year" else 0)
    month = {"calendar_year": 1, "fiscal_year": 10, "hot_season": hot_months[0]}[period]
    starts = pd.to_datetime({"year": year, "month": month, "day": 1}).astype("datetime64[us]")
    return starts.where(days.dt.month.between(*hot_months)) if period == "hot_season" else starts


def period_end(starts: pd.Series, period: str, hot_months: tuple[int, int] = HOT_SEASON) -> pd.Series:
    """Return the last day of the periods that begin on the given days.

    Parameters
    ----------
    starts : Series of datetime64, first days as from `period_start`
    period, hot_months : as in `period_start`

    Raises
    ------
    InputError
        The period is not known.

    Examples
    --------
    >>> period_end(pd.Series(pd.to_datetime(["2020-10-01"])), "fiscal_year").dt.date.astype(str).tolist()
    ['2021-09-30']
    """
    check_period(period)
    if period == "day":
        return starts
    if period == "week":
        return starts + pd.Timedelta(days=6)
    months = {"month": 1, "hot_season": hot_months[1] - hot_months[0] + 1}.get(period, 12)
    return (starts + pd.DateOffset(months=months) - pd.Timedelta(days=1)).astype("datetime64[us]")


def all_periods(first, last, period: str, hot_months: tuple[int, int] = HOT_SEASON) -> pd.DataFrame:
    """Return every period from the one that holds `first` to the one that holds `last`, without a gap.

    Parameters
    ----------
    first, last : dates; a day outside the hot months stands for the hot season of its calendar year
    period, hot_months : as in `period_start`

    Returns
    -------
    DataFrame with period_start, period_end

    Raises
    ------
    InputError
        The period is not known, or `last` lies before `first`.

    Examples
    --------
    >>> len(all_periods("2020-01-15", "2021-01-15", "month"))
    13
    """
    first, last = pd.Timestamp(first), pd.Timestamp(last)
    if last < first:
        raise InputError(f"the last day {last.date()} lies before the first day {first.date()}", do="Exchange them.")
    outer = "calendar_year" if period == "hot_season" else check_period(period)
    begin = period_start(pd.Series([first]), outer)[0]
    steps = {"day": "D", "week": "7D", "month": "MS"}.get(period) or pd.DateOffset(years=1)
    starts = pd.Series(pd.date_range(begin, last, freq=steps)).astype("datetime64[us]")
    if period == "hot_season":
        starts = (starts + pd.DateOffset(months=hot_months[0] - 1)).astype("datetime64[us]")
    return pd.DataFrame({"period_start": starts, "period_end": period_end(starts, period, hot_months)})


def label(starts: pd.Series, period: str, lang: str = "en", hot_months: tuple[int, int] = HOT_SEASON) -> pd.Series:
    """Return the name of each period: `FY2021` / `AF2021`, `Aug 2021` / `ago 2021`, `2021-W31`, `2021`, `May-Sep 2021`.

    Parameters
    ----------
    starts : Series of datetime64, first days as from `period_start`
    period, hot_months : as in `period_start`
    lang : "en" or "es"

    Raises
    ------
    InputError
        The period is not known.

    Examples
    --------
    >>> label(pd.Series(pd.to_datetime(["2020-10-01"])), "fiscal_year", "es").tolist()
    ['AF2021']
    """
    check_period(period)
    names, starts = MONTHS[lang], pd.to_datetime(starts)
    year = starts.dt.year.astype("Int64").astype("str")
    if period == "day":
        return starts.dt.strftime("%Y-%m-%d").astype("str")
    if period == "week":
        iso = starts.dt.isocalendar()
        return (iso.year.astype("str") + "-W" + iso.week.astype("str").str.zfill(2)).astype("str")
    if period == "month":
        return (starts.dt.month.map(lambda m: names[int(m) - 1]) + " " + year).astype("str")
    if period == "fiscal_year":
        return ("FY" if lang == "en" else "AF") + fiscal_year(starts).astype("str")
    if period == "hot_season":
        return f"{names[hot_months[0] - 1]}-{names[hot_months[1] - 1]} " + year
    return year
