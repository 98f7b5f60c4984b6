"""Season and trend against SciPy, a likelihood written out, and series whose season, slope and shift are known because they were drawn."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import minimize

from bsi.analysis.seasonality import change_points, circular_mean, seasonal_drift, seasonal_profile, trend
from bsi.errors import NotEstimable


def months(counts, start="2004-01-01"):
    return pd.DataFrame({"period_start": pd.date_range(start, periods=len(counts), freq="MS"), "n_dead": counts})


def drawn(rng, n_months=240, level=12.0, slope=0.0, alpha=0.1, season=0.6):
    t = np.arange(n_months)
    mean = level * np.exp(slope * (t - t.mean()) / 12 + season * np.cos(2 * np.pi * (t % 12 - 6) / 12))
    return months(rng.negative_binomial(1 / alpha, 1 / (1 + alpha * mean)))


def test_circular_mean_against_scipy(rng):
    days = pd.Series(pd.Timestamp("2001-01-01") + pd.to_timedelta((rng.vonmises(1.2, 1.5, 400) % (2 * np.pi) / (2 * np.pi) * 365).astype(int), unit="D"))
    mine = circular_mean(days)
    angle = 2 * np.pi * (days.dt.day_of_year - 0.5) / 365
    assert mine["mean_day"] == pytest.approx(stats.circmean(angle) / (2 * np.pi) * 365.25 + 0.5, abs=0.01)
    vectors = np.column_stack([np.cos(angle), np.sin(angle)])
    assert mine["concentration"] == pytest.approx(stats.directional_stats(vectors).mean_resultant_length)
    assert mine["low_day"] < mine["mean_day"] < mine["high_day"]
    assert mine["p_value"] < 1e-6


def test_circular_interval_covers_and_rayleigh_keeps_its_level(rng):
    hits, alarms = 0, 0
    for _ in range(300):
        turn = rng.vonmises(0.3, 1.0, 80) % (2 * np.pi)
        mine = circular_mean(pd.Series(pd.Timestamp("2001-01-01") + pd.to_timedelta(turn / (2 * np.pi) * 365, unit="D")))
        true = 0.3 / (2 * np.pi) * 365.25 + 0.5
        offset = lambda d, true=true: (d - true + 182.6) % 365.25 - 182.6  # noqa: E731
        hits += offset(mine["low_day"]) <= 0 <= offset(mine["high_day"])
        even = pd.Series(pd.Timestamp("2001-01-01") + pd.to_timedelta(rng.integers(0, 365, 80), unit="D"))
        alarms += circular_mean(even)["p_value"] < 0.05
    assert 0.91 <= hits / 300 <= 0.985
    assert alarms / 300 <= 0.085


def test_weights_are_repetitions():
    days = pd.Series(pd.date_range("2001-03-01", periods=20, freq="9D"))
    n = pd.Series(np.arange(1, 21))
    repeated = circular_mean(days.repeat(n))
    assert circular_mean(days, n)["mean_day"] == pytest.approx(repeated["mean_day"])
    assert circular_mean(days, n)["concentration"] == pytest.approx(repeated["concentration"])


def test_drift_finds_a_planted_shift(rng):
    early = pd.Timestamp("2001-01-01") + pd.to_timedelta(rng.normal(190, 20, 500).astype(int) + 365 * rng.integers(0, 8, 500), unit="D")
    late = pd.Timestamp("2011-01-01") + pd.to_timedelta(rng.normal(175, 20, 500).astype(int) + 365 * rng.integers(0, 8, 500), unit="D")
    table = seasonal_drift(pd.Series([*early, *late, pd.Timestamp("2021-05-05")])).set_index("from_year")
    assert table.loc[2010, "shift_days"] == pytest.approx(-15, abs=4)
    assert table.loc[2000, "shift_days"] == 0
    assert "at least 10" in table.loc[2020, "reason"]


def test_profile_is_the_share_of_each_month(rng):
    table = drawn(rng, 120)
    mine = seasonal_profile(table)
    by_month = table.groupby(table["period_start"].dt.month)["n_dead"].sum()
    assert mine["share"].to_numpy() == pytest.approx((by_month / by_month.sum()).to_numpy())
    assert ((mine["low"] <= mine["share"]) & (mine["share"] <= mine["high"])).all()


def test_profile_leaves_out_years_with_a_missing_month(rng):
    table = drawn(rng, 128)
    assert seasonal_profile(table)["n"].sum() == table["n_dead"][:120].sum()


def test_profile_interval_covers_the_true_share(rng):
    t = np.arange(12)
    true = np.exp(0.6 * np.cos(2 * np.pi * (t - 6) / 12))
    true /= true.sum()
    hits = []
    for _ in range(60):
        mine = seasonal_profile(drawn(rng, 240), n_boot=299)
        hits.append(((mine["low"] <= true) & (true <= mine["high"])).mean())
    assert 0.88 <= np.mean(hits) <= 0.98


def test_trend_against_the_likelihood_written_out(rng):
    table = drawn(rng, 180, slope=-0.08)
    result = trend(table)["change"].iloc[0]
    y = table["n_dead"].to_numpy()
    t = np.arange(180)
    m = table["period_start"].dt.month.to_numpy()
    design = np.column_stack([np.ones(180), (t - t.mean()) / 12, *[f(2 * np.pi * k * m / 12) for k in (1, 2) for f in (np.sin, np.cos)]])

    def loss(theta):
        mean, r = np.exp(design @ theta[:-1]), np.exp(-theta[-1])
        return -stats.nbinom.logpmf(y, r, r / (r + mean)).sum()

    best = minimize(loss, np.r_[np.log(y.mean()), np.zeros(5), -2], method="BFGS")
    assert result["percent_per_year"] == pytest.approx(100 * np.expm1(best.x[1]), abs=0.05)
    assert result["dispersion"] == pytest.approx(np.exp(best.x[-1]), rel=0.02)
    assert result["low"] < 100 * np.expm1(-0.08) < result["high"]


def test_an_exposure_takes_its_part_of_the_trend(rng):
    table = drawn(rng, 180, slope=0.1)
    exposure = pd.Series(np.exp(0.1 * np.arange(180) / 12) * 1e4)
    change = trend(table, exposure=exposure)["change"].iloc[0]
    assert change["low"] < 0 < change["high"]
    with pytest.raises(NotEstimable, match="zero or missing in 1 months"):
        trend(table, exposure=exposure.where(exposure.index != 4))


def test_checks_pass_where_the_model_holds_and_fail_where_it_does_not(rng):
    assert trend(drawn(rng, 240))["checks"]["is_passed"].all()
    wave = np.repeat(rng.normal(0, 0.8, 20), 12)
    checks = trend(months(rng.poisson(12 * np.exp(wave))))["checks"].set_index("check")
    assert not checks.loc["autocorrelation up to twelve months (Ljung-Box)", "is_passed"]


def test_the_fitted_range_holds_nearly_all_months(rng):
    fitted = trend(drawn(rng, 240))["fitted"]
    assert fitted["n"].between(fitted["low"], fitted["high"]).mean() > 0.93


def test_a_planted_shift_is_found_and_stable(rng):
    mean = np.where(np.arange(240) < 120, 15, 7) * np.exp(0.5 * np.cos(2 * np.pi * np.arange(240) / 12))
    table = change_points(months(rng.poisson(mean)))
    assert len(table) == 1
    assert abs((table["period_start"][0] - pd.Timestamp("2014-01-01")).days) <= 93
    assert table["is_stable"].all()
    assert table["ratio"][0] == pytest.approx(7 / 15, abs=0.1)


def test_the_fast_search_is_pelt(rng):
    import ruptures

    from bsi.analysis.seasonality import _pelt

    signal = np.r_[rng.normal(0, 1, 50), rng.normal(2, 1, 40)]
    slow = ruptures.Pelt(model="l2", min_size=12, jump=1).fit(signal).predict(pen=10)[:-1]
    assert _pelt(signal, 10, 12) == slow
    assert slow


def test_series_without_a_shift_seldom_show_one(rng):
    found = [len(change_points(drawn(rng, 180, alpha=0.15), n_boot=0)) > 0 for _ in range(60)]
    assert np.mean(found) <= 0.13


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: seasonal_profile(months([1] * 40)), "at least 5 whole years"),
        (lambda: circular_mean(pd.Series(pd.to_datetime(["2001-01-01"] * 4))), "at least 10 dates; there are 4"),
        (lambda: seasonal_drift(pd.Series(pd.to_datetime(["2001-01-01"] * 4))), "no stretch of 10 years"),
        (lambda: trend(months([1])), "at least 36 months"),
        (lambda: trend(months([0] * 60)), "with 0"),
        (lambda: trend(months([1, 2] * 30).drop(index=7)), "missing or out of order"),
        (lambda: trend(months([0.5, 2] * 30)), "whole counts"),
        (lambda: change_points(months([0] * 60)), "with 0"),
    ],
)
def test_what_cannot_be_estimated_is_said(call, words):
    with pytest.raises(NotEstimable, match=words):
        call()
