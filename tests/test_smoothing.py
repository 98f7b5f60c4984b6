"""Smoothed rates against statsmodels, and against rates that are known because they were drawn."""

import numpy as np
import pandas as pd
import pytest

from bsi.analysis.smoothing import smooth
from bsi.errors import NotEstimable


def test_smoothing_against_statsmodels(rng):
    from statsmodels.discrete.discrete_model import NegativeBinomial

    exposure = pd.Series(rng.uniform(2e4, 6e5, 60))
    counts = pd.Series(rng.poisson(exposure * rng.gamma(3, 1e-4 / 3, 60)))
    table = smooth(counts, exposure)
    fit = NegativeBinomial(counts, np.ones(60), offset=np.log(exposure)).fit(disp=0, maxiter=500)
    shape = 1 / fit.params.iloc[1]
    mean = np.exp(fit.params.iloc[0])
    assert table["smoothed"].to_numpy() == pytest.approx(((counts + shape) / (exposure + shape / mean) * 1e5).to_numpy(), rel=1e-3)
    assert ((table["low"] < table["smoothed"]) & (table["smoothed"] < table["high"])).all()
    small, large = exposure.idxmin(), exposure.idxmax()
    assert table.loc[small, "weight"] < table.loc[large, "weight"]


def test_smoothing_beats_the_raw_rates(rng):
    raw = eb = 0
    for _ in range(20):
        exposure = pd.Series(rng.uniform(1e3, 1e5, 40))
        true = rng.gamma(4, 1e-4 / 4, 40)
        table = smooth(pd.Series(rng.poisson(exposure * true)), exposure)
        raw += ((table["rate"] - true * 1e5) ** 2).sum()
        eb += ((table["smoothed"] - true * 1e5) ** 2).sum()
    assert eb < raw / 2


def test_cells_that_vary_by_chance_only_get_the_common_rate():
    table = smooth(pd.Series([10] * 8), pd.Series([1e5] * 8))
    assert table["smoothed"].to_numpy() == pytest.approx(np.full(8, 10.0), rel=1e-3)


@pytest.mark.parametrize(
    ("n", "e", "words"), [([1, 2], [1, 1], "at least five"), ([1] * 5, [1, 1, 1, 1, 0], "above zero"), ([0] * 5, [1] * 5, "at least one event")]
)
def test_smoothing_that_cannot_be_had(n, e, words):
    with pytest.raises(NotEstimable, match=words):
        smooth(pd.Series(n), pd.Series(e))


def test_a_cell_without_a_count_is_refused():
    with pytest.raises(NotEstimable, match="at least one event"):
        smooth(pd.Series([1.0, np.nan] * 3), pd.Series([10.0] * 6))
