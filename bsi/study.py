"""What notebook 05 tells of a register: what can be estimated, the results, the canal under other choices, the panel."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
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
    tables["incidents"] = pd.DataFrame(tables["incidents"].drop(columns="geometry", errors="ignore"))  # filtered many times: cheaper without points
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
    """Return where the true date stands among other dates and the true place among other places: share with as large a change, and how many there are."""
    from bsi.analysis import exact, interventions, series

    dates, places = pd.DataFrame(columns=["ratio", "is_true"]), pd.DataFrame(columns=["ratio", "is_true"])
    if row["design"] == "exact":
        rows = series.pick(tables["incidents"], tables["zone_weights"], row["area"], row["causes"])
        years = exact.year_on_year(series.in_window(rows, row["after_from"], row["after_to"], series.window_years(row)))
        dates = years[years["n_before"].add(years["n_after"]).gt(0)].assign(is_true=lambda t: t["year"].eq(row["after_from"].year))
    elif row["design"] == "blocks":
        dates = interventions.placebo_dates(interventions.monthly_series(tables, row, exposure(tables, row)), tuple(row[w] for w in interventions.WINDOWS))
        places = other_places(tables, row)
    elif row["design"] == "controlled":
        places = interventions.placebo_sectors(tables, row)
    return _standing(dates, "p_placebo", "n_placebos") | _standing(places, "p_places", "n_places")


def _standing(table: pd.DataFrame, p: str, n: str) -> dict:
    from bsi.analysis import exact

    is_true = table["is_true"].astype(bool)
    others = table.loc[~is_true, "ratio"]
    if others.empty or not is_true.any():
        return {p: None, n: 0}
    return {p: exact.randomisation_p(table.loc[is_true, "ratio"].iloc[0], others), n: len(others)}


def other_places(tables: dict, row: dict) -> pd.DataFrame:
    """Return the ratio of a question beside that of all deaths in every other county, and in the rest of its own, that the lists reach over the windows.

    Lists with cause and place reach hardly any other water in those years, so that the other places are counted by deaths of every cause.

    Parameters
    ----------
    tables : of `study`
    row : of the estimability table, of a series by month
    """
    from bsi.analysis import interventions, series

    rows = tables["incidents"]
    deaths = rows.loc[rows["kind"].eq("death") & rows["date"].between(row["before_from"], row["after_to"])].groupby("county")["n_dead"].sum()
    counties = sorted(deaths[deaths >= 10].index)  # the least that `placebo_places` takes
    own = series.whole_of(row["area"])
    places = {c: f"county:{c}" for c in counties if own != f"county:{c}"}
    if own != row["area"]:
        places[own.removeprefix("county:")] = f"{own} minus {row['area']}"
    return interventions.placebo_places(tables, row, places, "")


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


def _canal(register) -> tuple[dict, dict]:
    """Return the question of the canal and the tables it is asked of; NotEstimable where they do not bear it."""
    row = question(register, MAIN)
    if row["design"] != "blocks":
        raise NotEstimable("the data do not bear this question; its verdict says why")
    return row, study(register)["tables"]


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

    row, tables = _canal(register)
    size = exposure(tables, row)
    variants = {
        "encounters": {}, "ohss": {"exposure": _encounters(tables, "encounters_ohss")}, "apprehensions": {"exposure": _encounters(tables, "apprehensions")},
        "no_exposure": {"exposure": None}, "three_years": {"after_to": pd.Timestamp("2014-01-31")},
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


def _encounters(tables: dict, kind: str) -> pd.DataFrame:
    """Return another denominator of the El Centro sector by month; one known by fiscal year only is spread evenly over its months."""
    from bsi import periods
    from bsi.analysis import rates

    table = rates.denominator(tables["published"], kind, "fiscal_year" if kind == "apprehensions" else "month")
    table = table[table["area"].eq("ELC")]
    if kind == "apprehensions":
        months = periods.all_periods(table["period_start"].min(), table["period_end"].max(), "month")[["period_start"]]
        yearly = table.assign(year=periods.fiscal_year(table["period_start"])).set_index("year")["exposure"] / 12
        return months.assign(exposure=periods.fiscal_year(months["period_start"]).map(yearly).to_numpy())
    return table[["period_start", "exposure"]]


def canal_places(register) -> pd.DataFrame:
    """Return the canal's change beside that of all deaths in other counties: name, ratio, low, high.

    Raises
    ------
    NotEstimable
        The data do not bear the question, or the lists reach no other place.
    """
    row, tables = _canal(register)
    table = other_places(tables, row)
    if len(table) < 2:
        raise NotEstimable("there is no other date or place to set this one against")
    return table.assign(name=table["place"].where(~table["is_true"], "canal"), p_places=row["p_places"])


def canal_dates(register) -> tuple[pd.DataFrame, float | None]:
    """Return the placebo dates of the canal question and the share of them with as large a change.

    Raises
    ------
    NotEstimable
        The data do not bear the question.
    """
    from bsi.analysis import interventions

    row, tables = _canal(register)
    months = interventions.monthly_series(tables, row, exposure(tables, row))
    return interventions.placebo_dates(months, tuple(row[w] for w in interventions.WINDOWS)), row["p_placebo"]


def canal_displacement(register) -> pd.DataFrame:
    """Return the weighted displacement difference of the canal: its drownings beside heat deaths of the county, and drownings elsewhere in the county (where
    they may have moved to) beside the county's other deaths.

    Returns
    -------
    DataFrame, one row an area: name, n, rate (a year), low and high of it (exact), each with _before and _after; and, the same in every row, the difference
    per year with low, high, error, z and p_value

    Raises
    ------
    NotEstimable
        The data do not bear the question.
    """
    from bsi.analysis import exact, intervals, series

    row, tables = _canal(register)
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
    table = pd.DataFrame({"name": list(counts)})
    for i, side in enumerate(("before", "after")):
        n = [pair[i] for pair in counts.values()]
        low, high = intervals.garwood(n)
        sides = {"n": n, "rate": np.array(n) / lengths[i], "low": low / lengths[i], "high": high / lengths[i]}
        table = table.assign(**{f"{column}_{side}": value for column, value in sides.items()})
    return table.assign(**exact.displacement(*counts.values(), lengths=lengths))


def panel_rows(register) -> pd.DataFrame:
    """Return the panel of sectors and years under each choice: name, ratio of deaths at 10 % more agents, low, high, p_random, smallest_10.

    Raises
    ------
    NotEstimable
        The published figures do not hold the panel.
    """
    from bsi.analysis import panel

    table = panel.variants(panel.sector_years(register.published))
    return table.rename(columns={"variant": "name", "change_10": "ratio"}).set_index("name").reset_index()


def table_or_reason(compute: Callable, register, lang: str, *more) -> pd.DataFrame:
    """Return compute(register, *more), or, where it is not to be had, a table with the one sentence that says why.

    Parameters
    ----------
    compute : function of a register
    register : from bsi.open()
    lang : "en" or "es"
    more : what else it asks for
    """
    try:
        return compute(register, *more)
    except NotEstimable as error:
        return pd.DataFrame({"": [reason_text(error, lang)]})
