"""Adapters, one file a source: each renames and types the rows of a file as published, and puts every row in exactly one of three tables."""

from __future__ import annotations

from bsi.errors import InputError
from bsi.register.files import RawTable, missing_columns, score_layout
from bsi.register.sources import humane_borders, iom, no_more_deaths, usbp_incidents
from bsi.register.sources.assemble import SourceTables

__all__ = ["SOURCES", "SourceTables", "recognise"]

SOURCES = {module.KEY: module for module in (iom, humane_borders, no_more_deaths, usbp_incidents)}


def recognise(raw: RawTable) -> str:
    """Return the key of the source whose layout a file has.

    Parameters
    ----------
    raw : RawTable of `files.read_table`

    Raises
    ------
    InputError
        No layout fits; the sentence gives the headers found, the nearest layout, the columns it lacks and what to do.
    """
    scores = {key: score_layout(raw, module.LAYOUT) for key, module in SOURCES.items()}
    fitting = [key for key, module in SOURCES.items() if not missing_columns(raw, module.LAYOUT)]
    if fitting:
        return max(fitting, key=lambda key: (scores[key], key))
    nearest = SOURCES[max(scores, key=lambda key: (scores[key], key))]
    headers = list(map(str, raw.frame.columns))
    shown = ", ".join(map(repr, headers[:30])) + (f" and {len(headers) - 30} more" if len(headers) > 30 else "")
    raise InputError(
        f"the layout is not known; the headers found are {shown}; the nearest known layout is '{nearest.TITLE}' ({nearest.KEY}), "
        f"which lacks {'; '.join(missing_columns(raw, nearest.LAYOUT))}",
        str(raw.path),
        f"Describe the file in a TOML beside it ({raw.path.name}.toml, see bsi.register.sources.mapped), or add its headers as aliases to the layout.",
    )
