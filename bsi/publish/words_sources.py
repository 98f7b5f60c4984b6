"""The words around the titles of published documents in the language of the reader; the titles themselves stay as they are."""

from __future__ import annotations

import re

from bsi.publish.language import N_, date, months, translator

PHRASES = (  # the longer before the shorter that it begins with
    N_("quoting Border Patrol statistics at the launch of the 2004 campaign"), N_("quoting a Border Patrol spokesman"), N_("quoting the draft asylum rule"),
    N_("citing CBP count through"), N_("citing SEGOB report"), N_("citing SRE report"), N_("citing DHS figures"), N_("citing SRE"), N_("citing UPM"),
    N_("citing INM"), N_("citing CBP"), N_("citing"), N_("total apprehensions (from March 2020 encounters) by sector and month"),
    N_("fiscal year staffing statistics"), N_("U.S. Border Patrol encounters by sector and month, FY2000 to"), N_("interview with Del Rio deputy chief"),
    N_("machine-paraphrased repost on"), N_("CBP data obtained by"), N_("CBP local media release"), N_("INS news release"), N_("INM communiqué"),
    N_("Del Rio Sector video"), N_("on CBP Yuma briefing"), N_("on GAO"), N_("preliminary full-year"), N_("Border Patrol tally"), N_("as quoted by the"),
    N_("no address recorded; cites"), N_("Unattributed page"), N_("special report"), N_("SRE consulates"), N_("U.S. Border Patrol"), N_("via"), N_("repost"),
    N_("letter"), N_("dated"), N_("released"), N_("spring"), N_("mid-2019"), N_("Aug-Sep"), N_("table"), N_("and the"),
)  # fmt: skip
WORD = re.compile(r"\b(?:" + "|".join(re.escape(p) for p in PHRASES) + r")(?!\w)")
QUOTES = {"en": ('"', '"'), "es": ("«", "»")}
MONTH = "|".join([*months("en", "wide"), *months("en")])
ISO_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
DAY = re.compile(rf"(?<![\d.])(?:(?:(\d\d?)-)?([1-9]|[12]\d|3[01]) )?\b({MONTH}) (\d{{4}})\b")


def around(text: str, lang: str) -> str:
    """Return the description of a document with everything outside quotation marks in the language: words between titles, days, fiscal years.

    Examples
    --------
    >>> around('AP via Hawaii Tribune-Herald 24 Oct 2014, "Border deaths via AP"', "es")
    'AP por medio de Hawaii Tribune-Herald 24 oct 2014, «Border deaths via AP»'
    >>> around("Washington Times, 19 July 2005; Oaxaca, 8-9 September 1999; New York Times 2007-09-14", "en")
    'Washington Times, Jul 19, 2005; Oaxaca, Sep 8–9, 1999; New York Times Sep 14, 2007'
    """
    _, parts = translator(lang), text.split('"')
    for i in range(0, len(parts), 2):
        parts[i] = DAY.sub(lambda m: _day(m, lang), WORD.sub(lambda m: _(m.group()), parts[i]))
        parts[i] = ISO_DAY.sub(lambda m: date(m.group(), lang, "medium"), parts[i])
        parts[i] = re.sub(r"\bFY(?=\d{4})", "AF" if lang == "es" else "FY", parts[i])
    opening, closing = QUOTES[lang]
    return "".join(f"{opening}{part}{closing}" if i % 2 else part for i, part in enumerate(parts))


def _day(match: re.Match, lang: str) -> str:
    first, day, name, year = match.groups()
    month = next(i for i, (long, short) in enumerate(zip(months("en", "wide"), months("en"), strict=True), 1) if name in (long, short))
    if not day:
        return f"{months(lang)[month - 1]} {year}"
    text = date(f"{year}-{month:02}-{int(day):02}", lang, "medium")
    return text.replace(day, f"{first}–{day}", 1) if first else text
