"""Maps of deaths and rescues: zones, the whole border, small multiples, counts by county and hexagon, and one to explore in a notebook."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure
from pyproj import Transformer

from bsi import periods
from bsi.errors import InputError
from bsi.publish import basemap, style
from bsi.publish.basemap import Ground
from bsi.publish.figure_periods import in_years
from bsi.publish.keys import draw_key, key_height
from bsi.publish.language import N_, number, plural, translator
from bsi.publish.style import SIZES, Description, describe, message_figure, set_title, styled

FAR_M = 1500.0  # a position known less well than this is drawn as a disc
WIDEST = 0.3  # of the map's height: a wider disc says nothing on this map and is left out, and counted in the subtitle
PUBLIC_DIGITS = 2  # degrees: about one kilometre
NO_PLACE = N_("There is no map: no incident of this choice has a position.")


def public_positions(incidents: pd.DataFrame) -> pd.DataFrame:
    """Return the people dead or missing by place, rounded to about 1 km: lon, lat, location_precision_m, n, cause_group, year_first, year_last.

    Incidents without a place are left out; a date that cannot be gives no year.

    Parameters
    ----------
    incidents : contract INCIDENTS

    Examples
    --------
    >>> rows = pd.DataFrame({"lon": [-111.001, -111.002], "lat": [32.0, 32.001], "location_precision_m": [100.0, 100.0], "cause": ["heat", None],
    ...     "n_dead": [1, 2], "n_missing": [None, None], "date": pd.to_datetime(["2001-05-01", "2004-05-01"]), "flags": ""})
    >>> public_positions(rows)[["lon", "lat", "n"]].values.tolist()
    [[-111.0, 32.0, 1.0], [-111.0, 32.0, 2.0]]
    """
    rows = pd.DataFrame(incidents.drop(columns="geometry", errors="ignore"))
    n = rows["n_dead"].astype("Float64").fillna(0) + rows["n_missing"].astype("Float64").fillna(0)
    rows = rows.assign(
        n=n.astype("float64"), cause_group=rows["cause"].map(style.CAUSE_GROUP_OF).fillna("unknown"), lon=rows["lon"].round(PUBLIC_DIGITS),
        lat=rows["lat"].round(PUBLIC_DIGITS), location_precision_m=rows["location_precision_m"].fillna(_default_precision(rows)),
        year=periods.credible_years(rows),
    )  # fmt: skip
    rows = rows[rows["lon"].notna() & rows["lat"].notna() & (rows["n"] > 0)]
    keys = ["lon", "lat", "location_precision_m", "cause_group"]
    return rows.groupby(keys, as_index=False).agg(n=("n", "sum"), year_first=("year", "min"), year_last=("year", "max"))


def place_name(zone: pd.Series | None, lang: str) -> str:
    """Return the name of the zone that a map shows, else of the whole border."""
    return translator(lang)(N_("the whole U.S.-Mexico border")) if zone is None else zone[f"name_{lang}"]


def years_shown(places: pd.DataFrame) -> pd.Series:
    """Return the first and last years of all places, for `figure_periods.in_years`."""
    return pd.concat([places["year_first"], places["year_last"]])


def _default_precision(rows: pd.DataFrame) -> float:
    """Return the precision drawn where none is known: the largest that the table holds, or 1 km."""
    known = rows["location_precision_m"].dropna()
    return float(known.max()) if len(known) else 1000.0


def n_unplaced(incidents: pd.DataFrame) -> int:
    """Return the number of people dead or missing in incidents without a position."""
    lost = incidents[incidents["lon"].isna() | incidents["lat"].isna()]
    return int(lost["n_dead"].astype("Float64").fillna(0).sum() + lost["n_missing"].astype("Float64").fillna(0).sum())


def start_map(size: str, crs: str, extent: tuple, lang: str, key: list = ()) -> Ground:
    """Return the ground of a map that fills the width of the size, with its key in words below it."""
    wide = SIZES[style.check_size(size)] - 2 * style.PAD_MM
    high = wide * (extent[3] - extent[1]) / (extent[2] - extent[0])
    below = key_height(key, wide) if key else 0.0
    fig = style.new_canvas(size, high + below + 2.0)
    ax = style.add_fixed_axes(fig, (style.PAD_MM, below + 1.0, wide, high))
    if key:
        draw_key(style.add_fixed_axes(fig, (style.PAD_MM, 0.5, wide, below)), key, wide, below)
    return Ground(fig, ax, crs, extent, wide / (extent[2] - extent[0]), lang)


def draw_positions(ground: Ground, places: pd.DataFrame, colour: str, dot_mm: float) -> int:
    """Draw positions with their precision: a disc to scale where it is coarse, else a dot whose area grows with the number; return the people drawn."""
    x, y = Transformer.from_crs("EPSG:4326", ground.crs, always_xy=True).transform(places["lon"].to_numpy(), places["lat"].to_numpy())
    inside = (x >= ground.extent[0]) & (x <= ground.extent[2]) & (y >= ground.extent[1]) & (y <= ground.extent[3])
    n, radius = places["n"].to_numpy(), places["location_precision_m"].to_numpy()
    disc = inside & (radius > FAR_M) & (radius * ground.mm > 0.5)
    dot = inside & ~disc
    face, edge = np.clip(4 / max(disc.sum(), 1), 0.012, 0.16), np.clip(20 / max(disc.sum(), 1), 0.06, 0.4)  # many discs add up
    _ellipses(ground, x[disc], y[disc], 2 * radius[disc], facecolors=[(*_rgb(colour), face)], edgecolors=[(*_rgb(colour), edge)], linewidths=0.3, zorder=2)
    across = dot_mm * np.sqrt(n[dot]) / ground.mm
    _ellipses(ground, x[dot], y[dot], across, facecolors=[(*_rgb(colour), 0.62)], edgecolors=[(1, 1, 1, 0.7)], linewidths=min(0.2, dot_mm / 8), zorder=3)
    return int(n[inside].sum())


def _rgb(colour: str) -> tuple:
    from matplotlib.colors import to_rgb

    return to_rgb(colour)


def _ellipses(ground: Ground, x, y, across, **look) -> None:
    if len(x):
        ground.ax.add_collection(
            EllipseCollection(across, across, np.zeros(len(x)), units="xy", offsets=np.column_stack([x, y]), transOffset=ground.ax.transData, **look)
        )


def outline(ground: Ground, zones: gpd.GeoDataFrame, alone: bool = False) -> None:
    """Draw the outlines of zones in the colour of their family."""
    shown = zones.to_crs(ground.crs)
    for zone in shown.itertuples():
        colour = style.ZONE_COLOURS[zone.family]
        gpd.GeoSeries([zone.geometry], crs=ground.crs).plot(
            ax=ground.ax, aspect=None, facecolor=(*_rgb(colour), 0.07 if alone else 0.0), edgecolor=colour, linewidth=1.0, linestyle=(0, (4, 2)), zorder=1.8
        )
        ground.ax.set(xlabel="", ylabel="")


def _key(zone_text: str, colour: str, dot_mm: float, lang: str, places: pd.DataFrame, has_canal: bool) -> list:
    _, ngettext = translator(lang), plural(lang)
    items = [("dot", colour, dot_mm * n**0.5, ngettext("{n} person", "{n} people", n)) for n in (1, 5, 20) if n <= max(1, places["n"].max())]
    if (places["location_precision_m"] > FAR_M).any():
        items.append(("disc", colour, 3.2, _("place known only to lie within the disc, drawn to scale")))
    if zone_text:
        items.append(("zone", *zone_text))
    if has_canal:
        items.append(("line", "#0072B2", 1.3, _("canal")))
    return [*items, ("boundary", basemap.BOUNDARY, 1.0, _("international boundary"))]


def too_rough(n: int, lang: str) -> str:
    """Return the sentence on people whose places a map cannot show."""
    ngettext = plural(lang)
    return ngettext(
        "{n} person whose place is known too roughly for this map is not shown.",
        "{n} people whose places are known too roughly for this map are not shown.",
        n,
    )


def off_map(n: int, lang: str) -> str:
    """Return the sentence on people whose places, some of them surely mistaken, lie off a map of the whole border; nothing where there are none."""
    ngettext = plural(lang)
    text = ngettext("{n} person whose place lies off this map is not shown.", "{n} people whose places lie off this map are not shown.", n)
    return text if n else ""


def _words(shown: int, lost: int, n_rough: int, lang: str) -> str:
    _, ngettext = translator(lang), plural(lang)
    parts = [ngettext("{n} person who died or went missing is shown.", "{n} people who died or went missing are shown.", shown)]
    parts.append(_("Places are rounded to about one kilometer."))
    if n_rough:
        parts.append(too_rough(n_rough, lang))
    if lost:
        parts.append(ngettext("{n} person without a known place is not shown.", "{n} people without a known place are not shown.", lost))
    return " ".join(parts)


@styled
def zone_map(incidents: pd.DataFrame, zones: gpd.GeoDataFrame, base: Mapping, lang: str, size: str = "double", zone_id: str | None = None) -> Figure:
    """Return the map of one zone and its surroundings, or of the whole border: every position with its precision, rounded to about 1 km.

    Parameters
    ----------
    incidents : contract INCIDENTS, deaths and missing
    zones : contract ZONES
    base : layers from `basemap.read_base`; a layer "canal" is drawn where given
    lang, size : "en" or "es"; "single" or "double"
    zone_id : zone to show in its UTM zone; None for the whole border in an equal-area projection

    Raises
    ------
    InputError
        The zone, language or size is unknown.
    """
    _ = translator(lang)
    zone = find_zone(zones, zone_id) if zone_id else None
    places = public_positions(incidents)
    crs = basemap.utm_of(zone["geometry"].bounds) if zone is not None else basemap.ALBERS
    extent = basemap.extent_of(zone["geometry"].bounds if zone is not None else basemap.BORDER_BOUNDS, crs, (0.45, 0.8) if zone is not None else (0.3, 0.8))
    colour = style.MEASURE_COLOURS["deaths"]
    zone_text = (style.ZONE_COLOURS[zone["family"]], 1.0, place_name(zone, lang)) if zone is not None else ()
    near, n_rough = within(places, crs, extent, WIDEST * (extent[3] - extent[1]))
    name = in_years(place_name(zone, lang), years_shown(near))
    title = _("Where people died or went missing: {place}", place=name)
    dot = (1.5 if len(near) < 600 else 1.0) * (1.0 if size == "double" else 0.75) * (1.0 if zone_id else 0.65)
    if near.empty:
        nobody = _("There is no map: nobody is recorded as dead or missing in or near {place}.", place=name)
        return message_figure(_(NO_PLACE) if places.empty else nobody, size, lang, title)
    ground = start_map(
        size,
        crs,
        extent,
        lang,
        _key(zone_text, colour, dot, lang, near, "canal" in base and not basemap.clipped(base["canal"], crs, extent).empty and zone is not None),
    )
    basemap.draw_ground(ground, base)
    if zone is not None:
        outline(ground, zones[zones["zone_id"] == zone_id], alone=True)
    shown = draw_positions(ground, near, colour, dot)
    furnish(ground, base, near, size, with_locator=zone is not None)
    note = _words(shown, n_unplaced(incidents) if zone is None else 0, n_rough, lang)
    off = off_map(int(places["n"].sum()) - shown - n_rough, lang) if zone is None else ""
    set_title(ground.fig, title, f"{note} {off}".strip())
    alt = _("Map of {place}: {n} people who died or went missing, each drawn where it is known to be, as a disc where the place is known only roughly.",
            place=name, n=number(shown, lang))  # fmt: skip
    caption = _("People who died or went missing: {place}. A dot's area grows with the number of people at that place; a disc shows how well the place "
                "is known.", place=name)  # fmt: skip
    return describe(ground.fig, Description(title, alt, caption, near, has_points=True))


def find_zone(zones: gpd.GeoDataFrame, zone_id: str) -> pd.Series:
    """Return one zone.

    Raises
    ------
    InputError
        There is no such zone.
    """
    found = zones[zones["zone_id"] == zone_id]
    if found.empty:
        raise InputError(f"there is no zone {zone_id!r}", do=f"Zones: {', '.join(zones['zone_id'])}.")
    return found.iloc[0]


def within(places: pd.DataFrame, crs: str, extent: tuple, widest_m: float) -> tuple[pd.DataFrame, int]:
    """Return the places inside an extent that are known to within `widest_m`, and the number of people inside it whose place is not."""
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(places["lon"].to_numpy(), places["lat"].to_numpy())
    near = places[(x >= extent[0]) & (x <= extent[2]) & (y >= extent[1]) & (y <= extent[3])]
    is_rough = near["location_precision_m"] > widest_m
    return near[~is_rough].reset_index(drop=True), int(near.loc[is_rough, "n"].sum())


def furnish(ground: Ground, base: Mapping, places: pd.DataFrame, size: str, with_locator: bool = True) -> None:
    """Add scale bar, locator, towns and names of states: scale bar and locator in the two lower corners, the emptier one for the locator."""
    x, _y = Transformer.from_crs("EPSG:4326", ground.crs, always_xy=True).transform(places["lon"].to_numpy(), places["lat"].to_numpy())
    low = _y < ground.extent[1] + (ground.extent[3] - ground.extent[1]) * 0.35
    width = ground.extent[2] - ground.extent[0]
    left = (low & (x < ground.extent[0] + width * 0.3)).sum()
    right = (low & (x > ground.extent[2] - width * 0.3)).sum()
    corner, other = ("left", "right") if left <= right else ("right", "left")
    if with_locator:
        basemap.draw_locator(ground, base, corner, 32.0 if size == "double" else 20.0)
    basemap.draw_scale_bar(ground, other)
    basemap.label_places(ground, base["towns"], 22 if size == "double" else 11)
    basemap.label_states(ground, base)
