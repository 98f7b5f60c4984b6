"""What goes out of a built register: notebooks run, figures saved, the report made."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from bsi import plates, selections, workspace
from bsi.errors import InputError

NOTEBOOKS = workspace.PROJECT / "notebooks"


def figures_folder() -> Path:
    """Return the folder that figures are saved to: the environment variable BSI_FIGURES, else the project's figures/."""
    return Path(os.environ.get("BSI_FIGURES") or workspace.PROJECT / "figures")


def source_words(key: str, what: str, lang: str) -> str:
    """Return TITLE or PUBLISHER of a source in the language, its English one where there is no other, its key for a mapped list."""
    from bsi.register import sources

    found = sources.SOURCES.get(key)
    english = getattr(found, what, key.replace("_", " "))
    return english if lang == "en" else getattr(found, f"{what}_{lang.upper()}", english)


def meta(register) -> dict:
    """Return what every figure of a register says of its sources: names in both languages, vintages, data-as-of day, hash, sample or not."""
    used = sorted({f["source"] for f in register.build["files"]})
    names = {lang: [source_words(key, "PUBLISHER", lang) for key in used] for lang in ("en", "es")}
    vintages = {f["source"]: f["vintage"] for f in register.build["files"]}
    known = {key: register.build[key] for key in ("data_as_of", "register_hash", "is_sample")}
    return {"sources": names, "vintages": vintages, **known}


@functools.cache
def atlas() -> dict[str, plates.Plate]:
    """Return every figure by name, of all parts of the atlas."""
    from bsi import plates_coverage, plates_interventions, plates_spatial

    return plates.PLATES | plates_interventions.PLATES_INTERVENTIONS | plates_coverage.PLATES_COVERAGE | plates_spatial.PLATES_SPATIAL


def list_figures() -> pd.DataFrame:
    """Return the names of all figures with their notebook and what they show."""
    return pd.DataFrame([{"figure": name, "notebook": p.notebook, "shows": p.shows} for name, p in atlas().items()])


def save(name: str, register, choices: selections.Choices | None = None, to: Path | None = None, **how) -> dict:
    """Save one figure in both languages (SVG, PNG, CSV, JSON) and return what its JSON says.

    Parameters
    ----------
    name : name of a figure (see `list_figures`)
    register : from bsi.open()
    choices : years, zone, cause
    to : folder; default figures/
    how : languages, sizes of `saving.save_figure`

    Raises
    ------
    InputError
        There is no such figure, or the choices name an unknown zone or cause.
    """
    from bsi.publish import saving

    draw = drawer(name, register, choices)
    return saving.save_figure(file_name(name, choices), draw, Path(to or figures_folder()), meta(register), **{"sizes": ("single", "double"), **how})


def file_name(name: str, choices: selections.Choices | None = None) -> str:
    """Return the name of a figure's files: choices other than the default are part of it, so that no figure overwrites another.

    Examples
    --------
    >>> file_name("deaths_by_month", selections.Choices(2001, None, "canal_aac"))
    'deaths_by_month_2001_canal_aac'
    """
    parts = [] if choices is None else [choices.first_year, choices.last_year, choices.zone, choices.cause]
    return "_".join([name, *(str(p) for p in parts if p)]).lower()


def drawer(name: str, register, choices: selections.Choices | None = None) -> Callable:
    """Return the function (lang, size) -> Figure of one figure; a register that cannot bear it gives a figure with the reason in words.

    Raises
    ------
    InputError
        There is no such figure, or the choices name an unknown zone or cause.
    """
    if name not in atlas():
        from rapidfuzz import process

        near = ", ".join(m[0] for m in process.extract(name, list(atlas()), limit=3))
        raise InputError(f"there is no figure {name!r}", do=f"Near it: {near}. All: `bsi figures --list`.")
    return atlas()[name].make(register, selections.check_choices(register, choices or selections.Choices()))


def show(name: str, register, lang: str = "en", choices: selections.Choices | None = None) -> None:
    """In a notebook: save a figure in both languages at double-column width, show it in one, and say where the files are."""
    from IPython.display import Image, Markdown, display

    entry = save(name, register, choices, sizes=("double",))
    folder = figures_folder()
    picture = folder / f"{file_name(name, choices)}-double.{lang}.png"
    display(Image(str(picture), width=900, metadata={"alt": entry["alt"][lang]}, alt=entry["alt"][lang]))
    display(Markdown(f"{entry['caption'][lang]} *In `{folder.name}/`: {', '.join(entry['files'])}. At single-column width: `bsi figures {name}`.*"))


def figures(name: str | None, languages: tuple, size: str | None, out: Path | None, to: Path | None) -> list[Path]:
    """Export one figure, or all, and return the paths of their JSON files."""
    register = workspace.open_register(out)
    names = [name] if name else list(atlas())
    folder = Path(to or figures_folder())
    sizes = (size,) if size else ("single", "double")
    for each in names:
        save(each, register, to=folder, languages=languages, sizes=sizes)
    return [folder / f"{each}.json" for each in names]


def notebooks(names: tuple[str, ...], out: Path | None, workers: int = 2, say: Callable = print) -> str:
    """Run the notebooks whose inputs changed, make the HTML page of their results, and say where it is."""
    from bsi.publish import pages

    folder = Path(out or workspace.default_out())
    build = workspace.load_build(folder)
    pages.run(NOTEBOOKS, folder, names, workers, say)
    done = sorted((folder / "notebooks").glob("*.ipynb"))
    page = pages.page(done, build, folder / "notebooks" / "index.html")
    return f"Notebooks and their page: {page}"


def opening(register, lang: str = "en") -> None:
    """In a notebook: say what register this is, how new it is, whether it is the synthetic sample, and where the figures go."""
    from IPython.display import Markdown, display

    files = "; ".join(f"{f['source']} ({f['vintage']})" for f in register.build["files"])
    mark = "**Synthetic sample / muestra sintética: no row describes a real person or event.** " if register.build["is_sample"] else ""
    display(
        Markdown(
            f"{mark}Register `{register.build['register_hash'][:12]}`, data as of {register.build['data_as_of']}, "
            f"{len(register.incidents):,} incidents from {len(register.records):,} records. Files: {files}. "
            f"Figures are saved to `{figures_folder().name}/` in English and Spanish; this notebook shows them in {'English' if lang == 'en' else 'Spanish'}."
        )
    )


def linkage_quality() -> pd.DataFrame:
    """Return the measured precision and recall of the linkage, with 95 % intervals, as the benchmark wrote them; a note where it was not run."""
    import json

    path = workspace.PROJECT / "benchmarks" / "linkage.json"
    if not path.is_file():
        return pd.DataFrame({"note": ["not measured here: run `make bench`"]})
    found = json.loads(path.read_text(encoding="utf-8"))
    evidence = {"synthetic sample, all pairs": found["sample"]}
    evidence |= {f"Pima examiner's rows of IOM against OpenGIS, positions and days {how}": row for how, row in found["blurred"].items()}
    evidence |= {f"Border Patrol 2014-15 labelled by hand, against {which.replace('_', ' ')}": row for which, row in found["border_patrol"].items()}
    evidence |= {f"editions of one list: {which}": row for which, row in found["vintages"].items()}
    rows = []
    for name, row in evidence.items():
        if not isinstance(row, dict):
            continue
        low, high = row["precision_95"], row["recall_95"]
        rows.append({"evidence": name, "precision": row["precision"], "precision_low": low[0], "precision_high": low[1],
                     "recall": row["recall"], "recall_low": high[0], "recall_high": high[1]})  # fmt: skip
    return pd.DataFrame(rows)


def zone_totals(register, lang: str = "en") -> pd.DataFrame:
    """Return per zone the expected, lowest and highest number of people dead, all years together."""
    rows = selections.deaths(register, selections.Choices())
    dead = rows.loc[~rows["is_cumulative"]].set_index("incident_id")["n_dead"].fillna(0).astype(float)
    table = register.zone_weights[register.zone_weights["incident_id"].isin(dead.index)]
    people = table["incident_id"].map(dead)
    sums = pd.DataFrame(
        {"zone_id": table["zone_id"], "expected": people * table["probability"], "lowest": people * table["probability"].ge(1 - 1e-9), "highest": people}
    )
    names = register.zones[["zone_id", "family", f"name_{lang}"]]
    return names.merge(sums.groupby("zone_id").sum().round(1).reset_index(), how="left").fillna({"expected": 0, "lowest": 0, "highest": 0})


def unplaced(register) -> pd.DataFrame:
    """Return how many incidents have neither point nor zone, by list and year."""
    rows = selections.deaths(register, selections.Choices())
    rows = rows[rows["lon"].isna() & ~rows["incident_id"].isin(register.zone_weights["incident_id"])]
    return (
        rows.assign(year=rows["date"].dt.year)
        .groupby(["sources", "year"], dropna=False)
        .agg(incidents=("incident_id", "size"), dead=("n_dead", "sum"))
        .reset_index()
    )


def claims(register) -> pd.DataFrame:
    """Return the published numbers beside what comes out here, and why they differ."""
    return selections.claims_table(register)


def explore(register, lang: str = "en", choices: selections.Choices | None = None) -> None:
    """In a notebook: a map to explore, positions rounded to about a kilometre; a sentence where there is nothing to show."""
    import html

    from IPython.display import Markdown, display

    from bsi.publish import map_panels

    rows = selections.deaths(register, choices or selections.Choices())
    try:
        page = map_panels.interactive_map(rows, register.zones, selections.base_geometry(), lang).to_html(inline=True)
    except InputError as error:
        display(Markdown(str(error)))
        return
    name = "Map to explore" if lang == "en" else "Mapa para explorar"
    frame = f'<iframe title="{name}" style="width:100%;height:640px;border:0" srcdoc="{html.escape(page)}"></iframe>'
    display({"text/html": frame, "text/plain": name}, raw=True)


REPORT_FIGURES = (
    "deaths_by_fiscal_year", "deaths_by_sector", "causes_by_fiscal_year", "seasonal_profile", "accounting", "map_border", "map_canal", "map_desert",
    "map_nogales_west", "deaths_beside_rescues", "rates_by_sector", "source_overlap", "source_spans", "zone_sensitivity", "sex_and_age", "identification",
    "observer_overlap", "share_held_by_patrol", "two_lists", "heat_risk", "heat_even_odds", "heat_planning", "verdicts", "canal_buoys",
    "canal_buoys_robustness", "agents_panel", "forward_validation", "siting_curve", "season_ahead", "revisions",
)  # fmt: skip


def refresh_figures(register) -> pd.DataFrame:
    """Save again every figure of the report that is missing or of another register; return name and state of each."""
    import json

    rows = []
    for name in REPORT_FIGURES:
        path = figures_folder() / f"{name}.json"
        entry = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        fresh = entry.get("register_hash") == register.build["register_hash"] and {"en", "es"} <= set(entry["title"]) and "double" in entry["sizes_mm"]
        fresh = fresh and all((figures_folder() / file).is_file() for file in entry["files"])
        if not fresh:
            save(name, register, sizes=("double",))
        rows.append({"figure": name, "state": "as saved" if fresh else "made again"})
    return pd.DataFrame(rows)


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
    tables["deaths_by_fiscal_year"] = selections.counted(register, selections.Choices())
    titles = {f["source"]: {lang: source_words(f["source"], "TITLE", lang) for lang in ("en", "es")} for f in register.build["files"]}
    return report_maker.Context(tables, register.build, year or last_whole_year(register), figures_folder(), titles)


def numbers(register, year: int | None = None) -> pd.DataFrame:
    """Return every number of the report: key, value, unit, table, filter."""
    from bsi.publish.numbers import make_numbers

    made = context(register, year)
    return pd.DataFrame(make_numbers(made.tables, made.build, made.edition)).T.rename_axis("key").reset_index()


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
    from bsi.publish import report as report_maker

    kinds = {"languages": ("en", "es"), "formats": ("html", "pdf"), "papers": ("letter",), **(kinds or {})}
    register = workspace.open_register(out)
    made = refresh_figures(register)
    if (made["state"] == "made again").any():
        say(f"figures made again: {', '.join(made.loc[made['state'] == 'made again', 'figure'])}")
    folder = Path(to or os.environ.get("BSI_REPORT") or workspace.PROJECT / "report")
    return report_maker.build_report(context(register, year), folder, kinds["languages"], kinds["formats"], kinds["papers"])
