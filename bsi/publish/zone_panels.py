"""The panels of a zone's page: each says its title, notes and key, and draws itself, or gives the sentence that stands in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable
from bsi.publish.figures import bars, label_bars, tick_periods, whiskers
from bsi.publish.language import DASH, N_, join, months, number, percent, period, translator
from bsi.publish.style import CAUSE_GROUP_OF, CAUSE_GROUPS, INK, MEASURE_COLOURS, POINTS, SECTOR_NAMES, SOFT

MARKS = {"measure": "#a84300", "agreement": "#a84300", "confounder": "#5f5f5f", "series_break": "#5f5f5f"}
SECTOR_TONES = ("#00795a", "#7cc0ab", "#c5e3da", "#e3f1ed")
FLAG_MM = 2.6
TRENDS = {"up": N_("rising"), "down": N_("falling"), "open": N_("no clear direction")}


@dataclass(frozen=True)
class Panel:
    """One panel: title, notes and key below it, what draws into axes (None: words only), and words after them as (mark, colour, text)."""

    title: str
    notes: tuple = ()
    key: tuple = ()
    draw: Callable | None = None
    has_flags: bool = False
    plot_mm: float | None = None
    left_mm: float = 7.5
    after: tuple = ()


def reason(told, lang: str) -> str | None:
    """Return why a table is not there, as a sentence in the language; None where it is there."""
    if not isinstance(told, NotEstimable):
        return None
    _ = translator(lang)
    why = _(told.reason, **told.details)
    return _("Not shown: {why}.", why=why)


def _axis(ax, lang: str, ticks: int = 4, write: Callable | None = None) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_locator(MaxNLocator(ticks, integer=write is None))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _pos: (write or number)(v, lang)))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0, pad=1.5)


def place_on_axis(day, counts: pd.DataFrame) -> float:
    """Return where a day lies among the bars: bar i stands at i and is one period wide.

    Examples
    --------
    >>> years = pd.DataFrame({"period_start": pd.to_datetime(["2010-10-01", "2011-10-01"]), "period_end": pd.to_datetime(["2011-09-30", "2012-09-30"])})
    >>> round(place_on_axis("2011-10-01", years), 2)
    0.5
    """
    start, end = counts["period_start"].iloc[0], counts["period_end"].iloc[-1]
    return float((pd.Timestamp(day) - start) / (end + pd.Timedelta(days=1) - start) * len(counts) - 0.5)


def mark_measures(ax, measures: pd.DataFrame, counts: pd.DataFrame, width_mm: float) -> None:
    """Mark each measure that begins within the axis by a line and its number above the axes, in tiers where numbers come close."""
    tiers: list[float] = []
    for mark, begin, end, kind in zip(measures["number"], measures["from"], measures["to"], measures["type"], strict=True):
        at, colour = place_on_axis(begin, counts), MARKS[kind]
        if at < -0.5 and pd.notna(end) and place_on_axis(end, counts) > -0.5:
            at = -0.5  # began before the axis and reaches into it
        if not -0.5 <= at <= len(counts) - 0.5:
            continue
        ax.axvline(at, color=colour, linewidth=0.7, linestyle=(0, (3, 2)), zorder=0.8)
        tier = next((i for i, last in enumerate(tiers) if (at - last) * width_mm / len(counts) >= FLAG_MM), len(tiers))
        tiers[tier : tier + 1] = [at]
        ax.annotate(str(mark), (at, 1), xycoords=("data", "axes fraction"), xytext=(0, 1 + 6.6 * tier), textcoords="offset points", ha="center", va="bottom",
                    fontsize=POINTS["small"], color=colour, weight="bold")  # fmt: skip


def deaths(data: dict, lang: str, width_mm: float, most: int) -> Panel:
    """Return the panel of people by fiscal year: the uncertain part as a line, measures marked by number."""
    _, counts = translator(lang), data["deaths"]
    title = _("People who died, by U.S. fiscal year")
    if why := reason(counts, lang):
        return Panel(title, (why,))
    found, notes = data["span"], []
    notes.append(_("Gray line: lowest and highest count that the known positions allow. Numbers: dated measures, named below."))
    notes.append(_("Nothing is drawn before {year}, when the first of the main lists of this zone begins.", year=found["first_year"]))
    if round(found["n_before"]):
        notes.append(_("People listed one by one before then: {n}.", n=number(found["n_before"], lang)))
    if not counts["is_complete"].all():
        notes.append(_("Hatched: the lists do not cover the whole year."))
    if found["thin_from"]:
        notes.append(_("Hatched too: from {year} the main list holds less than half of its usual number of people; fewer deaths there may be fewer rows.",
                       year=found["thin_from"]))  # fmt: skip

    def draw(ax) -> None:
        bars(ax, counts, "n_dead", MEASURE_COLOURS["deaths"])
        whiskers(ax, counts)
        label_bars(ax, counts, "n_dead", lang)
        for label in ax.texts:  # a line of a measure does not run through a number
            label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
        _year_bars(ax, counts, lang, most)
        mark_measures(ax, data["measures"], counts, width_mm)

    return Panel(title, (" ".join(notes),), draw=draw, has_flags=True)


def _year_bars(ax, counts: pd.DataFrame, lang: str, most: int) -> None:
    top = counts["n_high"].max() if "n_high" in counts else counts["n_dead"].max()
    _axis(ax, lang)
    ax.set_ylim(0, max(float(top), ax.get_ylim()[1], 3) * 1.12)
    tick_periods(ax, counts, lang, most)


def causes(data: dict, lang: str, width_mm: float, most: int) -> Panel:
    """Return the panel of causes by fiscal year, groups upon each other with their fixed colours, what is not determined on top."""
    _, counts = translator(lang), data["causes"]
    title = _("Causes")
    if why := reason(counts, lang):
        return Panel(title, (why,))
    group = counts["cause"].map(CAUSE_GROUP_OF).fillna("unknown")
    summed = (
        counts.assign(group=group)
        .groupby(["group", "period_start", "period_end"], as_index=False)
        .agg(n_dead=("n_dead", "sum"), is_complete=("is_complete", "min"))
    )
    totals = summed.groupby("group")["n_dead"].sum().round().sort_values(ascending=False, kind="stable")
    order = [g for g in totals.index if totals[g] > 0 and g != "unknown"] + [g for g in ("unknown",) if totals.get(g, 0) > 0]
    key = tuple(("area", CAUSE_GROUPS[g][1], 0, f"{_(CAUSE_GROUPS[g][0])}: {number(totals[g], lang)}") for g in order)

    def draw(ax) -> None:
        base = np.zeros(counts["period_start"].nunique())
        for g in order:
            part = summed[summed["group"].eq(g)].sort_values("period_start").reset_index(drop=True)
            bars(ax, part, "n_dead", CAUSE_GROUPS[g][1], base=base)
            base = base + part["n_dead"].to_numpy()
        _axis(ax, lang)
        ax.set_ylim(0, max(base.max() * 1.05, 3))
        tick_periods(ax, part, lang, most)

    return Panel(title, key=key, draw=draw)


def _months_below(ax, lang: str, width_mm: float) -> None:
    ax.set_xticks(range(12), [m[:1].upper() if width_mm < 60 else m for m in months(lang)])
    ax.set_xlim(-0.6, 11.6)


def season(data: dict, lang: str, width_mm: float, most: int) -> Panel:
    """Return the panel of the share of each month of finding, with its interval."""
    _, table = translator(lang), data["season"]
    title = _("Season: share of each month")
    if why := reason(table, lang):
        return Panel(title, (why,))

    def draw(ax) -> None:
        ax.bar(range(12), table["share"], 0.78, color=MEASURE_COLOURS["deaths"])
        ax.vlines(range(12), table["low"], table["high"], color="#8c8c8c", linewidth=0.9)
        ax.axhline(1 / 12, color=INK, linewidth=0.5, linestyle=(0, (4, 3)))
        _axis(ax, lang, write=percent)
        _months_below(ax, lang, width_mm)

    return Panel(title, (_("Line: 95% interval from year to year. Dashed: all months alike. Month of finding, not of death."),), draw=draw)


def signed(value: float, lang: str) -> str:
    """Return a change in percent with its sign.

    Examples
    --------
    >>> signed(-3.4, "en"), signed(5.2, "es"), signed(0.2, "en")
    ('−3%', '+5%', '0%')
    """
    n = round(value)
    return ("+" if n > 0 else "\N{MINUS SIGN}" if n < 0 else "") + percent(abs(n) / 100, lang)


def trend(data: dict, lang: str, width_mm: float, most: int) -> Panel:
    """Return the panel of the last complete years with the line of a steady change and its interval."""
    _, table = translator(lang), data["trend"]
    title = _("Trend")
    if why := reason(table, lang):
        return Panel(title, (why,))
    change = table.iloc[0]
    way = "up" if change["percent_low"] > 0 else "down" if change["percent_high"] < 0 else "open"
    words = {k: signed(change[c], lang) for k, c in (("by", "percent_per_year"), ("low", "percent_low"), ("high", "percent_high"))}
    title = _("Trend: {by} a year ({low} to {high}), {way}", way=_(TRENDS[way]), **words)
    span = period(table["period_start"].iloc[0], table["period_end"].iloc[-1], lang)
    note = _("{span}, complete years only, with the 95% interval of the change. Counts of people found: not the risk for each person who crosses.", span=span)

    def draw(ax) -> None:
        x = range(len(table))
        ax.bar(x, table["n"], 0.78, color=MEASURE_COLOURS["missing"])
        ax.fill_between(x, table["low"], table["high"], color=MARKS["measure"], alpha=0.2, linewidth=0)
        ax.plot(x, table["mean"], color=MARKS["measure"])
        _axis(ax, lang)
        ax.set_ylim(0, max(table["high"].max(), table["n"].max(), 3) * 1.08)
        tick_periods(ax, table, lang, 5 if width_mm > 40 else 3)

    return Panel(title, (note,), draw=draw)


def hazard(data: dict, lang: str, width_mm: float, most: int) -> Panel:
    """Return the panel of what kills most: water by year in a canal, heat by month in a desert."""
    return (water if data["hazard_kind"] == "water" else heat)(data, lang, width_mm)


def water(data: dict, lang: str, width_mm: float) -> Panel:
    """Return the panel of people who drowned by fiscal year, the zone's own measures marked."""
    _, counts = translator(lang), data["hazard"]
    title = _("Water: people who drowned")
    if why := reason(counts, lang):
        return Panel(title, (why,))
    own = data["measures"][data["measures"]["is_local"]]
    ends = [place_on_axis(end if pd.notna(end) else begin, counts) for begin, end in zip(own["from"], own["to"], strict=True)]
    own = own[[-0.5 <= at <= len(counts) - 0.5 for at in ends]]
    note = _("Numbers and shaded spans: the zone's own measures, named below. No allowance for how many people cross.") if len(own) else ""

    def draw(ax) -> None:
        bars(ax, counts, "n_dead", CAUSE_GROUPS["drowning"][1])
        whiskers(ax, counts)
        _year_bars(ax, counts, lang, 5 if width_mm > 40 else 3)
        mark_measures(ax, own, counts, width_mm)
        for row in own[own["to"].notna()].to_dict("records"):
            ax.axvspan(
                max(place_on_axis(row["from"], counts), -0.5), place_on_axis(row["to"], counts), color=MARKS[row["type"]], alpha=0.14, linewidth=0, zorder=0.5
            )

    return Panel(title, (note,) if note else (), draw=draw, has_flags=len(own) > 0)


def heat(data: dict, lang: str, width_mm: float) -> Panel:
    """Return the panel of heat and other exposure among the people whose cause is known, by month."""
    _, table = translator(lang), data["hazard"]
    title = _("Heat: its share among known causes")
    if why := reason(table, lang):
        return Panel(title, (why,))
    groups = {f"share_{g}": CAUSE_GROUPS[g][:2] for g in ("heat", "exposure")}
    names, colours = {c: _(name) for c, (name, _colour) in groups.items()}, {c: colour for c, (_name, colour) in groups.items()}
    note = _("By month of finding; the cause is known for {n} people. Line: 95% interval of both together.", n=number(table["n_known"].sum(), lang))

    def draw(ax) -> None:
        base = np.zeros(12)
        for column, colour in colours.items():
            ax.bar(range(12), table[column], 0.78, bottom=base, color=colour)
            base = base + table[column].fillna(0).to_numpy()
        ax.vlines(range(12), table["low"], table["high"], color="#6f6f6f", linewidth=0.9)
        _axis(ax, lang, write=percent)
        ax.set_ylim(0, 1)
        _months_below(ax, lang, width_mm)

    return Panel(title, (note,), tuple(("area", colours[c], 0, names[c]) for c in colours), draw)


def rescues(data: dict, lang: str, width_mm: float, most: int) -> Panel:
    """Return the panel of official rescues of whole sectors by fiscal year."""
    _, table = translator(lang), data["rescues"]
    title = _("Rescues: whole sectors, not the zone")
    if why := reason(table, lang):
        return Panel(title, (why,))
    sectors = list(dict.fromkeys(table["sector"]))
    wrong = sorted(set(table.loc[table["n"].isna(), "year"]))
    note = _("People rescued, official sector profiles by fiscal year; no public file places a rescue in a zone.")
    if wrong:
        note += " " + _("{years}: left out, since the printed figures are known to be wrong.", years=join(map(str, wrong), lang))

    def draw(ax) -> None:
        wide = 0.8 / len(sectors)
        for i, code in enumerate(sectors):
            part = table[table["sector"].eq(code)]
            ax.bar(part["year"] - 0.4 + wide * (i + 0.5), part["n"], wide, color=SECTOR_TONES[min(i, 3)])
        years = range(int(table["year"].min()), int(table["year"].max()) + 1)
        for year in wrong:
            ax.annotate(DASH, (year, 0), xytext=(0, 2), textcoords="offset points", ha="center", fontsize=POINTS["small"], color=SOFT)
        _axis(ax, lang)
        ax.set_xticks([y for y in years if (y - years[0]) % (1 if width_mm > 60 else 2 if width_mm > 40 else 4) == 0])
        ax.set_xlim(years[0] - 0.6, years[-1] + 0.6)

    return Panel(title, (note,), tuple(("area", SECTOR_TONES[min(i, 3)], 0, SECTOR_NAMES[c]) for i, c in enumerate(sectors)), draw)
