"""The command `bsi`: thin over bsi.pipeline; a user's mistake is one sentence, never a traceback."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

from bsi.errors import BsiError
from bsi.screen import path_of_rows, say, show

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Border-safety register: one count of the dead and the rescued at the U.S.-Mexico border, keyed to its danger zones.\n\n"
    "Example: bsi build --data my_data",
)
INTERRUPTED = 130
Data = Annotated[Path | None, typer.Option(help="Data folder with raw/<source>/<YYYY-MM-DD>_<name>; default: BSI_DATA, else data/.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the built register; default data/derived.")]
AsOf = Annotated[str | None, typer.Option(help="Use only files published up to this day (YYYY-MM-DD).")]
Lang = Annotated[list[str] | None, typer.Option(help="Language: en, es; repeat for both. Default: both.")]


@app.command()
def build(data: Data = None, out: Out = None, as_of: AsOf = None) -> None:
    """Build the register and print its accounting.

    It says which rows were refused and why, and, where the files are others than those of the build before, which numbers moved because of whom.

    Example: bsi build --data my_data --out data/derived --as-of 2022-12-31
    """
    from bsi import desk, differences, pipeline

    before = differences.before(data, out, as_of)
    result = pipeline.build(data, out, as_of, say=say)
    show(result.per_file.drop(columns="vintage"), "Rows, file by file (read = records + out of scope + rejected)")
    show(desk.refusals(result.tables["rejected"]), "Rows refused, and why (each with its cells: bsi export rejected)", 10)
    show(path_of_rows(result.tables["accounting"]), "From rows to incidents")
    if before:
        say("", "Against the register built before:")
        _show_difference(differences.compare(before, result.tables))
    say("", *result.summary)


@app.command()
def check(file: Path, source: Annotated[str | None, typer.Option(help="Read it as this source instead of recognising it.")] = None) -> None:
    """Say what a file is and what would be refused; nothing is changed.

    Example: bsi check ~/Downloads/missing_migrants.csv
    """
    from bsi import desk

    result = desk.check(file, source)
    say(*result.summary)
    show(result.refused, "Rows refused", 20)
    show(result.flags, "Rows kept with a flag")


@app.command()
def add(
    file: Path,
    data: Data = None,
    source: Annotated[str | None, typer.Option(help="Read it as this source instead of recognising it.")] = None,
    vintage: Annotated[str | None, typer.Option(help="Day it was published (YYYY-MM-DD); default: the date in its name.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="File it without asking.")] = False,
) -> None:
    """Take a new file in: say what it changes, or why it is refused, then file it under data/raw by date.

    Example: bsi add ~/Downloads/2026-10-31_missing_migrants.csv
    """
    from bsi import arrivals

    plan = arrivals.plan_add(file, data, source, vintage, say=say)
    say(f"{file.name} -> {plan.target}", *(f"  {line}" for line in plan.findings))
    if plan.is_refused:
        say("Nothing was filed.")
        raise typer.Exit(2)
    if plan.difference:
        _show_difference(plan.difference)
    if yes or typer.confirm("\nFile it?"):
        say(f"Filed as {arrivals.add(plan)}. Run `bsi build` for the register with it.")
    else:
        say("Nothing was filed.")


@app.command()
def template() -> None:
    """Print a TOML that describes a list without code, to be changed.

    Example: bsi template > data/raw/my_list/mapping.toml
    """
    from bsi import desk

    say(desk.template())


@app.command()
def status(data: Data = None, out: Out = None) -> None:
    """List the sources, their vintages and what is stale.

    Also says whether the register is made of the newest files.

    Example: bsi status --data my_data
    """
    from bsi import arrivals

    table = arrivals.status(data, out=out)
    table["is_stale"] = table["is_stale"].map({True: "stale", False: ""})
    words = {"n_vintages": "vintages", "vintage": "newest", "n_records": "records", "newest_record": "latest record", "days_since_vintage": "days since newest",
             "days_since_record": "days since record", "is_stale": " "}  # fmt: skip
    show(table[["source", *words]].rename(columns=words), "Sources (stale: the newest vintage is more than a year old)")
    say("", arrivals.is_built(data, out))


@app.command()
def diff(
    old: Annotated[str | None, typer.Argument(help="Older state: a day, or the folder of a register. Default: the files before the newest.")] = None,
    new: Annotated[str | None, typer.Argument(help="Newer state: a day, or the folder of a register. Default: all files.")] = None,
    data: Data = None,
    out: Out = None,
    full: Annotated[bool, typer.Option("--full", help="List every change and every number.")] = False,
    to: Annotated[Path | None, typer.Option(help="Folder to write changes.csv and moved_numbers.csv to.")] = None,
) -> None:
    """Say what changed between two states of the data.

    Incidents added, corrected, moved, merged, split, withdrawn; and which numbers moved, by how much and why.

    Example: bsi diff 2022-02-28 2022-05-31 --data my_data
    """
    from bsi import differences

    result = differences.diff(old, new, data, out, say=say)
    _show_difference(result, full)
    if to:
        say("", *(f"Written: {path}" for path in differences.write(result, to)))


def _show_difference(result, full: bool = False) -> None:
    say("", *result.summary)
    if not len(result.changes):
        say("No incident changed, and no number moved.")
        return
    if full:
        show(result.changes.drop(columns=["year"]), "Every change")
    show(result.by_kind, "What changed", None if full else 15)
    show(result.moved_deaths, "Numbers of dead that moved (in a zone by probability)", None if full else 15)
    if not full:
        say("", "Every change and every number: bsi diff --full, or bsi diff --to FOLDER for two CSV files.")


@app.command()
def explain(record_a: str, record_b: str, out: Out = None, lang: Annotated[str, typer.Option(help="en or es")] = "en") -> None:
    """Explain why two records are one event or two.

    Example: bsi explain humane_borders:21-00097 iom:2021.MMP0012
    """
    from bsi import desk

    say(*desk.explain(record_a, record_b, out, lang))


@app.command()
def review(out: Out = None, n: Annotated[int, typer.Option("-n", help="How many pairs.")] = 20) -> None:
    """Show the pairs that a person should decide.

    The pairs closest to the threshold, both records side by side; decisions go to data/hand/link_decisions.csv.

    Example: bsi review -n 10
    """
    from bsi import desk

    pairs = desk.review(out, n)
    if not len(pairs):
        say("There is no pair to decide.")
    for number, pair in enumerate(pairs.to_dict("records"), 1):
        linked = "linked" if pair["is_linked"] else "not linked"
        show(desk.side_by_side(pair), f"{number}. {linked}, probability {pair['probability']:.2f}")
    say("", f"To decide, add a line to {desk.decisions_file(out)}:", "record_id_a,record_id_b,decision,decided_by,decided_on,why")


@app.command()
def notebooks(
    names: Annotated[list[str] | None, typer.Argument(help="Only these, e.g. 01 03; default all.")] = None,
    out: Out = None,
    workers: Annotated[int, typer.Option(help="Processes at once.")] = 2,
) -> None:
    """Run the notebooks whose inputs changed.

    They run side by side; one HTML page holds their results.

    Example: bsi notebooks 01 02
    """
    from bsi import edition

    say(edition.notebooks(tuple(names or ()), out, workers, say=typer.echo))


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
        show(edition.list_figures(), "Figures")
        return
    for path in edition.figures(name, tuple(lang or ("en", "es")), size, out, to):
        say(str(path))


@app.command()
def report(
    out: Out = None,
    edition: Annotated[int | None, typer.Option(help="Fiscal year of the edition; default: the last complete one.")] = None,
    lang: Lang = None,
    format_: Annotated[list[str] | None, typer.Option("--format", help="html, pdf, docx; repeat. Default: html and pdf.")] = None,
    paper: Annotated[list[str] | None, typer.Option(help="letter, a4; repeat. Default: letter.")] = None,
    to: Annotated[Path | None, typer.Option(help="Folder to write to; default report/.")] = None,
) -> None:
    """Make the report in English and Spanish.

    Example: bsi report --edition 2021 --lang en --lang es --format html --format pdf --paper a4
    """
    from bsi.annual import report as make

    kinds = {"languages": tuple(lang or ("en", "es")), "formats": tuple(format_ or ("html", "pdf")), "papers": tuple(paper or ("letter",))}
    for path in make(out, edition, kinds, to, say=typer.echo):
        say(str(path))


@app.command()
def explorer(out: Out = None, to: Annotated[Path | None, typer.Option(help="Folder to write to; default report/.")] = None) -> None:
    """Write one page to explore the incidents in a browser.

    It needs no network, holds rounded positions and speaks both languages.

    Example: bsi explorer --to report
    """
    from bsi import desk

    say(str(desk.explorer(out, to)))


@app.command()
def export(
    table: str,
    format_: Annotated[str, typer.Option("--format", help="csv, xlsx, parquet or geojson.")] = "csv",
    to: Annotated[Path | None, typer.Option(help="File to write; default TABLE.FORMAT here.")] = None,
    out: Out = None,
    exact: Annotated[bool, typer.Option("--exact", help="Exact positions; without it they are rounded to about 1 km.")] = False,
) -> None:
    """Write one table of the register to a file.

    It holds no name; its record ids are the numbers that the lists themselves publish, so that a row can be traced.

    Example: bsi export incidents --format geojson --to incidents.geojson
    """
    from bsi import desk

    say(str(desk.export(table, format_, to, out, exact)))


def main() -> None:
    """Run the command; print a BsiError as one sentence and exit with 2."""
    warnings.showwarning = _note
    try:
        app()
    except BsiError as error:
        typer.echo(f"bsi: {error}", err=True)
        sys.exit(2)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            typer.echo("\nbsi: interrupted; what was built before is unchanged.", err=True)
        raise


def _note(message, category, filename, lineno, file=None, line=None) -> None:
    """Print a warning meant for the user as one line; those of libraries stay out."""
    if category is UserWarning:
        typer.echo(f"note: {message}", err=True)


if __name__ == "__main__":
    main()
