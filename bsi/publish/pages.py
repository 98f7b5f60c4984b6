"""Run the notebooks without a screen, side by side, and make one HTML page of their results."""

from __future__ import annotations

import functools
import hashlib
import html
import json
import os
import re
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from bsi.errors import BsiError, InputError

PACKAGE = Path(__file__).resolve().parent.parent
CUT = "<!-- next cell -->"
FOLDERS = re.compile(r"(?<![\w.:/\\])(?:[A-Za-z]:)?[/\\](?:[^\s:/\\\"']+[/\\])+")  # of a path of this machine: what stays is the name of the file
QUIET = ["--IPKernelApp.log_level=40"]  # errors only
PAGE_CSS = """
:root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--rule:#c9c9c9;--soft:#f3f3f0}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#161616;--rule:#4a4a4a;--soft:#232323}}
body{margin:0 auto;max-width:60rem;padding:1.5rem;font:1rem/1.55 Georgia,'Times New Roman',serif;color:var(--ink);background:var(--paper)}
img{max-width:100%;height:auto;background:#fff}nav{border-bottom:1px solid var(--rule);padding-bottom:.8rem;margin-bottom:1.5rem}
table{border-collapse:collapse;font:.86rem/1.4 system-ui,sans-serif;margin:1rem 0;display:block;overflow-x:auto;max-width:100%}
th,td{border-bottom:1px solid var(--rule);padding:.25rem .6rem;text-align:left;vertical-align:top}td.number{text-align:right}
pre{background:var(--soft);padding:.6rem .8rem;overflow-x:auto;font-size:.84rem;white-space:pre-wrap}a{color:inherit}
.mark{background:#8a1c1c;color:#fff;padding:.4rem .8rem;font-family:system-ui,sans-serif}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}@media print{nav{display:none}}
"""


class NotebookError(BsiError):
    """A cell failed; the message names notebook, cell and the error."""


@functools.cache
def code_hash(of_figures: bool = False) -> str:
    """Return a hash of the library's own code: what it made is made again when it changes. Figures do not hang on the text of the report."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        is_text = path.parent.name == "templates" or path.name.startswith(("report", "numbers"))
        if path.suffix in {".py", ".po", ".md", ".csv"} and "__pycache__" not in path.parts and not (of_figures and is_text):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def notebook_key(path: Path, register_hash: str, code: str) -> str:
    """Return the key of a run: notebook text (its choices included), register, library."""
    return hashlib.sha256(path.read_bytes() + register_hash.encode() + code.encode()).hexdigest()


def _execute(path: str, target: str, out: str, key: str) -> str:
    """Execute one notebook in its own process and write the result whole; return its name."""
    os.environ.update(BSI_OUT=out, OMP_NUM_THREADS="1", MPLBACKEND="agg")
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    book = nbformat.read(path, as_version=4)
    kernel = {"metadata": {"path": str(Path(path).parent)}}
    for tries_left in (2, 1, 0):
        try:
            NotebookClient(book, timeout=900, kernel_name="python3", resources=kernel, extra_arguments=QUIET).execute()
            break
        except CellExecutionError:
            number, said = _failed_cell(book)
            raise NotebookError(f"{Path(path).name}, code cell {number}: {said}") from None
        except DeadKernelError:
            raise NotebookError(f"{Path(path).name}: the kernel stopped, perhaps for want of memory") from None
        except RuntimeError as error:  # it did not begin: two that start at once can be given the same port
            if not tries_left:
                raise NotebookError(f"{Path(path).name}: {error}") from None
    book.metadata["bsi_key"] = key
    _without_folders(book)
    partial = Path(target + ".part")
    nbformat.write(book, partial)
    os.replace(partial, target)
    return Path(path).stem


def _without_folders(book) -> None:
    """Leave of every path that a cell printed, or that stands in a warning, the name of the file: the notebook may be sent on."""
    for cell in book.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = FOLDERS.sub("", output.text)


def _failed_cell(book) -> tuple[int, str]:
    code = [c for c in book.cells if c.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return number, f"{output.ename}: {output.evalue}"
    return 0, "the notebook stopped without an error message"


def run(folder: Path, out: Path, names: tuple[str, ...] = (), workers: int = 2, report=print, figures: Mapping[str, int] | None = None) -> list[Path]:
    """Run the notebooks of a folder against a built register and return the executed copies.

    A notebook whose text, register and library did not change is not run again.

    Parameters
    ----------
    folder : folder of .ipynb files without outputs
    out : folder of the built register; executed copies go to out/notebooks
    names : only these (a stem or its beginning, e.g. "01"); empty means all
    workers : processes at once
    report : called with one line per notebook
    figures : how many figures each saves (by stem), which is most of its time; those with most begin first

    Raises
    ------
    InputError
        No notebook matches, or there is no register.
    NotebookError
        A cell failed.
    """
    books = [p for p in sorted(folder.glob("*.ipynb")) if not names or any(p.stem.startswith(n) for n in names)]
    if not books:
        raise InputError(f"no notebook matches {', '.join(names) or '*.ipynb'}", str(folder))
    build = json.loads((out / "build.json").read_text(encoding="utf-8"))
    done = out / "notebooks"
    done.mkdir(parents=True, exist_ok=True)
    code = code_hash()
    todo = []
    for path in books:
        key = notebook_key(path, build["register_hash"], code)
        target = done / path.name
        if target.is_file() and json.loads(target.read_text(encoding="utf-8"))["metadata"].get("bsi_key") == key:
            report(f"  {path.stem}: unchanged")
        else:
            todo.append((str(path), str(target), str(out.resolve()), key))
    if todo:
        import nbclient  # noqa: F401 - slow to import: once here, not in every process
    with ProcessPoolExecutor(max_workers=workers) as pool:
        number = 0
        for jobs in _rounds(todo, figures or {}):
            for future in as_completed([pool.submit(_execute, *job) for job in jobs]):
                number += 1
                report(f"  {future.result()}: done ({number} of {len(todo)})")
    return [done / p.name for p in books]


def _rounds(todo: list[tuple], figures: Mapping[str, int]) -> list[list[tuple]]:
    """Return the notebooks in two rounds: those that save figures, most figures first so that none is left to run alone, then the report made of them."""
    report = [job for job in todo if "annual.report" in Path(job[0]).read_text(encoding="utf-8")]
    saving = sorted((job for job in todo if job not in report), key=lambda job: -figures.get(Path(job[0]).stem, 0))
    return [saving, report]


def page(executed: list[Path], build: dict, target: Path) -> Path:
    """Write one self-contained HTML page of the executed notebooks' text, tables and figures; return its path.

    Parameters
    ----------
    executed : executed notebooks
    build : build.json of the register
    target : file to write
    """
    import nbformat

    chapters, index = [], []
    for path in executed:
        book = nbformat.v4.reads(path.read_text(encoding="utf-8"))  # as `run` wrote it: not checked again
        title = next((c.source.splitlines()[0].lstrip("# ") for c in book.cells if c.cell_type == "markdown"), path.stem)
        index.append(f'<li><a href="#{path.stem}">{html.escape(title)}</a></li>')
        chapters.append(f'<section id="{path.stem}">{_chapter(book)}</section>')
    mark = '<p class="mark">synthetic sample · muestra sintética: no row describes a real person or event</p>' if build["is_sample"] else ""
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Border-safety register: notebooks</title><style>{PAGE_CSS}</style></head><body>"
        f'<a class="skip" href="#main">Skip to the text</a>{mark}<nav aria-label="Notebooks"><ol>{"".join(index)}</ol></nav>'
        f'<main id="main">{"".join(chapters)}</main><footer><p>Register {build["register_hash"][:12]}, data as of {build["data_as_of"]}.</p></footer>'
        "</body></html>"
    )
    partial = target.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, target)
    return target


def _chapter(book) -> str:
    parts = []  # (is Markdown, text)
    for cell in book.cells:
        if cell.cell_type == "markdown":
            parts.append((True, cell.source))
            continue
        parts += [found for output in cell.get("outputs", []) if (found := _shown(output))]
    written = iter(_from_markdown([text for is_markdown, text in parts if is_markdown]))
    return "\n".join(next(written) if is_markdown else text for is_markdown, text in parts)


def _shown(output) -> tuple[bool, str] | None:
    """Return (is Markdown, text) of an output: picture, HTML, Markdown, plain text; None where there is nothing to show."""
    data = output.get("data", {})
    if "image/png" in data:
        about = output.get("metadata", {})
        alt = html.escape(about.get("image/png", {}).get("alt", "") or about.get("alt", ""))
        return False, f'<p><img alt="{alt}" src="data:image/png;base64,{data["image/png"].strip()}"></p>'
    if "text/html" in data:
        return False, "".join(data["text/html"])
    if "text/markdown" in data:
        return True, "".join(data["text/markdown"])
    if "text/plain" in data or output.output_type == "stream":
        return False, f"<pre>{html.escape(''.join(data.get('text/plain', output.get('text', ''))))}</pre>"
    return None


def _from_markdown(texts: list[str]) -> list[str]:
    """Return each text as HTML, all in one run of pandoc: starting it costs more than the work."""
    import pypandoc

    if not texts:
        return []
    return pypandoc.convert_text(f"\n\n{CUT}\n\n".join(texts), "html", format="gfm", extra_args=["--wrap=none"]).split(CUT)
