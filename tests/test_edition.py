"""What goes out of a register: figures saved once and made again when the register or the files change; unknown names refused."""

import json
import shutil

import pytest

from bsi import edition
from bsi.errors import InputError

NAME = "deaths_by_fiscal_year"


@pytest.fixture
def figures(tmp_path, monkeypatch):
    monkeypatch.setenv("BSI_FIGURES", str(tmp_path / "figures"))
    monkeypatch.setattr(edition, "REPORT_FIGURES", (NAME,))
    return tmp_path / "figures"


def test_a_figure_is_saved_in_both_languages_with_its_origin(small_register, figures):
    entry = edition.save(NAME, small_register)
    assert entry["register_hash"] == small_register.build["register_hash"]
    assert entry["is_sample"] is True
    assert set(entry["alt"]) == {"en", "es"}
    assert all((figures / file).stat().st_size > 0 for file in entry["files"])


def test_a_saved_figure_is_made_again_only_when_it_is_of_another_register_or_incomplete(small_register, figures, tmp_path, monkeypatch):
    edition.save(NAME, small_register)
    shutil.copytree(figures, tmp_path / "whole")
    monkeypatch.setattr(edition, "save", lambda name, register, **how: shutil.copytree(tmp_path / "whole", figures, dirs_exist_ok=True))
    path = figures / f"{NAME}.json"
    entry = json.loads(path.read_text(encoding="utf-8"))

    def state():
        return edition.refresh_figures(small_register)["state"].tolist()

    assert state() == ["as saved"]
    path.write_text(json.dumps({**entry, "register_hash": "another"}), encoding="utf-8")
    assert state() == ["made again"]
    path.write_text(json.dumps({**entry, "title": {"es": entry["title"]["es"]}}), encoding="utf-8")
    assert state() == ["made again"], "one language alone is not enough for the report"
    (figures / f"{NAME}-double.es.png").unlink()
    assert state() == ["made again"]
    assert state() == ["as saved"]


def test_an_unknown_figure_is_answered_with_those_near_it(small_register):
    with pytest.raises(InputError, match="no figure 'deaths_by_fiscal_yeer'.*deaths_by_fiscal_year"):
        edition.drawer("deaths_by_fiscal_yeer", small_register)


def test_the_list_of_figures_is_whole():
    from bsi import plates

    assert set(plates.PLATES) <= set(edition.list_figures()["figure"])


@pytest.mark.parametrize(("day", "year"), [("2024-09-30", 2024), ("2024-09-29", 2023), ("2024-12-31", 2024), ("2025-03-31", 2024)])
def test_the_edition_is_of_the_last_fiscal_year_that_is_over(day, year):
    import types

    assert edition.last_whole_year(types.SimpleNamespace(build={"data_as_of": day})) == year


def test_zone_totals_keep_their_order(small_register):
    table = edition.zone_totals(small_register)
    assert len(table) == len(small_register.zones)
    assert (table["lowest"] <= table["expected"] + 0.1).all()
    assert (table["expected"] <= table["highest"] + 0.1).all()
