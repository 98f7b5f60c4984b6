"""The No More Deaths adapter on a miniature file with the traps of the real one (invented rows)."""

import pandas as pd
import pytest

from bsi import contracts
from bsi.register.files import read_table
from bsi.register.sources import no_more_deaths

HEAD = "Source,Year,Date,Age,Age_Range,Gender,Nationality,Cause_of_Death,Latitude,Longitude,County,State"
LINES = """\
San Diego County Office of the,2002.0,2/8/2002,30.0,26-35,M,Mexico,Stab wounds of torso,32.539,-117.0767,,
San Diego County Office of the,2002.0,2/26/2002,,Unknown,F,Mexican,ASPHYXIA DUE TO DROWNING,"32.539,",-117.0767,,
El Paso Sector Database,2020.0,3/7/2020 0950,,0-17,U,,Complications of maternal trauma,31.4,-106.04,El Paso,
El Paso Sector Database,2022.0,2022,31.0,Unknown,F,Haiti,Miscarriage,31.77,-106.45,,
El Paso Sector Database,2021.0,2021-05-06 04:49:00,,Unknown,M,,Environmental hyperthermia,32.18178N,-107.5687,Luna,
El Paso Sector Database,1994.0,,,,,,,,,,
Pima County Office of the Medic,,,,,,,,,,,
Pima County Office of the Medic,2019.0,2019-12-05 00:00:00,,Unknown,M,,Skeletal Remains,32.3953,-113.1397,SANTA CRUZ,Arizona
Pima County Office of the Medic,2019.0,2019-12-05 00:00:00,,Unknown,M,,Skeletal Remains,32.3953,-113.1397,SANTA CRUZ,Arizona
Brooks County,2015.0,2015-02-04 00:00:00,109.0,56 and older,M,Mexico,,27.00192,-98.0943,Brooks,Veracruz
Kenedy County,2016.0,2016-03-14 00:00:00,,Unknown,M,,,-97.98122,27.01059,Kenedy,
Other Texas Counties,2019.0,,,,U,,,,,Webb,Texas
Other Texas Counties,,,,,U,,Undertemined,26.42662,-99056285,Starr,Texas
Maverick,2023.0,3/6/2023,,Unknown,M,,Drowning,,,,
""".splitlines()


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    path = tmp_path_factory.mktemp("nmd") / "x.csv"
    path.write_text("\n".join([HEAD, *LINES]) + "\n", encoding="utf-8")
    tables = no_more_deaths.read(read_table(path, "no_more_deaths", "2025-03-31"))
    contracts.check(tables.records, contracts.RECORDS)
    contracts.check(tables.rejected, contracts.REJECTED)
    return tables


@pytest.fixture(scope="module")
def by_line(tables):
    return tables.records.set_index("row")


def test_stubs_without_any_content_are_refused_and_nothing_else(tables):
    assert tables.rejected["row"].tolist() == [7, 8]
    assert tables.rejected["reasons"].str.startswith("the row says nothing").all()
    assert len(tables.records) == len(LINES) - 2


def test_dates_in_five_patterns(by_line):
    assert by_line.loc[2, "date"] == pd.Timestamp("2002-02-08")
    assert by_line.loc[3, "date"] == pd.Timestamp("2002-02-26")
    assert by_line.loc[4, "date"] == pd.Timestamp("2020-03-07")
    assert by_line.loc[6, "date"] == pd.Timestamp("2021-05-06")
    assert (by_line.loc[5, "date"], by_line.loc[5, "date_precision"]) == (pd.Timestamp("2022-01-01"), "year")
    assert (by_line.loc[13, "date"], by_line.loc[13, "date_precision"]) == (pd.Timestamp("2019-01-01"), "year")
    assert pd.isna(by_line.loc[14, "date"])
    assert by_line.loc[14, "date_precision"] == "none"


def test_state_of_origin_is_no_place(by_line):
    assert by_line.loc[10 + 1, ["state", "county"]].tolist() == ["TX", "Brooks"]
    assert "Veracruz" not in by_line.to_csv()


def test_places_follow_the_office(by_line):
    assert by_line.loc[2, ["state", "county"]].tolist() == ["CA", "San Diego"]
    assert by_line.loc[4, ["state", "sector"]].tolist() == ["TX", "EPT"]
    assert by_line.loc[6, ["state", "county", "sector"]].tolist() == ["NM", "Luna", "EPT"]
    assert pd.isna(by_line.loc[5, "state"])  # the office covers two states and the row names no county
    assert by_line.loc[9, "county"] == "Santa Cruz"
    assert by_line.loc[15, "county"] == "Maverick"


def test_points_as_the_hand_typed_them(by_line):
    assert by_line.loc[3, ["lon", "lat"]].tolist() == [-117.0767, 32.539]
    assert by_line.loc[6, "lat"] == pytest.approx(32.18178)
    assert by_line.loc[12, ["lon", "lat"]].tolist() == [-97.98122, 27.01059]
    assert by_line.loc[12, "flags"] == "point_swapped"
    assert by_line.loc[14, "flags"] == "point_unreadable"
    assert pd.isna(by_line.loc[14, "lon"])


def test_words(by_line):
    assert by_line.loc[[2, 3, 6, 9], "cause"].tolist() == ["violence", "drowning", "heat", "skeletal"]
    assert by_line.loc[14, "cause"] == "undetermined"
    assert pd.isna(by_line.loc[15 - 2, "cause"])
    assert by_line.loc[[2, 3], "nationality"].tolist() == ["Mexico", "Mexico"]
    assert by_line.loc[[2, 3], "sex"].tolist() == ["male", "female"]
    assert pd.isna(by_line.loc[4, "sex"])
    assert by_line.loc[11, "age"] == 109


def test_identical_rows_are_both_kept_with_ids_of_their_own(by_line):
    ids = by_line.loc[[9, 10], "record_id"].tolist()
    assert ids[0][:-1] == ids[1][:-1]
    assert ids[0].endswith("-1")
    assert ids[1].endswith("-2")
    assert by_line.loc[[9, 10], "flags"].tolist() == ["", "duplicate_row"]


def test_ids_do_not_depend_on_the_order_of_rows_or_columns(tmp_path, by_line):
    frame = pd.DataFrame([line.split(",") for line in LINES if '"' not in line], columns=HEAD.split(","))
    path = tmp_path / "turned.csv"
    frame.iloc[::-1, ::-1].to_csv(path, index=False)
    turned = no_more_deaths.read(read_table(path, "no_more_deaths", "2025-03-31")).records
    assert set(turned["record_id"]) == set(by_line["record_id"].drop(3))
