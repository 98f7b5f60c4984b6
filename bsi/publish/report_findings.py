"""Tables of the report on what was said and agreed, on revisions and on sources."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from bsi.publish.language import DASH, N_, capital, date, number, period, signed, translator
from bsi.publish.numbers_findings import OF_THE_YEAR
from bsi.publish.palette import SECTOR_NAMES
from bsi.publish.report_people import fiscal
from bsi.publish.report_tables import held, plotted, title, written
from bsi.publish.words_interventions import FORESTS
from bsi.publish.words_revisions import REASONS
from bsi.publish.words_sources import around

TEMPLATES = Path(__file__).parent / "templates"
HEADING = re.compile(r'^# \{\{ _\("([^"]+)"\) \}\}', re.MULTILINE)
SAID = {
    "supported": N_("borne out"), "partly": N_("in part"), "not_supported": N_("not borne out"), "cannot_tell": N_("cannot be told"),
    "no_public_series": N_("no public series"),
}  # fmt: skip
ASKED = {"answered": N_("answered here"), "partly": N_("in part"), "not_in_data": N_("not in public data")}
WHY = {
    "partial": N_("first figure for part of the year"), "late_find": N_("people found later"), "correction": N_("corrected"),
    "break": N_("people found later, or a change of what is counted (see the dated breaks)"),
}  # fmt: skip
QUOTED = (  # beginnings of the names of the published series that the report quotes
    "usbp_", "ohss_encounters", "cbp_reported_deaths", "cbp_reported_rescue", "grupos_beta_rescued", "grupos_beta_bodies", "grupos_beta_injured",
    "grupos_beta_first_aid", "sre_", "inm_repatriations_all",
)  # fmt: skip
KINDS = {"communique": N_("communiqué"), "gao": N_("auditors' report"), "study": N_("study")}


def section_title(stem: str, lang: str) -> str | None:
    """Return the title of the report's section whose template is named `NN_<stem>.md`, None where there is none."""
    paths = sorted(TEMPLATES.glob(f"[0-9]*_{stem}.md"))
    found = HEADING.search(paths[0].read_text(encoding="utf-8")) if paths else None
    _ = translator(lang)
    return _(found.group(1)) if found else None


def since(context, numbers, lang: str) -> str:
    """Return the numbers of the year as an earlier register had them and now, and the files that are new since, as Markdown."""
    _ = translator(lang)
    names = (_("Whole border"), _("All-American Canal"), _("Arizona-Sonora desert"), _("Mexican side"), _("People rescued (newest official count)"))
    then, now = ([numbers[f"{key}{when}"]["value"] for key in OF_THE_YEAR] for when in ("_then", ""))
    shown = pd.DataFrame({"name": names, "then": then, "now": now})
    shown["change"] = [DASH if pd.isna(a) or pd.isna(b) else signed(b - a, lang) for a, b in zip(then, now, strict=True)]
    old = set(context.tables["files_before"]["sha256"])
    new = [f"{title(context, f['source'], lang)} ({date(f['vintage'], lang, 'medium')})" for f in context.build["files"] if f["sha256"] not in old]
    day = date(numbers["data_as_of_then"]["value"], lang)
    heads = {"name": _("Number"), "then": _("Then"), "now": _("Now"), "change": _("Change")}
    caption = _("The numbers of the year in the register as of {day}, and now.", day=day) + " "
    caption += _("New since then: {files}.", files="; ".join(new)) if new else _("No file is new since then: what moved, moved with the rules.")
    return written((shown, heads, caption), lang)


def _commitments(context, lang: str):
    _ = translator(lang)
    table = held(context, "commitments")
    shown = pd.DataFrame(
        {
            "text": [f"{text[:1].upper()}{text[1:]} ({document})" for text, document in zip(table[f"text_{lang}"], table[f"document_{lang}"], strict=True)],
            "status": [_(SAID[s]) for s in table["status"]],
            "answer": table[f"answer_{lang}"],
        }
    )
    heads = {"text": _("Claim or commitment"), "status": _("Status"), "answer": _("What the public data say")}
    return shown, heads, _("Claims and commitments of 1999 and 2002, and what the public data say of each.")


def _recommendations(context, lang: str):
    _ = translator(lang)
    table = held(context, "recommendations")
    shown = pd.DataFrame(
        {
            "text": [
                f"{text} ({report}, {_day(day, lang)})" for text, report, day in zip(table[f"text_{lang}"], table["report"], table["published"], strict=True)
            ],
            "status": [_(ASKED[s]) for s in table["status"]],
            "answer": [f"{answer}{_where(stems, lang)}" for answer, stems in zip(table[f"answer_{lang}"], table["sections"], strict=True)],
        }
    )
    heads = {"text": _("Recommendation"), "status": _("Status"), "answer": _("What this register can say, and where")}
    return shown, heads, _("Recommendations of the U.S. Government Accountability Office, in our words, and what this register can say of each.")


def _day(text: str, lang: str) -> str:
    """Return a day as the language writes it; a year alone, or nothing, as it stands."""
    return date(text, lang, "medium") if len(text) == 10 else text


def _where(stems: str, lang: str) -> str:
    _ = translator(lang)
    titles = [t for t in (section_title(s, lang) for s in stems.split(";") if s) if t]
    return " " + _("See: {sections}", sections="; ".join(titles)) if titles else ""


def _official_revisions(context, lang: str):
    _ = translator(lang)
    table = held(context, "official_revisions")
    table = table[table["change"].ne(0) & table["area"].eq("southwest_border")]
    shown = pd.DataFrame(
        {
            "period": [period(a, b, lang) for a, b in zip(table["period_start"], table["period_end"], strict=True)],
            "first": table["first"],
            "first_on": table["first_on"],
            "now": table["now"],
            "now_on": table["now_on"],
            "change": table["change"],
            "reason": [_(WHY[r]) for r in table["reason"]],
        }
    )
    heads = {"period": _("Year"), "first": _("First known"), "first_on": _("As of"), "now": _("Now"), "now_on": _("As of"), "change": _("Change"),
             "reason": _("Reason")}  # fmt: skip
    caption = _("Deaths on the southwest border that a later official edition changed. An edition known to its month or fiscal year only carries its last day.")
    return shown, heads, caption


def _sector_revisions(context, lang: str):
    _ = translator(lang)
    table = held(context, "official_revisions")
    table = table[table["measure"].eq("deaths") & table["area"].isin(SECTOR_NAMES)]
    groups = table.assign(n=1, up=table["change"].gt(0), down=table["change"].lt(0)).groupby("area")
    sums = groups[["n", "up", "down", "first", "now", "change"]].sum().astype("int64")
    shown = sums.reindex([a for a in SECTOR_NAMES if a in sums.index]).reset_index().assign(area=lambda f: f["area"].map(SECTOR_NAMES))
    heads = {"area": _("Sector"), "n": _("Years"), "up": _("Rose"), "down": _("Fell"), "first": _("First known"), "now": _("Now"), "change": _("Change")}
    return shown, heads, _("Deaths by sector, summed over the years that two editions of the official count hold; how many of those years rose and fell.")


def _list_revisions(context, lang: str):
    _ = translator(lang)
    history = plotted(context, "list_revisions")
    if history.empty:
        return None
    rows = []
    for source, own in history.groupby("source"):
        for column, (words, _colour, _hatch) in REASONS.items():
            hit = own[own[column] > 0]
            if len(hit):
                years = f"{hit['year'].min()}–{hit['year'].max()}" if len(hit) > 1 else str(hit["year"].iloc[0])
                sign = -1 if column == "withdrawn" else 1
                rows.append([title(context, source, lang), _(words), years, sign * int(hit[column].sum())])
    shown = pd.DataFrame(rows, columns=["list", "why", "years", "n"])
    heads = {"list": _("List"), "why": _("Reason"), "years": _("Years"), "n": _("Records")}
    caption = _("Records that later editions added to years already begun, or withdrew. What an edition adds to a year is put down to its main reason.")
    return shown, heads, caption


def _agents_panel(context, lang: str):
    """Return the ratios of the figure with what its intervals cannot say: how often sectors with exchanged paths give as much."""
    _ = translator(lang)
    table = plotted(context, "agents_panel")
    if "first_year" not in table:
        return None
    shown = table.assign(
        name=[_(text) for text in table["name"].map(FORESTS["panel"]["names"])],
        ratio=[f"{number(r.ratio, lang, 2)} ({number(r.low, lang, 2)}–{number(r.high, lang, 2)})" for r in table.itertuples()],
        p_random=[number(p, lang, 2) for p in table["p_random"]],
        years=[fiscal(a, b, lang) for a, b in zip(table["first_year"], table["last_year"], strict=True)],
    )
    heads = {"name": _("Choice"), "ratio": _("Ratio of deaths"), "p_random": _("p, by randomization"), "n_sectors": _("Sectors"), "years": _("Years")}
    caption = _(
        "Deaths where agents are 10% more than usual, as a ratio: the values of the figure on deaths and agents; "
        "p is the share of random exchanges of the agents among the sectors that give a ratio as far from one."
    )
    return shown, heads, caption


def _documents(context, lang: str):
    _ = translator(lang)
    table = held(context, "documents")
    noted = [f"{title.removesuffix('.')} ({note})." if note else title for title, note in zip(table["title"], table[f"note_{lang}"], strict=True)]
    kinds, days = [capital(_(KINDS[k])) for k in table["kind"]], [_day(d, lang) for d in table["published"]]
    shown = table.assign(kind=kinds, published=days, title=noted, address=table["address"].replace("", pd.NA))
    heads = {"kind": _("Kind"), "title": _("Title"), "published": _("Published"), "address": _("Address")}
    return shown, heads, _("Communiqués, auditors' reports and studies. Where no day was found in the text read, the year stands alone.")


def _literature(context, lang: str):
    _ = translator(lang)
    return held(context, "literature"), {"citation": _("Work")}, _("Literature of the methods.")


def _citations(context, lang: str):
    _ = translator(lang)
    table = context.tables["published"]
    table = table[table["series"].str.startswith(QUOTED) & table["area_type"].isin(("border", "sector", "country"))]
    table = table[table["period_end"].le(pd.Timestamp(context.build["data_as_of"]))]
    counts = table.assign(source=table["source"].astype("str")).groupby("source", as_index=False).agg(
        series=("measure", "nunique"), n=("value", "size"), day=("as_published_on", "max"))  # fmt: skip
    parts = counts["source"].str.extract(r"^(?P<title>.*?),?\s*(?P<address>https?://\S+)?$")
    shown = counts.assign(
        title=[around(t, lang) for t in parts["title"]],
        address=parts["address"],
        day=[_day(str(d.date()), lang) if pd.notna(d) else _("undated") for d in counts["day"]],
    )
    heads = {"title": _("Title"), "day": _("Published"), "n": _("Numbers quoted"), "address": _("Address")}
    return (
        shown.sort_values("title", key=lambda s: s.str.casefold()),
        heads,
        _("Documents from which the published series in this report are taken. One known to its month only carries the last day."),
    )


def _cited_files(context, lang: str):
    _ = translator(lang)
    rows = pd.DataFrame(list(context.build.get("files", ())))
    if rows.empty:
        return None
    rows = rows.assign(source=[title(context, key, lang) for key in rows["source"]], vintage=[_day(str(v)[:10], lang) for v in rows["vintage"]])
    name = next((c for c in ("name", "file", "path") if c in rows), None)
    rows = rows.assign(sha=rows["sha256"].str[:10], name=rows[name].map(lambda v: Path(str(v)).name) if name else "")
    heads = {"source": _("Source"), "vintage": _("Published"), "name": _("File"), "sha": _("Beginning of its SHA-256")}
    caption = [_("Files from which the register was built."), *_later_than_file(context, lang)]
    return rows, heads, " ".join(caption)


def _later_than_file(context, lang: str) -> list[str]:
    """Return a sentence on each file with rows that are dated after the day of the file."""
    _ = translator(lang)
    records = held(context, "records")
    late = records[records["date"].gt(records["vintage"]).fillna(False)]
    sentence = N_(
        "Rows of {list} dated after the day of its file: {n}, up to {day}. The file may be newer than its name says; "
        "the people in these rows stand in the totals and in no year."
    )
    return [
        _(sentence, list=title(context, source, lang), n=number(len(own), lang), day=date(own["date"].max(), lang, "medium"))
        for (source, _vintage), own in late.groupby(["source", "vintage"], observed=True)
    ]


MAKERS = {
    "commitments": _commitments, "recommendations": _recommendations, "official_revisions": _official_revisions, "sector_revisions": _sector_revisions,
    "list_revisions": _list_revisions, "agents_panel": _agents_panel,
    "documents": _documents, "literature": _literature, "citations": _citations, "cited_files": _cited_files,
}  # fmt: skip
