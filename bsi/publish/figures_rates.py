"""Figures of rates compared: steadied over the whole table, and one count under three denominators."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bsi.publish.figure_periods import EMPTY
from bsi.publish.language import N_, join, number, translator
from bsi.publish.style import (
    INK,
    MEASURE_COLOURS,
    POINTS,
    SECTOR_NAMES,
    SECTORS_WEST_TO_EAST,
    Description,
    describe,
    message_figure,
    new_figure,
    set_title,
    styled,
)

KINDS = {"apprehensions": (N_("apprehension"), "#B0413E"), "encounters": (N_("encounter"), "#0072B2"), "agents": (N_("agent"), "#7a5c00")}


@styled
def smoothed_rates(table: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return official deaths per 100,000 apprehensions by sector and year: raw (dots), and drawn towards the mean of the whole table (line and band).

    Parameters
    ----------
    table : from `study_trends.smoothed_rates`: area, period_end, rate, smoothed, smoothed_low, smoothed_high
    lang, size : "en" or "es"; "single" or "double"

    Raises
    ------
    InputError
        The language or size is unknown.
    """
    _ = translator(lang)
    title = _("Official rates by sector, steadied where there are few deaths")
    parts = [s for s in SECTORS_WEST_TO_EAST if table["area"].eq(s).any()]
    if not parts:
        return message_figure(_(EMPTY), size, lang, title)
    across = 3 if size == "double" else 2
    rows = -(-len(parts) // across)
    fig, axes = new_figure(size, 27.0 * rows + 6, (rows, across), sharex=True, sharey=True, squeeze=False)
    for ax, sector in zip(axes.ravel(), parts, strict=False):
        part = table[table["area"].eq(sector)].sort_values("period_end")
        x = part["period_end"].dt.year
        ax.fill_between(x, part["smoothed_low"], part["smoothed_high"], color=MEASURE_COLOURS["apprehensions"], alpha=0.25, linewidth=0)
        ax.plot(x, part["smoothed"], color=MEASURE_COLOURS["apprehensions"])
        ax.plot(x, part["rate"], "o", color=INK, markersize=1.8, linestyle="none")
        ax.set_title(SECTOR_NAMES[sector], loc="left")
        ax.spines["left"].set_visible(False)
        ax.tick_params(labelbottom=True)
    for ax in axes.ravel()[len(parts) :]:
        ax.set_axis_off()
    axes[0, 0].set_ylim(0, float(table[["rate", "smoothed_high"]].max().max()) * 1.03)
    axes[0, 0].xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes[0, 0].yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes[0, 0].yaxis.set_major_formatter(FuncFormatter(lambda v, _pos: number(v, lang)))
    note = _(
        "Border Patrol's own deaths per 100,000 apprehensions. Dots: as they are. Line and band: empirical Bayes over the whole table, with 95% intervals; "
        "the fewer the apprehensions, the nearer to the mean of the table."
    )
    set_title(fig, title, note)
    furthest = table.loc[(table["smoothed"] - table["rate"]).abs().idxmax()]
    alt = _(
        "Small line charts by sector. Furthest moved: {sector} in {year}, from {a} to {b}.", sector=SECTOR_NAMES[furthest["area"]],
        year=furthest["period_end"].year, a=number(furthest["rate"], lang), b=number(furthest["smoothed"], lang),
    )  # fmt: skip
    return describe(fig, Description(title, alt, _("Every cell of the table is steadied by the same rule; none is chosen."), table))


@styled
def denominators(table: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return official deaths of the border relative to the first year, per apprehension, per encounter and per agent, in one panel.

    Parameters
    ----------
    table : from `study_trends.denominators`: kind, period_end, change
    lang, size : "en" or "es"; "single" or "double"

    Raises
    ------
    InputError
        The language or size is unknown.
    """
    _ = translator(lang)
    title = _("The same deaths per apprehension, per encounter and per agent")
    fig, ax = new_figure(size, 52.0)
    ends = []
    for kind, (name, colour) in KINDS.items():
        part = table[table["kind"].eq(kind)].sort_values("period_end")
        if part.empty:
            continue
        x = part["period_end"].dt.year
        ax.plot(x, part["change"], color=colour, label=_("per {what}", what=_(name)), linewidth=1.4 if kind != "encounters" else 1.0,
                linestyle="-" if kind != "encounters" else (0, (3, 1.5)))  # fmt: skip
        ends.append((_("per {what}", what=_(name)), part["change"].iloc[-1]))
    ax.axhline(1, color=INK, linewidth=0.6, linestyle=(0, (4, 3)))
    ax.set_yscale("log")
    low, high = table["change"].min() * 0.85, table["change"].max() * 1.15
    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10) if low <= t <= high]
    ax.set_yticks(ticks, [number(t, lang, None) for t in ticks])
    ax.set_ylim(low, high)
    ax.minorticks_off()
    ax.spines["left"].set_visible(False)
    ax.set_ylabel(_("Rate, first year = 1"))
    ax.set_xlabel(_("U.S. fiscal year (October to September)"))
    ax.xaxis.set_major_locator(MaxNLocator(6 if size == "single" else 12, integer=True))
    ax.legend(loc="best", frameon=False, fontsize=POINTS["small"])
    first, last = table["period_end"].min().year, table["period_end"].max().year
    said = [f"{name} × {number(value, lang, 2)}" for name, value in ends]
    note = _("Rates of the whole border relative to fiscal year {first}. By {last}: {said}.", first=first, last=last, said=join(said, lang))
    set_title(fig, title, f"{note} " + _("Encounters are apprehensions until expulsions under Title 42 begin to be counted with them."))
    caption = _("Where the lines part, a conclusion rests on the denominator: none counts the people who cross.")
    return describe(fig, Description(title, note, caption, table))
