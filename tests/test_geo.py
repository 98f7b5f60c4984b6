"""Base geometry: layers and columns, sides of the boundary, names, and the boundary against the ports of entry."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

BASE = Path(__file__).resolve().parents[1] / "data" / "geo" / "base.gpkg"
COLUMNS = {
    "counties": {"geoid", "name", "state"}, "states": {"state", "name"}, "mx_states": {"code", "name"}, "boundary": {"name"}, "rivers": {"name"},
    "lakes": set(), "land": {"name"}, "towns": {"name", "country", "state", "population", "rank", "source"},
}  # fmt: skip


@pytest.fixture(scope="module")
def layers():
    return {name: gpd.read_file(BASE, layer=name) for name in COLUMNS}


def test_size():
    assert BASE.stat().st_size <= 1_500_000


@pytest.mark.parametrize("name", COLUMNS)
def test_layer(layers, name):
    layer = layers[name]
    assert layer.crs == "EPSG:4326"
    assert set(layer.columns) == COLUMNS[name] | {"geometry"}
    assert layer.is_valid.all()
    assert not layer.geometry.is_empty.any()


def test_counties_and_states(layers):
    counties = layers["counties"]
    assert counties["state"].value_counts().to_dict() == {"TX": 254, "CA": 58, "NM": 33, "AZ": 15}
    assert counties["geoid"].is_unique
    assert counties["geoid"].str.fullmatch(r"\d{5}").all()
    assert "Doña Ana" in set(counties["name"])
    assert {"CA", "AZ", "NM", "TX"} <= set(layers["states"]["state"])
    assert {"BCN", "SON", "CHH", "COA", "NLE", "TAM"} <= set(layers["mx_states"]["code"])


@pytest.mark.parametrize("us", ["counties", "states"])
def test_no_land_along_the_boundary_belongs_to_both_countries_or_to_none(layers, us):
    flat = {name: layers[name].to_crs(5070) for name in (us, "mx_states", "boundary")}
    strip = flat["boundary"].geometry.iloc[0].buffer(1000, cap_style="flat")
    ours, theirs = (flat[n][flat[n].intersects(strip)].union_all().intersection(strip) for n in (us, "mx_states"))
    assert ours.intersection(theirs).area / strip.area < 1e-3
    assert strip.difference(ours.union(theirs)).area / strip.area < 5e-3


def test_towns_lie_in_the_state_they_name(layers):
    towns = layers["towns"].sjoin(layers["counties"][["state", "geometry"]].rename(columns={"state": "us"}), how="left").drop(columns="index_right")
    towns = towns.sjoin(layers["mx_states"][["code", "geometry"]], how="left")
    near_border = towns["state"].isin(["CA", "AZ", "NM", "TX"]) | towns["country"].eq("MX")
    found = towns["us"].where(towns["country"] == "US", towns["code"])
    assert (found[near_border] == towns["state"][near_border]).all()
    assert set(zip(towns["name"], towns["country"])) >= {
        ("Nogales", "US"), ("Nogales", "MX"), ("Sasabe", "US"), ("El Sásabe", "MX"), ("Calexico", "US"), ("Mexicali", "MX"), ("El Centro", "US"),
        ("Sells", "US"), ("Ajo", "US"), ("Lukeville", "US"), ("Sonoyta", "MX"), ("Yuma", "US"), ("San Luis", "US"), ("San Luis Río Colorado", "MX"),
        ("Tucson", "US"), ("Douglas", "US"), ("Agua Prieta", "MX"), ("Altar", "MX"), ("Caborca", "MX"), ("Ciudad Juárez", "MX"), ("El Paso", "US"),
    }  # fmt: skip


def test_boundary_is_one_line_from_sea_to_sea(layers):
    (line,) = layers["boundary"].geometry
    assert line.geom_type == "LineString"
    assert line.is_simple
    west, east = shapely.get_coordinates(line)[[0, -1]]
    assert west == pytest.approx([-117.12, 32.53], abs=0.01)
    assert east == pytest.approx([-97.14, 25.96], abs=0.01)
    miles = abs(pyproj.Geod(ellps="WGS84").geometry_length(line)) / 1609.344
    assert miles == pytest.approx(1954, rel=0.02), "the International Boundary and Water Commission gives 1,954 miles"


def test_boundary_against_the_ports_of_entry(shared_data, layers):
    ports = gpd.read_file(shared_data / "geo" / "ports_of_entry.geojson").to_crs(5070)
    distance = ports.distance(layers["boundary"].to_crs(5070).geometry.iloc[0])
    assert len(distance) == 39
    assert distance.median() < 30
    assert distance.max() < 100


def test_county_lines_against_the_full_census_file(shared_data, layers):
    """Only inner lines were simplified: half of the points of the full file lie within 10 m, 99 of 100 within 300 m."""
    full = gpd.read_file(shared_data / "geo" / "us_counties_500k_2016.geojson").to_crs(5070).set_index("GEOID").geometry
    ours = layers["counties"].to_crs(5070).set_index("geoid").geometry
    parts = [
        shapely.distance(ours[k].boundary, shapely.points(shapely.get_coordinates(full[k].boundary.segmentize(500))))
        for k in full.index.intersection(ours.index)
    ]
    distance = np.concatenate(parts)
    assert np.median(distance) < 10
    assert np.percentile(distance, 99) < 300


def test_mexican_states_against_inegi(shared_data, layers):
    """Natural Earth's state lines against INEGI's: at least 97 % of each border state's area in common."""
    inegi = gpd.read_file(shared_data / "geo" / "mx_states_inegi_mxmaps.geojson").to_crs(5070)
    for state in layers["mx_states"].to_crs(5070).itertuples():
        if state.code in {"BCN", "SON", "CHH", "COA", "NLE", "TAM"}:
            assert (inegi.intersection(state.geometry).area / inegi.area).max() > 0.97, state.name
