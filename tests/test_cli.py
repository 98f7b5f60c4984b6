"""The commands as a new user meets them: what they print, and one sentence for each mistake, with nothing lost."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import bsi
from bsi import cli, contracts, workspace

ROOT = Path(__file__).resolve().parents[1]
PATROL = "2016-01-31_synthetic_sample.csv"


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `bsi` with arguments: (exit code, what it printed, what it said on the error stream)."""

    def call(*args, typed=""):
        monkeypatch.setattr(sys, "argv", ["bsi", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", __import__("io").StringIO(typed))
        code = 0
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            try:
                cli.main()
            except SystemExit as end:
                code = end.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def patrol(small_sample):
    """The header and the rows of the Border Patrol list of the sample, as text."""
    lines = (small_sample / "raw" / "usbp_incidents" / PATROL).read_text(encoding="utf-8").splitlines()
    return lines[0], lines[1:-1]


@pytest.fixture
def folder(tmp_path):
    """Make a data folder of one Border Patrol file with the given content."""

    def make(content, name="2016-01-31_records.csv", source="usbp_incidents"):
        place = tmp_path / "data" / "raw" / source
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / "data"

    return make


@pytest.fixture
def patrol_folder(folder, patrol):
    """A data folder of the Border Patrol list alone: quick to build."""
    return folder("\n".join([patrol[0], *patrol[1]]))


def one_sentence(said, *words):
    """True of an error that is one line, begins with bsi:, holds no traceback and the words."""
    assert said.startswith("bsi: "), said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1, said
    for word in words:
        assert word in said, said


# -- what the commands print ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", ["build", "check", "template", "add", "status", "diff", "explain", "review", "notebooks", "figures", "report", "explorer", "export"]
)
def test_every_command_shows_an_example(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"Example: bsi {command}" in " ".join(out.split())


def test_build_prints_the_accounting_in_a_hundred_columns(run, small_sample, tmp_path):
    code, out, err = run("build", "--data", small_sample, "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    build = json.loads((tmp_path / "out" / "build.json").read_text(encoding="utf-8"))
    rows = {name: entry["rows"] for name, entry in build["tables"].items()}
    n_read = sum(f["read"] for f in build["rows"])
    total = f"{n_read:,} rows read = {rows['records']:,} records + {rows['out_of_scope']:,} out of scope + {rows['rejected']:,} rejected"
    assert total in out
    assert build["register_hash"][:12] in out
    assert [line for line in out.splitlines() if len(line) > 100 and str(tmp_path) not in line and "rows read" not in line and "records with" not in line] == []


def test_two_builds_give_one_hash_also_over_an_older_register(run, small_sample, small_out, tmp_path):
    target = tmp_path / "out"
    first = json.loads((small_out / "build.json").read_text(encoding="utf-8"))
    shutil.copytree(small_out, target)
    assert run("build", "--data", small_sample, "--out", target)[0] == 0
    second = json.loads((target / "build.json").read_text(encoding="utf-8"))
    assert second["register_hash"] == first["register_hash"]
    assert second["tables"] == first["tables"]


def test_check_says_what_a_file_is_and_changes_nothing(run, small_sample):
    before = sorted((p, p.stat().st_mtime_ns) for p in small_sample.rglob("*"))
    code, out, err = run("check", small_sample / "raw" / "usbp_incidents" / PATROL)
    assert (code, err) == (0, "")
    assert "rows read =" in out
    assert "Rows refused" in out, "the sample holds a row that must be refused"
    assert "the row has 2 cells, the header 19" in " ".join(out.split())
    assert sorted((p, p.stat().st_mtime_ns) for p in small_sample.rglob("*")) == before


def test_check_of_a_mapped_list_names_it_by_its_toml(run, small_sample):
    code, out, _ = run("check", next((small_sample / "raw" / "sample_rescues").glob("*.csv")))
    assert code == 0
    assert "Rescues (synthetic sample)" in out
    assert " 0 rejected" in out


def test_status_lists_each_source_with_its_vintages(run, small_sample, small_out):
    code, out, _ = run("status", "--data", small_sample, "--out", small_out)
    assert code == 0
    iom = next(line for line in out.splitlines() if line.startswith("iom"))
    assert iom.split()[1:3] == ["3", "2024-11-15"]
    assert "is made of these files" in out


def test_explain_speaks_of_both_records_in_both_languages(run, small_out, small_register):
    a, b = small_register.links.sort_values("probability").iloc[-1][["record_id_a", "record_id_b"]]
    code, english, _ = run("explain", a, b, "--out", small_out)
    assert code == 0
    assert a in english
    assert "linked with probability" in english
    assert "vinculados con probabilidad" in run("explain", a, b, "--out", small_out, "--lang", "es")[1]


def test_review_shows_pairs_side_by_side_and_where_to_decide(run, small_out):
    code, out, _ = run("review", "--out", small_out, "-n", "2")
    assert code == 0
    assert "link_decisions.csv" in out


def test_a_closed_reader_ends_no_build(patrol_folder, tmp_path):
    command = f"{sys.executable} -m bsi build --data {patrol_folder} --out {tmp_path / 'out'} | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(bsi.open(tmp_path / "out").incidents) > 0


# -- bad files -----------------------------------------------------------------------------------------------------------------------------------------


def test_a_missing_folder(run, tmp_path):
    code, _, err = run("build", "--data", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert code == 2
    one_sentence(err, "nowhere", "no such data folder")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\xff" * 300, "binary"),
        (gzip.compress(b"a,b\n1,2\n" * 500)[:-20], "cut off"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "password"),
        (b"a,b,c\n", "header and no rows"),
        (b"a,a,b\n1,2,3\n", "more than once"),
        ((",".join(f"c{i}" for i in range(10_000)) + "\n" + "1," * 9_999 + "1\n").encode(), "10,000 columns"),
        (b"colour,shape\nred,round\n", "the layout is not known"),
    ],
    ids=["empty", "binary", "truncated", "password", "no rows", "duplicate headers", "10,000 columns", "unknown layout"],
)
@pytest.mark.parametrize("command", ["build", "check", "add"])
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(run, folder, tmp_path, content, words, command):
    data = folder(content)
    file = data / "raw" / "usbp_incidents" / "2016-01-31_records.csv"
    out = tmp_path / "out"
    args = {"build": ["build", "--data", data, "--out", out], "check": ["check", file], "add": ["add", file, "--data", ROOT / "data", "--yes"]}[command]
    code, _, err = run(*args)
    assert code == 2
    one_sentence(err, words, "2016-01-31_records.csv")
    assert not out.exists()


def test_a_workbook_that_is_cut_off(run, folder, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.save(tmp_path / "book.xlsx")
    data = folder((tmp_path / "book.xlsx").read_bytes()[:700], name="2016-01-31_records.xlsx")
    code, _, err = run("build", "--data", data, "--out", tmp_path / "out")
    assert code == 2
    one_sentence(err, "2016-01-31_records.xlsx")


def test_bad_cells_are_refused_row_by_row_and_the_rest_is_built(run, folder, patrol, tmp_path):
    header, rows = patrol
    names = header.split(",")
    table = pd.DataFrame([r.split(",") for r in rows if r.count(",") == header.count(",")], columns=names)
    day = next(n for n in names if "date" in n.lower())
    lat = next(n for n in names if n.lower().startswith("lat"))
    table.loc[0, day], table.loc[1, day] = "1899-06-01", "2150-06-01"
    for i, value in enumerate(["NaN", "Inf", "1e400"], start=2):
        table.loc[i, lat] = value
    text = table.to_csv(index=False) + ",".join(["1"] * (len(names) + 3)) + "\n"
    out = tmp_path / "out"
    code, said, err = run("build", "--data", folder(text), "--out", out)
    assert (code, err) == (0, "")
    register = bsi.open(out)
    assert len(register.records) + len(register.rejected) == len(table) + 1
    reasons = " | ".join(register.rejected["reasons"])
    for value in ("1899", "2150", "cells"):
        assert value in reasons, reasons
    assert register.records["lat"].dropna().between(-90, 90).all()
    assert register.records["date"].dropna().between("1990-01-01", "2017-12-31").all()
    assert "3 rejected" in said


def test_next_months_build_says_what_it_refused_and_which_numbers_moved(run, folder, patrol, tmp_path):
    header, rows = patrol
    table = pd.DataFrame([r.split(",") for r in rows if r.count(",") == header.count(",")][:60], columns=header.split(","))
    n = len(table)
    build = ("build", "--data", folder(table.to_csv(index=False)), "--out", tmp_path / "out")
    first = run(*build)[1]
    assert "Against the register built before" not in first
    extra = table.head(3).assign(usbp_record_no=["n1", "n2", "n3"], reported_date=["2016-02-01", "2016-02-02", "1899-02-03"])
    newer = pd.concat([table.iloc[1:], extra]).to_csv(index=False) + "Total,9" + "," * (header.count(",") - 1) + "\n"
    folder(newer, "2016-02-29_records.csv")
    second = " ".join(run(*build)[1].split())
    assert f"2016-02-29_records.csv {n + 3} 1 date: 1899-02-03 lies before 1900" in second
    assert f"2016-02-29_records.csv {n + 4} 1 the row is a total of the file, no observation" in second
    assert "withdrawn usbp_incidents" in second
    assert "new_period +2" in second
    assert f"before: {n} incidents" in second
    assert f"after : {n + 1} incidents" in second
    third = run(*build)[1]
    assert "Rows refused" in third
    assert "Against the register built before" not in third


def test_names_of_the_dead_reach_no_output(run, folder, patrol, tmp_path):
    header, rows = patrol
    table = pd.DataFrame([r.split(",") for r in rows if r.count(",") == header.count(",")][:20], columns=header.split(","))
    table["Decedent Name"] = "Zzyzxa Quuxmann"
    text = table.to_csv(index=False) + "Zzyzxa Quuxmann,too,few\n"
    out = tmp_path / "out"
    assert run("build", "--data", folder(text), "--out", out)[0] == 0
    run("export", "records", "--out", out, "--to", tmp_path / "out" / "records.csv")
    for path in out.iterdir():
        said = pd.read_parquet(path).to_csv() if path.suffix == ".parquet" else path.read_text(encoding="utf-8-sig")
        assert "Zzyzxa" not in said, path.name
        assert "Quuxmann" not in said, path.name


@pytest.mark.parametrize(("name", "words"), [("records.csv", "no date"), ("2016-02-30_records.csv", "no date of the calendar")])
def test_a_wrong_date_in_a_file_name(run, folder, patrol, tmp_path, name, words):
    data = folder("\n".join([patrol[0], *patrol[1]]), name=name)
    code, _, err = run("build", "--data", data, "--out", tmp_path / "out")
    assert code == 2
    one_sentence(err, words, name, "YYYY-MM-DD")


@pytest.mark.parametrize("day", ["yesterday", "2016-13-01", "1"])
def test_as_of_must_be_a_day(run, small_sample, tmp_path, day):
    code, _, err = run("build", "--data", small_sample, "--out", tmp_path, "--as-of", day)
    assert code == 2
    one_sentence(err, day, "YYYY-MM-DD")


def test_as_of_before_the_first_file(run, small_sample, tmp_path):
    code, _, err = run("build", "--data", small_sample, "--out", tmp_path, "--as-of", "1999-01-01")
    assert code == 2
    one_sentence(err, "no file to read published up to 1999-01-01")


def test_the_same_file_under_two_names_is_not_counted_twice(run, folder, patrol, tmp_path):
    text = "\n".join([patrol[0], *patrol[1]])
    folder(text, name="2016-01-31_copy.csv")
    code, _, err = run("build", "--data", folder(text), "--out", tmp_path / "out")
    assert code == 2
    one_sentence(err, "the same file", "2016-01-31_copy.csv", "Remove one")


def test_two_files_of_one_day_that_overlap(run, folder, patrol, tmp_path):
    folder("\n".join([patrol[0], *patrol[1][:5]]), name="2016-01-31_part.csv")
    code, _, err = run("build", "--data", folder("\n".join([patrol[0], *patrol[1][3:9]])), "--out", tmp_path / "out")
    assert code == 2
    one_sentence(err, "2 records stand in more than one file", "2016-01-31_part.csv")


def test_sample_and_real_files_do_not_mix(run, folder, patrol, tmp_path):
    data = folder("\n".join([patrol[0], *patrol[1]]))
    folder("\n".join([patrol[0], *patrol[1][:9]]), name="2015-01-31_synthetic_sample.csv", source="other")
    code, _, err = run("build", "--data", data, "--out", tmp_path / "out")
    assert code == 2
    one_sentence(err, "synthetic sample lies among real files", "2015-01-31_synthetic_sample.csv")
    (data / "SAMPLE").write_text("synthetic sample", encoding="utf-8")
    code, _, err = run("build", "--data", data, "--out", tmp_path / "out")
    assert code == 2
    one_sentence(err, "a real file lies among those of the synthetic sample", "2016-01-31_records.csv")
    file = data / "raw" / "usbp_incidents" / "2016-01-31_records.csv"
    one_sentence(run("add", file, "--data", data, "--yes")[2], "folder of the synthetic sample")


# -- the folders of the project ------------------------------------------------------------------------------------------------------------------------


def zones_of(change):
    """The project's zone file with one change."""
    content = json.loads((ROOT / "data" / "zones" / "zones.geojson").read_text(encoding="utf-8"))
    change(content)
    return json.dumps(content)


def crossing(content):
    content["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [[[-115, 32], [-114, 33], [-114, 32], [-115, 33], [-115, 32]]]}


@pytest.mark.parametrize(
    ("text", "words"),
    [("{not json", "not valid GeoJSON"), (zones_of(lambda c: c.pop("crs")), "names no CRS"), (zones_of(crossing), "crosses or touches itself")],
    ids=["no GeoJSON", "no CRS", "crosses itself"],
)
def test_a_bad_zone_file(run, patrol_folder, tmp_path, text, words):
    for name in ("sector_counties.csv",):
        (patrol_folder / "zones").mkdir(exist_ok=True)
        shutil.copy(ROOT / "data" / "zones" / name, patrol_folder / "zones")
    (patrol_folder / "zones" / "zones.geojson").write_text(text, encoding="utf-8")
    code, _, err = run("build", "--data", patrol_folder, "--out", tmp_path / "out")
    assert code == 2
    one_sentence(err, words, "zones.geojson")


def test_the_base_geometry_is_missing(run, patrol_folder, tmp_path, monkeypatch):
    reference = workspace.reference
    monkeypatch.setattr(workspace, "reference", lambda folder, *parts: tmp_path / "gone" / parts[-1] if parts[0] == "geo" else reference(folder, *parts))
    code, _, err = run("build", "--data", patrol_folder, "--out", tmp_path / "out")
    assert code == 2
    one_sentence(err, "base geometry is missing", "base.gpkg")


def decide(data, *rows):
    (data / "hand").mkdir(exist_ok=True)
    lines = ["record_id_a,record_id_b,decision,decided_by,decided_on,why", *rows]
    (data / "hand" / "link_decisions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_contradicting_decisions_stop_the_build(run, patrol_folder, tmp_path):
    decide(patrol_folder, "usbp_incidents:1,usbp_incidents:2,same,an analyst,2026-01-01,x", "usbp_incidents:2,usbp_incidents:1,different,another,2026-01-02,y")
    code, _, err = run("build", "--data", patrol_folder, "--out", tmp_path / "out")
    assert code == 2
    one_sentence(err, "same and different are both decided", "link_decisions.csv")


def test_a_decision_about_a_record_that_is_gone_is_said_and_not_used(run, patrol_folder, tmp_path):
    decide(patrol_folder, "usbp_incidents:gone,usbp_incidents:2,same,an analyst,2026-01-01,x")
    code, _, err = run("build", "--data", patrol_folder, "--out", tmp_path / "out")
    assert code == 0
    assert err.startswith("note: link decision")
    assert "usbp_incidents:gone" in err
    assert len(err.strip().splitlines()) == 1


# -- output folders and interrupts ---------------------------------------------------------------------------------------------------------------------


def test_an_output_folder_that_cannot_be_made(run, patrol_folder, tmp_path):
    (tmp_path / "a_file").write_text("x", encoding="utf-8")
    code, _, err = run("build", "--data", patrol_folder, "--out", tmp_path / "a_file" / "out")
    assert code == 2
    one_sentence(err, "cannot be written", "a_file")


def test_a_full_disk_leaves_the_register_as_it_was(run, small_out, patrol_folder, tmp_path, monkeypatch):
    out = tmp_path / "out"
    shutil.copytree(small_out, out)
    written = pd.DataFrame.to_parquet

    def full(frame, path, **how):
        if Path(path).name == "links.parquet":
            raise OSError(28, "No space left on device")
        return written(frame, path, **how)

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    code, _, err = run("build", "--data", patrol_folder, "--out", out)
    assert code == 2
    one_sentence(err, "No space left on device", "unchanged")
    same_register(small_out, out)


def test_files_that_cannot_all_be_moved_into_place_are_put_back(run, small_out, patrol_folder, tmp_path, monkeypatch):
    out = tmp_path / "out"
    shutil.copytree(small_out, out)
    move = os.replace

    def held(source, target):
        if Path(target) == out / "incidents.parquet" and "before" not in Path(source).parts:
            raise PermissionError(13, "another program holds the file")
        move(source, target)

    monkeypatch.setattr(os, "replace", held)
    code, _, err = run("build", "--data", patrol_folder, "--out", out)
    monkeypatch.undo()
    assert code == 2
    one_sentence(err, "another program holds the file")
    same_register(small_out, out)


def same_register(one, other):
    """Both folders hold the same register, every table loads, and nothing half-written lies about."""
    assert sorted(p.name for p in one.iterdir()) == sorted(p.name for p in other.iterdir())
    assert (one / "build.json").read_bytes() == (other / "build.json").read_bytes()
    for name in contracts.TABLES:
        workspace.load(name, other)


def test_an_interrupted_build_leaves_the_register_as_it_was(patrol_folder, small_out, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(small_out, out)
    command = [sys.executable, "-u", "-m", "bsi", "build", "--data", str(patrol_folder), "--out", str(out)]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job is born deaf to it, and so are its children
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    for line in process.stdout:
        if line.startswith("linking"):
            process.send_signal(signal.SIGINT)
            break
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    same_register(small_out, out)


def test_a_damaged_register_says_so_and_can_be_built_again(run, small_out, patrol_folder, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(small_out, out)
    (out / "build.json").write_text("{", encoding="utf-8")
    code, _, err = run("export", "records", "--out", out)
    assert code == 2
    one_sentence(err, "damaged", "bsi build")
    code, said, _ = run("build", "--data", patrol_folder, "--out", out)
    assert code == 0
    assert "incident ids begin anew" in said
    assert len(bsi.open(out).incidents) > 0


# -- words that are not known --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["export", "corpses"], "no table 'corpses'"),
        (["export", "incidents", "--format", "docx"], "'docx' is no format"),
        (["export", "links", "--format", "geojson"], "no geometry"),
        (["explain", "iom:0", "iom:1"], "no record 'iom:0'"),
        (["figures", "deaths_by_yeer"], "no figure 'deaths_by_yeer'"),
    ],
)
def test_an_unknown_word_is_answered_with_the_known_ones(run, small_out, tmp_path, monkeypatch, args, words):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*args, "--out", small_out)
    assert code == 2
    one_sentence(err, words)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("args", [["review"], ["explain", "a", "b"], ["export", "incidents"], ["figures"], ["report"], ["explorer"], ["notebooks"]])
def test_without_a_register_every_command_says_to_build(run, tmp_path, args):
    code, _, err = run(*args, "--out", tmp_path / "none")
    assert code == 2
    one_sentence(err, "bsi build")


def test_an_option_that_does_not_exist_is_no_traceback(run):
    code, _, err = run("build", "--dta", "x")
    assert code == 2
    assert "No such option" in err
    assert "Traceback" not in err
