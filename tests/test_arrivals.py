"""A new file: recognised, refused with a reason, or filed with what it changes shown before; nothing overwritten, nothing counted twice."""

import datetime as dt
import io
import shutil

import pandas as pd
import pytest

from bsi import arrivals, desk, pipeline, workspace
from bsi.errors import InputError

OLD, NEW = "2020-06-30_ogis.csv", "2022-03-31_ogis.csv"


@pytest.fixture
def data(small_sample, tmp_path):
    """A data folder that holds the older vintage of the examiner's list."""
    place = tmp_path / "data" / "raw" / "humane_borders"
    place.mkdir(parents=True)
    first, *_ = sorted((small_sample / "raw" / "humane_borders").iterdir())
    shutil.copy(first, place / OLD)
    return tmp_path / "data"


@pytest.fixture
def newer(small_sample, tmp_path):
    """The newer vintage, as downloaded."""
    *_, last = sorted((small_sample / "raw" / "humane_borders").iterdir())
    return shutil.copy(last, tmp_path / NEW)


@pytest.fixture
def unbuilt(monkeypatch):
    """Plan without building the two registers: for what does not depend on them."""
    monkeypatch.setattr(arrivals, "_with_and_without", lambda *args: None)


def files_below(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def changed(newer, name, change):
    """The newer vintage with one change of its table."""
    table = pd.read_csv(newer, dtype="str", keep_default_na=False)
    path = newer.with_name(name)
    change(table).to_csv(path, index=False)
    return path


def test_a_new_vintage_is_recognised_examined_and_filed(data, newer):
    before = files_below(data)
    plan = arrivals.plan_add(newer, data)
    assert files_below(data) == before, "planning writes nothing"
    assert not plan.is_refused
    assert plan.target == data / "raw" / "humane_borders" / NEW
    n_old, n_new = (len(pipeline.read_one(p, "humane_borders", pd.Timestamp(p.name[:10]))[0].records) for p in (data / "raw" / "humane_borders" / OLD, newer))
    assert n_new > n_old
    assert any(f"holds {n_new:,} records" in line for line in plan.findings)
    assert len(plan.difference.changes)
    arrivals.add(plan)
    assert files_below(data) == before | {f"raw/humane_borders/{NEW}": newer.read_bytes()}
    with pytest.raises(InputError, match="already"):
        arrivals.add(plan)


def test_the_first_file_of_a_folder_has_nothing_to_compare_with(newer, tmp_path):
    (tmp_path / "empty").mkdir()
    plan = arrivals.plan_add(newer, tmp_path / "empty")
    assert plan.difference is None
    assert not plan.is_refused
    assert arrivals.add(plan).is_file()


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("2022-04-30_ogis.csv", lambda t: t.head(len(t) // 3), "less than half"),
        ("2022-04-30_ogis.csv", lambda t: t.assign(**{"ML Number": t["ML Number"].to_numpy()[::-1]}), "gives? ids anew|give ids anew"),
        ("2020-06-30_other.csv", lambda t: t, "another file of humane_borders of 2020-06-30"),
        ("2019-06-30_ogis.csv", lambda t: t, "older than the vintage in use"),
    ],
    ids=["rows shrank", "ids reused", "same day", "older"],
)
def test_what_speaks_against_a_file_refuses_it(data, newer, name, change, words):
    before = files_below(data)
    plan = arrivals.plan_add(changed(newer, name, change), data)
    assert plan.is_refused
    assert plan.difference is None
    assert pd.Series(plan.findings).str.contains(words).any(), plan.findings
    with pytest.raises(InputError, match="refused"):
        arrivals.add(plan)
    assert files_below(data) == before


def test_the_same_file_under_another_name_is_refused(data):
    copy = data.parent / "2023-01-01_download.csv"
    shutil.copy(data / "raw" / "humane_borders" / OLD, copy)
    plan = arrivals.plan_add(copy, data)
    assert plan.is_refused
    assert "byte for byte" in plan.findings[0]


def test_a_file_dated_in_the_future_is_refused(data, newer):
    day = dt.date.today() + dt.timedelta(days=30)
    plan = arrivals.plan_add(newer, data, vintage=day.isoformat())
    assert plan.is_refused
    assert "still to come" in plan.findings[0]


@pytest.mark.parametrize(
    ("name", "how", "words"),
    [
        ("ogis.csv", {}, "--vintage"),
        ("ogis.csv", {"vintage": "soon"}, "'soon' is no date"),
        (NEW, {"source": "../../etc"}, "cannot be the name of a source"),
        (NEW, {"source": "iom"}, "layout"),
        (NEW, {"source": "my_list"}, "not of my_list"),
    ],
)
def test_a_wrong_call_is_answered_with_what_to_give(data, newer, name, how, words):
    file = shutil.copy(newer, newer.with_name(name)) if name != NEW else newer
    with pytest.raises(InputError, match=words):
        arrivals.plan_add(file, data, **how)


def test_a_name_that_a_shell_would_trip_over_is_made_plain(data, newer, unbuilt):
    odd = newer.with_name("my list; of 2022-03-31 (1).csv")
    shutil.copy(newer, odd)
    assert arrivals.plan_add(odd, data).target.name == "2022-03-31_my_list_of_2022-03-31_(1).csv"


def test_a_mapped_list_needs_its_source_and_brings_its_toml(small_sample, data, tmp_path, unbuilt):
    first = next((small_sample / "raw" / "sample_rescues").glob("*.csv"))
    file = tmp_path / "2024-12-31_rescues.csv"
    shutil.copy(first, file)
    toml = shutil.copy(first.with_name(first.name + ".toml"), tmp_path / "2024-12-31_rescues.csv.toml")
    with pytest.raises(InputError, match="--source"):
        arrivals.plan_add(file, data)
    plan = arrivals.plan_add(file, data, source="consular_rescues")
    target = arrivals.add(plan)
    assert target.parent.name == "consular_rescues"
    assert target.with_name(target.name + ".toml").read_bytes() == toml.read_bytes()


def test_an_observer_written_otherwise_than_the_known_one_is_said_and_not_refused(small_sample, data, tmp_path, unbuilt):
    first = next((small_sample / "raw" / "sample_rescues").glob("*.csv"))
    file, toml = tmp_path / "2024-12-31_rescues.csv", tmp_path / "2024-12-31_rescues.csv.toml"
    shutil.copy(first, file)
    told = first.with_name(first.name + ".toml").read_text(encoding="utf-8")
    sentence = "upstream 'grupo_beta' is new; the nearest known one is 'grupos_beta'"
    for written, said in ((told.replace('upstream = "grupos_beta"', 'upstream = "grupo_beta"'), 1), (told, 0)):
        toml.write_text(written, encoding="utf-8")
        assert desk.check(file).summary.count(sentence) == said
        plan = arrivals.plan_add(file, data, source="rescues")
        assert plan.findings.count(f"note: {sentence}") == said
        assert not plan.is_refused
    toml.write_text(told.replace('upstream = "grupos_beta"', 'upstream = "grupo_beta"'), encoding="utf-8")
    arrivals.add(arrivals.plan_add(file, data, source="rescues"))
    later = pd.read_csv(file, dtype="str", keep_default_na=False)
    later.iloc[:-1].to_csv(tmp_path / "2025-12-31_rescues.csv", index=False)
    shutil.copy(toml, tmp_path / "2025-12-31_rescues.csv.toml")
    plan = arrivals.plan_add(tmp_path / "2025-12-31_rescues.csv", data, source="rescues")
    assert not [line for line in plan.findings if "is new" in line], "the list in use names it already"


def test_a_mapping_for_every_vintage_serves_the_next_file(small_sample, data, tmp_path, unbuilt):
    first = next((small_sample / "raw" / "sample_rescues").glob("*.csv"))
    place = data / "raw" / "consular_rescues"
    place.mkdir()
    shutil.copy(first.with_name(first.name + ".toml"), place / "mapping.toml")
    file = shutil.copy(first, tmp_path / "2024-12-31_rescues.csv")
    plan = arrivals.plan_add(file, data, source="consular_rescues")
    assert not plan.is_refused
    assert arrivals.add(plan).read_bytes() == first.read_bytes()


def test_a_folder_that_cannot_be_written_leaves_nothing_half_filed(data, newer, monkeypatch, unbuilt):
    plan = arrivals.plan_add(newer, data)
    before = files_below(data)

    def full(source, target):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(InputError, match="No space left"):
        arrivals.add(plan)
    assert files_below(data) == before


def test_status_counts_vintages_and_days(data, newer):
    shutil.copy(newer, data / "raw" / "humane_borders" / NEW)
    table = arrivals.status(data, dt.date(2023, 3, 31)).set_index("source").loc["humane_borders"]
    assert (table["n_vintages"], table["days_since_vintage"], bool(table["is_stale"])) == (2, 365, False)
    assert bool(arrivals.status(data, dt.date(2023, 4, 1))["is_stale"].iloc[0])


def test_status_says_whether_the_register_is_of_the_newest_files(data, newer, tmp_path):
    out = tmp_path / "out"
    assert "No register is built" in arrivals.is_built(data, out)
    pipeline.build(data, out, say=lambda line: None)
    assert "is made of these files" in arrivals.is_built(data, out)
    shutil.copy(newer, data / "raw" / "humane_borders" / NEW)
    assert "not made of humane_borders 2022-03-31" in arrivals.is_built(data, out)


def test_a_person_who_says_no_files_nothing(data, newer, monkeypatch, capsys):
    from bsi import cli

    before = files_below(data)
    monkeypatch.setattr("sys.argv", ["bsi", "add", str(newer), "--data", str(data)])
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capsys.readouterr().out
    assert not end.value.code
    assert "What changed" in said
    assert "Nothing was filed" in said
    assert files_below(data) == before
    assert workspace.find_raw(data)[0].path.name == OLD
