"""Daily maximum temperature and deaths from exposure: relative risk per degree, the day when a death is as likely as not, attributable deaths.

Methods: negative binomial regression of daily deaths with year intercepts, harmonics of the season and weekday (Bhaskaran et al. 2013, Int J
Epidemiol 42:1187); dispersion by maximum likelihood; attributable deaths as in Gasparrini and Leone (2014), BMC Med Res Methodol 14:55.
A day's deaths are those *found* that day; lags are offered only for people found within a day of death.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from bsi.analysis import trend
from bsi.errors import NotEstimable

WARM = (4, 10)  # April to October: outside it almost nobody dies of heat, and season and temperature cannot be told apart
FEWEST_DEATHS = 50


def daily_series(days: pd.DataFrame, deaths: pd.DataFrame, first_year: int, last_year: int) -> pd.DataFrame:
    """Return one row a day of the warm months: date, tmax_c, n_dead (zero where nobody was found), year, day of year, weekday.

    Parameters
    ----------
    days : date, tmax_c (degrees Celsius), one row a day and one station
    deaths : date (known to the day), n_dead: the exposure deaths of one zone
    first_year, last_year : calendar years, both included

    Raises
    ------
    NotEstimable
        A day has no temperature, two rows stand for one day, the values look like Fahrenheit, or fewer than fifty deaths fall in the series.
    """
    table = days[["date", "tmax_c"]].copy()
    table = table[table["date"].dt.year.between(first_year, last_year) & table["date"].dt.month.between(*WARM)]
    if table["date"].duplicated().any():
        raise NotEstimable("two rows of temperature stand for {day:%Y-%m-%d}; choose one station", day=table.loc[table["date"].duplicated(), "date"].iloc[0])
    if table["tmax_c"].max() > 58:
        raise NotEstimable("a maximum of {value:.0f} cannot be degrees Celsius; convert the table from Fahrenheit", value=table["tmax_c"].max())
    wanted = pd.date_range(f"{first_year}-01-01", f"{last_year}-12-31", unit="us")
    wanted = wanted[(wanted.month >= WARM[0]) & (wanted.month <= WARM[1])]
    gaps = wanted.difference(table.loc[table["tmax_c"].notna(), "date"])
    if len(gaps):
        raise NotEstimable("{n} days have no temperature, the first {day:%Y-%m-%d}", n=len(gaps), day=gaps[0])
    found = deaths.groupby("date")["n_dead"].sum().reindex(wanted, fill_value=0)
    if found.sum() < FEWEST_DEATHS:
        raise NotEstimable("{n} deaths from exposure with a day are too few; fifty are needed", n=int(found.sum()))
    table = table.set_index("date").loc[wanted]
    return pd.DataFrame(
        {
            "date": wanted,
            "tmax_c": table["tmax_c"].to_numpy(),
            "n_dead": found.to_numpy(float),
            "year": wanted.year,
            "yearday": wanted.day_of_year,
            "weekday": wanted.day_of_week,
        }
    )


def _design(series: pd.DataFrame, harmonics: int = 2) -> pd.DataFrame:
    angle = 2 * np.pi * series["yearday"] / 365.25
    season = {f"{name}{h}": getattr(np, name)(h * angle) for h in range(1, harmonics + 1) for name in ("sin", "cos")}
    groups = [pd.get_dummies(series[key], prefix=key, dtype=float).iloc[:, 1:] for key in ("year", "weekday")]
    temperature = series[["tmax_c"]] - series["tmax_c"].mean()
    return pd.concat([pd.Series(1.0, index=series.index, name="const"), temperature, pd.DataFrame(season, index=series.index), *groups], axis=1)


def fit(series: pd.DataFrame, extra: pd.DataFrame | None = None) -> dict:
    """Fit daily deaths on temperature (per degree Celsius), year, season and weekday: negative binomial with log link, by maximum likelihood.

    A year or a weekday without any death says nothing of the risk per degree (its intercept takes it whole) and is left out.

    Parameters
    ----------
    series : from `daily_series`
    extra : further columns (lags), same index

    Returns
    -------
    dict: beta and covariance (of the coefficients, by name), alpha (dispersion; 0 is Poisson), design (of the days used)

    Raises
    ------
    NotEstimable
        The fit does not converge, or some effect cannot be told from the others.
    """
    told = np.logical_and(*(series.groupby(key)["n_dead"].transform("sum") > 0 for key in ("year", "weekday")))
    design = _design(series[told])
    design = design if extra is None else design.join(extra)
    x, y = design.to_numpy(), series.loc[told, "n_dead"].to_numpy(float)
    if np.linalg.matrix_rank(x) < x.shape[1] or y.sum() <= x.shape[1]:
        raise NotEstimable("the model of daily deaths has no standard errors; there are too few deaths for it")
    try:
        beta, alpha = trend.fit_nb(y, x, np.zeros(len(y)))
    except NotEstimable:
        raise NotEstimable("the model of daily deaths did not converge") from None
    mean = np.exp(x @ beta)
    covariance = np.linalg.inv((x.T * (mean / (1 + alpha * mean))) @ x)
    names = design.columns
    return {"beta": pd.Series(beta, names), "covariance": pd.DataFrame(covariance, names, names), "alpha": alpha, "design": design}


def _ratios(result: dict, names: list[str]) -> pd.DataFrame:
    """Return risk_ratio, low, high (95 %) of some coefficients."""
    beta, error = result["beta"][names].to_numpy(), np.sqrt(np.diag(result["covariance"].loc[names, names]))
    return pd.DataFrame({"risk_ratio": np.exp(beta), "low": np.exp(beta - 1.96 * error), "high": np.exp(beta + 1.96 * error)})


def risk_by_era(series: pd.DataFrame, eras: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Return the relative risk of a death per degree Celsius in each era, with 95 % intervals.

    Each era is fitted by itself with year intercepts, so that a change in the number of people crossing does not pass for one of risk.

    Parameters
    ----------
    series : from `daily_series`
    eras : name -> first and last calendar year

    Returns
    -------
    DataFrame: era, years, n_days, n_dead, risk_ratio, low, high, note (why an era is not estimated; null numbers then)

    Raises
    ------
    NotEstimable
        Never: an era that cannot be estimated says so in its row.
    """
    rows = []
    for era, (first, last) in eras.items():
        part = series[series["year"].between(first, last)].reset_index(drop=True)
        row = {"era": era, "years": f"{first}-{last}", "n_days": len(part), "n_dead": int(part["n_dead"].sum()), "note": ""}
        try:
            if row["n_dead"] < FEWEST_DEATHS:
                raise NotEstimable("{n} deaths are too few; fifty are needed", n=row["n_dead"])
            row |= _ratios(fit(part), ["tmax_c"]).iloc[0].to_dict()
        except NotEstimable as reason:
            row |= {"risk_ratio": np.nan, "low": np.nan, "high": np.nan, "note": str(reason)}
        rows.append(row)
    return pd.DataFrame(rows)


def even_odds(series: pd.DataFrame, years: tuple[int, int]) -> dict:
    """Return the daily maximum at which a death is as likely as not, by logistic regression on temperature alone (the published form).

    The answer moves with the number of people crossing: at the same risk per person, fewer people mean a hotter even-odds day.

    Parameters
    ----------
    series : from `daily_series`
    years : first and last calendar year

    Returns
    -------
    dict: years, n_dead, deaths_per_day, even_odds_c, low_c, high_c (delta method), is_inside (false where it lies above any observed day)

    Raises
    ------
    NotEstimable
        Every day, or no day, has a death, or hotter days do not have more, clear of chance.
    """
    import statsmodels.api as sm

    part = series[series["year"].between(*years)]
    any_death = (part["n_dead"] > 0).astype(float)
    if any_death.nunique() < 2:
        raise NotEstimable("all days of {a} to {b} are alike: with a death, or without", a=years[0], b=years[1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # days told apart without fail have no finite slope: refused below in words
        result = sm.Logit(any_death, sm.add_constant(part[["tmax_c"]])).fit(disp=False)
    a, b = result.params["const"], result.params["tmax_c"]
    if not b > 1.96 * result.bse["tmax_c"]:
        raise NotEstimable("on the days of {a} to {b} a death does not become likelier with the temperature, as far as can be told", a=years[0], b=years[1])
    slope = np.array([-1 / b, a / b**2])
    spread = float(np.sqrt(slope @ result.cov_params().to_numpy() @ slope))
    middle = float(-a / b)
    return {
        "years": f"{years[0]}-{years[1]}", "n_dead": int(part["n_dead"].sum()), "deaths_per_day": float(part["n_dead"].mean()), "even_odds_c": middle,
        "low_c": middle - 1.96 * spread, "high_c": middle + 1.96 * spread, "is_inside": bool(middle <= part["tmax_c"].max()),
    }  # fmt: skip


def lags(series: pd.DataFrame, days: pd.DataFrame, longest: int = 3) -> pd.DataFrame:
    """Return relative risks per degree of the same day and of the days before, fitted together; for people found within a day of death.

    Parameters
    ----------
    series : from `daily_series`, of such deaths only
    days : date, tmax_c, reaching `longest` days before the series
    longest : longest lag in days

    Returns
    -------
    DataFrame: lag_days, risk_ratio, low, high

    Raises
    ------
    NotEstimable
        As in `fit`.
    """
    by_day = days.set_index("date")["tmax_c"]
    earlier = {f"lag{k}": by_day.reindex(series["date"] - pd.Timedelta(days=k)).to_numpy() for k in range(1, longest + 1)}
    extra = pd.DataFrame(earlier, index=series.index)
    if extra.isna().any().any():
        raise NotEstimable("a day before the series has no temperature")
    found = _ratios(fit(series, extra - extra.mean()), ["tmax_c", *extra.columns])
    found.insert(0, "lag_days", range(longest + 1))
    return found


def attributable(series: pd.DataFrame, above_c: float, replicates: int = 1000, seed: int = 1) -> dict:
    """Return the deaths that would not have happened on the days above a temperature had those days stayed at it, with a 95 % interval.

    Parameters
    ----------
    series : from `daily_series`
    above_c : counterfactual maximum in degrees Celsius
    replicates, seed : draws of the coefficient from its normal approximation

    Raises
    ------
    NotEstimable
        As in `fit`.
    """
    result = fit(series)
    b, spread = result["beta"]["tmax_c"], np.sqrt(result["covariance"].loc["tmax_c", "tmax_c"])
    excess = np.maximum(series["tmax_c"].to_numpy() - above_c, 0.0)
    draws = np.random.default_rng(seed).normal(b, spread, replicates)
    drawn = ((1 - np.exp(-np.outer(draws, excess))) * series["n_dead"].to_numpy()).sum(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        "above_c": above_c,
        "n_dead": int(series["n_dead"].sum()),
        "n_attributable": float(((1 - np.exp(-b * excess)) * series["n_dead"]).sum()),
        "low": float(low),
        "high": float(high),
    }


def planning(series: pd.DataFrame, years: tuple[int, int], at_c=(35.0, 38.0, 40.0, 43.0)) -> pd.DataFrame:
    """Return expected deaths and the probability of at least one on a July day of each maximum, at the traffic of the years given.

    Both are means over the July days of those years, each with its own year and weekday (Jensen: the mean of the years is not the year of mean traffic).

    Parameters
    ----------
    series : from `daily_series`
    years : years whose traffic is assumed
    at_c : daily maxima in degrees Celsius

    Returns
    -------
    DataFrame: tmax_c, expected, low, high (95 % of the mean, delta method on the log scale), p_any, is_observed (false where no day of the years was so hot)

    Raises
    ------
    NotEstimable
        As in `fit`.
    """
    part = series[series["year"].between(*years)].reset_index(drop=True)
    result = fit(part)
    design, alpha, rows = result["design"], max(result["alpha"], 1e-9), []
    july = design[(part.loc[design.index, "date"].dt.month == 7).to_numpy()].copy()
    shown = july.shape[0] / (part["date"].dt.month == 7).sum()  # years without a death are not in the fit: their July days expect none
    for t in at_c:
        july["tmax_c"] = t - part.loc[design.index, "tmax_c"].mean()
        mean = np.exp(july.to_numpy() @ result["beta"].to_numpy())
        slope = (mean[:, None] * july.to_numpy()).mean(axis=0) / mean.mean()
        spread = float(np.sqrt(slope @ result["covariance"].to_numpy() @ slope))
        expected, p_any = shown * mean.mean(), shown * (1 - (1 + alpha * mean) ** (-1 / alpha)).mean()
        rows.append(
            {"tmax_c": t, "expected": expected, "low": expected * np.exp(-1.96 * spread), "high": expected * np.exp(1.96 * spread), "p_any": float(p_any),
             "is_observed": bool(t <= part["tmax_c"].max())}
        )  # fmt: skip
    return pd.DataFrame(rows)
