"""Coordinates as the files write them, in either order and notation, as longitude and latitude in WGS 84 degrees."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?(?:nan|inf(?:inity)?)"
POINT = re.compile(rf"^\s*(?:srid=\d+;)?\s*point\s*[zm]*\s*\(\s*({NUMBER})\s+({NUMBER})(?:\s+{NUMBER})*\s*\)\s*$", re.IGNORECASE)
PAIR = re.compile(rf"^\s*[(\[]?\s*({NUMBER})\s*[,; \t]\s*({NUMBER})\s*[)\]]?\s*$", re.IGNORECASE)
COMMA_PAIR = re.compile(r"^\s*([+-]?\d{1,3}),(\d+)\s*[,;\s]\s+([+-]?\d{1,3}),(\d+)\s*$|^\s*([+-]?\d{1,3}),(\d+)[;\s]([+-]?\d{1,3}),(\d+)\s*$")
PART = r"\d+(?:\.\d+)?"
ANGLE = re.compile(
    rf"(?P<a>[NSEWO])?\s*(?P<sign>[+-])?(?P<d>{PART})(?:(?:\s*[°º:]\s*|\s+)(?P<m>{PART})(?:(?:\s*['′:]\s*|\s+)(?P<s>{PART})\s*(?:''|\"|″)?)?\s*['′]?)?"
    r"\s*[°º]?\s*(?P<b>[NSEWO])?"
)
HALVES = re.compile(r"^(.*?[NS])[\s,;]*(.*?[EWO])$|^([NS].*?)[\s,;]*([EWO].*)$")
BLANK = {"", "none", "null", "n/a", "na", "-", "--", "?", "unknown", "unk", "n/d", "nd", "s/d", "desconocido", "desconocida", "point empty", "()"}
UNREADABLE = ("unreadable", "not_finite", "out_of_range", "half")


def parse_points(texts) -> pd.DataFrame:
    """Return the points of a column that holds both coordinates: `POINT (lon lat)`, `lat, lon`, `(lat, lon)`, degrees, minutes and seconds.

    Parameters
    ----------
    texts : Series of str

    Returns
    -------
    DataFrame `lon`, `lat` (degrees, WGS 84; null where not readable) and `problem`: "" (also for a blank), "unreadable", "not_finite",
    "out_of_range", "half" (one of the two is blank), "swapped" (put right: only the other order is possible on Earth) or "null_island" (0, 0, kept).

    Examples
    --------
    >>> parse_points(pd.Series(["POINT (-110.5 31.75)", "31.75, -110.5"])).values.tolist()
    [[-110.5, 31.75, ''], [-110.5, 31.75, '']]
    """
    texts = pd.Series(texts).astype("str").fillna("").str.strip()
    points = [_read_point(text) for text in texts]
    return _judged(*zip(*points, strict=True), index=texts.index) if points else _judged((), (), (), index=texts.index)


def parse_lonlat(lat_texts, lon_texts) -> pd.DataFrame:
    """Return the points of a file with a column of latitudes and one of longitudes, in decimal degrees or degrees, minutes and seconds.

    A comma is read as the decimal sign where it is the only one in the cell; a comma at the end is ignored.

    Parameters
    ----------
    lat_texts, lon_texts : Series of str with the same index

    Returns
    -------
    DataFrame as from parse_points.

    Examples
    --------
    >>> parse_lonlat(pd.Series(["32.18178N"]), pd.Series(["107 34 8 W"])).round(4).values.tolist()
    [[-107.5689, 32.1818, '']]
    """
    lat_texts = pd.Series(lat_texts).astype("str").fillna("").str.strip()
    lon_texts = pd.Series(lon_texts).astype("str").fillna("").str.strip()
    lats, lons = _column(lat_texts, "NS"), _column(lon_texts, "EWO")
    no_lat, no_lon = lat_texts.str.casefold().isin(BLANK), lon_texts.str.casefold().isin(BLANK)
    states = np.where(no_lat & no_lon, "blank", np.where(no_lat | no_lon, "half", ""))
    return _judged(lons, lats, states, index=lat_texts.index)


def n_decimals(texts) -> pd.Series:
    """Return the number of decimals with which each number is written, as Int64; null where the text is no decimal number.

    Examples
    --------
    >>> n_decimals(pd.Series(["31.650259", "-110", ""])).tolist()
    [6, 0, <NA>]
    """
    parts = pd.Series(texts).astype("str").str.strip().str.extract(r"^[+-]?\d+(?:\.(\d*))?$|^(.*)$")
    return parts[0].fillna("").str.len().where(parts[1].isna()).astype("Int64")


def _judged(lons, lats, states, index) -> pd.DataFrame:
    """Return points with what is wrong with each: states are "", "blank" or a problem found while reading."""
    frame = pd.DataFrame({"lon": np.array(lons, dtype="float64"), "lat": np.array(lats, dtype="float64")}, index=index)
    state = pd.Series(np.array(states, dtype="object"), index=index)
    lon, lat = frame["lon"], frame["lat"]
    is_read = state == ""
    is_missing = is_read & (lon.isna() | lat.isna())
    is_infinite = is_read & (np.isinf(lon) | np.isinf(lat))
    is_swapped = is_read & lat.abs().between(90, 180, inclusive="right") & lon.abs().le(90)
    frame.loc[is_swapped, ["lon", "lat"]] = frame.loc[is_swapped, ["lat", "lon"]].to_numpy()
    is_outside = is_read & ~is_missing & ~is_infinite & ((frame["lon"].abs() > 180) | (frame["lat"].abs() > 90))
    is_null_island = is_read & (lon == 0) & (lat == 0)
    cases = [is_missing, is_infinite, is_outside, is_swapped, is_null_island]
    names = ["unreadable", "not_finite", "out_of_range", "swapped", "null_island"]
    frame["problem"] = pd.Series(np.select(cases, names, state.where(state != "blank", "")), index=index, dtype="str")
    frame.loc[frame["problem"].isin(UNREADABLE) | (state == "blank"), ["lon", "lat"]] = np.nan
    return frame


def _read_point(text: str):
    """Return (lon, lat, state) of one text that holds a pair."""
    if text.casefold() in BLANK:
        return np.nan, np.nan, "blank"
    if found := POINT.match(text):
        return _finite(float(found[1]), float(found[2]))
    if found := PAIR.match(text):
        return _finite(float(found[2]), float(found[1]))
    if found := COMMA_PAIR.match(text):
        a, b, c, d = (part for part in found.groups() if part is not None)
        return _finite(float(f"{c}.{d}"), float(f"{a}.{b}"))
    halves = HALVES.match(_capital(text))
    if halves:
        north, east = (half for half in halves.groups() if half is not None)
        return _angle(east, "EWO"), _angle(north, "NS"), ""
    return np.nan, np.nan, "unreadable"


def _finite(lon: float, lat: float):
    return lon, lat, "" if np.isfinite(lon) and np.isfinite(lat) else "not_finite"


def _column(texts: pd.Series, letters: str) -> np.ndarray:
    """Return the numbers of one column of angles, null where it cannot be read."""
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype="float64", na_value=np.nan, copy=True)
    for i in np.flatnonzero(np.isnan(numbers) & (texts != "").to_numpy()):
        numbers[i] = np.inf if texts.iloc[i].casefold() == "nan" else _angle(texts.iloc[i], letters)
    return numbers


def _angle(text: str, letters: str) -> float:
    """Return one angle in degrees, south and west negative; null where it cannot be read or its letter is of the other axis."""
    text = _capital(text).rstrip(",; ")
    if re.fullmatch(r"[+-]?\d{1,3},\d+", text):
        text = text.replace(",", ".")
    found = ANGLE.fullmatch(text)
    if not found:
        return np.nan
    parts = found.groupdict()
    letter = (parts["a"] or "") + (parts["b"] or "")
    minutes, seconds = float(parts["m"] or 0), float(parts["s"] or 0)
    if len(letter) > 1 or (letter and letter not in letters) or minutes > 60 or seconds > 60 or (letter and parts["sign"] == "-" and letter in "NE"):
        return np.nan
    is_negative = parts["sign"] == "-" or (bool(letter) and letter in "SWO")
    return (-1 if is_negative else 1) * (float(parts["d"]) + minutes / 60 + seconds / 3600)


def _capital(text: str) -> str:
    """Return a text in capitals with typographic signs of degree, minute and minus made plain."""
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("´", "'").replace("”", '"').replace("−", "-").replace("–", "-")
    return text.strip().upper()
