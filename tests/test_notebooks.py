"""Notebooks are thin: no outputs, no functions, at most sixty lines of code, question first, choices second."""

import ast
import json
from pathlib import Path

import pytest

BOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


def _cells(path, kind):
    return [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == kind]


def test_there_are_notebooks():
    assert BOOKS


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.stem)
def test_no_outputs_are_committed(path):
    for cell in _cells(path, "code"):
        assert not cell["outputs"]
        assert cell["execution_count"] is None


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.stem)
def test_notebooks_tell_and_the_library_computes(path):
    code = "\n".join("".join(c["source"]) for c in _cells(path, "code"))
    lines = [line for line in code.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert len(lines) <= 60, f"{len(lines)} lines of code"
    assert not [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Lambda)]


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.stem)
def test_the_question_comes_first_and_the_choices_second(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert cells[0]["cell_type"] == "markdown"
    assert "?" in "".join(cells[0]["source"])
    assert cells[1]["cell_type"] == "code"
    assert "# Choices" in "".join(cells[1]["source"])


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.stem)
def test_no_number_is_typed_into_the_prose(path):
    """Years and counts in prose come from the data; a dated agreement may be named."""
    import re

    text = "\n".join("".join(c["source"]) for c in _cells(path, "markdown"))
    text = re.sub(r"`[^`]*`|\b(?:1999|2002)\b|\[[^\]]*\]\([^)]*\)|^#+ .*$|DESIGN.*|\b0[1-8]_\w+", "", text, flags=re.MULTILINE)
    assert not re.findall(r"(?<![\w#])\d[\d,.]*", text)


def test_every_notebook_runs_from_top_to_bottom(small_out, small_register, tmp_path, monkeypatch):
    """All of them, headless, on a small sample: too little for many statistics, which must say so and not fail. What is public tells no exact place."""
    import shutil

    from public_places import exact_places, leaks

    from bsi.publish import pages

    out = tmp_path / "derived"
    shutil.copytree(small_out, out)
    monkeypatch.setenv("BSI_FIGURES", str(tmp_path / "figures"))
    monkeypatch.setenv("BSI_REPORT", str(tmp_path / "report"))
    done = pages.run(BOOKS[0].parent, out, report=lambda line: None)
    assert [p.stem for p in done] == [p.stem for p in BOOKS]
    assert list((tmp_path / "figures").glob("*-double.es.png"))
    public = [*(tmp_path / "figures").glob("*.csv"), *(tmp_path / "figures").glob("*.json"), *(tmp_path / "report").glob("*.html")]
    assert not [p.stem for p in done if str(tmp_path) in p.read_text(encoding="utf-8")]
    public.append(pages.page(done, small_register.build, tmp_path / "index.html"))
    assert {".csv", ".json", ".html"} == {p.suffix for p in public}
    places = exact_places(small_register)
    assert {p.name: found for p in public if (found := leaks(p.read_text(encoding="utf-8"), places))} == {}
