"""Every figure by name: the notebook it belongs to, and the tables of a register that it is drawn from."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from bsi.errors import InputError, NotEstimable
from bsi.publish.language import N_, translator
from bsi.selections import (
    Choices,
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

LISTS, OFFICIAL, QUOTED, BOTH = ("lists",), ("official",), ("official", "quoted"), ("lists", "official")  # what a figure rests on
MAIN = 0.01  # of the incidents of an area that an observer must have recorded to be named among those behind its numbers


@dataclass(frozen=True)
class Plate:
    """A figure by name: notebook, what it shows (a text of the catalogue), tell(register, choices) -> draw(lang, size), and what it rests on.

    rests_on : "lists" (those of the register), "official" (published tables), "quoted" (figures known from reports and the press), "weather"
    """

    notebook: str
    shows: str
    tell: Callable
    rests_on: tuple[str, ...] = LISTS

    def make(self, register, choices) -> Callable:
        """Return draw(lang, size); where the numbers are not to be had, the reason in words below what the figure would show."""
        try:
            return self.tell(register, choices)
        except (NotEstimable, InputError) as error:
            reason = error  # the name of an except clause ends with it

        def draw(lang, size):
            from bsi.publish import style

            text = reason_text(reason, lang) if isinstance(reason, NotEstimable) else str(reason)
            return style.message_figure(text, size, lang, translator(lang)(self.shows))

        return draw


def drawn(compute: Callable, figure: str, words: Callable | None = None) -> Callable:
    """Return tell(register, choices) -> draw(lang, size): what `compute` gives, drawn by "module.function" of `bsi.publish`.

    Parameters
    ----------
    compute : function (register, choices) -> table
    figure : module and name of the function that draws it
    words : function (register, choices) -> further arguments by name; a dict by language is given in the figure's own, an area in both
    """

    def tell(register, choices):
        module, function = figure.split(".")
        draw, table = getattr(importlib.import_module(f"bsi.publish.{module}"), function), compute(register, choices)
        more = words(register, choices) if words else {}
        spoken = {key for key, value in more.items() if isinstance(value, dict) and key != "area"}
        return lambda lang, size: draw(table, lang, size, **{key: value[lang] if key in spoken else value for key, value in more.items()})

    return tell


def in_area(register, choices) -> dict:
    """Return the chosen area, for `drawn`."""
    return {"area": area(register, choices)}


def in_area_and_years(register, choices) -> dict:
    """Return the chosen area with the years of its incidents, for `drawn`: a figure without an axis of years says which it counts."""
    from bsi import periods
    from bsi.publish.figure_periods import in_years, place

    years = periods.credible_years(in_zone(register, choices))
    return {"area": {lang: in_years(place(area(register, choices), lang), years) for lang in ("en", "es")}}


def zone_names(register, _choices) -> dict:
    """Return the names of the zones by language, for `drawn`."""
    zones = register.zones.set_index("zone_id")
    return {"names": {lang: zones[f"name_{lang}"].to_dict() for lang in ("en", "es")}}


def _lists(register, _choices) -> dict:
    return {"names": list_names(register)}


def observed(register, choices) -> dict:
    """Return the chosen area and the first year of each observer that records at least MAIN of its incidents, for `drawn`."""
    rows = in_zone(register, Choices(zone=choices.zone))
    seen = rows.assign(observer=rows["upstreams"].str.split(";"), year=rows["date"].dt.year).explode("observer")
    found = seen[seen["observer"].ne("unknown")].groupby("observer")["year"].agg(["min", "size"])
    return in_area(register, choices) | {"begins": found.loc[found["size"] >= MAIN * len(rows), "min"].dropna()}


def _by_period(period: str) -> Callable:
    return drawn(lambda register, choices: listed(register, choices, period), "figures.deaths_by_period", observed)


def _table(name: str, figure: str, words: Callable | None = None) -> Callable:
    """Return what draws a table of the register as it is."""
    return drawn(lambda register, _choices: getattr(register, name), f"figures_register.{figure}", words)


def placed(figure: str, zone: str | None = None, **fixed) -> Callable:
    """Return tell(register, choices) -> draw(lang, size): the chosen incidents on a map of a zone or of the whole border, drawn by "module.function"."""

    def tell(register, choices):
        from bsi.publish.maps import find_zone

        if zone:
            find_zone(register.zones, zone)  # an analyst's own zones may not hold it
        module, function = figure.split(".")
        draw, rows = getattr(importlib.import_module(f"bsi.publish.{module}"), function), singly(register, choices)
        return lambda lang, size: draw(rows, register.zones, base_geometry(), lang, size, **fixed)

    return tell


def zone_map(zone: str | None) -> Callable:
    """Return what draws the map of a zone, or of the whole border."""
    return placed("maps.zone_map", zone, zone_id=zone)


def _zones(register, choices):
    from bsi.publish import maps_zones

    return lambda lang, size: maps_zones.zones_map(register.zones, base_geometry(), lang, size)


def _panels(by: str, zone: str | None) -> Callable:
    return placed("map_panels.map_panels", zone, options={"by": by, "zone_id": zone})


def _county_map(register, choices):
    from bsi.publish import map_counts

    rows = singly(register, choices)
    return lambda lang, size: map_counts.county_map(rows, base_geometry(), lang, size)


def _causes(register, choices):
    from bsi.analysis import counts

    table = counted(register, choices, by=["cause"])
    return counts.within_lists(table, counted(register, Choices(zone=choices.zone))) if choices.zone else table


def _season(register, choices):
    from bsi.analysis import seasonality

    table = counted(register, choices, "month")
    months = table[table["part"] == "period"].reset_index(drop=True)
    n_months = months["period_start"].dt.year.value_counts()
    whole = n_months[n_months == 12].index
    return seasonality.seasonal_profile(months).assign(first_year=whole.min(), last_year=whole.max())


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


def _rates(register, choices):
    from bsi.publish import figures_rates

    table, official = rate_table(register, choices), official_rate_table(register)
    return lambda lang, size: figures_rates.rates_by_sector(table, lang, size, official=official)


def _rescues(register, _choices):
    from bsi.analysis import counts

    rows = register.incidents[register.incidents["kind"] == "rescue"]
    return counts.count(rows, period="fiscal_year", measure="rescued", data_until=register.build["data_as_of"]) if len(rows) else pd.DataFrame()


DATA, TRENDS, MAPS = "01_register", "03_trends", "04_maps"
PLATES = {
    "quality": Plate(DATA, N_("How complete each list is"), _table("quality", "quality_grid", _lists)),
    "source_spans": Plate(DATA, N_("Who covers which years"), _table("records", "source_spans", _lists)),
    "accounting": Plate(DATA, N_("From records to people counted once"), _table("accounting", "accounting_waterfall")),
    "source_overlap": Plate(DATA, N_("Which lists hold the same events"), _table("incidents", "source_overlap", _lists)),
    "map_zones": Plate("02_zones", N_("The zones"), _zones),
    "zone_sensitivity": Plate(
        "02_zones",
        N_("How much depends on where the line is drawn"),
        drawn(lambda register, _c: sensitivity_table(register), "figures_official.zone_sensitivity", zone_names),
    ),
    "seasonal_profile": Plate(TRENDS, N_("The season: when in the year people were found dead"), drawn(_season, "figures_people.seasonal_profile", in_area)),
    "months_of_death": Plate(
        TRENDS, N_("Month of death, estimated, beside the month of finding"), drawn(_death_months, "figures_people.months_of_death", in_area_and_years)
    ),
    "deaths_beside_rescues": Plate(
        TRENDS,
        N_("Deaths, rescues and agents, as officially published"),
        drawn(lambda register, _c: official_years(register), "figures_official.deaths_beside_rescues"),
        QUOTED,
    ),
    "rescues_listed": Plate(TRENDS, N_("People rescued, from lists of rescues"), drawn(_rescues, "figures_official.listed_rescues")),
    "rates_by_sector": Plate(TRENDS, N_("Deaths per 100,000 apprehensions or encounters, by sector"), _rates, BOTH),
    "sex_and_age": Plate(TRENDS, N_("Sex and age of the people who died"), drawn(_profiles, "figures_people.sex_and_age", in_area_and_years)),
    "nationality": Plate(TRENDS, N_("Nationality of the people who died"), drawn(_nationality, "figures_people.nationality", in_area_and_years)),
    "identification": Plate(TRENDS, N_("Who has been given back a name"), drawn(identified_by_year, "figures_people.identification", in_area)),
    "claims": Plate(TRENDS, N_("Published numbers recomputed"), drawn(lambda register, _c: claims_table(register), "figures_register.claims_chart"), BOTH),
    "deaths_by_fiscal_year": Plate(TRENDS, N_("People who died or went missing, by fiscal year"), _by_period("fiscal_year")),
    "deaths_by_calendar_year": Plate(TRENDS, N_("People who died or went missing, by calendar year"), _by_period("calendar_year")),
    "deaths_by_month": Plate(TRENDS, N_("People who died or went missing, by month"), _by_period("month")),
    "deaths_by_sector": Plate(
        TRENDS,
        N_("People who died, by Border Patrol sector"),
        drawn(lambda register, choices: listed(register, choices, by_sector=True), "figures.deaths_by_sector"),
    ),
    "causes_by_fiscal_year": Plate(TRENDS, N_("People who died, by cause"), drawn(_causes, "figures.causes_by_period", in_area)),
    "map_border": Plate(MAPS, N_("Where people died or went missing: the whole border"), zone_map(None)),
    "map_canal": Plate(MAPS, N_("Where people died or went missing: the All-American Canal"), zone_map("canal_aac")),
    "map_desert": Plate(MAPS, N_("Where people died or went missing: the Arizona-Sonora desert"), zone_map("desert_arizona_sonora")),
    "map_nogales_west": Plate(MAPS, N_("Where people died or went missing: the desert west of Nogales"), zone_map("desert_nogales_west")),
    "map_desert_by_period": Plate(MAPS, N_("The Arizona-Sonora desert by spans of years"), _panels("period", "desert_arizona_sonora")),
    "map_desert_by_cause": Plate(MAPS, N_("The Arizona-Sonora desert by cause"), _panels("cause", "desert_arizona_sonora")),
    "map_border_by_cause": Plate(MAPS, N_("The whole border by cause"), _panels("cause", None)),
    "map_counties": Plate(MAPS, N_("People who died or went missing, by county"), _county_map),
    "map_border_hexagons": Plate(MAPS, N_("People by hexagon, the whole border"), placed("map_counts.hexagon_map")),
    "map_desert_hexagons": Plate(
        MAPS, N_("People by hexagon, the Arizona-Sonora desert"), placed("map_counts.hexagon_map", "desert_arizona_sonora", zone_id="desert_arizona_sonora")
    ),
}
