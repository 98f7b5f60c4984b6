"""Does a hot-spot map help? Maps fitted on the years up to t are scored on the incidents of t + 1.

Measures: hit rate and prediction accuracy index at a share of the area (Chainey S, Tompson L, Uhlig S 2008, Security Journal 21:4); mean log
score of the next year's incidents under each map read as a probability. Cells that tie are taken in expectation, never by chance.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable

SHARES = (0.01, 0.02, 0.05, 0.10)
MEASURES = ("hit_rate_1", "hit_rate_2", "hit_rate_5", "hit_rate_10", "pai_5", "log_score")
LEAST_YEARS = 5  # fewer years, resampled, give no interval
NEAR = 0.01  # maps whose share lies this near the highest are told apart by their log score
FLOOR = 0.05  # share of each map's probability spread evenly, so that a death where none was before is not impossible


def hit_rate(score: np.ndarray, inside: np.ndarray, test: np.ndarray, share: float) -> float:
    """Return the share of the test incidents in the highest-scored cells that make up a share of the window's area.

    Parameters
    ----------
    score : array (rows, columns), higher is hotter; any monotone scale
    inside : array of bool, cells of the window
    test : array (rows, columns), incidents of the test year in each cell
    share : share of the window's area, 0 to 1

    Examples
    --------
    >>> hit_rate(np.array([[3.0, 1.0], [1.0, 0.0]]), np.ones((2, 2), bool), np.array([[2, 0], [2, 0]]), 0.5)
    0.75
    """
    values, hits = score[inside].astype(float), test[inside].astype(float)
    order = np.argsort(-values, kind="stable")
    values, hits = values[order], hits[order]
    budget, total = share * len(values), hits.sum()
    if total == 0:
        return np.nan
    cut = values[min(int(np.ceil(budget)), len(values)) - 1]
    above, tied = values > cut, values == cut
    part = (budget - above.sum()) / tied.sum()
    return float((hits[above].sum() + part * hits[tied].sum()) / total)


def log_score(score: np.ndarray, inside: np.ndarray, test: np.ndarray) -> float:
    """Return the mean log probability of the test incidents' cells, with a floor spread evenly over the window.

    Parameters
    ----------
    score : array (rows, columns), non-negative; made a probability by its sum
    inside, test : as in `hit_rate`
    """
    values, hits = np.maximum(score[inside].astype(float), 0.0), test[inside].astype(float)
    even = np.full(len(values), 1 / len(values))
    p = even if values.sum() == 0 else (1 - FLOOR) * values / values.sum() + FLOOR * even
    return float((hits * np.log(p)).sum() / hits.sum()) if hits.sum() else np.nan


def forward(counts: Mapping[int, np.ndarray], inside: np.ndarray, makers: Mapping[str, object], first_year: int) -> pd.DataFrame:
    """Score every map maker on every year from `first_year` on, fitted on the years before it only.

    Parameters
    ----------
    counts : year -> array (rows, columns) of incidents a cell
    inside : array of bool, cells of the window
    makers : name -> function of the last training year that returns a score array; it must use data up to that year only
    first_year : first test year

    Returns
    -------
    DataFrame: method, year, n_test, and for each share of the area hit_rate_1, pai_1 ...; log_score

    Raises
    ------
    NotEstimable
        No test year has an incident in the window.
    """
    rows = []
    for year in sorted(y for y in counts if y >= first_year):
        n = int(counts[year][inside].sum())
        if n == 0:
            continue
        for name, maker in makers.items():
            score = np.nan_to_num(maker(year - 1), nan=0.0)
            row = {"method": name, "year": year, "n_test": n, "log_score": log_score(score, inside, counts[year])}
            for share in SHARES:
                rate = hit_rate(score, inside, counts[year], share)
                row |= {f"hit_rate_{share * 100:.0f}": rate, f"pai_{share * 100:.0f}": rate / share}
            rows.append(row)
    if not rows:
        raise NotEstimable("no year from {year} on has an incident with a position in the window", year=first_year)
    return pd.DataFrame(rows)


def compare(scores: pd.DataFrame, baseline: str, measure: str = "hit_rate_5", replicates: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Return each method's mean of a measure over the test years and its difference to a baseline, years resampled for intervals.

    Parameters
    ----------
    scores : from `forward`
    baseline : method to compare with, e.g. "last year's counts"
    measure : column of scores, higher is better; years weigh as their incidents
    replicates, seed : of the bootstrap over years

    Returns
    -------
    DataFrame, best first: method, mean, low, high, difference, difference_low, difference_high, is_better (the interval of the difference lies above zero)
    """
    wide, weight = scores.pivot(index="year", columns="method", values=measure), scores.groupby("year")["n_test"].first().to_numpy(float)
    draws = np.random.default_rng(seed).integers(0, len(wide), (replicates, len(wide)))
    w = weight[draws]
    rows = []
    for name in wide.columns:
        mine, base = wide[name].to_numpy(), wide[baseline].to_numpy()
        means = (mine[draws] * w).sum(axis=1) / w.sum(axis=1)
        gaps = ((mine - base)[draws] * w).sum(axis=1) / w.sum(axis=1)
        row = {"method": name, "mean": np.average(mine, weights=weight), "difference": np.average(mine - base, weights=weight)}
        row["low"], row["high"] = np.quantile(means, [0.025, 0.975])
        row["difference_low"], row["difference_high"] = np.quantile(gaps, [0.025, 0.975])
        rows.append(row | {"is_better": bool(row["difference_low"] > 0)})
    columns = ["method", "mean", "low", "high", "difference", "difference_low", "difference_high", "is_better"]
    return pd.DataFrame(rows)[columns].sort_values(["mean", "method"], ascending=[False, True], ignore_index=True)


def answer(scores: pd.DataFrame, last: str = "last_year", even: str = "uniform") -> pd.DataFrame:
    """Return every measure compared with last year's counts, the map that is best, and the plain answer to "does a hot-spot map help?".

    The measure is the share of the next year's incidents in the hottest 5 % of the area. A map is better where the interval of its difference to last
    year's counts lies above zero, and so does that to an even map; of those near the highest the best has the highest log score. Without one, last
    year's counts are the best.

    Parameters
    ----------
    scores : from `forward`, with the methods named by `last` and `even`

    Returns
    -------
    DataFrame: measure, the columns of `compare` (differences are to last year's counts), is_best (a row of each measure), answer (the same in every
    row: "yes", a map is better; "no_better", last year's counts beat an even map and no map beats them; "no")

    Raises
    ------
    NotEstimable
        Fewer test years than intervals need.
    """
    n_years = scores["year"].nunique()
    if n_years < LEAST_YEARS:
        raise NotEstimable("maps are compared over at least {least} years with incidents to score; there are {n}", least=LEAST_YEARS, n=n_years)
    tables = {m: compare(scores, last, m).set_index("method") for m in MEASURES}
    hits, beyond_even = tables["hit_rate_5"], compare(scores, even).set_index("method")["is_better"]
    better = hits[hits["is_better"] & beyond_even.reindex(hits.index)]
    near = better[better["mean"] >= better["mean"].max() - NEAR]
    best = tables["log_score"].loc[near.index, "mean"].idxmax() if len(near) else last
    word = "yes" if len(better) else "no_better" if beyond_even[last] else "no"
    table = pd.concat([t.reset_index().assign(measure=m) for m, t in tables.items()], ignore_index=True)
    return table.assign(is_best=table["method"].eq(best), answer=word)
