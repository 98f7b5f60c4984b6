"""What every figure of counts over time shares: the kind of period, its words, its ticks, and the periods that no list reaches."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.publish.language import N_, months, period, plural, translator

FISCAL_AXIS = N_("U.S. fiscal year (October to September)")
AXIS_TITLES = {
    "day": N_("Day"), "week": N_("Week (Monday to Sunday)"), "month": N_("Month"), "calendar_year": N_("Calendar year"), "fiscal_year": FISCAL_AXIS,
    "hot_season": N_("Hot season (May to September)"), "other": N_("Period"),
}  # fmt: skip
ROUND_STEPS = (1, 2, 5, 10, 20, 50)
SHORT_TITLES = {**AXIS_TITLES, "fiscal_year": N_("Fiscal year")}
PERIOD_TITLES = {
    "day": N_("by day"), "week": N_("by week"), "month": N_("by month"), "calendar_year": N_("by calendar year"), "fiscal_year": N_("by fiscal year"),
    "hot_season": N_("by hot season (May to September)"), "other": N_("by period"),
}  # fmt: skip
EMPTY = N_("There is nothing to show: no incident meets the choice of years, place and cause.")
UNLISTED = N_("Gray: before the first and after the last person that any list records there; not zero, but not known.")


def period_kind(counts: pd.DataFrame) -> str:
    """Return day, week, month, calendar_year, fiscal_year, hot_season or other: what the first row's period is."""
    first, last = pd.Timestamp(counts["period_start"].iloc[0]), pd.Timestamp(counts["period_end"].iloc[0])
    n_days = (last - first).days + 1
    if n_days in (1, 7):
        return {1: "day", 7: "week"}[n_days]
    n_months = (last.year - first.year) * 12 + last.month - first.month + 1
    return {(1, first.month): "month", (12, 1): "calendar_year", (12, 10): "fiscal_year", (5, 5): "hot_season"}.get((n_months, first.month), "other")


def in_periods(counts: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Return the rows that have a period, and the number of dead without a usable date (running totals are no events, and a day outside the season is no
    unusable date: neither enters).
    """
    has_period = counts["period_start"].notna()
    left_out = ~has_period & (~counts["part"].isin(["cumulative", "outside_season"]) if "part" in counts else True)
    return counts[has_period].reset_index(drop=True), float(counts.loc[left_out, "n_dead"].fillna(0).sum())


def undated_note(n: float, lang: str) -> str:
    """Return the sentence about deaths that are in no bar, or nothing where there are none."""
    ngettext = plural(lang)
    text = ngettext("{n} death without a usable date is in no bar.", "{n} deaths without a usable date are in no bar.", round(n))
    return text if round(n) else ""


def place(area: dict | None, lang: str) -> str:
    """Return the name of the area a figure shows: area[lang], else the whole border."""
    return area[lang] if area else translator(lang)(N_("U.S.-Mexico border"))


def in_years(name: str, years: pd.Series) -> str:
    """Return a name with the first and the last of the years shown; alone where no year is known.

    Examples
    --------
    >>> in_years("Canal", pd.Series([2004, None, 2001])), in_years("Canal", pd.Series([2004])), in_years("Canal", pd.Series([None]))
    ('Canal, 2001–2004', 'Canal, 2004', 'Canal')
    """
    ends = years.dropna().astype(int).agg(["min", "max"]).drop_duplicates() if years.notna().any() else ()
    return ", ".join([name, "–".join(map(str, ends))]) if len(ends) else name


def tick_periods(ax, counts: pd.DataFrame, lang: str, most: int) -> None:
    """Label at most `most` of the periods below the bars, evenly, at round years, or at months where there are few years of days or weeks."""
    kind, n = period_kind(counts), len(counts)
    starts, ends = pd.to_datetime(counts["period_start"]), pd.to_datetime(counts["period_end"])
    if kind in ("day", "week"):
        month = starts.dt.year * 12 + starts.dt.month - 1
        step = next((s for s in (1, 3, 6, 12, 24, 60, 120) if (month.max() - month.min()) / s <= most), 240)
        at = [i for i in range(n) if month.iloc[i] % step == 0 and (i == 0 or month.iloc[i] != month.iloc[i - 1])] or [0]
        names = [f"{months(lang)[starts.iloc[i].month - 1]}\n{starts.iloc[i].year}" for i in at]
    elif kind == "other":
        at = list(range(0, n, max(1, -(-n // most))))
        names = [period(starts.iloc[i], ends.iloc[i], lang) for i in at]
    else:
        years = ends.dt.year.where(ends.dt.month.eq(1) | (kind != "month"))
        span = int(years.max() - years.min()) + 1 if years.notna().any() else 1
        step = next((s for s in ROUND_STEPS if span / s <= most), ROUND_STEPS[-1])
        at = [i for i, year in enumerate(years) if pd.notna(year) and year % step == 0]
        at = at or [0]
        names = [str(ends.iloc[i].year) for i in at]
    ax.set_xticks(at, names)
    ax.set_xlim(-0.6, n - 0.4)


def unlisted(ax, counts: pd.DataFrame) -> None:
    """Shade the periods that no list reaches, where the table says so (is_listed)."""
    if "is_listed" not in counts:
        return
    outside = np.flatnonzero(~counts["is_listed"].fillna(True).astype(bool))
    for run in np.split(outside, np.flatnonzero(np.diff(outside) > 1) + 1):
        if len(run):
            ax.axvspan(run[0] - 0.5, run[-1] + 0.5, facecolor="#e6e9ec", edgecolor="none", zorder=0)


def unlisted_note(counts: pd.DataFrame, lang: str) -> str:
    """Return what the shading means, or nothing where there is none."""
    has = "is_listed" in counts and not counts["is_listed"].fillna(True).astype(bool).all()
    return translator(lang)(UNLISTED) if has else ""
