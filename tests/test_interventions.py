"""A question from rows to estimate on an invented canal: a planted halving is found, placebos and other choices behave, panels add up."""

import numpy as np
import pandas as pd
import pytest

from bsi.analysis import before_after, estimability, interventions, verdicts

DATES = ("2005-01-01", "2009-12-31", "2010-01-01", "2014-12-31")


def _register(ratio, per_year=40, seed=1):
    rng = np.random.default_rng(seed)
    rows = []
    for month in pd.date_range("2003-01-01", "2016-12-01", freq="MS"):
        season = 1 + 0.6 * np.sin(2 * np.pi * (month.month - 4) / 12)
        n = {"drowning": rng.poisson(per_year / 12 * season * (ratio if month.year >= 2010 else 1)), "heat": rng.poisson(3 * season)}
        rows += [(cause, month + pd.Timedelta(days=int(d))) for cause, k in n.items() for d in rng.integers(0, 28, k)]
    table = pd.DataFrame(rows, columns=["cause", "date"])
    table["incident_id"] = table.index.astype(str)
    weights = table.loc[table["cause"].eq("drowning"), ["incident_id"]].assign(zone_id="canal_x", probability=1.0)
    known = {"kind": "death", "date_precision": "day", "n_dead": 1, "is_cumulative": False, "flags": "", "county": "Imperial", "sector": "ELC", "sources": "a"}
    measures = pd.DataFrame(
        {"intervention_id": ["m"], "sector": ["ELC"], "type": ["measure"], "from": pd.to_datetime(["2010-01-01"]), "to": pd.to_datetime([None])}
    )
    return {
        "incidents": table.assign(**known),
        "zone_weights": weights,
        "interventions": measures,
        "published": pd.DataFrame(columns=["series", "area", "period_type"]),
    }


def _question(register, dates=DATES):
    q = {
        "question_id": "q", "intervention_id": "m", "area": "zone:canal_x", "causes": "drowning", "series": "month", "exposure": "", "limit": "",
        "direction": "fewer",
        "comparison": "county:Imperial minus zone:canal_x", "comparison_causes": "", **dict(zip(interventions.WINDOWS, map(pd.Timestamp, dates), strict=True)),
    }  # fmt: skip
    return estimability.estimability(register, pd.DataFrame([q])).iloc[0].to_dict()


@pytest.mark.parametrize(("ratio", "verdict"), [(0.4, "reduction"), (1.0, "cannot_tell"), (2.0, "increase")])
def test_a_planted_change_is_called_and_none_is_not(ratio, verdict):
    register = _register(ratio)
    row = _question(register)
    found = interventions.evaluate(register, row)
    assert found["low"] <= ratio <= found["high"]
    decided = verdicts.decide(pd.DataFrame([{**row, **found, "n_placebos": 0, "p_placebo": None}])).iloc[0]
    assert decided["verdict"] == verdict
    assert np.sign(np.log(found["controlled_ratio"])) == np.sign(np.log(found["ratio"]))


def test_what_has_no_design_is_not_estimated():
    register = _register(1.0)
    found = interventions.evaluate(register, {**_question(register), "design": "described"})
    assert np.isnan(found["ratio"])


def test_an_exposure_that_halves_with_the_deaths_leaves_no_effect():
    register = _register(0.5)
    start = pd.date_range("2003-01-01", "2016-12-01", freq="MS")
    exposure = pd.DataFrame({"period_start": start, "exposure": np.where(start.year >= 2010, 500.0, 1000.0)})
    assert interventions.evaluate(register, _question(register), exposure)["low"] < 1 < interventions.evaluate(register, _question(register), exposure)["high"]
    gap = exposure.assign(exposure=exposure["exposure"].where(start != "2011-05-01"))
    assert "exposure is zero or missing in 1 months" in interventions.evaluate(register, _question(register), gap)["note"]


def test_placebo_dates_hold_the_true_one_and_keep_a_year_off():
    register = _register(0.4)
    row = _question(register)
    dates = interventions.placebo_dates(interventions.monthly_series(register, row, None), tuple(row[w] for w in interventions.WINDOWS))
    true = dates.loc[dates["is_true"], "date"].iloc[0]
    assert dates["is_true"].sum() == 1
    assert ((dates.loc[~dates["is_true"], "date"] - true).dt.days.abs() >= 365).all()
    assert dates.loc[dates["is_true"], "ratio"].iloc[0] == dates["ratio"].min()


def test_placebo_places_need_lists_that_reach_the_windows():
    register = _register(0.4)
    register["incidents"].loc[register["incidents"]["date"] < "2008-01-01", "sector"] = "YUM"
    table = interventions.placebo_places(register, _question(register), {"late": "sector:ELC", "whole": "county:Imperial"}, least=10)
    assert set(table["place"]) == {"zone:canal_x", "whole"}


def test_the_ratio_of_a_place_is_that_of_its_monthly_rates_with_the_exact_interval():
    from scipy.stats import binomtest

    register = _register(0.4)
    table = interventions.placebo_places(register, _question(register), {"rest": "county:Imperial minus zone:canal_x"}, "").set_index("place")
    rows = register["incidents"]
    heat = rows[rows["cause"].eq("heat")]
    a, b = (heat["date"].between(*DATES[i : i + 2]).sum() for i in (0, 2))
    assert table.loc["rest", ["n_before", "n_after"]].tolist() == [a, b]
    assert table.loc["rest", "ratio"] == pytest.approx(b / a)  # five years on each side
    share = binomtest(int(b), int(a + b)).proportion_ci(0.95, "exact")
    assert table.loc["rest", ["low", "high"]].tolist() == pytest.approx([share.low / (1 - share.low), share.high / (1 - share.high)])
    assert table.loc["zone:canal_x", "ratio"] < 0.6


def test_other_sectors_are_compared_on_the_same_fiscal_years():
    starts = pd.to_datetime([f"{y}-10-01" for y in range(2000, 2010)])
    parts = [
        pd.DataFrame({"series": "usbp_deaths", "area": code, "period_type": "fiscal_year", "period_start": starts, "period_end": starts + pd.DateOffset(years=1)
                      - pd.Timedelta(days=1), "value": values})
        for code, values in (("TCA", [10] * 5 + [30] * 5), ("YUM", [0] * 5 + [4] * 5))
    ]  # fmt: skip
    row = {"area": "sector:TCA", **dict(zip(interventions.WINDOWS, map(pd.Timestamp, ("2000-10-01", "2005-09-30", "2005-10-01", "2010-09-30")), strict=True))}
    table = interventions.placebo_sectors({"published": pd.concat(parts).assign(as_published_on=pd.NaT)}, row).set_index("place")
    assert table.loc["TCA", ["n_before", "n_after", "ratio", "is_true"]].tolist() == [50, 150, 3.0, True]
    assert table.loc["YUM", "ratio"] == pytest.approx(41)  # half a death on both sides where one has none


def test_other_choices_stand_beside_the_chosen_one_with_a_reason_where_there_is_none():
    register = _register(0.4)
    table = interventions.robustness(
        register, _question(register), None, {"same": {}, "none": {"causes": "cold"}, "short": {"after_to": pd.Timestamp("2012-12-31")}}
    )
    table = table.set_index("variant")
    assert table.loc["same", "high"] < 1
    assert table.loc["short", "n_after"] < table.loc["same", "n_after"]
    assert table.loc["none", ["n_before", "n_after"]].tolist() == [0, 0]


def test_the_panels_hold_the_people_of_the_question():
    register = _register(0.4)
    row = _question(register)
    start = pd.date_range("2003-01-01", "2016-12-01", freq="MS")
    table = before_after.panels(register, row, pd.DataFrame({"period_start": start, "exposure": 100.0}))
    main = table[table["panel"].eq("series")]
    assert main.loc[main["side"].eq("before"), "n"].sum() == row["n_before"]
    assert main.loc[main["side"].eq("after"), "n"].sum() == row["n_after"]
    assert main["n"].sum() == register["incidents"]["cause"].eq("drowning").sum()
    rate = table[table["panel"].eq("rate")]
    assert np.allclose(rate["n"], main["n"].to_numpy() * 10_000 / 1200)
    assert ((main["low"] <= main["n"]) & (main["n"] <= main["high"])).all()


def test_no_bar_stands_half_in_a_window_and_the_means_are_those_of_the_months_compared():
    register = _register(0.4)
    row = _question(register, ("2005-04-01", "2009-12-31", "2010-01-01", "2013-08-31"))
    start = pd.date_range("2003-01-01", "2016-06-01", freq="MS")  # the exposure ends before the list does
    table = before_after.panels(register, row, pd.DataFrame({"period_start": start, "exposure": 100.0}))
    for side, first, last in (("before", "before_from", "before_to"), ("after", "after_from", "after_to")):
        here = table[table["side"].eq(side)]
        bars = here[here["panel"].eq("series")]
        assert (bars["start"].min(), bars["end"].max()) == (row[first], row[last])
        assert bars["n"].sum() == row[f"n_{side}"]
        assert np.allclose(bars["mean"], row[f"n_{side}"] / row[f"months_{side}"] * 12)
        assert np.allclose(here.loc[here["panel"].eq("rate"), "mean"], row[f"n_{side}"] / (100 * row[f"months_{side}"]) * 10_000)
        assert (~bars["is_complete"]).sum() == 1
    assert table.loc[table["side"].eq("outside"), "mean"].isna().all()
    last = table[table["end"].gt("2016-06-30")].set_index("panel")
    assert last.loc["rate", "n"].isna().all(), "a bar whose exposure is not known whole has no rate"
    assert last.loc["series", "n"].gt(0).all()
