"""What an analyst chooses from a register: years, zone, cause, and the tables that figures and notebooks are made of."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bsi import contracts, periods, workspace
from bsi.errors import InputError, NotEstimable


@dataclass(frozen=True)
class Choices:
    """What an analyst chose: fiscal years from first to last, a zone, a cause, a kind of period, two periods to compare; None leaves it open."""

    first_year: int | None = None
    last_year: int | None = None
    zone: str | None = None
    cause: str | None = None
    period: str = "fiscal_year"
    compare: tuple[str, str] | None = None


def check_choices(register, choices: Choices) -> Choices:
    """Return the choices if the register can meet them.

    Raises
    ------
    InputError
        No such zone, cause or kind of period, the years are no numbers or in the wrong order, or not two periods are compared.
    """
    periods.check_period(choices.period)
    if choices.compare is not None and len(choices.compare) != 2:
        raise InputError("two periods are compared, no more and no fewer", do='Give a pair of labels such as ("FY2005", "FY2019").')
    if choices.zone and choices.zone not in set(register.zones["zone_id"]):
        raise InputError(f"there is no zone {choices.zone!r}", do=f"Zones: {', '.join(register.zones['zone_id'])}.")
    if choices.cause and choices.cause not in contracts.CAUSES:
        raise InputError(f"there is no cause {choices.cause!r}", do=f"Causes: {', '.join(contracts.CAUSES)}.")
    if not {type(choices.first_year), type(choices.last_year)} <= {int, type(None)}:
        raise InputError(f"the years {choices.first_year!r} and {choices.last_year!r} are not both numbers", do="Give each as a number such as 2010, or None.")
    if choices.first_year and choices.last_year and choices.first_year > choices.last_year:
        raise InputError(f"the years {choices.first_year} to {choices.last_year} are in the wrong order")
    return choices


def deaths(register, choices: Choices) -> pd.DataFrame:
    """Return the incidents of deaths and missing persons within the chosen fiscal years and cause (running totals included, flagged)."""
    rows = register.incidents
    rows = rows[rows["kind"].isin(["death", "missing"])]
    year = periods.fiscal_year(rows["date"])
    if choices.first_year:
        rows = rows[(year >= choices.first_year).fillna(False).to_numpy(bool)]
        year = periods.fiscal_year(rows["date"])
    if choices.last_year:
        rows = rows[(year <= choices.last_year).fillna(False).to_numpy(bool)]
    return rows[rows["cause"] == choices.cause] if choices.cause else rows


def singly(register, choices: Choices) -> pd.DataFrame:
    """Return `deaths` for a map: without running totals, whose people stand in other rows and at no one place."""
    rows = deaths(register, choices)
    return rows[~rows["is_cumulative"].astype(bool)]


def in_zone(register, choices: Choices) -> pd.DataFrame:
    """Return `deaths` that lie, with any probability, in the chosen zone."""
    rows = deaths(register, choices)
    if not choices.zone:
        return rows
    weights = register.zone_weights
    return rows[rows["incident_id"].isin(weights.loc[weights["zone_id"] == choices.zone, "incident_id"])]


def counted(register, choices: Choices, period: str = "fiscal_year", by=()) -> pd.DataFrame:
    """Return counts by period of the chosen incidents, in the chosen zone by probability."""
    from bsi.analysis import counts

    rows, until = deaths(register, choices), pd.Timestamp(register.build["data_as_of"])
    if not choices.zone:
        return counts.count(rows, period=period, by=by, data_until=until)
    by = {**(dict(by) if isinstance(by, dict) else dict.fromkeys(by, ())), "zone_id": [choices.zone]}
    table = counts.count(rows, register.zone_weights, period=period, by=by, data_until=until)
    return table[table["zone_id"] == choices.zone].drop(columns="zone_id").reset_index(drop=True)


def listed(register, choices: Choices, period: str = "fiscal_year", by_sector: bool = False) -> pd.DataFrame:
    """Return `counted`, of a zone or by sector, null where no list reaches the place (is_listed); the whole border as it is."""
    from bsi.analysis import counts

    by = {"sector": list(contracts.SECTORS)} if by_sector else ()
    table = counted(register, choices, period, by)
    if not (by_sector or choices.zone):
        return table
    return counts.within_lists(table, counted(register, Choices(zone=choices.zone), period, by), "sector" if by_sector else None)


def area(register, choices: Choices) -> dict | None:
    """Return the name of the chosen zone in both languages, None for the whole border."""
    if not choices.zone:
        return None
    row = register.zones.set_index("zone_id").loc[choices.zone]
    return {"en": row["name_en"], "es": row["name_es"]}


@functools.cache
def base_geometry() -> dict:
    """Return the layers of the base geometry, read once."""
    import geopandas as gpd

    from bsi.publish import basemap
    from bsi.register import zones

    data = workspace.PROJECT / "data"
    canal = zones.load_centreline(data / "zones" / "all_american_canal_waypoints.csv")
    return {**basemap.read_base(data / "geo" / "base.gpkg"), "canal": gpd.GeoDataFrame(geometry=[canal], crs="EPSG:4326")}


def rate_table(register, choices: Choices, kind: str = "encounters") -> pd.DataFrame:
    """Return deaths per 100,000 of a denominator by fiscal year and sector of the chosen incidents, with exact intervals."""
    from bsi.analysis import rates

    table = listed(register, Choices(choices.first_year, choices.last_year, None, choices.cause), by_sector=True)
    table = table[table["part"].eq("period")].rename(columns={"sector": "area"})
    total = table.groupby(["period_start", "period_end", "label", "is_complete"], as_index=False)["n_dead"].sum().assign(area="southwest_border")
    return rates.rate(pd.concat([table, total], ignore_index=True), rates.denominator(register.published, kind), count="n_dead")


def list_names(register) -> dict:
    """Return the name of each list and upstream of the register, in the words of the vocabulary."""
    from bsi.register import sources, upstreams

    known = upstreams.load(workspace.PROJECT / "data" / "hand" / "upstreams.csv")
    names = dict(zip(known["upstream"], known["name_en"], strict=True)), dict(zip(known["upstream"], known["name_es"], strict=True))
    titles = {f["source"]: f["title"] for f in register.build["files"] if "title" in f}  # of mapped lists
    own = {key: titles.get(key, {}).get("en") or key.replace("_", " ") for key in register.records["source"].unique()}
    lists = {key: getattr(sources.SOURCES.get(key), "SHORT", name) for key, name in own.items()}
    spanish = {key: getattr(sources.SOURCES.get(key), "SHORT_ES", titles.get(key, {}).get("es") or name) for key, name in lists.items()}
    return {"en": {**names[0], **lists}, "es": {**names[1], **spanish}}


def official_rate_table(register, kind: str = "encounters") -> pd.DataFrame:
    """Return the Border Patrol's own deaths per 100,000 of the same denominator, by fiscal year and sector."""
    from bsi.analysis import rates

    rows = register.published
    rows = rows[rows["measure"].eq("deaths") & rows["area_type"].eq("sector") & rows["period_type"].eq("fiscal_year") & rows["reliability"].eq("official")]
    rows = rows.sort_values("as_published_on").drop_duplicates(["area", "period_start"], keep="last").rename(columns={"value": "n"})
    return rates.rate(rows[["area", "period_start", "period_end", "n"]], rates.denominator(register.published, kind))


def claims_table(register) -> pd.DataFrame:
    """Return the published claims beside the numbers recomputed from this register's files, each edition read for itself."""
    from bsi import pipeline
    from bsi.analysis import claims
    from bsi.register import published

    read = pipeline.vintage_reader(register.data_folder)

    def find(data: tuple[str, str]) -> pd.DataFrame | None:
        if data == claims.REGISTER:
            return with_zones(register)
        return read(data) if data[1] else register.records[register.records["source"].eq(data[0])]

    return claims.claims(find, register.published, published.load_claims(workspace.reference(register.data_folder, "published", "claims.csv")))


def with_zones(register) -> pd.DataFrame:
    """Return the deaths and missing people of the register, counted once, with the probability of each zone in a column `zone:ID`.

    Dates that are not credible are null.
    """
    rows = singly(register, Choices())
    is_credible = rows["date"].le(pd.Timestamp(register.build["data_as_of"])).fillna(False) & ~rows["flags"].fillna("").str.contains("date_before_1980")
    rows = rows.assign(date=rows["date"].where(is_credible))
    chances = register.zone_weights.pivot(index="incident_id", columns="zone_id", values="probability").add_prefix("zone:")
    return pd.DataFrame(rows.drop(columns="geometry", errors="ignore")).merge(chances, left_on="incident_id", right_index=True, how="left")


def sensitivity_table(register) -> pd.DataFrame:
    """Return how the counts of the canal and desert zones change when their lines are moved."""
    from bsi.register import zones

    line = zones.load_centreline(workspace.reference(register.data_folder, "zones", "all_american_canal_waypoints.csv"))
    rows = deaths(register, Choices())
    return zones.sensitivity(rows[~rows["is_cumulative"]], register.zones, line)


def reason_text(error: NotEstimable, lang: str) -> str:
    """Return why a number is not to be had, as a sentence in the language."""
    from bsi.publish.language import translator

    _ = translator(lang)
    return _("Not estimated: {reason}.", reason=_(error.reason, **error.details))


def identified_by_year(register, choices) -> pd.DataFrame:
    """Return people who died by calendar year of finding: identified, unidentified, not stated; year."""
    from bsi.analysis import profile

    stating = register.records.loc[register.records["is_identified"].notna(), "source"].unique()
    rows = in_zone(register, choices)
    rows = rows[np.array([bool(set(s.split(";")) & set(stating)) for s in rows["sources"]], dtype=bool)]
    people = profile.persons(rows).merge(rows[["incident_id", "date"]], on="incident_id").dropna(subset="date")
    state = people["is_identified"].map({True: "identified", False: "unidentified"}).fillna("not_stated")
    table = people.assign(state=state, year=people["date"].dt.year).pivot_table(index="year", columns="state", values="n", aggfunc="sum", fill_value=0)
    return table.reindex(columns=["identified", "unidentified", "not_stated"], fill_value=0).reset_index()


def official_years(register) -> pd.DataFrame:
    """Return one figure a measure and fiscal year for the whole border: the newest official one, else the newest quoted."""
    rows = register.published
    rows = rows[rows["area"].eq("southwest_border") & rows["period_type"].eq("fiscal_year") & rows["measure"].isin(["deaths", "rescues_persons", "agents"])]
    rows = rows[rows["period_start"].dt.year.ge(1997) & ~rows["series"].str.contains("water|heat|cold|custody|profile_deaths")]  # parts, or first printed
    rows = rows.assign(is_official=rows["reliability"].eq("official"), day=rows["as_published_on"].fillna(pd.Timestamp("1900-01-01")))
    rows = rows.assign(is_exact=rows["qualifier"].isna())
    return rows.sort_values(["is_complete", "is_official", "is_exact", "day"]).drop_duplicates(["measure", "period_end"], keep="last")
