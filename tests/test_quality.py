"""Flags, precision and completeness, on invented records and against geodesics, brute force and the definitions of the flags."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bsi import contracts
from bsi.errors import InputError
from bsi.register import quality

HAND = Path(__file__).resolve().parents[1] / "data" / "hand" / "precision_defaults.csv"
BOUNDARY = gpd.GeoDataFrame(
    geometry=[shapely.LineString([(-117.12, 32.53), (-114.81, 32.5), (-111.07, 31.33), (-106.53, 31.78), (-97.14, 25.96)])], crs="EPSG:4326"
)
COUNTIES = gpd.GeoDataFrame(
    {"name": ["Pima", "Doña Ana", "De Witt"], "state": ["AZ", "NM", "TX"]},
    geometry=[shapely.box(-113.3, 31.4, -110.4, 32.5), shapely.box(-107.3, 31.8, -106.3, 33), shapely.box(-97.8, 28.8, -97, 29.4)],
    crs="EPSG:4326",
)
COUNTIES["geometry"] = COUNTIES.geometry.segmentize(0.02)  # as dense as real outlines: a long side is no straight line in another projection
STATES = gpd.GeoDataFrame({"state": ["AZ", "NM"]}, geometry=[shapely.box(-114.8, 31.3, -109.05, 37), shapely.box(-109.05, 31.3, -103, 37)], crs="EPSG:4326")


def records(**columns):
    n = max(len(v) for v in columns.values() if isinstance(v, list))
    base = {
        "record_id": [f"toy:{i}" for i in range(n)], "source": "toy", "vintage": pd.Timestamp(2020, 1, 1), "file": "toy.csv", "row": range(2, n + 2),
        "kind": "death", "date": pd.Timestamp(2015, 6, 1), "date_precision": "day", "flags": "",
    }  # fmt: skip
    return contracts.conform(pd.DataFrame({**base, **columns}), contracts.RECORDS)


def defaults(*rules):
    table = pd.DataFrame([dict.fromkeys(quality.DEFAULTS, "") | rule for rule in rules])
    return table.assign(precision_m=table["precision_m"].astype(float))


def flagged(frame):
    return quality.flag_records(frame, BOUNDARY, COUNTIES, STATES)["flags"].tolist()


def test_dates():
    days = [pd.Timestamp(2020, 1, 2), pd.Timestamp(2020, 1, 1), pd.Timestamp(1979, 12, 31), pd.Timestamp(1899, 1, 1), pd.Timestamp(2150, 1, 1), pd.NaT]
    assert flagged(records(date=days)) == ["date_after_vintage", "", "date_before_1980", "date_before_1980", "date_after_vintage", ""]


def test_points_far_away_on_null_island_and_nowhere():
    frame = records(lon=[0.0, 2.35, -111.0, None, -111.0], lat=[0.0, 48.9, 32.0, None, 40.0])
    assert flagged(frame) == ["point_is_null_island", "point_far_outside", "", "", "point_far_outside"]


def test_a_longitude_without_its_minus_sign_is_put_right_and_said():
    frame = records(lon=[107.03, 112.0, 107.03, None], lat=[32.6, 31.9, -32.6, None], county=["Doña Ana", "Pima", None, None], state=["NM", "AZ", None, None])
    found = quality.flag_records(frame, BOUNDARY, COUNTIES, STATES)
    assert found["flags"].tolist() == ["point_sign_restored", "point_sign_restored", "point_far_outside", ""]
    assert found["lon"].tolist()[:3] == [-107.03, -112.0, 107.03]
    assert found["lat"].tolist()[:3] == [32.6, 31.9, -32.6]


@settings(max_examples=60, deadline=None)
@given(st.floats(-130, -90), st.floats(15, 45))
def test_distance_to_the_boundary_is_geodesic(lon, lat):
    found = quality._km_to_boundary(pd.DataFrame({"lon": [lon], "lat": [lat]}), BOUNDARY)[0]
    steps = shapely.get_coordinates(shapely.segmentize(BOUNDARY.geometry.iloc[0], 0.01))
    metres = pyproj.Geod(ellps="WGS84").inv(np.full(len(steps), lon), np.full(len(steps), lat), steps[:, 0], steps[:, 1])[2]
    assert found == pytest.approx(metres.min() / 1000, rel=0.006, abs=3)


def test_points_shared_by_ten_or_more_records_of_one_source():
    frame = records(lon=[-111.0] * 10 + [-112.0] * 9 + [-112.0], lat=[32.0] * 20, source=["toy"] * 19 + ["other"])
    assert flagged(frame) == ["point_shared"] * 10 + [""] * 10


def test_a_county_contradicts_only_where_the_whole_disc_lies_outside():
    frame = records(
        lon=[-112.0, -110.3, -110.3, -110.3, -110.39, -112.0], lat=[32.0] * 6, county=["Pima"] * 5 + ["Caborca"], state=["AZ"] * 5 + ["SON"],
        location_precision_m=[100.0, 100.0, 20_000.0, None, 100.0, 100.0],
    )  # fmt: skip
    assert flagged(frame) == ["", "county_contradicts_point", "", "", "", ""]


@pytest.mark.parametrize(("county", "state"), [("Dona Ana", "NM"), ("DOÑA ANA COUNTY", "NM"), ("doña ana", "NM"), ("Dewitt", "TX")])
def test_counties_are_known_in_any_spelling(county, state):
    frame = records(lon=[-100.0], lat=[31.0], county=[county], state=[state], location_precision_m=[100.0])
    assert flagged(frame)[0].startswith("county_contradicts_point")


def test_a_state_contradicts():
    assert flagged(records(lon=[-108.0, -111.0], lat=[32.0, 32.0], state=["AZ", "AZ"], location_precision_m=[100.0, 100.0])) == ["state_contradicts_point", ""]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-115, -105), st.floats(31, 34), st.sampled_from([100.0, 2_000.0, 15_000.0])), min_size=1, max_size=20))
def test_contradictions_against_the_geodesic_distance(rows):
    lon, lat, radius = (list(v) for v in zip(*rows, strict=True))
    flags = flagged(records(lon=lon, lat=lat, county=["Pima"] * len(rows), state=["AZ"] * len(rows), location_precision_m=radius))
    edge = shapely.get_coordinates(shapely.segmentize(COUNTIES.geometry[0].boundary, 0.005))
    for x, y, r, flag in zip(lon, lat, radius, flags, strict=True):
        inside = COUNTIES.geometry[0].covers(shapely.Point(x, y))
        metres = 0 if inside else pyproj.Geod(ellps="WGS84").inv(np.full(len(edge), x), np.full(len(edge), y), edge[:, 0], edge[:, 1])[2].min()
        limit = r + quality.OUTLINE_TOLERANCE_M
        if abs(metres - limit) > 0.02 * metres + 300:
            assert ("county_contradicts_point" in flag) == (metres > limit)


def test_flags_of_the_reader_are_kept_and_ordered():
    frame = records(date=[pd.Timestamp(2021, 1, 1)], flags=["duplicate_row;date_after_vintage"])
    assert flagged(frame) == ["date_after_vintage;duplicate_row"]
    assert list(contracts.FLAGS).index("date_after_vintage") < list(contracts.FLAGS).index("duplicate_row")


def test_every_flag_concerns_a_field():
    assert sorted(flag for flags in quality.CONCERNS.values() for flag in flags) == sorted(contracts.FLAGS)


def test_the_first_rule_that_fits_decides_and_a_stated_precision_stays():
    rules = defaults(
        {"source": "toy", "upstream": "a|b", "last_year": "2009", "precision_m": 15_000}, {"source": "toy", "upstream": "a|b", "precision_m": 300},
        {"flag": "moved_before_death", "precision_m": 9_000}, {"precision_m": 5_000},
    )  # fmt: skip
    frame = records(
        lon=[-111.123456] * 6, lat=[32.123456] * 6, upstream=["a", "b", "c", None, "a", "ab"],
        date=[pd.Timestamp(2009, 12, 31), pd.Timestamp(2010, 1, 1), pd.NaT, pd.NaT, pd.Timestamp(2015, 1, 1), pd.NaT],
        flags=["", "", "cumulative;moved_before_death", "", "", ""], location_precision_m=[None] * 4 + [100.0, None],
        is_precision_stated=[False] * 4 + [True, None],
    )  # fmt: skip
    found = quality.estimate_precision(frame, rules)
    assert found["location_precision_m"].tolist() == [15_000, 300, 9_000, 5_000, 100, 5_000]
    assert found["is_precision_stated"].tolist() == [False] * 4 + [True, False]
    contracts.check(found, contracts.RECORDS)


def test_a_point_is_never_finer_than_its_decimals():
    frame = records(lon=[-111.0, -111.1, -111.12, -111.123, None], lat=[32.0, 32.0, 32.1, 32.123, None])
    found = quality.estimate_precision(frame, defaults({"precision_m": 100}))["location_precision_m"]
    for metres, step, y in zip(found[:3], [1, 0.1, 0.01], [32.0, 32.0, 32.1], strict=True):
        corner = pyproj.Geod(ellps="WGS84").inv(-111, y, -111 + step / 2, y + step / 2)[2]
        assert metres == pytest.approx(corner, rel=0.01)
    assert found[3] == 100
    assert np.isnan(found[4])


def test_what_the_reader_knows_from_the_text_is_a_floor():
    frame = records(lon=[-111.5, -111.123456], lat=[32.123456] * 2, location_precision_m=[111_000.0, 50.0], is_precision_stated=[False, False])
    assert quality.estimate_precision(frame, defaults({"precision_m": 100}))["location_precision_m"].tolist() == [111_000, 100]


def test_one_coordinate_on_many_days_is_a_place_and_many_persons_on_one_day_an_event():
    rules = defaults({"flag": "point_shared", "precision_m": 200_000}, {"precision_m": 100})
    days = [pd.Timestamp(2015, 1, d) for d in range(1, 11)] + [pd.Timestamp(2015, 2, 1)] * 10
    frame = records(date=days, lon=[-111.123456] * 10 + [-112.123456] * 10, lat=[32.123456] * 20)
    assert quality.estimate_precision(frame, rules)["location_precision_m"].tolist() == [200_000] * 10 + [100] * 10


def test_a_source_without_a_default_is_an_error():
    with pytest.raises(InputError, match=r"no default precision fits the points of \['toy'\]"):
        quality.estimate_precision(records(lon=[-111.0], lat=[32.0]), defaults({"source": "other", "precision_m": 1}))


def test_the_projects_own_defaults_hold_and_say_who_and_why():
    table = quality.load_defaults(HAND)
    assert (table[["how", "by", "on", "why"]] != "").all().all()
    assert table.iloc[-1][["source", "upstream", "flag", "first_year", "last_year"]].tolist() == [""] * 5
    measured = table[table["p90_m"] != ""]
    rounded = measured["precision_m"] / measured["p90_m"].astype(float)
    assert rounded.between(0.8, 1.2).all()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("toy,,,,,abc,,,,,h,b,o,w", "line 2: precision_m 'abc'"),
        ("to(y,,,,,1,,,,,h,b,o,w", "line 2: source 'to(y'"),
        ("toy,,,15,,1,,,,,h,b,o,w", "first_year '15'"),
        ("toy,,,,,-1,,,,,h,b,o,w", "'-1' is no positive number"),
        ("toy,,blue,,,1,,,,,h,b,o,w", "are no flags"),
    ],
)
def test_bad_defaults_earn_one_sentence(tmp_path, line, words):
    (tmp_path / "d.csv").write_text(",".join(quality.DEFAULTS) + "\n" + line + "\n")
    with pytest.raises(InputError) as error:
        quality.load_defaults(tmp_path / "d.csv")
    assert words in str(error.value)


def test_missing_defaults(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        quality.load_defaults(tmp_path / "d.csv")
    (tmp_path / "d.csv").write_text("source,why\n")
    with pytest.raises(InputError, match="are missing"):
        quality.load_defaults(tmp_path / "d.csv")


def test_quality_counts_what_is_stated_and_suspect():
    frame = records(
        lon=[-111.5, -111.5, None], lat=[32.5, 32.5, None], location_precision_m=[100.0, 300.0, None], is_precision_stated=[True, False, None],
        age=[20.0, None, None], flags=["", "point_swapped;age_implausible", "duplicate_row"], county=["Pima", "Pima", None],
    )  # fmt: skip
    table = quality.quality_table(frame)
    contracts.check(table, contracts.QUALITY)
    rows = table.set_index("field")[["n_records", "n_stated", "n_flagged", "note"]]
    assert rows.loc["lon"].tolist() == [3, 2, 1, "precision stated: 1; radius in m, median 200, three quarters within 250"]
    assert rows.loc["age"].tolist() == [3, 1, 1, "20 to 20, median 20"]
    assert rows.loc["county"].tolist() == [3, 2, 0, "1 different; most frequent: Pima (2)"]
    assert rows.loc["record_id"].tolist() == [3, 3, 1, "every value different"]
    assert rows.loc["sex"].tolist() == [3, 0, 0, "never stated"]
    assert rows.loc["date"].tolist() == [3, 3, 0, "day: 3"]


def test_no_records_give_empty_tables():
    frame = records(lon=[-111.0], lat=[32.0]).iloc[:0]
    estimated = quality.estimate_precision(frame, defaults({"precision_m": 1}))
    assert len(quality.flag_records(estimated, BOUNDARY, COUNTIES, STATES)) == 0
    assert len(quality.quality_table(estimated)) == 0
