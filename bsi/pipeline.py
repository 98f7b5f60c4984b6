"""From raw files to the register: `build()` composes the floors, and nothing else does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from bsi import contracts, workspace
from bsi.errors import ContractError, InputError

LIBRARIES = ("pandas", "geopandas", "shapely", "scipy", "pyarrow", "pandera")


@dataclass(frozen=True)
class Built:
    """What a build made: its tables, build.json, and the two accounting tables it prints."""

    tables: dict[str, pd.DataFrame]
    build: dict
    per_file: pd.DataFrame
    accounting: pd.DataFrame
    summary: tuple[str, ...]


def build(data: Path | None = None, out: Path | None = None, as_of: str | None = None, say: Callable = print) -> Built:
    """Build the register of a data folder and write it.

    Parameters
    ----------
    data : folder with raw/<source>/<YYYY-MM-DD>_<name>; an empty raw/ means the synthetic sample
    out : folder to write the tables to; default data/derived
    as_of : use only files published up to this day, YYYY-MM-DD
    say : called with one line of progress

    Raises
    ------
    InputError
        A file or folder cannot be used: what, where, what to do.
    """
    target = Path(out or workspace.PROJECT / "data" / "derived")
    folder = _or_sample(workspace.data_folder(data), target, say)
    made = assemble(folder, as_of, say)
    build_json = workspace.save_register(made.tables, made.build, target)
    summary = (*made.summary, f"Register {build_json['register_hash'][:12]} written to {target}")
    return Built(made.tables, build_json, made.per_file, made.accounting, summary)


def assemble(folder: Path, as_of: str | None = None, say: Callable = lambda line: None) -> Built:
    """Make every table of the register in memory; nothing is written (see `build`)."""
    from bsi.register import incidents, linkage, published, vintages, zones

    files = workspace.find_raw(folder, _day(as_of))
    chosen = workspace.newest(files)
    if not chosen:
        raise InputError(
            "there is no file to read" + (f" published up to {as_of}" if as_of else ""),
            str(folder / "raw"),
            "Put files there as raw/<source>/<YYYY-MM-DD>_<name>.",
        )
    records, out_of_scope, rejected, per_file = read_files(chosen, folder, say)
    zone_table = zones.load_zones(workspace.reference(folder, "zones", "zones.geojson"))

    decisions = linkage.load_decisions(workspace.reference(folder, "hand", "link_decisions.csv"))
    links = linkage.find_links(records, decisions)
    incident_records = vintages.assign_ids(incidents.cluster(records, links), records)
    incident_table, conflicts = incidents.merge(records, incident_records, links)
    incident_table = _placed(incident_table, zone_table, folder)
    tables = {
        "records": records,
        "out_of_scope": out_of_scope,
        "rejected": rejected,
        "links": links,
        "incident_records": incident_records,
        "incidents": incident_table,
        "conflicts": conflicts,
        "zones": zone_table,
        "zone_weights": zones.weigh(incident_table, zone_table),
        "published": published.load(workspace.reference(folder, "published", "published.csv")),
        "interventions": published.load_interventions(workspace.reference(folder, "interventions.csv")),
        "quality": _quality(records),
    }
    tables = {name: contracts.conform(frame, contracts.TABLES[name]) for name, frame in tables.items()}
    accounting = incidents.accounting(per_file, records, out_of_scope, rejected, incident_records, incident_table)
    return Built(tables, _describe(folder, chosen, per_file, tables, as_of), per_file, accounting, _summary(tables, per_file))


def read_files(chosen: list[workspace.RawFile], folder: Path, say: Callable = lambda line: None):
    """Read the chosen files: (records, out_of_scope, rejected, rows per file), flags and precision set.

    Raises
    ------
    InputError
        A file cannot be read or recognised.
    ContractError
        Rows read are not records + out of scope + rejected.
    """
    from bsi.register import files, quality, sources, upstreams

    parts, lines = [], []
    for f in chosen:
        say(f"reading {f.source} of {f.vintage} ({f.path.name})")
        raw = files.read_table(f.path, f.source, pd.Timestamp(f.vintage))
        tables = sources.reader(raw).read(raw)
        counts = {
            "read": len(raw.frame) + len(raw.malformed),
            "records": len(tables.records),
            "out_of_scope": len(tables.out_of_scope),
            "rejected": len(tables.rejected),
        }
        if counts["read"] != counts["records"] + counts["out_of_scope"] + counts["rejected"]:
            raise ContractError(f"{f.path}: rows read are not records + out of scope + rejected ({counts}); the adapter loses or doubles rows.")
        lines.append({"source": f.source, "file": f.path.name, "vintage": pd.Timestamp(f.vintage), **counts})
        parts.append(tables)
    records = pd.concat([t.records for t in parts], ignore_index=True)
    records = upstreams.assign_upstreams(records, upstreams.load(workspace.reference(folder, "hand", "upstreams.csv")))
    records = quality.estimate_precision(records, quality.load_defaults(workspace.reference(folder, "hand", "precision_defaults.csv")))
    records = quality.flag_records(records, *_layers(folder, "boundary", "counties", "states"))
    out_of_scope = pd.concat([t.out_of_scope for t in parts], ignore_index=True)
    rejected = pd.concat([t.rejected for t in parts], ignore_index=True)
    return records, out_of_scope, rejected, pd.DataFrame(lines)


def _or_sample(folder: Path, target: Path, say: Callable) -> Path:
    """Return the folder, or a freshly written synthetic sample where it holds no raw file."""
    if workspace.find_raw(folder):
        return folder
    from bsi.register import sample

    say(f"{folder / 'raw'} is empty: building from the synthetic sample (no row describes a real person or event)")
    written = target / "sample"
    sample.write_sample(written)
    return written


def _layers(folder: Path, *names: str):
    import geopandas as gpd

    path = workspace.reference(folder, "geo", "base.gpkg")
    return [gpd.read_file(path, layer=name) for name in names]


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{text!r} is no date", "--as-of", "Write it as YYYY-MM-DD.") from None


def _describe(folder: Path, chosen, per_file, tables, as_of) -> dict:
    """Return what build.json says: where the register comes from and what it holds."""
    return {
        "is_sample": workspace.is_sample(folder),
        "as_of": as_of,
        "data_as_of": max(f.vintage for f in chosen).isoformat(),
        "files": [{"source": f.source, "vintage": f.vintage.isoformat(), "name": f.path.name, "sha256": workspace.sha256(f.path)} for f in chosen],
        "rows": per_file.assign(vintage=per_file["vintage"].dt.strftime("%Y-%m-%d")).to_dict("records"),
        "versions": {name: version(name) for name in ("bsi", *LIBRARIES)},
    }


def _summary(tables, per_file) -> tuple[str, ...]:
    read, kept = per_file["read"].sum(), len(tables["records"])
    out, refused = len(tables["out_of_scope"]), len(tables["rejected"])
    return (f"{read:,} rows read = {kept:,} records + {out:,} out of scope + {refused:,} rejected",)
