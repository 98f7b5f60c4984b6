"""From files to the register: which files are used, that every row arrives, and that one input gives one output."""

import datetime as dt
import shutil

import pandas as pd
import pytest

from bsi import contracts, pipeline, workspace
from bsi.errors import ContractError, InputError


def test_the_newest_vintage_of_each_source_up_to_a_day_is_used(small_sample):
    newest = {f.source: f.vintage for f in pipeline.choose(small_sample)}
    assert newest["iom"] == dt.date(2024, 11, 15)
    earlier = {f.source: f.vintage for f in pipeline.choose(small_sample, "2022-03-01")}
    assert earlier["iom"] == dt.date(2022, 2, 19)
    assert "no_more_deaths" not in earlier


def test_every_row_of_every_file_is_in_one_table(small_sample, small_register):
    for entry in small_register.build["rows"]:
        path = next(f.path for f in pipeline.choose(small_sample) if f.path.name == entry["file"] and f.source == entry["source"])
        ends = [getattr(small_register, name) for name in ("records", "out_of_scope", "rejected")]
        lines = pd.concat([t.loc[(t["source"] == entry["source"]) & (t["file"] == entry["file"]), "row"] for t in ends])
        assert lines.is_unique, path
        assert len(lines) == entry["read"] == entry["records"] + entry["out_of_scope"] + entry["rejected"]


def test_the_truth_of_the_sample_says_where_each_row_ends(small_sample, small_register):
    truth = pd.read_csv(small_sample / "truth.csv", dtype={"source_id": "str"})
    used = {(e["source"], e["vintage"]) for e in small_register.build["rows"]}
    truth = truth[[(s, v) in used for s, v in zip(truth["source"], truth["vintage"])]]
    for name, expected in (("records", "record"), ("out_of_scope", "out_of_scope"), ("rejected", "rejected")):
        found = set(zip(getattr(small_register, name)["source"], getattr(small_register, name)["row"]))
        wanted = truth[truth["expected"] == expected]
        assert found == set(zip(wanted["source"], wanted["row"])), name


def test_every_record_is_in_exactly_one_incident(small_register):
    members = small_register.incident_records
    assert sorted(members["record_id"]) == sorted(small_register.records["record_id"])
    assert set(members["incident_id"]) == set(small_register.incidents["incident_id"])


def test_a_register_loads_with_every_contract(small_register):
    for name, table in contracts.TABLES.items():
        assert list(getattr(small_register, name).columns) == list(table.columns), name


def test_an_empty_folder_means_the_sample_said_in_one_line(tmp_path, monkeypatch):
    from bsi.register import sample

    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.setattr(workspace, "PROJECT", tmp_path)
    write, said = sample.write_sample, []
    monkeypatch.setattr(sample, "write_sample", lambda folder: write(folder, scale=0.01))
    folder = pipeline.or_sample(tmp_path / "data", tmp_path / "out", said.append)
    assert workspace.is_sample(folder)
    assert len(said) == 1
    assert "synthetic sample" in said[0]
    assert list((tmp_path / "data" / "raw").iterdir()) == []


def test_a_named_folder_without_files_is_refused_and_not_replaced_by_the_sample(tmp_path):
    (tmp_path / "deaths.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match="no file to read"):
        pipeline.build(tmp_path, tmp_path / "out", say=lambda line: None)
    assert not (tmp_path / "out").exists()


def test_an_adapter_that_loses_a_row_stops_the_build(small_sample, monkeypatch):
    from bsi.register.sources import usbp_incidents

    read = usbp_incidents.read

    def lossy(raw):
        tables = read(raw)
        return type(tables)(tables.records.iloc[1:], tables.out_of_scope, tables.rejected)

    monkeypatch.setattr(usbp_incidents, "read", lossy)
    chosen = [f for f in pipeline.choose(small_sample) if f.source == "usbp_incidents"]
    with pytest.raises(ContractError, match="loses or doubles rows"):
        pipeline.read_files(chosen, small_sample)


def test_ids_of_the_sample_are_not_carried_into_a_real_register(small_out, small_sample, tmp_path):
    real = tmp_path / "data"
    (real / "raw").mkdir(parents=True)
    silent = [].append
    assert pipeline._before(small_out, small_sample, silent) is not None
    assert pipeline._before(small_out, real, silent) is None
    assert pipeline._before(tmp_path / "none", real, silent) is None


def test_a_folder_of_files_that_are_no_tables_is_empty(tmp_path):
    place = tmp_path / "raw" / "iom"
    place.mkdir(parents=True)
    (place / "notes.txt").write_text("x", encoding="utf-8")
    (place / ".2024-01-01_half.csv.part").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="no file to read"):
        pipeline.choose(tmp_path)


def test_one_edition_is_read_for_itself(small_sample):
    read = pipeline.vintage_reader(small_sample)
    first = read(("humane_borders", sorted(p.name for p in (small_sample / "raw" / "humane_borders").iterdir())[0][:10]))
    assert first["vintage"].nunique() == 1
    assert read(("humane_borders", "1999-01-01")) is None


def test_as_of_gives_what_was_known_then(small_sample, tmp_path):
    """Built as of a day, the register equals one of a folder that never held the later files."""
    then = tmp_path / "then"
    for f in workspace.find_raw(small_sample, dt.date(2020, 12, 31)):
        (then / "raw" / f.source).mkdir(parents=True, exist_ok=True)
        shutil.copy(f.path, then / "raw" / f.source)
    (then / "SAMPLE").write_text("synthetic sample", encoding="utf-8")
    as_of, alone = pipeline.assemble(small_sample, "2020-12-31"), pipeline.assemble(then)
    for name in contracts.TABLES:
        pd.testing.assert_frame_equal(pd.DataFrame(as_of.tables[name]), pd.DataFrame(alone.tables[name]))
