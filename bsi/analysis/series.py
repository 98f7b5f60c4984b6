"""The series behind a question: people who died in an area, of some causes, by month or window, and how far the lists reach."""

from __future__ import annotations

import re

import pandas as pd

from bsi import periods
from bsi.errors import InputError, NotEstimable

IN_ZONE = 0.5  # an incident is taken for inside where it lies there rather than not: models of counts need whole people
UNDETERMINED = ("skeletal", "undetermined", "pending")
BEGUN_LATE = 0.05  # chance of the first year's empty months
MIN_COVERED = 5  # a calendar year with fewer deaths of any cause in the whole area is taken for one the lists do not reach
QUESTION = (
    "question_id", "intervention_id", "name_en", "name_es", "area", "causes", "series", "before_from", "before_to", "after_from", "after_to", "exposure",
    "comparison", "comparison_causes", "limit", "direction",
)  # fmt: skip
SERIES = ("month", "official_year", "window")
LIMITS = ("", "began_with_record", "no_comparison", "confounder", "dates_differ")


def read_questions(path) -> pd.DataFrame:
    """Return the questions as written down before fitting: area, causes, windows, exposure, comparison, and any limit that no data can lift.

    Parameters
    ----------
    path : CSV with the columns `QUESTION`

    Raises
    ------
    InputError
        A column is missing, a date cannot be read, windows overlap, or a series or limit is not known.
    """
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    missing = [c for c in QUESTION if c not in table]
    if missing:
        raise InputError(f"columns {', '.join(missing)} are missing", str(path), f"Give {', '.join(QUESTION)}.")
    for column in ("before_from", "before_to", "after_from", "after_to"):
        days = pd.to_datetime(table[column], format="%Y-%m-%d", errors="coerce")
        if days.isna().any():
            raise InputError(f"{table.loc[days.isna(), column].iloc[0]!r} is no date", f"{path}, column {column}", "Write it as YYYY-MM-DD.")
        table[column] = days.astype("datetime64[us]")
    wrong = ~(table["before_from"].le(table["before_to"]) & table["before_to"].lt(table["after_from"]) & table["after_from"].le(table["after_to"]))
    if wrong.any():
        raise InputError(f"the windows of {table.loc[wrong, 'question_id'].iloc[0]} overlap or end before they begin", str(path), "Mend the four dates.")
    for column, allowed in (("series", SERIES), ("limit", LIMITS), ("direction", ("fewer", "more"))):
        odd = ~table[column].isin(allowed)
        if odd.any():
            raise InputError(f"{table.loc[odd, column].iloc[0]!r} is not known", f"{path}, column {column}", f"Use one of {', '.join(filter(None, allowed))}.")
    return table[list(QUESTION)]


def pick(incidents: pd.DataFrame, weights: pd.DataFrame, area: str, causes: str = "") -> pd.DataFrame:
    """Return the deaths (running totals left out) in an area, of some causes.

    Parameters
    ----------
    incidents : contract INCIDENTS
    weights : contract ZONE_WEIGHTS
    area : terms `zone:ID` (an incident that lies there rather than not), `zone_possible:ID` (that may lie there), `county:NAME`, `sector:CODE`,
        `state:CODE`, `source:KEY` (listed there), `fresh` (found within a week of death) or `border`, joined by `and`, `or`, `minus`, read from the left
    causes : harmonised causes joined by ';'; empty is all

    Raises
    ------
    InputError
        A term is not known.
    """
    counted = incidents["kind"].eq("death") & ~incidents["is_cumulative"].astype("boolean").fillna(False).astype(bool)
    counted = counted & incidents["cause"].isin(causes.split(";")) if causes else counted
    inside = None
    for joint, term in re.findall(r"(?:^| (and|or|minus) )(.+?)(?= and | or | minus |$)", area):
        here = _term(incidents, weights, term)
        inside = here if not joint else {"and": inside & here, "or": inside | here, "minus": inside & ~here}[joint]
    if inside is None:
        raise InputError(f"area {area!r} is empty", do="Name a zone, county, sector, source, or the border.")
    kept = incidents[counted & inside].copy()
    kept.loc[~periods.is_credible(kept["flags"]), "date"] = pd.NaT
    return kept


def _term(rows: pd.DataFrame, weights: pd.DataFrame, term: str) -> pd.Series:
    kind, _, name = term.partition(":")
    if kind in ("zone", "zone_possible"):
        near = weights[weights["zone_id"].eq(name) & weights["probability"].gt(IN_ZONE if kind == "zone" else 0)]
        return rows["incident_id"].isin(near["incident_id"])
    if kind in ("county", "sector", "state"):
        return rows[kind].eq(name).fillna(False).astype(bool)
    if kind == "source":
        return (";" + rows["sources"] + ";").str.contains(f";{name};", regex=False).fillna(False).astype(bool)
    if term == "fresh":
        return (rows["died_to"] - rows["died_from"]).le(pd.Timedelta(days=7)).fillna(False)
    if term == "border":
        return pd.Series(True, index=rows.index)
    raise InputError(f"area term {term!r} is not known", do="Use zone:, zone_possible:, county:, sector:, state:, source:, fresh or border.")


def whole_of(area: str) -> str:
    """Return the area whose deaths of any cause show whether the lists reach a year: the county of the canal, the sectors of the desert, else the area
    itself.

    Examples
    --------
    >>> whole_of("zone:canal_aac"), whole_of("sector:TCA")
    ('county:Imperial', 'sector:TCA')
    """
    if "source:" in area:
        return area.removesuffix(" and fresh")
    if "canal" in area:
        return "county:Imperial"
    return "sector:TCA or sector:YUM" if "desert" in area else area


def coverage(rows: pd.DataFrame, is_by_cause: bool = False) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day that the lists reach in an area: the longest run of calendar years with at least five deaths.

    See `first_day` for a list that set in during its first year.

    Parameters
    ----------
    rows : from `pick`, of any cause
    is_by_cause : count only deaths whose cause is stated, for a series of one cause

    Raises
    ------
    NotEstimable
        No calendar year has that many.
    """
    rows = rows[rows["date"].notna() & rows["date_precision"].isin(["day", "month"])]
    days = rows.loc[rows["cause"].notna() & ~rows["cause"].isin(UNDETERMINED), "date"] if is_by_cause else rows["date"]
    years = days.dt.year.value_counts()
    reached = sorted(years[years >= MIN_COVERED].index)
    if not reached:
        raise NotEstimable("no year has {least} deaths with a date in this area", least=MIN_COVERED)
    runs = pd.Series(reached).groupby(pd.Series(reached).diff().ne(1).cumsum().to_numpy()).agg(["min", "max"])
    first, last = runs.loc[(runs["max"] - runs["min"]).idxmax()]
    return first_day(rows["date"], int(first), int(last)), days[days.dt.year.eq(last)].max() + pd.offsets.MonthEnd(0)


def first_day(dates: pd.Series, first: int, last: int) -> pd.Timestamp:
    """Return the day on which a list that reaches from one calendar year to another begins: 1 January, or, where it set in during its first year, the first
    of the month of its first death. It did where, by the season of the other years, the months before would have been empty in fewer than one of twenty
    such years.

    Parameters
    ----------
    dates : of deaths of any cause
    first, last : calendar years
    """
    own, others = dates.dt.month[dates.dt.year.eq(first)], dates.dt.month[dates.dt.year.between(first + 1, last)]
    is_late = (others >= own.min()).mean() ** len(own) < BEGUN_LATE
    return pd.Timestamp(year=first, month=int(own.min()) if is_late else 1, day=1)


def monthly(rows: pd.DataFrame, first, last, exposure: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return people who died by month of finding, zeros written, with the exposure of each month.

    Parameters
    ----------
    rows : from `pick`
    first, last : days; the months that hold them are both in
    exposure : period_start, exposure by month; None is one a month

    Returns
    -------
    DataFrame: period_start, n, exposure (null where none is published)
    """
    table = periods.all_periods(first, last, "month")[["period_start"]]
    dated = rows[rows["date"].notna() & rows["date_precision"].isin(["day", "month"])]
    n = dated.groupby(periods.period_start(dated["date"], "month"))["n_dead"].sum()
    table["n"] = table["period_start"].map(n).fillna(0).astype("float64")
    table["exposure"] = 1.0 if exposure is None else table["period_start"].map(exposure.set_index("period_start")["exposure"]).astype("float64")
    return table


def check_months(months: pd.DataFrame, count: str = "n") -> None:
    """Refuse a series that is not one row a month, in order and without a gap, or whose counts are missing or below zero.

    Parameters
    ----------
    months : period_start and the counted column
    count : name of the counted column

    Raises
    ------
    NotEstimable
        It is not so.
    """
    start = pd.to_datetime(months["period_start"])
    if not (start.dt.year * 12 + start.dt.month).diff().iloc[1:].eq(1).all():
        raise NotEstimable("months are missing or out of order in the series")
    wrong = ~pd.to_numeric(months[count]).ge(0).fillna(False).astype(bool)
    if wrong.any():
        raise NotEstimable("the count is missing or below zero in {n} months", n=int(wrong.sum()))


def in_window(rows: pd.DataFrame, first, last, years) -> pd.Series:
    """Return people found in the same days of each year (index: year), zeros written.

    Parameters
    ----------
    rows : from `pick`
    first, last : first and last day of the window, of one year
    years : years to count
    """
    first, last = pd.Timestamp(first), pd.Timestamp(last)
    days = rows[rows["date_precision"].eq("day")]
    as_number = days["date"].dt.month * 100 + days["date"].dt.day
    inside = days[as_number.between(first.month * 100 + first.day, last.month * 100 + last.day)]
    return inside.groupby(inside["date"].dt.year)["n_dead"].sum().reindex(list(years), fill_value=0).astype("int64")


def window_years(row: dict) -> range:
    """Return the years whose window the list reaches whole.

    Parameters
    ----------
    row : of the estimability table, of a series of windows

    Raises
    ------
    NotEstimable
        The lists reach no year.
    """
    if pd.isna(row["covered_from"]):
        raise NotEstimable("no year has {least} deaths with a date in this area", least=MIN_COVERED)
    is_reached = (row["covered_to"].month, row["covered_to"].day) >= (row["after_to"].month, row["after_to"].day)
    return range(row["covered_from"].year, row["covered_to"].year + is_reached)


def newest(published: pd.DataFrame) -> pd.DataFrame:
    """Return one figure of each series, area and period: that of the newest edition. Official series are revised, and every edition is kept in the table.

    Parameters
    ----------
    published : contract PUBLISHED
    """
    rows = published.sort_values("as_published_on", na_position="first", kind="stable")
    return rows.drop_duplicates(["series", "area", "period_start", "period_end"], keep="last")


def official(published: pd.DataFrame, area: str, measure: str = "deaths") -> pd.DataFrame:
    """Return the Border Patrol's own table of a sector or the border by fiscal year: period_start, period_end, n.

    Parameters
    ----------
    published : contract PUBLISHED
    area : `sector:CODE` or `border`
    measure : deaths, apprehensions or agents

    Raises
    ------
    NotEstimable
        The published figures hold no such series.
    """
    name = "southwest_border" if area == "border" else area.removeprefix("sector:")
    rows = published[published["series"].eq(f"usbp_{measure}") & published["area"].eq(name) & published["period_type"].eq("fiscal_year")]
    if rows.empty:
        raise NotEstimable("the published figures hold no {measure} of {area}", measure=measure, area=name)
    return newest(rows).sort_values("period_start")[["period_start", "period_end", "value"]].rename(columns={"value": "n"}).reset_index(drop=True)
