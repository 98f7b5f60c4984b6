"""Incidents in a window, maps that look at nothing later, positions drawn within their precision, and every thing that cannot be had."""

import numpy as np
import pandas as pd
import pytest
import shapely

from bsi.analysis import density, hotspots
from bsi.errors import NotEstimable

ZONE = shapely.box(-112.5, 31.5, -111.5, 32.5)
CRS = hotspots.metric_crs(ZONE)
AREA = hotspots.window(ZONE, CRS)


def _incidents(n, rng, **columns):
    day = pd.Timestamp("2010-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 2000, n)), unit="D")
    frame = {"incident_id": [f"i-{k}" for k in range(n)], "date": day, "lon": rng.uniform(-112.4, -111.6, n), "lat": rng.uniform(31.6, 32.4, n),
             "location_precision_m": 100.0, "n_dead": pd.array([1] * n, "Int64"), "is_cumulative": False, "sector": "TCA"}  # fmt: skip
    return pd.DataFrame({**frame, **columns})


def test_positions_are_those_of_geopandas_and_only_the_precise_ones_inside_are_kept(rng):
    import geopandas as gpd

    rows = _incidents(40, rng)
    rows.loc[0, "location_precision_m"], rows.loc[1, "lon"], rows.loc[2, "location_precision_m"], rows.loc[3, "is_cumulative"] = 15_000.0, -120.0, np.nan, True
    points = hotspots.placed(rows, AREA, CRS)
    assert set(points["incident_id"]) == set(rows["incident_id"][4:])
    want = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), crs=4326, index=rows["incident_id"]).to_crs(CRS)
    np.testing.assert_allclose(points["x_m"], want[points["incident_id"]].x, atol=1e-6)


@pytest.mark.parametrize("rows", [
    lambda r: _incidents(0, r), lambda r: _incidents(5, r, location_precision_m=15_000.0), lambda r: _incidents(5, r, lon=-100.0),
    lambda r: _incidents(5, r, lon=np.nan),
])  # fmt: skip
def test_a_window_without_a_good_position_is_said(rows, rng):
    with pytest.raises(NotEstimable, match="no incident"):
        hotspots.placed(rows(rng), AREA, CRS)


def test_no_map_looks_at_a_later_year(rng):
    points = hotspots.placed(_incidents(300, rng), AREA, CRS)
    grid = density.grid_over(AREA, 5000.0)

    def circles(rows):
        return pd.DataFrame({"center_x_m": rows["x_m"][:1], "center_y_m": rows["y_m"][:1], "radius_m": 9000.0, "statistic": 5.0})

    early = points[points["year"] <= 2012]
    all_maps = hotspots.makers(points, grid, hotspots.yearly(points, grid, 2008, 2015), circles)
    early_maps = hotspots.makers(early, grid, hotspots.yearly(early, grid, 2008, 2012), circles)
    assert set(all_maps) == set(hotspots.METHODS)
    for name in hotspots.METHODS:
        np.testing.assert_array_equal(all_maps[name](2012), early_maps[name](2012), err_msg=name)


def test_counts_a_cell_and_year_add_up(rng):
    points = hotspots.placed(_incidents(200, rng), AREA, CRS)
    counts = hotspots.yearly(points, density.grid_over(AREA, 5000.0), 2009, 2016)
    assert {t: int(c.sum()) for t, c in counts.items() if c.sum()} == points["year"].value_counts().to_dict()


def test_drawn_positions_stay_in_their_disc_fill_it_evenly_and_groups_stay_together(rng):
    points = pd.DataFrame({"x_m": np.repeat(rng.uniform(0, 1e5, 4000), 2), "y_m": 0.0, "precision_m": 2000.0, "date": pd.Timestamp("2010-01-01")})
    drawn = hotspots.draw_positions(points, 1)
    moved = np.hypot(drawn["x_m"] - points["x_m"], drawn["y_m"])
    assert moved.max() <= 2000
    assert (moved <= 1000).mean() == pytest.approx(0.25, abs=0.03)  # a quarter of the area lies within half the radius
    np.testing.assert_array_equal(drawn["x_m"][::2].to_numpy(), drawn["x_m"][1::2].to_numpy())


def test_a_cluster_map_is_highest_where_the_strongest_cluster_is():
    grid = density.grid_over(AREA, 5000.0)
    x, y = grid.centers
    found = pd.DataFrame({"center_x_m": [x[3], x[10]], "center_y_m": [y[3], y[10]], "radius_m": [0.0, 12_000.0], "statistic": [9.0, 4.0]})
    out = hotspots.cluster_map(lambda rows: found, None, grid)
    assert out[3, 3] == 9.0 == out.max()
    assert out[10, 10] == 4.0 == out[12, 10]
    assert out[3, 5] == 0.0
