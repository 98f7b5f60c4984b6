"""The dated measures: contract, both languages, zones that exist."""

import json
from pathlib import Path

import pandas as pd
import pytest

from bsi.errors import InputError
from bsi.register import published

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def table():
    return published.load_interventions(DATA / "interventions.csv")


def test_what_was_asked_for_is_there(table):
    first = table.set_index("intervention_id")["from"]
    assert first["bsi_1998"] == pd.Timestamp("1998-06-01")
    assert first["plan_of_action_2001"] == pd.Timestamp("2001-06-22")
    assert first["lateral_repatriation_2003"] == pd.Timestamp("2003-09-08")
    assert {"oaxaca_1999", "mexico_city_2002", "counting_rule_2005", "canal_lining_2007", "canal_buoys_2010", "canal_buoys_2022",
            "missing_migrant_program_2017", "title_42_2020"} <= set(first.index)  # fmt: skip


def test_names_stand_in_both_languages(table):
    assert (table["name_en"] != table["name_es"]).mean() == 1
    assert table["from"].is_monotonic_increasing


def test_measures_say_what_is_counted_and_against_what(table):
    measures = table[table["type"].eq("measure")]
    assert measures["outcome"].notna().all()
    assert measures["comparison"].notna().all()
    assert measures["expected_direction"].eq("fewer").all()


def test_zones_exist(table):
    zones = DATA / "zones" / "zones.geojson"
    if not zones.exists():
        pytest.skip("NOT TESTED: data/zones/zones.geojson is not there")
    known = {f["properties"]["zone_id"] for f in json.loads(zones.read_text(encoding="utf-8"))["features"]}
    assert set(table["zone_id"].dropna()) <= known


def test_an_end_before_the_beginning_is_refused(tmp_path):
    text = (DATA / "interventions.csv").read_text(encoding="utf-8").replace("2003-09-08,2003-09-30", "2003-09-08,2003-08-30")
    (tmp_path / "i.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="column to: .*lies before the first day"):
        published.load_interventions(tmp_path / "i.csv")
