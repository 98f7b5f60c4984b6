"""Relative risk against SciPy's densities and R's spatstat, its interval against a closed form, its test by simulation."""

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import multivariate_normal

from bsi.analysis import density, relative_risk
from bsi.errors import NotEstimable

BOX = shapely.box(0, 0, 100_000, 60_000)
GRID = density.grid_over(BOX, 5_000.0)


def _points(rng, n, share_west=0.5, precision=0.0):
    west = rng.random(n) < share_west
    x = np.where(west, rng.uniform(0, 50_000, n), rng.uniform(50_000, 100_000, n))
    return pd.DataFrame({"x_m": x, "y_m": rng.uniform(0, 60_000, n), "precision_m": precision})


def test_the_ratio_is_that_of_two_sums_of_scipys_normals(rng):
    """Away from the edges, where no correction enters."""
    a, b = (pd.DataFrame(rng.normal((50_000, 30_000), 6_000, (150, 2)), columns=["x_m", "y_m"]).assign(precision_m=0.0) for _ in range(2))
    grid = density.grid_over(BOX, 500.0)
    found = relative_risk.compare(a, b, grid, 4_000.0, replicates=19)
    near = found[(found["n_near"] > 30)]
    x, y = grid.centers
    at = np.column_stack([x[near["column"]], y[near["row"]]])
    want = [sum(multivariate_normal(p, 4_000.0**2).pdf(at) for p in part[["x_m", "y_m"]].to_numpy()) for part in (a, b)]
    np.testing.assert_allclose(near["log2"], np.log2(want[0] / want[1]), atol=0.06)  # points are binned to half a kilometre


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="NOT TESTED against R: Rscript is not there")
def test_edge_corrected_densities_are_those_of_spatstat(rng, tmp_path):
    """Same points, same bandwidth, uniform edge correction: `density.ppp(..., edge=TRUE)` divides by the kernel's mass in the window, too."""
    points = _points(rng, 200)
    points.to_csv(tmp_path / "points.csv", index=False)
    script = (
        "suppressMessages({library(spatstat.geom); library(spatstat.explore)});"
        f"p <- read.csv('{tmp_path}/points.csv'); q <- ppp(p$x_m, p$y_m, window=owin(c(0,1e5), c(0,6e4)));"
        f"d <- density.ppp(q, sigma=8000, edge=TRUE, dimyx=c(120,200)); write.table(d$v, '{tmp_path}/d.csv', row.names=FALSE, col.names=FALSE, sep=',')"
    )
    done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=False)
    if "there is no package" in done.stderr:
        pytest.skip("NOT TESTED against R: spatstat is not installed")
    want = np.loadtxt(tmp_path / "d.csv", delimiter=",") * 1e6
    got = density.density(points["x_m"], points["y_m"], 0.0, 8_000.0, density.grid_over(BOX, 500.0))
    assert np.abs(got - want).max() < 0.01 * want.max()


def test_the_interval_is_that_of_the_closed_form(rng):
    """By the delta method the variance of the log of a sum of kernels is (sum of K^2) / (sum of K)^2, less 1/n for the share of its total."""
    a, b = _points(rng, 600), _points(rng, 500)
    found = relative_risk.compare(a, b, GRID, 8_000.0, replicates=400)
    x, y = GRID.centers
    at = found[(x[found["column"]] > 30_000) & (x[found["column"]] < 70_000) & (y[found["row"]] > 25_000) & (y[found["row"]] < 35_000)]
    variance = np.zeros(len(at))
    for part in (a, b):
        squared = (x[at["column"]][:, None] - part["x_m"].to_numpy()) ** 2 + (y[at["row"]][:, None] - part["y_m"].to_numpy()) ** 2
        kernel = np.exp(-squared / (2 * 8_000.0**2))
        variance += (kernel**2).sum(axis=1) / kernel.sum(axis=1) ** 2 - 1 / len(part)
    want = 2 * 1.96 * np.sqrt(variance) / np.log(2)
    np.testing.assert_allclose((at["high"] - at["low"]).mean(), want.mean(), rtol=0.08)


def test_two_groups_of_one_pattern_are_rarely_called_apart():
    """At most one map in twenty may have a clear cell; in 60 maps more than seven have a chance of 2 %."""
    called = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        called += relative_risk.compare(_points(rng, 150), _points(rng, 120), GRID, 8_000.0, replicates=99)["is_clear"].any()
    assert called <= 7


def test_a_planted_difference_is_clear_where_it_is_and_nowhere_near_the_other_end(rng):
    found = relative_risk.compare(_points(rng, 500, 0.75), _points(rng, 500, 0.25), GRID, 8_000.0)
    west = GRID.centers[0][found["column"]] < 50_000
    clear = found["is_clear"]
    assert clear.mean() > 0.5
    assert (found.loc[clear & west, "log2"] > 0).all()
    assert (found.loc[clear & ~west, "log2"] < 0).all()
    inner = found[(GRID.centers[0][found["column"]] < 30_000)]
    assert inner["log2"].mean() == pytest.approx(np.log2(3), abs=0.3)
    assert (found["low"] <= found["high"]).all()


def test_where_nobody_was_found_nothing_is_said(rng):
    points = _points(rng, 200)
    points["x_m"] = points["x_m"] / 4
    found = relative_risk.compare(points[:100], points[100:], GRID, 5_000.0, replicates=49)
    far = GRID.centers[0][found["column"]] > 60_000
    assert not found.loc[far, "is_told"].any()
    assert not found.loc[far, "is_clear"].any()


def test_too_small_a_group_is_said(rng):
    with pytest.raises(NotEstimable, match="holds 3 incidents; at least 20"):
        relative_risk.compare(_points(rng, 100), _points(rng, 3), GRID, 5_000.0)
