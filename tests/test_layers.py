"""Roads and works of a canal that an analyst supplies: tiny invented layers with known answers, one sentence for every way they can be wrong."""

import json

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString

from bsi.analysis import canal
from bsi.errors import InputError
from bsi.register import layers

LINE = LineString([(-115.0, 32.7), (-114.0, 32.7)])  # 93.8 km along the parallel
HEAD = "kind,name_en,name_es,lon,lat,lon_to,lat_to,source\n"


def _roads(path, lines, crs="urn:ogc:def:crs:OGC:1.3:CRS84"):
    features = [{"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": line}} for line in lines]
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": crs}}, "features": features}))


def test_all_files_of_roads_in_the_folder_are_taken_together_and_none_is_none(tmp_path):
    assert layers.read_roads(tmp_path) is None
    _roads(tmp_path / "roads.geojson", [[(-112, 31), (-111, 31)]])
    _roads(tmp_path / "roads_sonora.geojson", [[(-112, 30), (-111, 30)], [(-112, 29), (-111, 29)]])
    assert len(layers.read_roads(tmp_path)) == 3


def test_roads_in_another_projection_are_refused(tmp_path):
    _roads(tmp_path / "roads.geojson", [[(0, 0), (1, 1)]], "urn:ogc:def:crs:EPSG::32612")
    with pytest.raises(InputError, match="EPSG::32612, not WGS 84"):
        layers.read_roads(tmp_path)


def test_works_are_placed_along_the_line_from_its_first_end(tmp_path):
    path = tmp_path / "works.csv"
    path.write_text(HEAD + "lined,L,R,-114.25,32.7,-114.5,32.7,invented\ndrop,D,C,-114.75,32.71,,,invented\nbridge,B,P,-115,32.7,,,invented\n")
    works = canal.works_along(layers.read_works(path), LINE)
    assert works["kind"].tolist() == ["bridge", "drop", "lined"]
    np.testing.assert_allclose(works["km"], [0.0, 23.4, 46.9], atol=0.3)
    assert works["km_to"].isna().tolist() == [True, True, False]
    assert works["km_to"].iloc[2] == pytest.approx(70.3, abs=0.3)


def test_incidents_near_works_are_counted_and_overlapping_reaches_once():
    table = pd.DataFrame({"km_from": np.arange(10.0), "km_to": np.arange(1.0, 11.0), "n": [0, 3, 4, 0, 0, 0, 0, 2, 1, 0], "n_placed": 10})
    works = pd.DataFrame({"kind": ["drop", "drop", "lined"], "km": [2.0, 2.5, 7.0], "km_to": [np.nan, np.nan, 9.0]})
    near = canal.near_works(table, works).set_index("kind")
    assert near.loc["drop", "n_near"] == pytest.approx(3 + 4 + 0)  # from 1 to 3.5
    assert near.loc["drop", "share_of_length"] == pytest.approx(0.25)
    assert near.loc["lined", ["n_near", "share_of_length"]].tolist() == pytest.approx([3, 0.2])


@pytest.mark.parametrize(("text", "words"), [
    ("kind,lon\n", "lack the columns name_en"),
    (HEAD + "gate,D,C,-114.75,32.71,,,invented\n", "line 2: 'gate' is no kind"),
    (HEAD + "drop,D,C,-114.75,32.71,,,invented\nlined,L,R,-114,32.7,,,invented\n", "line 3: a work lacks its place, its end"),
    (HEAD + "drop,D,C,-114.75,,,,invented\n", "lacks its place"),
    (HEAD + "drop,D,C,-114.75,32.71,,,\n", "its source"),
])  # fmt: skip
def test_works_that_cannot_be_used_are_refused_with_their_line(tmp_path, text, words):
    (tmp_path / "works.csv").write_text(text)
    with pytest.raises(InputError, match=words):
        layers.read_works(tmp_path / "works.csv")
    with pytest.raises(InputError, match="cannot be read"):
        layers.read_works(tmp_path / "none.csv")


def test_the_works_of_the_project_lie_on_the_canal_in_their_order():
    """Drop 1 is the easternmost; the concrete section was announced as 23 miles along the new line, 25 along the old one."""
    from bsi.register import zones
    from bsi.workspace import PROJECT

    line = zones.load_centreline(PROJECT / "data" / "zones" / "all_american_canal_waypoints.csv")
    works = canal.works_along(layers.read_works(PROJECT / "data" / "geo" / "canal_works.csv"), line)
    drops = works[works["kind"] == "drop"]
    assert drops["name_en"].tolist() == ["Drop 5", "Drop 4", "Drop 3", "Drop 2", "Drop 1"]
    lined = works[works["kind"] == "lined"].iloc[0]
    assert (lined["km_to"] - lined["km"]) / 1.609344 == pytest.approx(24, abs=1.5)
    assert lined["km"] == pytest.approx(drops.set_index("name_en").loc["Drop 3", "km"])
