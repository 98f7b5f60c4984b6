"""Numbers of the prose on the people: what each table rests on and lacks, the zones and sides by year, rates with several denominators, violence."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bsi.contracts import LEAST_SHOWN
from bsi.publish.language import N_
from bsi.publish.palette import CAUSE_GROUPS
from bsi.publish.report_rates import official

FIRST_YEAR = 1998
UNDETERMINED = CAUSE_GROUPS["unknown"][2]
PERSONS = "kind in (death, missing), not is_cumulative"


def people_numbers(tables: Mapping[str, pd.DataFrame], made: Mapping, entry) -> dict[str, dict]:
    """Return the numbers by key; null where the register came without the table.

    Parameters
    ----------
    tables : of the register, and rates_side_by_side, profiles of `selections_report.tables`, each optional
    made : deaths (of `numbers.deaths_of`), edition, build
    entry : `numbers.entry`
    """
    deaths, edition, build = made["deaths"], made["edition"], made["build"]
    return {
        "threshold": entry(LEAST_SHOWN, N_("people"), "bsi.contracts", "LEAST_SHOWN"),
        "series_start": entry(FIRST_YEAR, N_("U.S. fiscal year"), "-", N_("first fiscal year of the Border Safety Initiative"), "year"),
        "expulsions": entry(2020, N_("year"), "-", N_("first year of expulsions under public-health rules"), "year"),
        "merida": entry(1999, N_("year"), "-", N_("memorandum of Merida on border violence"), "year"),
        **_lists(build, edition, entry),
        **_edition(deaths, tables, edition, entry),
        **_lacking(deaths, edition, entry),
        **_attributes(tables, entry),
        **_rates(tables, edition, entry),
        **_violence(tables["incidents"], deaths, edition, entry),
    }


def _lists(build: Mapping, edition: int, entry) -> dict:
    """Return how many lists were read and how many of them end before the edition's year does."""
    ends = pd.Series({row["source"]: row["vintage"] for row in build["rows"]}, dtype="object").pipe(pd.to_datetime)
    last = pd.Timestamp(edition, 9, 30)
    where = f"vintage < {last:%Y-%m-%d}"
    return {
        "lists": entry(len(ends), N_("lists"), "build.json", N_("all files read")),
        "lists_ended": entry(int((ends < last).sum()), N_("lists"), "build.json", where),
    }


def _edition(deaths: pd.DataFrame, tables: Mapping, edition: int, entry) -> dict:
    """Return the counts of the edition's year and the one before, by side, zone and name."""
    out = {}
    this, before = (deaths[deaths["fiscal_year"].eq(year).fillna(False)] for year in (edition, edition - 1))
    parts = {
        "mexico_edition": (this, this["country"].eq("MX"), "country = MX"), "mexico_before": (before, before["country"].eq("MX"), "country = MX"),
        "nameless_edition": (this, this["is_identified"].eq(False).fillna(False), "is_identified = false"),
        "named_edition": (this, this["is_identified"].eq(True).fillna(False), "is_identified = true"),
        "one_list_edition": (this, ~this["sources"].fillna("").str.contains(";"), "count(sources) = 1"),
    }  # fmt: skip
    for key, (rows, mask, condition) in parts.items():
        where = f"{PERSONS}, fiscal_year = {edition - key.endswith('before')}, {condition}"
        out[f"dead_{key}"] = entry(int(rows.loc[mask, "n_dead"].sum()), N_("people"), "incidents", where)
    for key, year in (("first", FIRST_YEAR), ("edition", edition)):
        named = deaths.loc[deaths["fiscal_year"].eq(year).fillna(False) & deaths["n_dead"].gt(0), "upstreams"]
        n = named.str.split(";").explode().nunique()
        out[f"observers_{key}"] = entry(n, N_("observers"), "incidents", f"{PERSONS}, n_dead > 0, fiscal_year = {year}; count(distinct upstreams)")
    return out | {f"dead_{name}_before": n for name, n in _families(before, tables, edition - 1, entry).items()}


def _families(rows: pd.DataFrame, tables: Mapping, year: int, entry) -> dict:
    family = tables["zones"].set_index("zone_id")["family"]
    weights = tables["zone_weights"].assign(family=lambda w: w["zone_id"].map(family))
    best = weights.groupby(["incident_id", "family"], as_index=False)["probability"].max().merge(rows[["incident_id", "n_dead"]], on="incident_id")
    sums = (best["probability"] * best["n_dead"]).groupby(best["family"]).sum()
    return {
        name: entry(round(float(sums.get(name, 0))), N_("people"), "zone_weights x incidents", f"family = {name}, probability x n_dead, fiscal_year = {year}")
        for name in ("canal", "desert")
    }


def _lacking(deaths: pd.DataFrame, edition: int, entry) -> dict:
    """Return the share of those who died since 1998 for whom what a table sorts by is not known, and of those of the edition's year without a cause."""
    year = deaths["fiscal_year"]
    since = f"{PERSONS}, fiscal_year in {FIRST_YEAR}..{edition}"
    out = _shares(deaths[year.between(FIRST_YEAR, edition).fillna(False)], since, "all", entry)
    this = _shares(deaths[year.eq(edition).fillna(False)], f"{PERSONS}, fiscal_year = {edition}", "edition", entry)
    out["lack_cause_edition"] = this["lack_cause_edition"]
    early = deaths[year.lt(FIRST_YEAR).fillna(False)]
    return out | {"dead_earlier": entry(int(early["n_dead"].sum()), N_("people"), "incidents", f"{PERSONS}, fiscal_year < {FIRST_YEAR}")}


def _shares(rows: pd.DataFrame, where: str, key: str, entry) -> dict:
    """Return the share of the dead of some rows that lack each of `_gaps`."""
    total, unit = int(rows["n_dead"].sum()), N_("share of the people who died")
    shares = {name: (float(rows.loc[lacks, "n_dead"].sum() / total) if total else None, condition) for name, lacks, condition in _gaps(rows)}
    return {f"lack_{name}_{key}": entry(share, unit, "incidents", f"{where}; {condition}", "share") for name, (share, condition) in shares.items()}


def _attributes(tables: Mapping, entry) -> dict:
    """Return the share of the people in the tables of attributes whose sex, age, nationality or cause is not known; null where that number is withheld."""
    table, causes = tables.get("profiles"), tables.get("sex_by_cause")
    out, share = {}, None
    if causes is not None and len(causes):
        known = causes.set_index("category")["total"]
        share = float(known.get("unknown", 0) / known["total"]) if known.notna().all() else None
    out["lack_cause"] = entry(share, N_("share of the people who died"), "sex_by_cause", "category = unknown", "share")
    for name, attribute in (("sex", "sex"), ("age", "age_group"), ("nationality", "nationality")):
        rows = pd.DataFrame() if table is None else table[table["attribute"].eq(attribute)]
        share = None
        if len(rows) and rows["n"].notna().all():
            share = float(rows.loc[rows["category"].eq("unknown"), "n"].sum() / rows["n"].sum())
        out[f"lack_{name}"] = entry(share, N_("share of the people who died"), "profiles", f"attribute = {attribute}, category = unknown", "share")
    return out


def _gaps(rows: pd.DataFrame) -> list[tuple]:
    is_us = rows["country"].eq("US")
    no_place = rows["lon"].isna() | rows["lat"].isna()
    return [
        ("cause", rows["cause"].isna() | rows["cause"].isin(UNDETERMINED), "cause in (null, skeletal, undetermined, pending, mixed)"),
        ("event", rows["date_kind"].ne("event"), "date_kind <> event"),
        ("place", no_place, "lon = null or lat = null"),
        ("near", ~no_place & rows["location_precision_m"].gt(2000), "location_precision_m > 2000"),
        ("sector", is_us & rows["sector"].isna(), "country = US, sector = null"),
        ("name", rows["is_identified"].isna(), "is_identified = null"),
    ]


def _rates(tables: Mapping, edition: int, entry) -> dict:
    """Return the change of official deaths and of three rates between the first and last year that has every denominator, and since."""
    table, published = tables.get("rates_side_by_side"), tables["published"]
    patrol = pd.Series(official(published, "usbp_deaths"))
    exposure = pd.DataFrame() if table is None else table.pivot_table(index="year", columns="kind", values="exposure").dropna()
    both = exposure.index.intersection(patrol.index)
    keys = ["apprehensions", "encounters", "agents"]
    borne = len(both) > 1 and set(keys) <= set(exposure.columns)
    first, last = (int(both.min()), int(both.max())) if borne else (None, None)
    where = f"series = usbp_deaths, fiscal_year in ({first}, {last})"
    out = {
        "rate_first": entry(first, N_("U.S. fiscal year"), "published", where, "year"),
        "rate_last": entry(last, N_("U.S. fiscal year"), "published", where, "year"),
    }
    deaths = patrol[last] / patrol[first] if borne and patrol[first] else None
    out["times_deaths"] = entry(_rounded(deaths), N_("times"), "published", where, "number")
    for kind in ("apprehensions", "agents"):
        change = deaths / (exposure.loc[last, kind] / exposure.loc[first, kind]) if deaths is not None else None
        out[f"times_{kind}"] = entry(_rounded(change), N_("times"), "published", f"{where}; deaths / {kind}", "number")
    return out | _since(table, edition, entry)


def _since(table: pd.DataFrame | None, edition: int, entry) -> dict:
    """Return the register's rate for encounters in the last whole year before March 2020 and in the edition's."""
    before = 2019
    rows = pd.DataFrame() if table is None else table[table["kind"].eq("encounters")].set_index("year")
    out = {"rate_splice": entry(before, N_("U.S. fiscal year"), "published", N_("last whole fiscal year before expulsions began in March 2020"), "year")}
    for key, year in (("splice", before), ("edition", edition)):
        value = rows["rate"].get(year) if len(rows) else None
        where = f"incidents, country = US, fiscal_year = {year} / encounters"
        dead = int(rows["n"][year]) if len(rows) and year in rows.index else None
        out[f"dead_us_{key}"] = entry(dead, N_("people"), "incidents", f"country = US, fiscal_year = {year}")
        out[f"rate_encounters_{key}"] = entry(_rounded(value), N_("deaths per 100,000 encounters"), "rates_side_by_side", where, "number")
    return out


def _rounded(value):
    return None if value is None or pd.isna(value) else round(float(value), 1)


def _violence(incidents: pd.DataFrame, deaths: pd.DataFrame, edition: int, entry) -> dict:
    rows = incidents[incidents["kind"].eq("violence")]
    dead = int(rows["n_dead"].sum())
    year = (rows["date"].dt.year + (rows["date"].dt.month >= 10)).astype("Int64")
    rows, year = (part[year.le(edition).fillna(True)] for part in (rows, year))
    died = deaths["cause"].eq("violence")
    this = died & deaths["fiscal_year"].eq(edition).fillna(False)
    return {
        "violence": entry(len(rows), N_("incidents"), "incidents", f"kind = violence, fiscal_year <= {edition} or null"),
        "violence_edition": entry(int(year.eq(edition).sum()), N_("incidents"), "incidents", f"kind = violence, fiscal_year = {edition}"),
        "dead_in_violence": entry(dead, N_("people"), "incidents", "kind = violence; n_dead"),
        **_unsaid(rows, entry),
        "dead_violence": entry(int(deaths.loc[died, "n_dead"].sum()), N_("people"), "incidents", f"{PERSONS}, cause = violence"),
        "dead_violence_edition": entry(
            int(deaths.loc[this, "n_dead"].sum()), N_("people"), "incidents", f"{PERSONS}, cause = violence, fiscal_year = {edition}"
        ),
    }


def _unsaid(rows: pd.DataFrame, entry) -> dict:
    """Return the shares of the incidents of violence of which the list does not say who acted, or the state of the investigation."""
    no_actor = rows["actor"].isna() | rows["actor"].astype("str").str.lower().eq("unknown")
    parts = {"actor": (no_actor, "actor in (null, unknown)"), "status": (rows["status"].isna(), "status = null")}
    return {
        f"violence_no_{name}": entry(float(mask.mean()) if len(rows) else None, N_("share of the incidents"), "incidents", f"kind = violence, {where}", "share")
        for name, (mask, where) in parts.items()
    }
