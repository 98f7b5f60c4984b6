"""The share of a disc that lies in a polygon, exactly, and points in polygons, fast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

EQUAL_AREA = "+proj=aea +lat_1=26.5 +lat_2=33.5 +lat_0=30 +lon_0=-107 +datum=WGS84 +units=m +no_defs"
TINY_M = 1.0


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
    from concurrent.futures import ThreadPoolExecutor

    polygons = np.asarray(polygons, dtype=object)
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    shapely.prepare(polygons)
    out = np.zeros((len(polygons), len(lon)), dtype=bool)

    def key(k: int) -> None:
        west, south, east, north = polygons[k].bounds
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        out[k, near] = shapely.contains_xy(polygons[k], lon[near], lat[near])

    with ThreadPoolExecutor() as pool:
        list(pool.map(key, range(len(polygons))))
    return out.T


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
