"""Vintages: what arrived when, whether a new file may come in, and the doors to ids, matching and changes over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from bsi.register.changes import arrivals, diff, moved_numbers
from bsi.register.ledger import assign_ids, follow
from bsi.register.matching import match_records, reused_ids

__all__ = ["arrivals", "assign_ids", "diff", "examine_new_file", "follow", "match_records", "moved_numbers", "renamed_sources", "reused_ids", "status"]

STALE_AFTER_DAYS = 365
LEAST_SHARE_OF_ROWS = 0.5
REUSED_SHARE = 0.005
REUSED_LEAST = 3
GONE_SHARE = 0.05
RENAMED_SHARE = 0.5
STATED = ("date", "lon", "county", "state", "sex", "age", "nationality", "cause", "is_identified", "source_text")  # a vintage seldom gives one up


def status(files, records: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """Return, per source, its vintages, the age of the newest and of its newest record, and what is stale.

    Parameters
    ----------
    files : raw files with source and vintage (`workspace.find_raw`)
    records : RECORDS in use
    today : the day to count from

    Returns
    -------
    DataFrame: source, n_vintages, vintage (newest), n_records, newest_record (latest day not after the vintage), days_since_vintage, days_since_record,
    is_stale (the newest vintage is more than a year old), is_in_use (its records are of the newest vintage)
    """
    table = pd.DataFrame({"source": [f.source for f in files], "vintage": pd.to_datetime([f.vintage for f in files])}).astype({"source": "str"})
    out = table.groupby("source").agg(n_vintages=("vintage", "nunique"), vintage=("vintage", "max"))
    usable = records[records["date_precision"].isin(["day", "month"]) & (records["date"] <= records["vintage"])]
    out["n_records"] = records.groupby("source").size().reindex(out.index).fillna(0).astype(int)
    out["newest_record"] = usable.groupby("source")["date"].max()
    now = pd.Timestamp(today)
    out["days_since_vintage"] = (now - out["vintage"]).dt.days
    out["days_since_record"] = (now - out["newest_record"]).dt.days.astype("Int64")
    out["is_stale"] = out["days_since_vintage"] > STALE_AFTER_DAYS
    out["is_in_use"] = records.groupby("source")["vintage"].max().reindex(out.index).eq(out["vintage"])
    return out.reset_index()


def renamed_sources(previous: pd.DataFrame, records: pd.DataFrame) -> list[str]:
    """Return the sources most of whose record ids are not those of the build before: they need `match_records` for their incidents to keep their ids.

    Parameters
    ----------
    previous : RECORDS of the build before
    records : RECORDS of this build

    Examples
    --------
    >>> old = pd.DataFrame({"source": ["iom", "iom", "usbp_incidents"], "record_id": ["iom:52673", "iom:52666", "usbp_incidents:1"]})
    >>> renamed_sources(old, old.assign(record_id=["iom:2019.MMP1", "iom:2019.MMP2", "usbp_incidents:1"]))
    ['iom']
    """
    known = previous[previous["source"].isin(records["source"])]
    gone = (~known["record_id"].isin(records["record_id"])).groupby(known["source"]).mean()
    return sorted(gone[gone > RENAMED_SHARE].index)


def examine_new_file(file: Mapping, known: pd.DataFrame, records: pd.DataFrame, in_use: pd.DataFrame, today: dt.date | None = None) -> list[tuple[str, str]]:
    """Return what speaks against taking a new file in, and what it brings; nothing is read or written.

    Parameters
    ----------
    file : name, source, vintage (date), sha256 of the new file; n_rejected, rows its adapter refused
    known : DataFrame of the files already there: name, source, vintage, sha256
    records : RECORDS read from the new file
    in_use : RECORDS of the register in use (all sources)
    today : day against which a vintage lies in the future; null leaves that out

    Returns
    -------
    list of (severity, sentence): `refuse`, `warn` or `note`, refusals first
    """
    own = known[known["source"] == file["source"]].assign(vintage=lambda t: pd.to_datetime(t["vintage"]))
    old = in_use[in_use["source"] == file["source"]]
    found = [*_about_file(file, known, own, today), *_about_rows(file, records, old)]
    return sorted(found, key=lambda f: ("refuse", "warn", "note").index(f[0]))


def _about_file(file, known, own, today):
    vintage = pd.Timestamp(file["vintage"])
    same = known[known["sha256"] == file["sha256"]]
    if len(same):
        first = same.iloc[0]
        yield "refuse", f"{file['name']} is the same file, byte for byte, as {first['name']} of {first['source']}; it is already there."
        return
    if today is not None and vintage > pd.Timestamp(today):
        yield "refuse", f"{file['name']} is dated {vintage.date()}, which is still to come; give it the day it was published."
    if (own["vintage"] == vintage).any():
        other = own.loc[own["vintage"] == vintage, "name"].iloc[0]
        yield "refuse", f"There is another file of {file['source']} of {vintage.date()} ({other}) with other content; find out which is right and remove one."
    elif len(own) and vintage < own["vintage"].max():
        newest = own["vintage"].max().date()
        yield "refuse", f"{file['name']} ({vintage.date()}) is older than the vintage in use ({newest}); for --as-of, put it under raw/ by hand."


def _about_rows(file, records, old):
    if records.empty:
        yield "refuse", f"{file['name']} gives no record that is in scope."
        return
    if len(records) < LEAST_SHARE_OF_ROWS * len(old):
        yield "refuse", f"{file['name']} holds {len(records):,} records where the vintage in use holds {len(old):,}: less than half; the download may be cut."
    reused = reused_ids(old, records)
    if len(reused):
        severity = "refuse" if len(reused) >= max(REUSED_LEAST, REUSED_SHARE * len(records)) else "warn"
        yield severity, f"{len(reused):,} ids (the first: {reused.iloc[0]}) stand for other days and places than before; the source seems to give ids anew."
    lost = [name for name in STATED if old[name].notna().mean() > GONE_SHARE and records[name].isna().all()]
    if lost:
        yield "warn", f"No record of {file['name']} states {', '.join(lost)}, which those in use do: a column may bear another name (bsi check shows which)."
    if file.get("n_rejected"):
        yield "warn", f"{file['n_rejected']:,} rows of {file['name']} would be refused."
    gone = ~old["record_id"].isin(records["record_id"])
    if gone.any() and not gone.all():
        yield ("warn" if gone.mean() > GONE_SHARE else "note"), f"{int(gone.sum()):,} of {len(old):,} records in use are not in {file['name']} under their id."
    if len(old) and gone.all():
        yield "warn", f"No record id of {file['name']} is known; its records will be matched to those in use by linkage."
    fresh = int((~records["record_id"].isin(old["record_id"])).sum())
    yield "note", f"{file['name']} holds {len(records):,} records, {fresh:,} of them under new ids."
