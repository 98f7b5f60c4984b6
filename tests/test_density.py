"""Densities against SciPy's exact kernel sums, a closed form, and simulation; every impossible case is said."""

import numpy as np
import pytest
import shapely
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from bsi.analysis import density
from bsi.errors import NotEstimable

GRID = density.Grid(0.0, 0.0, 250.0, (240, 240))


def test_far_from_the_edge_it_is_the_sum_of_gaussians(rng):
    x, y = rng.uniform(25_000, 35_000, (2, 40))
    got = density.density(x, y, 0.0, 2000.0, GRID)
    cx, cy = GRID.centers
    at = np.stack(np.meshgrid(cx, cy), axis=-1)
    want = sum(multivariate_normal([a, b], 2000.0**2).pdf(at) for a, b in zip(x, y, strict=True)) * 1e6
    assert np.abs(got - want).max() < 0.02 * want.max()


def test_a_disc_of_precision_spreads_a_point_as_its_variance_says():
    """A uniform disc of radius r has variance r^2/4 along each axis; the density's second moment shows both parts."""
    r, h = 8000.0, 2000.0
    got = density.density([30_000.0], [30_000.0], [r], h, GRID)
    cx, _ = GRID.centers
    profile = got.sum(axis=0) / got.sum()
    variance = (profile * cx**2).sum() - (profile * cx).sum() ** 2
    assert variance == pytest.approx(h**2 + r**2 / 4, rel=0.03)


def test_inside_it_keeps_the_mass_and_outside_the_window_there_is_nothing():
    grid = density.grid_over(shapely.box(0, 0, 30_000, 30_000), 500.0)
    got = density.density([14_000.0, 15_900.0], [15_000.0, 16_100.0], 0.0, 2000.0, grid)
    assert np.nansum(got) * 0.25 == pytest.approx(2.0, rel=0.01)
    triangle = density.grid_over(shapely.Polygon([(0, 0), (30_000, 0), (0, 30_000)]), 500.0)
    spread = density.density([5_000.0], [5_000.0], 0.0, 3000.0, triangle)
    assert np.isnan(spread[~triangle.inside]).all()


def test_a_uniform_pattern_gives_a_flat_intensity_also_at_the_edge(rng):
    x, y = rng.uniform(0, 60_000, (2, 200_000))
    got = density.density(x, y, 0.0, 3000.0, GRID)
    assert np.abs(got / (200_000 / 3600) - 1).max() < 0.12


def test_cross_validation_finds_about_the_bandwidth_that_fits(rng):
    """For a normal cloud the best Gaussian bandwidth is near sigma * n**(-1/6); candidates a factor of four off must lose."""
    x, y = rng.normal(0, 10_000, (2, 400))
    best = 10_000 * 400 ** (-1 / 6)
    chosen, scores = density.choose_bandwidth(x, y, 0.0, (best / 4, best, best * 4))
    assert chosen == best
    assert scores.argmax() == 1


def test_copies_of_one_coordinate_do_not_draw_the_bandwidth_to_nothing(rng):
    x, y = rng.normal(0, 10_000, (2, 100))
    x[:60], y[:60] = x[0], y[0]
    chosen, _ = density.choose_bandwidth(x, y, 0.0, (10.0, 5_000.0))
    assert chosen == 5_000.0


def test_bootstrap_spread_is_that_of_a_poisson_count(rng):
    x, y = rng.uniform(0, 60_000, (2, 2000))
    small = density.Grid(0.0, 0.0, 2000.0, (30, 30))
    draws = density.bootstrap(x, y, 0.0, 3000.0, small, range(200))
    totals = draws.sum(axis=(1, 2)) * 4
    assert totals.std() == pytest.approx(np.sqrt(2000), rel=0.2)


def test_the_bootstrap_interval_is_that_of_the_closed_form(rng):
    """A sum of kernels drawn Poisson times has the variance of the sum of its squared kernels (far from the edge no correction enters)."""
    x, y = rng.uniform(25_000, 35_000, (2, 300))
    grid = density.Grid(0.0, 0.0, 1000.0, (60, 60))
    draws = density.bootstrap(x, y, 0.0, 3000.0, grid, range(600))[:, 30, 30]
    at = np.column_stack([x, y]) - 30_500.0
    want = np.sqrt((multivariate_normal([0, 0], 3000.0**2).pdf(at) ** 2).sum()) * 1e6
    assert draws.std() == pytest.approx(want, rel=0.1)
    low, high = np.percentile(draws, (2.5, 97.5))
    assert high - low == pytest.approx(2 * 1.96 * want, rel=0.12)


def test_cross_validation_scores_are_the_log_densities_of_scipy(rng):
    points = rng.normal(0, 5_000, (60, 2))
    _, scores = density.choose_bandwidth(*points.T, 0.0, (2000.0, 400.0))
    want = []
    for h in (2000.0, 400.0):
        each = np.stack([multivariate_normal(p, h**2).logpdf(points) for p in points])
        np.fill_diagonal(each, -np.inf)
        want.append((logsumexp(each, axis=0) - np.log(59)).mean())
    np.testing.assert_allclose(scores, want, rtol=1e-6)


def test_the_bandwidth_of_a_ratio_is_fine_where_groups_lie_apart_and_wide_where_they_do_not(rng):
    x, y = rng.uniform(0, 100_000, (2, 900))
    stripes = (x // 10_000) % 2 == 0
    assert density.choose_for_ratio(x, y, stripes)[0] <= 5_000
    assert density.choose_for_ratio(x, y, rng.permutation(stripes))[0] == 20_000


def test_no_point_and_too_few_places_are_said():
    with pytest.raises(NotEstimable, match="no incident"):
        density.density([], [], [], 1000.0, GRID)
    with pytest.raises(NotEstimable, match="too few"):
        density.choose_bandwidth([1.0] * 50, [1.0] * 50)
    with pytest.raises(NotEstimable, match="too few"):
        density.choose_for_ratio([1.0] * 50, [1.0] * 50, [True] * 50)
