"""Figures of change: the year to date, signed counts between two periods, trend and shifts, the season's drift."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bsi.publish.figure_periods import EMPTY, in_periods, place, undated_note
from bsi.publish.language import N_, date, join, months, number, percent, period, signed, translator
from bsi.publish.style import (
    CAUSE_GROUP_OF,
    CAUSE_GROUPS,
    INK,
    MEASURE_COLOURS,
    POINTS,
    SIZES,
    Description,
    describe,
    message_figure,
    new_figure,
    set_title,
    styled,
    text_colour,
    text_width_mm,
    wrap,
)

LIGHT = "#9aa3ab"
MORE, FEWER = "#B0413E", "#0072B2"
COMMON_YEAR = pd.Timestamp("2001-01-01")  # any year without a leap day
PLACES = {"elsewhere": N_("Elsewhere"), "unplaced": N_("Without a position")}
GROUPS = {"found": (N_("By day of finding"), INK), "fresh": (N_("Found within a week of death"), "#0072B2")}


@styled
def year_to_date(counts: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None) -> Figure:
    """Return people who died in the fiscal year to date beside the same window of each earlier year.

    Parameters
    ----------
    counts : from `study_trends.to_date`: period_start, period_end (last day of the window), n_dead, n_missing, part
    lang, size : "en" or "es"; "single" or "double"
    area : name of the area in both languages; default the whole border
    """
    _ = translator(lang)
    title = _("The fiscal year to date, beside the same window of earlier years")
    shown, n_undated = in_periods(counts)
    if shown.empty or not shown["n_dead"].sum():
        return message_figure(_(EMPTY), size, lang, title)
    shown = shown[shown["n_dead"].cumsum().gt(0)].reset_index(drop=True)
    year, last = shown["period_end"].dt.year + shown["period_end"].dt.month.ge(10), shown.iloc[-1]
    fig, ax = new_figure(size, 46.0)
    ax.bar(year, shown["n_dead"], 0.78, color=[LIGHT] * (len(shown) - 1) + [MEASURE_COLOURS["deaths"]])
    ax.annotate(number(last["n_dead"], lang), (year.iloc[-1] + 0.4, last["n_dead"]), xytext=(2, 0), textcoords="offset points", va="center",
                fontsize=POINTS["small"])  # fmt: skip
    if (top := shown["n_dead"].idxmax()) != shown.index[-1]:
        ax.annotate(number(shown["n_dead"].max(), lang), (year[top], shown["n_dead"].max()), xytext=(0, 1.5), textcoords="offset points", ha="center",
                    fontsize=POINTS["small"])  # fmt: skip
    ax.margins(x=0.06)
    ax.xaxis.set_major_locator(MaxNLocator(6 if size == "single" else 12, integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.spines["left"].set_visible(False)
    ax.set_ylabel(_("People"))
    ax.set_xlabel(_("U.S. fiscal year (October to September)"))
    window = _("{a} to {b}", a=date(last["period_start"], lang), b=date(last["period_end"], lang))
    before = shown["n_dead"].iloc[-6:-1]
    said = _(
        "{window}: {n}. The same window of the {k} years before: {low} to {high}.", window=window, n=number(last["n_dead"], lang), k=number(len(before), lang),
        low=number(before.min(), lang), high=number(before.max(), lang),
    )  # fmt: skip
    note = _("A lower newest bar is not yet a fall: people are found, and lists completed, for years afterwards.")
    set_title(fig, title, " ".join(t for t in (f"{place(area, lang)}.", said, note, undated_note(n_undated, lang)) if t))
    caption = _("People who died in the same days of each fiscal year, each counted once.")
    return describe(fig, Description(title, said, caption, shown))


@styled
def signed_change(table: pd.DataFrame, lang: str, size: str = "double", names: Mapping | None = None, area: dict | None = None) -> Figure:
    """Return the change in deaths between two periods in signed counts, by zone and by group of causes.

    Parameters
    ----------
    table : from `study_trends.change`: by (total, zone_id, cause), key, n_a, n_b, change, from_start, from_end, to_start, to_end
    lang, size : "en" or "es"; "single" or "double"
    names : zone_id -> name in the language
    area : name of the chosen area in both languages; default the whole border
    """
    _ = translator(lang)
    one = table.iloc[0]
    a, b = period(one["from_start"], one["from_end"], lang), period(one["to_start"], one["to_end"], lang)
    title = _("Where, and of what: the change from {a} to {b}", a=a, b=b)
    if not table["n_a"].sum() and not table["n_b"].sum():
        return message_figure(_(EMPTY), size, lang, title)
    groups = table[table["by"].eq("cause")].assign(key=lambda t: t["key"].map(CAUSE_GROUP_OF).fillna("unknown"))
    groups = groups.groupby("key", as_index=False)[["n_a", "n_b", "change"]].sum().assign(name=lambda t: t["key"].map(lambda k: _(CAUSE_GROUPS[k][0])))
    zones = table[table["by"].eq("zone_id")]
    zones = zones.assign(name=[_(PLACES[k]) if k in PLACES else (names or {}).get(k, k) for k in zones["key"]])
    parts = {_("By zone (zones overlap)"): zones, _("By group of causes"): groups}
    parts = {name: part.sort_values("change", key=abs, ignore_index=True) for name, part in parts.items() if len(part)}
    heights = [len(part) for part in parts.values()]
    fig, axes = new_figure(
        size,
        (4.6 if size == "double" else 6.0) * sum(heights) + 14 * len(parts),
        (len(parts), 1),
        sharex=True,
        squeeze=False,
        gridspec_kw={"height_ratios": heights},
    )
    for ax, (name, part) in zip(axes.ravel(), parts.items(), strict=True):
        _signed_bars(ax, part, lang, size)
        ax.set_title(name, loc="left")
    axes[0, 0].set_xlim(_ends(pd.concat(parts.values()), lang, 0.58 * SIZES[size]))
    axes[-1, 0].set_xlabel(_("Change in deaths"))
    total = table[table["by"].eq("total")]
    whole = _("Deaths in all: {a} and {b}, a change of {c}.", a=number(total["n_a"].sum(), lang), b=number(total["n_b"].sum(), lang),
              c=signed(total["change"].sum(), lang))  # fmt: skip
    note = _("Beside each bar the two counts. A list that begins or ends between the two periods shows as a change too.")
    set_title(fig, title, f"{place(area, lang)}. {whole} {note}")
    said = [f"{r.name} {signed(r.change, lang)}" for part in parts.values() for r in part.iloc[::-1].head(3).itertuples(index=False)]
    alt = _("Bars of the change by zone and by group of causes. {whole} Largest: {said}.", whole=whole, said=join(said, lang))
    caption = _(
        "Bars: change in the number of people who died, by zone and by group of causes. Signed changes, not shares: a share of a difference can pass the whole."
    )
    return describe(fig, Description(title, alt, caption, table))


def _beside(row, lang: str) -> str:
    return f"{signed(row.change, lang)}  ({number(row.n_a, lang)} → {number(row.n_b, lang)})"


def _ends(rows: pd.DataFrame, lang: str, wide: float) -> tuple[float, float]:
    """Return the limits of an axis `wide` mm long that holds every bar with the text beside it."""
    texts = [text_width_mm(_beside(row, lang), POINTS["small"]) + 2.5 for row in rows.itertuples(index=False)]
    low, high = min(0.0, rows["change"].min()), max(0.0, rows["change"].max())
    for _step in range(60):  # each widening of the axis makes a millimetre mean more
        unit = (high - low) / wide
        reach = [c + (t if c >= 0 else -t) * unit for c, t in zip(rows["change"], texts, strict=True)]
        low, high = min(0.0, *reach), max(0.0, *reach)
    return low, high


def _signed_bars(ax, part: pd.DataFrame, lang: str, size: str) -> None:
    y = np.arange(len(part))
    ax.barh(y, part["change"], 0.7, color=[MORE if c > 0 else FEWER for c in part["change"]])
    for at, row in zip(y, part.itertuples(index=False), strict=True):
        side = 1 if row.change >= 0 else -1
        ax.annotate(_beside(row, lang), (row.change, at), xytext=(3 * side, 0), textcoords="offset points", va="center", ha="left" if side > 0 else "right",
                    fontsize=POINTS["small"])  # fmt: skip
    across = SIZES[size] * (0.3 if size == "double" else 0.32)
    ax.set_yticks(y, ["\n".join(wrap(n, across, POINTS["small"])) for n in part["name"]], fontsize=POINTS["small"])
    ax.axvline(0, color=INK, linewidth=0.6)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["left"].set_visible(False)


@styled
def trend(found: Mapping, lang: str, size: str = "double", name: str = "") -> Figure:
    """Return monthly deaths with the fitted trend, the range in which months should lie, and the months in which the level shifts.

    Parameters
    ----------
    found : from `study_trends.trend`: change, fitted, checks, shifts
    lang, size : "en" or "es"; "single" or "double"
    name : of the series, in the language
    """
    _ = translator(lang)
    title = _("Trend and shifts of level, by month of finding")
    fitted, change, shifts = found["fitted"], found["change"].iloc[0], found["shifts"]
    fig, ax = new_figure(size, 58.0)
    ax.fill_between(fitted["period_start"], fitted["low"], fitted["high"], color="#0072B2", alpha=0.16, linewidth=0, step="mid")
    ax.plot(fitted["period_start"], fitted["n"], "o", color=MEASURE_COLOURS["deaths"], markersize=1.8, linestyle="none")
    ax.plot(fitted["period_start"], fitted["mean"], color="#0072B2", linewidth=0.8)
    for row in shifts.itertuples():
        ax.axvline(row.period_start, color="#D55E00", linewidth=1.0, linestyle="-" if row.is_stable else (0, (2, 2)))
    ax.set_ylim(bottom=0)
    ax.spines["left"].set_visible(False)
    ax.set_ylabel(_("People found dead in a month"))
    shares = {key: ("+" if change[key] > 0 else "\N{MINUS SIGN}") + percent(abs(change[key]) / 100, lang, 1) for key in ("percent_per_year", "low", "high")}
    said = _("{p} a year (95% interval {low} to {high})", p=shares["percent_per_year"], low=shares["low"], high=shares["high"])
    failed = found["checks"].loc[~found["checks"]["is_passed"], "check"]
    verdict = (
        _("The model passes its checks.") if failed.empty
        else _("The model fails {n} of its {all} checks, so that one steady trend does not describe these years.", n=number(len(failed), lang),
               all=number(len(found["checks"]), lang))
    )  # fmt: skip
    where = _("No shift of level is found.") if shifts.empty else _(
        "Orange: the level shifts ({when}); broken where resampling does not find it again.",
        when=join([f"{months(lang)[d.month - 1]} {d.year}" for d in shifts["period_start"]], lang),
    )  # fmt: skip
    set_title(fig, title, f"{name}. {_('Steady trend with season:')} {said}. {verdict} {where} {_('Band: where 95% of months should lie.')}")
    alt = _("Dots of deaths by month with a fitted curve, {area}: {said}. {verdict} {where}", area=name, said=said, verdict=verdict, where=where)
    caption = _(
        "Dots: people found dead in each month; line: the fitted trend; band: where 95% of months should lie. A trend of what was found is not a trend "
        "of risk: search, lists and the number of people crossing change too."
    )
    table = fitted.assign(is_shift=fitted["period_start"].isin(shifts["period_start"]))
    return describe(fig, Description(title, alt, caption, table))


def series_name(area: str, zones: pd.DataFrame, lang: str) -> str:
    """Return the words for an area of `analysis.series.pick`: the zone's name, the one list, or the whole border."""
    _ = translator(lang)
    if area.startswith("zone:"):
        return zones.set_index("zone_id")[f"name_{lang}"].get(area.removeprefix("zone:"), area)
    return _("Medical examiners' list, Tucson sector") if area.startswith("source:") else place(None, lang)


@styled
def drift(table: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None) -> Figure:
    """Return the mean day of the year by decade with its interval, and how concentrated the year is.

    Parameters
    ----------
    table : from `study_trends.drift`: group, from_year, to_year, n, mean_day, low_day, high_day, concentration, reason
    lang, size : "en" or "es"; "single" or "double"
    area : name of the area in both languages; default the whole border
    """
    _ = translator(lang)
    title, shown = _("Has the season moved? Mean day of the year, by decade"), table[table["mean_day"].notna()].reset_index(drop=True)
    fig, ax = new_figure(size, 54.0)
    decades = sorted(shown["from_year"].unique())
    for group, shift in (("found", -0.09), ("fresh", 0.09)):
        part = shown[shown["group"].eq(group)]
        if part.empty:
            continue
        name, colour = GROUPS[group]
        x = part["from_year"].map(decades.index) + shift
        low = part["low_day"] - 366 * (part["low_day"] > part["mean_day"])
        high = part["high_day"] + 366 * (part["high_day"] < part["mean_day"])
        ax.vlines(x, low, high, color=colour, linewidth=1.0)
        ax.plot(x, part["mean_day"], "o", color=colour, markersize=4, linestyle="none", label=_(name))
        for at, day, r in zip(x, part["mean_day"], part["concentration"], strict=True):
            ax.annotate(number(r, lang, 2), (at, day), xytext=(5 if shift > 0 else -5, 0), textcoords="offset points", va="center",
                        ha="left" if shift > 0 else "right", fontsize=POINTS["small"], color=text_colour(colour))  # fmt: skip
    starts = pd.date_range(COMMON_YEAR, periods=12, freq="MS").day_of_year
    ax.set_yticks(starts, [_day(day, lang) for day in starts])
    lows, highs = shown[["low_day", "mean_day"]].min().min(), shown[["high_day", "mean_day"]].max().max()
    ax.set_ylim(max(-5, lows - 20), min(371, highs + 20))
    ends = shown.groupby("from_year")["to_year"].max()
    ax.set_xticks(range(len(decades)), [f"{d}–{ends[d]}" for d in decades])
    ax.set_xlim(-0.6, len(decades) - 0.4)
    ax.spines["left"].set_visible(False)
    ax.legend(loc="best", frameon=False, fontsize=POINTS["small"])
    note = _("Circular means with 95% intervals; beside each the concentration (0: no season, 1: all on one day). People found long after death blur a season.")
    set_title(fig, title, f"{place(area, lang)}. {note}")
    said = [f"{r.from_year}–{r.to_year} ({_(GROUPS[r.group][0])}) {_day(r.mean_day, lang)}" for r in shown.itertuples()]
    alt = _("Dots of the mean day of the year with intervals: {said}.", said=join(said, lang))
    caption = _(
        "Dots: mean day of the year, by decade; lines: 95% intervals. The mean day of finding can move because people lie longer before they are found."
    )
    return describe(fig, Description(title, alt, caption, table))


def _day(value: float, lang: str) -> str:
    day = COMMON_YEAR + pd.Timedelta(days=int(value) - 1)
    month = months(lang)[day.month - 1]
    return f"{month} {day.day}" if lang == "en" else f"{day.day} {month}"
