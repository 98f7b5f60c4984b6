"""Every figure by name: the notebook it belongs to, and the tables of a register that it is drawn from."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from bsi.errors import NotEstimable
from bsi.selections import (
    area,
    base_geometry,
    claims_table,
    counted,
    identified_by_year,
    in_zone,
    list_names,
    listed,
    official_rate_table,
    official_years,
    rate_table,
    reason_text,
    sensitivity_table,
    singly,
)


@dataclass(frozen=True)
class Plate:
    """A figure by name: notebook, one line of what it shows, and make(register, choices) -> draw(lang, size)."""

    notebook: str
    shows: str
    make: Callable


def _by_period(period: str) -> Callable:
    def make(register, choices):
        from bsi.publish import figures

        table, name = listed(register, choices, period), area(register, choices)
        return lambda lang, size: figures.deaths_by_period(table, lang, size, area=name)

    return make


def _by_sector(register, choices):
    from bsi.publish import figures

    table = listed(register, choices, by_sector=True)
    return lambda lang, size: figures.deaths_by_sector(table, lang, size)


def _by_cause(register, choices):
    from bsi.publish import figures

    table, name = counted(register, choices, by=["cause"]), area(register, choices)
    return lambda lang, size: figures.causes_by_period(table, lang, size, area=name)


def _zone_map(zone: str | None) -> Callable:
    def make(register, choices):
        from bsi.publish import maps

        rows = singly(register, choices)
        return lambda lang, size: maps.zone_map(rows, register.zones, base_geometry(), lang, size, zone_id=zone)

    return make


def _zones(register, choices):
    from bsi.publish import maps_zones

    return lambda lang, size: maps_zones.zones_map(register.zones, base_geometry(), lang, size)


def _panels(by: str, zone: str | None) -> Callable:
    def make(register, choices):
        from bsi.publish import map_panels

        rows = singly(register, choices)
        return lambda lang, size: map_panels.map_panels(rows, register.zones, base_geometry(), lang, size, options={"by": by, "zone_id": zone})

    return make


def _county_map(register, choices):
    from bsi.publish import map_counts

    rows = singly(register, choices)
    return lambda lang, size: map_counts.county_map(rows, base_geometry(), lang, size)


def _hexagons(zone: str | None) -> Callable:
    def make(register, choices):
        from bsi.publish import map_counts

        rows = singly(register, choices)
        return lambda lang, size: map_counts.hexagon_map(rows, register.zones, base_geometry(), lang, size, zone_id=zone)

    return make


def _accounting(register, choices):
    from bsi.publish import figures_register

    return lambda lang, size: figures_register.accounting_waterfall(register.accounting, lang, size)


def _with_names(module: str, function: str, table: str) -> Callable:
    def make(register, choices):
        draw, names = getattr(importlib.import_module(f"bsi.publish.{module}"), function), list_names(register)
        rows = getattr(register, table)
        return lambda lang, size: draw(rows, lang, size, names=names[lang])

    return make


def _claims(register, choices):
    from bsi.publish import figures_register

    table = claims_table(register)
    return lambda lang, size: figures_register.claims_chart(table, lang, size)


def _sensitivity(register, choices):
    from bsi.publish import figures_official

    table = sensitivity_table(register)
    names = {lang: dict(zip(register.zones["zone_id"], register.zones[f"name_{lang}"], strict=True)) for lang in ("en", "es")}
    return lambda lang, size: figures_official.zone_sensitivity(table, lang, size, names=names[lang])


def _or_reason(compute: Callable, draw: Callable) -> Callable:
    """Return draw(table) as a plate; where the table is not to be had, the reason in words in place of the figure."""

    def make(register, choices):
        try:
            table = compute(register, choices)
        except NotEstimable as error:
            from bsi.publish import style

            reason = error
            return lambda lang, size: style.message_figure(reason_text(reason, lang), size, lang)
        name = area(register, choices)
        return lambda lang, size: draw(table, lang, size, name)

    return make


def _season(register, choices):
    from bsi.analysis import seasonality

    table = counted(register, choices, "month")
    return seasonality.seasonal_profile(table[table["part"] == "period"].reset_index(drop=True))


def _death_months(register, choices):
    from bsi.analysis import death_months

    rows = in_zone(register, choices)
    rows = rows[rows["died_to"].notna() & ~rows["is_cumulative"]]
    people = rows.loc[rows.index.repeat(rows["n_dead"].fillna(0).astype(int))]
    return death_months.months_of_death(people["died_from"], people["died_to"])


def _profiles(register, choices):
    from bsi.analysis import profile

    rows = in_zone(register, choices)
    return {key: profile.folded(profile.profile(rows, key)) for key in ("sex", "age_group")}


def _nationality(register, choices):
    from bsi.analysis import profile

    return profile.folded(profile.profile(in_zone(register, choices), "nationality"))


def _beside(register, choices):
    from bsi.publish import figures_official

    rows = official_years(register)
    return lambda lang, size: figures_official.deaths_beside_rescues(rows, lang, size)


def _rates(register, choices):
    from bsi.publish import figures_official

    table, official = rate_table(register, choices), official_rate_table(register)
    return lambda lang, size: figures_official.rates_by_sector(table, lang, size, official=official)


def _rescues(register, choices):
    from bsi.analysis import counts
    from bsi.publish import figures_official

    rows = register.incidents[register.incidents["kind"] == "rescue"]
    table = counts.count(rows, period="fiscal_year", measure="rescued", data_until=register.build["data_as_of"]) if len(rows) else pd.DataFrame()
    return lambda lang, size: figures_official.listed_rescues(table, lang, size)


def _people(function: str) -> Callable:
    def draw(table, lang, size, name):
        from bsi.publish import figures_people

        return getattr(figures_people, function)(table, lang, size, area=name)

    return draw


PLATES = {
    "quality": Plate("01_register", "how complete each list is", _with_names("figures_register", "quality_grid", "quality")),
    "source_spans": Plate("01_register", "who covers which years", _with_names("figures_register", "source_spans", "records")),
    "accounting": Plate("01_register", "from records to people counted once", _accounting),
    "source_overlap": Plate("01_register", "which lists hold the same events", _with_names("figures_register", "source_overlap", "incidents")),
    "map_zones": Plate("02_zones", "the zones on the map", _zones),
    "zone_sensitivity": Plate("02_zones", "how much depends on where the line is drawn", _sensitivity),
    "seasonal_profile": Plate("03_trends", "share of each month, with intervals", _or_reason(_season, _people("seasonal_profile"))),
    "months_of_death": Plate("03_trends", "estimated month of death beside month of finding", _or_reason(_death_months, _people("months_of_death"))),
    "deaths_beside_rescues": Plate("03_trends", "official deaths, rescues and agents", _beside),
    "rescues_listed": Plate("03_trends", "people rescued, from lists of rescues", _rescues),
    "rates_by_sector": Plate("03_trends", "deaths per 100,000 apprehensions by sector", _rates),
    "sex_and_age": Plate("03_trends", "sex and age of the people who died", _or_reason(_profiles, _people("sex_and_age"))),
    "nationality": Plate("03_trends", "nationality of the people who died", _or_reason(_nationality, _people("nationality"))),
    "identification": Plate("03_trends", "identified or not, by year of finding", _or_reason(identified_by_year, _people("identification"))),
    "claims": Plate("03_trends", "published numbers recomputed", _claims),
    "deaths_by_fiscal_year": Plate("03_trends", "people dead and missing by U.S. fiscal year", _by_period("fiscal_year")),
    "deaths_by_calendar_year": Plate("03_trends", "people dead and missing by calendar year", _by_period("calendar_year")),
    "deaths_by_month": Plate("03_trends", "people dead and missing by month", _by_period("month")),
    "deaths_by_sector": Plate("03_trends", "people dead and missing by fiscal year and sector", _by_sector),
    "causes_by_fiscal_year": Plate("03_trends", "people dead by fiscal year and cause", _by_cause),
    "map_border": Plate("04_maps", "the whole border", _zone_map(None)),
    "map_canal": Plate("04_maps", "the All-American Canal", _zone_map("canal_aac")),
    "map_desert": Plate("04_maps", "the Arizona-Sonora desert", _zone_map("desert_arizona_sonora")),
    "map_nogales_west": Plate("04_maps", "the desert west of Nogales", _zone_map("desert_nogales_west")),
    "map_desert_by_period": Plate("04_maps", "the Arizona-Sonora desert by spans of years", _panels("period", "desert_arizona_sonora")),
    "map_desert_by_cause": Plate("04_maps", "the Arizona-Sonora desert by cause", _panels("cause", "desert_arizona_sonora")),
    "map_border_by_cause": Plate("04_maps", "the whole border by cause", _panels("cause", None)),
    "map_counties": Plate("04_maps", "people by county, in Mexico by state", _county_map),
    "map_border_hexagons": Plate("04_maps", "people by hexagon, whole border", _hexagons(None)),
    "map_desert_hexagons": Plate("04_maps", "people by hexagon, Arizona-Sonora desert", _hexagons("desert_arizona_sonora")),
}
