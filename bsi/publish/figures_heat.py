"""Figures of heat and of revision: the even-odds day by era, a hot day planned for, numbers as first known and as of now, a date among other dates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bsi.publish.language import join, number, percent, period, translator
from bsi.publish.style import INK, MEASURE_COLOURS, POINTS, Description, describe, message_figure, new_figure, ratio_axis, set_title, styled

HEAT = "#D55E00"
PUBLISHED_F = 104  # daily maximum of even odds as the press quoted it in 2007, of four consecutive years that were not named


@styled
def even_odds(table: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return the daily maximum at which a death is as likely as not, by era, against deaths per day: the threshold moves with volume.

    Parameters
    ----------
    table : rows of `analysis.heat.even_odds`: years, deaths_per_day, even_odds_c, low_c, high_c, is_inside
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("The day when a death is as likely as not depends on how many people cross")
    if table.empty:
        return message_figure(_("Not one of these could be estimated."), size, lang, title)
    fig, ax = new_figure(size, 52.0)
    x = table["deaths_per_day"]
    ax.vlines(x, table["low_c"], table["high_c"], color="#8c8c8c", linewidth=1.0)
    quoted = (PUBLISHED_F - 32) / 1.8
    ax.axhline(quoted, color=INK, linewidth=0.6, linestyle=(0, (4, 3)))
    for row in table.itertuples():
        ax.plot(row.deaths_per_day, row.even_odds_c, "o", markersize=5, markerfacecolor=HEAT if row.is_inside else "white", markeredgecolor=HEAT)
        side = -1 if row.even_odds_c < quoted else 1  # away from the dashed line
        left = ((x > row.deaths_per_day) & (x < row.deaths_per_day + 0.25 * np.ptp(x))).any()  # away from the line of the next era
        ax.annotate(row.years.replace("-", "–"), (row.deaths_per_day, row.even_odds_c), xytext=(-5 if left else 5, 2 * side), textcoords="offset points",
                    ha="right" if left else "left", va="bottom" if side > 0 else "top", fontsize=POINTS["base"])  # fmt: skip
    ax.set_xlim(x.min() - 0.4 * np.ptp(x) - 0.02, x.max() + 0.25 * np.ptp(x) + 0.05)
    ax.set_xlabel(_("People found dead of exposure per warm day"))
    ax.set_ylabel(_("Daily maximum, °C"))
    note = _("Logistic regression on the day's maximum alone, the published form, era by era, with 95% intervals.")
    hollow = "" if table["is_inside"].all() else _("Hollow: hotter than any day of the era.")
    line = _("Dashed: the {f} °F ({c} °C) quoted in 2007, of years not named.", f=number(PUBLISHED_F, lang), c=number(quoted, lang))
    set_title(fig, title, " ".join(filter(None, (note, hollow, line))))
    said = [f"{r.years.replace('-', '–')}: {number(r.even_odds_c, lang, 1)} °C" for r in table.itertuples()]
    alt = _("Dots of the even-odds temperature by era: {said}.", said=join(said, lang))
    caption = _(
        "Dots: daily maximum at which a death is as likely as not, by era; lines: 95% intervals. A higher threshold in an era with fewer people does "
        "not mean a lower risk for each of them."
    )
    return describe(fig, Description(title, alt, caption, table))


def _by_degree(table: pd.DataFrame, columns: tuple[str, str], above: list[str], filled: pd.Series, look: tuple[str, str, float]):
    """Return (figure, axes) with a dot and its interval at each temperature (columns: of degrees Celsius, of values), hollow where not `filled`."""
    (degrees, value), (lang, size, height) = columns, look
    _ = translator(lang)
    fig, ax = new_figure(size, height)
    x = np.arange(len(table))
    ax.vlines(x, table["low"], table["high"], color="#8c8c8c", linewidth=1.2)
    for i, (n, high, is_filled, text) in enumerate(zip(table[value], table["high"], filled, above, strict=True)):
        ax.plot(i, n, "o", markersize=5, markerfacecolor=HEAT if is_filled else "white", markeredgecolor=HEAT)
        ax.annotate(text, (i, high), xytext=(0, 5), textcoords="offset points", ha="center", fontsize=POINTS["base"])
    ax.set_xticks(x, [_("{t} °C", t=number(t, lang, 0)) for t in table[degrees]])
    ax.set_xlim(-0.6, len(table) - 0.4)
    ax.set_ylim(0, float(table["high"].max()) * 1.2)
    ax.yaxis.set_major_formatter(lambda v, _pos: number(v, lang, None))
    return fig, ax


@styled
def planning(table: pd.DataFrame, lang: str, size: str = "double", years: str = "") -> Figure:
    """Return expected deaths on a July day of each maximum, with the chance of at least one.

    Parameters
    ----------
    table : from `analysis.heat.planning`: tmax_c, expected, low, high, p_any, is_observed
    lang, size : "en" or "es"; "single" or "double"
    years : the years whose traffic is assumed
    """
    _ = translator(lang)
    title = _("A hot July day in the Arizona desert: deaths to be expected")
    fig, ax = _by_degree(table, ("tmax_c", "expected"), [percent(p, lang) for p in table["p_any"]], table["is_observed"], (lang, size, 46.0))
    ax.set_ylabel(_("Expected deaths"))
    ax.set_xlabel(_("Daily maximum at the station"))
    note = _("At the traffic of {years}. Dots: expected deaths with 95% interval of the mean; above: chance of at least one.", years=years)
    set_title(fig, title, note if table["is_observed"].all() else f"{note} " + _("Hollow: no day was so hot."))
    said = [f"{number(r.tmax_c, lang, 0)} °C: {number(r.expected, lang, 2)} ({percent(r.p_any, lang)})" for r in table.itertuples()]
    alt = _("Expected deaths, and in brackets the chance of at least one, by daily maximum: {said}.", said=join(said, lang))
    caption = _(
        "Dots: deaths to be expected on a day of that maximum; lines: 95% intervals of the mean. For planning of rescue: a day's maximum, the deaths "
        "it has meant, and how sure that is."
    )
    return describe(fig, Description(title, alt, caption, table))


@styled
def attributable(table: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return the deaths from exposure that would not have happened had hotter days stayed at each maximum.

    Parameters
    ----------
    table : rows of `analysis.heat.attributable`: above_c, n_dead, n_attributable, low, high
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("Deaths that the hottest days added")
    above = [number(n, lang) for n in table["n_attributable"]]
    fig, ax = _by_degree(table, ("above_c", "n_attributable"), above, pd.Series(True, table.index), (lang, size, 42.0))
    ax.set_ylabel(_("Deaths"))
    ax.set_xlabel(_("Daily maximum from which the excess is counted"))
    total = number(table["n_dead"].iloc[0], lang)
    note = _("Of {n} people found dead of exposure in the warm months of all years: those that the degrees above each maximum explain; 95% intervals.", n=total)
    set_title(fig, title, note)
    said = [f"{number(r.above_c, lang, 0)} °C: {number(r.n_attributable, lang)} ({number(r.low, lang)}–{number(r.high, lang)})" for r in table.itertuples()]
    alt = _("Deaths that the degrees above a daily maximum explain: {said}.", said=join(said, lang))
    caption = _(
        "Dots: deaths that the degrees above each maximum explain; lines: 95% intervals. Had each hotter day stayed at that maximum, and had the same "
        "people crossed. It says what heat adds, not what a measure would save."
    )
    return describe(fig, Description(title, alt, caption, table))


@styled
def revisions(table: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return official deaths by fiscal year as first published and as of now.

    Parameters
    ----------
    table : from `analysis.revisions.official_revisions`, one measure and area: period_start, period_end, first, now, change
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("Official deaths by fiscal year: as first published, and now")
    if table.empty:
        return message_figure(_("No official figure was published more than once."), size, lang, title)
    fig, ax = new_figure(size, 5.0 * len(table) + 10)
    y = np.arange(len(table))[::-1]
    ax.hlines(y, table["first"], table["now"], color="#9aa3ab", linewidth=1.6)
    ax.plot(table["first"], y, "o", markerfacecolor="white", markeredgecolor=MEASURE_COLOURS["deaths"], markersize=4, linestyle="none")
    ax.plot(table["now"], y, "o", color=MEASURE_COLOURS["deaths"], markersize=4, linestyle="none")
    for at, row in zip(y, table.itertuples(), strict=True):
        text = f"{number(row.first, lang)} → {number(row.now, lang)}"
        ax.annotate(text, (max(row.first, row.now), at), xytext=(6, 0), textcoords="offset points", va="center", fontsize=POINTS["small"])
    ax.set_yticks(y, [period(a, b, lang) for a, b in zip(table["period_start"], table["period_end"], strict=True)])
    ax.set_xlim(right=float(table[["first", "now"]].max().max()) * (1.3 if size == "single" else 1.12))
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.xaxis.set_major_formatter(lambda v, _pos: number(v, lang))
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(_("Deaths, southwest border"))
    set_title(
        fig,
        title,
        _("Hollow: the first edition known; filled: the newest. Later editions add remains found later and dates of death set by medical examiners."),
    )
    up, down = int((table["change"] > 0).sum()), int((table["change"] < 0).sum())
    alt = _("Pairs of dots for {n} fiscal years: {up} rose, {down} fell between the first edition and the newest.", n=number(len(table), lang),
            up=number(up, lang),
            down=number(down, lang))  # fmt: skip
    caption = _("Hollow dots: deaths as first published; filled: as of now. A year's number is not final when it is first published.")
    return describe(fig, Description(title, alt, caption, table))


@styled
def placebo_dates(table: pd.DataFrame, lang: str, size: str = "double", p_value: float | None = None) -> Figure:
    """Return the ratio after / before at the true date among the same comparison at other dates.

    Parameters
    ----------
    table : from `analysis.interventions.placebo_dates`: date, ratio, is_true
    lang, size : "en" or "es"; "single" or "double"
    p_value : share of dates with as large a change
    """
    _ = translator(lang)
    title = _("The canal: the same comparison at other dates")
    if len(table) < 2:
        return message_figure(_("There is no other date to set this one against."), size, lang, title)
    fig, ax = new_figure(size, 42.0)
    others, true = table[~table["is_true"]], table[table["is_true"]].iloc[0]
    ax.plot(others["date"], others["ratio"], "o", color="#9aa3ab", markersize=3.2, linestyle="none")
    ax.plot([true["date"]], [true["ratio"]], "o", color=HEAT, markersize=5, linestyle="none")
    ax.axhline(1, color=INK, linewidth=0.6, linestyle=(0, (4, 3)))
    ratio_axis(ax, table["ratio"].min() * 0.8, table["ratio"].max() * 1.25, lang)
    ax.set_ylabel(_("Ratio after / before"))
    note = _(
        "Orange: the date of the buoy lines. Gray: windows of the same length moved to other dates. Share of dates with as large a change: {p}.",
        p=percent(p_value, lang),
    )
    set_title(fig, title, note)
    alt = _("Ratios at {n} other dates from {low} to {high}; at the true date {r}.", n=number(len(others), lang), low=number(others["ratio"].min(), lang, 2),
            high=number(others["ratio"].max(), lang, 2), r=number(true["ratio"], lang, 2))  # fmt: skip
    caption = _(
        "Dots: the ratio after / before at the true date (orange) and at other dates (gray). Where dates without any measure show changes as large, "
        "the change at the true date is no evidence."
    )
    return describe(fig, Description(title, alt, caption, table))
