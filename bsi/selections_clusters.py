"""What clusters are made of: near repeats in windows of three years, and the largest group with what a scan makes of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable
from bsi.selections import Choices
from bsi.selections_density import ROUGH_M
from bsi.selections_spatial import REPLICATES, as_events, last_complete, window_of

WINDOW_YEARS = 3  # routes shift: over longer windows that alone makes pairs near in space and time
NEAR_M, NEAR_DAYS = 2_000.0, 7
WINDOWS, SHUFFLES = 8, 399


def knox_table(register, choices: Choices) -> pd.DataFrame:
    """Return the Knox test in windows of three years, counting people singly and events (people found together) once.

    Returns
    -------
    DataFrame: years, unit (people, events), n, n_pairs (within two kilometres and seven days), n_same_day (of those), n_expected, ratio, p; a window with too
    few incidents has no row.

    Raises
    ------
    NotEstimable
        As in `window_of`, or no window can be tested.
    """
    from bsi.analysis import clusters

    points, _, _, _ = window_of(register, choices)
    last, rows = last_complete(points), []
    for end in range(last, last - WINDOWS * WINDOW_YEARS, -WINDOW_YEARS):
        part = points[points["year"].between(end - WINDOW_YEARS + 1, end)]
        for unit, table in (("people", part), ("events", as_events(part) if len(part) else part)):
            day = table["date"].astype("datetime64[s]").astype("int64") / 86_400
            try:
                found = clusters.knox(table["x_m"], table["y_m"], day, NEAR_M, NEAR_DAYS, range(SHUFFLES))
            except NotEstimable:
                continue
            rows.append({"years": f"{end - WINDOW_YEARS + 1}–{end}", "unit": unit, **found})
    if not rows:
        raise NotEstimable("no window of three years holds enough incidents near one another")
    return pd.DataFrame(rows).sort_values(["years", "unit"], ignore_index=True)


def largest_group(register, choices: Choices, replicates: int = REPLICATES) -> pd.DataFrame:
    """Return the year of the largest group found together, and the best cluster of that year when people and when events are scanned.

    Returns
    -------
    DataFrame: unit (people, incidents), year, n_group (people of the largest event of the year), n_cases, n_observed, n_expected, p_gumbel, n_of_group
    (people of that event who lie in the cluster), n_people, n_events and n_days (that the cluster is made of)

    Raises
    ------
    NotEstimable
        As in `window_of` and `scan.scan`.
    """
    from bsi.analysis import clusters, scan

    points, _, _, _ = window_of(register, choices, ROUGH_M)
    points = points.assign(event=clusters.events(points["x_m"], points["y_m"], points["date"]))
    sizes = points.groupby("event").size()
    largest = sizes[sizes == sizes.max()].index[-1]
    year = int(points.loc[points["event"] == largest, "year"].iloc[0])
    points = points[points["year"] == year]
    rows = []
    for unit, table in (("people", points), ("incidents", as_events(points))):
        best = scan.scan(table["x_m"].round(), table["y_m"].round(), table["month"], replicates=replicates).iloc[0]
        apart = np.hypot(points["x_m"] - best["center_x_m"], points["y_m"] - best["center_y_m"])
        inside = points[(apart <= best["radius_m"] + 1) & points["month"].between(best["month_from"], best["month_to"])]
        rows.append({"unit": unit, "year": year, "n_group": int(sizes.max()), "n_cases": len(table), "n_observed": int(best["n_observed"]),
                     "n_expected": float(best["n_expected"]), "p_gumbel": float(best["p_gumbel"]), "n_of_group": int((inside["event"] == largest).sum()),
                     "n_people": len(inside), "n_events": int(inside["event"].nunique()), "n_days": int(inside["date"].nunique())})  # fmt: skip
    return pd.DataFrame(rows)


def shown(compute, register, choices: Choices, lang: str) -> pd.DataFrame:
    """Return compute(register, choices), or a table of one sentence that says why it is not to be had."""
    from bsi.selections import reason_text

    try:
        return compute(register, choices)
    except NotEstimable as error:
        return pd.DataFrame({"": [reason_text(error, lang)]})
