"""Figures of counts over time: deaths by period, by sector and by cause."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from bsi.publish import style
from bsi.publish.figure_periods import (
    AXIS_TITLES,
    EMPTY,
    PERIOD_TITLES,
    SHORT_TITLES,
    in_periods,
    period_kind,
    place,
    tick_periods,
    undated_note,
    unlisted,
    unlisted_note,
)
from bsi.publish.language import join, number, period, translator
from bsi.publish.style import MEASURE_COLOURS, Description, describe, incomplete, message_figure, new_figure, set_title, styled, text_colour


def bars(ax, counts: pd.DataFrame, value: str, colour: str, base=None) -> None:
    """Draw one bar a period: solid where the period is complete, hollow and hatched where it is not."""
    values = counts[value].astype("float64").to_numpy()
    done = counts["is_complete"].fillna(False).astype(bool).to_numpy()
    base = np.zeros(len(counts)) if base is None else np.asarray(base, float)
    for these, look in ((done, {"facecolor": colour, "edgecolor": "none"}), (~done, incomplete(colour))):
        at = np.flatnonzero(these & ~np.isnan(values))
        corners = [[(i - 0.39, base[i]), (i + 0.39, base[i]), (i + 0.39, base[i] + values[i]), (i - 0.39, base[i] + values[i])] for i in at]
        boxes = ax.add_collection(PolyCollection(corners, **look))  # one artist: hundreds of rectangles are slow to draw
        boxes.sticky_edges.y.append(0)
    ax.autoscale_view()


def whiskers(ax, counts: pd.DataFrame) -> None:
    """Draw the interval n_low to n_high of each period where the table has one."""
    if not {"n_low", "n_high"} <= set(counts.columns):
        return
    low, high = (counts[name].astype("float64").to_numpy() for name in ("n_low", "n_high"))
    at = np.flatnonzero(high > low)
    ax.vlines(at, low[at], high[at], color="#8c8c8c", linewidth=0.8)


def label_bars(ax, counts: pd.DataFrame, value: str, lang: str) -> None:
    """Write the value above the highest bar and the last (not where a higher bar beside it leaves no room), and a 0 where nobody is counted."""
    values = counts[value].astype("float64").reset_index(drop=True)
    tops = values if "n_high" not in counts else pd.concat([values, counts["n_high"].astype("float64").reset_index(drop=True)], axis=1).max(axis=1)
    if values.dropna().empty:
        return
    high, last = int(values.idxmax()), int(values.last_valid_index())
    room = ax.figure.get_size_inches()[0] / style.MM / len(values)
    has_room = last == 0 or not tops[last - 1] > tops[last] or style.text_width_mm(number(values[last], lang), style.POINTS["small"]) < 0.8 * room
    shown = {high, last} if has_room and (abs(high - last) > len(values) * 0.08 or len(values) < 14) else {high}
    for i, v in values.items():
        if pd.notna(v) and (i in shown or v == 0) and not (v == 0 and len(values) > 40):
            ax.annotate(number(v, lang), (i, tops[i]), xytext=(0, 1.5), textcoords="offset points", ha="center", va="bottom", fontsize=style.POINTS["small"])


def extremes(counts: pd.DataFrame, value: str, lang: str) -> dict:
    """Return the words for an alt text: first and last period, highest and lowest complete one with their values."""
    full = counts[counts["is_complete"].fillna(False).astype(bool)].dropna(subset=[value])
    full = full if len(full) else counts.dropna(subset=[value])
    if full.empty:
        return {}
    values = full[value].astype("float64")
    top, low, last = full.loc[values.idxmax()], full.loc[values.idxmin()], full.iloc[-1]

    def named(row):
        return period(row["period_start"], row["period_end"], lang)

    return {
        "first": named(counts.iloc[0]), "end": named(counts.iloc[-1]), "high": number(top[value], lang), "high_when": named(top),
        "low": number(low[value], lang), "low_when": named(low), "last": number(last[value], lang), "last_when": named(last),
        "total": number(counts[value].astype("float64").sum(), lang),
    }  # fmt: skip


def _subtitle(counts: pd.DataFrame, lang: str, area: dict | None, *notes: str) -> str:
    _ = translator(lang)
    done = counts["is_complete"].fillna(False).astype(bool)
    open_note = "" if done.all() else _("Hatched: period not complete.")
    spread = {"n_low", "n_high"} <= set(counts.columns) and (counts["n_high"] > counts["n_low"]).fillna(False).any()
    line_note = _("Gray line: lowest and highest count that the records allow.") if spread else ""
    return " ".join(part for part in (place(area, lang) + ".", *notes, open_note, line_note, unlisted_note(counts, lang)) if part)


def _growth_note(counts: pd.DataFrame, begins: pd.Series | None, lang: str) -> str:
    """Return the sentence that observers were added over the years, or nothing where at least half of them begin with the first period."""
    years = np.sort(begins.to_numpy(dtype=int)) if begins is not None else np.array([], dtype=int)
    if not len(years) or years[len(years) // 2] <= pd.Timestamp(counts["period_end"].iloc[0]).year:
        return ""
    _, n = translator(lang), number(len(years), lang)
    return _("Some of a rise may be better recording: of the {n} main observers, half or more begin in {year} or later.", n=n, year=years[len(years) // 2])


@styled
def deaths_by_period(counts: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None, begins: pd.Series | None = None) -> Figure:
    """Return bars of people dead (solid) and missing (light) in each period, zeros written, the incomplete period hatched.

    Parameters
    ----------
    counts : one row a period: period_start, period_end, n_dead, n_missing, is_complete; n_low and n_high where dates or sources leave a range
    lang : "en" or "es"
    size : "single" or "double"
    area : name of the area, {"en": ..., "es": ...}; default the whole border
    begins : first year of each main observer whose records are counted
    """
    _ = translator(lang)
    counts, n_undated = in_periods(counts)
    if counts.empty or not (counts["n_dead"].sum() or counts["n_missing"].sum()):
        return message_figure(_(EMPTY), size, lang, _("People who died or went missing"))
    title = _("People who died or went missing, {periods}", periods=_(PERIOD_TITLES[period_kind(counts)]))
    fig, ax = new_figure(size, 52.0)
    bars(ax, counts, "n_dead", MEASURE_COLOURS["deaths"])
    has_missing = counts["n_missing"].fillna(0).sum() > 0
    if has_missing:
        bars(ax, counts, "n_missing", MEASURE_COLOURS["missing"], base=counts["n_dead"].fillna(0).astype(float))
    whiskers(ax, counts)
    unlisted(ax, counts)
    label_bars(ax, counts.assign(n_all=counts[["n_dead", "n_missing"]].sum(axis=1, min_count=1)), "n_all" if has_missing else "n_dead", lang)
    finish_axis(ax, counts, lang, size, _("People"))
    top = counts.loc[counts[["n_dead", "n_missing"]].sum(axis=1).astype("float64").idxmax()]
    note = _(
        "Dark: people who died. Light, on top of them: people missing, as the sources list them. "
        "The highest bar is {dead} people who died and {missing} missing.",
        dead=number(top["n_dead"], lang), missing=number(top["n_missing"], lang),
    ) if has_missing else _("Nobody is listed as missing.")  # fmt: skip
    set_title(fig, title, _subtitle(counts, lang, area, note, _growth_note(counts, begins, lang), undated_note(n_undated, lang)))
    words = extremes(counts, "n_dead", lang)
    alt = _(
        "Bar chart of people who died or went missing, {first} to {end}, {area}. Deaths: highest {high} in {high_when}, lowest {low} in {low_when}, {last} in "
        "{last_when}, the last complete period; {total} in all.", area=place(area, lang), **words,
    ) if words else _(EMPTY)  # fmt: skip
    return describe(fig, Description(title, alt, _("People who died or went missing in each period, each person counted once."), counts))


def finish_axis(ax, counts: pd.DataFrame, lang: str, size: str, unit: str) -> None:
    """Set the ticks, the unit above the vertical axis, a zero base and room for the labels."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.set_ylim(bottom=0)
    ax.set_ylim(top=max(ax.get_ylim()[1] * 1.06, 4))
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _pos: number(v, lang)))
    ax.spines["left"].set_visible(False)
    ax.set_ylabel(unit)
    tick_periods(ax, counts, lang, 7 if size == "single" else 14)
    ax.set_xlabel(translator(lang)(AXIS_TITLES[period_kind(counts)]))


def _grid(size: str, n: int) -> tuple[int, int]:
    across = min(n, 3 if size == "double" else 2)
    return -(-n // across), across


def _panels(parts: dict, lang: str, size: str, unit: str, colours: dict) -> Figure:
    """Draw one small panel for each part (name -> counts), all on one vertical scale, its total beside its name."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    rows, across = _grid(size, len(parts))
    fig, axes = new_figure(size, 29.0 * rows + 6, (rows, across), sharex=True, sharey=True, squeeze=False)
    flat = axes.ravel()
    for ax, (name, counts) in zip(flat, parts.items(), strict=False):
        bars(ax, counts, "n_dead", colours[name])
        whiskers(ax, counts)
        unlisted(ax, counts)
        total = number(counts["n_dead"].sum(), lang)
        ax.set_title(
            "\n".join(style.wrap(f"{name}: {total}", style.SIZES[size] / across - 12, style.POINTS["base"], "bold")),
            color=text_colour(colours[name]),
            loc="left",
        )
        ax.spines["left"].set_visible(False)
        tick_periods(ax, counts, lang, 4 if size == "double" else 3)
        ax.tick_params(labelbottom=True)
    for ax in flat[len(parts) :]:
        ax.set_axis_off()
    flat[0].set_ylim(bottom=0, top=max(flat[0].get_ylim()[1], 4))
    flat[0].yaxis.set_major_locator(MaxNLocator(3, integer=True))
    flat[0].yaxis.set_major_formatter(FuncFormatter(lambda v, _pos: number(v, lang)))
    for ax in axes[:, 0]:
        ax.set_ylabel(unit)
    for i, ax in enumerate(flat[: len(parts)]):
        if i // across == rows - 1:
            ax.set_xlabel(translator(lang)(SHORT_TITLES[period_kind(next(iter(parts.values())))]))
    return fig


def _ends(counts: pd.DataFrame, lang: str) -> dict:
    """Return the names of the first and last period, for a note."""
    rows = (counts.loc[counts["period_start"].idxmin()], counts.loc[counts["period_start"].idxmax()])
    return {key: period(row["period_start"], row["period_end"], lang) for key, row in zip(("first", "last"), rows, strict=True)}


def _most(parts: dict, lang: str) -> str:
    """Return the three largest parts with their totals, for an alt text."""
    totals = sorted(((int(c["n_dead"].sum()), name) for name, c in parts.items()), key=lambda pair: (-pair[0], pair[1]))
    return join([f"{name} {number(n, lang)}" for n, name in totals[:3]], lang)


@styled
def deaths_by_sector(counts: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None) -> Figure:
    """Return small multiples, one a Border Patrol sector from west to east, all on one scale.

    Parameters
    ----------
    counts : one row a sector and period: sector, period_start, period_end, n_dead, is_complete
    lang, size, area : as in `deaths_by_period`
    """
    _ = translator(lang)
    title = _("People who died, by Border Patrol sector")
    counts, n_undated = in_periods(counts)
    is_named = counts["sector"].isin(style.SECTOR_NAMES)
    named = counts[is_named]
    if not named["n_dead"].sum():
        return message_figure(_(EMPTY), size, lang, title)
    parts = {style.SECTOR_NAMES[s]: named[named["sector"] == s].reset_index(drop=True) for s in style.SECTORS_WEST_TO_EAST if (named["sector"] == s).any()}
    fig = _panels(parts, lang, size, _("Deaths"), dict.fromkeys(parts, MEASURE_COLOURS["deaths"]))
    n_lost = counts.loc[~is_named, "n_dead"].sum()
    note = _("From west to east, all on one scale; beside each name its total, {first} to {last}.", **_ends(named, lang))
    lost = _("{n} deaths without a sector are not shown.", n=number(n_lost, lang)) if n_lost else ""
    set_title(fig, title, _subtitle(named, lang, area, note, lost, undated_note(n_undated, lang)))
    alt = _("Small bar charts of deaths in each period, one for each of {n} sectors. Most: {most}.", n=number(len(parts), lang), most=_most(parts, lang))
    return describe(fig, Description(title, alt, _("People who died in each period by Border Patrol sector, on one vertical scale."), counts))


@styled
def causes_by_period(counts: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None) -> Figure:
    """Return small multiples, one a group of causes with its fixed colour, all on one scale.

    Parameters
    ----------
    counts : one row a cause and period: cause (null: not stated), period_start, period_end, n_dead, is_complete
    lang, size, area : as in `deaths_by_period`
    """
    _ = translator(lang)
    title = _("People who died, by cause")
    counts, n_undated = in_periods(counts)
    if not counts["n_dead"].sum():
        return message_figure(_(EMPTY), size, lang, title)
    group = counts["cause"].map(style.CAUSE_GROUP_OF).fillna("unknown")
    kept = [c for c in ("is_complete", "is_listed") if c in counts]
    by = counts.assign(group=group).groupby(["group", "period_start", "period_end"])
    numbers = [c for c in ("n_dead", "n_low", "n_high") if c in counts]  # a person has one cause, so that bounds add up too
    summed = by[numbers].sum(min_count=1).join(by[kept].min()).reset_index()
    parts, colours = {}, {}
    for key, (name, colour, _causes) in style.CAUSE_GROUPS.items():
        part = summed[summed["group"] == key].sort_values("period_start").reset_index(drop=True)
        if part["n_dead"].sum():
            parts[_(name)], colours[_(name)] = part, colour
    fig = _panels(parts, lang, size, _("Deaths"), colours)
    set_title(
        fig,
        title,
        _subtitle(
            counts, lang, area, _("All on one scale; beside each name its total, {first} to {last}.", **_ends(counts, lang)), undated_note(n_undated, lang)
        ),
    )
    alt = _(
        "Small bar charts of deaths in each period, one for each of {n} groups of causes. Most: {most}.", n=number(len(parts), lang), most=_most(parts, lang)
    )
    caption = _("People who died in each period by cause, as the medical examiners and other observers state it, on one vertical scale.")
    return describe(fig, Description(title, alt, caption, summed.rename(columns={"group": "cause_group"})))
