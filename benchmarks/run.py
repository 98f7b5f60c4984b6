"""Measure speed and memory of whole processes, median of several runs, each beside a named baseline in the same run.

`make bench DATA=folder` runs every part and writes benchmarks/results.json, and the files of bench_*.py beside it. Times depend on the machine and on
what else it does; the ratios much less.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BASELINE = """
import sys, pandas as pd
from pathlib import Path
sys.path.insert(0, {root!r})
from bsi import workspace
import time
started = time.perf_counter()
for f in workspace.newest(workspace.find_raw(Path({data!r}))):
    pd.read_csv(f.path, dtype=str).to_parquet(Path({out!r}) / (f.source + ".parquet"))
print("work", time.perf_counter() - started)
"""
BUILD = """
import sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
from bsi import pipeline
import geopandas, scipy.spatial, scipy.optimize, pandera.pandas, shapely
import bsi.register.sources, bsi.register.linkage, bsi.register.incidents, bsi.register.zones, bsi.register.published, bsi.register.quality
started = time.perf_counter()
pipeline.build(Path({data!r}), Path({out!r}), say=lambda line: None)
print("work", time.perf_counter() - started)
"""

SAMPLE = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from bsi.register import sample
sample.write_sample(Path({folder!r}) / "data", scale={scale})
"""


def measure(code: str, runs: int) -> dict:
    """Run Python code in new processes; return median seconds (whole process and work) and highest memory in MB."""
    whole, work, memory = [], [], []
    for _ in range(runs):
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "2"})
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        whole.append(time.perf_counter() - started)
        if status:
            sys.exit(f"a benchmark process failed:\n{code}")
        work.append(float(said.split("work")[-1]))
        memory.append(usage.ru_maxrss / 1024)
    return {"whole_s": statistics.median(whole), "work_s": statistics.median(work), "memory_mb": max(memory), "runs": runs}


def build_beside_pandas(data: Path, runs: int = 3) -> dict:
    """Measure `build` beside reading the same files with pandas and writing them as Parquet."""
    with tempfile.TemporaryDirectory() as out:
        names = {"root": str(ROOT), "data": str(data), "out": out}
        baseline = measure(BASELINE.format(**names), runs)
        build = measure(BUILD.format(**names), runs)
    return {"build": build, "baseline_pandas_read_and_write": baseline, "ratio_of_work": build["work_s"] / baseline["work_s"]}


def linear_in_rows(runs: int = 1) -> dict:
    """Measure `build` on the synthetic sample and on ten times as much."""
    out = {}
    for scale in (1, 10):
        with tempfile.TemporaryDirectory() as folder:
            code = SAMPLE.format(root=str(ROOT), folder=folder, scale=scale)
            subprocess.run([sys.executable, "-c", code], check=True)
            out[f"scale_{scale}"] = measure(BUILD.format(root=str(ROOT), data=f"{folder}/data", out=f"{folder}/out"), runs)
            rows = json.loads(Path(folder, "out", "build.json").read_text(encoding="utf-8"))["rows"]
            out[f"scale_{scale}"]["rows"] = sum(r["read"] for r in rows)
    ratio = out["scale_10"]["work_s"] / out["scale_1"]["work_s"]
    return {**out, "time_ratio": ratio, "rows_ratio": out["scale_10"]["rows"] / out["scale_1"]["rows"]}


PARTS = {"build": build_beside_pandas, "linear": linear_in_rows}


def main() -> None:
    """Run the parts asked for and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder of real files; without it only the sample is measured")
    parser.add_argument("--only", nargs="*", default=[], help="parts to run: " + ", ".join(PARTS))
    chosen = parser.parse_args()
    path = ROOT / "benchmarks" / "results.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    results["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
    for name, part in PARTS.items():
        if chosen.only and name not in chosen.only:
            continue
        if name == "build" and not chosen.data:
            print("build: skipped, no --data folder of real files")
            continue
        results[name] = part(chosen.data.resolve()) if name == "build" else part()
        print(name, json.dumps(results[name], indent=1))
    path.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for script in sorted((ROOT / "benchmarks").glob("bench_*.py")):
        if not chosen.only or script.stem in chosen.only:
            subprocess.run([sys.executable, str(script), *(["--data", str(chosen.data)] if chosen.data else [])], check=True)


if __name__ == "__main__":
    main()
