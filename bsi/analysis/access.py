"""How far from the boundary, towns, water, canal and roads people were found, by period, with the precision of each place carried through."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable

EQUAL_AREA = "+proj=aea +lat_1=26.5 +lat_2=33.5 +lat_0=30 +lon_0=-107 +datum=WGS84 +units=m +no_defs"


def distances(incidents: pd.DataFrame, layers: Mapping) -> pd.DataFrame:
    """Return the distance of each incident with a position to the nearest feature of each layer, as an interval of distance -+ precision.

    Parameters
    ----------
    incidents : contract INCIDENTS
    layers : name -> GeoDataFrame in EPSG:4326 (lines, points or areas; inside an area the distance is 0); e.g. boundary, towns, rivers and lakes
        as water, canal, and roads where the analyst supplies them

    Returns
    -------
    DataFrame: incident_id, date, to, distance_m, low_m (at least 0), high_m; an unknown precision leaves low and high null. Distances are taken in
    the equal-area projection of the border, in which lengths are true to 0.3 % between 25 and 35 degrees of latitude.

    Raises
    ------
    NotEstimable
        No incident has a position, or a layer is empty.
    """
    import geopandas as gpd
    import shapely

    rows = incidents[incidents["lon"].notna() & incidents["lat"].notna()]
    if rows.empty:
        raise NotEstimable("no incident has a position")
    points = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), crs="EPSG:4326").to_crs(EQUAL_AREA).to_numpy()
    precision = rows["location_precision_m"].to_numpy(float)
    out = []
    for name, layer in layers.items():
        shapes = layer.to_crs(EQUAL_AREA).geometry.explode(ignore_index=True)
        shapes = shapes[~shapes.is_empty & shapes.notna()].to_numpy()
        if not len(shapes):
            raise NotEstimable("the layer {name} is empty", name=name)
        nearest = shapely.STRtree(shapes).query_nearest(points, return_distance=True, all_matches=False)
        metres = np.empty(len(points))
        metres[nearest[0][0]] = nearest[1]
        frame = {"incident_id": rows["incident_id"].to_numpy(), "date": rows["date"].to_numpy(), "to": name, "distance_m": metres}
        out.append(pd.DataFrame({**frame, "low_m": np.maximum(metres - precision, 0), "high_m": metres + precision}))
    return pd.concat(out, ignore_index=True)


def by_period(table: pd.DataFrame, years: int = 5, fewest: int = 10) -> pd.DataFrame:
    """Return the median distance by spans of years, with the range that the precision of the places allows and a bootstrap interval.

    Parameters
    ----------
    table : from `distances`
    years : length of a span; spans begin in years divisible by it
    fewest : a span with fewer incidents has no median (null)

    Returns
    -------
    DataFrame: to, year_from, year_to, n, median_m, low_m, high_m (95 %, order statistics), nearest_m, farthest_m (median were every place at the
    near, or far, end of its precision: known precisions only)
    """
    dated = table[table["date"].notna()]
    start = dated["date"].dt.year // years * years
    rows = []
    for (to, first), part in dated.groupby(["to", start]):
        n = len(part)
        row = {"to": to, "year_from": int(first), "year_to": int(min(first + years - 1, dated["date"].dt.year.max())), "n": n}
        low, high = _median_interval(np.sort(part["distance_m"].to_numpy())) if n >= fewest else (np.nan, np.nan)
        row |= {"median_m": part["distance_m"].median() if n >= fewest else np.nan, "low_m": low, "high_m": high}
        row |= {"nearest_m": part["low_m"].median() if n >= fewest else np.nan, "farthest_m": part["high_m"].median() if n >= fewest else np.nan}
        rows.append(row)
    return pd.DataFrame(rows, columns=["to", "year_from", "year_to", "n", "median_m", "low_m", "high_m", "nearest_m", "farthest_m"])


def _median_interval(ordered: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of a median by order statistics (binomial, no assumption on the distribution)."""
    from scipy.stats import binom

    low = max(int(binom.ppf(0.025, len(ordered), 0.5)), 1) - 1
    return float(ordered[low]), float(ordered[len(ordered) - 1 - low])
