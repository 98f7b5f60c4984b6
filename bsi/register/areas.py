"""County, state, country and Border Patrol sector of an incident, from its point where no record states them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

NEAR_DEGREES = 0.02  # about 2 km: rivers, shores and generalised outlines leave points just outside their state


def find_area(lon, lat, names, polygons) -> pd.Series:
    """Return the name of the polygon each point lies in, or of the nearest within about 2 km; null where there is none.

    Parameters
    ----------
    lon, lat : arrays (n,), degrees; null allowed
    names : names of the polygons
    polygons : polygons in EPSG:4326; of two that hold a point the first counts

    Examples
    --------
    >>> find_area([0.5, 9.0], [0.5, 9.0], ["a"], [shapely.box(0, 0, 1, 1)]).tolist()
    ['a', None]
    """
    polygons, names = np.asarray(polygons, dtype=object), np.asarray(names, dtype=object)
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    placed = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    points = shapely.points(lon[placed], lat[placed])
    found = np.full(len(lon), None, dtype=object)
    polygon, point = shapely.STRtree(points).query(polygons, predicate="intersects")  # prepares each polygon once
    found[placed[point[::-1]]] = names[polygon[::-1]]
    lost = np.flatnonzero(pd.isna(found[placed]))
    point, polygon = shapely.STRtree(polygons).query_nearest(points[lost], max_distance=NEAR_DEGREES, all_matches=False)
    found[placed[lost[point]]] = names[polygon]
    return pd.Series(found, dtype="object")


def fill_areas(
    incidents: pd.DataFrame, counties: gpd.GeoDataFrame, states: gpd.GeoDataFrame, mx_states: gpd.GeoDataFrame, zones: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Return incidents with county, state, country and sector filled from the point; what a record states is kept.

    A U.S. incident without a point gets its sector from the county it states, where that county lies in one sector. Sectors are
    approximated by counties.

    Parameters
    ----------
    incidents : contract INCIDENTS
    counties : name, state (two letters), polygon in EPSG:4326
    states : state (two letters), polygon
    mx_states : code (three letters), polygon
    zones : contract ZONES, of which family "sector" is used
    """
    out = incidents.copy()
    lon, lat = out["lon"].to_numpy(float), out["lat"].to_numpy(float)
    both = [*states["state"], *mx_states["code"]]
    here = find_area(lon, lat, both, [*states.geometry, *mx_states.geometry]).set_axis(out.index)
    out["state"] = out["state"].fillna(here)
    of_us = out["state"].isin(set(states["state"]))
    out["country"] = out["country"].fillna(pd.Series(np.where(of_us, "US", np.where(out["state"].notna(), "MX", None)), index=out.index, dtype="object"))
    county = find_area(lon, lat, counties["name"] + "|" + counties["state"], counties.geometry).set_axis(out.index)
    agrees = county.str.rsplit("|", n=1).str[1].eq(out["state"])
    out["county"] = out["county"].fillna(county.str.rsplit("|", n=1).str[0].where(agrees))
    sectors = zones[zones["family"] == "sector"]
    names = sectors["zone_id"].str.removeprefix("sector_")
    by_point = find_area(lon, lat, names, sectors.geometry).set_axis(out.index)
    middles = counties.geometry.representative_point()
    of_county = dict(zip(counties["name"] + "|" + counties["state"], find_area(middles.x, middles.y, names, sectors.geometry), strict=True))
    by_county = (out["county"] + "|" + out["state"]).map(of_county)
    out["sector"] = out["sector"].fillna(by_point.where(out["country"].ne("MX"))).fillna(by_county)
    return out
