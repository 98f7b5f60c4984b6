"""Figures of the register itself: from rows to incidents, which lists overlap, who covers which years, how complete, what others published."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bsi.publish.language import N_, join, number, percent, translator
from bsi.publish.style import INK, MEASURE_COLOURS, MM, POINTS, RULE, SIZES, Description, describe, message_figure, new_figure, set_title, styled, wrap

STAGES = {
    "read": N_("Rows read"), "out_of_scope": N_("Not of this border"), "rejected": N_("Refused"), "records": N_("Records"), "cumulative": N_("Running totals"),
    "republished": N_("Same observer, another list"), "independent": N_("Same event, another observer"), "same_source": N_("Listed twice in one list"),
    "part": N_("Parts of one event"), "reconciled": N_("Observers reconciled"), "incidents": N_("Counted once"),
}  # fmt: skip
NOTHING = N_("There is nothing to show: the register holds no record.")


@styled
def accounting_waterfall(accounting: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return the path from records to incidents as two waterfalls: records, and people dead.

    Parameters
    ----------
    accounting : contract ACCOUNTING
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("From records to people counted once")
    rows = accounting[accounting["source"] == "all"].sort_values("order")
    rows = rows[rows["order"] >= rows.loc[rows["stage"] == "records", "order"].min()] if (rows["stage"] == "records").any() else rows.head(0)
    rows = rows[rows["is_total"] | rows["n_records"].ne(0) | rows["n_dead"].fillna(0).ne(0)].reset_index(drop=True)
    if rows.empty or rows.loc[0, "n_records"] == 0:
        return message_figure(_(NOTHING), size, lang, title)
    panels = ((1, 2) if size == "double" else (2, 1), (("n_records", _("Records")), ("n_dead", _("People dead"))))
    fig, axes = new_figure(size, 46.0 if size == "double" else 84.0, panels[0], sharey=size == "double", squeeze=False)
    for i, (ax, (column, name)) in enumerate(zip(axes.ravel(), panels[1], strict=True)):
        _waterfall(ax, rows, column, lang)
        ax.set_title(name, loc="left")
        ax.set_yticks(range(len(rows)), [_(STAGES[s]) for s in rows["stage"]])
        ax.tick_params(labelleft=size == "single" or i == 0)
    set_title(fig, title, _("All years. Each bar is what a step takes away or adds; the last is what remains."))
    ends = {c: (number(rows[c].iloc[0], lang), number(rows[c].iloc[-1], lang)) for c in ("n_records", "n_dead")}
    alt = _(
        "Two waterfall charts. {r0} records become {r1} incidents; {d0} people dead in the records become {d1} people, each counted once.",
        r0=ends["n_records"][0], r1=ends["n_records"][1], d0=ends["n_dead"][0], d1=ends["n_dead"][1],
    )  # fmt: skip
    return describe(fig, Description(title, alt, _("What each step of the consolidation takes from the count, in records and in people."), rows))


def _waterfall(ax, rows: pd.DataFrame, column: str, lang: str) -> None:
    """Draw horizontal bars that begin where the one before ended; totals begin at zero."""
    level = 0.0
    values = rows[column].fillna(0).astype(float)
    for i, (value, is_total) in enumerate(zip(values, rows["is_total"].astype(bool), strict=True)):
        start = 0.0 if is_total else level
        level = value if is_total else level + value
        ax.barh(i, value, 0.7, left=start, color=MEASURE_COLOURS["deaths"] if is_total else ("#b0552f" if value < 0 else MEASURE_COLOURS["rescues"]))
        text = number(value, lang) if is_total else ("+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else "") + number(abs(value), lang)
        ax.annotate(text, (max(start, level), i), xytext=(2, 0), textcoords="offset points", va="center", fontsize=POINTS["small"], color=INK)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, values.max() * 1.16)
    ax.grid(visible=False)
    ax.set_xticks([])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


@styled
def source_overlap(incidents: pd.DataFrame, lang: str, size: str = "double", names: dict | None = None, most: int = 12) -> Figure:
    """Return which lists hold the same incidents: a bar for each combination, dots for its lists below (UpSet; Lex et al. 2014).

    Parameters
    ----------
    incidents : contract INCIDENTS (column sources)
    lang, size : "en" or "es"; "single" or "double"
    names : source key -> name to show
    most : largest combinations to show; the others are counted in the note
    """
    _ = translator(lang)
    title = _("Which lists hold the same events")
    rows = incidents[~incidents["is_cumulative"].astype(bool)]
    counts = rows["sources"].value_counts()
    if counts.empty:
        return message_figure(_(NOTHING), size, lang, title)
    shown = counts.head(most if size == "double" else 8)
    lists = pd.Series(";".join(shown.index).split(";")).unique()
    total = {key: int(rows["sources"].str.split(";").map(lambda s, k=key: k in s).sum()) for key in lists}
    lists = sorted(lists, key=lambda key: -total[key])
    fig, axes = new_figure(size, 42.0 + 5.0 * len(lists), (2, 1), sharex=True, squeeze=False, height_ratios=[34, 4 + 5 * len(lists)])
    top, dots = axes.ravel()
    x = np.arange(len(shown))
    top.bar(x, shown.to_numpy(), 0.7, color=MEASURE_COLOURS["deaths"])
    for i, n in enumerate(shown):
        top.annotate(number(n, lang), (i, n), xytext=(0, 1.5), textcoords="offset points", ha="center", fontsize=POINTS["small"])
    top.set_ylabel(_("Incidents"))
    top.set_yticks([])
    top.spines["left"].set_visible(False)
    top.tick_params(labelbottom=False)
    held = [f"{(names or {}).get(k, k)}: {number(total[k], lang)}" for k in lists]
    _dots(dots, shown, lists, ["\n".join(wrap(text, 0.36 * SIZES[size], POINTS["small"])) for text in held])
    lost = int(counts.iloc[len(shown) :].sum())
    note = _("{n} incidents in rarer combinations are not shown.", n=number(lost, lang)) if lost else ""
    set_title(fig, title, " ".join(filter(None, [_("All years. Beside each list, the incidents it holds. A column of dots is a combination of lists."), note])))
    alone = int(counts[~counts.index.str.contains(";")].sum())
    alt = _(
        "Chart of overlaps: {alone} of {all} incidents stand in one list only; the largest combination of several lists is {most} with {n}.",
        alone=number(alone, lang), all=number(len(rows), lang), n=number(counts[counts.index.str.contains(";")].max() if alone < len(rows) else 0, lang),
        most=join([(names or {}).get(k, k) for k in next((s for s in counts.index if ";" in s), counts.index[0]).split(";")], lang),
    )  # fmt: skip
    data = counts.rename_axis("sources").rename("n_incidents").reset_index()
    return describe(fig, Description(title, alt, _("Incidents by the combination of lists that hold them."), data))


def _dots(ax, shown: pd.Series, lists: list, labels: list[str]) -> None:
    for i, combination in enumerate(shown.index):
        members = [lists.index(k) for k in combination.split(";")]
        ax.plot([i] * len(lists), range(len(lists)), "o", color=RULE, markersize=3.2)
        ax.plot([i] * len(members), members, "-o", color=INK, markersize=3.4, linewidth=0.9)
    ax.set_yticks(range(len(lists)), labels, fontsize=POINTS["small"])
    ax.set_ylim(len(lists) - 0.5, -0.5)
    ax.grid(visible=False)
    ax.set_xticks([])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


@styled
def source_spans(records: pd.DataFrame, lang: str, size: str = "double", names: dict | None = None, most: int = 16) -> Figure:
    """Return which years each observer covers in each list: one line a source and upstream, its darkness the records of the year.

    Parameters
    ----------
    records : contract RECORDS
    lang, size : "en" or "es"; "single" or "double"
    names : source key -> name to show; upstream keys are found there too
    most : observers to show, those with most records, the first of each list before the others
    """
    _ = translator(lang)
    title = _("Who covers which years")
    rows = records[records["date"].notna()].assign(year=records["date"].dt.year, upstream=records["upstream"].fillna("?"))
    table = rows.groupby(["source", "upstream", "year"]).size().unstack(fill_value=0)
    if table.empty:
        return message_figure(_(NOTHING), size, lang, title)
    order = table.sum(axis=1).sort_values(ascending=False).index
    is_further = order.get_level_values("source").duplicated()  # no list is left out, however short beside the others
    table = table.loc[order[np.argsort(is_further, kind="stable")][: max(most if size == "double" else 10, (~is_further).sum())]]
    table = table.reindex(columns=range(int(table.columns[table.sum() > 0].min()), int(table.columns.max()) + 1), fill_value=0)
    named, largest = names or {}, table.groupby(level="source").sum().sum(axis=1)
    table = table.iloc[np.lexsort([-table.sum(axis=1).to_numpy(), -largest.loc[table.index.get_level_values("source")].to_numpy()])]
    rows = []  # (is the name of a list, label, records by year)
    for (source, upstream), counts in table.iterrows():
        if not rows or rows[-1][1] != source:
            rows.append((True, source, counts * 0))
        rows.append((False, source, counts.rename(upstream)))
    wide = SIZES[size] * 0.36
    labels = [named.get(source, source) if is_list else "\n".join(wrap(named.get(n.name, n.name), wide, POINTS["small"])) for is_list, source, n in rows]
    shown = np.array([n.to_numpy() for _is_list, _source, n in rows], dtype=float)
    edges = np.concatenate([[0], np.cumsum([1.4 + 2.4 * (label.count("\n") + 1) for label in labels])])  # mm: a longer name has a taller line
    fig, ax = new_figure(size, 8 + edges[-1])
    fig.get_layout_engine().set(w_pad=2.2 * MM)
    dark = np.where(shown > 0, 0.25 + 0.75 * np.log1p(shown) / np.log1p(shown.max()), np.nan)
    ax.pcolormesh(np.arange(shown.shape[1] + 1) - 0.5, edges, dark, cmap="Blues", vmin=0, vmax=1.15)
    ax.invert_yaxis()
    ax.set_yticks((edges[:-1] + edges[1:]) / 2, labels, fontsize=POINTS["small"], linespacing=1.0)
    for tick, (is_list, *_rest) in zip(ax.get_yticklabels(), rows, strict=True):
        tick.set_fontweight("bold" if is_list else "normal")
    step = 10 if size == "single" else 5
    at = [i for i, year in enumerate(table.columns) if year % step == 0]
    ax.set_xticks(at, [str(table.columns[i]) for i in at])
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    set_title(fig, title, _("Each line is an observer in the list named in bold above it; a year without a record is blank, a darker one holds more. "
                            "Lists end on different days."))  # fmt: skip
    last = {named.get(key[1], key[1]): int(table.columns[(row > 0).to_numpy()].max()) for key, row in table.iterrows()}
    alt = _("Calendar of records by observer and year. Last year with a record: {ends}.", ends=join([f"{k} {v}" for k, v in list(last.items())[:6]], lang))
    return describe(fig, Description(title, alt, _("Records of each observer by year."), table.reset_index()))


@styled
def quality_grid(quality: pd.DataFrame, lang: str, size: str = "double", names: dict | None = None) -> Figure:
    """Return the share of records that state each field, source by source.

    Parameters
    ----------
    quality : contract QUALITY
    lang, size : "en" or "es"; "single" or "double"
    names : source key -> name to show
    """
    _ = translator(lang)
    title = _("How complete each list is")
    if quality.empty:
        return message_figure(_(NOTHING), size, lang, title)
    fields = {"date": _("Date"), "lon": _("Position"), "county": _("County"), "cause": _("Cause"), "sex": _("Sex"), "age": _("Age"),
              "nationality": _("Nationality"), "is_identified": _("Identified or not"), "body_condition": _("Condition")}  # fmt: skip
    table = quality[quality["field"].isin(fields)].assign(share=lambda q: q["n_stated"] / q["n_records"]).pivot(index="source", columns="field", values="share")
    table = table.reindex(columns=[f for f in fields if f in table])
    fig, ax = new_figure(size, (12 if size == "double" else 22) + 6.0 * len(table))
    ax.imshow(table.to_numpy(float), cmap="Blues", vmin=0, vmax=1.25, aspect="auto")
    for i in range(len(table)):
        for j, value in enumerate(table.iloc[i]):
            dark = value > 0.7
            ax.text(j, i, percent(value, lang), ha="center", va="center", fontsize=POINTS["small"], color="white" if dark else INK)
    ax.set_yticks(range(len(table)), ["\n".join(wrap((names or {}).get(s, s), 0.3 * SIZES[size], POINTS["base"])) for s in table.index])
    names_of = ["\n".join(wrap(fields[f], 14.0, POINTS["small"])) if size == "double" else fields[f] for f in table]
    ax.set_xticks(
        range(table.shape[1]), names_of, rotation=0 if size == "double" else 60, ha="center" if size == "double" else "right", fontsize=POINTS["small"]
    )
    ax.xaxis.tick_top() if size == "double" else None
    ax.grid(visible=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    set_title(fig, title, _("Share of the records that state the field. What is not stated stays unknown."))
    worst = table.min().idxmin()
    alt = _(
        "Table of completeness: the field stated least often in some list is {field}, in {share} of its records.",
        field=fields[worst],
        share=percent(table.min().min(), lang),
    )
    return describe(fig, Description(title, alt, _("Share of records that state each field, by list."), table.reset_index()))


@styled
def claims_chart(claims: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return how many published numbers come out exactly, nearly, differently, or could not be tested.

    Parameters
    ----------
    claims : from `analysis.claims.claims`
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("Published numbers recomputed")
    words = {
        "exact": _("exact"),
        "within one": _("within one"),
        "close": _("within five percent"),
        "differs": _("differs"),
        "not tested": _("not tested: file not there"),
    }
    counts = claims["status"].value_counts().reindex(list(words), fill_value=0)
    if not counts.sum():
        return message_figure(_(NOTHING), size, lang, title)
    fig, ax = new_figure(size, 30.0)
    colours = [MEASURE_COLOURS["rescues"], "#5aa88f", "#a7cfc3", "#b0552f", RULE]
    ax.barh(range(len(counts)), counts, 0.7, color=colours)
    for i, n in enumerate(counts):
        ax.annotate(number(n, lang), (n, i), xytext=(2, 0), textcoords="offset points", va="center", fontsize=POINTS["small"])
    ax.set_yticks(range(len(counts)), list(words.values()))
    ax.set_xlim(0, counts.max() * 1.06)
    ax.invert_yaxis()
    ax.set_xticks([])
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    ax.set_xlabel(_("Published numbers"))
    set_title(fig, title, _("Each concerns one edition of one list, before linkage. A difference is a finding: nothing was tuned."))
    alt = _(
        "Of {n} published numbers {exact} come out exactly and {differs} differ.",
        n=number(counts.sum(), lang), exact=number(counts["exact"], lang), differs=number(counts["differs"], lang),
    )  # fmt: skip
    return describe(
        fig, Description(title, alt, _("Published numbers by how well they reproduce here."), counts.rename("n").rename_axis("status").reset_index())
    )
