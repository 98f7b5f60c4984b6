"""The page of each zone in the report: its tables, its words, and the numbers that its sentences quote."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

from bsi.publish.language import DASH, N_, number, percent, translator
from bsi.publish.palette import CAUSE_GROUP_OF, CAUSE_GROUPS
from bsi.publish.report_people import fiscal
from bsi.publish.report_tables import plotted, written
from bsi.publish.tables import inert
from bsi.publish.words_verdicts import verdict_words
from bsi.publish.words_zones import HIDDEN, day_words

SHARE = N_("share of the people who died in the zone")
OAXACA = N_(
    "U.S.-Mexico Binational Commission, Working Group on Migration and Consular Affairs, joint communiqué, Oaxaca, September 1999; outline by this project"
)
MEXICO_CITY = N_(
    "U.S.-Mexico Binational Commission, Working Group on Migration and Consular Affairs, joint communiqué, Mexico City, November 2002; outline by this project"
)
CHECKED = N_(" (centerline checked against the California Department of Water Resources' canal file, CC BY 4.0)")
DEFINED_BY = {OAXACA: (OAXACA,), MEXICO_CITY: (MEXICO_CITY,), OAXACA + CHECKED: (OAXACA, CHECKED)}  # texts of data/zones/zones.geojson
UNITS = {
    "ground_mexico": (N_("share of the ground of the zone"), "zones", "share"), "possible": (N_("people"), "zone_weights x incidents", "count"),
    "possible_mexico": (N_("people"), "zone_weights x incidents", "count"),
}  # fmt: skip
SIDES = {"US": N_("Found on the U.S. side"), "MX": N_("Found on the Mexican side")}
MAPS = {"canal_aac": "map_canal", "desert_arizona_sonora": "map_desert", "desert_nogales_west": "map_nogales_west"}  # maps of the atlas itself
QUIET = 0.5  # fewer than half a person expected is not a row of its own
NAMED_OBSERVERS, LEAST_SHARE = 4, 0.01
AREA_TERM = re.compile(r"\b(?:zone|zone_possible|sector):(\w+)")


def helpers(context, lang: str, safe: type) -> dict[str, Callable]:
    """Return what the template of the zones may call, each by its name.

    Parameters
    ----------
    context : of the report, with the tables of `study_zones.page_tables` where at hand
    lang : "en" or "es"
    safe : type of text that is Markdown made here
    """
    return {
        "zone_pages": pages(context.tables),
        "zone_defined_by": lambda zone: safe(defined_by(zone["defined_by"], lang)),
        "zone_counts": lambda zone: safe(written(counts(context.tables, zone, lang), lang)),
        "zone_done": lambda zone: safe(written(done(context, zone, lang), lang)),
        "zone_seen": lambda zone: safe(inert(seen(context.tables, zone, lang))),
        "zone_key": lambda zone, name: f"{file_key(zone['zone_id'])}_{name}",
        "zone_sheet": lambda zone: f"zone_sheet_{file_key(zone['zone_id'])}",
        "zone_map_name": lambda zone: MAPS.get(zone["zone_id"], f"map_zone_{file_key(zone['zone_id'])}"),
        "zone_has_people": lambda zone: pd.notna(fact(context.tables, zone, "near")),
        "zone_hides_mexico": lambda zone: fact(context.tables, zone, "in_mexico") < fact(context.tables, zone, "ground_mexico") * HIDDEN,
    }


def fact(tables: Mapping[str, pd.DataFrame], zone: Mapping, key: str) -> float:
    """Return one of the shares that limit a zone's numbers (see `study_zones.facts_of`), not a number where it is not known."""
    table = tables.get("zone_facts")
    found = [] if table is None else table.loc[table["page"].eq(zone["zone_id"]) & table["key"].eq(key), "value"].tolist()
    return float("nan") if not found or pd.isna(found[0]) else float(found[0])


def pages(tables: Mapping[str, pd.DataFrame]) -> list[dict]:
    """Return the zones that have a page, each a row of ZONES with `parts`: the zones that are parts of it, in the same form.

    Parameters
    ----------
    tables : of the report
    """
    rows = {row["zone_id"]: row for row in tables["zones"].drop(columns="geometry", errors="ignore").to_dict("records")}
    listed = tables.get("zone_pages")
    if listed is None:
        return [{**row, "parts": []} for row in rows.values() if row["family"] != "sector"]
    whole = listed.loc[listed["part_of"].isna(), "zone_id"]
    return [{**rows[z], "parts": [rows[p] for p in listed.loc[listed["part_of"].eq(z).fillna(False), "zone_id"]]} for z in whole]


def file_key(zone_id: str) -> str:
    """Return a zone's id in small letters, digits and underscores, as figures and numbers are named."""
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in zone_id.lower())


def defined_by(text: str, lang: str) -> str:
    """Return who defined a zone, in the language where the project has it, else as the analyst wrote it, as inert Markdown."""
    _ = translator(lang)
    return inert("".join(_(part) for part in DEFINED_BY[text]) if text in DEFINED_BY else text)


def counts(tables: Mapping[str, pd.DataFrame], zone: Mapping, lang: str) -> tuple | None:
    """Return the small table of a zone: people expected, lowest and highest, in all, by year, by cause, by side, and in the parts of the zone.

    Parameters
    ----------
    tables : of the report, with zone_counts
    zone : of `pages`
    lang : "en" or "es"
    """
    _, table = translator(lang), tables.get("zone_counts")
    if table is None:
        return None
    own = table[table["page"].eq(zone["zone_id"])]
    if not own["highest"].sum():
        return None
    cause = own[own["section"].eq("cause")].assign(group=lambda t: t["key"].map(CAUSE_GROUP_OF)).groupby("group")[["expected", "lowest", "highest"]].sum()
    cause = cause[cause["expected"] >= QUIET].sort_values("expected", ascending=False, kind="stable")
    order = [g for g in cause.index if g != "unknown"] + [g for g in cause.index if g == "unknown"]
    rows = [(_("All years"), own[own["section"].eq("all")].iloc[0])]
    rows += [(fiscal(int(r["key"]), int(r["key"]), lang), r) for r in own[own["section"].eq("year")].to_dict("records")]
    rows += [(_("Cause: {cause}", cause=_(name).lower()), cause.loc[g]) for g, name in ((g, CAUSE_GROUPS[g][0]) for g in order)]
    rows += [(_(text), r) for side, text in SIDES.items() for r in own[own["section"].eq("side") & own["key"].eq(side)].to_dict("records")]
    for part in zone["parts"]:
        whole = table[table["page"].eq(part["zone_id"]) & table["section"].eq("all")]
        rows += [(_("Part: {part}", part=part[f"name_{lang}"]), r) for r in whole.to_dict("records")]
    shown = pd.DataFrame(
        [(name, *(number(r[c], lang, _digits(r[c])) for c in ("expected", "lowest", "highest"))) for name, r in rows], columns=["what", *"elh"]
    )
    heads = {"what": _("People who died"), "e": _("Expected"), "l": _("Lowest"), "h": _("Highest")}
    caption = _(
        "{zone}: people who died, as expected from what is known of each place, those certainly inside (lowest) and all who may be (highest).",
        zone=zone[f"name_{lang}"],
    )
    return shown, heads, caption


def _digits(value: float) -> int:
    return 1 if value % 1 and value < 10 else 0


def done(context, zone: Mapping, lang: str) -> tuple | None:
    """Return the table of what was done in a zone: date, name, and what the data say of it, from the verdicts as saved with their figure.

    Measures for the whole border or a sector enter as well; what is only a confounder enters where it is of the zone itself.

    Parameters
    ----------
    context : of the report
    zone : of `pages`
    lang : "en" or "es"
    """
    _, table = translator(lang), context.tables.get("zone_measures")
    if table is None:
        return None
    own = table[table["page"].eq(zone["zone_id"]) & (table["is_local"] | table["expected_direction"].eq("fewer"))]
    verdicts, rows = plotted(context, "verdicts"), []
    for row in own.to_dict("records"):
        asked = [q for q in verdicts.to_dict("records") if q["intervention_id"] == row["intervention_id"]]
        asked = [q for q in asked if set(AREA_TERM.findall(str(q["area"]))) <= set(row["areas"].split(";"))]
        said = [f"{q[f'name_{lang}']} {verdict_words(q, lang)}." for q in asked] or [_("No question was put to the data.")]
        rows.append((f"{day_words(row['from'], row['to'], lang)}: {row[f'name_{lang}']}", " ".join(said)))
    heads = {"what": _("What was done or changed"), "said": _("What the data say")}
    return pd.DataFrame(rows, columns=list(heads)), heads, _("{zone}: measures, changes, and what the data can tell of them.", zone=zone[f"name_{lang}"])


def seen(tables: Mapping[str, pd.DataFrame], zone: Mapping, lang: str) -> str:
    """Return the sentence that names who observed the people of a zone, with the share of each.

    Parameters
    ----------
    tables : of the report, with zone_observers
    zone : of `pages`
    lang : "en" or "es"
    """
    _, table = translator(lang), tables.get("zone_observers")
    own = pd.DataFrame() if table is None else table[table["page"].eq(zone["zone_id"]) & table["share"].gt(0)]
    if own.empty:
        return _("Nobody is listed as having died in this zone.")
    named = own[own["share"].ge(LEAST_SHARE)].head(NAMED_OBSERVERS)
    named = own.head(1) if named.empty else named
    parts = [f"{row[f'name_{lang}']}, {percent(row['share'], lang)}" for row in named.to_dict("records")]
    return _("Reported by: {names}. A person whom two reported is in both shares.", names="; ".join(parts) or DASH)


def zone_numbers(tables: Mapping[str, pd.DataFrame], entry: Callable) -> dict[str, dict]:
    """Return the numbers that the pages quote, by key: the zone's and near, no_cause, found, in_mexico, ground_mexico, possible or possible_mexico.

    Parameters
    ----------
    tables : of the report, with zone_facts where at hand
    entry : `numbers.entry`
    """
    table = tables.get("zone_facts")
    out = {}
    for row in () if table is None else table.to_dict("records"):
        unit, source, kind = UNITS.get(row["key"], (SHARE, "zone_weights x incidents", "share"))
        out[f"{file_key(row['page'])}_{row['key']}"] = entry(row["value"], unit, source, f"zone_id = {row['page']}, {row['filter']}", kind)
    return out
