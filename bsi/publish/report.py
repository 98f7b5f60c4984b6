"""The annual report: one Markdown template a section for both languages, filled from tables, saved figures and numbers.json."""

from __future__ import annotations

import functools
import json
import os
import re
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import pandas as pd

from bsi.errors import InputError
from bsi.publish import formats, report_findings, report_tables, report_zones
from bsi.publish.language import LANGUAGES, date, plural, translator
from bsi.publish.numbers import make_numbers
from bsi.publish.tables import inert

TEMPLATES = Path(__file__).parent / "templates"
FIGURE_CALL = re.compile(r"\bfigure\(\"(\w+)\"[,)]")
FIGURE_NAMED = re.compile("\ue000(\\w+):(\\d+)\ue001")  # private characters: `tables.clean` takes them out of every text
FORMATS = ("pdf", "docx", "html")  # the slowest first: they are begun in this order
SHOWN_HASH = 16
WIDTH, SMALLER = 100, 80  # percent of the text in print; a map with little writing may be the smaller


@dataclass(frozen=True)
class Context:
    """What a report is made of.

    tables : the register's tables by name (see bsi.contracts) and, where at hand, tables of the analysis: deaths_by_fiscal_year (from `counts.count`)
    build : build.json of the register
    edition : U.S. fiscal year of the edition
    figures : folder that `saving.save_figure` wrote to
    titles : key of a source -> {"en": title, "es": title}
    """

    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    build: Mapping
    edition: int
    figures: Path
    titles: Mapping = field(default_factory=dict)


class Safe(str):
    """Markdown made here; any other string that reaches a template is data and is made inert."""


def wanted_figures() -> list[str]:
    """Return the names of the figures that the templates ask for, in their order."""
    named = [name for path in sorted(TEMPLATES.glob("[0-9]*.md")) for name in FIGURE_CALL.findall(path.read_text(encoding="utf-8"))]
    return list(dict.fromkeys([*named, *report_zones.MAPS.values()]))


def check_kinds(languages: tuple, formats_: tuple, papers: tuple) -> None:
    """Stop at the first language, format or paper that a report cannot have.

    Raises
    ------
    InputError
        One of them is unknown.
    """
    for what, asked, known in (("language", languages, LANGUAGES), ("format", formats_, FORMATS), ("paper", papers, tuple(formats.PAPERS))):
        for one in asked:
            if one not in known:
                raise InputError(f"there is no {what} {one!r}", do=f"{what.capitalize()}s: {', '.join(known)}.")


def build_report(context: Context, folder: Path, languages: tuple = LANGUAGES, formats_: tuple = FORMATS, papers: tuple = ("letter",)) -> list[Path]:
    """Write the report in every language and format, and numbers.json with the numbers that its text quotes; return the files.

    Parameters
    ----------
    context : tables, build, edition year, folder of saved figures
    folder : where to write; each file is replaced whole, nothing is left half-written
    languages : of "en", "es"
    formats_ : of "html" (one self-contained file), "pdf" (tagged, PDF/UA-1), "docx"
    papers : of "letter", "a4"; a PDF for each

    Raises
    ------
    InputError
        The edition has no data, a figure is missing or of another register, a text has no translation, a format is unknown or cannot be made.
    """
    check_kinds(languages, formats_, papers)
    numbers = make_numbers(context.tables, context.build, context.edition)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as scratch:
            quoted, jobs = set(), []
            with ThreadPoolExecutor(2) as pool:  # pandoc and typst work outside Python, while the text of the next language is made
                for lang in languages:
                    text = _text(context, numbers, lang, quoted)
                    jobs += [pool.submit(_write, context, text, (lang, target, papers), Path(scratch)) for target in FORMATS if target in formats_]
            for job in jobs:
                job.result()
            said = json.dumps({key: number for key, number in numbers.items() if key in quoted}, indent=1, ensure_ascii=False)
            (Path(scratch) / "numbers.json").write_text(said + "\n", encoding="utf-8")
            made = sorted(p.name for p in Path(scratch).iterdir() if p.is_file())
            for name in made:
                os.replace(Path(scratch) / name, folder / name)
    except OSError as error:
        raise InputError(f"the report cannot be written ({error.strerror})", str(folder), "Free space or choose another folder.") from None
    return [folder / name for name in made]


def _write(context: Context, text: str, what: tuple, folder: Path) -> None:
    """Write one format of the report in one language."""
    lang, target, papers = what
    page = formats.Page(_with_figures(text, context, lang, target), lang, cover(context, lang), context.figures.resolve())
    formats.write(page, target, folder / f"report_{context.edition}.{lang}", papers)


def cover(context: Context, lang: str) -> dict:
    """Return the words of the title page and of the frame of every format."""
    _ = translator(lang)
    return {
        "title": _("Deaths and rescues at the U.S.-Mexico border"),
        "subtitle": _("Annual report, U.S. fiscal year {year}", year=context.edition),
        "date": _("Data as of {day}.", day=date(context.build["data_as_of"], lang)),
        "register": _("Register {hash}.", hash=context.build["register_hash"][:SHOWN_HASH]),
        "mark": _("SYNTHETIC SAMPLE: invented data, no real person or event") if context.build["is_sample"] else "",
        "contents": _("Contents"), "skip": _("Skip to the text"), "page": _("page"), "figure": _("Figure"), "table": _("Table"),
        "note": _("Behind every number in this report is a person. It is published so that fewer people die."),
        "day": context.build["data_as_of"],
    }  # fmt: skip


def fill(context: Context, numbers: Mapping, lang: str, target: str) -> str:
    """Return the Markdown of the whole report in one language for one format.

    Raises
    ------
    InputError
        A figure, number, table or translation is missing.
    """
    return _with_figures(_text(context, numbers, lang, set()), context, lang, target)


def _text(context: Context, numbers: Mapping, lang: str, quoted: set[str]) -> str:
    """Return the Markdown of the whole report in one language, the same for every format, and add the keys of the numbers it quotes to `quoted`.

    Figures are named between two marks that no text can hold.
    """
    helpers = _helpers(context, numbers, lang, quoted)
    names = sorted(p.name for p in TEMPLATES.glob("[0-9]*.md"))
    return "\n\n".join(_environment(TEMPLATES).get_template(name).render(helpers) for name in names) + "\n"


@functools.lru_cache(maxsize=4)
def _environment(folder: Path) -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(folder)
    return jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, finalize=_inert_unless_safe, lstrip_blocks=True, autoescape=False)


def _with_figures(text: str, context: Context, lang: str, target: str) -> str:
    return FIGURE_NAMED.sub(lambda m: _figure(context, m.group(1), lang, (target, m.group(2))), text)


def _inert_unless_safe(value):
    return value if isinstance(value, (Safe, jinja2.Undefined)) else Safe(inert(value))


def _helpers(context: Context, numbers: Mapping, lang: str, quoted: set[str]) -> dict:
    """Return the functions a template may call."""
    translate, count_words = translator(lang), plural(lang)
    kinds = set(context.tables["incidents"]["kind"])

    def _(text: str, **values) -> Safe:
        return Safe(translate(text, **{k: _inert_unless_safe(v) for k, v in values.items()}))

    def figure(name: str, optional: bool = False, smaller: bool = False) -> Safe:
        is_there = (context.figures / f"{name}.json").is_file()
        return Safe("" if optional and not is_there else f"\ue000{name}:{SMALLER if smaller else WIDTH}\ue001")

    def n(key: str) -> Safe:
        quoted.add(key)
        return cite(numbers, key, lang)

    return {
        "_": _, "ngettext": count_words, "n": n, "value": lambda key: _entry(numbers, key)["value"], "figure": figure,
        "table": lambda name: Safe(report_tables.make(name, context, lang)),
        "number_table": lambda: Safe(report_tables.number_table({key: number for key, number in numbers.items() if key in quoted}, lang)),
        "limits": lambda *said: _limits(_("What this table lacks."), said),
        "since": lambda: Safe(report_findings.since(context, numbers, lang)), "has_before": "numbers_before" in context.tables,
        "lang": lang, "build": context.build, "width_hash": SHOWN_HASH,
        **report_zones.helpers(context, lang, Safe), "has_rescues": "rescue" in kinds, "has_violence": "violence" in kinds,
    }  # fmt: skip


def _limits(head: str, said: tuple) -> Safe:
    """Return the lines below a table that say what it lacks, as a block of their own; nothing where nothing is said."""
    text = " ".join(_inert_unless_safe(s) for s in said if s)
    return Safe(f'::: {{.limits custom-style="Limits"}}\n**{head}** {text}\n:::') if text else Safe("")


def _entry(numbers: Mapping, key: str) -> dict:
    if key not in numbers:
        raise InputError(f"the report asks for a number {key!r} that is not made", "bsi/publish/templates", "Make it in bsi/publish/numbers.py.")
    return numbers[key]


def cite(numbers: Mapping, key: str, lang: str) -> Safe:
    """Return a number of numbers.json as a link to the row of the appendix that says where it comes from.

    Raises
    ------
    InputError
        There is no such number.
    """
    return Safe(f"[{inert(report_tables.write_number(_entry(numbers, key), lang))}](#n-{key.replace('_', '-')}){{.number}}")


def _figure(context: Context, name: str, lang: str, look: tuple[str, str]) -> Safe:
    """Return the Markdown of a saved figure for a format and a width in print; InputError where it is missing or of another register."""
    target, width = look
    path = context.figures / f"{name}.json"
    if not path.is_file():
        raise InputError(f"the report needs the figure {name}, which is not saved", str(context.figures), "Run the notebooks or `bsi figures` first.")
    saved = json.loads(path.read_text(encoding="utf-8"))
    if saved["register_hash"] != context.build["register_hash"]:
        raise InputError(
            f"the figure {name} shows another register ({str(saved['register_hash'])[:8]})", str(path), "Run `bsi figures` again for this register."
        )
    if bool(saved["is_sample"]) != bool(context.build["is_sample"]):
        raise InputError(f"the figure {name} and the register mix the sample with real files", str(path), "Run `bsi figures` again for this register.")
    size = next(iter(sorted(saved["sizes_mm"])))
    kind = "png" if saved["has_points"] or target == "docx" else "svg"
    alt, caption = inert(saved["alt"][lang]), inert(saved["caption"][lang])
    picture = f'![{caption}]({name}-{size}.{lang}.{kind}){{alt="{alt}" #fig-{name.replace("_", "-")} width={WIDTH if target == "html" else width}%}}'
    return Safe(f"{picture}\n\n{_data_link(context.figures / f'{name}.csv', saved, lang, target)}")


def _data_link(path: Path, saved: Mapping, lang: str, target: str) -> str:
    """Return the line with the data of a figure, which the HTML takes in; for maps of points there is none."""
    if saved["has_points"] or target != "html" or not path.is_file():
        return ""
    _ = translator(lang)
    return f"[{inert(_('Data of this figure (CSV)'))}]({path.name}){{.data download={path.name}}}"
