"""Station days: gaps stay null, Fahrenheit is converted where marked and refused where not."""

import pytest

from bsi.errors import InputError, NotEstimable
from bsi.register import climate

HEAD = "date,station_id,tmax_c,tmin_c,rain_mm\n"


def _write(folder, text, name="days.csv"):
    (folder / "climate").mkdir(exist_ok=True)
    path = folder / "climate" / name
    path.write_text(text, encoding="utf-8")
    return path


def test_days_are_read_sorted_and_other_tables_passed_over(tmp_path):
    _write(tmp_path, HEAD + "2020-07-02,A,41.5,20,0\n2020-07-01,A,,19,0\n")
    _write(tmp_path, "station_id,month,tmax_c\nA,7,40\n", "normals.csv")
    days = climate.find_days(tmp_path)
    assert days["date"].dt.day.tolist() == [1, 2]
    assert days["tmax_c"].isna().tolist() == [True, False]
    assert list(days.columns) == ["date", "station_id", "tmax_c", "tmin_c"]


def test_marked_fahrenheit_is_converted(tmp_path):
    path = _write(tmp_path, "date,station_id,tmax_f\n2020-07-01,A,104\n")
    assert climate.read_days(path)["tmax_c"].tolist() == [40.0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "2020-07-01,A,40,20,0\n2020-07-02,A,104,70,0\n", "line 3: 104 cannot be degrees Celsius.*tmax_f"),
        (HEAD + "2020-07-01,A,hot,20,0\n", "line 2, column tmax_c: 'hot' is no number"),
        (HEAD + "01/07/2020,A,40,20,0\n", "line 2, column date: '01/07/2020' is no date"),
        (HEAD + "2020-07-01,A,40,20,0\n2020-07-01,A,41,20,0\n", "stands twice"),
        ("date,station_id\n2020-07-01,A\n", "tmax_c are missing"),
    ],
)
def test_what_cannot_be_read_is_told_where_it_stands(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        climate.read_days(_write(tmp_path, text))


def test_one_station_in_two_files_is_refused(tmp_path):
    for name in ("a.csv", "b.csv"):
        _write(tmp_path, HEAD + "2020-07-01,A,40,20,0\n", name)
    with pytest.raises(InputError, match="station A has two rows for 2020-07-01"):
        climate.find_days(tmp_path)


def test_the_station_with_most_days_is_taken_unless_one_is_named(tmp_path):
    _write(tmp_path, HEAD + "2020-07-01,B,40,20,0\n2020-07-01,A,39,20,0\n2020-07-02,B,40,20,0\n")
    days = climate.find_days(tmp_path)
    assert len(climate.station_days(days)) == 2
    assert len(climate.station_days(days, "A")) == 1
    with pytest.raises(InputError, match="Stations: A, B"):
        climate.station_days(days, "C")
    with pytest.raises(NotEstimable, match="no table of daily temperatures"):
        climate.station_days(climate.find_days(tmp_path / "nowhere"))


def test_the_real_station_has_no_gap(shared_data):
    days = climate.station_days(climate.find_days(shared_data))
    assert len(days) == 12_784
    assert days["date"].diff().dropna().dt.days.eq(1).all()
    assert days["tmax_c"].notna().all()
