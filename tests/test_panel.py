"""The panel: R's coefficients and errors, randomisation under no effect, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bsi.analysis import panel
from bsi.errors import NotEstimable

R = json.loads((Path(__file__).parent / "data" / "r_interventions.json").read_text(encoding="utf-8"))


def test_coefficients_and_errors_are_those_of_glm():
    found = panel.fit(pd.DataFrame(R["panel"]), 99).set_index("term")
    for i, term in enumerate(("apprehensions", "agents")):
        assert np.log(found.loc[term, "change_10"]) / np.log(1.1) == pytest.approx(R["panel_coef"][i], abs=1e-4)
        reach = np.log(found.loc[term, "high"] / found.loc[term, "change_10"]) / np.log(1.1)
        from scipy.stats import t

        assert reach / t.ppf(0.975, 84 - 20) == pytest.approx(R["panel_se"][i], rel=1e-3)


def _world(rng, effect=0.0):
    rows = []
    for s in range(9):
        agents = np.exp(6 + np.cumsum(rng.normal(0.03, 0.15, 20)))
        shock = np.exp(np.cumsum(rng.normal(0, 0.15, 20)))  # deaths of a sector wander by themselves: errors within it are not independent
        for y in range(20):
            rows.append((f"S{s}", 2000 + y, rng.poisson(40 * shock[y] * (agents[y] / 400) ** effect), 50_000.0, agents[y]))
    return pd.DataFrame(rows, columns=["sector", "fiscal_year", "deaths", "apprehensions", "agents"]).assign(
        apprehensions=lambda t: t["apprehensions"] * rng.uniform(0.8, 1.2, len(t))
    )


def test_randomisation_keeps_its_level_where_naive_errors_do_not():
    rng = np.random.default_rng(11)
    agents = [panel.fit(_world(rng), 99).set_index("term").loc["agents"] for _ in range(80)]
    naive, random = (np.mean([a[c] < 0.05 for a in agents]) for c in ("p_value", "p_random"))
    assert naive > 0.2
    assert random <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 80)


def test_a_strong_effect_is_found():
    row = panel.fit(_world(np.random.default_rng(2), effect=-2.0), 199).set_index("term").loc["agents"]
    assert row["change_10"] < 0.95
    assert row["p_random"] < 0.05


def test_each_row_names_the_years_that_it_rests_on():
    found = panel.fit(pd.DataFrame(R["panel"]), 9)
    years = [row["fiscal_year"] for row in pd.DataFrame(R["panel"]).to_dict("records")]
    assert (found["first_year"] == min(years)).all()
    assert (found["last_year"] == max(years)).all()


def test_what_is_no_panel_is_refused():
    table = pd.DataFrame(R["panel"])
    for bad, words in (
        (table.head(30), "at least five sectors"),
        (table.iloc[1:], "each sector in each year"),
        (table.assign(agents=0), "zero in some sector"),
    ):
        with pytest.raises(NotEstimable, match=words):
            panel.fit(bad)
    with pytest.raises(NotEstimable, match="empty cells"):
        panel.sector_years(
            pd.DataFrame(columns=["series", "area_type", "period_type", "period_start", "period_end", "area", "value", "as_published_on"]).astype(
                {"period_end": "datetime64[us]"}
            )
        )


def test_the_official_panel_holds_every_sector_and_year():
    from bsi.register import published

    table = panel.sector_years(published.load(Path(__file__).resolve().parents[1] / "data" / "published"))
    assert (table["sector"].nunique(), table["fiscal_year"].nunique(), len(table)) == (9, 22, 198)
    assert table["deaths"].sum() == 7805  # the grand total of the official table
