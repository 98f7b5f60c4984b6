"""The annual report: what it is made of, its figures kept fresh, its files written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from bsi import edition, plates_zones, selections_report, selections_zones, study_findings, study_zones, workspace


def refresh_figures(register) -> pd.DataFrame:
    """Save again every figure of the report that is missing, of another register or of other code; return name and state of each."""
    from bsi.publish import report as report_maker

    pages = register.zones[register.zones["zone_id"].isin(list(selections_zones.whole_zones(register.zones)))]
    names = list(dict.fromkeys([*report_maker.wanted_figures(), *plates_zones.plates_of(pages)]))
    stale = [name for name in names if not edition.saved(name, register)]
    for name in stale:
        edition.save(name, register, sizes=("double",))
    return pd.DataFrame({"figure": names, "state": ["made again" if name in stale else "as saved" for name in names]})


def last_whole_year(register) -> int:
    """Return the last U.S. fiscal year that ended by the day of the newest file."""
    day = pd.Timestamp(register.build["data_as_of"])
    return day.year if (day.month, day.day) >= (9, 30) else day.year - 1


def context(register, year: int | None = None):
    """Return what the report is made of: tables, build, edition, figures, titles of sources."""
    from bsi.publish import report as report_maker

    names = ("records", "out_of_scope", "rejected", "incidents", "zones", "zone_weights", "published", "links", "accounting", "conflicts", "quality",
             "interventions")  # fmt: skip
    tables = {name: getattr(register, name) for name in names}
    year = year or last_whole_year(register)
    tables |= selections_report.tables(register, year)
    tables |= study_findings.findings(register) | study_zones.page_tables(register)
    tables |= _scores(register) | _before(register, year) | {"simulated": simulated()}
    used = [f["source"] for f in register.build["files"]]
    titles = {key: {lang: edition.source_words(register.build, key, "TITLE", lang) for lang in ("en", "es")} for key in used}
    return report_maker.Context(tables, register.build, year, edition.figures_folder(), titles)


def _scores(register) -> dict[str, pd.DataFrame]:
    """Return what takes long (scores of the maps of where, the panel of agents) from the data of the saved figures; nothing of one not made."""
    names = [name for name in ("forward_validation", "agents_panel") if edition.saved(name, register)]
    return {name: pd.read_csv(edition.figures_folder() / f"{name}.csv") for name in names}


def simulated() -> pd.DataFrame:
    """Return how often the rules of the verdicts call an effect in simulated series (benchmarks/verdicts.json); empty where it is not there."""
    import json

    path = workspace.PROJECT / "benchmarks" / "verdicts.json"
    measured = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"results": []}
    return pd.DataFrame(measured["results"]).assign(years=measured.get("years_before_and_after"))


def _before(register, year: int) -> dict[str, pd.DataFrame]:
    """Return the numbers of the year and the files of an earlier register, built into the folder `before` of this one; nothing where there is none."""
    from bsi.publish import numbers as numbers_maker

    if not (register.out / "before" / "build.json").is_file():
        return {}
    earlier = workspace.open_register(register.out / "before")
    made = numbers_maker.make_numbers({name: getattr(earlier, name) for name in numbers_maker.NEEDED}, earlier.build, year)
    return {"numbers_before": pd.DataFrame(made).T, "files_before": pd.DataFrame(earlier.build["files"])}


def numbers(made: list[Path]) -> pd.DataFrame:
    """Return every number of a report as `report` made it: key, value, unit, table, filter.

    Parameters
    ----------
    made : files from `report`
    """
    path = next(path for path in made if path.name == "numbers.json")
    return pd.read_json(path, orient="index", convert_dates=False).rename_axis("key").reset_index()


def report(out: Path | None = None, year: int | None = None, kinds: dict | None = None, to: Path | None = None, say: Callable = print) -> list[Path]:
    """Make the report from the register and the saved figures; figures that are missing or old are made first.

    Parameters
    ----------
    out : folder of the register
    year : U.S. fiscal year of the edition; default the last whole one
    kinds : languages (en, es), formats (html, pdf, docx), papers (letter, a4); default both languages, HTML and PDF on letter
    to : folder; default report/
    say : where progress is told

    Raises
    ------
    InputError
        The edition has no data, or a language, format or paper is unknown.
    """
    from bsi.publish import numbers as numbers_maker
    from bsi.publish import report as report_maker

    kinds = {"languages": ("en", "es"), "formats": ("html", "pdf"), "papers": ("letter",), **(kinds or {})}
    report_maker.check_kinds(kinds["languages"], kinds["formats"], kinds["papers"])  # what cannot be made is said before the figures are
    register = workspace.open_register(out)
    year = year or last_whole_year(register)
    numbers_maker.check_edition(numbers_maker.deaths_of(register.incidents, register.build["data_as_of"]), year)
    made = refresh_figures(register)
    if (made["state"] == "made again").any():
        say(f"figures made again: {', '.join(made.loc[made['state'] == 'made again', 'figure'])}")
    folder = Path(to or os.environ.get("BSI_REPORT") or workspace.PROJECT / "report")
    return report_maker.build_report(context(register, year), folder, kinds["languages"], kinds["formats"], kinds["papers"])
