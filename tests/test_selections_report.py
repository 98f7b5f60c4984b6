"""Tables of the report from a register: sums against one another, and an attempt to compute what is withheld."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from bsi import selections, selections_report
from bsi.analysis import profile

EDITION = 2023


@pytest.fixture(scope="module")
def tables(small_register):
    return selections_report.tables(small_register, EDITION)


def test_every_way_to_sort_the_dead_gives_the_same_year(tables):
    years = tables["deaths_by_fiscal_year"]
    years = years[years["part"].eq("period")]
    wanted = years.set_index(years["period_end"].dt.year)["n_dead"].loc[1998:EDITION]
    for name in ("deaths_by_place", "deaths_by_cause", "deaths_by_month"):
        sums = tables[name].assign(is_total=tables[name]["category"].eq("total")).groupby(["is_total", "year"])["n_dead"].sum().unstack("is_total")
        assert (sums[False] == wanted).all(), name
        assert (sums[True] == wanted).all(), name


def test_a_place_is_null_before_its_lists_and_has_the_exact_interval_of_its_count():
    rows = pd.DataFrame({"year": [2001, 2003, 2001], "n_dead": [10, 1, 0]})
    out = selections_report._yearly(rows, pd.Series(["TCA", "TCA", "unknown"]), 2004, is_place=True).set_index(["category", "year"])
    assert out.loc["TCA", "n_dead"].isna().loc[[1998, 2000, 2001, 2002, 2003, 2004]].tolist() == [True, True, False, False, False, True]
    assert out.loc[("TCA", 2002), "n_dead"] == 0
    assert out.loc[("TCA", 2001), ["low", "high"]].astype(float).round(4).tolist() == [4.7954, 18.3904]  # Ulm (1990), table 1
    assert out.loc["unknown", "n_dead"].eq(0).all()
    assert out.loc["total", "n_dead"].loc[[2000, 2001, 2003]].tolist() == [0, 10, 1]


def test_both_calendars_hold_everyone(tables, small_register):
    dead = small_register.incidents.query("not is_cumulative and kind in ('death', 'missing')")["n_dead"].sum()
    for name in ("deaths_by_fiscal_year", "deaths_by_calendar_year"):
        assert tables[name].query("part != 'cumulative'")["n_dead"].sum() == dead
    assert tables["sex_by_age"].set_index("category").loc["total", "total"] == dead


def test_a_zone_has_its_expected_count_between_lowest_and_highest(tables):
    zones = tables["deaths_by_zone"]
    assert len(zones)
    assert (zones["n_low"] <= zones["n_expected"] + 1e-9).all()
    assert (zones["n_expected"] <= zones["n_high"] + 1e-9).all()


def test_observers_alone_are_some_of_all(tables):
    assert (tables["observers"]["n_alone"] <= tables["observers"]["n"]).all()


def test_spans_of_identification_end_with_the_edition(tables):
    spans = tables["identified_by_span"]
    assert (spans["first_year"].iloc[1:].to_numpy() > spans["last_year"].iloc[:-1].to_numpy()).all()
    assert spans["last_year"].max() <= EDITION


def truth(register, rows, columns):
    """The cross-table counted anew, with nothing withheld, in the names of `selections_report`."""
    everyone = selections.deaths(register, selections.Choices())
    people = profile.persons(everyone).merge(everyone[["incident_id", "country", "sector"]], on="incident_id")
    people["place"] = people["sector"].astype("object").where(people["country"].ne("MX"), "MX").fillna("unknown")
    people["cause"] = selections_report.cause_group(people["cause"])
    most = people.groupby("nationality")["n"].sum().sort_values(ascending=False, kind="stable").index[: selections_report.MOST_COUNTRIES]
    people["nationality"] = people["nationality"].where(people["nationality"].isin(most) | people["nationality"].isna(), "other")
    labels = [people[c].astype("object").where(people[c].notna(), "unknown").astype(str) for c in (rows, columns)]
    return pd.crosstab(*labels, values=people["n"], aggfunc="sum").fillna(0)


def bounds(shown, cell):
    """Least and most that a withheld cell can be, given all that is shown: the other cells, the totals of rows and columns, and that none is negative."""
    inner = shown.drop(index="total", columns="total").to_numpy(dtype="float64", na_value=np.nan)
    n, k = inner.shape
    equations, values = [], []
    for i in range(n):
        for j in range(k):
            if not np.isnan(inner[i, j]):
                equations.append(np.eye(1, n * k, i * k + j)[0])
                values.append(inner[i, j])
    for i, total in enumerate(shown["total"].iloc[:-1]):
        if pd.notna(total):
            equations.append(np.kron(np.eye(n)[i], np.ones(k)))
            values.append(float(total))
    for j, total in enumerate(shown.loc["total"].iloc[:-1]):
        if pd.notna(total):
            equations.append(np.kron(np.ones(n), np.eye(k)[j]))
            values.append(float(total))
    equations.append(np.ones(n * k))
    values.append(float(shown.loc["total", "total"]))
    goal = np.eye(1, n * k, cell)[0]
    found = [linprog(sign * goal, A_eq=np.array(equations), b_eq=values, bounds=(0, None)) for sign in (1, -1)]
    assert {f.status for f in found} <= {0, 3}, "the shown numbers contradict each other"
    return [-sign * np.inf if f.status == 3 else sign * f.fun for f, sign in zip(found, (1, -1), strict=True)]


@pytest.mark.parametrize(
    ("name", "rows", "columns"), [("sex_by_age", "age_group", "sex"), ("sex_by_cause", "cause", "sex"), ("nationality_by_sector", "place", "nationality")]
)
def test_no_small_number_of_a_crossed_table_can_be_computed(tables, small_register, name, rows, columns):
    shown = tables[name].set_index("category")
    whole = truth(small_register, rows, columns).loc[shown.index[:-1], shown.columns[:-1]]
    inner = shown.drop(index="total", columns="total")
    known = ~np.logical_or.outer(whole.index == "unknown", whole.columns == "unknown")
    small = (whole.to_numpy() > 0) & (whole.to_numpy() < 5) & known
    assert small.any(), "the sample gives something to withhold"
    assert inner.isna().to_numpy()[small].all()
    assert (inner.isna() | inner.eq(whole)).to_numpy().all(), "what is shown is the count"
    assert shown.loc["total", "total"] == whole.to_numpy().sum(), "the total is never withheld"
    for cell in np.flatnonzero(small.ravel()):
        low, high = bounds(shown, cell)
        assert high - low > 0.5


def test_the_edition_s_column_gives_no_small_number_away(tables, small_register):
    profiles = tables["profiles"]
    everyone = selections.deaths(small_register, selections.Choices())
    people = profile.persons(everyone).merge(everyone[["incident_id", "date", "date_precision"]], on="incident_id")
    year = people["date"].dt.year + (people["date"].dt.month >= 10)
    this = people[year.eq(EDITION) & people["date_precision"].isin(["day", "month"])]
    for attribute, rows in profiles.groupby("attribute"):
        whole = this.groupby(this[attribute].astype("object").where(this[attribute].notna(), "unknown").astype(str))["n"].sum()
        shown = rows.set_index("category")["n_edition"]
        for category, n in whole.items():
            if category in shown.index and category not in ("unknown", "other") and 0 < n < 5:
                assert pd.isna(shown[category]), (attribute, category)
        assert shown.isna().sum() != 1, f"{attribute}: one number alone is the total less the others"


def test_rates_are_of_the_us_side(tables, small_register):
    rates = tables["rates_side_by_side"]
    rows = small_register.incidents.query("country == 'US' and not is_cumulative and kind in ('death', 'missing')")
    dated = rows[rows["date_precision"].isin(["day", "month"]) & ~rows["flags"].str.contains("date_after_vintage|date_before_1980")]
    year = dated["date"].dt.year + (dated["date"].dt.month >= 10)
    n = dated.loc[year.eq(2015), "n_dead"].sum()
    row = rates[rates["kind"].eq("apprehensions") & rates["year"].eq(2015)].iloc[0]
    assert row["n"] == n
    assert row["rate"] == pytest.approx(n / row["exposure"] * 100_000)


def test_a_list_whose_total_is_known_hides_two():
    counts = pd.Series([1, 12, 30, 4], index=["a", "b", "c", "unknown"])
    assert profile.suppress_list(counts).isna().tolist() == [True, False, False, True], "the cheapest other one, here the unknown"
    assert profile.suppress_list(counts.drop("a")).notna().all()


def test_a_folded_profile_keeps_its_total_and_shows_no_small_group():
    table = pd.DataFrame({"category": list("abcd") + ["unknown"], "n": [30, 9, 3, 1, 2], "share": 0.2, "share_of_known": 0.2})
    out = profile.folded(table)
    assert out["n"].sum() == 45
    assert out["category"].tolist() == ["a", "few", "unknown"]
    assert out.set_index("category").loc["few", "n"] == 13
