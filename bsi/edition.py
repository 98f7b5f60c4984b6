"""What goes out of a built register: notebooks run, figures shown and saved."""

from __future__ import annotations

import functools
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from bsi import plates, plates_zones, selections, workspace
from bsi.errors import InputError
from bsi.publish.language import N_

NOTEBOOKS = workspace.PROJECT / "notebooks"
BESIDE = {  # what a figure may rest on beside the lists or instead of them
    "official": N_("tables published by the U.S. Border Patrol and DHS"),
    "quoted": N_("official figures quoted in reports and the press"),
    "weather": N_("daily temperatures of a weather station"),
}


def figures_folder() -> Path:
    """Return the folder that figures are saved to: the environment variable BSI_FIGURES, else the project's figures/."""
    return Path(os.environ.get("BSI_FIGURES") or workspace.PROJECT / "figures")


def source_words(build: dict, key: str, what: str, lang: str) -> str:
    """Return TITLE or PUBLISHER of a source in the language, its English one where there is no other; of a mapped list the title that came with it."""
    from bsi.register import sources

    found = sources.SOURCES.get(key)
    if found is None:
        titles = [f["title"][lang] for f in build["files"] if f["source"] == key and "title" in f]
        return next(filter(None, titles), key.replace("_", " "))
    english = getattr(found, what)
    return english if lang == "en" else getattr(found, f"{what}_{lang.upper()}", english)


def meta(register, rests_on: tuple[str, ...] = ("lists",)) -> dict:
    """Return what a figure of a register says of its origin: sources in both languages, vintages, day, hashes of register and code, sample or not.

    Parameters
    ----------
    register : from bsi.open()
    rests_on : of "lists" (the files of the register) and the keys of `BESIDE`
    """
    from bsi.publish.language import translator
    from bsi.publish.pages import code_hash

    files = register.build["files"] if "lists" in rests_on else []
    used, beside = sorted({f["source"] for f in files}), [BESIDE[key] for key in rests_on if key != "lists"]
    names = {lang: [*(source_words(register.build, key, "PUBLISHER", lang) for key in used), *map(translator(lang), beside)] for lang in ("en", "es")}
    vintages = {f["source"]: f["vintage"] for f in files}
    known = {key: register.build[key] for key in ("data_as_of", "register_hash", "is_sample")}
    return {"sources": names, "vintages": vintages, "code_hash": code_hash(of_figures=True), **known}


def saved(name: str, register) -> dict:
    """Return what the JSON of a saved figure says; nothing unless it is whole, in both languages, of this register and this code."""
    from bsi.publish.pages import code_hash

    path = figures_folder() / f"{name}.json"
    entry = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    origin = register.build["register_hash"], code_hash(of_figures=True)
    is_fresh = (entry.get("register_hash"), entry.get("code_hash")) == origin and {"en", "es"} <= set(entry["title"]) and "double" in entry["sizes_mm"]
    return entry if is_fresh and all((path.parent / file).is_file() for file in entry["files"]) else {}


@functools.cache
def atlas() -> dict[str, plates.Plate]:
    """Return every figure by name, of all parts of the atlas, with the sheets of the zones on file."""
    from bsi import plates_coverage, plates_interventions, plates_spatial, plates_trends

    own = plates.PLATES | plates_interventions.PLATES_INTERVENTIONS | plates_coverage.PLATES_COVERAGE | plates_spatial.PLATES_SPATIAL
    own |= plates_trends.PLATES_TRENDS
    return own | plates_zones.plates_of(plates_zones.zones_on_file())


def plates_for(register) -> dict[str, plates.Plate]:
    """Return every figure by name that a register can have: the atlas, and the sheet of each zone of the register."""
    return atlas() | plates_zones.plates_of(register.zones)


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

    draw, origin = drawer(name, register, choices), meta(register, plates_for(register)[name].rests_on)
    return saving.save_figure(file_name(name, choices), draw, Path(to or figures_folder()), origin, **{"sizes": ("single", "double"), **how})


def file_name(name: str, choices: selections.Choices | None = None) -> str:
    """Return the name of a figure's files: choices other than the default are part of it, so that no figure overwrites another.

    Examples
    --------
    >>> file_name("deaths_by_month", selections.Choices(2001, None, "canal_aac"))
    'deaths_by_month_2001_canal_aac'
    """
    parts = [] if choices is None else [choices.first_year, choices.last_year, choices.zone, choices.cause, *(choices.compare or ())]
    parts += [choices.period] if choices is not None and choices.period != "fiscal_year" else []
    return "_".join([name, *(str(p) for p in parts if p)]).lower()


def drawer(name: str, register, choices: selections.Choices | None = None) -> Callable:
    """Return the function (lang, size) -> Figure of one figure; a register that cannot bear it gives a figure with the reason in words.

    Raises
    ------
    InputError
        There is no such figure, or the choices name an unknown zone or cause.
    """
    known = plates_for(register)
    if name not in known:
        from rapidfuzz import process

        near = ", ".join(m[0] for m in process.extract(name, list(known), limit=3))
        raise InputError(f"there is no figure {name!r}", do=f"Near it: {near}. All: `bsi figures --list`.")
    return known[name].make(register, selections.check_choices(register, choices or selections.Choices()))


def show(name: str, register, lang: str = "en", choices: selections.Choices | None = None) -> None:
    """In a notebook: save a figure in both languages at double-column width, show it in one, and say where the files are."""
    from IPython.display import Image, Markdown, display

    from bsi.publish.language import translator

    _ = translator(lang)
    entry = save(name, register, choices, sizes=("double",))
    folder, stem = figures_folder(), file_name(name, choices)
    display(Image(str(folder / f"{stem}-double.{lang}.png"), width=900, metadata={"alt": entry["alt"][lang]}, alt=entry["alt"][lang]))
    kinds = ", ".join(dict.fromkeys([*sorted(file.rsplit(".", 1)[-1].upper() for file in entry["files"]), "JSON"]))
    where = _("Saved in both languages: {files} ({kinds}).", files=f"`{folder.name}/{stem}`", kinds=kinds)
    display(Markdown(f"{entry['caption'][lang]} *{where}*"))


def figures(name: str | None, languages: tuple, size: str | None, out: Path | None, to: Path | None) -> list[Path]:
    """Export one figure, or all, and return the paths of their JSON files."""
    register = workspace.open_register(out)
    names = [name] if name else list(plates_for(register))
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
    pages.run(NOTEBOOKS, folder, names, workers, say, Counter(plate.notebook for plate in atlas().values()))
    done = sorted((folder / "notebooks").glob("*.ipynb"))
    page = pages.page(done, build, folder / "notebooks" / "index.html")
    return f"Notebooks and their page: {page}"


def opening(register, lang: str = "en") -> None:
    """In a notebook: say what register this is, how new it is, whether it is the synthetic sample, and where the figures go. The tables below need it."""
    from IPython.display import Markdown, display

    from bsi.publish import browsing
    from bsi.publish.language import date, number, translator

    _ = translator(lang)
    is_running = register.incidents["is_cumulative"].astype(bool)
    known = {
        "register": f"`{register.build['register_hash'][:12]}`",
        "day": date(register.build["data_as_of"], lang),
        "incidents": number(int((~is_running).sum()), lang),
        "running": number(int(is_running.sum()), lang),
        "records": number(len(register.records), lang),
        "files": "; ".join(f"{f['source']} ({f['vintage']})" for f in register.build["files"]),
        "folder": f"`{figures_folder().name}/`",
    }
    mark = _("**Synthetic sample: no row describes a real person or event.** ") if register.build["is_sample"] else ""
    text = _(
        "Register {register}, data as of {day}: {incidents} incidents from {records} records; running totals of a place, set apart: {running}. Files: {files}. "
        "Figures are saved to {folder} in English and Spanish; this notebook shows them in English.",
        **known,
    )
    display(Markdown(mark + text))
    browsing.load.cache_clear()
    browsing.load()


def explore(register, lang: str = "en", choices: selections.Choices | None = None) -> None:
    """In a notebook: a map to explore, positions rounded to about a kilometre; a sentence where there is nothing to show."""
    import html

    from IPython.display import Markdown, display

    from bsi.publish import explorer, map_panels
    from bsi.publish.language import translator

    _ = translator(lang)
    rows = selections.singly(register, choices or selections.Choices())
    try:
        page = explorer.standalone(map_panels.interactive_map(rows, register.zones, selections.base_geometry(), lang))
    except InputError as error:
        display(Markdown(str(error)))
        return
    name = _("Map to explore")
    frame = f'<iframe title="{name}" style="width:100%;height:640px;border:0" srcdoc="{html.escape(page)}"></iframe>'
    display({"text/html": frame, "text/plain": name}, raw=True)
