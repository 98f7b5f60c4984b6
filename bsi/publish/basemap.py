"""The ground of every map: extent and projection, both countries, water, towns with labels that do not collide, scale bar, locator."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import matplotlib.patheffects as effects
import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.path import Path as Outline
from pyproj import Transformer
from shapely import get_coordinates, get_parts, get_type_id
from shapely.geometry import box

from bsi.errors import InputError
from bsi.publish import style
from bsi.publish.language import number, translator

LAYERS = ("counties", "states", "mx_states", "boundary", "rivers", "lakes", "land", "towns")
ALBERS = "+proj=aea +lat_1=27 +lat_2=33 +lat_0=30 +lon_0=-107 +datum=WGS84 +units=m"
BORDER_BOUNDS = (-118.2, 25.2, -96.4, 34.0)
LAND, SEA, RIVER, LINE, BOUNDARY = "#f6f3ec", "#dbe8f0", "#8fb4cc", "#c4bdae", "#4a4a4a"
MOST_KEPT = 200  # layers clipped to an extent: a few of each map
_CLIPPED: dict[tuple, tuple] = {}
HALO = [effects.withStroke(linewidth=1.6, foreground="white")]


@dataclass
class Ground:
    """A map being drawn: its axes, projection, extent in metres, millimetres to a metre, and the boxes (mm) that labels must keep off."""

    fig: Figure
    ax: object
    crs: object
    extent: tuple[float, float, float, float]
    mm: float
    lang: str
    taken: list = field(default_factory=list)

    def to_mm(self, x: float, y: float) -> tuple[float, float]:
        """Return a place in millimetres from the lower left corner of the map."""
        return (x - self.extent[0]) * self.mm, (y - self.extent[1]) * self.mm

    @property
    def size_mm(self) -> tuple[float, float]:
        """Return width and height of the map."""
        return (self.extent[2] - self.extent[0]) * self.mm, (self.extent[3] - self.extent[1]) * self.mm

    def is_free(self, spot: tuple[float, float, float, float]) -> bool:
        """True where a box (left, bottom, right, top in mm) lies in the map and on nothing that is taken."""
        width, height = self.size_mm
        inside = spot[0] >= 0.5 and spot[1] >= 0.5 and spot[2] <= width - 0.5 and spot[3] <= height - 0.5
        return inside and not any(spot[0] < t[2] and t[0] < spot[2] and spot[1] < t[3] and t[1] < spot[3] for t in self.taken)


def read_base(path: Path) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of the base geometry (EPSG:4326) by name.

    Raises
    ------
    InputError
        The file is missing or lacks a layer.
    """
    import pyogrio

    if not Path(path).is_file():
        raise InputError("the base geometry is missing", str(path), "Restore data/geo/base.gpkg from the project.")
    present = {name for name, _kind in pyogrio.list_layers(path)}
    lacking = [name for name in LAYERS if name not in present]
    if lacking:
        raise InputError(f"the base geometry lacks the layers {', '.join(lacking)}", str(path), "Build it anew with scripts/build_geo.py.")
    return {name: gpd.read_file(path, layer=name) for name in sorted(present)}


def utm_of(bounds: tuple[float, float, float, float]) -> str:
    """Return the UTM projection (WGS 84, north) of the middle of an extent in degrees.

    Examples
    --------
    >>> utm_of((-112.5, 31.3, -110.5, 32.5))
    'EPSG:32612'
    """
    return f"EPSG:{32600 + int(((bounds[0] + bounds[2]) / 2 + 180) // 6) + 1}"


def extent_of(bounds: tuple, crs: str, ratio: tuple[float, float] = (0.45, 0.85), pad: float = 0.06) -> tuple[float, float, float, float]:
    """Return the extent in metres of bounds in degrees, padded and stretched until height / width lies within `ratio`."""
    x0, y0, x1, y1 = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform_bounds(*bounds, densify_pts=21)
    width, height = (x1 - x0) * (1 + 2 * pad), (y1 - y0) * (1 + 2 * pad)
    height = max(height, width * ratio[0])
    width = max(width, height / ratio[1])
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def clipped(layer: gpd.GeoDataFrame, crs: str, extent: tuple) -> gpd.GeoDataFrame:
    """Return the part of a layer (EPSG:4326) inside an extent, projected; kept for the next map of that extent, so neither may be changed in place."""
    key = id(layer), crs, extent
    if key not in _CLIPPED:
        if len(_CLIPPED) == MOST_KEPT:
            _CLIPPED.clear()
        _CLIPPED[key] = layer, _clip(layer, crs, extent)  # with the layer itself, whose id stays its own while it is kept
    return _CLIPPED[key][1]


def _clip(layer: gpd.GeoDataFrame, crs: str, extent: tuple) -> gpd.GeoDataFrame:
    frame = box(*extent)
    degrees = gpd.GeoSeries([frame.buffer(max(extent[2] - extent[0], extent[3] - extent[1]) * 0.02)], crs=crs).segmentize(20_000).to_crs(4326)
    near = layer.iloc[layer.sindex.query(degrees.iloc[0], predicate="intersects")].to_crs(crs)
    return near.assign(geometry=near.geometry.intersection(frame)).loc[lambda f: ~f.geometry.is_empty]


def draw_ground(ground: Ground, base: dict, counties: bool = False, quiet: bool = False) -> None:
    """Draw land, water, states of both countries, boundary and canal; no text. `quiet` leaves the rivers out (small panels)."""
    ax, crs, extent = ground.ax, ground.crs, ground.extent
    ax.set_xlim(extent[0], extent[2])
    ax.set_ylim(extent[1], extent[3])
    ax.set_facecolor(SEA)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set(visible=True, color="#8a8a8a", linewidth=0.5)
    layer = {name: clipped(base[name], crs, extent) for name in ("land", "lakes", "states", "mx_states", "boundary")}
    fill(ax, layer["land"], facecolor=LAND, edgecolor="none", zorder=0.5)
    if counties:
        fill(ax, clipped(base["counties"], crs, extent), facecolor="none", edgecolor="#dcd6c9", linewidth=0.35, zorder=0.8)
    for name in ("states", "mx_states"):
        fill(ax, layer[name], facecolor="none", edgecolor=LINE, linewidth=0.5, zorder=0.9)
    fill(ax, layer["lakes"], facecolor=SEA, edgecolor=RIVER, linewidth=0.3, zorder=1)
    if not quiet:
        _lines(ax, clipped(base["rivers"], crs, extent), color=RIVER, linewidth=0.7, zorder=1.1)
    _lines(ax, layer["boundary"], color=BOUNDARY, linewidth=1.0 if not quiet else 0.6, linestyle=(0, (6, 1.5, 1.2, 1.5)), zorder=1.4)
    if "canal" in base:
        _lines(ax, clipped(base["canal"], crs, extent), color="#0072B2", linewidth=1.3 if not quiet else 0.8, zorder=1.5)


def fill(ax, layer: gpd.GeoDataFrame, **look) -> None:
    """Draw the polygons of a layer that is in the projection of the axes; their edge and face as in `PathCollection`."""
    parts = get_parts(layer.geometry.to_numpy())
    paths = [_outline(part) for part in parts[get_type_id(parts) == 3]]
    ax.add_collection(PathCollection(paths, **look), autolim=False)


def _outline(polygon) -> Outline:
    """Return the outline of a polygon and its holes as one path."""
    rings = [np.asarray(ring.coords)[:, :2] for ring in (polygon.exterior, *polygon.interiors)]
    return Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))


def _lines(ax, layer: gpd.GeoDataFrame, **look) -> None:
    parts = get_parts(get_parts(layer.geometry.to_numpy()))  # a collection may hold lines of several parts
    lines = [get_coordinates(part) for part in parts[get_type_id(parts) == 1]]
    ax.add_collection(LineCollection(lines, **look), autolim=False)


def write(ground: Ground, text: str, at: tuple[float, float], points: float = style.POINTS["small"], **look) -> None:
    """Write text at a place in mm from the lower left corner of the map."""
    width, height = ground.size_mm
    look = {"ha": "left", "va": "bottom", "color": style.INK, "path_effects": HALO, "zorder": 6, **look}
    ground.ax.text(at[0] / width, at[1] / height, text, transform=ground.ax.transAxes, fontsize=points, family=style.FONT, **look)


def label_places(ground: Ground, places: gpd.GeoDataFrame, most: int, points: float = style.POINTS["small"]) -> None:
    """Mark and name towns, the largest first, each beside its dot where it hits nothing; a town without room is left out whole.

    Parameters
    ----------
    ground : the map
    places : towns in EPSG:4326 with name and rank (small = large town)
    most : greatest number of towns
    """
    near = clipped(places, ground.crs, ground.extent).sort_values(["rank", "population", "name"], ascending=[True, False, True], kind="stable")
    high = points * 1.15 / 72 / style.MM
    done = 0
    for town in near.itertuples():
        if done == most:
            break
        x, y = ground.to_mm(town.geometry.x, town.geometry.y)
        wide = style.text_width_mm(town.name, points) + 0.6
        for left, low in (
            (x + 0.9, y - high / 2),
            (x - 0.9 - wide, y - high / 2),
            (x - wide / 2, y + 0.7),
            (x - wide / 2, y - 0.7 - high),
            (x + 0.6, y + 0.4),
            (x + 0.6, y - high - 0.4),
        ):
            spot = (left, low, left + wide, low + high)
            if ground.is_free(spot) and ground.is_free((x - 0.6, y - 0.6, x + 0.6, y + 0.6)):
                ground.taken += [spot, (x - 0.6, y - 0.6, x + 0.6, y + 0.6)]
                write(ground, town.name, (left + 0.3, low), points)
                ground.ax.plot(
                    town.geometry.x, town.geometry.y, "s", markersize=1.9, markerfacecolor="white", markeredgecolor=style.INK, markeredgewidth=0.5, zorder=5
                )
                done += 1
                break


def label_states(ground: Ground, base: dict) -> None:
    """Write the names of the states of both countries, in letter-spaced grey capitals, where they have room."""
    for name in ("states", "mx_states"):
        for state in clipped(base[name], ground.crs, ground.extent).dissolve("name").reset_index().sort_values("name").itertuples():
            text = "\u2009".join(state.name.upper())
            wide = style.text_width_mm(text, style.POINTS["small"]) + 1
            _first_room(ground, state.geometry, text, wide)


def _first_room(ground: Ground, area, text: str, wide: float) -> None:
    """Write the text at the place inside the area that lies farthest from its edge among those where it hits nothing."""
    from shapely import contains_xy, distance, points

    high = 2.6
    xs, ys = np.meshgrid(np.linspace(*ground.extent[0::2], 25)[1:-1], np.linspace(*ground.extent[1::2], 19)[1:-1])
    inside = contains_xy(area, xs, ys)
    spots = sorted(zip(-distance(area.boundary, points(xs[inside], ys[inside])), xs[inside], ys[inside], strict=True))
    for depth, x, y in spots:
        mx, my = ground.to_mm(x, y)
        spot = (mx - wide / 2, my - high / 2, mx + wide / 2, my + high / 2)
        if -depth * ground.mm > high / 2 and ground.is_free(spot):
            ground.taken.append(spot)
            write(ground, text, (mx, my), ha="center", va="center", color="#8b8577")
            return


def draw_scale_bar(ground: Ground, corner: str) -> None:
    """Draw a scale bar in kilometres and miles in a corner ("left" or "right") and keep its room."""
    width = ground.size_mm[0]
    target_km = (ground.extent[2] - ground.extent[0]) / 1000 * 0.22
    length = max(step * 10**power for power in range(-1, 4) for step in (1, 2, 5) if step * 10**power <= target_km)
    bar = length * 1000 * ground.mm
    _ = translator(ground.lang)
    text = _("{km} km ({miles} miles)", km=number(length, ground.lang, None), miles=number(_two_digits(length / 1.609344), ground.lang, None))
    room = max(bar, style.text_width_mm(text, style.POINTS["small"]) + 1)
    left = 3.0 if corner == "left" else width - room - 3.0
    ground.taken.append((left - 1, 1, left + room + 1, 7.4))
    x0, y = ground.extent[0] + left / ground.mm, ground.extent[1] + 3.0 / ground.mm
    back = Rectangle(
        (x0 - 1 / ground.mm, y - 1.4 / ground.mm), (room + 2) / ground.mm, 5.6 / ground.mm, facecolor="white", alpha=0.75, edgecolor="none", zorder=5.5
    )
    ground.ax.add_patch(back)
    ground.ax.plot(
        [x0, x0 + length * 1000],
        [y, y],
        color=style.INK,
        linewidth=1.4,
        solid_capstyle="butt",
        zorder=6,
        path_effects=[effects.withStroke(linewidth=3, foreground="white"), effects.Normal()],
    )
    write(ground, text, (left, 3.8))


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")


def draw_locator(ground: Ground, base: dict, corner: str, wide: float = 30.0) -> None:
    """Draw where the map lies on the whole border, as an inset in a lower corner ("left" or "right"), and keep its room."""
    extent = extent_of(BORDER_BOUNDS, ALBERS, (0.3, 0.9), 0.01)
    high = wide * (extent[3] - extent[1]) / (extent[2] - extent[0])
    left = 1.5 if corner == "left" else ground.size_mm[0] - wide - 1.5
    width, height = ground.size_mm
    inset = ground.ax.inset_axes((left / width, 1.5 / height, wide / width, high / height), zorder=7)
    small = Ground(ground.fig, inset, ALBERS, extent, wide / (extent[2] - extent[0]), ground.lang)
    draw_ground(small, base, quiet=True)
    here = gpd.GeoSeries([box(*ground.extent)], crs=ground.crs).segmentize(20_000).to_crs(ALBERS).total_bounds
    inset.add_patch(Rectangle((here[0], here[1]), here[2] - here[0], here[3] - here[1], facecolor="#c0392b40", edgecolor="#a02c1d", linewidth=0.9, zorder=9))
    ground.taken.append((left - 0.8, 0, left + wide + 0.8, high + 2.3))
