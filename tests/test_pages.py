"""Notebooks run against a register: only what changed, and a failing cell is named."""

import json
import re

import nbformat
import pytest

from bsi.errors import InputError
from bsi.publish import pages


@pytest.fixture
def made(tmp_path):
    """A folder of notebooks and one of a register that is nothing but its hash."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "build.json").write_text(json.dumps({"register_hash": "a" * 64, "data_as_of": "2024-12-31", "is_sample": True}), encoding="utf-8")
    folder = tmp_path / "notebooks"
    folder.mkdir()

    def write(name, *cells):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {name}?")] + [nbformat.v4.new_code_cell(c) for c in cells])
        nbformat.write(book, folder / f"{name}.ipynb")

    return folder, out, write


def test_a_notebook_is_run_once_until_it_changes(made):
    folder, out, write = made
    write("01_first", "print(6 * 7)")
    said = []
    done = pages.run(folder, out, report=said.append)
    pages.run(folder, out, report=said.append)
    write("01_first", "print(6 * 9)")
    pages.run(folder, out, report=said.append)
    assert [line.strip() for line in said] == ["01_first: done (1 of 1)", "01_first: unchanged", "01_first: done (1 of 1)"]
    assert "54" in done[0].read_text(encoding="utf-8")
    page = pages.page(done, json.loads((out / "build.json").read_text(encoding="utf-8")), out / "index.html").read_text(encoding="utf-8")
    assert "54" in page
    assert "muestra sintética" in page


def test_a_failing_cell_is_named_and_the_older_copy_stays(made):
    folder, out, write = made
    write("01_first", "x = 1", "x / 0")
    with pytest.raises(pages.NotebookError, match=r"01_first.ipynb, code cell 2: ZeroDivisionError: division by zero"):
        pages.run(folder, out, report=lambda line: None)
    assert list((out / "notebooks").iterdir()) == []


def test_a_cell_run_out_of_order_is_a_sentence(made):
    """A notebook whose first cells were not run: the name is not there, and the message says where."""
    folder, out, write = made
    write("02_zones", "register.incidents")
    with pytest.raises(pages.NotebookError, match="02_zones.ipynb, code cell 1: .*'register' is not defined"):
        pages.run(folder, out, report=lambda line: None)


def test_no_such_notebook(made):
    folder, out, write = made
    write("01_first", "1")
    with pytest.raises(InputError, match="no notebook matches 09"):
        pages.run(folder, out, ("09",))


def test_what_a_notebook_prints_is_inert_on_the_page(made):
    folder, out, write = made
    write("01_first", "print('<script>alert(1)</script>')")
    done = pages.run(folder, out, report=lambda line: None)
    page = pages.page(done, {"is_sample": False, "register_hash": "b" * 64, "data_as_of": "2024-12-31"}, out / "index.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "synthetic" not in page


def test_the_report_is_made_when_the_figures_are_saved(made):
    """The notebook of the report waits for the others even if it comes first by name; of those, most figures first."""
    folder, out, write = made
    note = "from pathlib import Path; log = Path('../log'); log.write_text((log.read_text() if log.exists() else '') + '{}')  # {}"
    write("01_report", note.format("report ", "annual.report"))
    write("02_few", note.format("few ", ""))
    write("03_many", note.format("many ", ""))
    pages.run(folder, out, workers=1, report=lambda line: None, figures={"02_few": 1, "03_many": 5, "01_report": 9})
    assert (folder.parent / "log").read_text() == "many few report "


def test_no_folder_of_the_machine_is_told(made):
    """What a cell prints and what it warns of keep the name of the file alone."""
    folder, out, write = made
    write("01_first", "import warnings; print(__import__('os').path.abspath('report_2024.en.html'), 'at https://example.org/a/b'); warnings.warn('a doubt')")
    [done] = pages.run(folder, out, report=lambda line: None)
    text = "".join(output["text"] for output in nbformat.read(done, 4).cells[1].outputs)
    assert "a doubt" in text
    assert "report_2024.en.html at https://example.org/a/b" in text
    assert str(folder.parent) not in text
    assert not re.search(r"(?<![\w:/])/\w", text)
