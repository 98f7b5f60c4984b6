"""Heat on registers whose lists or temperatures begin late, end early or never meet."""

import numpy as np
import pandas as pd
import pytest

from bsi import study_heat
from bsi.errors import NotEstimable


class Register:
    """One death of heat a warm week in Tucson sector, listed from one day to another."""

    data_folder = None

    def __init__(self, first, last):
        days = pd.date_range(first, last, freq="7D")
        days = days[days.month.isin(range(3, 12))]
        self.incidents = pd.DataFrame(
            {
                "incident_id": [f"i-{i}" for i in range(len(days))], "kind": "death", "is_cumulative": False, "flags": "",
                "date": days, "date_precision": "day",
                "cause": "heat", "n_dead": 1, "sector": "TCA", "county": "Pima", "state": "AZ", "sources": "x", "died_from": days, "died_to": days,
            }
        )  # fmt: skip
        self.zone_weights = pd.DataFrame({"incident_id": [], "zone_id": [], "probability": []})


@pytest.fixture
def temperatures(monkeypatch):
    """Temperatures of 2003 to the middle of 2012."""
    days = pd.date_range("2003-01-01", "2012-06-30")
    table = pd.DataFrame({"date": days, "tmax_c": 30 + 10 * np.sin(np.arange(len(days)) / 58)})
    monkeypatch.setattr("bsi.register.climate.find_days", lambda _folder: None)
    monkeypatch.setattr("bsi.register.climate.station_days", lambda _table: table)


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        ("2000-01-03", "2020-12-31", (2003, 2011)),  # the temperatures are the shorter ones; their last year is not over
        ("2005-08-01", "2020-12-31", (2006, 2011)),  # the list sets in after the warm months have begun
        ("2000-01-03", "2009-07-31", (2003, 2008)),  # the list stops early: the months after are not days without a death
    ],
)
def test_only_warm_months_that_lists_and_temperatures_hold_whole_are_used(temperatures, first, last, years):
    series = study_heat.heat_series(Register(first, last))
    assert (series["year"].min(), series["year"].max()) == years


def test_lists_and_temperatures_that_never_meet_are_told(temperatures):
    with pytest.raises(NotEstimable, match="no warm season"):
        study_heat.heat_series(Register("2014-01-01", "2020-12-31"))
