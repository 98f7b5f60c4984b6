"""Raw files: formats, encodings, line numbers, names at the door, layouts, and every sentence a bad file earns."""

import csv
import gzip
import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsi.errors import InputError
from bsi.register import files, readers
from bsi.register.files import Layout, match_layout, missing_columns, not_read, read_table, score_layout

TEXT = "Id,Día,Causa\n1,2015-06-30,Ahogamiento\n2,2015-07-01,Deshidratación\n"
LAYOUT = Layout("toy", "a toy list", {"id": ("Id", "Number"), "date": ("Incident Date", "Día"), "lat": ("Latitude",), "point": ("Coordinates",)},
                required=("id", "date"), one_of=(("lat", "point"),))  # fmt: skip


def write(folder, content, name="file.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def sentence(path, **more):
    with pytest.raises(InputError) as error:
        read_table(path, **more)
    text = str(error.value)
    assert path.name in text
    assert text.endswith(".")
    assert "\n" not in text
    return text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path, encoding):
    table = read_table(write(tmp_path, TEXT.encode(encoding)), "toy", "2016-01-01")
    assert list(table.frame.columns) == ["Id", "Día", "Causa"]
    assert table.frame["Causa"].tolist() == ["Ahogamiento", "Deshidratación"]
    assert table.frame.index.tolist() == [2, 3]
    assert table.source == "toy"
    assert table.vintage == pd.Timestamp(2016, 1, 1)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_are_told_from_the_header(tmp_path, delimiter):
    body = 'a,"b, c; d\te"\r\n1,x\r\n'.replace(",", delimiter, 1).replace("1,x", f"1{delimiter}x")
    assert read_table(write(tmp_path, body)).frame.to_dict("list") == {"a": ["1"], "b, c; d e": ["x"]}


def test_a_file_of_one_column_keeps_its_rows(tmp_path):
    assert read_table(write(tmp_path, "a\n1\n2\n")).frame["a"].tolist() == ["1", "2"]


def test_gzip_is_unpacked(tmp_path):
    assert read_table(write(tmp_path, gzip.compress(TEXT.encode()), "file.csv.gz")).frame["Id"].tolist() == ["1", "2"]


def test_line_numbers_are_those_of_the_file(tmp_path):
    text = 'a,b\n1,"x\ny\nz"\n\n2,w\n,\n3,"v\r\nu"\n4,t\n\n\n'
    table = read_table(write(tmp_path, text))
    lines = text.replace("\r\n", "\n").split("\n")
    assert table.frame.index.tolist() == [2, 6, 8, 10]
    assert [lines[row - 1].split(",")[0] for row in table.frame.index] == table.frame["a"].tolist()


def test_nothing_is_turned_into_a_number_or_a_null(tmp_path):
    table = read_table(write(tmp_path, "a,b,c\n007,NA,nan\n1.0,,1e400\n"))
    assert table.frame.to_numpy().tolist() == [["007", "NA", "nan"], ["1.0", "", "1e400"]]


def test_rows_of_other_lengths_are_kept_apart_with_line_and_reason(tmp_path):
    table = read_table(write(tmp_path, "a,b\n1,2\n3,4,5\n6\n7,8,,\n"))
    assert table.frame["a"].tolist() == ["1", "7"]
    assert table.malformed["row"].tolist() == [3, 4]
    assert table.malformed["reason"].tolist() == ["the row has 3 cells, the header 2", "the row has 1 cells, the header 2"]
    assert table.malformed["row_text"].tolist() == ["3 | 4 | 5", "6"]


def test_a_malformed_row_of_a_file_with_names_shows_no_word(tmp_path):
    table = read_table(write(tmp_path, "Name,Date,Age\nInvented Person,2015-01-01,30\nPerson, Invented,2015-01-02,31\n"))
    assert table.malformed["row_text"].tolist() == ["... | ... | 2015-01-02 | 31"]


NAMES = ["Name", "NAME", "Decedent", "Nombre", "First Name", "LastName", "Last_Name", "fname", "Victim", "Víctima", "Nombre y apellidos",
         "Nombre del fallecido", "Apellido Paterno", "Name (ID number)", "Name, Date of Birth", "Decedent Name, County", "Alias",
         "Next of kin", "Deceased"]  # fmt: skip
NO_NAMES = ["Location Name", "Place name", "County name", "Corridor name", "Article title", "Number of Victims", "Number Dead", "Decedent Age", "victim_sex",
            "nombre_municipio", "Nombre del lugar", "Source", "ML Number", "Nationality", "Information Source"]  # fmt: skip


@pytest.mark.parametrize("header", NAMES)
def test_names_never_enter_a_frame(tmp_path, header):
    cells = ["Invented Person", "Withheld, Name", "Unidentified", "UNKNOWN", "John Doe", "Doe, Jane", "No identificado", "Desconocida", "", "n/a"]
    content = io.StringIO()
    csv.writer(content).writerows([[header, "x"], *([c, "1"] for c in cells)])
    frame = read_table(write(tmp_path, content.getvalue())).frame
    assert frame[header].tolist() == ["identified"] * 2 + ["unidentified"] * 6 + [""] * 2


@pytest.mark.parametrize("header", NO_NAMES)
def test_names_of_places_and_counts_are_kept(tmp_path, header):
    frame = read_table(write(tmp_path, f"{header},x\nAjo,1\n")).frame
    assert frame[header].tolist() == ["Ajo"]


def test_a_count_under_a_persons_word_is_kept(tmp_path):
    assert read_table(write(tmp_path, "Deceased,x\n3,1\n1,1\n")).frame["Deceased"].tolist() == ["3", "1"]


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_workbooks(tmp_path):
    rows = [
        ["Id", "Date", "Age", "Share", "Name"],
        [1, pd.Timestamp(2015, 6, 30).to_pydatetime(), 30.0, 0.5, "Invented Person"],
        [],
        [2, "1-Jul-15", None, None, "Unidentified"],
    ]
    table = read_table(workbook(tmp_path / "list.xlsx", {"Notes": [["read me"]], "Data": rows}))
    assert table.frame.to_numpy().tolist() == [["1", "2015-06-30", "30", "0.5", "identified"], ["2", "1-Jul-15", "", "", "unidentified"]]
    assert table.frame.index.tolist() == [2, 4]


def test_a_workbook_with_several_tables_is_not_guessed_at(tmp_path):
    rows = [["a", "b", "c"], [1, 2, 3]]
    path = workbook(tmp_path / "list.xlsx", {"2014": rows, "2015": rows})
    assert "the sheets ['2014', '2015'] all hold a table" in sentence(path)
    assert read_table(path, sheet="2015").frame["a"].tolist() == ["1"]
    assert "no sheet '2016'" in sentence(path, sheet="2016")


def test_parquet(tmp_path):
    frame = pd.DataFrame({"id": [1, 2], "day": pd.to_datetime(["2015-06-30", None]), "age": [30.0, None], "First Name": ["Invented", None]})
    frame.to_parquet(tmp_path / "list.parquet")
    table = read_table(tmp_path / "list.parquet")
    assert table.frame.to_numpy().tolist() == [["1", "2015-06-30", "30", "identified"], ["2", "", "", ""]]
    assert table.frame.index.tolist() == [2, 3]


def bad_files():
    wide = ",".join(f"c{i}" for i in range(10_000))
    zipped = gzip.compress((TEXT * 500).encode())
    book = io.BytesIO()
    workbook(book, {"Data": [["a", "b", "c"], [1, 2, 3]]})
    return {
        "the file is empty": b"",
        "is empty": b"\n \n",
        "a header and no rows": b"a,b,c\n",
        "a header and no rows.": b"a,b,c\n,,\n\n",
        "binary or damaged": bytes(range(256)) * 4,
        "binary or damaged, not text": b"%PDF-1.7 something",
        "not text": b"a,b\n1,\x81\x8d\n",
        "protected by a password": readers.OLE_MAGIC + b"\0" * 512,
        "cut off or damaged": zipped[: len(zipped) // 2],
        "workbook is cut off": book.getvalue()[: len(book.getvalue()) // 2],
        "Parquet file is cut off": b"PAR1" + b"\0" * 100,
        "the headers ['a'] occur more than once": b"a,b,a\n1,2,3\n",
        "10,000 columns": f"{wide}\n{wide}\n".encode(),
        "middle of a character": TEXT.encode()[: TEXT.encode().index("ó".encode()) + 1],
        "never closed": b'a,b\n1,2\n3,"x\n4,5\n',
        "may not be closed": b'"' + b"x" * 2_000_000,
        "none of the 2 rows has as many cells": b"a,b\n1\n2\n",
    }


@pytest.mark.parametrize("words", list(bad_files()))
def test_bad_files_earn_one_sentence(tmp_path, words):
    assert words.rstrip(".") in sentence(write(tmp_path, bad_files()[words]))


def test_missing_files_and_folders(tmp_path):
    assert "no such file" in sentence(tmp_path / "nothing.csv")
    (tmp_path / "folder.csv").mkdir()
    assert "a folder, not a file" in sentence(tmp_path / "folder.csv")


def test_an_open_quotation_mark_is_placed(tmp_path):
    assert "line 3" in sentence(write(tmp_path, 'a,b\n1,2\n3,"x\n4,5\n'))


def test_a_cell_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "LONGEST_CELL", 1000)
    assert "line 2" in sentence(write(tmp_path, 'a,b\n1,"' + "x" * 5000 + "\n"))


def test_columns_are_found_by_header_in_any_spelling(tmp_path):
    raw = read_table(write(tmp_path, "other, COORDINATES ,incident_date,Dia,NUMBER\nz,p,d,e,1\n"))
    assert match_layout(raw, LAYOUT).to_dict("list") == {"id": ["1"], "date": ["d"], "point": ["p"]}
    assert missing_columns(raw, LAYOUT) == []


def test_an_unknown_layout_says_what_to_do(tmp_path):
    raw = read_table(write(tmp_path, "Numbr,Día,Sex\n1,d,f\n"))
    with pytest.raises(InputError) as error:
        match_layout(raw, LAYOUT)
    for words in ("file.csv", "'a toy list'", "lacks id; one of lat, point", "'Numbr', 'Día', 'Sex'", "'Numbr' (for 'Number')", "file.csv.toml"):
        assert words in str(error.value)


def test_scores_rank_layouts(tmp_path):
    full = read_table(write(tmp_path, "Id,Día,Latitude\n1,d,3\n"))
    part = read_table(write(tmp_path, "Id,Sex,Zone\n1,d,3\n", "part.csv"))
    none = read_table(write(tmp_path, "Foo,Sex,Zone\n1,d,3\n", "none.csv"))
    assert score_layout(full, LAYOUT) == 1
    assert 0 < score_layout(part, LAYOUT) < 0.5
    assert score_layout(none, LAYOUT) == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text("ab ,;\n\"'ñ0", max_size=6), st.text("ab\t,\n\r0", max_size=6)), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
def test_what_csv_writes_is_read(tmp_path_factory, rows, delimiter):
    content = io.StringIO(newline="")
    writer = csv.writer(content, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([["k", "one", "two"], *(("x", *row) for row in rows)])
    path = write(tmp_path_factory.mktemp("csv"), content.getvalue())
    frame = read_table(path).frame
    assert list(zip(frame["one"], frame["two"], strict=True)) == rows
    physical = io.StringIO(content.getvalue(), newline="").readlines()
    assert all(physical[row - 1].startswith('"x"') for row in frame.index)


def test_real_files_agree_with_pandas(shared_data):
    paths = sorted(shared_data.glob("raw/*/*.csv"))
    assert paths
    for path in paths:
        table = read_table(path)
        plain = pd.read_csv(path, dtype="str", keep_default_na=False)
        kept = [c for c in plain.columns if not files._holds_names(c)]
        assert len(table.malformed) == 0
        assert table.frame.shape == plain.shape
        assert (table.frame[kept].to_numpy() == plain[kept].to_numpy()).all()
        physical = io.StringIO(path.read_text("utf-8-sig"), newline="").readlines()
        first = table.frame.columns[0]
        starts = [physical[row - 1].lstrip('"').startswith(cell) for row, cell in table.frame[first].items()]
        assert all(starts), path


def test_no_name_of_the_arizona_file_is_in_the_frame(shared_data):
    for path in sorted(shared_data.glob("raw/humane_borders/*.csv")):
        assert set(read_table(path).frame["Name"]) == {"identified", "unidentified"}


def test_half_of_a_position_is_a_layout_that_is_not_known(tmp_path):
    layout = Layout("toy", "a toy list", {"date": ("Day",), "lat": ("Latitude",), "lon": ("Longitude",)}, required=("date",))
    path = tmp_path / "a.csv"
    path.write_text("Day,Latitude_DD,Longitude\n2020-01-01,32,-112\n", encoding="utf-8")
    with pytest.raises(InputError, match="lacks lat; .*come near: 'Latitude_DD' .for 'Latitude'"):
        match_layout(read_table(path), layout)
    path.write_text("Day,Notes,Remark\n2020-01-01,a,b\n", encoding="utf-8")
    assert match_layout(read_table(path), layout).columns.tolist() == ["date"]
    assert not_read(read_table(path), layout) == (["Notes", "Remark"], ["lat", "lon"])
