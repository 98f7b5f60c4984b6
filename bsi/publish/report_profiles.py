"""Tables of the report on who the people were: sex, age, nationality, whether they have a name; small numbers withheld."""

from __future__ import annotations

import pandas as pd

from bsi.contracts import LEAST_SHOWN
from bsi.publish.language import DASH, N_, capital, number, percent, period, translator
from bsi.publish.palette import CAUSE_GROUPS, SECTOR_NAMES
from bsi.publish.report_people import MEXICO, TOTAL, UNKNOWN, fiscal
from bsi.publish.report_tables import held
from bsi.publish.words_people import country

OTHER = "other"
WITHHELD = "c"
SEX = {"female": N_("women and girls"), "male": N_("men and boys")}


def _who(attribute: str, category: str, lang: str) -> str:
    """Return a category of sex, age, nationality, cause or place in words."""
    _ = translator(lang)
    if attribute == "cause":
        return _(CAUSE_GROUPS[category][0])
    if category in (UNKNOWN, OTHER):
        return _("not known") if category == UNKNOWN else _("other countries")
    if attribute == "age_group":
        return category.replace("-", "–")
    if attribute == "nationality":
        return country(category, lang)
    if attribute == "place":
        return _("Mexican side") if category == MEXICO else SECTOR_NAMES[category]
    return _(SEX[category])


def _profiles(context, lang: str):
    _ = translator(lang)
    table = held(context, "profiles")
    names = {"sex": _("Sex"), "age_group": _("Age"), "nationality": _("Nationality")}
    shown = pd.DataFrame({
        "who": [f"{names[a]}: {_who(a, c, lang)}" for a, c in zip(table["attribute"], table["category"], strict=True)],
        "n": [_count(n, lang) for n in table["n"]],
        "share": [percent(s, lang, 1) for s in table["share"]],
        "interval": [DASH if pd.isna(a) else f"{percent(a, lang, 1)}–{percent(b, lang, 1)}" for a, b in zip(table["low"], table["high"], strict=True)],
        "edition": [_count(n, lang) for n in table["n_edition"]],
    })  # fmt: skip
    heads = {
        "who": _("Who"), "n": _("All years"), "share": _("Share of those known"), "interval": _("Interval (exact)"),
        "edition": fiscal(context.edition, context.edition, lang),
    }  # fmt: skip
    return shown, heads, _("People who died by sex, age in years and nationality.") + " " + _withheld(lang)


def _count(n, lang: str) -> str:
    return WITHHELD if pd.isna(n) else number(n, lang)


def _withheld(lang: str) -> str:
    _ = translator(lang)
    return _(
        "The letter c stands for a number that is withheld: fewer than {n} people, or one from which such a number could be computed. What is not known "
        "of people tells nothing of them and is not withheld.",
        n=number(LEAST_SHOWN, lang),
    )


def _crossed(context, lang: str, name: str, rows: str, columns: str, caption: tuple[str, str]):
    _ = translator(lang)
    table = context.tables.get(name)
    if table is None or len(table) < 2:
        return None
    everyone = _("Total")
    heads = {c: everyone if c == TOTAL else capital(_who(columns, c, lang)) for c in table.columns if c != "category"}
    shown = table.assign(**{c: [_count(n, lang) for n in table[c]] for c in heads})
    shown["category"] = [everyone if c == TOTAL else capital(_who(rows, c, lang)) for c in table["category"]]
    return shown, {"category": caption[0], **heads}, caption[1] + " " + _withheld(lang)


def _sex_by_age(context, lang: str):
    _ = translator(lang)
    return _crossed(context, lang, "sex_by_age", "age_group", "sex", (_("Age in years"), _("People who died by age and sex, all years.")))


def _sex_by_cause(context, lang: str):
    _ = translator(lang)
    return _crossed(context, lang, "sex_by_cause", "cause", "sex", (_("Cause"), _("People who died by cause and sex, all years.")))


def _nationality_by_sector(context, lang: str):
    _ = translator(lang)
    return _crossed(context, lang, "nationality_by_sector", "place", "nationality", (_("Sector"), _("People who died by sector and nationality, all years.")))


def _identified(context, lang: str):
    _ = translator(lang)
    table = held(context, "identified_by_span")
    years = [period(f"{a}-01-01", f"{b}-12-31", lang) for a, b in zip(table["first_year"], table["last_year"], strict=True)]
    ranges = [DASH if pd.isna(a) else f"{percent(a, lang)}–{percent(b, lang)}" for a, b in zip(table["low"], table["high"], strict=True)]
    shown = table.assign(years=years, share=[percent(s, lang) for s in table["share"]], interval=ranges)
    heads = {
        "years": _("Years of finding"), "identified": _("Identified"), "unidentified": _("Not identified"), "not_stated": _("Not stated"),
        "share": _("Not identified, of those stated"), "interval": _("Interval (exact)"),
    }  # fmt: skip
    return shown, heads, _("People whose list says whether they have been identified, by calendar years of finding.")


MAKERS = {
    "profiles": _profiles, "sex_by_age": _sex_by_age, "sex_by_cause": _sex_by_cause, "nationality_by_sector": _nationality_by_sector, "identified": _identified,
}  # fmt: skip
