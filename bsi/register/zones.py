"""The danger zones: load their outlines, weigh each incident by the share of its precision disc, and say how much the outlines matter."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from bsi.contracts import ZONE_WEIGHTS, ZONES, conform
from bsi.errors import ContractError, InputError
from bsi.register.discs import EQUAL_AREA, disc_shares, to_equal_area

if TYPE_CHECKING:
    import geopandas as gpd

EDGE_DEG = 0.05  # a longer edge is divided before it is projected, so that it strays from its course by less than a metre
WGS84_NAMES = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326")


def load_zones(path: str | Path) -> gpd.GeoDataFrame:
    """Load a zone file, every rule of its contract checked; nothing is repaired.

    Parameters
    ----------
    path : GeoJSON with a `crs` member naming WGS 84 (longitude, latitude in degrees) and the properties of contracts.ZONES

    Returns
    -------
    GeoDataFrame in EPSG:4326, contract ZONES, in the order of the file

    Raises
    ------
    InputError
        The file is missing, no GeoJSON, empty, without or with another CRS, or a zone lacks a property, repeats a zone_id, or has an outline
        that crosses itself or is no polygon: the sentence names the zone.
    """
    import geopandas as gpd

    features = _read_features(Path(path))
    rows = pd.DataFrame([_check_feature(f, i, str(path)) for i, f in enumerate(features, 1)])
    repeated = rows["zone_id"][rows["zone_id"].duplicated()].unique()
    if len(repeated):
        raise InputError(f"zone_id {', '.join(repeated)} stands there more than once", str(path), "Give each zone an id of its own.")
    try:
        return conform(gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326"), ZONES)
    except ContractError as error:
        raise InputError(str(error), str(path), "Write dates as YYYY-MM-DD and is_approximate as true or false.") from None


def _read_features(path: Path) -> list[dict]:
    """Return the features of a GeoJSON file in longitude and latitude."""
    advice = "Save it as GeoJSON in EPSG:4326 (QGIS: Export, with the CRS written)."
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("there is no such zone file", str(path), "Give a GeoJSON file of zones.") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"the zone file is not valid GeoJSON ({error})", str(path), advice) from None
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection" or not isinstance(content.get("features"), list):
        raise InputError("the zone file is not valid GeoJSON: it is no FeatureCollection with a list of features", str(path), advice)
    if not content["features"]:
        raise InputError("the zone file holds no zone", str(path), "Add at least one feature.")
    crs = content.get("crs")
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) and isinstance(crs.get("properties", {}), dict) else crs
    if name is None:
        raise InputError("the zone file names no CRS", str(path), f'Add "crs": {{"type": "name", "properties": {{"name": "{WGS84_NAMES[0]}"}}}}.')
    if name not in WGS84_NAMES:
        raise InputError(f"the CRS of the zone file is {name}, not WGS 84 in degrees", str(path), advice)
    return content["features"]


def _check_feature(feature: dict, number: int, path: str) -> dict:
    """Return one zone as a row of the contract, or say what is wrong with it."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise InputError(f"feature {number} has no properties", path, "Fill in zone_id, the names and the definition.")
    where = f"{path}, zone {properties.get('zone_id') or f'number {number}'}"
    expected = [c for c in ZONES.columns if c != "geometry"]
    missing = [c for c in expected if c not in properties or (properties[c] in (None, "") and not ZONES.columns[c].null)]
    if missing:
        raise InputError(f"the properties {', '.join(missing)} are missing or empty", where, "Fill them in; the data dictionary says what each means.")
    unknown = sorted(set(properties) - set(expected))
    if unknown:
        raise InputError(f"the properties {', '.join(unknown)} are not known", where, f"Delete them; known: {', '.join(expected)}.")
    if properties["family"] not in ZONES.columns["family"].allowed:
        raise InputError(f"the family {properties['family']!r} is not known", where, "Use `analyst` for a zone of your own.")
    try:
        re.compile(properties["place_pattern"] or "")
    except (re.error, TypeError) as error:
        raise InputError(f"place_pattern is no regular expression ({error})", where, "Correct it or leave it null.") from None
    return {**properties, "geometry": _polygon(feature.get("geometry"), where)}


def _polygon(geometry: dict | None, where: str) -> shapely.Geometry:
    """Return the outline of a zone if it is a valid polygon within the degrees of the globe."""
    try:
        shape = shapely.geometry.shape(geometry)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, shapely.errors.ShapelyError):
        raise InputError("the outline cannot be read", where, "Draw it again as a polygon.") from None
    if shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise InputError(f"the outline is {'empty' if shape.is_empty else f'a {shape.geom_type}'}, not a polygon", where, "Draw it as a polygon.")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InputError(f"the outline reaches from {west:.0f}, {south:.0f} to {east:.0f}, {north:.0f}: these are no degrees", where, "Save it in EPSG:4326.")
    if not shape.is_valid:
        raise InputError(f"the outline crosses or touches itself ({shapely.is_valid_reason(shape)})", where, "Redraw it there; nothing was changed.")
    return shape


def weigh(incidents: pd.DataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the probability that each incident lies in each zone, given how precisely its place is known.

    A place text that matches the zone's `place_pattern` gives 1. Otherwise it is the area of the disc of radius `location_precision_m` (unknown: 0)
    that lies in the zone, divided by the area of the disc. An incident without a point gives 1 for the sector it has (stated, or that of its county).
    A zone with validity dates weighs no incident dated outside them; an undated incident is weighed.

    Parameters
    ----------
    incidents : table with incident_id, lon, lat (degrees, WGS 84), location_precision_m (m), place_text, sector, date
    zones : contract ZONES

    Returns
    -------
    DataFrame, contract ZONE_WEIGHTS, sorted by incident and zone. An incident without point, text or sector has no row: see `unplaced`.

    Raises
    ------
    ContractError
        A column has the wrong type.

    Notes
    -----
    Edges are straight in longitude and latitude, as GeoJSON has it. Areas are taken in one Albers equal-area
    projection of the border, in which a disc is round to 0.4 % between 25 and 35 degrees of latitude.

    Examples
    --------
    >>> import geopandas as gpd
    >>> square = shapely.box(-112, 31, -111, 32)
    >>> zones = gpd.GeoDataFrame({"zone_id": ["z"], "family": "analyst", "place_pattern": None}, geometry=[square], crs="EPSG:4326")
    >>> incidents = pd.DataFrame({"incident_id": ["i"], "lon": [-111.0], "lat": [31.5], "location_precision_m": [100.0]})
    >>> weigh(incidents, zones)["probability"].round(2).tolist()
    [0.5]
    """
    frame = incidents.reset_index(drop=True)
    shapes = zones.geometry.to_crs("EPSG:4326").segmentize(EDGE_DEG).to_crs(EQUAL_AREA).to_numpy()
    share = disc_shares(frame["lon"], frame["lat"], frame["location_precision_m"], shapes)
    basis = np.full(share.shape, "disc", dtype=object)
    stated = frame["sector"].where(frame[["lon", "lat"]].isna().any(axis=1)) if "sector" in frame else pd.Series(None, index=frame.index)
    texts = frame["place_text"] if "place_text" in frame else pd.Series(None, index=frame.index, dtype="str")
    for k, zone in enumerate(zones.to_dict("records")):
        if zone["family"] == "sector":
            of_sector = stated.eq(zone["zone_id"].removeprefix("sector_")).fillna(False).to_numpy(dtype=bool)
            share[of_sector, k], basis[of_sector, k] = 1.0, "stated"
        if pattern := _text(zone.get("place_pattern")):
            named = matches(texts, pattern)
            share[named, k], basis[named, k] = 1.0, "place_text"
        share[_outside_validity(frame, zone), k] = 0.0
    i, k = np.nonzero(share)
    rows = {"incident_id": frame["incident_id"].to_numpy()[i], "zone_id": zones["zone_id"].to_numpy()[k], "probability": share[i, k], "basis": basis[i, k]}
    return conform(pd.DataFrame(rows).sort_values(["incident_id", "zone_id"]), ZONE_WEIGHTS)


def _text(value) -> str | None:
    return value if isinstance(value, str) and value else None


def matches(texts: pd.Series, pattern: str) -> np.ndarray:
    """True where a place text (null: false) matches a zone's pattern, capitals or not; each different text is tried once."""
    codes, kinds = pd.factorize(texts)
    find = re.compile(pattern, re.IGNORECASE).search
    hit = np.fromiter((find(t) is not None for t in kinds), bool, len(kinds))
    return np.append(hit, False)[codes]


def _outside_validity(frame: pd.DataFrame, zone: dict) -> np.ndarray:
    """True for incidents dated before the zone's first or after its last day."""
    start, end = zone.get("valid_from"), zone.get("valid_to")
    outside = np.zeros(len(frame), dtype=bool)
    if not pd.isna(start):
        outside |= (frame["date"] < start).to_numpy()
    if not pd.isna(end):
        outside |= (frame["date"] > end).to_numpy()
    return outside


def unplaced(incidents: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Return the incidents that could not be weighed: no point, and no zone through text or sector either."""
    return incidents[(incidents["lon"].isna() | incidents["lat"].isna()) & ~incidents["incident_id"].isin(weights["incident_id"])]


def load_centreline(path: str | Path) -> shapely.LineString:
    """Load the waypoints of a canal (columns order, lon, lat in degrees) as a line in EPSG:4326.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or holds fewer than two waypoints or one without coordinates.
    """
    try:
        points = pd.read_csv(path)[["order", "lon", "lat"]].astype(float).sort_values("order")
    except (OSError, KeyError, ValueError):
        raise InputError("the waypoints cannot be read", str(path), "Give a CSV file with the columns order, lon, lat.") from None
    if len(points) < 2 or points.isna().any(axis=None):
        raise InputError("a line needs at least two waypoints, each with order, lon and lat", str(path), "Fill them in.")
    return shapely.LineString(points[["lon", "lat"]].to_numpy())


def sensitivity(
    incidents: pd.DataFrame, zones: gpd.GeoDataFrame, centreline: shapely.LineString, widths_m=(500, 1000, 2000, 5000), moves_m=(-10_000, 0, 10_000)
) -> pd.DataFrame:
    """Return how the counts of the canal zones change with the buffer, and those of the desert zones with their edges moved in or out.

    Parameters
    ----------
    incidents : contract INCIDENTS (the columns of `weigh` and n_dead)
    zones : contract ZONES
    centreline : of the canal, EPSG:4326; a canal zone is the buffer around the part of it that lies in the zone
    widths_m : buffers of the canal, in metres
    moves_m : how far every edge of a desert moves outwards (negative: inwards), in metres

    Returns
    -------
    DataFrame: zone_id, family, metres, area_km2, n_incidents and n_dead (sums of probabilities; an unknown n_dead adds nothing), n_by_text (incidents
    that the place text puts in the zone whatever its outline)
    """
    flat = zones[zones["family"].isin(["canal", "desert"])].to_crs(EQUAL_AREA)
    line = shapely.transform(centreline, lambda xy: to_equal_area(*xy.T))
    shapes = np.where(flat["family"] == "canal", flat.geometry.intersection(line), flat.geometry)
    steps = flat["family"].map({"canal": tuple(widths_m), "desert": tuple(moves_m)})
    moved = flat.set_geometry(shapes, crs=EQUAL_AREA).assign(metres=steps).explode("metres", ignore_index=True).astype({"metres": float})
    moved = moved.set_geometry(moved.buffer(moved["metres"], quad_segs=32, cap_style="flat"))
    out = moved[["zone_id", "family", "metres"]].assign(area_km2=moved.area / 1e6)
    weights = weigh(incidents, moved.assign(zone_id=moved.index.astype(str)))
    dead = weights["incident_id"].map(incidents.set_index("incident_id")["n_dead"]).fillna(0).astype(float)
    sums = pd.DataFrame({"n_incidents": weights["probability"], "n_dead": weights["probability"] * dead, "n_by_text": weights["basis"] == "place_text"})
    return out.join(sums.groupby(weights["zone_id"].astype(int)).sum()).fillna({"n_incidents": 0.0, "n_dead": 0.0, "n_by_text": 0})
