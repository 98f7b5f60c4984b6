"""Figures beside official series: deaths beside rescues and agents, deaths per apprehension, listed rescues, the zones' sensitivity."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from bsi.publish.figures import EMPTY, finish_axis, in_periods, place
from bsi.publish.figures import bars as draw_bars
from bsi.publish.language import join, number, translator
from bsi.publish.style import (
    MEASURE_COLOURS,
    POINTS,
    SIZES,
    ZONE_COLOURS,
    Description,
    describe,
    incomplete,
    message_figure,
    new_figure,
    set_title,
    styled,
    text_colour,
    wrap,
)


def _number_axis(axis, lang: str, ticks: int = 3) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(ticks, integer=True))
    axis.set_major_formatter(FuncFormatter(lambda v, _pos: number(v, lang)))


@styled
def deaths_beside_rescues(published: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None) -> Figure:
    """Return official deaths, rescues and agents one above the other by fiscal year, each on its own scale.

    Parameters
    ----------
    published : contract PUBLISHED, one area and one figure a measure and fiscal year
    lang, size : "en" or "es"; "single" or "double"
    area : name of the area in both languages; default the whole border
    """
    _ = translator(lang)
    title = _("Deaths, rescues and agents, as officially published")
    names = {"deaths": _("Deaths"), "rescues_persons": _("People rescued"), "agents": _("Border Patrol agents")}
    shown = published[published["measure"].isin(names)]
    if shown.empty:
        return message_figure(_("No official figures of deaths, rescues or agents are at hand for this choice."), size, lang, title)
    years = sorted(shown["period_end"].dt.year.unique())
    present = [m for m in names if (shown["measure"] == m).any()]
    fig, axes = new_figure(size, 24.0 * len(present) + 6, (len(present), 1), sharex=True, squeeze=False)
    for ax, measure in zip(axes.ravel(), present, strict=True):
        part = shown[shown["measure"] == measure].sort_values("period_start")
        colour = MEASURE_COLOURS[{"rescues_persons": "rescues"}.get(measure, measure)]
        for row in part.itertuples():
            look = {"facecolor": colour, "edgecolor": "none"} if row.is_complete and row.reliability == "official" else incomplete(colour)
            ax.bar(row.period_end.year, row.value, 0.78, **look)
        top = part.loc[part["value"].idxmax()]
        at = (top["period_end"].year, top["value"])
        ax.annotate(number(top["value"], lang), at, xytext=(0, 1.5), textcoords="offset points", ha="center", fontsize=POINTS["small"])
        ax.set_title(names[measure], color=text_colour(colour), loc="left")
        ax.set_ylim(top=ax.get_ylim()[1] * 1.12)
        _number_axis(ax.yaxis, lang)
        ax.spines["left"].set_visible(False)
    last = axes.ravel()[-1]
    step = 4 if size == "single" else 2
    last.set_xticks([y for y in range(years[0], years[-1] + 1) if y % step == 0], [str(y) for y in range(years[0], years[-1] + 1) if y % step == 0])
    last.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    last.set_xlabel(_("U.S. fiscal year (October to September)"))
    set_title(
        fig,
        title,
        f"{place(area, lang)}. "
        + _("A year without a bar is a year without a published figure; hatched figures are incomplete, or quoted in reports and the press."),
    )
    tops = [f"{names[m]} {number(shown.loc[shown['measure'] == m, 'value'].max(), lang)}" for m in present]
    alt = _("Bar charts one above the other, fiscal years {first} to {last}. Highest values: {tops}.", first=years[0], last=years[-1], tops=join(tops, lang))
    return describe(fig, Description(title, alt, _("Official figures by fiscal year, each on its own scale."), shown))


@styled
def listed_rescues(counts: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return people rescued, and below them the rescue events, by period, as lists brought by the analyst state them; a sentence where there is none.

    Parameters
    ----------
    counts : from `analysis.counts.count` of incidents of kind rescue, measure "rescued": period columns, n_expected, n_incidents, is_complete
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("People rescued, from lists of rescues")
    if counts.empty:
        return message_figure(
            _(
                "No list of rescues is in the data: public files hold rescues only as totals of sectors and years. "
                "A list described by a TOML file appears here."
            ),
            size, lang, title,
        )  # fmt: skip
    counts, _undated = in_periods(counts)
    fig, axes = new_figure(size, 58.0, (2, 1), sharex=True)
    for ax, (column, unit) in zip(axes.ravel(), {"n_expected": _("People rescued"), "n_incidents": _("Rescue events")}.items(), strict=True):
        draw_bars(ax, counts, column, MEASURE_COLOURS["rescues"])
        finish_axis(ax, counts, lang, size, "")
        ax.set_title(unit, loc="left")
    axes.flat[0].set_xlabel("")
    set_title(fig, title, _("People and events are two units, each on its own scale; as the lists state them."))
    people, events = (number(counts[column].sum(), lang) for column in ("n_expected", "n_incidents"))
    alt = _("Bar charts one above the other: {people} people rescued, {events} rescue events, in all.", people=people, events=events)
    return describe(fig, Description(title, alt, _("People rescued, and rescue events, by period, in the lists brought by the analyst."), counts))


def _apart(values, n_lines: list[int], line: float) -> list[float]:
    """Return the heights of labels as close to their rising values as their lines allow, none upon another."""
    out = []
    for i, value in enumerate(values):
        need = (n_lines[i] + n_lines[i - 1]) / 2 * line * 1.15 if i else 0
        out.append(max(float(value), out[-1] + need) if i else max(float(value), n_lines[0] * line / 2))
    return out


@styled
def zone_sensitivity(table: pd.DataFrame, lang: str, size: str = "double", names: dict | None = None) -> Figure:
    """Return how the count of each zone changes when its line is moved.

    Parameters
    ----------
    table : from `register.zones.sensitivity`: zone_id, family, metres, n_dead
    lang, size : "en" or "es"; "single" or "double"
    names : zone_id -> name
    """
    _ = translator(lang)
    title = _("How much depends on where the line is drawn")
    if table.empty or not table["n_dead"].sum():
        return message_figure(_(EMPTY), size, lang, title)
    families = [f for f in ("canal", "desert") if (table["family"] == f).any()]
    shape = (1, len(families)) if size == "double" else (len(families), 1)
    fig, axes = new_figure(size, 58.0 if size == "double" else 58.0 * len(families), shape, squeeze=False)
    labels = {"canal": _("Buffer either side of the canal, km"), "desert": _("Edges moved outward (+) or inward (\N{MINUS SIGN}), km")}
    for ax, family in zip(axes.ravel(), families, strict=True):
        mine = table[table["family"] == family]
        ends = mine.sort_values("metres").groupby("zone_id")["n_dead"].last().sort_values()
        high = ends.iloc[-1] * 1.15
        wide, panel_mm = float(mine["metres"].max() - mine["metres"].min()) / 1000, SIZES[size] / len(families) if size == "double" else SIZES[size]
        texts = ["\n".join(wrap((names or {}).get(zone, zone), panel_mm * 0.36, POINTS["small"])) for zone in ends.index]
        for zone, text, y in zip(ends.index, texts, _apart(ends.to_numpy(), [t.count("\n") + 1 for t in texts], high * 2.5 / 40), strict=True):
            part = mine[mine["zone_id"] == zone].sort_values("metres")
            ax.plot(part["metres"] / 1000, part["n_dead"], "-o", color=ZONE_COLOURS[family], markersize=2.6)
            ax.text(part["metres"].iloc[-1] / 1000 + wide * 0.05, y, text, ha="left", va="center", fontsize=POINTS["small"])
        ax.set_xlim(mine["metres"].min() / 1000 - wide * 0.04, mine["metres"].max() / 1000 + wide * 0.85)
        ax.set_ylim(0, high)
        _number_axis(ax.yaxis, lang, 4)
        widths = sorted(mine["metres"].unique() / 1000)
        ax.set_xticks(widths, [number(w, lang, None).replace("-", "\N{MINUS SIGN}") for w in widths])
        ax.set_title(
            "\n".join(wrap(labels[family], SIZES[size] / len(families) - 12 if size == "double" else SIZES[size] - 12, POINTS["base"], "bold")), loc="left"
        )
        ax.spines["left"].set_visible(False)
    set_title(fig, title, _("All years. Expected number of people who died in the zone, by where its line is drawn."))
    parts = []
    for zone, part in table.groupby("zone_id"):
        low, high = part["n_dead"].min(), part["n_dead"].max()
        parts.append(f"{(names or {}).get(zone, zone)} {number(low, lang)}–{number(high, lang)}")
    alt = _("Line charts of the number of people who died in each zone as its line moves: {parts}.", parts=join(parts, lang))
    return describe(fig, Description(title, alt, _("Expected deaths by zone and by where its line is drawn."), table))
