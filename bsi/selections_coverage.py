"""Tables of coverage and identification: who saw whom, what two lists share, who was given back a name, from a register and its earlier editions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from bsi import pipeline, workspace
from bsi.errors import InputError, NotEstimable
from bsi.selections import Choices, area, deaths, in_zone, reason_text

PATROL = "usbp"
KINDS = {
    "medical_examiner": "examiner", "border_patrol": "patrol", "media": "press", "sheriff": "county", "county_records": "county", "police": "county",
    "prosecutor": "county", "local_authority": "county", "federal_agency": "county", "search_and_rescue": "rescue", "migration_authority": "rescue",
}  # fmt: skip
OTHER_KIND = "civil"
RATIOS = tuple(2.0 ** np.linspace(-2, 2, 65))


@functools.cache
def kinds() -> dict[str, str]:
    """Return the kind of each observer of the vocabulary: examiner, patrol, county, press, rescue, civil."""
    from bsi.register import upstreams

    known = upstreams.load(workspace.PROJECT / "data" / "hand" / "upstreams.csv")
    return {u: KINDS.get(t, OTHER_KIND) for u, t in zip(known["upstream"], known["type"], strict=True)}


def examiners() -> tuple[str, ...]:
    """Return the medical examiners and coroners of the vocabulary."""
    return tuple(u for u, kind in kinds().items() if kind == "examiner")


def overlap(register, choices: Choices, by: str | None = None, fold: bool = True) -> pd.DataFrame:
    """Return how many people each set of independent observers saw (`coverage.overlap`), observers folded to kinds unless `fold` is false.

    An observer that the vocabulary does not know is of the kind `civil`.
    """
    from bsi.analysis import coverage

    rows = in_zone(register, choices)
    groups = {o: kinds().get(o, OTHER_KIND) for text in rows["upstreams"].unique() for o in text.split(";") if o}
    return coverage.overlap(rows, by, groups if fold else None)


@functools.lru_cache(maxsize=2)
def patrol_list(register) -> dict:
    """Return the register with the Border Patrol present only where its own list has a record, and the years that list covers.

    A list is the Border Patrol's own where every row of it goes back to the Border Patrol; a row of another list that cites it is left out.

    Returns
    -------
    dict: incidents, records (contracts INCIDENTS, RECORDS), span (first day of the first year of that list, last day of its last)

    Raises
    ------
    NotEstimable
        No list of the register is the Border Patrol's own.
    """
    records = register.records
    share = records["upstream"].eq(PATROL).groupby(records["source"]).mean()
    is_own = records["source"].isin(share[share == 1].index)
    days = records.loc[is_own & records["date"].notna(), "date"]
    if days.empty:
        raise NotEstimable("no list of this register is the Border Patrol's own")
    members = register.incident_records
    own = members.loc[members["record_id"].isin(records.loc[is_own, "record_id"]), "incident_id"]
    rows = deaths(register, Choices())
    without = rows["upstreams"].map(lambda text: ";".join(o for o in text.split(";") if o != PATROL))
    upstreams = rows["upstreams"].where(rows["incident_id"].isin(own), without)
    cited = records["upstream"].eq(PATROL) & ~is_own
    span = pd.Timestamp(days.min().year, 1, 1), pd.Timestamp(days.max().year, 12, 31)
    return {"incidents": rows.assign(upstreams=upstreams), "records": records.assign(upstream=records["upstream"].mask(cited)), "span": span}


@functools.lru_cache(maxsize=2)
def share_held(register) -> pd.DataFrame:
    """Return what share of the examiners' dead the Border Patrol's own list holds, by sector, links resampled by their probability.

    Raises
    ------
    NotEstimable
        There is no such list, or the examiners recorded nobody in its years.
    """
    from bsi.analysis import coverage
    from bsi.register import linkage

    own = patrol_list(register)
    first, last = (str(day.date()) for day in own["span"])
    candidates = linkage.score_pairs(register.records)
    return coverage.share_seen(
        own["incidents"], register.incident_records, own["records"], register.links, candidates, first=first, last=last, examiners=examiners()
    )


def two_lists(register, choices: Choices) -> dict:
    """Return the two lists of examiners and Border Patrol in the chosen zone, else in the sector where most are on both, and the totals they allow.

    Returns
    -------
    dict: n1, n2, m, span, area (name in both languages), estimates (`coverage.chapman` over odds ratios from 1/4 to 4)

    Raises
    ------
    NotEstimable
        There is no such list, or too few are on both.
    """
    from bsi.analysis import coverage

    own = patrol_list(register)
    rows, name = _together(register, choices, own)
    found = _pair(rows, own["span"])
    return {**found, "span": own["span"], "area": name, "estimates": coverage.chapman(**found, odds_ratios=RATIOS)}


def _together(register, choices: Choices, own: dict) -> tuple[pd.DataFrame, dict]:
    """Return the incidents of the chosen zone, else of the sector where most are on both lists, and its name: lists of different places tell nothing."""
    rows, name = own["incidents"], area(register, choices)
    if name:
        return rows[rows["incident_id"].isin(in_zone(register, choices)["incident_id"])], name
    found = _pairs_by_sector(own)
    if not found:
        raise NotEstimable("no examiner recorded a death from {first} to {last}", first=str(own["span"][0])[:10], last=str(own["span"][1])[:10])
    sector = max(found, key=lambda s: (found[s]["m"], found[s]["n1"]))
    is_zone = f"sector_{sector}" in set(register.zones["zone_id"])
    return rows[rows["sector"] == sector], area(register, Choices(zone=f"sector_{sector}")) if is_zone else {"en": sector, "es": sector}


def two_lists_table(register, lang: str = "en") -> pd.DataFrame:
    """Return, by sector, examiners' incidents, the Border Patrol's, those on both and their union, with the total if the lists were independent.

    Returns
    -------
    DataFrame: sector, n_examiner, n_patrol, n_both, n_union, total_if_independent, low, high, note (why there is no total); one note where no list is there
    """
    from bsi.analysis import coverage

    try:
        own = patrol_list(register)
    except NotEstimable as error:
        return pd.DataFrame({"note": [reason_text(error, lang)]})
    rows = []
    for sector, n in _pairs_by_sector(own).items():
        row = {"sector": sector, "n_examiner": n["n1"], "n_patrol": n["n2"], "n_both": n["m"], "n_union": n["n1"] + n["n2"] - n["m"]}
        try:
            line = coverage.chapman(**n, odds_ratios=[1.0]).iloc[0]
            row |= {"total_if_independent": line["n_total"].round(1), "low": line["low"].round(1), "high": line["high"].round(1), "note": ""}
        except NotEstimable as error:
            row["note"] = reason_text(error, lang)
        rows.append(row)
    return pd.DataFrame(rows)


def _pairs_by_sector(own: dict) -> dict[str, dict]:
    """Return the counts of the two lists in each sector where an examiner recorded someone."""
    rows = own["incidents"]
    found = {s: _pair(rows[rows["sector"] == s], own["span"]) for s in sorted(rows["sector"].dropna().unique())}
    return {s: n for s, n in found.items() if n["n1"]}


def _pair(rows: pd.DataFrame, span: tuple) -> dict[str, int]:
    from bsi.analysis import coverage

    return coverage.pair_counts(rows[rows["date"].between(*span)], examiners(), (PATROL,))


def three_lists(register, third: Sequence[str] | None, choices: Choices, lang: str = "en") -> tuple[str, pd.DataFrame]:
    """Return what log-linear models say with a third list that the analyst vouches for: a sentence and a table.

    Parameters
    ----------
    register : from bsi.open()
    third : observers (keys of data/hand/upstreams.csv) of a list that neither told nor was told by the two others; null means there is none
    choices : zone; by default the sector where most are on both of the first two lists
    lang : "en" or "es"

    Returns
    -------
    (sentence, DataFrame: the models with their weights, or, where they cannot be had, the capture histories; empty without the Border Patrol's list)

    Raises
    ------
    InputError
        The third list holds an observer of the other two, or one that the vocabulary does not know.
    """
    from bsi.analysis import coverage
    from bsi.publish.language import number, translator

    unknown = [o for o in third or () if o not in kinds()]
    if unknown:
        raise InputError(f"there is no observer {unknown[0]!r}", do="Take keys from the column upstream of data/hand/upstreams.csv.")
    _, table = translator(lang), pd.DataFrame()
    try:
        own = patrol_list(register)
        rows, _name = _together(register, choices, own)
        rows = rows[rows["date"].between(*own["span"])]
        table = coverage.histories(rows, {"examiners": examiners(), "border_patrol": (PATROL,), **({"third": tuple(third)} if third else {})})
        found = coverage.loglinear(table)
    except NotEstimable as error:
        return reason_text(error, lang), table
    said = _(
        "{n} incidents are on at least one of the three lists; the models put the total at {total} ({low} to {high}), if the lists are as "
        "independent as assumed. Bodies never found are in none of them.",
        n=number(found["n_observed"], lang), total=number(found["n_total"], lang), low=number(found["low"], lang), high=number(found["high"], lang),
    )  # fmt: skip
    return said, found["models"]


@functools.lru_cache(maxsize=2)
def editions(register) -> tuple[str, list[pd.DataFrame]]:
    """Return the list that says whether the dead are identified (the one with most records), and the records of its editions, oldest first.

    Editions newer than the one in the register are left out; the newest is the register's own.

    Raises
    ------
    NotEstimable
        No list says whether the dead are identified.
    """
    stating = register.records.loc[register.records["is_identified"].notna(), "source"].value_counts()
    if stating.empty:
        raise NotEstimable("no list here says whether the dead are identified")
    source = stating.index[0]
    newest = register.records[register.records["source"] == source]
    read = pipeline.vintage_reader(register.data_folder)
    days = sorted({f.vintage for f in workspace.find_raw(register.data_folder) if f.source == source and pd.Timestamp(f.vintage) < newest["vintage"].max()})
    return source, [*(read((source, day.isoformat())) for day in days), newest]


def identification_states(register, by: str = "calendar_year") -> pd.DataFrame:
    """Return the state of identification at each edition of the list (`identification.state`).

    Raises
    ------
    NotEstimable
        No list says whether the dead are identified.
    """
    from bsi.analysis import identification

    return pd.concat([identification.state(records, by) for records in editions(register)[1]], ignore_index=True)


def names_gained(register) -> pd.DataFrame:
    """Return who was given a name between each edition of the list and the next (`identification.conversion`), newest pair last.

    Raises
    ------
    NotEstimable
        There is one edition only, or nobody is without a name.
    """
    from bsi.analysis import identification
    from bsi.register import vintages

    _source, parts = editions(register)
    if len(parts) < 2:
        raise NotEstimable("the data folder holds one edition of the list; how many were given a name shows only beside an earlier one")
    pairs = zip(parts, parts[1:], strict=False)
    return pd.concat([identification.conversion(old, new, vintages.match_records(old, new)) for old, new in pairs], ignore_index=True)


def or_note(compute: Callable, *args, lang: str = "en") -> pd.DataFrame:
    """Return compute(*args), a table; where it is not to be had, a table of one sentence that says why."""
    try:
        return compute(*args)
    except NotEstimable as error:
        return pd.DataFrame({"note": [reason_text(error, lang)]})
