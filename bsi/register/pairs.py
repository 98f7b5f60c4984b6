"""Pairs of records that may be of one event, and how far each field of a pair agrees."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.contracts import CAUSES, COUNTRIES

EARTH_KM = 6371.0088
# Half-widths in km and days; a pair in any block is a candidate: the more days lie between, the nearer the points must be.
BLOCKS = ((100.0, 3), (30.0, 12), (0.7, 100), (0.12, 400))
BLOCKS_WITHIN = ((10.0, 1), (2.0, 4), (0.11, 45))
INDEPENDENT_DAYS = 100
AREA_BLOCK = (120.0, 3)
PAIRS_PER_RECORD = 1.5
DISTANCE_EDGES_KM = np.array([0.015, 0.05, 0.11, *np.geomspace(0.16, 58.0, 18), 150.0])
AREA_LEVEL = len(DISTANCE_EDGES_KM)
DAY_EDGES = np.array([-46, -16, -8, -5, -3, -2, -1, 0, 1, 2, 4, 7, 15, 45])
DAY_WIDTHS = np.diff(np.concatenate([[-400], DAY_EDGES, [400]])).astype(float)
FIELD_LEVELS = {"sex": 3, "age": 6, "cause": 6, "nationality": 3, "country": 3, "persons": 3}
USED = [
    "record_id", "source", "vintage", "row", "upstream", "kind", "date", "date_precision", "lon", "lat", "location_precision_m", "country", "state", "county",
    "n_dead", "n_missing", "n_female", "n_male", "sex", "age", "nationality", "cause", "flags",
]  # fmt: skip
UNINFORMATIVE = {"undetermined", "pending", "mixed", "skeletal"}
FAMILIES = ({"heat", "cold", "exposure", "medical"}, {"vehicle", "train", "fall", "other_injury", "violence"})


def prepare(records: pd.DataFrame) -> pd.DataFrame:
    """Return the records that can be linked, sorted by id, as numbers: list, place in km, day, codes of the fields.

    A record can be linked when it is no running total, its day is known, and it has a point or a county that other records place.

    Parameters
    ----------
    records : DataFrame, contract RECORDS (degrees, WGS 84)
    """
    table = records[USED].reset_index(drop=True)
    out = pd.DataFrame({"record_id": table["record_id"].astype(object)})
    vintage, days = pd.factorize(table["vintage"])
    out["list"] = _words(table["source"] + "@" + pd.Series(np.array([*(str(d.date()) for d in days), ""], dtype=object)[vintage]))
    out["source"], out["upstream"] = _words(table["source"]), _words(table["upstream"])
    out["kind"] = _words(table["kind"].replace({"missing": "death"}))
    out["day"] = table["date"].fillna(pd.Timestamp(0)).to_numpy("datetime64[D]").astype("int32")
    lon, lat = _points(table)
    out["lon"], out["lat"] = lon, lat
    out["radius_km"] = 0.0
    _place_by_area(out, table)
    out["x"] = EARTH_KM * np.deg2rad(out["lon"]) * np.cos(np.deg2rad(31.0))
    out["y"] = EARTH_KM * np.deg2rad(out["lat"])
    out["is_coarse"] = (table["location_precision_m"] > 1500).to_numpy(dtype=bool)
    out["row"] = table["row"].to_numpy("int32")
    out["n_persons"] = (table["n_dead"].fillna(0) + table["n_missing"].fillna(0)).astype(int).clip(lower=1)
    out["sex"] = _sex(table, out["n_persons"])
    out["age"] = table["age"].to_numpy("float32")
    out["cause"] = pd.Categorical(table["cause"], categories=list(CAUSES)).codes
    out["nationality"] = pd.factorize(table["nationality"].astype(object).str.casefold().str[:5], sort=True)[0]
    out["country"] = pd.Categorical(table["country"], categories=list(COUNTRIES)).codes
    usable = table["date_precision"].eq("day") & table["date"].notna() & out["lat"].notna() & ~table["flags"].str.contains("cumulative|date_is_range")
    usable = np.flatnonzero(usable.to_numpy(dtype=bool))
    return out.take(usable[np.argsort(out["record_id"].to_numpy()[usable], kind="stable")]).reset_index(drop=True)


def _words(values):
    """Values as objects, equal ones shared, missing ones None."""
    codes, words = pd.factorize(values)
    return np.append(np.asarray(words, dtype=object), None)[codes]


def _points(table):
    """Longitudes and latitudes, null where the flags say that the point is none."""
    bad = table["flags"].str.contains("point_is_null_island|point_far_outside").to_numpy(dtype=bool)
    lon, lat = table["lon"].to_numpy("float64", na_value=np.nan), table["lat"].to_numpy("float64", na_value=np.nan)
    missing = bad | np.isnan(lon) | np.isnan(lat)
    return np.where(missing, np.nan, lon), np.where(missing, np.nan, lat)


def _sex(table, n_persons):
    """Code the sex (0 unknown, 1 female, 2 male); of an event with several dead only where all are of one sex."""
    stated = table["sex"].map({"female": 1, "male": 2}).astype("float64")
    women, men = table["n_female"].fillna(0), table["n_male"].fillna(0)
    counted = np.select([(women >= n_persons) & (men == 0), (men >= n_persons) & (women == 0)], [1.0, 2.0], 0.0)
    return np.where(stated.notna(), stated.fillna(0), counted).astype("int8")


def _place_by_area(out, table):
    """Give a record without a point the centre and radius of its county (or of its upstream's points), learned from the records that have both."""
    county, state = (pd.Series(_words(table[c]), dtype=object) for c in ("county", "state"))
    county = county.str.casefold()
    for key in (county + "|" + state.fillna(""), county, out["upstream"]):
        area = pd.Series(pd.factorize(key)[0], index=out.index)
        known = out[out["lat"].notna() & (out["radius_km"] == 0) & (area >= 0)]
        groups = known.groupby(area[known.index])
        centre = groups[["lon", "lat"]].median()
        place = centre.loc[area[known.index]]
        away = pd.Series(haversine_km(known["lon"], known["lat"], place["lon"], place["lat"]), index=known.index)
        centre["radius_km"] = away.groupby(area[known.index]).quantile(0.9).clip(lower=5.0)
        centre = centre[(centre["radius_km"] <= AREA_BLOCK[0] / 1.5) & (groups.size() >= 5)]
        gap = out["lat"].isna() & area.isin(centre.index)
        out.loc[gap, ["lon", "lat", "radius_km"]] = centre.loc[area[gap], ["lon", "lat", "radius_km"]].to_numpy()


def haversine_km(lon_a, lat_a, lon_b, lat_b) -> np.ndarray:
    """Great-circle distance in km between points in degrees.

    Examples
    --------
    >>> round(float(haversine_km(-111.0, 31.0, -111.0, 32.0)), 2)
    111.19
    """
    lon_a, lat_a, lon_b, lat_b = (np.deg2rad(np.asarray(v, dtype="float64")) for v in (lon_a, lat_a, lon_b, lat_b))
    h = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(h, 1.0)))


def candidates(a: pd.DataFrame, b: pd.DataFrame, is_within: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return positions in `a` and `b` of the pairs near enough in space and time to be compared.

    Where the lists are so dense that a block would hold more than a few pairs per record, the block shrinks (in km and days alike).

    Parameters
    ----------
    a, b : DataFrame from `prepare`, one list each
    is_within : `a` and `b` are one list, whose records are compared where their upstreams differ
    """
    if is_within:
        fewer = a["upstream"].to_numpy() != a["upstream"].mode().get(0)
        key = _near(a, b, fewer, BLOCKS_WITHIN)
        one, other = key // len(b), key % len(b)
        key = np.sort(np.minimum(one, other) * len(b) + np.maximum(one, other))
    else:
        key = np.sort(_near(a, b, np.ones(len(a), dtype=bool), BLOCKS))
    key = key[np.concatenate([[True], key[1:] != key[:-1]])] if len(key) else key
    i, j = (key // max(len(b), 1)).astype("int32"), (key % max(len(b), 1)).astype("int32")
    keep = a["kind"].to_numpy()[i] == b["kind"].to_numpy()[j]
    if is_within:
        up_i, up_j = a["upstream"].to_numpy()[i], a["upstream"].to_numpy()[j]
        keep &= (i < j) & (up_i != up_j) & ~pd.isna(up_i) & ~pd.isna(up_j)
    days = np.abs(a["day"].to_numpy()[i] - b["day"].to_numpy()[j])
    keep &= (days <= INDEPENDENT_DAYS) | (a["upstream"].to_numpy()[i] == b["upstream"].to_numpy()[j])
    radius = a["radius_km"].to_numpy()[i] + b["radius_km"].to_numpy()[j]
    away = np.hypot(a["x"].to_numpy()[i] - b["x"].to_numpy()[j], a["y"].to_numpy()[i] - b["y"].to_numpy()[j])
    keep &= (radius == 0) | (away <= 1.5 * radius)
    return i[keep], j[keep]


def _near(a, b, some, blocks):
    """Keys of the pairs in any block; of a only some records take part. A record that an area stands for is compared in a block of its own."""
    point_a, point_b = (t["radius_km"].to_numpy() == 0 for t in (a, b))
    keys = [_block(a, b, np.flatnonzero(point_a & some), np.flatnonzero(point_b), block) for block in blocks]
    keys.append(_block(a, b, np.flatnonzero(~point_a & some), np.arange(len(b)), AREA_BLOCK))
    keys.append(_block(a, b, np.flatnonzero(point_a & some), np.flatnonzero(~point_b), AREA_BLOCK))
    return np.concatenate(keys)


def _block(a, b, rows_a, rows_b, block):
    """Keys (position in a times length of b plus position in b) of the pairs in one box of space and time."""
    from scipy.spatial import cKDTree

    km, days = block
    rows_a, rows_b = _near_in_time(a, rows_a, b, rows_b, days), _near_in_time(b, rows_b, a, rows_a, days)
    if not len(rows_a) or not len(rows_b):
        return np.empty(0, dtype="int64")
    limit = max(200_000, PAIRS_PER_RECORD * (len(a) + len(b)))
    some = rows_a[:: max(1, len(rows_a) // 500)]
    for _ in range(4):
        scale = km / (days + 0.5)
        tree_b = cKDTree(_space_time(b, rows_b, scale), balanced_tree=False)
        size = tree_b.query_ball_point(_space_time(a, some, scale), km, p=np.inf, return_length=True).sum() * len(rows_a) / len(some)
        if size <= limit:
            break
        shrink = max((limit / size) ** (1 / 3), 0.1)
        km, days = km * shrink, int(days * shrink)
    tree_a = cKDTree(_space_time(a, rows_a, scale), balanced_tree=False)
    found = tree_a.sparse_distance_matrix(tree_b, km, p=np.inf, output_type="ndarray")
    return rows_a[found["i"]].astype("int64") * len(b) + rows_b[found["j"]]


def _near_in_time(table, rows, other, other_rows, days):
    """Rows of the table within so many days of the time that the rows of the other list span."""
    if not len(rows) or not len(other_rows):
        return rows[:0]
    day, span = table["day"].to_numpy()[rows], other["day"].to_numpy()[other_rows]
    return rows[(day >= span.min() - days) & (day <= span.max() + days)]


def _space_time(table, rows, scale):
    return np.column_stack([table["x"].to_numpy()[rows], table["y"].to_numpy()[rows], table["day"].to_numpy()[rows] * scale])


def compare(a: pd.DataFrame, b: pd.DataFrame, i: np.ndarray, j: np.ndarray) -> pd.DataFrame:
    """Return for each candidate pair the distance (km), the days between, and the level of agreement of each field (0 = not comparable).

    Levels: `distance` counts DISTANCE_EDGES_KM, then inside and outside the area of a record that has no point; `days` counts DAY_EDGES; sex, nationality and
    country 1 equal, 2 different; age 1 equal, 2 to 5 within 1, 3, 8 and more years; cause 1 equal, 2 equal but uninformative, 3 related, 4 one uninformative,
    5 contradictory; persons 1 several and equal, 2 different.

    Parameters
    ----------
    a, b : DataFrame from `prepare`
    i, j : positions from `candidates`
    """
    left, right = (lambda c: a[c].to_numpy()[i]), (lambda c: b[c].to_numpy()[j])
    km = haversine_km(left("lon"), left("lat"), right("lon"), right("lat"))
    radius = left("radius_km") + right("radius_km")
    days = right("day") - left("day")
    same_upstream = (left("upstream") == right("upstream")) & ~pd.isna(left("upstream"))
    level = np.minimum(np.searchsorted(DISTANCE_EDGES_KM, km), AREA_LEVEL - 1)
    out = {
        "km": km.astype("float32"),
        "days_apart": days.astype("int32"),
        "is_same_upstream": same_upstream.astype(bool),
        "is_coarse": left("is_coarse") | right("is_coarse"),
        "distance": np.where(radius > 0, AREA_LEVEL + (km > radius), level).astype("uint8"),
        "days": np.searchsorted(DAY_EDGES, days).astype("uint8"),
        "sex": _equal(left("sex"), right("sex"), missing=0),
        "age": _age_level(left("age"), right("age")),
        "cause": CAUSE_LEVEL[left("cause"), right("cause")],
        "nationality": _equal(left("nationality"), right("nationality"), missing=-1),
        "country": _equal(left("country"), right("country"), missing=-1),
        "persons": _persons_level(left("n_persons"), right("n_persons")),
    }
    return pd.DataFrame(out)


def _equal(one, other, missing):
    return np.where((one == missing) | (other == missing), 0, np.where(one == other, 1, 2)).astype("uint8")


def _age_level(one, other):
    gap = np.abs(one - other)
    return np.where(np.isnan(gap), 0, 1 + np.searchsorted([0.5, 1.0, 3.0, 8.0], gap)).astype("uint8")


def _persons_level(one, other):
    return np.where(one != other, 2, (one > 1).astype("uint8")).astype("uint8")


def _cause_levels():
    """Table of agreement of every cause with every other; the last row and column stand for no cause."""
    level = np.zeros((len(CAUSES) + 1, len(CAUSES) + 1), dtype="uint8")
    for i, one in enumerate(CAUSES):
        for j, other in enumerate(CAUSES):
            if one == other:
                level[i, j] = 2 if one in UNINFORMATIVE else 1
            elif one in UNINFORMATIVE or other in UNINFORMATIVE:
                level[i, j] = 4
            else:
                level[i, j] = 3 if any({one, other} <= family for family in FAMILIES) else 5
    return level


CAUSE_LEVEL = _cause_levels()
