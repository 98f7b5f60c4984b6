"""A saved figure has its words, its data and its provenance, twice with the same bytes; without them it is refused."""

import json

import pandas as pd
import pytest
from matplotlib.figure import Figure

from bsi.errors import InputError
from bsi.publish import saving, style

META = {"sources": ["List A"], "vintages": {"a": "2024-01-01"}, "data_as_of": "2024-01-01", "register_hash": "ab" * 32, "is_sample": False}


def drawing(alt="It rises.", has_points=False):
    def draw(lang, size):
        fig, ax = style.new_figure(size, 30.0)
        ax.bar([0, 1], [1, 2])
        style.set_title(fig, f"Title {lang}")
        data = pd.DataFrame({"x": [0, 1], "place": ["=evil()", "Yuma"]})
        return style.describe(fig, style.Description(f"Title {lang}", alt, "Caption.", data, has_points))

    return draw


def test_everything_is_written(tmp_path):
    saving.save_figure("bars", drawing(), tmp_path, META, sizes=("single", "double"))
    names = {p.name for p in tmp_path.iterdir()}
    images = {f"bars-{size}.{lang}.{kind}" for size in ("single", "double") for lang in ("en", "es") for kind in ("png", "svg")}
    assert names == images | {"bars.csv", "bars.json"}
    entry = json.loads((tmp_path / "bars.json").read_text(encoding="utf-8"))
    assert entry["title"] == {"en": "Title en", "es": "Title es"}
    assert entry["register_hash"] == META["register_hash"]
    assert entry["sources"] == ["List A"]
    assert entry["is_sample"] is False
    assert set(entry["files"]) == images | {"bars.csv"}
    assert "'=evil()" in (tmp_path / "bars.csv").read_text(encoding="utf-8")


def test_two_runs_give_the_same_bytes(tmp_path):
    for run in ("a", "b"):
        saving.save_figure("bars", drawing(), tmp_path / run, META)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_pictures_have_the_printed_size(tmp_path):
    from PIL import Image

    saving.save_figure("bars", drawing(), tmp_path, META, sizes=("single",), languages=("en",))
    with Image.open(tmp_path / "bars-single.en.png") as image:
        assert image.width == pytest.approx(89 / 25.4 * 300, abs=1)
        assert image.info["dpi"][0] == pytest.approx(300, abs=0.1)
        assert "Software" not in image.info


def test_points_are_not_given_away(tmp_path):
    entry = saving.save_figure("map", drawing(has_points=True), tmp_path, META)
    assert entry["has_points"] is True
    assert {p.suffix for p in tmp_path.iterdir()} == {".png", ".json"}


@pytest.mark.parametrize("alt", ["", "   "])
def test_without_alt_text_nothing_is_saved(tmp_path, alt):
    with pytest.raises(InputError, match="no alt in 'en'"):
        saving.save_figure("bars", drawing(alt), tmp_path, META)
    assert list(tmp_path.iterdir()) == []


def test_without_description_nothing_is_saved(tmp_path):
    with pytest.raises(InputError, match="no title and no alt"):
        saving.save_figure("bars", lambda lang, size: style.new_figure(size, 20.0)[0], tmp_path, META)


def test_alt_text_in_one_language_only_is_refused(tmp_path):
    def draw(lang, size):
        return drawing("" if lang == "es" else "It rises.")(lang, size)

    with pytest.raises(InputError, match="'es'"):
        saving.save_figure("bars", draw, tmp_path, META)


@pytest.mark.parametrize("name", ["../up", "With Space", "", "1st"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="cannot be the name"):
        saving.save_figure(name, drawing(), tmp_path, META)


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "f").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        saving.save_figure("bars", drawing(), tmp_path / "f", META)


def test_collisions_and_cuts_are_found():
    fig, ax = style.new_figure("single", 30.0)
    ax.text(0.5, 0.5, "one word", transform=ax.transAxes)
    ax.text(0.52, 0.5, "another", transform=ax.transAxes)
    fig.text(0.9, 0.5, "a long text that leaves the page")
    found = " | ".join(saving.check_text_boxes(fig))
    assert "'one word' overlaps 'another'" in found
    assert "'a long text that leaves the page' is cut" in found


def test_hidden_texts_do_not_count():
    fig, ax = style.new_figure("single", 30.0)
    ax.set_xticks([0, 0.5, 1, 1.001, 5], ["a", "b", "c", "not drawn", "nor this"])
    ax.set_xlim(0, 1)
    ax.text(0.5, 0.5, "x", visible=False)
    assert saving.check_text_boxes(fig) == []


def test_text_trouble_is_told_while_saving(tmp_path):
    def draw(lang, size):
        fig = drawing()(lang, size)
        fig.text(0.95, 0.5, "this is cut off")
        return fig

    with pytest.warns(UserWarning, match="cut by the edge"):
        saving.save_figure("bars", draw, tmp_path, META, languages=("en",))


@pytest.mark.parametrize(("apart", "n_problems"), [(40, 0), (4, 1)])
def test_slanting_texts_collide_only_where_they_lie_on_one_another(apart, n_problems):
    fig = Figure(figsize=(4, 4), dpi=100)
    for i in range(2):
        fig.text(0.2 + i * apart / 400, 0.2, "a rather long heading", rotation=60)
    assert len(saving.check_text_boxes(fig)) == n_problems
