"""Candidates, exclusions and export of sites; layers of an analyst; what cannot be used is said."""

import json

import numpy as np
import pandas as pd
import pytest
import shapely

from bsi.analysis import sites, siting
from bsi.errors import InputError, NotEstimable
from bsi.register.layers import read_layer

AREA = shapely.box(0, 0, 100_000, 50_000)
CRS84 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}


def _problem(rng, k=60):
    candidates = sites.candidates_on_grid(AREA, 10_000)
    where = rng.uniform(0, 1, (400, 2)) * [100_000, 50_000]
    return {"covers": siting.coverage(where, candidates, 6000.0), "demand": rng.gamma(1, 1, 400), "candidates": candidates, "where": where}


def test_candidates_fill_the_area_and_leave_the_exclusion_out():
    assert len(sites.candidates_on_grid(AREA, 10_000)) == 50
    half = sites.candidates_on_grid(AREA, 10_000, exclude=shapely.box(0, 0, 50_000, 50_000))
    assert len(half) == 25
    assert (half[:, 0] > 50_000).all()


def test_impossible_choices_are_said(rng):
    with pytest.raises(InputError, match="covers all 50"):
        sites.candidates_on_grid(AREA, 10_000, exclude=AREA.buffer(1))
    with pytest.raises(NotEstimable, match="within the area"):
        sites.allowed(np.array([[-5.0, -5.0]]), AREA)
    problem = _problem(rng)
    for strategy in sites.STRATEGIES:
        with pytest.raises(InputError, match="51 sites cannot be chosen from 50"):
            sites.choose(strategy, problem, 51, np.zeros(400))
    with pytest.raises(InputError, match="no strategy"):
        sites.choose("best", problem, 3)


def test_every_way_chooses_k_sites_and_the_exact_one_covers_most(rng):
    problem, newest = _problem(rng), rng.poisson(0.2, 400)
    covered = {}
    for strategy in sites.STRATEGIES:
        chosen = sites.choose(strategy, problem, 8, newest)
        assert len(set(chosen)) == 8
        covered[strategy] = siting.covered(problem["covers"], problem["demand"], chosen)
    assert covered["exact"] == max(covered.values())


def test_scores_on_later_years_are_the_share_within_reach(rng):
    problem = _problem(rng)
    later = pd.DataFrame({"year": [2001] * 30 + [2002] * 20, "x_m": rng.uniform(0, 100_000, 50), "y_m": rng.uniform(0, 50_000, 50)})
    table = sites.score(problem, [5], later, 6000.0, rng.poisson(0.2, 400)).set_index(["method", "year"])
    chosen = problem["candidates"][sites.choose("greedy", problem, 5)]
    xy = later[["x_m", "y_m"]].to_numpy()
    near = (np.hypot(*(xy[:, None] - chosen[None]).transpose(2, 0, 1)) <= 6000).any(axis=1)
    assert table.loc[("greedy", 2001), "share"] == pytest.approx(near[:30].mean())
    assert table.loc[("greedy", 2002), "n_test"] == 20


def test_exact_sites_are_written_only_when_asked_for_and_read_back(tmp_path):
    import xml.etree.ElementTree as ET

    table = pd.DataFrame({"name": ["01", "02"], "lon": [-112.123456, -111.5], "lat": [32.0, 31.9], "share": [0.1, 0.05]})
    with pytest.raises(InputError, match="not written unless"):
        sites.write_sites(table, tmp_path / "a.gpx")
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError, match="cannot be written as"):
        sites.write_sites(table, tmp_path / "a.kml", exact=True)
    back = read_layer(sites.write_sites(table, tmp_path / "a.geojson", exact=True), "points")
    assert back.geometry.x.tolist() == table["lon"].tolist()
    assert back["share"].tolist() == [0.1, 0.05]
    points = ET.parse(sites.write_sites(table, tmp_path / "a.gpx", exact=True)).getroot()
    assert [float(p.get("lon")) for p in points] == table["lon"].tolist()
    assert points.tag == "{http://www.topografix.com/GPX/1/1}gpx"


def _layer(path, geometry, crs=CRS84):
    content = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": geometry}]}
    path.write_text(json.dumps({**content, "crs": crs} if crs else content), encoding="utf-8")
    return path


POINT = {"type": "Point", "coordinates": [-112.0, 32.0]}


@pytest.mark.parametrize(("geometry", "crs", "words"), [
    (POINT, None, "names no CRS"),
    (POINT, {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::26912"}}, "26912"),
    ({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, CRS84, "points are wanted"),
    ({"type": "Point", "coordinates": [406673.0, 3504184.0]}, CRS84, "no degrees"),
    (None, CRS84, "no geometry"),
])  # fmt: skip
def test_a_layer_that_cannot_be_used_is_said(tmp_path, geometry, crs, words):
    with pytest.raises(InputError, match=words):
        read_layer(_layer(tmp_path / "layer.geojson", geometry, crs), "points")


def test_a_missing_or_empty_layer_is_said(tmp_path):
    with pytest.raises(InputError, match="no such layer"):
        read_layer(tmp_path / "none.geojson", "points")
    (tmp_path / "empty.geojson").write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    with pytest.raises(InputError, match="no feature"):
        read_layer(tmp_path / "empty.geojson", "areas")
    (tmp_path / "text.geojson").write_text("name,lon,lat", encoding="utf-8")
    with pytest.raises(InputError, match="not valid GeoJSON"):
        read_layer(tmp_path / "text.geojson", "areas")
