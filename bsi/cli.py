"""The command `bsi`: thin over bsi.pipeline; a user's mistake is one sentence, never a traceback."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bsi.errors import BsiError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Border-safety register: one count of the dead and the rescued at the U.S.-Mexico border, keyed to its danger zones.\n\n"
    "Example: bsi build --data my_data",
)
Data = Annotated[Path | None, typer.Option(help="Data folder with raw/<source>/<YYYY-MM-DD>_<name>; default: BSI_DATA, else data/.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the built register; default data/derived.")]
AsOf = Annotated[str | None, typer.Option(help="Use only files published up to this day (YYYY-MM-DD).")]
Lang = Annotated[list[str] | None, typer.Option(help="Language: en, es; repeat for both. Default: both.")]


def _show(frame, title: str = "") -> None:
    """Print a small table; numbers to the right, thousands set off."""
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in frame.columns:
        number = pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])
        table.add_column(str(name).replace("_", " "), justify="right" if number else "left", overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(_cell(v) for v in row))
    Console(width=None if sys.stdout.isatty() else 160, highlight=False).print(table)


def _cell(value) -> str:
    import pandas as pd
    from rich.markup import escape

    if value is None or (not isinstance(value, (list, tuple, dict)) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, int | float):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return escape(str(value))


def _wide(accounting):
    """One row a stage, one column a source, rows with the dead in brackets."""
    table = accounting.sort_values("order")
    text = table["n_records"].map("{:,}".format) + table["n_dead"].map(lambda n: f" ({n:,})", na_action="ignore").fillna("")
    wide = table.assign(text=text).pivot(index="stage", columns="source", values="text").reindex(table["stage"].unique()).reset_index()
    return wide[["stage", *(c for c in wide.columns if c not in ("stage", "all")), "all"]].fillna("")


def _say(*lines: str) -> None:
    for line in lines:
        typer.echo(line)


@app.command()
def build(data: Data = None, out: Out = None, as_of: AsOf = None) -> None:
    """Build the register from raw files and print its accounting.

    Example: bsi build --data my_data --out data/derived --as-of 2022-12-31
    """
    from bsi import pipeline

    result = pipeline.build(data, out, as_of, say=typer.echo)
    _show(result.per_file, "Rows, file by file (read = records + out of scope + rejected)")
    _show(_wide(result.tables["accounting"]), "From rows to incidents (rows; persons dead)")
    _say(*result.summary)


@app.command()
def check(file: Path, source: Annotated[str | None, typer.Option(help="Read it as this source instead of recognising it.")] = None) -> None:
    """Say what a file is and what would be refused, changing nothing.

    Example: bsi check ~/Downloads/missing_migrants.csv
    """
    from bsi import desk

    result = desk.check(file, source)
    _say(*result.summary)
    if len(result.refused):
        _show(result.refused.head(20), f"Refused: {len(result.refused):,} rows (first twenty)")
    _show(result.flags, "Kept with a flag")


@app.command()
def add(
    file: Path,
    data: Data = None,
    source: Annotated[str | None, typer.Option(help="Read it as this source instead of recognising it.")] = None,
    vintage: Annotated[str | None, typer.Option(help="Day it was published (YYYY-MM-DD); default: the date in its name.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="File it without asking.")] = False,
) -> None:
    """Recognise a new file, print what it will change, and file it under data/raw.

    Example: bsi add ~/Downloads/2026-10-31_missing_migrants.csv
    """
    from bsi import desk

    plan = desk.plan_add(file, data, source, vintage)
    _say(*plan.summary)
    if plan.changes is not None:
        _show(plan.changes, "What it changes")
    if plan.refused:
        raise typer.Exit(2)
    if yes or typer.confirm(f"File it as {plan.target}?"):
        _say(desk.add(plan))


@app.command()
def status(data: Data = None) -> None:
    """List the sources: vintages, newest record, what is stale.

    Example: bsi status --data my_data
    """
    from bsi import desk

    _show(desk.status(data), "Sources")


@app.command()
def diff(
    old: Annotated[str | None, typer.Argument(help="As-of date of the old register; default: before the newest file.")] = None,
    new: Annotated[str | None, typer.Argument(help="As-of date of the new register; default: today's files.")] = None,
    data: Data = None,
    full: Annotated[bool, typer.Option("--full", help="List every change.")] = False,
) -> None:
    """Say what changed between two states of the data folder, and which published numbers moved because of whom.

    Example: bsi diff 2022-02-28 2022-05-31 --data my_data
    """
    from bsi import desk

    result = desk.diff(old, new, data)
    _say(*result.summary)
    _show(result.changes if full else result.changes_by_kind, "Changes")
    _show(result.moved if full else result.moved.head(25), "Numbers that moved")


@app.command()
def explain(record_a: str, record_b: str, out: Out = None, lang: Annotated[str, typer.Option(help="en or es")] = "en") -> None:
    """Explain in words why two records are, or are not, taken as one event.

    Example: bsi explain humane_borders:21-00097 iom:2021.MMP0012
    """
    from bsi import desk

    _say(*desk.explain(record_a, record_b, out, lang))


@app.command()
def review(out: Out = None, n: Annotated[int, typer.Option(help="How many pairs.")] = 20) -> None:
    """List the pairs closest to the threshold, both records side by side; decisions go to data/hand/link_decisions.csv.

    Example: bsi review -n 10
    """
    from bsi import desk

    _show(desk.review(out, n), "Closest to the threshold")


@app.command()
def notebooks(
    names: Annotated[list[str] | None, typer.Argument(help="Only these, e.g. 01 03; default all.")] = None,
    out: Out = None,
    workers: Annotated[int, typer.Option(help="Processes at once.")] = 2,
) -> None:
    """Run the notebooks whose inputs changed, side by side, and make one HTML page of their results.

    Example: bsi notebooks 01 02
    """
    from bsi import edition

    _say(edition.notebooks(tuple(names or ()), out, workers, say=typer.echo))


@app.command()
def figures(
    name: Annotated[str | None, typer.Argument(help="One figure; default: all.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the names.")] = False,
    lang: Lang = None,
    size: Annotated[str | None, typer.Option(help="single or double column; default both.")] = None,
    out: Out = None,
    to: Annotated[Path | None, typer.Option(help="Folder to write to; default figures/.")] = None,
) -> None:
    """Export figures as SVG, PNG, CSV and JSON.

    Example: bsi figures deaths_by_fiscal_year --lang es --size double
    """
    from bsi import edition

    if list_:
        _show(edition.list_figures(), "Figures")
        return
    for path in edition.figures(name, tuple(lang or ("en", "es")), size, out, to):
        _say(str(path))


@app.command()
def report(
    out: Out = None,
    edition: Annotated[int | None, typer.Option(help="Fiscal year of the edition; default: the last complete one.")] = None,
    lang: Lang = None,
    format_: Annotated[list[str] | None, typer.Option("--format", help="html, pdf, docx; repeat. Default: html and pdf.")] = None,
    to: Annotated[Path | None, typer.Option(help="Folder to write to; default report/.")] = None,
) -> None:
    """Make the report in English and Spanish from the register and the saved figures.

    Example: bsi report --edition 2021 --lang en --lang es --format html --format pdf
    """
    from bsi import edition

    for path in edition.report(out, edition, tuple(lang or ("en", "es")), tuple(format_ or ("html", "pdf")), to, say=typer.echo):
        _say(str(path))


@app.command()
def export(
    table: str,
    format_: Annotated[str, typer.Option("--format", help="csv, xlsx, parquet or geojson.")] = "csv",
    to: Annotated[Path | None, typer.Option(help="File to write; default TABLE.FORMAT here.")] = None,
    out: Out = None,
    exact: Annotated[bool, typer.Option("--exact", help="Exact positions; without it they are rounded to about 1 km.")] = False,
) -> None:
    """Write one table of the register to a file.

    Example: bsi export incidents --format geojson --to incidents.geojson
    """
    from bsi import desk

    _say(str(desk.export(table, format_, to, out, exact)))


def main() -> None:
    """Run the command; print a BsiError as one sentence and exit with 2."""
    try:
        app(standalone_mode=True)
    except BsiError as error:
        typer.echo(f"bsi: {error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("bsi: interrupted; what was built before is unchanged.", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
