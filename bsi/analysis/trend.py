"""Trend and level shifts: negative binomial trend with harmonics and residual checks, change points with a stability check."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi import periods
from bsi.analysis.series import check_months
from bsi.errors import NotEstimable

SEED = 20021126
MIN_MONTHS = 36
EVEN = 1e-6  # a gain of squared error that is rounding alone


def trend(months: pd.DataFrame, count: str = "n_dead", exposure: pd.Series | None = None, harmonics: int = 2) -> dict[str, pd.DataFrame]:
    """Return a negative binomial trend with harmonics: yearly change, fitted months, and checks of the residuals.

    log mean = level + slope x years + harmonics of the year (+ log exposure); dispersion by maximum likelihood. The interval holds under
    autocorrelation within a year: jackknife over years (CR3 of Bell, McCaffrey 2002) and Student's t with two degrees of freedom less than there are years.

    Parameters
    ----------
    months : one row a month without gaps, with period_start and the counted column (whole numbers)
    count : name of the counted column
    exposure : exposure of each row, above zero
    harmonics : sine and cosine pairs

    Returns
    -------
    dict of DataFrames: "change" (percent_per_year, low, high, p_value, dispersion, n_months), "fitted" (period_start, n, mean, low, high: the range in
    which 95 % of months should lie), "checks" (check, value, p_value, is_passed)

    Raises
    ------
    NotEstimable
        Fewer than 36 months, a gap, nothing counted, an exposure that is not above zero, or no convergence.
    """
    from scipy.stats import t

    y, design, offset = _design(months, count, exposure, harmonics)
    beta, alpha = fit_nb(y, design, offset)
    mean = np.exp(design @ beta + offset)
    error, freedom = robust_errors(y, design, mean, alpha)
    percent = [100 * np.expm1(beta[1] + q * error[1]) for q in (0, *t.ppf([0.025, 0.975], freedom))]
    p_value = 2 * t.sf(abs(beta[1]) / error[1], freedom)
    change = pd.DataFrame([[*percent, p_value, alpha, len(y)]], columns=["percent_per_year", "low", "high", "p_value", "dispersion", "n_months"])
    low, high = _law(alpha, mean).ppf([[0.025], [0.975]])
    fitted = pd.DataFrame({"period_start": months["period_start"].to_numpy(), "n": y, "mean": mean, "low": low, "high": high})
    return {"change": change, "fitted": fitted, "checks": _checks(y, mean, alpha, design.shape[1])}


def yearly(found: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the fitted months of a trend by fiscal year, with a band that turns the line about its middle by the interval of the change.

    Parameters
    ----------
    found : from `trend`

    Returns
    -------
    DataFrame: period_start, period_end, n, mean, low, high, percent_per_year, percent_low, percent_high
    """
    change = found["change"].iloc[0]
    fiscal = periods.period_start(found["fitted"]["period_start"], "fiscal_year")
    table = found["fitted"].groupby(fiscal)[["n", "mean"]].sum().rename_axis("period_start").reset_index()
    from_middle = np.arange(len(table)) - (len(table) - 1) / 2
    steps = {c: np.log1p(change[c] / 100) for c in ("percent_per_year", "low", "high")}
    ends = [table["mean"] * np.exp((steps[c] - steps["percent_per_year"]) * from_middle) for c in ("low", "high")]
    return table.assign(
        period_end=periods.period_end(table["period_start"], "fiscal_year"), low=np.minimum(*ends), high=np.maximum(*ends),
        percent_per_year=change["percent_per_year"], percent_low=change["low"], percent_high=change["high"],
    )  # fmt: skip


def fit_nb(y: np.ndarray, design: np.ndarray, offset: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the coefficients and the dispersion (0 is Poisson) that maximise the negative binomial likelihood with log link.

    Parameters
    ----------
    y : whole counts
    design : one column a coefficient, the first all ones
    offset : log exposure

    Raises
    ------
    NotEstimable
        The search does not converge.
    """
    from scipy.optimize import minimize_scalar

    beta, alpha = np.r_[np.log(y.sum() / np.exp(offset).sum()), np.zeros(design.shape[1] - 1)], 0.0
    for _ in range(100):
        before = np.r_[beta, alpha]
        beta = _weighted_steps(y, design, offset, beta, alpha)
        mean = np.exp(design @ beta + offset)
        best = minimize_scalar(_loss, args=(y, mean), bounds=(-9, 4), method="bounded", options={"xatol": 1e-9})
        alpha = float(np.exp(best.x)) if best.x > -8.9 else 0.0
        if not np.isfinite(beta).all() or np.abs(beta).max() > 50:
            break
        if np.abs(np.r_[beta, alpha] - before).max() < 1e-7:
            return beta, alpha
    raise NotEstimable("the trend model does not converge on {months} months with {n} counted", months=len(y), n=int(y.sum()))


def _weighted_steps(y, design, offset, beta, alpha) -> np.ndarray:
    for _ in range(50):
        mean = np.exp(np.clip(design @ beta + offset, -50, 50))
        weight = mean / (1 + alpha * mean)
        step = np.linalg.lstsq((design.T * weight) @ design, design.T @ (weight * (y - mean) / mean), rcond=None)[0]
        beta = beta + step * min(1, 5 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < 1e-10:
            break
    return beta


def robust_errors(y: np.ndarray, design: np.ndarray, mean: np.ndarray, alpha: float) -> tuple[np.ndarray, int]:
    """Return standard errors that hold under autocorrelation within a year (jackknife over years, CR3 of Bell, McCaffrey 2002), and the degrees of freedom.

    Parameters
    ----------
    y, design : as in `fit_nb`, one row a month; twelve rows are one block
    mean, alpha : fitted means and dispersion
    """
    weight = mean / (1 + alpha * mean)
    scaled, residual = design * np.sqrt(weight)[:, None], (y - mean) / mean * np.sqrt(weight)
    bread = np.linalg.inv(scaled.T @ scaled)
    scores = []
    for rows in np.array_split(np.arange(len(y)), len(y) // 12):
        block = scaled[rows]
        scores.append(block.T @ np.linalg.solve(np.eye(len(rows)) - block @ bread @ block.T, residual[rows]))
    scores = np.array(scores)
    n_blocks = len(scores)
    return np.sqrt(np.diag(bread @ (scores.T @ scores) @ bread) * (n_blocks - 1) / n_blocks), n_blocks - 2


def _loss(log_alpha: float, y: np.ndarray, mean: np.ndarray) -> float:
    from scipy.special import gammaln

    r = np.exp(-log_alpha)
    return -(gammaln(y + r) - gammaln(r) + r * np.log(r / (r + mean)) + y * np.log(mean / (r + mean))).sum()


def _law(alpha: float, mean: np.ndarray):
    from scipy.stats import nbinom, poisson

    return nbinom(1 / alpha, 1 / (1 + alpha * mean)) if alpha > 1e-7 else poisson(mean)


def _design(months: pd.DataFrame, count: str, exposure: pd.Series | None, harmonics: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    start, y = months["period_start"], months[count].to_numpy(dtype="float64", na_value=np.nan)
    total = int(np.nansum(y))
    if len(y) < MIN_MONTHS or total == 0:
        raise NotEstimable("a trend needs at least {least} months with deaths; there are {months} with {n}", least=MIN_MONTHS, months=len(y), n=total)
    check_months(months, count)
    number = start.dt.year * 12 + start.dt.month
    if (y % 1).any():
        raise NotEstimable("the trend model needs whole counts, not sums of probabilities; use what is certain or what is possible")
    size = np.ones(len(y)) if exposure is None else np.asarray(exposure, dtype="float64")
    if not (size > 0).all():
        raise NotEstimable("the exposure is zero or missing in {n} months", n=int((~(size > 0)).sum()))
    years = ((number - number.mean()) / 12).to_numpy(dtype="float64")
    waves = [f(2 * np.pi * k * start.dt.month.to_numpy() / 12) for k in range(1, harmonics + 1) for f in (np.sin, np.cos)]
    return y, np.column_stack([np.ones(len(y)), years, *waves]), np.log(size)


def _checks(y: np.ndarray, mean: np.ndarray, alpha: float, n_parameters: int) -> pd.DataFrame:
    from scipy.stats import chi2, kstest, norm
    from statsmodels.stats.diagnostic import acorr_ljungbox

    law = _law(alpha, mean)
    pearson = ((y - mean) ** 2 / law.var()).sum()
    freedom = len(y) - n_parameters - 1
    # randomised quantile residuals (Dunn, Smyth 1996): standard normal where the model holds
    u = np.random.default_rng(SEED).uniform(law.cdf(y - 1), law.cdf(y))
    residual = norm.ppf(np.clip(u, 1e-9, 1 - 1e-9))
    box = acorr_ljungbox(residual, lags=[12]).iloc[0]
    zeros = (y == 0).sum(), law.pmf(0).sum(), np.sqrt((law.pmf(0) * (1 - law.pmf(0))).sum())
    rows = [
        ("dispersion of Pearson residuals (1 is right)", pearson / freedom, 2 * min(chi2.cdf(pearson, freedom), chi2.sf(pearson, freedom))),
        ("residuals follow the model (Kolmogorov-Smirnov)", (test := kstest(residual, "norm")).statistic, test.pvalue),
        ("autocorrelation up to twelve months (Ljung-Box)", box["lb_stat"], box["lb_pvalue"]),
        ("months without a death, observed minus expected", zeros[0] - zeros[1], 2 * norm.sf(abs(zeros[0] - zeros[1]) / max(zeros[2], 1e-9))),
    ]
    return pd.DataFrame(rows, columns=["check", "value", "p_value"]).assign(is_passed=lambda t: t["p_value"] > 0.01)


def change_points(months: pd.DataFrame, count: str = "n_dead", min_months: int = 12, n_boot: int = 99, tolerance_months: int = 6) -> pd.DataFrame:
    """Return the months in which the level shifts, with how often each is found again in series drawn from the fitted levels.

    The counts are made even in variance (Anscombe 1948) and freed from the mean season; PELT with squared error (Killick 2012; `ruptures`); its penalty is
    the 97 % quantile of the best single gain in series whose blocks of twelve months are permuted: by simulation (benchmarks/intervals.json) a series
    without a shift then shows one in about 5 %. Stability: the share of resamples (levels plus permuted blocks of residuals) with a shift within the tolerance.

    Parameters
    ----------
    months : one row a month without gaps, with period_start and the counted column
    count : name of the counted column
    min_months : shortest stretch
    n_boot : resamples
    tolerance_months : how near a shift must be found again

    Returns
    -------
    DataFrame, one row a shift (none: no row) with period_start (first month of the new level), per_month_before, per_month_after, ratio, stability,
    is_stable (at least 0.8)

    Raises
    ------
    NotEstimable
        Fewer than 36 months, a gap, or nothing counted.
    """
    y = months[count].to_numpy(dtype="float64", na_value=np.nan)
    total = int(np.nansum(y))
    if len(y) < MIN_MONTHS or total == 0:
        raise NotEstimable("change points need at least {least} months with deaths; there are {months} with {n}", least=MIN_MONTHS, months=len(y), n=total)
    check_months(months, count)
    even = pd.Series(2 * np.sqrt(y + 0.375))
    signal = (even - even.groupby(months["period_start"].dt.month.to_numpy()).transform("mean")).to_numpy()
    rng = np.random.default_rng(SEED)
    penalty = np.quantile([_best_gain(_permute_blocks(signal, rng), min_months) for _ in range(199)], 0.97)
    found = _pelt(signal, penalty, min_months) if penalty > EVEN else []  # the same months every year: nothing shifts
    levels = _levels(signal, found)
    again = [_pelt(levels + _permute_blocks(signal - levels, rng), penalty, min_months) for _ in range(n_boot if found else 0)]
    edges, rows = [0, *found, len(y)], []
    for i, k in enumerate(found, 1):
        before, after = y[edges[i - 1] : k].mean(), y[k : edges[i + 1]].mean()
        stability = np.mean([any(abs(k - j) <= tolerance_months for j in other) for other in again]) if again else np.nan
        rows.append([months["period_start"].iloc[k], before, after, after / before if before else np.inf, stability, stability >= 0.8])
    return pd.DataFrame(rows, columns=["period_start", "per_month_before", "per_month_after", "ratio", "stability", "is_stable"])


def _permute_blocks(signal: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.concatenate(rng.permuted(np.array([*np.array_split(signal, len(signal) // 12), None], dtype=object)[:-1]))


def _best_gain(signal: np.ndarray, least: int) -> float:
    n, k = len(signal), np.arange(least, len(signal) - least + 1)
    ahead = np.cumsum(signal)[k - 1]
    return float((k * (n - k) / n * (ahead / k - (signal.sum() - ahead) / (n - k)) ** 2).max())


def _pelt(signal: np.ndarray, penalty: float, least: int) -> list[int]:
    import ruptures

    return ruptures.KernelCPD(kernel="linear", min_size=least).fit(signal[:, None]).predict(pen=penalty)[:-1]


def _levels(signal: np.ndarray, found: list[int]) -> np.ndarray:
    return np.concatenate([np.full(len(part), part.mean()) for part in np.split(signal, found)])
