"""Recognition of files by their headers, and what every adapter owes: each row in exactly one table."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bsi import contracts
from bsi.errors import InputError
from bsi.register.files import RawTable, read_table
from bsi.register.sources import KNOWN, SOURCES, assemble, reader, recognise

REAL = {
    "iom/2019-12-30_missing_migrants_global.csv": (5987, 1612, 4375, 0),
    "iom/2022-02-19_missing_migrants_global.csv": (10274, 2697, 7577, 0),
    "iom/2022-05-08_missing_migrants_global.csv": (10606, 2761, 7845, 0),
    "iom/2024-11-15_missing_migrants_global.csv": (17474, 4206, 13268, 0),
    "humane_borders/2020-06-30_ogis_migrant_deaths.csv": (3270, 3270, 0, 0),
    "humane_borders/2022-03-31_ogis_migrant_deaths.csv": (3857, 3857, 0, 0),
    "no_more_deaths/2025-03-31_border_deaths_master.csv": (8832, 8769, 0, 63),
    "usbp_incidents/2016-01-31_usbp_deaths_foia.csv": (554, 554, 0, 0),
}


def write(folder, text, name="2024-01-31_list.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", REAL)
def test_every_row_of_every_real_file_is_accounted_for(shared_data, name):
    key, file = name.split("/")
    raw = read_table(shared_data / "raw" / name, key, file[:10])
    assert recognise(raw) == key
    tables = SOURCES[key].read(raw)
    n_read, n_records, n_out, n_rejected = REAL[name]  # counted with csv.reader and the route column, not by the adapter
    assert len(raw.frame) + len(raw.malformed) == n_read
    assert (len(tables.records), len(tables.out_of_scope), len(tables.rejected)) == (n_records, n_out, n_rejected)
    for part, contract in ((tables.records, contracts.RECORDS), (tables.out_of_scope, contracts.OUT_OF_SCOPE), (tables.rejected, contracts.REJECTED)):
        contracts.check(part, contract)
    rows = pd.concat([tables.records["row"], tables.out_of_scope["row"], tables.rejected["row"]])
    assert sorted(rows) == sorted([*raw.frame.index, *raw.malformed["row"]])


def test_unknown_layout_names_file_headers_nearest_and_missing(tmp_path):
    raw = read_table(write(tmp_path, "ML Number,Reporting Day,Corridor\n1,2020-01-01,Ajo\n"))
    with pytest.raises(InputError) as error:
        recognise(raw)
    text = str(error.value)
    for part in ("'Reporting Day'", "Arizona OpenGIS", "lacks date; lat; lon; one of cause, cause_ome", "2024-01-31_list.csv.toml", "bsi template"):
        assert part in text


def test_file_in_the_wrong_folder_is_told_so(tmp_path):
    text = "ML Number,Sex,Reporting Date,Corridor,Cause of Death,Latitude,Longitude\n01-1,male,2020-01-01,Ajo,Exposure,32,-112.5\n"
    with pytest.raises(InputError, match=r"folder of 'iom' but has the layout of 'Arizona OpenGIS.*raw/humane_borders/"):
        recognise(read_table(write(tmp_path, text), "iom"))


def test_unknown_layout_in_a_known_folder_is_measured_against_that_source(tmp_path):
    with pytest.raises(InputError, match=r"Missing Migrants Project' \(iom\), which lacks"):
        recognise(read_table(write(tmp_path, "a,b\n1,2\n"), "iom"))


def test_reader_gives_the_module(tmp_path):
    text = "Source,Year,Date,Cause_of_Death,County\nBrooks County,2020,2020-01-01 00:00:00,Exposure,Brooks\n"
    assert reader(read_table(write(tmp_path, text))).KEY == "no_more_deaths"


def test_every_source_says_what_it_is():
    for key, module in SOURCES.items():
        assert key == module.KEY
        assert module.TITLE
        assert module.PUBLISHER
        assert module.CITATION
        assert set(module.COVERS) == {"en", "es"}


CELLS = st.one_of(
    st.sampled_from(["", "1", "-3", "abc", "NaN", "Inf", "1e400", "0", "31.5, -110.2", "POINT (-110 31)", "2020-01-31", "3/4/2020", "1899-01-01",
                     "2150-01-01", "U", "male", "130", "US-Mexico border crossing", "#date", "Cumulative Incident", "-112",
                     "32.1", "Brooks", "Unidentified", "drowning"]),
    st.text(max_size=8),
)  # fmt: skip


@pytest.mark.parametrize("key", KNOWN)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_cell_whatsoever_loses_a_row_or_raises(key, data, tmp_path):
    module = KNOWN[key]
    headers = [aliases[0] for aliases in module.LAYOUT.aliases.values()]
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(headers), max_size=len(headers)), min_size=1, max_size=6))
    frame = pd.DataFrame(rows, columns=headers, dtype="str").set_index(pd.RangeIndex(2, 2 + len(rows), name="row"))
    tables = module.read(RawTable(tmp_path / "x.csv", key, pd.Timestamp("2024-01-31"), frame))
    contracts.check(tables.records, contracts.RECORDS)
    contracts.check(tables.out_of_scope, contracts.OUT_OF_SCOPE)
    contracts.check(tables.rejected, contracts.REJECTED)
    rows_out = [*tables.records["row"], *tables.out_of_scope["row"], *tables.rejected["row"]]
    assert sorted(rows_out) == list(frame.index)


@pytest.mark.parametrize(
    ("text", "age"),
    [("25 años", 25), ("30 yrs", 30), ("30-year-old", 30), ("41 y/o", 41), ("6 months", 0.5), ("6 meses", 0.5), ("0.5", 0.5), ("0", 0)],
)
def test_an_age_with_its_unit_is_read(text, age):
    ages, flags = assemble.parse_ages(pd.Series([text]))
    assert ages.item() == age
    assert not any(flag.item() for flag in flags.values())


@pytest.mark.parametrize("text", ["30s", "20-30", "25M", "adult", "6 m", "<18", "30+", "thirty", "1030 years"])
def test_what_is_no_age_is_kept_in_no_column_and_flagged(text):
    ages, flags = assemble.parse_ages(pd.Series([text]))
    assert ages.isna().item()
    assert flags["age_unreadable"].item()


def test_a_count_that_is_not_stated_is_no_wrong_count():
    counts, is_unreadable = assemble.parse_counts(pd.Series(["", "unknown", "N/A", "-", "?", "Se desconoce", "-1", "3*", "1.5"]))
    assert counts.isna().all()
    assert is_unreadable.tolist() == [False] * 6 + [True] * 3


@pytest.mark.parametrize(
    ("footer", "why"),
    [("Total,,4,,,,\n", "a total"), (",,Gran total:,,,4,\n", "a total"), (",,,,,,Nota: cifras preliminares\n", "one cell alone")],
)
def test_footers_of_a_list_are_refused_and_not_counted(tmp_path, footer, why):
    rows = "ML Number,Sex,Reporting Date,Corridor,Cause of Death,Latitude,Longitude\n01-1,male,2020-01-01,Ajo,Exposure,32,-112\n"
    tables = SOURCES["humane_borders"].read(read_table(write(tmp_path, rows + footer), "humane_borders", "2024-01-31"))
    assert len(tables.records) == 1
    assert why in tables.rejected["reasons"].item()


@pytest.mark.parametrize("extra", ["", "Index,"])
def test_a_column_of_row_numbers_hides_no_repeated_row(tmp_path, extra):
    rows = ["Source,Year,Date,Age,Gender,Cause_of_Death,Latitude,Longitude,County"] + ["Pima County,2020,2020-01-02,30,M,Drowning,32,-112,Pima"] * 2
    text = "\n".join((extra and f"{extra if i == 0 else i},").replace(",,", ",") + row for i, row in enumerate(rows))
    tables = SOURCES["no_more_deaths"].read(read_table(write(tmp_path, text), "no_more_deaths", "2024-01-31"))
    assert tables.records["flags"].tolist() == ["", "duplicate_row"]


@pytest.mark.parametrize("key", ["iom", "no_more_deaths"])
def test_the_nearest_layout_shares_most_columns_though_none_that_is_required(tmp_path, key):
    layout = KNOWN[key].LAYOUT
    asked = {*layout.required, *(name for group in layout.one_of for name in group), "lat", "lon"}
    headers = [aliases[0] for name, aliases in layout.aliases.items() if name not in asked]
    with pytest.raises(InputError, match=rf"the nearest is '.*' \({key}\)"):
        recognise(read_table(write(tmp_path, ",".join([*headers, "folio"]) + "\n" + "x," * len(headers) + "1\n")))
