"""Dates as the files write them, and the interval in which a person found on a day may have died."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

import numpy as np
import pandas as pd

FIRST_YEAR, LAST_YEAR = 1000, 2999
ORDERS = ("month_first", "day_first")
BLANK = {
    "", "nan", "nat", "none", "null", "n/a", "na", "-", "--", "?", "unknown", "unk", "n/d", "nd", "s/f", "s/d", "desconocido", "desconocida", "sin fecha",
    "no date",
}  # fmt: skip
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan ene", "feb", "mar", "apr abr", "may", "jun", "jul", "aug ago", "sep set", "oct", "nov", "dec dic"),
        start=1,
    )
    for name in names.split()
}
LONG_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "sept", "october", "november", "december"),
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "setiembre", "octubre", "noviembre", "diciembre"),
)
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mie|jue|vie|sab|dom)[a-z]*\.?,? +)?"
TIME = r"(?:[t, ]+\d{1,2}:?\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:z|utc|gmt|[a-z]{1,2}[sd]t)?\s*(?:[+-]\d{2}:?(?:\d{2})?)?)?"
PATTERNS = {
    "year_first": re.compile(rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){TIME}"),
    "compact": re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})"),
    "pair": re.compile(rf"(?P<p>\d{{1,2}})[-/. ]+(?P<q>\d{{1,2}})[-/. ]+(?P<y>\d{{4}}|\d{{2}}){TIME}"),
    "day_name": re.compile(rf"{WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|o)?[-/., ]*(?:de )?(?P<n>[a-z]+)[-/., ]*(?:del? )?(?P<y>\d{{4}}|\d{{2}}){TIME}"),
    "name_day": re.compile(rf"{WEEKDAY}(?P<n>[a-z]+)[-/. ]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-/., ]+(?P<y>\d{{4}}|\d{{2}}){TIME}"),
    "month": re.compile(r"(?P<n>[a-z]+)[-/., ]*(?:del? )?(?P<y>\d{4})"),
    "year_month": re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})"),
    "month_year": re.compile(r"(?P<m>\d{1,2})[-/](?P<y>\d{4})"),
    "year": re.compile(r"(?P<y>\d{4})(?:\.0)?"),
    "epoch_ms": re.compile(r"(?P<ms>\d{12,13})(?:\.0)?"),
    "serial": re.compile(r"(?P<serial>\d{5})(?:\.\d+)?"),
}


def parse_dates(texts, years=None, months=None, *, prefer=None, latest=None) -> pd.DataFrame:
    """Return the dates of one file's column, and where the text is blank or unreadable what the year and month columns know.

    Whether `3/4/2015` is March or April is decided once for the file: by the rows in which one part is above 12, else by `prefer`. Where rows
    contradict each other the minority is unreadable, and with more than one in a hundred contradicting so are all rows that could be either.

    Parameters
    ----------
    texts : Series of str, the dates as written (English or Spanish; Excel serial numbers in the 1900 system; milliseconds
        since 1970; a time and its zone are left out: the day is that which is written)
    years, months : Series of str with the same index, the file's own year and month columns, if any
    prefer : "month_first", "day_first" or None; what holds where no row of the file decides. With None such rows are unreadable
    latest : Timestamp; two-digit years are put in the latest century in which the date does not lie after it. Without it 69 to 99 are 19xx

    Returns
    -------
    DataFrame with the index of `texts`: `date` (datetime64[us]; the first day where only month or year is known), `precision` (day, month, year,
    none), `problem` (what could not be read; "" where nothing), `is_order_assumed` (day and month told apart by `prefer` alone) and
    `is_year_conflict` (the year column contradicts the date).

    Examples
    --------
    >>> parse_dates(pd.Series(["9-Jul-19", "30 de diciembre de 2019", "Mar 2015"]))["date"].astype(str).tolist()
    ['2019-07-09', '2019-12-30', '2015-03-01']
    """
    texts = pd.Series(texts).astype("str").fillna("")
    codes, unique = pd.factorize(texts)
    latest = None if latest is None else pd.Timestamp(latest).date()
    read = [_read(text, latest) for text in unique]
    order, is_mixed = _order(read, np.bincount(codes, minlength=len(unique)))
    settled = [_settle(parts, order or prefer, is_mixed) for parts in read]
    found = pd.DataFrame(settled, columns=["date", "precision", "problem"])
    found["is_order_assumed"] = [order is None and prefer is not None and kind == "pair" and p != q for kind, p, q, *_ in read]
    found["date"] = pd.to_datetime(pd.Series(found["date"], dtype="object")).astype("datetime64[us]")
    dates = found.take(codes).set_axis(texts.index, axis=0)
    return _completed(dates, years, months)


def death_interval(found, condition_class) -> pd.DataFrame:
    """Return the days between which a person found on a day died, by the post-mortem interval of the Arizona OpenGIS file.

    Parameters
    ----------
    found : Series of datetime64, day of finding
    condition_class : Series of str: `< 1 day`, `< 1 week`, `< 3 weeks`, `< 5 weeks`, `< 3 months`, `< 6-8 months`, `> 6-8 months` or blank

    Returns
    -------
    DataFrame `died_from`, `died_to`: `died_to` is the day of finding; `died_from` is null for the open-ended class and for blank or other text.
    The class "< 6-8 months" reaches back eight months, the wider reading.

    Examples
    --------
    >>> death_interval(pd.Series(pd.to_datetime(["2015-06-30"])), pd.Series(["< 3 weeks"]))["died_from"].astype(str).tolist()
    ['2015-06-09']
    """
    found = pd.Series(found).astype("datetime64[us]")
    parts = pd.Series(condition_class, index=found.index).astype("str").str.strip().str.extract(r"^<\s*(?:\d+\s*-\s*)?(\d+)\s*(day|week|month)s?$")
    number = pd.to_numeric(parts[0], errors="coerce")
    earliest = found - pd.to_timedelta(number * parts[1].map({"day": 1, "week": 7}), unit="D")
    for months in number[parts[1] == "month"].unique():
        rows = (parts[1] == "month") & (number == months)
        earliest = earliest.mask(rows, found - pd.DateOffset(months=int(months)))
    return pd.DataFrame({"died_from": earliest.astype("datetime64[us]"), "died_to": found})


def _read(text: str, latest: date | None):
    """Return (kind, a, b, year) of one text: kind day, month, year, pair, blank or bad; for pair a and b are as yet without order."""
    plain = text.strip().lstrip("'").casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    if plain in BLANK:
        return "blank", 0, 0, 0
    for name, pattern in PATTERNS.items():
        parts = pattern.fullmatch(plain)
        if parts and (read := _take(name, parts.groupdict(), latest)):
            return read
    return "bad", text, 0, 0


def _take(name: str, parts: dict, latest: date | None):
    """Return the parts of a matched pattern as (kind, day or first, month or second, year), or None where a word is no month."""
    if name == "epoch_ms":
        day = date(1970, 1, 1) + timedelta(milliseconds=int(parts["ms"]))
        return "day", day.day, day.month, day.year
    if name == "serial":
        day = date(1899, 12, 30) + timedelta(days=int(parts["serial"]))
        return ("day", day.day, day.month, day.year) if 15_000 <= int(parts["serial"]) <= 80_000 else None
    month = int(parts.get("m") or 0) or _month(parts.get("n") or "")
    if parts.get("n") and not month:
        return None
    first, second = int(parts.get("p") or parts.get("d") or 0), int(parts.get("q") or month)
    year = int(parts["y"]) if len(parts["y"]) == 4 else _century(int(parts["y"]), first, second, latest)
    kind = {"pair": "pair", "year": "year", "month": "month", "year_month": "month", "month_year": "month"}.get(name, "day")
    return kind, first, second, year


def _month(word: str) -> int:
    """Return the number of a month, English or Spanish, whole or cut to three or more letters; 0 if it is none."""
    word = word.strip(". ")
    whole = len(word) >= 3 and any(name.startswith(word) for name in LONG_MONTHS)
    return MONTHS.get(word[:3], 0) if whole else 0


def _century(short: int, first: int, second: int, latest: date | None) -> int:
    if latest is None:
        return short + (1900 if short >= 69 else 2000)
    month, day = (second, first) if second <= 12 else (first, second)
    is_future = (2000 + short, month, day) > (latest.year, latest.month, latest.day)
    return short + (1900 if is_future else 2000)


def _order(read, weights) -> tuple[str | None, bool]:
    """Return the order of day and month that a file's rows prove (None: nothing decides), and whether they contradict each other."""
    votes = dict.fromkeys(ORDERS, 0)
    for (kind, first, second, _), n in zip(read, weights, strict=True):
        if kind == "pair" and (first > 12) != (second > 12):
            votes["day_first" if first > 12 else "month_first"] += int(n)
    if not any(votes.values()):
        return None, False
    return max(votes, key=votes.get), min(votes.values()) > sum(votes.values()) / 100


def _settle(parts, order: str | None, is_mixed: bool):
    """Return (date, precision, problem) of the parts of one text under the file's order of day and month."""
    kind, first, second, year = parts
    if kind == "blank":
        return None, "none", ""
    if kind == "bad":
        return None, "none", f"date {first!r} is in no known pattern"
    day, month = first, second
    if kind == "pair":
        if first != second and max(first, second) <= 12 and (is_mixed or order is None):
            why = "the rows of the file contradict each other" if is_mixed else "no row of the file decides"
            return None, "none", f"date {first}/{second}/{year}: {why} on which number is the day"
        day, month = (first, second) if order == "day_first" else (second, first)
    try:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError
        return date(year, month if kind != "year" else 1, day if kind in ("day", "pair") else 1), "day" if kind == "pair" else kind, ""
    except ValueError:
        return None, "none", f"there is no such day: year {year}, month {month}, day {day}"


def _completed(dates: pd.DataFrame, years, months) -> pd.DataFrame:
    """Return the dates, completed from the year and month columns where the text gave none, and the contradictions between them."""
    if years is None:
        return dates.assign(is_year_conflict=False)
    year = pd.to_numeric(pd.Series(years), errors="coerce")
    year = year.where(year.between(FIRST_YEAR, LAST_YEAR) & (year % 1 == 0))
    known = dates["date"].dt.year
    dates["is_year_conflict"] = year.notna() & known.notna() & (year != known)
    month = pd.Series(0, index=dates.index) if months is None else _month_numbers(pd.Series(months))
    fill = dates["date"].isna() & year.notna()
    text = year[fill].astype("int64").astype("str") + "-" + month[fill].clip(lower=1).astype("str").str.zfill(2) + "-01"
    dates.loc[fill, "date"] = pd.to_datetime(text).astype("datetime64[us]")
    dates.loc[fill, "precision"] = np.where(month[fill] > 0, "month", "year")
    return dates


def _month_numbers(months: pd.Series) -> pd.Series:
    """Return the numbers of months given as words or numbers; 0 where it is neither."""
    texts = months.astype("str").fillna("")
    return texts.map({t: int(month_number(t)) for t in texts.unique()}).astype("int64")


def month_number(text: str) -> str:
    """Return the number of a month given as a word, English or Spanish, or as a number; "0" where it is neither.

    >>> month_number("enero"), month_number("03"), month_number("Sept."), month_number("?")
    ('1', '3', '9', '0')
    """
    plain = text.strip().casefold().removesuffix(".0")
    return str(int(plain) if re.fullmatch(r"0?[1-9]|1[0-2]", plain) else _month(unicodedata.normalize("NFKD", plain)))
