"""Heat and deaths: simulated truth is recovered, a closed form holds, and every gap in the data is said."""

import numpy as np
import pandas as pd
import pytest

from bsi.analysis import heat
from bsi.errors import NotEstimable


def _world(rng, slope=0.15, per_day=0.4, years=(2001, 2010), factor=1.0):
    """Days of a desert climate and deaths of known relative risk, overdispersed."""
    date = pd.date_range(f"{years[0]}-01-01", f"{years[1]}-12-31", unit="us")
    tmax = 30 + 10 * np.sin(2 * np.pi * (date.day_of_year - 105) / 365.25) + rng.normal(0, 3, len(date))
    days = pd.DataFrame({"date": date, "tmax_c": tmax})
    mean = per_day * factor * np.exp(slope * (tmax - 38))
    n = rng.poisson(mean * rng.gamma(2.0, 0.5, len(date)))
    return days, pd.DataFrame({"date": date, "n_dead": n}).query("n_dead > 0"), mean


def test_the_planted_relative_risk_is_recovered_and_covered():
    inside = 0
    for seed in range(30):
        days, deaths, _ = _world(np.random.default_rng(seed))
        row = heat.risk_by_era(heat.daily_series(days, deaths, 2001, 2010), {"all": (2001, 2010)}).iloc[0]
        inside += row["low"] <= np.exp(0.15) <= row["high"]
    assert inside >= 25  # binomial(30, 0.95): fewer than 25 has probability 0.003


def test_the_fit_is_that_of_an_independent_negative_binomial(rng):
    """statsmodels' formula interface with its own start values, on the same design, gives the same slope."""
    import statsmodels.formula.api as smf

    days, deaths, _ = _world(rng)
    series = heat.daily_series(days, deaths, 2001, 2010)
    angle = 2 * np.pi * series["yearday"] / 365.25
    data = series.assign(s1=np.sin(angle), c1=np.cos(angle), s2=np.sin(2 * angle), c2=np.cos(2 * angle))
    want = smf.negativebinomial("n_dead ~ tmax_c + s1 + c1 + s2 + c2 + C(year) + C(weekday)", data).fit(disp=False, maxiter=500)
    found = heat.fit(series)
    assert found["beta"]["tmax_c"] == pytest.approx(want.params["tmax_c"], abs=2e-4)
    assert np.sqrt(found["covariance"].loc["tmax_c", "tmax_c"]) == pytest.approx(want.bse["tmax_c"], rel=0.05)  # expected beside observed information
    assert found["alpha"] == pytest.approx(want.params["alpha"], rel=0.02)


def test_a_year_without_a_death_changes_no_risk_and_breaks_nothing(rng):
    days, deaths, _ = _world(rng)
    with_gap = deaths[deaths["date"].dt.year.ne(2004)]
    series = heat.daily_series(days, with_gap, 2001, 2010)
    row = heat.risk_by_era(series, {"all": (2001, 2010)}).iloc[0]
    without = heat.risk_by_era(series[series["year"].ne(2004)], {"all": (2001, 2010)}).iloc[0]
    assert row["note"] == ""
    assert row["risk_ratio"] == pytest.approx(without["risk_ratio"])


def test_a_model_that_cannot_be_told_apart_is_said(rng):
    days, deaths, _ = _world(rng)
    series = heat.daily_series(days, deaths, 2001, 2010)
    with pytest.raises(NotEstimable, match="no standard errors"):
        heat.fit(series, series[["tmax_c"]].rename(columns={"tmax_c": "again"}))


def test_with_fewer_people_and_the_same_risk_the_even_odds_day_is_hotter():
    """The threshold moves with traffic: exactly what the closed form of a Poisson day says, log(2) expected deaths."""
    middles = []
    for factor in (1.0, 0.3):
        days, deaths, _ = _world(np.random.default_rng(4), years=(2001, 2020), factor=factor)
        middles.append(heat.even_odds(heat.daily_series(days, deaths, 2001, 2020), (2001, 2020))["even_odds_c"])
    assert middles[1] > middles[0] + 3
    risks = []
    for factor in (1.0, 0.3):
        days, deaths, _ = _world(np.random.default_rng(4), years=(2001, 2020), factor=factor)
        risks.append(heat.risk_by_era(heat.daily_series(days, deaths, 2001, 2020), {"e": (2001, 2020)}).iloc[0])
    assert risks[0]["low"] < risks[1]["risk_ratio"] < risks[0]["high"] or abs(risks[0]["risk_ratio"] - risks[1]["risk_ratio"]) < 0.05


def test_only_the_lag_that_was_planted_shows(rng):
    days, _, _ = _world(rng, years=(2001, 2015))
    yesterday = days["tmax_c"].shift(2)
    deaths = pd.DataFrame({"date": days["date"], "n_dead": rng.poisson(0.5 * np.exp(0.15 * (yesterday.fillna(30) - 38)))})
    table = heat.lags(heat.daily_series(days, deaths, 2002, 2015), days).set_index("lag_days")
    assert table.loc[2, "low"] > 1.05
    assert (table.loc[[0, 1, 3], "low"] < 1.02).all()


def test_attributable_deaths_are_the_planted_ones(rng):
    days, deaths, mean = _world(rng, years=(2001, 2020))
    series = heat.daily_series(days, deaths, 2001, 2020)
    warm = days["date"].dt.month.between(*heat.WARM)
    at_35 = mean * np.exp(-0.15 * np.maximum(days["tmax_c"] - 35, 0))
    want = (mean - at_35)[warm].sum()
    found = heat.attributable(series, 35.0)
    assert found["low"] * 0.9 <= want <= found["high"] * 1.1
    assert heat.attributable(series, 60.0)["n_attributable"] == 0
    assert found["low"] < found["n_attributable"] < found["high"] < found["n_dead"]
    per_degree = np.log(heat.risk_by_era(series, {"all": (2001, 2020)})["risk_ratio"].iloc[0])  # itself tested against statsmodels
    saved = [n * (1 - 1 / np.exp(per_degree * max(t - 35, 0))) for n, t in zip(series["n_dead"], series["tmax_c"], strict=True)]
    assert found["n_attributable"] == pytest.approx(sum(saved))


def test_planning_states_what_was_never_observed(rng):
    days, deaths, mean = _world(rng)
    table = heat.planning(heat.daily_series(days, deaths, 2001, 2010), (2001, 2010), (38.0, 58.0)).set_index("tmax_c")
    assert table.loc[38.0, "low"] <= 0.4 <= table.loc[38.0, "high"]
    assert table.loc[38.0, "is_observed"]
    assert not table.loc[58.0, "is_observed"]


def test_planning_is_the_mean_over_years_of_unlike_traffic(rng):
    """With ten times the traffic in half of the years, expected deaths at a temperature are the mean of the two levels, not what lies between their logs."""
    days, _, mean = _world(rng, years=(2001, 2016))
    busy = np.where(days["date"].dt.year % 2 == 0, 10.0, 1.0)
    n = rng.poisson(mean * busy * rng.gamma(5.0, 0.2, len(days)))
    series = heat.daily_series(days, pd.DataFrame({"date": days["date"], "n_dead": n}), 2001, 2016)
    row = heat.planning(series, (2001, 2016), (38.0,)).iloc[0]
    assert row["low"] <= 0.4 * 5.5 <= row["high"]
    assert row["high"] < 2 * row["low"]
    truth = np.mean([1 - (1 + 0.2 * level) ** -5 for level in (0.4, 4.0)])
    assert row["p_any"] == pytest.approx(truth, abs=0.06)


def test_the_chance_of_a_death_is_below_that_of_poisson(rng):
    days, deaths, _ = _world(rng)
    table = heat.planning(heat.daily_series(days, deaths, 2001, 2010), (2001, 2010), (38.0, 58.0))
    assert (table["p_any"] <= 1 - np.exp(-table["expected"]) + 1e-9).all()  # overdispersion lowers the chance of any death


def test_gaps_fahrenheit_doubled_days_and_too_few_deaths_are_said(rng):
    days, deaths, _ = _world(rng)
    cases = {
        "no temperature": days.drop(index=200),
        "Fahrenheit": days.assign(tmax_c=days["tmax_c"] * 9 / 5 + 32),
        "two rows": pd.concat([days, days[days["date"] == "2005-07-01"]]),
    }
    for words, table in cases.items():
        with pytest.raises(NotEstimable, match=words):
            heat.daily_series(table, deaths, 2001, 2010)
    with pytest.raises(NotEstimable, match="too few"):
        heat.daily_series(days, deaths.head(10), 2001, 2010)
    few = heat.risk_by_era(heat.daily_series(days, deaths, 2001, 2010), {"none": (1990, 1995)}).iloc[0]
    assert "too few" in few["note"]
    assert np.isnan(few["risk_ratio"])


def test_even_odds_need_more_deaths_on_hotter_days(rng):
    """One death a day whatever the temperature, or a flawless step at 39 degrees: no slope that can be told from chance, or none that is finite."""
    days = pd.DataFrame({"date": pd.date_range("2010-01-01", "2012-12-31"), "tmax_c": 30 + 10 * np.sin(np.arange(1096) / 58)})
    chance = days.loc[rng.random(len(days)) < 0.4, ["date"]].assign(n_dead=1)
    step = days.loc[days["tmax_c"] > 39, ["date"]].assign(n_dead=1)
    for deaths in (chance, step):
        with pytest.raises(NotEstimable, match="does not become likelier"):
            heat.even_odds(heat.daily_series(days, deaths, 2010, 2012), (2010, 2012))
