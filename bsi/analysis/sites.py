"""Which places for rescue beacons, water stations or buoy lines: demand and candidates as grids, ways of choosing, scores on later years, export."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd

from bsi.analysis import siting
from bsi.errors import InputError, NotEstimable

PUBLIC_M = 10_000.0  # what the public sees of a site: the middle of a square of ten kilometres
STRATEGIES = ("exact", "greedy", "last_year", "even", "random")


def candidates_on_grid(area, spacing_m: float, exclude=None) -> np.ndarray:
    """Return the middles of the squares of a grid that lie in an area and outside what is excluded: array (n, 2), metres.

    Parameters
    ----------
    area : shapely polygon in a projection of metres
    spacing_m : side of the squares
    exclude : polygon in the same projection, or None

    Raises
    ------
    InputError
        The exclusion covers every candidate.
    NotEstimable
        The area is smaller than one square.
    """
    x0, y0, x1, y1 = area.bounds
    columns, rows = math.ceil((x1 - x0) / spacing_m), math.ceil((y1 - y0) / spacing_m)
    x, y = np.meshgrid(x0 + (np.arange(columns) + 0.5) * spacing_m, y0 + (np.arange(rows) + 0.5) * spacing_m)
    return allowed(np.column_stack([x.ravel(), y.ravel()]), area, exclude)


def allowed(xy: np.ndarray, area=None, exclude=None) -> np.ndarray:
    """Return the candidates inside the area and outside the exclusion (polygons in their projection, None: no limit).

    Raises
    ------
    NotEstimable
        No candidate lies in the area.
    InputError
        The exclusion covers every candidate.
    """
    import shapely

    inside = xy if area is None else xy[shapely.contains_xy(area, *xy.T)]
    if not len(inside):
        raise NotEstimable("no candidate site lies within the area")
    left = inside if exclude is None else inside[~shapely.contains_xy(exclude, *inside.T)]
    if not len(left):
        raise InputError(f"the exclusion area covers all {len(inside):,} candidate sites", do="Make it smaller or give other candidates.")
    return left


def choose(strategy: str, problem: dict, k: int, last_year=None, seed: int = 1) -> np.ndarray:
    """Return the indices of k candidates by one way of choosing.

    Parameters
    ----------
    strategy : one of `STRATEGIES`; "last_year" takes the candidates with the most of last year's incidents within reach
    problem : covers (matrix of `siting.coverage`), demand, candidates (array (n, 2), metres)
    k : number of sites
    last_year : array (demand points,), last year's incidents there
    seed : of "random"

    Raises
    ------
    InputError
        k is below one or above the number of candidates, or there is no such strategy.
    """
    n = len(problem["candidates"])
    if not 1 <= k <= n:
        raise InputError(f"{k} sites cannot be chosen from {n} candidates", do="Choose at least one and at most as many as there are candidates.")
    if strategy == "exact":
        return _best(problem, k)["chosen"]
    if strategy == "greedy":
        return siting.greedy_sites(problem["covers"], problem["demand"], k)
    if strategy == "last_year":
        return np.argsort(-(problem["covers"].T @ np.asarray(last_year, float)), kind="stable")[:k]
    if strategy == "even":
        return siting.even_sites(problem["candidates"], k)
    if strategy == "random":
        return np.random.default_rng(seed).choice(n, k, replace=False)
    raise InputError(f"there is no strategy {strategy!r}", do=f"Strategies: {', '.join(STRATEGIES)}.")


def _best(problem: dict, k: int) -> dict:
    return siting.choose_sites(problem["covers"], problem["demand"], k, time_limit_s=problem.get("time_limit_s", 10.0))


def reached(points_xy, sites_xy, radius_m: float) -> np.ndarray:
    """Return which points lie within a radius of at least one site (arrays (n, 2) in one projection of metres)."""
    from scipy.spatial import cKDTree

    if not len(points_xy) or not len(sites_xy):
        return np.zeros(len(points_xy), bool)
    return cKDTree(np.asarray(sites_xy, float)).query(np.asarray(points_xy, float))[0] <= radius_m


def score(problem: dict, ks, later: pd.DataFrame, radius_m: float, last_year=None) -> pd.DataFrame:
    """Return, for each way of choosing and k, the share of the incidents of each later year within reach of a site.

    Parameters
    ----------
    problem : as in `choose`
    ks : numbers of sites
    later : incidents of years after those that the demand was made of: year, x_m, y_m
    radius_m : reach of a site
    last_year : as in `choose`

    Returns
    -------
    DataFrame: method, k, year, n_test, share (random: mean of twenty draws), gap (of "exact": 0 is proven best; null for the others)
    """
    xy, years, rows = later[["x_m", "y_m"]].to_numpy(float), later["year"].to_numpy(), []
    for k in ks:
        for strategy in STRATEGIES:
            seeds, best = range(20) if strategy == "random" else [1], _best(problem, k) if strategy == "exact" else {"gap": np.nan}
            sites = [problem["candidates"][best["chosen"] if strategy == "exact" else choose(strategy, problem, k, last_year, s)] for s in seeds]
            hits = np.mean([reached(xy, s, radius_m) for s in sites], axis=0)
            found = pd.DataFrame({"year": years, "hit": hits}).groupby("year")["hit"].agg(["size", "mean"])
            rows += [
                {"method": strategy, "k": k, "year": int(y), "n_test": int(r["size"]), "share": float(r["mean"]), "gap": best["gap"]}
                for y, r in found.iterrows()
            ]
    return pd.DataFrame(rows)


def public_sites(xy: np.ndarray) -> np.ndarray:
    """Return the middles of the squares of ten kilometres that sites lie in (metres), each once: what the public report shows.

    Examples
    --------
    >>> public_sites(np.array([[1.0, 9999.0], [2.0, 3.0], [10001.0, 0.0]])).tolist()
    [[5000.0, 5000.0], [15000.0, 5000.0]]
    """
    return np.unique((np.floor(np.asarray(xy, float) / PUBLIC_M) + 0.5) * PUBLIC_M, axis=0)


def write_sites(sites: pd.DataFrame, path: str | Path, exact: bool = False) -> Path:
    """Write sites as GeoJSON (.geojson) or as waypoints for a hand-held receiver (.gpx).

    Parameters
    ----------
    sites : name, lon, lat (degrees, WGS 84), and any numbers to carry along
    path : file ending in .geojson or .gpx; replaced whole
    exact : the sites are written only where this is given explicitly, since people tamper with water and beacons

    Raises
    ------
    InputError
        `exact` was not given, the ending is another, or the file cannot be written.
    """
    path = Path(path)
    if not exact:
        raise InputError("exact sites are not written unless asked for", str(path), "Give exact=True, and keep the file from the public.")
    if path.suffix not in (".geojson", ".gpx"):
        raise InputError(f"sites cannot be written as {path.suffix or 'a file without ending'}", str(path), "Use .geojson or .gpx.")
    text = _geojson(sites) if path.suffix == ".geojson" else _gpx(sites)
    try:
        scratch = path.with_name(f".writing-{path.name}")
        scratch.write_text(text, encoding="utf-8")
        os.replace(scratch, path)
    except OSError as error:
        raise InputError(f"the file cannot be written ({error.strerror})", str(path), "Choose another folder.") from None
    return path


def _geojson(sites: pd.DataFrame) -> str:
    features = [
        {"type": "Feature", "properties": {k: v for k, v in row.items() if k not in ("lon", "lat")},
         "geometry": {"type": "Point", "coordinates": [round(row["lon"], 6), round(row["lat"], 6)]}}
        for row in json.loads(sites.to_json(orient="records", double_precision=10))
    ]  # fmt: skip
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}, indent=1, ensure_ascii=False) + "\n"


def _gpx(sites: pd.DataFrame) -> str:
    from xml.etree import ElementTree as ET

    root = ET.Element("gpx", version="1.1", creator="bsi", xmlns="http://www.topografix.com/GPX/1/1")
    for row in sites.itertuples():
        point = ET.SubElement(root, "wpt", lat=f"{row.lat:.6f}", lon=f"{row.lon:.6f}")
        ET.SubElement(point, "name").text = str(row.name)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
