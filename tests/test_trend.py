"""Trend and shifts against statsmodels, a likelihood written out, a jackknife done by refitting, and series whose slope and shift were drawn."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import minimize

from bsi.analysis.trend import _pelt, change_points, fit_nb, robust_errors, trend
from bsi.errors import NotEstimable


def months(counts, start="2004-01-01"):
    return pd.DataFrame({"period_start": pd.date_range(start, periods=len(counts), freq="MS"), "n_dead": counts})


def drawn(rng, n_months=240, level=12.0, slope=0.0, alpha=0.1, season=0.6):
    t = np.arange(n_months)
    mean = level * np.exp(slope * (t - t.mean()) / 12 + season * np.cos(2 * np.pi * (t % 12 - 6) / 12))
    return months(rng.negative_binomial(1 / alpha, 1 / (1 + alpha * mean)))


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

    signal = np.r_[rng.normal(0, 1, 50), rng.normal(2, 1, 40)]
    slow = ruptures.Pelt(model="l2", min_size=12, jump=1).fit(signal).predict(pen=10)[:-1]
    assert _pelt(signal, 10, 12) == slow
    assert slow


def test_series_without_a_shift_seldom_show_one(rng):
    found = [len(change_points(drawn(rng, 180, alpha=0.15), n_boot=0)) > 0 for _ in range(60)]
    assert np.mean(found) <= 0.13


def waves(n):
    t = np.arange(n)
    m = 2 * np.pi * (t % 12 + 1) / 12
    return np.column_stack([np.ones(n), (t - t.mean()) / 12, *[f(k * m) for k in (1, 2) for f in (np.sin, np.cos)]])


def test_fit_against_statsmodels(rng):
    from statsmodels.discrete.discrete_model import NegativeBinomial

    y, design, offset = drawn(rng, 180, slope=0.05)["n_dead"].to_numpy(dtype=float), waves(180), rng.normal(0, 0.3, 180)
    beta, alpha = fit_nb(y, design, offset)
    other = NegativeBinomial(y, design, offset=offset).fit(disp=0, method="newton", maxiter=200, start_params=np.r_[beta, alpha] * 1.05)
    assert beta == pytest.approx(other.params[:-1], abs=2e-4)
    assert alpha == pytest.approx(other.params[-1], rel=1e-3)


def test_without_overdispersion_the_fit_is_poisson(rng):
    import statsmodels.api as sm

    y, design = rng.binomial(8, 0.5, 120).astype(float), waves(120)
    beta, alpha = fit_nb(y, design, np.zeros(120))
    assert alpha == 0
    assert beta == pytest.approx(sm.GLM(y, design, family=sm.families.Poisson()).fit().params, abs=1e-6)


def test_errors_against_a_jackknife_by_refitting(rng):
    import statsmodels.api as sm

    y, design = drawn(rng, 240)["n_dead"].to_numpy(dtype=float), waves(240)
    beta, alpha = fit_nb(y, design, np.zeros(240))
    family = sm.families.NegativeBinomial(alpha=alpha)
    left_out = []
    for year in range(20):
        keep = np.arange(240) // 12 != year
        left_out.append(sm.GLM(y[keep], design[keep], family=family).fit().params)
    jackknife = np.sqrt(19 / 20 * ((np.array(left_out) - beta) ** 2).sum(axis=0))
    errors, freedom = robust_errors(y, design, np.exp(design @ beta), alpha)
    assert errors == pytest.approx(jackknife, rel=0.08)
    assert freedom == 18


def test_the_interval_of_the_trend_covers(rng):
    hits = []
    for n, level, carry in ((240, 12, 0.0), (120, 1, 0.0), (240, 12, 0.6)):
        for _ in range(50):
            noise = np.zeros(n)
            for i in range(1, n):
                noise[i] = carry * noise[i - 1] + (rng.normal(0, 0.2) if carry else 0)
            table = drawn(rng, n, level=level)
            table["n_dead"] = rng.poisson(table["n_dead"].mean() * np.exp(noise + 0.6 * np.cos(2 * np.pi * np.arange(n) / 12)) * rng.gamma(10, 0.1, n))
            change = trend(table)["change"].iloc[0]
            hits.append(change["low"] < 0 < change["high"])
    assert 0.90 <= np.mean(hits) <= 0.99


@pytest.mark.parametrize(
    ("call", "words"),
    [
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


def _months(n, count):
    return pd.DataFrame({"period_start": pd.date_range("2005-01-01", periods=n, freq="MS"), "n": np.broadcast_to(np.asarray(count, float), n), "exposure": 1.0})


@pytest.mark.parametrize("year", [[3] * 12, [0] * 5 + [9] * 3 + [0] * 4])
def test_the_same_months_every_year_hold_no_shift(year):
    """Rounding alone must not look like a shift, and no shift is no error."""
    assert change_points(_months(72, year * 6), "n", n_boot=5).empty


@pytest.mark.parametrize("estimate", [trend, change_points])
def test_a_series_that_is_not_whole_is_refused(estimate):
    good = _months(60, np.arange(60) % 7)
    for bad, words in (
        (good.drop(index=7), "months are missing"), (good.iloc[::-1], "out of order"), (good.assign(n=good["n"].mask(good.index == 3)), "in 1 months"),
        (good.assign(n=good["n"] - 1), "below zero in 9 months"),
    ):  # fmt: skip
        with pytest.raises(NotEstimable, match=words):
            estimate(bad, "n")
