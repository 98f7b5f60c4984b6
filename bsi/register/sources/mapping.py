"""The TOML beside a mapped list: what it may say, and one clear sentence for each mistake in it."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from bsi import contracts
from bsi.errors import InputError

EXAMPLE = """\
# Describes one list of incidents. Save as <file>.toml beside the file, or as mapping.toml in its folder (then it holds for every vintage).
title = "Rescues, Grupos Beta Mexicali"           # what the list is; title_es the same in Spanish
title_es = "Rescates, Grupos Beta Mexicali"
publisher = "Instituto Nacional de Migración"
citation = "Instituto Nacional de Migración, registro de rescates, 2024."
covers_en = "People rescued near Mexicali, one row a rescue."
covers_es = "Personas rescatadas cerca de Mexicali, una fila por rescate."
kind = "rescue"                                   # death, missing, rescue, injury or violence; or map a column to it below
one_row = "event"                                 # "person": each row is one person; "event": counts stand in columns
upstream = "grupos_beta"                          # who observed it: a key of data/hand/upstreams.csv, or one of your own
date_kind = "event"                               # event, found or reported
date_order = "day_first"                          # or month_first: how 3/4/2024 is read where the file does not tell
crs = "EPSG:4326"                                 # of lon and lat, or of easting and northing in metres
location_precision_m = 1000                       # radius within which the true place lies, if the list says so for all rows
country = "MX"                                    # US or MX; state, county, sector, actor, source_text may be given likewise
scope = { column = "Estado", keep = ["Baja California", "Sonora"] }   # other rows are out of scope; leave out to keep all

[columns]                                         # column of the register = header in the file; see data/README.md, records; also day, month and year apart
id = "Folio"                                      # unique in the list; without it an id is made from the row
date = "Fecha"
place_text = "Lugar"
lat = "Latitud"
lon = "Longitud"
n_rescued = "Personas"
sex = "Sexo"
nationality = "Nacionalidad"

[units]                                           # only where the file's unit is another: location_precision = "km"; age = "months"

[values.sex]                                      # what the file writes = what the register writes; a word in no entry stops with a list
"H" = "male"
"M" = "female"
"""
KEYS = {
    "title", "title_es", "publisher", "citation", "covers_en", "covers_es", "one_row", "date_order", "crs", "scope", "columns", "values", "units",
    "kind", "upstream", "date_kind", "location_precision_m", "country", "state", "county", "sector", "actor", "status", "source_text",
}  # fmt: skip
CONSTANTS = ("kind", "upstream", "date_kind", "location_precision_m", "country", "state", "county", "sector", "actor", "status", "source_text")
MAPPED = {
    "id", "group_id", "source_text", "upstream", "kind", "actor", "status", "date", "day", "month", "year", "body_condition", "place_text", "point", "lon",
    "lat", "easting", "northing", "location_precision_m", "country", "state", "county", "sector", "region", "n_dead", "n_missing", "n_survivors",
    "n_rescued", "n_injured", "n_female", "n_male", "n_children", "sex", "age", "nationality", "is_identified", "cause",
}  # fmt: skip
PARTS = {"lat": ("lon",), "lon": ("lat",), "easting": ("northing",), "northing": ("easting",), "day": ("month", "year")}
UNITS = {"location_precision": {"m": 1.0, "km": 1000.0, "ft": 0.3048, "mi": 1609.344}, "age": {"years": 1.0, "months": 1 / 12}}
CHOICES = {
    "one_row": ("person", "event"),
    "date_order": ("day_first", "month_first"),
    **{name: contracts.RECORDS.columns[name].allowed for name in ("kind", "date_kind", "country", "sector", "status")},
}


@dataclass(frozen=True)
class Mapping:
    """A checked TOML: where it lies, what it says of the whole list, and the headers, units and translations of its columns."""

    path: Path
    says: dict
    columns: dict[str, str]
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)


def find_mapping(path: Path) -> Path | None:
    """Return the TOML that describes a file: `<file>.toml` beside it, else `mapping.toml` in its folder; None without either."""
    beside, shared = path.with_name(path.name + ".toml"), path.with_name("mapping.toml")
    return next((p for p in (beside, path.with_suffix(".toml"), shared) if p.is_file()), None)


def read_mapping(path: Path, headers: list[str]) -> Mapping:
    """Return a checked mapping.

    Parameters
    ----------
    path : the TOML
    headers : the headers of the file it describes

    Raises
    ------
    InputError
        It is no TOML; a key, column, unit or value is unknown; a header is not in the file; kind, date or one_row is missing.
    """
    try:
        says = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the mapping cannot be read ({type(error).__name__})", str(path), "Save it as UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the mapping is no valid TOML: {error}", str(path), "Mend the line; text stands in double quotes.") from None
    where = str(path)
    _known(says, KEYS, "key", where)
    columns, values, units = (says.get(name, {}) for name in ("columns", "values", "units"))
    for name, table in (("columns", columns), ("values", values), ("units", units)):
        if not isinstance(table, dict):
            raise InputError(f"{name} is no table", where, f"Write it as [{name}] with one line for each entry.")
    _known(columns, MAPPED, "column of the register", f"{where}, [columns]")
    _known(values, set(columns), "mapped column", f"{where}, [values]")
    _known(units, set(UNITS), "measure", f"{where}, [units]")
    for name, unit in units.items():
        _one_of(unit, tuple(UNITS[name]), f"{where}, [units] {name}")
    for name in CHOICES.keys() & says.keys():
        _one_of(says[name], CHOICES[name], f"{where}, {name}")
    _check_headers(columns, headers, where)
    _check_whole(says, columns, headers, where)
    texts = {name: {str(k): str(v) for k, v in table.items()} for name, table in values.items()}
    return Mapping(path, {k: v for k, v in says.items() if k not in ("columns", "values", "units")}, columns, texts, units)


def translate(texts: pd.Series, name: str, mapping: Mapping, allowed: tuple) -> pd.Series:
    """Return the values of a column with a closed vocabulary, translated by the mapping.

    Raises
    ------
    InputError
        A value has no translation; all of them are listed with the number of rows.
    """
    table = {k.strip().casefold(): v for k, v in mapping.values.get(name, {}).items()}
    plain = texts.str.strip()
    translated = plain.map({t: table.get(t.casefold(), t if t in allowed else None) for t in plain.unique().tolist()}).astype("str")
    wrong = translated.notna() & ~translated.isin(allowed) & (translated != "")
    lost = plain[(plain != "") & (translated.isna() | wrong)]
    if len(lost):
        counts = ", ".join(f"{value!r} (rows: {n:,})" for value, n in lost.value_counts().head(20).items())
        raise InputError(
            f"the column {mapping.columns[name]!r} holds values without a translation to {name}: {counts}",
            str(mapping.path),
            f'Add them under [values.{name}], as "word in the file" = one of {", ".join(map(repr, allowed))} (or "" for not stated).',
        )
    return translated.mask(translated == "")


def _known(given: dict, known: set, what: str, where: str) -> None:
    for name in given:
        if name in known:
            continue
        near = difflib.get_close_matches(name, sorted(known), 1)
        if re.fullmatch(r"(\w+_)?(name|nombre|apellido)s?(_\w+)?", name.casefold()):
            raise InputError(f"{name!r} is refused: names of persons are never read", where, "Remove it; is_identified tells whether there is a name.")
        hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(sorted(known))}."
        raise InputError(f"{name!r} is no {what}", where, hint)


def _one_of(value, allowed: tuple, where: str) -> None:
    if value not in allowed:
        raise InputError(f"{value!r} is not allowed here", where, f"Use one of {', '.join(map(repr, allowed))}.")


def _check_headers(columns: dict, headers: list[str], where: str) -> None:
    for name, header in columns.items():
        if header in headers:
            continue
        near = difflib.get_close_matches(str(header), headers, 1, 0.6)
        hint = f"Did you mean {near[0]!r}?" if near else f"Its headers are {', '.join(map(repr, headers[:30]))}."
        raise InputError(f"{name} is mapped to {header!r}, which is no header of the file", f"{where}, [columns]", hint)
    twice = [h for h in set(columns.values()) if list(columns.values()).count(h) > 1]
    if twice:
        raise InputError(f"the headers {sorted(twice)} are mapped more than once", f"{where}, [columns]", "Map each header once.")


def _check_whole(says: dict, columns: dict, headers: list[str], where: str) -> None:
    """Check what only the whole of a mapping shows."""
    if "kind" not in says and "kind" not in columns:
        raise InputError("it does not say what happened", where, 'Write kind = "rescue" (or death, missing, injury, violence), or map a column to kind.')
    if not {"date", "year"} & columns.keys():
        raise InputError("no column is mapped to date or year", f"{where}, [columns]", "Map one.")
    if "one_row" not in says:
        raise InputError("it does not say what one row is", where, 'Write one_row = "person" or one_row = "event".')
    twice = sorted(set(CONSTANTS) & says.keys() & columns.keys())
    if twice:
        raise InputError(f"{twice} are given both for the whole list and as columns", where, "Keep one of the two.")
    for name, others in PARTS.items():
        lacking = [other for other in others if name in columns and other not in columns]
        if lacking:
            raise InputError(f"{name} is mapped without {' and '.join(lacking)}", f"{where}, [columns]", "Map all of them, or none.")
    if "easting" in columns and "crs" not in says:
        raise InputError("easting and northing need a crs", where, 'Write crs = "EPSG:32611" or whichever it is.')
    scope = says.get("scope", {})
    if scope and (not isinstance(scope, dict) or set(scope) != {"column", "keep"} or scope["column"] not in headers or not isinstance(scope["keep"], list)):
        raise InputError("scope is not understood", where, 'Write scope = { column = "a header of the file", keep = ["value", "value"] }.')
    precision = says.get("location_precision_m", 1)
    if isinstance(precision, bool) or not isinstance(precision, int | float) or precision <= 0:
        raise InputError(f"location_precision_m {precision!r} is no positive number", where, "Give metres.")
