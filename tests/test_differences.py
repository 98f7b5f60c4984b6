"""Two states of the data: what is new is what the newer file alone holds, and what moved adds up."""

import shutil

import pandas as pd
import pytest

from bsi import differences, pipeline
from bsi.errors import InputError


@pytest.fixture(scope="module")
def data(small_sample, tmp_path_factory):
    """A data folder of both vintages of the examiner's list."""
    place = tmp_path_factory.mktemp("two") / "raw" / "humane_borders"
    place.mkdir(parents=True)
    for path in (small_sample / "raw" / "humane_borders").iterdir():
        shutil.copy(path, place / f"{path.name[:10]}_ogis.csv")
    return place.parent.parent


@pytest.fixture(scope="module")
def found(data):
    """The difference of the two vintages."""
    return differences.diff(data=data)


def records_of(data, year):
    path = next((data / "raw" / "humane_borders").glob(f"{year}*"))
    return pipeline.read_one(path, "humane_borders", pd.Timestamp(path.name[:10]))[0].records


def test_what_is_added_is_what_the_newer_vintage_alone_holds(data, found):
    old, new = (set(records_of(data, year)["record_id"]) for year in (2020, 2022))
    added = found.changes[found.changes["change"] == "added"]
    gone = found.changes[found.changes["change"] == "withdrawn"]
    assert len(added) - len(gone) == len(new) - len(old)
    assert len(added) <= len(new - old)
    assert len(added) > 0


def test_what_moved_adds_up_to_the_totals(data, found):
    old, new = (records_of(data, year) for year in (2020, 2022))
    dead = found.moved[found.moved["measure"].eq("n_dead") & found.moved["by"].eq("calendar_year")]
    assert dead["difference"].sum() == new["n_dead"].sum() - old["n_dead"].sum()
    assert (dead["new"] - dead["old"]).tolist() == dead["difference"].tolist()


def test_the_summary_gives_both_totals(data, found):
    for line, year in zip(found.summary, (2020, 2022)):
        assert f"{int(records_of(data, year)['n_dead'].sum()):,} dead" in line


def test_registers_built_as_of_two_days_differ_as_the_vintages_do(data, found, tmp_path):
    for name, day in (("old", "2020-12-31"), ("new", "2022-12-31")):
        pipeline.build(data, tmp_path / name, day, say=lambda line: None)
    by_folder = differences.diff(str(tmp_path / "old"), str(tmp_path / "new"))
    assert by_folder.by_kind.query("change == 'added'")["incidents"].tolist() == found.by_kind.query("change == 'added'")["incidents"].tolist()


def test_a_register_against_itself_changes_nothing(small_register):
    found = differences.compare(small_register, small_register)
    assert len(found.changes) == len(found.moved) == 0


def test_one_vintage_alone_has_nothing_to_compare(data, tmp_path):
    place = tmp_path / "raw" / "humane_borders"
    place.mkdir(parents=True)
    shutil.copy(next((data / "raw" / "humane_borders").glob("2020*")), place)
    with pytest.raises(InputError, match="only one vintage"):
        differences.diff(data=tmp_path)


@pytest.mark.parametrize("day", ["last year", "2020-02-30"])
def test_a_state_that_is_neither_day_nor_register(data, day):
    with pytest.raises(InputError, match=day):
        differences.diff(day, data=data)


def test_the_tables_are_written_whole(found, tmp_path):
    changes, moved = (pd.read_csv(p, dtype="str") for p in differences.write(found, tmp_path / "to"))
    assert len(changes) == len(found.changes)
    assert len(moved) == len(found.moved)
    assert not changes.apply(lambda c: c.str.match(r"[=+@]", na=False)).any().any()


def test_changes_by_kind_count_each_incident_once():
    changes = pd.DataFrame(
        [
            ("added", "late", "i-1", None, "iom", 2020, 2, 0),
            ("added", "late", "i-2", None, "iom", 2021, 1, 0),
            ("corrected", "corrected", "i-3", "age", "iom", 2020, 1, 0),
            ("corrected", "corrected", "i-3", "sex", "iom", 2020, 1, 0),
        ],
        columns=["change", "reason", "incident_id", "field", "source", "year", "n_dead", "n_missing"],
    ).astype({"year": "Int64", "n_dead": "Int64", "n_missing": "Int64"})
    table = differences.by_kind(changes)
    assert table[["change", "years", "incidents"]].values.tolist() == [["added", "2020-2021", 2], ["corrected", "2020", 1], ["corrected", "2020", 1]]
    assert table["dead"].isna().tolist() == [False, True, True], "a corrected field adds nobody"


def test_an_empty_folder_means_the_sample_that_was_built(small_sample, small_out, tmp_path):
    (tmp_path / "raw").mkdir()
    assert differences.folder_in_use(tmp_path, small_out) == small_sample
    assert differences.folder_in_use(tmp_path, tmp_path / "nothing_built") == tmp_path
    place = tmp_path / "raw" / "iom"
    place.mkdir()
    (place / "2024-01-01_list.csv").write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    assert differences.folder_in_use(tmp_path, small_out) == tmp_path
