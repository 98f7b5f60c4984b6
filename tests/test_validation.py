"""Forward validation: ties by expectation, known answers, and no look into the future."""

import numpy as np
import pandas as pd
import pytest

from bsi.analysis import validation
from bsi.errors import NotEstimable

INSIDE = np.ones((10, 10), bool)


def test_a_map_that_knows_nothing_hits_as_much_as_its_area(rng):
    test = rng.poisson(1.0, (10, 10))
    for share in validation.SHARES:
        assert validation.hit_rate(np.zeros((10, 10)), INSIDE, test, share) == pytest.approx(share)


def test_ties_are_the_mean_of_every_order():
    score, test = np.array([[2.0, 1.0, 1.0, 0.0]]), np.array([[1, 4, 0, 0]])
    by_hand = (1 + (4 + 0) / 2) / 5
    assert validation.hit_rate(score, np.ones((1, 4), bool), test, 0.5) == pytest.approx(by_hand)


def test_a_perfect_map_hits_all_and_a_part_cell_counts_in_part():
    test = np.zeros((10, 10))
    test[3, 3] = 7
    assert validation.hit_rate(test, INSIDE, test, 0.01) == 1.0
    assert validation.hit_rate(test, INSIDE, test, 0.005) == pytest.approx(0.5)


def test_the_log_score_of_an_even_map_is_minus_log_cells(rng):
    assert validation.log_score(np.ones((10, 10)), INSIDE, rng.poisson(1, (10, 10))) == pytest.approx(-np.log(100))


def test_makers_see_only_the_years_before(rng):
    counts = {year: rng.poisson(1.0, (10, 10)) for year in range(2000, 2006)}
    seen = []

    def maker(last_year):
        seen.append(last_year)
        return counts[last_year]

    scores = validation.forward(counts, INSIDE, {"last year": maker}, 2002)
    assert seen == [2001, 2002, 2003, 2004]
    assert scores["year"].tolist() == [2002, 2003, 2004, 2005]
    assert scores.loc[0, "pai_5"] == pytest.approx(scores.loc[0, "hit_rate_5"] / 0.05)


def test_a_stable_pattern_beats_uniform_and_noise_does_not(rng):
    rate = np.exp(rng.normal(0, 1.5, (10, 10)))
    stable = {y: rng.poisson(rate) for y in range(2000, 2015)}
    noise = {y: rng.poisson(1.0, (10, 10)) for y in range(2000, 2015)}
    for counts, better in ((stable, True), (noise, False)):
        makers = {"past": lambda t, c=counts: sum(v for y, v in c.items() if y <= t), "uniform": lambda t: np.ones((10, 10))}
        table = validation.compare(validation.forward(counts, INSIDE, makers, 2003), "uniform").set_index("method")
        assert table.loc["past", "is_better"] == better
        assert table.loc["uniform", "difference"] == 0


def _scores(hits, logs, years=10):
    """Scores of ten years that differ from map to map by the same amount each year, so that every difference is certain."""
    rows = [(m, y, 20, h + 0.01 * (y % 3), logs.get(m, -9.0)) for m, h in hits.items() for y in range(2000, 2000 + years)]
    table = pd.DataFrame(rows, columns=["method", "year", "n_test", "hit_rate_5", "log_score"])
    return table.assign(**{m: table["hit_rate_5"] for m in validation.MEASURES if m not in table})


@pytest.mark.parametrize(
    ("hits", "word", "best"),
    [
        ({"uniform": 0.05, "last_year": 0.20, "a": 0.300, "b": 0.295, "c": 0.25}, "yes", "b"),  # a and b are near, b has the better log score
        ({"uniform": 0.05, "last_year": 0.20, "a": 0.300, "b": 0.280, "c": 0.25}, "yes", "a"),
        ({"uniform": 0.05, "last_year": 0.20, "a": 0.15, "b": 0.20}, "no_better", "last_year"),
        ({"uniform": 0.05, "last_year": 0.03, "a": 0.02}, "no", "last_year"),
        ({"uniform": 0.05, "last_year": 0.01, "a": 0.04}, "no", "last_year"),  # better than last year's counts, worse than no map at all
    ],
)
def test_the_answer_follows_the_rules(hits, word, best):
    table = validation.answer(_scores(hits, {"b": -7.0, "a": -8.0}))
    assert table["answer"].unique().tolist() == [word]
    assert table.loc[table["is_best"], "method"].unique().tolist() == [best]
    assert table.groupby("measure")["is_best"].sum().eq(1).all()


def test_a_few_years_give_no_interval():
    with pytest.raises(NotEstimable, match="at least 5 years with incidents to score; there are 4"):
        validation.answer(_scores({"uniform": 0.05, "last_year": 0.2}, {}, years=4))


def test_nothing_to_score_is_said():
    with pytest.raises(NotEstimable, match="no year"):
        validation.forward({2001: np.zeros((10, 10))}, INSIDE, {}, 2000)
