"""Gi* against esda, the false-discovery rule against statsmodels, Knox against a closed form."""

import numpy as np
import pytest

from bsi.analysis import clusters
from bsi.errors import NotEstimable


def test_gi_star_is_that_of_esda(rng):
    from esda import G_Local
    from libpysal.weights import lat2W
    from libpysal.weights.util import fill_diagonal

    values = rng.poisson(1.5, (14, 11)).astype(float)
    weights = fill_diagonal(lat2W(14, 11, rook=False), 1.0)
    weights.transform = "B"
    want = G_Local(values.ravel(), weights, star=None, permutations=0, transform="B").Zs
    np.testing.assert_allclose(clusters.gi_star(values).ravel(), want, rtol=1e-9)


def test_cells_outside_the_window_count_neither_as_cells_nor_as_neighbours(rng):
    values = rng.poisson(2.0, (12, 12)).astype(float)
    inside = np.ones((12, 12), bool)
    inside[:, 6:] = False
    np.testing.assert_allclose(clusters.gi_star(values, inside)[:, :6], clusters.gi_star(values[:, :6]), rtol=1e-9)
    assert np.isnan(clusters.gi_star(values, inside)[:, 6:]).all()


def test_false_discovery_is_benjamini_hochberg(rng):
    from statsmodels.stats.multitest import multipletests

    p = np.concatenate([rng.uniform(0, 1, 300), rng.uniform(0, 0.002, 20)])
    np.testing.assert_array_equal(clusters.false_discovery(p), multipletests(p, 0.05, "fdr_bh")[0])
    assert not clusters.false_discovery(np.array([np.nan, 0.9])).any()


def test_a_planted_hot_spot_is_found_and_noise_is_rarely_called(rng):
    values = rng.poisson(1.0, (30, 30)).astype(float)
    values[10:13, 10:13] += 9
    hot = clusters.hot_cells(values)
    assert hot.loc[hot["row"].eq(11) & hot["column"].eq(11), "is_hot"].all()
    calls = sum(clusters.hot_cells(np.random.default_rng(s).poisson(1.0, (30, 30)))["is_hot"].any() for s in range(100))
    assert calls <= 30  # the right tail of Poisson counts is heavier than the normal's; far fewer than one grid in three


def test_knox_of_pairs_planted_in_space_and_time(rng):
    n = 60
    x, y, day = *rng.uniform(0, 100_000, (2, n)), rng.integers(0, 700, n).astype(float)
    x[1::2], y[1::2], day[1::2] = x[::2] + 50, y[::2], day[::2] + 1
    found = clusters.knox(x, y, day, 500, 3, range(199))
    assert found["n_pairs"] >= n // 2
    assert found["p"] == pytest.approx(1 / 200)


def test_the_expected_number_of_knox_pairs_is_the_closed_form(rng):
    """Under permutation each near pair is near in time with the share of all pairs that are: Knox's expectation."""
    x, y, day = *rng.uniform(0, 20_000, (2, 150)), rng.integers(0, 365, 150).astype(float)
    a, b = np.triu_indices(150, 1)
    near_space = np.hypot(x[a] - x[b], y[a] - y[b]) <= 2000
    near_time = np.abs(day[a] - day[b]) <= 10
    want = near_space.sum() * near_time.sum() / len(a)
    assert clusters.knox(x, y, day, 2000, 10, range(999))["n_expected"] == pytest.approx(want, rel=0.02)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: clusters.gi_star(np.zeros((2, 2))), "too few"),
    (lambda: clusters.gi_star(np.ones((5, 5))), "same number"),
    (lambda: clusters.knox([0.0] * 3, [0.0] * 3, [0] * 3, 1, 1), "too few"),
    (lambda: clusters.knox(range(20), range(20), np.arange(20) * 365, 10, 10), "three years"),
    (lambda: clusters.knox(np.arange(20) * 1e6, range(20), range(20), 10, 10), "no two incidents"),
])  # fmt: skip
def test_what_cannot_be_tested_is_said(call, words):
    with pytest.raises(NotEstimable, match=words):
        call()
