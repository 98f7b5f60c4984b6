"""Maps of where: hot cells and density, space-time clusters, and places for rescue sites at ten kilometres."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from pyproj import Transformer
from shapely.geometry import box

from bsi.publish import basemap, style
from bsi.publish.figure_periods import in_years
from bsi.publish.language import N_, join, months, number, percent, plural, translator
from bsi.publish.maps import find_zone, furnish, outline, start_map
from bsi.publish.style import Description, describe, set_title, styled

SHADES = ("#fbe6d0", "#f3bf8b", "#dd8a45", "#ad5313", "#6b2b00")
RANKS = (0.5, 0.8, 0.9, 0.95, 0.99)  # lower ends of the classes, as shares of the cells of the window
UNITS = {"incidents": N_("incidents"), "people": N_("people")}
SITE = style.MEASURE_COLOURS["rescues"]
HOT_KEY = N_("cell with more than chance explains (Gi*, false discovery rate 5%)")
SHADE_KEY = N_("top {share} of the area")


def _ground(zones, zone_id: str, base: Mapping, lang: str, size: str, key: list):
    """Return (ground, zone) of the map of one zone."""
    _ = translator(lang)
    zone = find_zone(zones, zone_id)
    crs = basemap.utm_of(zone["geometry"].bounds)
    extent = basemap.extent_of(zone["geometry"].bounds, crs, (0.45, 0.8))
    ground = start_map(size, crs, extent, lang, [*key, ("zone", style.ZONE_COLOURS[zone["family"]], 1.0, zone[f"name_{lang}"]),
                                                ("boundary", basemap.BOUNDARY, 1.0, _("international boundary"))])  # fmt: skip
    basemap.draw_ground(ground, base, quiet=True)
    return ground, zone


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"lon": [], "lat": []}, dtype=float)


def _shade(ground, cells: pd.DataFrame, crs: str) -> None:
    """Shade cells (x_m, y_m, cell_m, rank) by their rank among the cells of the window."""
    kept = cells[cells["rank"] >= RANKS[0]]
    half = kept["cell_m"] / 2
    shapes = [box(x - h, y - h, x + h, y + h) for x, y, h in zip(kept["x_m"], kept["y_m"], half, strict=True)]
    colours = [SHADES[int(np.searchsorted(RANKS, r, side="right")) - 1] for r in kept["rank"]]
    if shapes:
        layer = gpd.GeoDataFrame(geometry=shapes, crs=crs).to_crs(ground.crs)
        basemap.fill(ground.ax, layer, facecolors=colours, edgecolors="none", zorder=1.2, alpha=0.9)


def _shade_key(lang: str) -> list:
    _ = translator(lang)
    return [("area", colour, 3, _(SHADE_KEY, share=percent(1 - r, lang))) for r, colour in zip(RANKS, SHADES, strict=True)]


@styled
def hot_map(cells: pd.DataFrame, geo: Mapping, lang: str, size: str = "double", years: tuple[int, int] = (0, 0)) -> Figure:
    """Return the density of incidents on cells, those outlined that hold more than chance explains.

    Parameters
    ----------
    cells : x_m, y_m, cell_m, rank (share of the window's cells with a lower density), is_hot; a row each cell of the window
    geo : zones, zone_id, base, crs of the cells
    lang, size : "en" or "es"; "single" or "double"
    years : first and last year of the incidents
    """
    _, ngettext = translator(lang), plural(lang)
    key = [*_shade_key(lang), ("line", style.INK, 1.1, _(HOT_KEY))]
    ground, zone = _ground(geo["zones"], geo["zone_id"], geo["base"], lang, size, key)
    _shade(ground, cells, geo["crs"])
    hot = cells[cells["is_hot"]]
    if len(hot):
        half = hot["cell_m"].iloc[0] / 2
        squares = gpd.GeoSeries([box(x - half, y - half, x + half, y + half) for x, y in zip(hot["x_m"], hot["y_m"], strict=True)], crs=geo["crs"])
        edge = gpd.GeoSeries([squares.union_all()], crs=geo["crs"]).to_crs(ground.crs).boundary
        edge.plot(ax=ground.ax, aspect=None, color=style.INK, linewidth=0.9, zorder=3)
        ground.ax.set(xlabel="", ylabel="")
    outline(ground, geo["zones"][geo["zones"]["zone_id"] == geo["zone_id"]])
    furnish(ground, geo["base"], _nothing(), size)
    title = _("Where deaths concentrate, {first} to {last}: {place}", first=years[0], last=years[1], place=zone[f"name_{lang}"])
    km = number(cells["cell_m"].iloc[0] / 1000, lang, None)
    note = ngettext("{n} cell {km} km wide holds more than chance explains.", "{n} cells {km} km wide hold more than chance explains.", len(hot), km=km)
    set_title(ground.fig, title, note + " " + _("Density of incidents whose place is known to two kilometers, each spread by its precision."))
    alt = _("Map of {place} shaded by the density of deaths; {n} cells are outlined as hot.", place=zone[f"name_{lang}"], n=number(len(hot), lang))
    caption = _(
        "Shading: density of incidents; outlined: cells with more than chance explains. Shown on cells of {km} km; where people were found, not where "
        "they set out.",
        km=km,
    )
    return describe(ground.fig, Description(title, alt, caption, cells[["x_m", "y_m", "rank", "is_hot"]]))


@styled
def cluster_map(found: pd.DataFrame, geo: Mapping, lang: str, size: str = "double", most: int = 8) -> Figure:
    """Return the space-time clusters as circles, numbered, with months and counts in the key.

    Parameters
    ----------
    found : rows of one unit from `selections_spatial.clusters_found`, best first, with p_gumbel
    geo : zones, zone_id, base, crs of the circles, limits (of the search: radius_m, share, months)
    lang, size : "en" or "es"; "single" or "double"
    most : how many clusters are drawn
    """
    _, ngettext = translator(lang), plural(lang)
    shown = found[found["p_gumbel"] <= 0.05].head(most).reset_index(drop=True).drop(columns=["lon", "lat"], errors="ignore")
    shown = shown.assign(center_x_m=shown["center_x_m"].round(-3), center_y_m=shown["center_y_m"].round(-3))  # a circle stands on the place of a death
    colour = style.CAUSE_GROUPS["heat"][1]
    key = [("disc", colour, 2.6, f"{i + 1}: {_span(r, lang)}, {number(r.n_observed, lang)} ({number(r.n_expected, lang, 1)})") for i, r in shown.iterrows()]
    ground, zone = _ground(geo["zones"], geo["zone_id"], geo["base"], lang, size, key)
    x, y = Transformer.from_crs(geo["crs"], ground.crs, always_xy=True).transform(shown["center_x_m"].to_numpy(), shown["center_y_m"].to_numpy())
    for i, (cx, cy, radius) in enumerate(zip(x, y, shown["radius_m"], strict=True)):
        wide = max(radius, 1.2 / ground.mm)
        gpd.GeoSeries(gpd.points_from_xy([cx], [cy]), crs=ground.crs).buffer(wide).plot(
            ax=ground.ax, aspect=None, facecolor=(*_rgb(colour), 0.22), edgecolor=colour, linewidth=1, zorder=2.5
        )
        _number(ground, str(i + 1), ground.to_mm(cx, cy), wide * ground.mm)
    ground.ax.set(xlabel="", ylabel="")
    outline(ground, geo["zones"][geo["zones"]["zone_id"] == geo["zone_id"]])
    furnish(ground, geo["base"], _nothing(), size)
    named = UNITS[found["unit"].iloc[0]] if len(found) else ""
    unit = _(named) if named else ""
    title = _("Space-time clusters ({unit}): {place}", unit=unit, place=zone[f"name_{lang}"])
    note = ngettext("{n} cluster beyond chance.", "{n} clusters beyond chance.", int((found["p_gumbel"] <= 0.05).sum()))
    if (found["p_gumbel"] <= 0.05).sum() > len(shown):
        note += " " + _("The strongest are drawn: {n}.", n=number(len(shown), lang))
    if len(found) and "year_first" in found:
        note = _("{first} to {last}.", first=found["year_first"].iloc[0], last=found["year_last"].iloc[0]) + " " + note
    if len(shown):
        note += " " + _("In the key: months, number observed (expected). A route that shifts looks like a cluster to this statistic.")
    set_title(ground.fig, title, note)
    spans = [f"{_span(r, lang)} ({number(r.n_observed, lang)})" for _i, r in shown.iterrows()]
    alt = _("Map of {place} with numbered circles: {spans}.", place=zone[f"name_{lang}"], spans=join(spans, lang) if spans else _("none"))
    limits = geo["limits"]
    caption = _("Space-time permutation scan; circles of up to {km} km and {share} of the cases, up to {months} months.",
                km=number(limits.radius_m / 1000, lang), share=percent(limits.share, lang), months=number(limits.months, lang))  # fmt: skip
    if len(found) and found["unit"].iloc[0] == "people":
        caption += " " + _("People are counted singly here: a group found together can be a cluster of its own.")
    else:
        caption += " " + _("People found on one day within two kilometers of one another are one incident here.")
    return describe(ground.fig, Description(title, alt, caption, shown))


def _number(ground, text: str, at: tuple[float, float], radius: float) -> None:
    """Write the number of a circle in its middle, or beside it where another number stands."""
    wide, high = style.text_width_mm(text, style.POINTS["small"], "bold") + 0.8, 2.8
    for dx, dy in ((0, 0), (radius + wide / 2, 0), (-radius - wide / 2, 0), (0, radius + high / 2), (0, -radius - high / 2)):
        x, y = at[0] + dx, at[1] + dy
        spot = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        if ground.is_free(spot):
            ground.taken.append(spot)
            basemap.write(ground, text, (x, y), ha="center", va="center", weight="bold")
            return


def _span(row, lang: str) -> str:
    """Return the months of a cluster in words."""
    first, last = (f"{months(lang)[at.month - 1]} {at.year}" for at in (row["from"], row["to"]))
    return first if first == last else f"{first}–{last}"


def _rgb(colour: str) -> tuple:
    from matplotlib.colors import to_rgb

    return to_rgb(colour)


@styled
def site_map(squares: np.ndarray, cells: pd.DataFrame, geo: Mapping, lang: str, size: str = "double") -> Figure:
    """Return the squares in which sites would reach most expected deaths, over the density.

    Parameters
    ----------
    squares : from `sites.public_sites`, middles in metres
    cells : as in `hot_map`
    geo : zones, zone_id, base, crs of the cells and squares, side_m of a square, reach_m of a site, years (of the incidents that the sites are chosen on)
    lang, size : "en" or "es"; "single" or "double"
    """
    _, ngettext = translator(lang), plural(lang)
    half, km = geo["side_m"] / 2, number(geo["side_m"] / 1000, lang, None)
    key = [*_shade_key(lang), ("line", SITE, 1.6, _("square {km} km wide with a site", km=km))]
    ground, zone = _ground(geo["zones"], geo["zone_id"], geo["base"], lang, size, key)
    _shade(ground, cells, geo["crs"])
    shapes = gpd.GeoSeries([box(x - half, y - half, x + half, y + half) for x, y in squares], crs=geo["crs"]).to_crs(ground.crs)
    shapes.plot(ax=ground.ax, aspect=None, facecolor="none", edgecolor=SITE, linewidth=1.4, zorder=3)
    ground.ax.set(xlabel="", ylabel="")
    outline(ground, geo["zones"][geo["zones"]["zone_id"] == geo["zone_id"]])
    furnish(ground, geo["base"], _nothing(), size)
    place = in_years(zone[f"name_{lang}"], geo["years"])
    title = _("Where more rescue sites would be nearest to deaths: {place}", place=place)
    note = ngettext("{n} square {km} km wide.", "{n} squares {km} km wide.", len(squares), km=km)
    note += " " + _("Exact sites are not shown, since water and beacons are tampered with; existing sites are not in the data.")
    set_title(ground.fig, title, note)
    alt = _("Map of {place} with {n} squares {km} km wide over the density of deaths.", place=place, n=number(len(squares), lang), km=km)
    caption = _(
        "Shading: density of incidents; squares: where the sites would lie, chosen on the same incidents; each reaches {km} km. {place}.",
        place=place,
        km=number(geo["reach_m"] / 1000, lang, None),
    )
    data = pd.DataFrame(squares, columns=["x_m", "y_m"]).assign(crs=geo["crs"])
    return describe(ground.fig, Description(title, alt, caption, data))
