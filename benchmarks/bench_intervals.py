"""Measure by simulation how often 95 % intervals hold the truth and how often a level shift is called where there is none.

`python benchmarks/bench_intervals.py` runs every question 2,000 times and writes the whole of benchmarks/intervals.json; `make bench` runs it. To try
something out, `--runs 50 --only trend` prints the questions that hold the word and writes nothing. Exact intervals should cover at least 95 %, the others
93 to 97 %.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bsi.analysis import blocks, exact, heat, its  # noqa: E402
from bsi.analysis.death_months import months_of_death  # noqa: E402
from bsi.analysis.intervals import garwood  # noqa: E402
from bsi.analysis.rates import rate_ratio  # noqa: E402
from bsi.analysis.seasonality import circular_mean, seasonal_profile  # noqa: E402
from bsi.analysis.smoothing import smooth  # noqa: E402
from bsi.analysis.trend import change_points, trend  # noqa: E402
from bsi.errors import NotEstimable  # noqa: E402

SEASON = np.exp(0.6 * np.cos(2 * np.pi * (np.arange(12) - 6) / 12))


def months(rng, n, level, carry=0.0, dispersion=0.1):
    """Monthly counts with a season, overdispersed, with or without autocorrelation, without trend or shift."""
    noise = np.zeros(n)
    for i in range(1, n):
        noise[i] = carry * noise[i - 1] + (rng.normal(0, 0.2) if carry else 0)
    mean = level * np.resize(SEASON, n) * np.exp(noise)
    return pd.DataFrame(
        {"period_start": pd.date_range("2004-01-01", periods=n, freq="MS"), "n_dead": rng.poisson(mean * rng.gamma(1 / dispersion, dispersion, n))}
    )


def garwood_covers(rng, mean):
    low, high = garwood(rng.poisson(mean))
    return bool(low <= mean <= high)


def ratio_covers(rng, mean, ratio):
    try:
        found = rate_ratio(rng.poisson(mean), 1, rng.poisson(mean * ratio), 1)
    except NotEstimable:
        return True  # nothing is claimed
    return found["low"] <= ratio <= found["high"]


def smooth_covers(rng):
    exposure = pd.Series(rng.uniform(1e4, 5e5, 198))
    true = rng.gamma(1.2, 5e-4 / 1.2, 198)
    table = smooth(pd.Series(rng.poisson(exposure * true)), exposure)
    return table["low"].le(true * 1e5).to_numpy() & table["high"].ge(true * 1e5).to_numpy()


def circular_covers(rng, n):
    turn = rng.vonmises(0.3, 0.6, n) % (2 * np.pi)
    found = circular_mean(pd.Series(pd.Timestamp("2001-01-01") + pd.to_timedelta(turn / (2 * np.pi) * 365, unit="D")))
    true, low, high = 0.3 / (2 * np.pi) * 365.25 + 0.5, found["low_day"], found["high_day"]
    return (low, high) == (1, 366) or (true - low) % 365.25 <= (high - low) % 365.25


def profile_covers(rng, n_years, level):
    table = seasonal_profile(months(rng, 12 * n_years, level), n_boot=399)
    share = SEASON / SEASON.sum()
    return (table["low"].to_numpy() <= share) & (share <= table["high"].to_numpy())


def trend_covers(rng, n, level, carry):
    try:
        change = trend(months(rng, n, level, carry))["change"].iloc[0]
    except NotEstimable:
        return True
    return bool(change["low"] <= 0 <= change["high"])


def shift_called(rng, n, level, carry):
    return len(change_points(months(rng, n, level, carry), n_boot=0)) > 0


def death_months_cover(rng, n):
    share = SEASON / SEASON.sum()
    month = np.datetime64("2010-01", "M") + 12 * rng.integers(0, 8, n) + rng.choice(12, n, p=share)
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int)
    day = pd.Series(month.astype("datetime64[D]") + (rng.random(n) * length).astype(int))
    wait = rng.choice([0, 6, 20, 34, 90], n, p=[0.38, 0.15, 0.1, 0.13, 0.24])
    found = day + pd.to_timedelta((rng.random(n) * (wait + 1)).astype(int), unit="D")
    table = months_of_death(found - pd.to_timedelta(wait, unit="D"), found)[:12]
    return (table["low"].to_numpy() <= share * n) & (share * n <= table["high"].to_numpy())


def level_covers(rng, ratio, carry):
    """Interrupted series: five years on each side of a date, 30 deaths a year before it."""
    table = months(rng, 120, 2.5, carry)
    is_after = table["period_start"] >= pd.Timestamp("2009-01-01")
    n = np.where(is_after, rng.binomial(table["n_dead"], ratio), table["n_dead"]).astype(float)
    table = table.assign(n=n, exposure=1.0)
    try:
        found = its.interrupted(table, ("2004-01-01", "2008-12-31", "2009-01-01", "2013-12-31"))["effects"].iloc[0]
    except NotEstimable:
        return True
    return bool(found["low"] <= ratio <= found["high"])


def controlled_covers(rng, ratio, dispersion):
    mean = np.where(np.arange(10) < 5, 30.0, 30.0 * ratio), np.full(10, 60.0)
    n, other = (rng.poisson(m * (rng.gamma(1 / dispersion, dispersion, 10) if dispersion else 1)) for m in mean)
    found = blocks.controlled(n, other, 5)
    return bool(found["low"] <= ratio <= found["high"])


def displacement_covers(rng):
    mean = ((17, 20), (40, 50), (12, 26), (60, 80))
    found = exact.displacement(*[tuple(rng.poisson(m)) for m in mean], lengths=(2.5, 5.0))
    true = sum(sign * (b / 5 - a / 2.5) for (a, b), sign in zip(mean, (1, -1, 1, -1), strict=True))
    return bool(found["low"] <= true <= found["high"])


def degree_covers(rng, per_day, dispersion):
    day = pd.date_range("2011-04-01", "2014-10-31", unit="us")
    day = day[(day.month >= 4) & (day.month <= 10)]
    warm = 31 - 7 * np.cos(2 * np.pi * (day.day_of_year.to_numpy() - 20) / 365.25) + rng.normal(0, 3, len(day))
    mean = np.exp(np.log(1.15) * (warm - warm.mean()))
    n = rng.poisson(per_day * mean / mean.mean() * rng.gamma(1 / dispersion, dispersion, len(day)))
    rows = {"date": day, "tmax_c": warm, "n_dead": n.astype(float), "year": day.year, "yearday": day.day_of_year, "weekday": day.day_of_week}
    found = heat.risk_by_era(pd.DataFrame(rows), {"all": (2011, 2014)}).iloc[0]
    return True if np.isnan(found["risk_ratio"]) else bool(found["low"] <= 1.15 <= found["high"])


QUESTIONS = {  # question -> (function, arguments, what it should be)
    "Poisson mean 3, exact": (garwood_covers, (3,), "at least 95 %"),
    "Poisson mean 30, exact": (garwood_covers, (30,), "at least 95 %"),
    "ratio of two rates, means 6 and 3, exact": (ratio_covers, (6, 0.5), "at least 95 %"),
    "ratio of two rates, means 60 and 30, exact": (ratio_covers, (60, 0.5), "at least 95 %"),
    "smoothed rates of 198 cells": (smooth_covers, (), "93 to 97 %"),
    "mean day of the year, 60 dates": (circular_covers, (60,), "93 to 97 %"),
    "mean day of the year, 600 dates": (circular_covers, (600,), "93 to 97 %"),
    "share of a month, 8 years of 30 deaths": (profile_covers, (8, 2.5), "93 to 97 %"),
    "share of a month, 20 years of 150 deaths": (profile_covers, (20, 12), "93 to 97 %"),
    "months of death, 400 persons": (death_months_cover, (400,), "93 to 97 %"),
    "trend, 20 years of 150 deaths": (trend_covers, (240, 12, 0.0), "93 to 97 %"),
    "trend, 10 years of 12 deaths": (trend_covers, (120, 1, 0.0), "93 to 97 %"),
    "trend, 20 years of 150 deaths, autocorrelation 0.6": (trend_covers, (240, 12, 0.6), "93 to 97 %"),
    "level shift called where there is none, 20 years of 150 deaths": (shift_called, (240, 12, 0.0), "at most 5 %"),
    "level shift called where there is none, 15 years of 30 deaths": (shift_called, (180, 2.5, 0.0), "at most 5 %"),
    "level shift called where there is none, autocorrelation 0.6": (shift_called, (240, 12, 0.6), "at most 5 %"),
    "interrupted series, no change of level, 30 deaths a year": (level_covers, (1.0, 0.0), "93 to 97 %"),
    "interrupted series, a halving, 30 deaths a year": (level_covers, (0.5, 0.0), "93 to 97 %"),
    "interrupted series, no change of level, autocorrelation 0.6": (level_covers, (1.0, 0.6), "93 to 97 %"),
    "change beside a comparison, 30 and 60 deaths a year": (controlled_covers, (0.5, 0.0), "93 to 97 %"),
    "change beside a comparison, overdispersed": (controlled_covers, (0.5, 0.05), "93 to 97 %"),
    "weighted displacement difference, 17 to 80 deaths": (displacement_covers, (), "93 to 97 %"),
    "risk per degree, 4 years of 60 deaths": (degree_covers, (60 / 214, 0.2), "93 to 97 %"),
}


def main(runs: int, word: str) -> None:
    """Run every question that contains the word; write the shares when all were run."""
    rows = []
    for question, (function, arguments, wanted) in QUESTIONS.items():
        if word not in question:
            continue
        rng, started = np.random.default_rng(20021126), time.perf_counter()
        share = float(np.mean([np.mean(function(rng, *arguments)) for _ in range(runs)]))
        error = float(np.sqrt(share * (1 - share) / runs))
        rows.append({"question": question, "should_be": wanted, "share": round(share, 3), "runs": runs, "monte_carlo_error": round(error, 4)})
        print(f"{share:7.3f}  {wanted:14} {question} ({time.perf_counter() - started:.0f} s)", flush=True)
    if not word:
        (ROOT / "benchmarks" / "intervals.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--only", default="", help="run the questions that contain this word, and write nothing")
    parser.add_argument("--data", help="not used: the series are simulated")
    chosen = parser.parse_args()
    main(chosen.runs, chosen.only)
