"""Density questions asked of a register: the picture at several bandwidths, and where one period or cause lies more than another."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable
from bsi.selections import Choices
from bsi.selections_spatial import TRAINING_YEARS, last_complete, recent, window_of

ROUGH_M = 15_000.0  # the coarsest precision of the lists; each incident is spread by its own
CELL_M = 3_000.0
SHOWN = 6
SPAN_YEARS = 10
CAUSE = "heat"
NOT_KNOWN = ("skeletal", "undetermined", "pending", "mixed")


def bandwidth_strip(register, choices: Choices) -> dict:
    """Return the density of the zone at several bandwidths: cells (x_m, y_m, cell_m, bandwidth_m, rank), scores (bandwidth_m, likelihood, is_best) and numbers.

    The last five complete years (or those chosen) at the bandwidths of highest cross-validated likelihood; `likelihood` is that of an incident
    as a share of the best.

    Raises
    ------
    NotEstimable
        No incident of the choice has a position in the zone, or they stand at fewer than ten places.
    """
    from bsi.analysis import density, hotspots

    points, _, crs, area = window_of(register, choices, ROUGH_M)
    points = points if choices.first_year or choices.last_year else recent(points, TRAINING_YEARS)
    x, y, precision = (points[c].to_numpy(float) for c in ("x_m", "y_m", "precision_m"))
    best, scores = density.choose_bandwidth(x, y, precision)
    table = pd.DataFrame({"bandwidth_m": density.BANDWIDTHS_M, "likelihood": np.exp(scores - scores.max())})
    table = table.nlargest(SHOWN, "likelihood").sort_values("bandwidth_m").assign(is_best=lambda t: t["bandwidth_m"] == best)
    grid = density.grid_over(area, CELL_M)
    rows, columns = np.nonzero(grid.inside)
    east, north = grid.centers
    parts = []
    for h in table["bandwidth_m"]:
        dense = density.density(x, y, precision, h, grid)[rows, columns]
        rank = pd.Series(dense).rank(pct=True, method="max").to_numpy() - 1e-9
        parts.append(pd.DataFrame({"x_m": east[columns], "y_m": north[rows], "cell_m": CELL_M, "bandwidth_m": h, "rank": rank}))
    return {"cells": pd.concat(parts, ignore_index=True), "scores": table.reset_index(drop=True), "crs": crs, "n": len(points),
            "n_rough": int((points["precision_m"] > hotspots.PRECISE_M).sum()), "years": (int(points["year"].min()), int(points["year"].max()))}  # fmt: skip


@functools.lru_cache(maxsize=4)
def ratios(register, choices: Choices) -> dict:
    """Return name -> (table of `relative_risk.compare` with x_m, y_m, cell_m, words of the two groups) for two periods and for a cause against the rest.

    Periods: the last ten complete years against the ten before (with years chosen: their later half against the earlier); the cause: the one chosen,
    else heat, against all other known causes.

    Raises
    ------
    NotEstimable
        Neither comparison can be made; where only one cannot, it is left out.
    """
    from bsi.analysis import relative_risk

    points, grid, crs, _ = window_of(register, Choices(choices.first_year, choices.last_year, choices.zone))
    causes = register.incidents.set_index("incident_id")["cause"].reindex(points["incident_id"]).to_numpy(object)
    points, out, failed = points.assign(cause=causes), {"crs": crs}, None
    for name, (case, control, words) in {"period": _periods(points, choices), "cause": _causes(points, choices)}.items():
        try:
            table = relative_risk.compare(case, control, grid)
        except NotEstimable as error:
            failed = error
            continue
        east, north = grid.centers
        place = {"x_m": east[table["column"]], "y_m": north[table["row"]], "cell_m": grid.cell_m}
        out[name] = (table.assign(**place), {**words, "n_case": len(case), "n_control": len(control)})
    if len(out) == 1:
        raise failed
    return out


def _periods(points: pd.DataFrame, choices: Choices) -> tuple:
    """Return the incidents of the later and the earlier span of years."""
    points = points if not choices.cause else points[points["cause"] == choices.cause]
    if points.empty:
        raise NotEstimable("no incident of the choice has a position that is known well enough")
    last = last_complete(points)
    span = SPAN_YEARS if not (choices.first_year and choices.last_year) else max((last - int(points["year"].min()) + 1) // 2, 1)
    later, earlier = (last - span + 1, last), (last - 2 * span + 1, last - span)
    return *(points[points["year"].between(*years)] for years in (later, earlier)), {"later": later, "earlier": earlier}


def _causes(points: pd.DataFrame, choices: Choices) -> tuple:
    """Return the incidents of the chosen cause and those of the other known ones."""
    cause = choices.cause or CAUSE
    known = points[points["cause"].notna() & ~points["cause"].isin(NOT_KNOWN)]
    is_case = known["cause"] == cause
    years = (int(points["year"].min()), last_complete(points))
    return known[is_case], known[~is_case], {"cause": cause, "years": years}
