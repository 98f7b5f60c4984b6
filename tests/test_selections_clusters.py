"""Groups found together: what a scan of people and of incidents makes of them, on planted groups and on the examiner's real rows."""

import numpy as np
import pandas as pd
import pytest

from bsi import selections_clusters, selections_spatial
from bsi.analysis import clusters, scan
from bsi.errors import NotEstimable
from bsi.publish import words_clusters
from bsi.selections import Choices

ROUGH = "no location description"


def test_people_of_one_day_near_one_another_are_one_event_and_chains_hold_together():
    x = [0, 1900, 3800, 9000, 0]
    found = clusters.events(x, [0] * 5, ["2001-05-23"] * 4 + ["2001-05-24"])
    assert found.tolist() == [0, 0, 0, 1, 2]
    assert len(set(clusters.events([0.0], [0.0], [1]))) == 1


def test_a_planted_group_is_the_best_cluster_of_people_and_none_of_incidents(rng):
    """Nine people on one day within a kilometre among sixty deaths spread over a year."""
    n = 60
    x, y = rng.uniform(0, 200_000, (2, n))
    day = pd.Timestamp("2001-01-01") + pd.to_timedelta(rng.integers(0, 365, n), unit="D")
    group = pd.DataFrame({"x_m": 50_000 + rng.uniform(0, 800, 6), "y_m": 50_000 + rng.uniform(0, 800, 6), "date": pd.Timestamp("2001-05-23")})
    points = pd.concat([pd.DataFrame({"x_m": x, "y_m": y, "date": day}), group], ignore_index=True)
    points = points.assign(precision_m=100.0, n_dead=1, sector="TCA", year=2001, month=points["date"].dt.month)
    best = scan.scan(points["x_m"], points["y_m"], points["month"], replicates=99).iloc[0]
    assert np.hypot(best["center_x_m"] - 50_400, best["center_y_m"] - 50_400) < 1500
    assert best["p_monte_carlo"] == pytest.approx(0.01)
    events = selections_spatial.as_events(points)
    assert len(events) == n + 1
    assert events["n_dead"].sum() == n + 6
    again = scan.scan(events["x_m"], events["y_m"], events["month"], replicates=99).iloc[0]
    assert again["p_monte_carlo"] > 0.05


def test_the_strongest_cluster_of_2001_is_one_group_when_people_are_scanned_and_is_not_when_incidents_are(shared_data):
    """Rows of the examiner's list of 2001 whose place is described, in the projection that the list itself gives."""
    rows = pd.read_csv(sorted((shared_data / "raw" / "humane_borders").glob("2022-*.csv"))[0], low_memory=False)
    rows["date"] = pd.to_datetime(rows["Reporting Date"], format="mixed", errors="coerce")
    rows = rows[(rows["date"].dt.year == 2001) & ~rows["Location Precision"].fillna(ROUGH).str.contains(ROUGH)]
    points = rows.assign(x_m=pd.to_numeric(rows["UTM X"]), y_m=pd.to_numeric(rows["UTM Y"]), month=rows["date"].dt.month, year=2001, sector="TCA")
    points = points[["x_m", "y_m", "date", "month", "year", "sector"]].assign(precision_m=100.0, n_dead=1).dropna().reset_index(drop=True)

    def days_of_best(table):
        best = scan.scan(table["x_m"].round(), table["y_m"].round(), table["month"], replicates=0).iloc[0]
        apart = np.hypot(points["x_m"] - best["center_x_m"], points["y_m"] - best["center_y_m"])
        inside = points[(apart <= best["radius_m"] + 1) & points["month"].between(best["month_from"], best["month_to"])]
        return best["n_observed"], inside["date"].nunique(), set(inside["date"])

    observed, days, when = days_of_best(points)
    assert observed >= 5
    assert days == 1
    assert when == {pd.Timestamp("2001-05-23")}
    _, _, later = days_of_best(selections_spatial.as_events(points))
    assert pd.Timestamp("2001-05-23") not in later


def test_the_windows_of_knox_are_three_years_and_groups_counted_once_leave_fewer_pairs(small_register):
    try:
        table = selections_clusters.knox_table(small_register, Choices())
    except NotEstimable as error:
        pytest.skip(f"NOT TESTED on the sample: {error}")
    years = table["years"].str.split("–", expand=True).astype(int)
    assert ((years[1] - years[0]) == 2).all()
    wide = table.pivot(index="years", columns="unit", values="n").dropna()
    assert (wide["events"] <= wide["people"]).all()


@pytest.mark.parametrize("lang", ["en", "es"])
def test_words_say_what_the_tables_hold(lang):
    rows = {"year": 2001, "n_group": 12, "n_cases": 77, "n_expected": 1.7, "p_gumbel": 0.16, "n_people": 7}
    table = pd.DataFrame([{**rows, "unit": "people", "n_observed": 7, "n_of_group": 5, "n_events": 2, "n_days": 1},
                          {**rows, "unit": "incidents", "n_observed": 3, "n_of_group": 0, "n_events": 3, "n_days": 3}])  # fmt: skip
    said = words_clusters.group_words(table, lang)
    assert ("one group" if lang == "en" else "un solo grupo") in said
    assert ("no part" if lang == "en" else "no forma parte") in said
    spread = words_clusters.group_words(table.assign(n_days=4, n_of_group=2), lang)
    assert ("one group" if lang == "en" else "un solo grupo") not in spread
    assert ("no part" if lang == "en" else "no forma parte") not in spread
    knox = pd.DataFrame({"years": ["2001–2003"] * 2, "unit": ["people", "events"], "n_pairs": [40, 6], "n_expected": [4.0, 3.0], "p": [0.001, 0.2]})
    said = words_clusters.knox_words(knox, lang)
    assert "10.0" in said
    assert "2.0" in said
    assert ("route" if lang == "en" else "ruta") in said


def test_a_table_that_is_not_to_be_had_is_one_sentence_in_table_and_words(small_register):
    def never(register, choices):
        raise NotEstimable("no incident has both a date and a position")

    table = selections_clusters.shown(never, small_register, Choices(), "es")
    assert table.shape == (1, 1)
    assert words_clusters.group_words(table, "es") == words_clusters.knox_words(table, "es") == table.iloc[0, 0]
    assert table.iloc[0, 0].startswith("No se estima")


def test_clusters_beyond_exposure_name_cases_and_places_within_the_encounters(small_register):
    """The Poisson scan runs on events in the sectors and months for which encounters are published; without those it is not estimated."""
    found = selections_spatial.clusters_beyond_exposure(small_register, Choices(), replicates=9)
    assert (found["n_observed"] > found["n_expected"]).all()
    assert found["n_cases"].iloc[0] >= found["n_observed"].max()
    assert found[["lon", "lat"]].notna().all(axis=None)
