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


def fill_areas(
    incidents: pd.DataFrame, counties: gpd.GeoDataFrame, mx_states: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, sector_counties: pd.DataFrame
) -> pd.DataFrame:
    """Return incidents with county, state, country and sector filled; what a record states is kept.

    A U.S. incident without a point gets its sector from the county it states, where that county lies in one sector only. Sectors are
    approximated by counties.

    Parameters
    ----------
    incidents : contract INCIDENTS
    counties : name, state (two letters), polygons in EPSG:4326
    mx_states : code (three letters), polygons
    zones : contract ZONES, of which family "sector" is used
    sector_counties : sector, state, county, share ("whole" where the county lies in one sector)
    """
    out = incidents.copy()
    whole = sector_counties[sector_counties["share"] == "whole"]
    sector_of = dict(zip(whole["county"] + "|" + whole["state"], whole["sector"], strict=True))
    sectors = zones[zones["family"] == "sector"]
    counties_named = counties["name"] + "|" + counties["state"]

    county = _where_blank(out, ["state", "county"], counties_named, counties.geometry).where(out["country"].ne("MX"))
    out["state"] = out["state"].fillna(county.str[-2:])
    out["state"] = out["state"].fillna(_where_blank(out, ["state"], mx_states["code"], mx_states.geometry))
    country = pd.Series(np.where(out["state"].isin(set(counties["state"])), "US", np.where(out["state"].notna(), "MX", None)), index=out.index)
    out["country"] = out["country"].fillna(country)
    out["county"] = out["county"].fillna(county.str[:-3].where(county.str[-2:].eq(out["state"])))
    in_us = out["country"].ne("MX")
    out["sector"] = out["sector"].fillna((out["county"] + "|" + out["state"]).map(sector_of).where(in_us))
    by_point = _where_blank(out, ["sector"], sectors["zone_id"].str.removeprefix("sector_"), sectors.geometry)
    out["sector"] = out["sector"].fillna(by_point.where(in_us))
    return out


def _where_blank(frame: pd.DataFrame, columns: list[str], names, polygons) -> pd.Series:
    """Return `find_area` of the rows that lack one of the columns, null elsewhere: most rows state their place."""
    blank = frame[columns].isna().any(axis=1)
    found = find_area(frame.loc[blank, "lon"], frame.loc[blank, "lat"], names, polygons)
    return found.set_axis(frame.index[blank]).reindex(frame.index)


def sector_for_weights(stated: pd.Series, filled: pd.DataFrame) -> pd.Series:
    """Return the sector that decides zone weights: the stated one, else the county's where there is no point; a point speaks by its disc.

    Parameters
    ----------
    stated : sector as the records state it, index of `filled`
    filled : incidents from `fill_areas`
    """
    return stated.fillna(filled["sector"].where(filled["lon"].isna()))
