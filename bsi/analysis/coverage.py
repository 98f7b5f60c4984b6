"""Coverage: which observers saw whom, what share of the examiners' dead another list holds, and what two lists can say of the unseen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.analysis.intervals import share_interval
from bsi.analysis.loglinear import loglinear
from bsi.errors import InputError, NotEstimable
from bsi.periods import fiscal_year

__all__ = ["EXAMINERS", "chapman", "histories", "loglinear", "overlap", "pair_counts", "share_seen"]

EXAMINERS = ("pcome", "maricopa_me", "yuma_me", "imperial_coroner", "san_diego_me", "el_paso_me", "nm_omi", "webb_me", "bexar_me", "me_other")
ODDS_RATIOS = (0.25, 0.5, 1.0, 2.0, 4.0)
LEAST_OVERLAP = 7  # Robson and Regier (1964): with seven or more seen twice the bias of Chapman's estimator is negligible
Z = 1.959963984540054


def overlap(incidents: pd.DataFrame, by: str | None = None, groups: dict[str, str] | None = None) -> pd.DataFrame:
    """Return how many incidents and dead each exact set of independent observers saw (the bars of an UpSet plot).

    A republication names the observer it goes back to, so it makes no set larger. Cumulative rows are left out.

    Parameters
    ----------
    incidents : INCIDENTS
    by : null, or sector, cause, country, state, calendar_year or fiscal_year: one block a value
    groups : observer -> group, to fold observers that are one for the question; what is not in it keeps its name

    Returns
    -------
    DataFrame: `by` (if any), observers (sorted, joined by ';'; 'unknown' where no observer is known), n_observers, n_incidents, n_dead

    Raises
    ------
    InputError
        `by` is no column to divide by.
    """
    table = pd.DataFrame(incidents.loc[~incidents["is_cumulative"]])
    sets = table["upstreams"].map({text: _set(text, groups) for text in table["upstreams"].unique()})
    table = table.assign(observers=sets.where(sets.ne(""), "unknown"))
    table["n_observers"] = np.where(sets.ne(""), sets.str.count(";") + 1, 0)
    keys = ["observers", "n_observers"]
    if by:
        table[by] = _divide(table, by)
        keys = [by, *keys]
    out = table.groupby(keys, dropna=False).agg(n_incidents=("incident_id", "size"), n_dead=("n_dead", "sum")).reset_index()
    return out.sort_values([*keys[:-2], "n_incidents", "observers"], ascending=[True] * (len(keys) - 2) + [False, True], ignore_index=True)


def pair_counts(incidents: pd.DataFrame, first: tuple[str, ...], second: tuple[str, ...]) -> dict[str, int]:
    """Return n1, n2 and m: incidents that the first observers saw, the second, and both; cumulative rows left out.

    Parameters
    ----------
    incidents : INCIDENTS, already cut to the place and time that both lists cover
    first, second : observers that make up each list
    """
    seen = histories(incidents, {"first": first, "second": second})
    counts = seen.set_index(["first", "second"])["n"]
    m = int(counts.get((1, 1), 0))
    return {"n1": m + int(counts.get((1, 0), 0)), "n2": m + int(counts.get((0, 1), 0)), "m": m}


def histories(incidents: pd.DataFrame, lists: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return how many incidents have each capture history: one 0/1 column a list, and n; those on no list left out.

    Parameters
    ----------
    incidents : INCIDENTS
    lists : name of a list -> its observers; lists must be independent observers, which the data cannot show and the user must vouch for

    Raises
    ------
    InputError
        One observer stands in two lists: it would witness itself.
    """
    observers = [o for members in lists.values() for o in members]
    twice = sorted({o for o in observers if observers.count(o) > 1})
    if twice:
        raise InputError(f"observer {twice[0]!r} stands in two lists", do="Put each observer in one list; a republication is no second witness.")
    sets = incidents.loc[~incidents["is_cumulative"], "upstreams"].str.split(";").map(set)
    seen = pd.DataFrame({name: sets.map(lambda s, m=frozenset(members): int(bool(s & m))) for name, members in lists.items()})
    return seen[seen.any(axis=1)].value_counts(sort=False).rename("n").reset_index()


def share_seen(incidents, incident_records, records, links, candidates=None, **options) -> pd.DataFrame:
    """Return what share of the examiners' dead another observer's records hold, by sector, with intervals with and without link uncertainty.

    The question of GAO-22-105053: are the deaths that medical examiners record in the Border Patrol's own data? Persons of an incident are the examiners'
    rows of it (the fullest of their lists). The first interval is Clopper-Pearson's, as if the incidents were a sample of a lasting process. The second
    takes the links as uncertain too: in each draw every incident is seen with the probability of its link (one without a link with that of its candidates
    whose partner is free), and a share is drawn from the Jeffreys posterior of that draw.

    Parameters
    ----------
    incidents, incident_records, records, links : tables of the register
    candidates : record_id_a, record_id_b, probability of pairs below the threshold too (`linkage.score_pairs`); null leaves unlinked incidents unseen
    **options : examiners (observers, default EXAMINERS), seen_by (default ("usbp",)), first and last (days, default 2014-01-01 and 2015-12-31: the Border
        Patrol's release), n_draws (default 2000), seed (default 0)

    Returns
    -------
    DataFrame: sector ('unknown' where none is known, 'all' last), n_examiner, n_seen, share, low, high, share_with_links, low_with_links,
    high_with_links

    Raises
    ------
    NotEstimable
        The examiners recorded nobody in that time.
    """
    asked = {"examiners": EXAMINERS, "seen_by": ("usbp",), "first": "2014-01-01", "last": "2015-12-31", "n_draws": 2000, "seed": 0} | options
    base = _examined(incidents, incident_records, records, asked).fillna({"sector": "unknown"})
    if base.empty:
        raise NotEstimable("no examiner recorded a death from {first} to {last}", first=asked["first"], last=asked["last"])
    base["probability"] = _seen_probability(base, incident_records, records, links, candidates, asked)
    rng = np.random.default_rng(asked["seed"])
    draws = rng.random((asked["n_draws"], len(base))) < base["probability"].to_numpy()
    rows = [_share(s, base["sector"].eq(s).to_numpy(), base, draws, rng) for s in sorted(base["sector"].unique())]
    return pd.DataFrame([*rows, _share("all", np.ones(len(base), dtype=bool), base, draws, rng)])


def chapman(n1: int, n2: int, m: int, odds_ratios=ODDS_RATIOS) -> pd.DataFrame:
    """Return what two lists say of the total as a function of the dependence assumed between them.

    With odds ratio r between being on the one list and on the other, the unseen are r (n1 - m)(n2 - m) / (m + 1); r = 1 is Chapman's (1951) estimator.
    The data say nothing of r: referral between the lists (r > 1) makes the independent estimate too low. Interval: Chao's (1987) logarithmic one for the
    unseen f0, with the variance f0^2 (1/a + 1/b + 1/c) + f0 of the log-linear model with that odds ratio fixed (a = m + 1, b = n1 - m, c = n2 - m);
    it never falls below the union.

    Parameters
    ----------
    n1, n2, m : incidents (or persons) on the first list, the second, and both
    odds_ratios : assumed values

    Returns
    -------
    DataFrame: odds_ratio, n_union, n_unseen, n_total, low, high

    Raises
    ------
    InputError
        The counts contradict each other, or an odds ratio is not above zero.
    NotEstimable
        Fewer than seven are on both lists.

    Examples
    --------
    >>> round(float(chapman(60, 50, 20, [1.0]).at[0, "n_total"]), 3)  # 61 * 51 / 21 - 1
    147.143
    """
    ratios = np.asarray(odds_ratios, dtype=float)
    if not 0 <= m <= min(n1, n2) or not (ratios > 0).all():
        what = f"n1 = {n1}, n2 = {n2}, m = {m} and odds ratios {list(odds_ratios)} cannot be"
        raise InputError(what, do="At most as many are on both lists as on either; odds ratios are above 0.")
    if m < LEAST_OVERLAP:
        raise NotEstimable("only {m} are on both lists; fewer than {least} say nothing of the unseen", m=m, least=LEAST_OVERLAP)
    b, c, union = n1 - m, n2 - m, n1 + n2 - m
    unseen = ratios * b * c / (m + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = unseen**2 * (1 / (m + 1) + 1 / b + 1 / c) + unseen if b and c else np.zeros_like(unseen)
        spread = np.where(unseen > 0, np.exp(Z * np.sqrt(np.log1p(variance / unseen**2))), 1.0)
    return pd.DataFrame(
        {"odds_ratio": ratios, "n_union": union, "n_unseen": unseen, "n_total": union + unseen, "low": union + unseen / spread, "high": union + unseen * spread}
    )


def _set(text: str, groups: dict | None) -> str:
    return ";".join(sorted({(groups or {}).get(o, o) for o in text.split(";") if o}))


def _divide(table: pd.DataFrame, by: str) -> pd.Series:
    if by == "calendar_year":
        return table["date"].dt.year.astype("Int64")
    if by == "fiscal_year":
        return fiscal_year(table["date"])
    if by not in ("sector", "cause", "country", "state"):
        raise InputError(f"incidents cannot be divided by {by!r}", do="Use sector, cause, country, state, calendar_year or fiscal_year.")
    return table[by]


def _examined(incidents, incident_records, records, asked) -> pd.DataFrame:
    """Return the incidents that an examiner recorded in the time asked for: sector, persons, and whether the other observer has a record."""
    rows = incident_records.merge(records[["record_id", "source", "upstream", "n_dead"]], on="record_id")
    own = rows[rows["upstream"].isin(asked["examiners"])].groupby(["incident_id", "source"])["n_dead"].sum().groupby("incident_id").max()
    is_asked = incidents["date"].between(asked["first"], asked["last"]) & incidents["incident_id"].isin(own.index) & ~incidents["is_cumulative"]
    base = pd.DataFrame(incidents.loc[is_asked, ["incident_id", "sector"]]).reset_index(drop=True)
    base["n"] = base["incident_id"].map(own).astype("int64")
    seen = rows.loc[rows["upstream"].isin(asked["seen_by"]), "incident_id"]
    return base[base["n"] > 0].assign(is_seen=lambda t: t["incident_id"].isin(seen)).reset_index(drop=True)


def _seen_probability(base, incident_records, records, links, candidates, asked) -> np.ndarray:
    """Return, per incident, the probability that the other observer has a record of it: of its best link, or of any free candidate."""
    place = incident_records.set_index("record_id")["incident_id"]
    is_other = records.set_index("record_id")["upstream"].isin(asked["seen_by"])
    linked = _across(links, is_other)
    linked = linked[linked["own"].map(place) == linked["other"].map(place)]
    held = linked.groupby(linked["own"].map(place))["probability"].max()
    fallback = links.groupby(links["record_id_a"].map(place))["probability"].min()
    ids = base["incident_id"]
    sure = ids.map(held).fillna(ids.map(fallback)).fillna(1.0)
    if candidates is None or candidates.empty:
        return np.where(base["is_seen"], sure, 0.0)
    pairs = _across(candidates, is_other)
    taken = linked.groupby("other")["probability"].max()
    free = pairs["probability"] * (1 - pairs["other"].map(taken).fillna(0))
    missed = np.log1p(-free.clip(upper=1 - 1e-9)).groupby(pairs["own"].map(place)).sum()
    return np.where(base["is_seen"], sure, 1 - np.exp(ids.map(missed).fillna(0)))


def _across(pairs: pd.DataFrame, is_other: pd.Series) -> pd.DataFrame:
    """Return the pairs of one record of the other observer with one of anyone else, the other observer's named `other`."""
    a, b = pairs["record_id_a"].map(is_other).astype(bool), pairs["record_id_b"].map(is_other).astype(bool)
    mixed = pairs[a ^ b]
    is_first = a[a ^ b]
    own, other = mixed["record_id_b"].where(is_first, mixed["record_id_a"]), mixed["record_id_a"].where(is_first, mixed["record_id_b"])
    return pd.DataFrame({"own": own, "other": other, "probability": mixed["probability"]})


def _share(sector: str, inside: np.ndarray, base: pd.DataFrame, draws: np.ndarray, rng) -> dict:
    """Return one line of `share_seen`."""
    persons = base["n"].to_numpy()[inside]
    n, k = int(persons.sum()), int(persons[base["is_seen"].to_numpy()[inside]].sum())
    exact = share_interval(k, n).iloc[0]
    drawn = draws[:, inside] @ persons
    shares = rng.beta(drawn + 0.5, n - drawn + 0.5)
    low, high = np.quantile(shares, [0.025, 0.975])
    return {
        "sector": sector, "n_examiner": n, "n_seen": k, **exact,
        "share_with_links": float(drawn.mean()) / n, "low_with_links": low, "high_with_links": high,
    }  # fmt: skip
