"""Every figure by name is drawn, or says in words why not, whatever the register holds."""

import types

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from bsi import edition, plates, plates_interventions, workspace
from bsi.errors import NotEstimable
from bsi.publish.language import translator
from bsi.selections import Choices

QUICK = [name for name in plates.PLATES if not name.startswith("map_") and plates.PLATES[name].notebook in ("01_register", "03_trends")]


def test_a_plate_belongs_to_a_notebook_and_no_two_show_the_same():
    atlas = edition.atlas()
    assert {p.notebook for p in atlas.values()} <= {path.stem for path in edition.NOTEBOOKS.glob("*.ipynb")}
    own = [plate.shows for name, plate in atlas.items() if not name.startswith(("zone_sheet", "map_zone_"))]
    assert len(set(own)) == len(own)


class Watched:
    """A register that writes down which of its tables are asked for."""

    def __init__(self, register):
        self.register, self.asked = register, set()

    def __getattr__(self, name):
        self.asked.add(name)
        return getattr(self.register, name)


@pytest.mark.parametrize("name", [name for name, plate in edition.atlas().items() if plate.notebook in ("01_register", "03_trends", "06_coverage")])
def test_a_figure_names_what_it_is_drawn_from(small_register, name):
    """One that reads the published tables credits them, one that reads the lists credits those, and no other does."""
    plate, register = edition.atlas()[name], Watched(small_register)
    plate.make(register, Choices())
    asked = {"official": {"published"}, "lists": {"records", "incidents", "accounting", "quality", "data_folder"}}
    assert {kind for kind, tables in asked.items() if tables & register.asked} == set(plate.rests_on) - {"quoted"}


class OfficialOnly(Watched):
    """A register that holds of the published figures only those of official tables."""

    @property
    def published(self):
        return self.register.published[self.register.published["reliability"].eq("official")]


DRAWN = [n for n, p in edition.atlas().items() if p.notebook in ("03_trends", "06_coverage") and "official" in p.rests_on]


@pytest.mark.parametrize("name", [*DRAWN, "agents_panel", "revisions"])
def test_a_figure_names_reports_and_press_where_it_draws_what_they_quote(small_register, name):
    """It would show something else without the quoted figures, or it does not credit them."""
    plate = edition.atlas()[name]
    whole, official = (plate.make(register, Choices())("en", "double").bsi_description.data for register in (small_register, OfficialOnly(small_register)))
    is_same = whole.reset_index(drop=True).astype(str).equals(official.reset_index(drop=True).astype(str))
    assert is_same == ("quoted" not in plate.rests_on)


def test_a_question_of_measures_names_what_its_series_and_its_denominator_are_from():
    questions = pd.read_csv(workspace.PROJECT / "data" / "questions.csv").set_index("question_id")
    seen = set()
    for plate in plates_interventions.PLATES_INTERVENTIONS.values():
        asked = dict(zip(plate.tell.__code__.co_freevars, (c.cell_contents for c in plate.tell.__closure__ or ()), strict=True)).get("question_id")
        if asked:
            seen.add(asked)
            row = questions.loc[asked]
            is_official = row["series"] == "official_year"
            official = is_official or isinstance(row["exposure"], str)
            lists = not is_official or isinstance(row["comparison"], str)
            assert set(plate.rests_on) == set(["official"] * official + ["lists"] * lists), asked
    assert len(seen) > len(questions) / 2


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_reason_stands_below_the_title_of_the_figure_it_replaces(lang):
    def tell(_register, _choices):
        raise NotEstimable("the data do not bear this question; its verdict says why")

    figure = plates.Plate("03_trends", "Published numbers recomputed", tell).make(None, Choices())(lang, "single")
    title = translator(lang)("Published numbers recomputed")
    assert figure.bsi_description.title == title
    assert title in [t.get_text() for t in figure.texts]
    assert figure.bsi_description.alt.startswith({"en": "Not estimated", "es": "No se estima"}[lang])


@pytest.mark.parametrize("name", ["map_canal", "map_desert_by_cause", "map_desert_by_period", "map_desert_hexagons"])
def test_a_map_of_a_zone_that_the_register_does_not_hold_is_a_sentence(small_register, name):
    other = small_register.zones[small_register.zones["family"].eq("sector")]
    register = types.SimpleNamespace(incidents=small_register.incidents, zones=other)
    figure = plates.PLATES[name].make(register, Choices())("es", "single")
    assert "there is no zone" in figure.bsi_description.alt
    assert figure.bsi_description.title == translator("es")(plates.PLATES[name].shows)


def test_the_title_of_a_plate_is_that_of_its_figure(small_register):
    """Where a figure's title holds no place or year, the plate that may stand in for it says the same."""
    for name in ("quality", "accounting", "identification", "nationality", "deaths_by_sector", "causes_by_fiscal_year", "deaths_by_fiscal_year"):
        figure = plates.PLATES[name].make(small_register, Choices())("en", "single")
        assert figure.bsi_description.title == plates.PLATES[name].shows


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
