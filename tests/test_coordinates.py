"""Coordinates: both orders and every notation there and back, what is swapped, and what cannot be read."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsi.register.coordinates import UNREADABLE, n_decimals, parse_lonlat, parse_points

LON = st.integers(-179_999_999, 179_999_999).map(lambda n: n / 1e6)
LAT = st.integers(-89_999_999, 89_999_999).map(lambda n: n / 1e6)


def sexagesimal(angle, letters):
    """An angle as degrees, minutes and seconds by whole hundredths of a second."""
    hundredths = round(abs(angle) * 360_000)
    degrees, rest = divmod(hundredths, 360_000)
    minutes, rest = divmod(rest, 6_000)
    return f"{degrees}°{minutes}'{rest / 100:.2f}\"{letters[angle < 0]}"


PAIRS = {
    "point": lambda lon, lat: f"POINT ({lon} {lat})",
    "pair": lambda lon, lat: f"{lat}, {lon}",
    "bracketed": lambda lon, lat: f"({lat},{lon})",
    "semicolon": lambda lon, lat: f"{lat};{lon}",
    "padded": lambda lon, lat: f"  {lat:.12f}, {lon:.12f} ",
    "decimal commas": lambda lon, lat: f"{lat:.6f}; {lon:.6f}".replace(".", ","),
    "decimal commas and a comma": lambda lon, lat: f"{lat:.6f}| {lon:.6f}".replace(".", ",").replace("|", ","),
    "letters": lambda lon, lat: f"{abs(lat):.6f}{'NS'[lat < 0]} {abs(lon):.6f}{'EW'[lon < 0]}",
    "letters first": lambda lon, lat: f"{'NS'[lat < 0]}{abs(lat):.6f}, {'EO'[lon < 0]}{abs(lon):.6f}",
    "sexagesimal": lambda lon, lat: f"{sexagesimal(lat, 'NS')} {sexagesimal(lon, 'EW')}",
}


@settings(max_examples=200, deadline=None)
@given(LON, LAT, st.sampled_from(list(PAIRS)))
def test_points_there_and_back(lon, lat, notation):
    found = parse_points(pd.Series([PAIRS[notation](lon, lat)])).iloc[0]
    tolerance = 2e-6 if notation == "sexagesimal" else 1e-9
    assert found["lon"] == pytest.approx(lon, abs=tolerance)
    assert found["lat"] == pytest.approx(lat, abs=tolerance)
    assert found["problem"] == ("null_island" if lon == lat == 0 else "")


@settings(max_examples=100, deadline=None)
@given(LON, LAT, st.sampled_from(["plain", "comma", "letter", "sexagesimal"]))
def test_two_columns_there_and_back(lon, lat, notation):
    write = {
        "plain": lambda v, letters: str(v),
        "comma": lambda v, letters: f"{v:.6f}".replace(".", ","),
        "letter": lambda v, letters: f"{abs(v):.6f} {letters[v < 0]}",
        "sexagesimal": sexagesimal,
    }[notation]
    found = parse_lonlat(pd.Series([write(lat, "NS")]), pd.Series([write(lon, "EW")])).iloc[0]
    assert found["lon"] == pytest.approx(lon, abs=2e-6)
    assert found["lat"] == pytest.approx(lat, abs=2e-6)


@settings(max_examples=60, deadline=None)
@given(st.floats(-124, -90.001), st.floats(20, 40))
def test_swapped_points_of_this_border_are_put_right_and_said(lon, lat):
    for found in (parse_points(pd.Series([f"POINT ({lat:.6f} {lon:.6f})", f"{lon:.6f}, {lat:.6f}"])),
                  parse_lonlat(pd.Series([f"{lon:.6f}"]), pd.Series([f"{lat:.6f}"]))):  # fmt: skip
        assert (found["problem"] == "swapped").all()
        assert found["lon"].to_numpy() == pytest.approx(lon, abs=1e-6)
        assert found["lat"].to_numpy() == pytest.approx(lat, abs=1e-6)


def test_what_could_be_either_order_is_left_as_written():
    found = parse_points(pd.Series(["-20.5, 30.5"])).iloc[0]
    assert (found["lat"], found["lon"], found["problem"]) == (-20.5, 30.5, "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [("NaN, NaN", "not_finite"), ("Inf, 3", "not_finite"), ("POINT (-inf 3)", "not_finite"), ("1e400, 5", "not_finite"), ("95, -200", "out_of_range"),
     ("0, 0", "null_island"), ("POINT (0 0)", "null_island"), ("foo", "unreadable"), ("31.5", "unreadable"), ("1, 2, 3", "unreadable"),
     ("31°75'0\"N 110°W", "unreadable"), ("31N 110N", "unreadable"), ("", ""), ("POINT EMPTY", ""), ("N/D", ""),
     ("SRID=4326;POINT Z (-111.5 31.5 320)", ""), ("31°38'60.00\"N 110°W", "")],
)  # fmt: skip
def test_what_is_wrong_with_a_point(text, problem):
    found = parse_points(pd.Series([text])).iloc[0]
    assert found["problem"] == problem
    assert np.isnan(found["lon"]) == (problem in UNREADABLE or text in ("", "POINT EMPTY", "N/D"))


@pytest.mark.parametrize(
    ("lat", "lon", "problem"),
    [("NaN", "NaN", "not_finite"), ("inf", "3", "not_finite"), ("1e400", "5", "not_finite"), ("0", "0.0", "null_island"), ("32.5", "", "half"),
     ("", "", ""), ("2842192.0", "-100.3", "out_of_range"), ("32.5", "-99056285", "out_of_range"), ("27.141.1520", "-98.1", "unreadable"),
     ("27.1.2", "-98.1", "unreadable"),
     ("26.2", "N -98.6", "unreadable"), ("-32.5 N", "110", "unreadable"), ("32.80848,", "-116.1", ""), ("32.18178N", "-107.5", "")],
)  # fmt: skip
def test_what_is_wrong_with_two_columns(lat, lon, problem):
    found = parse_lonlat(pd.Series([lat]), pd.Series([lon])).iloc[0]
    assert found["problem"] == problem
    assert np.isnan(found["lon"]) == (problem in UNREADABLE or not lat)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(" 0123456789.,-NSEWO°'e", max_size=14)), max_size=5))
def test_any_text_gives_a_row_and_never_an_error(rows):
    first, second = (pd.Series([r[i] for r in rows], dtype="str") for i in (0, 1))
    for found in (parse_points(second), parse_points(first), parse_lonlat(first, second)):
        assert len(found) == len(rows)
        assert found["lon"].dropna().between(-180, 180).all()
        assert found["lat"].dropna().between(-90, 90).all()
        assert (found["lon"].isna() == found["lat"].isna()).all()


def test_decimals_are_counted_in_the_text():
    assert n_decimals(pd.Series(["31.650", "-110", "31.", "1e5", ""])).astype("object").tolist() == [3, 0, 0, pd.NA, pd.NA]


def test_real_points_agree_between_two_vintages_in_two_notations(shared_data):
    """IOM wrote POINT (lon lat) in 2022 and "lat, lon" in 2024; rows whose id and place text are the same should lie in the same place."""
    old = pd.read_csv(shared_data / "raw/iom/2022-05-08_missing_migrants_global.csv", dtype="str", keep_default_na=False).set_index("Incident ID")
    new = pd.read_csv(shared_data / "raw/iom/2024-11-15_missing_migrants_global.csv", dtype="str", keep_default_na=False).set_index("Incident ID")
    both = old.index[~old.index.duplicated()].intersection(new.index[~new.index.duplicated()])
    one, other = parse_points(old.loc[both, "Coordinates"]), parse_points(new.loc[both, "Coordinates"])
    same = (one["lon"] - other["lon"]).abs().lt(0.001) & (one["lat"] - other["lat"]).abs().lt(0.001)
    assert len(both) > 5000
    assert same.mean() > 0.9
