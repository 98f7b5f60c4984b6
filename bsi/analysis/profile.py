"""Who the people were: sex, age, nationality, identification and cause, with the share that is unknown and small cells withheld."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.analysis.intervals import share_interval
from bsi.analysis.series import UNDETERMINED
from bsi.contracts import LEAST_SHOWN
from bsi.errors import InputError, NotEstimable

AGE_EDGES = (0, 12, 18, 30, 40, 50, 60)
UNKNOWN, FEW = "unknown", "few"
MIN_KNOWN = 10  # people with a known cause, for shares by month
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


def suppress_small(table: pd.DataFrame, threshold: int = LEAST_SHOWN, told: tuple[str, ...] = (UNKNOWN,)) -> pd.DataFrame:
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


def suppress_list(counts: pd.Series, threshold: int = LEAST_SHOWN, told: tuple[str, ...] = (UNKNOWN,)) -> pd.Series:
    """Return a list of counts whose total is known, in which no count from 1 to below the threshold can be read or computed: null = withheld.

    Parameters
    ----------
    counts : counts of persons by category
    threshold : counts from 1 to below this are withheld, and where that is one alone, the next smallest too
    told : categories whose counts tell nothing of a person; withheld only to protect others

    Examples
    --------
    >>> suppress_list(pd.Series([2, 7, 40], index=["a", "b", "c"])).tolist()
    [<NA>, <NA>, 40]
    """
    values = counts.astype("float64")
    hidden = (values > 0) & (values < threshold) & ~values.index.isin(told)
    rest = values[~hidden & values.gt(0)].sort_values(kind="stable")
    if hidden.sum() == 1 and len(rest):
        hidden[rest.index[0]] = True
    return values.mask(hidden).astype("Int64")


def folded(table: pd.DataFrame, threshold: int = LEAST_SHOWN) -> pd.DataFrame:
    """Return a profile whose categories of fewer than the threshold are one row `few`, with the next smallest where it would stand alone or stay below.

    Parameters
    ----------
    table : from `profile`
    threshold : a category of 1 to below this is not shown by itself

    Examples
    --------
    >>> table = pd.DataFrame({"category": ["a", "b", "c", "unknown"], "n": [40, 6, 2, 1], "share": 0.25, "share_of_known": 0.25})
    >>> folded(table)[["category", "n"]].values.tolist()
    [['a', 40], ['few', 8], ['unknown', 1]]
    """
    is_known = table["category"].ne(UNKNOWN)
    few = is_known & table["n"].between(1, threshold - 1)
    rest = table[is_known & ~few & table["n"].gt(0)].sort_values("n", kind="stable").index
    while few.any() and (few.sum() == 1 or table.loc[few, "n"].sum() < threshold) and len(rest):
        few[rest[0]], rest = True, rest[1:]
    if not few.any():
        return table
    together = {"category": FEW, **table.loc[few, ["n", "share", "share_of_known"]].sum().to_dict()}
    parts = [table[is_known & ~few], pd.DataFrame([together]).astype({"n": table["n"].dtype}), table[~is_known]]
    return pd.concat(parts, ignore_index=True)


def with_totals(table: pd.DataFrame, shown: pd.DataFrame, name: str = "total") -> pd.DataFrame:
    """Return the shown part of a cross-table with the totals of its rows and columns; the totals are withheld where every count above zero is.

    Parameters
    ----------
    table : counts of persons
    shown : the same from `suppress_small`
    name : of the row and column of totals

    Examples
    --------
    >>> table = pd.DataFrame({"x": [10, 20], "y": [30, 40]}, index=["a", "b"])
    >>> with_totals(table, suppress_small(table)).loc["total"].tolist()
    [30, 70, 100]
    """
    out = shown.assign(**{name: table.sum(axis=1).astype("Int64")})
    out.loc[name] = [*table.sum().astype("Int64"), int(table.to_numpy().sum())]
    all_withheld = bool(shown.isna().to_numpy().any() and (shown.isna() | table.eq(0)).to_numpy().all())
    if all_withheld:
        out[name], out.loc[name] = pd.NA, pd.NA
        out.loc[name, name] = int(table.to_numpy().sum())
    return out.astype("Int64")


def _first_exposed(small: np.ndarray, hidden: np.ndarray) -> tuple[int, int] | None:
    """Return the first small count that lies on no cycle of withheld ones: without it, its row and its column hang together no more."""
    n_rows = len(hidden)
    for i, j in np.argwhere(small):
        rest = hidden.copy()
        rest[i, j] = False
        rows = np.arange(n_rows) == i
        while True:
            columns = rest[rows].any(axis=0)
            more = rest[:, columns].any(axis=1) | rows
            if (more == rows).all():
                break
            rows = more
        if not columns[j]:
            return int(i), int(j)
    return None


def causes_by_month(rows: pd.DataFrame, first_year: int | None = None) -> pd.DataFrame:
    """Return, by calendar month, the share of heat and of other exposure among the people whose cause is known, with the exact interval of both together.

    Parameters
    ----------
    rows : INCIDENTS with `expected`, people dead times the probability of lying in the place asked about
    first_year : first calendar year counted

    Returns
    -------
    DataFrame: month, n_known, n_heat, n_exposure, share_heat, share_exposure, low, high (null in a month without a known cause)

    Raises
    ------
    NotEstimable
        Fewer than ten people have a known cause.
    """
    known = rows[rows["cause"].notna() & ~rows["cause"].isin([*UNDETERMINED, "mixed"]) & rows["date_precision"].isin(["day", "month"])]
    known = known[known["date"].dt.year.ge(first_year or 0)]
    kinds = {"n_known": known["cause"].notna(), "n_heat": known["cause"].eq("heat"), "n_exposure": known["cause"].isin(["exposure", "cold"])}
    month = known["date"].dt.month
    table = pd.DataFrame({name: known.loc[of, "expected"].groupby(month[of]).sum().reindex(range(1, 13), fill_value=0.0) for name, of in kinds.items()})
    total = table["n_known"].sum()
    if total < MIN_KNOWN:
        raise NotEstimable("shares of causes by month need at least {least} people with a known cause; there are {n}", least=MIN_KNOWN, n=round(total))
    both = share_interval(table["n_heat"] + table["n_exposure"], table["n_known"])
    shares = {f"share_{kind}": table[f"n_{kind}"] / table["n_known"].where(table["n_known"].gt(0)) for kind in ("heat", "exposure")}
    return table.assign(**shares, low=both["low"], high=both["high"]).rename_axis("month").reset_index()
