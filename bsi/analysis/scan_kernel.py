"""The inner loop of the scan statistic, compiled: for every count of cases the smallest product of circle and window totals.

Only windows that begin and end in a month with a case, and hold the month of the newest place, are tried: of all windows that hold the
same cases they have the smallest expectation, and the statistic falls with it.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def try_windows(t, circle, counts, windows, only_last, best, where, center, edge):  # noqa: PLR0913, PLR0917
    """Try every window that begins and ends in a month with a case and holds month t; keep improvements in best and where."""
    months, longest = windows.shape
    after = 0
    for e in range(t, min(t + longest, months)):
        if counts[e] == 0:
            continue
        after += counts[e]
        if only_last and e != months - 1:
            continue
        inside = after
        for s in range(t, max(e - longest, -1), -1):
            if s < t:
                if counts[s] == 0:
                    continue
                inside += counts[s]
            product = circle * windows[s, e - s]
            if product < best[inside]:
                best[inside] = product
                where[inside] = (center, edge, s, e)


@njit(cache=True, nogil=True)
def best_products(order, is_ring_end, reach, case_start, case_at, times, windows, only_last, best, where):  # noqa: PLR0913, PLR0917
    """Grow each circle ring by ring (places at one distance enter together) and try the windows of every new case."""
    counts = np.zeros(windows.shape[0], np.int64)
    for i in range(len(reach) - 1):
        counts[:] = 0
        circle = 0
        ring = reach[i]
        for k in range(reach[i], reach[i + 1]):
            here = case_at[case_start[order[k]] : case_start[order[k] + 1]]
            circle += len(here)
            for c in here:
                counts[times[c]] += 1
            if not is_ring_end[k]:
                continue
            for new in range(ring, k + 1):
                for c in case_at[case_start[order[new]] : case_start[order[new] + 1]]:
                    try_windows(times[c], circle, counts, windows, only_last, best, where, i, k)
            ring = k + 1
