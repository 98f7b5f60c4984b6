"""State of identification in a vintage and conversion between two, by record ids."""

import pandas as pd
import pytest

from bsi.analysis import identification
from bsi.errors import NotEstimable


def vintage(day, rows):
    frame = pd.DataFrame([{"record_id": i, "source": "humane_borders", "date": d, "is_identified": known} for i, d, known in rows])
    return frame.assign(vintage=pd.Timestamp(day), date=pd.to_datetime(frame["date"]), is_identified=frame["is_identified"].astype("boolean"))


OLD = vintage("2020-06-30", [("a", "2020-01-01", False), ("b", "2020-02-01", False), ("c", "2019-01-01", False), ("d", "2012-01-01", True), ("e", None, False)])
NEW = vintage("2022-03-31", [("a", "2020-01-01", True), ("b", "2020-02-01", False), ("d", "2012-01-01", False), ("e", None, True), ("f", "2021-01-01", None)])


def test_conversion_by_hand():
    got = identification.conversion(OLD, NEW).set_index("years_since")
    assert got.loc["all", ["n_unidentified", "n_named", "n_still", "n_gone", "n_lost"]].tolist() == [4, 2, 1, 1, 1]
    assert got.loc["0-1", ["n_unidentified", "n_named"]].tolist() == [2, 1]
    assert got.loc["unknown", "n_named"] == 1
    assert got.loc["all", "share"] == pytest.approx(2 / 3)
    assert (got.loc["all", "share_least"], got.loc["all", "share_most"]) == (0.5, 0.75)
    assert got.loc["5-10", ["n_unidentified", "n_lost"]].tolist() == [0, 1]
    assert pd.isna(got.loc["5-10", "share"])


def test_conversion_through_matches_of_other_ids():
    renamed = NEW.assign(record_id="new-" + NEW["record_id"])
    matches = pd.DataFrame({"record_id_old": ["a", "b"], "record_id_new": ["new-a", "new-b"]})
    got = identification.conversion(OLD, renamed, matches).iloc[-1]
    assert got[["n_named", "n_still", "n_gone"]].tolist() == [1, 1, 2]


def test_intervals_are_clopper_and_pearsons():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    got = identification.conversion(OLD, NEW).iloc[-1]
    assert (got["low"], got["high"]) == pytest.approx(proportion.proportion_confint(2, 3, method="beta"))


def test_state_by_year_and_by_time_since():
    got = identification.state(NEW).set_index("group")
    assert got.loc["2020", ["n", "n_identified", "n_unidentified"]].tolist() == [2, 1, 1]
    assert got.loc["2021", ["n", "n_not_stated"]].tolist() == [1, 1]
    assert pd.isna(got.loc["2021", "share_unidentified"])
    assert got["n"].sum() == len(NEW)
    since = identification.state(OLD, "years_since").set_index("group")
    assert since["n"].to_dict() == {"0-1": 2, "1-2": 1, "5-10": 1, "unknown": 1}


def test_nothing_stated_is_said():
    silent = OLD.assign(is_identified=pd.array([None] * 5, dtype="boolean"))
    with pytest.raises(NotEstimable, match="no list here says"):
        identification.state(silent)
    with pytest.raises(NotEstimable, match="holds nobody without a name"):
        identification.conversion(silent, NEW)


def test_conversion_on_the_real_vintages(shared_data):
    """67 of 1,261 unidentified of OGIS 2020 that the file of 2022 still holds had a name there, counted here without the package's readers."""
    files = [pd.read_csv(f, dtype=str) for f in sorted((shared_data / "raw" / "humane_borders").glob("*.csv"))]
    tables = []
    for frame, day in zip(files, ("2020-06-30", "2022-03-31")):
        is_named = ~frame["Name"].str.strip().str.lower().eq("unidentified")
        rows = pd.DataFrame({"record_id": frame["ML Number"], "source": "humane_borders", "is_identified": is_named.astype("boolean")})
        tables.append(rows.assign(date=pd.to_datetime(frame["Reporting Date"], format="mixed"), vintage=pd.Timestamp(day)))
    got = identification.conversion(*tables).iloc[-1]
    assert got["n_named"] == 67
    assert got["n_named"] + got["n_still"] == 1261
