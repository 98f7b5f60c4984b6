"""Sentences on what a cluster is made of: one group, or deaths that came one by one."""

from __future__ import annotations

import pandas as pd

from bsi.publish.language import number, plural, translator


def group_words(table: pd.DataFrame, lang: str) -> str:
    """Return in words what the scan of people and the scan of incidents make of the year of the largest group.

    Parameters
    ----------
    table : from `selections_clusters.largest_group`
    lang : "en" or "es"
    """
    _, ngettext = translator(lang), plural(lang)
    if "unit" not in table:
        return str(table.iloc[0, 0])
    people, events = (table[table["unit"] == unit].iloc[0] for unit in ("people", "incidents"))
    parts = [_("The largest group of the register was found in {year}: {n} people on one day, each within two kilometers of the next.",
               year=people["year"], n=number(int(people["n_group"]), lang))]  # fmt: skip
    days = ngettext("{n} day", "{n} days", int(people["n_days"]))
    parts.append(_("Scanned person by person, the strongest cluster of that year is {observed} people where {expected} would be expected, found on {days}.",
                   observed=number(int(people["n_observed"]), lang), expected=number(people["n_expected"], lang, 1), days=days))  # fmt: skip
    if people["n_days"] == 1:
        parts.append(_("It is one group, not a place where people kept dying."))
    days = ngettext("{n} day", "{n} days", int(events["n_days"]))
    parts.append(_("Scanned by incident, a group counted once, the strongest cluster is {observed} incidents where {expected} would be expected, "
                   "on {days} (p = {p}).",
                   observed=number(int(events["n_observed"]), lang), expected=number(events["n_expected"], lang, 1), days=days,
                   p=number(events["p_gumbel"], lang, 2)))  # fmt: skip
    if events["n_of_group"] == 0:
        parts.append(_("The group is no part of it."))
    return " ".join(parts)


def knox_words(table: pd.DataFrame, lang: str) -> str:
    """Return in words how many near pairs remain when groups are counted once, and what routes have to do with it.

    Parameters
    ----------
    table : from `selections_clusters.knox_table`
    lang : "en" or "es"
    """
    _, ngettext = translator(lang), plural(lang)
    if "unit" not in table:
        return str(table.iloc[0, 0])
    ratio = {unit: rows["n_pairs"].sum() / max(rows["n_expected"].sum(), 1e-9) for unit, rows in table.groupby("unit")}
    clear = int((table.loc[table["unit"] == "events", "p"] <= 0.05).sum())
    parts = []
    if {"people", "events"} <= ratio.keys():
        parts.append(_("Person by person there are {people} times as many pairs near in place and time as chance gives; with each group counted "
                       "once, {events} times.",
                       people=number(ratio["people"], lang, 1), events=number(ratio["events"], lang, 1)))  # fmt: skip
    windows = int((table["unit"] == "events").sum())
    parts.append(_("{clear} of {windows} hold more than chance.", clear=number(clear, lang),
                   windows=ngettext("{n} window of three years", "{n} windows of three years", windows)))  # fmt: skip
    parts.append(_("Windows are no longer than three years, since a route that shifts makes pairs near in place and time by itself."))
    return " ".join(parts)
