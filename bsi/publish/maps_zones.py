"""The zones themselves on the map: the canal close up, and the deserts with the sectors around them."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from bsi.publish import basemap, style
from bsi.publish.basemap import Ground
from bsi.publish.keys import draw_key, key_height
from bsi.publish.language import N_, join, translator
from bsi.publish.style import PAD_MM, SIZES, Description, describe, message_figure, set_title, styled

NONE = N_("There is no map: the register holds no named zone.")
LOOKS = ("-", (0, (5, 2)), (0, (1.2, 1.2)))  # the zones of a family, first to last


@styled
def zones_map(zones: gpd.GeoDataFrame, base: Mapping, lang: str, size: str = "double") -> Figure:
    """Return the named zones on the map: those along the canal close up, the others with the outlines of the sectors.

    Parameters
    ----------
    zones : contract ZONES
    base : layers from `basemap.read_base`
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("The zones")
    named = zones[zones["family"].isin(("canal", "desert", "analyst"))]
    panels = [part for part in (named[named["family"].eq("canal")], named[~named["family"].eq("canal")]) if len(part)]
    if not panels:
        return message_figure(_(NONE), size, lang, title)
    page = SIZES[style.check_size(size)] - 2 * PAD_MM
    drawn = [(part, *_frame(part, page), _key(part, base, lang)) for part in panels]
    heights = [high + key_height(key, page) + 2.5 for _part, _crs, _extent, high, key in drawn]
    fig, top = style.new_canvas(size, sum(heights)), sum(heights)
    for (part, crs, extent, high, key), whole in zip(drawn, heights, strict=True):
        below = key_height(key, page)
        ground = Ground(fig, style.add_fixed_axes(fig, (PAD_MM, top - high, page, high)), crs, extent, page / (extent[2] - extent[0]), lang)
        _draw(ground, part, zones, base, 14 if size == "double" else 7)
        draw_key(style.add_fixed_axes(fig, (PAD_MM, top - high - below - 0.5, page, below)), key, page, below)
        top -= whole
    set_title(fig, title, _("As the joint communiqués name them; where they give no boundary, the lines were drawn here and are approximate."))
    names = join(named[f"name_{lang}"].tolist(), lang)
    data = pd.DataFrame(named.drop(columns="geometry"))[["zone_id", "family", "name_en", "name_es", "is_approximate"]]
    caption = _("The zones that incidents are counted by. Each is a line on the map that was drawn once, by a named person or body, and can be changed.")
    return describe(fig, Description(title, _("Map of the zones: {names}.", names=names), caption, data))


def _frame(part: gpd.GeoDataFrame, wide: float) -> tuple[str, tuple, float]:
    """Return projection, extent and height in mm of the map that holds these zones."""
    crs = basemap.utm_of(tuple(part.total_bounds))
    extent = basemap.extent_of(tuple(part.total_bounds), crs, (0.42, 0.7), 0.08)
    return crs, extent, wide * (extent[3] - extent[1]) / (extent[2] - extent[0])


def _key(part: gpd.GeoDataFrame, base: Mapping, lang: str) -> list:
    _ = translator(lang)
    boundary = ("boundary", basemap.BOUNDARY, 1.0, _("international boundary"))
    if _is_canal(part):
        return [*([("line", "#0072B2", 1.3, _("canal"))] if "canal" in base else []), boundary]
    items = [("styled", style.ZONE_COLOURS[z.family], 1.2, look, getattr(z, f"name_{lang}")) for z, look in _with_looks(part)]
    return [*items, ("line", "#8d8d8d", 0.7, _("sector of the Border Patrol (approximate, by counties)")), boundary]


def _is_canal(part: gpd.GeoDataFrame) -> bool:
    return part["family"].eq("canal").all()


def _with_looks(part: gpd.GeoDataFrame) -> list[tuple]:
    """Return (zone, line style) of each zone, the styles in turn within a family."""
    order = part.groupby("family").cumcount()
    return [(zone, LOOKS[i % len(LOOKS)]) for zone, i in zip(part.itertuples(), order, strict=True)]


def _draw(ground: Ground, part: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, base: Mapping, most: int) -> None:
    basemap.draw_ground(ground, base)
    if not _is_canal(part):
        basemap.fill(ground.ax, basemap.clipped(zones[zones["family"].eq("sector")], ground.crs, ground.extent),
                     facecolor="none", edgecolor="#8d8d8d", linewidth=0.7, zorder=1.6)  # fmt: skip
    shapes = part.to_crs(ground.crs)
    for (zone, look), shape in zip(_with_looks(part), shapes.geometry, strict=True):
        colour = style.ZONE_COLOURS[zone.family]
        looks = {"linewidth": 0.6} if _is_canal(part) else {"linewidth": 1.2, "linestyle": look}
        basemap.fill(ground.ax, gpd.GeoDataFrame(geometry=[shape]), facecolor=(*to_rgb(colour), 0.07), edgecolor=colour, zorder=1.8, **looks)
    if _is_canal(part):
        _stretches(ground, shapes)
    basemap.draw_locator(ground, base, "right" if _is_canal(part) else "left", 24.0)
    basemap.draw_scale_bar(ground, "left" if _is_canal(part) else "right")
    basemap.label_places(ground, base["towns"], most)
    basemap.label_states(ground, base)


def _stretches(ground: Ground, shapes: gpd.GeoDataFrame) -> None:
    """Draw how far each zone reaches along the canal as a bar below its name: they lie on one another and cannot be told apart by outline."""
    top = ground.size_mm[1]
    for i, zone in enumerate(shapes.itertuples()):
        west, _south, east, north = zone.geometry.bounds
        left, right = (ground.to_mm(x, north)[0] for x in (west, east))
        y = top - 5.6 - 5.2 * i
        name, colour = getattr(zone, f"name_{ground.lang}"), style.ZONE_COLOURS[zone.family]
        level = ground.extent[1] + y / ground.mm
        ground.ax.plot([west, east], [level, level], color=colour, linewidth=2.2, solid_capstyle="butt", zorder=4)
        ground.ax.vlines([west, east], [zone.geometry.centroid.y] * 2, level, color=colour, linewidth=0.5, linestyle=(0, (1, 2)), zorder=3)
        basemap.write(ground, name, (left, y + 0.7), color=colour)
        ground.taken.append((left - 1, y - 1, max(right, left + style.text_width_mm(name, style.POINTS["small"])) + 1, y + 3.6))
