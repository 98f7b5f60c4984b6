"""The report's figures are made again when the register or the files change; its year is the last one that is over."""

import json
import shutil

import pytest

from bsi import annual, edition
from bsi.errors import InputError
from bsi.publish import report

NAME = "deaths_by_fiscal_year"


@pytest.fixture
def figures(tmp_path, monkeypatch):
    monkeypatch.setenv("BSI_FIGURES", str(tmp_path / "figures"))
    monkeypatch.setattr(report, "wanted_figures", lambda: [NAME])
    monkeypatch.setattr(annual.plates_zones, "plates_of", lambda zones: {})
    return tmp_path / "figures"


def test_a_saved_figure_is_made_again_only_when_it_is_of_another_register_or_incomplete(small_register, figures, tmp_path, monkeypatch):
    edition.save(NAME, small_register)
    shutil.copytree(figures, tmp_path / "whole")
    monkeypatch.setattr(edition, "save", lambda name, register, **how: shutil.copytree(tmp_path / "whole", figures, dirs_exist_ok=True))
    path = figures / f"{NAME}.json"
    entry = json.loads(path.read_text(encoding="utf-8"))

    def state():
        return annual.refresh_figures(small_register)["state"].tolist()

    assert state() == ["as saved"]
    path.write_text(json.dumps({**entry, "register_hash": "another"}), encoding="utf-8")
    assert state() == ["made again"]
    path.write_text(json.dumps({**entry, "code_hash": "another"}), encoding="utf-8")
    assert state() == ["made again"], "what it draws may be another thing by now"
    path.write_text(json.dumps({**entry, "title": {"es": entry["title"]["es"]}}), encoding="utf-8")
    assert state() == ["made again"], "one language alone is not enough for the report"
    (figures / f"{NAME}-double.es.png").unlink()
    assert state() == ["made again"]
    assert state() == ["as saved"]


@pytest.mark.parametrize(("day", "year"), [("2024-09-30", 2024), ("2024-09-29", 2023), ("2024-12-31", 2024), ("2025-03-31", 2024)])
def test_the_edition_is_of_the_last_fiscal_year_that_is_over(day, year):
    import types

    assert annual.last_whole_year(types.SimpleNamespace(build={"data_as_of": day})) == year


@pytest.mark.parametrize(
    ("year", "kinds", "said"),
    [(2099, {}, "in or after fiscal year 2099"), (None, {"languages": ("fr",)}, "no language 'fr'"), (None, {"papers": ("legal",)}, "no paper 'legal'")],
)
def test_what_cannot_be_made_is_refused_before_any_figure_is_made(small_out, figures, tmp_path, year, kinds, said):
    with pytest.raises(InputError, match=said):
        annual.report(small_out, year, kinds, tmp_path / "report")
    assert not figures.exists()
    assert not (tmp_path / "report").exists()
