"""Figures of dated measures, heat and revisions by name, and the tables of a register that they are drawn from."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pandas as pd

from bsi import workspace
from bsi.errors import InputError, NotEstimable
from bsi.plates import Plate
from bsi.selections import reason_text

BOOK = "05_interventions"
MAIN = "q11_canal_buoys"
ERAS = {"2002-2005": (2002, 2005), "2006-2010": (2006, 2010), "2011-2015": (2011, 2015), "2016-2021": (2016, 2021)}
HEAT_AREA, HEAT_CAUSES = "sector:TCA", "heat;exposure"


@functools.lru_cache(maxsize=2)
def study(register) -> dict:
    """Return everything that notebook 05 tells of a register, computed once: questions, estimability, results, and the table of the register used.

    Parameters
    ----------
    register : from bsi.open()

    Returns
    -------
    dict: tables (those of the register), estimability, results (decided, joined to estimability, names and dates)

    Raises
    ------
    InputError
        data/questions.csv is not as it should be.
    """
    from bsi.analysis import estimability, interventions, series, verdicts

    tables = {name: getattr(register, name) for name in ("records", "incidents", "zone_weights", "published", "interventions")}
    questions = series.read_questions(workspace.reference(register.data_folder, "questions.csv"))
    bearing = estimability.estimability(tables, questions)
    found = [interventions.evaluate(tables, row, exposure(tables, row)) | _placebo(tables, row) for row in bearing.to_dict("records")]
    results = pd.DataFrame(found).drop(columns="design").merge(bearing, on="question_id", validate="1:1")
    results = results.merge(questions[["question_id", "name_en", "name_es"]], on="question_id", validate="1:1")
    dates = tables["interventions"][["intervention_id", "from", "to"]]
    return {"tables": tables, "estimability": bearing, "results": verdicts.decide(results.merge(dates, on="intervention_id", how="left", validate="m:1"))}


def exposure(tables: dict, row: dict) -> pd.DataFrame | None:
    """Return period_start and exposure of a question: encounters by month or apprehensions by fiscal year, of its sector or the border; None where it has none.

    Parameters
    ----------
    tables : of `study`
    row : of the estimability table
    """
    from bsi.analysis import rates

    if not row["exposure"]:
        return None
    own = tables["interventions"].set_index("intervention_id")["sector"].get(row["intervention_id"])
    sectors = [row["area"].removeprefix("sector:")] if row["series"] == "official_year" else str(own).split(";") if pd.notna(own) else ["border"]
    sectors = ["southwest_border" if s == "border" else s for s in sectors]
    try:
        table = rates.denominator(tables["published"], row["exposure"], "month" if row["series"] == "month" else "fiscal_year")
    except NotEstimable:
        return None
    return table[table["area"].isin(sectors)].groupby("period_start", as_index=False)["exposure"].sum(min_count=len(sectors))


def _placebo(tables: dict, row: dict) -> dict:
    from bsi.analysis import exact, interventions, series

    if row["design"] == "exact":
        rows = series.pick(tables["incidents"], tables["zone_weights"], row["area"], row["causes"])
        years = exact.year_on_year(series.in_window(rows, row["after_from"], row["after_to"], series.window_years(row)))
        years = years[years["n_before"].add(years["n_after"]).gt(0)].set_index("year")["ratio"]
        others = years.drop(row["after_from"].year, errors="ignore")
        return {"p_placebo": exact.randomisation_p(years.loc[row["after_from"].year], others), "n_placebos": len(others)}
    if row["design"] != "blocks":
        return {"p_placebo": None, "n_placebos": 0}
    dates = interventions.placebo_dates(interventions.monthly_series(tables, row, exposure(tables, row)), tuple(row[w] for w in interventions.WINDOWS))
    others = dates.loc[~dates["is_true"], "ratio"]
    p = exact.randomisation_p(dates.loc[dates["is_true"], "ratio"].iloc[0], others) if len(others) and dates["is_true"].any() else None
    return {"p_placebo": p, "n_placebos": len(others)}


def _row(register, question_id: str) -> dict:
    rows = study(register)["results"].set_index("question_id", drop=False)
    if question_id not in rows.index:
        raise NotEstimable("the questions of this data folder do not hold {question}", question=question_id)
    return rows.loc[question_id].to_dict()


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

        row, tables = _row(register, question_id), study(register)["tables"]
        try:
            return before_after.panels(tables, row, exposure(tables, row)), row
        except NotEstimable:
            return pd.DataFrame(columns=["panel", "n"]), row

    def draw(found, lang, size):
        from bsi.publish import figures_interventions

        return figures_interventions.before_after(*found, lang, size)

    return Plate(BOOK, f"before and after: {question_id.split('_', 1)[1].replace('_', ' ')}", _told(compute, draw))


def _verdicts(results, lang, size):
    from bsi.publish import figures_interventions

    return figures_interventions.verdict_table(results, lang, size)


def canal_robustness(register) -> pd.DataFrame:
    """Return the canal's ratio under other choices, beside its comparison and the interrupted series: name, ratio, low, high, reason.

    Parameters
    ----------
    register : from bsi.open()

    Raises
    ------
    NotEstimable
        The data do not bear the question.
    """
    from bsi.analysis import interventions, its

    row, tables = _row(register, MAIN), study(register)["tables"]
    if row["design"] != "blocks":
        raise NotEstimable("the data do not bear this question")
    size = exposure(tables, row)
    variants = {
        "encounters": {}, "no_exposure": {"exposure": None}, "three_years": {"after_to": pd.Timestamp("2014-01-31")},
        "ten_years": {"after_to": pd.Timestamp("2021-01-31")}, "possible": {"area": "zone_possible:canal_aac"}, "county": {"area": "county:Imperial"},
        "county_no_exposure": {"area": "county:Imperial", "exposure": None}, "with_undetermined": {"causes": "drowning;undetermined;skeletal"},
        "one_list": {"area": "zone:canal_aac and source:no_more_deaths"},
    }  # fmt: skip
    table = interventions.robustness(tables, row, size, variants).rename(columns={"variant": "name"})
    more = [{"name": "beside_county", "ratio": row["controlled_ratio"], "low": row["controlled_low"], "high": row["controlled_high"]}]
    months, windows = interventions.monthly_series(tables, row, size), tuple(row[w] for w in interventions.WINDOWS)
    try:
        level = its.interrupted(months, windows)["effects"].iloc[0]
        more.append({"name": "interrupted_level", **level[["ratio", "low", "high"]].to_dict()})
    except NotEstimable as reason:
        more.append({"name": "interrupted_level", "ratio": float("nan"), "reason": str(reason)})
    return pd.concat([table, pd.DataFrame(more)], ignore_index=True)


def canal_dates(register) -> tuple[pd.DataFrame, float | None]:
    """Return the placebo dates of the canal question and the share of them with as large a change.

    Raises
    ------
    NotEstimable
        The data do not bear the question.
    """
    from bsi.analysis import interventions

    row, tables = _row(register, MAIN), study(register)["tables"]
    if row["design"] != "blocks":
        raise NotEstimable("the data do not bear this question")
    months = interventions.monthly_series(tables, row, exposure(tables, row))
    return interventions.placebo_dates(months, tuple(row[w] for w in interventions.WINDOWS)), row["p_placebo"]


def panel_rows(register) -> pd.DataFrame:
    """Return the panel of sectors and years under each choice: name, ratio of deaths at 10 % more agents, low, high, p_random, smallest_10.

    Raises
    ------
    NotEstimable
        The published figures do not hold the panel.
    """
    from bsi.analysis import panel

    table = panel.variants(panel.sector_years(register.published))
    return table.rename(columns={"variant": "name", "change_10": "ratio"})


def commitments_table(register) -> pd.DataFrame:
    """Return each claim and commitment of the communiques with what the data says of it."""
    from bsi.analysis import commitments

    return commitments.commitments(study(register)["tables"], workspace.reference(register.data_folder, "commitments.csv"))


@functools.lru_cache(maxsize=2)
def heat_series(register) -> pd.DataFrame:
    """Return the warm days of the Tucson sector with their maximum and the people found dead of exposure.

    Raises
    ------
    NotEstimable, InputError
        There are no temperatures, they have gaps, or deaths are too few.
    """
    from bsi.analysis import heat, series
    from bsi.register import climate

    days = climate.station_days(climate.find_days(register.data_folder))
    rows = series.pick(register.incidents, register.zone_weights, HEAT_AREA, HEAT_CAUSES)
    rows = rows[rows["date_precision"].eq("day")]
    return heat.daily_series(days, rows[["date", "n_dead"]], max(days["date"].dt.year.min(), ERAS["2002-2005"][0]), days["date"].dt.year.max())


def heat_risk(register) -> pd.DataFrame:
    """Return the relative risk per degree in each era: name, ratio, low, high."""
    from bsi.analysis import heat

    return heat.risk_by_era(heat_series(register), ERAS).rename(columns={"era": "name", "risk_ratio": "ratio", "note": "reason"})


def heat_even_odds(register) -> pd.DataFrame:
    """Return the even-odds temperature of each era that has one."""
    from bsi.analysis import heat

    rows = []
    for years in ERAS.values():
        try:
            rows.append(heat.even_odds(heat_series(register), years))
        except NotEstimable:
            continue
    return pd.DataFrame(rows)


def _planning(register):
    from bsi.analysis import heat

    series = heat_series(register)
    last = int(series["year"].max())
    return heat.planning(series, (last - 5, last)), f"{last - 5}–{last}"


def revised(register) -> pd.DataFrame:
    """Return official deaths of the border as first known and now, with the reason."""
    from bsi.analysis import revisions

    table = revisions.official_revisions(register.published)
    return table[table["area"].eq("southwest_border") & table["measure"].eq("deaths")].reset_index(drop=True)


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
    "verdicts": Plate(BOOK, "what the data can and cannot tell", _told(lambda register: study(register)["results"], _verdicts)),
    "canal_buoys": _question(MAIN),
    "canal_buoys_robustness": Plate(BOOK, "the canal under other choices", _told(canal_robustness, _forest("canal"))),
    "canal_buoys_dates": Plate(BOOK, "the canal at other dates", _told(canal_dates, _draw("figures_heat", "placebo_dates", spread=True))),
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
    "agents_panel": Plate(BOOK, "deaths and agents, sectors and years", _told(panel_rows, _forest("panel"))),
    "heat_risk": Plate(BOOK, "risk of a death per degree by era", _told(heat_risk, _forest("heat"))),
    "heat_even_odds": Plate(BOOK, "the day when a death is as likely as not", _told(heat_even_odds, _draw("figures_heat", "even_odds"))),
    "heat_planning": Plate(BOOK, "a hot day: deaths to be expected", _told(_planning, _draw("figures_heat", "planning", spread=True))),
    "revisions": Plate(BOOK, "official deaths as first published and now", _told(revised, _draw("figures_heat", "revisions"))),
}
