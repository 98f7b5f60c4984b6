"""Text from data stays text: in spreadsheets, in Markdown."""

import json
import subprocess

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsi.publish.formats import MARKDOWN
from bsi.publish.tables import cell, clean, inert, markdown_table, safe_cell, safe_cells, write_csv

HOSTILE = [
    "=HYPERLINK(\"http://x\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "<script>alert(1)</script>", "![x](y)", "[a](javascript:1)", "$x^2$", "`code`",
    "| a | b |", "# h", "#set page(fill: red)", "\\input{x}", "<!-- c -->", "&lt;b&gt;", "a\x00b\x1b[31m", "\u202eabc", "```{=html}", "{=typst}",
    "- list", "1. list", "*a* _b_ ~~c~~", ":::", "^a^ ~b~", "http://example.org", "a@b.org", "[@cite]", "\u2028line",
]  # fmt: skip


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "|x", "%x", " =1", "\t=1", "\u200b=1", "\ufeff@x", "\r\n=1"])
def test_formulas_are_text(text):
    assert safe_cell(text)[0] == "'"


def test_numbers_and_plain_words_stay():
    assert safe_cell(-3) == -3
    assert safe_cell("Tucson, AZ") == "Tucson, AZ"
    frame = pd.DataFrame({"a": ["=1", None, "x"], "n": [-1, 2, 3]})
    out = safe_cells(frame)
    assert out["a"].tolist()[0] == "'=1"
    assert pd.isna(out["a"][1])
    assert out["n"].tolist() == [-1, 2, 3]
    assert frame["a"][0] == "=1", "the table given must not change"


def test_column_names_are_made_inert_too():
    assert list(safe_cells(pd.DataFrame({"=cmd": [1]})).columns) == ["'=cmd"]


def test_csv_has_the_same_bytes_twice(tmp_path):
    frame = pd.DataFrame({"day": pd.to_datetime(["2020-01-02"]), "x": [1 / 3], "t": ["@x"]})
    write_csv(frame, tmp_path / "a.csv")
    write_csv(frame, tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes() == b"day,x,t\n2020-01-02,0.3333333333,'@x\n"


def as_pandoc_reads(markdown):
    import pypandoc

    done = subprocess.run([pypandoc.get_pandoc_path(), f"--from={MARKDOWN}", "--to=json"], input=markdown.encode(), capture_output=True, check=True)
    return json.loads(done.stdout)["blocks"]


@pytest.mark.parametrize("text", HOSTILE)
def test_pandoc_sees_only_the_words(text):
    blocks = as_pandoc_reads("x " + inert(text))
    assert [b["t"] for b in blocks] == ["Para"]
    assert {i["t"] for i in blocks[0]["c"]} <= {"Str", "Space"}
    words = "".join(i.get("c", " ") for i in blocks[0]["c"])
    assert words == f"x {clean(text)}".strip()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_table_keeps_its_shape(text):
    table = markdown_table(pd.DataFrame({"a": [text, "b"], "n": [1, 2]}), {"a": text, "n": "N"}, "en", text)
    blocks = as_pandoc_reads(table)
    assert [b["t"] for b in blocks] == ["Table"]
    rows = blocks[0]["c"][4][0][3]
    assert len(rows) == 2
    assert all(len(row[1]) == 2 for row in rows)


@pytest.mark.parametrize(
    ("texts", "right"),
    [
        (["791,256", "about 190,400", "–"], True),
        (["4,920; more than 4,900", "5,221; 5,336", "1,347"], True),
        (["Feb 15, 1999", "Aug 2, 2001", "2007"], False),
        (["12", "not stated", "9"], False),
    ],
)
def test_a_column_of_figures_stands_to_the_right_whole(texts, right):
    rule = markdown_table(pd.DataFrame({"a": texts, "n": texts}), {"a": "A", "n": "N"}, "en").splitlines()[2]
    assert rule.endswith(":|") == right


@given(st.text())
def test_clean_text_is_one_line_without_controls(text):
    out = clean(text)
    assert out == out.strip()
    assert not any(ord(c) < 32 or c in "\u202e\u200b\ufeff" for c in out)


def test_cells():
    assert cell(None, "en") == "–"
    assert cell(1234, "es") == "1,234"
    assert cell(12.345, "en", 1) == "12.3"
    assert cell(pd.Timestamp("2024-11-14"), "es").split("\N{NO-BREAK SPACE}") == ["14", "nov", "2024"], "a day is not broken over two lines"
    assert cell("a*b", "en") == "a\\*b"
