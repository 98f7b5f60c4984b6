"""The page of a zone: everything its figure shows, and the numbers of its text."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd

from bsi import periods, selections, selections_zones, workspace
from bsi.errors import NotEstimable
from bsi.selections import Choices

SECTOR_SHARE = 0.05  # of the zone's ground on the U.S. side; less is an edge
INSIDE = 0.5  # a measure belongs to a zone that holds at least half of this one's ground
EQUAL_AREA = "EPSG:6933"
RESCUES = "usbp_profile_rescues"
PRECISE_M = 1000.0
LAST_YEARS = 5


def sheet(register, zone_id: str) -> dict:
    """Return what the figure of one zone shows: name -> table, or the NotEstimable that says why there is none.

    Parameters
    ----------
    register : from bsi.open()
    zone_id : a zone of it

    Returns
    -------
    dict: zone (row of ZONES), span (see `selections_zones.span`), names (of observers, in both languages), hazard_kind ("heat" or "water") and the tables
    deaths, causes, season, trend, hazard, rescues, sides, measures
    """
    from bsi.analysis import profile

    zone = register.zones.set_index("zone_id", drop=False).loc[zone_id]
    rows = selections_zones.people(register, zone_id)
    reach, kind = selections_zones.span(register, rows), selections_zones.hazard_of(zone, rows)
    parts = {
        "deaths": lambda: selections_zones.drawn(selections.counted(register, Choices(zone=zone_id)), reach),
        "causes": lambda: selections_zones.drawn(selections.counted(register, Choices(zone=zone_id), by=["cause"]), reach),
        "season": lambda: selections_zones.season(register, zone_id, reach),
        "trend": lambda: selections_zones.trend(register, zone_id, reach),
        "hazard": lambda: profile.causes_by_month(rows, reach["first_year"]) if kind == "heat" else selections_zones.water(register, zone_id, reach),
        "rescues": lambda: rescues(register, zone_id),
        "sides": lambda: sides(register, zone_id, rows),
        "measures": lambda: measures(register, zone_id),
    }
    told = {name: _or_reason(compute) for name, compute in parts.items()}
    return {"zone": zone, "span": reach, "names": selections.list_names(register), "hazard_kind": kind, **told}


def _or_reason(compute: Callable):
    try:
        return compute()
    except NotEstimable as reason:
        return reason


def zone_sectors(register, zone_id: str) -> list[str]:
    """Return the codes of the Border Patrol sectors that hold at least a twentieth of the zone's ground on the U.S. side, the largest part first."""
    shapes = register.zones.set_index("zone_id").geometry.to_crs(EQUAL_AREA)
    is_sector = register.zones.set_index("zone_id")["family"].eq("sector")
    parts = shapes[is_sector].intersection(shapes[zone_id]).area
    parts = parts[parts > SECTOR_SHARE * max(parts.sum(), 1e-9)].sort_values(ascending=False)
    return [name.removeprefix("sector_") for name in parts.index]


def rescues(register, zone_id: str) -> pd.DataFrame:
    """Return the official rescues of the zone's sectors: sector, year (U.S. fiscal), n, null where the printed figure is known to be wrong.

    Raises
    ------
    NotEstimable
        No figure of such a sector is published.
    """
    from bsi.analysis.series import newest

    table = register.published
    wanted = zone_sectors(register, zone_id)
    rows = newest(table[table["series"].eq(RESCUES) & table["area"].isin(wanted)])
    if rows["value"].where(rows["quality"].eq("")).isna().all():
        raise NotEstimable("no official figure of rescues is published for a sector of this zone")
    out = pd.DataFrame({"sector": rows["area"], "year": rows["period_end"].dt.year, "n": rows["value"].where(rows["quality"].eq(""))})
    order = {code: i for i, code in enumerate(wanted)}
    return out.sort_values(["sector", "year"], key=lambda c: c.map(order) if c.name == "sector" else c, ignore_index=True)


def sides(register, zone_id: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return for each side of the border: country, share_of_ground, n (expected people), n_possible (all who may have died in the zone), share_of_people,
    upstreams (most first, joined by ';').

    Parameters
    ----------
    register : from bsi.open()
    zone_id : a zone of it
    rows : from `selections_zones.people`
    """
    shape = register.zones.loc[register.zones["zone_id"].eq(zone_id)].to_crs(EQUAL_AREA).geometry.iloc[0]
    ground = {country: float(land.intersection(shape).area.sum()) for country, land in _land().items()}
    out = []
    for country in ("US", "MX", None):
        here = rows[rows["country"].eq(country).fillna(False)] if country else rows[rows["country"].isna()]
        if country is None and not here["expected"].sum():
            continue
        seen = here.assign(upstream=here["upstreams"].str.split(";")).explode("upstream").groupby("upstream")["expected"].sum()
        possible = here["n_dead"].astype("Float64").sum()
        out.append({"country": country, "share_of_ground": ground.get(country), "n": here["expected"].sum(), "n_possible": possible,
                    "upstreams": ";".join(seen[seen > 0].sort_values(ascending=False, kind="stable").index)})  # fmt: skip
    table = pd.DataFrame(out)
    table["share_of_ground"] = table["share_of_ground"] / max(sum(ground.values()), 1e-9)
    return table.assign(share_of_people=table["n"] / table["n"].sum() if table["n"].sum() else np.nan)


@functools.cache
def _land() -> dict:
    import geopandas as gpd

    base = workspace.PROJECT / "data" / "geo" / "base.gpkg"
    return {country: gpd.read_file(base, layer=layer).geometry.to_crs(EQUAL_AREA) for country, layer in (("US", "states"), ("MX", "mx_states"))}


def measures(register, zone_id: str) -> pd.DataFrame:
    """Return the dated measures, breaks and confounders of a zone (its own, those of a zone around it, of its sectors, of the whole border), by date.

    Statements and reports that set nothing in motion against deaths are left out. Columns of INTERVENTIONS, `is_local` (of the zone or one around it)
    and `number`, from 1.

    Parameters
    ----------
    register : from bsi.open()
    zone_id : a zone of it
    """
    shapes = register.zones.set_index("zone_id").geometry.to_crs(EQUAL_AREA)
    around = set(shapes.index[shapes.intersection(shapes[zone_id]).area >= INSIDE * shapes[zone_id].area])
    table, mine = register.interventions, set(zone_sectors(register, zone_id))
    is_local = table["zone_id"].isin(around)
    is_of_sector = pd.Series([not pd.isna(s) and bool(mine & set(s.split(";"))) for s in table["sector"]], index=table.index, dtype=bool)
    is_wide = table["zone_id"].isna() & (table["sector"].isna() | is_of_sector)
    kept = table.assign(is_local=is_local)[(is_local | is_wide) & (table["type"].ne("agreement") | table["expected_direction"].eq("fewer"))]
    kept = kept.sort_values(["from", "intervention_id"], ignore_index=True)
    return kept.assign(number=range(1, len(kept) + 1))


def page_tables(register) -> dict[str, pd.DataFrame]:
    """Return the tables that the pages of the zones in the report are made of.

    Returns
    -------
    dict: zone_pages (zone_id, part_of: the zone it is a part of), zone_counts (see `counts_of`), zone_observers (zone_id, name_en, name_es, share),
    zone_measures (see `measures`, with page and areas: zones and sectors that a question about it may concern) and zone_facts (see `facts_of`)
    """
    pages = selections_zones.whole_zones(register.zones)
    rows = {z: selections_zones.people(register, z) for whole, parts in pages.items() for z in [whole, *parts]}
    names = selections.list_names(register)
    seen = {z: selections_zones.seen_by(rows[z]) for z in pages}
    listed = [(z, None) for z in pages] + [(part, whole) for whole, parts in pages.items() for part in parts]
    return {
        "zone_pages": pd.DataFrame(listed, columns=["zone_id", "part_of"]),
        "zone_counts": _joined({z: counts_of(rows[z], register.build["data_as_of"]) for z in rows}),
        "zone_observers": _joined({z: t.assign(**{f"name_{lang}": t["upstream"].replace(names[lang]) for lang in names}) for z, t in seen.items()}),
        "zone_measures": _joined({z: measures(register, z).assign(areas=_areas(register, z)) for z in pages}),
        "zone_facts": _joined({z: facts_of(rows[z], sides(register, z, rows[z])) for z in pages}),
    }


def _joined(tables: dict) -> pd.DataFrame:
    parts = [t.drop(columns="zone_id", errors="ignore").assign(page=z) for z, t in tables.items()]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"page": []})


def _areas(register, zone_id: str) -> str:
    """Return the zones that hold half of this one or lie in it by half, and its sectors, joined by ';'."""
    shapes = register.zones.set_index("zone_id").geometry.to_crs(EQUAL_AREA)
    shared = shapes.intersection(shapes[zone_id]).area
    near = shapes.index[(shared >= INSIDE * shapes[zone_id].area) | (shared >= INSIDE * shapes.area)]
    return ";".join([*(z for z in near if not z.startswith("sector_")), *zone_sectors(register, zone_id)])


def counts_of(rows: pd.DataFrame, until) -> pd.DataFrame:
    """Return the people of a zone in all, by the last five complete fiscal years, by cause and by side: section, key, expected, lowest, highest.

    Parameters
    ----------
    rows : from `selections_zones.people`
    until : last day that the data cover
    """
    until = pd.Timestamp(until)
    last = until.year if (until.month, until.day) >= (9, 30) else until.year - 1
    dead = rows["n_dead"].astype("Float64").fillna(0).astype("float64")
    sums = pd.DataFrame({"expected": rows["expected"], "lowest": dead * rows["probability"].ge(1 - 1e-9), "highest": dead})
    is_dated = rows["date_precision"].isin(["day", "month"])
    year = periods.fiscal_year(rows["date"].where(is_dated)).astype("Int64").astype("str")
    keys = {"all": pd.Series("all", index=rows.index), "year": year, "cause": rows["cause"].fillna("undetermined"), "side": rows["country"].fillna("")}
    wanted = {"all": ["all"], "year": [str(y) for y in range(last - LAST_YEARS + 1, last + 1)], "side": ["US", "MX"]}
    out = []
    for section, key in keys.items():
        table = sums.groupby(key.to_numpy()).sum()
        table = table.reindex(wanted[section], fill_value=0.0) if section in wanted else table
        out.append(table.rename_axis("key").reset_index().assign(section=section))
    return pd.concat(out, ignore_index=True)[["section", "key", "expected", "lowest", "highest"]]


def facts_of(rows: pd.DataFrame, of_sides: pd.DataFrame) -> pd.DataFrame:
    """Return the shares and numbers of people that limit what a zone's numbers say: key, value (null: nobody is listed), filter.

    Parameters
    ----------
    rows : from `selections_zones.people`
    of_sides : from `sides`
    """
    from bsi.analysis.series import UNDETERMINED

    total = rows["expected"].sum()
    masks = {
        "near": (rows["location_precision_m"].le(PRECISE_M), "location_precision_m <= 1000"),
        "no_cause": (rows["cause"].isna() | rows["cause"].isin([*UNDETERMINED, "mixed"]), "cause in (null, skeletal, undetermined, pending, mixed)"),
        "found": (rows["date_kind"].eq("found"), "date_kind = found"),
        "in_mexico": (rows["country"].eq("MX"), "country = MX"),
    }
    table = pd.DataFrame([(k, rows.loc[m.fillna(False).astype(bool), "expected"].sum() / total if total else None, text) for k, (m, text) in masks.items()],
                         columns=["key", "value", "filter"])  # fmt: skip
    mexico = of_sides.loc[of_sides["country"].eq("MX").fillna(False)].iloc[0]
    more = [
        ("ground_mexico", float(mexico["share_of_ground"]), "area(zone, MX) / area(zone)"),
        ("possible", float(of_sides["n_possible"].sum()), "probability > 0"),
        ("possible_mexico", float(mexico["n_possible"]), "probability > 0, country = MX"),
    ]
    return pd.concat([table, pd.DataFrame(more, columns=table.columns)], ignore_index=True)
