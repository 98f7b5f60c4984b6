"""Siting against every subset of a small problem, and the bounds that theory gives."""

import itertools
import time

import numpy as np
import pytest

from bsi.analysis import siting
from bsi.errors import InputError, NotEstimable


def _problem(rng, n=40, m=9):
    demand_xy, candidate_xy = rng.uniform(0, 10_000, (n, 2)), rng.uniform(0, 10_000, (m, 2))
    return siting.coverage(demand_xy, candidate_xy, 2500.0), rng.gamma(1.0, 1.0, n), demand_xy, candidate_xy


def test_coverage_is_the_distance_matrix_cut_at_the_radius(rng):
    covers, _, demand_xy, candidate_xy = _problem(rng)
    distance = np.hypot(*(demand_xy[:, None, :] - candidate_xy[None, :, :]).transpose(2, 0, 1))
    np.testing.assert_array_equal(covers.toarray() > 0, distance <= 2500.0)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_the_exact_choice_is_the_best_of_all_subsets(rng, k):
    covers, demand, *_ = _problem(rng)
    best = max(siting.covered(covers, demand, s) for s in itertools.combinations(range(9), k))
    found = siting.choose_sites(covers, demand, k)
    assert found["covered"] == pytest.approx(best)
    assert (found["method"], found["gap"]) == ("exact", 0.0)
    assert len(found["chosen"]) == k


@pytest.mark.parametrize("seed", range(8))
def test_greedy_keeps_the_bound_of_one_minus_one_over_e(seed):
    covers, demand, *_ = _problem(np.random.default_rng(seed))
    best = max(siting.covered(covers, demand, s) for s in itertools.combinations(range(9), 4))
    assert siting.covered(covers, demand, siting.greedy_sites(covers, demand, 4)) >= (1 - 1 / np.e) * best


def test_what_existing_sites_cover_is_not_covered_again(rng):
    covers, demand, _, _ = _problem(rng)
    first = siting.choose_sites(covers, demand, 1)
    second = siting.choose_sites(covers, demand, 1, existing=covers[:, first["chosen"]])
    assert second["chosen"][0] != first["chosen"][0]
    assert first["covered"] + second["covered"] <= demand.sum() + 1e-9


def test_the_curve_rises_and_its_interval_holds_it(rng):
    covers, demand, *_ = _problem(rng)
    draws = demand * rng.poisson(1.0, (200, len(demand)))
    curve = siting.coverage_curve(covers, demand, draws, 9)
    assert curve["share"].is_monotonic_increasing
    assert (curve["share_low"] <= curve["share_high"]).all()
    assert ((curve["share"] >= curve["share_low"]) & (curve["share"] <= curve["share_high"])).mean() > 0.8


def test_even_sites_are_the_corners_and_the_middle_of_a_square():
    grid = np.array([(x, y) for x in range(5) for y in range(5)], float)
    chosen = {tuple(grid[i]) for i in siting.even_sites(grid, 5)}
    assert chosen == {(2, 2), (0, 0), (0, 4), (4, 0), (4, 4)}


def test_what_cannot_be_sited_is_said(rng):
    covers, demand, *_ = _problem(rng)
    for k in (0, 10):
        with pytest.raises(InputError, match="candidates"):
            siting.choose_sites(covers, demand, k)
    with pytest.raises(NotEstimable, match="no candidate"):
        siting.choose_sites(covers, demand * 0, 2)


def test_a_problem_of_real_size_is_solved(rng):
    covers = siting.coverage(rng.uniform(0, 200_000, (2000, 2)), rng.uniform(0, 200_000, (400, 2)), 10_000.0)
    demand = rng.gamma(0.5, 1.0, 2000)
    started = time.perf_counter()
    found = siting.choose_sites(covers, demand, 20)
    print(f"20 of 400 candidates, 2,000 demand points: {time.perf_counter() - started:.2f} s, gap {found['gap']:.4f}")  # noqa: T201
    assert found["covered"] >= siting.covered(covers, demand, siting.greedy_sites(covers, demand, 20)) - 1e-9


def test_what_the_solver_did_not_prove_is_not_called_exact(rng):
    """Stopped at once, the solver's bound stays open: the label says so and the gap holds the best there is."""
    covers = siting.coverage(rng.uniform(0, 100_000, (900, 2)), rng.uniform(0, 100_000, (300, 2)), 9_000.0)
    demand = rng.gamma(0.3, 1.0, 900)
    hasty, patient = siting.choose_sites(covers, demand, 25, time_limit_s=0.0), siting.choose_sites(covers, demand, 25)
    assert hasty["method"] != "exact"
    assert hasty["gap"] > 0
    assert hasty["covered"] * (1 + hasty["gap"]) >= patient["covered"] - 1e-6
    assert (patient["method"] == "exact") == (patient["gap"] == 0)
