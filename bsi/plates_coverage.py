"""Figures of coverage and identification by name, and the tables of a register that they are drawn from."""

from __future__ import annotations

from collections.abc import Callable

from bsi.errors import NotEstimable
from bsi.plates import Plate
from bsi.selections import area, list_names, reason_text
from bsi.selections_coverage import editions, identification_states, names_gained, overlap, patrol_list, share_held, two_lists

BOOK = "06_coverage"


def _told(compute: Callable, draw: Callable) -> Callable:
    """Return compute(register, choices) -> what draw(it, lang, size) shows; where it is not to be had, the reason in words."""

    def make(register, choices):
        from bsi.publish import style

        try:
            found = compute(register, choices)
        except NotEstimable as error:
            reason = error
            return lambda lang, size: style.message_figure(reason_text(reason, lang), size, lang)
        return lambda lang, size: draw(found, lang, size)

    return make


def _overlap_plate(by: str | None, shows: str) -> Plate:
    def draw(found, lang, size):
        from bsi.publish import figures_coverage as figures

        return (figures.observers_by if by else figures.observer_overlap)(found[0], lang, size, area=found[1])

    return Plate(BOOK, shows, _told(lambda register, choices: (overlap(register, choices, by), area(register, choices)), draw))


def _held(found, lang, size):
    from bsi.publish import figures_coverage

    return figures_coverage.share_held(found[0], lang, size, span=found[1])


def _two(found, lang, size):
    from bsi.publish import figures_coverage

    return figures_coverage.two_lists(found, lang, size)


def _names(function: str) -> Callable:
    def draw(found, lang, size):
        from bsi.publish import figures_identification

        return getattr(figures_identification, function)(found[0], lang, size, name=found[1][lang])

    return draw


def _edition_name(register) -> dict:
    source, names = editions(register)[0], list_names(register)
    return {lang: names[lang].get(source, source) for lang in names}


def _newest_pair(register, choices):
    table = names_gained(register)
    return table[table["to"] == table["to"].max()].reset_index(drop=True), _edition_name(register)


PLATES_COVERAGE = {
    "observer_overlap": _overlap_plate(None, "combinations of independent observers"),
    "observers_by_sector": _overlap_plate("sector", "who saw whom, by sector"),
    "observers_by_year": _overlap_plate("calendar_year", "who saw whom, by year of finding"),
    "observers_by_cause": _overlap_plate("cause", "who saw whom, by cause"),
    "share_held_by_patrol": Plate(BOOK, "examiners' dead in the Border Patrol's own list", _told(lambda r, _c: (share_held(r), patrol_list(r)["span"]), _held)),
    "two_lists": Plate(BOOK, "what two lists leave open", _told(two_lists, _two)),
    "names_by_vintage": Plate(
        BOOK, "people without a name, at each edition", _told(lambda r, _c: (identification_states(r), _edition_name(r)), _names("names_by_vintage"))
    ),
    "names_gained": Plate(BOOK, "who was given back a name between editions", _told(_newest_pair, _names("names_gained"))),
}
