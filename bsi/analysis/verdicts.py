"""The fixed rules that turn estimates into one of a few sentences; written before any result was seen, tested on simulated series.

An effect is called only where (1) the ratio in blocks of a year, (2) the exact conditional test, both after Holm's correction for the number of questions,
and (3) the ratio with serial dependence allowed for (10 %) exclude no change; (4) with a common trend taken out, at least a fifth of the effect is left on
the same side; (5) the comparison series, where there is one, points the same way; and (6) no more than one in ten placebo dates or places shows as large a
change, where there are nineteen or more. Everything else is "cannot tell", with the smallest effect that the data could have shown.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

LEVEL, SERIAL_LEVEL, PLACEBO_LEVEL, MIN_PLACEBOS, TREND_SHARE = 0.05, 0.10, 0.10, 19, 0.20


def holm(p_values) -> np.ndarray:
    """Return p-values corrected for the number of questions (Holm 1979); null ones stay null and do not count.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03, None]).round(2).tolist()
    [0.03, 0.06, 0.06, nan]
    """
    p = np.array([np.nan if v is None else v for v in p_values], dtype="float64")
    order = np.argsort(np.where(np.isnan(p), np.inf, p), kind="stable")
    m = int((~np.isnan(p)).sum())
    out, highest = p.copy(), 0.0
    for rank, i in enumerate(order[:m]):
        highest = max(highest, min(1.0, (m - rank) * p[i]))
        out[i] = highest
    return out


def is_called(found: dict, p_value) -> np.ndarray:
    """Return whether the rules 1 to 4 call an effect, of one series or of many at once.

    Parameters
    ----------
    found : from `blocks.compare`: ratio, p_serial, adjusted
    p_value : the larger of p_blocks and p_exact, after Holm
    """
    effect, beside_trend = np.log(found["ratio"]), np.log(found["adjusted"])
    with np.errstate(divide="ignore", invalid="ignore"):
        keeps = np.where(effect != 0, beside_trend / effect, 0.0) > TREND_SHARE
    return (np.asarray(p_value) < LEVEL) & (found["p_serial"] < SERIAL_LEVEL) & keeps


def decide(results: pd.DataFrame) -> pd.DataFrame:
    """Return the results with p_holm, verdict, at_least and could_show.

    Parameters
    ----------
    results : one row a question: design; for a tested one ratio, low, high, p_value, p_serial, adjusted, controlled_ratio, p_placebo, n_placebos (other
        dates), p_places, n_places (other places), smallest_reduction, smallest_increase (null where not to be had), direction (fewer or more: the effect
        asked about)

    Returns
    -------
    DataFrame with the columns added: verdict (reduction, increase, cannot_tell or described),
    at_least (share of reduction or increase that the interval leaves, null unless called),
    could_show (smallest effect in the direction asked about, as a share, that 80 % of such data would have shown; null unless cannot tell after a
    test; 1 for a reduction, infinity for an increase: none),
    held_back_by (rule that kept an effect from being called: serial, trend, comparison, placebo; empty)
    """
    out = results.copy()
    out["p_holm"] = holm(out["p_value"])
    decided = [_one(row) for row in out.to_dict("records")]
    return out.assign(**{c: [d[i] for d in decided] for i, c in enumerate(("verdict", "at_least", "could_show", "held_back_by"))})


def _one(row: dict) -> tuple:
    if row["design"] == "described":
        return "described", np.nan, np.nan, ""
    if pd.isna(row.get("p_value")):
        return "cannot_tell", np.nan, np.nan, ""
    down = row["ratio"] < 1
    could_show = row["smallest_increase"] - 1 if row.get("direction") == "more" else 1 - row["smallest_reduction"]
    if not row["p_holm"] < LEVEL:
        return "cannot_tell", np.nan, could_show, ""
    held = _held_back(row)
    at_least = 1 - row["high"] if down else row["low"] - 1
    if held or not at_least > 0:
        return "cannot_tell", np.nan, could_show, held or "interval"
    return ("reduction" if down else "increase"), at_least, np.nan, ""


def _held_back(row: dict) -> str:
    effect = np.log(row["ratio"])
    if row.get("p_serial", 0) >= SERIAL_LEVEL:
        return "serial"
    if pd.notna(row.get("adjusted")) and np.log(row["adjusted"]) / effect <= TREND_SHARE:
        return "trend"
    if pd.notna(row.get("controlled_ratio")) and np.log(row["controlled_ratio"]) * effect <= 0:
        return "comparison"
    for n, p in (("n_placebos", "p_placebo"), ("n_places", "p_places")):
        if row.get(n, 0) >= MIN_PLACEBOS and row[p] > PLACEBO_LEVEL:
            return "placebo"
    return ""
