"""Tables of the methods annex: methods with what would break them, the linkage as measured, terms, differences, breaks in the series."""

from __future__ import annotations

import pandas as pd

from bsi.publish.language import N_, capital, join, percent, translator
from bsi.publish.report_findings import _day
from bsi.publish.report_tables import held
from bsi.publish.tables import inert

LINKED = {
    "patrol_and_others": N_("Border Patrol records with the lists of Humane Borders and IOM, read and judged pair by pair"),
    "patrol_and_humane_borders": N_("Border Patrol records with Humane Borders alone, read and judged pair by pair"),
    "sample": N_("Synthetic sample, whose truth is known"),
}
SERIES = {"usbp_profile_rescues": N_("people rescued, sector profiles"), "usbp_profile_assaults": N_("assaults on agents, sector profiles")}
SOURCES = {  # sources in words of ours; titles of documents stay as they are
    s: s
    for s in (
        N_("comparison of the two series"),
        N_("comparison of the editions of June 2020 and March 2022"),
        N_("Secretaría de Relaciones Exteriores, quoted by press"),
        N_("Instituto Nacional de Migración, quoted by press"),
        N_("Associated Press, September 2005; GAO-22-105053"),
        N_("Associated Press, September 2005; GAO-06-770 (2006)"),
        N_("No More Deaths, Border Death Database, edition of March 2025"),
        N_("U.S. Border Patrol, Sector Profile, fiscal year 2018"),
        N_("U.S. Border Patrol, records released under the Freedom of Information Act"),
        N_("Centers for Disease Control and Prevention, order of March 20, 2020; U.S. Customs and Border Protection"),
    )
}


def _methods(context, lang: str):
    """Return the methods as a list of paragraphs: what is done, what it assumes, what would break it, the works it follows."""
    _ = translator(lang)
    table, works = held(context, "methods"), held(context, "literature")
    short = {key: f"{_authors(text, lang)} {year}" for key, text, year in zip(works["key"], works["citation"], works["year"], strict=True)}
    paragraphs = []
    for row in table.to_dict("records"):
        cited = "; ".join(short[k] for k in row["cites"].split(";") if k)
        said = [inert(row[f"rule_{lang}"]), f"*{inert(_('It assumes:'))}* {inert(row[f'assumes_{lang}'])}"]
        said.append(f"*{inert(_('It would break with:'))}* {inert(row[f'breaks_{lang}'])}" + (f" ({inert(cited)})" if cited else ""))
        paragraphs.append(f"- **{inert(row[f'name_{lang}'])}.** " + " ".join(said))
    return "\n".join(paragraphs) + "\n"


def _authors(citation: str, lang: str) -> str:
    """Return the surnames of a citation: both of two, the first of more."""
    _ = translator(lang)
    names = [name.rsplit(" ", 1)[0] for name in citation.split(" (", maxsplit=1)[0].split(", ")]
    return join(names, lang) if len(names) < 3 else _("{first} et al.", first=names[0])


def _linkage(context, lang: str):
    _ = translator(lang)
    table = held(context, "linkage")
    table = table.assign(text=[f"{percent(r.value, lang, 1)} ({percent(r.low, lang, 1)}–{percent(r.high, lang, 1)})" for r in table.itertuples()])
    wide = table.pivot(index=["what", "n_links"], columns="measure", values="text").reset_index()
    wide = wide.set_index("what").reindex([k for k in LINKED if k in set(wide["what"])]).reset_index()
    wide["what"] = [_(LINKED[k]) for k in wide["what"]]
    heads = {"what": _("Lists"), "n_links": _("Links"), "precision": _("Precision"), "recall": _("Recall")}
    caption = _("Linkage as measured, with intervals: precision is the share of the links that are right, recall the share of the true pairs that are found.")
    return wide, heads, caption


def _terms(context, lang: str):
    _ = translator(lang)
    table = held(context, "terms")
    other = "es" if lang == "en" else "en"
    names = [f"{term} ({translated})" if term != translated else term for term, translated in zip(table[f"term_{lang}"], table[f"term_{other}"], strict=True)]
    shown = pd.DataFrame({"term": names, "meaning": table[f"meaning_{lang}"]})
    return shown, {"term": _("Term"), "meaning": _("Meaning")}, _("Terms as this report uses them; in parentheses, in the other language.")


def _differences(context, lang: str):
    _ = translator(lang)
    table = held(context, "series_notes")
    table = table[table["kind"].isin(("sector", "source"))]
    texts = [f"{text} [{source}]" for text, source in zip(table[f"text_{lang}"], _sources(table["source"], lang), strict=True)]
    shown = pd.DataFrame({"about": table[f"about_{lang}"], "text": texts})
    heads = {"about": _("Sector or source"), "text": _("Difference, and where it is said")}
    return shown, heads, _("Differences of method among sectors and among sources.")


def _sources(texts: pd.Series, lang: str) -> list[str]:
    _ = translator(lang)
    return [_(SOURCES[text]) if text in SOURCES else text for text in texts]


def _breaks(context, lang: str):
    """Return the dated breaks: those of the table of interventions, and the notes on published series."""
    _ = translator(lang)
    notes, measures = held(context, "series_notes"), held(context, "interventions")
    own = measures[measures["type"].eq("series_break")]
    own = pd.DataFrame({"day": own["from"].astype("str").str[:10], "text": own[f"name_{lang}"], "source": own["source"]})
    noted = notes[notes["kind"].eq("break")]
    noted = pd.DataFrame({"day": noted["from"], "text": noted[f"about_{lang}"] + ": " + noted[f"text_{lang}"], "source": noted["source"]})
    shown = pd.concat([own, noted]).sort_values("day")
    shown = shown.assign(day=[_day(d, lang) for d in shown["day"]], source=_sources(shown["source"], lang))
    heads = {"day": _("From"), "text": _("What changes"), "source": _("Source")}
    return shown, heads, _("Dated breaks in the series: a count before and a count after are not of the same thing.")


def _quality_notes(context, lang: str):
    """Return the official figures that are marked as doubtful, by series and year."""
    _ = translator(lang)
    table = context.tables["published"]
    table = table[table["reliability"].eq("official") & table["quality"].fillna("").str.contains("scrambled|transposed|repeat", case=False)]
    if table.empty:
        return None
    named = [capital(_(SERIES[s])) if s in SERIES else s for s in table["series"]]
    shown = table.assign(series=named, year=table["period_end"].dt.year.astype("str")).groupby(["series", "year"], as_index=False).agg(n=("value", "size"))
    heads = {"series": _("Series"), "year": _("Fiscal year"), "n": _("Values marked")}
    return shown, heads, _("Official figures kept as printed and marked as doubtful.")


MAKERS = {"methods": _methods, "linkage": _linkage, "terms": _terms, "differences": _differences, "breaks": _breaks, "quality_notes": _quality_notes}
