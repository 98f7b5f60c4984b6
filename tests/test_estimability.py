"""What the data can bear: each rule on invented rows, and the committed table on the real files."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bsi.analysis import estimability, series

ROOT = Path(__file__).resolve().parents[1]
INTERVENTIONS = pd.DataFrame(
    {
        "intervention_id": ["lines", "lining", "far", "old"], "sector": ["ELC", "ELC", "TCA", None],
        "type": ["measure", "confounder", "confounder", "measure"],
        "from": pd.to_datetime(["2010-09-01", "2007-06-01", "2010-01-01", "1990-01-01"]), "to": pd.to_datetime(["2011-01-31", "2010-04-30",
        "2010-12-31", None]),
    }
)  # fmt: skip
QUESTION = {
    "question_id": "q", "intervention_id": "lines", "name_en": "?", "name_es": "¿?", "area": "zone:canal_x", "causes": "drowning", "series": "month",
    "before_from": "2008-01-01", "before_to": "2010-08-31", "after_from": "2011-02-01", "after_to": "2014-01-31", "exposure": "",
    "comparison": "county:Imperial minus zone:canal_x", "comparison_causes": "", "limit": "", "direction": "fewer",
}  # fmt: skip


def _register(per_year=8, first="2008-01-01", last="2014-12-31", others=12, thin_from=None):
    rng = np.random.default_rng(3)
    days = pd.date_range(first, last)
    years = (days[-1] - days[0]).days / 365.25
    rows = []
    for cause, n, inside in (("drowning", per_year, True), ("heat", others, False)):
        for day in rng.choice(days, int(n * years)):
            if not (thin_from and pd.Timestamp(day) > pd.Timestamp(thin_from) and rng.random() < 0.9):
                rows.append((cause, pd.Timestamp(day), inside))
    table = pd.DataFrame(rows, columns=["cause", "date", "inside"])
    table = table.assign(date=pd.to_datetime(table["date"]), inside=table["inside"].astype(bool), incident_id=table.index.astype(str))
    weights = table.loc[table["inside"], ["incident_id"]].assign(zone_id="canal_x", probability=1.0)
    known = {"kind": "death", "date_precision": "day", "n_dead": 1, "is_cumulative": False, "flags": "", "county": "Imperial", "sector": "ELC", "sources": "a"}
    return {
        "incidents": table.assign(**known),
        "zone_weights": weights,
        "interventions": INTERVENTIONS,
        "published": pd.DataFrame(columns=["series", "area", "period_type"]),
    }


def _row(register, **other):
    q = pd.DataFrame([{**QUESTION, **other}])
    for c in ("before_from", "before_to", "after_from", "after_to"):
        q[c] = pd.to_datetime(q[c])
    return estimability.estimability(register, q).iloc[0]


def test_enough_deaths_on_both_sides_are_tested_and_what_overlaps_is_named():
    row = _row(_register())
    assert (row["design"], row["reason"], row["months_before"]) == ("blocks", "tested", 32)
    assert row["overlaps"] == "lining"  # ends in the window, same sector; not another sector, not what began long before
    assert row["n_before"] + row["n_after"] > 30


@pytest.mark.parametrize(
    ("register", "other", "reason"),
    [
        ({"first": "2009-06-01"}, {}, "begins_late"),
        ({"last": "2012-06-30"}, {}, "ends_early"),
        ({"per_year": 2, "others": 20}, {}, "too_few"),
        ({"per_year": 12, "others": 40, "thin_from": "2011-02-01"}, {}, "list_thins"),
        ({}, {"limit": "no_comparison"}, "no_comparison"),
        ({}, {"limit": "dates_differ"}, "dates_differ"),
        ({"per_year": 0, "others": 0}, {}, "no_series"),
        ({}, {"series": "official_year", "area": "sector:ELC", "comparison": ""}, "no_series"),
    ],
)
def test_every_reason_has_its_rule(register, other, reason):
    row = _row(_register(**register), **other)
    assert row["reason"] == reason
    assert row["design"] in ("described", "cannot_tell")


def test_what_a_list_does_not_reach_is_unknown_and_not_zero():
    row = _row(_register(first="2011-03-01", last="2016-12-31"))
    assert pd.isna(row["n_before"])
    assert row["n_after"] > 0


def test_every_reason_has_words_in_both_languages():
    from bsi.publish.language import translator
    from bsi.publish.words_verdicts import REASONS

    assert set(REASONS) == set(estimability.REASONS)
    for text in REASONS.values():
        assert translator("es")(text) != text


@pytest.fixture(scope="module")
def real(shared_data, tmp_path_factory):
    from bsi import pipeline, workspace

    out = tmp_path_factory.mktemp("real")
    pipeline.build(shared_data, out, say=lambda line: None)
    return workspace.open_register(out)


def test_the_committed_table_is_what_the_rules_say_of_the_real_files(real):
    spec = importlib.util.spec_from_file_location("write_estimability", ROOT / "scripts" / "write_estimability.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    committed = pd.read_csv(ROOT / "data" / "estimability.csv", keep_default_na=False, dtype=str)
    now = module.table(real)
    assert committed["question_id"].tolist() == now["question_id"].tolist()
    assert committed["design"].tolist() == now["design"].tolist()
    assert committed["reason"].tolist() == now["reason"].tolist()


def test_the_real_files_bear_the_canal_and_not_the_claims_of_1999(real):
    tables = {name: getattr(real, name) for name in ("incidents", "zone_weights", "published", "interventions")}
    row = estimability.estimability(tables, series.read_questions(ROOT / "data" / "questions.csv")).set_index("question_id")
    assert row.loc["q11_canal_buoys", "design"] == "blocks"
    assert row.loc["q01_bsi_el_centro", ["n_before", "design"]].tolist() == [90, "described"]
    assert row.loc[["q03_claim_drownings_1999", "q04_claim_heat_1999"], "reason"].tolist() == ["begins_late"] * 2
    assert row.loc["q07_lateral_repatriation", ["n_before", "n_after"]].tolist() == [11, 8]  # medical examiners, with Maricopa
    assert row.loc["q08_lateral_repatriation_fresh", ["n_before", "n_after"]].tolist() == [5, 5]
    assert row.loc["q16_canal_buoys_2022", "reason"] == "list_thins"
