"""Words, numbers and dates in English (en_US) and Spanish (es_MX), from one gettext catalogue that may have no gap."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import pandas as pd
from babel.dates import format_date as babel_date
from babel.dates import get_month_names
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from bsi.errors import InputError

LOCALES = {"en": "en_US", "es": "es_MX"}
LANGUAGES = tuple(LOCALES)
CATALOGUES = Path(__file__).parent / "locales"
DASH = "–"
MINUS = "\N{MINUS SIGN}"
_HOW = "Add it with its Spanish wording to bsi/publish/locales/es/LC_MESSAGES/bsi.po (see the recipe there)."


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Return the text unchanged: marks a string for the catalogue that is translated where it is shown."""
    return text


def check_language(lang: str) -> str:
    """Return the language code.

    Raises
    ------
    InputError
        It is neither en nor es.
    """
    if lang not in LOCALES:
        raise InputError(f"there is no language {lang!r}", do=f"Languages: {', '.join(LOCALES)}.")
    return lang


@lru_cache(maxsize=4)
def catalogue(lang: str):
    """Return the Babel catalogue of a language, all its .po files as one; English has none, its texts are the message ids."""
    merged = None
    for path in sorted((CATALOGUES / lang / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            found = read_po(file, locale=LOCALES[lang])
        if merged is None:
            merged = found
            continue
        for message in found:
            here = merged.get(message.id)
            if message.id and (here is None or not here.string):
                merged[message.id] = message
    return merged


def _lookup(text: str, lang: str) -> str | tuple:
    message = catalogue(lang).get(text)
    if message is None or not message.string or (isinstance(message.string, (tuple, list)) and not all(message.string)):
        raise InputError(f"the text {text!r} has no translation into {lang!r}", do=_HOW)
    if message.fuzzy:
        raise InputError(f"the translation of {text!r} into {lang!r} is marked fuzzy", do="Read it, put it right, and remove the mark in bsi.po.")
    return message.string


def translator(lang: str) -> Callable[..., str]:
    """Return the function `_(text, **values)` that translates a text and then fills its {values} in.

    Parameters
    ----------
    lang : "en" or "es"

    Raises
    ------
    InputError
        The language is unknown; the returned function raises it for a text that is missing or fuzzy in the catalogue.

    Examples
    --------
    >>> translator("es")("Deaths")
    'Muertes'
    """
    check_language(lang)

    def translate(text: str, **values) -> str:
        out = text if lang == "en" else _lookup(text, lang)
        return out.format(**values) if values else out

    return translate


def plural(lang: str) -> Callable[..., str]:
    """Return the function `ngettext(singular, plural, n, **values)`; {n} is filled in as a number of the language.

    Raises
    ------
    InputError
        The language is unknown, or (when called) the text has no complete translation.
    """
    check_language(lang)

    def ngettext(singular: str, plural_text: str, n: float, **values) -> str:
        forms = (singular, plural_text) if lang == "en" else _lookup(singular, lang)
        return forms[0 if n == 1 else 1].format(n=number(n, lang), **values)

    return ngettext


def capital(text: str) -> str:
    """Return the text with a capital first letter, the others as they are.

    Examples
    --------
    >>> capital("enero"), capital("U.S. side")
    ('Enero', 'U.S. side')
    """
    return text[:1].upper() + text[1:]


def number(value, lang: str, digits: int | None = 0) -> str:
    """Return a number as the language writes it, with a true minus; a dash for null; `digits` decimals (None: as many as needed, at most 3).

    Examples
    --------
    >>> number(1234.5, "es", 1), number(-1234.5, "en", 1), number(None, "en")
    ('1,234.5', '−1,234.5', '–')
    """
    if value is None or pd.isna(value):
        return DASH
    pattern = "#,##0.###" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(float(value), format=pattern, locale=LOCALES[check_language(lang)]).replace("-", MINUS)


def signed(value: float, lang: str, digits: int = 0) -> str:
    """Return a number with its sign, a true minus where it is below zero and none where it rounds to zero.

    Examples
    --------
    >>> signed(-4.4, "en", 1), signed(2.3, "es"), signed(-0.2, "en")
    ('−4.4', '+2', '0')
    """
    text = number(abs(value), lang, digits)
    return text if text == number(0, lang, digits) else ("+" if value > 0 else MINUS) + text


def percent(share, lang: str, digits: int = 0) -> str:
    """Return a share (0 to 1) as a percentage; a dash for null.

    Examples
    --------
    >>> percent(0.48, "en"), percent(0.48, "es")
    ('48%', '48%')
    """
    if share is None or pd.isna(share):
        return DASH
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    return format_percent(float(share), format=pattern, locale=LOCALES[check_language(lang)])


def date(day, lang: str, style: str = "long") -> str:
    """Return a day in words (long) or short (medium, not broken over two lines); a dash for null.

    Examples
    --------
    >>> import datetime as dt
    >>> date(dt.date(2024, 11, 14), "es"), date(dt.date(2024, 11, 14), "en")
    ('14 de noviembre de 2024', 'November 14, 2024')
    """
    if day is None or pd.isna(day):
        return DASH
    day = pd.Timestamp(day).date()
    text = babel_date(day, format=style, locale=LOCALES[check_language(lang)])
    return text.replace(" ", "\N{NO-BREAK SPACE}") if style == "medium" else text


def months(lang: str, width: str = "abbreviated") -> list[str]:
    """Return the twelve names of the months, January first."""
    names = get_month_names(width, "stand-alone", locale=LOCALES[check_language(lang)])
    return [names[m].rstrip(".") for m in range(1, 13)]


def join(items: Iterable[str], lang: str) -> str:
    """Return 'a, b, and c' / 'a, b y c' (Spanish: e before the sound i).

    Examples
    --------
    >>> join(["a", "b"], "en"), join(["Sonora", "Imperial"], "es")
    ('a and b', 'Sonora e Imperial')
    """
    items = [str(i) for i in items]
    text = format_list(items, locale=LOCALES[check_language(lang)])
    if lang == "es" and len(items) > 1 and re.match(r"h?[ií](?!e)", items[-1], re.IGNORECASE):
        text = text.removesuffix(f" y {items[-1]}") + f" e {items[-1]}"
    return text


def period(start, end, lang: str) -> str:
    """Return the name of a period from its first and last day: FY2015 / AF2015 (October to September), 2015, Jul 2015, or the years it spans.

    Examples
    --------
    >>> period("2014-10-01", "2015-09-30", "en"), period("2014-10-01", "2015-09-30", "es"), period("2015-01-01", "2015-12-31", "es")
    ('FY2015', 'AF2015', '2015')
    """
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    n_months = (last.year - first.year) * 12 + last.month - first.month + 1
    fiscal = {"en": "FY", "es": "AF"}[check_language(lang)]
    if n_months == 1:
        return f"{months(lang)[first.month - 1]} {first.year}"
    if first.month == 10 and last.month == 9:
        return f"{fiscal}{last.year}" if n_months == 12 else f"{fiscal}{first.year + 1}–{last.year}"
    return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
