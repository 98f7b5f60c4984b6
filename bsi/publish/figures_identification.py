"""Figures of identification: who has no name at each edition of a list, and who was given one between two editions."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bsi.publish.language import N_, date, join, number, percent, translator
from bsi.publish.style import INK, POINTS, Description, describe, new_figure, set_title, styled

SINCE = {
    "0-1": N_("less than one year"), "1-2": N_("1 to 2 years"), "2-5": N_("2 to 5 years"), "5-10": N_("5 to 10 years"), "10-20": N_("10 to 20 years"),
    "20+": N_("20 years or more"), "unknown": N_("day not known"), "all": N_("all"),
}  # fmt: skip
EDITIONS = ("#0072B2", "#9a9a9a", "#c9a35a")  # newest first
NAMED = "#00795a"
LEAST_DRAWN = 5  # people of a year; the table has every year


@styled
def names_by_vintage(states: pd.DataFrame, lang: str, size: str = "double", name: str = "") -> Figure:
    """Return the share of people without a name by year of finding, at each edition of one list, with intervals.

    Parameters
    ----------
    states : from `analysis.identification.state` by calendar_year, one list, one or more vintages; the newest three are drawn
    lang, size : "en" or "es"; "single" or "double"
    name : of the list
    """
    _ = translator(lang)
    title = _("People without a name, at each edition of the list")
    vintages = sorted(states["vintage"].unique(), reverse=True)[: len(EDITIONS)]
    fig, ax = new_figure(size, 50.0)
    enough = states["group"].ne("unknown") & (states["n_identified"] + states["n_unidentified"]).ge(LEAST_DRAWN)
    rows = states[enough].assign(year=lambda t: t["group"].astype(int))
    for i, (vintage, colour) in enumerate(zip(vintages, EDITIONS, strict=False)):
        part, shift = rows[rows["vintage"] == vintage], 0.16 * (1 - 2 * i) if len(vintages) > 1 else 0.0
        ax.vlines(part["year"] + shift, part["low"], part["high"], color=colour, linewidth=0.9, alpha=0.55)
        ax.plot(part["year"] + shift, part["share_unidentified"], "o", color=colour, markersize=3.2, label=_edition(states, vintage, lang))
    ax.set_ylim(0, 1.06 + 0.13 * len(vintages))  # room for the names of the editions
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    ax.yaxis.set_major_formatter(lambda v, _pos: percent(v, lang))
    ax.xaxis.set_major_locator(MaxNLocator(5 if size == "single" else 9, integer=True))
    ax.spines["left"].set_visible(False)
    ax.set_ylabel(_("Share without a name"))
    ax.set_xlabel(_("Calendar year of finding"))
    ax.legend(loc="upper left", handletextpad=0.3)
    note = _("Dot: share; line: 95% interval, long where few were found. Names are found for years: recent years fall further in later editions.")
    note += " " + _("Years with fewer than {n} people are not drawn.", n=number(LEAST_DRAWN, lang))
    set_title(fig, title, f"{name}. {note}" if name else note)
    said = join([_edition(states, v, lang) for v in vintages], lang)
    alt = _("Dots by year of finding for each edition: {editions}.", editions=said)
    caption = _("Dots and 95% intervals: share of the people found who have no name in the list, by year of finding and edition of the list.")
    return describe(fig, Description(title, alt, caption, states))


def _edition(states: pd.DataFrame, vintage, lang: str) -> str:
    """Return 'June 30, 2020: 1,269 of 3,100 without a name'."""
    _, part = translator(lang), states[states["vintage"] == vintage]
    n, of = part["n_unidentified"].sum(), (part["n_identified"] + part["n_unidentified"]).sum()
    return _("{day}: {n} of {total} without a name", day=date(vintage, lang), n=number(n, lang), total=number(of, lang))


@styled
def names_gained(table: pd.DataFrame, lang: str, size: str = "double", name: str = "") -> Figure:
    """Return, for those without a name in the older edition, how many have one in the newer, by years since they were found, with bounds.

    Parameters
    ----------
    table : from `analysis.identification.conversion`
    lang, size, name : as in `names_by_vintage`
    """
    _ = translator(lang)
    title = _("Who was given back a name between two editions of the list")
    rows = table[table["n_unidentified"] > 0].reset_index(drop=True)
    fig, ax = new_figure(size, 12 + (5.0 if size == "double" else 6.4) * len(rows))
    right = float(rows[["high", "share_most"]].max(axis=None))
    for i, r in rows.iterrows():
        colour = INK if r["years_since"] == "all" else NAMED
        ax.barh(i, r["share_most"] - r["share_least"], 0.5, left=r["share_least"], color=colour, alpha=0.22)
        ax.hlines(i, r["low"], r["high"], color=colour, linewidth=1.2)
        ax.plot(r["share"], i, "o", color=colour, markersize=4.4, markeredgecolor="white", markeredgewidth=0.6, zorder=3, clip_on=False)
        said = _("{k} of {n}", k=number(r["n_named"], lang), n=number(r["n_named"] + r["n_still"], lang))
        gone = _(", {g} no longer listed", g=number(r["n_gone"], lang)) if r["n_gone"] else ""
        text = f"{said}{gone}" if size == "double" else f"{said}{gone.replace(', ', ',' + chr(10), 1)}"
        ax.annotate(text, (right * 1.04, i), va="center", fontsize=POINTS["small"], annotation_clip=False)
    ax.set_yticks(range(len(rows)), [_(SINCE[k]) for k in rows["years_since"]])
    ax.set_ylim(len(rows) - 0.45, -0.55)
    ax.set_xlim(0, right * (1.4 if size == "double" else 1.85))
    ticks = [t for t in MaxNLocator(4).tick_values(0, right) if 0 <= t <= right]
    ax.set_xticks(ticks, [percent(t, lang) for t in ticks])
    ax.grid(axis="x", visible=True)
    ax.grid(axis="y", visible=False)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_ylabel(_("Time since finding"))
    days = {"first": date(table["from"].iloc[0], lang), "last": date(table["to"].iloc[0], lang)}
    note = _("Of those without a name on {first}, the share with one on {last}. Dot and line: share and 95% interval.", **days)
    note += " " + _("Pale bar: between none and all of those whom the newer edition no longer lists. The day a name was found is in no list.")
    set_title(fig, title, f"{name}. {note}" if name else note)
    whole = rows[rows["years_since"] == "all"].iloc[0]
    alt = _(
        "Dots with intervals by time since finding. In all, {k} of {n} people followed from {first} to {last} were given back a name ({share}).",
        k=number(whole["n_named"], lang), n=number(whole["n_named"] + whole["n_still"], lang), share=percent(whole["share"], lang, 1), **days,
    )  # fmt: skip
    caption = _("Dots and 95% intervals: people without a name in the older edition who have one in the newer, by time since finding.")
    return describe(fig, Description(title, alt, caption, table))
