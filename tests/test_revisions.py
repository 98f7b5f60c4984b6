"""Revisions: the official histories as published, Mack's published triangle, and simulated vintages."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bsi.analysis import revisions
from bsi.errors import NotEstimable

TAYLOR_ASHE = [  # Taylor, Ashe (1983), cumulated; the triangle of Mack (1993), ASTIN Bulletin 23:213
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]


def test_the_chain_ladder_is_that_of_mack():
    table = revisions.nowcast(pd.DataFrame([row + [np.nan] * (10 - len(row)) for row in TAYLOR_ASHE]))
    assert (table["expected"] - table["known"]).sum() == pytest.approx(18_680_856, abs=2)
    # standard errors as printed in Mack (1993), in thousands
    printed = [75.535, 121.699, 133.549, 261.406, 411.010, 558.317, 875.328, 971.258, 1363.155]
    assert (table["error"].iloc[1:] / 1000).tolist() == pytest.approx(printed, rel=2e-5)


def test_the_nowcast_of_simulated_vintages_covers_what_came():
    rng, inside, n = np.random.default_rng(4), 0, 0
    for _ in range(60):
        final = rng.poisson(300, 16)
        shares = np.array([0.55, 0.2, 0.12, 0.08, 0.05])
        parts = np.array([rng.multinomial(total, shares) for total in final]).cumsum(axis=1)
        rows = [
            {"period": p, "as_of": pd.Timestamp("2015-01-31") + pd.DateOffset(months=p + d), "n": parts[p, min(d, 4)]}
            for p in range(16)
            for d in range(5)
            if p + d < 16
        ]
        table = revisions.nowcast(revisions.reporting_triangle(pd.DataFrame(rows)))
        open_ones = table.iloc[12:]
        inside += ((open_ones["low"] <= final[12:]) & (final[12:] <= open_ones["high"])).sum()
        n += 4
    assert inside / n >= 0.88


def test_too_few_or_irregular_editions_bear_no_nowcast():
    with pytest.raises(NotEstimable, match="at least 12 regular editions of a list; there are 3"):
        revisions.check_vintages(["2019-12-30", "2022-02-19", "2024-11-15"])
    days = [*pd.date_range("2015-01-31", periods=12, freq="ME"), pd.Timestamp("2020-01-31")]
    with pytest.raises(NotEstimable, match="regular editions; the gaps"):
        revisions.check_vintages(days)
    with pytest.raises(NotEstimable, match="delay 0"):
        revisions.nowcast(pd.DataFrame([[0.0, 0.0], [0.0, np.nan]]))


def test_official_deaths_moved_as_the_documents_say():
    from bsi.register import published

    data = Path(__file__).resolve().parents[1] / "data"
    breaks = published.load_interventions(data / "interventions.csv").query("type == 'series_break'")
    table = revisions.official_revisions(published.load(data / "published"), breaks)
    border = table[table["area"].eq("southwest_border") & table["measure"].eq("deaths")]
    border = border.set_index(border["period_end"].dt.year)
    want = {
        2011: (357, 375),
        2012: (463, 471),
        2013: (445, 451),
        2014: (307, 315),
        2015: (240, 251),
        2016: (322, 329),
        2017: (294, 298),
        2018: (283, 283),
        2022: (856, 895),
    }
    for year, (first, now) in want.items():
        assert (border.loc[year, "first"], border.loc[year, "now"]) == (first, now)
    assert (border["reason"].eq("") == border["change"].eq(0)).all()
    assert border.index[border["reason"].eq("break")].tolist() == [2005]  # the rule of June 2005; a list that grew in 2022 is no break of this count
    assert revisions.official_revisions(published.load(data / "published"), breaks.head(0))["reason"].ne("break").all()


def test_lists_say_what_moved_and_leave_out_what_did_not():
    arrivals = pd.DataFrame(
        {
            "source": "a",
            "year": [1990, 2014, 2015],
            "n_old": [0, 109, 5],
            "n_new": [198, 151, 5],
            "n_gone": [0, 1, 0],
            "n_added": [198, 43, 0],
            "reason": ["scope", "import", None],
        }
    )
    table = revisions.list_revisions(arrivals)
    assert table["change"].tolist() == [198, 42]


def pair(old, new, year, n_old, n_new, n_gone, n_added, reason):
    return {"source": "a", "old_vintage": old, "new_vintage": new, "year": year, "n_old": n_old, "n_new": n_new, "n_gone": n_gone, "n_added": n_added,
            "reason": reason}  # fmt: skip


def test_history_goes_from_the_first_edition_after_the_year_began_to_the_newest():
    first, second, third = "2019-12-30", "2022-02-19", "2024-11-15"
    arrivals = pd.DataFrame(
        [
            pair(first, second, 1990, 0, 9, 0, 9, "change_of_scope"),
            pair(second, third, 1990, 9, 9, 0, 0, None),
            pair(first, second, 2014, 109, 151, 15, 57, "bulk_import"),
            pair(second, third, 2014, 151, 380, 0, 229, "bulk_import"),
            pair(first, second, 2021, 0, 508, 0, 508, "new_period"),
            pair(second, third, 2021, 508, 523, 1, 16, "late"),
            pair(first, second, 2022, 0, 17, 0, 17, "new_period"),
            pair(second, third, 2022, 17, 20, 0, 3, "new_period"),
        ]
    )
    table = revisions.list_history(arrivals).set_index("year")
    assert table.loc[1990, ["first", "now", "change_of_scope"]].tolist() == [0, 9, 9]  # the first edition could have held it, and did not
    assert table.loc[2014, ["first", "now", "bulk_import", "withdrawn"]].tolist() == [109, 380, 286, 15]
    assert table.loc[2021, ["first", "now", "new_period", "late", "withdrawn"]].tolist() == [508, 523, 0, 16, 1]  # the edition of 2019 could not hold it
    assert table.loc[2021, "first_on"] == pd.Timestamp(second)
    added = table[list(revisions.LIST_REASONS)].sum(axis=1)
    assert (table["first"] + added - table["withdrawn"] == table["now"]).all()


def test_a_year_that_only_lost_records_says_withdrawn():
    table = revisions.list_revisions(pd.DataFrame([pair("2020-01-01", "2021-01-01", 2016, 166, 164, 2, 0, None)]))
    assert table[["change", "reason"]].values.tolist() == [[-2, "withdrawn"]]
