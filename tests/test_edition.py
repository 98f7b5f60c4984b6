"""What goes out of a register: figures saved once and made again when the register or the files change; unknown names refused."""

import functools

import pytest

from bsi import edition
from bsi.errors import InputError

NAME = "deaths_by_fiscal_year"


@pytest.fixture
def figures(tmp_path, monkeypatch):
    monkeypatch.setenv("BSI_FIGURES", str(tmp_path / "figures"))
    return tmp_path / "figures"


def test_a_figure_is_saved_in_both_languages_with_its_origin(small_register, figures):
    entry = edition.save(NAME, small_register)
    assert entry["register_hash"] == small_register.build["register_hash"]
    assert entry["is_sample"] is True
    assert set(entry["alt"]) == {"en", "es"}
    assert all((figures / file).stat().st_size > 0 for file in entry["files"])


def test_an_unknown_figure_is_answered_with_those_near_it(small_register):
    with pytest.raises(InputError, match="no figure 'deaths_by_fiscal_yeer'.*deaths_by_fiscal_year"):
        edition.drawer("deaths_by_fiscal_yeer", small_register)


def test_the_list_of_figures_is_whole():
    from bsi import plates

    assert set(plates.PLATES) <= set(edition.list_figures()["figure"])


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_notebook_opens_with_as_many_incidents_as_the_report_says(small_register, monkeypatch, lang):
    import re

    from IPython import display

    from bsi.publish import browsing

    shown = []
    monkeypatch.setattr(display, "display", lambda text: shown.append(text.data))
    monkeypatch.setattr(browsing, "load", functools.cache(lambda: None))
    edition.opening(small_register, lang)
    lines = small_register.accounting.query("source == 'all'").set_index("stage")["n_records"].abs()
    assert lines["cumulative"] > 0, "the sample holds running totals"
    assert lines["incidents"] + lines["cumulative"] == len(small_register.incidents)
    numbers = re.search(r"([\d,]+) inciden\w+ .*?([\d,]+) re.*?: ([\d,]+)\.", shown[0]).groups()
    assert [int(n.replace(",", "")) for n in numbers] == [lines["incidents"], len(small_register.records), lines["cumulative"]]
