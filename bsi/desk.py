"""What an analyst asks of one file and of a built register: check, explain, review, export."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bsi import contracts, pipeline, workspace
from bsi.errors import InputError

FORMATS = ("csv", "xlsx", "parquet", "geojson")
PUBLIC_DEGREES = 2  # about 1 km
EXCEL_ROWS = 1_048_576
PLACED = ("place_text", "row_text")  # lists write positions into these, in many forms
WORDED = ("reasons", "values", "chosen", "key", "source_text", "cause_raw")
MANY_DIGITS = re.compile(r"[^;|\d]*(?:\d[^;|\d]*){7,}")  # no position within a kilometre takes fewer; a road and its milepost do
DECIMALS = re.compile(r"(?<![\d.])\d{2,3}\.\d{3,}")
WITHHELD = "[position withheld]"


@dataclass(frozen=True)
class Checked:
    """What `check` says of a file: lines to print, the refused rows, and the flags of the rows kept."""

    summary: tuple[str, ...]
    refused: pd.DataFrame
    flags: pd.DataFrame


def check(file: Path, source: str | None = None) -> Checked:
    """Say what a file is and what would be refused, changing nothing.

    Parameters
    ----------
    file : any file of a known source, or of a mapped list with its TOML beside it
    source : read it as this source instead of recognising it

    Raises
    ------
    InputError
        The file cannot be read or recognised.
    """
    from bsi.register import files, sources, upstreams

    path = Path(file)
    day = workspace.day_in(path.name)
    raw = files.read_table(path, source, day or dt.date.today())
    module = sources.reader(raw)
    title = module.describe(raw)["title"] or path.stem if module.KEY == "mapped" else module.TITLE
    raw_file = workspace.RawFile(source or (path.stem if module.KEY == "mapped" else module.KEY), day or dt.date.today(), path)
    records, out_of_scope, rejected, counts = pipeline.read_files([raw_file], workspace.data_folder())
    summary = (
        f"{path.name}: {title}" + ("" if day else "; its name carries no date, so it is taken as published today"),
        f"{counts['read'].sum():,} rows read = {len(records):,} records + {len(out_of_scope):,} out of scope + {len(rejected):,} rejected",
        *_not_read(raw, module),
        *(f"  out of scope: {n:,} rows, {rule}" for rule, n in out_of_scope["rule"].value_counts().items()),
        *_span(records),
        *_unknown_words(records),
        *upstreams.new_keys(records, upstreams.load(workspace.reference(workspace.data_folder(), "hand", "upstreams.csv"))),
    )
    return Checked(summary, rejected[["row", "reasons"]], flag_counts(records))


def _not_read(raw, module) -> list[str]:
    """Return in words which headers of a known layout are not read, and which of its columns the file lacks: a renamed column shows in both."""
    from bsi.register import files

    if module.KEY == "mapped":
        return []
    unknown, absent = files.not_read(raw, module.LAYOUT)
    heads = f"  headers not read: {', '.join(map(repr, unknown))}" if unknown else ""
    return [line for line in (heads, f"  columns that the file lacks: {', '.join(absent)}" if absent else "") if line]


def _unknown_words(records: pd.DataFrame) -> list[str]:
    """Return in words which causes and observers stand in no vocabulary, most frequent first."""
    lines = []
    for flag, column, file in (("cause_unmatched", "cause_raw", "causes.csv"), ("upstream_unmatched", "source_text", "upstreams.csv")):
        words = records.loc[records["flags"].str.contains(flag, regex=False), column].value_counts()
        if len(words):
            shown = ", ".join(f"{word!r} ({n:,})" for word, n in words.head(10).items())
            lines.append(f"in no line of data/hand/{file}: {shown}" + (f" and {len(words) - 10} more" if len(words) > 10 else ""))
    return lines


def template() -> str:
    """Return the TOML of an invented list, every key explained, to be changed."""
    from bsi.register.sources.mapped import EXAMPLE

    return EXAMPLE


def flag_counts(records: pd.DataFrame) -> pd.DataFrame:
    """Return how many records carry each flag (flag, n_records, meaning), most frequent first.

    Parameters
    ----------
    records : contract RECORDS
    """
    flags = records["flags"].str.split(";").explode()
    counts = flags[flags != ""].value_counts()
    return pd.DataFrame({"flag": counts.index, "n_records": counts.to_numpy(), "meaning": [contracts.FLAGS.get(f, "") for f in counts.index]})


def refusals(rejected: pd.DataFrame) -> pd.DataFrame:
    """Return the rows refused by file and reason, most rows first: file, lines (the first three), rows, why.

    Parameters
    ----------
    rejected : contract REJECTED
    """
    lines = rejected.sort_values(["file", "row"]).groupby(["file", "reasons"])["row"]
    table = lines.agg(lines=lambda rows: ", ".join(map(str, rows[:3])) + (" ..." if len(rows) > 3 else ""), rows="size").reset_index()
    return table.sort_values("rows", ascending=False, kind="stable").rename(columns={"reasons": "why"})[["file", "lines", "rows", "why"]]


def _span(records: pd.DataFrame) -> list[str]:
    days = records["date"].dropna()
    if days.empty:
        return ["no record has a date"]
    people = int(records["n_dead"].sum())
    return [f"dates from {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}; {people:,} persons dead before linkage"]


def export(table: str, format_: str = "csv", to: Path | None = None, out: Path | None = None, exact: bool = False) -> Path:
    """Write one table of the register to a file and return its path.

    Parameters
    ----------
    table : name of a table
    format_ : csv, xlsx, parquet or geojson
    to : file to write; default TABLE.FORMAT in the current folder
    out : folder of the built register
    exact : exact positions; otherwise they are rounded to 0.01 degrees (about 1 km), or withheld where a list's words hold them in another form

    Raises
    ------
    InputError
        Unknown format or table, a table too long for a workbook, GeoJSON of a table without geometry, or an unwritable file.
    """
    if format_ not in FORMATS:
        raise InputError(f"{format_!r} is no format", "--format", f"Formats: {', '.join(FORMATS)}.")
    frame = workspace.load(table, out)
    contract = contracts.TABLES[table]
    if format_ == "geojson" and not contract.geometry:
        raise InputError(f"table {table} has no geometry, so it cannot be GeoJSON", do="Tables with geometry: incidents, zones.")
    if format_ == "xlsx" and len(frame) >= EXCEL_ROWS:
        raise InputError(f"table {table} has {len(frame):,} rows, more than a workbook holds", do="Use --format csv or parquet.")
    if not exact:
        frame = rounded(frame)
    path = Path(to or f"{table}.{format_}")
    partial = path.with_name(f".{path.name}.part.{format_}")
    try:
        _write(frame, contract, format_, partial)
        os.replace(partial, path)
    except OSError as error:
        raise InputError(f"the file cannot be written ({error.strerror or error})", str(path), "Choose another with --to.") from None
    finally:
        with contextlib.suppress(OSError):  # where it could not be written there may be no removing it either
            partial.unlink(missing_ok=True)
    return path


def explorer(out: Path | None = None, to: Path | None = None) -> Path:
    """Write one HTML page to explore the incidents without a network, positions rounded, in both languages; return its path.

    Raises
    ------
    InputError
        Nothing was built, there is no death to show, or the folder cannot be written.
    """
    from bsi import edition, selections
    from bsi.publish.explorer import build_explorer

    register = workspace.open_register(out)
    tables = {name: getattr(register, name) for name in ("incidents", "zones", "zone_weights")}
    tables |= {"base": selections.base_geometry(), "list_names": selections.list_names(register)}
    return build_explorer(tables, Path(to or workspace.PROJECT / "report"), edition.meta(register))


def rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with positions of records and incidents rounded to about 1 km, those that a list wrote into its words too, for publication.

    Parameters
    ----------
    frame : a table of the register, or of `review`
    """
    words = {c: c.removesuffix("_a").removesuffix("_b") for c in frame}
    frame = frame.assign(**{c: frame[c].str.replace(MANY_DIGITS, WITHHELD, regex=True) for c in frame if words[c] in PLACED})
    frame = frame.assign(**{c: frame[c].str.replace(DECIMALS, _two_decimals, regex=True) for c in frame if words[c] in WORDED})
    if not {"lon", "lat"} <= set(frame.columns):
        return frame
    frame = frame.assign(lon=frame["lon"].round(PUBLIC_DEGREES), lat=frame["lat"].round(PUBLIC_DEGREES))
    if "geometry" in frame:
        frame["geometry"] = frame["geometry"].transform(lambda xy: xy.round(PUBLIC_DEGREES))
    return frame


def _two_decimals(found: re.Match) -> str:
    return f"{float(found[0]):.{PUBLIC_DEGREES}f}"


def _write(frame: pd.DataFrame, contract: contracts.Table, format_: str, path: Path) -> None:
    if format_ == "parquet":
        frame.to_parquet(path, index=False)
    elif format_ == "geojson":
        frame.to_file(path, driver="GeoJSON")
    else:
        flat = inert(_flat(frame, contract))
        if format_ == "csv":
            flat.to_csv(path, index=False, date_format="%Y-%m-%d", encoding="utf-8-sig")
        else:
            flat.to_excel(path, index=False, sheet_name=contract.name)


def _flat(frame: pd.DataFrame, contract: contracts.Table) -> pd.DataFrame:
    if not contract.geometry:
        return frame
    shapes = frame[contract.geometry]
    return pd.DataFrame(frame.drop(columns=contract.geometry)).assign(geometry_wkt=shapes.to_wkt(rounding_precision=6))


def inert(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with text that a spreadsheet would run (=, +, -, @, tab) made inert and control characters removed."""
    frame = frame.copy()
    for name in frame.columns:
        if pd.api.types.is_string_dtype(frame[name].dtype) or frame[name].dtype == object:
            text = frame[name].astype("str").where(frame[name].notna())
            text = text.str.replace(r"[\x00-\x08\x0b-\x1f]", "", regex=True)
            frame[name] = text.mask(text.str.match(r"[=+\-@\t\r]", na=False), "'" + text)
    return frame


def explain(record_a: str, record_b: str, out: Path | None = None, lang: str = "en") -> list[str]:
    """Explain in words why two records are, or are not, taken as one event.

    Raises
    ------
    InputError
        A record is not in the register.
    """
    from bsi.register import explain as words

    register = workspace.open_register(out)
    ids = register.records["record_id"]
    for wanted in (record_a, record_b):
        if wanted not in set(ids):
            near = _near(wanted, ids)
            raise InputError(f"there is no record {wanted!r}", do=f"Near it: {', '.join(near)}." if near else "See the ids with `bsi export records`.")
    return words.explain(register.records, record_a, record_b, lang, _decided(register))


def _near(wanted: str, ids: pd.Series) -> list[str]:
    """Return up to three record ids that hold the wanted one, or come near it."""
    from rapidfuzz import process

    holding = ids[ids.str.contains(wanted.rsplit(":", maxsplit=1)[-1], regex=False)].head(3).tolist()
    return holding or [m[0] for m in process.extract(wanted, ids.tolist(), limit=3, score_cutoff=80)]


def review(out: Path | None = None, n: int = 20) -> pd.DataFrame:
    """Return the pairs of records closest to the threshold that nobody has decided yet, both side by side.

    Raises
    ------
    InputError
        Nothing was built, or the decisions cannot be read.
    """
    from bsi.register import explain as words

    register = workspace.open_register(out)
    return words.review(register.records, n, _decided(register))


def side_by_side(pair: dict) -> pd.DataFrame:
    """Return one pair of `review` as a table: field, record a, record b; fields that neither states are left out."""
    fields = ["record_id", *(name.removesuffix("_a") for name in pair if name.endswith("_a") and name != "record_id_a")]
    table = pd.DataFrame({"field": fields, "a": [pair[f"{f}_a"] for f in fields], "b": [pair[f"{f}_b"] for f in fields]}, dtype=object)
    apart = {"field": "apart", "a": f"{pair['days_apart']} days", "b": "" if pd.isna(pair["distance_m"]) else f"{pair['distance_m'] / 1000:,.1f} km"}
    return pd.concat([table[table["a"].notna() | table["b"].notna()], pd.DataFrame([apart])], ignore_index=True)


def decisions_file(out: Path | None = None) -> Path:
    """Return the file that a person's decisions on pairs of records stand in, or are to stand in."""
    folder = workspace.open_register(out).data_folder
    path = workspace.reference(folder, "hand", "link_decisions.csv")
    return path if path.is_file() else folder / "hand" / path.name


def _decided(register) -> pd.DataFrame:
    from bsi.register import decisions

    return decisions.load_decisions(workspace.reference(register.data_folder, "hand", "link_decisions.csv"))
