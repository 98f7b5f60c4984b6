"""What the commands print: lines and small tables that fit a screen, whether anybody reads on or not."""

from __future__ import annotations

import numbers
import os
import sys

import typer

WIDTH = 100  # columns of a table that goes to a file or a pipe
NARROW = 24  # a column of shorter cells is not folded
STAGES = {
    "read": "rows read",
    "out_of_scope": "- out of scope",
    "rejected": "- rejected",
    "records": "= records",
    "cumulative": "- running totals of a place",
    "republished": "- republications",
    "independent": "- seen by another observer too",
    "same_source": "- twice in one list",
    "part": "- further persons of one event",
    "reconciled": "+ dead that another list adds",
    "incidents": "= incidents",
}


def show(frame, title: str = "", most: int | None = None) -> None:
    """Print a small table, the first `most` rows of it; numbers to the right, thousands set off."""
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    if not len(frame):
        return
    shown = frame if most is None else frame.head(most)
    rest = f" (first {len(shown):,} of {len(frame):,})" if len(shown) < len(frame) else ""
    table = Table(box=None, pad_edge=False, header_style="italic")
    cells = {name: [_cell(v) for v in shown[name]] for name in shown.columns}
    for name, texts in cells.items():
        number = pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])
        longest = max(len(text) for text in texts)
        table.add_column(str(name).replace("_", " "), justify="right" if number else "left", overflow="fold", min_width=longest if longest <= NARROW else None)
    for row in zip(*cells.values()):
        table.add_row(*row)
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    with console.capture() as lines:
        console.print(table)
    say("", *([title + rest] if title else []), *(line.rstrip() for line in lines.get().splitlines()))


def _cell(value) -> str:
    import pandas as pd
    from rich.markup import escape

    if value is None or (not isinstance(value, list | tuple | dict) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, numbers.Number):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return escape(str(value))


def path_of_rows(accounting):
    """One row a stage: rows, persons dead, and the lists that they come from."""
    import pandas as pd

    table = accounting[accounting["n_records"].ne(0) | accounting["n_dead"].fillna(0).ne(0)].sort_values("order")
    total = table[table["source"] == "all"]
    parts = table[table["source"] != "all"]
    text = parts["source"] + " " + parts["n_records"].map("{:,}".format)
    lists = total["stage"].map(text.groupby(parts["stage"]).agg(", ".join))
    return pd.DataFrame({"": total["stage"].map(STAGES), "rows": total["n_records"], "dead": total["n_dead"], "of which (rows)": lists})


def say(*lines: str) -> None:
    """Print lines; where nobody reads any more (`bsi build | head -1`) the work goes on in silence."""
    try:
        for line in lines:
            typer.echo(line)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
