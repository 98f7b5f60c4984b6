"""Rasters of an analyst: tiny invented ones with known answers, and one sentence for every way they can be wrong."""

import numpy as np
import pandas as pd
import pytest
import shapely

from bsi.analysis import terrain
from bsi.errors import InputError, NotEstimable
from bsi.register import rasters

ASC = "ncols 4\nnrows 3\nxllcorner -113.0\nyllcorner 31.0\ncellsize 0.5\nNODATA_value -9999\n1 2 3 4\n5 6 7 8\n9 10 11 -9999\n"


def _write(folder, text, name="ruggedness.asc"):
    path = folder / name
    path.write_text(text)
    return path


def _incidents(places, precision=100.0, year=2001):
    lon, lat = zip(*places, strict=True)
    day = pd.Timestamp(f"{year}-06-01")
    return pd.DataFrame({"incident_id": [f"i-{k}" for k in range(len(lon))], "date": day, "lon": lon, "lat": lat, "location_precision_m": precision})


def test_an_ascii_grid_is_read_with_north_on_top_and_its_gap_left_out(tmp_path):
    table = rasters.read_raster(_write(tmp_path, ASC), "ruggedness").set_index(["lon", "lat"])["value"]
    assert len(table) == 11
    assert table[(-112.75, 32.25)] == 1
    assert table[(-112.75, 31.25)] == 9
    assert table[(-111.25, 31.75)] == 8


def test_a_table_of_cells_says_the_same(tmp_path):
    grid = rasters.read_raster(_write(tmp_path, ASC), "ruggedness")
    grid[["lon", "lat", "value"]].to_csv(tmp_path / "ruggedness.csv", index=False)
    again = rasters.read_raster(tmp_path / "ruggedness.csv", "ruggedness")
    pd.testing.assert_frame_equal(again, grid)


def test_an_incident_has_the_value_of_its_cell_and_a_rough_one_that_of_all_cells_within_its_precision(tmp_path):
    grid = {"ruggedness": rasters.read_raster(_write(tmp_path, ASC), "ruggedness")}
    at = terrain.values_at(_incidents([(-112.7, 31.8), (-111.3, 32.2), (-100.0, 31.5)]), grid)
    assert at["value"].tolist() == [5.0, 4.0]  # the third lies beyond the raster
    assert at["low"].tolist() == at["high"].tolist() == [5.0, 4.0]
    rough = terrain.values_at(_incidents([(-112.25, 31.75)], precision=60_000.0), grid).iloc[0]
    assert rough["value"] == pytest.approx(np.mean([2, 5, 6, 7, 10]))  # the four neighbours at 47 to 56 km, none at 73
    assert rough["low"] < 3
    assert rough["high"] > 9


def test_deaths_on_the_highest_fifth_of_the_area_are_told_from_deaths_as_the_area_lies(tmp_path):
    columns, rows = np.meshgrid(np.arange(10), np.arange(10))
    cells = pd.DataFrame({"lon": -113 + 0.1 * columns.ravel(), "lat": 31 + 0.1 * rows.ravel(), "value": columns.ravel() * 10.0 + rows.ravel()})
    grid = {"ruggedness": cells.assign(cell_deg=0.1)}
    area = terrain.area_values(grid, shapely.box(-114, 30, -111, 33))
    assert area["ruggedness"].tolist() == cells["value"].tolist()
    high = cells[cells["value"] >= 80]
    both = pd.concat(
        [_incidents(list(zip(high["lon"], high["lat"], strict=True)), year=2001), _incidents(list(zip(cells["lon"], cells["lat"], strict=True)), year=2006)]
    )
    spans = terrain.by_period(terrain.values_at(both, grid), area).set_index("year_from")
    assert spans.loc[2000, list(terrain.FIFTHS)].tolist() == [0, 0, 0, 0, 1]
    assert spans.loc[2005, list(terrain.FIFTHS)].tolist() == pytest.approx([0.2] * 5)
    assert spans.loc[2005, "median"] == pytest.approx(spans.loc[2005, "area_median"])
    assert spans.loc[2000, "median"] == pytest.approx(89.5)


def test_a_span_of_few_has_no_median_and_no_shares(tmp_path):
    grid = {"ruggedness": rasters.read_raster(_write(tmp_path, ASC), "ruggedness")}
    area = terrain.area_values(grid, shapely.box(-113, 31, -111, 32.5))
    spans = terrain.by_period(terrain.values_at(_incidents([(-112.7, 31.8)] * 3), grid), area)
    assert spans[["median", *terrain.FIFTHS]].isna().all(axis=None)
    assert spans["n"].tolist() == [3]


@pytest.mark.parametrize(("name", "text", "words"), [
    ("ruggedness.asc", ASC.replace("cellsize 0.5\n", ""), "its head lacks cellsize"),
    ("ruggedness.asc", ASC + "12\n", "3 x 4 cells are announced, 13 values follow"),
    ("ruggedness.asc", ASC.replace("xllcorner -113.0", "xllcorner 430000"), "these are no degrees"),
    ("ruggedness.asc", ASC.replace("-9999\n1 2", "-9999\n-7 2"), "-7 to 11 where 0 to 5000 m can be"),
    ("summer_temperature.asc", ASC.replace("1 2 3 4", "101 102 103 104"), "°C can be.*unit"),
    ("ruggedness.csv", "lon,lat,value\n-112,31,\n-111,31,\n", "no cell with a value"),
    ("ruggedness.csv", "x,y,value\n1,2,3\n", "cannot be read"),
    ("ruggedness.csv", "lon,lat,value\n-112,31,1\n-111,31,2\n-110.6,31,3\n", "no regular grid"),
    ("ruggedness.csv", "lon,lat,value\n-112,31,1\n", "at least two"),
])  # fmt: skip
def test_a_raster_that_cannot_be_used_is_refused_in_one_sentence(tmp_path, name, text, words):
    with pytest.raises(InputError, match=words) as error:
        rasters.read_raster(_write(tmp_path, text, name), name.split(".")[0])
    assert name in str(error.value)


def test_the_same_raster_twice_is_refused_and_none_is_none(tmp_path):
    assert rasters.find_rasters(tmp_path) == {}
    _write(tmp_path, ASC)
    assert list(rasters.find_rasters(tmp_path)) == ["ruggedness"]
    _write(tmp_path, "lon,lat,value\n-112,31,1\n-111,31,2\n", "ruggedness.csv")
    with pytest.raises(InputError, match="twice"):
        rasters.find_rasters(tmp_path)


def test_incidents_off_the_raster_and_a_raster_off_the_zone_are_said(tmp_path):
    grid = {"ruggedness": rasters.read_raster(_write(tmp_path, ASC), "ruggedness")}
    with pytest.raises(NotEstimable, match="no incident lies on"):
        terrain.values_at(_incidents([(-100.0, 31.5)]), grid)
    with pytest.raises(NotEstimable, match="ruggedness does not reach"):
        terrain.area_values(grid, shapely.box(0, 0, 1, 1))
