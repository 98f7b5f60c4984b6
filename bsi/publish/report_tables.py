"""The tables of the report, each made from the register for one language."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import pandas as pd

from bsi.errors import InputError
from bsi.publish.language import N_, capital, catalogue, date, number, percent, translator
from bsi.publish.tables import inert, markdown_table

STAGES = {
    "read": N_("rows read"), "out_of_scope": N_("out of scope"), "rejected": N_("rejected"), "records": N_("records"),
    "cumulative": N_("running totals set aside"), "republished": N_("republished"), "independent": N_("reported independently a second time"),
    "same_source": N_("twice in one source"), "part": N_("rows of one event in several rows"), "reconciled": N_("what another list says beyond the first"),
    "incidents": N_("incidents"),
}  # fmt: skip
FIELDS = {
    "date": N_("date"), "lon": N_("position"), "location_precision_m": N_("precision of the position"), "county": N_("county"), "cause": N_("cause"),
    "sex": N_("sex"), "age": N_("age"), "nationality": N_("nationality"), "is_identified": N_("identification"), "sector": N_("sector"),
    "upstream": N_("observer"),
}  # fmt: skip
MODULES = (  # each holds MAKERS: name of a table -> function (context, lang) -> (frame, headings, caption) or None
    "report_tables", "report_people", "report_profiles", "report_rates", "report_violence", "report_findings", "report_methods",
)  # fmt: skip
ORIGINALS = {"documents": ("title",), "literature": ("citation",), "citations": ("title",), "breaks": ("source",)}  # in the language of the document
ANSWERS = {"yes": N_("yes"), "no_better": N_("no better than last year's counts"), "no": N_("no")}
LEAST_SHARE = 0.01  # a smaller share that is not none at all is written as less than this
NOTHING = N_("This register holds nothing for this table.")


class Nothing(Exception):  # noqa: N818 - no error: the table says so in a sentence
    """The register came without a table that one of the report is made of, or it has no row."""


def held(context, name: str) -> pd.DataFrame:
    """Return a table of the context.

    Raises
    ------
    Nothing
        There is none, or it is empty.
    """
    table = context.tables.get(name)
    if table is None or table.empty:
        raise Nothing
    return table


def make(name: str, context, lang: str) -> str:
    """Return one of the report's tables as Markdown, or the sentence that there is nothing to put in it.

    Raises
    ------
    InputError
        The report has no table of this name.
    """
    makers = {key: maker for module in MODULES for key, maker in importlib.import_module(f"bsi.publish.{module}").MAKERS.items()}
    if name not in makers:
        raise InputError(f"the report has no table {name!r}", do=f"Tables: {', '.join(makers)}.")
    try:
        made = makers[name](context, lang)
    except Nothing:
        made = None
    if isinstance(made, str):  # a list of paragraphs, already Markdown
        return made
    return written(made, lang, ORIGINALS.get(name, ()))


def written(made: tuple | None, lang: str, originals: tuple = ()) -> str:
    """Return a table as (frame, headings, caption) in Markdown, or the sentence that there is nothing to put in it."""
    _ = translator(lang)
    return inert(_(NOTHING)) if made is None or made[0].empty else markdown_table(*made[:2], lang, made[2], originals)


def title(context, key: str, lang: str) -> str:
    """Return the title of a source in the language, its key where none is given."""
    return context.titles.get(key, {}).get(lang, key)


def plotted(context, figure: str) -> pd.DataFrame:
    """Return the data of a saved figure; an empty table where it was not saved, or gives a reason in place of a plot."""
    path = context.figures / f"{figure}.csv"
    data = pd.read_csv(path) if path.is_file() else pd.DataFrame()
    return pd.DataFrame() if "message" in data else data


def _files(context, lang: str):
    _ = translator(lang)
    rows = pd.DataFrame(list(context.build["rows"]))
    rows["vintage"] = pd.to_datetime(rows["vintage"])
    rows["source"] = [title(context, key, lang) for key in rows["source"]]
    heads = {
        "source": _("Source"),
        "vintage": _("Published"),
        "read": _("Rows read"),
        "records": _("Records"),
        "out_of_scope": _("Out of scope"),
        "rejected": _("Rejected"),
    }
    return rows, heads, _("Files read, and what became of their rows.")


def _accounting(context, lang: str):
    _ = translator(lang)
    table = held(context, "accounting")
    total = table[table["source"].eq("all")].sort_values("order")
    shown = total.assign(stage=total["stage"].map(lambda s: capital(_(STAGES[s]))))
    shown = shown[total["is_total"] | total[["n_records", "n_dead", "n_missing"]].fillna(0).ne(0).any(axis=1)]
    heads = {"stage": _("Stage"), "n_records": _("Rows or records"), "n_dead": _("Died"), "n_missing": _("Missing")}
    return shown, heads, _("From the rows read to the incidents, in records and in persons; a change carries its sign.")


def _quality(context, lang: str):
    _ = translator(lang)
    rows = context.tables["quality"]
    rows = rows[rows["field"].isin(FIELDS)]
    share = (rows["n_stated"] / rows["n_records"] * 100).astype("float64").round()
    named = rows.assign(share=share, field=rows["field"].map(lambda f: capital(_(FIELDS[f]))))
    wide = named.pivot_table(index="field", columns="source", values="share", sort=False)
    return (
        wide.reset_index(),
        {"field": _("Field"), **{c: title(context, c, lang) for c in wide.columns}},
        _("Share of the records of each source that state the field, in percent."),
    )


MAKERS = {
    "files": _files, "accounting": _accounting, "quality": _quality,
}  # fmt: skip


def write_number(entry: Mapping, lang: str) -> str:
    """Return a number of numbers.json as text in the language."""
    _, value, kind = translator(lang), entry["value"], entry["kind"]
    if value is None:
        return _("not known")
    if kind == "year":
        return str(value)
    if kind == "word":
        return _(ANSWERS[value])
    if kind == "date":
        return date(value, lang)
    if kind == "share":
        return f"<{percent(LEAST_SHARE, lang)}" if 0 < value < LEAST_SHARE / 2 else percent(value, lang)
    return number(value, lang, None)


def number_table(numbers: Mapping, lang: str) -> str:
    """Return the appendix: every number with unit, table and filter, each row the target of the links in the text."""
    _ = translator(lang)
    words = [(_("Number"), 12), (_("Unit"), 22), (_("Data table"), 24), (_("Filter"), 42)]
    lines = ["| " + " | ".join(inert(w) for w, _width in words) + " |", "|" + "|".join("-" * width for _w, width in words) + "|"]
    for key in numbers:
        made = numbers[key]
        unit, condition = made["unit"], made["filter"]
        said = _(condition) if lang != "en" and condition in catalogue(lang) else condition  # words of the catalogue, else an expression
        cells = [inert(_(unit)), inert(made["table"]), inert(said)]
        lines.append(f"| [{inert(write_number(made, lang))}]{{#n-{key.replace('_', '-')}}} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n\n: " + inert(_("Numbers in the text and where they come from.")) + "\n"
