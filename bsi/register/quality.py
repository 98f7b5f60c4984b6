"""What is suspect in a record, how precise its place is, and how complete each field of each source is."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd

from bsi.contracts import FLAGS, QUALITY, RECORDS
from bsi.errors import InputError
from bsi.schema import conform

EARLIEST = pd.Timestamp(1980, 1, 1)
FAR_KM = 500
SHARED_BY, SHARED_DAYS = 10, 5
OUTLINE_TOLERANCE_M = 1_000  # the outlines of base.gpkg are generalised
UNKNOWN_PRECISION_M = 15_000  # the widest class that any source states
METRIC = "EPSG:5070"  # Albers equal area, NAD 83: distances between 25 and 40 degrees north good to 1 %
YEAR = re.compile(r"(\d{4})?")
EARTH_KM = 6371.0
DEGREE_M = 111_320.0
DEFAULTS = ["source", "upstream", "flag", "first_year", "last_year", "precision_m", "n_pairs", "p50_m", "p75_m", "p90_m", "how", "by", "on", "why"]
CONCERNS = {
    "date": ("date_after_vintage", "date_before_1980", "date_conflicts_year", "date_unreadable", "date_is_range"),
    "lon": ("point_is_null_island", "point_far_outside", "point_unreadable", "point_sign_restored", "point_swapped", "point_shared", "moved_before_death"),
    "county": ("county_contradicts_point",),
    "state": ("state_contradicts_point",),
    "age": ("age_implausible", "age_unreadable"),
    "n_dead": ("count_conflict", "count_unreadable", "cumulative", "split"),
    "cause": ("cause_unmatched",),
    "upstream": ("upstream_unmatched",),
    "route": ("route_is_other",),
    "record_id": ("duplicate_row",),
}
NOT_FIELDS = ("source", "vintage", "file", "row", "lat", "date_raw", "is_precision_stated", "date_precision", "flags")


def load_defaults(path) -> pd.DataFrame:
    """Return the table of default precisions that a person keeps in data/hand/precision_defaults.csv; the first row that fits a record decides.

    Columns: `source` and `upstream` (regular expressions on the whole key), `flag` (one the record carries), `first_year` and `last_year` of its date,
    each blank where anything fits; `precision_m`; what was measured (`n_pairs`, `p50_m`, `p75_m`, `p90_m`, `how`); and `by`, `on`, `why`.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or a cell cannot be used; the sentence names the line.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError("there is no such file", str(path), "Restore data/hand/precision_defaults.csv from the project.")
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    if missing := [name for name in DEFAULTS if name not in table]:
        raise InputError(f"the columns {missing} are missing", str(path), f"Give it the columns {', '.join(DEFAULTS)}.")
    metres = pd.to_numeric(table["precision_m"], errors="coerce")
    wrong = table.index[~(metres > 0)]
    if len(wrong):
        raise InputError(f"precision_m {table.loc[wrong[0], 'precision_m']!r} is no positive number", f"{path}, line {wrong[0] + 2}", "Give metres.")
    for column, rule in (("source", _is_pattern), ("upstream", _is_pattern), ("first_year", YEAR.fullmatch), ("last_year", YEAR.fullmatch)):
        wrong = table.index[~table[column].map(rule).astype(bool)]
        if len(wrong):
            text = table.loc[wrong[0], column]
            raise InputError(f"{column} {text!r} is neither blank nor usable", f"{path}, line {wrong[0] + 2}", "Give a regular expression, or a year.")
    if unknown := sorted(set(table["flag"]) - set(FLAGS) - {""}):
        raise InputError(f"{unknown} are no flags", str(path), f"Use one of {', '.join(FLAGS)}.")
    return table.assign(precision_m=metres)


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def estimate_precision(records: pd.DataFrame, defaults: pd.DataFrame) -> pd.DataFrame:
    """Return records in which every point has a precision: the source's own where it states one, else a default, marked as not stated.

    The default is that of the first row of `defaults` that fits, but never finer than the last decimal with which the coordinates are given,
    nor than a precision the reader set without marking it as stated (from the text, where zeros at the end still stand).
    A record whose point ten or more records of its source share, on five or more days, counts as carrying the flag `point_shared`.

    Parameters
    ----------
    records : DataFrame in the `records` contract
    defaults : DataFrame as from load_defaults

    Returns
    -------
    DataFrame in the `records` contract; `location_precision_m` is null only where there is no point

    Raises
    ------
    InputError
        A point of a source fits no row of `defaults`.
    """
    has_point = records["lon"].notna() & records["lat"].notna()
    is_stated = records["is_precision_stated"].fillna(False).astype(bool) & records["location_precision_m"].notna()
    flags = records["flags"].fillna("") + np.where(_shared_on_days(records), ";point_shared", "")
    upstreams, years = records["upstream"].fillna(""), records["date"].dt.year
    metres = pd.Series(np.nan, index=records.index)
    for rule in defaults.itertuples():
        fits = metres.isna()
        for texts, pattern in ((records["source"], rule.source), (upstreams, rule.upstream)):
            if pattern:
                fits &= texts.str.fullmatch(pattern).astype(bool)
        if rule.flag:
            fits &= flags.str.contains(rf"(?:^|;){rule.flag}(?:;|$)").astype(bool)
        if rule.first_year or rule.last_year:
            fits &= years.between(int(rule.first_year or 0), int(rule.last_year or 9999)).fillna(False).astype(bool)
        metres = metres.mask(fits, rule.precision_m)
    floor = np.fmax(rounding_m(records["lon"], records["lat"]), records["location_precision_m"])
    metres = np.maximum(metres, floor).where(has_point)
    without = has_point & ~is_stated & metres.isna()
    if without.any():
        names = sorted(records.loc[without, "source"].unique())
        raise InputError(f"no default precision fits the points of {names}", "data/hand/precision_defaults.csv", "Add a row with a blank source at its end.")
    return records.assign(
        location_precision_m=records["location_precision_m"].where(is_stated, metres).astype("float64"),
        is_precision_stated=is_stated.astype("boolean").where(has_point),
    )


def rounding_m(lon: pd.Series, lat: pd.Series) -> pd.Series:
    """Return half the diagonal, in metres, of the cell within which a coordinate of so many decimals lies: a bound on its precision.

    The finer of the two coordinates gives the decimals, since a zero at the end is lost.

    Examples
    --------
    >>> rounding_m(pd.Series([-111.0]), pd.Series([32.5])).round().tolist()
    [7281.0]
    """
    decimals = np.maximum(_decimals(lon), _decimals(lat))
    return DEGREE_M * 0.1**decimals / 2 * np.hypot(1, np.cos(np.radians(lat)))


def flag_records(records: pd.DataFrame, boundary, counties, states) -> pd.DataFrame:
    """Return records with the flags that can be told from the table itself added to those the reader has set.

    A point far from the boundary that lies near it once its longitude is west instead of east is put right and flagged: its minus sign was lost.
    A county or state contradicts the point only where the whole disc of precision lies outside its outline (generalised: a tolerance of 1 km);
    a name that no outline bears, such as a municipio's, is not judged.

    Parameters
    ----------
    records : DataFrame in the `records` contract, precision estimated
    boundary : GeoDataFrame, the U.S.-Mexico boundary (EPSG:4326)
    counties, states : GeoDataFrames with `state` (two letters), counties also with `name`

    Returns
    -------
    DataFrame in the `records` contract
    """
    is_east = _lost_sign(records, boundary)
    records = records.assign(lon=records["lon"].mask(is_east, -records["lon"]))
    has_point = records["lon"].notna() & records["lat"].notna()
    is_zero = has_point & (records["lon"] == 0) & (records["lat"] == 0)
    is_far = has_point & ~is_zero & (_km_to_boundary(records, boundary) > FAR_KM)
    near = has_point & ~is_zero & ~is_far
    county = _key(records["county"], records["state"])
    found = {
        "date_after_vintage": records["date"] > records["vintage"],
        "date_before_1980": records["date"] < EARLIEST,
        "point_is_null_island": is_zero,
        "point_far_outside": is_far,
        "point_sign_restored": is_east,
        "point_shared": has_point & _sharing(records),
        "county_contradicts_point": _contradicts(records[near], county[near], counties.set_index(_key(counties["name"], counties["state"]))),
        "state_contradicts_point": _contradicts(records[near], records.loc[near, "state"], states.set_index("state")),
    }
    return records.assign(flags=_merged(records["flags"], found))


def quality_table(records: pd.DataFrame) -> pd.DataFrame:
    """Return for each source and field how many records state it, how many are suspect in it, and its precision or most frequent value.

    Parameters
    ----------
    records : DataFrame in the `records` contract

    Returns
    -------
    DataFrame in the `quality` contract
    """
    rows = []
    fields = [name for name in RECORDS.columns if name not in NOT_FIELDS]
    for source, part in records.groupby("source", sort=True):
        marks = _marks(part["flags"])
        for field in fields:
            n_flagged = int(marks[list(CONCERNS.get(field, ()))].any(axis=1).sum())
            rows.append((source, part["vintage"].max(), field, len(part), int(part[field].notna().sum()), n_flagged, _note(part, field)))
    return conform(pd.DataFrame(rows, columns=list(QUALITY.columns)), QUALITY)


def _note(part: pd.DataFrame, field: str) -> str:
    """Return the precision, range or most frequent value of one field of one source, in words."""
    values = part[field].dropna()
    if values.empty:
        return "never stated"
    if field == "date":
        return ", ".join(f"{name}: {n:,}" for name, n in part["date_precision"].value_counts().items())
    if field in ("lon", "location_precision_m"):
        metres, n = part["location_precision_m"].dropna(), int(part["is_precision_stated"].fillna(False).sum())
        spread = f"; radius in m, median {metres.median():,.0f}, three quarters within {metres.quantile(0.75):,.0f}" if len(metres) else ""
        return f"precision stated: {n:,}{spread}"
    if pd.api.types.is_datetime64_any_dtype(values):
        return f"{values.min():%Y-%m-%d} to {values.max():%Y-%m-%d}"
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return f"{values.min():g} to {values.max():g}, median {values.median():g}"
    counts = values.astype("str").value_counts()
    return f"{len(counts):,} different; most frequent: {counts.index[0][:60]} ({counts.iloc[0]:,})" if counts.iloc[0] > 1 else "every value different"


def _decimals(values: pd.Series) -> np.ndarray:
    """Return the number of decimals that a number needs, up to five."""
    numbers = values.fillna(0).to_numpy(dtype="float64")
    return np.select([np.abs(numbers.round(n) - numbers) < 1e-9 for n in range(5)], range(5), 5)


def _sharing(records: pd.DataFrame) -> pd.Series:
    return records.groupby(["source", "lon", "lat"])["record_id"].transform("size") >= SHARED_BY


def _shared_on_days(records: pd.DataFrame) -> pd.Series:
    """Return whether a point that many records share stands for five days or more, and so for an office or a region and not for one event."""
    return _sharing(records) & (records.groupby(["source", "lon", "lat"])["date"].transform("nunique") >= SHARED_DAYS)


def _lost_sign(records: pd.DataFrame, boundary) -> pd.Series:
    """Return whether a point east of Greenwich would lie near the boundary as far west."""
    is_east = records["lon"] > 0
    is_east[is_east] = _km_to_boundary(records[is_east].assign(lon=-records["lon"]), boundary) <= FAR_KM
    return is_east


def _km_to_boundary(records: pd.DataFrame, boundary) -> np.ndarray:
    """Return the great-circle distance of each point to the boundary, by way of its vertices no more than some 5 km apart."""
    import shapely
    from scipy.spatial import cKDTree

    line = shapely.get_coordinates(shapely.segmentize(boundary.geometry.to_numpy(), 0.05))
    points = np.nan_to_num(records[["lon", "lat"]].to_numpy(dtype="float64"))
    chord, _ = cKDTree(_on_sphere(line)).query(_on_sphere(points))
    return 2 * EARTH_KM * np.arcsin(np.clip(chord / 2, 0, 1))


def _on_sphere(lonlat: np.ndarray) -> np.ndarray:
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _key(names: pd.Series, states: pd.Series) -> pd.Series:
    """Return names of counties as they are compared: with their state, without case, accents, spaces and the word county."""
    letters = {name: unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower() for name in names.dropna().unique()}
    plain = names.map({name: re.sub(r"\bcounty\b|[^a-z]", "", text) for name, text in letters.items()})
    return (states.astype("str") + ":" + plain.astype("str")).where(names.notna() & states.notna())


def _contradicts(records: pd.DataFrame, keys: pd.Series, areas) -> pd.Series:
    """Return whether the disc of each record lies wholly outside the area that its key names; False where no area bears the key."""
    import geopandas as gpd
    import shapely

    outlines = areas.geometry[~areas.index.duplicated()]
    lon, lat = records["lon"].to_numpy(), records["lat"].to_numpy()
    place = outlines.index.get_indexer(keys.fillna(""))
    is_outside = place >= 0
    for i in np.unique(place[is_outside]):
        rows = np.flatnonzero(place == i)
        shapely.prepare(outlines.iloc[i])
        is_outside[rows] = ~shapely.contains_xy(outlines.iloc[i], lon[rows], lat[rows])
    points = gpd.GeoSeries(gpd.points_from_xy(lon[is_outside], lat[is_outside], crs="EPSG:4326")).to_crs(METRIC)
    distance = points.distance(gpd.GeoSeries(outlines.to_numpy()[place[is_outside]], crs=outlines.crs).to_crs(METRIC)).to_numpy()
    radius = records["location_precision_m"].fillna(UNKNOWN_PRECISION_M).to_numpy()[is_outside]
    is_outside[is_outside] = distance > radius + OUTLINE_TOLERANCE_M
    return pd.Series(is_outside, index=records.index)


def _marks(flags: pd.Series) -> pd.DataFrame:
    """Return one column of booleans a flag."""
    codes, unique = pd.factorize(flags.fillna(""))
    rows = [[name in text.split(";") for name in FLAGS] for text in unique]
    return pd.DataFrame(np.array(rows, dtype=bool).reshape(len(unique), len(FLAGS))[codes], index=flags.index, columns=list(FLAGS))


def _merged(flags: pd.Series, found: dict[str, pd.Series]) -> pd.Series:
    """Return the flags of each record with those found added, each once, in the order of the contract."""
    marks = _marks(flags)
    for name, hits in found.items():
        marks[name] |= hits.reindex(flags.index, fill_value=False).fillna(False).astype(bool)
    names, rows = np.array(list(FLAGS)), marks.to_numpy()
    texts = np.full(len(marks), "", dtype="object")
    for i in np.flatnonzero(rows.any(axis=1)):
        texts[i] = ";".join(names[rows[i]])
    return pd.Series(texts, index=flags.index, dtype="str")
