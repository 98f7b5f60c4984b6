"""Buoy lines along a canal: the line problem against every choice, and what is public of the plan."""

import itertools

import numpy as np
import pytest

from bsi.analysis import buoys, sites, siting
from bsi.errors import NotEstimable


def test_the_plan_covers_as_much_as_the_best_of_all_pairs(rng):
    at = np.concatenate([rng.normal(1_500, 200, 12), rng.normal(4_200, 300, 8)]).clip(0, 6_000)
    problem = buoys.problem(at, 6_000.0, 300.0, 350.0)
    best = max(siting.covered(problem["covers"], problem["demand"], pair) for pair in itertools.combinations(range(len(problem["candidates"])), 2))
    chosen = sites.choose("exact", problem, 2)
    assert siting.covered(problem["covers"], problem["demand"], chosen) == pytest.approx(best)
    middles = np.sort(problem["candidates"][chosen, 0])
    assert abs(middles[0] - 1_500) < 500
    assert problem["demand"].sum() == pytest.approx(1.0)


def test_a_line_serves_half_its_length_and_its_reach():
    problem = buoys.problem(np.linspace(0, 10_000, 30), 10_000.0, 300.0, 350.0)
    middle = problem["covers"][:, 20].toarray().ravel() > 0
    assert np.ptp(problem["where"][middle, 0]) == 1_000.0  # 500 m = 300 / 2 + 350 to either side


def test_the_width_is_wide_for_even_and_narrow_for_bunched_incidents(rng):
    bunched = np.repeat([10_000.0, 50_000.0, 90_000.0], 8) + rng.normal(0, 100, 24)
    assert buoys.smoothing(bunched, 120_000.0) == min(buoys.SMOOTHING_M)
    assert buoys.smoothing(np.linspace(0, 120_000, 24), 120_000.0) >= 4_000.0
    with pytest.raises(NotEstimable, match="at least ten"):
        buoys.smoothing(bunched[:9], 120_000.0)


def test_the_public_plan_holds_stretches_of_ten_kilometres_only(shared_data, tmp_path_factory):  # noqa: ARG001
    """On the register of the real files, where one is built: nothing finer than ten kilometres, no coordinate."""
    import os
    from pathlib import Path

    import bsi
    from bsi import selections_sites

    folder = os.environ.get("BSI_OUT")
    if not folder or not Path(folder, "build.json").exists():
        pytest.skip("NO REGISTER: set BSI_OUT to a folder of a register built from the real files")
    plan = selections_sites.buoy_plan(bsi.open(folder))
    table = plan["stretches"]
    assert list(table) == ["km_from", "km_to", "n_lines", "share"]
    assert (table["km_from"] % 10 == 0).all()
    assert table["n_lines"].sum() == plan["k"]
    assert table["share"].sum() == pytest.approx(1.0)
    assert plan["greedy_share"] <= plan["share"] + 1e-9
    scores = plan["scores"].set_index(["method", "year"])["share"]
    assert scores.between(0, 1).all()
