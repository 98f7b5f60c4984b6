"""Figures of dated measures, heat and revisions by name: what each is drawn from, and the function that draws it."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from bsi import study, study_findings, study_heat
from bsi.errors import NotEstimable
from bsi.plates import BOTH, LISTS, OFFICIAL, QUOTED, Plate, drawn
from bsi.publish.language import N_
from bsi.publish.words_interventions import FORESTS

BOOK = "05_interventions"
HEAT = ("lists", "weather")


def _question(question_id: str, shows: str, rests_on: tuple = BOTH) -> Plate:
    def tell(register, _choices):
        from bsi.analysis import before_after
        from bsi.publish import figures_interventions

        row, tables = study.question(register, question_id), study.study(register)["tables"]
        try:
            panels = before_after.panels(tables, row, study.exposure(tables, row))
        except NotEstimable:
            panels = pd.DataFrame(columns=["panel", "n"])
        return lambda lang, size: figures_interventions.before_after(panels, row, lang, size)

    return Plate(BOOK, shows, tell, rests_on)


def _of(compute: Callable, figure: str) -> Callable:
    """Return what draws a table that no choice changes."""
    return drawn(lambda register, _choices: compute(register), figure)


def _forest(key: str, compute: Callable, rests_on: tuple = BOTH) -> Plate:
    def tell(register, _choices):
        from bsi.publish import figures_interventions

        table = compute(register)
        return lambda lang, size: figures_interventions.forest(table, lang, size, FORESTS[key])

    return Plate(BOOK, FORESTS[key]["title"], tell, rests_on)


def _lags(register):
    return study_heat.heat_lags(register).rename(columns={"lag_days": "name", "risk_ratio": "ratio"})


def _other_dates(register, _choices):
    from bsi.publish import figures_heat

    table, p_value = study.canal_dates(register)
    return lambda lang, size: figures_heat.placebo_dates(table, lang, size, p_value)


def _planning(register, _choices):
    from bsi.analysis import heat
    from bsi.publish import figures_heat

    series = study_heat.heat_series(register)
    last = int(series["year"].max())
    table = heat.planning(series, (last - 5, last))
    return lambda lang, size: figures_heat.planning(table, lang, size, f"{last - 5}–{last}")


PLATES_INTERVENTIONS = {
    "verdicts": Plate(
        BOOK,
        N_("What the data can and cannot tell, question by question"),
        _of(lambda register: study.study(register)["results"], "figures_interventions.verdict_table"),
        BOTH,
    ),
    "canal_buoys": _question(study.MAIN, N_("Before and after: buoy lines and signs at the canal")),
    "canal_buoys_robustness": _forest("canal", study.canal_robustness),
    "canal_buoys_dates": Plate(BOOK, N_("The canal: the same comparison at other dates"), _other_dates, BOTH),
    "canal_buoys_places": _forest("places", study.canal_places, LISTS),
    "canal_buoys_displacement": Plate(
        BOOK, N_("Did drownings move from the canal to other waters?"), _of(study.canal_displacement, "figures_displacement.displacement")
    ),
    "canal_buoys_2022": _question("q16_canal_buoys_2022", N_("Before and after: buoy lines at the hydroelectric drops")),
    "canal_lining": _question("q10_canal_lining", N_("Before and after: the lining of the canal")),
    "bsi_el_centro": _question("q01_bsi_el_centro", N_("Before and after: the Border Safety Initiative, El Centro"), OFFICIAL),
    "bsi_border": _question("q02_bsi_border", N_("Before and after: the Border Safety Initiative, the whole border"), OFFICIAL),
    "plan_of_action": _question("q05_plan_of_action_border", N_("Before and after: the Plan of Action of 2001, the whole border"), OFFICIAL),
    "plan_of_action_desert": _question("q06_plan_of_action_desert", N_("Before and after: the Plan of Action of 2001, the desert"), LISTS),
    "lateral_repatriation": _question("q07_lateral_repatriation", N_("Before and after: lateral repatriation"), LISTS),
    "lateral_repatriation_fresh": _question(
        "q08_lateral_repatriation_fresh", N_("Before and after: lateral repatriation, people found soon after death"), LISTS
    ),
    "counting_rule": _question("q09_counting_rule", N_("Before and after: the Border Patrol's rule of counting")),
    "wall_height": _question("q12_wall_height", N_("Before and after: the higher wall")),
    "missing_migrant_program": _question("q13_missing_migrant_program", N_("Before and after: the Missing Migrant Program"), OFFICIAL),
    "protection_protocols": _question("q14_protection_protocols", N_("Before and after: the Migrant Protection Protocols"), OFFICIAL),
    "title_42": _question("q15_title_42", N_("Before and after: Title 42")),
    "agents_panel": _forest("panel", study.panel_rows, OFFICIAL),
    "heat_risk": _forest("heat", study_heat.heat_risk, HEAT),
    "heat_even_odds": Plate(
        BOOK,
        N_("The day when a death is as likely as not depends on how many people cross"),
        _of(study_heat.heat_even_odds, "figures_heat.even_odds"),
        HEAT,
    ),
    "heat_planning": Plate(BOOK, N_("A hot July day in the Arizona desert: deaths to be expected"), _planning, HEAT),
    "heat_lags": _forest("lags", _lags, HEAT),
    "heat_attributable": Plate(BOOK, N_("Deaths that the hottest days added"), _of(study_heat.heat_attributable, "figures_heat.attributable"), HEAT),
    "revisions": Plate(BOOK, N_("Official deaths by fiscal year: as first published, and now"), _of(study_findings.revised, "figures_heat.revisions"), QUOTED),
    "list_revisions": Plate(BOOK, N_("What later editions of the lists added, and why"), _of(study_findings.list_history, "figures_findings.list_revisions")),
}
