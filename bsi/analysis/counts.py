"""Counts of persons and incidents by period, zone, sector, cause or personal attribute: every period present, nothing dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from bsi import periods
from bsi.errors import InputError

MEASURES = {  # measure -> the columns of incidents whose sum it is; none: one for each incident
    "persons": ("n_dead",),
    "missing": ("n_missing",),
    "dead_and_missing": ("n_dead", "n_missing"),
    "rescued": ("n_rescued",),
    "injured": ("n_injured",),
    "incidents": (),
}
ENOUGH = {  # precisions that place a date in a period
    "day": ("day",), "week": ("day",), "month": ("day", "month"), "hot_season": ("day", "month"),
    "fiscal_year": ("day", "month"), "calendar_year": ("day", "month", "year"),
}  # fmt: skip
PARTS = ("period", "undated", "outside_season", "cumulative")
CARRIED = ("incident_id", "date", "date_precision", "flags", "is_cumulative", "lon", "n_dead", "n_missing")
COUNTED = ("n_incidents", "n_dead", "n_missing", "n_unstated", "n_expected", "n_low", "n_high")
ELSEWHERE, UNPLACED, UNKNOWN = "elsewhere", "unplaced", "unknown"


def count(
    incidents: pd.DataFrame,
    weights: pd.DataFrame | None = None,
    period: str = "fiscal_year",
    by: Sequence[str] | Mapping[str, Sequence[str]] = (),
    measure: str = "persons",
    data_until=None,
) -> pd.DataFrame:
    """Return the counts of every period from the first to the last, zeros written, the incomplete last one flagged.

    Parameters
    ----------
    incidents : contract INCIDENTS (filter by kind before: deaths and rescues are not one count)
    weights : contract ZONE_WEIGHTS, needed where `by` names zone_id
    period : day, week (ISO, Monday), month, calendar_year, fiscal_year (October to September) or hot_season (May to September)
    by : columns of incidents and zone_id; a mapping gives the categories that must appear even when nothing was counted in them
    measure : persons (the dead), missing, dead_and_missing, rescued, injured or incidents: what n_expected, n_low and n_high count
    data_until : last day that the data covers; without it the last date in the data. A later date is not credible and counted as undated

    Returns
    -------
    DataFrame, one row a period and category: period_start, period_end, label, part, the columns of `by`, n_incidents, n_dead, n_missing, n_unstated
    (incidents that do not state the measured number), n_expected, n_low, n_high, unit, is_complete. `part` is "period"; or, in rows without a period,
    "undated" (the date is not known well enough for this kind of period, or not credible), "outside_season", or "cumulative" (running totals, in no other
    row). All parts together are all incidents. By zone, n_expected and the plain counts are sums of probabilities, n_low counts what is certainly inside,
    n_high what is possibly inside; elsewhere the three are equal. Zones overlap, so they must not be added up; the rows elsewhere
    and unplaced hold the incidents that touch no zone, with and without a point.

    Raises
    ------
    InputError
        Period, measure or column is not known, `data_until` is no date, weights are missing, or no incident has a usable date and `data_until` is not given.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"incident_id": ["a", "b"], "kind": "death", "date": pd.to_datetime(["2019-10-01", "2021-03-05"]), "date_precision": "day",
    ...     "n_dead": [1, 2], "n_missing": [None, None], "is_cumulative": False, "flags": ""})
    >>> count(rows)[["label", "n_incidents", "n_dead", "is_complete"]].values.tolist()
    [['FY2020', 1.0, 1.0, True], ['FY2021', 1.0, 2.0, False]]
    """
    periods.check_period(period)
    data_until = None if data_until is None else _day(data_until)
    rows = _measured(incidents, measure, by)
    rows = _dated(rows, period, data_until)
    by_columns = list(by)
    rows = _keyed(rows, incidents, weights) if "zone_id" in by_columns else rows.assign(_weight=1.0)
    missing = [c for c in by_columns if c not in rows]
    if missing:
        raise InputError(f"incidents have no column {', '.join(missing)}", do="Count by columns of the contract INCIDENTS or by zone_id.")
    for column in by_columns:
        rows[column] = rows[column].astype("object").where(rows[column].notna(), UNKNOWN).astype("str")
    for column in ("n_incidents", "n_dead", "n_missing", "n_unstated", "n_expected"):
        rows[column] = rows[column] * rows["_weight"]
    rows["n_low"], rows["n_high"] = rows["_persons"] * rows["_weight"].ge(1 - 1e-9), rows["_persons"] * rows["_weight"].gt(0)
    table = rows.groupby(["part", "period_start", *by_columns], dropna=False, observed=True)[list(COUNTED)].sum().reset_index()
    return _complete(table, rows, period, by, data_until).assign(unit="incidents" if measure == "incidents" else "persons")


def count_to_date(
    incidents: pd.DataFrame,
    data_until,
    weights: pd.DataFrame | None = None,
    period: str = "fiscal_year",
    by: Sequence[str] | Mapping[str, Sequence[str]] = (),
    measure: str = "persons",
) -> pd.DataFrame:
    """Return the counts of the year to date beside the same window of each earlier year.

    Parameters
    ----------
    incidents, weights, by, measure : as in `count`
    data_until : last day of the window, in the year to date
    period : fiscal_year or calendar_year

    Returns
    -------
    DataFrame as from `count`; period_end is the last day of each year's window and is_complete true. An incident dated to the month only counts where
    the whole month lies in the window, else it is undated.

    Raises
    ------
    InputError
        The period is not a year, or as in `count`.
    """
    if period not in ("fiscal_year", "calendar_year"):
        raise InputError(f"a year to date needs fiscal_year or calendar_year, not {period!r}")
    until = _day(data_until)
    rows = incidents.assign(date=_days(incidents["date"]))
    start = periods.period_start(rows["date"], period)
    years = (until.year + (until.month >= 10)) - periods.fiscal_year(rows["date"]) if period == "fiscal_year" else until.year - rows["date"].dt.year
    window_end = years.map(lambda n: until - pd.DateOffset(years=int(n)), na_action="ignore")
    window_end = pd.to_datetime(window_end)
    month_end = rows["date"] + pd.offsets.MonthEnd(0)
    last_day = rows["date"].where(rows["date_precision"].ne("month"), month_end)
    is_dated = rows["date_precision"].isin(["day", "month"]) & start.notna()
    rows.loc[is_dated & (last_day > window_end) & (rows["date"] <= window_end), "date_precision"] = "year"
    is_late = is_dated & (rows["date"] > window_end) & (rows["date"] <= until) & ~_is_cumulative(rows)
    rows.loc[rows["date_precision"].eq("year"), "date_precision"] = "none"
    frame = count(rows, weights, period, by, measure, until)  # every year, also one whose window is empty
    keys = ["part", "period_start", *by]
    table = frame.drop(columns=list(COUNTED)).merge(count(rows[~is_late], weights, period, by, measure, until)[[*keys, *COUNTED]], how="left", on=keys)
    table = table[frame.columns].fillna(dict.fromkeys(COUNTED, 0.0))
    is_period = table["part"].eq("period")
    behind = table.loc[is_period, "period_start"].max().year - table["period_start"].dt.year
    ends = behind.map(lambda n: until - pd.DateOffset(years=int(n)), na_action="ignore")
    table["period_end"] = pd.to_datetime(ends).astype("datetime64[us]").where(is_period)
    table["is_complete"] = table["is_complete"].mask(is_period, True)
    return table


def decompose(counts: pd.DataFrame, period_a: str, period_b: str, by: Sequence[str] = (), value: str = "n_expected") -> pd.DataFrame:
    """Return the change from one period to another in signed counts, by the given columns, largest change first.

    Parameters
    ----------
    counts : from `count`
    period_a, period_b : labels of the table, such as "FY1998"
    by : columns of the table; the others are summed
    value : the counted column

    Returns
    -------
    DataFrame with the columns of `by`, n_a, n_b, change

    Raises
    ------
    InputError
        A period is not in the table, or is not complete.
    """
    rows = counts[counts["part"].eq("period")]
    for label in (period_a, period_b):
        found = rows[rows["label"].eq(label)]
        if found.empty:
            raise InputError(f"period {label!r} is not in the counts", do=f"They run from {rows['label'].iloc[0]} to {rows['label'].iloc[-1]}.")
        if not found["is_complete"].all():
            raise InputError(f"period {label!r} is not complete", do="Compare complete periods, or use count_to_date.")
    columns = list(by) or [lambda i: "all"]
    sums = [rows[rows["label"].eq(label)].groupby(columns, sort=True)[value].sum() for label in (period_a, period_b)]
    table = pd.DataFrame({"n_a": sums[0], "n_b": sums[1]}).fillna(0).assign(change=lambda t: t["n_b"] - t["n_a"])
    table = table.rename_axis(list(by) or ["all"]).reset_index()
    return table.sort_values("change", key=lambda c: -c.abs(), kind="stable", ignore_index=True)


def within_lists(table: pd.DataFrame, every: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Return the counts with null in place of zero where no list reaches: before the first and after the last period in which anybody is
    recorded (in a zone: at least half a person expected).

    Parameters
    ----------
    table : from `count`, of chosen causes or years
    every : from `count`, by the same kind of period, of every cause and year: what shows whether a list reaches a place
    by : column of places of both tables, such as sector; None is one place

    Returns
    -------
    DataFrame as `table`, with is_listed (null in rows without a period)
    """
    seen = every[every["part"].eq("period") & every["n_expected"].ge(0.5)]
    place, where = (seen[by], table[by]) if by else (pd.Series("", seen.index), pd.Series("", table.index))
    spans = seen.groupby(place)["period_start"].agg(["min", "max"])
    spans = spans.reindex(where.to_numpy()).set_index(table.index)  # a place without a record has no span: nothing there is listed
    is_listed = table["period_start"].ge(spans["min"]) & table["period_start"].le(spans["max"])
    is_listed = is_listed.astype("boolean").where(table["part"].eq("period"))
    out = table.assign(is_listed=is_listed)
    out.loc[~is_listed.fillna(True).astype(bool), list(COUNTED)] = float("nan")
    return out


def _measured(incidents: pd.DataFrame, measure: str, by) -> pd.DataFrame:
    if measure not in MEASURES:
        raise InputError(f"measure {measure!r} is not known", do=f"Use one of {', '.join(MEASURES)}.")
    columns = list(MEASURES[measure])
    rows = incidents[[c for c in incidents if c in {*CARRIED, *columns, *by}]].copy()
    absent = [c for c in columns if c not in rows]
    if absent:
        raise InputError(f"incidents have no column {', '.join(absent)}", do="Give a table that keeps the contract INCIDENTS.")
    stated = rows[columns].notna().any(axis=1) if columns else pd.Series(True, index=rows.index)
    rows["date"] = _days(rows["date"])
    rows["n_expected"] = rows[columns].fillna(0).sum(axis=1).astype("float64") if columns else 1.0
    rows["_persons"] = rows["n_expected"]
    rows["n_unstated"] = (~stated).astype("float64")
    rows["n_incidents"] = 1.0
    for column in ("n_dead", "n_missing"):
        rows[column] = rows[column].astype("Float64").fillna(0).astype("float64")
    return rows


def _day(text) -> pd.Timestamp:
    try:
        return pd.Timestamp(text).tz_localize(None).normalize()
    except ValueError:
        raise InputError(f"{text!r} is no date", do="Write the last day of the data as YYYY-MM-DD.") from None


def _days(dates: pd.Series) -> pd.Series:
    """Return the days of the dates as written at the place: an hour or a time zone does not move a person to another day."""
    return pd.to_datetime(dates).dt.tz_localize(None).dt.normalize()


def _dated(rows: pd.DataFrame, period: str, data_until) -> pd.DataFrame:
    is_dated = rows["date"].notna() & rows["date_precision"].isin(ENOUGH[period]) & periods.is_credible(rows["flags"])
    if data_until is not None:
        is_dated &= rows["date"] <= data_until
    start = periods.period_start(rows["date"].where(is_dated), period)
    part = pd.Series("undated", index=rows.index).mask(is_dated, "period").mask(is_dated & start.isna(), "outside_season")
    is_cumulative = _is_cumulative(rows)
    return rows.assign(part=part.mask(is_cumulative, "cumulative"), period_start=start.mask(is_cumulative))


def _is_cumulative(rows: pd.DataFrame) -> pd.Series:
    return rows["is_cumulative"].astype("boolean").fillna(False).astype(bool)


def _keyed(rows: pd.DataFrame, incidents: pd.DataFrame, weights: pd.DataFrame | None) -> pd.DataFrame:
    if weights is None:
        raise InputError("counts by zone need the zone weights", do="Give weights=register.zone_weights.")
    pairs = weights[["incident_id", "zone_id", "probability"]].rename(columns={"probability": "_weight"})
    keyed = rows.drop(columns="zone_id", errors="ignore").merge(pairs, on="incident_id", how="left", validate="one_to_many")
    place = keyed["lon"].notna().map({True: ELSEWHERE, False: UNPLACED}) if "lon" in keyed else UNPLACED
    return keyed.assign(zone_id=keyed["zone_id"].where(keyed["zone_id"].notna(), place), _weight=keyed["_weight"].fillna(1.0))


def _complete(table: pd.DataFrame, rows: pd.DataFrame, period: str, by, data_until) -> pd.DataFrame:
    in_period = rows.loc[rows["part"].eq("period"), "date"]
    if in_period.empty and data_until is None:
        raise InputError("no incident has a date that places it in a period", do="Count by calendar_year, or give data_until.")
    until = data_until if data_until is not None else in_period.max()
    span = periods.all_periods(in_period.min() if len(in_period) else until, until, period)
    categories = {c: sorted(set(rows[c].unique()) | set(by[c] if isinstance(by, Mapping) else ())) for c in by}
    axes = [span["period_start"], *categories.values()]
    full = pd.MultiIndex.from_product(axes, names=["period_start", *categories]).to_frame(index=False).assign(part="period")
    table = full.merge(table, how="outer", on=["part", "period_start", *categories])
    table[list(COUNTED)] = table[list(COUNTED)].fillna(0.0)
    is_period = table["part"].eq("period")
    span["label"] = periods.label(span["period_start"], period)
    of_period = span.set_index("period_start").reindex(table["period_start"])  # a name for each period, not for each row
    table["period_end"] = of_period["period_end"].to_numpy()
    table["label"] = of_period["label"].set_axis(table.index).where(is_period, table["part"].str.replace("_", " "))
    table["is_complete"] = (table["period_end"] <= until).astype("boolean").where(is_period)
    order = table["part"].map({p: i for i, p in enumerate(PARTS)})
    table = table.assign(_order=order).sort_values(["_order", "period_start", *categories], kind="stable", ignore_index=True)
    return table[["period_start", "period_end", "label", "part", *categories, *COUNTED, "is_complete"]]
