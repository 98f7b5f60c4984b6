"""What notebook 05 tells of a register: what can be estimated, the results, the canal under other choices, the panel."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pandas as pd

from bsi import workspace
from bsi.errors import NotEstimable
from bsi.selections import reason_text

MAIN = "q11_canal_buoys"


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


def question(register, question_id: str) -> dict:
    """Return the decided row of one question.

    Raises
    ------
    NotEstimable
        The questions do not hold it.
    """
    rows = study(register)["results"].set_index("question_id", drop=False)
    if question_id not in rows.index:
        raise NotEstimable("the questions of this data folder do not hold {question}", question=question_id)
    return rows.loc[question_id].to_dict()


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

    row, tables = question(register, MAIN), study(register)["tables"]
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

    row, tables = question(register, MAIN), study(register)["tables"]
    if row["design"] != "blocks":
        raise NotEstimable("the data do not bear this question")
    months = interventions.monthly_series(tables, row, exposure(tables, row))
    return interventions.placebo_dates(months, tuple(row[w] for w in interventions.WINDOWS)), row["p_placebo"]


def canal_displacement(register) -> pd.DataFrame:
    """Return the weighted displacement difference of the canal: its drownings beside heat deaths of the county, and drownings elsewhere in the county (where
    they may have moved to) beside the county's other deaths; per year, as one row.

    Raises
    ------
    NotEstimable
        The data do not bear the question.
    """
    from bsi.analysis import exact, series

    row, tables = question(register, MAIN), study(register)["tables"]
    if row["design"] != "blocks":
        raise NotEstimable("the data do not bear this question")
    areas = {
        "canal": ("zone:canal_aac", "drowning"), "heat_in_county": ("county:Imperial", "heat;exposure"),
        "drowning_elsewhere": ("county:Imperial minus zone:canal_aac", "drowning"),
        "other_in_county": ("county:Imperial", "vehicle;undetermined;skeletal;other_injury;medical"),
    }  # fmt: skip
    counts = {}
    for name, (area, causes) in areas.items():
        rows = series.pick(tables["incidents"], tables["zone_weights"], area, causes)
        sides = [rows["date"].between(row[a], row[b]) for a, b in (("before_from", "before_to"), ("after_from", "after_to"))]
        counts[name] = tuple(int(rows.loc[here, "n_dead"].sum()) for here in sides)
    lengths = (row["months_before"] / 12, row["months_after"] / 12)
    found = exact.displacement(*[counts[n] for n in areas], lengths=lengths)
    return pd.DataFrame([{**{n: f"{a} → {b}" for n, (a, b) in counts.items()}, **found}])


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


def table_or_reason(compute: Callable, register, lang: str) -> pd.DataFrame:
    """Return compute(register), or, where it is not to be had, a table with the one sentence that says why.

    Parameters
    ----------
    compute : function of this module
    register : from bsi.open()
    lang : "en" or "es"
    """
    try:
        return compute(register)
    except NotEstimable as error:
        return pd.DataFrame({"": [reason_text(error, lang)]})
