"""Who the people were: sex, age, nationality, identification and cause, with the share that is unknown and small cells withheld."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import InputError

AGE_EDGES = (0, 12, 18, 30, 40, 50, 60)
UNKNOWN = "unknown"
ATTRIBUTES = ("sex", "age_group", "nationality", "is_identified", "cause")


def age_groups(ages: pd.Series, edges: tuple[int, ...] = AGE_EDGES) -> pd.Series:
    """Return the age group of each age, as an ordered category; null where the age is null.

    Parameters
    ----------
    ages : years
    edges : lowest age of each group, rising; the last group is open

    Examples
    --------
    >>> age_groups(pd.Series([11, 12, 60.0, None])).astype("object").tolist()
    ['0-11', '12-17', '60+', nan]
    """
    names = [f"{a}-{b - 1}" for a, b in zip(edges[:-1], edges[1:])] + [f"{edges[-1]}+"]
    years = pd.to_numeric(ages).astype("float64").to_numpy()
    return pd.Series(pd.cut(years, [*edges, np.inf], right=False, labels=names), index=ages.index)


def persons(incidents: pd.DataFrame) -> pd.DataFrame:
    """Return the dead as groups of one sex, with the attributes that hold for them: one row an incident and sex.

    Parameters
    ----------
    incidents : contract INCIDENTS; running totals are left out

    Returns
    -------
    DataFrame with incident_id, n, sex, age_group, nationality, is_identified, cause (null = unknown). n_female and n_male give the sexes of an incident of
    several; age is taken only where one person died; nationality, identification and cause of an incident are taken for all who died in it.
    """
    rows = incidents[~incidents["is_cumulative"].astype("boolean").fillna(False).astype(bool)]
    n = rows["n_dead"].astype("Float64").fillna(0).astype("float64")
    female = rows["n_female"].astype("Float64").fillna((rows["sex"].eq("female") * n).astype("Float64")).astype("float64").clip(upper=n)
    male = rows["n_male"].astype("Float64").fillna((rows["sex"].eq("male") * n).astype("Float64")).astype("float64").clip(upper=n - female)
    shared = rows[["incident_id", "nationality", "is_identified", "cause"]].assign(age_group=age_groups(rows["age"].where(n.eq(1))))
    groups = [shared.assign(sex=sex, n=count) for sex, count in (("female", female), ("male", male), (None, n - female - male))]
    table = pd.concat(groups).sort_index(kind="stable")
    return table[table["n"] > 0].reset_index(drop=True)[["incident_id", "n", *ATTRIBUTES]]


def profile(incidents: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """Return how many of the dead have each value of an attribute, the unknown last.

    Parameters
    ----------
    incidents : contract INCIDENTS, deaths
    attribute : sex, age_group, nationality, is_identified or cause

    Returns
    -------
    DataFrame with category, n, share (of all), share_of_known (null for the unknown)

    Raises
    ------
    InputError
        The attribute is not one of these.
    """
    if attribute not in ATTRIBUTES:
        raise InputError(f"attribute {attribute!r} is not known", do=f"Use one of {', '.join(ATTRIBUTES)}.")
    groups = persons(incidents)
    is_known = groups[attribute].notna()
    known = groups[is_known].groupby(attribute, observed=False, sort=attribute == "age_group")["n"].sum()
    known = known if attribute == "age_group" else known.sort_values(ascending=False, kind="stable")
    n_unknown = groups.loc[~is_known, "n"].sum()
    table = pd.DataFrame({"category": [*map(str, known.index), UNKNOWN], "n": [*known, n_unknown]})
    total, n_known = table["n"].sum(), known.sum()
    table["share"] = table["n"] / total if total else np.nan
    table["share_of_known"] = (table["n"] / n_known if n_known else np.nan) * np.where(table["category"].eq(UNKNOWN), np.nan, 1)
    return table


def cross_tabulate(incidents: pd.DataFrame, rows: str, columns: str, threshold: int = 5) -> pd.DataFrame:
    """Return the dead by two personal attributes, small cells withheld (see `suppress_small`).

    Parameters
    ----------
    incidents : contract INCIDENTS, deaths
    rows, columns : two of sex, age_group, nationality, is_identified, cause
    threshold : counts from 1 to below this are withheld

    Raises
    ------
    InputError
        An attribute is not known, or both are the same.
    """
    if rows == columns or not {rows, columns} <= set(ATTRIBUTES):
        raise InputError(f"cannot cross {rows!r} with {columns!r}", do=f"Use two of {', '.join(ATTRIBUTES)}.")
    groups = persons(incidents)
    for attribute in (rows, columns):
        groups[attribute] = groups[attribute].astype("object").where(groups[attribute].notna(), UNKNOWN).astype("str")
    table = groups.pivot_table(index=rows, columns=columns, values="n", aggfunc="sum", fill_value=0)
    return suppress_small(table, threshold)


def suppress_small(table: pd.DataFrame, threshold: int = 5, told: tuple[str, ...] = (UNKNOWN,)) -> pd.DataFrame:
    """Return a cross-table of counts without totals in which no count from 1 to below the threshold can be read, or computed from row and column totals.

    A withheld count cannot be computed where it lies on a cycle of withheld counts above zero (rows and columns as nodes, cells as edges); the cheapest
    further counts are withheld until each does (Kelly, Golden, Assad 1992). If that withholds every count above zero, the totals must not be shown either.

    Parameters
    ----------
    table : counts of persons, no totals
    threshold : counts from 1 to below this are withheld
    told : labels of rows and columns whose counts tell nothing of a person; they are withheld only to protect others

    Returns
    -------
    DataFrame of Int64, null = withheld

    Examples
    --------
    >>> suppress_small(pd.DataFrame({"a": [2, 30], "b": [40, 50]})).isna().to_numpy().tolist()
    [[True, True], [True, True]]
    """
    counts = table.to_numpy(dtype="float64")
    small = (counts > 0) & (counts < threshold) & ~np.logical_or.outer(table.index.isin(told), table.columns.isin(told))
    hidden = small.copy()
    while (exposed := _first_exposed(small, hidden)) is not None:
        i, j = exposed
        cost = np.where(counts > 0, np.where(hidden, 0, counts), np.inf)
        cycle = cost[[i], :] + cost[:, [j]] + cost  # cell (r, c) closes the cycle (i, j), (i, c), (r, c), (r, j)
        cycle[i, :] = cycle[:, j] = np.inf
        if np.isfinite(cycle.min()):
            r, c = np.unravel_index(cycle.argmin(), cycle.shape)
            hidden[i, c] = hidden[r, j] = hidden[r, c] = True
        elif (hidden | (counts == 0)).all():
            break
        else:
            hidden.ravel()[np.where(hidden | (counts == 0), np.inf, counts).argmin()] = True
    return pd.DataFrame(counts, table.index, table.columns).mask(hidden).astype("Int64")


def _first_exposed(small: np.ndarray, hidden: np.ndarray) -> tuple[int, int] | None:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    n_rows, n_columns = hidden.shape
    for i, j in np.argwhere(small):
        rest = hidden.copy()
        rest[i, j] = False
        graph = np.zeros((n_rows + n_columns,) * 2)
        graph[:n_rows, n_rows:] = rest
        labels = connected_components(csr_array(graph), directed=False)[1]
        if labels[i] != labels[n_rows + j]:
            return int(i), int(j)
    return None
