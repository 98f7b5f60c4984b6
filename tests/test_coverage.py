"""Overlap of observers, share seen, two lists under assumed dependence, and log-linear models against R and against known totals."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bsi import contracts
from bsi.analysis import coverage
from bsi.analysis.loglinear import fit
from bsi.errors import InputError, NotEstimable

FIXTURE = Path(__file__).parent / "data" / "r_coverage.csv"


def incidents(rows):
    defaults = {
        "kind": "death", "date": "2014-06-01", "date_precision": "day", "n_dead": 1, "sources": "s", "n_records": 1, "has_conflict": False,
        "is_cumulative": False, "flags": "",
    }  # fmt: skip
    frame = pd.DataFrame([{**defaults, "incident_id": f"i-{i}", **r} for i, r in enumerate(rows)])
    return contracts.conform(frame.assign(date=pd.to_datetime(frame["date"]), geometry=None), contracts.INCIDENTS)


def r_lines():
    text = FIXTURE.read_text(encoding="utf-8").splitlines()
    table = pd.read_csv(FIXTURE, comment="#")
    counts = {line[2:].split(":")[0]: dict(c.split("=") for c in line.split(": ")[1].split()) for line in text if line.startswith(("# three", "# four"))}
    return table, counts


def as_histories(counts, names):
    return pd.DataFrame([{**{n: int(d) for n, d in zip(names, cell)}, "n": int(k)} for cell, k in counts.items()])


def simulate(rng, n, probabilities, odds_ratio=1.0):
    """Capture histories of n persons; the first two lists have the given odds ratio (Dale's 2 x 2 with fixed margins)."""
    p, q = probabilities[:2]
    if odds_ratio == 1:
        both = p * q
    else:
        s = 1 + (p + q) * (odds_ratio - 1)
        both = (s - np.sqrt(s**2 - 4 * odds_ratio * (odds_ratio - 1) * p * q)) / (2 * (odds_ratio - 1))
    cell = rng.choice(4, size=n, p=[both, p - both, q - both, 1 - p - q + both])
    seen = {"a": np.isin(cell, [0, 1]).astype(int), "b": np.isin(cell, [0, 2]).astype(int)}
    seen |= {name: (rng.random(n) < pr).astype(int) for name, pr in zip("cde", probabilities[2:])}
    frame = pd.DataFrame(seen)
    return frame[frame.any(axis=1)].value_counts(sort=False).rename("n").reset_index()


def test_overlap_counts_exact_sets_and_leaves_cumulative_rows_out():
    table = incidents(
        [
            {"upstreams": "pcome;usbp", "sector": "TCA"},
            {"upstreams": "pcome;usbp", "sector": "YUM", "n_dead": 2},
            {"upstreams": "pcome", "sector": "TCA"},
            {"upstreams": "", "sector": "TCA"},
            {"upstreams": "usbp", "sector": "TCA", "is_cumulative": True},
        ]  # fmt: skip
    )
    got = coverage.overlap(table).set_index("observers")
    assert got["n_incidents"].to_dict() == {"pcome;usbp": 2, "pcome": 1, "unknown": 1}
    assert got["n_observers"].to_dict() == {"pcome;usbp": 2, "pcome": 1, "unknown": 0}
    assert got.loc["pcome;usbp", "n_dead"] == 3
    by = coverage.overlap(table, by="sector").set_index(["sector", "observers"])["n_incidents"]
    assert by[("YUM", "pcome;usbp")] == 1
    assert by["TCA"].sum() == 3
    assert set(coverage.overlap(table, by="fiscal_year")["fiscal_year"]) == {2014}
    folded = coverage.overlap(table, groups={"pcome": "official", "usbp": "official"})
    assert folded.set_index("observers")["n_incidents"].to_dict() == {"official": 3, "unknown": 1}
    with pytest.raises(InputError, match="shoe_size"):
        coverage.overlap(table, by="shoe_size")


def test_histories_and_pair_counts():
    table = incidents([{"upstreams": u} for u in ["pcome;usbp"] * 3 + ["pcome"] * 4 + ["usbp", "media", ""]])
    assert coverage.pair_counts(table, ("pcome",), ("usbp",)) == {"n1": 7, "n2": 4, "m": 3}
    with pytest.raises(InputError, match="'pcome' stands in two lists"):
        coverage.histories(table, {"a": ("pcome",), "b": ("pcome", "usbp")})


def test_chapman_is_chapman_and_equals_r_with_the_odds_ratio_as_offset():
    got = coverage.chapman(60, 50, 20, [0.25, 1, 4])
    assert got.loc[1, "n_total"] == pytest.approx(61 * 51 / 21 - 1)
    r = r_lines()[0].query("table == 'two'")
    assert got["n_unseen"].to_numpy() == pytest.approx(r["n_unseen"].to_numpy(), rel=1e-6)
    log_variance = r["deviance"].to_numpy() + 1 / got["n_unseen"].to_numpy()  # R's variance of the log of the unseen, plus the draw of the unseen themselves
    spread = np.exp(1.959964 * np.sqrt(np.log1p(log_variance)))
    assert got["high"].to_numpy() == pytest.approx((90 + got["n_unseen"] * spread).to_numpy(), rel=1e-6)
    assert (got["low"] > 90).all()
    assert got["n_total"].is_monotonic_increasing


@pytest.mark.parametrize("odds_ratio", [0.5, 1.0, 4.0])
def test_chapman_with_the_true_odds_ratio_covers_the_true_total(rng, odds_ratio):
    hits = 0
    for _ in range(200):
        seen = simulate(rng, 500, (0.5, 0.4), odds_ratio).set_index(["a", "b"])["n"]
        m, only_a, only_b = seen[(1, 1)], seen[(1, 0)], seen[(0, 1)]
        line = coverage.chapman(m + only_a, m + only_b, m, [odds_ratio]).iloc[0]
        hits += line["low"] <= 500 <= line["high"]
    assert 0.90 <= hits / 200 <= 0.995


def test_chapman_refuses():
    with pytest.raises(NotEstimable, match="only 6 are on both lists"):
        coverage.chapman(60, 50, 6)
    with pytest.raises(InputError, match="m = 60"):
        coverage.chapman(50, 50, 60)
    with pytest.raises(InputError):
        coverage.chapman(60, 50, 20, [0])
    assert coverage.chapman(20, 50, 20, [2.0])["n_total"].tolist() == [50]  # one list inside the other: the union, no more


@pytest.mark.parametrize("name", ["three", "four"])
def test_models_equal_r(name):
    table, counts = r_lines()
    names = list("abcd"[: 3 if name == "three" else 4])
    result = coverage.loglinear(as_histories(counts[name], names), n_bootstrap=2)["models"].set_index("interactions")
    for line in table[table["table"] == name].itertuples():
        pairs = [t for t in line.formula.split("+") if ":" in t]
        own = result.loc[" ".join(pairs) or "none"]
        assert own["n_unseen"] == pytest.approx(line.n_unseen, rel=1e-6)
        assert own["deviance"] == pytest.approx(line.deviance, abs=1e-6)
        assert own["n_parameters"] == line.n_parameters
    assert result["weight"].sum() == pytest.approx(1)


def test_fit_equals_statsmodels(rng):
    sm = pytest.importorskip("statsmodels.api")
    design = np.column_stack([np.ones(15), rng.integers(0, 2, (15, 4))])
    counts = rng.poisson(20, (5, 15)).astype(float)
    beta, mean = fit(design, counts)
    for row, b, m in zip(counts, beta, mean):
        other = sm.GLM(row, design, family=sm.families.Poisson()).fit(tol=1e-12)
        assert b == pytest.approx(other.params, abs=1e-6)
        assert m == pytest.approx(other.mu, rel=1e-6)


@pytest.mark.parametrize(("criterion", "odds_ratio"), [("bic", 1.0), ("aic", 1.0), ("bic", 6.0)])
def test_known_total_is_recovered(rng, criterion, odds_ratio):
    runs = [coverage.loglinear(simulate(rng, 800, (0.35, 0.3, 0.4), odds_ratio), criterion, n_bootstrap=120, seed=i) for i in range(40)]
    totals = np.array([r["n_total"] for r in runs])
    assert np.median(totals) == pytest.approx(800, rel=0.08)
    assert np.mean([r["low"] <= 800 <= r["high"] for r in runs]) >= 0.8
    assert all(r["n_observed"] <= r["low"] <= r["n_total"] for r in runs)
    if odds_ratio > 1:
        best = [r["models"]["interactions"].iloc[0] for r in runs]
        assert sum("a:b" in b for b in best) >= 35


def test_loglinear_refuses_in_words(rng):
    with pytest.raises(NotEstimable, match="2 lists"):
        coverage.loglinear(simulate(rng, 500, (0.3, 0.3)))
    thin = pd.DataFrame({"a": [1, 0, 0, 1, 0], "b": [0, 1, 0, 1, 1], "c": [0, 0, 1, 0, 1], "n": [100, 90, 80, 3, 2]})
    with pytest.raises(NotEstimable, match="only 5 are on two lists or more"):
        coverage.loglinear(thin)
    alone = pd.DataFrame({"a": [1, 0, 0, 1], "b": [0, 1, 0, 1], "c": [0, 0, 1, 0], "n": [100, 90, 80, 30]})
    with pytest.raises(NotEstimable, match="list c shares nobody"):
        coverage.loglinear(alone)
    with pytest.raises(InputError, match="no table of capture histories"):
        coverage.loglinear(pd.DataFrame({"a": [0], "b": [0], "c": [0], "n": [5]}))
    with pytest.raises(InputError, match="nothing"):
        coverage.loglinear(simulate(rng, 500, (0.4, 0.4, 0.4)), "nothing")


def share(probability, n_linked=6, n=10, candidates=None):
    """n incidents of the examiner in two sectors; the first n_linked are linked to a Border Patrol record with the given probability."""
    own = [{"record_id": f"humane_borders:{i}", "source": "humane_borders", "upstream": "pcome", "incident_id": f"i-{i}"} for i in range(n)]
    other = [{"record_id": f"usbp_incidents:{i}", "source": "usbp_incidents", "upstream": "usbp", "incident_id": f"i-{i}"} for i in range(n_linked)]
    free = {"record_id": "usbp_incidents:free", "source": "usbp_incidents", "upstream": "usbp", "incident_id": "i-free"}
    rows = pd.DataFrame([*own, *other, free]).assign(n_dead=1)
    table = incidents([{"sector": "TCA" if i < 8 else "YUM", "upstreams": "pcome"} for i in range(n)])
    pairs = [{"record_id_a": f"humane_borders:{i}", "record_id_b": f"usbp_incidents:{i}", "probability": probability} for i in range(n_linked)]
    links = pd.DataFrame(pairs, columns=["record_id_a", "record_id_b", "probability"])
    return coverage.share_seen(table, rows[["record_id", "incident_id"]], rows, links, candidates).set_index("sector")


def test_share_seen_with_certain_links():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    got = share(1.0)
    assert got["n_examiner"].to_dict() == {"TCA": 8, "YUM": 2, "all": 10}
    assert got["n_seen"].to_dict() == {"TCA": 6, "YUM": 0, "all": 6}
    assert got.loc["all", ["low", "high"]].tolist() == pytest.approx(proportion.proportion_confint(6, 10, method="beta"), abs=1e-6)
    assert got.loc["all", "share_with_links"] == pytest.approx(0.6)


def test_uncertain_links_widen_the_interval_and_free_candidates_raise_the_share():
    sure, unsure = share(1.0).loc["all"], share(0.5).loc["all"]
    assert unsure["share_with_links"] == pytest.approx(0.3, abs=0.02)
    assert unsure["high_with_links"] - unsure["low_with_links"] > sure["high_with_links"] - sure["low_with_links"]
    maybe = pd.DataFrame({"record_id_a": ["humane_borders:9", "humane_borders:8"], "record_id_b": ["usbp_incidents:free", "usbp_incidents:0"]})
    maybe["probability"] = 0.4
    assert share(1.0, candidates=maybe).loc["YUM", "share_with_links"] == pytest.approx(0.2, abs=0.02)  # one candidate is free, the other's partner is taken


def test_share_seen_without_examined_deaths():
    with pytest.raises(NotEstimable, match="no examiner recorded a death"):
        coverage.share_seen(incidents([{"upstreams": "usbp"}]), *[pd.DataFrame({c: pd.Series(dtype="str") for c in cols}) for cols in (
            ("record_id", "incident_id"), ("record_id", "source", "upstream", "n_dead"), ("record_id_a", "record_id_b", "probability"))])  # fmt: skip


def test_models_weigh_by_the_criterion_of_a_poisson_regression():
    """Deviance and information criteria of the two best models against statsmodels' GLM; weights exp(-criterion / 2)."""
    import statsmodels.api as sm

    cells = pd.DataFrame([(1, 1, 1, 10), (1, 1, 0, 20), (1, 0, 1, 15), (0, 1, 1, 12), (1, 0, 0, 40), (0, 1, 0, 30), (0, 0, 1, 35)], columns=[*"abc", "n"])
    for criterion in ("bic", "aic"):
        models = coverage.loglinear(cells, criterion, n_bootstrap=20)["models"].set_index("interactions")
        for name, pairs in (("none", []), ("a:b", ["ab"]), ("a:b a:c", ["ab", "ac"])):
            design = sm.add_constant(cells[[*"abc"]].assign(**{p: cells[p[0]] * cells[p[1]] for p in pairs}))
            fitted = sm.GLM(cells["n"], design, family=sm.families.Poisson()).fit()
            k = design.shape[1]
            assert models.loc[name, "deviance"] == pytest.approx(fitted.deviance, abs=1e-6)
            assert models.loc[name, "aic"] == pytest.approx(fitted.deviance + 2 * k)
            assert models.loc[name, "bic"] == pytest.approx(fitted.deviance + k * np.log(cells["n"].sum()))
            assert models.loc[name, "n_unseen"] == pytest.approx(np.exp(fitted.params["const"]), rel=1e-6)
        relative = np.exp(-(models[criterion] - models[criterion].min()) / 2)
        assert models["weight"].to_numpy() == pytest.approx((relative / relative.sum()).to_numpy())
