"""Raw files as frames of text: any of the formats and encodings in use, with the line each row begins on, and without names of persons."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa

from bsi.errors import InputError
from bsi.register.readers import Cells, read_cells

MOST_COLUMNS = 500
SURE = re.compile(r"\b((first|middle|last|full|sur) ?names?|[flm]name|apellidos?|nombre ?completo|maiden|alias|aka|(next )?of kin)\b")
NAME = re.compile(r"\b(names?|nombres?)\b")
PERSON = re.compile(r"\b(decedent|victima?|deceased|difunt[oa]|fallecid[oa]|finad[oa]|occis[oa]|contact|mother|father|madre|padre|spouse)\b")
THING = re.compile(
    r"\b(location|place|lugar|county|corridor|corredor|state|estado|municipio|municipality|country|pais|sector|station|region|zone|zona|area|city|ciudad|"
    r"town|localidad|colonia|street|road|route|river|canal|desert|agency|office|oficina|hospital|source|fuente|file|sheet|column|field|layer|article)\b"
)
ATTRIBUTE = re.compile(
    r"\b(age|edad|sexo?|gender|race|id|number|numero|no|count|total|date|fecha|dob|year|caus[ea]|type|tipo|status|nationality|nacionalidad|origi?e?n|"
    r"condition)\b"
)
NO_NAME = re.compile(
    r"(un-?identified|un-?known|not identified|unid\b|unk\b|pending|no identificad|sin identificar|sin nombre|no name|desconocid|n\.?n\.?$|"
    r"((john|jane|juan|juana|baby|male|female)\s+doe\b)|doe\b)",
    re.IGNORECASE,
)
NOTHING = {"", "-", "--", "?", "n/a", "na", "none", "null", "nan"}


@dataclass(frozen=True)
class RawTable:
    """One file as text: `frame` (str, blank is "", index `row` = line of the file), and `malformed` rows (row, reason, row_text)."""

    path: Path
    source: str | None
    vintage: pd.Timestamp | None
    frame: pd.DataFrame
    malformed: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["row", "reason", "row_text"]))


@dataclass(frozen=True)
class Layout:
    """One layout of one source: for each canonical column the headers that mean it, in order of preference, and which columns must be there."""

    key: str
    title: str
    aliases: dict[str, tuple[str, ...]]
    required: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()


def read_table(path, source=None, vintage=None, sheet=None) -> RawTable:
    """Return a file as a table of text, whatever its format and encoding.

    Rows whose cells are all blank are skipped but counted in the numbering; a row with too many or too few cells goes to `malformed`. A column
    that holds names of persons is replaced by "identified", "unidentified" or "" before anything else sees it.

    Parameters
    ----------
    path : path of a .csv, .csv.gz, .xlsx or .parquet file
    source : key of the source, if known
    vintage : day the file was published, if known
    sheet : name of the sheet of a workbook; needed only where several hold a table

    Raises
    ------
    InputError
        The file is missing, a folder, empty, binary, cut off, protected by a password, without rows, or its header is unusable.
    """
    path = Path(path)
    cells = read_cells(path, sheet)
    header = _header(path, cells.header)
    if not len(cells.lines):
        n = len(cells.odd)
        what = f"none of the {n} rows has as many cells as the header ({len(header)})" if n else "the file has a header and no rows"
        raise InputError(what, str(path), "Check the separator, or download it again.")
    frame = pa.table(cells.columns, names=header).to_pandas().set_index(pd.Index(cells.lines, name="row"))
    blank = [name for name in header if name.startswith("column ") and (frame[name] == "").all()]
    frame = _without_names(frame.drop(columns=blank))
    vintage = None if vintage is None else pd.Timestamp(vintage)
    return RawTable(path, source, vintage, frame, _malformed(cells, header))


def score_layout(raw: RawTable, layout: Layout) -> float:
    """Return how well a file fits a layout, from 0 (not at all) to 1 (every required column is there and every header is known)."""
    found = _found(raw.frame.columns, layout)
    groups = [(name,) for name in layout.required] + list(layout.one_of)
    needed = sum(any(name in found for name in group) for group in groups) / max(len(groups), 1)
    return (needed + len(found) / max(raw.frame.shape[1], 1)) / 2


def missing_columns(raw: RawTable, layout: Layout) -> list[str]:
    """Return what a layout requires and a file lacks, in words ("date" or "one of lat, coordinates"); empty where the file fits.

    Half of a position is none: a file with a column for one of latitude and longitude lacks the other.
    """
    found = _found(raw.frame.columns, layout)
    singles = [name for name in layout.required if name not in found]
    singles += [name for name, other in (("lat", "lon"), ("lon", "lat")) if other in found and name not in (*found, *singles)]
    return singles + [f"one of {', '.join(group)}" for group in layout.one_of if not any(name in found for name in group)]


def not_read(raw: RawTable, layout: Layout) -> tuple[list[str], list[str]]:
    """Return the headers of a file that a layout does not know, and the columns of the layout that the file lacks."""
    found = _found(raw.frame.columns, layout)
    return [h for h in raw.frame.columns if h not in found.values()], [name for name in layout.aliases if name not in found]


def match_layout(raw: RawTable, layout: Layout) -> pd.DataFrame:
    """Return the known columns of a file under their canonical names, in the order of the layout.

    Headers are compared without case, accents, spaces and punctuation. Where a file has several headers for one column the first alias counts.

    Raises
    ------
    InputError
        A required column is missing; the sentence gives the headers found, what is missing, which headers come near, and what to do.
    """
    found = _found(raw.frame.columns, layout)
    missing = missing_columns(raw, layout)
    if missing:
        near = _near_misses(raw, layout, found)
        hint = f"; these headers come near: {near}" if near else ""
        shown = ", ".join(map(repr, raw.frame.columns[:40])) + (" ..." if raw.frame.shape[1] > 40 else "")
        raise InputError(
            f"the layout is not known: the nearest is '{layout.title}' ({layout.key}), which lacks {'; '.join(missing)}; the headers found are {shown}{hint}",
            str(raw.path),
            f"Rename the headers; or, if it is a list of its own, describe it in {raw.path.name}.toml beside it (`bsi template` prints one to change).",
        )
    return raw.frame[[found[name] for name in layout.aliases if name in found]].set_axis([n for n in layout.aliases if n in found], axis=1)


def plain(text: str) -> str:
    """Return a text without case, accents, spaces and punctuation, as headers are compared.

    Examples
    --------
    >>> plain(" Año_de-Reporte ")
    'anodereporte'
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if c.isalnum())


def _found(headers, layout: Layout) -> dict[str, str]:
    """Return for each canonical column that a file has the header that stands for it."""
    known = {plain(header): header for header in reversed(list(headers))}
    found = {}
    for name, aliases in layout.aliases.items():
        hits = [known[plain(alias)] for alias in (*aliases, name) if plain(alias) in known]
        if hits:
            found[name] = hits[0]
    return found


def _near_misses(raw, layout, found) -> str:
    from rapidfuzz import fuzz, process

    free = {plain(header): header for header in raw.frame.columns if header not in found.values()}
    wanted = [name for group in (layout.required, *layout.one_of, ("lat", "lon")) for name in group if name in layout.aliases and name not in found]
    pairs = []
    for name in wanted:
        for alias in layout.aliases.get(name, (name,)):
            best = process.extractOne(plain(alias), list(free), scorer=fuzz.ratio, score_cutoff=75)
            if best:
                pairs.append(f"{free[best[0]]!r} (for {alias!r})")
    return ", ".join(dict.fromkeys(pairs))


def _malformed(cells: Cells, header: list[str]) -> pd.DataFrame:
    """Return the rows that are not as wide as the header, with the reason."""
    hides = any(_holds_names(name) for name in header)
    rows = [(line, f"the row has {len(row)} cells, the header {len(header)}", _row_text(row, hides)) for line, row in cells.odd]
    return pd.DataFrame(rows, columns=["row", "reason", "row_text"])


def _row_text(cells, hides: bool) -> str:
    """Return a malformed row as text; where the file has a column of names only cells without letters are shown, since cells may have moved."""
    return " | ".join("..." if hides and any(c.isalpha() for c in cell) else cell for cell in cells)


def _header(path: Path, cells) -> list[str]:
    names = [re.sub(r"\s+", " ", cell.replace("\ufeff", "")).strip() for cell in cells]
    if len(names) > MOST_COLUMNS:
        raise InputError(f"the file has {len(names):,} columns, more than {MOST_COLUMNS}", str(path), "Check the separator, or keep only the columns in use.")
    names = [name or f"column {i}" for i, name in enumerate(names, 1)]
    twice = sorted({name for name in names if [n.casefold() for n in names].count(name.casefold()) > 1})
    if twice:
        raise InputError(f"the headers {twice} occur more than once", str(path), "Rename or remove the columns that are repeated.")
    return names


def _holds_names(header: str) -> bool:
    """Return whether a header, by its words, stands for names of persons and not for a place, a count or an attribute."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[^a-zA-Z]+", " ", unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()).lower()
    name, person = bool(NAME.search(words)), bool(PERSON.search(words))
    if SURE.search(words) or (name and person):
        return True
    return not THING.search(words) and (name or (person and not ATTRIBUTE.search(words)))


def _without_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with every column of persons' names reduced to identified, unidentified or blank."""
    replaced = {}
    for header in filter(_holds_names, frame.columns):
        texts = frame[header].str.strip()
        if not texts.str.contains(r"[^\W\d_]", regex=True).any():
            continue
        known = {t: "" if t.casefold() in NOTHING else "unidentified" if NO_NAME.match(t) else "identified" for t in texts.unique()}
        replaced[header] = texts.map(known).astype("str")
    return frame.assign(**replaced)
