"""Candidate pairs: distances, blocks, levels, chance."""

import numpy as np
import pytest
from pyproj import Geod

from bsi.register.pairs import CAUSE_LEVEL, candidates, compare, haversine_km, prepare
from tests.test_linkage import background, made


def test_distance_agrees_with_the_ellipsoid_to_half_a_percent(rng):
    lon, lat = rng.uniform(-117, -97, (2, 200)), rng.uniform(25, 35, (2, 200))
    _, _, metres = Geod(ellps="WGS84").inv(lon[0], lat[0], lon[1], lat[1])
    np.testing.assert_allclose(haversine_km(lon[0], lat[0], lon[1], lat[1]), metres / 1000, rtol=5e-3)


@pytest.mark.parametrize(("km", "days", "is_candidate"), [(90, 2, True), (90, 8, False), (20, 10, True), (20, 20, False), (0.3, 90, True), (1.5, 90, False)])
def test_the_more_days_the_nearer_a_candidate_lies(km, days, is_candidate):
    a = prepare(made([("1", "2015-01-01", -112.0, 31.0, {})]))
    b = prepare(made([("2", np.datetime64("2015-01-01") + np.timedelta64(days, "D"), -112.0, 31.0 + km / 111.2, {})], "beta", "agency_y"))
    assert bool(len(candidates(a, b)[0])) == is_candidate


def test_blocks_lose_few_true_pairs():
    records, truth = background()
    table = prepare(records)
    a, b = (table[table["list"].str.startswith(s)].reset_index(drop=True) for s in ("alpha", "beta"))
    i, j = candidates(a, b)
    assert truth <= set(zip(a["record_id"].to_numpy()[i], b["record_id"].to_numpy()[j], strict=True))


def test_levels_of_agreement():
    a = prepare(made([("1", "2015-01-02", -112.0, 31.0, {"sex": "male", "age": 30.0, "cause": "heat", "nationality": "Mexico", "country": "US"})]))
    fields = [{"sex": "male", "age": 30.0, "cause": "heat", "nationality": "Mexico", "country": "US"},
              {"sex": "female", "age": 33.0, "cause": "exposure", "nationality": "Peru", "country": "MX"},
              {"cause": "drowning"}, {"cause": "skeletal"}]  # fmt: skip
    b = prepare(made([(str(k), "2015-01-01", -112.0, 31.0, f) for k, f in enumerate(fields)], "beta", "agency_y"))
    levels = compare(a, b, np.zeros(4, dtype=int), np.arange(4))
    assert levels["sex"].tolist() == [1, 2, 0, 0]
    assert levels["age"].tolist() == [1, 3, 0, 0]
    assert levels["country"].tolist() == [1, 2, 0, 0]
    assert levels["cause"].tolist() == [1, 3, 5, 4]
    assert levels["nationality"].tolist() == [1, 2, 0, 0]
    assert levels["days_apart"].tolist() == [-1] * 4


def test_agreement_of_causes_is_symmetric_and_unknown_says_nothing():
    assert (CAUSE_LEVEL == CAUSE_LEVEL.T).all()
    assert (CAUSE_LEVEL[-1] == 0).all()


@pytest.mark.parametrize("flag", ["point_is_null_island", "point_far_outside"])
def test_a_flagged_point_is_no_point(flag):
    records = made([("1", "2015-01-01", 0.0, 0.0, {"flags": flag})])
    assert prepare(records).empty
