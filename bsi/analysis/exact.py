"""Small counts: the exact ratio of two windows, the weighted displacement difference, and where a date or place stands among placebos."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import InputError, NotEstimable


def displacement(treated: tuple, comparison: tuple, near: tuple | None = None, near_comparison: tuple | None = None, lengths: tuple = (1.0, 1.0)) -> dict:
    """Return the weighted displacement difference: change of the treated area, less that of its comparison, plus the same of the neighbouring area.

    Wheeler, Ratcliffe (2018), Crime Science 7:11: the sum of changes and the sum of Poisson variances; counts are divided by the length of their time, their
    variances by its square, where the two times differ.

    Parameters
    ----------
    treated, comparison, near, near_comparison : (count before, count after) of each area; the last two where displacement may have gone
    lengths : time (or exposure) before and after

    Returns
    -------
    dict: difference (per unit of length; below zero fewer than the comparison leads one to expect), low, high (95 %), error, z, p_value

    Raises
    ------
    InputError
        A count is below zero or a length not above it, or only one of the two neighbouring pairs is given.

    Examples
    --------
    The example of the paper (its displacement areas included):

    >>> found = displacement((207, 110), (308, 318), (178, 157), (150, 140))
    >>> found["difference"], round(found["error"] ** 2), round(found["z"], 2)
    (-118.0, 1568, -2.98)
    """
    from scipy.stats import norm

    pairs = [(treated, 1), (comparison, -1), *([(near, 1), (near_comparison, -1)] if near is not None and near_comparison is not None else [])]
    if (near is None) != (near_comparison is None):
        raise InputError("the neighbouring area needs a comparison of its own", do="Give both pairs, or neither.")
    if min(min(pair) for pair, _ in pairs) < 0 or min(lengths) <= 0:
        raise InputError("counts must not be below zero, and lengths must be above it", do="Mend the counts.")
    before, after = lengths
    difference = sum(sign * (b / after - a / before) for (a, b), sign in pairs)
    error = float(np.sqrt(sum(a / before**2 + b / after**2 for (a, b), _ in pairs)))
    z = difference / error if error else 0.0
    return {
        "difference": float(difference), "low": float(difference - 1.96 * error), "high": float(difference + 1.96 * error), "error": error, "z": float(z),
        "p_value": float(2 * norm.sf(abs(z))),
    }  # fmt: skip


def randomisation_p(observed: float, placebos) -> float:
    """Return the share of placebos, the observed one among them, whose change is at least as large on the log scale.

    Parameters
    ----------
    observed : ratio at the true date or place
    placebos : ratios at the others; null ones are left out

    Raises
    ------
    NotEstimable
        There is no placebo.

    Examples
    --------
    >>> randomisation_p(0.5, [0.9, 1.2, 0.4, 2.5])
    0.6
    """
    values = np.abs(np.log(pd.Series(placebos, dtype="float64").dropna().clip(1e-9, 1e9).to_numpy()))
    if not len(values):
        raise NotEstimable("there is no other date or place to set this one against")
    return float((1 + (values >= abs(np.log(np.clip(observed, 1e-9, 1e9))) - 1e-12).sum()) / (1 + len(values)))


def year_on_year(counts: pd.Series) -> pd.DataFrame:
    """Return the ratio of each year's count to that of the year before (half a death added to both where one is zero).

    Parameters
    ----------
    counts : index year, from `series.in_window`
    """
    before, after = counts.to_numpy(dtype="float64")[:-1], counts.to_numpy(dtype="float64")[1:]
    add = 0.5 * ((before == 0) | (after == 0))
    return pd.DataFrame({"year": counts.index[1:], "n_before": before, "n_after": after, "ratio": (after + add) / (before + add)})
