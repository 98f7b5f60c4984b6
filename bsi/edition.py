"""What goes out of a built register: notebooks run, figures saved, the report made."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from bsi import plates, workspace
from bsi.errors import InputError

NOTEBOOKS = workspace.PROJECT / "notebooks"


def figures_folder() -> Path:
    """Return the folder that figures are saved to: the environment variable BSI_FIGURES, else the project's figures/."""
    import os

    return Path(os.environ.get("BSI_FIGURES") or workspace.PROJECT / "figures")


def meta(register) -> dict:
    """Return what every figure of a register says of its sources: names in both languages, vintages, data-as-of day, hash, sample or not."""
    from bsi.register import sources

    used = sorted({f["source"] for f in register.build["files"]})
    names = {lang: [sources.title(key, lang) for key in used] for lang in ("en", "es")}
    vintages = {f["source"]: f["vintage"] for f in register.build["files"]}
    known = {key: register.build[key] for key in ("data_as_of", "register_hash", "is_sample")}
    return {"sources": names, "vintages": vintages, **known}


def list_figures() -> pd.DataFrame:
    """Return the names of all figures with their notebook and what they show."""
    return pd.DataFrame([{"figure": name, "notebook": p.notebook, "shows": p.shows} for name, p in plates.PLATES.items()])


def save(name: str, register, choices: plates.Choices | None = None, to: Path | None = None, **how) -> dict:
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
    return saving.save_figure(name, draw, Path(to or figures_folder()), meta(register), **{"sizes": ("single", "double"), **how})


def drawer(name: str, register, choices: plates.Choices | None = None) -> Callable:
    """Return the function (lang, size) -> Figure of one figure; a register that cannot bear it gives a figure with the reason in words.

    Raises
    ------
    InputError
        There is no such figure, or the choices name an unknown zone or cause.
    """
    if name not in plates.PLATES:
        from rapidfuzz import process

        near = ", ".join(m[0] for m in process.extract(name, list(plates.PLATES), limit=3))
        raise InputError(f"there is no figure {name!r}", do=f"Near it: {near}. All: `bsi figures --list`.")
    return plates.PLATES[name].make(register, plates.check_choices(register, choices or plates.Choices()))


def show(name: str, register, lang: str = "en", choices: plates.Choices | None = None) -> None:
    """In a notebook: save a figure in both languages, show it in one, and say where the files are."""
    import json

    from IPython.display import Image, Markdown, display

    entry = save(name, register, choices)
    folder = figures_folder()
    picture = folder / f"{name}-double.{lang}.png"
    display(Image(str(picture), width=900, metadata={"alt": entry["alt"][lang]}, alt=entry["alt"][lang]))
    files = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["files"]
    display(Markdown(f"{entry['caption'][lang]} *`figures/{name}`: {len(files)} files (PNG, SVG, CSV), both languages, both sizes.*"))


def figures(name: str | None, languages: tuple, size: str | None, out: Path | None, to: Path | None) -> list[Path]:
    """Export one figure, or all, and return the paths of their JSON files."""
    register = workspace.open_register(out)
    names = [name] if name else list(plates.PLATES)
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


@functools.cache
def _register(out: str):
    return workspace.open_register(out)
