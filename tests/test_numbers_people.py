"""Numbers of what each table lacks and of rates, by counting an invented register by hand."""

import pandas as pd
import pytest

from bsi.publish.numbers import entry
from bsi.publish.numbers_people import people_numbers

BUILD = {"rows": [{"source": "a", "vintage": "2004-12-31"}, {"source": "b", "vintage": "2003-05-01"}]}


def deaths():
    """Six people: two in one incident of 2003, two in 2002, one in 1990, one without a year."""
    frame = pd.DataFrame({"incident_id": list("abcde"), "fiscal_year": pd.array([2003, 2002, 2002, 1990, None], "Int64"), "n_dead": [2, 1, 1, 1, 1]})
    frame = frame.assign(n_missing=0, kind="death", country=["US", "MX", "US", "US", "US"], sector=[None, None, "TCA", "TCA", "TCA"], actor=None, status=None)
    frame = frame.assign(cause=["skeletal", "heat", "violence", None, "heat"], date_precision="day", date_kind=["event", "found", "found", "found", "found"])
    frame["upstreams"] = ["a;b", "a", "a", "a", "a"]
    frame = frame.assign(lon=[None, 1.0, 1.0, 1.0, 1.0], lat=1.0, location_precision_m=[None, 15_000, 100, 100, 100])
    frame = frame.assign(is_identified=pd.array([False, True, None, None, None], "boolean"), sources=["a;b", "a", "a", "a", "a"])
    return frame.assign(date=pd.to_datetime(["2003-01-01", "2002-01-01", "2002-02-01", "1990-01-01", None]))


@pytest.fixture(scope="module")
def values():
    rows = deaths()
    weights = pd.DataFrame({"incident_id": ["a", "b"], "zone_id": "z", "probability": [0.5, 1.0]})
    years = pd.to_datetime(["2001-09-30", "2003-09-30"])
    published = pd.DataFrame({"series": "usbp_deaths", "area": "southwest_border", "period_end": years, "value": [100.0, 200.0], "as_published_on": pd.NaT})
    published = published.assign(period_type="fiscal_year", is_complete=True)
    size = {"apprehensions": (1_000.0, 4_000.0), "encounters": (1_000.0, 1_000.0), "agents": (10.0, 20.0)}
    rates = pd.DataFrame([{"kind": k, "year": y, "n": 1.0, "exposure": e, "rate": 3.21} for k, pair in size.items() for y, e in zip((2001, 2003), pair)])
    profiles = pd.DataFrame({"attribute": ["sex", "sex", "age_group"], "category": ["male", "unknown", "0-11"], "n": pd.array([3, 1, None], "Int64")})
    causes = pd.DataFrame({"category": ["heat", "unknown", "total"], "total": pd.array([4, 1, 5], "Int64")})
    tables = {"zones": pd.DataFrame({"zone_id": ["z"], "family": ["desert"]}), "zone_weights": weights, "incidents": rows, "published": published,
              "rates_side_by_side": rates, "sex_by_cause": causes, "profiles": profiles}  # fmt: skip
    return {k: v["value"] for k, v in people_numbers(tables, {"deaths": rows, "edition": 2003, "build": BUILD}, entry).items()}


def test_lists_that_end_before_the_year_are_counted(values):
    assert (values["lists"], values["lists_ended"]) == (2, 1)
    assert (values["observers_first"], values["observers_edition"]) == (0, 2)


def test_what_the_tables_lack_is_a_share_of_their_own_people(values):
    assert values["dead_earlier"] == 1
    assert values["lack_cause_all"] == pytest.approx(2 / 4)
    assert values["lack_cause_edition"] == 1
    assert values["lack_event_all"] == pytest.approx(2 / 4)
    assert values["lack_place_all"] == pytest.approx(2 / 4)
    assert values["lack_near_all"] == pytest.approx(1 / 4)
    assert values["lack_sector_all"] == pytest.approx(2 / 4), "the Mexican side has no sector to lack"
    assert values["lack_name_all"] == pytest.approx(1 / 4)


def test_attributes_lack_what_their_table_shows_and_nothing_is_said_of_withheld_numbers(values):
    assert values["lack_sex"] == pytest.approx(1 / 4)
    assert values["lack_cause"] == pytest.approx(1 / 5)
    assert values["lack_age"] is None
    assert values["lack_nationality"] is None


def test_sides_zones_and_names_of_the_two_years(values):
    assert (values["dead_mexico_edition"], values["dead_mexico_before"]) == (0, 1)
    assert values["dead_desert_before"] == 1
    assert (values["dead_nameless_edition"], values["dead_named_edition"], values["dead_one_list_edition"]) == (2, 0, 0)


def test_the_change_depends_on_the_denominator(values):
    assert (values["rate_first"], values["rate_last"]) == (2001, 2003)
    assert (values["times_deaths"], values["times_apprehensions"], values["times_agents"]) == (2, 0.5, 1)
    assert values["rate_encounters_edition"] == 3.2
    assert values["rate_encounters_splice"] is None


def test_people_who_died_by_violence(values):
    assert (values["dead_violence"], values["dead_violence_edition"], values["violence"]) == (1, 0, 0)
