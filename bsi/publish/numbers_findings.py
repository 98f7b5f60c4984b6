"""Numbers of the prose on what was said and agreed, on revisions and on methods."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bsi.publish.language import N_

SAID = ("supported", "partly", "not_supported", "cannot_tell", "no_public_series")
OF_THE_YEAR = ("dead_edition", "dead_canal_edition", "dead_desert_edition", "dead_mexico_edition", "official_rescues")
EFFECTS = {"none": "none", "halving": "reduction by 50", "trend": "none, but a steady trend"}
ASKED = ("answered", "partly", "not_in_data")
ALPHA = 0.05


def findings_numbers(tables: Mapping[str, pd.DataFrame], entry) -> dict[str, dict]:
    """Return the numbers by key; null where the register came without the table.

    Parameters
    ----------
    tables : commitments, recommendations (status), official_revisions, nowcast, linkage of `study_findings.findings`, simulated (of `annual`),
        forward_validation, agents_panel (data of the figures), numbers_before (of an earlier register), each optional
    entry : `numbers.entry`
    """
    out = _statuses(tables, entry) | _revisions(tables, entry) | _linkage(tables.get("linkage"), entry) | _rules(tables.get("simulated"), entry)
    out |= _sector_years(tables, entry) | _panel(tables.get("agents_panel"), entry)
    return out | _maps(tables.get("forward_validation"), entry) | _then(tables.get("numbers_before"), entry)


def _then(table: pd.DataFrame | None, entry) -> dict:
    """Return the day of an earlier register and its numbers of the year, each key with `_then`; deaths null where it ends before the year; {} without one."""
    if table is None:
        return {}
    reaches = table.loc["data_as_of", "value"] >= table.loc["edition_start", "value"]
    made = table.loc[["data_as_of", *OF_THE_YEAR]]
    values = made["value"].where(reaches | ~made.index.str.startswith("dead"), None)
    return {f"{key}_then": entry(values[key], n["unit"], f"before/{n['table']}", n["filter"], n["kind"]) for key, n in made.iterrows()}


def _statuses(tables: Mapping, entry) -> dict:
    out = {}
    for name, unit, statuses in (("commitments", N_("claims and commitments"), SAID), ("recommendations", N_("recommendations"), ASKED)):
        table = tables.get(name)
        out[name] = entry(None if table is None else len(table), unit, f"data/{name}.csv", N_("all"))
        for status in statuses:
            n = None if table is None else int(table["status"].eq(status).sum())
            out[f"{name}_{status}"] = entry(n, unit, f"data/{name}.csv", f"status = {status}")
    return out


def _revisions(tables: Mapping, entry) -> dict:
    table, nowcast = tables.get("official_revisions"), tables.get("nowcast")
    border = None if table is None else table[table["area"].eq("southwest_border") & table["measure"].eq("deaths")]
    where = "measure = deaths, area = southwest_border, count(edition) > 1"
    change = None if border is None else border["change"]
    counts = [None] * 5 if change is None else [len(change), (change > 0).sum(), (change < 0).sum(), (change == 0).sum(), change.max()]
    names = ("revised_years", "revised_up", "revised_down", "revised_same", "revised_most")
    units = (*[N_("fiscal years")] * 4, N_("people"))
    how = ("all", "change > 0", "change < 0", "change = 0", "max(change)")
    out = {name: entry(n, unit, "published", f"{where}; {part}") for name, n, unit, part in zip(names, counts, units, how, strict=True)}
    n = None if nowcast is None or nowcast.empty else nowcast["n_editions"]
    few = [None] * 4 if n is None else [n.max(), nowcast["least"].max(), nowcast["is_borne"].sum(), (n > 1).sum()]
    named = (("editions_most", N_("editions"), "max(n_editions)"), ("editions_needed", N_("editions"), "least"), ("nowcast_lists", N_("lists"), "is_borne"),
             ("revised_lists", N_("lists"), "n_editions > 1"))  # fmt: skip
    return out | {name: entry(n, unit, "data/raw", part) for (name, unit, part), n in zip(named, few, strict=True)}


def _sector_years(tables: Mapping, entry) -> dict:
    """Return how many fiscal years of sectors have an official count of deaths, and of how many two editions can be compared."""
    published, revised = tables.get("published"), tables.get("official_revisions")
    counted = compared = None
    if published is not None and revised is not None:
        own = published[published["measure"].eq("deaths") & published["area_type"].eq("sector") & published["period_type"].eq("fiscal_year")]
        counted = len(own.drop_duplicates(["area", "period_start"]))
        compared = int((revised["measure"].eq("deaths") & revised["area"].isin(own["area"])).sum())
    where, unit = "measure = deaths, area_type = sector", N_("fiscal years of a sector")
    return {
        "sector_years": entry(counted, unit, "published", where),
        "sector_years_compared": entry(compared, unit, "published", f"{where}, count(edition) > 1"),
    }


def _panel(table: pd.DataFrame | None, entry) -> dict:
    """Return how often sectors with exchanged agents give as much as the real ones, the fall that would have shown where nothing does, and the years."""
    names = ("panel_p_least", "panel_p_most", "panel_fall", "panel_more", "panel_first", "panel_last")
    values = [None] * len(names)
    if table is not None and "p_random" in table:
        chance, whole = table["p_random"], table[table["name"].eq("all")].iloc[0]
        unseen = 1 - whole["smallest_10"] if chance.min() > ALPHA else None
        values = [chance.min(), chance.max(), unseen, 0.1, whole["first_year"], whole["last_year"]]
    units = (*[N_("share of the exchanges")] * 2, N_("share of the deaths"), N_("share of the agents"), *[N_("U.S. fiscal year")] * 2)
    filters = ("min(p_random)", "max(p_random)", "name = all, 1 - smallest_10", "change_10", "min(first_year)", "max(last_year)")
    made = zip(names, values, units, filters, strict=True)
    return {name: entry(v, unit, "agents_panel.csv", text, "year" if "year" in text else "share") for name, v, unit, text in made}


def _linkage(table: pd.DataFrame | None, entry) -> dict:
    """Return precision and recall of the links between the Border Patrol's records and the other lists, judged by a person."""
    out = {}
    for measure, unit in (("precision", N_("share of the links")), ("recall", N_("share of the true pairs"))):
        rows = table[table["what"].eq("patrol_and_others") & table["measure"].eq(measure)] if table is not None else ()
        for part in ("value", "low", "high"):
            value = float(rows[part].iloc[0]) if len(rows) else None
            out[f"link_{measure}" + ("" if part == "value" else f"_{part}")] = entry(
                value, unit, "benchmarks/linkage.json", f"border_patrol, {measure}, {part}", "share"
            )
    return out


def _rules(table: pd.DataFrame | None, entry) -> dict:
    """Return in what share of simulated series the rules of the verdicts call an effect: without one, with a halving, with a trend only."""
    where, unit = "benchmarks/verdicts.json", N_("share of the simulated series")
    known = table is not None and len(table) > 0
    part = {key: table[table["effect"].str.match(rf"{effect}(?: %)?$" if key != "trend" else effect)] if known else None for key, effect in EFFECTS.items()}
    values = {
        "false_least": ("none", "called", "min"), "false_most": ("none", "called", "max"), "halving_least": ("halving", "called", "min"),
        "halving_most": ("halving", "called", "max"), "best_least": ("halving", "called_at_best", "min"), "trend": ("trend", "called", "max"),
    }  # fmt: skip
    out = {k: entry(part[p][c].agg(how) if known else None, unit, where, f"effect = {EFFECTS[p]}, {how}({c})", "share") for k, (p, c, how) in values.items()}
    out["deaths"] = entry(part["halving"]["deaths_per_year"].max() if known else None, N_("people"), where, f"effect = {EFFECTS['halving']}")
    out["years"] = entry(table["years"].max() if known else None, N_("years"), where, "years_before_and_after")
    return {f"rules_{key}": number for key, number in out.items()}


def _maps(table: pd.DataFrame | None, entry) -> dict:
    """Return the answer on the maps of where as the figure gives it, and what the best one held of the next year's deaths in its top part."""
    names, where = ("map_hit", "map_hit_low", "map_hit_high", "map_last_year", "map_even"), "forward_validation.csv"
    answer, values = None, [None] * len(names)
    if table is not None and "answer" in table:
        hits = table[table["measure"].eq("hit_rate_5")].set_index("method")
        answer, best = hits["answer"].iloc[0], hits[hits["is_best"].astype(bool)].iloc[0]
        values = [*best[["mean", "low", "high"]], hits.loc["last_year", "mean"], hits.loc["uniform", "mean"]]
    unit = N_("share of the deaths of the year after")
    of = ("is_best, mean", "is_best, low", "is_best, high", "method = last_year, mean", "method = uniform, mean")
    shares = {name: entry(v, unit, where, f"measure = hit_rate_5, {part}", "share") for name, v, part in zip(names, values, of, strict=True)}
    return {**shares, "map_answer": entry(answer, N_("does a hot-spot map help?"), where, "answer", "word")}
