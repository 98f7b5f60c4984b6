"""Exact intervals against their definition, statsmodels and a published table."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, poisson

from bsi.analysis.intervals import garwood, ratio_interval, ratio_p, share_interval


@pytest.mark.parametrize("n", [0, 1, 3, 10, 57, 471])
def test_garwood_by_its_definition(n):
    low, high = garwood(n)
    assert poisson.cdf(n, high) == pytest.approx(0.025)
    assert low == 0 if n == 0 else poisson.sf(n - 1, low) == pytest.approx(0.025)


def test_garwood_against_statsmodels():
    from statsmodels.stats.rates import confint_poisson

    for n in (1, 5, 40, 500):
        assert np.array(garwood(n)).ravel() == pytest.approx(confint_poisson(n, 1, method="exact-c"))


def test_shares_have_the_published_clopper_pearson_limits():
    """Newcombe (1998) Statistics in Medicine 17:857-872, table I, method 5: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    out = share_interval(pd.Series([81, 15, 0, 1]), pd.Series([263, 148, 20, 29]))
    assert out["low"].round(4).tolist() == [0.2527, 0.0578, 0.0, 0.0009]
    assert out["high"].round(4).tolist() == [0.3676, 0.1617, 0.1684, 0.1776]


def test_a_share_of_expected_people_lies_between_those_of_whole_ones():
    """Counts in a zone are sums of probabilities; the limits move with them without a jump."""
    whole, parts = share_interval(pd.Series([3, 4]), 10), share_interval(pd.Series([3.0, 3.5, 4.0]), 10.0)
    assert parts.iloc[[0, 2]].to_numpy() == pytest.approx(whole.to_numpy())
    assert parts["low"].is_monotonic_increasing
    assert binom.sf(2, 10, whole["low"].iloc[0]) == pytest.approx(0.025)
    assert share_interval(pd.Series([None, 0.0]), pd.Series([3.0, 0.0])).isna().all(axis=None)


def test_a_ratio_without_events_is_open():
    assert ratio_interval(0, 1, 0, 1) == (0.0, np.inf)
    assert ratio_interval(0, 10, 5, 10)[1] == np.inf
    assert ratio_interval(5, 10, 0, 10)[0] == 0
    assert ratio_p(0, 10, 0, 10) == 1


def test_what_cannot_be_counted_has_no_limits():
    low, high = garwood([-1, np.nan, 0])
    assert np.isnan([low[0], low[1], high[0], high[1]]).all()
    assert low[2] == 0
    assert share_interval(pd.Series([-1, 5]), 3)[["low", "high"]].isna().all(axis=None)
