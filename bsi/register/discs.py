"""The share of a disc that lies in a polygon, exactly, and points in polygons, fast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

EQUAL_AREA = "+proj=aea +lat_1=26.5 +lat_2=33.5 +lat_0=30 +lon_0=-107 +datum=WGS84 +units=m +no_defs"
TINY_M = 1.0
MANY_POINTS = 100_000
GRID = 128


def key_points(lon, lat, polygons) -> np.ndarray:
    """Return True where a point lies in a polygon, as an array of points x polygons (the fast path for simulated points).

    Parameters
    ----------
    lon, lat : arrays in the CRS of the polygons
    polygons : sequence of polygons

    Examples
    --------
    >>> key_points([0.5, 2.0], [0.5, 0.5], [shapely.box(0, 0, 1, 1)]).tolist()
    [[True], [False]]
    """
    polygons = np.asarray(polygons, dtype=object)
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    shapely.prepare(polygons)
    if len(lon) < MANY_POINTS or not len(polygons):
        return np.column_stack([_contains(p, lon, lat) for p in polygons]) if len(polygons) else np.zeros((len(lon), 0), dtype=bool)
    west, south, east, north = shapely.total_bounds(polygons)
    step = np.array([east - west, north - south]) / GRID
    cell = _cell_number(lon, lat, (west, south), step)
    inside, touched = zip(*(_cells_of(p, (west, south), step) for p in polygons))
    out = np.take(np.stack(inside), cell, axis=1)
    unsure = np.take(np.stack(touched), cell, axis=1)
    for k, polygon in enumerate(polygons):
        points = np.flatnonzero(unsure[k])
        out[k, points] = shapely.contains_xy(polygon, lon[points], lat[points])
    return out.T


def _contains(polygon, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """True for points in one prepared polygon, those beyond its bounds not tried."""
    west, south, east, north = polygon.bounds
    near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
    out = np.zeros(len(x), dtype=bool)
    out[near] = shapely.contains_xy(polygon, x[near], y[near])
    return out


def _cell_number(x: np.ndarray, y: np.ndarray, origin: tuple, step: np.ndarray) -> np.ndarray:
    """Number of the grid cell of each point; a rim of one cell takes all that lies outside."""
    column, row = (
        np.clip(np.nan_to_num((v - o) / s + 1, nan=0), 0, GRID + 1).astype(np.int32) for v, o, s in ((x, origin[0], step[0]), (y, origin[1], step[1]))
    )
    return row * (GRID + 2) + column


def _cells_of(polygon, origin: tuple, step: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Grid cells that lie wholly in the polygon, and those that its outline may touch (its cells and their neighbours)."""
    touched = np.zeros((GRID + 2, GRID + 2), dtype=bool)
    outline = shapely.get_coordinates(shapely.segmentize(polygon.boundary, step.min() / 2))
    touched.flat[_cell_number(*outline.T, origin, step)] = True
    for axis in (0, 1):
        touched = touched | np.roll(touched, 1, axis) | np.roll(touched, -1, axis)
    row, column = np.nonzero(~touched)
    inside = np.zeros_like(touched)
    inside[row, column] = _contains(polygon, origin[0] + (column - 0.5) * step[0], origin[1] + (row - 0.5) * step[1])
    return inside.ravel(), touched.ravel()


def disc_shares(lon, lat, radius_m, shapes: np.ndarray) -> np.ndarray:
    """Return the exact share of each disc's area that lies in each polygon, as an array of discs x polygons.

    Parameters
    ----------
    lon, lat : degrees, WGS 84; a missing coordinate gives 0 everywhere
    radius_m : radius of the discs; missing or below one metre is a point
    shapes : valid polygons in EQUAL_AREA

    Notes
    -----
    Green's theorem around the common part: the pieces of polygon edges inside the disc, closed by the arcs that run anticlockwise from where the
    polygon's boundary leaves the disc to where it comes back. The arcs add up to the angles of entry less those of exit, modulo a full turn.
    """
    lon, lat, radius = (pd.array(np.asarray(v), dtype="Float64").to_numpy(dtype=float, na_value=np.nan) for v in (lon, lat, radius_m))
    has_point = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    radius = np.nan_to_num(radius[has_point])
    xy = to_equal_area(lon[has_point], lat[has_point])
    inside = key_points(*xy.T, shapes)
    shares = np.zeros((len(lon), len(shapes)))
    shares[has_point] = inside
    wide = np.flatnonzero(radius >= TINY_M)
    pieces = _edge_pieces(xy[wide], radius[wide], shapes)
    if pieces.empty:
        return shares
    sums = pieces.groupby(["disc", "zone"], as_index=False).sum()
    disc, zone = wide[sums["disc"]], sums["zone"].to_numpy()
    turn = np.mod(sums["turn"].to_numpy(), 2 * np.pi)
    no_arc_seen = np.minimum(turn, 2 * np.pi - turn) < 1e-9
    rim = xy[disc[no_arc_seen]] + np.column_stack([radius[disc[no_arc_seen]], np.zeros(no_arc_seen.sum())])
    turn[no_arc_seen] = 2 * np.pi * shapely.contains_xy(shapes[zone[no_arc_seen]], *rim.T)
    shares[has_point[disc], zone] = np.clip((sums["cross"] / radius[disc] ** 2 + turn) / (2 * np.pi), 0, 1)
    return shares


def _edge_pieces(centre: np.ndarray, radius: np.ndarray, shapes: np.ndarray) -> pd.DataFrame:
    """Return one row for each polygon edge that reaches into a disc: disc, zone, cross product of the piece inside, angle of entry less exit."""
    start, end, of_zone = _edges(shapes)
    tree = shapely.STRtree(shapely.linestrings(np.stack([start, end], axis=1)))
    disc, edge = tree.query(shapely.box(*(centre - radius[:, None]).T, *(centre + radius[:, None]).T))
    p, q, r2 = start[edge] - centre[disc], end[edge] - centre[disc], radius[disc] ** 2
    d = q - p
    a, b = (d * d).sum(1), (p * d).sum(1)
    root = np.sqrt(np.maximum(b * b - a * ((p * p).sum(1) - r2), 0))
    first, last = (-b - root) / a, (-b + root) / a
    p_in, q_in = (p * p).sum(1) < r2, (q * q).sum(1) < r2
    through = ~p_in & ~q_in & (root > 0) & (first > 0) & (last < 1)
    enters, leaves = through | (~p_in & q_in), through | (p_in & ~q_in)
    t0, t1 = np.where(enters, first, 0.0)[:, None], np.where(leaves, last, 1.0)[:, None]
    u, v = p + t0 * d, p + t1 * d
    cross = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    turn = np.where(enters, np.arctan2(u[:, 1], u[:, 0]), 0) - np.where(leaves, np.arctan2(v[:, 1], v[:, 0]), 0)
    reaches = enters | p_in
    return pd.DataFrame({"disc": disc[reaches], "zone": of_zone[edge[reaches]], "cross": cross[reaches], "turn": turn[reaches]})


def _edges(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return start, end and polygon number of every edge, the interior on its left."""
    parts, of_shape = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    xy, of_ring = shapely.get_coordinates(rings, return_index=True)
    same = of_ring[1:] == of_ring[:-1]
    return xy[:-1][same], xy[1:][same], of_shape[of_part[of_ring[:-1][same]]]


def to_equal_area(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return x, y in metres of the border's equal-area projection for degrees in WGS 84."""
    import pyproj

    project = pyproj.Transformer.from_crs("EPSG:4326", EQUAL_AREA, always_xy=True)
    return np.column_stack(project.transform(lon, lat))
