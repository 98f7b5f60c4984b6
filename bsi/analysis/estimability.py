"""What the data can bear, decided by rule before any model: question x area x series x years x deaths -> design, or "cannot tell" and why."""

from __future__ import annotations

import pandas as pd

from bsi.analysis import series
from bsi.errors import NotEstimable

MIN_MONTHS = 24  # each side of the date, for a test on monthly counts
MIN_DEATHS = 10  # before, so that a halving is five deaths or more
MIN_OFFICIAL_YEARS = 3  # fiscal years on each side
THINNED = 0.5  # a list that finds less than half as many people of all other kinds as before does not see as it saw
COLUMNS = (
    "question_id", "intervention_id", "area", "causes", "series", "covered_from", "covered_to", "before_from", "before_to", "after_from", "after_to",
    "months_before", "months_after", "n_before", "n_after", "comparison", "n_comparison_before", "n_comparison_after", "comparison_causes",
    "direction", "exposure", "overlaps", "design", "reason",
)  # fmt: skip
REASONS = {  # reason -> what it says in English; translated where it is shown
    "tested": "",
    "began_with_record": "described, not tested: the record begins in the year of the measure, which leaves one, possibly incomplete, year before it",
    "no_comparison": "described, not tested: the measure reached every area at once, so that there is nothing to compare with",
    "confounder": "described, not tested: not a measure against deaths, but a change that other comparisons have to allow for",
    "dates_differ": "cannot tell: it came stretch by stretch, without public dates to test against",
    "no_series": "cannot tell: there is no such series",
    "begins_late": "cannot tell: the series does not reach far enough back",
    "ends_early": "cannot tell: the series does not reach far enough beyond the date",
    "list_thins": "cannot tell: the list itself thins out after the date, so that fewer deaths would show whatever the measure did",
    "too_few": "cannot tell: too few deaths before the date",
}


def estimability(register: dict[str, pd.DataFrame], questions: pd.DataFrame) -> pd.DataFrame:
    """Return one row a question with the counts on each side and the design that they bear.

    Parameters
    ----------
    register : tables incidents, zone_weights, published, interventions (contracts of those names)
    questions : from `series.read_questions`

    Returns
    -------
    DataFrame with `COLUMNS`: design is blocks, controlled, exact, described or cannot_tell,
    reason a key of `REASONS`; windows are cut to what the lists reach. No model is fitted.
    """
    rows = [_row(register, q) for q in questions.to_dict("records")]
    counts = ["n_before", "n_after", "n_comparison_before", "n_comparison_after", "months_before", "months_after"]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(counts, "Int64"))


def _row(register: dict, q: dict) -> dict:
    row = {c: q.get(c) for c in COLUMNS} | {"overlaps": _overlaps(register["interventions"], q)}
    count = {"month": _monthly, "official_year": _official, "window": _window}[q["series"]]
    try:
        row |= count(register, q)
    except NotEstimable:
        return row | {"design": "cannot_tell", "reason": "no_series"}
    if q["limit"]:
        return row | {"design": "cannot_tell" if q["limit"] == "dates_differ" else "described", "reason": q["limit"]}
    return row | _decide(row, q)


def _decide(row: dict, q: dict) -> dict:
    least = {"month": MIN_MONTHS, "official_year": 12 * MIN_OFFICIAL_YEARS, "window": 0}[q["series"]]
    if row["months_before"] < least:
        return {"design": "cannot_tell", "reason": "begins_late"}
    if _is_thinner(row):
        return {"design": "cannot_tell", "reason": "list_thins"}
    if row["months_after"] < least:
        return {"design": "cannot_tell", "reason": "ends_early"}
    if row["n_before"] < (MIN_DEATHS if q["series"] != "window" else 1):
        return {"design": "cannot_tell", "reason": "too_few"}
    return {"design": {"month": "blocks", "official_year": "controlled", "window": "exact"}[q["series"]], "reason": "tested"}


def _is_thinner(row: dict) -> bool:
    """Return whether the comparison fell to less than half per month, beyond chance (one-sided exact test at 2.5 %)."""
    from scipy.stats import binom

    before, after = row.get("n_comparison_before"), row.get("n_comparison_after")
    if pd.isna(before) or pd.isna(after) or not row["months_before"] or not row["months_after"] or row["series"] != "month":
        return False
    expected = THINNED * row["months_after"] / (THINNED * row["months_after"] + row["months_before"])
    return bool(binom.cdf(after, before + after, expected) < 0.025)


def _monthly(register: dict, q: dict) -> dict:
    incidents, weights = register["incidents"], register["zone_weights"]
    first, last = series.coverage(series.pick(incidents, weights, series.whole_of(q["area"])), bool(q["causes"]))
    cut = _cut(q, first, last)
    rows = series.pick(incidents, weights, q["area"], q["causes"])
    out = {"covered_from": first, "covered_to": last, **cut, **_sides(rows, cut, "n_{side}")}
    if q["comparison"]:
        out |= _sides(series.pick(incidents, weights, q["comparison"], q["comparison_causes"]), cut, "n_comparison_{side}")
    return out


def _cut(q: dict, first: pd.Timestamp, last: pd.Timestamp) -> dict:
    """Return the windows cut to the days that the lists reach, and their months (0 where nothing is left)."""
    out = {"before_from": max(q["before_from"], first), "before_to": q["before_to"], "after_from": q["after_from"], "after_to": min(q["after_to"], last)}
    for side in ("before", "after"):
        a, b = max(out[f"{side}_from"], first), min(out[f"{side}_to"], last)
        out[f"months_{side}"] = max(0, (b.year - a.year) * 12 + b.month - a.month + 1)
    return out


def _sides(rows: pd.DataFrame, cut: dict, name: str) -> dict:
    days = rows[rows["date_precision"].isin(["day", "month"])]
    inside = {side: days["date"].between(cut[f"{side}_from"], cut[f"{side}_to"]) for side in ("before", "after")}
    seen = {side: cut.get(f"months_{side}", 1) > 0 for side in inside}  # not reached is not known, never zero
    return {name.format(side=side): int(days.loc[here, "n_dead"].sum()) if seen[side] else None for side, here in inside.items()}


def _official(register: dict, q: dict) -> dict:
    table = series.official(register["published"], q["area"])
    out = {"covered_from": table["period_start"].min(), "covered_to": table["period_end"].max()}
    for side in ("before", "after"):
        inside = table[table["period_start"].ge(q[f"{side}_from"]) & table["period_end"].le(q[f"{side}_to"])]
        out |= {f"months_{side}": 12 * len(inside), f"n_{side}": int(inside["n"].sum())}
    if q["comparison"]:
        out |= _sides(series.pick(register["incidents"], register["zone_weights"], q["comparison"], q["comparison_causes"]), q, "n_comparison_{side}")
    return out


def _window(register: dict, q: dict) -> dict:
    rows = series.pick(register["incidents"], register["zone_weights"], q["area"], q["causes"])
    first, last = series.coverage(series.pick(register["incidents"], register["zone_weights"], series.whole_of(q["area"])))
    n = series.in_window(rows, q["after_from"], q["after_to"], [q["before_from"].year, q["after_from"].year])
    reached = {"months_before": int(first <= q["before_from"]), "months_after": int(last >= q["after_to"])}
    return {"covered_from": first, "covered_to": last, "n_before": int(n.iloc[0]), "n_after": int(n.iloc[1]), **reached}


def _overlaps(interventions: pd.DataFrame, q: dict) -> str:
    """Return the other measures, breaks and confounders that begin or end within the windows, in the same sector or on the whole border."""
    own = interventions[interventions["intervention_id"].eq(q["intervention_id"])]
    sectors = set(own["sector"].fillna("").str.split(";").explode()) - {""}
    others = interventions[~interventions["intervention_id"].eq(q["intervention_id"]) & interventions["type"].ne("agreement")]
    begins, ends = (others[c].between(q["before_from"], q["after_to"]) for c in ("from", "to"))
    theirs = others["sector"].fillna("").str.split(";").map(set)
    same_place = theirs.map(lambda s: s == {""} or not sectors or bool(s & sectors)).astype(bool)
    return ";".join(sorted(others.loc[(begins | ends) & same_place, "intervention_id"]))
