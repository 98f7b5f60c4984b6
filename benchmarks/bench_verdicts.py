"""How often the verdict rules err: 2,000 series without an effect and with a halving, Poisson, overdispersed and autocorrelated; writes verdicts.json.

Monthly counts are Poisson around a seasonal mean times a latent log-normal AR(1); twelve months are a block; five years lie before and five after.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from bsi.analysis import blocks, intervals, verdicts

RUNS, YEARS, SEED = 2000, 5, 20021126
RATES = (5, 10, 20, 30)
LATENT = {  # name -> standard deviation and month-to-month correlation of the log intensity
    "poisson": (0.0, 0.0), "overdispersed": (0.4, 0.0), "mildly autocorrelated": (0.3, 0.5), "autocorrelated": (0.4, 0.5),
    "strongly autocorrelated": (0.4, 0.8), "wide and autocorrelated": (0.6, 0.6),
}  # fmt: skip


def simulate(rng: np.random.Generator, per_year: float, latent: tuple, ratio: float = 1.0, trend: float = 0.0, runs: int = RUNS) -> np.ndarray:
    """Return runs x blocks counts, the blocks after the date at `ratio` times the mean; `trend` is the log change per year."""
    spread, correlation = latent
    n_months = 24 * YEARS
    noise = rng.normal(0, spread, (runs, n_months))
    state = np.empty_like(noise)
    state[:, 0] = noise[:, 0]
    for i in range(1, n_months):
        state[:, i] = correlation * state[:, i - 1] + np.sqrt(1 - correlation**2) * noise[:, i]
    month = np.arange(n_months)
    season = np.exp(0.8 * np.cos(2 * np.pi * (month - 6) / 12))
    mean = per_year / 12 * season / season[:12].mean() * np.exp(state - spread**2 / 2 + trend * (month - n_months / 2) / 12)
    mean[:, n_months // 2 :] *= ratio
    return rng.poisson(mean).reshape(runs, 2 * YEARS, 12).sum(axis=2)


def judge(counts: np.ndarray, ratio: float) -> dict:
    """Return how often the rules call an effect and how often the intervals hold the true ratio."""
    found = blocks.compare(counts, np.ones(2 * YEARS), YEARS)
    called = verdicts.is_called(found, np.maximum(found["p_blocks"], found["p_exact"]))
    inside = (found["low"] <= ratio) & (ratio <= found["high"])
    exact = np.array([intervals.ratio_interval(c[:YEARS].sum(), YEARS, c[YEARS:].sum(), YEARS) for c in counts]).T
    in_exact = (exact[0] <= ratio) & (ratio <= exact[1])
    shares = {
        "called": called, "called_the_other_way": called & ((found["ratio"] < 1) != (ratio < 1)) & (ratio != 1), "coverage_blocks": inside,
        "coverage_exact_if_poisson": in_exact, "coverage_of_the_verdict": inside | in_exact,
        "called_by_the_exact_test_alone": found["p_exact"] < verdicts.LEVEL,
    }  # fmt: skip
    return {name: round(float(share.mean()), 4) for name, share in shares.items()}


def best_possible(rng: np.random.Generator, latent: tuple) -> float:
    """Return how often a halving from 30 deaths a year is found by a test of the ratio that knows the whole law of the series: no honest rule finds more.

    The limits are the 2.5 and 97.5 % quantiles of the log ratio in series without an effect that have the same number of deaths in all.
    """
    sides = lambda counts: (counts[:, :YEARS].sum(1) + 0.5, counts[:, YEARS:].sum(1) + 0.5)  # noqa: E731
    without, halved = (simulate(rng, rate, latent, ratio, runs=10 * RUNS) for rate, ratio in ((22.5, 1.0), (30, 0.5)))
    log_ratio = [np.log(after / before) for before, after in map(sides, (without, halved))]
    low, high = np.quantile(log_ratio[0], [0.025, 0.975])
    return round(float(((log_ratio[1] < low) | (log_ratio[1] > high)).mean()), 4)


def main(path: Path) -> None:
    """Run every setting with one seed and write the summary."""
    rng, rows = np.random.default_rng(SEED), []
    for name, latent in LATENT.items():
        for per_year in RATES:
            rows.append({"effect": "none", "series": name, "deaths_per_year": per_year, **judge(simulate(rng, per_year, latent), 1.0)})
        rows.append({"effect": "reduction by 50 %", "series": name, "deaths_per_year": 30, **judge(simulate(rng, 30, latent, 0.5), 0.5)})
        rows[-1]["called_at_best"] = best_possible(np.random.default_rng(SEED), latent)
    for trend in (-0.05, 0.05):
        found = judge(simulate(rng, 30, LATENT["autocorrelated"], trend=trend), 1.0)
        rows.append({"effect": f"none, but a steady trend of {trend:+.0%} a year", "series": "autocorrelated", "deaths_per_year": 30, **found})
    summary = {
        "runs": RUNS,
        "years_before_and_after": YEARS,
        "seed": SEED,
        "monte_carlo_error_of_5_percent": round(float(np.sqrt(0.05 * 0.95 / RUNS)), 4),
        "results": rows,
    }
    path.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        print(row)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=Path(__file__).parent / "verdicts.json")
    parser.add_argument("--data", help="not used: the series are simulated")
    main(parser.parse_args().to)
