"""Log-linear models of three or more independent lists: the unseen, averaged over models, with bootstrap intervals."""

from __future__ import annotations

from itertools import chain, combinations, product

import numpy as np
import pandas as pd

from bsi.errors import InputError, NotEstimable

MOST_LISTS = 5
MOST_INTERACTIONS = 4
LEAST_SEEN_TWICE = 20
MOST_TIMES_OBSERVED = 20
N_BOOTSTRAP = 300
ITERATIONS = 60


def loglinear(histories: pd.DataFrame, criterion: str = "bic", n_bootstrap: int = N_BOOTSTRAP, seed: int = 0) -> dict:
    """Return the estimated total from the capture histories of three or more lists, averaged over log-linear models with two-way interactions.

    Poisson models with all main effects and every subset of two-way interactions (at most four at a time) are fitted to the observed histories; the unseen
    are the exponential of the intercept (Fienberg 1972; Bishop, Fienberg and Holland 1975, ch. 6). Models whose interactions rest on an empty margin, or
    that give more than twenty times the observed, are left out. Weights are exp(-criterion / 2) (Burnham and Anderson 2002). Interval: percentiles of a
    parametric bootstrap that draws the observed and the unseen from the averaged estimate and repeats the averaging.

    Parameters
    ----------
    histories : one 0/1 column a list, and n (`coverage.histories`); lists that republish each other are one list
    criterion : bic or aic
    n_bootstrap : draws
    seed : of the random generator

    Returns
    -------
    dict: n_observed, n_unseen, n_total, low, high, criterion, models (DataFrame: interactions, n_parameters, deviance, aic, bic, n_unseen, weight)

    Raises
    ------
    InputError
        The table is no table of histories.
    NotEstimable
        Fewer than three lists, a list that shares nobody with any other, fewer than twenty seen twice, or no model that can be fitted.
    """
    names, cells, counts = _cells(histories)
    _refuse(names, cells, counts)
    if criterion not in ("aic", "bic"):
        raise InputError(f"criterion {criterion!r} is not known", do="Use aic or bic.")
    models = [m for m in _models(names) if _is_identified(m, names, cells, counts)]
    table, unseen = _average(models, names, cells, counts[None, :], criterion)
    if not np.isfinite(unseen[0]):
        raise NotEstimable("every model gives more than {times} times the observed: the overlap of the lists is too thin", times=MOST_TIMES_OBSERVED)
    rng = np.random.default_rng(seed)
    total = counts.sum() + unseen[0]
    drawn = rng.multinomial(int(round(total)), np.append(counts, unseen[0]) / total, size=n_bootstrap)[:, :-1]
    _, boot = _average(models, names, cells, drawn, criterion)
    totals = (drawn.sum(axis=1) + boot)[np.isfinite(boot)]
    low, high = np.quantile(totals, [0.025, 0.975])
    n = int(counts.sum())
    found = {"n_observed": n, "n_unseen": float(unseen[0]), "n_total": n + float(unseen[0]), "low": float(low), "high": float(high)}
    return found | {"criterion": criterion, "models": table}


def fit(design: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit a Poisson log-linear model to many tables at once by iteratively reweighted least squares.

    Parameters
    ----------
    design : cells x parameters, the first column ones
    counts : tables x cells

    Returns
    -------
    (coefficients, tables x parameters; fitted means, tables x cells)
    """
    mean = counts + 0.5
    for _ in range(ITERATIONS):
        eta = np.log(mean)
        work = eta + (counts - mean) / mean
        gram = np.einsum("ci,tc,cj->tij", design, mean, design) + 1e-10 * np.eye(design.shape[1])
        beta = np.linalg.solve(gram, np.einsum("ci,tc,tc->ti", design, mean, work)[..., None])[..., 0]
        new = np.exp(np.clip(beta @ design.T, -25, 25))
        if np.allclose(new, mean, rtol=1e-9, atol=1e-9):
            break
        mean = new
    return beta, new


def _cells(histories: pd.DataFrame) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return names of the lists, all observable histories, and how many have each."""
    names = [c for c in histories.columns if c != "n"]
    is_table = "n" in histories and histories[names].isin([0, 1]).all().all() and (histories["n"] >= 0).all()
    if not is_table or not histories[names].any(axis=1).all():
        raise InputError("this is no table of capture histories", do="Give one 0/1 column a list and n; nobody can be on no list.")
    cells = np.array([c for c in product((1, 0), repeat=len(names)) if any(c)])
    given = histories.groupby(names)["n"].sum()
    return names, cells, np.array([float(given.get(tuple(c), 0)) for c in cells.tolist()])


def _refuse(names: list[str], cells: np.ndarray, counts: np.ndarray) -> None:
    if len(names) < 3:
        raise NotEstimable("{n} lists: a model of the unseen can be tested with three independent lists or more", n=len(names))
    if len(names) > MOST_LISTS:
        raise InputError(f"{len(names)} lists are too many", do=f"Fold them into at most {MOST_LISTS}.")
    is_twice = cells.sum(axis=1) > 1
    for i, name in enumerate(names):
        if counts[is_twice & (cells[:, i] == 1)].sum() == 0:
            raise NotEstimable("list {name} shares nobody with any other list", name=name)
    if counts[is_twice].sum() < LEAST_SEEN_TWICE:
        raise NotEstimable("only {n} are on two lists or more; fewer than {least} are too thin", n=int(counts[is_twice].sum()), least=LEAST_SEEN_TWICE)


def _models(names: list[str]) -> list[tuple]:
    pairs = list(combinations(range(len(names)), 2))
    return list(chain.from_iterable(combinations(pairs, k) for k in range(min(len(pairs), MOST_INTERACTIONS) + 1)))


def _is_identified(model: tuple, names: list[str], cells: np.ndarray, counts: np.ndarray) -> bool:
    """Return whether every interaction rests on persons seen by both lists and by each without the other, and cells outnumber parameters."""
    if 1 + len(names) + len(model) > len(cells):
        return False
    both = [counts[(cells[:, i] == a) & (cells[:, j] == b)].sum() for i, j in model for a, b in ((1, 1), (1, 0), (0, 1))]
    return all(n > 0 for n in both)


def _average(models, names, cells, counts, criterion) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table of models of the first table of counts, and the averaged unseen of every table of counts."""
    n = counts.sum(axis=1)
    rows, unseen, scores = [], [], []
    for model in models:
        design = np.column_stack([np.ones(len(cells)), cells, *[cells[:, i] * cells[:, j] for i, j in model]])
        beta, mean = fit(design, counts)
        with np.errstate(divide="ignore", invalid="ignore"):
            deviance = 2 * (np.where(counts > 0, counts * np.log(counts / mean), 0) - (counts - mean)).sum(axis=1)
        size, missing = design.shape[1], np.exp(np.clip(beta[:, 0], -25, 25))
        aic, bic = deviance + 2 * size, deviance + size * np.log(n)
        usable = missing <= MOST_TIMES_OBSERVED * n
        scores.append(np.where(usable, aic if criterion == "aic" else bic, np.inf))
        unseen.append(missing)
        text = " ".join(f"{names[i]}:{names[j]}" for i, j in model) or "none"
        rows.append({"interactions": text, "n_parameters": size, "deviance": deviance[0], "aic": aic[0], "bic": bic[0], "n_unseen": missing[0]})
    scores, unseen = np.array(scores), np.array(unseen)
    with np.errstate(invalid="ignore"):
        weight = np.exp(-(scores - scores.min(axis=0)) / 2)
        weight = weight / weight.sum(axis=0)
    table = pd.DataFrame(rows).assign(weight=weight[:, 0]).sort_values(["weight", "interactions"], ascending=[False, True], ignore_index=True)
    return table, np.nansum(weight * unseen, axis=0) + np.where(np.isfinite(weight).all(axis=0), 0, np.nan)
