"""Layers that an analyst supplies: candidate or existing sites, exclusion areas, roads, works of a canal; the CRS is checked, nothing is repaired."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from bsi.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

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


def read_roads(folder: str | Path) -> gpd.GeoDataFrame | None:
    """Return the roads of a folder, every `roads*.geojson` in it taken together; None where there is none.

    Raises
    ------
    InputError
        As in `read_layer`.
    """
    import pandas as pd

    parts = [read_layer(path, "lines")[["geometry"]] for path in sorted(Path(folder).glob("roads*.geojson"))]
    return pd.concat(parts, ignore_index=True) if parts else None


WORKS = ("kind", "name_en", "name_es", "lon", "lat", "lon_to", "lat_to", "source")
WORK_KINDS = ("drop", "bridge", "lined")


def read_works(path: str | Path) -> pd.DataFrame:
    """Read the works of a canal: drops and bridges (a point each), lined stretches (from lon, lat to lon_to, lat_to).

    Parameters
    ----------
    path : CSV with the columns of `WORKS`, degrees

    Raises
    ------
    InputError
        The file is missing, lacks a column, names another kind, or a work lacks its source, its place or its end.
    """
    import pandas as pd

    where = str(path)
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise InputError(f"the works of the canal cannot be read ({error})", where, f"Give a CSV with the columns {', '.join(WORKS)}.") from None
    lacking = [c for c in WORKS if c not in table]
    if lacking:
        raise InputError(f"the works of the canal lack the columns {', '.join(lacking)}", where, "Add them.")
    for number, row in enumerate(table.to_dict("records"), start=2):
        places = [row["lon"], row["lat"], *([row["lon_to"], row["lat_to"]] if row["kind"] == "lined" else [])]
        if row["kind"] not in WORK_KINDS:
            raise InputError(f"{row['kind']!r} is no kind of work", f"{where}, line {number}", f"Kinds: {', '.join(WORK_KINDS)}.")
        if pd.isna(pd.to_numeric(pd.Series(places), errors="coerce")).any() or pd.isna(row["source"]):
            raise InputError("a work lacks its place, its end or its source", f"{where}, line {number}", "Fill it in.")
    return table[list(WORKS)]


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
