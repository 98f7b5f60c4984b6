"""The 29 published claims on the real files, against what was found when they were collected; and the comparison itself on invented rows."""

import functools
from pathlib import Path

import pandas as pd
import pytest

from bsi.analysis import claims as made
from bsi.analysis.claims import claims, numbers
from bsi.errors import InputError
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

    return claims(functools.cache(records), figures, table).set_index("claim_id")


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
    assert all(made.parse(recipe) for recipe in table["recipe"] if recipe != made.SUMS)
    assert (table["sentence_en"] != table["sentence_es"]).all()


OGIS = ("humane_borders", "2022-03-31")


def invented(*days):
    return pd.DataFrame({"record_id": [f"humane_borders:{i}" for i in range(len(days))], "date": pd.to_datetime(list(days))})


def one(expected, **more):
    row = {
        "claim_id": "X",
        "sentence_en": "a",
        "sentence_es": "b",
        "expected": expected,
        "recipe": "count: rows; data: humane_borders 2022-03-31; where: record_id not like :MC; in: 2007",
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


LISTED = pd.DataFrame(
    {
        "date": pd.to_datetime(["2019-09-30", "2019-10-01", "2019-12-31 23:00", "2020-01-01", "2020-02-29", "2021-05-05"], format="ISO8601"),
        "date_precision": ["day", "day", "day", "year", "month", "day"],
        "sector": ["TCA", "TCA", "YUM", "YUM", None, "ELC"], "sex": ["female", "male", None, "female", "male", "male"],
        "age": [10, 40, None, 18, 60, 5], "cause": ["heat", "drowning", "heat", None, "exposure", "heat"],
        "place_text": ["Canal St", None, "the CANAL", "", "b", "c"],
        "n_dead": [1, 2, 1, 1, 3, 1], "n_missing": [0, 1, 0, 0, 0, 0], "zone:canal": [1.0, 0.5, None, 0.25, None, None],
    }
)  # fmt: skip
BY_HAND = {
    "count: rows; data: mine; in: all": [6],
    "count: n_dead; data: mine; in: 2019, 2020, 2019..2020, 2020-02, 2019-12-31, 2019-10..FY2020": [4, 4, 8, 3, 1, 7],
    "count: n_dead+n_missing; data: mine; in: FY2019, FY2020": [1, 8],
    "count: rows; data: mine; where: sector = TCA/YUM | sector != TCA | sector unknown | sector known and age <= 18; in: all": [4, 4, 1, 3],
    "count: rows; data: mine; where: place_text like canal | place_text not like canal | date >= 2020 | date <= 2019-10; in: all": [2, 4, 3, 2],
    "share: n_dead; data: mine; where: sex = female; of: sex known; in: 2019..2021": [0.25],
    "percent: rows; data: mine; where: cause = heat; in: 2019": [200 / 3],
    "change: n_dead; data: mine; in: 2019, 2020, 2021": [0, -3],
    "percent_change: n_dead; data: mine; in: 2020, 2021": [-75],
    "rank: n_dead; data: mine; where: sector = YUM; in: all; among: sector": [2],
    "count: n_dead; data: register; where: zone = canal; in: 2019, 2020, FY2020": [2, 0.25, 1],  # a date known to the year is in no fiscal year
    "count: rows; data: mine; in: 2020 // count: rows; data: mine; in: 2021": [2, 1],
}


@pytest.mark.parametrize("recipe", BY_HAND)
def test_a_claim_of_a_common_form_needs_no_code(recipe, figures):
    assert numbers(recipe, lambda _data: LISTED, figures) == pytest.approx(BY_HAND[recipe])


def test_figures_of_a_series_are_counted_divided_and_ranked(figures):
    rows = figures[figures["series"].eq("usbp_deaths")].pivot(index="area", columns="period_end", values="value")
    of = {y: rows[pd.Timestamp(y, 9, 30)] for y in (1998, 1999, 2005)}
    exposed = figures[figures["series"].eq("usbp_apprehensions") & figures["area"].eq("YUM") & figures["period_end"].eq("2005-09-30")]["value"].iloc[0]
    asked = {
        "count: value; data: series usbp_deaths; in: FY2005": of[2005]["southwest_border"],
        "count: value; data: series usbp_deaths; where: sector = TCA; in: FY1998..FY1999": of[1998]["TCA"] + of[1999]["TCA"],
        "rate: value; data: series usbp_deaths; where: sector = YUM; in: FY2005; per: usbp_apprehensions": 100_000 * of[2005]["YUM"] / exposed,
        "percent: value; data: series usbp_deaths; where: sector = TCA; in: FY2005": 100 * of[2005]["TCA"] / of[2005]["southwest_border"],
        "change: value; data: series usbp_deaths; where: sector = ELC; in: FY1998, FY1999": of[1999]["ELC"] - of[1998]["ELC"],
        "rank: value; data: series usbp_deaths; where: area = TCA; in: FY2005; among: area": 1.0,
    }
    for recipe, value in asked.items():
        assert numbers(recipe, lambda _data: None, figures) == pytest.approx([value]), recipe


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("sum: rows; data: mine; in: all", "'sum' is not known"), ("count: rows; in: all", "data is lacking"), ("data: mine; in: all", "'data' is no form"),
        ("rate: rows; data: mine; in: all", "per is lacking"), ("count: rows; data: mine; in: FY19", "'FY19' is no period"),
        ("count: rows; data: mine; in: 2019-13", "'2019-13' is no period"), ("count: people; data: mine; in: all", "'people' is no column"),
        ("count: rows; data: mine; where: colour = red; in: all", "'colour = red' cannot be read"),
        ("count: rows; data: mine; where: sector; in: all", "'sector' cannot be read"), ("count: rows; data: mine; in: 2019, 2020", "gives 2 numbers, not 1"),
        ("rank: rows; data: mine; where: sex = male; in: all; among: sector", "needs the condition 'sector = value'"),
    ],
)  # fmt: skip
def test_a_recipe_that_cannot_be_read_is_told_with_its_claim(recipe, words, figures):
    with pytest.raises(InputError, match=f"claim X: .*{words}"):
        claims(lambda _data: LISTED, figures, one("1", recipe=recipe))


@pytest.mark.parametrize(
    "recipe",
    [
        "count: rows; data: mine; in: 2031", "count: rows; data: mine; in: 1990", "count: value; data: series usbp_deaths; in: FY2031",
        "count: value; data: series usbp_deaths; in: FY2018..FY2031",
        "count: value; data: series nothing; in: FY2018", "percent_change: rows; data: mine; in: 2018, 2019", "share: rows; data: mine; of: age >= 99; in: all",
        "rank: rows; data: mine; where: sector = RGV; in: all; among: sector",
    ],
)  # fmt: skip
def test_what_the_data_do_not_reach_is_not_tested_and_no_zero(recipe, figures):
    assert claims(lambda _data: LISTED, figures, one("1", recipe=recipe)).loc[0, "status"] == "not tested"
