"""The page of a zone: sectors, rescues, sides, measures and counts, on frames counted by hand."""

import pandas as pd
import pytest
from zone_frames import five_a_year, register

from bsi import selections_zones, study_zones
from bsi.errors import NotEstimable

WRONG = "the printed sheet is scrambled"


def rescue(year, value, area="TCA", quality="", edition="2020-01-01"):
    start, end = pd.Timestamp(year - 1, 10, 1), pd.Timestamp(year, 9, 30)
    return {"series": "usbp_profile_rescues", "area": area, "period_start": start, "period_end": end, "value": value, "quality": quality,
            "as_published_on": pd.Timestamp(edition)}  # fmt: skip


def measure(name, start, zone=None, sector=None, kind="measure", direction="fewer"):
    return {"intervention_id": name, "zone_id": zone, "sector": sector, "from": start, "to": None, "type": kind, "name_en": name, "name_es": name,
            "expected_direction": direction, "outcome": "", "comparison": "", "source": "here"}  # fmt: skip


def test_rescues_are_those_of_the_sector_the_newest_edition_without_the_figures_known_to_be_wrong():
    reg = register([], published=[rescue(2011, 5), rescue(2011, 7, edition="2021-01-01"), rescue(2012, 9, quality=WRONG), rescue(2011, 99, area="RGV")])
    table = study_zones.rescues(reg, "mine")
    assert table[["sector", "year"]].values.tolist() == [["TCA", 2011], ["TCA", 2012]]
    assert table["n"].iloc[0] == 7
    assert pd.isna(table["n"].iloc[1])


@pytest.mark.parametrize("published", [[], [rescue(2012, 9, quality=WRONG)], [rescue(2012, 9, area="RGV")]])
def test_without_an_official_figure_there_is_a_reason(published):
    with pytest.raises(NotEstimable, match="no official figure"):
        study_zones.rescues(register([], published=published), "mine")


def test_both_sides_hold_the_ground_and_the_people_of_each():
    rows = [("2012-06-01", {"upstreams": "office"}), ("2012-07-01", {"upstreams": "office;press"}), ("2013-07-01", {"country": "MX", "upstreams": "press"})]
    reg = register(rows, {"astride": [1.0, 1.0, 0.5]})
    table = study_zones.sides(reg, "astride", selections_zones.people(reg, "astride")).set_index("country")
    assert table.loc["US", ["n", "n_possible", "upstreams"]].tolist() == [2.0, 2, "office;press"]
    assert table.loc["MX", ["n", "n_possible", "upstreams"]].tolist() == [0.5, 1, "press"]
    assert table.loc["MX", "share_of_people"] == 0.2
    assert table["share_of_ground"].sum() == pytest.approx(1)
    assert 0.2 < table.loc["MX", "share_of_ground"] < 0.6  # 31.3 to about 31.9 of 31.3 to 33 degrees north
    alone = study_zones.sides(reg, "mine", selections_zones.people(reg, "mine")).set_index("country")
    assert alone.loc["US", "share_of_ground"] == pytest.approx(1, abs=1e-6)
    assert alone["share_of_people"].isna().all()


def test_measures_are_those_of_the_zone_around_it_of_its_sector_and_of_the_border():
    known = [
        measure("of_part", "2004-01-01", zone="mine"),
        measure("elsewhere", "2001-01-01", zone="astride"),
        measure("sector", "2003-01-01", sector="TCA;YUM"),
        measure("far_sector", "2003-02-01", sector="RGV"),
        measure("border", "2002-01-01"),
        measure("report", "2002-02-01", kind="agreement", direction="unknown"),
        measure("plan", "2002-03-01", kind="agreement"),
    ]
    table = study_zones.measures(register([], interventions=known), "mine_part")
    assert table["intervention_id"].tolist() == ["border", "plan", "sector", "of_part"]
    assert table["number"].tolist() == [1, 2, 3, 4]
    assert table["is_local"].tolist() == [False, False, False, True]


def test_counts_of_a_page_by_hand():
    rows = [
        ("2019-10-01", {"n_dead": 2}),  # fiscal year 2020
        ("2020-09-30", {"cause": "drowning"}),  # fiscal year 2020
        ("2020-10-01", {"cause": None, "country": "MX"}),  # fiscal year 2021, not complete
        ("2015-01-01", {"date_precision": "year"}),
    ]
    reg = register(rows, {"mine": [1.0, 0.5, 0.25, 1.0]})
    table = study_zones.counts_of(selections_zones.people(reg, "mine"), "2020-12-31").set_index(["section", "key"])
    assert table.loc[("all", "all")].tolist() == [3.75, 3.0, 5.0]
    assert table.loc["year"].index.tolist() == ["2016", "2017", "2018", "2019", "2020"]
    assert table.loc[("year", "2020")].tolist() == [2.5, 2.0, 3.0]
    assert table.loc[("year", "2016")].tolist() == [0.0, 0.0, 0.0]
    assert table.loc[("cause", "drowning")].tolist() == [0.5, 0.0, 1.0]
    assert table.loc[("side", "MX")].tolist() == [0.25, 0.0, 1.0]


def test_limits_are_shares_of_the_people_expected():
    rows = [("2019-10-01", {"n_dead": 3}), ("2019-11-01", {"cause": "skeletal", "location_precision_m": 2000.0}), ("2019-12-01", {"country": "MX"})]
    reg = register(rows, {"mine": [1.0, 1.0, 0.0]})
    people = selections_zones.people(reg, "mine")
    table = study_zones.facts_of(people, study_zones.sides(reg, "mine", people)).set_index("key")["value"]
    assert table[["near", "no_cause", "found", "in_mexico", "possible", "possible_mexico"]].tolist() == [0.75, 0.25, 1.0, 0.0, 4.0, 0.0]


@pytest.mark.parametrize("rows", [[], [("2012-07-01", {})], [("2012-07-01", {}), ("2019-01-01", {"date_precision": "none"})]])
def test_a_zone_of_nobody_one_or_two_has_its_sheet_with_reasons(rows):
    found = study_zones.sheet(register(rows), "mine")
    reasons = {name for name, part in found.items() if isinstance(part, NotEstimable)}
    assert {"season", "trend", "hazard", "rescues"} <= reasons
    assert ("deaths" in reasons) == (not rows)
    assert found["measures"].empty
    tables = study_zones.page_tables(register(rows))
    assert tables["zone_pages"]["zone_id"].tolist() == ["mine", "astride", "mine_part"]
    near = tables["zone_facts"].loc[lambda t: t["page"].eq("mine") & t["key"].eq("near"), "value"].iloc[0]
    assert pd.isna(near) == (not rows)


def test_a_full_zone_has_every_panel():
    rows = five_a_year(2005, 2020, cause="heat")
    found = study_zones.sheet(register(rows, published=[rescue(2011, 5)], interventions=[measure("border", "2012-01-01")]), "mine")
    assert not [name for name, part in found.items() if isinstance(part, NotEstimable)]
    assert found["hazard_kind"] == "heat"
