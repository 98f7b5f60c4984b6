"""Chance agreement on place and day."""

import numpy as np
import pytest

from bsi.register.chance import chance_per_day
from bsi.register.pairs import DISTANCE_EDGES_KM, prepare
from tests.test_linkage import made


def test_chance_counts_a_shared_point_whole_and_grows_with_distance():
    rows = [(f"{k:03}", np.datetime64("2015-01-01") + np.timedelta64(k, "D"), -111.0, 32.2, {}) for k in range(100)]
    lone = [("z", "2015-02-01", -113.0, 31.8, {})]
    b = prepare(made(rows + lone, "beta", "agency_y"))
    a = prepare(made([("1", "2015-02-01", -111.0, 32.2, {}), ("2", "2015-02-01", -113.0, 31.8, {})]))
    chance = chance_per_day(a, b)
    assert chance.shape == (2, len(DISTANCE_EDGES_KM))
    assert (np.diff(chance, axis=1) >= 0).all()
    assert chance[0, 0] == pytest.approx(1.0, rel=0.35)
    assert chance[1, 0] < 1e-3
