"""What an analyst asks of a file and of a register: checked, exported whole, explained."""

import json
import os

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest

from bsi import contracts, desk
from bsi.errors import InputError


@pytest.mark.parametrize("table", ["records", "incidents", "links", "zones", "ledger"])
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_an_exported_table_has_every_row_and_column(small_out, small_register, tmp_path, table, format_):
    path = desk.export(table, format_, tmp_path / f"t.{format_}", small_out)
    back = pd.read_csv(path, encoding="utf-8-sig", low_memory=False) if format_ == "csv" else pd.read_parquet(path)
    frame = getattr(small_register, table)
    assert len(back) == len(frame)
    wanted = [("geometry_wkt" if c == contracts.TABLES[table].geometry and format_ == "csv" else c) for c in frame.columns]
    assert set(back.columns) == set(wanted)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_positions_are_rounded_unless_the_exact_ones_are_asked_for(small_out, small_register, tmp_path):
    exact, rough = (desk.export("incidents", "geojson", tmp_path / f"{e}.geojson", small_out, e) for e in (True, False))
    points, rounded = (gpd.read_file(p).set_index("incident_id").geometry for p in (exact, rough))
    assert points.notna().sum() == small_register.incidents["lon"].notna().sum()
    x = rounded.dropna().x * 100
    assert np.allclose(x, x.round(), atol=1e-6)
    assert (points.dropna().x - rounded.dropna().x).abs().max() <= 0.005 + 1e-9
    assert not np.allclose(points.dropna().x * 100, (points.dropna().x * 100).round())


def test_a_workbook_holds_the_table_and_no_formula(small_out, small_register, tmp_path):
    path = desk.export("rejected", "xlsx", tmp_path / "t.xlsx", small_out)
    sheet = openpyxl.load_workbook(path).active
    assert sheet.max_row == len(small_register.rejected) + 1
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_run_is_made_inert(text):
    out = desk.inert(pd.DataFrame({"a": [text, "plain", None], "n": [-1, 2, 3]}))
    assert out["a"].iloc[0] == "'" + text.replace("\r", "")
    assert out["a"].iloc[1] == "plain"
    assert pd.isna(out["a"].iloc[2])
    assert out["n"].tolist() == [-1, 2, 3]


def test_a_table_too_long_for_a_workbook(small_out, tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "EXCEL_ROWS", 100)
    with pytest.raises(InputError, match="more than a workbook holds.*csv or parquet"):
        desk.export("records", "xlsx", tmp_path / "t.xlsx", small_out)


def test_an_export_that_fails_leaves_the_older_file(small_out, tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("older", encoding="utf-8")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        desk.export("records", "csv", path, small_out)
    assert path.read_text(encoding="utf-8") == "older"
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_an_export_to_where_nothing_can_be_written_is_one_sentence(small_out, tmp_path):
    (tmp_path / "a_file").write_text("no folder", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        desk.export("conflicts", "csv", tmp_path / "a_file" / "t.csv", small_out)


def test_a_folder_that_is_not_there(small_out, tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        desk.export("records", "csv", tmp_path / "none" / "t.csv", small_out)


def test_flags_are_counted_with_their_meaning(small_register):
    table = desk.flag_counts(small_register.records)
    for row in table.itertuples():
        assert row.n_records == small_register.records["flags"].str.split(";").map(lambda f, name=row.flag: name in f).sum()
        assert row.meaning


def test_the_counts_of_a_check_are_those_of_the_build(small_sample, small_register):
    entry = next(e for e in small_register.build["rows"] if e["source"] == "iom")
    found = desk.check(small_sample / "raw" / "iom" / entry["file"])
    assert f"{entry['read']:,} rows read = {entry['records']:,} records" in found.summary[1]
    assert len(found.refused) == entry["rejected"]


def test_a_file_without_a_date_in_its_name_can_be_checked(small_sample, tmp_path):
    file = tmp_path / "download.csv"
    file.write_bytes(next((small_sample / "raw" / "usbp_incidents").glob("*.csv")).read_bytes())
    assert "carries no date" in desk.check(file).summary[0]


def test_a_record_that_is_not_there_is_answered_with_those_near_it(small_out, small_register):
    known = small_register.records["record_id"].iloc[0]
    with pytest.raises(InputError, match="Near it: .*") as error:
        desk.explain(known[:-1] + "?", known, small_out)
    assert "no record" in str(error.value)


def test_a_pair_side_by_side_leaves_out_what_neither_states(small_out):
    pairs = desk.review(small_out, 1)
    if not len(pairs):
        pytest.skip("the small sample leaves no pair undecided")
    table = desk.side_by_side(pairs.to_dict("records")[0]).set_index("field")
    assert table.loc["record_id"].tolist() == pairs[["record_id_a", "record_id_b"]].iloc[0].tolist()
    assert (table["a"].notna() | table["b"].notna()).all()


def test_decisions_are_looked_for_where_the_data_lies(small_out, small_sample):
    assert desk.decisions_file(small_out) in (small_sample / "hand" / "link_decisions.csv", desk.workspace.PROJECT / "data" / "hand" / "link_decisions.csv")
    assert json.loads((small_out / "build.json").read_text(encoding="utf-8"))["data_folder"] == str(small_sample.resolve())


def test_the_explorer_is_one_page_that_says_it_is_the_sample(small_out, tmp_path):
    page = desk.explorer(small_out, tmp_path).read_text(encoding="utf-8")
    assert "SYNTHETIC SAMPLE" in page
    assert '"is_sample":true' in page


def test_check_names_the_headers_that_are_not_read_and_the_columns_that_are_missing(small_sample, tmp_path):
    raw = next((small_sample / "raw" / "humane_borders").iterdir())
    path = tmp_path / "2022-01-01_list.csv"
    pd.read_csv(raw, dtype="str", keep_default_na=False).rename(columns={"Sex": "Sexo de la persona"}).to_csv(path, index=False)
    lines = " ".join(desk.check(path).summary)
    assert "headers not read: 'Sexo de la persona'" in lines
    assert "columns that the file lacks: sex" in lines


def test_check_names_the_words_that_stand_in_no_vocabulary(small_sample, tmp_path):
    raw = next((small_sample / "raw" / "iom").glob("2024*"))
    table = pd.read_csv(raw, dtype="str", keep_default_na=False)
    ours = table.index[table["Migration Route"].str.contains("Mexico")][:3]
    table.loc[ours, "Cause of Death"] = ["Zzyzx", "Quux", "Quux"]
    table.loc[ours, "Information Source"] = "Nobody Known"
    path = tmp_path / "2024-11-15_list.csv"
    table.to_csv(path, index=False)
    lines = "\n".join(desk.check(path).summary)
    assert "in no line of data/hand/causes.csv: 'Quux' (2), 'Zzyzx' (1)" in lines
    assert "'Nobody Known' (3)" in lines
