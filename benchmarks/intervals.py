"""Measure by simulation how often 95 % intervals hold the truth and how often a level shift is called where there is none.

`python benchmarks/intervals.py [runs [word]]` (2,000 runs of every question, or of those that contain the word) writes benchmarks/intervals.json.
Exact intervals should cover at least 95 %, the others 93 to 97 %.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bsi.analysis.death_months import months_of_death  # noqa: E402
from bsi.analysis.rates import garwood, rate_ratio  # noqa: E402
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


QUESTIONS = {  # question -> (function, arguments, what it should be, share of the runs)
    "Poisson mean 3, exact": (garwood_covers, (3,), "at least 95 %", 1),
    "Poisson mean 30, exact": (garwood_covers, (30,), "at least 95 %", 1),
    "ratio of two rates, means 6 and 3, exact": (ratio_covers, (6, 0.5), "at least 95 %", 1),
    "ratio of two rates, means 60 and 30, exact": (ratio_covers, (60, 0.5), "at least 95 %", 1),
    "smoothed rates of 198 cells": (smooth_covers, (), "93 to 97 %", 0.1),
    "mean day of the year, 60 dates": (circular_covers, (60,), "93 to 97 %", 1),
    "mean day of the year, 600 dates": (circular_covers, (600,), "93 to 97 %", 1),
    "share of a month, 8 years of 30 deaths": (profile_covers, (8, 2.5), "93 to 97 %", 0.25),
    "share of a month, 20 years of 150 deaths": (profile_covers, (20, 12), "93 to 97 %", 0.25),
    "months of death, 400 persons": (death_months_cover, (400,), "93 to 97 %", 0.25),
    "trend, 20 years of 150 deaths": (trend_covers, (240, 12, 0.0), "93 to 97 %", 1),
    "trend, 10 years of 12 deaths": (trend_covers, (120, 1, 0.0), "93 to 97 %", 1),
    "trend, 20 years of 150 deaths, autocorrelation 0.6": (trend_covers, (240, 12, 0.6), "93 to 97 %", 1),
    "level shift called where there is none, 20 years of 150 deaths": (shift_called, (240, 12, 0.0), "at most 5 %", 1),
    "level shift called where there is none, 15 years of 30 deaths": (shift_called, (180, 2.5, 0.0), "at most 5 %", 1),
    "level shift called where there is none, autocorrelation 0.6": (shift_called, (240, 12, 0.6), "at most 5 %", 1),
}


def main(runs: int, word: str) -> None:
    """Run every question that contains the word, and write the shares; those of other questions are kept."""
    path = ROOT / "benchmarks" / "intervals.json"
    known = {row["question"]: row for row in json.loads(path.read_text())} if path.exists() else {}
    for question, (function, arguments, wanted, part) in QUESTIONS.items():
        if word not in question:
            continue
        rng = np.random.default_rng(20021126)
        n = max(1, int(runs * part))
        share = float(np.mean([np.mean(function(rng, *arguments)) for _ in range(n)]))
        error = float(np.sqrt(share * (1 - share) / n))
        known[question] = {"question": question, "should_be": wanted, "share": round(share, 3), "runs": n, "monte_carlo_error": round(error, 4)}
        print(f"{share:7.3f}  {wanted:14} {question} ({n} runs)", flush=True)
        path.write_text(json.dumps([known[q] for q in QUESTIONS if q in known], indent=1) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000, sys.argv[2] if len(sys.argv) > 2 else "")
