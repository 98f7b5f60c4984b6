"""Small counts: the published example of the weighted displacement difference, and placebos."""

import numpy as np
import pandas as pd
import pytest

from bsi.analysis import exact
from bsi.errors import InputError, NotEstimable


def test_the_example_of_wheeler_and_ratcliffe():
    found = exact.displacement((207, 110), (308, 318), (178, 157), (150, 140))
    assert found["difference"] == -118
    assert found["error"] ** 2 == pytest.approx(1568)
    assert (round(found["z"], 2), round(found["low"]), round(found["high"])) == (-2.98, -196, -40)


def test_the_published_example_of_unequal_times():
    found = exact.displacement((80, 20), (100, 50), lengths=(2, 1))
    assert found["difference"] == -20
    assert found["error"] ** 2 == pytest.approx(115)


def test_half_a_displacement_pair_and_negative_counts_are_refused():
    with pytest.raises(InputError, match="comparison of its own"):
        exact.displacement((1, 2), (3, 4), near=(1, 1))
    with pytest.raises(InputError, match="below zero"):
        exact.displacement((-1, 2), (3, 4))
    assert exact.displacement((0, 0), (0, 0))["p_value"] == 1


def test_randomisation_counts_the_observed_one_and_both_directions():
    assert exact.randomisation_p(0.5, [1.0] * 19) == pytest.approx(0.05)
    assert exact.randomisation_p(0.5, [2.0, 1.0, 1.0]) == pytest.approx(0.5)
    assert exact.randomisation_p(1.0, [3.0, np.nan]) == 1
    with pytest.raises(NotEstimable, match="no other date"):
        exact.randomisation_p(0.5, [])


def test_year_on_year_survives_zeros():
    table = exact.year_on_year(pd.Series([4, 0, 2], index=[2001, 2002, 2003]))
    assert table["ratio"].tolist() == pytest.approx([0.5 / 4.5, 2.5 / 0.5])
