"""Which stretches of a canal buoy lines would cover: demand along its centre line, places for lines of a stated length, what each reaches.

Distances are metres along the canal. The choice itself is that of `analysis.siting`, on the line instead of the plane: a line of length L that
serves people within r metres reaches whatever lies within L/2 + r of its middle.
"""

from __future__ import annotations

import numpy as np

from bsi.analysis import siting
from bsi.errors import NotEstimable

STEP_M = 250.0  # between places where a line may stand, and between points of demand
SMOOTHING_M = (500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0)


def along(incidents, line, within_m: float = 2_000.0, coarsest_m: float = 2_000.0):
    """Return (metres along a canal of the incidents known well enough and near it, their rows, length of the canal in metres).

    Parameters
    ----------
    incidents : contract INCIDENTS
    line : centre line in EPSG:4326
    within_m, coarsest_m : as in `canal.by_kilometre`
    """
    import geopandas as gpd
    import shapely

    from bsi.analysis.canal import EQUAL_AREA

    flat = gpd.GeoSeries([line], crs="EPSG:4326").to_crs(EQUAL_AREA).iloc[0]
    fine = incidents[incidents["lon"].notna() & incidents["lat"].notna() & (incidents["location_precision_m"] <= coarsest_m).fillna(False)]
    points = gpd.GeoSeries(gpd.points_from_xy(fine["lon"], fine["lat"]), crs="EPSG:4326").to_crs(EQUAL_AREA).to_numpy()
    near = shapely.distance(points, flat) <= within_m + fine["location_precision_m"].to_numpy(float)
    return shapely.line_locate_point(flat, points[near]), fine[near], float(flat.length)


def smoothing(at_m, length_m: float) -> float:
    """Return the width in metres (of `SMOOTHING_M`) that gives each incident the highest likelihood from all the others.

    Parameters
    ----------
    at_m : array, metres along the canal
    length_m : length of the canal

    Raises
    ------
    NotEstimable
        Fewer than ten incidents.
    """
    at = np.asarray(at_m, float)
    if len(at) < 10:
        raise NotEstimable("{n} incidents along the canal have a position that is known well enough; at least ten are needed", n=len(at))
    apart = np.abs(at[:, None] - at[None, :])
    scores = []
    for width in SMOOTHING_M:
        each = np.exp(-0.5 * (apart / width) ** 2) / (width * np.sqrt(2 * np.pi))
        np.fill_diagonal(each, 0.0)
        scores.append(np.log(0.95 * each.sum(axis=1) / (len(at) - 1) + 0.05 / length_m).sum())
    return SMOOTHING_M[int(np.argmax(scores))]


def problem(at_m, length_m: float, line_m: float, reach_m: float) -> dict:
    """Return the problem for `sites.choose` and `sites.score`, with points (metres along the canal, zero) in place of coordinates.

    Parameters
    ----------
    at_m : array, metres along the canal of the incidents the demand is made of, each spread by the width that `smoothing` chooses
    length_m : length of the canal
    line_m : length of a buoy line
    reach_m : how far along the canal from its ends a line serves

    Raises
    ------
    NotEstimable
        As in `smoothing`.
    """
    width = smoothing(at_m, length_m)
    middles = (np.arange(max(1, int(length_m // STEP_M))) + 0.5) * STEP_M
    demand = np.exp(-0.5 * ((middles[:, None] - np.asarray(at_m, float)[None, :]) / width) ** 2).sum(axis=1)
    flat, radius = np.column_stack([middles, np.zeros(len(middles))]), line_m / 2 + reach_m
    return {
        "demand": demand / demand.sum(),
        "candidates": flat,
        "where": flat,
        "covers": siting.coverage(flat, flat, radius),
        "radius_m": radius,
        "width_m": width,
    }
