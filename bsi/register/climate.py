"""Daily temperatures of weather stations: every file of the data folder's climate/ that is a table of station days."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bsi.contracts import Column, Table, check, conform
from bsi.errors import InputError, NotEstimable

CLIMATE_DAYS = Table(
    "climate_days",
    "one day at one station",
    {
        "date": Column("date", "the day", null=False),
        "station_id": Column("str", "the station, as its network names it", null=False),
        "tmax_c": Column("float", "highest temperature of the day; null where not measured", unit="degrees Celsius", low=-60, high=60),
        "tmin_c": Column("float", "lowest temperature of the day", unit="degrees Celsius", low=-60, high=60),
    },
    key=("station_id", "date"),
)
NEEDED = ("date", "station_id", "tmax_c")
FAHRENHEIT = {"tmax_f": "tmax_c", "tmin_f": "tmin_c"}
HOTTEST = 58  # degrees Celsius; the highest air temperature ever measured is 56.7


def find_days(folder: str | Path) -> pd.DataFrame:
    """Return all station days of a data folder: its climate/*.csv that have a column `date` (monthly normals and means have none and are passed over).

    Parameters
    ----------
    folder : the data folder; without climate/ the table is empty

    Returns
    -------
    DataFrame keeping `CLIMATE_DAYS`

    Raises
    ------
    InputError
        As in `read_days`, or two files hold the same station and day.
    """
    parts = []
    for path in sorted(Path(folder).glob("climate/*.csv")):
        header = pd.read_csv(path, nrows=0).columns
        if "date" in header:
            parts.append(read_days(path))
    if not parts:
        return conform(pd.DataFrame(), CLIMATE_DAYS)
    days = pd.concat(parts, ignore_index=True)
    twice = days.duplicated(["station_id", "date"])
    if twice.any():
        row = days[twice].iloc[0]
        raise InputError(f"station {row['station_id']} has two rows for {row['date'].date()}", str(Path(folder) / "climate"), "Keep one file for each station.")
    return days


def read_days(path: str | Path) -> pd.DataFrame:
    """Return the station days of one file: columns date (YYYY-MM-DD), station_id, tmax_c and, if there, tmin_c; or tmax_f and tmin_f, converted.

    Parameters
    ----------
    path : CSV

    Returns
    -------
    DataFrame keeping `CLIMATE_DAYS`, sorted; other columns are left out

    Raises
    ------
    InputError
        A column is missing, a value is no number or no date, a day stands twice, or degrees are Fahrenheit and not marked so.
    """
    raw = pd.read_csv(path, dtype="str")
    for fahrenheit, celsius in FAHRENHEIT.items():
        if fahrenheit in raw and celsius not in raw:
            raw[celsius] = ((_numbers(raw, fahrenheit, path) - 32) / 1.8).round(2).astype("str").replace("nan", None)
    missing = [c for c in NEEDED if c not in raw]
    if missing:
        raise InputError(f"columns {', '.join(missing)} are missing", str(path), "Give date, station_id and tmax_c (or tmax_f).")
    table = pd.DataFrame({"date": _dates(raw, path), "station_id": raw["station_id"].str.strip()})
    for column in ("tmax_c", "tmin_c"):
        table[column] = _numbers(raw, column, path) if column in raw else None
    hot = table["tmax_c"] > HOTTEST
    if hot.any():
        line = int(hot.to_numpy().argmax()) + 2
        raise InputError(
            f"{table.loc[hot, 'tmax_c'].iloc[0]:g} cannot be degrees Celsius", f"{path}, line {line}", "If the file is in Fahrenheit, name the column tmax_f."
        )
    twice = table.duplicated(["station_id", "date"])
    if twice.any():
        raise InputError(f"{table.loc[twice, 'date'].iloc[0].date()} stands twice", f"{path}, line {int(twice.to_numpy().argmax()) + 2}", "Keep one row a day.")
    return check(conform(table.sort_values(["station_id", "date"]), CLIMATE_DAYS), CLIMATE_DAYS)


def _numbers(raw: pd.DataFrame, column: str, path) -> pd.Series:
    values = pd.to_numeric(raw[column], errors="coerce")
    bad = values.isna() & raw[column].fillna("").str.strip().ne("")
    if bad.any():
        raise InputError(
            f"{raw.loc[bad, column].iloc[0]!r} is no number", f"{path}, line {int(bad.to_numpy().argmax()) + 2}, column {column}", "Leave it empty."
        )
    return values


def _dates(raw: pd.DataFrame, path) -> pd.Series:
    days = pd.to_datetime(raw["date"], format="%Y-%m-%d", errors="coerce")
    if days.isna().any():
        line = int(days.isna().to_numpy().argmax()) + 2
        raise InputError(f"{raw['date'].iloc[line - 2]!r} is no date", f"{path}, line {line}, column date", "Write it as YYYY-MM-DD.")
    return days


def station_days(days: pd.DataFrame, station_id: str | None = None) -> pd.DataFrame:
    """Return date and tmax_c of one station: the one named, else the one with most days.

    Parameters
    ----------
    days : keeping `CLIMATE_DAYS`
    station_id : the station

    Raises
    ------
    InputError
        There is no such station.
    NotEstimable
        There is no station at all.
    """
    if days.empty:
        raise NotEstimable("there is no table of daily temperatures in climate/")
    chosen = station_id or days["station_id"].value_counts().sort_index().idxmax()
    if chosen not in set(days["station_id"]):
        raise InputError(f"there is no station {chosen!r}", "climate/", f"Stations: {', '.join(sorted(set(days['station_id'])))}.")
    return days.loc[days["station_id"].eq(chosen), ["date", "tmax_c"]].reset_index(drop=True)
