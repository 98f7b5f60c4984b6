"""How far the points of each source lie from those of a better placed, independent list: the numbers behind data/hand/precision_defaults.csv.

    python scripts/measure_precision.py ../shared/data

Two records may be of one person if their days agree within a window, their sexes do not contradict each other and, where both state it, their ages
agree within a year. Pairs that meet by chance are taken away: the same count with one list moved by 20 to 70 days, averaged. What remains, up to
50 km, is the distribution of the distance between two reports of one person: an upper bound of the error of the list, since the reference errs too.
A list that republishes another is judged by the precision that the other states for the very same day and point; the Imperial County coroner's by
how far from a canal the drowned lie; a coordinate that stands for an office by how far from it the well placed rows lie.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from bsi import pipeline, workspace

FARTHEST_M = 50_000
SHIFTS = (-70, -60, -50, -40, -30, -20, 20, 30, 40, 50, 60, 70)
LEVELS = (0.5, 0.75, 0.9)
FEWEST = 8
OFFICE = (-110.928097, 32.175119)  # Pima County examiner: the coordinate of 60 rows
IOM_GROUPS = {
    "examiners": r".*_me|me_other|nm_omi|.*coroner",
    "sheriffs_counties": r".*_sheriff|.*_county|sheriff_other|texas_counties",
    "usbp": "usbp",
    "pcome": "pcome",
}


def usable(records: pd.DataFrame) -> pd.DataFrame:
    """Return deaths of one person with a day and a point."""
    one = records["n_dead"].isna() | (records["n_dead"] == 1)
    kept = records[
        one & (records["kind"] == "death") & (records["date_precision"] == "day") & records["lon"].notna() & ~records["flags"].str.contains("far_|null_")
    ]
    return kept[["record_id", "source", "upstream", "date", "lon", "lat", "sex", "age", "location_precision_m", "is_precision_stated"]]


def distances(a: pd.DataFrame, b: pd.DataFrame, window: int, shift: int = 0) -> np.ndarray:
    """Return the distances in metres, up to 50 km, between records of two lists that may be of one person, the nearest of each."""
    found = []
    for days in range(-window, window + 1):
        pairs = a.assign(key=a["date"] + pd.Timedelta(days=days + shift)).merge(b.assign(key=b["date"]), on="key", suffixes=("", "_b"))
        sex = (pairs["sex"] == pairs["sex_b"]) | pairs["sex"].isna() | pairs["sex_b"].isna()
        age = ~((pairs["age"] - pairs["age_b"]).abs() > 1)
        found.append(pairs[sex.fillna(True).astype(bool) & age])
    pairs = pd.concat(found)
    east = (pairs["lon"] - pairs["lon_b"]) * np.cos(np.radians(pairs["lat"]))
    pairs["metres"] = 111_320 * np.hypot(east, pairs["lat"] - pairs["lat_b"])
    pairs = pairs[pairs["metres"] <= FARTHEST_M].sort_values(["metres", "record_id", "record_id_b"])
    return pairs.drop_duplicates("record_id").drop_duplicates("record_id_b")["metres"].to_numpy()


def error(a: pd.DataFrame, b: pd.DataFrame, window: int) -> dict:
    """Return the number of true pairs of two lists and the quantiles of their distance, chance taken away."""
    seen = np.sort(distances(a, b, window))
    chance = np.sort(np.concatenate([distances(a, b, window, shift) for shift in SHIFTS]))
    grid = np.unique(np.concatenate([seen, [FARTHEST_M]]))
    excess = np.searchsorted(seen, grid, "right") - np.searchsorted(chance, grid, "right") / len(SHIFTS)
    excess = np.maximum.accumulate(excess)
    n = excess[-1]
    quantiles = {f"p{int(100 * level)}_m": grid[np.searchsorted(excess, level * n)] if n >= 1 else np.nan for level in LEVELS}
    return {"n_seen": len(seen), "n_chance": len(chance) / len(SHIFTS), "n_pairs": n, **quantiles}


def stated(a: pd.DataFrame, b: pd.DataFrame) -> dict:
    """Return the quantiles of the precision that b states for the records that a republishes: same day, within 100 m."""
    pairs = a.merge(b[b["is_precision_stated"].fillna(False).astype(bool)], on="date", suffixes=("", "_b"))
    near = 111_320 * np.hypot(pairs["lon"] - pairs["lon_b"], pairs["lat"] - pairs["lat_b"]) < 100
    metres = pairs[near].drop_duplicates("record_id")["location_precision_m_b"]
    return {"n_seen": len(metres), "n_pairs": len(metres), **{f"p{int(100 * level)}_m": metres.quantile(level, "higher") for level in LEVELS}}


def grouped(records: pd.DataFrame) -> pd.Series:
    """Return upstreams, those of IOM brought together in a few groups."""
    upstream = records["upstream"].fillna("")
    groups = pd.Series("other", index=records.index)
    for name, pattern in reversed(IOM_GROUPS.items()):
        groups = groups.mask(upstream.str.fullmatch(pattern), name)
    return upstream.mask(records["source"] == "iom", groups)


def by_other_means(records: pd.DataFrame, canals: Path) -> pd.DataFrame:
    """Return what is measured without a second list: stated precision by years, drowned persons off a canal, rows off an office."""
    import geopandas as gpd

    rows, deaths = [], usable(records)
    arizona = deaths[deaths["source"] == "humane_borders"]
    for first, last in ((1900, 2009), (2010, 2013), (2014, 2099)):
        part = deaths[(deaths["source"] == "no_more_deaths") & deaths["upstream"].isin(["pcome", "maricopa_me"]) & deaths["date"].dt.year.between(first, last)]
        rows.append({"what": f"no_more_deaths, examiner's rows {first}-{last}, stated by humane_borders", **stated(part, arizona)})
    gps = arizona[(arizona["location_precision_m"] <= 100) & arizona["is_precision_stated"].fillna(False).astype(bool)]
    off = 111_320 * np.hypot((gps["lon"] - OFFICE[0]) * np.cos(np.radians(OFFICE[1])), gps["lat"] - OFFICE[1])
    rows.append({"what": "humane_borders, GPS rows off the examiner's office", **spread(off)})
    if canals.is_file():
        line = gpd.read_file(canals).to_crs(32611).union_all()
        drowned = records[(records["upstream"] == "imperial_coroner") & (records["cause"] == "drowning") & records["lon"].between(-116.2, -114.4)]
        metres = pd.Series(gpd.GeoSeries.from_xy(drowned["lon"], drowned["lat"], crs=4326).to_crs(32611).distance(line).to_numpy(), index=drowned.index)
        rows += [{"what": f"{source}, drowned per the coroner off a canal", **spread(metres[part.index])} for source, part in drowned.groupby("source")]
    return pd.DataFrame(rows).round(1)


def spread(metres: pd.Series) -> dict:
    """Return the number and quantiles of distances."""
    return {"n_pairs": len(metres), **{f"p{int(100 * level)}_m": metres.quantile(level) for level in LEVELS}}


def table(records: pd.DataFrame) -> pd.DataFrame:
    """Return for each source, upstream and reference what was measured."""
    records = usable(records)
    gps = records[
        (records["source"] == "humane_borders") & (records["location_precision_m"] <= 100) & records["is_precision_stated"].fillna(False).astype(bool)
    ]
    patrol = records[records["source"] == "usbp_incidents"]
    offices = records[(records["source"] == "no_more_deaths") & (records["upstream"] != "pcome")]
    references = {"humane_borders GPS": gps, "usbp_incidents": patrol, "no_more_deaths": offices}
    rows = []
    for (source, upstream), part in records.groupby(["source", records["upstream"].fillna("")]):
        for name, reference in references.items():
            other = reference[(reference["source"] != source) & (reference["upstream"].fillna("") != upstream)]
            if len(other) and len(part):
                rows += [{"source": source, "upstream": upstream, "against": name, "window": w, **error(part, other, w)} for w in (0, 3)]
        if source != "humane_borders":
            republished = stated(part, records[records["source"] == "humane_borders"])
            rows.append({"source": source, "upstream": upstream, "against": "stated by humane_borders", **republished})
    found = pd.DataFrame(rows)
    return found[found["n_pairs"] >= FEWEST].round(1)


def main(folder: str) -> None:
    """Print the measurements for a data folder."""
    data = Path(folder)
    records = pipeline.read_files(workspace.newest(workspace.find_raw(data)), data)[0]
    with pd.option_context("display.width", 200, "display.max_rows", 500, "display.max_columns", 20):
        print(by_other_means(records, data / "geo" / "canals_imperial_dwr.geojson").to_string(index=False))
        print(table(records.assign(upstream=grouped(records))).to_string(index=False))


if __name__ == "__main__":
    main(sys.argv[1])
