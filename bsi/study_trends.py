"""What notebook 03 tells beyond plain counts: any period, the year to date, a signed change, the trend and its shifts, the season's drift, rates compared."""

from __future__ import annotations

import functools
import re

import pandas as pd

from bsi import periods, selections
from bsi.errors import InputError, NotEstimable
from bsi.selections import Choices

LATEST = 208  # weeks or days shown where no first year is chosen: four years, or seven months
ONE_LIST = "source:humane_borders and sector:TCA"  # the longest list of one observer; its rows before 2002 came in with a change of scope
FIRST = 2002
LABELS = {
    "fiscal_year": r"FY\d{4}", "calendar_year": r"\d{4}", "month": r"[A-Z][a-z]{2} \d{4}", "hot_season": r"[A-Z][a-z]{2}-[A-Z][a-z]{2} \d{4}",
    "week": r"\d{4}-W\d{2}", "day": r"\d{4}-\d{2}-\d{2}",
}  # fmt: skip
KINDS = ("apprehensions", "encounters", "agents")


def by_period(register, choices: Choices) -> pd.DataFrame:
    """Return counts by the chosen period; of weeks and days only the latest where no first year is chosen."""
    table = selections.counted(register, choices, choices.period)
    if choices.period not in ("day", "week") or choices.first_year:
        return table
    return pd.concat([table[table["part"].eq("period")].tail(LATEST), table[table["part"].ne("period")]], ignore_index=True)


def to_date(register, choices: Choices) -> pd.DataFrame:
    """Return people of the fiscal year to date beside the same window of each earlier year."""
    from bsi.analysis import counts

    rows, until = selections.deaths(register, choices), pd.Timestamp(register.build["data_as_of"])
    if not choices.zone:
        return counts.count_to_date(rows, until)
    table = counts.count_to_date(rows, until, register.zone_weights, by={"zone_id": [choices.zone]})
    return table[table["zone_id"].eq(choices.zone)].drop(columns="zone_id").reset_index(drop=True)


def compared(register, choices: Choices) -> tuple[str, str]:
    """Return the labels of the two periods that are compared: the chosen ones, else the last two complete fiscal years.

    Raises
    ------
    NotEstimable
        There are no two complete fiscal years.
    """
    if choices.compare:
        return choices.compare
    table = selections.counted(register, choices)
    done = table.loc[table["part"].eq("period") & table["is_complete"].fillna(False), "label"]
    if len(done) < 2:
        raise NotEstimable("there are no two complete fiscal years to compare")
    return done.iloc[-2], done.iloc[-1]


def change(register, choices: Choices) -> pd.DataFrame:
    """Return the change between two periods in signed counts: by, key, n_a, n_b, change; and, in every row, from_ and to_ label, start and end.

    `by` is total, zone_id (zones overlap, so that theirs are not added up; elsewhere and unplaced touch none) or cause. The labels are those of any kind of
    period, of the kind of the first: "FY2005", "2005", "Jul 2005", "2005-W27", "May-Sep 2005".

    Raises
    ------
    InputError
        A label is not in the counts, or its period is not complete.
    NotEstimable
        There are no two complete fiscal years.
    """
    from bsi.analysis import counts

    a, b = compared(register, choices)
    period = _period_of(a)
    zones = register.zones.loc[register.zones["family"].ne("sector"), "zone_id"]
    rows, until = selections.deaths(register, choices), pd.Timestamp(register.build["data_as_of"])
    parts = {
        "total": selections.counted(register, choices, period), "cause": selections.counted(register, choices, period, ["cause"]),
        "zone_id": counts.count(rows, register.zone_weights, period=period, by={"zone_id": list(zones)}, data_until=until),
    }  # fmt: skip
    tables = []
    for by, table in parts.items():
        made = counts.decompose(table, a, b, [] if by == "total" else [by], "n_dead")
        made = made.rename(columns={"all": "key", by: "key"}).assign(by=by)
        tables.append(made[made["key"].isin([*zones, "elsewhere", "unplaced"])] if by == "zone_id" else made)
    spans = {label: parts["total"].set_index("label").loc[label, ["period_start", "period_end"]] for label in (a, b)}
    ends = {f"{side}_{end}": spans[label][f"period_{end}"] for side, label in (("from", a), ("to", b)) for end in ("start", "end")}
    return pd.concat(tables, ignore_index=True).assign(from_label=a, to_label=b, **ends)


def _period_of(label: str) -> str:
    """Return the kind of period that a label names."""
    for period, pattern in LABELS.items():
        if re.fullmatch(pattern, label):
            return period
    raise InputError(f"{label!r} names no period", do="Write it as FY2005, 2005, Jul 2005, May-Sep 2005, 2005-W27 or 2005-07-31.")


def official_change(register, first: int, last: int) -> pd.DataFrame:
    """Return the Border Patrol's own deaths of two fiscal years by sector and the change in signed counts, largest first, the border in the last row.

    Raises
    ------
    NotEstimable
        The published figures hold no deaths of one of the years.
    """
    from bsi.analysis.series import newest

    rows = register.published
    rows = newest(rows[rows["series"].eq("usbp_deaths") & rows["area_type"].eq("sector") & rows["period_type"].eq("fiscal_year")])
    wide = rows.assign(year=rows["period_end"].dt.year).pivot_table(index="area", columns="year", values="value")
    if not {first, last} <= set(wide.columns):
        raise NotEstimable("the published figures hold no deaths by sector of {a} or {b}", a=first, b=last)
    table = wide[[first, last]].set_axis(["n_a", "n_b"], axis=1).assign(change=lambda t: t["n_b"] - t["n_a"])
    table = table.sort_values("change", key=lambda c: -c.abs(), kind="stable").reset_index()
    total = {"area": "southwest_border", **table[["n_a", "n_b", "change"]].sum().to_dict()}
    return pd.concat([table, pd.DataFrame([total])], ignore_index=True)


def trend_area(register, choices: Choices) -> tuple[str, int]:
    """Return the area whose trend is shown and its first year: the chosen zone, else the longest list of one observer, else the whole border."""
    if choices.zone:
        return f"zone:{choices.zone}", choices.first_year or 0
    if register.incidents["sources"].str.contains("humane_borders").any():
        return ONE_LIST, choices.first_year or FIRST
    return "border", choices.first_year or 0


@functools.lru_cache(maxsize=4)
def trend(register, choices: Choices) -> dict:
    """Return the trend of monthly deaths by finding: change, fitted, checks (negative binomial with harmonics), shifts, and area.

    Raises
    ------
    NotEstimable
        Fewer than 36 months, too few deaths, or years that no list reaches.
    """
    from bsi.analysis import series
    from bsi.analysis import trend as model

    area, first = trend_area(register, choices)
    rows = series.pick(register.incidents, register.zone_weights, area, choices.cause or "")
    begin, end = series.coverage(series.pick(register.incidents, register.zone_weights, series.whole_of(area)), bool(choices.cause))
    end = min(end, pd.Timestamp(year=choices.last_year, month=9, day=30)) if choices.last_year else end
    begin = max(begin, pd.Timestamp(year=max(first, 1900), month=1, day=1))
    if begin > end:
        raise NotEstimable("no list reaches the chosen years")
    months = series.monthly(rows, begin, end)
    return {**model.trend(months, "n"), "shifts": model.change_points(months, "n"), "area": area}


def trend_table(register, choices: Choices) -> pd.DataFrame:
    """Return the yearly change of the trend with its interval, and below it each check of the residuals: what, value, low, high, p_value, is_passed."""
    found = trend(register, choices)
    row = found["change"].iloc[0]
    first = {"what": "change per year, percent", "value": row["percent_per_year"], "low": row["low"], "high": row["high"], "p_value": row["p_value"]}
    return pd.concat([pd.DataFrame([first]), found["checks"].rename(columns={"check": "what"})], ignore_index=True)


def shifts(register, choices: Choices) -> pd.DataFrame:
    """Return the shifts of level of `trend`, with how often resampling finds each again.

    Raises
    ------
    NotEstimable
        The data do not bear a trend.
    """
    return trend(register, choices)["shifts"]


def drift(register, choices: Choices) -> pd.DataFrame:
    """Return the mean day of the year by decade with its interval and concentration, of all incidents by finding and of people found within a week of death.

    Raises
    ------
    NotEstimable
        No decade has ten dates.
    """
    from bsi.analysis import seasonality

    rows = selections.in_zone(register, choices)
    rows = rows[rows["date_precision"].eq("day") & rows["kind"].eq("death") & ~rows["is_cumulative"].astype(bool)]
    rows = rows[periods.is_credible(rows["flags"])]
    is_fresh = (rows["died_to"] - rows["died_from"]).le(pd.Timedelta(days=7)).fillna(False)
    parts = [seasonality.seasonal_drift(rows["date"]).assign(group="found")]
    if is_fresh.sum() >= seasonality.MIN_DATES:
        parts.append(seasonality.seasonal_drift(rows.loc[is_fresh, "date"]).assign(group="fresh"))
    return pd.concat(parts, ignore_index=True)


def smoothed_rates(register) -> pd.DataFrame:
    """Return the official deaths per 100,000 apprehensions of every sector and year, raw and drawn towards the table's mean (empirical Bayes, whole table).

    Raises
    ------
    NotEstimable
        The published figures hold no such table.
    """
    from bsi.analysis import smoothing

    table = selections.official_rate_table(register, "apprehensions")
    table = table[table["rate"].notna()].reset_index(drop=True)
    smooth = smoothing.smooth(table["n"], table["exposure"]).drop(columns="rate").rename(columns={"low": "smoothed_low", "high": "smoothed_high"})
    return table.join(smooth).assign(label=periods.label(table["period_start"], "fiscal_year"))


def denominators(register) -> pd.DataFrame:
    """Return official deaths of the whole border per 100,000 apprehensions, encounters and agents by fiscal year, and the change since the first common year.

    Raises
    ------
    NotEstimable
        A denominator is not in the published figures.
    """
    from bsi.analysis import rates, series

    deaths = series.official(register.published, "border").assign(area="southwest_border")
    table = rates.side_by_side(deaths, register.published, KINDS)
    table = table[table["rate"].notna()]
    common = set.intersection(*(set(part["period_start"]) for _, part in table.groupby("kind")))
    table = table[table["period_start"].isin(common)]
    first = table.sort_values("period_start").groupby("kind")["rate"].first()
    return table.assign(change=table["rate"] / table["kind"].map(first)).reset_index(drop=True)


def rescue_ratios(register) -> pd.DataFrame:
    """Return people rescued for each death by sector and year; figures marked as wrong keep their mark and have no ratio."""
    from bsi.analysis import rates

    return rates.rescues_to_deaths(register.published)


def first_years(register, sector: str = "ELC", n_years: int = 6) -> pd.DataFrame:
    """Return the first fiscal years of the official count of a sector, each beside the first of all: n, rate, ratio of rates with exact interval, p_value.

    The count began in the course of the first year, which may therefore be incomplete: a fall from it is not a fall in deaths.

    Raises
    ------
    NotEstimable
        The published figures hold no such table.
    """
    from bsi.analysis import rates

    table = selections.official_rate_table(register, "apprehensions").sort_values("period_start")
    table = table[table["area"].eq(sector) & table["rate"].notna()].head(n_years).reset_index(drop=True)
    if table.empty:
        raise NotEstimable("the published figures hold no {measure} of {area}", measure="deaths", area=sector)
    one, beside = table.iloc[0], []
    for row in table.to_dict("records")[1:]:
        beside.append(rates.rate_ratio(one["n"], one["exposure"], row["n"], row["exposure"]))
    ratios = pd.DataFrame([{}, *beside]).rename(columns={"low": "ratio_low", "high": "ratio_high"})
    return pd.concat([table.assign(label=periods.label(table["period_start"], "fiscal_year")), ratios], axis=1)


def splices() -> pd.DataFrame:
    """Return every denominator with the series it is made of, where they are joined, and what its note says."""
    from bsi.analysis import rates

    rows = [
        {"denominator": kind, "series": series, "from": first, "to": last, "note": rates.NOTES[kind]}
        for kind, parts in rates.DENOMINATORS.items() for series, first, last in parts
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(title_42="{:%Y-%m-%d} to {:%Y-%m-%d}".format(*rates.TITLE_42))
