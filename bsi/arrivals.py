"""What arrives: a new file examined and filed, and the state of a data folder."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bsi import differences, pipeline, workspace
from bsi.errors import InputError

SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]*")
REFUSED = "REFUSED: "


@dataclass(frozen=True)
class Plan:
    """A new file with the place it would be filed at, what speaks for and against it, and what it would change (None where refused or the first)."""

    path: Path
    target: Path
    findings: tuple[str, ...]
    is_refused: bool
    difference: differences.Difference | None


def plan_add(file: Path, data: Path | None = None, source: str | None = None, vintage: str | None = None, say: Callable = lambda line: None) -> Plan:
    """Recognise a new file and work out, in memory, what it would change; nothing is written.

    Parameters
    ----------
    file : the new file; a mapped list has its TOML beside it
    data : data folder
    source : source it belongs to; needed for a mapped list, recognised otherwise
    vintage : day it was published, YYYY-MM-DD; by default the date in its name
    say : called with one line of progress

    Raises
    ------
    InputError
        The file cannot be read, recognised or dated, or the folder is that of the synthetic sample.
    """
    folder = workspace.data_folder(data)
    if workspace.is_sample(folder):
        raise InputError("this is the folder of the synthetic sample; real files are not added to it", str(folder), "Give another folder with --data.")
    day = _published_on(Path(file), vintage)
    with tempfile.TemporaryDirectory() as scratch:
        path = _beside_mapping(Path(file), source, folder, Path(scratch))
        new = workspace.RawFile(_source_of(path, source, day, folder), day, path)
        target = folder / "raw" / new.source / f"{day:%Y-%m-%d}_{_bare(path.name)}"
        findings, difference = _examine(new, folder, say)
    return Plan(Path(file), target, findings, any(f.startswith(REFUSED) for f in findings), difference)


def _examine(new: workspace.RawFile, folder: Path, say: Callable) -> tuple[tuple[str, ...], differences.Difference | None]:
    """Return what speaks for and against a file, and what it would change where nothing stands against it."""
    from bsi.register import upstreams, vintages

    path, key, day = new.path, new.source, new.vintage
    files = workspace.find_raw(folder)
    records, *_, counts = pipeline.read_files([new], folder)
    own = workspace.newest([f for f in files if f.source == key])
    in_use = pipeline.read_files(own, folder)[0] if own else records.iloc[:0]
    known = pd.DataFrame(
        [{"name": f.path.name, "source": f.source, "vintage": f.vintage, "sha256": workspace.sha256(f.path)} for f in files],
        columns=["name", "source", "vintage", "sha256"],
    )
    about = {"name": path.name, "source": key, "vintage": day, "sha256": workspace.sha256(path), "n_rejected": int(counts["rejected"].sum())}
    found = vintages.examine_new_file(about, known, records, in_use, dt.date.today())
    unheard = records[~records["upstream"].isin(in_use["upstream"])]
    found += [("note", line) for line in upstreams.new_keys(unheard, upstreams.load(workspace.reference(folder, "hand", "upstreams.csv")))]
    findings = tuple({"refuse": REFUSED, "warn": "warning: ", "note": "note: "}[severity] + sentence for severity, sentence in found)
    is_refused = any(severity == "refuse" for severity, _ in found)
    return findings, None if is_refused or not files else _with_and_without(folder, files, new, say)


def _beside_mapping(path: Path, source: str | None, folder: Path, scratch: Path) -> Path:
    """Return the file, or a copy of it beside the mapping.toml of its source where that describes every vintage and the file brings no TOML."""
    from bsi.register.sources import mapped

    shared = folder / "raw" / (source or "") / "mapping.toml"
    if not source or not SOURCE_NAME.fullmatch(source) or not shared.is_file() or not path.is_file() or mapped.find_mapping(path):
        return path
    shutil.copyfile(shared, scratch / shared.name)
    return Path(shutil.copyfile(path, scratch / path.name))


def _published_on(path: Path, vintage: str | None) -> dt.date:
    if vintage:
        try:
            return dt.date.fromisoformat(vintage)
        except ValueError:
            raise InputError(f"{vintage!r} is no date", "--vintage", "Write it as YYYY-MM-DD.") from None
    day = workspace.day_in(path.name)
    if day is None:
        raise InputError("the file name carries no date", str(path), "Say with --vintage YYYY-MM-DD when it was published.")
    return day


def _source_of(path: Path, source: str | None, day: dt.date, folder: Path) -> str:
    """Return the key of the folder below raw/ that a file belongs in."""
    from bsi.register import files, sources

    if source and not SOURCE_NAME.fullmatch(source):
        raise InputError(f"{source!r} cannot be the name of a source", "--source", "Use lower-case letters, digits and _, beginning with a letter.")
    key = sources.recognise(files.read_table(path, source, day))
    if key != "mapped":
        if source not in (None, key):
            raise InputError(f"it has the layout of {sources.SOURCES[key].TITLE} ({key}), not of {source}", str(path), f"Leave --source out, or give {key}.")
        return key
    if not source:
        there = sorted({f.source for f in workspace.find_raw(folder)} - set(sources.SOURCES))
        known = f" Lists already there: {', '.join(there)}." if there else ""
        raise InputError("a list described by a TOML needs the name of its source", str(path), f"Give it with --source, e.g. --source sonora_consulate.{known}")
    return source


def _bare(name: str) -> str:
    """Return a file name without its leading date, and with nothing that a folder or a shell would trip over."""
    dated = workspace.DATED.fullmatch(name)
    return re.sub(r"[^\w.()+-]+", "_", dated.group(2) if dated else name).lstrip(".")


def _with_and_without(folder: Path, files: list, new: workspace.RawFile, say: Callable) -> differences.Difference:
    """Return what a register with the new file changes against one without it."""
    say("building the register without it, in memory")
    old = pipeline.assemble(folder, chosen=workspace.newest(files))
    say("building the register with it, in memory")
    after = pipeline.assemble(folder, before=old.tables, chosen=workspace.newest([*files, new]))
    say("comparing the two")
    return differences.compare(old.tables, after.tables)


def status(data: Path | None = None, today: dt.date | None = None, out: Path | None = None) -> pd.DataFrame:
    """Return the sources of a data folder: vintages, records, newest record, and what is stale.

    Parameters
    ----------
    data : data folder
    today : day against which age is reckoned; default the day of the call
    out : folder of the built register; that of the sample is looked at where the data folder holds no file

    Raises
    ------
    InputError
        The folder does not exist, holds no file, or a file cannot be read.
    """
    from bsi.register import vintages

    folder = differences.folder_in_use(data, out)
    files = workspace.find_raw(folder)
    records, *_ = pipeline.read_files(pipeline.choose(folder), folder)
    return vintages.status(files, records, today or dt.date.today())


def is_built(data: Path | None = None, out: Path | None = None) -> str:
    """Return in a sentence whether the built register is made of the newest files of a data folder."""
    folder, target = differences.folder_in_use(data, out), Path(out or workspace.default_out())
    if not (target / "build.json").is_file():
        return f"No register is built in {target}: run `bsi build`."
    used = {f["sha256"] for f in workspace.load_build(target)["files"]}
    waiting = [f for f in pipeline.choose(folder) if workspace.sha256(f.path) not in used]
    if waiting:
        return f"The register in {target} is not made of {', '.join(f'{f.source} {f.vintage}' for f in waiting)}: run `bsi build`."
    return f"The register in {target} is made of these files."


def add(plan: Plan) -> Path:
    """Copy the file of a plan (and its TOML, where it has one) to its place below raw/, whole or not at all; return the new path.

    Raises
    ------
    InputError
        The plan was refused, a file of that name is there already, or the folder cannot be written.
    """
    from bsi.register.sources import mapped

    if plan.is_refused:
        raise InputError("the file was refused and is not filed", str(plan.path), "See what speaks against it.")
    if plan.target.exists():
        raise InputError("a file of this name is there already; nothing was replaced", str(plan.target), "Rename the new file.")
    toml = mapped.find_mapping(plan.path)
    copies = [(plan.path, plan.target), *([(toml, plan.target.with_name(plan.target.name + ".toml"))] if toml else [])]
    try:
        plan.target.parent.mkdir(parents=True, exist_ok=True)
        for source, target in reversed(copies):
            _copy_whole(source, target)
    except OSError as error:
        raise InputError(f"the file cannot be filed ({error.strerror or error})", str(plan.target), "Check the folder and its free space.") from None
    return plan.target


def _copy_whole(source: Path, target: Path) -> None:
    partial = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, partial)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
