"""Heat as notebook 05 tells it: deaths from exposure in the Tucson sector on the days of one station, by era."""

from __future__ import annotations

import functools

import pandas as pd

from bsi.errors import NotEstimable

ERAS = {"2002-2005": (2002, 2005), "2006-2010": (2006, 2010), "2011-2015": (2011, 2015), "2016-2021": (2016, 2021)}
AREA, CAUSES, FIRST = "sector:TCA", "heat;exposure", 2002


@functools.lru_cache(maxsize=2)
def heat_series(register) -> pd.DataFrame:
    """Return the warm days of the Tucson sector with their maximum and the people found dead of exposure.

    Raises
    ------
    NotEstimable, InputError
        There are no temperatures, they have gaps, or deaths are too few.
    """
    from bsi.analysis import heat

    days, rows = _heat_days(register)
    return heat.daily_series(days, rows[["date", "n_dead"]], max(int(days["date"].dt.year.min()), FIRST), int(days["date"].dt.year.max()))


def _heat_days(register) -> tuple[pd.DataFrame, pd.DataFrame]:
    from bsi.analysis import heat, series
    from bsi.register import climate

    days = climate.station_days(climate.find_days(register.data_folder))
    rows = series.pick(register.incidents, register.zone_weights, AREA, CAUSES)
    last = days["date"].max()  # a year counts once its warm months are over
    days = days[days["date"].dt.year.le(last.year - ((last.month, last.day) < (heat.WARM[1], 31)))]
    return days, rows[rows["date_precision"].eq("day")]


def heat_risk(register) -> pd.DataFrame:
    """Return the relative risk per degree in each era: name, ratio, low, high."""
    from bsi.analysis import heat

    return heat.risk_by_era(heat_series(register), ERAS).rename(columns={"era": "name", "risk_ratio": "ratio", "note": "reason"})


def heat_even_odds(register) -> pd.DataFrame:
    """Return the even-odds temperature of each era that has one."""
    from bsi.analysis import heat

    rows = []
    for years in ERAS.values():
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
    return heat.lags(heat.daily_series(days, rows[["date", "n_dead"]], FIRST, int(days["date"].dt.year.max())), days)


def heat_attributable(register) -> pd.DataFrame:
    """Return the deaths attributable to days above each temperature, over all years.

    Raises
    ------
    NotEstimable
        As in `heat_series`.
    """
    from bsi.analysis import heat

    return pd.DataFrame([heat.attributable(heat_series(register), above) for above in (32.0, 35.0, 38.0, 40.0)])
