"""Distances against geodesics, the median's interval by simulation, the canal by kilometre against planted deaths."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import Geod
from shapely.geometry import LineString, Point

from bsi.analysis import access, canal
from bsi.errors import NotEstimable

TOWNS = gpd.GeoDataFrame(geometry=[Point(-111.0, 31.3), Point(-113.0, 32.5)], crs=4326)


def _incidents(n, rng, precision=500.0):
    day = pd.Timestamp("2001-01-01") + pd.to_timedelta(rng.integers(0, 3000, n), unit="D")
    place = {"lon": rng.uniform(-113, -110, n), "lat": rng.uniform(31, 33, n), "location_precision_m": precision}
    return pd.DataFrame({"incident_id": [f"i-{k}" for k in range(n)], "date": day, **place})


def test_distances_are_geodesics_to_half_a_percent_and_carry_precision(rng):
    rows = _incidents(60, rng)
    table = access.distances(rows, {"towns": TOWNS})
    geod = Geod(ellps="WGS84")
    want = np.min([geod.inv(rows["lon"], rows["lat"], np.full(60, t.x), np.full(60, t.y))[2] for t in TOWNS.geometry], axis=0)
    np.testing.assert_allclose(table["distance_m"], want, rtol=0.005)
    np.testing.assert_allclose(table["high_m"] - table["distance_m"], 500.0)
    assert (table["low_m"] >= 0).all()


def test_medians_by_span_and_spans_too_small_have_none(rng):
    rows = _incidents(200, rng)
    rows.loc[0, "date"] = pd.Timestamp("1981-05-01")
    spans = access.by_period(access.distances(rows, {"towns": TOWNS}))
    assert spans.loc[0, ["year_from", "n"]].tolist() == [1980, 1]
    assert np.isnan(spans.loc[0, "median_m"])
    assert spans["n"].sum() == 200
    kept = spans[spans["n"] >= 10]
    assert ((kept["nearest_m"] <= kept["median_m"]) & (kept["median_m"] <= kept["farthest_m"])).all()


def test_the_interval_of_the_median_holds_it_nineteen_times_in_twenty():
    rng, held = np.random.default_rng(3), 0
    for _ in range(400):
        low, high = access._median_interval(np.sort(rng.exponential(1.0, 40)))
        held += low <= np.log(2) <= high
    assert 0.93 <= held / 400 <= 0.99


def test_no_position_or_an_empty_layer_is_said(rng):
    with pytest.raises(NotEstimable, match="no incident has a position"):
        access.distances(_incidents(3, rng).assign(lon=np.nan), {"towns": TOWNS})
    with pytest.raises(NotEstimable, match="layer roads is empty"):
        access.distances(_incidents(3, rng), {"roads": TOWNS.iloc[:0]})


LINE = LineString([(-115.6, 32.68), (-115.0, 32.68)])


def test_a_planted_stretch_of_the_canal_is_found_and_even_deaths_are_not_called(rng):
    even = pd.DataFrame({"lon": np.linspace(-115.59, -115.01, 120), "lat": 32.68, "location_precision_m": 100.0})
    assert not canal.by_kilometre(even, LINE)["is_cluster"].any()
    planted = pd.concat([even, pd.DataFrame({"lon": [-115.3] * 20, "lat": 32.681, "location_precision_m": 100.0})], ignore_index=True)
    table = canal.by_kilometre(planted, LINE)
    at = table.loc[table["n"].idxmax()]
    assert at["is_cluster"]
    assert abs(at["lon"] + 115.3) < 0.02
    assert table["n"].sum() == pytest.approx(140)
    assert table["km_to"].iloc[-1] == pytest.approx(Geod(ellps="WGS84").geometry_length(LINE) / 1000, rel=0.005)


def test_the_chance_of_a_stretch_is_that_of_as_many_or_more_on_an_even_canal(rng):
    """Poisson sum by hand, over three neighbouring stretches: as many as were found belong to the chance."""
    rows = pd.DataFrame({"lon": [-115.3] * 9 + [-115.0] * 3, "lat": 32.681, "location_precision_m": 100.0})
    table = canal.by_kilometre(rows, LINE)
    near = [table.iloc[max(i - 1, 0) : i + 2] for i in range(len(table))]
    length = table["km_to"].iloc[-1]
    for i in (0, int(table["n"].idxmax()), len(table) - 1):
        mean = 12 * (near[i]["km_to"] - near[i]["km_from"]).sum() / length
        found = math.floor(near[i]["n"].sum() + 1e-9)
        assert table["p"].iloc[i] == pytest.approx(1 - sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(found)), rel=1e-6)


def test_places_too_rough_or_too_far_name_no_kilometre(rng):
    rows = pd.DataFrame({"lon": [-115.3] * 12, "lat": [32.68] * 12, "location_precision_m": [100.0] * 11 + [15_000.0]})
    assert canal.by_kilometre(rows, LINE)["n_rough"].iloc[0] == 1
    with pytest.raises(NotEstimable, match="0 incidents along the canal"):
        canal.by_kilometre(rows.assign(lat=33.5), LINE)
