"""Figures of dated measures: what happened before and after, what the data could have shown, and the verdict in words from fixed rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bsi.publish.language import N_, join, number, translator
from bsi.publish.style import INK, MEASURE_COLOURS, POINTS, RULE, SIZES, SOFT, Description, describe, message_figure, new_figure, set_title, styled, wrap
from bsi.publish.words_verdicts import verdict_words

SIDES = {"before": MEASURE_COLOURS["deaths"], "after": "#0072B2", "outside": "#c4c9cd"}
PANELS = {
    ("month", "series"): N_("People, in blocks of twelve months from the date"), ("month", "rate"): N_("The same per 10,000 encounters"),
    ("month", "comparison"): N_("Comparison: other deaths of Imperial County"), ("official_year", "series"): N_("People, by fiscal year"),
    ("official_year", "rate"): N_("The same per 10,000 apprehensions"), ("official_year", "comparison"): N_("Comparison: medical examiners' list"),
    ("window", "series"): N_("People found in the same days of each year"),
}  # fmt: skip
DATES, PLACES = N_("against {n} other dates: p\N{NO-BREAK SPACE}{p}"), N_("against {n} other places: p\N{NO-BREAK SPACE}{p}")
WORDS = ("title", "note", "axis", "caption")
CAPTION = N_("People who died before and after the date, by year, with 95% intervals. The verdict follows from rules written before any result was seen.")
EMPTY = N_("There is no series to show for this question.")


def _year(day) -> float:
    day = pd.Timestamp(day)
    return day.year + (day.day_of_year - 1) / 365.25


def _bars(ax, part: pd.DataFrame, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    left, right = part["start"].map(_year), part["end"].map(_year)
    for i, row in enumerate(part.itertuples()):
        colour = SIDES[row.side]
        look = (
            {"facecolor": colour, "edgecolor": "none"} if row.is_complete else {"facecolor": "white", "edgecolor": colour, "hatch": "//////", "linewidth": 0.6}
        )
        ax.bar((left.iloc[i] + right.iloc[i]) / 2, row.n, 0.84 * (right.iloc[i] - left.iloc[i]), **look)
    middle = (left + right) / 2
    ax.vlines(middle, part["low"], part["high"], color="#7d7d7d", linewidth=0.9)
    for side in ("before", "after"):
        here = part[part["side"].eq(side) & part["n"].notna()]
        if len(here) > 1:
            ax.hlines(here["mean"].iloc[0], _year(here["start"].min()), _year(here["end"].max()), color=INK, linewidth=0.8, linestyle=(0, (1, 1)))
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _pos: number(v, lang, 0 if v == int(v) else 1)))
    ax.spines["left"].set_visible(False)


@styled
def before_after(table: pd.DataFrame, question: dict, lang: str, size: str = "double") -> Figure:
    """Return the series of a question before and after its date, its rate and its comparison, with the verdict.

    Parameters
    ----------
    table : from `analysis.before_after.panels`
    question : row of the decided results: name_en, name_es, from, to, series, and what `verdict_words` needs
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title, verdict = question[f"name_{lang}"], verdict_words(question, lang)
    if table.empty or not table["n"].notna().any():
        return message_figure(f"{_(EMPTY)} {verdict}.", size, lang, title)
    shown = [p for p in ("series", "rate", "comparison") if table.loc[table["panel"].eq(p), "n"].notna().any()]
    fig, axes = new_figure(size, 25.0 * len(shown) + 8, (len(shown), 1), sharex=True, squeeze=False)
    begin, end = _year(question["from"]), _year(question["to"]) if pd.notna(question["to"]) else None
    for ax, panel in zip(axes.ravel(), shown, strict=True):
        _bars(ax, table[table["panel"].eq(panel)], lang)
        ax.axvline(begin, color="#D55E00", linewidth=1.0)
        if end and end - begin > 0.2:
            ax.axvspan(begin, end, color="#D55E00", alpha=0.12, linewidth=0, zorder=0.5)
        name = PANELS[question["series"], panel]
        ax.set_title(_(name), loc="left")
    _year_axis(axes.ravel()[-1], min(begin, table["start"].map(_year).min()), max(begin, table["end"].map(_year).max()), size)
    set_title(fig, title, f"{verdict}. {_legend(table, bool(end and end - begin > 0.2), lang)}")
    return describe(fig, Description(title, _alt(table, question, verdict, lang), _(CAPTION), table))


def _legend(table: pd.DataFrame, has_span: bool, lang: str) -> str:
    """Return what the marks mean that are drawn."""
    _ = translator(lang)
    bars = table[table["n"].notna()]
    means = (
        (True, _("Dark: before; blue: after; orange: the date.")),
        (has_span, _("Shaded: from beginning to end.")),
        (bars["side"].eq("outside").any(), _("Gray: outside the windows compared.")),
        (not bars["is_complete"].all(), _("Hatched: fewer than twelve months.")),
        (bars[bars["side"].ne("outside")].groupby(["panel", "side"]).size().max() > 1, _("Dotted: the average year of exactly the months compared.")),
        (True, _("Upright lines: 95% interval of a count.")),
    )
    return " ".join(text for is_drawn, text in means if is_drawn)


def _year_axis(ax, low: float, high: float, size: str) -> None:
    span = high - low
    step = next(s for s in (1, 2, 4, 5, 10) if span / s <= (8 if size == "single" else 16) or s == 10)
    ticks = [y for y in range(int(low), int(high) + 2) if y % step == 0]
    ax.set_xticks(ticks, [str(y) for y in ticks])
    ax.set_xlim(low - 0.3, high + 0.3)


def _alt(table: pd.DataFrame, question: dict, verdict: str, lang: str) -> str:
    _ = translator(lang)
    main = table[table["panel"].eq("series")]
    sums = {side: main.loc[main["side"].eq(side), "n"] for side in ("before", "after")}
    if not len(sums["before"]) or not len(sums["after"]):
        return _("Bars of the series by year; it does not reach both sides of the date. {verdict}.", verdict=verdict)
    return _(
        "Bars by year around the date. Before: {a} people (bars: {n_a}); after: {b} (bars: {n_b}). {verdict}.",
        a=number(sums["before"].sum(), lang), n_a=number(len(sums["before"]), lang), b=number(sums["after"].sum(), lang),
        n_b=number(len(sums["after"]), lang), verdict=verdict,
    )  # fmt: skip


@styled
def verdict_table(results: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return all questions with deaths before and after, ratio with interval, and verdict, as one table to be read.

    Parameters
    ----------
    results : decided results joined to the estimability table and the names
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("What the data can and cannot tell, question by question")
    if results.empty:
        return message_figure(_(EMPTY), size, lang, title)
    width, points = SIZES[size] - 6, POINTS["small"] + 0.3
    widths = (0.34, 0.26, 0.40) if size == "double" else (0.44, 0.56, 0.56)
    leading = points * 1.3 / 72 * 25.4
    texts = [[wrap(c, w * width - 3, points) for c, w in zip(_cells(row, lang), widths, strict=True)] for row in results.to_dict("records")]
    below = size == "single"  # the counts stand below the verdict, not beside it
    heights = [max(len(a), len(b) + len(c) if below else max(len(b), len(c))) * leading + 1.6 for a, b, c in texts]
    fig, ax = new_figure(size, sum(heights) + 2)
    ax.set_axis_off()
    ax.set_xlim(0, width)
    ax.set_ylim(sum(heights), 0)
    y = 0.0
    for row, height, result in zip(texts, heights, results.to_dict("records"), strict=True):
        ax.hlines(y, 0, width, color=RULE, linewidth=0.5)
        for i, lines in enumerate(row):
            called = i == 2 and result["verdict"] in ("reduction", "increase")
            left, top = (widths[0] if below and i else sum(widths[:i])) * width, y + 0.8 + (len(row[2]) * leading if below and i == 1 else 0.0)
            ax.text(left, top, "\n".join(lines), fontsize=points, va="top", ha="left", linespacing=1.25, color=INK if i != 1 else SOFT,
                    weight="bold" if called else "normal")  # fmt: skip
        y += height
    counts = _("people before and after, and the ratio after / before with its 95% interval")
    order = N_("Left the question; right the verdict, and below it {counts}.") if below else N_("Left the question; then {counts}; then the verdict.")
    set_title(fig, title, _(order, counts=counts))
    n = {v: int(results["verdict"].eq(v).sum()) for v in ("reduction", "increase", "cannot_tell", "described")}
    alt = _(
        "Table of {n} questions: {down} with a reduction, {up} with an increase, {open} that the data cannot tell, {described} described only.",
        n=number(len(results), lang), down=number(n["reduction"], lang), up=number(n["increase"], lang), open=number(n["cannot_tell"], lang),
        described=number(n["described"], lang),
    )  # fmt: skip
    caption = _(
        "For each question: people before and after, the ratio after / before with its 95% interval, and the verdict. The verdicts follow from rules "
        "written before any result was seen; each chance is corrected for the number of questions tested (Holm)."
    )
    return describe(fig, Description(title, alt, caption, results))


def _cells(row: dict, lang: str) -> tuple[str, str, str]:
    _ = translator(lang)
    if pd.isna(row["n_before"]) and pd.isna(row["n_after"]):
        return row[f"name_{lang}"], "", verdict_words(row, lang)
    counts = _("{a} before, {b} after", a=number(row["n_before"], lang), b=number(row["n_after"], lang))
    if pd.notna(row.get("ratio")):
        high = number(row["high"], lang, 2) if np.isfinite(row["high"]) else "∞"
        counts += "; " + _("ratio {r} ({low} to {high})", r=number(row["ratio"], lang, 2), low=number(row["low"], lang, 2), high=high)
    for text, p, n in ((DATES, "p_placebo", "n_placebos"), (PLACES, "p_places", "n_places")):
        if row.get(n, 0) and pd.notna(row[p]):
            counts += "; " + _(text, p=number(row[p], lang, 2), n=number(row[n], lang))
    return row[f"name_{lang}"], counts, verdict_words(row, lang)


@styled
def forest(table: pd.DataFrame, lang: str, size: str = "double", words: dict | None = None) -> Figure:
    """Return ratios with their intervals, one below the other, on a logarithmic scale.

    Parameters
    ----------
    table : name (text in the language, or a key of words["names"]), ratio, low, high, and optionally reason where there is none
    lang, size : "en" or "es"; "single" or "double"
    words : title, note, axis, caption (texts of the catalogue) and names (key -> text of the catalogue)
    """
    _ = translator(lang)
    words = words or {}
    known = {key: _(text) for key, text in words.get("names", {}).items()}
    names = [known.get(n, n.replace("-", "–") if isinstance(n, str) else n) for n in table["name"]]
    title, note, axis, caption = (_(text) for text in map(words.get, WORDS))
    if not table["ratio"].notna().any():
        return message_figure(_("Not one of these could be estimated."), size, lang, title)
    fig, ax = new_figure(size, 6.2 * len(table) + 12)
    y = np.arange(len(table))[::-1]
    low, high = (np.clip(table[c], 0.05, 50) for c in ("low", "high"))
    ax.hlines(y, low, high, color="#7d7d7d", linewidth=1.0)
    ax.plot(np.clip(table["ratio"], 0.05, 50), y, "o", color=MEASURE_COLOURS["deaths"], markersize=3.6, linestyle="none")
    ax.axvline(1, color=INK, linewidth=0.6, linestyle=(0, (4, 3)))
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_xscale("log")
    ax.set_xlim(max(0.05, np.nanmin(low) * 0.8), min(50, np.nanmax(high) * 1.25))
    ticks = [t for t in (0.1, 0.2, 0.5, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 5, 10, 20) if ax.get_xlim()[0] <= t <= ax.get_xlim()[1]]
    ticks = [t for t in ticks if t not in (0.8, 0.9, 1.1, 1.25, 1.5)] if ax.get_xlim()[1] / ax.get_xlim()[0] > 4 else ticks
    ax.set_xticks(ticks, [number(t, lang, None) for t in ticks])
    ax.minorticks_off()
    across = SIZES[size] * (0.42 if size == "double" else 0.46)
    ax.set_yticks(y, ["\n".join(wrap(n, across, POINTS["small"])) for n in names], fontsize=POINTS["small"])
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(axis)
    set_title(fig, title, note)
    said = [f"{n} {number(r, lang, 2)}" for n, r in zip(names, table["ratio"], strict=True) if pd.notna(r)]
    alt = _("Dots with intervals, one below the other: {said}.", said=join(said, lang))
    return describe(fig, Description(title, alt, caption, table))
