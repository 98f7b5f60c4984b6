"""Interrupted series: R's glm.nb, planted changes, and every reason not to fit."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bsi.analysis import blocks, its
from bsi.errors import NotEstimable

R = json.loads((Path(__file__).parent / "data" / "r_interventions.json").read_text(encoding="utf-8"))
WINDOWS = ("2005-01-01", "2009-12-31", "2010-01-01", "2014-12-31")


def _months():
    return pd.DataFrame(R["its"]).assign(period_start=lambda t: pd.to_datetime(t["period_start"]))


def test_level_slope_and_dispersion_are_those_of_glm_nb():
    effects = its.interrupted(_months(), WINDOWS)["effects"].set_index("effect")
    want = dict(zip(R["its_names"], R["its_coef"], strict=True))
    assert np.log(effects.loc["level", "ratio"]) == pytest.approx(want["step"], abs=1e-4)
    assert np.log(effects.loc["slope", "ratio"]) == pytest.approx(want["years:step"], abs=1e-4)
    assert effects.loc["level", "dispersion"] == pytest.approx(1 / R["its_theta"], rel=1e-3)


def test_a_planted_step_is_covered_and_a_slope_is_not_taken_for_it():
    inside, rng = 0, np.random.default_rng(5)
    start = pd.date_range("2005-01-01", "2014-12-01", freq="MS")
    for _ in range(60):
        mean = 8 * np.exp(0.5 * np.sin(2 * np.pi * start.month / 12) - 0.05 * (start.year - 2010)) * np.where(start.year >= 2010, 0.6, 1)
        months = pd.DataFrame({"period_start": start, "n": rng.poisson(mean * rng.gamma(5, 0.2, len(start))).astype(float), "exposure": 1.0})
        level = its.interrupted(months, WINDOWS)["effects"].iloc[0]
        inside += level["low"] <= 0.6 <= level["high"]
    assert inside >= 52  # binomial(60, 0.95): fewer has probability 0.006


def test_the_fit_without_the_change_joins_the_series_before():
    fitted = its.interrupted(_months(), WINDOWS)["fitted"]
    before = fitted["period_start"] < "2010-01-01"
    assert np.allclose(fitted.loc[before, "mean"], fitted.loc[before, "without"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.head(70), "24 months on each side"),
        (lambda t: t.assign(n=t["n"].where(t["period_start"] < "2010-01-01", 0)), "no death"),
        (lambda t: t.assign(n=t["n"] + 0.5), "whole counts"),
        (lambda t: t.assign(exposure=0.0), "exposure is zero or missing"),
    ],
)
def test_every_reason_is_said(change, words):
    with pytest.raises(NotEstimable, match=words):
        its.interrupted(change(_months()), WINDOWS)


def test_a_gap_or_a_missing_count_is_refused():
    months = pd.DataFrame({"period_start": pd.date_range("2005-01-01", periods=60, freq="MS"), "n": 3.0, "exposure": 1.0})
    windows = ("2005-01-01", "2006-12-31", "2007-01-01", "2009-12-31")
    for bad in (months.drop(index=5), months.assign(n=months["n"].mask(months.index == 3)), months.iloc[::-1]):
        with pytest.raises(NotEstimable, match="missing"):
            its.interrupted(bad, windows)
        with pytest.raises(NotEstimable, match="missing"):
            blocks.yearly_blocks(bad, windows)
