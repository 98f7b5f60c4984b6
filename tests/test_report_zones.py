"""The zones' pages in the report: their tables, their words in both languages, and their numbers."""

import json
import types
from pathlib import Path

import pandas as pd
import pytest
from zone_frames import five_a_year, register

from bsi import study_zones
from bsi.publish import numbers, report_zones

ZONES = Path(__file__).resolve().parents[1] / "data" / "zones" / "zones.geojson"
PLAN = {"intervention_id": "buoys", "zone_id": "mine", "sector": None, "from": "2010-04-01", "to": None, "type": "measure", "name_en": "Buoys",
        "name_es": "Boyas", "expected_direction": "fewer", "outcome": "", "comparison": "", "source": ""}  # fmt: skip


@pytest.fixture
def context(tmp_path):
    """The context of a report on the invented zones."""
    reg = register(five_a_year(2005, 2020), interventions=[PLAN, {**PLAN, "intervention_id": "law", "zone_id": None, "name_en": "Law", "name_es": "Ley"}])
    return types.SimpleNamespace(tables={"zones": reg.zones, **study_zones.page_tables(reg)}, figures=tmp_path)


def page(context, zone_id):
    return next(zone for zone in report_zones.pages(context.tables) if zone["zone_id"] == zone_id)


def test_the_parts_of_a_zone_stand_on_its_page(context):
    assert [p["zone_id"] for p in page(context, "mine")["parts"]] == ["mine_part"]
    assert [p["zone_id"] for p in report_zones.pages(context.tables)] == ["mine", "astride"]


def test_the_small_table_by_hand(context):
    table, heads, caption = report_zones.counts(context.tables, page(context, "mine"), "en")
    shown = table.set_index("what")
    assert shown.loc["All years"].tolist() == ["80", "80", "80"]
    assert shown.loc["FY2020"].tolist() == ["5", "5", "5"]
    assert shown.loc["Cause: heat"].tolist() == ["80", "80", "80"]
    assert shown.loc["Found on the Mexican side"].tolist() == ["0", "0", "0"]
    assert list(heads.values()) == ["People who died", "Expected", "Lowest", "Highest"]
    assert "mine en" in caption
    assert report_zones.counts(context.tables, page(context, "mine"), "es")[0]["e"].tolist() == table["e"].tolist()


def test_a_zone_of_nobody_has_no_table_but_a_sentence(context):
    zone = page(context, "astride")
    assert report_zones.counts(context.tables, zone, "en") is None
    helpers = report_zones.helpers(context, "en", str)
    assert "holds nothing" in helpers["zone_counts"](zone)
    assert not helpers["zone_has_people"](zone)
    assert not helpers["zone_hides_mexico"](zone)
    assert "Nobody is listed" in report_zones.seen(context.tables, zone, "en")


def test_verdicts_are_read_from_the_saved_figure_and_only_those_of_the_place(context):
    zone = page(context, "mine")
    without = report_zones.done(context, zone, "en")[0]
    assert set(without["said"]) == {"No question was put to the data."}
    told = {"verdict": "reduction", "at_least": 0.2, "could_show": None, "held_back_by": None, "direction": "fewer", "reason": "tested"}
    rows = [{**told, "intervention_id": "buoys", "area": "zone:mine", "name_en": "Did it?", "name_es": "¿Fue así?"},
            {**told, "intervention_id": "buoys", "area": "zone:astride", "name_en": "Elsewhere?", "name_es": "¿Y allá?"},
            {**told, "intervention_id": "law", "area": "border", "name_en": "And this?", "name_es": "¿Y esto?"}]  # fmt: skip
    pd.DataFrame(rows).to_csv(context.figures / "verdicts.csv", index=False)
    table = report_zones.done(context, zone, "en")[0]
    assert table["said"].tolist() == ["Did it? Reduction of at least 20%.", "And this? Reduction of at least 20%."]
    assert table["what"].tolist() == ["Apr 2010: Buoys", "Apr 2010: Law"]
    assert report_zones.done(context, zone, "es")[0]["what"].tolist() == ["abr 2010: Boyas", "abr 2010: Ley"]


def test_who_defined_a_zone_of_the_project_is_said_in_spanish():
    for feature in json.loads(ZONES.read_text(encoding="utf-8"))["features"]:
        if feature["properties"]["family"] in ("canal", "desert"):
            text = feature["properties"]["defined_by"]
            assert report_zones.defined_by(text, "en").replace("\\", "") == text
            assert "Comisión Binacional" in report_zones.defined_by(text, "es")


def test_words_of_an_analyst_are_data():
    assert report_zones.defined_by("<b>me</b> $x$", "es") == r"\<b\>me\<\/b\> \$x\$"


def test_numbers_of_the_pages(context):
    made = report_zones.zone_numbers(context.tables, numbers.entry)
    assert made["mine_near"]["value"] == 1
    assert made["mine_possible"] == {**made["mine_possible"], "value": 80, "kind": "count"}
    assert made["astride_near"]["value"] is None
    assert "zone_id = mine" in made["mine_near"]["filter"]
    assert report_zones.zone_numbers({}, numbers.entry) == {}


def test_a_report_without_the_tables_still_has_its_zones(context):
    bare = types.SimpleNamespace(tables={"zones": context.tables["zones"]}, figures=context.figures)
    helpers = report_zones.helpers(bare, "es", str)
    assert len(helpers["zone_pages"]) == 3
    zone = helpers["zone_pages"][0]
    assert helpers["zone_counts"](zone)
    assert helpers["zone_done"](zone)
    assert not helpers["zone_has_people"](zone)
