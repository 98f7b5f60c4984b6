"""Figures of coverage and identification by name, and the tables of a register that they are drawn from."""

from __future__ import annotations

from bsi.plates import Plate, drawn, in_area_and_years
from bsi.publish.language import N_
from bsi.selections import list_names
from bsi.selections_coverage import editions, identification_states, names_gained, overlap, patrol_list, share_held, two_lists

BOOK = "06_coverage"


def _observers(by: str):
    return drawn(lambda register, choices: overlap(register, choices, by), "figures_coverage.observers_by", in_area_and_years)


def _held(register, _choices):
    from bsi.publish import figures_coverage

    table, span = share_held(register), patrol_list(register)["span"]
    return lambda lang, size: figures_coverage.share_held(table, lang, size, span=span)


def _edition_name(register, _choices) -> dict:
    source, names = editions(register)[0], list_names(register)
    return {"name": {lang: names[lang].get(source, source) for lang in names}}


def _newest_pair(register, _choices):
    table = names_gained(register)
    return table[table["to"] == table["to"].max()].reset_index(drop=True)


PLATES_COVERAGE = {
    "observer_overlap": Plate(
        BOOK,
        N_("Who recorded whom: combinations of independent observers"),
        drawn(lambda register, choices: overlap(register, choices, None), "figures_coverage.observer_overlap", in_area_and_years),
    ),
    "observers_by_sector": Plate(BOOK, N_("Who recorded whom, by sector"), _observers("sector")),
    "observers_by_year": Plate(BOOK, N_("Who recorded whom, by year of finding"), _observers("calendar_year")),
    "observers_by_cause": Plate(BOOK, N_("Who recorded whom, by cause"), _observers("cause")),
    "share_held_by_patrol": Plate(BOOK, N_("Of the dead whom medical examiners recorded, how many are in the Border Patrol's own list?"), _held),
    "two_lists": Plate(BOOK, N_("The answer depends on an assumption that the lists cannot test"), drawn(two_lists, "figures_coverage.two_lists")),
    "names_by_vintage": Plate(
        BOOK,
        N_("People without a name, at each edition of the list"),
        drawn(lambda register, _c: identification_states(register), "figures_identification.names_by_vintage", _edition_name),
    ),
    "names_gained": Plate(
        BOOK,
        N_("Who was given back a name between two editions of the list"),
        drawn(_newest_pair, "figures_identification.names_gained", _edition_name),
    ),
}
