"""Season, trend and level shifts: monthly profile, circular mean and its drift, negative binomial trend, change points with a stability check."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable

SEED = 20021126
MIN_YEARS, MIN_MONTHS, MIN_DATES = 5, 36, 10


def seasonal_profile(months: pd.DataFrame, count: str = "n_dead", n_boot: int = 999) -> pd.DataFrame:
    """Return the share of each calendar month with a 95 % interval that holds the variation from year to year (whole years resampled).

    Parameters
    ----------
    months : one row a month without gaps (part "period" of `counts.count(period="month")`), with period_start and the counted column
    count : name of the counted column
    n_boot : bootstrap samples

    Returns
    -------
    DataFrame with month (1 to 12), n, n_per_year, share, low, high. Only years with all twelve months enter.

    Raises
    ------
    NotEstimable
        Fewer than five whole years, or nothing counted in them.

    Examples
    --------
    >>> rows = pd.DataFrame({"period_start": pd.date_range("2010-01-01", periods=60, freq="MS"), "n_dead": [0, 1, 2, 3, 4, 9, 9, 4, 3, 2, 1, 2] * 5})
    >>> seasonal_profile(rows).loc[5, ["month", "n", "share", "low", "high"]].tolist()
    [6.0, 45.0, 0.225, 0.225, 0.225]
    """
    start = months["period_start"]
    wide = months.assign(year=start.dt.year, month=start.dt.month).pivot(index="year", columns="month", values=count).reindex(columns=range(1, 13)).dropna()
    if len(wide) < MIN_YEARS or wide.to_numpy().sum() == 0:
        raise NotEstimable("a seasonal profile needs at least {least} whole years with deaths; there are {years}", least=MIN_YEARS, years=len(wide))
    table = wide.to_numpy(dtype="float64")
    drawn = table[np.random.default_rng(SEED).integers(0, len(table), (n_boot, len(table)))].sum(axis=1)
    drawn = drawn[drawn.sum(axis=1) > 0]
    low, high = np.quantile(drawn / drawn.sum(axis=1, keepdims=True), [0.025, 0.975], axis=0)
    n = table.sum(axis=0)
    return pd.DataFrame({"month": range(1, 13), "n": n, "n_per_year": n / len(table), "share": n / n.sum(), "low": low, "high": high})


def circular_mean(dates: pd.Series, weights: pd.Series | None = None) -> dict:
    """Return the mean day of the year as an angle, its 95 % interval, and how concentrated the dates are around it.

    Interval: Fisher (1993), Statistical Analysis of Circular Data, section 4.4.4 (large samples); p-value: Rayleigh test of no season.

    Parameters
    ----------
    dates : days; null ones are left out
    weights : persons of each date; the interval takes persons of one date as separate only if each has its own row

    Returns
    -------
    dict with n (dates), mean_day, low_day, high_day (1 to 366; an interval may pass the turn of the year), concentration (0 none to 1 all on one day), p_value

    Raises
    ------
    NotEstimable
        Fewer than ten dates.

    Examples
    --------
    >>> round(circular_mean(pd.Series(pd.to_datetime(["2019-12-31", "2020-01-02"] * 5)))["mean_day"] % 365) in (0, 1, 2)
    True
    """
    days = pd.to_datetime(dates)
    size = pd.Series(1.0, index=days.index) if weights is None else weights.astype("float64")
    size, days = size[days.notna()].to_numpy(), days.dropna()
    if len(days) < MIN_DATES:
        raise NotEstimable("a mean day of the year needs at least {least} dates; there are {n}", least=MIN_DATES, n=len(days))
    length = 365 + days.dt.is_leap_year.to_numpy()
    angle = 2 * np.pi * (days.dt.day_of_year.to_numpy() - 0.5) / length
    moment = [np.average(np.exp(1j * k * angle), weights=size) for k in (1, 2)]
    mean, r = np.angle(moment[0]), np.abs(moment[0])
    n = len(days)
    second = np.average(np.cos(2 * (angle - mean)), weights=size)
    error = 1.96 * np.sqrt((1 - second) / (2 * r**2) / n) if r > 0 else np.inf
    half = np.arcsin(error) if error < 1 else np.pi
    to_day = lambda a: float((a / (2 * np.pi) * 365.25 + 0.5 - 1) % 365.25 + 1)  # noqa: E731
    p = np.exp(np.sqrt(1 + 4 * n + 4 * (n**2 - (n * r) ** 2)) - (1 + 2 * n))
    return {
        "n": n,
        "mean_day": to_day(mean),
        "low_day": to_day(mean - half),
        "high_day": to_day(mean + half),
        "concentration": float(r),
        "p_value": float(min(p, 1)),
    }


def seasonal_drift(dates: pd.Series, years: int = 10) -> pd.DataFrame:
    """Return the circular mean of each stretch of years, and its shift in days from the first stretch.

    Parameters
    ----------
    dates : days
    years : length of a stretch; stretches begin at multiples of it (2000, 2010 ...)

    Returns
    -------
    DataFrame with from_year, to_year and the fields of `circular_mean`, shift_days (positive is later), and reason where a stretch has too few dates

    Raises
    ------
    NotEstimable
        No stretch has enough dates.
    """
    days = pd.to_datetime(dates).dropna()
    rows = []
    for start, group in days.groupby(days.dt.year // years * years):
        try:
            rows.append({"from_year": start, "to_year": start + years - 1, **circular_mean(group), "reason": ""})
        except NotEstimable as error:
            rows.append({"from_year": start, "to_year": start + years - 1, "n": len(group), "reason": str(error)})
    table = pd.DataFrame(rows)
    if "mean_day" not in table:
        raise NotEstimable("no stretch of {years} years has at least {least} dates", years=years, least=MIN_DATES)
    first = table["mean_day"].dropna().iloc[0]
    return table.assign(shift_days=(table["mean_day"] - first + 182.625) % 365.25 - 182.625)


def trend(months: pd.DataFrame, count: str = "n_dead", exposure: pd.Series | None = None, harmonics: int = 2) -> dict[str, pd.DataFrame]:
    """Return a negative binomial trend with harmonics: yearly change, fitted months, and checks of the residuals.

    log mean = level + slope x years + harmonics of the year (+ log exposure); dispersion by maximum likelihood; standard errors robust to heteroscedasticity
    and autocorrelation up to twelve months (Newey, West 1987).

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
    from statsmodels.discrete.discrete_model import NegativeBinomial

    y, design, offset = _design(months, count, exposure, harmonics)
    start = np.r_[np.log((y.sum() + 0.5) / np.exp(offset).sum()), np.zeros(design.shape[1] - 1), 0.2]
    fit = NegativeBinomial(y, design, offset=offset).fit(start_params=start, method="bfgs", maxiter=500, disp=0, cov_type="HAC", cov_kwds={"maxlags": 12})
    if not fit.mle_retvals["converged"] or not np.isfinite(fit.bse[1]):
        raise NotEstimable("the trend model does not converge on {months} months with {n} counted", months=len(y), n=int(y.sum()))
    alpha, slope, error = max(fit.params[-1], 1e-8), fit.params[1], fit.bse[1]
    mean = fit.predict()
    percent = [100 * np.expm1(slope + z * error) for z in (0, -1.959964, 1.959964)]
    change = pd.DataFrame([[*percent, fit.pvalues[1], alpha, len(y)]], columns=["percent_per_year", "low", "high", "p_value", "dispersion", "n_months"])
    low, high = _nb(alpha, mean).ppf([[0.025], [0.975]])
    fitted = pd.DataFrame({"period_start": months["period_start"].to_numpy(), "n": y, "mean": mean, "low": low, "high": high})
    return {"change": change, "fitted": fitted, "checks": _checks(y, mean, alpha, design.shape[1])}


def _nb(alpha: float, mean: np.ndarray):
    from scipy.stats import nbinom

    return nbinom(1 / alpha, 1 / (1 + alpha * mean))


def _design(months: pd.DataFrame, count: str, exposure: pd.Series | None, harmonics: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    start, y = months["period_start"], months[count].to_numpy(dtype="float64")
    if len(y) < MIN_MONTHS or y.sum() == 0:
        raise NotEstimable("a trend needs at least {least} months with deaths; there are {months} with {n}", least=MIN_MONTHS, months=len(y), n=int(y.sum()))
    number = start.dt.year * 12 + start.dt.month
    if not (number.diff().dropna() == 1).all():
        raise NotEstimable("months are missing or out of order in the series")
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

    law = _nb(alpha, mean)
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
    the 95 % quantile of the best single gain in series whose blocks of twelve months are permuted, so that a series without a shift shows one in about
    5 %. Stability: the share of resamples (levels plus permuted blocks of residuals) with a shift within the tolerance.

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
        Fewer than 36 months or nothing counted.
    """
    y = months[count].to_numpy(dtype="float64")
    if len(y) < MIN_MONTHS or y.sum() == 0:
        raise NotEstimable(
            "change points need at least {least} months with deaths; there are {months} with {n}", least=MIN_MONTHS, months=len(y), n=int(y.sum())
        )
    even = pd.Series(2 * np.sqrt(y + 0.375))
    signal = (even - even.groupby(months["period_start"].dt.month.to_numpy()).transform("mean")).to_numpy()
    rng = np.random.default_rng(SEED)
    penalty = np.quantile([_best_gain(_permute_blocks(signal, rng), min_months) for _ in range(199)], 0.95)
    found = _pelt(signal, penalty, min_months)
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
