"""Counts against counting by hand, against pandas done another way, and against the accounting of all incidents."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsi.analysis.counts import count, count_to_date, decompose, within_lists
from bsi.errors import InputError

DAYS = st.dates(pd.Timestamp("2015-01-01").date(), pd.Timestamp("2019-12-31").date())


def incidents(*rows, **defaults):
    """Invented incidents: (date, precision, n_dead) and more columns by name."""
    table = pd.DataFrame([dict(zip(("date", "date_precision", "n_dead"), r[:3])) | (r[3] if len(r) > 3 else {}) for r in rows])
    table["date"] = pd.to_datetime(table["date"]).astype("datetime64[us]")
    table["n_dead"] = table["n_dead"].astype("Int64")
    base = {"kind": "death", "n_missing": None, "is_cumulative": False, "flags": "", "sector": "TCA", "cause": "heat", **defaults}
    for column, value in base.items():
        table[column] = table[column].where(table[column].notna(), value) if column in table else value
    table["n_missing"] = table["n_missing"].astype("Int64")
    return table.assign(incident_id=[f"i-{i}" for i in range(len(table))])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(DAYS, st.sampled_from(["day", "month", "year", "none"]), st.integers(0, 4)), min_size=1, max_size=30),
       st.sampled_from(["day", "week", "month", "calendar_year", "fiscal_year", "hot_season"]))  # fmt: skip
def test_all_parts_together_are_all_incidents(rows, period):
    table = incidents(*rows)
    counted = count(table, period=period, data_until="2020-12-31")
    assert counted["n_incidents"].sum() == len(table)
    assert counted["n_dead"].sum() == table["n_dead"].sum()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(DAYS, st.just("day"), st.integers(1, 4)), min_size=1, max_size=30))
def test_months_against_pandas_resample(rows):
    table = incidents(*rows)
    counted = count(table, period="month").set_index("period_start")["n_dead"]
    other = table.set_index("date")["n_dead"].resample("MS").sum()
    assert counted.astype(int).tolist() == other.astype(int).tolist()
    assert list(counted.index) == list(other.index)


def test_zeros_are_written_and_the_last_period_is_flagged():
    table = incidents(("2016-11-03", "day", 1), ("2019-02-01", "day", 2))
    counted = count(table)
    assert counted["label"].tolist() == ["FY2017", "FY2018", "FY2019"]
    assert counted["n_dead"].tolist() == [1, 0, 2]
    assert counted["is_complete"].tolist() == [True, True, False]
    assert count(table, data_until="2019-09-30")["is_complete"].all()
    assert len(count(table, data_until="2021-01-15")) == 5


def test_a_day_that_is_not_known_still_counts_in_its_year():
    table = incidents(("2016-11-03", "day", 1), ("2016-06-01", "month", 1), ("2016-01-01", "year", 3))
    years = count(table, period="calendar_year")
    assert years.loc[years["label"].eq("2016"), "n_dead"].tolist() == [5]
    months = count(table, period="month").set_index("label")["n_dead"]
    assert months["Jun 2016"] == 1
    assert months["undated"] == 3
    weeks = count(table, period="week")
    assert weeks.loc[weeks["part"].eq("undated"), "n_dead"].tolist() == [4]
    fiscal = count(table, period="fiscal_year")
    assert fiscal.loc[fiscal["part"].eq("undated"), "n_dead"].tolist() == [3]


def test_dates_that_are_not_credible_are_undated_not_dropped():
    late, early = {"flags": "date_after_vintage"}, {"flags": "date_before_1980"}
    table = incidents(("2016-11-03", "day", 1), ("2150-01-01", "day", 1, late), ("1899-01-01", "day", 1, early), ("2019-01-01", "day", 1))
    counted = count(table, data_until="2017-12-31")
    assert counted.loc[counted["part"].eq("undated"), "n_dead"].tolist() == [3]
    assert counted["label"].tolist() == ["FY2017", "FY2018", "undated"]


def test_running_totals_stand_apart():
    table = incidents(("2016-11-03", "day", 1), ("2016-12-31", "day", 40, {"is_cumulative": True}))
    counted = count(table).set_index("label")["n_dead"]
    assert counted.to_dict() == {"FY2017": 1, "cumulative": 40}


def test_not_stated_is_not_zero():
    table = incidents(("2016-11-03", "day", None), ("2016-11-04", "day", 2))
    counted = count(table, data_until="2016-11-30", period="month")
    assert counted[["n_incidents", "n_dead", "n_unstated"]].iloc[0].tolist() == [2, 2, 1]


def test_hot_season_counts_may_to_september():
    table = incidents(("2016-04-30", "day", 1), ("2016-05-01", "day", 1), ("2016-09-30", "day", 1), ("2016-10-01", "day", 1))
    counted = count(table, period="hot_season", data_until="2016-12-31").set_index("part")
    assert counted.loc["period", "n_dead"] == 2
    assert counted.loc["outside_season", "n_dead"] == 2
    assert counted.loc["period", "label"] == "May-Sep 2016"


def test_zone_counts_are_sums_of_probabilities_with_certain_and_possible():
    table = incidents(("2016-11-03", "day", 1), ("2016-11-04", "day", 2), ("2016-11-05", "day", 4), ("2016-11-06", "day", 8), ("2016-11-07", "day", 16))
    table["lon"] = [-111.0, -111.0, -111.0, -111.0, np.nan]
    weights = pd.DataFrame(
        {"incident_id": ["i-0", "i-1", "i-2", "i-2"], "zone_id": ["canal", "canal", "canal", "desert"], "probability": [1.0, 0.25, 0.5, 0.5]}
    )
    counted = count(table, weights, by={"zone_id": ["canal", "desert", "empty"]}, data_until="2017-09-30").set_index("zone_id")
    assert counted.loc["canal", ["n_expected", "n_low", "n_high", "n_incidents"]].tolist() == [1 + 0.5 + 2, 1, 7, 1.75]
    assert counted.loc["desert", ["n_expected", "n_low", "n_high"]].tolist() == [2, 0, 4]
    assert counted.loc["empty", ["n_expected", "n_low", "n_high"]].tolist() == [0, 0, 0]
    assert counted.loc["elsewhere", "n_dead"] == 8
    assert counted.loc["unplaced", "n_dead"] == 16


def test_by_sector_and_cause_writes_every_combination_and_the_unknown():
    table = incidents(("2016-11-03", "day", 1, {"sector": "YUM"}), ("2018-11-04", "day", 2, {"cause": "drowning"}), ("2018-11-04", "day", 2))
    table.loc[2, "sector"] = None
    counted = count(table, by=["sector", "cause"], measure="incidents")
    assert len(counted) == 3 * 3 * 2
    assert counted["n_expected"].sum() == 3
    assert counted["unit"].eq("incidents").all()
    assert set(counted["sector"]) == {"TCA", "YUM", "unknown"}


def test_year_to_date_against_the_same_window():
    table = incidents(("2016-10-01", "day", 1), ("2017-01-31", "day", 1), ("2017-02-01", "day", 1), ("2017-10-01", "day", 1), ("2018-01-31", "day", 1),
                      ("2018-03-01", "day", 8), ("2018-01-01", "month", 1), ("2017-01-01", "month", 1))  # fmt: skip
    counted = count_to_date(table, "2018-01-31")
    periods = counted[counted["part"].eq("period")]
    assert periods["n_dead"].tolist() == [3, 3]
    assert periods["period_end"].dt.strftime("%Y-%m-%d").tolist() == ["2017-01-31", "2018-01-31"]
    totals = count_to_date(table.assign(is_cumulative=table["n_dead"].eq(8)), "2018-01-31").set_index("part")["n_dead"]
    assert totals["cumulative"] == 8
    straddling = count_to_date(table, "2018-01-15")
    assert straddling.loc[straddling["part"].eq("period"), "n_dead"].tolist() == [1, 1]
    assert straddling.loc[straddling["part"].eq("undated"), "n_dead"].sum() >= 1
    calendar = count_to_date(table, "2018-01-31", period="calendar_year")
    assert calendar.loc[calendar["part"].eq("period"), "n_dead"].tolist() == [0, 2, 2]


def test_a_change_is_told_in_signed_counts():
    table = incidents(
        ("2016-11-03", "day", 5, {"sector": "ELC"}), ("2016-11-03", "day", 1), ("2017-11-03", "day", 4), ("2017-11-04", "day", 3, {"sector": "YUM"})
    )
    counted = count(table, by=["sector"], data_until="2018-09-30")
    change = decompose(counted, "FY2017", "FY2018", ["sector"])
    assert change.set_index("sector")["change"].to_dict() == {"ELC": -5, "TCA": 3, "YUM": 3}
    assert decompose(counted, "FY2017", "FY2018")["change"].tolist() == [1]
    assert change["change"].abs().is_monotonic_decreasing


def test_a_change_from_an_incomplete_period_is_refused():
    counted = count(incidents(("2016-11-03", "day", 1), ("2017-11-03", "day", 1)))
    with pytest.raises(InputError, match="FY2018.* is not complete"):
        decompose(counted, "FY2017", "FY2018")
    with pytest.raises(InputError, match="FY2030.* is not in the counts"):
        decompose(counted, "FY2017", "FY2030")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda t: count(t, period="decade"), "decade.* is not known"),
        (lambda t: count(t, measure="souls"), "souls.* is not known"),
        (lambda t: count(t, by=["colour"]), "no column colour"),
        (lambda t: count(t, by=["zone_id"]), "need the zone weights"),
        (lambda t: count(t.assign(date=pd.NaT)), "no incident has a date"),
        (lambda t: count(t.iloc[:0]), "no incident has a date"),
        (lambda t: count_to_date(t, "2018-01-01", period="month"), "year to date"),
    ],
)
def test_what_cannot_be_counted_is_said(call, words):
    with pytest.raises(InputError, match=words):
        call(incidents(("2016-11-03", "day", 1)))


def test_no_incident_at_all_gives_zeros_up_to_the_day_of_the_data():
    empty = incidents(("2016-11-03", "day", 1)).iloc[:0]
    counted = count(empty, data_until="2018-03-01")
    assert counted[["label", "n_incidents"]].values.tolist() == [["FY2018", 0.0]]


def test_a_place_that_no_list_reaches_is_not_known_and_not_zero():
    """Two sectors: one recorded 2003 to 2005 with an empty 2004, one never; a year inside the lists without a death of the chosen cause stays zero."""
    rows = pd.DataFrame({
        "incident_id": list("abc"), "kind": "death", "date": pd.to_datetime(["2003-05-01", "2005-05-01", "2001-05-01"]), "date_precision": "day", "n_dead": 1,
        "n_missing": None, "is_cumulative": False, "flags": "", "sector": ["TCA", "TCA", "SDC"], "cause": ["heat", "cold", "heat"],
    })  # fmt: skip
    by = {"sector": ["ELC", "SDC", "TCA"]}
    every = count(rows, by=by, data_until="2006-09-30")
    heat = within_lists(count(rows[rows["cause"].eq("heat")], by=by, data_until="2006-09-30"), every, "sector")
    table = heat.set_index(["sector", "label"])["n_dead"]
    assert table["TCA"][["FY2003", "FY2004", "FY2005"]].tolist() == [1, 0, 0]
    assert table["TCA"][["FY2001", "FY2002", "FY2006"]].isna().all()
    assert table["SDC"].dropna().to_dict() == {"FY2001": 1}
    assert table["ELC"].isna().all()
    assert heat["is_listed"].eq(table.notna().to_numpy()).all()


def test_an_hour_or_a_time_zone_moves_nobody_to_another_day():
    day = pd.to_datetime(pd.Series(["2015-09-30 23:30", "2015-09-30 00:10"]))
    rows = pd.DataFrame({"incident_id": ["a", "b"], "date_precision": "day", "n_dead": 1, "n_missing": 0, "is_cumulative": False, "flags": ""})
    for dates in (day, day.dt.tz_localize("America/Phoenix"), day.dt.tz_localize("UTC")):
        table = count(rows.assign(date=dates), data_until="2015-09-30")
        assert table[["label", "n_dead", "is_complete"]].values.tolist() == [["FY2015", 2.0, True]]


def test_a_last_day_that_is_no_date_is_told():
    rows = pd.DataFrame(
        {
            "incident_id": ["a"],
            "date": pd.to_datetime(["2015-09-30"]),
            "date_precision": "day",
            "n_dead": 1,
            "n_missing": 0,
            "is_cumulative": False,
            "flags": "",
        }
    )
    with pytest.raises(InputError, match="'soon' is no date"):
        count(rows, data_until="soon")
