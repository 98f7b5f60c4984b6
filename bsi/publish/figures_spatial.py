"""Figures of where: does a hot-spot map help, how much k sites reach, the season to come."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bsi.publish import style
from bsi.publish.language import N_, join, months, number, percent, translator
from bsi.publish.style import INK, MEASURE_COLOURS, POINTS, Description, describe, new_figure, set_title, styled

DEATHS, SITES = MEASURE_COLOURS["deaths"], MEASURE_COLOURS["rescues"]
METHODS = {
    "density": N_("Density of five years, places spread by their precision"),
    "gi_star": N_("Gi* of five years"),
    "past_3_years": N_("Counts of three years"),
    "all_years": N_("Counts of all past years"),
    "last_year": N_("Last year's counts"),
    "scan": N_("Space-time clusters of five years"),
    "uniform": N_("No map: every place alike"),
}
STRATEGIES = {
    "exact": N_("Best sites, proven"),
    "greedy": N_("Best sites one by one"),
    "last_year": N_("Where last year's deaths were"),
    "even": N_("Evenly spread"),
    "random": N_("At random"),
}


def answer_sentence(found: Mapping, lang: str) -> str:
    """Return the plain answer to "does a hot-spot map help?" from the rules of `does_it_help`.

    Parameters
    ----------
    found : answer (yes, no_better, no), best, hit, hit_low, hit_high, baseline, first, last, n
    lang : "en" or "es"
    """
    _ = translator(lang)
    years = {"first": found["first"], "last": found["last"]}
    share = {"hit": percent(found["hit"], lang), "low": percent(found["hit_low"], lang), "high": percent(found["hit_high"], lang)}
    if found["answer"] == "yes":
        best = METHODS[found["best"]]
        method = _(best) if best.startswith("Gi") else _(best)[0].lower() + _(best)[1:]
        return _("Yes, a hot-spot map helps: of the deaths of the following year, {hit} ({low} to {high}) fell in the top 5% of the area of the best map "
                 "({best}), against {base} with last year's counts; test years {first} to {last}.",
                 best=method, base=percent(found["baseline"], lang), **share, **years)  # fmt: skip
    if found["answer"] == "no_better":
        return _("A map of last year's counts helps, and none does better: {hit} ({low} to {high}) of the deaths of the following year fell in its top "
                 "5% of the area; test years {first} to {last}.", **share, **years)  # fmt: skip
    return _("No: no map held more of the deaths of the following year than an equal share of the area; test years {first} to {last}.", **years)


def _percent_axis(axis, lang: str) -> None:
    axis.set_major_locator(MaxNLocator(4))
    axis.set_major_formatter(FuncFormatter(lambda v, _at: percent(v, lang)))


def _legend(ax, columns: int) -> None:
    """Write the legend above the axes, up to their right edge."""
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=columns, borderaxespad=0.3, handlelength=1.4, columnspacing=1.2)


@styled
def forward_validation(found: Mapping, lang: str, size: str = "double", area: Mapping | None = None) -> Figure:
    """Return how much of the next year's deaths each kind of map holds in its hottest 1, 2, 5 and 10 % of the area, with intervals, and the answer.

    Parameters
    ----------
    found : from `selections_spatial.does_it_help`
    lang, size : "en" or "es"; "single" or "double"
    area : name of the area in both languages
    """
    _ = translator(lang)
    shares = {"hit_rate_1": 0.01, "hit_rate_2": 0.02, "hit_rate_5": 0.05, "hit_rate_10": 0.10}
    order = [m for m in METHODS if m in found["tables"]["hit_rate_5"].index]
    order.sort(key=lambda m: found["tables"]["hit_rate_5"].loc[m, "mean"])
    fig, ax = new_figure(size, (9.5 if size == "double" else 11.5) * len(order) + 14)
    colours = ("#b9c3cc", "#8796a5", DEATHS, "#101820")
    for k, (measure, share) in enumerate(shares.items()):
        table = found["tables"][measure].loc[order]
        y = np.arange(len(order)) + 0.24 - 0.16 * k
        ax.hlines(y, table["low"], table["high"], color=colours[k], linewidth=1.4)
        ax.plot(table["mean"], y, "o", color=colours[k], markersize=3.2, label=_("top {share} of the area", share=percent(share, lang)))
    ax.set_yticks(range(len(order)), ["\n".join(style.wrap(_(METHODS[m]), 50 if size == "double" else 27, POINTS["base"])) for m in order])
    ax.set_xlim(left=0)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    _percent_axis(ax.xaxis, lang)
    label = _("Share of the following year's incidents (95% intervals, years resampled)")
    ax.set_xlabel("\n".join(style.wrap(label, 100 if size == "double" else 48, POINTS["base"])))
    _legend(ax, 4 if size == "double" else 2)
    name = area[lang] if area else ""
    set_title(fig, _("Does a hot-spot map help? {place}", place=name).strip(), answer_sentence(found, lang))
    data = pd.concat([t.reset_index().assign(measure=m) for m, t in found["tables"].items()], ignore_index=True)
    tops = [f"{_(METHODS[m])} {percent(found['tables']['hit_rate_5'].loc[m, 'mean'], lang)}" for m in reversed(order)]
    alt = _("Dots with intervals for each kind of map. In the top 5% of the area: {tops}.", tops=join(tops, lang))
    caption = _(
        "Dots: share of the following year's incidents in the part of the area that a map ranks first; lines: 95% intervals. Every map is made from the "
        "years before and scored on the incidents found in the year after, on cells of {km} km.",
        km=number(5, lang),
    )
    return describe(fig, Description(_("Does a hot-spot map help?"), alt, caption, data))


@styled
def siting_curve(curve: pd.DataFrame, scores: pd.DataFrame, lang: str, size: str = "double", radius_km: float = 5.0) -> Figure:
    """Return the share of deaths within reach of k sites: expected, with a bootstrap interval, and as it came in later years for each way of choosing.

    Parameters
    ----------
    curve : from `selections_sites.curve`: k, share, share_low, share_high
    scores : from `selections_sites.site_scores`: method, k, year, n_test, share
    lang, size : "en" or "es"; "single" or "double"
    radius_km : reach of a site
    """
    _ = translator(lang)
    fig, ax = new_figure(size, 68.0 if size == "double" else 76.0)
    ax.fill_between(curve["k"], curve["share_low"], curve["share_high"], color=SITES, alpha=0.22, linewidth=0)
    ax.plot(curve["k"], curve["share"], color=SITES, label=_("Expected, with its 95% interval"))
    looks = {"exact": ("o", INK), "greedy": ("x", "#0072B2"), "last_year": ("s", "#D55E00"), "even": ("v", "#CC79A7"), "random": ("^", "#8a8a8a")}
    scores = scores.assign(hits=scores["share"] * scores["n_test"])
    table = scores.groupby(["method", "k"])[["hits", "n_test"]].sum().assign(share=lambda t: t["hits"] / t["n_test"]).reset_index()
    gap = float(scores["gap"].max()) if "gap" in scores else np.nan
    named = {m: _(STRATEGIES[m]) for m in looks}
    if not gap <= 0:  # the solver's own bound says whether the best is proven; unknown is not proven
        named["exact"] = _("Best sites found, proven to within {gap}", gap=percent(max(gap, 0.001), lang, 1)) if gap > 0 else _("Best sites found")
    for method, (marker, colour) in looks.items():
        part = table[table["method"] == method]
        fill = "none" if method in ("exact", "last_year") else colour
        ax.plot(part["k"], part["share"], marker, color=colour, markerfacecolor=fill, markersize=4.5, markeredgewidth=0.9, label=named[method])
    _percent_axis(ax.yaxis, lang)
    ax.set_ylim(bottom=0)
    ax.set_xlim(0, curve["k"].max() + 1)
    ax.set_xlabel(_("Number of sites"))
    ax.set_ylabel("\n".join(style.wrap(_("Deaths within {km} km of a site", km=number(radius_km, lang, None)), 42, POINTS["base"])))
    _legend(ax, 3 if size == "double" else 1)
    set_title(fig, _("How much would more rescue sites reach?"),
              _("Line: share of the deaths expected from the last five years. Marks: share of the deaths of later years that sites chosen before would have "
                "been near. Near is not rescued."))  # fmt: skip
    best = table[table["k"] == table["k"].max()]
    tops = [f"{named[r.method]} {percent(r.share, lang)}" for r in best.sort_values("share", ascending=False).itertuples()]
    alt = _("Rising curve of deaths within reach against the number of sites. With {k} sites, in later years: {tops}.",
            k=number(table["k"].max(), lang), tops=join(tops, lang))  # fmt: skip
    data = pd.concat([curve.assign(method="expected"), table], ignore_index=True)
    caption = _("Line and band: expected share within reach with its 95% interval. Marks: sites chosen on the years before, scored on the four years after.")
    return describe(fig, Description(_("How much would more rescue sites reach?"), alt, caption, data))


@styled
def season_ahead(expected: pd.DataFrame, scores: pd.DataFrame, names: Mapping, lang: str, size: str = "double") -> Figure:
    """Return expected deaths by month of the next year for each zone, with intervals of 80 and 95%.

    Parameters
    ----------
    expected, scores : from `selections_spatial.next_season`
    names : zone_id -> name in the language
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    zones = [z for z in names if (expected["zone_id"] == z).any()]
    across = 2 if size == "double" else 1
    rows = -(-len(zones) // across)
    fig, axes = new_figure(size, 34.0 * rows, (rows, across), squeeze=False)
    for ax in axes.ravel()[len(zones) :]:
        ax.set_axis_off()
    for ax, zone in zip(axes.ravel(), zones, strict=False):
        part = expected[expected["zone_id"] == zone].sort_values("month")
        ax.vlines(part["month"], part["low_95"], part["high_95"], color=DEATHS, linewidth=1.0)
        ax.vlines(part["month"], part["low_80"], part["high_80"], color=DEATHS, linewidth=3.0, alpha=0.55)
        ax.plot(part["month"], part["expected"], "o", color=DEATHS, markersize=3)
        width = 82 if size == "double" else 78
        ax.set_title("\n".join(style.wrap(names[zone], width, POINTS["base"], "bold")), loc="left")
        ax.set_xticks(range(1, 13), [m[:3] if size == "double" else m[:1].upper() for m in months(lang)])
        ax.set_ylim(bottom=0)
        ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    for ax in axes[:, 0]:
        ax.set_ylabel(_("Deaths"))
    year = int(expected["year"].max())
    inside = join([f"{names[r.zone_id]} {percent(r.coverage_80, lang)}" for r in scores.itertuples() if r.zone_id in zones], lang)
    set_title(fig, _("Deaths to be expected by month, {year}", year=year),
              _("Dot: mean of the month in the last five years; thick line: four seasons in five; thin line: nineteen in twenty, if nothing changes. "
                "Zones overlap."))  # fmt: skip
    top = expected.sort_values("expected").groupby("zone_id").tail(1)
    tops = [f"{names[r.zone_id]}: {months(lang, 'wide')[r.month - 1]} {number(r.expected, lang, 1)}" for r in top.itertuples() if r.zone_id in zones]
    alt = _("Dots with intervals by month for each zone. Highest month: {tops}.", tops=join(tops, lang))
    caption = _(
        "Dots: mean of each month in the last five years; lines: prediction intervals of 80% (thick) and 95% (thin). In the last ten years the 80% "
        "interval held this share of the months: {inside}.",
        inside=inside,
    )
    return describe(fig, Description(_("Deaths to be expected by month, {year}", year=year), alt, caption, expected))


@styled
def buoy_plan(plan: Mapping, lang: str, size: str = "double") -> Figure:
    """Return, by stretch of ten kilometres of the All-American Canal, the share of drownings expected and how many more buoy lines a plan puts there.

    Parameters
    ----------
    plan : from `selections_sites.buoy_plan`, with k, line_m and reach_m
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    table, k = plan["stretches"], number(plan["k"], lang)
    fig, ax = new_figure(size, 48.0)
    ax.bar(table["km_from"], table["share"], table["km_to"] - table["km_from"], align="edge", color="#9fb8c4", edgecolor="white")
    for row in table[table["n_lines"] > 0].itertuples():
        ax.annotate(
            number(row.n_lines, lang), ((row.km_from + row.km_to) / 2, row.share), (0, 2), textcoords="offset points", ha="center", weight="bold", color=SITES
        )
    _percent_axis(ax.yaxis, lang)
    ax.set_ylim(0, table["share"].max() * 1.18)
    ax.set_xlim(0, table["km_to"].max())
    ax.set_xlabel(_("Kilometers along the canal, from the west"))
    ax.set_ylabel("\n".join(style.wrap(_("Share of drownings expected"), 40, POINTS["base"])))
    title = _("Where {k} more buoy lines would be nearest to drownings", k=k)
    set_title(fig, title, _("Bar: share of the incidents of drowning expected in ten kilometers; number over it: lines there. Each is {line} m long and "
                            "serves {reach} m beyond either end; lines "
                            "that stand already are not in the data. People are found downstream of where they fell in.",
                            line=number(plan["line_m"], lang), reach=number(plan["reach_m"], lang)))  # fmt: skip
    scores = plan["scores"].assign(hits=plan["scores"]["share"] * plan["scores"]["n_test"]).groupby("method")[["hits", "n_test"]].sum()
    met = {m: percent(r["hits"] / r["n_test"], lang) for m, r in scores.iterrows()}
    proof = _("proven best") if plan["method"] == "exact" else _("a better plan by up to {gap} is not excluded", gap=percent(max(plan["gap"], 0.001), lang, 1))
    caption = _("Bars: share of the drownings expected in each ten kilometers; numbers: lines planned there. The plan ({proof}) lies near {share} of "
                "the drownings expected; lines chosen one by one, near {greedy}. Chosen on the years up to {cut}, such "
                "lines would have been near {exact} of the {n} incidents after it; lines chosen one by one, near {one}; evenly spread, {even}; where those of "
                "the last year were, {last}; at random, {random}.",
                proof=proof, share=percent(plan["share"], lang), greedy=percent(plan["greedy_share"], lang), cut=plan["cut"], exact=met["exact"],
                n=number(scores["n_test"].max(), lang), one=met["greedy"], even=met["even"], last=met["last_year"], random=met["random"])  # fmt: skip
    spans = [_("kilometers {first} to {last}: {n}", first=number(r.km_from, lang), last=number(r.km_to, lang), n=number(r.n_lines, lang))
             for r in table[table["n_lines"] > 0].itertuples()]  # fmt: skip
    alt = _("Bars by stretch of the canal with the number of lines. {spans}.", spans=join(spans, lang))
    data = pd.concat([table, scores.reset_index()], ignore_index=True)
    return describe(fig, Description(title, alt, caption, data))
