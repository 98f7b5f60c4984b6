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
BUOY_LINES = 10
BUOY_LINE_M = 300.0
BUOY_REACH_M = 350.0
PUBLIC_STRETCH_M = 10_000.0  # sites stay out of the public report; it shows how many stand in stretches of ten kilometres


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


def buoy_plan(register, k: int = BUOY_LINES, line_m: float = BUOY_LINE_M, reach_m: float = BUOY_REACH_M) -> dict:
    """Return where k more buoy lines along the All-American Canal would be nearest to expected drownings, and how such plans did.

    Lines that stand already are not left out of the demand: where they stand is not in the data. The plan is made from all years, its scores
    from the first half of the drownings on the years after.

    Parameters
    ----------
    k : number of lines
    line_m, reach_m : length of a line, and how far along the canal from its ends it serves (metres)

    Returns
    -------
    dict: stretches (DataFrame: km_from, km_to, n_lines, share of expected drownings; stretches of ten kilometres), share (within reach of the plan),
    greedy_share, gap, method (as in `siting.choose_sites`), k, line_m, reach_m, n (drownings), scores (`sites.score` on the years after `cut`), cut, width_m

    Raises
    ------
    NotEstimable
        As in `buoys.problem`, or the years after `cut` hold no drowning.
    InputError
        k is below one or above the number of places.
    """
    from bsi import selections
    from bsi.analysis import buoys, siting
    from bsi.selections_spatial import canal_line

    rows = selections.in_zone(register, Choices(None, None, "canal_aac", "drowning"))
    rows = rows[rows["date"].notna() & ~rows["is_cumulative"].fillna(False).astype(bool)]
    at, rows, length = buoys.along(rows, canal_line(register))
    problem = buoys.problem(at, length, line_m, reach_m)
    covers, demand, middles = problem["covers"], problem["demand"], problem["where"][:, 0]
    found = siting.choose_sites(covers, demand, k)
    edges = np.append(np.arange(0, length, PUBLIC_STRETCH_M), length)
    stretches = pd.DataFrame({"km_from": edges[:-1] / 1000, "km_to": edges[1:] / 1000})
    stretches["n_lines"], stretches["share"] = np.histogram(middles[found["chosen"]], edges)[0], np.histogram(middles, edges, weights=demand)[0]
    scores, cut = _buoy_scores(at, rows["date"].dt.year.to_numpy(), length, (k, line_m, reach_m))
    greedy = siting.covered(covers, demand, siting.greedy_sites(covers, demand, k))
    asked = {"k": k, "line_m": line_m, "reach_m": reach_m, "n": len(at), "cut": cut, "width_m": problem["width_m"]}
    return {**{key: found[key] for key in ("share", "gap", "method")}, "greedy_share": greedy, "stretches": stretches, "scores": scores, **asked}


def _buoy_scores(at, year, length: float, plan: tuple) -> tuple[pd.DataFrame, int]:
    """Return how lines chosen on the years up to a cut met the drownings of the years after it, and the cut."""
    from bsi.analysis import buoys, sites

    (k, line_m, reach_m), cut = plan, int(np.median(year))
    later = pd.DataFrame({"year": year, "x_m": at, "y_m": 0.0})[year > cut]
    if later.empty:
        raise NotEstimable("too few years have incidents with a good position to choose sites and score them on later years")
    problem = buoys.problem(at[year <= cut], length, line_m, reach_m)
    newest = np.histogram(at[year == cut], np.append(problem["where"][:, 0] - buoys.STEP_M / 2, length))[0]
    return sites.score(problem, [k], later, problem["radius_m"], newest), cut
