"""Figures of coverage: who saw whom, what the Border Patrol's own list holds, and what two lists leave open."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.transforms import blended_transform_factory

from bsi.publish.figures import EMPTY, place
from bsi.publish.language import N_, date, join, number, percent, translator
from bsi.publish.style import (
    CAUSE_GROUPS,
    INK,
    MEASURE_COLOURS,
    PAD_MM,
    POINTS,
    RULE,
    SECTOR_NAMES,
    SECTORS_WEST_TO_EAST,
    SIZES,
    SOFT,
    Description,
    describe,
    message_figure,
    new_figure,
    set_title,
    styled,
    text_width_mm,
    wrap,
)  # fmt: skip

OBSERVERS = {
    "examiner": N_("Medical examiners, coroners"), "county": N_("Sheriffs, police, counties"), "patrol": N_("Border Patrol"), "press": N_("Press"),
    "rescue": N_("Rescue and migration services"), "civil": N_("Organizations, consulates"),
}  # fmt: skip
LEAST_NAMED = 30  # a share of fewer people is not named as the highest or lowest
ALONE = {"examiner": "#6f9fc8", "county": "#e3c46c", "patrol": "#b0552f", "press": "#b9a6cf", "rescue": "#8fc3a5", "civil": "#e2b5b0"}
MORE, NOBODY = MEASURE_COLOURS["deaths"], "#d9d9d9"


@styled
def observer_overlap(sets: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None, most: int = 12) -> Figure:
    """Return how many people each combination of kinds of observers saw (UpSet; Lex et al. 2014).

    Parameters
    ----------
    sets : from `analysis.coverage.overlap` with observers folded to kinds: observers, n_observers, n_incidents, n_dead
    lang, size : "en" or "es"; "single" or "double"
    area : name of the area in both languages; default the whole border
    most : largest combinations to show; people in the others are counted in the note
    """
    _ = translator(lang)
    title = _("Who recorded whom: combinations of independent observers")
    known = sets[sets["n_observers"] > 0].sort_values("n_dead", ascending=False, ignore_index=True)
    if known.empty or not known["n_dead"].sum():
        return message_figure(_(EMPTY), size, lang, title)
    shown = known.head(most if size == "double" else 8)
    kinds = [k for k in OBSERVERS if shown["observers"].str.split(";").map(lambda s, k=k: k in s).any()]
    fig, axes = new_figure(size, 40.0 + 5.0 * len(kinds), (2, 1), sharex=True, height_ratios=[32, 4 + 5 * len(kinds)])
    top, dots = axes.ravel()
    top.bar(range(len(shown)), shown["n_dead"], 0.7, color=[MORE if n > 1 else ALONE[s] for s, n in zip(shown["observers"], shown["n_observers"], strict=True)])
    for i, n in enumerate(shown["n_dead"]):
        top.annotate(number(n, lang), (i, n), xytext=(0, 1.5), textcoords="offset points", ha="center", fontsize=POINTS["small"])
    top.set_ylabel(_("People"))
    top.set_yticks([])
    top.tick_params(labelbottom=False)
    for i, text in enumerate(shown["observers"]):
        at = [kinds.index(k) for k in text.split(";")]
        dots.plot([i] * len(kinds), range(len(kinds)), "o", color=RULE, markersize=3.2)
        dots.plot([i] * len(at), at, "-o", color=INK, markersize=3.6, linewidth=0.9)
    dots.set_yticks(range(len(kinds)), [_(OBSERVERS[k]) for k in kinds])
    dots.set_ylim(len(kinds) - 0.5, -0.5)
    dots.set_xticks([])
    for ax, side in ((top, "left"), (dots, "left"), (dots, "bottom")):
        ax.spines[side].set_visible(False)
    for ax in (top, dots):
        ax.grid(visible=False)
    lost, unnamed = int(known["n_dead"].sum() - shown["n_dead"].sum()), int(sets.loc[sets["n_observers"] == 0, "n_dead"].sum())
    note = [_("A list that repeats an observer adds no one. Dark: recorded by two kinds or more.")]
    note += [_("{n} people in rarer combinations and {m} whose observer is not known are not drawn.", n=number(lost, lang), m=number(unnamed, lang))]
    set_title(fig, title, f"{place(area, lang)}. {' '.join(note)}")
    total, twice = known["n_dead"].sum(), known.loc[known["n_observers"] > 1, "n_dead"].sum()
    alt = _(
        "Chart of combinations of observers: of {n} people, {share} were seen by two kinds of observers or more; most were seen only by {first}.",
        n=number(total, lang), share=percent(twice / total, lang), first=join([_(OBSERVERS[k]) for k in known.loc[0, "observers"].split(";")], lang),
    )  # fmt: skip
    return describe(fig, Description(title, alt, _("People who died by the kinds of independent observers that recorded them."), sets))


@styled
def observers_by(sets: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None) -> Figure:
    """Return, for each sector, cause or year, who alone saw the people and how many were seen by two kinds of observers or more.

    Parameters
    ----------
    sets : from `analysis.coverage.overlap` with `by` sector, cause or calendar_year (first column) and observers folded to kinds
    lang, size, area : as in `observer_overlap`
    """
    _ = translator(lang)
    by = sets.columns[0]
    titles = {"sector": N_("Who recorded whom, by sector"), "cause": N_("Who recorded whom, by cause")}
    titles["calendar_year"] = N_("Who recorded whom, by year of finding")
    title = _(titles[by])
    if sets.empty or not sets["n_dead"].sum():
        return message_figure(_(EMPTY), size, lang, title)
    table = _alone(sets, by)
    colours = {"more": MORE, **ALONE, "unknown": NOBODY}
    names = {"more": _("Two kinds or more"), **{k: _(v) for k, v in OBSERVERS.items()}, "unknown": _("Not known")}
    used = [k for k in colours if table[k].sum() > 0]
    labels = [names[k] if k in ("more", "unknown") else _("Only: {name}", name=names[k]) for k in used]
    n_columns = max(1, int((SIZES[size] - 2 * PAD_MM) // (max(text_width_mm(text, POINTS["base"]) for text in labels) + 6)))
    height, below = 40.0 if by == "calendar_year" else 10 + 4.6 * len(table), 3.6 * -(-len(used) // n_columns) + 2
    fig, axes = new_figure(size, height + below, (2, 1), height_ratios=[height, below])
    ax, key = axes.ravel()
    (_columns if by == "calendar_year" else _rows)(ax, table, used, colours, lang)
    ax.grid(visible=False)
    key.set_axis_off()
    left = blended_transform_factory(fig.transFigure, key.transAxes)
    handles = [Patch(facecolor=colours[k], label=text) for k, text in zip(used, labels, strict=True)]
    legend = key.legend(handles=handles, ncols=n_columns, loc="upper left", bbox_to_anchor=(PAD_MM / SIZES[size], 1), bbox_transform=left, borderaxespad=0,
                        borderpad=0, columnspacing=1.0, handlelength=1.0, handletextpad=0.4)  # fmt: skip
    legend.set_in_layout(False)  # it may reach left of the plot, below the names of the bars
    note = _("People who died. Two lists that go back to one observer are one.")
    if by != "calendar_year":
        note += " " + _("At the end of each bar, the number of people.")
    set_title(fig, title, f"{place(area, lang)}. {note}")
    people = table[list(colours)].sum(axis=1)
    share = (table["more"] / people)[people >= min(LEAST_NAMED, people.max())]
    alt = _(
        "Stacked bars: the share of people seen by two kinds of observers or more goes from {low} ({least}) to {high} ({top}).",
        low=percent(share.min(), lang), least=_label(share.idxmin(), by, lang), high=percent(share.max(), lang), top=_label(share.idxmax(), by, lang),
    )  # fmt: skip
    return describe(fig, Description(title, alt, _("People who died by who recorded them, each observer counted once."), sets))


def _alone(sets: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return people by group and by who alone saw them, or more; groups in the order of the figure."""
    key = sets["observers"].where(sets["n_observers"] <= 1, "more")
    group = sets[by].map({c: g for g, (_n, _c, causes) in CAUSE_GROUPS.items() for c in causes}) if by == "cause" else sets[by]
    if by != "calendar_year":
        group = group.fillna("unknown")
    table = sets.assign(key=key, group=group).pivot_table(index="group", columns="key", values="n_dead", aggfunc="sum", fill_value=0)
    table = table.reindex(columns=["more", *OBSERVERS, "unknown"], fill_value=0).astype(int)
    if by == "calendar_year":
        return table.reindex(range(int(table.index.min()), int(table.index.max()) + 1), fill_value=0)
    order = list(CAUSE_GROUPS) if by == "cause" else [*SECTORS_WEST_TO_EAST, "unknown"]
    return table.reindex([k for k in order if k in table.index and table.loc[k].sum() > 0])


def _label(key, by: str, lang: str) -> str:
    _ = translator(lang)
    if by == "cause":
        return _(CAUSE_GROUPS[key][0])
    return SECTOR_NAMES.get(key, _("Mexico, or sector not known")) if by == "sector" else str(key)


def _rows(ax, table: pd.DataFrame, used: list, colours: dict, lang: str) -> None:
    by = "cause" if table.index.isin(list(CAUSE_GROUPS)).all() else "sector"
    total, start = table.sum(axis=1).to_numpy(float), np.zeros(len(table))
    for key in used:
        width = table[key].to_numpy(float) / total
        ax.barh(range(len(table)), width, 0.76, left=start, color=colours[key], edgecolor="white")
        start += width
    for i, n in enumerate(total):
        ax.annotate(number(n, lang), (1, i), xytext=(3, 0), textcoords="offset points", va="center", fontsize=POINTS["small"])
    ax.set_yticks(range(len(table)), [_label(k, by, lang) for k in table.index])
    ax.invert_yaxis()
    ax.set_xlim(0, 1.1)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], [percent(v, lang) for v in (0, 0.25, 0.5, 0.75, 1)])
    ax.spines["left"].set_visible(False)


def _columns(ax, table: pd.DataFrame, used: list, colours: dict, lang: str) -> None:
    _ = translator(lang)
    start = np.zeros(len(table))
    for key in used:
        ax.bar(table.index, table[key], 0.8, bottom=start, color=colours[key])
        start += table[key].to_numpy(float)
    ax.set_xlim(table.index.min() - 0.7, table.index.max() + 0.7)
    ax.yaxis.set_major_formatter(lambda v, _pos: number(v, lang))
    ax.set_ylabel(_("People"))
    ax.spines["left"].set_visible(False)


@styled
def share_held(table: pd.DataFrame, lang: str, size: str = "double", span: tuple | None = None) -> Figure:
    """Return what share of the examiners' dead the Border Patrol's own list holds, by sector, with both intervals.

    Parameters
    ----------
    table : from `analysis.coverage.share_seen`
    lang, size : "en" or "es"; "single" or "double"
    span : first and last day of the question
    """
    _ = translator(lang)
    title = _("Of the dead whom medical examiners recorded, how many are in the Border Patrol's own list?")
    order = [*SECTORS_WEST_TO_EAST, "unknown", "all"]
    rows = table.assign(at=table["sector"].map(order.index)).sort_values("at", ignore_index=True)
    fig, ax = new_figure(size, 12 + 6.4 * len(rows))
    for i, r in rows.iterrows():
        colour = MEASURE_COLOURS["deaths"] if r["sector"] == "all" else "#0072B2"
        ax.hlines(i - 0.13, r["low"], r["high"], color=colour, linewidth=2.2)
        ax.plot(r["share"], i - 0.13, "o", color=colour, markersize=4.6, markeredgecolor="white", markeredgewidth=0.6, zorder=3, clip_on=False)
        ax.hlines(i + 0.2, r["low_with_links"], r["high_with_links"], color="#8c8c8c", linewidth=1.4)
        ax.plot(r["share_with_links"], i + 0.2, "|", color="#555555", markersize=4.5)
        said = _("{k} of {n}", k=number(r["n_seen"], lang), n=number(r["n_examiner"], lang))
        ax.annotate(f"{said} ({percent(r['share'], lang)})", (1.02, i), va="center", fontsize=POINTS["small"], annotation_clip=False)
    names = {**SECTOR_NAMES, "unknown": _("Sector not known"), "all": _("All sectors")}
    ax.set_yticks(range(len(rows)), [names[s] for s in rows["sector"]])
    ax.set_ylim(len(rows) - 0.45, -0.55)
    ax.set_xlim(0, 1.24 if size == "double" else 1.5)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], [percent(v, lang) for v in (0, 0.25, 0.5, 0.75, 1)])
    ax.grid(axis="x", visible=True)
    ax.grid(axis="y", visible=False)
    ax.spines[["left", "bottom"]].set_visible(False)
    when = _("{first} to {last}.", first=date(span[0], lang), last=date(span[1], lang)) if span else ""
    note = _("Colored: share and 95% interval if every link between the lists is right. Gray: the same when links are as uncertain as they are.")
    few = _("A long line means few people: little can be said of that sector. Sectors where no examiner recorded anyone are not drawn.")
    set_title(fig, title, f"{when} {note} {few}".strip())
    whole = rows[rows["sector"] == "all"].iloc[0]
    alt = _(
        "Dots with intervals by sector. In all, {share} ({k} of {n} people; interval {low} to {high}; with uncertain links {low2} to {high2}).",
        share=percent(whole["share"], lang), k=number(whole["n_seen"], lang), n=number(whole["n_examiner"], lang), low=percent(whole["low"], lang),
        high=percent(whole["high"], lang), low2=percent(whole["low_with_links"], lang), high2=percent(whole["high_with_links"], lang),
    )  # fmt: skip
    caption = _("Dots and 95% intervals: share of the people in the examiners' lists who are in the Border Patrol's own list, by sector.")
    return describe(fig, Description(title, alt, caption, table))


@styled
def two_lists(found: dict, lang: str, size: str = "double") -> Figure:
    """Return what two lists say of the total under every dependence assumed between them, and the union as the least there were.

    Parameters
    ----------
    found : estimates (from `analysis.coverage.chapman` over many odds ratios), n1, n2, m, span (first and last day), area (name in both languages)
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("The answer depends on an assumption that the lists cannot test")
    table = found["estimates"]
    fig, ax = new_figure(size, 50.0)
    x, union = np.log2(table["odds_ratio"]), int(table["n_union"].iloc[0])
    ax.fill_between(x, table["low"], table["high"], color="#0072B2", alpha=0.18, linewidth=0)
    ax.plot(x, table["n_total"], color="#0072B2")
    ax.axhline(union, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    ax.annotate(_("Counted on at least one list: {n}", n=number(union, lang)), (x.max(), union), xytext=(0, -3), textcoords="offset points",
                ha="right", va="top", fontsize=POINTS["small"])  # fmt: skip
    plain = table.iloc[(table["odds_ratio"] - 1).abs().argmin()]
    ax.plot(0, plain["n_total"], "o", color="#0072B2", markersize=4.4)
    said = _("If independent: {n} ({low}–{high})", n=number(plain["n_total"], lang), low=number(plain["low"], lang), high=number(plain["high"], lang))
    top, step = table["high"].max(), table["high"].max() - union
    ax.annotate(said, (0, plain["n_total"]), xytext=(x.min() * 0.94, union + 0.62 * step), textcoords="data", ha="left", fontsize=POINTS["small"],
                arrowprops={"arrowstyle": "-", "color": SOFT, "linewidth": 0.5})  # fmt: skip
    words = [_("4 times less often"), _("2 times less"), _("independent"), _("2 times more"), _("4 times more often")]
    ax.set_xticks(np.log2([0.25, 0.5, 1, 2, 4]), words if size == "double" else ["1/4", "1/2", "1", "2", "4"])
    ax.get_xticklabels()[0].set_ha("left")
    ax.get_xticklabels()[-1].set_ha("right")
    ax.set_xlim(x.min(), x.max())
    ax.set_ylim(union - 0.22 * step, top + 0.04 * step)
    ax.yaxis.set_major_formatter(lambda v, _pos: number(v, lang))
    ax.set_ylabel(_("Incidents"))
    below = _("How much more often someone on one list is on the other (assumed odds ratio)")
    ax.set_xlabel("\n".join(wrap(below, SIZES[size] - 24, POINTS["base"])))
    when = _("{first} to {last}.", first=date(found["span"][0], lang), last=date(found["span"][1], lang))
    note = _("Examiners {n1}, Border Patrol {n2}, both {m}. Band: 95% interval, links taken as certain. Not an estimate: those never found are on neither.",
             n1=number(found["n1"], lang), n2=number(found["n2"], lang), m=number(found["m"], lang))  # fmt: skip
    set_title(fig, title, f"{place(found['area'], lang)}. {when} {note}")
    ends = {c: (number(table[c].iloc[0], lang), number(table[c].iloc[-1], lang)) for c in ("n_total",)}["n_total"]
    alt = _(
        "Line with a band: {union} incidents are on at least one list; the total is {low} if being on one list makes the other four times less likely, "
        "{mid} if the lists are independent and {high} if it makes it four times more likely. None of these counts the people never found.",
        union=number(union, lang), low=ends[0], mid=number(plain["n_total"], lang), high=ends[1],
    )  # fmt: skip
    caption = _(
        "Incidents, in which more than one person may have died, on at least one of two lists (dashed), and the total under each assumed dependence "
        "with its 95% interval (line and band). It is no estimate of all who died."
    )
    return describe(fig, Description(title, alt, caption, table))
