"""Figures of access: how far from boundary, towns, roads and water people were found, on what ground and in what heat, and where along the canal."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bsi.publish import style
from bsi.publish.language import N_, join, number, percent, translator
from bsi.publish.style import INK, MEASURE_COLOURS, POINTS, SOFT, Description, describe, new_figure, set_title, styled

DEATHS, AREA = MEASURE_COLOURS["deaths"], "#b3622b"
DISTANCES = {
    "boundary": N_("the boundary"), "towns": N_("a town"), "roads": N_("a road"), "water": N_("a large river or lake"), "canal": N_("the canal"),
}  # fmt: skip
TERRAIN = {"ruggedness": N_("Ruggedness, m"), "summer_temperature": N_("Summer temperature, °C")}
FIFTHS = ("#e6e0d8", "#d3bda9", "#c39a78", "#a3673b", "#6b3a13")
WORKS = {"drop": N_("drops"), "bridge": N_("bridges"), "lined": N_("lined section")}


def _spans(ax, part: pd.DataFrame) -> np.ndarray:
    """Name the spans of years below the axes and return their places."""
    x = np.arange(len(part))
    names = [f"{a}–\n{b}" if a != b else str(a) for a, b in zip(part["year_from"], part["year_to"], strict=True)]
    ax.set_xticks(x, names, fontsize=POINTS["small"])
    ax.set_xlim(-0.6, len(part) - 0.4)
    return x


def _medians(ax, x, part: pd.DataFrame, columns: tuple[str, ...], scale: float = 1.0) -> None:
    """Draw medians with their intervals (columns: median, low, high, least, most) over what the precision of the places allows."""
    median, low, high, least, most = (part[c].to_numpy(float) / scale for c in columns)
    ax.vlines(x, least, most, color=SOFT, alpha=0.25, linewidth=6)
    ax.vlines(x, low, high, color=DEATHS, linewidth=1.2)
    ax.plot(x, median, "o-", color=DEATHS, markersize=3, linewidth=0.7)


@styled
def distances(table: pd.DataFrame, lang: str, size: str = "double", area: Mapping | None = None, has_roads: bool = False) -> Figure:
    """Return the median distance to boundary, towns, water ... by spans of years, with intervals, what precision allows, and the area's own median.

    Parameters
    ----------
    table : from `selections_terrain.distance_table`
    lang, size : "en" or "es"; "single" or "double"
    area : name of the area in both languages
    has_roads : an analyst's layer of roads was there
    """
    _ = translator(lang)
    table = table[table["median_m"].notna()]
    kinds = [k for k in DISTANCES if (table["to"] == k).any()]
    across = (len(kinds) if len(kinds) <= 3 else 2) if size == "double" else 1
    rows = -(-len(kinds) // across)
    fig, axes = new_figure(size, 40.0 * rows, (rows, across), squeeze=False)
    for ax in axes.ravel()[len(kinds) :]:
        ax.set_axis_off()
    for ax, kind in zip(axes.ravel(), kinds, strict=False):
        part, name = table[table["to"] == kind].sort_values("year_from"), DISTANCES[kind]
        x = _spans(ax, part)
        _medians(ax, x, part, ("median_m", "low_m", "high_m", "nearest_m", "farthest_m"), 1000.0)
        ax.axhline(part["area_median_m"].iloc[0] / 1000, color=AREA, linewidth=0.9, linestyle=(0, (4, 2)))
        ax.set_title(_("To {what}, km", what=_(name)), loc="left")
        ax.set_ylim(bottom=0)
    name = f"{area[lang]}. " if area else ""
    title = _("How far from help and from the line people were found")
    note = _("Median with its 95% interval; gray: where the median would lie were every place at the near or far end of its precision. Dashed: the "
             "median of the "
             "area itself, half of which lies nearer. Straight lines.")  # fmt: skip
    set_title(fig, title, name + note)
    last = table[table["year_from"] == table["year_from"].max()]
    what = {r.to: DISTANCES[r.to] for r in last.itertuples() if r.to in DISTANCES}
    ends = []
    for r in last.itertuples():
        name = what[r.to]
        ends.append(_("to {what} {km} km", what=_(name), km=number(r.median_m / 1000, lang, 1)))
    alt = _("Median distances by spans of years; in the last span {ends}.", ends=join(ends, lang))
    caption = _("Dots: median distance by span of years; lines: 95% intervals. Towns and waters are those of the base map.")
    caption += " " + (_("Roads are those of the analyst's layer, within its reach.") if has_roads
                      else _("Roads are not shown: no layer of roads lies in the geo folder of the data (roads.geojson)."))  # fmt: skip
    return describe(fig, Description(title, alt, caption, table))


@styled
def terrain_by_period(table: pd.DataFrame, lang: str, size: str = "double", area: Mapping | None = None) -> Figure:
    """Return ruggedness and summer temperature of the places by spans of years against those of the area itself.

    Parameters
    ----------
    table : from `terrain.by_period`
    lang, size : "en" or "es"; "single" or "double"
    area : name of the area in both languages
    """
    _ = translator(lang)
    table = table[table["median"].notna()]
    kinds = [k for k in TERRAIN if (table["to"] == k).any()]
    across = 2 if size == "double" else 1
    fig, axes = new_figure(size, 44.0 * len(kinds) * (2 if across == 1 else 1), (len(kinds) * 2 // across, across), squeeze=False)
    spoken = []
    for k, kind in enumerate(kinds):
        part, name = table[table["to"] == kind].sort_values("year_from"), TERRAIN[kind]
        left, right = axes.ravel()[2 * k : 2 * k + 2]
        x = _spans(left, part)
        left.axhspan(part["area_lower"].iloc[0], part["area_upper"].iloc[0], color=AREA, alpha=0.16, linewidth=0, label=_("middle half of the area"))
        left.axhline(part["area_median"].iloc[0], color=AREA, linewidth=0.9, linestyle=(0, (4, 2)), label=_("median of the area"))
        _medians(left, x, part, ("median", "low", "high", "least", "most"))
        left.yaxis.set_major_formatter(FuncFormatter(lambda v, _at: number(v, lang, None)))
        left.set_title(_(name), loc="left")
        left.legend(loc="best", fontsize=POINTS["small"])
        _fifths(right, part, lang)
        spoken.append(_("{what}: {value}, the area {own}", what=_(name), value=number(part["median"].iloc[-1], lang, 1),
                        own=number(part["area_median"].iloc[-1], lang, 1)))  # fmt: skip
    title = _("On what ground and in what heat people were found")
    note = _("Median with its 95% interval; gray: what the precision of the places allows. Beside it: how the deaths fall on five equal parts of the "
             "area; the lines stand "
             "where they would if deaths fell as the area does.")  # fmt: skip
    set_title(fig, title, (f"{area[lang]}. " if area else "") + note)
    alt = _("Median of the places against that of the area in the last span of years. {parts}.", parts=join(spoken, lang))
    caption = _(
        "Dots: medians by span of years; lines: 95% intervals. Ruggedness and summer temperature are those of the analyst's rasters; a place known "
        "only roughly has the mean of all cells it may lie in."
    )
    return describe(fig, Description(title, alt, caption, table))


def _fifths(ax, part: pd.DataFrame, lang: str) -> None:
    """Draw the share of the incidents in each fifth of the area's values, a bar each span of years."""
    _ = translator(lang)
    x, below = _spans(ax, part), np.zeros(len(part))
    names = (_("lowest fifth of the area"), "", "", "", _("highest fifth of the area"))
    for k, colour in enumerate(FIFTHS):
        share = part[f"share_{k + 1}"].to_numpy(float)
        ax.bar(x, share, 0.8, bottom=below, color=colour, edgecolor="white", linewidth=0.4, label=names[k] or None)
        below = below + share
    for line in (0.2, 0.4, 0.6, 0.8):
        ax.axhline(line, color=INK, linewidth=0.5, linestyle=(0, (3, 2)))
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _at: percent(v, lang)))
    ax.set_title(_("Deaths by fifth of the area's values"), loc="left")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, fontsize=POINTS["small"], handlelength=1.2)


@styled
def canal_kilometres(table: pd.DataFrame, lang: str, size: str = "double", works: pd.DataFrame | None = None, near: pd.DataFrame | None = None) -> Figure:
    """Return deaths by kilometre of the All-American Canal, stretches with more than their share marked, with drops, bridges and the lined section.

    Parameters
    ----------
    table : from `analysis.canal.by_kilometre`
    lang, size : "en" or "es"; "single" or "double"
    works, near : from `analysis.canal.works_along` and `near_works`
    """
    _ = translator(lang)
    fig, ax = new_figure(size, 56.0)
    hot = table["is_cluster"].to_numpy(bool)
    width = (table["km_to"] - table["km_from"]).to_numpy()
    ax.bar(table["km_from"][~hot], table["n"][~hot], width[~hot], align="edge", color="#9fb8c4", label=_("no more than an even canal would have"))
    ax.bar(table["km_from"][hot], table["n"][hot], width[hot], align="edge", color=style.ZONE_COLOURS["canal"], hatch="////", edgecolor="white",
           label=_("more than its share (false discovery rate 5%)"))  # fmt: skip
    _draw_works(ax, works, float(table["n"].max()), (lang, size))
    ax.set_xlabel(_("Kilometers along the canal, from the west"))
    ax.set_ylabel(_("Incidents"))
    ax.set_xlim(0, table["km_to"].max())
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2 if size == "double" else 1, borderaxespad=0.3, handlelength=1.4, columnspacing=1.2)
    placed, rough = int(table["n_placed"].iloc[0]), int(table["n_rough"].iloc[0])
    title = _("Where along the All-American Canal people died")
    note = _("{n} incidents whose place is known to two kilometers, each spread by its precision; {rough} more are known too roughly. Stretches of "
             "three kilometers are tested. People are found downstream, to the west, of where they fell in.",
             n=number(placed, lang), rough=number(rough, lang))  # fmt: skip
    set_title(fig, title, " ".join([note, *_near_words(near, lang)]))
    spans = [_("kilometer {km}", km=number(k, lang)) for k in table["km_from"][hot]]
    alt = _("Bars by kilometer of the canal. More than their share: {spans}.", spans=join(spans, lang) if spans else _("none"))
    have = set() if works is None else set(works["kind"])
    caption = _("Bars: incidents by kilometer, each spread over where it may lie. Stretches of three kilometers are tested against an even canal.")
    missing = []
    for kind, name in WORKS.items():
        if kind not in have:
            missing.append(_(name))
    if missing:
        caption += " " + _("Not in the data (geo/canal_works.csv): {works}.", works=join(missing, lang))
    return describe(fig, Description(title, alt, caption, table))


def _near_words(near: pd.DataFrame | None, lang: str) -> list[str]:
    """Return sentences: how many of the incidents lie near a drop, bridge or on the lined section, and how much of the canal that is."""
    _ = translator(lang)
    if near is None:
        return []
    out = []
    for r in near.itertuples():
        numbers = {"n": number(r.n_near, lang), "length": percent(r.share_of_length, lang)}
        if r.kind == "drop":
            out.append(_("{n} lie within one kilometer of a drop, which is {length} of its length.", **numbers))
        elif r.kind == "bridge":
            out.append(_("{n} lie within one kilometer of a bridge, which is {length} of its length.", **numbers))
        else:
            out.append(_("{n} lie on the section lined with concrete, {length} of its length.", **numbers))
    return out


def _draw_works(ax, works: pd.DataFrame | None, highest: float, look: tuple[str, str]) -> None:
    """Draw drops and bridges as marks above the bars (their names upright at single width), lined stretches as a band along the top."""
    if works is None or works.empty:
        return
    lang, size = look
    top = highest * (1.3 if size == "double" else 1.66)
    text = {"ha": "center", "va": "bottom", "fontsize": POINTS["small"], "family": style.FONT}
    for r in works.itertuples():
        name = getattr(r, f"name_{lang}")
        if r.kind == "lined":
            ax.axvspan(r.km, r.km_to, color="#8a8a8a", alpha=0.14, linewidth=0, zorder=0)
            ax.text((r.km + r.km_to) / 2, top, name, color=SOFT, **text)
        else:
            ax.plot([r.km], [highest * 1.08], "v" if r.kind == "drop" else "s", color=INK, markersize=4)
            ax.text(r.km, highest * 1.15, name, color=INK, rotation=0 if size == "double" else 90, **text)
    ax.set_ylim(0, top * 1.12)
