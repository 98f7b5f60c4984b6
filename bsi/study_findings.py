"""What was said and agreed, how numbers moved between editions, and the texts of the annex: tables for notebook 05, the report and its numbers."""

from __future__ import annotations

import datetime as dt
import functools
import json

import pandas as pd

from bsi import pipeline, workspace
from bsi.errors import InputError, NotEstimable

STATUSES = ("answered", "partly", "not_in_data")
TEXTS = {  # files of data/ whose texts stand in both languages
    "recommendations": ("recommendation_id", "report", "published", "text_en", "text_es", "status", "sections", "answer_en", "answer_es", "source"),
    "methods": ("method_id", "name_en", "name_es", "rule_en", "rule_es", "assumes_en", "assumes_es", "breaks_en", "breaks_es", "cites"),
    "literature": ("key", "year", "citation"),
    "terms": ("term_en", "term_es", "meaning_en", "meaning_es"),
    "series_notes": ("kind", "from", "about_en", "about_es", "text_en", "text_es", "source"),
    "documents": ("kind", "published", "title", "note_en", "note_es", "address"),
}


def findings(register) -> dict[str, pd.DataFrame]:
    """Return the tables of the findings and the annex by name: commitments, those of `TEXTS`, official_revisions, nowcast, linkage."""
    texts = {name: text_table(register, name) for name in TEXTS}
    return texts | {
        "commitments": commitments_table(register), "official_revisions": revised(register, None), "nowcast": nowcast_lists(register), "linkage": linkage(),
    }  # fmt: skip


def text_table(register, name: str) -> pd.DataFrame:
    """Return one of the tables of texts of data/ (see `TEXTS`), every cell text.

    Raises
    ------
    InputError
        A column is missing, a text stands in one language only, or a status is not known.
    """
    path = workspace.reference(register.data_folder, f"{name}.csv")
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    missing = [c for c in TEXTS[name] if c not in table]
    if missing:
        raise InputError(f"{', '.join(missing)}: missing", str(path), f"Give {', '.join(TEXTS[name])}.")
    for english in [c for c in TEXTS[name] if c.endswith("_en")]:
        alone = table[english].eq("") != table[english.removesuffix("en") + "es"].eq("")
        if alone.any():
            raise InputError(f"line {int(alone.idxmax()) + 2}: {english} stands in one language only", str(path), "Give it in both.")
    odd = [s for s in table.get("status", ()) if s not in STATUSES]
    if odd:
        raise InputError(f"{odd[0]!r} is no status", str(path), f"One of {', '.join(STATUSES)}.")
    return table


def commitments_table(register) -> pd.DataFrame:
    """Return each claim and commitment of the communiqués with what the data says of it."""
    from bsi.analysis import commitments

    tables = {name: getattr(register, name) for name in ("records", "incidents", "zone_weights", "published")}
    return commitments.commitments(tables, workspace.reference(register.data_folder, "commitments.csv"))


def revised(register, area: str | None = "southwest_border", measure: str | None = "deaths") -> pd.DataFrame:
    """Return official numbers as first known and now, with the reason.

    Parameters
    ----------
    register : from bsi.open()
    area, measure : only those; all where the area is None
    """
    from bsi.analysis import revisions

    table = revisions.official_revisions(register.published, register.interventions[register.interventions["type"].eq("series_break")])
    return table if area is None else table[table["area"].eq(area) & table["measure"].eq(measure)].reset_index(drop=True)


def editions(register) -> pd.DataFrame:
    """Return every edition of every list of the data folder up to the register's day: source, vintage."""
    until = dt.date.fromisoformat(register.build["data_as_of"])
    found = {(f.source, pd.Timestamp(f.vintage)) for f in workspace.find_raw(register.data_folder, until)}
    return pd.DataFrame(sorted(found), columns=["source", "vintage"])


def _read(register, source: str, day: pd.Timestamp) -> pd.DataFrame:
    """Return the records of one edition of a list."""
    files = [f for f in workspace.find_raw(register.data_folder) if f.source == source and f.vintage == day.date()]
    return pipeline.read_files(files, register.data_folder)[0]


@functools.lru_cache(maxsize=2)
def arrivals(register) -> pd.DataFrame:
    """Return `vintages.arrivals` of each pair of editions of a list that follow each other, with old_vintage and new_vintage.

    Raises
    ------
    NotEstimable
        No list of the data folder has two editions.
    """
    from bsi.register import vintages

    parts = []
    for source, own in editions(register).groupby("source"):
        days = list(own["vintage"])
        old = _read(register, source, days[0]) if len(days) > 1 else None
        for before, day in zip(days[:-1], days[1:], strict=True):
            new = _read(register, source, day)
            moved = vintages.arrivals(old, new, vintages.match_records(old, new))
            parts.append(moved.assign(old_vintage=before, new_vintage=day))
            old = new
    if not parts:
        raise NotEstimable("no list of this data folder has two editions")
    return pd.concat(parts, ignore_index=True)


def list_moves(register) -> pd.DataFrame:
    """Return how the records of each list and year moved from one edition to the next, with the reason (`revisions.list_revisions`).

    Raises
    ------
    NotEstimable
        No list of the data folder has two editions.
    """
    from bsi.analysis import revisions

    return revisions.list_revisions(arrivals(register))


def list_history(register) -> tuple[pd.DataFrame, dict]:
    """Return the records of each list and year as first known and now (`revisions.list_history`), and the names of the lists by language.

    Raises
    ------
    NotEstimable
        No list of the data folder has two editions.
    """
    from bsi.analysis import revisions
    from bsi.selections import list_names

    return revisions.list_history(arrivals(register)), list_names(register)


def nowcast_lists(register) -> pd.DataFrame:
    """Return, for each list, how many editions there are and whether they bear a nowcast: source, n_editions, least, is_borne."""
    from bsi.analysis import revisions

    rows = []
    for source, own in editions(register).groupby("source"):
        try:
            revisions.check_vintages(own["vintage"])
            is_borne = True
        except NotEstimable:
            is_borne = False
        rows.append((source, len(own), revisions.MIN_VINTAGES, is_borne))
    return pd.DataFrame(rows, columns=["source", "n_editions", "least", "is_borne"])


def nowcasts(register) -> pd.DataFrame:
    """Return the records expected of each month once all its reports are in, for each list whose editions bear it: source, month and `revisions.nowcast`.

    Months that began after the first edition; a month's first number is that of the first edition after it began.

    Raises
    ------
    NotEstimable
        No list has enough regular editions, or a month has nothing to go on from.
    """
    from bsi.analysis import revisions

    lists = nowcast_lists(register)
    if not lists["is_borne"].any():
        revisions.check_vintages(_longest(register))
    parts = []
    for source in lists.loc[lists["is_borne"], "source"]:
        days = editions(register).loc[lambda t, s=source: t["source"].eq(s), "vintage"]
        counts = []
        for day in days:
            months = pd.date_range(days.iloc[0], day, freq="MS")
            known = _read(register, source, day)["date"].dt.to_period("M").dt.to_timestamp().value_counts().reindex(months, fill_value=0)
            counts.append(pd.DataFrame({"period": months, "as_of": day, "n": known.to_numpy()}))
        expected = revisions.nowcast(revisions.reporting_triangle(pd.concat(counts)))
        parts.append(expected.rename_axis("month").reset_index().assign(source=source))
    return pd.concat(parts, ignore_index=True)


def _longest(register) -> list:
    known = editions(register).groupby("source")["vintage"].unique().map(list)
    return known.loc[known.map(len).idxmax()] if len(known) else []


def linkage() -> pd.DataFrame:
    """Return the measured precision and recall of the linkage (benchmarks/linkage.json): what, measure, value, low, high; empty where it is not there."""
    path = workspace.PROJECT / "benchmarks" / "linkage.json"
    measured = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    patrol = measured.get("border_patrol", {})
    found = {"patrol_and_others": patrol.get("ogis_and_iom"), "patrol_and_humane_borders": patrol.get("humane_borders"), "sample": measured.get("sample")}
    rows = [(what, m, part[m], *part[f"{m}_95"], int(part["n_links"])) for what, part in found.items() if part for m in ("precision", "recall")]
    return pd.DataFrame(rows, columns=["what", "measure", "value", "low", "high", "n_links"])
