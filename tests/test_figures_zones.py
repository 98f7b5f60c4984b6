"""The sheet of a zone: what is plotted is what was counted, nothing before the lists begin, a sentence in place of a panel."""

import matplotlib as mpl
import pandas as pd
import pytest
from zone_frames import five_a_year, register

from bsi import plates_zones, selections, study_zones
from bsi.publish import figures_zones, saving, style, zone_panels

META = {"sources": {"en": ["A"], "es": ["A"]}, "data_as_of": "2020-12-31", "register_hash": "0" * 64, "is_sample": True}
CASES = {
    "full": [*five_a_year(2005, 2020), ("2001-05-01", {}), ("2012-07-01", {"country": "MX", "upstreams": "press"})],
    "two": [("2012-07-01", {}), ("2014-07-02", {"cause": None})],
    "nobody": [],
}


def sheet(case):
    rows = CASES[case]
    buoys = {"intervention_id": "buoys", "zone_id": "mine", "sector": None, "from": "2010-04-01", "to": "2011-03-31", "type": "measure", "name_en": "Buoys",
             "name_es": "Boyas", "expected_direction": "fewer"}  # fmt: skip
    rescued = {"series": "usbp_profile_rescues", "area": "TCA", "period_start": pd.Timestamp("2010-10-01"), "period_end": pd.Timestamp("2011-09-30"),
               "value": 5, "quality": "", "as_published_on": pd.NaT}  # fmt: skip
    return study_zones.sheet(register(rows, published=[rescued], interventions=[{**buoys, "outcome": "", "comparison": "", "source": ""}]), "mine")


def axes_with(panel):
    """Return the axes that a panel has drawn into."""
    with mpl.rc_context(style.RC):
        fig = style.new_canvas("double", 40)
        ax = style.add_fixed_axes(fig, (10, 10, 100, 20))
        panel.draw(ax)
    return ax


def heights(ax):
    """Return the upper edge of every bar, from patches and from collections of boxes, by its place."""
    boxes = [(p.get_x() + p.get_width() / 2, p.get_y() + p.get_height()) for p in ax.patches]
    for collection in ax.collections:
        boxes += [(path.vertices[:4, 0].mean(), path.vertices[:, 1].max()) for path in collection.get_paths() if len(path.vertices) >= 4]
    return {round(x): round(y, 6) for x, y in boxes}


def test_bars_are_the_people_counted_and_none_stands_before_the_list():
    data = sheet("full")
    ax = axes_with(zone_panels.deaths(data, "en", 100, 14))
    assert [heights(ax)[i] for i in range(16)] == [5, 5, 5, 5, 5, 5, 5, 6, *[5] * 8]  # 2005 to 2020, one more in 2012
    assert ax.get_xticklabels()[-1].get_text() == "2020"
    note = " ".join(zone_panels.deaths(data, "en", 100, 14).notes)
    assert "before 2005" in note
    assert "before then: 1" in note


def test_a_measure_stands_at_its_date():
    data = sheet("full")
    counts = data["deaths"]
    assert zone_panels.place_on_axis("2009-10-01", counts) == pytest.approx(4.5, abs=0.01)  # the first day of the sixth year
    ax = axes_with(zone_panels.deaths(data, "en", 100, 14))
    line = next(line for line in ax.lines if line.get_linestyle() != "-")
    assert line.get_xdata()[0] == pytest.approx(5.0, abs=0.02)  # the middle of fiscal year 2010 is the first of April
    assert "1" in [t.get_text() for t in ax.texts]


def test_causes_stand_upon_each_other_to_the_whole():
    data = sheet("full")
    ax = axes_with(zone_panels.causes(data, "en", 100, 14))
    assert heights(ax)[7] == 6.0
    assert zone_panels.causes(data, "en", 100, 14).key[0][-1] == "Heat: 81"


def test_trend_says_what_it_found():
    assert zone_panels.trend(sheet("full"), "en", 100, 14).title.endswith("no clear direction")
    assert zone_panels.signed(-3.4, "es") == "\N{MINUS SIGN}3%"
    assert zone_panels.signed(12.0, "en") == "+12%"


@pytest.mark.parametrize("case", ["two", "nobody"])
def test_what_cannot_be_shown_is_a_sentence_and_no_empty_frame(case):
    data = sheet(case)
    for lang, word in (("en", "Not shown:"), ("es", "No se muestra:")):
        panels = figures_zones.panels_of(data, lang, "double")
        told = {name for name, p in panels.items() if any(note.startswith(word) for note in p.notes)}
        assert told == ({"season", "trend", "hazard"} if case == "two" else {"deaths"})
        assert all(panels[name].draw is None for name in told)
    if case == "nobody":
        assert "causes" not in panels


@pytest.mark.parametrize("case", list(CASES))
@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("size", ["single", "double"])
def test_no_text_is_cut_or_lies_on_another(case, lang, size):
    fig = style.stamp(figures_zones.zone_sheet(sheet(case), lang, size), META, lang)
    assert saving.check_text_boxes(fig) == []
    said = fig.bsi_description
    assert said.title
    assert said.alt
    assert {"deaths", "sides"} <= set(said.data["panel"])


def test_the_data_of_the_sheet_hold_what_its_panels_show():
    table = figures_zones.table_of(sheet("full"))
    assert table.loc[table["panel"].eq("deaths"), "n_dead"].sum() == 81
    assert table.loc[table["panel"].eq("rescues"), "n"].tolist() == [5]
    nobody = figures_zones.table_of(sheet("nobody"))
    assert "nobody is listed" in nobody.loc[nobody["panel"].eq("deaths"), "reason"].iloc[0]


def test_every_zone_of_a_register_has_its_sheet_and_a_map_by_name():
    plates = plates_zones.plates_of(register([]).zones)
    assert {"zone_sheet_mine", "map_zone_mine", "zone_sheet_astride"} <= set(plates)
    assert not [name for name in plates if "sector" in name]
    fig = plates["zone_sheet_mine"].make(register(CASES["two"]), selections.Choices())("en", "double")
    assert "mine en" in fig.bsi_description.title


def test_names_of_zones_are_safe_as_names_of_files():
    assert saving.NAME.fullmatch(plates_zones.sheet_name("Zona ñ/../1"))
