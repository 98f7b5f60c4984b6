"""Days and numbers as the sources write them, and draws from lists of words."""

from __future__ import annotations

import numpy as np


def pick(rng, options, n, p=None):
    """Return n of the options as an array of objects."""
    return rng.choice(np.array(options, dtype=object), n, p=p)


def day_number(text):
    """Return the days from 1970-01-01 to a date given as text."""
    return int(np.datetime64(text).astype("datetime64[D]").astype(int))


def iso(days):
    """Return days since 1970-01-01 as text YYYY-MM-DD."""
    return np.asarray(days).astype("datetime64[D]").astype(str).astype(object)


def month_first(days):
    """Return days since 1970-01-01 as text M/D/YYYY."""
    return np.array([f"{int(t[5:7])}/{int(t[8:])}/{t[:4]}" for t in iso(days)], dtype=object)


def decimals(values, digits):
    """Return numbers as text, each rounded to its number of decimals."""
    return np.array([f"{v:.{d}f}" for v, d in zip(values.tolist(), digits.tolist())], dtype=object)


def variants(rng, keys, table):
    """Return for each key one of its variants in the table, the first ones more often."""
    out = np.empty(len(keys), dtype=object)
    for key in np.unique(keys):
        rows = np.flatnonzero(keys == key)
        options = table.get(key) or table["undetermined"]
        weights = 1 / np.arange(1, len(options) + 1)
        out[rows] = pick(rng, options, len(rows), weights / weights.sum())
    return out
