"""What the commands print fits a screen and is read the same everywhere."""

import pandas as pd

from bsi import screen


def test_numbers_stand_to_the_right_with_thousands_set_off(capsys):
    frame = pd.DataFrame(
        {"list_name": ["iom", None], "n": [12345, 7], "share": [0.5, float("nan")], "day": [pd.Timestamp("2024-11-15"), pd.NaT], "is_old": [True, False]}
    )
    screen.show(frame, "Lists")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "Lists"
    assert lines[2].split() == ["list", "name", "n", "share", "day", "is", "old"]
    assert lines[3].split() == ["iom", "12,345", "0.5", "2024-11-15", "yes"]
    assert lines[4].split() == ["7"]


def test_text_from_a_file_is_no_markup(capsys):
    screen.show(pd.DataFrame({"place": ["[red]Nogales[/red]"]}))
    assert "[red]Nogales[/red]" in capsys.readouterr().out


def test_an_empty_table_prints_nothing(capsys):
    screen.show(pd.DataFrame({"a": []}), "Title")
    assert capsys.readouterr().out == ""


def test_a_long_table_says_how_much_it_leaves_out(capsys):
    screen.show(pd.DataFrame({"a": range(2500)}), "Rows", 3)
    out = capsys.readouterr().out
    assert "Rows (first 3 of 2,500)" in out
    assert len(out.splitlines()) == 1 + 1 + 1 + 3


def test_the_path_of_rows_names_every_list(small_register):
    table = screen.path_of_rows(small_register.accounting).set_index("")
    assert table.loc["= incidents", "rows"] == (~small_register.incidents["is_cumulative"]).sum()
    for entry in small_register.build["rows"]:
        assert f"{entry['source']} {entry['read']:,}" in table.loc["rows read", "of which (rows)"]
