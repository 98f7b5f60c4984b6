"""Where rescue beacons, water stations or buoy lines would stand nearest to expected deaths: asked of a register, scored on its later years."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable
from bsi.selections import Choices
from bsi.selections_spatial import TRAINING_YEARS, last_complete, recent, window_of

REACH_M = 5_000.0
SPACING_M = 10_000.0
KS = (5, 10, 20, 40)


def siting_problem(points: pd.DataFrame, area, layers: dict | None = None) -> dict:
    """Return demand (intensity of the points on cells of 2.5 km), candidates, what each covers, and what existing sites cover.

    Parameters
    ----------
    points : the incidents the demand is made of
    area : window, metres
    layers : candidates, existing (arrays (n, 2), metres), exclude (polygon), radius_m, spacing_m: what the analyst supplies or changes

    Raises
    ------
    InputError, NotEstimable
        As in `sites.allowed` and `density.choose_bandwidth`.
    """
    from bsi.analysis import density, hotspots, sites, siting

    layers = {"radius_m": REACH_M, "spacing_m": SPACING_M, "exclude": None, "candidates": None, "existing": None, **(layers or {})}
    grid = density.grid_over(area, 2_500.0)
    x, y = np.meshgrid(*grid.centers)
    where = np.column_stack([x[grid.inside], y[grid.inside]])
    if layers["candidates"] is None:
        candidates = sites.candidates_on_grid(area, layers["spacing_m"], layers["exclude"])
    else:
        candidates = sites.allowed(np.asarray(layers["candidates"], float), area, layers["exclude"])
    demand = hotspots.intensity(points, grid)[grid.inside]
    existing = siting.coverage(where, layers["existing"], layers["radius_m"]) if layers["existing"] is not None else None
    if existing is not None:
        demand = np.where(np.asarray(existing.sum(axis=1)).ravel() > 0, 0.0, demand)
    counts = density.bin_points(points["x_m"], points["y_m"], grid)[grid.inside]
    return {"where": where, "demand": demand / demand.sum() if demand.sum() else demand, "candidates": candidates, "counts": counts,
            "covers": siting.coverage(where, candidates, layers["radius_m"]), "radius_m": layers["radius_m"], "grid": grid}  # fmt: skip


def site_scores(register, choices: Choices, ks=KS, horizon: int = 4) -> pd.DataFrame:
    """Return the share of later years' incidents within reach of sites chosen by each way, from four cut-off years, each scored on the next four years.

    Raises
    ------
    NotEstimable
        As in `window_of`.
    """
    from bsi.analysis import density, sites

    points, _, _, area = window_of(register, choices)
    last, parts = last_complete(points), []
    for cut in range(last - 4 * horizon, last, horizon):
        before, later = points[points["year"].between(cut - TRAINING_YEARS + 1, cut)], points[points["year"].between(cut + 1, cut + horizon)]
        if len(before) < 30 or later.empty:
            continue
        problem = siting_problem(before, area)
        final = before[before["year"] == cut]
        newest = density.bin_points(final["x_m"], final["y_m"], problem["grid"])[problem["grid"].inside]
        parts.append(sites.score(problem, ks, later, problem["radius_m"], newest).assign(cut=cut))
    if not parts:
        raise NotEstimable("too few years have incidents with a good position to choose sites and score them on later years")
    return pd.concat(parts, ignore_index=True)


def site_plan(register, choices: Choices, k: int = 20, layers: dict | None = None) -> tuple[pd.DataFrame, dict]:
    """Return k sites for the years to come (name, lon, lat, share of expected deaths within reach) and how they were found.

    Raises
    ------
    InputError, NotEstimable
        As in `siting_problem` and `siting.choose_sites`.
    """
    from bsi.analysis import hotspots, siting

    points, _, crs, area = window_of(register, choices)
    problem = siting_problem(recent(points), area, layers)
    found = siting.choose_sites(problem["covers"], problem["demand"], k)
    xy = problem["candidates"][found["chosen"]]
    share = problem["demand"] @ problem["covers"][:, found["chosen"]]
    lon, lat = hotspots.to_degrees(*xy.T, crs)
    table = pd.DataFrame({"name": [f"{i + 1:02d}" for i in range(k)], "lon": lon, "lat": lat, "x_m": xy[:, 0], "y_m": xy[:, 1], "share": share})
    return table, {**found, "crs": crs, "radius_m": problem["radius_m"], "problem": problem}


def curve(register, choices: Choices, k_max: int = 60, replicates: int = 200) -> pd.DataFrame:
    """Return the share of expected deaths within reach of the best k sites, incidents resampled for intervals.

    Raises
    ------
    NotEstimable
        As in `window_of`.
    """
    from bsi.analysis import density, siting

    points, _, _, area = window_of(register, choices)
    points = recent(points)
    problem = siting_problem(points, area)
    xyp = [points[c].to_numpy(float) for c in ("x_m", "y_m", "precision_m")]
    width = density.choose_bandwidth(*xyp)[0]
    draws = density.bootstrap(*xyp, width, problem["grid"], range(replicates))[:, problem["grid"].inside]
    return siting.coverage_curve(problem["covers"], problem["demand"], draws, min(k_max, len(problem["candidates"]))).assign(n=len(points))


def export_plan(register, choices: Choices, k: int, path, exact: bool = False):
    """Write k planned sites as GeoJSON or GPX, only where `exact` is given, and return the path.

    Raises
    ------
    InputError, NotEstimable
        As in `site_plan` and `sites.write_sites`.
    """
    from bsi.analysis import sites

    return sites.write_sites(site_plan(register, choices, k)[0][["name", "lon", "lat", "share"]], path, exact)
