"""Empirical-Bayes rates of a whole table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable

PER = 100_000


def smooth(counts: pd.Series, exposure: pd.Series) -> pd.DataFrame:
    """Return empirical-Bayes rates of a whole table: each cell drawn towards the table's mean by how little it holds.

    Gamma-Poisson model; its mean and variance by maximum marginal (negative binomial) likelihood (Clayton, Kaldor 1987). Never for chosen cells only.

    Parameters
    ----------
    counts : events of each cell
    exposure : exposure of each cell, above zero

    Returns
    -------
    DataFrame with the index of counts: rate, smoothed, low, high (95 % posterior), weight (of the cell's own rate), all per 100,000 but the weight. Where
    the cells vary no more than chance, every smoothed rate is the common one.

    Raises
    ------
    NotEstimable
        Fewer than five cells, an exposure that is not above zero, or no event at all.
    """
    from scipy.optimize import minimize
    from scipy.special import gammaln
    from scipy.stats import gamma

    n, e = np.asarray(counts, dtype="float64"), np.asarray(exposure, dtype="float64")
    if len(n) < 5:
        raise NotEstimable("smoothing needs a table of at least five cells; there are {n}", n=len(n))
    if not (e > 0).all() or not n.sum() > 0:
        raise NotEstimable("smoothing needs exposures above zero and at least one event")
    common = n.sum() / e.sum()

    def loss(theta):
        mean, shape = common * np.exp(theta[0]), np.exp(theta[1])
        mu = e * mean
        return -(gammaln(n + shape) - gammaln(shape) + shape * np.log(shape / (shape + mu)) + n * np.log(mu / (shape + mu))).sum()

    start = min(([0.0, a] for a in (-2.0, 0.0, 2.0, 5.0)), key=loss)
    best = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 4000})
    shape = np.exp(min(best.x[1], 16.0))
    scale = shape / (common * np.exp(best.x[0]))
    low, high = gamma.ppf([[0.025], [0.975]], n + shape, scale=1 / (e + scale))
    table = {"rate": n / e, "smoothed": (n + shape) / (e + scale), "low": low, "high": high}
    return pd.DataFrame({k: v * PER for k, v in table.items()}, index=counts.index).assign(weight=e / (e + scale))
