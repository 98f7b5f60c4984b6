"""Every figure by name: the notebook it belongs to, and the tables of a register that it is drawn from."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from bsi import contracts, periods, workspace
from bsi.errors import InputError


@dataclass(frozen=True)
class Choices:
    """What an analyst chose: fiscal years from first to last, a zone, a cause; None leaves it open."""

    first_year: int | None = None
    last_year: int | None = None
    zone: str | None = None
    cause: str | None = None


@dataclass(frozen=True)
class Plate:
    """A figure by name: notebook, one line of what it shows, and make(register, choices) -> draw(lang, size)."""

    notebook: str
    shows: str
    make: Callable


def check_choices(register, choices: Choices) -> Choices:
    """Return the choices if the register can meet them.

    Raises
    ------
    InputError
        No such zone or cause, or the years are in the wrong order.
    """
    if choices.zone and choices.zone not in set(register.zones["zone_id"]):
        raise InputError(f"there is no zone {choices.zone!r}", do=f"Zones: {', '.join(register.zones['zone_id'])}.")
    if choices.cause and choices.cause not in contracts.CAUSES:
        raise InputError(f"there is no cause {choices.cause!r}", do=f"Causes: {', '.join(contracts.CAUSES)}.")
    if choices.first_year and choices.last_year and choices.first_year > choices.last_year:
        raise InputError(f"the years {choices.first_year} to {choices.last_year} are in the wrong order")
    return choices


def deaths(register, choices: Choices) -> pd.DataFrame:
    """Return the incidents of deaths and missing persons within the chosen fiscal years and cause (running totals included, flagged)."""
    rows = register.incidents
    rows = rows[rows["kind"].isin(["death", "missing"])]
    year = periods.fiscal_year(rows["date"])
    if choices.first_year:
        rows = rows[(year >= choices.first_year).fillna(False).to_numpy(bool)]
        year = periods.fiscal_year(rows["date"])
    if choices.last_year:
        rows = rows[(year <= choices.last_year).fillna(False).to_numpy(bool)]
    return rows[rows["cause"] == choices.cause] if choices.cause else rows


def in_zone(register, choices: Choices) -> pd.DataFrame:
    """Return `deaths` that lie, with any probability, in the chosen zone."""
    rows = deaths(register, choices)
    if not choices.zone:
        return rows
    weights = register.zone_weights
    return rows[rows["incident_id"].isin(weights.loc[weights["zone_id"] == choices.zone, "incident_id"])]


def counted(register, choices: Choices, period: str = "fiscal_year", by=()) -> pd.DataFrame:
    """Return counts by period of the chosen incidents, in the chosen zone by probability."""
    from bsi.analysis import counts

    rows, until = deaths(register, choices), pd.Timestamp(register.build["data_as_of"])
    if not choices.zone:
        return counts.count(rows, period=period, by=by, data_until=until)
    by = {**(dict(by) if isinstance(by, dict) else dict.fromkeys(by, ())), "zone_id": [choices.zone]}
    table = counts.count(rows, register.zone_weights, period=period, by=by, data_until=until)
    return table[table["zone_id"] == choices.zone].drop(columns="zone_id").reset_index(drop=True)


def area(register, choices: Choices) -> dict | None:
    """Return the name of the chosen zone in both languages, None for the whole border."""
    if not choices.zone:
        return None
    row = register.zones.set_index("zone_id").loc[choices.zone]
    return {"en": row["name_en"], "es": row["name_es"]}


@functools.cache
def base_geometry() -> dict:
    """Return the layers of the base geometry, read once."""
    from bsi.publish import basemap

    return basemap.read_base(workspace.PROJECT / "data" / "geo" / "base.gpkg")


def rate_table(register, choices: Choices, kind: str = "encounters") -> pd.DataFrame:
    """Return deaths per 100,000 of a denominator by fiscal year and sector of the chosen incidents, with exact intervals."""
    from bsi.analysis import rates

    table = counted(register, Choices(choices.first_year, choices.last_year, None, choices.cause), by=["sector"])
    table = table[table["part"].eq("period")].rename(columns={"sector": "area"})
    total = table.groupby(["period_start", "period_end", "label", "is_complete"], as_index=False)["n_dead"].sum().assign(area="southwest_border")
    return rates.rate(pd.concat([table, total], ignore_index=True), rates.denominator(register.published, kind), count="n_dead")


def _by_period(period: str) -> Callable:
    def make(register, choices):
        from bsi.publish import figures

        table, name = counted(register, choices, period), area(register, choices)
        return lambda lang, size: figures.deaths_by_period(table, lang, size, area=name)

    return make


def _by_sector(register, choices):
    from bsi.publish import figures

    table = counted(register, choices, by={"sector": list(contracts.SECTORS)})
    return lambda lang, size: figures.deaths_by_sector(table, lang, size)


def _by_cause(register, choices):
    from bsi.publish import figures

    table, name = counted(register, choices, by=["cause"]), area(register, choices)
    return lambda lang, size: figures.causes_by_period(table, lang, size, area=name)


def _zone_map(zone: str | None) -> Callable:
    def make(register, choices):
        from bsi.publish import maps

        rows = deaths(register, choices)
        return lambda lang, size: maps.zone_map(rows, register.zones, base_geometry(), lang, size, zone_id=zone)

    return make


def _panels(by: str, zone: str | None) -> Callable:
    def make(register, choices):
        from bsi.publish import map_panels

        rows = deaths(register, choices)
        return lambda lang, size: map_panels.map_panels(rows, register.zones, base_geometry(), lang, size, options={"by": by, "zone_id": zone})

    return make


def _county_map(register, choices):
    from bsi.publish import map_counts

    rows = deaths(register, choices)
    return lambda lang, size: map_counts.county_map(rows, base_geometry(), lang, size)


def _hexagons(zone: str | None) -> Callable:
    def make(register, choices):
        from bsi.publish import map_counts

        rows = deaths(register, choices)
        return lambda lang, size: map_counts.hexagon_map(rows, register.zones, base_geometry(), lang, size, zone_id=zone)

    return make


PLATES = {
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
