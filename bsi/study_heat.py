"""Heat as notebook 05 tells it: deaths from exposure in the Tucson sector on the days of one station, by era."""

from __future__ import annotations

import functools

import pandas as pd

from bsi.errors import NotEstimable

AREA, CAUSES, FIRST = "sector:TCA", "heat;exposure", 2002
LEAST_YEARS = 3  # fewer years at either end join the span beside them


def eras(first: int, last: int) -> dict[str, tuple[int, int]]:
    """Return spans of five years (2006 to 2010 ...) from the first year to the last: name -> first and last calendar year.

    Examples
    --------
    >>> list(eras(2002, 2021)), list(eras(2015, 2018))
    (['2002-2005', '2006-2010', '2011-2015', '2016-2021'], ['2015-2018'])
    """
    starts = [y for y in range(first, last + 1) if y == first or (y % 5 == 1 and y - first >= LEAST_YEARS and last - y + 1 >= LEAST_YEARS)]
    return {f"{a}-{b}": (a, b) for a, b in zip(starts, [*(y - 1 for y in starts[1:]), last], strict=True)}


@functools.lru_cache(maxsize=2)
def heat_series(register) -> pd.DataFrame:
    """Return the warm days of the Tucson sector with their maximum and the people found dead of exposure.

    Raises
    ------
    NotEstimable, InputError
        There are no temperatures, they have gaps, no year of them is one that the lists reach, or deaths are too few.
    """
    from bsi.analysis import heat

    days, rows = _heat_days(register)
    return heat.daily_series(days, rows[["date", "n_dead"]], *days["date"].dt.year.agg(["min", "max"]))


def _eras_of(register) -> dict[str, tuple[int, int]]:
    years = heat_series(register)["year"]
    return eras(int(years.min()), int(years.max()))


def _heat_days(register) -> tuple[pd.DataFrame, pd.DataFrame]:
    from bsi.analysis import heat, series
    from bsi.register import climate

    days = climate.station_days(climate.find_days(register.data_folder))
    begin, end = series.coverage(series.pick(register.incidents, register.zone_weights, AREA), is_by_cause=True)
    last = min(days["date"].max(), end)  # a year counts where temperatures and lists hold its warm months whole
    years = begin.year + (begin.month > heat.WARM[0]), last.year - ((last.month, last.day) < (heat.WARM[1], 31))
    rows = series.pick(register.incidents, register.zone_weights, AREA, CAUSES)
    days = days[days["date"].dt.year.between(max(years[0], FIRST), years[1])]
    if days.empty:
        raise NotEstimable("no warm season lies in both the temperatures and the lists")
    return days, rows[rows["date_precision"].eq("day")]


def heat_risk(register) -> pd.DataFrame:
    """Return the relative risk per degree in each era: name, ratio, low, high."""
    from bsi.analysis import heat

    return heat.risk_by_era(heat_series(register), _eras_of(register)).rename(columns={"era": "name", "risk_ratio": "ratio", "note": "reason"})


def heat_even_odds(register) -> pd.DataFrame:
    """Return the even-odds temperature of each era that has one."""
    from bsi.analysis import heat

    rows = []
    for years in _eras_of(register).values():
        try:
            rows.append(heat.even_odds(heat_series(register), years))
        except NotEstimable:
            continue
    return pd.DataFrame(rows)


def heat_lags(register) -> pd.DataFrame:
    """Return relative risks per degree of the same day and the three before, for people found within a day of death.

    Raises
    ------
    NotEstimable
        There are no temperatures, or too few such deaths.
    """
    from bsi.analysis import heat

    days, rows = _heat_days(register)
    rows = rows[(rows["died_to"] - rows["died_from"]).le(pd.Timedelta(days=1)).fillna(False)]
    return heat.lags(heat.daily_series(days, rows[["date", "n_dead"]], *days["date"].dt.year.agg(["min", "max"])), days)


def heat_attributable(register) -> pd.DataFrame:
    """Return the deaths attributable to days above each temperature, over all years.

    Raises
    ------
    NotEstimable
        As in `heat_series`.
    """
    from bsi.analysis import heat

    return pd.DataFrame([heat.attributable(heat_series(register), above) for above in (32.0, 35.0, 38.0, 40.0)])
