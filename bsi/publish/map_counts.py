"""Maps of counts: people who died or went missing by county (and Mexican state), and by hexagons of equal area."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from pyproj import Transformer
from shapely import Polygon

from bsi import periods
from bsi.publish import basemap
from bsi.publish.figure_periods import in_years
from bsi.publish.language import join, number, plural, translator
from bsi.publish.maps import NO_PLACE, find_zone, furnish, off_map, place_name, public_positions, start_map, within, years_shown
from bsi.publish.style import Description, describe, message_figure, set_title, styled

CLASSES = (1, 5, 20, 100, 500)  # lower ends
SHADES = ("#fbe6d0", "#f3bf8b", "#dd8a45", "#ad5313", "#6b2b00")


def shade(n: float) -> str | None:
    """Return the colour of a count, None for nobody.

    Examples
    --------
    >>> shade(0), shade(4), shade(5)
    (None, '#fbe6d0', '#f3bf8b')
    """
    at = int(np.searchsorted(CLASSES, n, side="right")) - 1
    return SHADES[at] if at >= 0 else None


def shade_key(highest: float, lang: str) -> list:
    """Return the key of the classes up to the highest count."""
    ngettext = plural(lang)
    items = []
    for i, low in enumerate(CLASSES):
        if low <= highest:
            top = CLASSES[i + 1] - 1 if i + 1 < len(CLASSES) else None
            span = f"{number(low, lang)}–{number(top, lang)}" if top else f"{number(low, lang)}+"
            items.append(("area", SHADES[i], 3, span + ("" if i else " " + ngettext("person", "people", 2))))
    return items


def people(incidents: pd.DataFrame) -> pd.Series:
    """Return the people dead or missing of each incident (null counts nobody)."""
    return (incidents["n_dead"].astype("Float64").fillna(0) + incidents["n_missing"].astype("Float64").fillna(0)).astype("float64")


def count_by_county(incidents: pd.DataFrame, counties: gpd.GeoDataFrame, mx_states: gpd.GeoDataFrame) -> tuple[pd.DataFrame, int]:
    """Return (people by county of the U.S. or state of Mexico: area, state, country, n, year_first, year_last; people whose county is not known).

    Parameters
    ----------
    incidents : contract INCIDENTS
    counties, mx_states : layers of the base geometry
    """
    rows = incidents[["country", "state", "county"]].assign(n=people(incidents), year=periods.credible_years(incidents))
    rows, told = rows[rows["n"] > 0], {"n": ("n", "sum"), "year_first": ("year", "min"), "year_last": ("year", "max")}
    us = rows[rows["country"].eq("US")].groupby(["state", "county"], as_index=False).agg(**told)
    us = counties[["state", "name"]].merge(us, left_on=["state", "name"], right_on=["state", "county"], how="inner")
    mx = rows[rows["country"].eq("MX")].groupby("state", as_index=False).agg(**told)
    mx = mx_states[["code", "name"]].merge(mx, left_on="code", right_on="state", how="inner")
    table = pd.concat([us.assign(country="US"), mx.assign(country="MX", state=mx["code"])])[["country", "state", "name", *told]]
    table = table.rename(columns={"name": "area"}).sort_values(["n", "area"], ascending=[False, True], ignore_index=True)
    return table, int(rows["n"].sum() - table["n"].sum())


@styled
def county_map(incidents: pd.DataFrame, base: Mapping, lang: str, size: str = "double") -> Figure:
    """Return the map of people who died or went missing by county; in Mexico by state, since the sources seldom name the municipality.

    Parameters
    ----------
    incidents : contract INCIDENTS, deaths and missing
    base : layers from `basemap.read_base`
    lang, size : "en" or "es"; "single" or "double"
    """
    _, ngettext = translator(lang), plural(lang)
    table, lost = count_by_county(incidents, base["counties"], base["mx_states"])
    place = in_years(place_name(None, lang), years_shown(table))
    title = _("People who died or went missing, by county: {place}", place=place)
    if table.empty:
        return message_figure(_(NO_PLACE), size, lang, title)
    extent = basemap.extent_of(basemap.BORDER_BOUNDS, basemap.ALBERS, (0.3, 0.8))
    ground = start_map(
        size, basemap.ALBERS, extent, lang, [*shade_key(table["n"].max(), lang), ("boundary", basemap.BOUNDARY, 1.0, _("international boundary"))]
    )
    basemap.draw_ground(ground, base, counties=True, quiet=True)
    us = base["counties"].merge(table[table["country"] == "US"], left_on=["state", "name"], right_on=["state", "area"])
    mx = base["mx_states"].merge(table[table["country"] == "MX"], left_on="code", right_on="state")
    for layer, width in ((mx, 0.5), (us, 0.35)):
        if len(layer):
            placed = gpd.GeoDataFrame(layer, geometry="geometry", crs=4326).to_crs(basemap.ALBERS)
            placed.plot(ax=ground.ax, aspect=None, color=[shade(n) for n in placed["n"]], edgecolor="#a89f8d", linewidth=width, zorder=0.7)
            ground.ax.set(xlabel="", ylabel="")
    furnish(ground, base, pd.DataFrame({"lon": [], "lat": []}, dtype=float), size, with_locator=False)
    lost_note = ngettext("{n} person whose county is not known is not shown.", "{n} people whose county is not known are not shown.", lost) if lost else ""
    set_title(ground.fig, title, " ".join(p for p in (_("United States by county, Mexico by state."), lost_note) if p))
    most = join([f"{row.area} ({row.state}) {number(row.n, lang)}" for row in table.head(3).itertuples()], lang)
    alt = _("Map of {place}, shaded by the number of people who died or went missing. Most: {most}.", place=place, most=most)
    caption = _("Counts by county of the United States and by state of Mexico: {place}.", place=place)
    return describe(ground.fig, Description(title, alt, caption, table))


def hexagons(places: pd.DataFrame, crs: str, width_m: float) -> gpd.GeoDataFrame:
    """Return hexagons of one area (flat distance `width_m` between opposite sides) that hold anybody: n, geometry in `crs`.

    Parameters
    ----------
    places : from `maps.public_positions`, only those known better than the hexagon is wide
    crs : projection in metres
    width_m : distance between two opposite sides, m

    Examples
    --------
    >>> places = pd.DataFrame({"lon": [-111.0, -111.0], "lat": [32.0, 32.001], "n": [1.0, 2.0]})
    >>> hexagons(places, "EPSG:32612", 10_000)["n"].tolist()
    [3.0]
    """
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(places["lon"].to_numpy(), places["lat"].to_numpy())
    tall = width_m * np.sqrt(3)
    grid = []  # the centres of hexagons form two shifted rectangular grids; a point belongs to the nearer centre
    for shift in (0.0, 0.5):
        column, row = np.round(x / width_m - shift), np.round(y / tall - shift)
        grid.append(((column + shift) * width_m, (row + shift) * tall))
    (ax_, ay), (bx, by) = grid
    nearer = (x - ax_) ** 2 + (y - ay) ** 2 <= (x - bx) ** 2 + (y - by) ** 2
    centres = pd.DataFrame({"x": np.where(nearer, ax_, bx).round(3), "y": np.where(nearer, ay, by).round(3), "n": places["n"].to_numpy()})
    summed = centres.groupby(["x", "y"], as_index=False)["n"].sum()
    corners = [(np.sin(a) * width_m / np.sqrt(3), np.cos(a) * width_m / np.sqrt(3)) for a in np.arange(6) * np.pi / 3]
    shapes = [Polygon([(cx + dx, cy + dy) for dx, dy in corners]) for cx, cy in zip(summed["x"], summed["y"])]
    return gpd.GeoDataFrame(summed, geometry=shapes, crs=crs)


@styled
def hexagon_map(incidents: pd.DataFrame, zones: gpd.GeoDataFrame, base: Mapping, lang: str, size: str = "double", zone_id: str | None = None) -> Figure:
    """Return the map of counts by hexagons of equal area: 10 km wide around a zone, 40 km on the whole border.

    Parameters
    ----------
    incidents, zones, base, lang, size, zone_id : as in `maps.zone_map`; a position known less well than half the hexagon's width is not counted, and said so

    Raises
    ------
    InputError
        The zone, language or size is unknown.
    """
    _, ngettext = translator(lang), plural(lang)
    zone = find_zone(zones, zone_id) if zone_id else None
    width_km = 10 if zone is not None else 40
    bounds = zone["geometry"].bounds if zone is not None else basemap.BORDER_BOUNDS
    crs = basemap.utm_of(bounds) if zone is not None else basemap.ALBERS
    extent = basemap.extent_of(bounds, crs, (0.45, 0.8) if zone is not None else (0.3, 0.8))
    places = public_positions(incidents)
    known, lost = within(places, crs, extent, width_km * 500)
    name = in_years(place_name(zone, lang), years_shown(known))
    title = _("People who died or went missing, by hexagon: {place}", place=name)
    cells = hexagons(known, crs, width_km * 1000) if len(known) else gpd.GeoDataFrame({"n": []}, geometry=[], crs=crs)
    cells = cells.cx[extent[0] : extent[2], extent[1] : extent[3]] if len(cells) else cells
    if cells.empty:
        return message_figure(_(NO_PLACE), size, lang, title)
    ground = start_map(size, crs, extent, lang, [*shade_key(cells["n"].max(), lang), ("boundary", basemap.BOUNDARY, 1.0, _("international boundary"))])
    basemap.draw_ground(ground, base, quiet=zone is None)
    cells.plot(ax=ground.ax, aspect=None, color=[shade(n) for n in cells["n"]], edgecolor="white", linewidth=0.3, zorder=1.2, alpha=0.92)
    ground.ax.set(xlabel="", ylabel="")
    furnish(ground, base, known, size, with_locator=zone is not None)
    lost_note = ngettext("{n} person whose place is known too roughly is not counted.", "{n} people whose place is known too roughly are not counted.", lost)
    off = off_map(int(places["n"].sum() - known["n"].sum()) - lost, lang) if zone is None else ""
    notes = (_("Hexagons {km} km wide, all of one area.", km=number(width_km, lang)), lost_note if lost else "", off)
    set_title(ground.fig, title, " ".join(text for text in notes if text))
    alt = _("Map of {place} in hexagons {km} km wide, shaded by the number of people who died or went missing; the highest count is {most}.",
            place=name, km=number(width_km, lang), most=number(cells["n"].max(), lang))  # fmt: skip
    data = pd.DataFrame({"x_m": cells["x"], "y_m": cells["y"], "crs": crs, "n": cells["n"]})
    return describe(ground.fig, Description(title, alt, _("Counts by hexagons of equal area: {place}.", place=name), data, has_points=zone is not None))
