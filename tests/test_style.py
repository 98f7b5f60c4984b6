"""Colours told apart by everyone, texts that read, the sample mark, room for header and footer."""

import numpy as np
import pytest
from matplotlib import colors

from bsi import contracts
from bsi.errors import InputError
from bsi.publish import saving, style

# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB
VISION = {
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(linear):
    xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]) @ linear / [0.95047, 1, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour, matrix):
    rgb = np.array(colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return lab(np.clip(np.array(matrix) @ linear, 0, 1))


def test_every_cause_has_one_colour_and_one_name():
    assert set(style.CAUSE_GROUP_OF) == set(contracts.CAUSES) == set(style.CAUSE_NAMES)
    assert len({colour for _name, colour, _c in style.CAUSE_GROUPS.values()}) == len(style.CAUSE_GROUPS)
    assert set(style.ZONE_COLOURS) == set(contracts.ZONES.columns["family"].allowed)
    assert set(style.SECTOR_NAMES) == set(style.SECTORS_WEST_TO_EAST) == set(contracts.SECTORS)


@pytest.mark.parametrize("vision", VISION)
def test_colours_of_causes_are_told_apart(vision):
    shown = [(g, colour) for g, (_n, colour, _c) in style.CAUSE_GROUPS.items()]
    near = [
        (a, b, round(float(np.linalg.norm(seen(x, VISION[vision]) - seen(y, VISION[vision])))))
        for i, (a, x) in enumerate(shown)
        for b, y in shown[i + 1 :]
        if np.linalg.norm(seen(x, VISION[vision]) - seen(y, VISION[vision])) < 11
    ]
    assert near == []


def test_coloured_text_reads_on_white():
    every = [c for _n, c, _g in style.CAUSE_GROUPS.values()] + list(style.ZONE_COLOURS.values()) + list(style.MEASURE_COLOURS.values())
    assert min(style.contrast(style.text_colour(c)) for c in every) >= 4.5
    assert style.contrast(style.SOFT) >= 4.5
    assert style.contrast(style.INK, "#ffe08a") >= 7


def test_contrast_against_known_values():
    assert style.contrast("#777777") == pytest.approx(4.48, abs=0.01)  # the classic near miss
    assert style.contrast("#000000") == pytest.approx(21)


@pytest.mark.parametrize("size", style.SIZES)
def test_the_plot_keeps_its_height_whatever_stands_around(size):
    fig, ax = style.new_figure(size, 50.0)
    style.set_title(fig, "A title that is long enough to be broken into two lines at single width", "A subtitle.")
    before = fig.get_size_inches()[1]
    style.describe(fig, style.Description("t", "a", "c", None))
    style.stamp(fig, {"is_sample": True, "sources": ["A", "B"], "data_as_of": "2024-11-15", "register_hash": "ab" * 20}, "es")
    assert fig.get_size_inches()[0] == pytest.approx(style.SIZES[size] / 25.4)
    assert fig.get_size_inches()[1] > before
    bands = fig.bsi_bands
    assert bands["plot"] == 50.0
    assert fig.get_size_inches()[1] * 25.4 == pytest.approx(sum(bands.values()))
    assert saving.check_text_boxes(fig) == []
    words = " ".join(t.get_text() for t in fig.texts)
    assert "MUESTRA SINTÉTICA" in words
    assert "Registro abababab." in words
    assert "15 de noviembre de 2024" in words


def test_real_data_carry_no_sample_mark():
    fig, _ax = style.new_figure("single", 30.0)
    style.stamp(fig, {"is_sample": False, "sources": {"en": ["List"], "es": ["Lista"]}}, "en")
    words = " ".join(t.get_text() for t in fig.texts)
    assert "SAMPLE" not in words
    assert "Sources: List." in words


def test_not_saying_whether_it_is_the_sample_stops():
    fig, _ax = style.new_figure("single", 30.0)
    with pytest.raises(InputError, match="synthetic sample"):
        style.stamp(fig, {"sources": ["A"]}, "en")


def test_unknown_size_stops():
    with pytest.raises(InputError, match="no size 'huge'"):
        style.new_figure("huge", 10)


def test_wrapped_lines_fit_as_the_renderer_measures_them():
    text = "Personas migrantes fallecidas o desaparecidas, por año fiscal, en la frontera México-Estados Unidos"
    lines = style.wrap(text, 60, 8)
    assert " ".join(lines) == text
    assert len(lines) > 1
    fig, _ax = style.new_figure("double", 20)
    for line in lines:
        drawn = fig.text(0, 0, line, fontsize=8, family=style.FONT)
        assert drawn.get_window_extent().width / fig.dpi * 25.4 <= 60.5
        assert drawn.get_window_extent().width / fig.dpi * 25.4 == pytest.approx(style.text_width_mm(line, 8), rel=0.04)


def test_the_settings_of_matplotlib_are_left_alone():
    import matplotlib as mpl

    before = {k: v for k, v in mpl.rcParams.items() if k != "backend"}
    style.message_figure("Nothing to show.", "single", "en", "Title")
    assert {k: v for k, v in mpl.rcParams.items() if k != "backend"} == before


def test_a_sentence_in_place_of_a_plot_is_as_high_as_its_lines():
    short, long = (style.message_figure(text, "double", "en", "Title").bsi_bands["plot"] for text in ("Nothing to show.", "Nothing to show. " * 30))
    assert short < 10 < long
