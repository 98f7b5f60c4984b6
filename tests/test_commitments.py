"""Claims and commitments: every number from the register, and "no public series" where the register holds none."""

from pathlib import Path

import pandas as pd
import pytest

from bsi.analysis import commitments
from bsi.errors import InputError
from bsi.register import published

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture
def register():
    incidents = pd.DataFrame(
        {
            "incident_id": ["a", "b"],
            "kind": "death",
            "state": ["AZ", "CA"],
            "cause": ["violence", "drowning"],
            "n_dead": [2, 1],
            "date": pd.to_datetime(["2003-01-01", "2010-01-01"]),
            "is_cumulative": False,
            "flags": "",
        }
    )
    weights = pd.DataFrame({"incident_id": ["a", "b"], "zone_id": ["desert_arizona_sonora", "canal_aac"], "probability": [0.5, 1.0]})
    return {"records": incidents, "incidents": incidents, "zone_weights": weights, "published": published.load(DATA / "published")}


def test_the_answers_hold_the_official_numbers(register):
    table = commitments.commitments(register, DATA / "commitments.csv").set_index("commitment_id")
    assert "from 90 (FY1998, possibly incomplete) to 56 (FY1999), 72 and 96" in table.loc["c02_drownings", "answer_en"]
    assert "11, 29, 74" in table.loc["c03_heat", "answer_es"]
    assert "2,000" in table.loc["c01_rescues", "answer_en"]
    assert table.loc["c09_violence", "answer_en"].endswith("The lists hold 2 deaths from violence in Arizona, whoever acted.")
    assert "place: 1 in the desert zone and 1 in the canal zone." in table.loc["c13_high_risk_zones", "answer_en"]
    assert not table["answer_es"].str.contains("{", regex=False).any()


def test_what_was_asked_for_is_answered(register):
    table = commitments.commitments(register, DATA / "commitments.csv")
    asked = "rescue|drownings|heat|Beta Groups at Mexicali|medical|violence|private citizens|repatriation"
    assert table["text_en"].str.contains(asked).sum() >= 8
    assert table.loc[table["status"].eq("no_public_series"), "answer_en"].str.contains("No public series").all()


def test_a_register_without_figures_says_so(register):
    empty = {**register, "published": register["published"].head(0)}
    table = commitments.commitments(empty, DATA / "commitments.csv").set_index("commitment_id")
    assert table.loc["c01_rescues", ["status", "answer_en"]].tolist() == ["no_public_series", "This register does not hold the figures."]


def test_an_unknown_status_is_refused(register, tmp_path):
    text = (DATA / "commitments.csv").read_text(encoding="utf-8").replace("not_supported", "wrong")
    (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="wrong: missing or not known"):
        commitments.commitments(register, tmp_path / "c.csv")


def test_documents_and_texts_stand_in_both_languages(register):
    table = commitments.commitments(register, DATA / "commitments.csv")
    for column in ("document", "text", "answer"):
        assert (table[[f"{column}_en", f"{column}_es"]] != "").all(axis=None)
    assert (table["document_en"] != table["document_es"]).all()


def test_a_running_total_adds_nobody(register):
    twice = pd.concat([register["incidents"], register["incidents"].assign(is_cumulative=True, n_dead=50)])
    table = commitments.commitments({**register, "incidents": twice}, DATA / "commitments.csv").set_index("commitment_id")
    assert table.loc["c09_violence", "answer_en"].endswith("The lists hold 2 deaths from violence in Arizona, whoever acted.")
    assert "2 incidents" in table.loc["c05_consolidate", "answer_en"]


def test_a_date_that_cannot_be_puts_nobody_into_the_years_since_2002(register):
    both = pd.DataFrame(
        {"incident_id": ["a", "b", "b"], "zone_id": ["desert_arizona_sonora", "desert_arizona_sonora", "canal_aac"], "probability": [0.5, 1, 1]}
    )
    register = {**register, "zone_weights": both}
    late = register["incidents"].assign(date=pd.to_datetime(["2025-11-01", "2010-01-01"]), flags=["date_after_vintage", ""])
    desert = {
        name: commitments.commitments({**register, "incidents": rows}, DATA / "commitments.csv")
        .set_index("commitment_id")
        .loc["c13_high_risk_zones", "answer_en"]
        for name, rows in (("as dated", register["incidents"]), ("too late", late))
    }
    assert ": 2 in the desert zone" in desert["as dated"]
    assert ": 1 in the desert zone" in desert["too late"]


def test_causes_known_before_2000_are_counted(register):
    early = register["incidents"].assign(date=pd.to_datetime(["1996-06-01", "1998-06-01"]), cause=["heat", "undetermined"], n_dead=[2, 5])
    table = commitments.commitments({**register, "incidents": early}, DATA / "commitments.csv").set_index("commitment_id")
    assert table.loc["c03_heat", "answer_en"].startswith("The lists know the cause of 2 of the 7 people found before 2000.")
