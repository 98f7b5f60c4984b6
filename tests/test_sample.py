"""The synthetic sample: same bytes, real layouts, rates near the published margins, a complete truth, no row of a real file."""

import csv
import hashlib
import re

import numpy as np
import pandas as pd
import pytest

from bsi.errors import InputError
from bsi.register.sample import true_pairs, write_sample
from bsi.register.sample.offices import HOSPITAL

ENCODINGS = {"2019-12-30": "utf-8-sig", "2022-02-19": "utf-8-sig"}
PUBLISHED_PRECISION = {"GPS": 2635, "Street": 93, "physical": 597, "vague": 463, "no location": 35, "individual moved": 34}
PUBLISHED_INTERVAL = {"< 1 day": 1048, "< 1 week": 403, "< 3 weeks": 255, "< 5 weeks": 335, "< 3 months": 305, "< 6-8 months": 363, "> 6-8 months": 813}


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "data"
    write_sample(folder)
    return folder


@pytest.fixture(scope="module")
def truth(sample):
    return pd.read_csv(sample / "truth.csv", dtype={"row": int}, keep_default_na=False)


def table(folder, source, vintage=""):
    path = sorted((folder / "raw" / source).glob(f"{vintage}*.csv"))[-1]
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=ENCODINGS.get(path.name[:10], "utf-8"))


def hashes(folder):
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def assert_share(found, n, expected, design=0.0):
    """Four binomial standard errors, and a tolerance for what the model approximates."""
    assert abs(found / n - expected) <= 4 * np.sqrt(expected * (1 - expected) / n) + design, (found / n, expected)


def us_mexico(rows):
    return rows[rows[next(c for c in rows if c.lower() == "migration route")].str.contains("US-Mexico") | rows["Region of Incident"].eq("US-Mexico Border")]


def test_same_seed_gives_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_sample(tmp_path / name, scale=0.05, seed=seed)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    assert hashes(tmp_path / "a")["truth.csv"] != hashes(tmp_path / "c")["truth.csv"]


def test_a_second_sample_replaces_the_first_whole(tmp_path):
    write_sample(tmp_path, scale=0.05)
    (tmp_path / "raw" / "iom" / "2001-01-01_left_over.csv").write_text("x\n1\n")
    first = hashes(tmp_path)
    write_sample(tmp_path, scale=0.05)
    assert hashes(tmp_path) == {name: h for name, h in first.items() if "left_over" not in name}
    assert not list(tmp_path.glob(".writing*"))


def test_rows_grow_with_the_scale(tmp_path):
    rows = {}
    for scale in (0.1, 0.3):
        write_sample(tmp_path / str(scale), scale=scale)
        rows[scale] = pd.read_csv(tmp_path / str(scale) / "truth.csv").groupby("source").size()
    chance = 3 * np.sqrt(1 / rows[0.1] + 1 / rows[0.3])
    assert ((rows[0.3] / rows[0.1] - 3).abs() < 3 * chance + 0.05).all()


def test_newest_vintages_are_about_as_large_as_the_real_ones(truth):
    newest = truth[truth["vintage"] == truth.groupby("source")["vintage"].transform("max")].groupby("source").size()
    real = pd.Series({"iom": 17474, "humane_borders": 3857, "no_more_deaths": 8832, "usbp_incidents": 554})
    assert ((newest / real).dropna() - 1).abs().max() < 0.06


def test_every_row_of_every_file_has_one_truth_row_with_its_line(sample, truth):
    for path in sorted((sample / "raw").glob("*/*.csv")):
        with open(path, encoding=ENCODINGS.get(path.name[:10], "utf-8"), newline="") as file:
            reader, begins, lines = csv.reader(file), 1, []
            for _ in reader:
                lines.append(begins)
                begins = reader.line_num + 1
        of_file = truth[(truth["source"] == path.parent.name) & (truth["file"] == path.name)]
        assert sorted(of_file["row"]) == lines[1:], path
    assert set(truth["expected"]) == {"record", "out_of_scope", "rejected"}
    assert not truth.duplicated(["source", "file", "row"]).any()


def test_some_rows_run_over_several_lines(sample):
    assert table(sample, "iom", "2022")["Article title"].str.contains("\n").sum() > 10
    assert table(sample, "iom", "2024")["Location of Incident"].str.contains("\n").sum() == 2


def test_adapters_put_every_row_where_the_truth_says(sample, truth):
    from bsi import workspace
    from bsi.register.files import read_table
    from bsi.register.sources import SOURCES, mapped

    for file in workspace.find_raw(sample):
        tables = SOURCES.get(file.source, mapped).read(read_table(file.path, file.source, file.vintage))
        got = pd.concat([pd.Series(name, index=part["row"]) for name, part in
                         (("record", tables.records), ("out_of_scope", tables.out_of_scope), ("rejected", tables.rejected))])  # fmt: skip
        expected = truth[(truth["source"] == file.source) & (truth["file"] == file.path.name)].set_index("row")["expected"]
        assert got.sort_index().to_dict() == expected.to_dict(), file.path
        assert got.index.is_unique
        if file.source == "humane_borders":
            own = tables.records.merge(truth[truth["file"] == file.path.name], on=["source", "row"])
            assert (own["record_id"] == "humane_borders:" + own["source_id"]).all()
            assert (pd.to_datetime(own["died"]) <= own["date"]).all()


def test_mapped_lists_hold_rescues_and_violence_with_actor_and_status(sample):
    from bsi import workspace
    from bsi.register.files import read_table
    from bsi.register.sources import mapped

    read = {f.source: mapped.read(read_table(f.path, f.source, f.vintage)).records for f in workspace.find_raw(sample) if f.source.startswith("sample_")}
    rescues, violence = read["sample_rescues"], read["sample_violence"]
    assert set(rescues["kind"]) == {"rescue"}
    assert rescues["n_rescued"].min() >= 1
    assert rescues["date"].dt.day.max() > 12
    assert set(violence["kind"]) == {"violence"}
    assert violence["actor"].notna().all()
    assert set(violence["status"]) == {"reported", "open", "referred", "closed"}


def test_examiners_list_keeps_the_published_margins(sample):
    rows = table(sample, "humane_borders", "2022").query("Latitude != ''")
    for words, n in PUBLISHED_PRECISION.items():
        assert_share(rows["Location Precision"].str.startswith(words).sum(), len(rows), n / 3857)
    for words, n in PUBLISHED_INTERVAL.items():
        assert_share(rows["Post Mortem Interval"].str.strip().eq(words).sum(), len(rows), n / 3857, 0.015)
    assert_share(rows["Name"].eq("Unidentified").sum(), len(rows), 1465 / 3857, 0.02)
    assert_share(rows["Age"].eq("").sum(), len(rows), 1589 / 3857, 0.05)
    shared = rows.groupby(["Latitude", "Longitude"]).size()
    assert 40 <= shared.max() <= 85
    assert shared.nlargest(2).iloc[1] < 8
    assert set(rows["Name"]) == {"Withheld, Name", "Unidentified"}
    assert rows["ML Number"].is_unique


def test_two_vintages_differ_as_the_real_ones_do(sample):
    old, new = (table(sample, "humane_borders", v).query("Latitude != ''").set_index("ML Number") for v in ("2020", "2022"))
    assert old["Reporting Date"].str.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}").all()
    assert new["Reporting Date"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    assert 1 <= len(old.index.difference(new.index)) <= 30
    early = new.loc[new.index.difference(old.index), "Reporting Date"]
    assert 150 <= (early < "2001").sum() <= 320
    both = old.index.intersection(new.index)
    assert 30 <= (old.loc[both, "Name"] != new.loc[both, "Name"]).sum() <= 120
    assert 8 <= (old.loc[both, "Latitude"] != new.loc[both, "Latitude"]).sum() <= 60


def test_iom_has_three_layouts_and_three_quarters_elsewhere(sample, truth):
    newest = truth[(truth["source"] == "iom") & (truth["vintage"] == "2024-11-15")]
    assert_share(newest["expected"].eq("out_of_scope").sum(), len(newest), 13268 / 17474, 0.02)
    a, b, c = (table(sample, "iom", v) for v in ("2019", "2022", "2024"))
    assert a["Web ID"].is_unique
    assert a["Reported Date"].iloc[:-1].str.fullmatch(r"[A-Z][a-z]+ \d\d, 20\d\d").all()
    assert b["Coordinates"].str.fullmatch(r"(POINT \(-?[\d.]+ -?[\d.]+\))?").all()
    assert c["Coordinates"].str.fullmatch(r"(-?[\d.]+, -?[\d.]+)?").all()
    ours = us_mexico(b)
    assert_share(ours["Information Source"].str.contains("Pima|Humane").sum(), len(ours), 1285 / 2697, 0.03)
    types = us_mexico(c)["Incident Type"].value_counts()
    assert types["Cumulative Incident"] == 37
    assert 50 <= types["Split Incident"] <= 160
    assert us_mexico(c)["Incident Date"].eq("").sum() == 10
    years = pd.DataFrame({v: us_mexico(f)[y].value_counts() for v, f, y in (("a", a, "Reported Year"), ("b", b, "Incident year"), ("c", c, "Incident Year"))})
    assert years.loc["2014", "c"] > 1.6 * years.loc["2014", "b"]
    assert years.loc["2014", "a"] < 0.8 * years.loc["2014", "b"]


def test_republications_repeat_point_and_day(sample, truth):
    examiner = table(sample, "humane_borders", "2022")
    merged = table(sample, "no_more_deaths")
    key = set(zip(examiner["Latitude"], examiner["Longitude"], examiner["Reporting Date"]))
    pima = merged[merged["Source"].str.startswith("Pima") & (merged["Latitude"] != "")]
    seen = [k in key for k in zip(pima["Latitude"], pima["Longitude"], pima["Date"].str[:10])]
    assert_share(sum(seen), len(examiner), 3828 / 3857, 0.012)
    iom = us_mexico(table(sample, "iom", "2024"))
    iom = iom[iom["Information Source"].str.contains("Pima") & (iom["Incident Date"] < "2022-03")]
    points = iom["Coordinates"].str.split(", ", expand=True)
    same = sum(k in key for k in zip(points[0], points[1], iom["Incident Date"]))
    assert_share(same, len(iom), 1212 / 1284, 0.04)
    assert set(pima["Gender"]) == {"M", "F", "U"}
    patterns = merged["Date"].str.replace(r"\d+", "9", regex=True).unique()
    assert {"", "9-9-9 9:9:9", "9/9/9"} <= set(patterns)
    assert len(patterns) >= 5


def test_border_patrol_is_independent_in_place_and_day(sample, truth):
    rows = table(sample, "usbp_incidents").iloc[:-1]
    own = truth[truth["source"] == "usbp_incidents"].set_index("row").loc[range(2, len(rows) + 2)]
    examiner = table(sample, "humane_borders", "2022")
    listed = truth[truth["file"].eq("2022-03-31_synthetic_sample.csv") & truth["person_ids"].ne("")].set_index("person_ids")
    arizona = own[(rows["state"] == "Arizona").to_numpy()]
    overlap = arizona["person_ids"].isin(listed.index)
    assert_share(overlap.sum(), len(arizona), 0.75, 0.05)
    at = listed.loc[arizona.loc[overlap, "person_ids"], "row"].to_numpy() - 2
    here, there = rows.loc[(rows["state"] == "Arizona").to_numpy()][overlap.to_numpy()], examiner.iloc[at]
    metres = 111_000 * np.hypot(
        (here["lon"].astype(float).to_numpy() - there["Longitude"].astype(float).to_numpy()) * np.cos(np.radians(32)),
        here["lat"].astype(float).to_numpy() - there["Latitude"].astype(float).to_numpy(),
    )
    assert_share((metres < 11).sum(), len(metres), 0.5)
    assert_share((metres > 8_000).sum(), len(metres), 0.14)
    days = (pd.to_datetime(there["Reporting Date"]).to_numpy() - pd.to_datetime(here["reported_date"]).to_numpy()) / np.timedelta64(1, "D")
    assert days.min() >= -4
    assert days.max() <= 4
    assert_share((days == 0).sum(), len(days), 0.75)
    assert rows["usbp_record_no"].eq("").sum() == 1


def test_truth_joins_the_lists(truth):
    deaths = truth[truth["expected"].eq("record") & truth["event_id"].str.startswith("e")]
    newest = deaths[deaths["vintage"] == deaths.groupby("source")["vintage"].transform("max")].assign(record_id=lambda f: f["source"] + f["row"].astype(str))
    pairs = true_pairs(newest, truth)
    assert (pairs["record_id_a"] < pairs["record_id_b"]).all()
    assert not pairs.duplicated().any()
    one_person = newest[newest["source"].eq("humane_borders")]
    assert one_person["person_ids"].is_unique
    assert 0 < newest["person_ids"].str.contains(";").sum() < 200
    between = pairs[pairs["record_id_a"].str[:5] != pairs["record_id_b"].str[:5]]
    assert between["shares_person"].mean() > 0.9
    person_of = newest.set_index("record_id")["person_ids"].str.split(";").map(set)
    some = pairs.sample(200, random_state=1)
    assert [bool(person_of[a] & person_of[b]) for a, b in zip(some["record_id_a"], some["record_id_b"])] == some["shares_person"].tolist()


def test_days_of_death_follow_the_weather_of_the_sample(sample, truth):
    weather = pd.read_csv(sample / "climate" / "synthetic_sample_daily.csv", parse_dates=["date"])
    assert (weather["date"].diff().dropna() == pd.Timedelta(days=1)).all()
    normals = weather.groupby(weather["date"].dt.month)["tmax_c"].mean()
    assert abs(normals[1] - 18.5) < 2
    assert abs(normals[7] - 38.3) < 2
    rows = table(sample, "humane_borders", "2022")
    heat = truth[truth["file"].eq("2022-03-31_synthetic_sample.csv")].set_index("row").loc[np.flatnonzero(rows["Cause of Death"] == "Exposure") + 2]
    tmax = weather.set_index("date")["tmax_c"]
    assert tmax[pd.to_datetime(heat["died"])].mean() > tmax.mean() + 6


def test_everything_says_that_it_is_synthetic(sample):
    mark = (sample / "SAMPLE").read_text(encoding="utf-8")
    assert "synthetic sample" in mark
    assert "muestra sintética" in mark
    assert all("synthetic_sample" in p.name for p in (sample / "raw").glob("*/*"))
    assert us_mexico(table(sample, "iom", "2024"))["Location of Incident"].iloc[:-1].str.contains("synthetic").all()
    examiner = table(sample, "humane_borders", "2022")["Location"]
    assert examiner[examiner != ""].str.contains("SYNTHETIC").all()
    assert "All American Canal" in " ".join(table(sample, "iom", "2024")["Location of Incident"])


def test_no_real_row_is_in_it(sample, shared_data):
    def points(folder):
        found = set()
        for path in folder.glob("raw/*/*.csv"):
            rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
            for column in rows:
                if re.fullmatch(r"(?i)coordinates|location coordinates", column):
                    pair = rows[column].str.extract(r"(-?\d+\.\d+)[, ]+(-?\d+\.\d+)").dropna()
                    swapped = rows[column].str.startswith("POINT").loc[pair.index]
                    found |= {(b, a) if s else (a, b) for a, b, s in zip(pair[0].astype(float), pair[1].astype(float), swapped)}
            lat, lon = (next((c for c in rows if c.lower() in names), None) for names in (("latitude", "lat", "latitud"), ("longitude", "lon", "longitud")))
            if lat:
                pair = rows[[lat, lon]].apply(pd.to_numeric, errors="coerce").dropna()
                found |= set(zip(pair[lat], pair[lon]))
        precise = {(round(a, 5), round(b, 5)) for a, b in found if round(a, 4) != a and round(b, 4) != b}
        return precise

    ours, real = points(sample), points(shared_data)
    assert len(ours) > 5000
    assert len(real) > 5000
    assert not (ours & real) - {HOSPITAL[::-1]}
    for source, column in (("humane_borders", "ML Number"), ("iom", "Incident ID"), ("usbp_incidents", "usbp_record_no")):
        assert not (set(table(sample, source)[column]) & set(table(shared_data, source)[column])) - {""}


def test_bad_calls_are_one_sentence_and_change_nothing(tmp_path):
    with pytest.raises(InputError, match="not above 0"):
        write_sample(tmp_path / "x", scale=0)
    assert not (tmp_path / "x").exists()
    own = tmp_path / "raw" / "iom" / "2024-01-01_own.csv"
    own.parent.mkdir(parents=True)
    own.write_text("a\n1\n")
    with pytest.raises(InputError, match="no sample"):
        write_sample(tmp_path)
    assert own.read_text() == "a\n1\n"
    assert not (tmp_path / "SAMPLE").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_sample(tmp_path / "file")
