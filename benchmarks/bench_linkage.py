"""Measure the linkage: precision, recall and F1 with 95 % intervals, chance links, time and memory, beside splink 5 on the same records.

`python benchmarks/bench_linkage.py [--data FOLDER] [--only PART ...]` prints every part and writes benchmarks/linkage.json. Without --data only the
synthetic sample is measured.

- blurred: IOM rows citing the Pima examiner against OGIS. Reference pairs: same day and within 100 m, one to one by least distance, made without the linkage.
  Then IOM is blurred: normal jitter of 1 km; 5 km, 40 % of days moved by 1 to 3, 20 % of sexes hidden; 10 km, days moved, 30 % of sexes and 15 % of positions
  hidden. A link counts as wrong where it touches a record of the reference and is not in it; links between other records (the reference cannot judge them)
  are counted apart, and `strict` counts them as wrong.
- border_patrol: labels of data/hand/link_labels_usbp.csv (blind to the score).
- vintages: OGIS 2020 against 2022 and IOM against its later vintages, ids hidden from the linkage; the truth is the id.
- decoys: a copy of one source, its dates moved by 1,131 days, is added to it; links to copies are chance links.
- sample: the synthetic sample with its truth table.
- speed: seconds of work and peak memory of whole processes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bsi import pipeline, workspace  # noqa: E402
from bsi.register import quality, upstreams  # noqa: E402
from bsi.register.linkage import find_links  # noqa: E402
from bsi.register.pairs import USED  # noqa: E402

SALT = "bsi-link-labels-2026"
BLURS = {"as published": (0, 0, 0, 0), "1 km": (1, 0, 0, 0), "5 km": (5, 0.4, 0.2, 0), "10 km": (10, 0.4, 0.3, 0.15)}
SEEDS = range(5)


def read(data: Path, source: str, vintage: str) -> pd.DataFrame:
    """Return the records of one vintage of one source."""
    file = next(f for f in workspace.find_raw(data) if f.source == source and str(f.vintage) == vintage)
    records = pipeline.read_one(file.path, source, pd.Timestamp(vintage))[0].records
    records = upstreams.assign_upstreams(records, upstreams.load(workspace.reference(data, "hand", "upstreams.csv")))
    return quality.estimate_precision(records, quality.load_defaults(workspace.reference(data, "hand", "precision_defaults.csv")))


def flat_km(lon_a, lat_a, lon_b, lat_b):
    """Distance on a plane at each latitude, good to a percent over tens of km; independent of the linkage's own."""
    return 111.2 * np.hypot((lon_a - lon_b) * np.cos(np.deg2rad((lat_a + lat_b) / 2)), lat_a - lat_b)


def reference_pairs(iom: pd.DataFrame, ogis: pd.DataFrame) -> pd.DataFrame:
    """Pairs of the same day within 100 m, one to one by least distance."""
    columns = ["record_id", "date", "lon", "lat"]
    near = iom[columns].dropna().merge(ogis[columns].dropna(), on="date", suffixes=("_a", "_b"))
    near["km"] = flat_km(near["lon_a"], near["lat_a"], near["lon_b"], near["lat_b"])
    near = near[near["km"] <= 0.1].sort_values(["record_id_a", "record_id_b"])
    a, i = np.unique(near["record_id_a"].astype(str), return_inverse=True)
    b, j = np.unique(near["record_id_b"].astype(str), return_inverse=True)
    gain = np.zeros((len(a), len(b)))
    gain[i, j] = 1 - near["km"].to_numpy()
    row, column = linear_sum_assignment(gain, maximize=True)
    kept = gain[row, column] > 0
    return pd.DataFrame({"iom": a[row[kept]], "ogis": b[column[kept]]})


def blur(records: pd.DataFrame, level: tuple, seed: int) -> pd.DataFrame:
    """Records with jittered positions, moved days, hidden sexes and positions."""
    km, moved, no_sex, no_point = level
    rng, n, out = np.random.default_rng(seed), len(records), records.copy()
    out["lat"] = out["lat"] + rng.normal(0, km, n) / 111.2
    out["lon"] = out["lon"] + rng.normal(0, km, n) / 111.2 / np.cos(np.deg2rad(out["lat"]))
    days = np.where(rng.random(n) < moved, rng.choice([-3, -2, -1, 1, 2, 3], n), 0)
    out["date"] = out["date"] + pd.to_timedelta(days, unit="D")
    hidden = rng.random(n) < no_sex
    out.loc[hidden, "sex"] = None
    out.loc[hidden, ["n_female", "n_male"]] = pd.NA
    out.loc[rng.random(n) < no_point, ["lon", "lat"]] = np.nan
    return out


def scores(found: set, truth: set, judged: set | None = None) -> dict:
    """Precision, recall and F1 with Wilson intervals for the shares; a link is judged where it touches a judged record."""
    touching = found if judged is None else {p for p in found if p[0] in judged or p[1] in judged}
    right = len(touching & truth)
    precision, recall = right / max(len(touching), 1), right / len(truth)
    return {
        "n_true": len(truth), "n_links": len(touching), "n_right": right, "n_not_judged": len(found) - len(touching),
        "precision": round(precision, 4), "precision_95": wilson(right, len(touching)), "recall": round(recall, 4), "recall_95": wilson(right, len(truth)),
        "f1": round(2 * right / (len(touching) + len(truth)), 4),
    }  # fmt: skip


def wilson(k: int, n: int) -> list[float]:
    """Wilson's 95 % interval of a share."""
    if not n:
        return [0.0, 1.0]
    z, p = 1.96, k / n
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [round(float((middle + s * half) / (1 + z * z / n)), 4) for s in (-1, 1)]


def linked(records: pd.DataFrame, left: str, right: str) -> tuple[set, float]:
    """Pairs that the linkage finds between two sources, and its seconds of work."""
    started = time.process_time()
    links = find_links(records)
    seconds = time.process_time() - started
    source = records.set_index("record_id")["source"]
    ends = zip(links["record_id_a"], links["record_id_b"], strict=True)
    return {(a, b) if source[a] == left else (b, a) for a, b in ends if {source[a], source[b]} == {left, right}}, seconds


def part_blurred(data: Path) -> dict:
    """Own linkage and splink on every level of blur."""
    iom, ogis = read(data, "iom", "2022-02-19"), read(data, "humane_borders", "2022-03-31")
    pima = iom[iom["upstream"] == "pcome"]
    reference = reference_pairs(pima, ogis)
    truth, judged = set(reference.itertuples(index=False, name=None)), set(reference["iom"]) | set(reference["ogis"])
    out = {"n_reference": len(truth), "n_pima_rows": len(pima)}
    for name, level in BLURS.items():
        runs, strict, seconds = [], [], []
        for seed in list(SEEDS)[: 1 if name == "as published" else None]:
            found, spent = linked(pd.concat([blur(iom, level, seed), ogis], ignore_index=True), "iom", "humane_borders")
            runs.append(scores(found, truth, judged))
            strict.append(scores({p for p in found if p[0] in set(pima["record_id"])}, truth)["f1"])
            seconds.append(spent)
        out[name] = {
            **runs[0],
            "f1_mean": mean(r["f1"] for r in runs),
            "f1_runs": [r["f1"] for r in runs],
            "f1_strict_mean": mean(strict),
            "seconds": mean(seconds),
        }
        out[name]["splink"] = with_splink(blur(iom, level, 0), ogis, truth, judged)
    return out


def mean(values) -> float:
    return round(float(np.mean(list(values))), 4)


def with_splink(iom: pd.DataFrame, ogis: pd.DataFrame, truth: set, judged: set) -> dict:
    """Splink 5 as it comes: its own EM, a pair accepted from probability 0.5; and with a low threshold and one-to-one assignment after it."""
    import logging

    import splink.comparison_library as compare
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)
    frames = [_for_splink(t) for t in (iom, ogis)]
    started = time.process_time()
    api = DuckDBAPI()
    near = "abs(date_diff('day', l.day, r.day)) <= 3 and abs(l.lat - r.lat) < 0.4 and abs(l.lon - r.lon) < 0.5"
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            compare.DistanceInKMAtThresholds("lat", "lon", [0.1, 1, 3, 10, 30]),
            compare.AbsoluteDateDifferenceAtThresholds("day", input_is_string=False, metrics=["day", "day", "day"], thresholds=[0.5, 1, 3]),
            compare.ExactMatch("sex"),
            compare.ExactMatch("cause"),
        ],
        blocking_rules_to_generate_predictions=[block_on("day"), near, "abs(date_diff('day', l.day, r.day)) <= 3 and (l.lat is null or r.lat is null)"],
    )
    linker = Linker([api.register(f, dataset_display_name=n) for f, n in zip(frames, ("iom", "ogis"), strict=True)], settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match([block_on("day", "sex")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("day"))
    linker.training.estimate_parameters_using_expectation_maximisation(near, fix_u_probabilities=True)
    pairs = linker.inference.predict(threshold_match_probability=0.001).as_pandas_dataframe()
    seconds = time.process_time() - started
    plain = pairs[pairs["match_probability"] >= 0.5]
    return {
        "as_it_comes": scores(_splink_pairs(plain), truth, judged),
        "low_threshold_one_to_one": scores(_splink_pairs(_one_to_one(pairs[pairs["match_probability"] >= 0.01])), truth, judged),
        "seconds": round(seconds, 2),
    }


def _for_splink(records):
    out = records[["record_id", "date", "lat", "lon", "sex", "cause"]].dropna(subset=["date"])
    return out.rename(columns={"record_id": "unique_id", "date": "day"}).astype({"unique_id": "object", "sex": "object", "cause": "object"})


def _splink_pairs(pairs):
    ends = zip(pairs["unique_id_l"], pairs["unique_id_r"], strict=True)
    return {(a, b) if str(a).startswith("iom") else (b, a) for a, b in ends}


def _one_to_one(pairs):
    left, i = np.unique(pairs["unique_id_l"].astype(str), return_inverse=True)
    right, j = np.unique(pairs["unique_id_r"].astype(str), return_inverse=True)
    gain = np.zeros((len(left), len(right)))
    gain[i, j] = pairs["match_weight"] + 20
    row, column = linear_sum_assignment(gain, maximize=True)
    chosen = {(left[r], right[c]) for r, c in zip(row, column, strict=True) if gain[r, c] > 0}
    return pairs[[p in chosen for p in zip(pairs["unique_id_l"], pairs["unique_id_r"], strict=True)]]


def part_border_patrol(data: Path) -> dict:
    """Score against the blind labels; alternatives that nothing tells apart count once."""
    kept = {"humane_borders": "2022-03-31", "iom": "2024-11-15", "no_more_deaths": "2025-03-31", "usbp_incidents": "2016-01-31"}
    records = pd.concat([read(data, s, v) for s, v in kept.items()], ignore_index=True)
    labels = pd.read_csv(ROOT / "data" / "hand" / "link_labels_usbp.csv", comment="#", keep_default_na=False)
    hashed = {r: hashlib.sha256((SALT + r).encode()).hexdigest()[:32] for r in records["record_id"]}
    upstream = records.set_index("record_id")["upstream"]
    found = {}
    for other in ("humane_borders", "iom", "no_more_deaths"):
        pairs, _ = linked(records, "usbp_incidents", other)
        repeats = other == "no_more_deaths"
        found[other] = {(hashed[a], hashed[b]) for a, b in pairs if not (repeats and upstream[b] in ("pcome", "maricopa_me"))}
    out = {"n_labelled_records": labels["record"].nunique(), "n_without_any_partner": int((labels.groupby("record")["label"].agg(set) == {"none"}).sum())}
    for name, lists in {**{k: [k] for k in found}, "ogis_and_iom": ["humane_borders", "iom"]}.items():
        part = labels[labels["list"].isin(lists)]
        out[name] = _against_labels(part, set().union(*(found[k] for k in lists)))
    return out


def _against_labels(labels, found):
    same, open_ = (labels[labels["label"] == word] for word in ("same", "uncertain"))
    accepted, unsure = (set(zip(t["record"], t["other"], strict=True)) for t in (same, open_))
    sampled = {p for p in found if p[0] in set(labels["record"])} - unsure
    groups = same.groupby(["record", "group"])[["record", "other"]].apply(lambda t: bool(set(zip(t["record"], t["other"], strict=True)) & found))
    right = len(sampled & accepted)
    return {
        "n_links": len(sampled), "precision": round(right / len(sampled), 4), "precision_95": wilson(right, len(sampled)),
        "n_labelled_pairs": len(groups), "recall": round(float(groups.mean()), 4), "recall_95": wilson(int(groups.sum()), len(groups)),
    }  # fmt: skip


def part_vintages(data: Path) -> dict:
    """Link two vintages of one source with the ids hidden; a shared id is the truth."""
    out = {}
    for source, old, new in (("humane_borders", "2020-06-30", "2022-03-31"), ("iom", "2022-02-19", "2022-05-08"), ("iom", "2022-02-19", "2024-11-15")):
        first, second = read(data, source, old), read(data, source, new)
        shared = set(first["record_id"]) & set(second["record_id"])
        older = first.assign(record_id="older " + first["record_id"], source=source + " older")
        found, _ = linked(pd.concat([older, second], ignore_index=True), source + " older", source)
        truth = {("older " + r, r) for r in shared}
        out[f"{source} {old} to {new}"] = scores(found, truth, {p for pair in truth for p in pair})
    return out


def part_decoys(data: Path) -> dict:
    """Chance links: those to copies of a source's rows moved in time, beside those to its own rows."""
    records = pd.concat([read(data, f.source, str(f.vintage)) for f in workspace.newest(workspace.find_raw(data))], ignore_index=True)
    out = {}
    for source, days in (("usbp_incidents", 1131), ("iom", -1131), ("no_more_deaths", 1131), ("humane_borders", -1131)):
        copies = records[records["source"] == source].assign(group_id=None)
        copies = copies.assign(record_id="copy " + copies["record_id"], date=copies["date"] + pd.Timedelta(days=days), row=copies["row"] + 1_000_000)
        links = find_links(pd.concat([records, copies], ignore_index=True))
        is_copy = links["record_id_a"].str.startswith("copy ") ^ links["record_id_b"].str.startswith("copy ")
        own = (links["record_id_a"].str.startswith(source) | links["record_id_b"].str.startswith(source)) & ~is_copy
        out[source] = {"n_links": int(own.sum()), "n_chance_links": int(is_copy.sum()), "share": round(float(is_copy.sum() / own.sum()), 4)}
    return out


def part_sample() -> dict:
    """Score on the synthetic sample: recall of pairs of one person, precision on all pairs of one event."""
    from bsi.register import sample

    with tempfile.TemporaryDirectory() as folder:
        sample.write_sample(Path(folder))
        chosen = workspace.newest(workspace.find_raw(Path(folder)))
        records = pd.concat([read(Path(folder), f.source, str(f.vintage)) for f in chosen], ignore_index=True)
        true = sample.true_pairs(records, pd.read_csv(next(Path(folder).rglob("truth.csv")), dtype={"row": "int64"}))
    links = find_links(records)
    found = set(zip(links["record_id_a"], links["record_id_b"], strict=True))
    events, persons = (set(zip(t["record_id_a"], t["record_id_b"], strict=True)) for t in (true, true[true["shares_person"]]))
    right, got = len(found & events), len(found & persons)
    return {
        "n_records": len(records), "n_links": len(found), "precision": round(right / len(found), 4), "precision_95": wilson(right, len(found)),
        "n_true_pairs": len(persons), "recall": round(got / len(persons), 4), "recall_95": wilson(got, len(persons)),
    }  # fmt: skip


def part_speed(data: Path) -> dict:
    """Seconds and memory of new processes: the newest vintages; 270,000 IOM against 390,000 OGIS records, real ones repeated elsewhere and at other times."""
    out = {}
    with tempfile.TemporaryDirectory() as folder:
        newest = pd.concat([read(data, f.source, str(f.vintage)) for f in workspace.newest(workspace.find_raw(data))], ignore_index=True)
        newest.to_parquet(Path(folder) / "newest.parquet")
        parts = [repeated(newest[newest["source"] == s], n) for s, n in (("iom", 270_000), ("humane_borders", 390_000))]
        pd.concat(parts, ignore_index=True).to_parquet(Path(folder) / "many.parquet")
        for name in ("newest", "many"):
            done = subprocess.run([sys.executable, __file__, "--time", f"{folder}/{name}.parquet"], check=True, capture_output=True, text=True)
            out[name] = json.loads(done.stdout)
    return out


def repeated(records: pd.DataFrame, n: int) -> pd.DataFrame:
    """At least n rows cut to n: copies moved by up to 80 km and 300 days, all records of one copy alike."""
    parts = []
    for copy in range(-(-n // len(records))):
        rng = np.random.default_rng(copy)
        north, east = rng.uniform(-80, 80, 2) * bool(copy)
        moved = records.assign(
            lat=records["lat"] + north / 111.2, lon=records["lon"] + east / 95, date=records["date"] + pd.Timedelta(days=int(rng.integers(-300, 300)))
        )
        parts.append(moved.assign(record_id=moved["record_id"] + f" {copy}", row=moved["row"] + copy * 100_000, group_id=None))
    return pd.concat(parts, ignore_index=True).head(n)


def peak_mb() -> float:
    """Return the highest memory of this process; getrusage would give the parent's where that was higher."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def time_links(path: str) -> None:
    """Print seconds of work and memory of one linkage in this process."""
    import scipy.sparse.csgraph
    import scipy.spatial  # noqa: F401

    records = pd.read_parquet(path, columns=[*USED, "group_id", "source_text", "cause_raw"])
    find_links(records.head(300))  # what a first call loads is no work of the linkage
    before = peak_mb()
    wall, work = time.perf_counter(), time.process_time()
    links = find_links(records)
    work, wall = time.process_time() - work, time.perf_counter() - wall
    loop = time.process_time()
    sum(k for k in range(3_000_000))
    loop = time.process_time() - loop
    peak = peak_mb()
    said = {
        "n_records": len(records),
        "n_links": len(links),
        "work_s": round(work, 2),
        "wall_s": round(wall, 2),
        "memory_before_mb": round(before),
        "memory_mb": round(peak),
    }
    print(json.dumps({**said, "loop_of_3_million_s": round(loop, 3)}))


REAL = {"blurred": part_blurred, "border_patrol": part_border_patrol, "vintages": part_vintages, "decoys": part_decoys, "speed": part_speed}


def main() -> None:
    """Run the parts asked for and write the results."""
    parser = argparse.ArgumentParser(description="quality and speed of the linkage")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--time", help="time one linkage of a Parquet file of records")
    asked = parser.parse_args()
    if asked.time:
        return time_links(asked.time)
    path = ROOT / "benchmarks" / "linkage.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    parts = {"sample": part_sample, **({name: (lambda f=f: f(asked.data.resolve())) for name, f in REAL.items()} if asked.data else {})}
    for name, part in parts.items():
        if not asked.only or name in asked.only:
            results[name] = part()
            print(name, json.dumps(results[name], indent=1), flush=True)
    path.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return None


if __name__ == "__main__":
    main()
