"""Every figure by name is drawn, or says in words why not, whatever the register holds."""

import types

import matplotlib.pyplot as plt
import pytest

from bsi import plates
from bsi.selections import Choices

QUICK = [name for name in plates.PLATES if not name.startswith("map_") and plates.PLATES[name].notebook in ("01_register", "03_trends")]


@pytest.mark.parametrize("name", sorted(plates.PLATES))
def test_a_plate_says_what_it_shows_and_where(name):
    plate = plates.PLATES[name]
    assert plate.shows
    assert plate.notebook[:2].isdigit()


@pytest.mark.parametrize("name", sorted(set(QUICK) - {"claims"}))
def test_a_register_without_a_death_gives_a_sentence_and_no_traceback(small_register, name):
    """The figure is drawn with its title and alt text even where nothing is left to count."""
    empty = types.SimpleNamespace(
        build=small_register.build,
        out=small_register.out,
        data_folder=small_register.data_folder,
        incidents=small_register.incidents.iloc[:0],
        **{t: getattr(small_register, t) for t in ("records", "zones", "published", "accounting", "quality", "interventions")},
        zone_weights=small_register.zone_weights.iloc[:0],
    )
    figure = plates.PLATES[name].make(empty, Choices())("en", "double")
    said = figure.bsi_description
    assert said.alt
    assert said.title
    plt.close(figure)
