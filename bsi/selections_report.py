"""The tables of people that the annual report is made of: deaths by period, place, cause and attribute, identification, observers, rates."""

from __future__ import annotations

import pandas as pd

from bsi import periods, selections, workspace
from bsi.errors import NotEstimable

FIRST_YEAR = 1998  # the first fiscal year of the Border Safety Initiative, whose records begin in June 1998
MOST_COUNTRIES = 6
DENOMINATORS = ("apprehensions", "encounters", "agents")
OTHER, MEXICO, UNKNOWN, TOTAL = "other", "MX", "unknown", "total"


def tables(register, edition: int) -> dict[str, pd.DataFrame]:
    """Return the tables by name; each holds people who died, counted once, running totals left out.

    Parameters
    ----------
    register : from bsi.open()
    edition : U.S. fiscal year of the edition; counts run from 1998 to it, except those by year and those by attributes of people

    Returns
    -------
    dict: deaths_by_fiscal_year, deaths_by_calendar_year, deaths_by_zone (of `counts.count`); deaths_by_place, deaths_by_cause, deaths_by_month (category, of
    which the last is total, year, n_dead, low, high: the exact interval; n_dead is null where no list reaches a place); profiles, sex_by_age, sex_by_cause,
    nationality_by_sector (small counts withheld); identified_by_span, observers, rates_side_by_side

    Raises
    ------
    InputError
        As in `counts.count`.
    """
    everyone = selections.deaths(register, selections.Choices())
    chosen = _of_years(everyone, register.build["data_as_of"], edition)
    people = _people(everyone, chosen)
    return {
        **_by_period(register, everyone, edition),
        "deaths_by_place": _yearly(chosen, place(chosen), edition, is_place=True),
        "deaths_by_cause": _yearly(chosen, cause_group(chosen["cause"]), edition),
        "deaths_by_month": _yearly(chosen, chosen["date"].dt.month, edition),
        "profiles": _profiles(people, edition),
        "sex_by_age": _crossed(people, "age_group", "sex"),
        "sex_by_cause": _crossed(people, "cause", "sex"),
        "nationality_by_sector": _crossed(people, "place", "nationality"),
        "identified_by_span": _identified(selections.identified_by_year(register, selections.Choices()), edition),
        "observers": _observers(register, chosen, edition),
        "rates_side_by_side": _rates(register, everyone, edition),
    }


def _by_period(register, everyone: pd.DataFrame, edition: int) -> dict[str, pd.DataFrame]:
    from bsi.analysis import counts

    until = pd.Timestamp(register.build["data_as_of"])
    out = {f"deaths_by_{period}": counts.count(everyone, period=period, data_until=until) for period in ("fiscal_year", "calendar_year")}
    zones = {"zone_id": register.zones.loc[~register.zones["family"].eq("sector"), "zone_id"].tolist()}
    weights = register.zone_weights[register.zone_weights["zone_id"].isin(zones["zone_id"])]
    by_zone = counts.count(everyone, weights, by=zones, data_until=until)
    year = periods.fiscal_year(by_zone["period_start"])
    return {**out, "deaths_by_zone": by_zone[by_zone["zone_id"].isin(zones["zone_id"]) & year.between(FIRST_YEAR, edition).fillna(False)].assign(year=year)}


def _of_years(rows: pd.DataFrame, until, edition: int) -> pd.DataFrame:
    """Return the incidents dated well enough for a fiscal year, 1998 to the edition's, with year; as in `counts.count`."""
    from bsi.analysis import counts

    is_dated = rows["date_precision"].isin(counts.ENOUGH["fiscal_year"]) & periods.is_credible(rows["flags"])
    is_dated &= rows["date"].le(pd.Timestamp(until)) & ~rows["is_cumulative"].astype(bool)
    rows = rows[is_dated].assign(year=lambda r: periods.fiscal_year(r["date"]).astype("int64"))
    rows = rows[rows["year"].between(FIRST_YEAR, edition)]
    return pd.DataFrame(rows.assign(n_dead=rows["n_dead"].fillna(0).astype("int64")))


def place(rows: pd.DataFrame) -> pd.Series:
    """Return the Border Patrol sector of each incident, MX on the Mexican side, unknown where neither is known.

    Examples
    --------
    >>> place(pd.DataFrame({"country": ["US", "MX", "US"], "sector": ["TCA", None, None]})).tolist()
    ['TCA', 'MX', 'unknown']
    """
    return rows["sector"].astype("object").mask(rows["country"].eq(MEXICO), MEXICO).fillna(UNKNOWN).astype("str")


def cause_group(causes: pd.Series) -> pd.Series:
    """Return the group of each cause as the figures draw it; `unknown` where none is determined.

    Examples
    --------
    >>> cause_group(pd.Series(["train", None])).tolist()
    ['transport', 'unknown']
    """
    from bsi.publish.palette import CAUSE_GROUP_OF

    return causes.astype("object").map(CAUSE_GROUP_OF).fillna(UNKNOWN).astype("str")


def _yearly(rows: pd.DataFrame, category: pd.Series, edition: int, is_place: bool = False) -> pd.DataFrame:
    """Return category (the last is total), year, n_dead, low, high (Garwood): zeros written; of places, null in years that no list reaches there."""
    from bsi.analysis import intervals

    table = rows.assign(category=category).pivot_table(index="category", columns="year", values="n_dead", aggfunc="sum", fill_value=0)
    table = table.reindex(columns=range(FIRST_YEAR, edition + 1), fill_value=0).astype("Int64")
    total = table.sum().to_frame(TOTAL).T
    if is_place:
        seen = table.gt(0)  # as in `counts.within_lists`: from the first year with anybody there to the last
        table = table.where(seen.cummax(axis=1) & seen.iloc[:, ::-1].cummax(axis=1) | (table.index.to_numpy() == UNKNOWN)[:, None])
    long = pd.concat([table, total]).rename_axis("category").melt(ignore_index=False, var_name="year", value_name="n_dead").reset_index()
    low, high = intervals.garwood(long["n_dead"].astype("Float64").to_numpy(dtype="float64", na_value=float("nan")))
    return long.assign(year=long["year"].astype("int64"), low=low, high=high)


def _people(everyone: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """Return `profile.persons` of everyone with year (null beyond the chosen ones) and place; countries beyond the most frequent are `other`.

    Everyone, since the figures show everyone: a table of some years beside a figure of all would give small numbers away by subtraction.
    """
    from bsi.analysis import profile

    years = chosen.set_index("incident_id")["year"]
    people = profile.persons(everyone)
    people = people.merge(everyone[["incident_id"]].assign(place=place(everyone)), on="incident_id")
    people["year"] = people["incident_id"].map(years)
    ranked = people.groupby("nationality")["n"].sum().sort_values(ascending=False, kind="stable")
    is_named = people["nationality"].isin(ranked.index[:MOST_COUNTRIES]) | people["nationality"].isna()
    return people.assign(nationality=people["nationality"].where(is_named, OTHER), cause=cause_group(people["cause"]))


def _profiles(people: pd.DataFrame, edition: int) -> pd.DataFrame:
    """Return attribute, category, n, n_edition (null: withheld), share and its exact interval (of those whose attribute is known)."""
    from bsi.analysis import intervals, profile

    parts = []
    for attribute in ("sex", "age_group", "nationality"):
        when = people["year"].eq(edition).map({True: "edition", False: "others"})
        labels = _labels(people, attribute)
        table = people.groupby([labels, when])["n"].sum().unstack(fill_value=0).reindex(columns=["edition", "others"], fill_value=0)
        table = table.loc[_ordered(table, attribute)]
        total = profile.suppress_list(table.sum(axis=1))
        known = total.where(total.index != UNKNOWN).astype("Float64")
        n_known = table.drop(index=UNKNOWN, errors="ignore").to_numpy().sum()
        found = intervals.share_interval(known, n_known).set_index(table.index)
        shown = profile.suppress_small(table)["edition"]
        parts.append(found.assign(attribute=attribute, category=table.index, n=total.to_numpy(), n_edition=shown.to_numpy()))
    return pd.concat(parts, ignore_index=True)[["attribute", "category", "n", "n_edition", "share", "low", "high"]]


def _labels(people: pd.DataFrame, attribute: str) -> pd.Series:
    return people[attribute].astype("object").where(people[attribute].notna(), UNKNOWN).astype("str")


def _ordered(table: pd.DataFrame, attribute: str) -> list[str]:
    """Return the categories in reading order: ages by age, others by their number, then other and unknown."""
    last = [c for c in (OTHER, UNKNOWN) if c in table.index]
    known = table.drop(index=last).sum(axis=1)
    if attribute == "age_group":
        return [*sorted(known.index, key=lambda a: int(a.rstrip("+").split("-")[0])), *last]
    return [*known.sort_values(ascending=False, kind="stable").index, *last]


def _crossed(people: pd.DataFrame, rows: str, columns: str) -> pd.DataFrame:
    """Return category (of rows, the last is total), a column for each category of columns, and total; null = withheld. Where all is withheld, so are totals."""
    from bsi.analysis import profile

    labels = [_labels(people, rows), _labels(people, columns)]
    table = people.groupby(labels)["n"].sum().unstack(fill_value=0)
    table = table.loc[_ordered(table, rows), _ordered(table.T, columns)]
    shown = profile.suppress_small(table, told=(UNKNOWN,))
    with_totals = profile.with_totals(table, shown)
    return with_totals.rename_axis("category").rename_axis(columns=None).reset_index()


def _identified(states: pd.DataFrame, edition: int) -> pd.DataFrame:
    """Return first_year, last_year, identified, unidentified, not_stated, share unidentified (of those stated), low, high, by five calendar years."""
    from bsi.analysis import intervals

    rows = states[states["year"].le(edition)]
    span = edition - (edition - rows["year"]) // 5 * 5
    sums = {state: (state, "sum") for state in ("identified", "unidentified", "not_stated")}
    table = rows.groupby(span.where(span > FIRST_YEAR, 0)).agg(first_year=("year", "min"), last_year=("year", "max"), **sums).reset_index(drop=True)
    return table.join(intervals.share_interval(table["unidentified"], table["identified"] + table["unidentified"]))


def _observers(register, rows: pd.DataFrame, edition: int) -> pd.DataFrame:
    """Return how many people each kind of observer reports, and how many only it reports: type, n, n_alone, n_edition; a person may have several observers."""
    from bsi.register import upstreams

    known = upstreams.load(workspace.PROJECT / "data" / "hand" / "upstreams.csv").drop_duplicates("upstream").set_index("upstream")["type"]
    pairs = rows[["incident_id", "upstreams", "n_dead", "year"]].assign(upstream=rows["upstreams"].str.split(";")).explode("upstream")
    pairs = pairs.assign(type=pairs["upstream"].map(known).fillna(OTHER)).drop_duplicates(["incident_id", "type"])
    is_alone = ~pairs["incident_id"].duplicated(keep=False)
    sums = pairs.assign(n_alone=pairs["n_dead"].where(is_alone, 0), n_edition=pairs["n_dead"].where(pairs["year"].eq(edition), 0))
    table = sums.groupby("type", as_index=False)[["n_dead", "n_alone", "n_edition"]].sum().rename(columns={"n_dead": "n"})
    return table.sort_values("n", ascending=False, kind="stable", ignore_index=True)


def _rates(register, everyone: pd.DataFrame, edition: int) -> pd.DataFrame:
    """Return the rates of the U.S. side with each published denominator, 1998 to the edition: kind, year, n, exposure, rate, low, high, has_title_42."""
    from bsi.analysis import counts, rates

    deaths = counts.count(everyone[everyone["country"].eq("US")], data_until=pd.Timestamp(register.build["data_as_of"]))
    deaths = deaths[deaths["part"].eq("period")].assign(area="southwest_border", year=lambda t: periods.fiscal_year(t["period_start"]))
    deaths = deaths[deaths["year"].between(FIRST_YEAR, edition)].rename(columns={"n_dead": "n"})[["period_start", "year", "area", "n"]]
    blocks = []
    for kind in DENOMINATORS:
        try:
            blocks.append(rates.rate(deaths, rates.denominator(register.published, kind)))
        except NotEstimable:
            continue  # a register without that series has no such column
    columns = ["kind", "year", "n", "exposure", "rate", "low", "high", "has_title_42"]
    return pd.concat(blocks, ignore_index=True)[columns] if blocks else pd.DataFrame(columns=columns)
