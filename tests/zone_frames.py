"""A small invented register of two zones for the tests of the zones' pages: every number in it can be counted by hand."""

import types

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

INCIDENT = {
    "kind": "death", "date_precision": "day", "date_kind": "found", "n_dead": 1, "n_missing": 0, "is_cumulative": False, "flags": "", "lon": -111.5,
    "lat": 32.0, "location_precision_m": 100.0, "country": "US", "cause": "heat", "upstreams": "office", "sources": "mine", "county": "Pima",
    "sector": "TCA", "state": "AZ", "died_from": pd.NaT, "died_to": pd.NaT,
}  # fmt: skip


def incidents(rows) -> pd.DataFrame:
    """Return incidents from (day, changes) pairs."""
    table = pd.DataFrame([{**INCIDENT, "date": pd.Timestamp(day), **changes} for day, changes in rows], columns=[*INCIDENT, "date"])
    table["date"] = table["date"].astype("datetime64[us]")
    table["incident_id"] = [f"i-{i:010d}" for i in range(len(table))]
    words = [c for c, value in INCIDENT.items() if isinstance(value, str)]
    return table.astype({"n_dead": "Int64", "n_missing": "Int64", "is_cumulative": "bool", "incident_id": "str", **dict.fromkeys(words, "str")})


def zones() -> gpd.GeoDataFrame:
    """Return a zone named by the analyst on the U.S. side of Arizona, one astride the line, and the Tucson sector."""
    shapes = {
        "mine": box(-112, 31.8, -111, 32.4),
        "mine_part": box(-111.5, 31.8, -111, 32.4),
        "astride": box(-114, 31.3, -113.5, 33),
        "sector_TCA": box(-113, 31, -110, 34),
    }
    family = ["analyst", "analyst", "desert", "sector"]
    words = {f"{what}_{lang}": [f"{z} {lang}" for z in shapes] for what in ("name", "definition") for lang in ("en", "es")}
    return gpd.GeoDataFrame({"zone_id": list(shapes), "family": family, **words, "defined_by": "me"}, geometry=list(shapes.values()), crs="EPSG:4326")


def register(rows, weights=None, published=None, interventions=None, data_as_of="2020-12-31"):
    """Return a register of invented incidents; `weights` maps a zone to probabilities of the incidents in their order (default: all surely in "mine")."""
    table = incidents(rows)
    weights = {"mine": [1.0] * len(table)} if weights is None else weights
    pairs = [(i, z, p) for z, chances in weights.items() for i, p in zip(table["incident_id"], chances, strict=True) if p > 0]
    empty = ["series", "area", "period_start", "period_end", "value", "quality", "as_published_on"]
    dated = ["intervention_id", "zone_id", "sector", "from", "to", "type", "name_en", "name_es", "expected_direction", "outcome", "comparison", "source"]
    return types.SimpleNamespace(
        build={"data_as_of": data_as_of, "files": []},
        incidents=table,
        zones=zones(),
        zone_weights=pd.DataFrame(pairs, columns=["incident_id", "zone_id", "probability"]).astype(
            {"incident_id": "str", "zone_id": "str", "probability": float}
        ),
        records=pd.DataFrame({"source": ["mine"]}),
        published=pd.DataFrame(published or [], columns=empty),
        interventions=pd.DataFrame(interventions or [], columns=dated).astype({"from": "datetime64[us]", "to": "datetime64[us]"}),
    )


def five_a_year(first: int, last: int, **changes) -> list:
    """Return five people found in each calendar year, one in each month from April to August."""
    return [(f"{year}-{month:02d}-10", changes) for year in range(first, last + 1) for month in range(4, 9)]
