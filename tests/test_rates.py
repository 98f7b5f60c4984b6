"""Rates against SciPy, statsmodels, definitions, and tables that others published."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from bsi.analysis import panel
from bsi.analysis.rates import denominator, rate, rate_ratio, rescues_to_deaths, side_by_side
from bsi.analysis.series import official
from bsi.errors import InputError, NotEstimable
from bsi.register import published

# Deaths per 100,000 apprehensions by fiscal year, computed elsewhere from the two official tables: border, El Centro, Tucson, Yuma
PUBLISHED_RATES = {
    1998: (17.3, 39.7, 2.8, 22.3), 2001: (27.5, 55.5, 17.8, 30.6), 2005: (42, 53.8, 49.9, 37.6), 2009: (77.7, 80.5, 87.7, 43.2),
    2012: (132, 46, 150, 138.5), 2015: (75.8, 31.2, 99.4, 84), 2017: (98.1, 10.7, 188.8, 15.6), 2019: (35.2, 48.4, 96.1, 10.3),
}  # fmt: skip


@pytest.fixture(scope="module")
def figures():
    return published.load(Path(__file__).resolve().parents[1] / "data" / "published")


def deaths_of(figures):
    return figures[figures["series"].eq("usbp_deaths")][["period_start", "area", "value"]].rename(columns={"value": "n"})


def test_rates_that_others_published(figures):
    table = rate(deaths_of(figures), denominator(figures, "apprehensions")).set_index(["period_start", "area"])["rate"]
    for year, values in PUBLISHED_RATES.items():
        for area, value in zip(("southwest_border", "ELC", "TCA", "YUM"), values):
            assert table[pd.Timestamp(year - 1, 10, 1), area] == pytest.approx(value, abs=0.051)


@pytest.mark.parametrize(("a", "ea", "b", "eb"), [(20, 1000, 10, 1000), (3, 500, 9, 200), (7, 100, 0, 80), (90, 226_580, 56, 225_279)])
def test_rate_ratio_against_the_binomial(a, ea, b, eb):
    mine = rate_ratio(a, ea, b, eb)
    test = binomtest(b, a + b, eb / (ea + eb))
    low, high = test.proportion_ci(method="exact")
    assert mine["low"] == pytest.approx(low / (1 - low) * ea / eb)
    assert mine["high"] == pytest.approx(high / (1 - high) * ea / eb)
    tails = [binomtest(b, a + b, eb / (ea + eb), alternative=side).pvalue for side in ("less", "greater")]
    assert mine["p_value"] == pytest.approx(min(1, 2 * min(tails)))
    assert mine["ratio"] == pytest.approx(b / eb / (a / ea))


def test_the_other_way_round_is_the_reciprocal():
    one, other = rate_ratio(20, 3000, 10, 1000), rate_ratio(10, 1000, 20, 3000)
    assert one["low"] == pytest.approx(1 / other["high"])
    assert one["p_value"] == pytest.approx(other["p_value"])
    assert rate_ratio(0, 10, 5, 10)["high"] == np.inf


@pytest.mark.parametrize(("arguments", "words"), [((1, 0, 1, 5), "exposure is zero"), ((0.5, 1, 1, 5), "whole counts"), ((0, 1, 0, 5), "both counts are zero")])
def test_ratios_that_cannot_be_had(arguments, words):
    with pytest.raises(NotEstimable, match=words):
        rate_ratio(*arguments)


def test_the_splice_stands_in_one_place(figures):
    months = denominator(figures, "encounters", "month")
    assert not months.duplicated(["period_start", "area"]).any()
    assert set(months["area"]) == {"BBT", "DRT", "ELC", "EPT", "LRT", "RGV", "SDC", "TCA", "YUM", "southwest_border"}
    gaps = months[months["area"].eq("TCA")]["period_start"].diff().dropna().dt.days
    assert gaps.between(28, 31).all()
    marked = months[months["has_title_42"]]["period_start"]
    assert marked.min() == pd.Timestamp("2020-03-01")
    assert marked.max() == pd.Timestamp("2023-05-01")


def test_the_two_monthly_series_agree_where_they_are_spliced(figures):
    usbp, ohss = (denominator(figures, k, "month").set_index(["period_start", "area"])["exposure"] for k in ("encounters_usbp", "encounters_ohss"))
    both = pd.concat([usbp, ohss], axis=1, keys=["u", "o"]).dropna().drop("southwest_border", level=1)
    near = both.loc["2019-10-01":]
    assert len(near) == 12 * 9
    assert (near["u"] - near["o"]).abs().max() < 10
    assert both.index.get_level_values(0).min() == pd.Timestamp("2004-10-01")


def test_years_of_months_equal_the_yearly_table(figures):
    yearly, monthly = (denominator(figures, k).set_index(["period_start", "area"])["exposure"] for k in ("apprehensions", "encounters_usbp"))
    common = monthly.index.intersection(yearly.index)
    assert len(common) == 200
    assert (monthly[common] == yearly[common]).all()


def test_a_year_with_a_missing_month_has_no_exposure(figures):
    fiscal = denominator(figures, "encounters_ohss").set_index(["period_start", "area"])["exposure"]
    assert np.isnan(fiscal[pd.Timestamp("2024-10-01"), "TCA"])
    assert fiscal[pd.Timestamp("2023-10-01"), "TCA"] > 0


def test_a_rate_without_exposure_says_why(figures):
    rows = pd.DataFrame({"period_start": pd.to_datetime(["1930-10-01", "1998-10-01"]), "area": ["TCA", "TCA"], "n": [5, 29]})
    table = rate(rows, denominator(figures, "apprehensions"))
    assert table["rate"].isna().tolist() == [True, False]
    assert table["reason"].tolist() == ["no exposure is published for this period and area", ""]
    with pytest.raises(InputError, match="no column 'area'"):
        rate(rows.drop(columns="area"), denominator(figures, "apprehensions"))


def test_an_area_that_no_list_reaches_has_no_rate_and_says_why(figures):
    exposure = denominator(figures, "apprehensions")
    deaths = pd.DataFrame({"period_start": pd.to_datetime(["2010-10-01"] * 2), "area": ["TCA", "ELC"], "n": [195.0, None]})
    table = rate(deaths, exposure).set_index("area")
    assert table.loc["ELC", ["rate", "low", "high"]].isna().all()
    assert "no list" in table.loc["ELC", "reason"]
    assert table.loc["TCA", "reason"] == ""


def test_denominators_that_do_not_exist(figures):
    with pytest.raises(InputError, match="tourists"):
        denominator(figures, "tourists")
    with pytest.raises(InputError, match="not published by month"):
        denominator(figures, "apprehensions", "month")
    with pytest.raises(NotEstimable, match="no series for agents"):
        denominator(figures.iloc[:0], "agents")


def test_rescues_for_each_death(figures):
    table = rescues_to_deaths(figures).set_index(["label", "area"])
    assert table.loc[("FY2017", "TCA"), "ratio"] == pytest.approx(750 / table.loc[("FY2017", "TCA"), "n_deaths"])
    assert np.isnan(table.loc[("FY2018", "BBT"), "ratio"])
    assert "scrambled" in table.loc[("FY2018", "BBT"), "quality"]
    assert table.loc[("FY2018", "southwest_border"), "ratio"] == pytest.approx(4307 / 283)
    with pytest.raises(NotEstimable):
        rescues_to_deaths(figures[figures["series"].eq("usbp_deaths")])


def test_denominators_side_by_side(figures):
    rows = deaths_of(figures)
    table = side_by_side(rows[rows["area"].isin(["TCA", "ELC"])], figures, ("apprehensions", "agents")).set_index(["kind", "area", "period_start"])
    assert len(table) == 2 * 2 * 22
    year = pd.Timestamp("2018-10-01")
    assert table.loc[("apprehensions", "TCA", year), "change"] == pytest.approx(96.1 / 2.8, rel=0.02)
    assert table.loc[("agents", "TCA", year), "change"] < 10


def test_an_exposure_that_is_not_one_is_refused():
    deaths = pd.DataFrame({"period_start": pd.to_datetime(["2015-10-01"]), "area": ["TCA"], "n": [3]})
    exposure = deaths.rename(columns={"n": "exposure"}).assign(has_title_42=False, kind="agents", note="")
    assert rate(deaths, exposure)["rate"].tolist() == [100_000]
    with pytest.raises(NotEstimable, match="no exposure to divide by"):
        rate(deaths, exposure.head(0))
    with pytest.raises(InputError, match="a period and area twice"):
        rate(deaths, pd.concat([exposure, exposure]))
    for odd in ((1, 1, 2, np.inf), (-1, 1, 2, 1), (np.nan, 1, 2, 1)):
        with pytest.raises(NotEstimable):
            rate_ratio(*odd)


def test_a_revised_official_table_replaces_the_older_edition_and_is_not_added_to_it(figures):
    """The same figures printed again a year later, one of them higher: every exposure stays one number, the newer one."""
    series = [
        "usbp_apprehensions",
        "usbp_encounters_monthly",
        "ohss_encounters_monthly",
        "usbp_profile_rescues",
        "usbp_profile_deaths",
        "usbp_deaths",
        "usbp_agents",
    ]
    again = figures[figures["series"].isin(series)].assign(as_published_on=pd.Timestamp("2030-01-01"), edition="2030")
    is_one = again["series"].eq("usbp_apprehensions") & again["area"].eq("TCA") & again["period_end"].eq("2005-09-30")
    both = pd.concat([figures, again.assign(value=again["value"].mask(is_one, again["value"] + 7))], ignore_index=True)
    for kind in ("apprehensions", "encounters"):
        old, new = (denominator(t, kind).set_index(["area", "period_start"])["exposure"] for t in (figures, both))
        moved = (new - old).loc[lambda d: d.ne(0) & d.notna()]
        assert moved.to_dict() == ({("TCA", pd.Timestamp("2004-10-01")): 7.0} if kind == "apprehensions" else {})
    pd.testing.assert_frame_equal(rescues_to_deaths(both), rescues_to_deaths(figures))
    pd.testing.assert_frame_equal(panel.sector_years(both)[["deaths", "agents"]], panel.sector_years(figures)[["deaths", "agents"]])
    assert len(official(both, "border")) == len(official(figures, "border"))
