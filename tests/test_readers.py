"""Cells of a file: the fast and the careful reader agree, titles are passed over, and no bytes lead to anything but cells or one sentence."""

import contextlib
import gzip
import io

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bsi.errors import InputError
from bsi.register import readers
from bsi.register.files import read_table

TEXT = "Id,Day,Cause\n1,2015-06-30,Drowning\n2,2015-07-01,Heat\n"


def write(folder, content, name="file.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def packed(kind):
    if kind == "gz":
        return gzip.compress((TEXT * 50).encode())
    content = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["a", "b", "c"])
    book.active.append([1, 2, 3])
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", ",;\t|")
def test_any_encoding_and_delimiter(tmp_path, encoding, delimiter):
    text = "Folio;Día;Lugar\n1;2015-06-30;Doña Ana\n".replace(";", delimiter)
    frame = read_table(write(tmp_path, text.encode(encoding))).frame
    assert frame.to_dict("list") == {"Folio": ["1"], "Día": ["2015-06-30"], "Lugar": ["Doña Ana"]}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<!DOCTYPE html><html><body>Forbidden\n<p>You, sir, may not, at all</p></body></html>", "a web page"),
        ("\n<html>\n<h1>502 Bad Gateway</h1>\n</html>", "a web page"),
        ('<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', "XML"),
        ('{"error": "not found", "code": 404}', "JSON"),
        ('[{"a": 1, "b": 2}]', "JSON"),
    ],
)
def test_an_answer_of_a_site_is_no_table(tmp_path, text, what):
    with pytest.raises(InputError, match=f"file.csv: this is {what}, not a table.*download"):
        read_table(write(tmp_path, text))


@pytest.mark.parametrize("above", ["sep=;\n", "Border deaths, 2014\n", "Border deaths, 2014;;\n\nupdated monthly\n"])
def test_titles_above_the_header_are_passed_over(tmp_path, above):
    frame = read_table(write(tmp_path, above + "a;b;c\n1;2;3\n")).frame
    assert frame.to_dict("list") == {"a": ["1"], "b": ["2"], "c": ["3"]}
    assert frame.index.tolist() == [above.count("\n") + 2]


@settings(max_examples=300, deadline=None)
@example('""a","', "\n")
@given(st.text('ab,"\n \tñ', max_size=40), st.sampled_from(["\n", "\r\n"]))
def test_the_fast_reader_agrees_with_csv(tmp_path_factory, body, newline):
    text = ("h,k\n1,2\n" + body + "\n3,4\n").replace("\n", newline)
    fast, slow = readers._regular(text, ","), None
    if fast is not None:
        slow = readers._collected(readers._text_rows(tmp_path_factory.getbasetemp(), text, ","))
        assert fast.header == slow.header
        assert fast.lines.tolist() == slow.lines.tolist()
        assert [c.to_pylist() for c in fast.columns] == [c.to_pylist() for c in slow.columns]
        assert slow.odd == []


def test_the_fast_reader_takes_real_files(shared_data):
    for path in sorted(shared_data.glob("raw/*/*.csv")):
        text = path.read_text("utf-8-sig")
        fast, slow = readers._regular(text, ","), readers._collected(readers._text_rows(path, text, ","))
        assert fast.lines.tolist() == slow.lines.tolist()
        assert all(a.equals(b) for a, b in zip(fast.columns, slow.columns, strict=True))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_cells_or_one_sentence(tmp_path_factory, content):
    path = write(tmp_path_factory.mktemp("bytes"), content)
    with contextlib.suppress(InputError):
        assert len(read_table(path).frame)


@pytest.mark.parametrize("kind", ["gz", "xlsx"])
def test_a_packed_file_cut_anywhere_is_refused(tmp_path, kind):
    whole = packed(kind)
    assert len(read_table(write(tmp_path, whole, f"file.{kind}")).frame)
    for cut in range(8, len(whole) - 1, max(len(whole) // 40, 1)):
        with pytest.raises(InputError, match=r"cut off|damaged|binary|never closed"):
            read_table(write(tmp_path, whole[:cut], f"file.{kind}"))


def test_a_sheet_of_notes_before_a_table_with_a_title_is_passed_over(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Read me"])
    sheet = book.create_sheet("Data")
    for row in (["People found"], [], ["Id", "Day", "Cause"], [1, "2015-06-30", "Drowning"]):
        sheet.append(row)
    book.save(tmp_path / "file.xlsx")
    assert read_table(tmp_path / "file.xlsx").frame.to_dict("list") == {"Id": ["1"], "Day": ["2015-06-30"], "Cause": ["Drowning"]}
