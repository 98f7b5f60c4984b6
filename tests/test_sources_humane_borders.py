"""The OGIS adapter on miniature files of both vintages' layouts (invented rows)."""

import pandas as pd
import pytest

from bsi import contracts
from bsi.register.files import read_table
from bsi.register.sources import humane_borders

HEAD = [
    "ML Number",
    "Name",
    "Sex",
    "Age",
    "Reporting Date",
    "Surface Management",
    "Location",
    "Location Precision",
    "Corridor Code",
    "Corridor",
    "Cause of Death",
    "OME Determined COD",
    "Condition Code",
    "Body Condition",
    "Post Mortem Interval",
    "State",
    "County",
    "Latitude",
    "Longitude",
    "UTM X",
    "UTM Y",
]
GPS = "GPS Coordinate (precise to within ca. 300ft./100m)"


def line(**given):
    row = {
        "ML Number": "20-01234", "Name": "Invented, Person", "Sex": "male", "Age": "31", "Reporting Date": "2020-07-15", "Surface Management": "Private",
        "Location Precision": GPS, "Corridor": "Sasabe", "Cause of Death": "Exposure", "OME Determined COD": "PROBABLE HYPERTHERMIA", "Condition Code": "2",
        "Body Condition": "Decomposed", "Post Mortem Interval": "< 1 week", "State": "Arizona", "County": "PIMA", "Latitude": "31.9", "Longitude": "-111.7",
    } | {k.replace("_", " "): v for k, v in given.items()}  # fmt: skip
    return ",".join(f'"{row.get(name, "")}"' for name in HEAD)


def read(tmp_path, *lines, head=HEAD, vintage="2022-03-31"):
    path = tmp_path / "x.csv"
    path.write_text("\n".join([",".join(head), *lines]) + "\n", encoding="utf-8")
    tables = humane_borders.read(read_table(path, "humane_borders", vintage))
    contracts.check(tables.records, contracts.RECORDS)
    contracts.check(tables.rejected, contracts.REJECTED)
    return tables


def test_a_row_as_published(tmp_path):
    tables = read(tmp_path, line())
    r = tables.records.iloc[0]
    assert (r["record_id"], r["kind"], r["date"], r["date_kind"]) == ("humane_borders:20-01234", "death", pd.Timestamp("2020-07-15"), "found")
    assert (r["died_from"], r["died_to"]) == (pd.Timestamp("2020-07-08"), pd.Timestamp("2020-07-15"))
    assert (r["sex"], r["age"], r["n_dead"], r["state"], r["county"], r["region"]) == ("male", 31, 1, "AZ", "Pima", "Sasabe")
    assert (r["cause"], r["cause_raw"]) == ("heat", "Exposure; PROBABLE HYPERTHERMIA")
    assert (r["location_precision_m"], r["is_precision_stated"], r["flags"]) == (100, True, "")
    assert r["is_identified"]
    assert "Invented" not in tables.records.to_csv()


@pytest.mark.parametrize(
    ("words", "metres", "flag"),
    [
        ("Street Address (precise to within ca. 1000ft/300m)", 300, ""),
        ("physical description with directions, distances, and landmarks (precise to within 1mi/2km)", 2000, ""),
        ("vague physical description (precise to within 10mi/15km)", 15000, ""),
        ("no location description", None, ""),
        ("individual moved from location where they originally collapsed or died", None, "moved_before_death"),
    ],
)
def test_precision_classes(tmp_path, words, metres, flag):
    r = read(tmp_path, line(Location_Precision=words)).records.iloc[0]
    assert r["flags"] == flag
    assert r["is_precision_stated"] == (metres is not None)
    assert r["location_precision_m"] == metres if metres else pd.isna(r["location_precision_m"])


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ({"OME_Determined_COD": "HYPOTHERMIA"}, "cold"),
        ({"OME_Determined_COD": "ENVIRONMENTAL EXPOSURE"}, "exposure"),
        ({"Cause_of_Death": "Undetermined", "OME_Determined_COD": "SKELETAL REMAINS -- CAUSE OF DEATH UNDETERMINED"}, "skeletal"),
        ({"Cause_of_Death": "Skeletal Remains", "OME_Determined_COD": "UNDETERMINED - MUMMIFIED REMAINS"}, "skeletal"),
        ({"Cause_of_Death": "Other Injury / Homicide", "OME_Determined_COD": "HANGING"}, "other_injury"),
        ({"Cause_of_Death": "Other Injury / Homicide", "OME_Determined_COD": "MULTIPLE STAB WOUNDS"}, "violence"),
        ({"Cause_of_Death": "Pending", "OME_Determined_COD": "GSW TO HEAD"}, "violence"),
        ({"Cause_of_Death": "Drug Overdose", "OME_Determined_COD": "METHAMPHETAMINE TOXICITY"}, "other_injury"),
        ({"Cause_of_Death": "", "OME_Determined_COD": ""}, None),
    ],
)
def test_the_examiners_words_decide_where_they_say_more(tmp_path, given, cause):
    found = read(tmp_path, line(**given)).records["cause"].iloc[0]
    assert found == cause if cause else pd.isna(found)


def test_maricopa_unidentified_undetermined_and_an_open_interval(tmp_path):
    r = read(
        tmp_path, line(ML_Number="MC20-0007", Name="Unidentified", Sex="undetermined", Post_Mortem_Interval="> 6-8 months", County="Unknown")
    ).records.iloc[0]
    assert r["record_id"] == "humane_borders:MC20-0007"
    assert "Maricopa" in r["source_text"]
    assert not r["is_identified"]
    assert pd.isna(r["sex"])
    assert pd.isna(r["county"])
    assert pd.isna(r["died_from"])
    assert r["died_to"] == pd.Timestamp("2020-07-15")


def test_layout_of_2020_with_month_first_dates_and_other_headers(tmp_path):
    r = read(tmp_path, line(Reporting_Date="7/15/2020"), line(ML_Number="2", Reporting_Date="3/4/2020"), vintage="2020-06-30").records
    assert r["date"].tolist() == [pd.Timestamp("2020-07-15"), pd.Timestamp("2020-03-04")]
    head = [
        {"ML Number": "ML_Number", "Reporting Date": "Reporting_Date", "Cause of Death": "Cause_of_Death", "Post Mortem Interval": "PMI"}.get(h, h)
        for h in HEAD
    ]
    assert len(read(tmp_path, line(), head=head).records) == 1


def test_a_repeated_number_keeps_both_rows(tmp_path):
    r = read(tmp_path, line(), line(Age="40"), line()).records
    assert r["record_id"].is_unique
    assert r["record_id"].iloc[0] == "humane_borders:20-01234"
    assert r["flags"].tolist() == ["", "", "duplicate_row"]


def test_refused_rows_carry_their_reasons(tmp_path):
    tables = read(tmp_path, line(Reporting_Date="1899-01-01"), line(ML_Number="2", Reporting_Date="2150-01-01"), line(ML_Number="3", Age="130"))
    assert tables.rejected["row"].tolist() == [2, 3]
    assert tables.rejected["reasons"].str.contains("before 1900|more than a year after").all()
    assert "Invented" not in tables.rejected.to_csv()
    r = tables.records.iloc[0]
    assert r["flags"] == "age_implausible"
    assert pd.isna(r["age"])
