"""Small maps side by side, one a period or a group of causes, and one map to explore in a notebook without a network."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
from matplotlib.figure import Figure

from bsi.errors import InputError
from bsi.publish import basemap, style
from bsi.publish.basemap import Ground
from bsi.publish.figure_periods import in_years
from bsi.publish.language import N_, join, number, translator
from bsi.publish.maps import NO_PLACE, WIDEST, draw_positions, find_zone, off_map, outline, place_name, public_positions, too_rough, within, years_shown
from bsi.publish.style import PAD_MM, SIZES, Description, describe, message_figure, set_title, styled, text_colour

STRETCH = 1.16  # a degree of latitude is longer than one of longitude at 30.5 degrees
TITLES = {"cause": N_("Where people died or went missing, by cause: {place}"), "period": N_("Where people died or went missing, by period: {place}")}


@styled
def map_panels(incidents: pd.DataFrame, zones: gpd.GeoDataFrame, base: Mapping, lang: str, size: str = "double", options: Mapping | None = None) -> Figure:
    """Return small maps of one zone (or the whole border) on one scale: one for each group of causes, or for each span of years.

    Parameters
    ----------
    incidents : contract INCIDENTS, deaths and missing
    zones, base : as in `maps.zone_map`
    lang, size : "en" or "es"; "single" or "double"
    options : by ("cause" or "period"), zone_id (None: whole border), years (length of a span, default 5)

    Raises
    ------
    InputError
        `by` is neither cause nor period, or the zone, language or size is unknown.
    """
    _ = translator(lang)
    options = {"by": "cause", "zone_id": None, "years": 5, **(options or {})}
    zone = find_zone(zones, options["zone_id"]) if options["zone_id"] else None
    parts = _parts(incidents, options, lang)
    crs = basemap.utm_of(zone["geometry"].bounds) if zone is not None else basemap.ALBERS
    extent = basemap.extent_of(
        zone["geometry"].bounds if zone is not None else basemap.BORDER_BOUNDS, crs, (0.42, 0.8) if zone is not None else (0.3, 0.8), 0.03
    )
    if not parts:
        return message_figure(_(NO_PLACE), size, lang, _(TITLES[options["by"]], place=place_name(zone, lang)))
    within_map = [within(places, crs, extent, WIDEST * (extent[3] - extent[1])) for places, _colour in parts.values()]
    name = in_years(place_name(zone, lang), years_shown(pd.concat([near for near, _lost in within_map])))
    title = _(TITLES[options["by"]], place=name)
    fig, grounds = _grid(size, list(parts), crs, extent, lang)
    counted, n_rough, n_off = {}, 0, 0
    for ground, (part, (places, colour)), (near, lost) in zip(grounds, parts.items(), within_map, strict=True):
        basemap.draw_ground(ground, base, quiet=True)
        if zone is not None:
            outline(ground, zones[zones["zone_id"] == options["zone_id"]])
        n_rough += lost
        n_off += int(places["n"].sum() - near["n"].sum()) - lost
        counted[part] = draw_positions(ground, near, colour, 0.8 if size == "double" else 0.65)
        width, height = ground.size_mm
        lines = style.wrap(f"{part}: {number(counted[part], lang)}", width, style.POINTS["base"], "bold")
        look = {"color": text_colour(colour), "weight": "bold", "fontsize": style.POINTS["base"], "family": style.FONT, "va": "bottom"}
        ground.ax.text(0, 1 + 0.8 / height, "\n".join(lines), transform=ground.ax.transAxes, **look)
    basemap.draw_scale_bar(grounds[0], "left")
    note = _("All on one scale; beside each name the people shown. A dot is a place, rounded to about one kilometer; a disc is a place known only roughly.")
    missed = (too_rough(n_rough, lang) if n_rough else "", off_map(n_off, lang) if zone is None else "")
    set_title(fig, title, " ".join(text for text in (note, *missed) if text))
    alt = _("Small maps of {place}: {parts}.", place=name, parts=join([f"{part} {number(n, lang)}" for part, n in counted.items()], lang))
    data = pd.DataFrame({"panel": counted.keys(), "n_people": counted.values()})
    caption = (
        _("People who died or went missing, by group of causes, on maps of one scale: {place}.", place=name) if options["by"] == "cause"
        else _("People who died or went missing, by spans of {n} years, on maps of one scale: {place}.", place=name, n=number(options["years"], lang))
    )  # fmt: skip
    return describe(fig, Description(title, alt, caption, data, has_points=True))


def _parts(incidents: pd.DataFrame, options: Mapping, lang: str) -> dict:
    """Return name -> (places, colour) of every panel with at least one person placed."""
    if options["by"] == "cause":
        places = public_positions(incidents)
        groups = ((translator(lang)(name), places[places["cause_group"] == key], colour) for key, (name, colour, _c) in style.CAUSE_GROUPS.items())
        return {name: (part, colour) for name, part, colour in groups if len(part)}
    if options["by"] != "period":
        raise InputError(f"small maps cannot be made by {options['by']!r}", do='Use by="cause" or by="period".')
    years = pd.to_datetime(incidents["date"]).dt.year
    if years.dropna().empty:
        return {}
    step = int(options["years"])
    out = {}
    for first in range(int(years.min()) // step * step, int(years.max()) + 1, step):
        part = public_positions(incidents[years.between(first, first + step - 1)])
        last = min(first + step - 1, int(years.max()))
        name = f"{first}–{last}" if last > first else str(first)
        if len(part):
            out[name] = (part, style.MEASURE_COLOURS["deaths"])
    return out


def _grid(size: str, names: list[str], crs: str, extent: tuple, lang: str) -> tuple[Figure, list[Ground]]:
    """Return a figure with a map of one extent for each name, as many across as stay readable, with room for its heading."""
    n, page = len(names), SIZES[style.check_size(size)]
    across = min(n, 3 if size == "double" else 2)
    rows = -(-n // across)
    wide = (page - 2 * PAD_MM - 3.0 * (across - 1)) / across
    high = wide * (extent[3] - extent[1]) / (extent[2] - extent[0])
    n_lines = max(len(style.wrap(f"{name}: 0,000", wide, style.POINTS["base"], "bold")) for name in names)
    step = high + 2.5 + 3.1 * n_lines
    fig = style.new_canvas(size, rows * step + 1)
    grounds = []
    for i in range(n):
        row, column = divmod(i, across)
        left, bottom = PAD_MM + column * (wide + 3.0), (rows - 1 - row) * step + 1
        ax = style.add_fixed_axes(fig, (left, bottom, wide, high))
        grounds.append(Ground(fig, ax, crs, extent, wide / (extent[2] - extent[0]), lang))
    return fig, grounds


def interactive_map(incidents: pd.DataFrame, zones: gpd.GeoDataFrame, base: Mapping, lang: str) -> dict:
    """Return a map to explore in a notebook, in Vega-Lite: zoom by wheel, drag, and read each place; all data inside, nothing is fetched.

    Parameters
    ----------
    incidents, zones, base : as in `maps.zone_map`
    lang : "en" or "es"

    Raises
    ------
    InputError
        The language is unknown, or no incident has a position.
    """
    _ = translator(lang)
    places = public_positions(incidents)
    if places.empty:
        raise InputError(_(NO_PLACE))
    names = {key: _(name) for key, (name, _colour, _c) in style.CAUSE_GROUPS.items()}
    west, south, east, north = basemap.BORDER_BOUNDS
    is_near = places["lon"].between(west, east) & places["lat"].between(south, north)
    n_off, places = int(places.loc[~is_near, "n"].sum()), places[is_near]
    places = places.assign(cause=places["cause_group"].map(names), x=places["lon"], y=(places["lat"] * STRETCH).round(4))
    colours = {"domain": list(names.values()), "range": [colour for _name, colour, _c in style.CAUSE_GROUPS.values()]}
    plane = {
        "x": {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [-117.6, -97.0]}},
        "y": {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [29.4, 39.4], "zero": False}},
    }
    tips = {"cause": ("nominal", _("Cause")), "n": ("quantitative", _("People")), "location_precision_m": ("quantitative", _("Place known to within, m"))}
    encoding = {
        **plane,
        "size": {"field": "n", "type": "quantitative", "legend": None, "scale": {"range": [18, 500]}},
        "color": {"field": "cause", "type": "nominal", "scale": colours, "title": _("Cause"), "legend": {"labelLimit": 0, "orient": "bottom", "columns": 4}},
        "tooltip": [{"field": field, "type": kind, "title": title} for field, (kind, title) in tips.items()],
    }
    dots = {
        "data": {"values": places[["x", "y", "lon", "lat", *tips]].to_dict("records")},
        "mark": {"type": "circle", "opacity": 0.65},
        "encoding": encoding,
        "params": [{"name": "view", "select": "interval", "bind": "scales"}],
    }
    dangerous = zones[zones["family"].isin(("canal", "desert"))]
    drawn = [*((base[layer], colour) for layer, colour in (("states", "#b9b2a2"), ("mx_states", "#b9b2a2"), ("boundary", "#444444"))), (dangerous, "#9a4a00")]
    place = in_years(place_name(None, lang), years_shown(places))
    title = {"text": _("Where people died or went missing: {place}", place=place), "subtitle": off_map(n_off, lang)}
    return {"width": 780, "height": 381, "title": title, "layer": [*(_outlines(layer, colour, plane) for layer, colour in drawn), dots]}


def _outlines(layer: gpd.GeoDataFrame, colour: str, plane: Mapping) -> dict:
    """Return the outlines of a layer as lines in the same plane as the dots, thinned to about 1 km."""
    lines = layer.geometry.simplify(0.01).explode()
    rings = [line.exterior if line.geom_type == "Polygon" else line for line in lines if line is not None and not line.is_empty]
    rows = [{"part": i, "step": k, "x": round(x, 3), "y": round(y * STRETCH, 3)} for i, ring in enumerate(rings) for k, (x, y) in enumerate(ring.coords)]
    encoding = {**plane, "detail": {"field": "part", "type": "nominal"}, "order": {"field": "step", "type": "ordinal"}}
    return {"data": {"values": rows}, "mark": {"type": "line", "color": colour, "strokeWidth": 1, "clip": True}, "encoding": encoding}
