"""Ruggedness and heat of the places where people were found, against those of the area itself, with the precision of each place carried through."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bsi.analysis import access
from bsi.errors import NotEstimable

FIFTHS = ("share_1", "share_2", "share_3", "share_4", "share_5")


def values_at(incidents: pd.DataFrame, rasters: Mapping) -> pd.DataFrame:
    """Return the value of each raster at each incident: the mean of the cells within its precision, and how low and high those go.

    Parameters
    ----------
    incidents : contract INCIDENTS
    rasters : name -> lon, lat, value, cell_deg (a row each cell, EPSG:4326), from `register.rasters`

    Returns
    -------
    DataFrame: incident_id, date, to (name of the raster), value, low, high (fifth and ninety-fifth percentile of the cells within the precision; of the one
    cell that holds the place where no other middle lies within it). Incidents beyond the cells of a raster are left out of it.

    Raises
    ------
    NotEstimable
        No incident lies on any of the rasters.
    """
    rows = incidents[incidents["lon"].notna() & incidents["lat"].notna() & incidents["location_precision_m"].notna()]
    points, precision = _metres(rows["lon"], rows["lat"]), rows["location_precision_m"].to_numpy(float)
    out = [_one(name, raster, rows, points, precision) for name, raster in rasters.items()] if len(rows) else []
    out = [part for part in out if len(part)]
    if not out:
        raise NotEstimable("no incident lies on the rasters of ruggedness and temperature")
    return pd.concat(out, ignore_index=True)


def _one(name: str, raster: pd.DataFrame, rows: pd.DataFrame, points: np.ndarray, precision: np.ndarray) -> pd.DataFrame:
    from scipy.spatial import cKDTree

    cells, values = _metres(raster["lon"], raster["lat"]), raster["value"].to_numpy(float)
    tree = cKDTree(cells)
    reach = float(raster["cell_deg"].iloc[0]) * 111_320 * np.sqrt(0.5)  # half the diagonal of a cell
    apart, nearest = tree.query(points)
    within = tree.query_ball_point(points, precision)
    found = [values[near] if len(near) else values[[one]] for near, one in zip(within, nearest, strict=True)]
    inside = apart <= reach
    frame = {"incident_id": rows["incident_id"].to_numpy(), "date": rows["date"].to_numpy(), "to": name}
    frame |= {"value": [v.mean() for v in found], "low": [np.percentile(v, 5) for v in found], "high": [np.percentile(v, 95) for v in found]}
    return pd.DataFrame(frame)[inside]


def _metres(lon, lat) -> np.ndarray:
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4326", access.EQUAL_AREA, always_xy=True).transform(np.asarray(lon, float), np.asarray(lat, float))
    return np.column_stack([x, y])


def area_values(rasters: Mapping, zone) -> dict[str, np.ndarray]:
    """Return the values of the cells whose middle lies in a zone (EPSG:4326), weighted evenly: what the area itself offers.

    Raises
    ------
    NotEstimable
        A raster does not reach into the zone.
    """
    import shapely

    out = {}
    shapely.prepare(zone)
    for name, raster in rasters.items():
        out[name] = raster.loc[shapely.contains_xy(zone, raster["lon"].to_numpy(float), raster["lat"].to_numpy(float)), "value"].to_numpy(float)
        if not len(out[name]):
            raise NotEstimable("the raster {name} does not reach into the zone", name=name)
    return out


def by_period(table: pd.DataFrame, area: Mapping, years: int = 5, fewest: int = 10) -> pd.DataFrame:
    """Return the values by spans of years against the area's own.

    Parameters
    ----------
    table : from `values_at`
    area : name -> values of the area itself, from `area_values`
    years, fewest : as in `access.by_period`

    Returns
    -------
    DataFrame: to, year_from, year_to, n, median, low, high (95 %), least, most (median were every place at the low, or high, end that its precision allows),
    area_lower, area_median, area_upper (quartiles of the area), share_1 to share_5 (share of the incidents in each fifth of the area's values, from lowest; 0.2
    each where deaths fall as the area does; null where too few)
    """
    names = {"value": "distance_m", "low": "low_m", "high": "high_m"}
    spans = access.by_period(table.rename(columns=names), years, fewest)
    spans = spans.rename(columns={"median_m": "median", "low_m": "low", "high_m": "high", "nearest_m": "least", "farthest_m": "most"})
    dated = table[table["date"].notna()]
    start = dated["date"].dt.year // years * years
    extra = []
    for row in spans.itertuples():
        offered = np.sort(np.asarray(area[row.to], float))
        mine = dated.loc[(dated["to"] == row.to) & (start == row.year_from), "value"].to_numpy(float)
        fifth = np.searchsorted(np.quantile(offered, (0.2, 0.4, 0.6, 0.8)), mine, side="left")
        share = np.bincount(fifth, minlength=5) / len(mine) if row.n >= fewest else np.full(5, np.nan)
        quartiles = dict(zip(("area_lower", "area_median", "area_upper"), np.quantile(offered, (0.25, 0.5, 0.75)), strict=True))
        extra.append({**quartiles, **dict(zip(FIFTHS, share, strict=True))})
    return pd.concat([spans, pd.DataFrame(extra, index=spans.index, columns=["area_lower", "area_median", "area_upper", *FIFTHS])], axis=1)
