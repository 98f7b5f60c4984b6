"""Figure of displacement: deaths a year before and after in an area, its neighbour and what each is compared with."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bsi.publish.figures_interventions import SIDES
from bsi.publish.language import N_, join, number, signed, translator
from bsi.publish.style import POINTS, SIZES, Description, describe, new_figure, set_title, styled, text_colour, wrap

DISPLACEMENT = {
    "canal": N_("Drownings in the canal"), "heat_in_county": N_("Beside them: heat deaths of the county"),
    "drowning_elsewhere": N_("Drownings in other waters of the county"), "other_in_county": N_("Beside them: other deaths of the county"),
}  # fmt: skip


@styled
def displacement(table: pd.DataFrame, lang: str, size: str = "double") -> Figure:
    """Return deaths a year before and after in an area, its neighbour and what each is compared with, and the weighted displacement difference.

    Parameters
    ----------
    table : one row an area: name (key of `DISPLACEMENT`), n_, rate_ (a year), low_ and high_ (its exact interval), each before and after; difference,
        low, high the same in every row
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    title = _("Did drownings move from the canal to other waters?")
    fig, ax = new_figure(size, 9.0 * len(table) + 12)
    y = np.arange(len(table))[::-1]
    for side, shift in (("before", 0.14), ("after", -0.14)):
        high = table[f"high_{side}"]
        ax.hlines(y + shift, table[f"low_{side}"], high, color=SIDES[side], linewidth=1.0)
        ax.plot(table[f"rate_{side}"], y + shift, "o", color=SIDES[side], markersize=4, linestyle="none")
        for at, n, x in zip(y + shift, table[f"n_{side}"], high, strict=True):
            ax.annotate(number(n, lang), (x, at), xytext=(4, 0), textcoords="offset points", va="center", fontsize=POINTS["small"],
                        color=text_colour(SIDES[side]))  # fmt: skip
    across = SIZES[size] * (0.36 if size == "double" else 0.42)
    names = [DISPLACEMENT[n] for n in table["name"]]
    ax.set_yticks(y, ["\n".join(wrap(_(n), across, POINTS["small"])) for n in names], fontsize=POINTS["small"])
    ax.set_xlim(0, table[["high_before", "high_after"]].max().max() * 1.12)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(_("People a year"))
    one = table.iloc[0]
    found = _(
        "Weighted displacement difference: {d} deaths a year ({low} to {high}).",
        d=signed(one["difference"], lang, 1), low=signed(one["low"], lang, 1), high=signed(one["high"], lang, 1),
    )  # fmt: skip
    set_title(fig, title, f"{found} " + _("Dark: before the buoy lines; blue: after; beside each its number of people; lines: exact 95% intervals."))
    rates = zip(table["name"], table["rate_before"], table["rate_after"], strict=True)
    each = join([f"{_(DISPLACEMENT[k])} {number(a, lang, 1)} → {number(b, lang, 1)}" for k, a, b in rates], lang)
    alt = _("Dots with intervals, deaths a year before → after: {each}. {found}", each=each, found=found)
    caption = _(
        "Dots: deaths a year before and after; lines: exact 95% intervals. The difference: the change in the canal less that of heat deaths, plus the "
        "change in other waters less that of other deaths; below zero: fewer deaths than these "
        "comparisons lead one to expect, all waters together (Wheeler and Ratcliffe). An interval that holds zero cannot tell."
    )
    return describe(fig, Description(title, alt, caption, table))
