"""Maps and figures of where on registers that hold next to nothing: a sentence in place of the map, never a traceback."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from bsi import plates_spatial, selections
from bsi.publish import basemap
from bsi.selections import Choices

MAPS = ("map_density_strip", "map_relative_risk", "map_hot_spots", "map_clusters", "map_clusters_people", "map_sites")
OTHERS = ("canal_kilometres", "distances", "terrain", "forward_validation", "siting_curve", "season_ahead")
ZONES = Path(__file__).resolve().parents[1] / "data" / "zones"
MIDDLE = (-112.5, 32.0)  # in the desert zone


class _Register:
    """A register with other incidents; hashable, as the one it stands for."""

    def __init__(self, register, incidents):
        self.build, self.out, self.data_folder, self.zones = register.build, register.out, register.data_folder, register.zones
        self.records, self.published, self.interventions = register.records, register.published, register.interventions
        self.incidents = incidents
        inside = pd.DataFrame({"incident_id": incidents["incident_id"], "zone_id": "desert_arizona_sonora", "probability": 1.0})
        self.zone_weights = inside


@pytest.fixture
def register_of(small_register):
    """Return a function (places, precision) -> register whose deaths lie there, one a week."""

    def make(places, precision=100.0):
        rows = small_register.incidents[small_register.incidents["kind"] == "death"]
        rows = rows.iloc[np.zeros(len(places), int)].reset_index(drop=True)
        day = pd.Timestamp("2010-01-04") + pd.to_timedelta(np.arange(len(places)) * 7, unit="D")
        lon, lat = (np.array([p[k] for p in places], float) for k in (0, 1))
        names = [f"i-{k}" for k in range(len(places))]
        rows = rows.assign(incident_id=names, date=day, lon=lon, lat=lat, location_precision_m=float(precision), is_cumulative=False, n_dead=1, cause="heat")
        return _Register(small_register, rows.astype({"n_dead": "Int64"}))

    return make


def _said(name, register, lang="en"):
    """Return the alt text of the figure, and whether it is a sentence in place of one."""
    figure = plates_spatial.PLATES_SPATIAL[name].make(register, Choices())(lang, "single")
    told = figure.bsi_description
    plt.close(figure)
    return told.alt, list(told.data.columns) == ["message"]


CASES = {
    "nobody": ([], 100.0),
    "one": ([MIDDLE], 100.0),
    "two": ([MIDDLE, (-112.4, 32.1)], 100.0),
    "one place": ([MIDDLE] * 60, 100.0),
    "rough": ([(-112.5 + 0.01 * k, 32.0) for k in range(60)], 15_000.0),
    "elsewhere": ([(-90.0 + 0.01 * k, 40.0) for k in range(60)], 100.0),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", MAPS)
def test_a_map_that_cannot_be_made_is_a_sentence_in_both_languages(register_of, name, case):
    """A hot-spot map of one place is a map; the strip of bandwidths has rough places spread by their precision; of nothing else is there a map here."""
    register = register_of(*CASES[case])
    alt, is_sentence = _said(name, register)
    if (name, case) not in {("map_density_strip", "rough")}:
        assert is_sentence, alt
        assert alt.startswith(("Not estimated", "There is no"))
        spanish, _ = _said(name, register, "es")
        assert spanish.startswith(("No se estima", "No hay"))
    else:
        assert not is_sentence


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", OTHERS)
def test_no_figure_of_where_ends_in_a_traceback(register_of, name, case):
    alt, is_sentence = _said(name, register_of(*CASES[case]))
    assert alt
    if case in ("nobody", "one", "two", "elsewhere") and name != "season_ahead":
        assert is_sentence or name == "distances"


@pytest.mark.parametrize("name", [m for m in MAPS if m != "map_sites"])
def test_without_the_base_geometry_there_is_a_sentence_in_place_of_the_map(register_of, monkeypatch, tmp_path, name):
    """The same register gives a map where the base geometry is there."""
    places = np.random.default_rng(5).normal(MIDDLE, (0.25, 0.15), (260, 2))
    register = register_of([tuple(p) for p in places])
    assert not _said(name, register)[1] or name == "map_relative_risk"
    selections.base_geometry.cache_clear()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "zones").symlink_to(ZONES)
    monkeypatch.setattr("bsi.workspace.PROJECT", tmp_path)
    try:
        alt, is_sentence = _said(name, register)
    finally:
        selections.base_geometry.cache_clear()
    assert is_sentence
    assert "base geometry is missing" in alt or name == "map_relative_risk"


def test_a_base_file_that_lacks_a_layer_is_named(tmp_path):
    import geopandas as gpd
    from shapely.geometry import box

    gpd.GeoDataFrame({"name": ["x"]}, geometry=[box(0, 0, 1, 1)], crs=4326).to_file(tmp_path / "base.gpkg", layer="states")
    with pytest.raises(basemap.InputError, match="lacks the layers counties, mx_states"):
        basemap.read_base(tmp_path / "base.gpkg")


@pytest.mark.parametrize("name", ["map_hot_spots", "forward_validation", "distances", "terrain"])
def test_a_register_without_the_desert_has_a_sentence_in_place_of_its_figures(register_of, name):
    register = register_of([MIDDLE] * 3)
    register.zones = register.zones[register.zones["family"].eq("canal")]
    alt, is_sentence = _said(name, register)
    assert is_sentence
    assert name == "terrain" or "there is no zone 'desert_arizona_sonora'" in alt
