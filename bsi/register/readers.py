"""Bytes of a file as text cells with the line each row begins on, for each format in use; used by files alone."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import math
import re
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from bsi.errors import InputError

DELIMITERS = ",;\t|"
LONGEST_CELL = 1_000_000
NO_TABLE = {  # how a text begins that is no table, though it bears the name of one
    "a web page": re.compile(r"\s*<(!doctype html|html|head|body)\b", re.IGNORECASE),
    "XML": re.compile(r"\s*<\?xml\b"),
    "JSON": re.compile(r"\s*[{\[]\s*[{\[\"]"),
}
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
FORMATS = "CSV (also .csv.gz), XLSX or Parquet"


@dataclass(frozen=True)
class Cells:
    """One file as text cells: the header, the rows as wide as it (columns, and the line each begins on), and the rows that are not."""

    header: list[str]
    columns: list[pa.Array]
    lines: np.ndarray
    odd: list[tuple[int, list[str]]]


def read_cells(path: Path, sheet: str | None = None) -> Cells:
    """Return the cells of a file; rows whose cells are all blank are left out but counted in the numbering of lines.

    Raises
    ------
    InputError
        The file is missing, a folder, empty, binary, cut off, or protected by a password.
    """
    content = _content(path)
    if content[:4] == b"PK\x03\x04":
        return _collected(_workbook_rows(path, content, sheet))
    if content[:4] == b"PAR1":
        return _collected(_parquet_rows(path, content))
    text = _decoded(path, content)
    if not text.strip():
        raise InputError("the file is empty", str(path), "Download it again.")
    for name, begins in NO_TABLE.items():
        if begins.match(text):
            raise InputError(f"this is {name}, not a table", str(path), f"The site may have answered with an error: open it, then download a {FORMATS} file.")
    delimiter = _delimiter(text)
    return _regular(text, delimiter) or _collected(_text_rows(path, text, delimiter))


def _delimiter(text: str) -> str:
    """Return the delimiter of the header: the first line, among ten, that holds one twice outside quotation marks."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:100_000].lstrip("\r\n").split("\n", 10)[:10]]
    header = next((line for line in lines if max(map(line.count, DELIMITERS)) > 1), lines[0])
    return max(DELIMITERS, key=header.count)


def _collected(rows) -> Cells:
    """Return numbered rows as cells; surplus cells that are blank are cut off, and titles of one cell above the header are passed over."""
    rows = ((line, cells) for line, cells in rows if any(map(str.strip, cells)))
    above = list(itertools.islice(rows, 10))
    filled = [_n_filled(cells) for _, cells in above]
    first = next((i for i, n in enumerate(filled) if n > 1), 0)
    rows = itertools.chain(above[first if filled and filled[first] > 2 else 0 :], rows)
    header = next(rows, (1, []))[1]
    width, kept, lines, odd = len(header), [], [], []
    for line, cells in rows:
        if len(cells) == width or (len(cells) > width and not any(cells[width:])):
            kept.append(cells[:width])
            lines.append(line)
        else:
            odd.append((line, cells))
    columns = [pa.array(column, type=pa.string()) for column in zip(*kept, strict=True)]
    return Cells(header, columns, np.array(lines, dtype="int64"), odd)


def _n_filled(cells) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _regular(text: str, delimiter: str) -> Cells | None:
    """Return the cells of a text in which every row is as wide as the header, four times as fast as by csv; None where one is not."""
    import pyarrow.csv

    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return None
    if not header or (_n_filled(header) == 1 < len(header)) or text.count('"') % 2 or text.count("\r") != text.count("\r\n"):
        return None
    names, body = [str(i) for i in range(len(header))], text.rstrip("\r\n")
    try:
        table = pyarrow.csv.read_csv(
            io.BytesIO(body.encode()),
            pyarrow.csv.ReadOptions(column_names=names),
            pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
    except pa.ArrowInvalid:
        return None
    breaks = np.zeros(table.num_rows, dtype="int64")
    if body.count("\n") + 1 > table.num_rows:
        breaks += sum(pc.count_substring(column, "\n").to_numpy() for column in table.columns)
    if _is_open("\n".join(body.rsplit("\n", breaks[-1] + 1)[-breaks[-1] - 1 :]), delimiter):
        return None
    lines = 1 + np.concatenate([[0], np.cumsum(breaks[:-1] + 1)])
    is_filled = np.zeros(table.num_rows, dtype=bool)
    for column in table.columns:
        is_filled |= pc.not_equal(pc.utf8_trim_whitespace(column), "").to_numpy()
        if is_filled.all():
            break
    is_filled[0] = False  # the header
    kept = table.filter(pa.array(is_filled))
    return Cells(header, [column.combine_chunks() for column in kept.columns], lines[is_filled], [])


def _content(path: Path) -> bytes:
    """Return the bytes of a file, unpacked where it is gzip."""
    if path.is_dir():
        raise InputError("this is a folder, not a file", str(path), f"Give the path of one {FORMATS} file.")
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except FileNotFoundError:
        raise InputError("there is no such file", str(path), "Check the path.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError("the compressed file is cut off or damaged", str(path), "Download it again.") from None
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", str(path), "Check the permissions.") from None
    if not content.strip():
        raise InputError("the file is empty", str(path), "Download it again.")
    if content[:8] == OLE_MAGIC:
        raise InputError("the workbook is protected by a password, or is an old .xls", str(path), "Save it as XLSX or CSV without a password.")
    return content


def _decoded(path: Path, content: bytes) -> str:
    binary = InputError("the file is binary or damaged, not text", str(path), f"Give a {FORMATS} file.")
    try:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return content.decode("utf-16")
        for order, zeros in (("utf-16-le", content[1:1000:2]), ("utf-16-be", content[:1000:2])):
            if zeros.count(0) > len(zeros) / 2:
                return content.decode(order)
        if b"\x00" in content or content[:5] == b"%PDF-":
            raise binary
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.encoding == "utf-8" and error.end == len(content) and "unexpected end" in error.reason:
            raise InputError("the file ends in the middle of a character: it is cut off", str(path), "Download it again.") from None
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError:
            raise binary from None


def _text_rows(path: Path, text: str, delimiter: str):
    """Yield (line, cells) of a delimited text; a line number is that of the line on which the row begins."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins, last = reader.line_num + 1, begins
    except csv.Error as error:
        raise InputError(f"the row cannot be read ({error}); a quotation mark may not be closed", f"{path}, line {begins}", "Mend the line.") from None
    lines = io.StringIO(text, newline="").readlines()
    if _is_open("".join(lines[last - 1 :]), delimiter):
        raise InputError("a quotation mark that opens here is never closed: the file is cut off or damaged", f"{path}, line {last}", "Download it again.")


def _is_open(row: str, delimiter: str) -> bool:
    """Return whether the last row of a text ends inside quotation marks, or may do so."""
    try:
        list(csv.reader(io.StringIO(row, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return True  # it may be: quotation marks out of place hide where it ends, so that the slower reader decides
    return False


def _workbook_rows(path: Path, content: bytes, sheet: str | None):
    """Yield (row, cells) of the one sheet of a workbook that holds a table."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = {s.title: [(i, [_cell(v) for v in cells]) for i, cells in enumerate(s.iter_rows(values_only=True), 1)] for s in book.worksheets}
    except Exception as error:  # openpyxl lets errors of zip, XML and its own escape
        raise InputError(f"the workbook is cut off or damaged ({type(error).__name__})", str(path), "Open it in a spreadsheet and save it anew.") from None
    filled = {title: [(i, cells) for i, cells in rows if any(cells)] for title, rows in sheets.items()}
    wide = [title for title, rows in filled.items() if len(rows) > 1 and any(sum(map(bool, cells)) > 2 for _, cells in rows[:10])]
    tables = wide or [title for title, rows in filled.items() if rows]
    if sheet is not None:
        tables = [title for title in tables if title == sheet]
    if len(tables) != 1:
        what = f"the sheets {tables} all hold a table" if tables else f"there is no {'filled sheet' if sheet is None else f'sheet {sheet!r}'}"
        raise InputError(what, str(path), "Save the one that is meant as a file of its own.")
    rows = filled[tables[0]]
    width = max((i for _, cells in rows for i, c in enumerate(cells, 1) if c), default=0)
    yield from ((i, (cells + [""] * width)[:width]) for i, cells in rows)


def _parquet_rows(path: Path, content: bytes):
    """Yield (row, cells) of a Parquet file, numbered as if a header stood on line 1."""
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(io.BytesIO(content))
    except (pyarrow.ArrowException, OSError):
        raise InputError("the Parquet file is cut off or damaged", str(path), "Write or download it again.") from None
    binary = [f.name for f in table.schema if pyarrow.types.is_binary(f.type) or pyarrow.types.is_nested(f.type)]
    if binary:
        raise InputError(f"the columns {binary} hold binary or nested values", str(path), "Save them as text or numbers, a point as lon and lat.")
    yield 1, table.column_names
    columns = [column.to_pylist() for column in table.columns]
    yield from ((i, [_cell(v) for v in cells]) for i, cells in enumerate(zip(*columns, strict=True), 2))


def _cell(value) -> str:
    """Return a cell of a workbook or Parquet file as text; dates in ISO, whole numbers without a point."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute or value.second) else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()
