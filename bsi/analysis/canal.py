"""Where along a canal people died: incidents by kilometre of its centre line, and the stretches that hold more than their share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable

EQUAL_AREA = "+proj=aea +lat_1=26.5 +lat_2=33.5 +lat_0=30 +lon_0=-107 +datum=WGS84 +units=m +no_defs"


def by_kilometre(incidents: pd.DataFrame, line, km: float = 1.0, within_m: float = 2_000.0, coarsest_m: float = 2_000.0) -> pd.DataFrame:
    """Return the incidents by stretch of a canal, from its first waypoint, each spread along the line by its precision.

    Parameters
    ----------
    incidents : contract INCIDENTS
    line : centre line in EPSG:4326
    km : length of a stretch
    within_m : an incident farther from the line than this (less its precision) is not of the canal
    coarsest_m : a place known less well than this says no kilometre; such incidents stand in the column n_rough of every row

    Returns
    -------
    DataFrame: km_from, km_to, n (incidents, a fraction where spread), p (Poisson, window of three stretches against an even canal, one-sided),
    is_cluster (false-discovery rate 5 %), n_placed, n_rough, lon, lat (middle of the stretch)

    Raises
    ------
    NotEstimable
        Fewer than ten incidents are known well enough.
    """
    import geopandas as gpd
    import shapely
    from scipy.stats import false_discovery_control, norm, poisson

    flat = gpd.GeoSeries([line], crs="EPSG:4326").to_crs(EQUAL_AREA).iloc[0]
    fine = incidents[incidents["lon"].notna() & incidents["lat"].notna() & (incidents["location_precision_m"] <= coarsest_m)]
    points = gpd.GeoSeries(gpd.points_from_xy(fine["lon"], fine["lat"]), crs="EPSG:4326").to_crs(EQUAL_AREA).to_numpy()
    precision = fine["location_precision_m"].to_numpy(float)
    near = shapely.distance(points, flat) <= within_m + precision
    if near.sum() < 10:
        raise NotEstimable("{n} incidents along the canal have a position that is known well enough; at least ten are needed", n=int(near.sum()))
    at = shapely.line_locate_point(flat, points[near])
    edges = np.append(np.arange(0, flat.length, km * 1000), flat.length)
    if len(edges) > 2 and edges[-1] - edges[-2] < km * 500:
        edges = np.delete(edges, -2)
    spread = np.maximum(precision[near] / 2, 50.0)  # a disc of radius r projects to a standard deviation of r/2
    share = norm.cdf((edges[None, :] - at[:, None]) / spread[:, None])
    share[:, 0], share[:, -1] = 0.0, 1.0
    n = np.diff(share, axis=1).sum(axis=0)
    length = np.diff(edges)
    kernel = np.ones(3)
    window, expected = np.convolve(n, kernel, "same"), np.convolve(length, kernel, "same") / flat.length * near.sum()
    p = poisson.sf(np.floor(window + 1e-9) - 1, expected)
    middle = gpd.GeoSeries([flat.interpolate(m) for m in (edges[:-1] + edges[1:]) / 2], crs=EQUAL_AREA).to_crs("EPSG:4326")
    return pd.DataFrame(
        {"km_from": edges[:-1] / 1000, "km_to": edges[1:] / 1000, "n": n, "p": p, "is_cluster": false_discovery_control(p) <= 0.05,
         "n_placed": int(near.sum()), "n_rough": len(incidents) - len(fine), "lon": middle.x, "lat": middle.y}
    )  # fmt: skip


def works_along(works: pd.DataFrame, line) -> pd.DataFrame:
    """Return the works of a canal with their place along its centre line: km, for a lined stretch also km_to (the greater).

    Parameters
    ----------
    works : kind, lon, lat, lon_to, lat_to (degrees; the end only of lined stretches)
    line : centre line in EPSG:4326
    """
    import geopandas as gpd
    import shapely

    flat = gpd.GeoSeries([line], crs="EPSG:4326").to_crs(EQUAL_AREA).iloc[0]

    def along(lon, lat):
        return shapely.line_locate_point(flat, gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs="EPSG:4326").to_crs(EQUAL_AREA).to_numpy()) / 1000

    start, end = along(works["lon"], works["lat"]), along(works["lon_to"].fillna(works["lon"]), works["lat_to"].fillna(works["lat"]))
    return works.assign(km=np.minimum(start, end), km_to=np.where(works["kind"] == "lined", np.maximum(start, end), np.nan)).sort_values(
        "km", ignore_index=True
    )


def near_works(table: pd.DataFrame, works: pd.DataFrame, within_km: float = 1.0) -> pd.DataFrame:
    """Return by kind of work how many incidents lie near one, and which share of the canal's length that is.

    Parameters
    ----------
    table : from `by_kilometre`; the incidents of a stretch count by the part of it that is near
    works : from `works_along`; near a drop or bridge is within `within_km` along the canal, a lined stretch is the stretch itself

    Returns
    -------
    DataFrame: kind, n_works, n_near, n_placed, share_of_length
    """
    start, end = table["km_from"].to_numpy(), table["km_to"].to_numpy()
    rows = []
    for kind, part in works.groupby("kind", sort=True):
        pad = 0.0 if kind == "lined" else within_km
        covered = np.zeros(len(table))
        for low, high in _merged(part["km"] - pad, part["km_to"].fillna(part["km"]) + pad):
            covered += np.clip(np.minimum(end, high) - np.maximum(start, low), 0, None)
        near = (table["n"].to_numpy() * covered / (end - start)).sum()
        placed = int(table["n_placed"].iloc[0])
        rows.append({"kind": kind, "n_works": len(part), "n_near": near, "n_placed": placed, "share_of_length": covered.sum() / (end[-1] - start[0])})
    return pd.DataFrame(rows, columns=["kind", "n_works", "n_near", "n_placed", "share_of_length"])


def _merged(low: pd.Series, high: pd.Series) -> list[tuple[float, float]]:
    """Return intervals joined where they overlap."""
    out: list[tuple[float, float]] = []
    for a, b in sorted(zip(low, high, strict=True)):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out
