"""What notebook 03 tells: against counts made by hand here, the official table, and a register without a death."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from bsi import periods, plates_trends, study_trends
from bsi.errors import InputError, NotEstimable
from bsi.publish import figures_trends
from bsi.register import published
from bsi.selections import Choices, check_choices, listed


class Register:
    """A register of given tables (as a module-level object it can be a key of a cache)."""

    def __init__(self, **tables):
        self.__dict__.update(tables)


@pytest.fixture
def empty(small_register):
    names = ("build", "out", "data_folder", "records", "zones", "published")
    own = {name: getattr(small_register, name) for name in names}
    return Register(**own, incidents=small_register.incidents.iloc[:0], zone_weights=small_register.zone_weights.iloc[:0])


@pytest.fixture
def official():
    return Register(published=published.load(Path(__file__).resolve().parents[1] / "data" / "published"))


def test_a_change_adds_up_over_causes_to_the_whole(small_register):
    rows = small_register.incidents
    rows = rows[rows["kind"].isin(["death", "missing"]) & ~rows["is_cumulative"] & rows["date_precision"].isin(["day", "month"])]
    years = periods.fiscal_year(rows["date"])
    table = study_trends.change(small_register, Choices(compare=("FY2010", "FY2015")))
    want = [rows.loc[years.eq(y).fillna(False).to_numpy(bool), "n_dead"].sum() for y in (2010, 2015)]
    total = table[table["by"].eq("total")].iloc[0]
    assert [total["n_a"], total["n_b"], total["change"]] == [*want, want[1] - want[0]]
    assert table.loc[table["by"].eq("cause"), "change"].sum() == pytest.approx(total["change"])
    assert {"elsewhere", "unplaced"} >= set(table.loc[table["by"].eq("zone_id"), "key"]) - set(small_register.zones["zone_id"])
    with pytest.raises(InputError, match="not in the counts"):
        study_trends.change(small_register, Choices(compare=("FY1890", "FY2015")))
    with pytest.raises(InputError, match="two periods"):
        check_choices(small_register, Choices(compare=("FY2010",)))


def test_weeks_begin_on_monday_and_only_the_latest_are_shown(small_register):
    table = study_trends.by_period(small_register, Choices(period="week"))
    shown = table[table["part"].eq("period")]
    assert len(shown) <= study_trends.LATEST
    assert shown["period_start"].dt.day_of_week.eq(0).all()
    with pytest.raises(InputError, match="not known"):
        check_choices(small_register, Choices(period="fortnight"))


def test_a_sector_before_its_first_record_is_not_zero(small_register):
    table = listed(small_register, Choices(), by_sector=True)
    rows = table[table["part"].eq("period") & table["sector"].ne("unknown")]
    first = rows[rows["n_high"].gt(0)].groupby("sector")["period_start"].min()
    before = rows["period_start"] < rows["sector"].map(first)
    assert rows.loc[before, "n_dead"].isna().all()
    assert rows.loc[~before & rows["is_listed"], "n_dead"].notna().all()


def test_the_signed_change_of_the_official_table_by_the_facts(official):
    """Computed by hand from the Border Patrol's sheet: FY1998 to FY2005 Tucson and Yuma +243, the whole border +229."""
    table = study_trends.official_change(official, 1998, 2005).set_index("area")["change"]
    assert table["TCA"] + table["YUM"] == 243
    assert table["southwest_border"] == 229
    with pytest.raises(NotEstimable, match="no deaths by sector"):
        study_trends.official_change(official, 1950, 2005)


def test_el_centro_stands_beside_its_one_year_before(official):
    """90 deaths in FY1998, 56 in FY1999; R 4.2.2: poisson.test(c(56, 90), c(225279, 226695)) gives 0.6261, 0.4403 to 0.8837."""
    table = study_trends.first_years(official).set_index("label")
    assert table.loc["FY1998", "n"] == 90
    assert pd.isna(table.loc["FY1998", "ratio"])
    assert table.loc["FY1999", ["ratio", "ratio_low", "ratio_high"]].astype(float).tolist() == pytest.approx([0.6261, 0.4403, 0.8837], abs=2e-4)


def test_every_denominator_starts_at_one_in_the_same_year(official):
    table = study_trends.denominators(official)
    first = table[table["period_start"].eq(table["period_start"].min())]
    assert set(first["kind"]) == set(study_trends.KINDS)
    assert np.allclose(first["change"], 1)
    last = table[table["kind"].eq("agents")].sort_values("period_start").iloc[[0, -1]]
    assert last["change"].iloc[1] == pytest.approx((300 / 16731) / (380 / 8580), rel=1e-6)  # deaths and agents as printed, FY2000 and FY2019


def test_no_sector_is_chosen_for_smoothing(official):
    table = study_trends.smoothed_rates(official)
    assert table.groupby("area").size().eq(22).all()
    assert table["area"].nunique() == 9
    common = table["n"].sum() / table["exposure"].sum() * 1e5
    drawn_in = (table["smoothed"] - table["rate"]).abs()
    assert drawn_in[table["exposure"].lt(6000)].mean() > drawn_in[table["exposure"].gt(300_000)].mean()
    assert table["smoothed"].between(min(table["rate"].min(), common), table["rate"].max()).all()


@pytest.mark.parametrize("name", sorted(plates_trends.PLATES_TRENDS))
@pytest.mark.parametrize("kind", ["small", "empty", "one_month", "undated", "zone_without_anybody"])
def test_every_figure_is_drawn_or_says_why_not(small_register, empty, name, kind):
    rows = small_register.incidents
    month = rows["date"].dt.to_period("M")
    incidents = {"one_month": rows[month.eq(month.mode()[0])], "undated": rows.assign(date=pd.NaT, date_precision="none"), "empty": rows.iloc[:0]}
    zone = "canal_aac" if kind == "zone_without_anybody" else None
    register = Register(**{**vars(empty), "incidents": incidents[kind], "zone_weights": small_register.zone_weights}) if kind in incidents else small_register
    if zone:
        weights = small_register.zone_weights
        register = Register(**{**vars(empty), "incidents": rows, "zone_weights": weights[weights["zone_id"].ne(zone)]})
    for lang in ("en", "es"):
        figure = plates_trends.PLATES_TRENDS[name].make(register, Choices(zone=zone))(lang, "single")
        assert figure.bsi_description.alt
        assert figure.bsi_description.title
        plt.close(figure)


def test_a_drift_past_the_turn_of_the_year_keeps_its_interval_together():
    row = {
        "group": "found",
        "from_year": 2000,
        "to_year": 2009,
        "n": 40,
        "mean_day": 2.0,
        "low_day": 360.0,
        "high_day": 9.0,
        "concentration": 0.5,
        "reason": "",
    }
    figure = figures_trends.drift(pd.DataFrame([row]), "en", "single")
    lines = [c for c in figure.axes[0].collections if hasattr(c, "get_segments") and len(c.get_segments())]
    (_x, low), (_x2, high) = lines[0].get_segments()[0]
    assert (low, high) == (-6.0, 9.0)
    plt.close(figure)


@pytest.mark.parametrize("labels", [("2010", "2015"), ("Jul 2010", "Jul 2015"), ("2010-W27", "2015-W27"), ("May-Sep 2010", "May-Sep 2015")])
def test_any_kind_of_period_can_be_compared(small_register, labels):
    table = study_trends.change(small_register, Choices(compare=labels))
    total = table[table["by"].eq("total")].iloc[0]
    rows = small_register.incidents.query("kind in ('death', 'missing') and not is_cumulative")
    sides = [
        rows.loc[rows["date"].between(total[f"{end}_start"], total[f"{end}_end"]) & rows["date_precision"].eq("day"), "n_dead"].sum() for end in ("from", "to")
    ]
    assert total["n_a"] == pytest.approx(sides[0], abs=3)  # months and years also hold rows that are dated less well
    assert total["n_b"] == pytest.approx(sides[1], abs=3)


def test_a_label_of_no_period_is_told(small_register):
    with pytest.raises(InputError, match="'2005-07' names no period"):
        study_trends.change(small_register, Choices(compare=("2005-07", "2006-07")))


@pytest.mark.parametrize("choices", [Choices(first_year=2090), Choices(last_year=1890)])
def test_years_that_no_list_reaches_are_told(small_register, choices):
    with pytest.raises(NotEstimable, match="no list reaches the chosen years"):
        study_trends.trend(small_register, choices)
