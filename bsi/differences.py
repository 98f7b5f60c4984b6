"""What changed between two registers, or two states of a data folder: incidents and the numbers they moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bsi import pipeline, workspace
from bsi.errors import BsiError, InputError


@dataclass(frozen=True)
class Difference:
    """What changed from one register to another: lines to print, every change, changes by kind, the numbers that moved, and those of the dead alone."""

    summary: tuple[str, ...]
    changes: pd.DataFrame
    by_kind: pd.DataFrame
    moved: pd.DataFrame
    moved_deaths: pd.DataFrame


def compare(old, new) -> Difference:
    """Return what changed from one register to another.

    Parameters
    ----------
    old, new : registers of bsi.open(), or mappings of tables
    """
    from bsi.register import vintages

    matches = vintages.match_records(_table(old, "records"), _table(new, "records"))
    changes = vintages.diff(old, new, matches)
    moved = vintages.moved_numbers(old, new, changes, matches)
    return Difference((_totals("before", old), _totals("after ", new)), changes, by_kind(changes), moved, _of_deaths(moved))


def folder_in_use(data: Path | None, out: Path | None) -> Path:
    """Return the data folder, or the synthetic sample that the built register is made of where the folder holds no raw file.

    Raises
    ------
    InputError
        The data folder does not exist, or holds a file without a date.
    """
    folder = workspace.data_folder(data)
    if not workspace.find_raw(folder) and (Path(out or workspace.default_out()) / "build.json").is_file():
        built = workspace.open_register(out).data_folder
        return built if workspace.is_sample(built) else folder
    return folder


def before(data: Path | None, out: Path | None, as_of: str | None = None) -> dict[str, pd.DataFrame] | None:
    """Return the tables of a built register that `compare` needs, before a build replaces it; null where there is none of other real files.

    Parameters
    ----------
    data, out, as_of : as in `pipeline.build`
    """
    try:
        register = workspace.open_register(out)
        files = {workspace.sha256(f.path) for f in pipeline.choose(workspace.data_folder(data), as_of)}
        if register.build["is_sample"] or files == {f["sha256"] for f in register.build["files"]}:
            return None
        return {name: getattr(register, name) for name in ("records", "incident_records", "incidents", "zone_weights")}
    except BsiError:
        return None


def _of_deaths(moved: pd.DataFrame) -> pd.DataFrame:
    """Return the moved numbers of dead by zone and fiscal year, the largest move first: what, old, new, difference, because, incidents."""
    rows = moved[moved["measure"].eq("n_dead") & moved["by"].isin(["zone", "fiscal_year"])]
    rows = rows.assign(
        what=rows["by"].str.replace("_", " ") + " " + rows["value"],
        incidents=rows["incident_ids"].str.count(";") + 1,
        **{c: rows[c].round(1) for c in ("old", "new", "difference")},
    )
    return rows.sort_values("difference", key=lambda d: -d.abs(), kind="stable")[["what", "old", "new", "difference", "because", "incidents"]]


def _table(register, name: str) -> pd.DataFrame:
    return register[name] if isinstance(register, dict) else getattr(register, name)


def _totals(when: str, register) -> str:
    table = _table(register, "incidents")
    table = table[~table["is_cumulative"]]
    records = _table(register, "records")
    used = ", ".join(f"{source} {day:%Y-%m-%d}" for source, day in records.groupby("source")["vintage"].max().items())
    return f"{when}: {len(table):,} incidents, {int(table['n_dead'].sum()):,} dead, {int(table['n_missing'].sum()):,} missing; from {used}"


def by_kind(changes: pd.DataFrame) -> pd.DataFrame:
    """Return how many incidents changed, by kind of change, source and reason (or field): change, source, why, years, incidents, dead, missing.

    Parameters
    ----------
    changes : table of `vintages.diff`
    """
    from bsi.register.changes import REASONS

    rows = changes.assign(why=changes["field"].where(changes["field"].notna(), changes["reason"].map(lambda r: REASONS.get(r, (r,))[0])))
    keys = ["change", "source", "why"]
    table = rows.groupby(keys, dropna=False, sort=False).agg(
        first=("year", "min"), last=("year", "max"), incidents=("incident_id", "nunique"), dead=("n_dead", "sum"), missing=("n_missing", "sum")
    )
    years = table["first"].astype("str").where(table["first"].eq(table["last"]), table["first"].astype("str") + "-" + table["last"].astype("str"))
    table.insert(0, "years", years.where(table["first"].notna(), ""))
    order = {name: i for i, name in enumerate(("added", "withdrawn", "merged", "split", "moved", "corrected"))}
    table = table.drop(columns=["first", "last"]).reset_index()
    table[["dead", "missing"]] = table[["dead", "missing"]].mask(table["change"].isin(["moved", "corrected"]))
    return table.sort_values(["change", "incidents"], key=lambda c: c.map(order) if c.name == "change" else -c, kind="stable", ignore_index=True)


def write(difference: Difference, to: Path) -> list[Path]:
    """Write every change and every number that moved as CSV files to a folder; return their paths.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    from bsi.desk import inert

    paths = [Path(to) / "changes.csv", Path(to) / "moved_numbers.csv"]
    try:
        Path(to).mkdir(parents=True, exist_ok=True)
        for path, table in zip(paths, (difference.changes, difference.moved)):
            inert(table).to_csv(path, index=False, encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"the folder cannot be written ({error.strerror or error})", str(to), "Choose another with --to.") from None
    return paths


def diff(old: str | None = None, new: str | None = None, data: Path | None = None, out: Path | None = None, say: Callable = lambda line: None) -> Difference:
    """Say what changed between two states of a data folder, or between two built registers.

    Parameters
    ----------
    old, new : day (YYYY-MM-DD: the files published up to it) or folder of a built register; by default all files, against those before the newest
    data : data folder
    out : folder of a built register, where `old` is one and `new` is left out
    say : called with one line of progress

    Raises
    ------
    InputError
        Neither a day nor a register, no earlier state, or a file cannot be used.
    """
    if old and (Path(old) / "build.json").is_file():
        first = workspace.open_register(old)
        return compare(first, workspace.open_register(new or out))
    folder = folder_in_use(data, out)
    files = workspace.find_raw(folder)
    days = sorted({f.vintage for f in files})
    if old is None and len(days) < 2:
        raise InputError("there is only one vintage, so nothing to compare", str(folder / "raw"), "Add a file with `bsi add`, or name two registers.")
    before = old or (days[-1] - dt.timedelta(days=1)).isoformat()
    say(f"building the register of {before}, in memory")
    was = pipeline.assemble(folder, before)
    say(f"building the register of {new or 'all files'}, in memory")
    now = pipeline.assemble(folder, new, was.tables)
    say("comparing the two")
    return compare(was.tables, now.tables)
