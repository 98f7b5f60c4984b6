"""Figures of rates: by sector, steadied over the whole table, and one count under three denominators."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bsi.publish.figure_periods import EMPTY, SHORT_TITLES
from bsi.publish.language import N_, join, number, translator
from bsi.publish.style import (
    INK,
    MEASURE_COLOURS,
    POINTS,
    SECTOR_NAMES,
    SECTORS_WEST_TO_EAST,
    SOFT,
    Description,
    describe,
    message_figure,
    new_figure,
    ratio_axis,
    set_title,
    styled,
)

RATE = MEASURE_COLOURS["apprehensions"]
KINDS = {  # name, colour, line: encounters lie on apprehensions for years
    "apprehensions": (N_("apprehension"), RATE, "-"), "encounters": (N_("encounter"), INK, (0, (3, 1.5))),
    "agents": (N_("agent"), MEASURE_COLOURS["agents"], "-"),
}  # fmt: skip


@styled
def rates_by_sector(rates: pd.DataFrame, lang: str, size: str = "double", official: pd.DataFrame | None = None) -> Figure:
    """Return deaths per 100,000 apprehensions or encounters by sector and fiscal year, with exact intervals.

    Parameters
    ----------
    rates : from `analysis.rates.rate`: area (sector), period_end, rate, low, high, has_title_42
    lang, size : "en" or "es"; "single" or "double"
    official : the same columns with the Border Patrol's own count of deaths, drawn dashed
    """
    _ = translator(lang)
    title = _("Deaths per 100,000 apprehensions or encounters, by sector")
    rates = rates[rates["rate"].notna() & rates["is_complete"].astype(bool)]
    rates = rates[rates["area"].isin(SECTOR_NAMES)]
    if rates.empty:
        return message_figure(_(EMPTY), size, lang, title)
    limit = float(rates["rate"].max()) * 1.25

    def draw(ax, part, x):
        ax.fill_between(x, part["low"], part["high"].clip(upper=limit), color=RATE, alpha=0.25, linewidth=0)
        ax.plot(x, part["rate"], color=RATE)
        if official is not None:
            own = official[official["area"] == part["area"].iloc[0]].sort_values("period_end")
            ax.plot(own["period_end"].dt.year, own["rate"], color=INK, linewidth=0.8, linestyle=(0, (3, 2)))
        if part["has_title_42"].any():
            ax.axvspan(x[part["has_title_42"]].min() - 0.5, x[part["has_title_42"]].max() + 0.5, color=SOFT, alpha=0.12, linewidth=0)

    fig = _sector_grid(rates, limit, draw, lang, size)
    note = _(
        "Band: exact 95% interval of the count, cut where it leaves the scale. Gray: years in which expulsions under Title 42 are counted as encounters. "
        "Dashed: the Border Patrol's own count of deaths; where it lies above, the register's lists do not cover the sector in those years. "
        "Apprehensions measure the effort of the patrol too."
    )
    set_title(fig, title, note)
    top = rates.loc[rates["rate"].idxmax()]
    alt = _(
        "Small line charts of deaths per 100,000 by sector with intervals. Highest: {sector} in {year}, {rate}.",
        sector=SECTOR_NAMES[top["area"]], year=top["period_end"].year, rate=number(top["rate"], lang),
    )  # fmt: skip
    caption = _("Lines and exact 95% intervals: deaths of the register per 100,000 apprehensions or encounters of the sector, by fiscal year.")
    return describe(fig, Description(title, alt, caption, rates))


def _sector_grid(table: pd.DataFrame, top: float, draw: Callable, lang: str, size: str) -> Figure:
    """Return small panels, one a sector from west to east, all from zero to `top`: draw(axes, rows of the sector, their years)."""
    parts = [s for s in SECTORS_WEST_TO_EAST if table["area"].eq(s).any()]
    across = 3 if size == "double" else 2
    rows = -(-len(parts) // across)
    fig, axes = new_figure(size, 28.0 * rows + 6, (rows, across), sharex=True, sharey=True, squeeze=False)
    for ax, sector in zip(axes.ravel(), parts, strict=False):
        part = table[table["area"].eq(sector)].sort_values("period_end")
        draw(ax, part, part["period_end"].dt.year)
        ax.set_title(SECTOR_NAMES[sector], loc="left")
        ax.spines["left"].set_visible(False)
        ax.tick_params(labelbottom=True)
    for ax in axes.ravel()[len(parts) :]:
        ax.set_axis_off()
    for ax in axes[-1]:
        ax.set_xlabel(translator(lang)(SHORT_TITLES["fiscal_year"]))
    axes[0, 0].set_ylim(0, top or 1)
    axes[0, 0].xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes[0, 0].yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes[0, 0].yaxis.set_major_formatter(FuncFormatter(lambda v, _pos: number(v, lang)))
    return fig


@styled
def smoothed_rates(table: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return official deaths per 100,000 apprehensions by sector and year: raw (dots), and drawn towards the mean of the whole table (line and band).

    Parameters
    ----------
    table : from `study_trends.smoothed_rates`: area, period_end, rate, smoothed, smoothed_low, smoothed_high
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("Official rates by sector, steadied where there are few deaths")
    if table.empty:
        return message_figure(_(EMPTY), size, lang, title)

    def draw(ax, part, x):
        ax.fill_between(x, part["smoothed_low"], part["smoothed_high"], color=RATE, alpha=0.25, linewidth=0)
        ax.plot(x, part["smoothed"], color=RATE)
        ax.plot(x, part["rate"], "o", color=INK, markersize=1.8, linestyle="none", clip_on=False)

    fig = _sector_grid(table, float(table[["rate", "smoothed_high"]].max().max()) * 1.03, draw, lang, size)
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
    caption = _(
        "Dots: official rates by sector and year; lines and bands: steadied rates with 95% intervals. Every cell of the table is steadied by the same "
        "rule; none is chosen."
    )
    return describe(fig, Description(title, alt, caption, table))


@styled
def denominators(table: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return official deaths of the border relative to the first year, per apprehension, per encounter and per agent, in one panel.

    Parameters
    ----------
    table : from `study_trends.denominators`: kind, period_end, change
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("The same deaths per apprehension, per encounter and per agent")
    fig, ax = new_figure(size, 52.0)
    ends = []
    for kind, (name, colour, line) in KINDS.items():
        part = table[table["kind"].eq(kind)].sort_values("period_end")
        if part.empty:
            continue
        x = part["period_end"].dt.year
        ax.plot(x, part["change"], color=colour, label=_("per {what}", what=_(name)), linewidth=1.6 if line == "-" else 0.9, linestyle=line)
        ends.append((_("per {what}", what=_(name)), part["change"].iloc[-1]))
    ax.axhline(1, color=INK, linewidth=0.6, linestyle=(0, (4, 3)))
    ratio_axis(ax, table["change"].min() * 0.85, table["change"].max() * 1.15, lang)
    ax.spines["left"].set_visible(False)
    ax.set_ylabel(_("Rate, first year = 1"))
    ax.set_xlabel(_("U.S. fiscal year (October to September)"))
    ax.xaxis.set_major_locator(MaxNLocator(6 if size == "single" else 12, integer=True))
    ax.legend(loc="best", frameon=False, fontsize=POINTS["small"])
    first, last = table["period_end"].min().year, table["period_end"].max().year
    said = [f"{name} × {number(value, lang, 2)}" for name, value in ends]
    note = _("Rates of the whole border relative to fiscal year {first}. By {last}: {said}.", first=first, last=last, said=join(said, lang))
    set_title(fig, title, f"{note} " + _("Encounters are apprehensions until expulsions under Title 42 begin to be counted with them."))
    caption = _(
        "Lines: deaths per apprehension, per encounter and per agent, relative to the first year. Where the lines part, a conclusion rests on the "
        "denominator: none counts the people who cross."
    )
    return describe(fig, Description(title, note, caption, table))
