"""Zones: every bad file's sentence, weights and their overrides, the committed outlines against reference lines."""

import copy
import json
import re
import runpy
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from bsi import contracts
from bsi.errors import InputError
from bsi.register import zones

ZONE_DATA = Path(__file__).resolve().parents[1] / "data" / "zones"
SQUARE = {"type": "Polygon", "coordinates": [[[-112, 31], [-111, 31], [-111, 32], [-112, 32], [-112, 31]]]}
BOW_TIE = {"type": "Polygon", "coordinates": [[[-112, 31], [-111, 32], [-111, 31], [-112, 32], [-112, 31]]]}
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}


def feature(**changes):
    properties = {
        "zone_id": "valley", "family": "analyst", "name_en": "Valley", "name_es": "Valle", "definition_en": "A valley.", "definition_es": "Un valle.",
        "defined_by": "a test", "defined_on": "2020-01-01", "valid_from": None, "valid_to": None, "is_approximate": False, "place_pattern": None,
    }  # fmt: skip
    geometry = changes.pop("geometry", SQUARE)
    return {"type": "Feature", "properties": {**properties, **changes}, "geometry": geometry}


def without(key):
    out = feature()
    del out["properties"][key]
    return out


@pytest.fixture
def write(tmp_path):
    def save(*features, **members):
        path = tmp_path / "zones.geojson"
        content = {"type": "FeatureCollection", "crs": copy.deepcopy(CRS), "features": list(features)} | members
        path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}), encoding="utf-8")
        return path

    return save


@pytest.mark.parametrize(
    ("features", "members", "says"),
    [
        ([], {}, "holds no zone"),
        ([feature()], {"crs": None}, "names no CRS"),
        ([feature()], {"crs": {"type": "name"}}, "names no CRS"),
        ([feature()], {"crs": {"type": "name", "properties": {"name": "EPSG:26912"}}}, "CRS of the zone file is EPSG:26912"),
        ([feature()], {"crs": {"type": "name", "properties": {"name": ["EPSG:4326"]}}}, "is ['EPSG:4326'], not WGS 84"),
        ([feature()], {"type": "Feature"}, "not valid GeoJSON"),
        (["zone"], {}, "feature 1 has no properties"),
        ([without("name_es")], {}, "zone valley: the properties name_es are missing or empty"),
        ([feature(zone_id="")], {}, "zone number 1: the properties zone_id are missing or empty"),
        ([feature(population=3)], {}, "the properties population are not known"),
        ([feature(family="river")], {}, "the family 'river' is not known"),
        ([feature(family=["canal"])], {}, "the family ['canal'] is not known"),
        ([feature(place_pattern="canal(")], {}, "place_pattern is no regular expression"),
        ([feature(place_pattern=3)], {}, "place_pattern is no regular expression"),
        ([feature(), feature(zone_id="gorge", geometry=BOW_TIE)], {}, "zone gorge: the outline crosses or touches itself (Self-intersection[-111.5 31.5])"),
        ([feature(geometry={"type": "Point", "coordinates": [-111, 31]})], {}, "the outline is a Point, not a polygon"),
        ([feature(geometry=None)], {}, "the outline cannot be read"),
        ([feature(geometry={"type": "Polygon", "coordinates": []})], {}, "the outline is empty"),
        ([feature(geometry={"type": "Polygon", "coordinates": [[[-111, 31], [-112, 32]]]})], {}, "the outline cannot be read"),
        ([feature(geometry={"type": "Polygon", "coordinates": [[[5e5, 3.5e6], [6e5, 3.5e6], [6e5, 3.6e6], [5e5, 3.5e6]]]})], {}, "these are no degrees"),
        ([feature(), feature()], {}, "zone_id valley stands there more than once"),
        ([feature(defined_on="the other day")], {}, "Write dates as YYYY-MM-DD"),
        ([feature(is_approximate="maybe")], {}, "is_approximate as true or false"),
    ],
)
def test_a_bad_zone_file_is_refused_in_one_sentence(write, features, members, says):
    path = write(*features, **members)
    with pytest.raises(InputError, match=re.escape(says)) as error:
        zones.load_zones(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("content", "says"), [(None, "no such zone file"), (b"", "not valid GeoJSON"), (b"{'a'", "not valid GeoJSON"),
                                               (b"\xff\xfe\x00\x00", "not valid GeoJSON"), (b"[1, 2]", "no FeatureCollection")])  # fmt: skip
def test_a_file_that_is_no_geojson(tmp_path, content, says):
    path = tmp_path / "zones.geojson"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        zones.load_zones(path)
    with pytest.raises(InputError, match="cannot be read|not valid GeoJSON|no such"):
        zones.load_zones(tmp_path if content is None else path)


def test_a_good_file_keeps_the_contract(write):
    table = zones.load_zones(write(feature(valid_to="2021-12-31"), feature(zone_id="gorge", valid_from="2020-01-01")))
    contracts.check(table, contracts.ZONES)
    assert table.crs == "EPSG:4326"
    assert table["zone_id"].tolist() == ["valley", "gorge"]


def incidents(**columns):
    n = len(next(iter(columns.values())))
    empty = {"lon": [None] * n, "lat": [None] * n, "location_precision_m": [100.0] * n, "place_text": [None] * n, "sector": [None] * n, "date": [None] * n}
    frame = pd.DataFrame({**empty, **columns}).assign(incident_id=[f"i-{k}" for k in range(n)])
    return frame.astype({"lon": float, "lat": float, "place_text": "str", "sector": "str", "date": "datetime64[us]"})


def test_area_share_of_the_disc_and_not_a_test_of_its_centre(write):
    table = zones.load_zones(write(feature()))
    frame = incidents(lon=[-111.5, -111.0, -110.999, -110.9, None], lat=[31.5, 31.5, 31.5, 31.5, None], location_precision_m=[15_000.0, 2000, 2000, 2000, 2000])
    weights = zones.weigh(frame, table)
    contracts.check(weights, contracts.ZONE_WEIGHTS)
    assert weights["incident_id"].tolist() == ["i-0", "i-1", "i-2"]
    assert weights["probability"].tolist() == pytest.approx([1, 0.5, 0.47], abs=0.01)
    assert set(weights["basis"]) == {"disc"}
    assert zones.unplaced(frame, weights)["incident_id"].tolist() == ["i-4"]


def test_edges_are_straight_in_degrees_however_long(write):
    """The northern edge lies on a parallel; in the projection that is a curve, 170 m off the chord in the middle of a degree."""
    table = zones.load_zones(write(feature()))
    weights = zones.weigh(incidents(lon=[-111.5, -111.5], lat=[31.9998, 32.0002], location_precision_m=[5.0, 5.0]), table)
    assert weights["incident_id"].tolist() == ["i-0"]


def test_a_place_text_that_names_the_zone_overrides_the_disc(write):
    table = zones.load_zones(write(feature(place_pattern="valley of")))
    frame = incidents(lon=[-100, -111.0, None], lat=[40, 31.5, None], place_text=["The VALLEY of cholla", "valley", "near valley of cholla"])
    weights = zones.weigh(frame, table).set_index("incident_id")
    assert weights.loc["i-0", ["probability", "basis"]].tolist() == [1, "place_text"]
    assert weights.loc["i-1", "probability"] == pytest.approx(0.5, abs=0.01)
    assert weights.loc["i-2", ["probability", "basis"]].tolist() == [1, "place_text"]


def test_a_sector_counts_where_there_is_no_point(write):
    table = zones.load_zones(write(feature(zone_id="sector_TCA", family="sector"), feature(zone_id="sector_YUM", family="sector")))
    weights = zones.weigh(incidents(lon=[None, -111.5, -90], lat=[None, 31.5, 31], sector=["TCA", "YUM", "YUM"]), table)
    assert weights[["incident_id", "zone_id", "probability", "basis"]].to_numpy().tolist() == [
        ["i-0", "sector_TCA", 1, "stated"], ["i-1", "sector_TCA", 1, "disc"], ["i-1", "sector_YUM", 1, "disc"]]  # fmt: skip


def test_a_zone_weighs_nobody_outside_its_dates(write):
    table = zones.load_zones(write(feature(valid_from="2020-01-01", valid_to="2020-12-31", place_pattern="valley")))
    days = ["2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01", None]
    weights = zones.weigh(incidents(lon=[-111.5] * 5, lat=[31.5] * 5, date=days, place_text=["valley"] * 5), table)
    assert weights["incident_id"].tolist() == ["i-1", "i-2", "i-4"]


def test_no_incident_gives_no_row(write):
    weights = zones.weigh(incidents(lon=[]), zones.load_zones(write(feature())))
    contracts.check(weights, contracts.ZONE_WEIGHTS)
    assert weights.empty


@pytest.fixture(scope="module")
def committed():
    return zones.load_zones(ZONE_DATA / "zones.geojson")


def test_the_committed_zones(committed):
    contracts.check(committed, contracts.ZONES)
    shape = committed.set_index("zone_id").geometry
    assert set(shape.index) >= {"canal_aac", "desert_nogales_west", "desert_arizona_sonora", *(f"sector_{s}" for s in contracts.SECTORS)}
    assert committed["is_approximate"].all()
    assert shape["desert_arizona_sonora"].covers(shape["desert_nogales_west"])
    assert shape["canal_aac"].buffer(1e-4).covers(shape["canal_aac_calexico"])
    assert shape["canal_aac"].buffer(1e-4).covers(shape["canal_aac_el_centro"])
    sectors = committed[committed["family"] == "sector"].to_crs(5070)
    assert sectors.area.sum() == pytest.approx(sectors.union_all().area, rel=1e-6)


def test_the_committed_zones_are_those_the_script_builds(committed):
    script = runpy.run_path(str(ZONE_DATA.parents[1] / "scripts" / "build_zones.py"))
    ours = committed.set_index("zone_id")
    built = script["build"]()
    assert len(built) == len(committed[committed["family"] != "analyst"])
    for made in built:
        shape = shapely.geometry.shape(made["geometry"])
        assert shape.symmetric_difference(ours.at[made["properties"]["zone_id"], "geometry"]).area < 1e-6
        assert made["properties"]["definition_es"] == ours.at[made["properties"]["zone_id"], "definition_es"]


@pytest.mark.parametrize(
    ("text", "whole", "calexico", "el_centro"),
    [
        ("All American Canal, Calexico, Imperial County, California, USA", True, True, True),
        ("ALL-AMERICAN CANAL", True, False, False),
        ("In the All  American   Cannal near Drop 4, Holtville", True, False, True),
        ("Body recovered from the All-Americal Canal", True, False, False),
        ("All American Canal, Winterhaven, Imperial County, California", True, False, False),
        ("Canal Todo Americano, Calexico", True, True, True),
        ("canal Todoamericano a la altura de Mexicali", True, False, False),
        ("Central Main Canal, Calexico", False, False, False),
        ("Coachella Branch of the All-American Canal", False, False, False),
        ("5 miles north of the All American Canal", False, False, False),
        ("East Highline Canal, Holtville", False, False, False),
        ("American Canal, El Paso", False, False, False),
        ("Irrigation canal, Calexico", False, False, False),
        ("All American Canal, 3 miles east of Calexico", True, True, True),
    ],
)
def test_what_names_the_canal(committed, text, whole, calexico, el_centro):
    patterns = committed.set_index("zone_id")["place_pattern"]
    found = [zones.matches(pd.Series([text, None], dtype="str"), patterns[z]).tolist() for z in ("canal_aac", "canal_aac_calexico", "canal_aac_el_centro")]
    assert found == [[whole, False], [calexico, False], [el_centro, False]]


def test_waypoints_lie_within_150_m_of_the_reference_line_both_ways(shared_data):
    reference = gpd.read_file(shared_data / "geo" / "canals_imperial_dwr.geojson")
    reference = reference[reference["name"] == "All American Canal"].to_crs(26911).geometry.iloc[0]
    ours = gpd.GeoSeries([zones.load_centreline(ZONE_DATA / "all_american_canal_waypoints.csv")], crs=4326).to_crs(26911).iloc[0]
    for a, b in ((ours, reference), (reference, ours)):
        distance = shapely.distance(b, shapely.points(shapely.get_coordinates(a.segmentize(50))))
        assert distance.max() <= 150
        assert np.median(distance) <= 50


def test_sectors_agree_with_those_the_border_patrol_states(shared_data, committed):
    """Border Patrol's own incident records of 2014-15 state the sector; the county-based outlines must give the same in 95 of 100."""
    (path,) = (shared_data / "raw" / "usbp_incidents").glob("*.csv")
    raw = pd.read_csv(path, dtype=str)
    frame = incidents(lon=pd.to_numeric(raw["lon"]), lat=pd.to_numeric(raw["lat"]), location_precision_m=[0.0] * len(raw))
    weights = zones.weigh(frame, committed[committed["family"] == "sector"])
    stated = dict(zip(frame["incident_id"], raw["sector_code"]))
    agrees = weights["zone_id"].str.removeprefix("sector_") == weights["incident_id"].map(stated)
    assert len(agrees) > 500
    assert agrees.mean() >= 0.95


def test_desert_west_of_nogales_holds_the_corridors_west_of_nogales(shared_data, committed):
    """The medical examiner's list names corridors of its own; those from Sasabe to Goldwater (codes 6 to 11) are west of Nogales."""
    raw = pd.read_csv(sorted((shared_data / "raw" / "humane_borders").glob("*.csv"))[-1], dtype=str)
    raw = raw[pd.to_numeric(raw["Corridor Code"]).between(6, 11)]
    shape = committed.set_index("zone_id").geometry["desert_nogales_west"]
    assert shapely.contains_xy(shape, pd.to_numeric(raw["Longitude"]), pd.to_numeric(raw["Latitude"])).mean() > 0.95


def test_sensitivity_has_one_row_for_each_zone_and_step(committed):
    line = zones.load_centreline(ZONE_DATA / "all_american_canal_waypoints.csv")
    at_line = shapely.line_interpolate_point(line, 0.5, normalized=True)
    frame = incidents(lon=[at_line.x, at_line.x, None, -112.0], lat=[at_line.y, at_line.y + 0.03, None, 31.9], location_precision_m=[10.0, 10, 10, 10],
                      place_text=[None, None, "All American Canal", None]).assign(n_dead=pd.array([1, 2, 4, None], dtype="Int64"))  # fmt: skip
    table = zones.sensitivity(frame, committed, line)
    whole = table[table["zone_id"] == "canal_aac"].set_index("metres")
    assert whole.loc[[500, 1000, 2000, 5000], "n_incidents"].tolist() == [2, 2, 2, 3]
    assert whole.loc[[500, 5000], "n_dead"].tolist() == [5, 7]
    assert whole["n_by_text"].tolist() == [1, 1, 1, 1]
    assert whole.loc[1000, "area_km2"] == pytest.approx(committed[committed["zone_id"] == "canal_aac"].to_crs(5070).area.iloc[0] / 1e6, rel=0.01)
    desert = table[table["zone_id"] == "desert_nogales_west"].set_index("metres")
    assert desert["area_km2"].is_monotonic_increasing
    assert desert["n_incidents"].tolist() == [1, 1, 1]
    assert desert["n_dead"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("rows", ["", "1,-115,32\n", "1,-115,32\n2,-114,\n", "1,x,32\n2,-114,1\n"])
@pytest.mark.parametrize("head", ["order,lon,lat\n", "lon,lat\n", ""])
def test_bad_waypoints(tmp_path, head, rows):
    path = tmp_path / "waypoints.csv"
    path.write_text(head + rows)
    with pytest.raises(InputError, match="waypoint"):
        zones.load_centreline(path)
