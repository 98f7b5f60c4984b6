"""The season ahead: nothing later is used, intervals cover by simulation, and too little past is said."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bsi.analysis import planning
from bsi.errors import NotEstimable


def _months(rng, years=range(2000, 2015), mean=4.0, spread=0.0):
    rows = [(z, y, m) for z in ("a", "b") for y in years for m in range(1, 13)]
    frame = pd.DataFrame(rows, columns=["zone_id", "year", "month"])
    level = mean * (1 + 0.5 * np.sin(frame["month"] / 12 * 2 * np.pi))
    n = rng.poisson(level) if not spread else rng.negative_binomial(level / spread, 1 / (1 + spread))
    return frame.assign(n=n.astype(float))


def test_the_expectation_is_the_mean_of_the_five_years_before_and_of_nothing_later(rng):
    months = _months(rng)
    table = planning.expect(months, 2010)
    past = months[months["year"].between(2005, 2009)].groupby(["zone_id", "month"])["n"].mean()
    np.testing.assert_allclose(table.set_index(["zone_id", "month"])["expected"], past)
    pd.testing.assert_frame_equal(table, planning.expect(months[months["year"] < 2010], 2010))
    assert ((table["low_95"] <= table["low_80"]) & (table["high_80"] <= table["high_95"])).all()


@pytest.mark.parametrize("spread", [0.0, 2.0])
def test_intervals_cover_what_they_say_also_where_months_vary_more_than_chance(spread):
    months = _months(np.random.default_rng(4), range(1990, 2030), 8.0, spread)
    scores = planning.scores(planning.past_seasons(months, 1995, 2029))
    assert scores["coverage_80"].between(0.76, 0.92).all()
    assert scores["coverage_95"].between(0.92, 0.99).all()
    assert (scores["mean_absolute_error"] < scores["naive_absolute_error"]).all()


def test_too_short_a_past_is_said(rng):
    with pytest.raises(NotEstimable, match="fewer than three"):
        planning.expect(_months(rng, range(2009, 2011)), 2011)
    with pytest.raises(NotEstimable, match="no year from 2001"):
        planning.past_seasons(_months(rng, range(2000, 2002)), 2001, 2002)


def test_without_overdispersion_the_interval_is_the_posterior_predictive_of_a_poisson():
    """Three deaths each May for five years, Jeffreys' prior: negative binomial of 15.5 and 5/6 (Gelman and others 2013, section 2.6)."""
    months = pd.DataFrame([("z", y, 5, 3) for y in range(2015, 2020)], columns=["zone_id", "year", "month", "n"])
    row = planning.expect(months, 2020).iloc[0]
    want = stats.nbinom(15.5, 5 / 6).ppf([0.025, 0.1, 0.9, 0.975])
    assert row[["low_95", "low_80", "high_80", "high_95"]].tolist() == want.tolist()
    assert row["expected"] == 3
