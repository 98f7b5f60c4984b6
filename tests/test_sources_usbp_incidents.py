"""The Border Patrol adapter on a miniature file (invented rows)."""

import pandas as pd
import pytest

from bsi import contracts
from bsi.register.files import read_table
from bsi.register.sources import usbp_incidents

HEAD = (
    "usbp_record_no,reported_date,sector_code,state,county,lat,lon,notifying_agency,call_911_flag,death_type,other_description,official_cause_of_death,"
    "skeletal_remains_flag,sex,age,nationality,disposition,source_sheet,fiscal_year"
)
LINES = """\
6109.0,2014-01-24,TCA,Arizona,Pima,31.808,-111.0044,Pima County Sheriff's Office,0,Other,Medical Examiner Undetermined,,0,U,,,Coroner/Med. Exam/Jp,2014,2014
6110.0,2014-10-24,RGV,Texas,Brooks,26.9,-98.1,BCSO,0,Environmental Exposure-Heat,,Probable Heat Stroke,0,M,22.0,Mexico,Funeral Home,2014,2015
6111.0,2014-02-24,ELC,California,Imperial,32.7,-115.5,,0,Water-Related,,,0,F,,El Salvador,,2014,2014
,2014-02-25,Rio Grande Valley,Texas,Unknown,26.9,-98.2,,1,Other,Medical Examiner Undetermined,,1,U,114.0,,,2014,2014
6113.0,2014-02-25,TCA,Arizona,Pima,31.9,-111.2,,0,Environmental Exposure-Cold,,,0,M,,,,2014,2014
6114.0,2014-02-25,TCA,Arizona,Pima,31.9,-111.2,,0,Other,Border Patrol Shooting,,0,M,,,,2014,2014
6115.0,2014-02-25,TCA,Arizona,Pima,31.9,-111.2,,0,Other,Other,Pending Toxicology,0,M,,,,2014,2014
6116.0,1890-02-25,TCA,Arizona,Pima,31.9,-111.2,,0,Other,Other,,0,M,,,,2014,2014
""".splitlines()


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    path = tmp_path_factory.mktemp("usbp") / "x.csv"
    path.write_text("\n".join([HEAD, *LINES]) + "\n", encoding="utf-8")
    tables = usbp_incidents.read(read_table(path, "usbp_incidents", "2016-01-31"))
    contracts.check(tables.records, contracts.RECORDS)
    return tables


def test_fields(tables):
    r = tables.records.iloc[1]
    assert (r["record_id"], r["date"], r["date_kind"], r["sector"], r["state"], r["county"]) == (
        "usbp_incidents:6110", pd.Timestamp("2014-10-24"), "reported", "RGV", "TX", "Brooks",
    )  # fmt: skip
    assert (r["sex"], r["age"], r["nationality"], r["source_text"], r["n_dead"], r["country"]) == ("male", 22, "Mexico", "BCSO", 1, "US")
    assert r["cause_raw"] == "Environmental Exposure-Heat; Probable Heat Stroke"


def test_causes_and_bones(tables):
    assert tables.records["cause"].tolist() == ["undetermined", "heat", "drowning", "skeletal", "cold", "violence", "pending"]
    assert tables.records["body_condition"].tolist()[3] == "skeletal remains"


def test_blank_id_unknown_sex_and_an_impossible_age(tables):
    r = tables.records.iloc[3]
    assert r["record_id"].startswith("usbp_incidents:")
    assert r["record_id"].endswith("-1")
    assert tables.records["record_id"].is_unique
    assert pd.isna(r["sex"])
    assert pd.isna(r["age"])
    assert pd.isna(r["county"])
    assert r["flags"] == "age_implausible"
    assert r["sector"] == "RGV"


def test_a_date_of_1890_is_refused(tables):
    assert tables.rejected["row"].tolist() == [9]
    assert "1890-02-25 lies before 1900" in tables.rejected["reasons"].item()


def test_fiscal_2015_by_sector_is_the_published_table(shared_data):
    """Claim A07; the sector table is the official one of the Border Patrol, read from its own file."""
    raw = read_table(shared_data / "raw/usbp_incidents/2016-01-31_usbp_deaths_foia.csv", "usbp_incidents", "2016-01-31")
    records = usbp_incidents.read(raw).records
    fiscal = records["date"].dt.year + (records["date"].dt.month >= 10)
    counted = records[fiscal == 2015]["sector"].value_counts()
    official = pd.read_csv(shared_data / "published/usbp_sw_deaths_by_sector_fy1998_fy2019.csv")
    row = official[official["fiscal_year"] == 2015].set_index("sector_code")["deaths"].drop("SWB", errors="ignore")
    assert counted.sum() == 251
    assert counted.to_dict() == {code: n for code, n in row.items() if code in counted.index}
