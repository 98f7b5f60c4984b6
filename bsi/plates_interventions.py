"""Figures of dated measures, heat and revisions by name: what each is drawn from, and the function that draws it."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from bsi import study, study_findings, study_heat
from bsi.errors import InputError, NotEstimable
from bsi.plates import Plate
from bsi.selections import reason_text

BOOK = "05_interventions"


def _told(compute: Callable, draw: Callable) -> Callable:
    """Return compute(register) -> what draw(it, lang, size) shows; where it is not to be had, the reason in words."""

    def make(register, choices):
        try:
            table = compute(register)
        except (NotEstimable, InputError) as error:
            from bsi.publish import style

            reason = error
            return lambda lang, size: style.message_figure(reason_text(reason, lang) if isinstance(reason, NotEstimable) else str(reason), size, lang)
        return lambda lang, size: draw(table, lang, size)

    return make


def _question(question_id: str) -> Plate:
    def compute(register):
        from bsi.analysis import before_after

        row, tables = study.question(register, question_id), study.study(register)["tables"]
        try:
            return before_after.panels(tables, row, study.exposure(tables, row)), row
        except NotEstimable:
            return pd.DataFrame(columns=["panel", "n"]), row

    def draw(found, lang, size):
        from bsi.publish import figures_interventions

        return figures_interventions.before_after(*found, lang, size)

    return Plate(BOOK, f"before and after: {question_id.split('_', 1)[1].replace('_', ' ')}", _told(compute, draw))


def _verdicts(results, lang, size):
    from bsi.publish import figures_interventions

    return figures_interventions.verdict_table(results, lang, size)


def _lags(register):
    return study_heat.heat_lags(register).rename(columns={"lag_days": "name", "risk_ratio": "ratio"})


def _planning(register):
    from bsi.analysis import heat

    series = study_heat.heat_series(register)
    last = int(series["year"].max())
    return heat.planning(series, (last - 5, last)), f"{last - 5}–{last}"


def _draw(module: str, function: str, spread: bool = False, **fixed) -> Callable:
    def draw(found, lang, size):
        import importlib

        make = getattr(importlib.import_module(f"bsi.publish.{module}"), function)
        return make(found[0], lang, size, found[1]) if spread else make(found, lang, size, **fixed)

    return draw


def _forest(key: str) -> Callable:
    def draw(found, lang, size):
        from bsi.publish import figures_interventions, words_interventions

        return figures_interventions.forest(found, lang, size, words_interventions.FORESTS[key])

    return draw


PLATES_INTERVENTIONS = {
    "verdicts": Plate(BOOK, "what the data can and cannot tell", _told(lambda register: study.study(register)["results"], _verdicts)),
    "canal_buoys": _question(study.MAIN),
    "canal_buoys_robustness": Plate(BOOK, "the canal under other choices", _told(study.canal_robustness, _forest("canal"))),
    "canal_buoys_dates": Plate(BOOK, "the canal at other dates", _told(study.canal_dates, _draw("figures_heat", "placebo_dates", spread=True))),
    "canal_buoys_places": Plate(BOOK, "the canal beside other places", _told(study.canal_places, _forest("places"))),
    "canal_buoys_displacement": Plate(
        BOOK, "did drownings move to other waters", _told(study.canal_displacement, _draw("figures_displacement", "displacement"))
    ),
    "canal_buoys_2022": _question("q16_canal_buoys_2022"),
    "canal_lining": _question("q10_canal_lining"),
    "bsi_el_centro": _question("q01_bsi_el_centro"),
    "bsi_border": _question("q02_bsi_border"),
    "plan_of_action": _question("q05_plan_of_action_border"),
    "plan_of_action_desert": _question("q06_plan_of_action_desert"),
    "lateral_repatriation": _question("q07_lateral_repatriation"),
    "lateral_repatriation_fresh": _question("q08_lateral_repatriation_fresh"),
    "counting_rule": _question("q09_counting_rule"),
    "wall_height": _question("q12_wall_height"),
    "missing_migrant_program": _question("q13_missing_migrant_program"),
    "protection_protocols": _question("q14_protection_protocols"),
    "title_42": _question("q15_title_42"),
    "agents_panel": Plate(BOOK, "deaths and agents, sectors and years", _told(study.panel_rows, _forest("panel"))),
    "heat_risk": Plate(BOOK, "risk of a death per degree by era", _told(study_heat.heat_risk, _forest("heat"))),
    "heat_even_odds": Plate(BOOK, "the day when a death is as likely as not", _told(study_heat.heat_even_odds, _draw("figures_heat", "even_odds"))),
    "heat_planning": Plate(BOOK, "a hot day: deaths to be expected", _told(_planning, _draw("figures_heat", "planning", spread=True))),
    "heat_lags": Plate(BOOK, "risk per degree of the same day and of the days before", _told(_lags, _forest("lags"))),
    "heat_attributable": Plate(BOOK, "deaths that the hottest days added", _told(study_heat.heat_attributable, _draw("figures_heat", "attributable"))),
    "revisions": Plate(BOOK, "official deaths as first published and now", _told(study_findings.revised, _draw("figures_heat", "revisions"))),
    "list_revisions": Plate(
        BOOK, "records of each list as first known, and what came since", _told(study_findings.list_history, _draw("figures_findings", "list_revisions"))
    ),
}
