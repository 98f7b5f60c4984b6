"""The scan statistic against brute force, against SaTScan's published-by-running result, and its error rates by simulation."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bsi.analysis import scan
from bsi.errors import InputError, NotEstimable


def _brute_force(x, y, month, limits):
    """Every centre, every circle, every window, as the definition says: the largest statistic."""
    points = np.column_stack([x, y])
    n, most = len(x), np.floor(limits.share * len(x) + 1e-9)
    best = (0.0, None)
    for center in np.unique(points, axis=0):
        distance = np.hypot(*(points - center).T)
        for radius in np.unique(distance[distance <= limits.radius_m]):
            inside = distance <= radius
            if inside.sum() > most:
                break
            for start in range(month.min(), month.max() + 1):
                for end in range(start, min(start + limits.months, month.max() + 1)):
                    when = (month >= start) & (month <= end)
                    observed, expected = (inside & when).sum(), inside.sum() * when.sum() / n
                    if observed >= limits.cases and observed > expected:
                        value = observed * np.log(observed / expected)
                        value += (n - observed) * np.log((n - observed) / (n - expected)) if n > observed else 0
                        best = max(best, (value, (observed, start, end)), key=lambda b: b[0])
    return best


@pytest.mark.parametrize("seed", range(12))
def test_the_most_likely_cluster_is_the_one_brute_force_finds(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(12, 45))
    x, y = rng.integers(0, 30, (2, n)) * 1000.0  # a coarse grid, so that places and distances tie
    month = rng.integers(0, 8, n)
    limits = scan.Limits(radius_m=12_000.0, share=0.5, months=3)
    value, _ = _brute_force(x, y, month, limits)
    found = scan.scan(x, y, month, limits, replicates=0).iloc[0]
    assert found["statistic"] == pytest.approx(value, rel=1e-12)


def test_a_prospective_scan_keeps_only_windows_that_end_now(rng):
    x, y = rng.uniform(0, 50_000, (2, 200))
    month = np.sort(rng.integers(0, 24, 200))
    x[:12], y[:12], month[:12] = 1000.0, 1000.0, 2  # an old cluster
    old = scan.scan(x, y, month, replicates=0).iloc[0]
    alive = scan.scan(x, y, month, scan.Limits(is_prospective=True), replicates=0)
    assert old["month_to"] == 2
    assert (alive["month_to"] == month.max()).all()


def test_satscan_finds_the_same_first_cluster_on_the_real_file(shared_data):
    """SaTScan 10.3.2, space-time permutation, 10 % of cases or 50 km, 12 months: 12 observed, 0.79 expected, 21.467200."""
    from pyproj import Transformer

    rows = pd.read_csv(shared_data / "raw/humane_borders/2022-03-31_ogis_migrant_deaths.csv", dtype=str)
    day = pd.to_datetime(rows["Reporting Date"])
    rows = rows[day.between("2014-01-01", "2021-12-31") & (rows["Location Precision"] != "no location description")]
    day = pd.to_datetime(rows["Reporting Date"])
    x, y = Transformer.from_crs(4326, 26912, always_xy=True).transform(rows["Longitude"].astype(float), rows["Latitude"].astype(float))
    first = scan.scan(np.round(x), np.round(y), day.dt.year * 12 + day.dt.month - 1, replicates=0).iloc[0]
    assert len(rows) == 1294
    assert first["n_observed"] == 12
    assert first["n_expected"] == pytest.approx(0.79, abs=0.005)
    assert first["radius_m"] == pytest.approx(3255.69, abs=0.01)
    assert (first["month_from"], first["month_to"]) == (2017 * 12 + 4, 2017 * 12 + 5)
    assert first["statistic"] == pytest.approx(21.467200, abs=5e-7)


def test_false_alarms_are_as_rare_as_stated_and_a_planted_cluster_is_found():
    """Under no clustering p <= 0.05 comes up about one time in twenty; a group of eight deaths in one month nearly always."""
    alarms, hits = 0, 0
    for seed in range(60):
        rng = np.random.default_rng(1000 + seed)
        x, y = rng.uniform(0, 100_000, (2, 120))
        month = rng.integers(0, 24, 120)
        alarms += scan.scan(x, y, month, replicates=99, seed=seed)["p_monte_carlo"].iloc[0] <= 0.05
        x[:8], y[:8], month[:8] = 50_000 + rng.uniform(0, 1500, 8), 50_000 + rng.uniform(0, 1500, 8), 12
        hits += scan.scan(x, y, month, replicates=99, seed=seed)["p_monte_carlo"].iloc[0] <= 0.05
    assert alarms <= 9  # binomial(60, 0.05): more than 9 has probability 0.001
    assert hits >= 50


def test_two_runs_agree_and_the_order_of_rows_does_not_matter(rng):
    x, y = rng.uniform(0, 50_000, (2, 80))
    month = rng.integers(0, 12, 80)
    one = scan.scan(x, y, month, replicates=49)
    pd.testing.assert_frame_equal(one, scan.scan(x, y, month, replicates=49))
    shuffled = rng.permutation(80)
    assert scan.scan(x[shuffled], y[shuffled], month[shuffled], replicates=0)["statistic"].iloc[0] == pytest.approx(one["statistic"].iloc[0])


@pytest.mark.parametrize(("x", "y", "month", "words"), [
    ([1.0] * 5, [1.0] * 5, range(5), "too few"),
    ([1.0] * 20, [1.0] * 20, range(20), "one place"),
    (range(20), range(20), [3] * 20, "one month"),
])  # fmt: skip
def test_what_cannot_be_scanned_is_said(x, y, month, words):
    with pytest.raises(NotEstimable, match=words):
        scan.scan(list(x), list(y), list(month))


@pytest.mark.parametrize("seed", range(4))
def test_a_prospective_scan_is_the_brute_force_over_windows_that_end_in_the_last_month(seed):
    """Also where the circle has no case in that month, and where the study ends after the last case."""
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 20, (2, 30)) * 1000.0
    month = rng.integers(0, 8, 30)
    limits = scan.Limits(radius_m=12_000.0, share=0.5, months=4, is_prospective=True, last_month=9)
    best, n = 0.0, len(x)
    for center in np.unique(np.column_stack([x, y]), axis=0):
        distance = np.hypot(x - center[0], y - center[1])
        for radius in np.unique(distance[distance <= limits.radius_m]):
            inside = distance <= radius
            for start in range(6, 10):
                when = month >= start
                observed, expected = (inside & when).sum(), inside.sum() * when.sum() / n
                if inside.sum() <= 15 and observed >= 2 and observed > expected:
                    best = max(best, float(scan.statistic(observed, expected, n)))
    found = scan.scan(x, y, month, limits, replicates=0)
    assert found["statistic"].iloc[0] == pytest.approx(best, rel=1e-12)
    assert (found["month_to"] == 9).all()


@pytest.mark.parametrize("seed", range(4))
def test_the_poisson_scan_is_the_brute_force_over_exposure(seed):
    rng = np.random.default_rng(seed)
    places, months = rng.choice(900, 12, replace=False), 8
    xy = np.column_stack([places // 30, places % 30]) * 1000.0
    exposure = rng.gamma(2.0, 1.0, (12, months))
    place, month = np.append(np.arange(12), rng.integers(0, 12, 28)), rng.integers(100, 100 + months, 40)
    cases = pd.DataFrame({"place": place, "x_m": xy[place, 0], "y_m": xy[place, 1], "month": month})
    expected, best = exposure / exposure.sum() * 40, 0.0
    for center in range(12):
        distance = np.hypot(*(xy - xy[center]).T)
        for radius in np.unique(distance[distance <= 15_000]):
            inside = distance <= radius
            for start in range(months):
                for end in range(start, min(start + 3, months)):
                    mine = inside[place] & (month - 100 >= start) & (month - 100 <= end)
                    mu = expected[inside, start : end + 1].sum()
                    if expected[inside].sum() <= 20 and mine.sum() >= 2:
                        best = max(best, float(scan.statistic(mine.sum(), mu, 40)))
    found = scan.scan_poisson(cases, exposure, 100, scan.Limits(radius_m=15_000.0, share=0.5, months=3), replicates=0)
    assert found["statistic"].iloc[0] == pytest.approx(best, rel=1e-9)


def test_the_poisson_scan_does_not_call_what_the_exposure_explains(rng):
    """A month of tenfold traffic with tenfold deaths is a cluster to the permutation-free eye and none to the Poisson scan."""
    exposure = np.ones((20, 24))
    exposure[3:6, 10:12] = 10.0
    xy = rng.uniform(0, 50_000, (20, 2))
    xy[3:6] = xy[3] + [[0, 0], [300, 0], [0, 300]]
    rate = exposure / exposure.sum() * 300
    cells = np.repeat(np.arange(480), rng.poisson(rate).ravel())
    cases = pd.DataFrame({"place": cells // 24, "x_m": xy[cells // 24, 0], "y_m": xy[cells // 24, 1], "month": cells % 24})
    limits = scan.Limits(share=0.5, months=6)
    assert scan.scan_poisson(cases, exposure, 0, limits, replicates=99)["p_monte_carlo"].iloc[0] > 0.05
    assert scan.scan_poisson(cases, np.ones((20, 24)), 0, limits, replicates=99)["p_monte_carlo"].iloc[0] == pytest.approx(0.01)


def test_the_exposure_must_cover_the_cases():
    cases = pd.DataFrame({"place": [0] * 6 + [1] * 6, "sector": ["A"] * 6 + ["B"] * 6, "x_m": [0.0] * 6 + [9.0] * 6, "y_m": 0.0, "month": list(range(6)) * 2})
    with pytest.raises(InputError, match="lacks the sectors B"):
        scan.exposure_by_sector(cases, pd.DataFrame({"A": [1.0] * 6}))
    good = scan.exposure_by_sector(cases, pd.DataFrame({"A": [1.0] * 6, "B": [2.0] * 6}))
    assert good.sum(axis=1).tolist() == [6.0, 12.0]
    with pytest.raises(InputError, match="without exposure"):
        scan.scan_poisson(cases, good, 3)
    with pytest.raises(InputError, match="negative"):
        scan.scan_poisson(cases, -good, 0)
    with pytest.raises(InputError, match="places without coordinates"):
        scan.scan_poisson(cases[cases["place"] == 0], good, 0)


def test_the_scan_runs_where_nothing_compiled_can_be_kept():
    """A read-only install without a cache folder: numba finds no place for its files."""
    code = ("import numba.core.caching as c; c.CacheImpl._locator_classes = []; import numpy as np; from bsi.analysis import scan_kernel as k; "
            "print(round(k.likelihood_ratio(12, 0.79, 1294), 2))")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path(__file__).resolve().parents[1])
    assert done.stdout.strip() == "21.49", done.stderr


@pytest.mark.parametrize("longest", [1, 2, 3, 7, 12, 18])
def test_the_blocks_of_windows_hold_every_window_of_a_month_once(longest):
    from bsi.analysis.scan_kernel import window_blocks

    wanted = [(s, e) for s in range(longest) for e in range(longest, s + longest + 1)]
    blocks = window_blocks(longest)
    tried = [(s, e) for s0, s1, e0, e1 in blocks[1:] for s in range(s0, s1 + 1) for e in range(e0, min(e1, s + longest) + 1)]
    assert sorted(tried) == wanted
    assert tuple(blocks[0]) == (0, longest - 1, longest, 2 * longest - 1)


@pytest.mark.parametrize("seed", range(6))
def test_long_windows_too_are_those_of_brute_force(seed):
    """Windows of up to twelve months of thirty, many cases a place: whole blocks of windows are left out, none that is the best."""
    rng = np.random.default_rng(100 + seed)
    x, y = rng.integers(0, 8, (2, 70)) * 1000.0
    month = np.minimum(rng.integers(0, 30, 70) + rng.integers(0, 2, 70) * 5, 29)
    limits = scan.Limits(radius_m=5_000.0, share=0.4, months=12)
    value, _ = _brute_force(x, y, month, limits)
    assert scan.scan(x, y, month, limits, replicates=0)["statistic"].iloc[0] == pytest.approx(value, rel=1e-12)


def test_clusters_above_a_strength_are_those_of_the_whole_scan(rng):
    x, y, month = rng.integers(0, 12, 200) * 1000.0, rng.integers(0, 12, 200) * 1000.0, rng.integers(0, 24, 200)
    whole = scan.scan(x, y, month, replicates=19)
    least = float(whole["statistic"].iloc[3])
    strong = scan.scan(x, y, month, scan.Limits(statistic=least), replicates=19)
    pd.testing.assert_frame_equal(strong, whole[whole["statistic"] > least])  # p too: the replicates are not cut


def test_the_poisson_scan_raises_false_alarms_as_rarely_as_stated():
    """Cases drawn from an uneven exposure: p <= 0.1 comes up about one time in ten, by rank and by the Gumbel tail."""
    rank, tail = 0, 0
    for seed in range(60):
        rng = np.random.default_rng(500 + seed)
        exposure, xy = rng.gamma(1.5, 1.0, (40, 24)), rng.uniform(0, 80_000, (40, 2))
        cells = np.repeat(np.arange(960), rng.poisson(exposure / exposure.sum() * 150).ravel())
        place, month = np.append(cells // 24, np.arange(40)), np.append(cells % 24, [np.nan] * 40)  # the last forty rows only say where the places are
        cases = pd.DataFrame({"place": place, "x_m": xy[place, 0], "y_m": xy[place, 1], "month": month})
        best = scan.scan_poisson(cases, exposure, 0, scan.Limits(share=0.3, months=6), replicates=99, seed=seed).iloc[0]
        rank, tail = rank + (best["p_monte_carlo"] <= 0.1), tail + (best["p_gumbel"] <= 0.1)
    assert 0 < rank <= 14  # binomial(60, 0.1): more than 14 has probability 0.0005
    assert 0 < tail <= 14


def test_a_case_without_a_position_is_told():
    with pytest.raises(InputError, match="no position"):
        scan.scan(np.r_[np.nan, np.arange(19.0)], np.zeros(20), np.arange(20))
