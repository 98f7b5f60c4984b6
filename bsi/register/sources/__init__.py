"""Adapters, one file a source: each renames and types the rows of a file as published, and puts every row in exactly one of three tables."""

from __future__ import annotations

from types import ModuleType

from bsi.errors import InputError
from bsi.register.files import RawTable, match_layout, missing_columns, score_layout
from bsi.register.sources import humane_borders, iom, mapped, no_more_deaths, usbp_incidents
from bsi.register.sources.assemble import SourceTables

__all__ = ["SOURCES", "SourceTables", "reader", "recognise"]

SOURCES = {module.KEY: module for module in (iom, humane_borders, no_more_deaths, usbp_incidents, mapped)}
KNOWN = {key: module for key, module in SOURCES.items() if key != mapped.KEY}


def reader(raw: RawTable) -> ModuleType:
    """Return the adapter that reads a file, the module whose `read(raw)` gives `SourceTables`.

    Raises
    ------
    InputError
        No layout fits (see `recognise`).
    """
    return SOURCES[recognise(raw)]


def recognise(raw: RawTable) -> str:
    """Return the key of the source whose layout a file has; "mapped" where a TOML beside it describes it.

    Parameters
    ----------
    raw : RawTable of `files.read_table`

    Raises
    ------
    InputError
        No layout fits, or another than that of the folder the file lies in; the sentence gives the headers found, the nearest layout, the columns it
        lacks and what to do.
    """
    if mapped.find_mapping(raw.path):
        return mapped.KEY
    scores = {key: score_layout(raw, module.LAYOUT) for key, module in KNOWN.items()}
    fitting = [key for key, module in KNOWN.items() if not missing_columns(raw, module.LAYOUT)]
    best = max(fitting or KNOWN, key=lambda key: (scores[key], key))
    if fitting and (raw.source not in KNOWN or raw.source in fitting):
        return raw.source if raw.source in fitting else best
    if fitting:
        what = f"the file lies in the folder of {raw.source!r} but has the layout of '{KNOWN[best].TITLE}'"
        raise InputError(what, str(raw.path), f"Move it to raw/{best}/.")
    nearest = KNOWN[raw.source] if raw.source in KNOWN else KNOWN[best]
    match_layout(raw, nearest.LAYOUT)  # raises, and names the headers that come near
    raise AssertionError(f"{nearest.KEY} fits after all")
