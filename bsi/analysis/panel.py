"""Sectors x fiscal years, as GAO asked in 2006: deaths on apprehensions, agents, sector and year effects, with randomisation inference.

Poisson with fixed effects (quasi-likelihood), log(apprehensions) and log(agents). Nine sectors are too few for errors clustered by sector (Cameron, Miller
2015), so the p-value comes from giving each sector another sector's path of agents, taken from its mean (Fisher's randomisation). Rescues are an outcome of
the same effort and no control. Agents are sent where people cross: the coefficient is a description, not an effect of staffing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.analysis.series import newest
from bsi.errors import NotEstimable

COLUMNS = (
    "term", "change_10", "low", "high", "p_value", "p_random", "smallest_10", "dispersion", "n_sectors", "n_years", "first_year", "last_year",
)  # fmt: skip
SEED, MIN_SECTORS, MIN_YEARS = 19980601, 5, 8


def sector_years(published: pd.DataFrame, first: int = 1998, last: int = 2019) -> pd.DataFrame:
    """Return deaths, apprehensions and agents by sector and fiscal year: sector, fiscal_year, deaths, apprehensions, agents.

    Parameters
    ----------
    published : contract PUBLISHED
    first, last : fiscal years

    Raises
    ------
    NotEstimable
        A series is not there, or a cell of the table is empty.
    """
    parts = {}
    for measure in ("deaths", "apprehensions", "agents"):
        rows = published[published["series"].eq(f"usbp_{measure}") & published["area_type"].eq("sector") & published["period_type"].eq("fiscal_year")]
        parts[measure] = newest(rows).assign(fiscal_year=rows["period_end"].dt.year).set_index(["area", "fiscal_year"])["value"]
    table = pd.DataFrame(parts).rename_axis(["sector", "fiscal_year"]).reset_index()
    table = table[table["fiscal_year"].between(first, last)].sort_values(["sector", "fiscal_year"], ignore_index=True)
    if table.empty or table.isna().any().any():
        raise NotEstimable("the panel of sectors and years has empty cells")
    return table


def fit(table: pd.DataFrame, n_permutations: int = 999) -> pd.DataFrame:
    """Return what deaths do as apprehensions and agents differ from their sector's and year's usual.

    Parameters
    ----------
    table : from `sector_years`, balanced
    n_permutations : random exchanges of the sectors' paths of agents

    Returns
    -------
    DataFrame: term (apprehensions, agents), change_10 (ratio of deaths at 10 % more), low, high (95 %, quasi-Poisson), p_value (of the same), p_random
    (randomisation; agents only), smallest_10 (ratio at 10 % more that randomisation would have shown at 80 % power, on the side of fewer deaths), dispersion,
    n_sectors, n_years, first_year, last_year (fiscal)

    Raises
    ------
    NotEstimable
        Fewer than five sectors or eight years, an unbalanced table, or an exposure that is not above zero.
    """
    from scipy.stats import t

    n_sectors, n_years = table["sector"].nunique(), table["fiscal_year"].nunique()
    if n_sectors < MIN_SECTORS or n_years < MIN_YEARS or len(table) != n_sectors * n_years:
        raise NotEstimable("the panel needs at least five sectors and eight years, each sector in each year")
    if not (table[["apprehensions", "agents"]] > 0).all().all():
        raise NotEstimable("apprehensions or agents are zero in some sector and year")
    y, effects = table["deaths"].to_numpy("float64"), _effects(table)
    covariates = np.log(table[["apprehensions", "agents"]].to_numpy("float64"))
    beta, information, mean = _poisson(y, np.column_stack([covariates, effects]))
    freedom = len(y) - len(beta)
    dispersion = ((y - mean) ** 2 / mean).sum() / freedom
    error = np.sqrt(np.diag(np.linalg.inv(information))[:2] * dispersion)
    observed, drawn = _randomised(table, y, covariates, effects, n_permutations)
    p_random = [np.nan, float((1 + (np.abs(drawn) >= abs(observed)).sum()) / (1 + len(drawn)))]
    rows, more = [], np.log(1.1)
    for i, term in enumerate(("apprehensions", "agents")):
        reach = t.ppf(0.975, freedom) * error[i]
        p_value = 2 * t.sf(abs(beta[i]) / error[i], freedom)
        smallest = np.exp(-more * (1.96 + 0.842) * drawn.std()) if term == "agents" else np.nan
        ratios = np.exp(more * np.array([beta[i], beta[i] - reach, beta[i] + reach]))
        rows.append([term, *ratios, p_value, p_random[i], smallest, dispersion, n_sectors, n_years, *table["fiscal_year"].agg(["min", "max"])])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _effects(table: pd.DataFrame) -> np.ndarray:
    sectors = pd.get_dummies(table["sector"], dtype="float64").to_numpy()
    return np.column_stack([sectors, pd.get_dummies(table["fiscal_year"], dtype="float64").to_numpy()[:, 1:]])


def _poisson(y: np.ndarray, design: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    beta = np.linalg.lstsq(design, np.log(y + 0.5), rcond=None)[0]
    for _ in range(60):
        mean = np.exp(np.clip(design @ beta, -30, 30))
        information = (design.T * mean) @ design
        step = np.linalg.solve(information, design.T @ (y - mean))
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    return beta, information, mean


def _randomised(table, y, covariates, effects, n_permutations) -> tuple[float, np.ndarray]:
    """Return the one-step coefficient of agents, as it is and under random exchanges of the sectors' demeaned paths.

    One Newton step from the model without agents (a score statistic): the same statistic for the true and the exchanged paths, all of them at once.
    """
    rng, n_years = np.random.default_rng(SEED), table["fiscal_year"].nunique()
    paths = covariates[:, 1].reshape(-1, n_years)
    level = paths.mean(axis=1, keepdims=True)
    swapped = [(level + (paths - level)[rng.permutation(len(paths))]).ravel() for _ in range(n_permutations)]
    columns = np.column_stack([covariates[:, 1], *swapped])
    others = np.column_stack([covariates[:, 0], effects])
    _, information, mean = _poisson(y, others)
    free = columns - others @ np.linalg.solve(information, (others.T * mean) @ columns)
    steps = free.T @ (y - mean) / ((free**2).T @ mean)
    return float(steps[0]), steps[1:]


def variants(table: pd.DataFrame, n_permutations: int = 999) -> pd.DataFrame:
    """Return the row of agents under other choices: without Tucson (its counting rule changed in 2005), without Big Bend, agents of the year before, from 2006.

    Parameters
    ----------
    table : from `sector_years`
    n_permutations : as in `fit`

    Raises
    ------
    NotEstimable
        As in `fit`.
    """
    lagged = table.assign(agents=table.groupby("sector")["agents"].shift(1)).dropna()
    choices = {
        "all": table, "without_tucson": table[table["sector"].ne("TCA")], "without_big_bend": table[table["sector"].ne("BBT")], "agents_year_before": lagged,
        "from_fy2006": table[table["fiscal_year"].ge(2006)],
    }  # fmt: skip
    rows = [fit(part, n_permutations).query("term == 'agents'").assign(variant=name) for name, part in choices.items()]
    return pd.concat(rows, ignore_index=True)
