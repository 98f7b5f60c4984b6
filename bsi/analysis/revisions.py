"""How numbers change after they are first known: the history of each, why it moved, and a nowcast where enough regular vintages bear one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable

MIN_VINTAGES = 12
REGULAR = 0.5  # the gap between vintages may differ from the median gap by half of it
LIST_REASONS = ("new_period", "late", "bulk_import", "change_of_scope")  # why an edition adds records, as `vintages.arrivals` says
COMPARED = {  # name of the history -> the series whose editions tell one number over time
    "deaths": ("usbp_profile_deaths", "usbp_deaths", "cbp_reported_deaths"),
    "rescues_persons": ("usbp_profile_rescues", "cbp_reported_rescues"),
    "deaths_nationals": ("sre_deaths",),
}


def official_history(published: pd.DataFrame) -> pd.DataFrame:
    """Return every edition of every official fiscal- or calendar-year figure that was published more than once, oldest first.

    Parameters
    ----------
    published : contract PUBLISHED

    Returns
    -------
    DataFrame: measure, area, period_start, period_end, known_on (day of publication; where none is stated, the end of the last fiscal year that the edition
    covers), is_day_stated, value, is_complete, reliability, edition. Rounded figures ("about", "more than") and those marked as wrong are left out.
    """
    parts = []
    for measure, names in COMPARED.items():
        rows = published[published["series"].isin(names) & published["measure"].eq(measure) & published["period_type"].isin(["fiscal_year", "calendar_year"])]
        parts.append(rows[rows["derived"].isna() & rows["qualifier"].isna() & ~rows["quality"].str.contains("scrambled|transposed", case=False)])
    rows = pd.concat(parts)
    rows = rows.assign(is_day_stated=rows["as_published_on"].notna(), known_on=rows["as_published_on"].fillna(_end_of_edition(rows["edition"])))
    key = ["measure", "area", "period_start", "period_end"]
    rows = rows[[*key, "known_on", "is_day_stated", "value", "is_complete", "reliability", "edition"]].drop_duplicates([*key, "known_on", "value"])
    several = rows.groupby(key)["value"].transform("size") > 1
    return rows[several].sort_values([*key, "known_on", "value"], na_position="last", ignore_index=True)


def _end_of_edition(editions: pd.Series) -> pd.Series:
    """Return the last day of the last fiscal year that an edition names (FY2011, FY1998-FY2019): it cannot have come out before."""
    year = editions.str.extract(r"^FY(?:\d{4}-FY)?(\d{4})$")[0]
    return pd.to_datetime(year + "-09-30", errors="coerce").astype("datetime64[us]")


def official_revisions(published: pd.DataFrame, breaks: pd.DataFrame) -> pd.DataFrame:
    """Return each official number as first known and as of now, with the reason as far as it is known.

    Figures whose edition cannot be put in order are counted in n_undated only.

    Parameters
    ----------
    published : contract PUBLISHED
    breaks : contract INTERVENTIONS, the breaks of series

    Returns
    -------
    DataFrame: measure, area, period_start, period_end, n_editions, n_undated, first, first_on, now, now_on, change, reason: `partial` (the first covered part
    of the year), `late_find` (the table's own note: remains and dates of death found later), `break` (the same, but a dated break of the count falls into the
    year), `correction` (a fall: the table's note gives no other reason)
    """
    rows = []
    for key, group in official_history(published).groupby(["measure", "area", "period_start", "period_end"]):
        dated = group[group["known_on"].notna()]
        if len(dated) < 2:
            continue
        first, now = dated.iloc[0], dated.iloc[-1]
        change = now["value"] - first["value"]
        rise = "break" if _broken(breaks, *key) else "late_find"
        reason = "" if change == 0 else "partial" if not first["is_complete"] else rise if change > 0 else "correction"
        rows.append([*key, len(dated), len(group) - len(dated), first["value"], first["known_on"], now["value"], now["known_on"], change, reason])
    columns = ["measure", "area", "period_start", "period_end", "n_editions", "n_undated", "first", "first_on", "now", "now_on", "change", "reason"]
    return pd.DataFrame(rows, columns=columns)


def _broken(breaks: pd.DataFrame, measure: str, area: str, start: pd.Timestamp, end: pd.Timestamp) -> bool:
    """Return whether a dated break of the Border Patrol's count of the measure falls into the period, in the sector or in any of the whole border."""
    own = breaks[breaks["outcome"].str.startswith(f"Border Patrol's count of {measure}").fillna(False)]
    own = own if area == "southwest_border" else own[own["sector"].str.contains(area).fillna(False)]
    return bool(own["from"].between(start, end).any())


def list_revisions(arrivals: pd.DataFrame) -> pd.DataFrame:
    """Return how the number of records of each list and year moved between its editions, with the reason.

    Parameters
    ----------
    arrivals : rows of `vintages.arrivals` with source, year, n_old, n_new, n_gone, n_added, reason, and old_vintage, new_vintage

    Returns
    -------
    DataFrame: the same with change, sorted by size of change; rows that did not move are left out. Where records only went, the reason is `withdrawn`.
    """
    table = arrivals.assign(change=arrivals["n_new"] - arrivals["n_old"])
    table = table[table["change"].ne(0) | table["n_added"].ne(0) | table["n_gone"].ne(0)]
    table["reason"] = table["reason"].where(table["n_added"].gt(0), "withdrawn")
    return table.sort_values("change", key=lambda c: -c.abs(), kind="stable", ignore_index=True)


def list_history(arrivals: pd.DataFrame) -> pd.DataFrame:
    """Return, for each list and year, its records as first known and as of now, and what lies between.

    First known is the first edition that came out after the year began. What an edition adds to a year is put down, whole, to the reason of most of it.

    Parameters
    ----------
    arrivals : as in `list_revisions`, every pair of editions that follow each other

    Returns
    -------
    DataFrame: source, year, first, first_on, now, now_on, one column of added records a reason (`LIST_REASONS`), withdrawn (records gone);
    first + added - withdrawn = now
    """
    rows = []
    days = {c: pd.to_datetime(arrivals[c]) for c in ("old_vintage", "new_vintage")}
    for source, pairs in arrivals.assign(**days).groupby("source"):
        editions = sorted({*pairs["old_vintage"], *pairs["new_vintage"]})
        for year, own in pairs.groupby("year"):
            sizes = (*zip(own["old_vintage"], own["n_old"], strict=True), *zip(own["new_vintage"], own["n_new"], strict=True))
            known = dict.fromkeys(editions, 0) | dict(sizes)
            first_on = next((e for e in editions if e >= pd.Timestamp(int(year), 1, 1)), editions[-1])
            later = own[own["old_vintage"] >= first_on]
            added = {r: int(later.loc[later["reason"].eq(r), "n_added"].sum()) for r in LIST_REASONS}
            rows.append([source, int(year), known[first_on], first_on, known[editions[-1]], editions[-1], *added.values(), int(later["n_gone"].sum())])
    return pd.DataFrame(rows, columns=["source", "year", "first", "first_on", "now", "now_on", *LIST_REASONS, "withdrawn"])


def check_vintages(days) -> pd.DatetimeIndex:
    """Return the days of publication, in order, if they bear a nowcast.

    Parameters
    ----------
    days : days of publication of the editions of one list

    Raises
    ------
    NotEstimable
        Fewer than twelve, or not regular.

    Examples
    --------
    >>> len(check_vintages(pd.date_range("2020-01-31", periods=12, freq="ME")))
    12
    """
    ordered = pd.DatetimeIndex(sorted(set(pd.to_datetime(list(days)))))
    if len(ordered) < MIN_VINTAGES:
        raise NotEstimable("a nowcast needs at least {least} regular editions of a list; there are {n}", least=MIN_VINTAGES, n=len(ordered))
    gaps = np.diff(ordered.to_numpy()).astype("timedelta64[D]").astype(float)
    if (np.abs(gaps - np.median(gaps)) > REGULAR * np.median(gaps)).any():
        raise NotEstimable("a nowcast needs regular editions; the gaps run from {low:.0f} to {high:.0f} days", low=gaps.min(), high=gaps.max())
    return ordered


def nowcast(triangle: pd.DataFrame) -> pd.DataFrame:
    """Return what each period is expected to reach once all its reports are in (chain ladder), with Mack's (1993) standard error.

    Parameters
    ----------
    triangle : one row a period in order, one column a delay in order; the number known by then, null where it lies ahead. Twelve periods or more,
        from `reporting_triangle`

    Returns
    -------
    DataFrame with the index of the triangle: known, expected, error, low, high (log-normal 95 %, never below what is known)

    Raises
    ------
    NotEstimable
        A column has no known number above zero to go on from.
    """
    known = triangle.to_numpy(dtype="float64")
    n, m = known.shape
    factors, variances = np.ones(m), np.zeros(m)
    for d in range(m - 1):
        both = ~np.isnan(known[:, d + 1])
        if known[both, d].sum() <= 0:
            raise NotEstimable("no period has a number at delay {d} to go on from", d=d)
        factors[d] = known[both, d + 1].sum() / known[both, d].sum()
        used = both & (known[:, d] > 0)
        if used.sum() > 1:
            variances[d] = (known[used, d] * (known[used, d + 1] / known[used, d] - factors[d]) ** 2).sum() / (used.sum() - 1)
        elif d > 1 and variances[d - 2] > 0:
            variances[d] = min(variances[d - 1] ** 2 / variances[d - 2], variances[d - 2], variances[d - 1])
    rows = [_ahead(known[i], known, factors, variances) for i in range(n)]
    return pd.DataFrame(rows, columns=["known", "expected", "error", "low", "high"], index=triangle.index)


def _ahead(row: np.ndarray, known: np.ndarray, factors: np.ndarray, variances: np.ndarray) -> list[float]:
    at = int((~np.isnan(row)).sum()) - 1
    here = row[at]
    expected, running, relative = here * np.prod(factors[at:-1]), here, 0.0
    for d in range(at, len(row) - 1):
        base = known[~np.isnan(known[:, d + 1]), d].sum()
        if running > 0:
            relative += variances[d] / factors[d] ** 2 * (1 / running + 1 / base)
        running *= factors[d]
    error = expected * np.sqrt(relative)
    if not expected > 0 or error == 0:
        return [here, expected, error, here, expected]
    spread = np.sqrt(np.log1p((error / expected) ** 2))
    center = np.log(expected) - spread**2 / 2
    return [here, expected, error, max(here, np.exp(center - 1.96 * spread)), max(here, np.exp(center + 1.96 * spread))]


def reporting_triangle(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the reporting triangle of one list: period x number of editions since, the number known by then.

    Parameters
    ----------
    counts : period (any order that sorts), as_of (day of the edition), n; one row a period and edition that knew it

    Raises
    ------
    NotEstimable
        The editions do not bear a nowcast (see `check_vintages`).
    """
    editions = check_vintages(counts["as_of"].unique())
    number = counts["as_of"].map({day: i for i, day in enumerate(editions)})
    delay = number - number.groupby(counts["period"]).transform("min")
    return counts.assign(delay=delay).pivot(index="period", columns="delay", values="n").sort_index()
