"""How many records of a list lie near a place and day by chance: what agreement on place and day is weighed against."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.pairs import DISTANCE_EDGES_KM

SHARED_EDGES, LOCAL_EDGES = (0, 1, 2), (18, 21)
BOX_DAYS, SMOOTHING = 90, 0.5


def chance_per_day(a: pd.DataFrame, b: pd.DataFrame, n_own: int = 1) -> np.ndarray:
    """Return how many records of `b` a day lie by chance within each distance edge of each record of `a` (rows a, columns DISTANCE_EDGES_KM).

    The rate is local: records of `b` in boxes of 87 and 450 km and 90 days around the record, smoothed by the rate that place and season alone would give,
    scaled by area to the edge. A shared coordinate (a hospital, a mile post) counts whole at the smallest edges, so that agreement on it is weak evidence.

    Parameters
    ----------
    a, b : DataFrame from `prepare`
    n_own : records left out of the counts: the match itself, and within a list also the record
    """
    share = _share_per_day(a, b)
    rates = np.full((len(a), len(DISTANCE_EDGES_KM)), 1e-9)
    for k in SHARED_EDGES:
        rates[:, k] = np.maximum(rates[:, k], np.maximum(_box_counts(a, b, DISTANCE_EDGES_KM[k]) - n_own, 0) * share)
    for k in LOCAL_EDGES:
        edge = DISTANCE_EDGES_KM[k]
        usual = np.maximum(_box_counts(a, b, edge) - n_own, 0.5) * share
        near = np.maximum(_box_counts(a, b, edge, BOX_DAYS / 3) - n_own, 0) / BOX_DAYS
        local = (near + SMOOTHING * usual) / (1 + SMOOTHING) * np.pi / 9
        rates = np.maximum(rates, local[:, None] * np.minimum((DISTANCE_EDGES_KM / edge) ** 2, 1.0))
    return np.maximum.accumulate(rates, axis=1)


def _share_per_day(a, b):
    """Share of the records of b that fall on one day near each record of a (mean over 91 days)."""
    days, day = np.sort(b["day"].to_numpy()), a["day"].to_numpy()
    n = np.searchsorted(days, day + 45, side="right") - np.searchsorted(days, day - 46, side="right")
    return (n + 1.0) / 91.0 / max(len(days), 1)


def _box_counts(a, b, cell_km, cell_days=None):
    """Records of b in the three by three (by three in time) cells of a grid around each record of a."""
    cells, n = np.unique(_cell(b, cell_km, cell_days), return_counts=True)
    before = np.concatenate([[0], np.cumsum(n)])
    wanted, at = np.unique(_cell(a, cell_km, cell_days), return_inverse=True)
    total = np.zeros(len(wanted))
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1) if cell_days else (0,):
            key = wanted + (dx << 40) + (dy << 16)
            total += before[np.searchsorted(cells, key + 1, side="right")] - before[np.searchsorted(cells, key - 1)]
    return total[at]


def _cell(table, cell_km, cell_days):
    """Number of the cell of each record, such that neighbours in the last dimension (y, or time) have neighbouring numbers."""
    x, y = (np.floor(table[c].to_numpy() / cell_km).astype("int64") for c in ("x", "y"))
    return (x << 40) + (y << 16) + table["day"].to_numpy() // int(cell_days) if cell_days else (x << 40) + y
