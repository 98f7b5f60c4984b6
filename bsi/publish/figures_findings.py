"""Figure of the lists' revisions: records of each year as first known, and what later editions added and withdrew, by reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bsi.publish.language import date, join, number, translator
from bsi.publish.style import INK, Description, describe, message_figure, new_figure, set_title, styled
from bsi.publish.words_revisions import REASONS

FIRST = "#b8c0c7"


@styled
def list_revisions(found: tuple, lang: str, size: str = "double") -> Figure:
    """Return, list by list, the records of each calendar year as first known, what was added since by reason, and what was withdrawn.

    Parameters
    ----------
    found : table of `analysis.revisions.list_history`, and the names of the lists by language and key
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    table, names = found
    lists = [s for s, rows in table.groupby("source") if len(rows)]
    title = _("What later editions of the lists added, and why")
    if not lists:
        return message_figure(_("No list of this data folder has two editions."), size, lang, title)
    fig, axes = new_figure(size, 38.0 * len(lists) + (12 if size == "double" else 26), (len(lists), 1))
    for ax, source in zip(np.atleast_1d(axes).ravel(), lists, strict=True):
        _draw(ax, table[table["source"].eq(source)], names[lang].get(source, source), lang)
    columns = 3 if size == "double" else 1
    below = {"loc": "upper left", "bbox_to_anchor": (0, -0.16), "borderaxespad": 0}
    np.atleast_1d(axes).ravel()[-1].legend(ncols=columns, handlelength=1.4, labelspacing=0.3, columnspacing=1.2, **below)
    set_title(
        fig,
        title,
        _("Records of each calendar year. The top of a bar is what is listed now; gray was in the first edition after the year began. Below zero: withdrawn."),
    )
    said = [_said(table[table["source"].eq(s)], names[lang].get(s, s), lang) for s in lists]
    alt = _("Bars by year for each list: {said}.", said="; ".join(said))
    caption = _(
        "Bars: records of each year, list by list, by when and why they came in. A list grows for reasons other than late finding: a wider scope or "
        "one import looks like more deaths in years long past."
    )
    return describe(fig, Description(title, alt, caption, table))


def _draw(ax, rows: pd.DataFrame, name: str, lang: str) -> None:
    _ = translator(lang)
    kept = rows["first"] - rows["withdrawn"].clip(upper=rows["first"])
    bottom = kept.to_numpy(dtype="float64")
    ax.bar(rows["year"], bottom, color=FIRST, width=0.8, label=_("known at first and still listed"))
    for column, (words, colour, hatch) in REASONS.items():
        size = rows[column].to_numpy(dtype="float64")
        base = np.zeros(len(rows)) if column == "withdrawn" else bottom
        ax.bar(rows["year"], -size if column == "withdrawn" else size, bottom=base, color=colour, hatch=hatch, width=0.8, label=_(words))
        bottom = bottom + (0 if column == "withdrawn" else size)
    editions = [date(day, lang, "medium") for day in sorted({*rows["first_on"], *rows["now_on"]})]
    ax.set_title(_("{list}, editions of {first} to {last}", list=name, first=editions[0], last=editions[-1]))
    ax.set_ylim(top=bottom.max() * 1.06)
    ax.axhline(0, color=INK, linewidth=0.5)
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    ax.set_ylabel(_("Records"))


def _said(rows: pd.DataFrame, name: str, lang: str) -> str:
    _ = translator(lang)
    parts = [f"{_(words)} {number(rows[column].sum(), lang)}" for column, (words, _colour, _hatch) in REASONS.items() if rows[column].sum()]
    return f"{name}: {join(parts, lang)}" if parts else f"{name}: {_('no change')}"
