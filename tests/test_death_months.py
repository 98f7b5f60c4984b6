"""The EM against a direct maximisation of the likelihood, closed forms, and months that are known because they were drawn."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from bsi.analysis.death_months import em, month_shares, months_of_death
from bsi.errors import NotEstimable


def days(*text):
    return pd.Series(pd.to_datetime(list(text)))


def test_exact_days_give_the_counts_by_finding(rng):
    found = pd.Series(pd.Timestamp("2010-01-01") + pd.to_timedelta(rng.integers(0, 3652, 500), unit="D"))
    table = months_of_death(found, found, n_boot=50)
    naive = found.dt.month.value_counts().sort_index()
    assert np.allclose(table["n_estimated"][:12], naive, atol=0.01)
    assert (table["n_certain"][:12] == naive.to_numpy()).all()
    assert (table["n_possible"][:12] == naive.to_numpy()).all()
    assert ((table["low"] <= table["n_estimated"]) & (table["n_estimated"] <= table["high"]))[:12].mean() > 0.9


def test_shares_of_months_by_counting_days():
    share = month_shares(days("2019-12-22", "2019-02-01", "2018-03-01"), days("2020-01-10", "2019-02-28", "2020-02-29"))
    assert share[0] == pytest.approx([10 / 31] + [0] * 10 + [10 / 31])
    assert share[1] == pytest.approx([0, 1] + [0] * 10)
    assert share[2] == pytest.approx([2] * 12)


def test_em_against_direct_maximisation(rng):
    shares = rng.dirichlet(np.ones(12), 40) * rng.integers(1, 12, (40, 1))
    counts = rng.integers(1, 20, 40).astype(float)
    mine = em(shares, counts[None, :])[0]

    def loss(theta):
        p = np.exp(theta - theta.max())
        return -counts @ np.log(shares @ (p / p.sum()))

    best = min((minimize(loss, rng.normal(size=12), method="BFGS", options={"maxiter": 3000}) for _ in range(4)), key=lambda r: r.fun)
    assert -counts @ np.log(shares @ mine) == pytest.approx(best.fun, abs=1e-3)


def test_months_of_death_are_nearer_to_the_truth_than_months_of_finding(rng):
    true = pd.Series(
        pd.Timestamp("2010-06-01") + pd.to_timedelta(rng.integers(0, 61, 2000), unit="D") + pd.to_timedelta(365 * rng.integers(0, 8, 2000), unit="D")
    )
    wait = rng.choice([0, 6, 20, 90, 240], 2000, p=[0.4, 0.2, 0.15, 0.15, 0.1])
    found = true + pd.to_timedelta((rng.random(2000) * wait).astype(int), unit="D")
    table = months_of_death(found - pd.to_timedelta(wait, unit="D"), found, n_boot=0)[:12]
    truth = true.dt.month.value_counts().reindex(range(1, 13), fill_value=0).to_numpy()
    assert np.abs(table["n_estimated"] - truth).sum() < 0.3 * np.abs(table["n_found"] - truth).sum()
    assert (table["n_certain"] <= truth).all()
    assert (table["n_possible"] >= truth).all()


def test_open_intervals_stay_open(rng):
    found = pd.Series(pd.Timestamp("2010-01-01") + pd.to_timedelta(rng.integers(0, 365, 60), unit="D"))
    first = found.mask(np.arange(60) < 20)
    table = months_of_death(first, found, n_boot=10)
    assert table["n_estimated"].sum() == pytest.approx(40)
    assert table["n_found"][:12].sum() == 60
    assert table["n_found_closed"][:12].sum() == 40
    assert table.loc[12, "n_found"] == 20
    assert table["n_possible"][:12].min() >= 20
    assert table["month"].isna().tolist() == [False] * 12 + [True]


def test_too_few_are_said():
    with pytest.raises(NotEstimable, match="only 1 deaths have both"):
        months_of_death(days("2020-01-01", None), days("2020-01-02", "2020-02-02"))


def test_two_runs_give_one_answer(rng):
    found = pd.Series(pd.Timestamp("2010-01-01") + pd.to_timedelta(rng.integers(0, 900, 80), unit="D"))
    first = found - pd.Timedelta(days=30)
    assert months_of_death(first, found).equals(months_of_death(first, found))
