"""What an analyst asks of files and of a built register: check, add, status, diff, explain, review, export."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bsi import contracts, pipeline, workspace
from bsi.errors import InputError

FORMATS = ("csv", "xlsx", "parquet", "geojson")
PUBLIC_DEGREES = 2  # about 1 km
EXCEL_ROWS = 1_048_576


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
    from bsi.register import files, sources

    raw = files.read_table(Path(file), source, _vintage_in(Path(file)))
    module = sources.reader(raw)
    tables = module.read(raw)
    read = len(raw.frame) + len(raw.malformed)
    summary = (
        f"{Path(file).name}: {module.TITLE}",
        f"{read:,} rows read = {len(tables.records):,} records + {len(tables.out_of_scope):,} out of scope + {len(tables.rejected):,} rejected",
        *_rules(tables.out_of_scope),
        *_span(tables.records),
    )
    return Checked(summary, tables.rejected[["row", "reasons"]], flag_counts(tables.records))


def flag_counts(records: pd.DataFrame) -> pd.DataFrame:
    """Return how many records carry each flag (flag, n_records, meaning), most frequent first.

    Parameters
    ----------
    records : contract RECORDS
    """
    flags = records["flags"].str.split(";").explode()
    counts = flags[flags != ""].value_counts()
    return pd.DataFrame({"flag": counts.index, "n_records": counts.to_numpy(), "meaning": [contracts.FLAGS.get(f, "") for f in counts.index]})


def _rules(out_of_scope: pd.DataFrame) -> list[str]:
    return [f"  out of scope: {n:,} rows, {rule}" for rule, n in out_of_scope["rule"].value_counts().items()]


def _span(records: pd.DataFrame) -> list[str]:
    days = records["date"].dropna()
    if days.empty:
        return ["no record has a date"]
    people = int(records["n_dead"].sum())
    return [f"dates from {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}; {people:,} persons dead before linkage"]


def _vintage_in(path: Path) -> pd.Timestamp | None:
    match = workspace.DATED.fullmatch(path.name)
    if match:
        return pd.Timestamp(match.group(1))
    loose = re.search(r"\d{4}-\d{2}-\d{2}", path.name)
    return pd.Timestamp(loose.group()) if loose else None


def export(table: str, format_: str = "csv", to: Path | None = None, out: Path | None = None, exact: bool = False) -> Path:
    """Write one table of the register to a file and return its path.

    Parameters
    ----------
    table : name of a table
    format_ : csv, xlsx, parquet or geojson
    to : file to write; default TABLE.FORMAT in the current folder
    out : folder of the built register
    exact : exact positions; otherwise they are rounded to 0.01 degrees (about 1 km)

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
        frame = rounded(frame, contract)
    path = Path(to or f"{table}.{format_}")
    partial = path.with_name(f".{path.name}.part.{format_}")
    try:
        _write(frame, contract, format_, partial)
        os.replace(partial, path)
    except OSError as error:
        raise InputError(f"the file cannot be written ({error.strerror or error})", str(path), "Choose another with --to.") from None
    finally:
        partial.unlink(missing_ok=True)
    return path


def rounded(frame: pd.DataFrame, contract: contracts.Table) -> pd.DataFrame:
    """Return the frame with positions of records and incidents rounded to about 1 km, for publication."""
    if not {"lon", "lat"} <= set(contract.columns):
        return frame
    frame = frame.assign(lon=frame["lon"].round(PUBLIC_DEGREES), lat=frame["lat"].round(PUBLIC_DEGREES))
    if contract.geometry:
        import geopandas as gpd

        frame[contract.geometry] = gpd.points_from_xy(frame["lon"], frame["lat"], crs="EPSG:4326").where(frame["lon"].notna(), None)
    return frame


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


def status(data: Path | None = None, today: dt.date | None = None) -> pd.DataFrame:
    """Return the sources of a data folder: vintages, rows, newest record, and what is stale.

    Parameters
    ----------
    data : data folder
    today : day against which age is reckoned; default the day of the call

    Raises
    ------
    InputError
        The folder does not exist or a file cannot be read.
    """
    from bsi.register import vintages

    folder = workspace.data_folder(data)
    files = workspace.find_raw(folder)
    records, *_ = pipeline.read_files(workspace.newest(files), folder)
    listed = pd.DataFrame([{"source": f.source, "vintage": pd.Timestamp(f.vintage), "file": f.path.name} for f in files])
    return vintages.status(listed, records, pd.Timestamp(today or dt.date.today()))


def explain(record_a: str, record_b: str, out: Path | None = None, lang: str = "en") -> list[str]:
    """Explain in words why two records are, or are not, taken as one event.

    Raises
    ------
    InputError
        A record is not in the register.
    """
    from bsi.register import linkage

    records = workspace.load("records", out)
    for wanted in (record_a, record_b):
        if wanted not in set(records["record_id"]):
            near = records.loc[records["record_id"].str.contains(wanted.split(":")[-1], regex=False), "record_id"].head(3)
            raise InputError(f"there is no record {wanted!r}", do=f"Near it: {', '.join(near)}." if len(near) else "See `bsi export records`.")
    return linkage.explain(records, record_a, record_b, lang=lang)


def review(out: Path | None = None, n: int = 20) -> pd.DataFrame:
    """Return the pairs of records closest to the threshold, both side by side."""
    from bsi.register import linkage

    return linkage.review(workspace.load("records", out), n=n)


def place(path: Path, source: str, vintage: dt.date, folder: Path) -> Path:
    """Copy a file (and its TOML, where it has one) to raw/<source>/<date>_<name>, whole or not at all; return the new path.

    Raises
    ------
    InputError
        A file of that name is there already, or the folder cannot be written.
    """
    bare = workspace.DATED.fullmatch(path.name)
    target = folder / "raw" / source / f"{vintage:%Y-%m-%d}_{bare.group(2) if bare else path.name}"
    if target.exists():
        raise InputError("a file of this name is there already; nothing was replaced", str(target), "Rename the new file.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        toml = path.with_name(path.name + ".toml")
        if toml.is_file():
            shutil.copyfile(toml, target.with_name(target.name + ".toml"))
        partial = target.with_name(f".{target.name}.part")
        shutil.copyfile(path, partial)
        os.replace(partial, target)
    except OSError as error:
        raise InputError(f"the file cannot be filed ({error.strerror or error})", str(target), "Check the folder's permissions.") from None
    return target
