"""Figures of coverage and identification: what they draw is the table, texts stay apart, and what cannot be had is a sentence."""

import numpy as np
import pandas as pd
import pytest

from bsi import plates_coverage, selections_coverage
from bsi.analysis import coverage
from bsi.errors import InputError, NotEstimable
from bsi.publish import figures_coverage, figures_identification, saving, style
from bsi.publish.language import translator
from bsi.selections import Choices

CASES = [(lang, size) for lang in ("en", "es") for size in style.SIZES]
META = {"sources": ["A list with a long name (English title)", "Another list"], "data_as_of": "2024-11-15", "register_hash": "0f" * 20, "is_sample": True}
SPAN = (pd.Timestamp("2014-01-01"), pd.Timestamp("2015-12-31"))
AREA = {"en": "Tucson sector (approximate)", "es": "Sector Tucson (aproximado)"}


def sets(by=None, values=("",)):
    """Invented combinations of observers: each alone, some together, some unknown."""
    combinations = [*figures_coverage.OBSERVERS, "examiner;patrol", "county;patrol;press", "unknown"]
    rows = [{"key": v, "observers": c, "n_observers": 0 if c == "unknown" else len(c.split(";")), "n_dead": (7 * i + 11 * j) % 40 + 1}
            for i, v in enumerate(values) for j, c in enumerate(combinations)]  # fmt: skip
    table = pd.DataFrame(rows).assign(n_incidents=lambda t: t["n_dead"]).rename(columns={"key": by or "key"})
    return table if by else table.drop(columns="key")


def held(sectors=("SDC", "TCA", "all")):
    rows = [{"sector": s, "n_examiner": 100 * i + 2, "n_seen": 50 * i + 1, "share": 0.5, "low": 0.3, "high": 0.7, "share_with_links": 0.45,
             "low_with_links": 0.25, "high_with_links": 0.72} for i, s in enumerate(sectors)]  # fmt: skip
    return pd.DataFrame(rows)


def pair(n1=284, n2=163, m=153):
    return {"n1": n1, "n2": n2, "m": m, "span": SPAN, "area": AREA, "estimates": coverage.chapman(n1, n2, m, selections_coverage.RATIOS)}


def states():
    rows = [{"vintage": pd.Timestamp(day), "group": str(y), "n_identified": y - 1990, "n_unidentified": k, "share_unidentified": k / (y - 1990 + k),
             "low": 0.1, "high": 0.8} for day, k in (("2020-06-30", 9), ("2022-03-31", 6)) for y in range(1991, 2020)]  # fmt: skip
    return pd.DataFrame(rows)


def gained():
    keys = list(figures_identification.SINCE)
    table = pd.DataFrame({"years_since": keys, "n_unidentified": 1261, "n_named": 67, "n_still": 1190, "n_gone": [4] * 7 + [0], "share": 0.053})
    return table.assign(low=0.04, high=0.21, share_least=0.05, share_most=0.06, **{"from": pd.Timestamp("2020-06-30"), "to": pd.Timestamp("2022-03-31")})


EVERY = {
    "overlap": lambda lang, size: figures_coverage.observer_overlap(sets(), lang, size),
    "sectors": lambda lang, size: figures_coverage.observers_by(sets("sector", [*style.SECTORS_WEST_TO_EAST, None]), lang, size),
    "causes": lambda lang, size: figures_coverage.observers_by(sets("cause", style.CAUSE_NAMES), lang, size),
    "years": lambda lang, size: figures_coverage.observers_by(sets("calendar_year", range(1991, 2026)), lang, size),
    "held": lambda lang, size: figures_coverage.share_held(held([*style.SECTORS_WEST_TO_EAST, "unknown", "all"]), lang, size, SPAN),
    "two": lambda lang, size: figures_coverage.two_lists(pair(), lang, size),
    "states": lambda lang, size: figures_identification.names_by_vintage(states(), lang, size, "OpenGIS"),
    "gained": lambda lang, size: figures_identification.names_gained(gained(), lang, size, "OpenGIS"),
    "nothing": lambda lang, size: figures_coverage.observer_overlap(sets().head(0), lang, size),
}


@pytest.mark.parametrize(("lang", "size"), CASES)
@pytest.mark.parametrize("name", EVERY)
def test_texts_neither_collide_nor_are_cut(name, lang, size):
    assert saving.check_text_boxes(style.stamp(EVERY[name](lang, size), META, lang)) == []


def test_overlap_draws_the_largest_sets_and_says_what_it_leaves_out():
    table = sets()
    fig = figures_coverage.observer_overlap(table, "en", "double", most=2)
    known = table[table["n_observers"] > 0].sort_values("n_dead", ascending=False)
    assert [p.get_height() for p in fig.axes[0].patches] == known["n_dead"].head(2).tolist()
    left, unnamed = known["n_dead"].iloc[2:].sum(), table.loc[table["n_observers"] == 0, "n_dead"].sum()
    assert f"{left} people in rarer combinations and {unnamed} whose observer" in " ".join(t.get_text() for t in fig.texts)


def test_shares_of_a_sector_fill_its_bar_and_the_count_stands_at_its_end():
    table = sets("sector", ["TCA", "YUM"])
    ax = figures_coverage.observers_by(table, "en").axes[0]
    assert np.isclose(sum(p.get_width() for p in ax.patches if p.get_y() < 0.5), 1)
    assert [t.get_text() for t in ax.texts] == [str(table.loc[table["sector"] == s, "n_dead"].sum()) for s in ("YUM", "TCA")]


def test_years_without_a_record_are_drawn_as_a_gap():
    ax = figures_coverage.observers_by(sets("calendar_year", [2001, 2004]), "en").axes[0]
    assert {round(p.get_x() + p.get_width() / 2) for p in ax.patches} == {2001, 2002, 2003, 2004}


def test_share_held_draws_both_intervals_of_each_sector():
    fig = figures_coverage.share_held(held(), "en", "double", SPAN)
    ends = [tuple(line.get_segments()[0][:, 0]) for line in fig.axes[0].collections]
    assert ends == [(0.3, 0.7), (0.25, 0.72)] * 3
    assert "51 of 102 (50%)" in [t.get_text() for t in fig.axes[0].texts]


def test_two_lists_say_the_least_and_chapman_where_independent():
    fig = figures_coverage.two_lists(pair(60, 50, 20), "en")
    texts = " ".join(t.get_text() for t in fig.axes[0].texts)
    assert "Counted on at least one list: 90" in texts
    assert "If independent: 147" in texts  # 61 * 51 / 21 - 1
    assert "never found" in " ".join(t.get_text() for t in fig.texts)


def test_years_of_few_people_are_not_drawn_but_stay_in_the_table():
    few = states().assign(n_identified=lambda t: t["n_identified"].where(t["group"] != "2000", 0), n_unidentified=lambda t: t["n_unidentified"].clip(upper=4))
    fig = figures_identification.names_by_vintage(few, "en")
    drawn = {round(x) for line in fig.axes[0].lines for x in line.get_xdata()}
    assert 2000 not in drawn
    assert 2001 in drawn
    assert "2000" in set(fig.bsi_description.data["group"])


@pytest.fixture(scope="module")
def without(small_register):
    """The small register without the Border Patrol's list and without a word on identification."""

    class Cut:
        records = small_register.records[small_register.records["source"] != "usbp_incidents"].assign(is_identified=pd.NA)
        incidents, zones, data_folder = small_register.incidents, small_register.zones, small_register.data_folder
        incident_records, links, zone_weights = small_register.incident_records, small_register.links, small_register.zone_weights

    return Cut()


@pytest.mark.parametrize("name", ["share_held_by_patrol", "two_lists", "names_by_vintage", "names_gained"])
def test_what_cannot_be_had_is_a_sentence_in_both_languages(without, name):
    draw = plates_coverage.PLATES_COVERAGE[name].make(without, Choices())
    for lang, word in (("en", "Not estimated"), ("es", "No se")):
        said = draw(lang, "single").bsi_description
        assert said.alt.startswith(word)
        assert said.title == translator(lang)(plates_coverage.PLATES_COVERAGE[name].shows)


def test_tables_without_the_lists_are_a_note(without):
    assert selections_coverage.two_lists_table(without)["note"].str.contains("own").all()
    assert selections_coverage.or_note(selections_coverage.names_gained, without).columns.tolist() == ["note"]
    said, table = selections_coverage.three_lists(without, None, Choices())
    assert said.startswith("Not estimated")
    assert table.empty


def test_a_row_that_only_cites_the_border_patrol_is_not_its_list(small_register):
    own = selections_coverage.patrol_list(small_register)
    sources = own["records"].loc[own["records"]["upstream"].eq("usbp"), "source"].unique()
    assert sources.tolist() == ["usbp_incidents"]
    members = small_register.incident_records.merge(small_register.records[["record_id", "source"]], on="record_id")
    held_by = set(members.loc[members["source"] == "usbp_incidents", "incident_id"])
    says = own["incidents"]["upstreams"].str.split(";").map(lambda s: "usbp" in s)
    assert set(own["incidents"].loc[says, "incident_id"]) <= held_by


def test_every_plate_draws_the_small_register(small_register):
    for plate in plates_coverage.PLATES_COVERAGE.values():
        fig = plate.make(small_register, Choices())("es", "double")
        assert fig.bsi_description.alt


def test_a_third_list_must_be_another(small_register):
    with pytest.raises(InputError, match="stands in two lists"):
        selections_coverage.three_lists(small_register, ["pcome"], Choices())
    with pytest.raises(InputError, match="no observer 'nobody'"):
        selections_coverage.three_lists(small_register, ["nobody"], Choices())
    assert selections_coverage.three_lists(small_register, None, Choices())[0].startswith("Not estimated: 2 lists")


def test_one_edition_gives_no_names_gained(small_register, monkeypatch):
    one = selections_coverage.editions(small_register)
    monkeypatch.setattr(selections_coverage, "editions", lambda register: (one[0], one[1][-1:]))
    with pytest.raises(NotEstimable, match="one edition"):
        selections_coverage.names_gained(small_register)


def test_examiners_and_patrol_on_the_real_files(shared_data):
    """67 of the 1,261 who had no name in 2020 and can be followed had one in 2022 (counted on the two files themselves)."""
    from bsi import pipeline
    from bsi.analysis import identification

    read = pipeline.vintage_reader(shared_data)
    table = identification.conversion(read(("humane_borders", "2020-06-30")), read(("humane_borders", "2022-03-31")))
    whole = table[table["years_since"] == "all"].iloc[0]
    assert (whole["n_named"], whole["n_named"] + whole["n_still"]) == (67, 1261)
