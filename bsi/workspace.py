"""Where things lie: the folders, the raw files, and loading and saving a table with its contract checked both ways."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bsi import contracts
from bsi.errors import ContractError, InputError

PROJECT = Path(__file__).resolve().parent.parent
DATED = re.compile(r"(\d{4}-\d{2}-\d{2})_(.+)")
SAMPLE_NAME = "synthetic_sample"  # in the name of every file of the sample
TABULAR = (".csv", ".csv.gz", ".xlsx", ".parquet")


@dataclass(frozen=True)
class RawFile:
    """One dated file below data/raw: its source (the folder), vintage (from its name) and path."""

    source: str
    vintage: dt.date
    path: Path


def data_folder(data: str | Path | None = None) -> Path:
    """Return the data folder: the argument, else the environment variable BSI_DATA, else the project's data/.

    Raises
    ------
    InputError
        The folder does not exist or is a file.
    """
    folder = Path(data or os.environ.get("BSI_DATA") or PROJECT / "data")
    if not folder.is_dir():
        raise InputError("there is no such data folder", str(folder), "Give a folder that holds raw/<source>/<YYYY-MM-DD>_<name>.")
    return folder


def default_out() -> Path:
    """Return the folder of the built register: the environment variable BSI_OUT, else the project's data/derived."""
    return Path(os.environ.get("BSI_OUT") or PROJECT / "data" / "derived")


def reference(folder: Path, *parts: str) -> Path:
    """Return a reference file (zones, published, hand, geo ...): the data folder's own where it is there, else the project's."""
    own = folder.joinpath(*parts)
    return own if own.exists() else PROJECT.joinpath("data", *parts)


def find_raw(folder: Path, as_of: dt.date | None = None) -> list[RawFile]:
    """Return every dated file below raw/, sorted by source and vintage; later than `as_of` left out.

    Raises
    ------
    InputError
        A table file carries no date in its name, or none of the calendar.
    """
    found = []
    for path in sorted((folder / "raw").glob("*/*")):
        if path.name.startswith(".") or path.is_dir() or not path.name.lower().endswith(TABULAR):
            continue
        match = DATED.fullmatch(path.name)
        if not match:
            raise InputError("the file name carries no date", str(path), "Rename it to YYYY-MM-DD_name with the day it was published.")
        try:
            vintage = dt.date.fromisoformat(match.group(1))
        except ValueError:
            raise InputError(f"{match.group(1)} is no date of the calendar", str(path), "Rename it to YYYY-MM-DD_name.") from None
        found.append(RawFile(path.parent.name, vintage, path))
    return [f for f in found if as_of is None or f.vintage <= as_of]


def day_in(name: str) -> dt.date | None:
    """Return the day that a file name carries, None where it carries none of the calendar.

    >>> day_in("iom_2024-11-15.csv")
    datetime.date(2024, 11, 15)
    """
    for text in re.findall(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)", name):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            continue
    return None


def newest(files: list[RawFile]) -> list[RawFile]:
    """Return the newest vintage of each source (all files of that day), sorted by source."""
    last = {}
    for f in files:
        last[f.source] = max(f.vintage, last.get(f.source, f.vintage))
    return [f for f in files if f.vintage == last[f.source]]


def is_sample(folder: Path) -> bool:
    """True for a folder that the synthetic sample was written to (it holds a file SAMPLE)."""
    return (folder / "SAMPLE").is_file()


def refuse_mixture(folder: Path, files: list[RawFile]) -> None:
    """Stop where one file lies there twice, or where real files and those of the synthetic sample lie together.

    Raises
    ------
    InputError
        Either is so; the sentence names the files.
    """
    seen = {}
    for f in files:
        digest = sha256(f.path)
        if digest in seen:
            raise InputError(f"it is the same file as {seen[digest]}, so every row would count twice", str(f.path), "Remove one of the two.")
        seen[digest] = f.path
    synthetic = [f for f in files if SAMPLE_NAME in f.path.name]
    odd = [f for f in files if f not in synthetic] if is_sample(folder) else synthetic
    if odd:
        what = "a real file lies among those of the synthetic sample" if is_sample(folder) else "a file of the synthetic sample lies among real files"
        raise InputError(what, str(odd[0].path), "Keep the two in data folders of their own; nothing was built.")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load(name: str, out: str | Path | None = None) -> pd.DataFrame:
    """Load one table of a built register; its hash says that it is what the build checked and wrote, its columns that the contract is still the same.

    Parameters
    ----------
    name : name of a table in bsi.contracts.TABLES
    out : the folder `bsi build` wrote to; default data/derived of the project

    Returns
    -------
    DataFrame, or GeoDataFrame in EPSG:4326 for tables with geometry

    Raises
    ------
    InputError
        There is no such table or register.
    ContractError
        The file was changed since it was built, or its contract has changed.
    """
    if name not in contracts.TABLES:
        raise InputError(f"there is no table {name!r}", do=f"Tables: {', '.join(contracts.TABLES)}.")
    folder = Path(out or default_out())
    path = folder / f"{name}.parquet"
    build = load_build(folder)
    if not path.is_file():
        raise InputError(f"the register has no table {name}", str(folder), "Run `bsi build`.")
    if build["tables"].get(name, {}).get("sha256") != sha256(path):
        raise ContractError(f"{path}: the file is not the one that the build wrote; run `bsi build` again.")
    table = contracts.TABLES[name]
    if table.geometry:
        import geopandas as gpd

        frame = gpd.read_parquet(path)
    else:
        frame = pd.read_parquet(path)
    if not contracts.has_columns(frame, table):  # its values were checked when it was written
        raise ContractError(f"{path}: the table was built by another version of bsi; run `bsi build` again.")
    return frame


def load_build(out: str | Path | None = None) -> dict:
    """Return build.json of a built register (counts, files with hashes, versions).

    Raises
    ------
    InputError
        Nothing was built there, or build.json is damaged.
    """
    folder = Path(out or default_out())
    path = folder / "build.json"
    if not path.is_file():
        raise InputError("there is no register here", str(folder), "Run `bsi build` first.")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise InputError("the file is damaged", str(path), "Run `bsi build` again.") from None


def save_register(tables: dict[str, pd.DataFrame], build: dict, out: Path) -> dict:
    """Write all tables and build.json to a folder, each file replaced whole, build.json last; return build.json as written.

    Raises
    ------
    InputError
        The folder cannot be written (read-only, full disk).
    ContractError
        A table breaks its contract; nothing is written then.
    """
    for name, frame in tables.items():
        contracts.check(frame, contracts.TABLES[name])
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".writing-") as scratch:
            entries = {}
            for name, frame in tables.items():
                path = Path(scratch) / f"{name}.parquet"
                frame.to_parquet(path, index=False, compression="zstd")
                entries[name] = {"rows": len(frame), "sha256": sha256(path)}
            digest = hashlib.sha256("".join(e["sha256"] for e in entries.values()).encode()).hexdigest()
            build = {**build, "tables": entries, "register_hash": digest}
            (Path(scratch) / "build.json").write_text(json.dumps(build, indent=1, ensure_ascii=False, sort_keys=True), encoding="utf-8")
            _swap(Path(scratch), out, [*(f"{name}.parquet" for name in tables), "build.json"])
    except OSError as error:
        what = f"the output folder cannot be written ({error.strerror or error}); what was built before is unchanged"
        raise InputError(what, str(out), "Free space or choose another folder with --out.") from None
    return build


def _swap(fresh: Path, out: Path, names: list[str]) -> None:
    """Move files into place, all or none: at an error or an interrupt the ones before are put back."""
    before = fresh / "before"
    before.mkdir()
    try:
        for name in names:
            if (out / name).exists():
                os.replace(out / name, before / name)
            os.replace(fresh / name, out / name)
    except BaseException:
        for name in names:
            if (before / name).exists():
                os.replace(before / name, out / name)
        raise


class Register:
    """The tables of one built register as attributes, read when first used: `bsi.open(out).incidents`."""

    def __init__(self, out: str | Path | None = None):
        """Open the folder `bsi build` wrote to; InputError where there is none."""
        self.out = Path(out or default_out())
        self.build = load_build(self.out)

    @property
    def data_folder(self) -> Path:
        """The data folder it was built from."""
        return Path(self.build["data_folder"])

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name not in contracts.TABLES:
            raise AttributeError(f"a register has no table {name!r}; tables: {', '.join(contracts.TABLES)}")
        table = load(name, self.out)
        setattr(self, name, table)
        return table

    def __dir__(self):
        return [*super().__dir__(), *contracts.TABLES]

    def __repr__(self) -> str:
        made = "synthetic sample" if self.build.get("is_sample") else "real files"
        return f"Register({self.out}, {made}, incidents={self.build['tables']['incidents']['rows']:,}, hash {self.build['register_hash'][:12]})"


def open_register(out: str | Path | None = None) -> Register:
    """Open a built register.

    Raises
    ------
    InputError
        Nothing was built there.

    Examples
    --------
    >>> import bsi
    >>> incidents = bsi.open().incidents  # doctest: +SKIP
    """
    return Register(out)
