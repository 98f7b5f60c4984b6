"""Figures of people: the season, who died, who has been identified."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bsi.publish.figures import EMPTY, place
from bsi.publish.language import join, months, number, percent, translator
from bsi.publish.style import INK, MEASURE_COLOURS, POINTS, Description, describe, message_figure, new_figure, set_title, styled
from bsi.publish.words_people import country

UNKNOWN_COLOUR = "#c9c9c9"


def _percent_axis(axis, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(4))
    axis.set_major_formatter(FuncFormatter(lambda v, _pos: percent(v, lang)))


@styled
def seasonal_profile(season: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None) -> Figure:
    """Return the share of each calendar month with its interval.

    Parameters
    ----------
    season : from `analysis.seasonality.seasonal_profile`: month, n, share, low, high; first_year, last_year (those counted)
    lang, size : "en" or "es"; "single" or "double"
    area : name of the area in both languages; default the whole border
    """
    _ = translator(lang)
    title = _("The season: when in the year people were found dead")
    if season.empty or not season["n"].sum():
        return message_figure(_(EMPTY), size, lang, title)
    fig, ax = new_figure(size, 46.0)
    x = season["month"].astype(int) - 1
    ax.bar(x, season["share"], 0.78, color=MEASURE_COLOURS["deaths"])
    ax.vlines(x, season["low"], season["high"], color="#8c8c8c", linewidth=1.0)
    ax.axhline(1 / 12, color=INK, linewidth=0.5, linestyle=(0, (4, 3)))
    ax.set_xticks(range(12), [m[:1].upper() if size == "single" else m for m in months(lang)])
    ax.spines["left"].set_visible(False)
    ax.set_ylim(bottom=0)
    _percent_axis(ax.yaxis, lang)
    ax.set_ylabel(_("Share of a year's deaths"))
    note = _("Line: interval that holds the variation from year to year (95%). Dashed: every month alike. The month is that of finding, not of death.")
    set_title(fig, title, f"{place(area, lang)}, {season['first_year'].iloc[0]}–{season['last_year'].iloc[0]}. {note}")
    top, low = season.loc[season["share"].idxmax()], season.loc[season["share"].idxmin()]
    name = dict(enumerate(months(lang, "wide"), 1))
    alt = _(
        "Bar chart of the share of deaths by month: most in {top} ({high}), fewest in {low} ({least}).",
        top=name[int(top["month"])], high=percent(top["share"], lang), low=name[int(low["month"])], least=percent(low["share"], lang),
    )  # fmt: skip
    return describe(fig, Description(title, alt, _("Bars and 95% intervals: share of deaths by calendar month of finding, whole years only."), season))


@styled
def months_of_death(estimate: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None) -> Figure:
    """Return deaths by month as estimated from the condition of the person found, beside the counts by finding.

    Parameters
    ----------
    estimate : from `analysis.death_months.months_of_death`
    lang, size, area : as in `seasonal_profile`
    """
    _ = translator(lang)
    title = _("Month of death, estimated, beside the month of finding")
    rows = estimate[estimate["month"].notna()]
    if rows.empty:
        return message_figure(_(EMPTY), size, lang, title)
    fig, ax = new_figure(size, 48.0)
    x = rows["month"].astype(int).to_numpy() - 1
    ax.bar(x - 0.2, rows["n_found_closed"].astype(float), 0.38, color="#b5bcc2")
    ax.bar(x + 0.2, rows["n_estimated"], 0.38, color=MEASURE_COLOURS["deaths"])
    ax.vlines(x + 0.2, rows["low"], rows["high"], color="#8c8c8c", linewidth=1.0)
    ax.set_xticks(range(12), [m[:1].upper() if size == "single" else m for m in months(lang)])
    ax.spines["left"].set_visible(False)
    ax.set_ylabel(_("People"))
    n_open = int(estimate.loc[estimate["month"].isna(), "n_found"].sum())
    note = _(
        "Dark: estimated month of death with its 95% interval. Light: month of finding of the same people. {n} people found after an interval without end, "
        "or without a stated condition, are in neither.",
        n=number(n_open, lang),
    )  # fmt: skip
    set_title(fig, title, f"{place(area, lang)}. {note}")
    top = rows.loc[rows["n_estimated"].idxmax()]
    alt = _(
        "Paired bars by month. The estimate is highest in {month}, {n} deaths.",
        month=months(lang, "wide")[int(top["month"]) - 1],
        n=number(top["n_estimated"], lang),
    )
    return describe(fig, Description(title, alt, _("Bars: deaths by estimated month of death, with 95% intervals, and by month of finding."), estimate))


@styled
def sex_and_age(profiles: dict, lang: str, size: str = "double", area: dict | None = None) -> Figure:
    """Return sex and age group of the people who died, the unknown drawn as wide as it is.

    Parameters
    ----------
    profiles : "sex" and "age_group" -> from `analysis.profile.profile`: category, n, share
    lang, size, area : as in `seasonal_profile`
    """
    _ = translator(lang)
    title = _("Sex and age of the people who died")
    if not profiles["sex"]["n"].sum():
        return message_figure(_(EMPTY), size, lang, title)
    words = {"female": _("Women and girls"), "male": _("Men and boys"), "unknown": _("Not known"), "few": _("Groups of few")}
    shape = (1, 2) if size == "double" else (2, 1)
    fig, axes = new_figure(size, 34.0 if size == "double" else 66.0, shape, squeeze=False)
    for ax, (key, name) in zip(axes.ravel(), (("sex", _("Sex")), ("age_group", _("Age in years"))), strict=True):
        table = profiles[key]
        _shares(ax, [words.get(c, c.replace("-", "–")) for c in table["category"]], table, lang)
        ax.set_title(name, loc="left")
    set_title(fig, title, f"{place(area, lang)}. " + _("Share of all who died, with the number of people. Gray: not known."))
    unknown = {key: table.loc[table["category"] == "unknown", "share"].sum() for key, table in profiles.items()}
    women = profiles["sex"].loc[profiles["sex"]["category"] == "female", "share"].sum()
    alt = _(
        "Bar charts of sex and age: {women} women and girls; sex not known for {sex}, age not known for {age}.",
        women=percent(women, lang), sex=percent(unknown["sex"], lang), age=percent(unknown["age_group"], lang),
    )  # fmt: skip
    data = pd.concat([t.assign(attribute=key) for key, t in profiles.items()], ignore_index=True)
    return describe(fig, Description(title, alt, _("People who died by sex and by age group."), data))


def _shares(ax, labels: list, table: pd.DataFrame, lang: str) -> None:
    colours = [UNKNOWN_COLOUR if c == "unknown" else MEASURE_COLOURS["deaths"] for c in table["category"]]
    shares = table["share"].astype(float).to_numpy()
    ax.barh(range(len(table)), shares, 0.72, color=colours)
    for i, (share, n) in enumerate(zip(shares, table["n"], strict=True)):
        said = percent(share, lang) if n == 0 or round(share, 2) > 0 else f"<{percent(0.01, lang)}"
        ax.annotate(f"{said} ({number(n, lang)})", (share, i), xytext=(2, 0), textcoords="offset points", va="center", fontsize=POINTS["small"])
    ax.set_yticks(range(len(table)), labels)
    ax.invert_yaxis()
    ax.set_xlim(0, float(np.nanmax(shares)) * 1.38)
    ax.set_xticks([])
    ax.grid(visible=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


@styled
def nationality(profile: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None, most: int = 8) -> Figure:
    """Return nationalities of the people who died: the most frequent, the others together, the unknown.

    Parameters
    ----------
    profile : from `analysis.profile.profile(incidents, "nationality")`
    lang, size, area : as in `seasonal_profile`
    most : nationalities to name; rarer ones are summed, so that no one can be told from a small number
    """
    _ = translator(lang)
    title = _("Nationality of the people who died")
    if not profile["n"].sum():
        return message_figure(_(EMPTY), size, lang, title)
    known = profile[~profile["category"].isin(["unknown", "few"])].sort_values("n", ascending=False)
    few = profile.loc[profile["category"] == "few", "n"].sum()
    rows = [{"category": country(c, lang), "n": n} for c, n in known.head(most)[["category", "n"]].itertuples(index=False)]
    rows.append({"category": _("Other countries"), "n": known["n"].iloc[most:].sum() + few})
    rows.append({"category": "unknown", "n": profile.loc[profile["category"] == "unknown", "n"].sum()})
    table = pd.DataFrame(rows)
    table = table[table["n"] > 0].assign(share=lambda t: t["n"] / t["n"].sum())
    fig, ax = new_figure(size, 8 + 4.6 * len(table))
    _shares(ax, [_("Not known") if c == "unknown" else c for c in table["category"]], table, lang)
    set_title(fig, title, f"{place(area, lang)}. " + _("Share of all who died, with the number of people. Gray: not known."))
    share = table.loc[table["category"] == "unknown", "share"].sum()
    first = join([f"{r.category} {percent(r.share, lang)}" for r in table.head(3).itertuples()], lang)
    alt = _("Bar chart of nationalities: {first}; not known for {share}.", first=first, share=percent(share, lang))
    return describe(fig, Description(title, alt, _("People who died by nationality, as the lists state it."), table))


@styled
def identification(states: pd.DataFrame, lang: str, size: str = "double", area: dict | None = None) -> Figure:
    """Return the share of people identified, not identified and not stated, by year of finding.

    Parameters
    ----------
    states : year, identified, unidentified, not_stated (people)
    lang, size, area : as in `seasonal_profile`
    """
    _ = translator(lang)
    title = _("Who has been given back a name")
    states = states[states[["identified", "unidentified", "not_stated"]].sum(axis=1) > 0]
    if states.empty:
        return message_figure(_(EMPTY), size, lang, title)
    fig, ax = new_figure(size, 44.0)
    base = np.zeros(len(states))
    names = {"identified": _("Identified"), "unidentified": _("Not identified"), "not_stated": _("Not stated")}
    colours = dict(zip(names, (MEASURE_COLOURS["rescues"], "#b0552f", UNKNOWN_COLOUR), strict=True))
    for key, colour in colours.items():
        ax.bar(states["year"], states[key].astype(float), 0.78, bottom=base, color=colour)
        base += states[key].astype(float).to_numpy()
    ax.spines["left"].set_visible(False)
    ax.set_ylabel(_("People"))
    ax.set_ylim(top=base.max() * 1.06)
    ax.yaxis.set_major_formatter(lambda v, _pos: number(v, lang))
    ax.set_xlabel(_("Calendar year of finding"))
    total = states[list(names)].sum()
    said = {k: f"{name}: {number(total[k], lang)}" for k, name in names.items() if total[k]}
    ax.legend(
        handles=[_patch(colours[k], text) for k, text in said.items()],
        ncols=3 if size == "double" else 2,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.2,
    )
    note = _(
        "People in the lists that state it. Identifications go on for years after a person is found: the last years are not yet comparable with the first."
    )
    set_title(fig, title, f"{place(area, lang)}. {note}")
    alt = _(
        "Stacked bars by year: {yes} people identified, {no} not identified, {blank} not stated.",
        yes=number(total["identified"], lang), no=number(total["unidentified"], lang), blank=number(total["not_stated"], lang),
    )  # fmt: skip
    return describe(fig, Description(title, alt, _("People who died by year of finding and whether they have been identified."), states))


def _patch(colour: str, name: str):
    from matplotlib.patches import Patch

    return Patch(facecolor=colour, edgecolor="none", label=name)
