"""Fellegi-Sunter weights of candidate pairs, with the rates of agreement estimated from the data by expectation-maximisation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.chance import chance_per_day
from bsi.register.pairs import AREA_LEVEL, DAY_WIDTHS, DISTANCE_EDGES_KM, FIELD_LEVELS

ITERATIONS = 10
SWEEPS = 3
EM_PAIRS = 400_000
PRIOR_PAIRS = 15.0
LARGE_GROUP = 60
MOST_SHARE = 0.97


def _start_distance():
    """Starting rates by distance: copies mostly lie at the same point, independent points decline evenly with the logarithm of distance."""
    n = AREA_LEVEL - 2
    return np.array([np.concatenate([[first, second], np.geomspace(1.0, 0.2, n)]) for first, second in ((6.0, 2.0), (50.0, 5.0))])


# Where estimation starts, and what a small pair of lists is shrunk towards: (independent observers, one upstream).
START_SHARE = (0.3, 0.8)
START_DISTANCE = np.hstack([_start_distance(), [[0.9, 0.1], [0.9, 0.1]]])
START_DAYS = (
    (0.001, 0.004, 0.005, 0.01, 0.015, 0.025, 0.06, 0.61, 0.12, 0.05, 0.04, 0.02, 0.02, 0.015, 0.005),
    (0.001, 0.002, 0.003, 0.004, 0.005, 0.01, 0.03, 0.88, 0.03, 0.01, 0.01, 0.006, 0.005, 0.003, 0.001),
)
START_FIELD = {
    "sex": (1, 0.96, 0.04),
    "age": (1, 0.75, 0.1, 0.07, 0.05, 0.03),
    "cause": (1, 0.35, 0.25, 0.12, 0.2, 0.08),
    "nationality": (1, 0.9, 0.1),
    "country": (1, 0.99, 0.01),
    "persons": (0.96, 0.02, 0.02),
}


def weigh(a: pd.DataFrame, b: pd.DataFrame, i: np.ndarray, j: np.ndarray, levels: pd.DataFrame, is_detailed: bool = False) -> pd.DataFrame:
    """Return for each candidate pair its weight: the log odds that both records are of one event, the sum over the fields of the log of a ratio.

    The ratio is the rate of agreement among pairs of one event over that among chance pairs. For place and day the chance rate is local: how many records
    of the other list lie as near, at any time and around that day. The other rates, and the share of records that have a partner, are estimated by EM
    (Fellegi and Sunter 1969; Winkler 1988), for each pair of upstreams
    with many records and for the others together, smoothed by 15 typical pairs. Probabilities are scaled by row and
    column so that a record's partners share one event (as many as it has persons).

    Parameters
    ----------
    a, b : DataFrame from `pairs.prepare`, one list each
    i, j : positions of the candidates in `a` and `b`
    levels : DataFrame from `pairs.compare`
    is_detailed : also return the weight of each field (`w_<field>`), the chance pairs expected, and the probability before assignment
    """
    data = _numbers(a, b, i, j, levels)
    step = max(1, int(np.ceil(len(i) / EM_PAIRS)))
    part = np.flatnonzero(i % step == 0)
    rates = _estimate(_take(data, part))
    weights = _weights(data, rates)
    total = sum(weights.values())
    if not is_detailed:
        return pd.DataFrame({"weight": total})
    out = {f"w_{name}": value for name, value in weights.items()}
    out |= {"chance": np.exp(np.maximum(data["chance_a"], data["chance_b"])), "weight": total}
    return pd.DataFrame({**out, "probability": share(_odds(total), data, sweeps=12)})


def _odds(weight):
    return np.exp(np.minimum(weight, 60.0, dtype="float64"))


def _numbers(a, b, i, j, levels):
    """Everything the estimation needs, as arrays over the pairs."""
    radius = a["radius_km"].to_numpy()[i] + b["radius_km"].to_numpy()[j]
    distance = levels["distance"].to_numpy()
    outside = distance - AREA_LEVEL
    ring = np.where(distance < AREA_LEVEL, distance, np.minimum(np.searchsorted(DISTANCE_EDGES_KM, radius) + outside, AREA_LEVEL - 1))
    width = DAY_WIDTHS[levels["days"].to_numpy()]
    is_within = a["list"].iloc[0] == b["list"].iloc[0]
    chance_a, chance_b = _chance(a, b, i, ring, 1 + is_within) * width, _chance(b, a, j, ring, 1 + is_within) * width
    group, start = _groups(a["upstream"].to_numpy()[i], b["upstream"].to_numpy()[j], i, j)
    out = {
        "i": i, "j": j, "group": group, "start": start, "n_a": len(a), "n_b": len(b),
        "is_within": is_within,
        "chance_a": np.log(chance_a).astype("float32"), "chance_b": np.log(chance_b).astype("float32"),
        "room_a": a["room"].to_numpy(dtype=float), "room_b": b["room"].to_numpy(dtype=float),
        "distance": distance, "kind": group * 2 + (levels["is_coarse"].to_numpy() & (start[group] == 0)), "days": levels["days"].to_numpy(),
    }  # fmt: skip
    out.update({name: levels[name].to_numpy() for name in FIELD_LEVELS})
    return out


def _chance(table, other, at, ring, n_own):
    """Records of the other list a day that lie by chance as near as each pair's ring."""
    some, place = np.unique(at, return_inverse=True)
    return chance_per_day(table.iloc[some], other, n_own)[place, ring]


def _groups(upstream_a, upstream_b, i, j):
    """Group of each pair, whose rates are estimated together: its pair of upstreams where that has many records on both sides, else all others of its kind;
    and for each group whether it starts from the rates of independent observers (0) or of one upstream (1).
    """
    codes, names = pd.factorize(np.concatenate([upstream_a, upstream_b]), sort=True, use_na_sentinel=True)
    one, other = codes[: len(i)] + 1, codes[len(i) :] + 1
    is_same = ((one == other) & (one > 0)).astype("int64")
    both, code = np.unique(one * (len(names) + 1) + other, return_inverse=True)
    n_a, n_b = (np.bincount(np.unique(code * np.int64(1 << 32) + side) >> 32, minlength=len(both)) for side in (i, j))
    is_large = (np.minimum(n_a, n_b) >= LARGE_GROUP) & (both % (len(names) + 1) == both // (len(names) + 1))
    number = np.where(is_large, 1 + np.cumsum(is_large), -1)
    group = np.where(number[code] >= 0, number[code], is_same)
    start = np.concatenate([[0, 1], np.zeros(is_large.sum(), dtype="int64")])
    start[group] = is_same
    start[:2] = 0, 1
    return group, start


def _take(data, part):
    """Return the numbers for some of the pairs."""
    if len(part) == len(data["i"]):
        return data
    whole = {"start", "is_within", "n_a", "n_b", "room_a", "room_b"}
    return {name: value if name in whole else value[part] for name, value in data.items()}


def _estimate(data):
    """Rates of agreement by EM: each round weighs the pairs with the rates and counts the rates anew by probability."""
    start, group, n = data["start"], data["group"], len(data["start"])
    first = {"share": np.array(START_SHARE)[start], "distance": np.repeat(START_DISTANCE[start], 2, axis=0), "days": np.array(START_DAYS)[start]}
    first |= {name: np.tile(np.array(rates, dtype=float), (n, 1)) for name, rates in START_FIELD.items()}
    rates = {name: np.stack([first[name]] * 2) if name == "share" or name in FIELD_LEVELS else first[name] for name in first}
    for name in FIELD_LEVELS:
        rates[name][1] = _counted(data, name, np.ones(len(group)), first[name], 1.0)
    present = np.array([[len(np.unique(data[side][group == g])) for g in range(n)] for side in ("i", "j")])
    present = np.full_like(present, data["n_a"]) if data["is_within"] else present
    scale = None
    for _ in range(ITERATIONS):
        p, scale = share(_odds(sum(_weights(data, rates).values())), data, SWEEPS, scale, is_scale_returned=True)
        matched = np.bincount(group, weights=p, minlength=n)
        rates["share"] = np.clip((matched + 2 * first["share"]) / (present + 2.0), 0.002, MOST_SHARE)
        rates["distance"] = _distance_rates(data, p, first["distance"])
        rates["days"] = _counted(data, "days", p, first["days"], PRIOR_PAIRS)
        for name in FIELD_LEVELS:
            rates[name] = np.stack([_counted(data, name, p, first[name], PRIOR_PAIRS), _counted(data, name, 1 - p, first[name], 1.0)])
    return rates


def _distance_rates(data, p, first):
    """Rates of the distance levels, smoothed, those of points and those of areas each adding up to one."""
    rates = _counted(data, "distance", p, first, PRIOR_PAIRS, group="kind")
    rates[:, 2:AREA_LEVEL] = _smooth(rates[:, 2:AREA_LEVEL])
    for part in (slice(0, AREA_LEVEL), slice(AREA_LEVEL, None)):
        rates[:, part] /= rates[:, part].sum(axis=1, keepdims=True)
    return rates


def _counted(data, name, weight, start, n_start, group="group"):
    """Rate of each level in each group, by weight, after adding the starting rates as so many pairs; level 0 of a field that may be missing counts as 1."""
    n = start.shape[1]
    counts = np.bincount(data[group].astype("int64") * n + data[name], weights=weight, minlength=start.size).reshape(start.shape)
    first = 1 if name in FIELD_LEVELS and name != "persons" else 0
    rates = np.ones(start.shape)
    usual = start[:, first:] / start[:, first:].sum(axis=1, keepdims=True)
    counts = counts[:, first:] + n_start * usual
    rates[:, first:] = counts / counts.sum(axis=1, keepdims=True)
    return rates


def _smooth(rates):
    """Mean of each rate and its neighbours, the ends repeated."""
    wide = np.pad(rates, ((0, 0), (1, 1)), mode="edge")
    return (wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:]) / 4


def _weights(data, rates):
    """Log weight of each field of each pair, place and day counted from the side where chance agreement is likelier."""
    group = data["group"]
    log = {name: np.log(rates[name]).astype("float32") for name in rates}
    unmatched = np.log1p(-rates["share"]).sum(axis=0).astype("float32")
    out = {
        "prior": np.minimum(log["share"][0][group] - data["chance_a"], log["share"][1][group] - data["chance_b"]) - unmatched[group],
        "place": log["distance"][data["kind"], data["distance"]],
        "days": log["days"][group, data["days"]],
    }
    return out | {name: (log[name][0] - log[name][1])[group, data[name]] for name in FIELD_LEVELS}


def share(odds, data, sweeps, scale=None, is_scale_returned=False):
    """Probability of each pair when a record has one partner (as many as persons) or none: odds scaled by row and column in turn (Sinkhorn)."""
    i, j = data["i"], data["j"]
    row, column = scale or (np.ones(data["n_a"]), np.ones(data["n_b"]))
    for _ in range(sweeps):
        row = 1 / (1 + np.bincount(i, weights=odds * column[j], minlength=data["n_a"]) / data["room_a"])
        column = 1 / (1 + np.bincount(j, weights=odds * row[i], minlength=data["n_b"]) / data["room_b"])
    p = np.minimum(odds * row[i] * column[j], 1.0)
    return (p, (row, column)) if is_scale_returned else p
