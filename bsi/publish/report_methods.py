"""Tables of the methods annex: methods with what would break them, the linkage as measured, terms, differences, breaks in the series."""

from __future__ import annotations

import pandas as pd

from bsi.publish.language import N_, join, percent, translator
from bsi.publish.report_findings import _day

LINKED = {
    "patrol_and_others": N_("Border Patrol records with the lists of Humane Borders and IOM, read and judged pair by pair"),
    "patrol_and_humane_borders": N_("Border Patrol records with Humane Borders alone, read and judged pair by pair"),
    "sample": N_("synthetic sample, whose truth is known"),
}
ABOUT = {"sector": N_("sector"), "source": N_("source")}


def _methods(context, lang: str):
    _ = translator(lang)
    table, works = context.tables.get("methods"), context.tables.get("literature")
    if table is None or works is None:
        return None
    short = {key: f"{text.split('(')[0].strip()} ({year})" for key, text, year in zip(works["key"], works["citation"], works["year"], strict=True)}
    cited = ["; ".join(short[k] for k in keys.split(";") if k) for keys in table["cites"]]
    rules = [f"{rule} [{c}]" if c else rule for rule, c in zip(table[f"rule_{lang}"], cited, strict=True)]
    shown = pd.DataFrame({"name": table[f"name_{lang}"], "rule": rules, "assumes": table[f"assumes_{lang}"], "breaks": table[f"breaks_{lang}"]})
    heads = {"name": _("Question"), "rule": _("What is done"), "assumes": _("It assumes"), "breaks": _("What would break it")}
    return shown, heads, _("Methods with their assumptions. Full citations stand under Sources and citations.")


def _linkage(context, lang: str):
    _ = translator(lang)
    table = context.tables.get("linkage")
    if table is None or table.empty:
        return None
    table = table.assign(text=[f"{percent(r.value, lang, 1)} ({percent(r.low, lang, 1)}–{percent(r.high, lang, 1)})" for r in table.itertuples()])
    wide = table.pivot(index=["what", "n_links"], columns="measure", values="text").reset_index()
    wide = wide.set_index("what").reindex([k for k in LINKED if k in set(wide["what"])]).reset_index()
    wide["what"] = [_(LINKED[k]) for k in wide["what"]]
    heads = {"what": _("Lists"), "n_links": _("Links"), "precision": _("Precision"), "recall": _("Recall")}
    caption = _("Linkage as measured, with intervals: precision is the share of the links that are right, recall the share of the true pairs that are found.")
    return wide, heads, caption


def _terms(context, lang: str):
    _ = translator(lang)
    table = context.tables.get("terms")
    if table is None:
        return None
    other = "es" if lang == "en" else "en"
    shown = pd.DataFrame({"term": table[f"term_{lang}"], "other": table[f"term_{other}"], "meaning": table[f"meaning_{lang}"]})
    return shown, {"term": _("Term"), "other": _("In the other language"), "meaning": _("Meaning")}, _("Terms as this report uses them.")


def _differences(context, lang: str):
    _ = translator(lang)
    table = context.tables.get("series_notes")
    if table is None:
        return None
    table = table[table["kind"].isin(ABOUT)]
    shown = pd.DataFrame(
        {"kind": [_(ABOUT[k]) for k in table["kind"]], "about": table[f"about_{lang}"], "text": table[f"text_{lang}"], "source": table["source"]}
    )
    heads = {"kind": _("Kind"), "about": _("Of"), "text": _("Difference"), "source": _("Source")}
    return shown, heads, _("Differences of method among sectors and among sources.")


def _breaks(context, lang: str):
    """Return the dated breaks: those of the table of interventions, and the notes on published series."""
    _ = translator(lang)
    notes = context.tables.get("series_notes")
    measures = context.tables.get("interventions")
    if notes is None or measures is None:
        return None
    own = measures[measures["type"].eq("series_break")]
    parts = [
        pd.DataFrame({"day": own["from"].astype("str").str[:10], "text": own[f"name_{lang}"], "source": own["source"]}),
        notes[notes["kind"].eq("break")].assign(day=lambda n: n["from"], text=lambda n: n[f"about_{lang}"] + ": " + n[f"text_{lang}"])[
            ["day", "text", "source"]
        ],
    ]
    shown = pd.concat(parts).sort_values("day")
    shown["day"] = [_day(d, lang) for d in shown["day"]]
    return (
        shown,
        {"day": _("From"), "text": _("What changes"), "source": _("Source")},
        _("Dated breaks in the series: a count before and a count after are not of the same thing."),
    )


def _quality_notes(context, lang: str):
    """Return the official figures that are marked as doubtful, by series and year."""
    _ = translator(lang)
    table = context.tables["published"]
    table = table[table["reliability"].eq("official") & table["quality"].fillna("").str.contains("scrambled|transposed|repeat", case=False)]
    if table.empty:
        return None
    table = table.assign(year=table["period_end"].dt.year)
    shown = table.groupby(["series", "year"], as_index=False).agg(areas=("area", lambda a: join(sorted(set(a)), lang)), n=("value", "size"))
    heads = {"series": _("Series"), "year": _("Fiscal year"), "areas": _("Areas"), "n": _("Figures")}
    return shown.astype({"year": "str"}), heads, _("Official figures kept as printed and marked as doubtful.")


MAKERS = {"methods": _methods, "linkage": _linkage, "terms": _terms, "differences": _differences, "breaks": _breaks, "quality_notes": _quality_notes}
