"""Folders, dated files, and tables that are replaced whole or not at all."""

import dataclasses
import datetime as dt
import os

import pandas as pd
import pytest

import bsi
from bsi import contracts, workspace
from bsi.errors import ContractError, InputError


def _tables(n=2):
    links = pd.DataFrame({"record_id_a": [f"a:{i}" for i in range(n)], "record_id_b": "b:1", "probability": 0.5})
    links = links.assign(relation="independent", decided_by="rule")
    return {"links": contracts.conform(links, contracts.LINKS), "incidents": contracts.conform(pd.DataFrame(), contracts.INCIDENTS)}


def test_files_are_found_by_source_and_date(tmp_path):
    for name in ("raw/iom/2020-01-01_a.csv", "raw/iom/2022-02-02_b.csv.gz", "raw/x/2021-03-03_c.xlsx", "raw/x/notes.toml", "raw/iom/.hidden.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a\n1\n")
    files = workspace.find_raw(tmp_path)
    assert [(f.source, f.vintage.year) for f in files] == [("iom", 2020), ("iom", 2022), ("x", 2021)]
    assert [f.vintage.year for f in workspace.newest(files)] == [2022, 2021]
    assert [f.vintage.year for f in workspace.newest(workspace.find_raw(tmp_path, dt.date(2021, 1, 1)))] == [2020]


@pytest.mark.parametrize(("name", "words"), [("export.csv", "no date"), ("2021-02-30_x.csv", "no date of the calendar")])
def test_a_file_without_a_usable_date_is_named(tmp_path, name, words):
    (tmp_path / "raw/iom").mkdir(parents=True)
    (tmp_path / "raw/iom" / name).write_text("a\n1\n")
    with pytest.raises(InputError, match=words):
        workspace.find_raw(tmp_path)


def test_a_missing_data_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        workspace.data_folder(tmp_path / "nowhere")


def test_the_environment_names_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BSI_DATA", str(tmp_path))
    assert workspace.data_folder() == tmp_path


def test_the_folders_own_reference_file_comes_first(tmp_path):
    assert workspace.reference(tmp_path, "interventions.csv") == workspace.PROJECT / "data" / "interventions.csv"
    (tmp_path / "interventions.csv").write_text("")
    assert workspace.reference(tmp_path, "interventions.csv") == tmp_path / "interventions.csv"


def test_what_is_saved_is_loaded_and_opened(tmp_path):
    build = workspace.save_register(_tables(), {"is_sample": True}, tmp_path)
    pd.testing.assert_frame_equal(workspace.load("links", tmp_path), _tables()["links"])
    register = bsi.open(tmp_path)
    assert len(register.links) == 2
    assert register.build["register_hash"] == build["register_hash"]
    assert "synthetic" in repr(register)
    with pytest.raises(AttributeError, match="incidents"):
        register.no_such_table  # noqa: B018


def test_two_saves_give_the_same_bytes(tmp_path):
    one, two = (workspace.save_register(_tables(), {}, tmp_path / x) for x in "ab")
    assert one["register_hash"] == two["register_hash"]


def test_a_broken_table_leaves_the_old_register_as_it_was(tmp_path):
    workspace.save_register(_tables(), {}, tmp_path)
    broken = _tables(3)
    broken["links"].loc[0, "probability"] = 7.0
    with pytest.raises(ContractError):
        workspace.save_register(broken, {}, tmp_path)
    assert len(workspace.load("links", tmp_path)) == 2


def test_a_write_that_fails_half_way_leaves_the_old_register(tmp_path, monkeypatch):
    workspace.save_register(_tables(), {}, tmp_path)

    def full(self, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(InputError, match="No space left"):
        workspace.save_register(_tables(3), {}, tmp_path)
    monkeypatch.undo()
    assert len(workspace.load("links", tmp_path)) == 2
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".writing")] == []


def test_a_read_only_folder_is_named(tmp_path):
    if os.geteuid() == 0:
        (tmp_path / "file").write_text("")
        target = tmp_path / "file" / "out"
    else:
        target = tmp_path / "locked"
        target.mkdir(mode=0o500)
    with pytest.raises(InputError, match="cannot be written"):
        workspace.save_register(_tables(), {}, target)


def test_a_register_of_another_contract_is_to_be_built_again(tmp_path, monkeypatch):
    workspace.save_register(_tables(), {}, tmp_path)
    links = contracts.TABLES["links"]
    for changed in ({**links.columns, "new": contracts.Column("str", "new")}, {**links.columns, "probability": contracts.Column("str", "now a text")}):
        monkeypatch.setitem(contracts.TABLES, "links", dataclasses.replace(links, columns=changed))
        with pytest.raises(ContractError, match="another version"):
            workspace.load("links", tmp_path)


def test_a_table_changed_behind_the_build_is_refused(tmp_path):
    workspace.save_register(_tables(), {}, tmp_path)
    _tables(3)["links"].to_parquet(tmp_path / "links.parquet")
    with pytest.raises(ContractError, match="not the one that the build wrote"):
        workspace.load("links", tmp_path)


def test_no_register_and_no_such_table_are_said(tmp_path):
    with pytest.raises(InputError, match="bsi build"):
        bsi.open(tmp_path)
    with pytest.raises(InputError, match="no table 'deaths'"):
        workspace.load("deaths", tmp_path)
