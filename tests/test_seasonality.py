"""Season against SciPy, and series whose season and drift are known because they were drawn."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bsi.analysis.seasonality import circular_mean, seasonal_drift, seasonal_profile
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


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: seasonal_profile(months([1] * 40)), "at least 5 whole years"),
        (lambda: circular_mean(pd.Series(pd.to_datetime(["2001-01-01"] * 4))), "at least 10 dates; there are 4"),
        (lambda: seasonal_drift(pd.Series(pd.to_datetime(["2001-01-01"] * 4))), "no stretch of 10 years"),
    ],
)
def test_what_cannot_be_estimated_is_said(call, words):
    with pytest.raises(NotEstimable, match=words):
        call()


def test_one_busy_year_is_no_season():
    """Fifty-nine people in one of five years: resampled years would all show that year, and the interval no width."""
    n = np.r_[np.zeros(48), [1, 2, 3, 4, 5, 9, 10, 9, 6, 5, 3, 2]]
    with pytest.raises(NotEstimable, match="at least 5 whole years with deaths; there are 1"):
        seasonal_profile(pd.DataFrame({"period_start": pd.date_range("2005-01-01", periods=60, freq="MS"), "n": n}), "n")


def test_the_last_stretch_ends_with_the_dates():
    drift = seasonal_drift(pd.Series(pd.to_datetime([f"{y}-07-01" for y in (2003, 2009, 2012) for _ in range(10)])))
    assert drift[["from_year", "to_year"]].values.tolist() == [[2000, 2009], [2010, 2012]]
