"""The page of a zone: everything its figure shows, and the numbers of its text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from bsi import selections, selections_zones
from bsi.errors import NotEstimable
from bsi.selections import Choices

SECTOR_SHARE = 0.05  # of the zone's ground on the U.S. side; less is an edge
INSIDE = 0.5  # a measure belongs to a zone that holds at least half of this one's ground
EQUAL_AREA = "EPSG:6933"
RESCUES = "usbp_profile_rescues"


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
    zone = register.zones.set_index("zone_id", drop=False).loc[zone_id]
    rows = selections_zones.people(register, zone_id)
    reach, kind = selections_zones.span(register, rows), selections_zones.hazard_of(zone, rows)
    parts = {
        "deaths": lambda: selections_zones.drawn(selections.counted(register, Choices(zone=zone_id)), reach),
        "causes": lambda: selections_zones.drawn(selections.counted(register, Choices(zone=zone_id), by=["cause"]), reach),
        "season": lambda: selections_zones.season(register, zone_id, reach),
        "trend": lambda: selections_zones.trend(register, zone_id, reach),
        "hazard": lambda: selections_zones.heat(rows, reach) if kind == "heat" else selections_zones.water(register, zone_id, reach),
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
    table = register.published
    wanted = zone_sectors(register, zone_id)
    rows = table[table["series"].eq(RESCUES) & table["area"].isin(wanted)].sort_values("as_published_on")
    rows = rows.drop_duplicates(["area", "period_end"], keep="last")
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
    base = selections.base_geometry()
    shape = register.zones.loc[register.zones["zone_id"].eq(zone_id)].to_crs(EQUAL_AREA).geometry.iloc[0]
    ground = {c: float(base[layer].to_crs(EQUAL_AREA).intersection(shape).area.sum()) for c, layer in (("US", "states"), ("MX", "mx_states"))}
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
