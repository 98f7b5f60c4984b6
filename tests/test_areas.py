"""Areas from points: inside, near, far, overlapping; what a record states is kept."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from bsi.register import areas

WEST, EAST = shapely.box(-112, 31.4, -111, 33), shapely.box(-111, 31.4, -110, 33)


def test_points_fall_in_their_polygon_and_the_nearest_takes_what_lies_just_outside():
    found = areas.find_area([-111.5, -110.5, -111.5, -111.5, np.nan], [32, 32, 31.39, 31.0, 32], ["west", "east"], [WEST, EAST])
    assert found.tolist() == ["west", "east", "west", None, None]


def test_of_two_polygons_the_first_counts():
    assert areas.find_area([-111.5], [32.0], ["a", "b"], [WEST, WEST]).tolist() == ["a"]


@pytest.fixture
def frames():
    counties = gpd.GeoDataFrame({"name": ["West", "East"], "state": ["AZ", "AZ"]}, geometry=[WEST, EAST], crs=4326)
    mexico = gpd.GeoDataFrame({"code": ["SON"]}, geometry=[shapely.box(-112, 30, -110, 31.4)], crs=4326)
    zones = gpd.GeoDataFrame({"zone_id": ["sector_YUM", "sector_TCA"], "family": "sector"}, geometry=[WEST, EAST], crs=4326)
    sector_counties = pd.DataFrame({"sector": ["YUM", "TCA"], "state": "AZ", "county": ["West", "East"], "share": ["whole", "part"]})
    return counties, mexico, zones, sector_counties


def test_blanks_are_filled_and_statements_are_kept(frames):
    incidents = pd.DataFrame(
        {"lon": [-110.5, -110.5, np.nan, -111.5, np.nan], "lat": [32.0, 32.0, np.nan, 30.5, np.nan], "county": [None, "West", "West", None, "East"],
         "state": [None, "AZ", "AZ", None, "AZ"], "country": [None, "US", "US", None, "US"], "sector": [None, "YUM", None, None, None]}
    )  # fmt: skip
    out = areas.fill_areas(incidents, *frames)
    assert out["county"].fillna("").tolist() == ["East", "West", "West", "", "East"]
    assert out["state"].tolist() == ["AZ", "AZ", "AZ", "SON", "AZ"]
    assert out["country"].tolist() == ["US", "US", "US", "MX", "US"]
    assert out["sector"].fillna("").tolist() == ["TCA", "YUM", "YUM", "", ""]
    deciding = areas.sector_for_weights(incidents["sector"], out)
    assert deciding.fillna("").tolist() == ["", "YUM", "YUM", "", ""]
