"""Before and after in blocks: R's quasi-Poisson and exact tests, closed forms, and what the simulation promised."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, f, t

from bsi.analysis import blocks, intervals
from bsi.errors import NotEstimable

R = json.loads((Path(__file__).parent / "data" / "r_interventions.json").read_text(encoding="utf-8"))


def test_the_block_comparison_is_that_of_r():
    data = R["blocks"]
    found = blocks.compare(np.array(data["n"]), np.array(data["size"]), 5)
    assert np.log(found["ratio"]) == pytest.approx(R["blocks_coef"][1], abs=1e-6)
    assert found["dispersion"] == pytest.approx(R["blocks_dispersion"], rel=1e-5)  # R stops its iterations earlier
    assert found["p_blocks"] == pytest.approx(R["blocks_p"], rel=1e-5)
    # R's confint of a quasi-Poisson fit profiles the deviance, divided by the dispersion, against chi-squared; ours the same profile against F
    n, size = np.array(data["n"], float), np.array(data["size"])
    sums, sizes = (n[:5].sum(), n[5:].sum()), (size[:5].sum(), size[5:].sum())
    for limit in R["blocks_confint"]:
        assert blocks.likelihood_gain(sums, sizes, np.exp(limit)) / R["blocks_dispersion"] == pytest.approx(chi2.ppf(0.95, 1), rel=1e-3)
    for limit in (found["low"], found["high"]):
        assert blocks.likelihood_gain(sums, sizes, limit) / found["dispersion"] == pytest.approx(f.ppf(0.95, 1, 8), rel=1e-9)


def test_the_exact_interval_is_that_of_r_poisson_test():
    ratio, low, high = R["exact_ratio"]
    assert intervals.ratio_interval(20, 5.5, 10, 4.5) == pytest.approx((low, high), rel=1e-6)
    assert ratio == pytest.approx(10 / 4.5 / (20 / 5.5))


def test_many_series_at_once_are_each_alone(rng):
    n, size = rng.poisson(8, (20, 10)), rng.uniform(0.5, 2, 10)
    together = blocks.compare(n, size, 4)
    for i in range(20):
        alone = blocks.compare(n[i], size, 4)
        for key, value in alone.items():
            assert together[key][i] == pytest.approx(value)


def test_no_death_on_one_side_gives_an_open_interval_and_no_crash():
    found = blocks.compare(np.array([5, 6, 4, 0, 0, 0]), np.ones(6), 3)
    assert found["low"] == 0
    assert found["high"] < 0.6
    assert blocks.compare(np.array([0, 0, 0, 5, 6, 4]), np.ones(6), 3)["high"] == np.inf


def test_a_steady_trend_leaves_no_step():
    n = np.round(100 * np.exp(-0.1 * np.arange(10)))
    found = blocks.compare(n, np.ones(10), 5)
    assert found["ratio"] < 0.7
    assert found["adjusted"] == pytest.approx(1, abs=0.03)


def test_blocks_are_counted_back_and_on_from_the_date_and_a_short_one_weighs_its_season():
    start = pd.date_range("2008-01-01", "2012-12-01", freq="MS")
    months = pd.DataFrame({"period_start": start, "n": np.where(start.month == 7, 12.0, 0.0), "exposure": 1.0})
    table = blocks.yearly_blocks(months, ("2008-01-01", "2010-08-31", "2011-02-01", "2012-12-31"))
    assert table["n_months"].tolist() == [8, 12, 12, 12, 11]
    assert table["part"].tolist() == ["before"] * 3 + ["after"] * 2
    assert table["size"].iloc[0] == pytest.approx(1, abs=0.06)  # eight months that hold July are almost a year of deaths
    assert table["n"].tolist() == [12, 12, 12, 12, 12]


def test_a_month_without_exposure_is_said():
    months = pd.DataFrame({"period_start": pd.date_range("2008-01-01", "2012-12-01", freq="MS"), "n": 1.0, "exposure": 1.0})
    months.loc[30, "exposure"] = np.nan
    with pytest.raises(NotEstimable, match="exposure is zero or missing in 1 months"):
        blocks.yearly_blocks(months, ("2008-01-01", "2009-12-31", "2010-01-01", "2012-12-31"))
    with pytest.raises(NotEstimable, match="no block"):
        blocks.yearly_blocks(months.head(10).assign(exposure=1.0), ("2008-01-01", "2008-10-31", "2010-01-01", "2012-12-31"))
    with pytest.raises(NotEstimable, match="at least three blocks"):
        blocks.compare(np.array([1, 2]), np.ones(2), 1)


def test_controlled_is_the_quasi_binomial_regression_of_r():
    """R 4.2.2: summary(glm(cbind(n, o) ~ after, family = quasibinomial)) and binomial, n <- c(12,9,15,6,5,8); o <- c(20,25,22,24,19,26)."""
    n, other = np.array([12, 9, 15, 6, 5, 8]), np.array([20, 25, 22, 24, 19, 26])
    found = blocks.controlled(n, other, 3)
    assert np.log(found["ratio"]) == pytest.approx(-0.668493844555, abs=1e-9)
    assert np.log(found["high"] / found["ratio"]) == pytest.approx(t.ppf(0.975, 4) * 0.222549974664, rel=1e-5)  # quasi
    assert found["p_value"] == pytest.approx(0.0436777508321, rel=1e-4)  # binomial: the larger of 0.0398 and 0.0437
    with pytest.raises(NotEstimable, match="each side"):
        blocks.controlled(np.array([0, 0, 0, 1, 2, 1]), other, 3)


def test_the_smallest_detectable_effect_is_found_in_four_of_five():
    size = np.ones(10)
    smallest = blocks.smallest_detectable(size, 5, 150, 1.0)
    assert 0.55 <= smallest <= 0.75
    rng = np.random.default_rng(9)
    for ratio, test in ((smallest, lambda p: p >= 0.75), (smallest + 0.1, lambda p: p < 0.80)):
        found = blocks.compare(rng.poisson(30 * np.where(np.arange(10) < 5, 1, ratio), (1500, 10)), size, 5)
        assert test(((found["p_blocks"] < 0.05) & (found["p_exact"] < 0.05)).mean())
    assert blocks.smallest_detectable(np.ones(3), 1, 3, 1.0) == 0  # three deaths before: nothing could be shown
