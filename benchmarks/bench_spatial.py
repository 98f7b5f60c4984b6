"""Measure the speed of density, zone keying, Gi*, the space-time scan, siting and the explorer; compilation is excluded and stated.

`python benchmarks/bench_spatial.py [--data folder]` prints and writes benchmarks/spatial.json. With a data folder the scan runs on the real OGIS
file and the explorer on a register built from it; without, on simulated points and the synthetic sample.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402


def timed(call, runs: int = 3) -> dict:
    """Return the median seconds (wall and processor) of calling something several times."""
    wall, cpu = [], []
    for _ in range(runs):
        started, used = time.perf_counter(), time.process_time()
        call()
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    return {"wall_s": round(statistics.median(wall), 4), "cpu_s": round(statistics.median(cpu), 4), "runs": runs}


def kde(rng) -> dict:
    """Kernel density of 1,000,000 points on 512 x 512 cells (target 0.4 s), beside scipy's gaussian_kde of 1,000 points on the same cells."""
    from scipy.stats import gaussian_kde

    from bsi.analysis import density

    x, y = rng.uniform(0, 512_000, (2, 1_000_000))
    grid = density.Grid(0.0, 0.0, 1000.0, (512, 512))
    cells = np.stack([g.ravel() for g in np.meshgrid(*grid.centers)])
    return {**timed(lambda: density.density(x, y, 0.0, 5000.0, grid)), "target_s": 0.4,
            "baseline_gaussian_kde_1000_points": timed(lambda: gaussian_kde(np.stack([x[:1000], y[:1000]]))(cells), 1)}  # fmt: skip


def keying(rng) -> dict:
    """Zone keying of 1,000,000 points beside geopandas.sjoin in the same run (target: five times as fast)."""
    import geopandas as gpd

    from bsi.register import discs, zones

    lon, lat = rng.uniform(-117, -97, 1_000_000), rng.uniform(26, 33, 1_000_000)
    shapes = zones.load_zones(ROOT / "data" / "zones" / "zones.geojson")
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    ours = timed(lambda: discs.key_points(lon, lat, shapes.geometry.to_numpy()))
    theirs = timed(lambda: gpd.sjoin(points, shapes[["zone_id", "geometry"]]), 1)
    return {**ours, "baseline_sjoin": theirs, "times_as_fast": round(theirs["wall_s"] / ours["wall_s"], 1), "target_times": 5}


def gi_star(rng) -> dict:
    """Gi* with false-discovery control on 5,000 cells (target 1 s)."""
    from bsi.analysis import clusters

    values = rng.poisson(1.0, (50, 100)).astype(float)
    return {**timed(lambda: clusters.hot_cells(values)), "target_s": 1.0}


def _cases(data: Path | None, first: str, rng) -> tuple:
    """Return x, y, month of the OGIS file from a day on, or as many simulated ones."""
    if data is None:
        n, months = (1294, 96) if first == "2014-01-01" else (3649, 264)
        return (*rng.uniform(0, 300_000, (2, n)).round(), rng.integers(0, months, n))
    from pyproj import Transformer

    rows = pd.read_csv(data / "raw" / "humane_borders" / "2022-03-31_ogis_migrant_deaths.csv", dtype=str)
    day = pd.to_datetime(rows["Reporting Date"])
    keep = day.between(first, "2021-12-31") & (rows["Location Precision"] != "no location description")
    rows, day = rows[keep], day[keep]
    x, y = Transformer.from_crs(4326, 26912, always_xy=True).transform(rows["Longitude"].astype(float), rows["Latitude"].astype(float))
    return np.round(x), np.round(y), (day.dt.year * 12 + day.dt.month).to_numpy()


def space_time_scan(rng, data: Path | None) -> dict:
    """The scan of 1,294 cases with 999 replicates (target 15 s on two cores; SaTScan 188 s) and of all years, a replicate (target 0.3 s; SaTScan 10 s)."""
    from bsi.analysis import scan

    small, large = _cases(data, "2014-01-01", rng), _cases(data, "2000-01-01", rng)
    started = time.perf_counter()
    scan.scan(*small, replicates=2)
    compile_s = time.perf_counter() - started
    found = timed(lambda: scan.scan(*small, replicates=999), 1)
    base, many = timed(lambda: scan.scan(*large, replicates=0), 1), timed(lambda: scan.scan(*large, replicates=40), 1)
    each = (many["wall_s"] - base["wall_s"]) / 40
    return {"cases": len(small[0]), **found, "target_s": 15.0, "satscan_s": 188.0, "first_call_with_compilation_s": round(compile_s, 2),
            "all_years": {"cases": len(large[0]), "a_replicate_s": round(each, 3), "a_replicate_cpu_s": round((many["cpu_s"] - base["cpu_s"]) / 40, 3),
                          "without_replicates_s": base["wall_s"], "target_a_replicate_s": 0.3, "satscan_a_replicate_s": 10.0}}  # fmt: skip


def siting(rng) -> dict:
    """The exact choice of 20 of 400 candidates for 2,000 demand points (target 1 s), beside the greedy one."""
    from bsi.analysis import siting as sites

    covers = sites.coverage(rng.uniform(0, 200_000, (2000, 2)), rng.uniform(0, 200_000, (400, 2)), 10_000.0)
    demand = rng.gamma(0.5, 1.0, 2000)
    found = sites.choose_sites(covers, demand, 20)
    greedy = sites.covered(covers, demand, sites.greedy_sites(covers, demand, 20)) / found["covered"]
    return {**timed(lambda: sites.choose_sites(covers, demand, 20)), "target_s": 1.0, "gap": found["gap"], "greedy_share_of_best": round(greedy, 4)}


def explorer(data: Path | None) -> dict:
    """Writing the explorer of a register (target 3 s, at most 8 MB)."""
    import bsi
    from bsi import edition, pipeline, selections
    from bsi.publish import explorer as page
    from bsi.register import sample

    with tempfile.TemporaryDirectory() as folder:
        if data is None:
            data = Path(folder) / "data"
            sample.write_sample(data)
        pipeline.build(data, Path(folder) / "out", say=lambda line: None)
        register = bsi.open(Path(folder) / "out")
        tables = {"incidents": register.incidents, "zones": register.zones, "zone_weights": register.zone_weights,
                  "base": selections.base_geometry(), "list_names": selections.list_names(register)}  # fmt: skip
        meta = edition.meta(register)
        os.environ["XDG_CACHE_HOME"] = folder  # the first call bundles the runtime, later ones find it kept
        first = timed(lambda: page.build_explorer(tables, folder, meta), 1)
        later = timed(lambda: page.build_explorer(tables, folder, meta))
        size = Path(folder, "explorer.html").stat().st_size
        found = {"incidents": len(register.incidents), "megabytes": round(size / 1e6, 2), "target_megabytes": 8}
        return {**first, "later_s": later["wall_s"], "target_s": 3.0, **found}


def main() -> None:
    """Run every part and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder of real files")
    data, rng = parser.parse_args().data, np.random.default_rng(1)
    results = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": round(os.getloadavg()[0], 1)},
        "is_real": data is not None,
    }
    parts = {"kde": lambda: kde(rng), "zone_keying": lambda: keying(rng), "gi_star": lambda: gi_star(rng), "scan": lambda: space_time_scan(rng, data),
             "siting": lambda: siting(rng), "explorer": lambda: explorer(data)}  # fmt: skip
    for name, part in parts.items():
        results[name] = part()
        print(name, json.dumps(results[name]), flush=True)
    (ROOT / "benchmarks" / "spatial.json").write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
