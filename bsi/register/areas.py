"""County, state, country and Border Patrol sector of an incident, from its point where no record states them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

NEAR_DEGREES = 0.02  # about 2 km: mid-river points and generalised outlines leave points just outside their state


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


def fill_areas(incidents: pd.DataFrame, counties: gpd.GeoDataFrame, mx_states: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return incidents with county, state, country and sector filled; what a record states is kept.

    A U.S. incident without a point gets its sector from the county it states. Sectors are approximated by counties.

    Parameters
    ----------
    incidents : contract INCIDENTS
    counties : name, state (two letters), polygons in EPSG:4326
    mx_states : code (three letters), polygons
    zones : contract ZONES, of which family "sector" is used
    """
    out = incidents.copy()
    lon, lat = out["lon"].to_numpy(float), out["lat"].to_numpy(float)
    county = find_area(lon, lat, counties["name"] + "|" + counties["state"], counties.geometry).set_axis(out.index)
    in_mexico = find_area(lon, lat, mx_states["code"], mx_states.geometry).set_axis(out.index)
    county = county.where(out["country"].ne("MX"))
    out["state"] = out["state"].fillna(county.str[-2:]).fillna(in_mexico)
    country = pd.Series(np.where(out["state"].isin(set(counties["state"])), "US", np.where(out["state"].notna(), "MX", None)), index=out.index)
    out["country"] = out["country"].fillna(country)
    out["county"] = out["county"].fillna(county.str[:-3].where(county.str[-2:].eq(out["state"])))
    sectors = zones[zones["family"] == "sector"]
    names = sectors["zone_id"].str.removeprefix("sector_")
    by_point = find_area(lon, lat, names, sectors.geometry).set_axis(out.index)
    middle = counties.geometry.representative_point()
    of_county = dict(zip(counties["name"] + "|" + counties["state"], find_area(middle.x, middle.y, names, sectors.geometry), strict=True))
    by_county = (out["county"] + "|" + out["state"]).map(of_county)
    out["sector"] = out["sector"].fillna(by_point.where(out["country"].ne("MX"))).fillna(by_county)
    return out


def sector_for_weights(stated: pd.Series, filled: pd.DataFrame) -> pd.Series:
    """Return the sector that decides zone weights: the stated one, else the county's where there is no point; a point speaks by its disc.

    Parameters
    ----------
    stated : sector as the records state it, index of `filled`
    filled : incidents from `fill_areas`
    """
    return stated.fillna(filled["sector"].where(filled["lon"].isna()))
