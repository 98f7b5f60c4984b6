"""From incidents to maps of where: positions in metres within a window, counts a cell and year, and the ways of making a hot-spot map."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from bsi.analysis import clusters, density
from bsi.errors import NotEstimable

CELL_M = 5_000.0
PRECISE_M = 2_000.0  # an incident known less well than this says nothing of a cell of five kilometres
METHODS = ("uniform", "last_year", "past_3_years", "all_years", "density", "gi_star", "scan")


def metric_crs(geometry) -> str:
    """Return the UTM projection (WGS 84, metres) of the middle of a geometry in degrees.

    Examples
    --------
    >>> import shapely
    >>> metric_crs(shapely.box(-114.8, 30.5, -110.1, 33.4))
    'EPSG:32612'
    """
    west, south, east, north = geometry.bounds
    return f"EPSG:{(32600 if south + north >= 0 else 32700) + int(((west + east) / 2 + 180) // 6) + 1}"


def window(geometry, crs: str):
    """Return a zone's outline (degrees, EPSG:4326) in a projection of metres."""
    import geopandas as gpd

    return gpd.GeoSeries([geometry], crs="EPSG:4326").segmentize(0.05).to_crs(crs).iloc[0]


def placed(incidents: pd.DataFrame, area, crs: str, max_precision_m: float = PRECISE_M) -> pd.DataFrame:
    """Return the incidents whose position lies in the window and is known well enough: one row an incident, metres.

    Parameters
    ----------
    incidents : contract INCIDENTS; running totals are left out
    area : window in `crs`, from `window`
    crs : projection in metres
    max_precision_m : the coarsest precision taken; an unknown precision is not taken

    Returns
    -------
    DataFrame: incident_id, x_m, y_m, precision_m, date, year, month (consecutive number), n_dead, sector. Undated incidents are left out.

    Raises
    ------
    NotEstimable
        No incident has a date and a position in the window that is known so well.
    """
    import shapely
    from pyproj import Transformer

    rows = incidents[incidents["lon"].notna() & incidents["lat"].notna() & incidents["date"].notna() & ~incidents["is_cumulative"].fillna(False).astype(bool)]
    fine = rows[(rows["location_precision_m"] <= max_precision_m).fillna(False).to_numpy(bool)]
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(fine["lon"].to_numpy(float), fine["lat"].to_numpy(float))
    shapely.prepare(area)
    inside = shapely.contains_xy(area, x, y)
    if not inside.any():
        reason = "no incident within the area has a position known to within {km:g} km" if len(rows) else "no incident has both a date and a position"
        raise NotEstimable(reason, **({"km": max_precision_m / 1000} if len(rows) else {}))
    date = fine["date"].dt
    out = fine[["incident_id", "date", "n_dead", "sector"]].assign(
        x_m=x, y_m=y, precision_m=fine["location_precision_m"], year=date.year.astype(int), month=(date.year * 12 + date.month - 1).astype(int)
    )
    return out[inside].sort_values(["date", "incident_id"], ignore_index=True)


def yearly(points: pd.DataFrame, grid: density.Grid, first: int, last: int) -> dict[int, np.ndarray]:
    """Return the number of incidents a cell in each year from first to last.

    Parameters
    ----------
    points : from `placed`
    grid : from `density.grid_over`
    first, last : years; one without an incident is zeros
    """
    by_year = points.groupby("year")
    return {t: density.bin_points(*_xy(by_year, t), grid) for t in range(first, last + 1)}


def _xy(by_year, year: int):
    if year not in by_year.groups:
        return np.array([]), np.array([])
    rows = by_year.get_group(year)
    return rows["x_m"].to_numpy(), rows["y_m"].to_numpy()


def makers(points: pd.DataFrame, grid: density.Grid, counts: dict, find_clusters: Callable | None = None, years: int = 5) -> dict[str, Callable]:
    """Return the ways of making a map for `validation.forward`: each a function of the last training year that looks at nothing later.

    Parameters
    ----------
    points : from `placed`
    grid : cells of the window
    counts : from `yearly`
    find_clusters : function of the training points that returns center_x_m, center_y_m, radius_m, statistic; without it no scan map is made
    years : density, Gi* and scan look this many years back, since routes shift
    """
    zeros = np.zeros(grid.shape)
    known = sorted(counts)

    def sums(first, last):
        return sum((counts[t] for t in known if first <= t <= last), zeros)

    def recent(last):
        return points[points["year"].between(last - years + 1, last)]

    out = {
        "uniform": lambda last: np.ones(grid.shape),
        "last_year": lambda last: sums(last, last),
        "past_3_years": lambda last: sums(last - 2, last),
        "all_years": lambda last: sums(known[0], last),
        "density": lambda last: intensity(recent(last), grid),
        "gi_star": lambda last: _hot_first(sums(last - years + 1, last), grid),
    }
    return out | ({"scan": lambda last: cluster_map(find_clusters, recent(last), grid)} if find_clusters else {})


def intensity(points: pd.DataFrame, grid: density.Grid, bandwidth_m: float | None = None) -> np.ndarray:
    """Return the intensity of the points on the grid; the bandwidth is chosen by cross-validation of these points where none is given.

    Raises
    ------
    NotEstimable
        Too few places to choose a bandwidth.
    """
    x, y, precision = (points[c].to_numpy(float) for c in ("x_m", "y_m", "precision_m"))
    chosen = bandwidth_m or density.choose_bandwidth(x, y, precision)[0]
    return density.density(x, y, precision, chosen, grid)


def _hot_first(values: np.ndarray, grid: density.Grid) -> np.ndarray:
    """Return the z scores of Gi* as a map that is nowhere negative; nothing stands out where none can be had."""
    try:
        return np.nan_to_num(np.maximum(clusters.gi_star(values, grid.inside), 0.0))
    except NotEstimable:
        return np.zeros(grid.shape)


def cluster_map(find_clusters: Callable, points: pd.DataFrame, grid: density.Grid) -> np.ndarray:
    """Return the highest statistic of the clusters that cover each cell (its centre, or whose centre lies in it); zero elsewhere."""
    out = np.zeros(grid.shape)
    try:
        found = find_clusters(points)
    except NotEstimable:
        return out
    x, y = np.meshgrid(*grid.centers)
    for row in found.sort_values("statistic").itertuples():
        reach = max(row.radius_m, grid.cell_m * np.sqrt(0.5))
        out[np.hypot(x - row.center_x_m, y - row.center_y_m) <= reach] = row.statistic
    return out


def draw_positions(points: pd.DataFrame, seed) -> pd.DataFrame:
    """Return the points moved to a place drawn evenly from the disc of their precision; points that share a place and a date move together.

    Parameters
    ----------
    points : from `placed`
    seed : of the draw
    """
    rng = np.random.default_rng(seed)
    group = points.groupby(["x_m", "y_m", "precision_m", "date"], sort=False).ngroup().to_numpy()
    n = group.max() + 1 if len(group) else 0
    radius, angle = np.sqrt(rng.random(n))[group] * points["precision_m"].to_numpy(float), (rng.random(n) * 2 * np.pi)[group]
    return points.assign(x_m=points["x_m"] + radius * np.cos(angle), y_m=points["y_m"] + radius * np.sin(angle))


def to_degrees(x_m, y_m, crs: str) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude (WGS 84) of points in a projection of metres."""
    from pyproj import Transformer

    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(np.asarray(x_m, float), np.asarray(y_m, float))
