"""Figures of access, terrain and density: what is plotted is what the tables hold, and what is missing is said."""

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from bsi import selections
from bsi.publish import figures_access, maps_density

CANAL = pd.DataFrame({"km_from": np.arange(6.0), "km_to": np.arange(1.0, 7.0), "n": [0, 1, 9, 1, 0, 0], "is_cluster": [False, False, True, False, False, False],
                      "n_placed": 11, "n_rough": 2, "p": 0.1})  # fmt: skip
WORKS = pd.DataFrame({"kind": ["drop", "lined"], "name_en": ["Drop 5", "lined"], "name_es": ["Caída 5", "revestido"], "km": [2.5, 4.0], "km_to": [np.nan, 6.0]})
NEAR = pd.DataFrame({"kind": ["drop", "lined"], "n_works": 1, "n_near": [10.0, 0.0], "n_placed": 11, "share_of_length": [1 / 3, 1 / 3]})


def _texts(figure):
    return [t.get_text() for t in figure.findobj(plt.Text) if t.get_text()]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_drops_and_the_lined_section_are_drawn_and_bridges_that_are_not_in_the_data_are_said(lang):
    figure = figures_access.canal_kilometres(CANAL, lang, "double", WORKS, NEAR)
    texts = _texts(figure)
    assert WORKS[f"name_{lang}"].isin(texts).all()
    assert ("bridges" if lang == "en" else "puentes") in figure.bsi_description.caption
    assert not {"drops", "caídas de agua"} & set(figure.bsi_description.caption.replace(".", "").split(": ")[-1].split(", "))
    head = " ".join(texts)
    assert "33%" in head
    assert figure.bsi_description.data["n"].tolist() == CANAL["n"].tolist()


def test_without_works_all_three_are_said_to_be_missing():
    caption = figures_access.canal_kilometres(CANAL, "en").bsi_description.caption
    assert "drops, bridges, and lined section" in caption


def _distances(kinds):
    rows = [{"to": k, "year_from": y, "year_to": y + 4, "n": 20, "median_m": 9e3, "low_m": 8e3, "high_m": 1e4, "nearest_m": 7e3, "farthest_m": 1.1e4,
             "area_median_m": 2e4} for k in kinds for y in (2000, 2005)]  # fmt: skip
    return pd.DataFrame(rows)


def test_the_area_s_own_median_is_drawn_beside_that_of_the_places():
    figure = figures_access.distances(_distances(["boundary", "towns", "roads", "water"]), "en", "double", None, has_roads=True)
    axes = [ax for ax in figure.axes if ax.axison]
    assert len(axes) == 4
    for ax in axes:
        assert any(np.allclose(line.get_ydata(), 20.0) for line in ax.lines)
    assert "analyst's layer" in figure.bsi_description.caption


@pytest.mark.parametrize("lang", ["en", "es"])
def test_roads_that_are_not_there_are_said_with_what_to_put_where(lang):
    caption = figures_access.distances(_distances(["boundary"]), lang).bsi_description.caption
    assert "roads.geojson" in caption


@pytest.mark.parametrize("lang", ["en", "es"])
def test_terrain_is_set_against_the_area(lang):
    row = {"to": "ruggedness", "n": 30, "median": 40.0, "low": 35.0, "high": 45.0, "least": 30.0, "most": 50.0, "area_lower": 10.0, "area_median": 20.0,
           "area_upper": 30.0, "share_1": 0.0, "share_2": 0.1, "share_3": 0.2, "share_4": 0.3, "share_5": 0.4}  # fmt: skip
    table = pd.DataFrame([{**row, "year_from": y, "year_to": y + 4} for y in (2000, 2005)])
    figure = figures_access.terrain_by_period(table, lang)
    left, right = figure.axes
    assert any(np.allclose(line.get_ydata(), 20.0) for line in left.lines)
    heights = [bar.get_height() for bars in right.containers for bar in bars]
    assert heights == pytest.approx([0.0, 0.0, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4])
    assert "40" in figure.bsi_description.alt


def _geo(zone):
    zones = gpd.GeoDataFrame({"zone_id": ["z"], "family": ["desert"], "name_en": ["Zone"], "name_es": ["Zona"]}, geometry=[zone], crs=4326)
    return {"zones": zones, "zone_id": "z", "base": selections.base_geometry(), "crs": "EPSG:32612", "near": 4.0}


def test_the_best_bandwidth_is_framed_and_named():
    cells = pd.DataFrame({"x_m": [4e5, 4.03e5], "y_m": 3.55e6, "cell_m": 3000.0, "rank": [0.4, 0.995]})
    cells = pd.concat([cells.assign(bandwidth_m=h) for h in (2000, 5000)], ignore_index=True)
    scores = pd.DataFrame({"bandwidth_m": [2000, 5000], "likelihood": [0.8, 1.0], "is_best": [False, True]})
    found = {"cells": cells, "scores": scores, "crs": "EPSG:32612", "n": 50, "n_rough": 3, "years": (2015, 2019)}
    figure = maps_density.density_strip(found, _geo(box(-112.5, 31.5, -111.5, 32.5)), "en")
    texts = _texts(figure)
    assert "2 km: 80% of the best" in texts
    assert "5 km: the best" in texts
    framed = [ax for ax in figure.axes if ax.images and max(s.get_linewidth() for s in ax.spines.values()) > 1.5]
    assert len(framed) == 1
    assert figure.bsi_description.data["rank"].min() >= 0.5


def test_a_ratio_is_strong_where_clear_pale_where_not_and_grey_where_too_few():
    table = pd.DataFrame({"log2": [1.5, 0.5, -0.5, -2.0, 1.5, 1.5], "is_told": [True] * 5 + [False], "is_clear": [True] * 4 + [False] * 2})
    colours = maps_density._colours(table)
    for row, (_low, colour, _words) in zip(colours, maps_density.RATIOS, strict=False):
        np.testing.assert_allclose(row[:3], maps_density.to_rgb(colour))
    assert (colours[4, :3] > colours[0, :3]).all()
    np.testing.assert_allclose(colours[5, :3], maps_density.to_rgb(maps_density.UNTOLD))


def test_positions_are_rounded_out_of_the_ratio_map_s_data_only_to_cells():
    cell = {"x_m": [4e5, 4.05e5], "y_m": 3.55e6, "cell_m": 5000.0, "row": [0, 0], "column": [0, 1], "log2": [1.2, -1.2], "low": 0.1, "high": 2.0}
    table = pd.DataFrame(cell).assign(n_near=9.0, is_told=True, is_clear=[True, False], bandwidth_m=8000)
    words = {"later": (2015, 2024), "earlier": (2005, 2014), "n_case": 30, "n_control": 40}
    figure = maps_density.ratio_maps({"crs": "EPSG:32612", "period": (table, words)}, _geo(box(-112.5, 31.5, -111.5, 32.5)), "es", "single")
    assert "2015–2024 (30) frente a 2005–2014 (40)" in _texts(figure)
    assert "gris: menos de 4 incidentes cerca" in _texts(figure)
    data = figure.bsi_description.data
    assert (data["cell_m"] == 5000).all()
    assert data["comparison"].unique().tolist() == ["period"]
