"""Tables of the report on the people who died: by year, place, cause, month and zone, and who reported them."""

from __future__ import annotations

import pandas as pd

from bsi.publish.language import DASH, N_, capital, months, number, period, translator
from bsi.publish.palette import CAUSE_GROUPS, SECTOR_NAMES, SECTORS_WEST_TO_EAST
from bsi.publish.report_tables import held

FIRST_YEAR = 1998
UNKNOWN, MEXICO, TOTAL = "unknown", "MX", "total"
OBSERVERS = {
    "medical_examiner": N_("medical examiners and coroners"), "county_records": N_("records of counties"), "media": N_("press"),
    "border_patrol": N_("U.S. Border Patrol"), "ngo": N_("civil society organizations"), "sheriff": N_("sheriffs"),
    "search_and_rescue": N_("search and rescue"),
    "migration_authority": N_("Mexican migration authority"), "consulate": N_("consulates"), "police": N_("police"), "prosecutor": N_("prosecutors"),
    "university": N_("universities"), "intergovernmental": N_("international organizations"),
    "federal_agency": N_("other federal agencies"), "other": N_("observer not known"),
}  # fmt: skip


def fiscal(first: int, last: int, lang: str) -> str:
    """Return the name of a span of fiscal years.

    Examples
    --------
    >>> fiscal(2020, 2024, "es"), fiscal(2024, 2024, "en")
    ('AF2020–2024', 'FY2024')
    """
    return period(f"{first - 1}-10-01", f"{last}-09-30", lang)


def spans(edition: int, first: int = FIRST_YEAR) -> list[tuple[int, int]]:
    """Return the spans of five fiscal years that end with the edition's; the first takes what is left over.

    Examples
    --------
    >>> spans(2024)
    [(1998, 2004), (2005, 2009), (2010, 2014), (2015, 2019), (2020, 2024)]
    """
    starts = sorted(s for s in range(edition - 4, first - 1, -5) if s - first >= 5 or s == first)
    starts = starts if starts and starts[0] == first else [first, *starts]
    return list(zip(starts, [*(s - 1 for s in starts[1:]), edition], strict=True))


def interval(low: float, high: float, lang: str, digits: int = 0) -> str:
    """Return an interval as text, a dash where there is none.

    Examples
    --------
    >>> interval(4.8, 18.4, "en"), interval(None, None, "en")
    ('5–18', '–')
    """
    return DASH if pd.isna(low) or pd.isna(high) else f"{number(low, lang, digits)}–{number(high, lang, digits)}"


def _by_year(context, lang: str):
    _ = translator(lang)
    parts = [_by_named_year(held(context, f"deaths_by_{kind}_year"), f"{kind}_") for kind in ("fiscal", "calendar")]
    cut = _cut_years(context.tables["records"])
    table = parts[0].join(parts[1], how="outer")
    first, years = _("Up to {year}", year=FIRST_YEAR - 1), [y for y in table.index if y > 0]
    names = {0: _("Year not known"), -1: first, **{y: str(y) for y in years}}
    order = [*([-1] if -1 in table.index else []), *sorted(years), *([0] if 0 in table.index else [])]
    shown = table.loc[order]
    total = shown[[c for c in shown if c.endswith(("dead", "missing"))]].sum()
    shown = pd.concat([shown.assign(name=[names[y] for y in order]), pd.DataFrame([{**total, "name": _("Total")}])])
    for kind in ("fiscal", "calendar"):
        stars = [" *" if name in cut[kind] else "" for name in shown["name"]]
        shown[f"{kind}_dead"] = [DASH if pd.isna(n) else number(n, lang) + star for n, star in zip(shown[f"{kind}_dead"], stars, strict=True)]
    heads = {
        "name": _("Year"), "fiscal_dead": _("Died, fiscal year"), "fiscal_missing": _("Missing, fiscal year"),
        "calendar_dead": _("Died, calendar year"), "calendar_missing": _("Missing, calendar year"),
    }  # fmt: skip
    caption = _(
        "People who died or went missing, by U.S. fiscal year (October to September) and by calendar year. Earlier years are "
        "one row. An asterisk marks a year in which a list ends: its later months rest on fewer lists, or on none."
    )
    return shown, heads, caption


def _by_named_year(table: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Return dead and missing by year; earlier years are -1, those that cannot be placed 0."""
    rows = table[table["part"].ne("cumulative")]
    year = rows["period_end"].dt.year.astype("Int64")
    key = year.mask(year.lt(FIRST_YEAR).fillna(False), -1).fillna(0).astype("int64")
    out = rows.groupby(key).agg(dead=("n_dead", "sum"), missing=("n_missing", "sum"))
    return out[(out.index > 0) | out.sum(axis=1).gt(0)].add_prefix(prefix)


def _cut_years(records: pd.DataFrame) -> dict[str, set[str]]:
    """Return the years, fiscal and calendar, in which a list ends that holds records of that year."""
    rows = records.assign(ends=records.groupby("source")["vintage"].transform("max"))
    named = {"fiscal": lambda days: days.dt.year + (days.dt.month >= 10), "calendar": lambda days: days.dt.year}
    return {kind: set(year(rows["ends"])[year(rows["ends"]).eq(year(rows["date"]))].astype("str")) for kind, year in named.items()}


def _by_category(context, lang: str, name: str, words: dict, caption: tuple[str, str]):
    """Return a table of categories by spans of years, the year before and the edition's with its exact interval, and the totals."""
    _ = translator(lang)
    table = held(context, name)
    words = {**words, TOTAL: _("Total")}
    wide = table.pivot(index="category", columns="year", values="n_dead").astype("Int64")
    wide = wide.reindex([w for w in words if w in wide.index])
    columns = [*spans(context.edition), (context.edition - 1,) * 2, (context.edition,) * 2]
    shown = pd.DataFrame({fiscal(a, b, lang): wide.loc[:, a:b].sum(axis=1, min_count=1) for a, b in columns})
    own = table[table["year"].eq(context.edition)].set_index("category").reindex(wide.index)
    shown["interval"] = [interval(a, b, lang) for a, b in zip(own["low"], own["high"], strict=True)]
    shown.insert(0, "category", [capital(words[c]) for c in wide.index])
    heads = {"category": caption[0], **{c: c for c in shown if c not in ("category", "interval")}}
    heads["interval"] = _("Interval {year}", year=fiscal(context.edition, context.edition, lang))
    said = _("The interval is the exact one of a count (Garwood), 95%: the long-run averages that such a count agrees with.")
    return shown, heads, f"{caption[1]} {said}"


def _by_place(context, lang: str):
    _ = translator(lang)
    words = {**{s: SECTOR_NAMES[s] for s in SECTORS_WEST_TO_EAST}, UNKNOWN: _("sector not known"), MEXICO: _("Mexican side")}
    said = _("People who died by Border Patrol sector, on the U.S. side, and on the Mexican side. A dash: no list names anyone there in those years.")
    return _by_category(context, lang, "deaths_by_place", words, (_("Sector, west to east"), said))


def _by_cause(context, lang: str):
    _ = translator(lang)
    words = {key: _(name) for key, (name, _colour, _causes) in CAUSE_GROUPS.items()}
    return _by_category(context, lang, "deaths_by_cause", words, (_("Cause"), _("People who died by cause.")))


def _by_month(context, lang: str):
    _ = translator(lang)
    words = dict(enumerate(months(lang, "wide"), 1))
    return _by_category(context, lang, "deaths_by_month", words, (_("Month"), _("People who died by month of the date in the lists.")))


def _by_zone(context, lang: str):
    _ = translator(lang)
    table = held(context, "deaths_by_zone")
    zones, rows = context.tables["zones"], []
    for zone, name in zones.loc[~zones["family"].eq("sector"), ["zone_id", f"name_{lang}"]].itertuples(index=False):
        own = table[table["zone_id"].eq(zone)]
        row = {"zone": name}
        for key, part in (("year", own[own["year"].eq(context.edition)]), ("all", own)):
            expected, low, high = part["n_expected"].sum(), part["n_low"].sum(), part["n_high"].sum()
            row |= {f"{key}_n": number(expected, lang, 1), f"{key}_range": interval(low, high, lang)}
        rows.append(row)
    year, span = fiscal(context.edition, context.edition, lang), fiscal(FIRST_YEAR, context.edition, lang)
    heads = {
        "zone": _("Zone"), "year_n": _("{when}: expected", when=year), "year_range": _("{when}: lowest–highest", when=year),
        "all_n": _("{when}: expected", when=span), "all_range": _("{when}: lowest–highest", when=span),
    }  # fmt: skip
    caption = _(
        "People who died in the zones: the sum of the probabilities of lying in the zone, those certainly inside it (lowest) "
        "and those possibly inside it (highest). Zones overlap, and the desert holds the area west of Nogales: rows must not be "
        "added up."
    )
    return pd.DataFrame(rows), heads, caption


def _observers(context, lang: str):
    _ = translator(lang)
    table = held(context, "observers")
    table = table[table["n"].gt(0) & table["type"].isin(OBSERVERS)]
    shown = table.assign(type=[capital(_(OBSERVERS[t])) for t in table["type"]])
    heads = {
        "type": _("Observer"), "n": fiscal(FIRST_YEAR, context.edition, lang), "n_alone": _("Of them, by nobody else"),
        "n_edition": fiscal(context.edition, context.edition, lang),
    }  # fmt: skip
    return shown, heads, _("Who reported the people who died. A person may have several observers, so rows must not be added up.")


MAKERS = {"by_year": _by_year, "by_place": _by_place, "by_cause": _by_cause, "by_month": _by_month, "by_zone": _by_zone, "observers": _observers}
