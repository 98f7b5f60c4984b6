"""Measure `bsi report` as a whole process, two languages from saved figures, beside its conversions alone.

`python benchmarks/bench_report.py [--data folder]` prints and writes benchmarks/report.json. The baseline, `conversions_alone`, is what pandoc and the
PDF compiler need for the same text in the same formats, one conversion after another, the text made beforehand.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

LANGUAGES = ("en", "es")
FORMATS = {"html_pdf": ("html", "pdf"), "html_pdf_docx": ("html", "pdf", "docx")}


def bsi(*words: str) -> None:
    """Run a command of bsi; what it says is shown only where it fails."""
    done = subprocess.run([sys.executable, "-m", "bsi", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bsi {' '.join(words)} failed:\n{done.stderr}")


def timed(call, runs: int) -> dict:
    """Return the median seconds, wall and processor, of processes that a call starts, and every wall time."""
    wall, cpu = [], []
    for _ in range(runs):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        call()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall.append(time.perf_counter() - started)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {"wall_s": round(statistics.median(wall), 2), "cpu_s": round(statistics.median(cpu), 2), "walls_s": [round(w, 2) for w in wall], "runs": runs}


def texts(folder: Path) -> list[tuple]:
    """Return (page, format) of every conversion of the report of the register in BSI_OUT."""
    from bsi import annual, workspace
    from bsi.publish import formats, report
    from bsi.publish.numbers import make_numbers

    context = annual.context(workspace.open_register(None))
    numbers = make_numbers(context.tables, context.build, context.edition)
    kinds = [(lang, target) for lang in LANGUAGES for target in ("html", "pdf", "docx")]
    return [
        (formats.Page(report.fill(context, numbers, lang, target), lang, report.cover(context, lang), context.figures.resolve()), target, folder / lang)
        for lang, target in kinds
    ]


def converted(pages: list[tuple], wanted: tuple) -> None:
    """Convert the pages in one new process, one after another."""
    child = os.fork()
    if child == 0:
        from bsi.publish import formats

        for page, target, stem in pages:
            if target in wanted:
                formats.write(page, target, stem)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit("a conversion failed")


def main() -> None:
    """Build a register, save the figures, measure, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder of real files; without it the synthetic sample")
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    results = {"machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": round(os.getloadavg()[0], 1)}}
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.update({name: str(Path(scratch) / name) for name in ("BSI_OUT", "BSI_FIGURES", "BSI_REPORT")})
        bsi("build", "--out", os.environ["BSI_OUT"], *(["--data", str(chosen.data.resolve())] if chosen.data else []))
        languages = [word for lang in LANGUAGES for word in ("--lang", lang)]
        bsi("report", *languages)  # saves the figures
        pages = texts(Path(scratch))
        for name, wanted in FORMATS.items():
            report = timed(lambda wanted=wanted: bsi("report", *languages, *(word for one in wanted for word in ("--format", one))), chosen.runs)
            baseline = timed(lambda wanted=wanted: converted(pages, wanted), chosen.runs)
            results[name] = {"report": report, "conversions_alone": baseline, "ratio_of_cpu": round(report["cpu_s"] / baseline["cpu_s"], 2)}
            results[name]["ratio_of_wall"] = round(report["wall_s"] / baseline["wall_s"], 2)
            print(name, json.dumps(results[name]), flush=True)
    results["is_real"] = chosen.data is not None
    (ROOT / "benchmarks" / "report.json").write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
