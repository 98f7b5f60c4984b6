"""The inner loop of the scan statistic, compiled: the cylinder of highest log likelihood ratio, of all centres or of each.

Only windows that begin and end in a month with a case, and hold the month of the newest place, are tried: of all windows that hold the
same cases they have the smallest expectation, and the statistic falls with it. A table of the largest expectation with which each count
would still beat the best statistic so far leaves most windows untried, whole blocks of them at once: windows that begin within a few months
of one another and end so are left out together where all the cases that any of them holds, with the expectation of the months that all of them
hold, would not beat it.
"""

import math

import numpy as np
from numba import njit


def _compiled(function):
    """Return the function compiled on its first call, kept on disk where the install or the user's cache folder can be written."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder to keep it in
        return njit(nogil=True)(function)


@_compiled
def likelihood_ratio(observed, expected, total):
    """Return the log likelihood ratio of a cylinder that holds more cases than expected."""
    outside = (total - observed) * math.log((total - observed) / (total - expected)) if total > observed else 0.0
    return observed * math.log(observed / expected) + outside


@_compiled
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


@_compiled
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


@_compiled
def smallest(cum, t, length):
    """Return the smallest expectation of a window of `length` months that holds month t (zero where none fits)."""
    least = np.inf
    for s in range(max(t - length + 1, 0), min(t, len(cum) - 1 - length) + 1):
        least = min(least, cum[s + length] - cum[s])
    return least


def window_blocks(longest: int, ratio: float = 1.7) -> np.ndarray:
    """Return blocks of the windows of up to `longest` months that hold a month t: first and last start, first and last end.

    Starts and ends are borders of months counted from t - longest + 1, so that month t lies between borders longest - 1 and longest. In a block
    the months that any window holds are at most `ratio` times those that all of them hold. The first block is all windows.
    """
    blocks, left = [(0, longest - 1, longest, 2 * longest - 1)], [(0, longest - 1, 0, longest - 1)]
    while left:
        a0, a1, b0, b1 = left.pop()  # months before and after t
        a1, b1 = min(a1, longest - 1 - b0), min(b1, longest - 1 - a0)
        if a0 > a1 or b0 > b1:
            continue
        if min(a1 + b1, longest - 1) + 1 <= ratio * (a0 + b0 + 1) or (a0, b0) == (a1, b1):
            blocks.append((longest - 1 - a1, longest - 1 - a0, longest + b0, longest + b1))
        elif a1 - a0 >= b1 - b0:
            left += [(a0, (a0 + a1) // 2, b0, b1), ((a0 + a1) // 2 + 1, a1, b0, b1)]
        else:
            left += [(a0, a1, b0, (b0 + b1) // 2), (a0, a1, (b0 + b1) // 2 + 1, b1)]
    return np.array(blocks, np.int64)


@_compiled
def try_last(t, counts, cum, factor, longest, limit, state, where):  # noqa: PLR0913, PLR0917
    """Try the windows that hold month t, begin in a month with a case and end in the last month."""
    last, inside = len(counts) - longest - 1, 0
    if t <= last - longest:
        return
    for m in range(t + 1, last + 1):
        inside += counts[m]
    for s in range(t, last - longest, -1):
        inside += counts[s]
        expected = factor * (cum[last + 1] - cum[s])
        if counts[s] > 0 and expected < limit[inside]:
            improve(inside, expected, s, last, limit, state, where)


@njit(inline="always")  # called with so many arrays, the call would cost as much as the windows
def try_windows(t, counts, cum, factor, blocks, near, limit, state, where):  # noqa: PLR0913, PLR0917
    """Try the windows that hold month t, begin and end in a month with a case, and may beat the best; those that end in the last month: no blocks.

    near is room for 2 * longest counts.
    """
    longest = len(near) // 2
    if not len(blocks):
        try_last(t, counts, cum, factor, longest, limit, state, where)
        return
    first = t - longest + 1
    here, months, total = cum[first:], counts[first:], 0
    for m in range(2 * longest - 1):
        total += months[m]
        near[m + 1] = total
    if factor * (here[longest] - here[longest - 1]) >= limit[total]:
        return
    for b in range(1, len(blocks)):
        s0, s1, e0, e1 = blocks[b, 0], blocks[b, 1], blocks[b, 2], blocks[b, 3]
        if factor * (here[e0] - here[s1]) >= limit[near[e1] - near[s0]]:
            continue
        for s in range(s0, s1 + 1):
            if near[s + 1] == near[s]:
                continue
            for e in range(e0, min(e1, s + longest) + 1):
                inside, expected = near[e] - near[s], factor * (here[e] - here[s])
                if near[e] > near[e - 1] and expected < limit[inside]:
                    improve(inside, expected, first + s, first + e - 1, limit, state, where)


@_compiled
def best_cylinders(order, is_ring_end, reach, case_start, case_month, cumulated, blocks, setting, floor, each, found):  # noqa: PLR0913, PLR0917
    """Grow each circle ring by ring (places at one distance enter together) and try the windows of every new case.

    case_month : months of the cases of each place (from case_start[place] on); cumulated : (1, months + 1), cases of all places, for the
    permutation model, or (places, months + 1), expected cases, for the Poisson model; both with `longest` empty months before the first and after
    the last; blocks : from `window_blocks`, none: only windows that end in the last month; setting : longest window, fewest cases, length of the table of
    limits; floor : only cylinders with a higher statistic are sought; each : a best cylinder of every centre, or one of all; found, a row each :
    statistic, count, expected, centre, last place of the circle, first and last month.
    """
    longest, fewest, n_limits = setting
    total, is_poisson = len(case_month), cumulated.shape[0] > 1
    base = np.zeros(cumulated.shape[1]) if is_poisson else cumulated[0].copy()
    counts, cum = np.zeros(len(base) - 1, np.int64), base.copy()
    near, where = np.zeros(2 * longest, np.int64), np.zeros(4, np.int64)
    start = np.empty(n_limits)
    fill_limits(start, max(floor, 1e-9), total, fewest)
    limit, state = start.copy(), np.array([floor, max(floor, 1e-9), total, fewest])
    for i in range(len(reach) - 1):
        if each:
            limit[:] = start
            state[0], state[1] = floor, max(floor, 1e-9)
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
                for c in range(case_start[order[new]], case_start[order[new] + 1]):  # a slice costs more
                    try_windows(case_month[c], counts, cum, factor, blocks, near, limit, state, where)
            if where[0]:
                expected = factor * (cum[where[3] + 1] - cum[where[2]])
                found[i if each else 0] = (state[0], float(where[1]), expected, float(i), float(k), float(where[2]), float(where[3]))
            ring = k + 1
