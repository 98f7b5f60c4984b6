"""The inner loop of the scan statistic, compiled: the cylinder of highest log likelihood ratio, of all centres or of each.

Only windows that begin and end in a month with a case, and hold the month of the newest place, are tried: of all windows that hold the
same cases they have the smallest expectation, and the statistic falls with it. A table of the largest expectation with which each count
would still beat the best statistic so far leaves most windows untried.
"""

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def likelihood_ratio(observed, expected, total):
    """Return the log likelihood ratio of a cylinder that holds more cases than expected."""
    outside = (total - observed) * math.log((total - observed) / (total - expected)) if total > observed else 0.0
    return observed * math.log(observed / expected) + outside


@njit(cache=True, nogil=True)
def fill_limits(limit, best, total, fewest):
    """Set limit[c] to the expectation below which c cases beat the statistic `best` (Newton from the left, where the ratio is convex)."""
    for c in range(len(limit)):
        if c < max(fewest, 1):
            limit[c] = -1.0
            continue
        mu = c * math.exp(-best / c - 1.0)
        for _ in range(60):
            above = likelihood_ratio(c, mu, total) - best
            step = above / (c / mu - (total - c) / (total - mu)) if mu < c else 0.0
            mu = min(mu + step, float(c))
            if step <= 1e-5 * mu:
                break
        limit[c] = mu * (1 + 1e-6)  # a little too large: the exact ratio decides


@njit(cache=True, nogil=True)
def improve(inside, expected, s, e, limit, state, where):  # noqa: PLR0913, PLR0917
    """Keep the window s .. e if it beats the best statistic; state is (best statistic, statistic of the limits, total, fewest cases)."""
    value = likelihood_ratio(inside, expected, state[2])
    if value <= state[0] or inside <= expected:
        return
    state[0] = value
    where[0], where[1], where[2], where[3] = 1, inside, s, e
    if value > 1.2 * state[1]:
        state[1] = value
        fill_limits(limit, value, state[2], int(state[3]))


@njit(cache=True, nogil=True)
def try_windows(t, counts, cum, factor, longest, limit, state, where):  # noqa: PLR0913, PLR0917
    """Try the windows that hold month t, begin and end in a month with a case, and may beat the best."""
    months = len(counts)
    most, before, inverse = 0, 0, 1.0 / factor  # cases in the longest window from s; cases in s .. t - 1
    for m in range(t, min(t + longest, months)):
        most += counts[m]
    for s in range(t, max(t - longest, -1), -1):
        if s < t:
            if s + longest < months:
                most -= counts[s + longest]
            if counts[s] == 0:
                continue
            most += counts[s]
            before += counts[s]
        bound = limit[most] * inverse + cum[s]
        inside = before
        for e in range(t, min(s + longest, months)):
            if cum[e + 1] >= bound:
                break
            inside += counts[e]
            if counts[e] > 0 and factor * (cum[e + 1] - cum[s]) < limit[inside]:
                improve(inside, factor * (cum[e + 1] - cum[s]), s, e, limit, state, where)


@njit(cache=True, nogil=True)
def try_last(t, counts, cum, factor, longest, limit, state, where):  # noqa: PLR0913, PLR0917
    """Try the windows that hold month t, begin in a month with a case and end in the last month."""
    months = len(counts)
    inside = 0
    for m in range(t + 1, months):
        inside += counts[m]
    for s in range(t, max(months - longest, 0) - 1, -1):
        inside += counts[s]
        expected = factor * (cum[months] - cum[s])
        if counts[s] > 0 and expected < limit[inside]:
            improve(inside, expected, s, months - 1, limit, state, where)


@njit(cache=True, nogil=True)
def try_cases(cases, counts, cum, factor, longest, only_last, limit, state, where):  # noqa: PLR0913, PLR0917
    """Try the windows of the months of the cases of one place."""
    for t in cases:
        if not only_last:
            try_windows(t, counts, cum, factor, longest, limit, state, where)
        elif t >= len(counts) - longest:
            try_last(t, counts, cum, factor, longest, limit, state, where)


@njit(cache=True, nogil=True)
def best_cylinders(order, is_ring_end, reach, case_start, case_month, cumulated, setting, each, found):  # noqa: PLR0913, PLR0917
    """Grow each circle ring by ring (places at one distance enter together) and try the windows of every new case.

    case_month : months of the cases of each place (from case_start[place] on); cumulated : (1, months + 1), cases of all places, for the
    permutation model, or (places, months + 1), expected cases, for the Poisson model; setting : longest window, only windows that end in the
    last month, fewest cases, length of the table of limits; each : a best cylinder of every centre, or one of all; found, a row each :
    statistic, count, expected, centre, last place of the circle, first and last month.
    """
    longest, only_last, fewest, n_limits = setting
    total, months = len(case_month), cumulated.shape[1] - 1
    is_poisson = cumulated.shape[0] > 1
    base = np.zeros(months + 1) if is_poisson else cumulated[0].copy()
    counts, cum, where = np.zeros(months, np.int64), base.copy(), np.zeros(4, np.int64)
    start = np.empty(n_limits)
    fill_limits(start, 1e-9, total, fewest)
    limit, state = start.copy(), np.array([0.0, 1e-9, total, fewest])
    for i in range(len(reach) - 1):
        if each:
            limit[:] = start
            state[0], state[1] = 0.0, 1e-9
        counts[:] = 0
        cum[:] = base
        circle, ring = 0, reach[i]
        for k in range(reach[i], reach[i + 1]):
            place = order[k]
            for c in range(case_start[place], case_start[place + 1]):
                counts[case_month[c]] += 1
                circle += 1
            if is_poisson:
                cum += cumulated[place]
            if not is_ring_end[k]:
                continue
            factor = 1.0 if is_poisson else circle / total
            where[0] = 0
            for new in range(ring, k + 1):
                cases = case_month[case_start[order[new]] : case_start[order[new] + 1]]
                try_cases(cases, counts, cum, factor, longest, only_last, limit, state, where)
            if where[0]:
                expected = factor * (cum[where[3] + 1] - cum[where[2]])
                found[i if each else 0] = (state[0], float(where[1]), expected, float(i), float(k), float(where[2]), float(where[3]))
            ring = k + 1
