"""The IOM adapter on miniature files in each layout that its vintages have had (invented rows)."""

import pandas as pd
import pytest

from bsi import contracts
from bsi.register.files import read_table
from bsi.register.sources import iom, recognise

ROUTE = "US-Mexico border crossing"
HEAD_2024 = (
    "Main ID,Incident ID,Incident Type,Region of Incident,Incident Date,Incident Year,Month,Number of Dead,Minimum Estimated Number of Missing,"
    "Total Number of Dead and Missing,Number of Survivors,Number of Females,Number of Males,Number of Children,Country of Origin,Region of Origin,"
    "Cause of Death,Country of Incident,Migration Route,Location of Incident,Coordinates,UNSD Geographical Grouping,Information Source,URL,Source Quality"
)


def row_2024(**given):
    row = {
        "Main ID": "2023.MMP1", "Incident ID": "2023.MMP1", "Incident Type": "Incident", "Region of Incident": "North America", "Incident Date": "2023-06-05",
        "Incident Year": "2023", "Month": "June", "Number of Dead": "1", "Total Number of Dead and Missing": "1", "Number of Males": "1",
        "Country of Origin": "Mexico", "Cause of Death": "Drowning", "Country of Incident": "United States of America", "Migration Route": ROUTE,
        "Location of Incident": "All-American Canal, Imperial County, California, USA", "Coordinates": "32.68, -115.42",
        "UNSD Geographical Grouping": "Northern America", "Information Source": "Imperial County Coroner's Office",
    } | {k.replace("_", " "): v for k, v in given.items()}  # fmt: skip
    return ",".join(f'"{row.get(name, "")}"' for name in HEAD_2024.split(","))


def read(tmp_path, *lines, vintage="2024-11-15", encoding="utf-8"):
    path = tmp_path / "2024-11-15_iom.csv"
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    raw = read_table(path, "iom", vintage)
    assert recognise(raw) == "iom"
    tables = iom.read(raw)
    assert len(raw.frame) + len(raw.malformed) == len(tables.records) + len(tables.out_of_scope) + len(tables.rejected)
    contracts.check(tables.records, contracts.RECORDS)
    contracts.check(tables.rejected, contracts.REJECTED)
    return tables


def only(tables):
    assert len(tables.records) == 1, tables.rejected.to_dict("records")
    return tables.records.iloc[0]


def test_layout_of_2024(tmp_path):
    r = only(read(tmp_path, HEAD_2024, row_2024(Number_of_Survivors="3")))
    assert (r.record_id, r.kind, r.date, r.date_precision, r.country, r.state, r.county) == (
        "iom:2023.MMP1", "death", pd.Timestamp("2023-06-05"), "day", "US", "CA", "Imperial",
    )  # fmt: skip
    assert (r.lon, r.lat, r.n_dead, r.sex, r.nationality, r.cause, r.route, r["flags"]) == (-115.42, 32.68, 1, "male", "Mexico", "drowning", ROUTE, "")
    assert r.date_kind == "found"  # it cites a coroner
    assert r.n_survivors == 3
    assert pd.isna(r.n_rescued)
    assert pd.isna(r.n_missing)
    assert pd.isna(r.n_female)


def test_layout_of_2019_with_bom_and_long_dates(tmp_path):
    head = (
        "Web ID,Region of Incident,Reported Date,Reported Year,Reported Month,Number Dead,Minimum Estimated Number of Missing,Total Dead and Missing,"
        "Number of Survivors,Number of Females,Number of Males,Number of Children,Cause of Death,Location Description,Information Source,"
        "Location Coordinates,Migration Route,URL,UNSD Geographical Grouping,Source Quality"
    )
    ours = '52,US-Mexico Border,"December 30, 2019",2019,Dec,,2,2,,,,,Presumed drowning,"Río Bravo, Tamaulipas",El Mañana,"27.5, -99.5",,,Central America,1'
    other = '53,Mediterranean,"July 1, 2019",2019,Jul,4,,4,,,,,Drowning,Lampedusa,AFP,"35.5, 12.6",,,Uncategorized,1'
    tables = read(tmp_path, head, ours, other, encoding="utf-8-sig", vintage="2019-12-30")
    r = only(tables)
    assert (r.kind, r.n_missing, r.country, r.state, r.date, r.cause) == ("missing", 2, "MX", "TAM", pd.Timestamp("2019-12-30"), "drowning")
    assert pd.isna(r.route)
    assert pd.isna(r.n_dead)
    assert tables.out_of_scope["record_id"].tolist() == ["iom:53"]
    assert tables.out_of_scope["rule"].str.contains("another route or region").all()


def test_layout_of_2019_with_short_dates(tmp_path):
    head = "Web ID,Region of Incident,Reported Date,Reported Year,Number Dead,Total Dead and Missing,Cause of Death,Location Coordinates,Source Quality"
    r = only(read(tmp_path, head, '52,US-Mexico Border,9-Jul-19,2019,1,1,Unknown,"31.9, -110.9",5'))
    assert r.date == pd.Timestamp("2019-07-09")


def test_layout_of_2022_with_wkt_points_and_website_date(tmp_path):
    head = (
        "Main ID,Incident ID,Incident Type,Region of Incident,Website Date,Incident year,Reported Month,Number of Dead,Minimum Estimated Number of Missing,"
        "Total Number of Dead and Missing,Number of Survivors,Number of Females,Number of Males,Number of Children,Region of Origin,Cause of Death,"
        "Migration route,Location of death,Information Source,Coordinates,UNSD Geographical Grouping,Article title,Source Quality,URL"
    )
    line = "2020.MMP9,2020.MMP9,Incident,Central America,,2020,March,2,,2,,1,1,,,Drowning,"
    line += f"{ROUTE},Rio Bravo,Zócalo,POINT (-98.2 26.1),Central America,A Person drowns,1,"
    tables = read(tmp_path, head, line, vintage="2022-05-08")
    r = only(tables)
    assert (r.date, r.date_precision, r.country, r.lon, r.lat) == (pd.Timestamp("2020-03-01"), "month", "MX", -98.2, 26.1)
    assert pd.isna(r.sex)
    assert r.n_dead == 2
    assert "A Person" not in tables.records.to_csv()


def test_layout_of_2021_with_weekday_and_time(tmp_path):
    head = (
        '"Main ID","Incident ID",Region,"Incident Date",Year,"Reported Month","Number Dead","Minimum Estimated Number of Missing",'
        '"Total Number of Dead and Missing","Number of Survivors","Number of Females","Number of Males","Number of Children",'
        '"Region of Origin","Cause of Death",'
        '"Country of Origin","Location of death","Information Source",Coordinates,"Migration route",URL,"UNSD Geographical Grouping","Source Quality"'
    )
    line = '2014.MMP1,2014.MMP1,North America,"Mon, 06/02/2014 - 12:00",2014,June,1,,1,,,1,,,Violence,'
    line += f'Guatemala,"Douglas, Arizona",PCOME,"31.5, -109",{ROUTE},,Northern America,5'
    r = only(read(tmp_path, head, line))
    assert (r.date, r.state, r.nationality) == (pd.Timestamp("2014-06-02"), "AZ", "Guatemala")
    assert r.location_precision_m == pytest.approx(111_320)
    assert not r.is_precision_stated


def test_layout_of_the_interface_with_repeated_ids(tmp_path):
    head = (
        "web_id,region,reported_date,number_dead,number_missing,total_dead_and_missing,number_of_survivors,number_of_female,number_of_male,"
        "number_of_children,cause_death,country_of_incident,location_description,unsd_geographic_grouping,location_coodinates,migration_route,"
        "information_source,url,source_quality,region_origin,country_origin"
    )
    part = '2026.MMP7,Central America,2026-02-24,{},,{},,,,,Drowning,Mexico,"Rio Bravo, Coahuila",Central America,"28.7, -100.5",' + ROUTE + ",Zócalo,,3,,{}"
    tables = read(tmp_path, head, part.format(1, 1, "Honduras"), part.format(2, 2, "Cuba"), vintage="2026-03-01")
    assert tables.records["n_dead"].tolist() == [1, 2]
    assert tables.records["record_id"].is_unique
    assert tables.records["record_id"].iloc[0] == "iom:2026.MMP7"
    assert tables.records["group_id"].tolist() == ["2026.MMP7"] * 2
    assert tables.records["state"].tolist() == ["COA"] * 2


def test_layout_of_2023_without_id_and_date(tmp_path):
    head = (
        "Incident Type,Incident year,Reported Month,Region of Origin,Region of Incident,Country of Origin,Number of Dead,Minimum Estimated Number of Missing,"
        "Total Number of Dead and Missing,Number of Survivors,Number of Females,Number of Males,Number of Children,Cause of Death,"
        "Migration route,Location of death,"
        "Information Source,Coordinates,UNSD Geographical Grouping"
    )
    line = f'Incident,2014,January,,North America,Mexico,1,0,1,0,0,1,0,Violence,{ROUTE},"near Douglas, Arizona, USA",PCOME,"31.5, -109.3",Northern America'
    tables = read(tmp_path, head, line, line)
    assert tables.records["date"].tolist() == [pd.Timestamp("2014-01-01")] * 2
    assert tables.records["date_precision"].tolist() == ["month"] * 2
    assert tables.records["record_id"].str.fullmatch(r"iom:[0-9a-f]{12}-[12]").all()
    assert tables.records["record_id"].is_unique
    assert tables.records["flags"].tolist() == ["", "duplicate_row"]
    assert tables.records["sex"].tolist() == ["male"] * 2


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ("id,cause_of_death,region_origin,affected_nationality,missing,dead,incident_region,date,source,reliability,lat,lon", "21/04/2015"),
        ("#event+id,#cause+type,#region+origin,#affected+nationality,#affected+missing,#affected+dead,#region+incident,#date+reported,"
         "#meta+source+name,#meta+source+reliability,#geo+lat,#geo+lon", "05/04/2015"),
    ],
)  # fmt: skip
def test_layouts_of_2015_have_the_day_first(tmp_path, head, date):
    line = f"119,Drowning,Central America,Honduran,,1,U.S./Mexico Border,{date},Televisa,Partially Verified,27.495,-99.523"
    r = only(read(tmp_path, head, line, vintage="2017-01-01"))
    assert r.date.month == 4
    assert r.record_id == "iom:119"
    assert r.nationality == "Honduras"
    assert (r.lon, r.lat) == (-99.523, 27.495)


def test_row_of_hxl_tags_is_refused_with_its_reason(tmp_path):
    tags = ",".join("#tag" for _ in HEAD_2024.split(","))
    tables = read(tmp_path, HEAD_2024, tags, row_2024())
    assert len(tables.records) == 1
    assert "HXL" in tables.rejected["reasons"].item()


def test_headers_that_others_rename(tmp_path):
    head = (
        HEAD_2024.replace("Incident Date", "Date of Incident").replace("Incident Year", "Year of Incident").replace("Location of Incident", "Location of Death")
    )
    assert only(read(tmp_path, head, row_2024())).date == pd.Timestamp("2023-06-05")


def test_both_sides_and_a_second_route_are_in_scope(tmp_path):
    tables = read(
        tmp_path,
        HEAD_2024,
        row_2024(Incident_ID="a", Country_of_Incident="Mexico", Migration_Route=f"Central Mediterranean,{ROUTE}"),
        row_2024(Incident_ID="b", Country_of_Incident="Mexico", Migration_Route="", Location_of_Incident="Río Bravo, Matamoros"),
        row_2024(Incident_ID="c", Country_of_Incident="Brazil", Migration_Route="", Location_of_Incident="Rio Grande do Sul"),
    )
    r = only(tables)
    assert r.country == "MX"
    assert r["flags"] == "route_is_other"
    assert tables.out_of_scope.set_index("record_id")["rule"].str.contains("border river").to_dict() == {"iom:b": True, "iom:c": False}


def test_cumulative_and_split_rows(tmp_path):
    tables = read(
        tmp_path,
        HEAD_2024,
        row_2024(Incident_ID="a", Main_ID="a", Incident_Type="Cumulative Incident", Number_of_Dead="44", Total_Number_of_Dead_and_Missing="44"),
        row_2024(Incident_ID="b1", Main_ID="b", Incident_Type="Split Incident"),
        row_2024(Incident_ID="b2", Main_ID="b", Incident_Type="Split Incident"),
    )
    flags = tables.records.set_index("record_id")["flags"]
    assert flags["iom:a"] == "date_is_range;cumulative"
    assert flags["iom:b1"] == "split"
    assert tables.records["group_id"].tolist()[1:] == ["b", "b"]
    assert pd.isna(tables.records["group_id"].iloc[0])


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"Number_of_Dead": "-3"}, "n_dead: -3 is negative"),
        ({"Number_of_Dead": "abc"}, "n_dead: abc"),
        ({"Number_of_Dead": "", "Minimum_Estimated_Number_of_Missing": "-1"}, "n_missing: -1"),
        ({"Incident_Date": "1899-05-03", "Incident_Year": "1899"}, "date: 1899-05-03 lies before 1900"),
        ({"Incident_Date": "2150-05-03", "Incident_Year": "2150"}, "date: 2150-05-03 lies more than a year after"),
        ({"Number_of_Dead": "-3", "Incident_Date": "2150-05-03"}, "n_dead: -3 is negative or no whole number; date: 2150-05-03"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_are_refused_with_every_reason(tmp_path, given, reason):
    tables = read(tmp_path, HEAD_2024, row_2024(**given))
    assert tables.records.empty
    assert reason in tables.rejected["reasons"].item()
    assert "Location" not in tables.rejected["row_text"].item()
    assert "place = " in tables.rejected["row_text"].item()


@pytest.mark.parametrize(
    ("given", "flag"),
    [
        ({"Minimum_Estimated_Number_of_Missing": "-1", "Total_Number_of_Dead_and_Missing": "1"}, "count_unreadable"),
        ({"Total_Number_of_Dead_and_Missing": "5"}, "count_conflict"),
        ({"Number_of_Females": "1"}, "count_conflict"),
        ({"Incident_Year": "2021"}, "date_conflicts_year"),
        ({"Incident_Date": "a day in June"}, "date_unreadable"),
        ({"Coordinates": "32.68 and -115"}, "point_unreadable"),
        ({"Coordinates": "NaN, Inf"}, "point_unreadable"),
        ({"Coordinates": "1e400, -115"}, "point_unreadable"),
        ({"Coordinates": "-115.42, 32.68"}, "point_swapped"),
        ({"Cause_of_Death": "zzz"}, "cause_unmatched"),
    ],
)
def test_suspect_rows_are_kept_with_a_flag(tmp_path, given, flag):
    r = only(read(tmp_path, HEAD_2024, row_2024(**given)))
    assert flag in r["flags"].split(";")
    if flag == "date_unreadable":
        assert (r.date, r.date_precision) == (pd.Timestamp("2023-06-01"), "month")


def test_titles_in_a_malformed_row_are_not_shown(tmp_path):
    tables = read(tmp_path, HEAD_2024, row_2024(), row_2024() + ",Juan Invented dies,more")
    assert len(tables.rejected) == 1
    assert "Invented" not in tables.rejected.to_csv()
