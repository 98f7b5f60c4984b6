"""Turn the Markdown of a report into one HTML file, tagged PDF/UA-1 and DOCX; the same Markdown gives the same bytes."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from bsi.errors import InputError

ASSETS = Path(__file__).parent / "templates"
MARKDOWN = (
    "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-citations-latex_macros-yaml_metadata_block-smart-emoji-native_divs-native_spans"
    "-example_lists-autolink_bare_uris-pandoc_title_block-mmd_title_block-line_blocks-footnotes-inline_notes-auto_identifiers+bracketed_spans"
)
COLUMNS = {"html5": 100_000, "typst": 100, "docx": 20}  # a table with a longer line gets the widths of its rule, else those of its content
PAPERS = {"letter": "us-letter", "a4": "a4"}
LOCALE = {"en": "en-US", "es": "es-MX"}


@dataclass(frozen=True)
class Page:
    """The Markdown of a report with its language, cover words and the folder its pictures lie in."""

    markdown: str
    lang: str
    cover: dict
    figures: Path


def write(page: Page, target: str, stem: Path, papers: tuple = ("letter",)) -> None:
    """Write one format beside `stem`.

    Parameters
    ----------
    page : what to write
    target : "html", "docx" or "pdf"
    stem : path without suffix
    papers : "letter", "a4"

    Raises
    ------
    InputError
        The paper is unknown, or the format cannot be made; the compiler's first words are given.
    """
    if target == "html":
        html = _pandoc(page, "html5", ["--standalone", f"--template={ASSETS / 'report.html'}", "--toc", "--toc-depth=2", "--section-divs"])
        Path(f"{stem}.html").write_text(_embedded(_with_scopes(html), page.figures), encoding="utf-8")
    elif target == "docx":
        _docx(page, Path(f"{stem}.docx"))
    else:
        _pdf(page, stem, papers)


def _pandoc(page: Page, writer: str, arguments: list[str]) -> str:
    """Return what pandoc makes of the page; the clock it writes down is the data's day."""
    import pypandoc

    seconds = int(dt.datetime.fromisoformat(page.cover["day"]).replace(tzinfo=dt.UTC).timestamp())
    with tempfile.TemporaryDirectory() as scratch:
        meta = Path(scratch) / "meta.json"
        words = {**{k: v for k, v in page.cover.items() if v}, "lang": LOCALE[page.lang], "toc-title": page.cover["contents"], "pagetitle": page.cover["title"]}
        if writer == "docx":
            words["date"] = f"{page.cover['date']} {page.cover['register']} {page.cover['mark']}"
        meta.write_text(json.dumps(words), encoding="utf-8")
        command = [
            pypandoc.get_pandoc_path(), f"--from={MARKDOWN}", f"--to={writer}", f"--lua-filter={ASSETS / 'report.lua'}", "--wrap=none",
            f"--resource-path={page.figures}", f"--metadata-file={meta}", f"--columns={COLUMNS[writer]}", *arguments,
        ]  # fmt: skip
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(seconds)}
        done = subprocess.run(command, input=page.markdown.encode(), capture_output=True, env=environment, cwd=page.figures, check=False)
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode or "[WARNING] Could not fetch" in said:
        raise InputError(f"the report cannot be written as {writer}: {said[:300]}", do="Check that every figure was saved; run `bsi figures`.")
    return done.stdout.decode()


def _embedded(html: str, figures: Path) -> str:
    """Return the HTML with its pictures and their data inside (pandoc takes four times as long); no text can hold a tag."""
    kinds = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv"}

    def data(match: re.Match) -> str:
        path = figures / match.group(2)
        if not path.is_file():
            raise InputError(f"the file {path.name} is missing", str(figures), "Run `bsi figures` again.")
        return f'{match.group(1)}="data:{kinds[match.group(3)]};base64,{base64.b64encode(path.read_bytes()).decode()}"'

    return re.sub(r'(src|href)="([\w.-]+\.(svg|png|csv))"', data, html)


def _with_scopes(html: str) -> str:
    """Return the HTML with the scope of every table header: column heads in thead, row heads in tbody (no text can hold a raw tag)."""
    head, *bodies = re.split(r"(?=<tbody)", html)
    parts = [head.replace("<th", '<th scope="col"').replace('<th scope="col"ead', "<thead")]
    for body in bodies:
        inside, _, after = body.partition("</tbody>")
        after = after.replace("<th", '<th scope="col"').replace('<th scope="col"ead', "<thead")
        parts.append(inside.replace("<th", '<th scope="row"') + "</tbody>" + after)
    return "".join(parts)


def _docx(page: Page, path: Path) -> None:
    from bsi.publish import docx

    with tempfile.TemporaryDirectory() as scratch:
        model = docx.reference(Path(scratch) / "reference.docx", page.cover["mark"])
        docx.blanks(page.markdown, page.figures, Path(scratch))
        _pandoc(replace(page, figures=Path(scratch)), "docx", [f"--reference-doc={model}", f"--output={path}"])
    docx.finish(path, page.figures)


def _pdf(page: Page, stem: Path, papers: tuple) -> None:
    for paper in papers:
        words = ["--standalone", f"--template={ASSETS / 'report.typ'}", f"--variable=paper:{PAPERS[paper]}", f"--variable=language:{page.lang}"]
        day = page.cover["day"].split("-")
        source = _pandoc(page, "typst", [*words, *(f"--variable={k}:{int(v)}" for k, v in zip(("year", "month", "dayofmonth"), day, strict=True))])
        source = source.replace("align(center)[#table(", "align(left)[#table(")  # no text can hold this: the writer escapes it
        with tempfile.TemporaryDirectory(dir=page.figures, prefix=".typst-") as scratch:
            Path(f"{stem}.{paper}.pdf").write_bytes(_compiled(source, Path(scratch) / "main.typ", page.figures))


def _compiled(source: str, main: Path, figures: Path) -> bytes:
    """Return the PDF of a Typst source."""
    import matplotlib
    import typst

    fonts = [str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")]
    main.write_text(source, encoding="utf-8")
    try:
        return typst.compile(str(main), root=str(figures), font_paths=fonts, ignore_system_fonts=True, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        raise InputError(f"the PDF cannot be made: {str(error)[:300]}", do="The compiler refuses what is not accessible; mend what it names.") from None
