"""The verdict of a question in words, by fixed rules."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.publish.language import N_, percent, translator

REASONS = {
    "tested": N_("tested"),
    "began_with_record": N_("Described, not tested: the record begins in the year of the measure, with one, possibly incomplete, year before it"),
    "no_comparison": N_("Described, not tested: the measure reached every area at once, so that there is nothing to compare with"),
    "confounder": N_("Described, not tested: not a measure against deaths, but a change that other comparisons have to allow for"),
    "dates_differ": N_("Cannot tell: it came stretch by stretch, without public dates to test against"),
    "no_series": N_("Cannot tell: there is no such series"),
    "begins_late": N_("Cannot tell: the series does not reach far enough back"),
    "ends_early": N_("Cannot tell: the series does not reach far enough beyond the date"),
    "list_thins": N_("Cannot tell: the list itself thins out after the date, so that fewer deaths would show whatever was done"),
    "too_few": N_("Cannot tell: too few deaths before the date"),
}
HELD_BACK = {
    "serial": N_("the difference is within what years that resemble their neighbors show"), "trend": N_("a steady trend explains it as well"),
    "comparison": N_("the comparison area does not bear it out"), "placebo": N_("other dates show changes as large"),
    "interval": N_("the interval reaches no change"),
}  # fmt: skip


def verdict_words(row: dict, lang: str) -> str:
    """Return the verdict of one question in words, by fixed rules.

    Parameters
    ----------
    row : of `analysis.verdicts.decide` joined to the estimability table: verdict, at_least, could_show, held_back_by, direction, reason
    lang : "en" or "es"

    Examples
    --------
    >>> verdict_words({"verdict": "reduction", "at_least": 0.123, "reason": "tested"}, "en")
    'Reduction of at least 12%'
    """
    _ = translator(lang)
    if row["verdict"] in ("reduction", "increase"):
        sentence = {"reduction": N_("Reduction of at least {share}"), "increase": N_("Increase of at least {share}")}[row["verdict"]]
        return _(sentence, share=percent(np.floor(row["at_least"] * 100) / 100, lang))
    if row["reason"] != "tested":
        text = REASONS[row["reason"]]
        return _(text)
    held = HELD_BACK.get(row.get("held_back_by") or "")
    return _("Cannot tell: {why}", why=_(held)) if held else _could_show(row, lang)


def _could_show(row: dict, lang: str) -> str:
    """Return what the data could have shown: the smallest effect in the direction asked about."""
    _ = translator(lang)
    is_more, y = row.get("direction") == "more", row["could_show"]
    if pd.isna(y):
        return _("Cannot tell")
    if not np.isfinite(y) or (not is_more and y >= 1):
        return _("Cannot tell: the data could not have shown any effect")
    share = percent(np.ceil(round(y * 100, 6)) / 100, lang)
    if is_more:
        return _("Cannot tell: the data could only have shown an increase of {share} or more", share=share)
    return _("Cannot tell: the data could only have shown a reduction of {share} or more", share=share)
