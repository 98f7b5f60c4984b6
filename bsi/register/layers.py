"""Layers that an analyst supplies: candidate or existing sites, exclusion areas, roads; the CRS is checked, nothing is repaired."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from bsi.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd

KINDS = {"points": ("Point", "MultiPoint"), "areas": ("Polygon", "MultiPolygon"), "lines": ("LineString", "MultiLineString")}
WGS84_NAMES = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326")
ADVICE = "Save it as GeoJSON in EPSG:4326 with the CRS written (QGIS: Export, Save Features As)."


def read_layer(path: str | Path, kind: str) -> gpd.GeoDataFrame:
    """Read a GeoJSON layer of an analyst in longitude and latitude.

    Parameters
    ----------
    path : GeoJSON whose `crs` member names WGS 84
    kind : "points", "areas" or "lines"; points of a MultiPoint come apart

    Returns
    -------
    GeoDataFrame in EPSG:4326 with the columns of the file

    Raises
    ------
    InputError
        The file is missing, no GeoJSON, empty, names no CRS or another one, or holds shapes of another kind, invalid or outside the degrees of the globe.
    """
    import geopandas as gpd

    where = str(path)
    crs = _named_crs(_content(Path(path), where))
    if crs not in WGS84_NAMES:
        raise InputError("the layer names no CRS" if crs is None else f"the CRS of the layer is {crs}, not WGS 84 in degrees", where, ADVICE)
    layer = gpd.read_file(path).to_crs("EPSG:4326")
    if layer.geometry.isna().any() or layer.geometry.is_empty.any():
        raise InputError("a feature of the layer has no geometry", where, "Draw it or delete it.")
    wrong = sorted(set(layer.geom_type) - set(KINDS[kind]))
    if wrong:
        raise InputError(f"the layer holds {', '.join(wrong)} where {kind} are wanted", where, "Give a layer of the right kind.")
    west, south, east, north = layer.total_bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InputError(f"the layer reaches from {west:.0f}, {south:.0f} to {east:.0f}, {north:.0f}: these are no degrees", where, ADVICE)
    if not layer.is_valid.all():
        raise InputError("an outline of the layer crosses itself", where, "Redraw it; nothing was changed.")
    return layer.explode(ignore_index=True)


def _content(path: Path, where: str) -> dict:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("there is no such layer", where, "Give the path of a GeoJSON file.") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"the layer is not valid GeoJSON ({error})", where, ADVICE) from None
    if not isinstance(content, dict) or not isinstance(content.get("features"), list):
        raise InputError("the layer is not valid GeoJSON: it has no list of features", where, ADVICE)
    if not content["features"]:
        raise InputError("the layer holds no feature", where, "Add at least one, or leave the layer out.")
    return content


def _named_crs(content: dict) -> str | None:
    crs = content.get("crs")
    return crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
