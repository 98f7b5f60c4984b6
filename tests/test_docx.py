"""What is done to the Word file after pandoc: whole rows, wide tables, its pictures, its foot."""

import re
import zipfile

import numpy as np
import pytest
from PIL import Image

from bsi.publish import formats

COVER = {
    "title": "At the U.S.-Mexico border",
    "subtitle": "Report",
    "date": "Today.",
    "register": "One.",
    "contents": "Contents",
    "note": "People.",
    "day": "2024-01-31",
}
NOTE = '\n\n::: {.limits custom-style="Limits"}\nWhat it lacks.\n:::\n\n'


def _table(rows: int) -> str:
    return "| year | people |\n|------|------:|\n" + "".join(f"| {1990 + i} | {i} |\n" for i in range(rows)) + "\n: Deaths.\n"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A short table with a note, a long one without, and one picture; for the mark of the sample and without."""
    folder = tmp_path_factory.mktemp("word")
    pixels = np.random.default_rng(1).integers(0, 255, (330, 1000, 3)).astype("uint8")
    Image.fromarray(pixels).save(folder / "one-double.en.png")
    text = f'# Deaths\n\n{_table(4)}{NOTE}{_table(40)}\nText.\n\n![Caption.](one-double.en.png){{alt="What it says" width=100%}}\n'
    out = {}
    for mark in ("", "SAMPLE & more"):
        page = formats.Page(text, "en", {**COVER, "mark": mark}, folder)
        formats.write(page, "docx", folder / f"report{len(mark)}")
        with zipfile.ZipFile(folder / f"report{len(mark)}.docx") as archive:
            out[mark] = {name: archive.read(name) for name in archive.namelist()}
    return out, folder


def _tables(parts: dict) -> list[list[str]]:
    document = parts["word/document.xml"].decode()
    return [table.split("<w:tr>")[1:] for table in re.findall(r"<w:tbl>.*?</w:tbl>", document, flags=re.DOTALL)]


def test_no_row_is_cut_in_two(written):
    short, long = _tables(written[0][""])
    assert (len(short), len(long)) == (5, 41)
    assert all("<w:cantSplit/>" in row for row in short + long)
    assert ["<w:tblHeader" in row for row in short] == [True, *[False] * 4]


def test_a_short_table_stays_with_what_it_lacks_and_a_long_one_leaves_no_row_alone(written):
    short, long = _tables(written[0][""])
    assert ["<w:keepNext/>" in row for row in short] == [True] * 5
    assert [i for i, row in enumerate(long) if "<w:keepNext/>" in row] == [0, 1, 39]


def test_tables_are_as_wide_as_the_text(written):
    document = written[0][""]["word/document.xml"].decode()
    page, left, right = (int(re.search(rf'<w:{what}="(\d+)"', document).group(1)) for what in ("pgSz [^>]*w:w", "pgMar [^>]*w:left", "pgMar [^>]*w:right"))
    for table in re.findall(r"<w:tblGrid>.*?</w:tblGrid>", document):
        assert sum(int(w) for w in re.findall(r'w:w="(\d+)"', table)) == pytest.approx(page - left - right, abs=3)


def test_a_picture_is_the_file_itself_in_its_shape(written):
    parts, folder = written[0][""], written[1]
    picture = next(content for name, content in parts.items() if name.endswith(".png"))
    assert picture == (folder / "one-double.en.png").read_bytes()
    wide, high = map(int, re.search(r'<wp:extent cx="(\d+)" cy="(\d+)"', parts["word/document.xml"].decode()).groups())
    assert high / wide == pytest.approx(0.33, rel=0.01)


def test_every_page_has_its_number_and_the_mark_of_a_sample(written):
    plain, marked = (written[0][mark]["word/footer1.xml"].decode() for mark in ("", "SAMPLE & more"))
    assert " PAGE " in plain
    assert " PAGE " in marked
    assert "SAMPLE &amp; more" in marked
    assert "FFDF8A" in marked
    assert "FFDF8A" not in plain
    document = written[0][""]["word/document.xml"].decode()
    assert document.count("<w:footerReference ") == document.count("<w:sectPr>") == 1


def test_the_title_does_not_part_a_name(written):
    document = written[0][""]["word/document.xml"].decode()
    title = re.search(r'<w:pStyle w:val="Title" />.*?</w:p>', document, flags=re.DOTALL).group()
    assert "U.S.</w:t><w:noBreakHyphen/><w:t" in title
    assert document.count("<w:noBreakHyphen/>") == 1
