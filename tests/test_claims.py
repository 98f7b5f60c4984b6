"""The 29 published claims on the real files, against what was found when they were collected; and the comparison itself on invented rows."""

from pathlib import Path

import pandas as pd
import pytest

from bsi.analysis.claims import OGIS, RECIPES, claims
from bsi.register import published

FOLDER = Path(__file__).resolve().parents[1] / "data" / "published"
# what the collector of the claims found with other tools (published_claims.csv): number here minus number published, None where only a word is given
LAST = {
    "A01": [0], "A02": [0], "A03": [0], "A04": [0], "A05": [None] * 5 + [0, 0], "A07": [0] * 10, "B01": [0], "B02": [0], "B03": [0], "B04": [0], "B05": [0],
    "B06": [0], "B07": [-1], "B08": [15], "B09": [-36, 0, None], "B16": [0, -4, 3], "B17": [-3, 6], "B18": [None] * 4, "B19": [None] * 7 + [-1], "B10": [0],
    "B11": [0, None, None, None], "B14": [1, 7], "C01": [-1], "C02": [14, 2], "C05": [0], "C06": [None], "D03": [None, 0, 0, 0], "C08": [8, -27, 60],
    "C09": [6, 1],
}  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return published.load_claims(FOLDER / "claims.csv")


@pytest.fixture(scope="module")
def figures():
    return published.load(FOLDER)


@pytest.fixture(scope="module")
def found(table, figures, shared_data):
    from bsi.register import sources
    from bsi.register.files import read_table

    def records(key):
        path = next((shared_data / "raw" / key[0]).glob(f"{key[1]}_*"))
        raw = read_table(path, key[0], key[1])
        return sources.reader(raw).read(raw).records

    return claims({key: records(key) for key in {needs for needs, _ in RECIPES.values() if needs}}, figures, table).set_index("claim_id")


def test_all_29_claims_are_recomputed(found, table):
    assert len(found) == len(table) == 29
    assert not found["status"].eq("not tested").any()


@pytest.mark.parametrize("claim_id", sorted(LAST))
def test_each_number_is_what_was_found_before(found, claim_id):
    gaps = [float(x) for x in found.loc[claim_id, "difference"].split("; ")]
    assert len(gaps) == len(LAST[claim_id])
    for gap, last in zip(gaps, LAST[claim_id]):
        assert last is None or gap == pytest.approx(last, abs=0.5)


def test_words_of_the_collector_hold(found):
    gaps = found["difference"].str.split("; ")
    assert all(float(x) < 0 for x in gaps["A05"][:5])
    assert all(abs(float(x)) <= 5 for x in gaps["B11"])
    assert found.loc["C06", "status"] == "close"
    assert found.loc["B18", "status"] == found.loc["B19", "status"] == "differs"


def test_every_difference_is_explained_in_both_languages(found):
    differing = found[found["status"].ne("exact")]
    for lang in ("en", "es"):
        assert differing[f"why_{lang}"].str.len().gt(20).all()
    assert found.loc[found["status"].eq("exact"), "why_en"].eq("").all()


def test_among_people_dead_less_than_a_week_the_two_windows_of_2002_and_2003_are_equal(shared_data):
    raw = pd.read_csv(
        shared_data / "raw" / "humane_borders" / "2022-03-31_ogis_migrant_deaths.csv", dtype="str", usecols=["Reporting Date", "Post Mortem Interval"]
    )
    fresh = pd.to_datetime(raw["Reporting Date"])[raw["Post Mortem Interval"].fillna("").str.strip().isin(["< 1 day", "< 1 week"])]
    assert [fresh.between(f"{y}-09-08", f"{y}-09-30").sum() for y in (2002, 2003)] == [5, 5]


def test_every_claim_has_its_recipe_and_both_sentences(table):
    assert set(table["recipe"]) == set(RECIPES)
    assert (table["sentence_en"] != table["sentence_es"]).all()


def invented(*days):
    return pd.DataFrame({"record_id": [f"humane_borders:{i}" for i in range(len(days))], "date": pd.to_datetime(list(days))})


def one(expected, **more):
    row = {
        "claim_id": "X",
        "sentence_en": "a",
        "sentence_es": "b",
        "expected": expected,
        "recipe": "pcome_2007",
        "why_en": "because",
        "why_es": "porque",
        "source": "s",
    }
    return pd.DataFrame([row | more])


@pytest.mark.parametrize(("expected", "status"), [("30", "exact"), ("31", "within one"), ("31.5", "close"), ("40", "differs")])
def test_the_status_follows_the_difference(figures, expected, status):
    row = claims({OGIS: invented(*["2007-03-04"] * 30, "2008-01-01")}, figures, one(expected)).iloc[0]
    assert (row["here"], row["status"]) == ("30", status)
    assert row["why_en"] == ("" if status == "exact" else "because")


def test_maricopa_is_left_out(figures):
    rows = invented("2007-03-04", "2007-03-05")
    rows.loc[1, "record_id"] = "humane_borders:MC07-1"
    assert claims({OGIS: rows}, figures, one("1")).iloc[0]["status"] == "exact"


def test_a_vintage_that_is_not_there_is_said(figures):
    row = claims(lambda key: None, figures, one("30")).iloc[0]
    assert row["status"] == "not tested"
    assert "humane_borders 2022-03-31" in row["why_en"]
    without = claims({}, figures.iloc[:0], one("0", recipe="sector_sums")).iloc[0]
    assert without["status"] == "not tested"
