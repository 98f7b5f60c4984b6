"""The people of a zone for its page: who observed them and since when, by year, cause and month, the trend, heat or water."""

from __future__ import annotations

import pandas as pd

from bsi import periods, selections
from bsi.errors import NotEstimable
from bsi.selections import Choices

FAMILIES = ("canal", "desert", "analyst")  # sectors have no page of their own
MAIN_SHARE = 0.05  # an observer with fewer of a zone's people does not say when the lists begin
TREND_YEARS, MIN_TREND_YEARS, MIN_TREND_PEOPLE = 10, 5, 10
SPAN = ("first_day", "last_day", "thin_from")


def sheet_zones(zones: pd.DataFrame) -> list[str]:
    """Return the ids of the zones that have a page: canal, deserts and those that an analyst added.

    Examples
    --------
    >>> sheet_zones(pd.DataFrame({"zone_id": ["canal_aac", "sector_TCA"], "family": ["canal", "sector"]}))
    ['canal_aac']
    """
    return zones.loc[zones["family"].isin(FAMILIES), "zone_id"].tolist()


def people(register, zone_id: str) -> pd.DataFrame:
    """Return the incidents of deaths that may lie in a zone (running totals left out) with `probability` and `expected` (people dead times probability)."""
    weights = register.zone_weights.loc[register.zone_weights["zone_id"].eq(zone_id), ["incident_id", "probability"]]
    rows = register.incidents
    rows = rows[rows["incident_id"].isin(weights["incident_id"]) & rows["kind"].isin(["death", "missing"]) & ~rows["is_cumulative"].astype(bool)]
    rows = pd.DataFrame(rows.drop(columns="geometry", errors="ignore")).merge(weights, on="incident_id", validate="1:1")
    dead = rows["n_dead"].astype("Float64").fillna(0).astype("float64")
    return rows.assign(expected=dead * rows["probability"])


def seen_by(rows: pd.DataFrame) -> pd.DataFrame:
    """Return who observed the people of a zone, most first: upstream, expected, share. An incident of two observers counts for both.

    Parameters
    ----------
    rows : from `people`
    """
    each = rows[["upstreams", "expected"]].assign(upstream=rows["upstreams"].str.split(";")).explode("upstream")
    table = each.groupby("upstream", as_index=False)["expected"].sum().sort_values(["expected", "upstream"], ascending=[False, True], ignore_index=True)
    return table.assign(share=table["expected"] / max(rows["expected"].sum(), 1e-9))


def observers(register, rows: pd.DataFrame) -> pd.DataFrame:
    """Return who observed the people of a zone and how far each list reaches: the columns of `seen_by`, first_day, last_day and thin_from.

    An observer's list begins and ends with its longest run of calendar years of at least five dead in the whole register, single years below that within it;
    where it has no such year, with its own people in the zone. It is thin from the year from which, to its end, it holds less than half of its median year.

    Parameters
    ----------
    register : from bsi.open()
    rows : from `people`
    """
    keep = ["incident_id", "date", "flags", "n_dead"]
    each, table = rows[keep].assign(upstream=rows["upstreams"].str.split(";")).explode("upstream"), seen_by(rows)
    everyone = register.incidents.loc[register.incidents["kind"].isin(["death", "missing"]) & ~register.incidents["is_cumulative"].astype(bool)]
    whole = pd.DataFrame(everyone[keep]).assign(upstream=everyone["upstreams"].str.split(";")).explode("upstream")
    spans = [_run(whole[whole["upstream"].eq(u)], each[each["upstream"].eq(u)]) for u in table["upstream"]]
    return table.assign(**{c: [s[i] for s in spans] for i, c in enumerate(SPAN)})


def _run(whole: pd.DataFrame, own: pd.DataFrame) -> tuple:
    from bsi.analysis.estimability import THINNED
    from bsi.analysis.series import MIN_COVERED, first_day

    whole, own = (t[t["date"].notna() & periods.is_credible(t["flags"])] for t in (whole, own))
    years = whole.groupby(whole["date"].dt.year)["n_dead"].sum().astype("float64")
    reached = years[years >= MIN_COVERED]
    if reached.empty:
        return (pd.NaT, pd.NaT, None) if own.empty else (pd.Timestamp(own["date"].dt.year.min(), 1, 1), own["date"].max(), None)
    label = pd.Series(reached.index).diff().gt(2).cumsum().to_numpy()
    run = max((part for _, part in reached.groupby(label)), key=len)
    usual, end = run[run >= THINNED * run.median()].index.max(), run.index.max()
    begin = first_day(whole["date"], int(run.index.min()), int(end))
    return begin, whole.loc[whole["date"].dt.year.eq(end), "date"].max(), int(usual) + 1 if usual < end else None


def span(register, rows: pd.DataFrame) -> dict:
    """Return how far the lists reach in a zone: first_day and first_year (calendar; None where nobody is listed), last_day and thin_from of the largest list,
    n_before (expected people found before), and the table of observers.

    Parameters
    ----------
    register : from bsi.open()
    rows : from `people`
    """
    table = observers(register, rows)
    main = table[table["share"].ge(MAIN_SHARE) & table["first_day"].notna()]
    if main.empty:
        return {"first_day": None, "first_year": None, "last_day": None, "thin_from": None, "n_before": 0.0, "observers": table}
    begin, thin, until = main["first_day"].min(), main["thin_from"].iloc[0], pd.Timestamp(register.build["data_as_of"])
    last_whole = until.year if (until.month, until.day) >= (9, 30) else until.year - 1
    before = (periods.fiscal_year(rows["date"]) < begin.year).fillna(False).to_numpy(bool)
    is_thin = pd.notna(thin) and thin <= last_whole
    return {"first_day": begin, "first_year": begin.year, "last_day": main["last_day"].iloc[0], "thin_from": int(thin) if is_thin else None,
            "n_before": float(rows.loc[before, "expected"].sum()), "observers": table}  # fmt: skip


def drawn(counts: pd.DataFrame, reach: dict) -> pd.DataFrame:
    """Return the periods that may be drawn: none before the lists begin or after the largest ends; those not covered whole, or where it is thin, not complete.

    Parameters
    ----------
    counts : from `selections.counted`
    reach : from `span`

    Raises
    ------
    NotEstimable
        No list reaches the zone, or nobody is counted in its years.
    """
    if reach["first_year"] is None:
        raise NotEstimable("nobody is listed as having died in this zone")
    begin = reach["first_day"]
    table = counts[counts["part"].eq("period") & counts["period_end"].ge(begin) & counts["period_start"].le(reach["last_day"])].reset_index(drop=True)
    if not table["n_dead"].sum():
        raise NotEstimable("nobody is listed as having died in this zone")
    whole = table["is_complete"].astype(bool) & table["period_start"].ge(begin)
    return table.assign(is_complete=whole & (table["period_end"].dt.year < (reach["thin_from"] or 9999)))


def season(register, zone_id: str, reach: dict) -> pd.DataFrame:
    """Return the share of each calendar month with its interval, from the years that the lists reach.

    Raises
    ------
    NotEstimable
        Fewer than five whole years, or nobody in them.
    """
    from bsi.analysis import seasonality

    return seasonality.seasonal_profile(drawn(selections.counted(register, Choices(zone=zone_id), "month"), reach))


def trend(register, zone_id: str, reach: dict) -> pd.DataFrame:
    """Return people by fiscal year of the last ten complete years with the line of a steady change, and that change.

    Whole people are counted: an incident that lies in the zone rather than not. Columns of `trend.yearly`.

    Raises
    ------
    NotEstimable
        Fewer than five complete years, fewer than ten people in them, or the model does not converge.
    """
    from bsi.analysis import series
    from bsi.analysis import trend as trends

    years = drawn(selections.counted(register, Choices(zone=zone_id)), reach).loc[lambda t: t["is_complete"]].tail(TREND_YEARS)
    if len(years) < MIN_TREND_YEARS:
        raise NotEstimable("a trend needs at least {least} complete years; there are {n}", least=MIN_TREND_YEARS, n=len(years))
    rows = series.pick(register.incidents, register.zone_weights, f"zone:{zone_id}")
    months = series.monthly(rows, years["period_start"].iloc[0], years["period_end"].iloc[-1])
    if months["n"].sum() < MIN_TREND_PEOPLE:
        raise NotEstimable("a trend needs at least {least} people in ten years; there are {n}", least=MIN_TREND_PEOPLE, n=int(months["n"].sum()))
    return trends.yearly(trends.trend(months, count="n"))


def hazard_of(zone, rows: pd.DataFrame) -> str:
    """Return "water" for a canal and for an analyst's zone where more people drowned than died of heat or exposure, else "heat"."""
    if zone["family"] != "analyst":
        return "water" if zone["family"] == "canal" else "heat"
    by_cause = rows.groupby("cause")["expected"].sum()
    return "water" if by_cause.get("drowning", 0) > by_cause.reindex(["heat", "exposure"]).sum() else "heat"


def water(register, zone_id: str, reach: dict) -> pd.DataFrame:
    """Return people who drowned by fiscal year: the columns of `drawn`, n_low and n_high from the zone's probabilities.

    Raises
    ------
    NotEstimable
        Nobody is listed as drowned there.
    """
    counts = selections.counted(register, Choices(zone=zone_id, cause="drowning"))
    frame = selections.counted(register, Choices(zone=zone_id))[["part", "period_start", "period_end", "label", "is_complete"]]
    columns = ["n_dead", "n_low", "n_high"]
    table = frame[frame["part"].eq("period")].merge(counts.loc[counts["part"].eq("period"), ["period_start", *columns]], on="period_start", how="left")
    try:
        return drawn(table.fillna(dict.fromkeys(columns, 0.0)), reach)
    except NotEstimable:
        raise NotEstimable("nobody is listed as drowned in this zone") from None


def whole_zones(zones: pd.DataFrame) -> dict[str, list[str]]:
    """Return the zones with a page of their own, each with the zones that are parts of it: those whose id is its own, an underscore and more.

    Examples
    --------
    >>> whole_zones(pd.DataFrame({"zone_id": ["canal_aac", "canal_aac_calexico", "mine"], "family": ["canal", "canal", "analyst"]}))
    {'canal_aac': ['canal_aac_calexico'], 'mine': []}
    """
    ids = sheet_zones(zones)
    parts = {i: [j for j in ids if j.startswith(f"{i}_")] for i in ids}
    return {i: parts[i] for i in ids if not any(i in mine for mine in parts.values())}
