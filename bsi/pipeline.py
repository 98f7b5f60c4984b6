"""From raw files to the register: `build()` composes the floors, and nothing else does."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from bsi import contracts, workspace
from bsi.errors import BsiError, ContractError, InputError

LIBRARIES = ("pandas", "geopandas", "shapely", "scipy", "pyarrow", "pandera")


@dataclass(frozen=True)
class Built:
    """What a build made: its tables, build.json, and the rows of each file."""

    tables: dict[str, pd.DataFrame]
    build: dict
    per_file: pd.DataFrame
    summary: tuple[str, ...]


def build(data: Path | None = None, out: Path | None = None, as_of: str | None = None, say: Callable = print) -> Built:
    """Build the register of a data folder and write it.

    Parameters
    ----------
    data : folder with raw/<source>/<YYYY-MM-DD>_<name>; default the project's data/, where an empty raw/ means the synthetic sample
    out : folder to write the tables to; default data/derived
    as_of : use only files published up to this day, YYYY-MM-DD
    say : called with one line of progress

    Raises
    ------
    InputError
        A file or folder cannot be used: what, where, what to do.
    """
    target = Path(out or workspace.default_out())
    folder = or_sample(workspace.data_folder(data), target, say)
    made = assemble(folder, as_of, _before(target, folder, say), say)
    build_json = workspace.save_register(made.tables, made.build, target)
    summary = (*made.summary, f"Register {build_json['register_hash'][:12]} written to {target}")
    return Built(made.tables, build_json, made.per_file, summary)


def choose(folder: Path, as_of: str | None = None) -> list[workspace.RawFile]:
    """Return the files a register is made of: of each source the newest vintage published up to `as_of`.

    Raises
    ------
    InputError
        There is no such file, one file lies there twice, real files lie among those of the synthetic sample, or `as_of` is no date.
    """
    chosen = workspace.newest(workspace.find_raw(folder, _day(as_of)))
    if not chosen:
        until = f" published up to {as_of}" if as_of else ""
        raise InputError(f"there is no file to read{until}", str(folder / "raw"), "Put files there as raw/<source>/<YYYY-MM-DD>_<name>.")
    workspace.refuse_mixture(folder, chosen)
    return chosen


def assemble(folder: Path, as_of: str | None = None, before: dict | None = None, say: Callable = lambda line: None, chosen: list | None = None) -> Built:
    """Make every table of the register in memory; nothing is written (see `build`).

    Parameters
    ----------
    folder, as_of, say : as in `build`
    before : ledger and records of the build before, so that incidents keep their ids
    chosen : the files to read; by default those of `choose`

    Raises
    ------
    InputError
        There is no file to read, or one cannot be used.
    """
    from bsi.register import decisions, incidents, linkage, zones

    chosen = chosen or choose(folder, as_of)
    records, out_of_scope, rejected, per_file = read_files(chosen, folder, say)
    say(f"linking {len(records):,} records")
    decided = decisions.load_decisions(workspace.reference(folder, "hand", "link_decisions.csv"))
    links = linkage.find_links(records, decided)
    clusters = incidents.cluster(records, links, apart=decided[decided["decision"] == "different"])
    members, lasting = _lasting_ids(clusters, records, before or {})
    merged, conflicts = incidents.merge(records, members, links)
    zone_table = zones.load_zones(workspace.reference(folder, "zones", "zones.geojson"))
    merged, weights = _in_areas(merged, folder, zone_table)
    tables = {
        "records": records, "out_of_scope": out_of_scope, "rejected": rejected, "links": links, "incident_records": members, "incidents": merged,
        "conflicts": conflicts, "zones": zone_table, "zone_weights": weights, "ledger": lasting,
        "accounting": incidents.accounting(per_file.groupby("source")["read"].sum(), records, out_of_scope, rejected, members, merged),
        **_reference_tables(folder, records),
    }  # fmt: skip
    tables = {name: contracts.conform(frame, contracts.TABLES[name]) for name, frame in tables.items()}
    return Built(tables, _describe(folder, chosen, per_file, as_of), per_file, _summary(tables, per_file))


def read_files(chosen: list[workspace.RawFile], folder: Path, say: Callable = lambda line: None):
    """Read the chosen files: (records, out_of_scope, rejected, rows per file), with upstream, precision and flags set.

    Raises
    ------
    InputError
        A file cannot be read or recognised.
    ContractError
        Rows read are not records + out of scope + rejected.
    """
    from bsi.register import quality, upstreams

    parts, lines = [], []
    for f in chosen:
        say(f"reading {f.source} of {f.vintage} ({f.path.name})")
        tables, counts = read_one(f.path, f.source, pd.Timestamp(f.vintage))
        lines.append({"source": f.source, "file": f.path.name, "vintage": pd.Timestamp(f.vintage), **counts})
        parts.append(tables)
    records = pd.concat([t.records for t in parts], ignore_index=True)
    _refuse_overlap(records)
    records = upstreams.assign_upstreams(records, upstreams.load(workspace.reference(folder, "hand", "upstreams.csv")))
    records = quality.estimate_precision(records, quality.load_defaults(workspace.reference(folder, "hand", "precision_defaults.csv")))
    records = quality.flag_records(records, *_layers(folder, "boundary", "counties", "states"))
    out_of_scope = pd.concat([t.out_of_scope for t in parts], ignore_index=True)
    rejected = pd.concat([t.rejected for t in parts], ignore_index=True)
    return records, out_of_scope, rejected, pd.DataFrame(lines)


def _refuse_overlap(records: pd.DataFrame) -> None:
    """Stop where two files of one source and day hold the same rows: they would count twice."""
    twice = records[records["record_id"].duplicated(keep=False)]
    if len(twice):
        first = twice[twice["record_id"] == twice["record_id"].iloc[0]]
        names = " and ".join(f"{f} (line {r})" for f, r in zip(first["file"], first["row"]))
        raise InputError(f"{twice['record_id'].nunique():,} records stand in more than one file, the first in {names}", do="Keep one of the files in data/raw.")


def read_one(path: Path, source: str | None, vintage: pd.Timestamp | None):
    """Read one file with the adapter of its source: (tables, {read, records, out_of_scope, rejected}).

    Raises
    ------
    InputError
        The file cannot be read or recognised.
    ContractError
        Rows read are not records + out of scope + rejected.
    """
    from bsi.register import files, sources

    raw = files.read_table(path, source, vintage)
    tables = sources.reader(raw).read(raw)
    counts = {"read": len(raw.frame) + len(raw.malformed)}
    counts |= {name: len(getattr(tables, name)) for name in ("records", "out_of_scope", "rejected")}
    if counts["read"] != counts["records"] + counts["out_of_scope"] + counts["rejected"]:
        raise ContractError(f"{path}: rows read are not records + out of scope + rejected ({counts}); the adapter loses or doubles rows.")
    return tables, counts


def vintage_reader(folder: Path) -> Callable:
    """Return a function of (source, "YYYY-MM-DD") that gives the records of that one edition as its adapter reads it, None where it is not there."""

    def read(edition: tuple[str, str]):
        for f in workspace.find_raw(folder):
            if (f.source, f.vintage.isoformat()) == edition:
                return read_one(f.path, f.source, pd.Timestamp(f.vintage))[0].records
        return None

    return functools.cache(read)


def or_sample(folder: Path, target: Path, say: Callable) -> Path:
    """Return the folder, or a freshly written synthetic sample where the project's own data/ holds no raw file; a folder that was named is never replaced."""
    if folder != workspace.PROJECT / "data" or workspace.find_raw(folder):
        return folder
    from bsi.register import sample

    say(f"{folder / 'raw'} is empty: building from the synthetic sample (no row describes a real person or event)")
    written = target / "sample"
    sample.write_sample(written)
    return written


def _layers(folder: Path, *names: str):
    import geopandas as gpd

    path = workspace.reference(folder, "geo", "base.gpkg")
    if not path.is_file():
        raise InputError("the base geometry is missing", str(path), "Restore it from the repository, or make it with scripts/build_geo.py.")
    return [gpd.read_file(path, layer=name) for name in names]


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{text!r} is no date", do="Write it as YYYY-MM-DD.") from None


def _before(target: Path, folder: Path, say: Callable) -> dict | None:
    """Return ledger and records of the build before, unless that was of the sample and this is not, or the other way round."""
    if not (target / "build.json").is_file():
        return None
    try:
        is_other = workspace.load_build(target)["is_sample"] != workspace.is_sample(folder)
        return None if is_other else {name: workspace.load(name, target) for name in ("ledger", "records")}
    except BsiError as error:
        say(f"incident ids begin anew, because those of the build before cannot be read: {error}")
        return None


def _lasting_ids(clusters: pd.DataFrame, records: pd.DataFrame, before: dict):
    """Give incidents their lasting ids; where a source has renamed its records, the old and new ones are matched first."""
    from bsi.register import vintages

    matches = None
    if before and vintages.renamed_sources(before["records"], records):
        matches = vintages.match_records(before["records"], records)
    return vintages.assign_ids(clusters, records, before.get("ledger"), matches)


def _in_areas(incidents: pd.DataFrame, folder: Path, zone_table: pd.DataFrame):
    """Return incidents with county, state, country and sector filled, and their weights in the zones."""
    from bsi.register import areas, zones

    sector_counties = pd.read_csv(workspace.reference(folder, "zones", "sector_counties.csv"))
    filled = areas.fill_areas(incidents, *_layers(folder, "counties", "mx_states"), zone_table, sector_counties)
    deciding = areas.sector_for_weights(incidents["sector"], filled)
    return filled, zones.weigh(filled.assign(sector=deciding), zone_table)


def _reference_tables(folder: Path, records: pd.DataFrame) -> dict[str, pd.DataFrame]:
    from bsi.register import published, quality

    return {
        "published": published.load(workspace.reference(folder, "published", "sources.csv").parent),
        "interventions": published.load_interventions(workspace.reference(folder, "interventions.csv")),
        "quality": quality.quality_table(records),
    }


def _describe(folder: Path, chosen, per_file: pd.DataFrame, as_of: str | None) -> dict:
    """Return what build.json says of where the register comes from."""
    return {
        "is_sample": workspace.is_sample(folder),
        "as_of": as_of,
        "data_folder": str(folder.resolve()),
        "data_as_of": max(f.vintage for f in chosen).isoformat(),
        "files": [_describe_file(f) for f in chosen],
        "rows": per_file.assign(vintage=per_file["vintage"].dt.strftime("%Y-%m-%d")).to_dict("records"),
        "versions": {name: version(name) for name in ("bsi", *LIBRARIES)},
    }


def _describe_file(f: workspace.RawFile) -> dict:
    """Return what build.json says of a file; that of a mapped list has its title, which stands nowhere in the code."""
    from bsi.register import files, sources

    says = {"source": f.source, "vintage": f.vintage.isoformat(), "name": f.path.name, "sha256": workspace.sha256(f.path)}
    if f.source in sources.SOURCES:
        return says
    title = sources.mapped.describe(files.read_table(f.path, f.source, pd.Timestamp(f.vintage)))
    return {**says, "title": {"en": title["title"], "es": title["title_es"]}}


def _summary(tables: dict[str, pd.DataFrame], per_file: pd.DataFrame) -> tuple[str, ...]:
    records, incidents = tables["records"], tables["incidents"]
    single = incidents[~incidents["is_cumulative"]]
    dead_before, dead_after, n_running = int(records["n_dead"].sum()), int(single["n_dead"].sum()), len(incidents) - len(single)
    return (
        f"{per_file['read'].sum():,} rows read = {len(records):,} records + {len(tables['out_of_scope']):,} out of scope"
        f" + {len(tables['rejected']):,} rejected",
        f"{len(records):,} records with {dead_before:,} dead are {len(single):,} incidents with {dead_after:,} dead, each counted once"
        f" ({n_running:,} running totals of a place stand apart)",
    )
