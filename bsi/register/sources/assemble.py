"""What every adapter does last: ids, counts, ages and flags, and each row put into exactly one of records, out of scope and rejected."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pandas as pd

from bsi import contracts
from bsi.register.files import RawTable
from bsi.register.vocabulary import is_unsaid, plain_text

EARLIEST_YEAR = 1900
DAYS_AFTER_VINTAGE = 366
TOTAL = r"(?i)\s*(?:grand |sub-?|gran )?(?:totale?s?|suma)(?: general(?:es)?)?\s*:?\s*"
AGE = (
    r"(?P<n>\d{1,3}(?:\.\d+)?)[ -]*(?:(?P<years>y|yo|y/o|yrs?|years?|a[nñ]os?)|(?P<months>mos?|months?|mes|meses)|(?P<days>days?|d[ií]as?))?\.?"
    r"(?:[ -](?:old|of age|de edad))?"
)
IDENTIFIED = {
    **dict.fromkeys(("identified", "identificado", "identificada", "yes", "y", "si", "true", "1"), True),
    **dict.fromkeys(("unidentified", "not identified", "no identificado", "no identificada", "sin identificar", "no", "n", "false", "0"), False),
}
PER_YEAR = {"years": 1, "months": 12, "days": 365.25}


@dataclass(frozen=True)
class SourceTables:
    """One file read: the three tables of `bsi.contracts` that its rows went to."""

    records: pd.DataFrame
    out_of_scope: pd.DataFrame
    rejected: pd.DataFrame


def assemble(raw: RawTable, matched: pd.DataFrame, columns: dict, flags: dict, reasons: dict, out: pd.DataFrame | None = None) -> SourceTables:
    """Return the three tables of one file; rows of the frame plus malformed rows = records + out of scope + rejected.

    Parameters
    ----------
    raw : RawTable as read
    matched : DataFrame of text, the columns of the file that the layout knows; a refused row is shown by these alone, since others may hold names
    columns : name of a column of the contract `records` -> Series over the rows of this border, or one value; without file, row and flags
    flags : name of a flag in `contracts.FLAGS` -> Series of bool over the same rows
    reasons : name of a rule -> Series of text over the same rows: what is wrong, with column and value; "" where nothing is
    out : DataFrame `record_id`, `rule` over all other rows: those that the source itself places elsewhere

    Returns
    -------
    SourceTables, each table conforming to its contract
    """
    read = where_read(raw)
    out = read.iloc[:0].assign(record_id="", rule="") if out is None else read.loc[out.index].assign(record_id=out["record_id"], rule=out["rule"])
    index = columns["record_id"].index
    frame = read.loc[index].assign(**{name: _unsaid(values) for name, values in columns.items()}, flags=join_flags(flags, index))
    reason = _joined(list(reasons.values()), index)
    reason = reason.where(reason != "", footers(raw.frame.loc[index], frame["date"]))
    is_refused = reason != ""
    records = contracts.conform(frame[~is_refused], contracts.RECORDS)
    refused = frame.loc[is_refused, list(contracts.WHERE_READ)].assign(reasons=reason[is_refused], row_text=row_text(matched.loc[index[is_refused]]))
    malformed = raw.malformed.rename(columns={"reason": "reasons"})
    malformed = malformed.assign(source=raw.source, vintage=_day(raw.vintage), file=raw.path.name)
    rejected = contracts.conform(pd.concat([refused, malformed], ignore_index=True) if len(malformed) else refused, contracts.REJECTED)
    return SourceTables(records, contracts.conform(out, contracts.OUT_OF_SCOPE), rejected.sort_values("row", ignore_index=True))


def footers(frame: pd.DataFrame, dates: pd.Series) -> pd.Series:
    """Return why a row without a date is no observation: it is a total, or a note with nothing else in the row; "" for all others."""
    undated = frame[dates.isna()]
    is_total = undated.apply(lambda c: c.str.fullmatch(TOTAL)).any(axis=1)
    is_note = (undated.shape[1] > 2) & undated.ne("").sum(axis=1).eq(1) & ~is_total
    reason = pd.Series("", index=frame.index, dtype="str")
    reason.loc[undated.index[is_total]] = "the row is a total of the file, no observation"
    reason.loc[undated.index[is_note]] = "the row holds one cell alone, a note or a remainder, no observation"
    return reason


def where_read(raw: RawTable) -> pd.DataFrame:
    """Return source, vintage, file and line of every row of a file."""
    row = raw.frame.index
    return pd.DataFrame({"source": raw.source, "vintage": _day(raw.vintage), "file": raw.path.name, "row": row}, index=row)


def _unsaid(values):
    """Return a column of text with blanks as null."""
    is_text = isinstance(values, pd.Series) and isinstance(values.dtype, pd.StringDtype)
    return values.str.strip().mask(values.str.strip() == "") if is_text else values


def _day(vintage) -> pd.Timestamp:
    return pd.NaT if vintage is None else pd.Timestamp(vintage)


def row_text(frame: pd.DataFrame) -> pd.Series:
    """Return each row as text, "header = value" of the cells that are filled."""
    texts = [" | ".join(f"{h} = {v}" for h, v in zip(frame.columns, cells, strict=True) if v) for cells in frame.itertuples(index=False)]
    return pd.Series(texts, index=frame.index, dtype="str")


def join_flags(flags: dict[str, pd.Series], index: pd.Index) -> pd.Series:
    """Return the names of the flags that hold for each row, joined by ";", in the order of `contracts.FLAGS`."""
    ordered = [flags[name].map({True: name, False: ""}).astype("str") for name in contracts.FLAGS if name in flags]
    return _joined(ordered, index, ";")


def _joined(texts: list[pd.Series], index: pd.Index, by: str = "; ") -> pd.Series:
    joined = pd.Series("", index=index, dtype="str")
    for text in texts:
        is_said = text != ""
        if is_said.any():
            joined = joined.where(~is_said, joined.where(joined == "", joined + by) + text)
    return joined


def hashed_ids(frame: pd.DataFrame) -> pd.Series:
    """Return an id of each row made from its cells: twelve hexadecimal digits and, since rows may be equal, its occurrence among equal rows.

    Parameters
    ----------
    frame : DataFrame of text under canonical names, so that an id survives a renamed or moved column
    """
    names = sorted(frame.columns)
    rows = zip(*(frame[name].tolist() for name in names), strict=True)
    cells = ("\x1f".join([f"{name}={cell}" for name, cell in zip(names, row, strict=True) if cell]) for row in rows)
    digests = pd.Series([hashlib.sha256(text.encode()).hexdigest()[:12] for text in cells], index=frame.index, dtype="str")
    return digests + "-" + (digests.groupby(digests).cumcount() + 1).astype("str")


def record_ids(source: str, ids: pd.Series | None, frame: pd.DataFrame) -> pd.Series:
    """Return `source:id`; a row without an id gets a hash of its cells, a later row that repeats an id gets both.

    Parameters
    ----------
    source : key of the source
    ids : the source's own ids as text, or None where it has none
    frame : DataFrame of text under canonical names
    """
    if ids is None:
        return f"{source}:" + hashed_ids(frame)
    ids = ids.str.strip().str.replace(r"\.0$", "", regex=True)
    is_plain = (ids != "") & ~ids.duplicated()
    if is_plain.all():
        return f"{source}:" + ids
    hashed = hashed_ids(frame[~is_plain])
    odd = hashed.where(ids[~is_plain] == "", ids[~is_plain] + "~" + hashed)
    return f"{source}:" + ids.where(is_plain, odd.reindex(ids.index))


def parse_counts(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return counts of persons as Int64, null where unsaid, negative or no whole number, and whether a text was there that gives none.

    Examples
    --------
    >>> counts, is_unreadable = parse_counts(pd.Series(["3", "1,022", "2.0", "", "-3", "abc"]))
    >>> counts.tolist(), is_unreadable.tolist()
    ([3, 1022, 2, <NA>, <NA>, <NA>], [False, False, False, False, True, True])
    """
    texts = texts.str.strip()
    is_number = texts.str.fullmatch(r"\d{1,3}(,\d{3})+|\d{1,9}(\.0+)?").fillna(False).astype(bool)
    numbers = texts.where(is_number).str.replace(r",|\.0+$", "", regex=True)
    return pd.to_numeric(numbers).astype("Int64"), ~is_number & (texts.str.startswith("-") & (texts.str.len() > 1) | ~is_unsaid(texts))


def parse_ages(texts: pd.Series) -> tuple[pd.Series, dict[str, pd.Series]]:
    """Return ages in years (null where none, implausible or no number) and the flags age_implausible and age_unreadable.

    A number with its unit is read ("25 años", "6 months"); a range or a decade ("20-30", "30s") is no age.

    Examples
    --------
    >>> ages, flags = parse_ages(pd.Series(["22.0", "130", "6 months", "30s", "unknown"]))
    >>> ages.tolist(), flags["age_implausible"].tolist(), flags["age_unreadable"].tolist()
    ([22.0, nan, 0.5, nan, nan], [False, True, False, False, False], [False, False, False, True, False])
    """
    low = contracts.RECORDS.columns["age"].low, contracts.RECORDS.columns["age"].high
    texts = texts.str.strip().str.casefold()
    numbers = pd.to_numeric(texts, errors="coerce")
    words = texts[numbers.isna() & ~is_unsaid(texts)]
    parts = words.str.extract(f"^{AGE}$")
    for unit, per_year in PER_YEAR.items():
        said = parts.index[parts[unit].notna()]
        numbers.loc[said] = pd.to_numeric(parts.loc[said, "n"]) / per_year
    is_plausible, is_word = numbers.between(*low), texts.index.isin(words.index)
    return numbers.where(is_plausible), {"age_implausible": numbers.notna() & ~is_plausible, "age_unreadable": numbers.isna() & is_word}


def date_reasons(dates: pd.Series, texts: pd.Series, vintage) -> pd.Series:
    """Return why a date cannot be that of an observation: before 1900, or more than a year after the file was published; "" where it can."""
    latest = pd.Timestamp.max if vintage is None else pd.Timestamp(vintage) + pd.Timedelta(days=DAYS_AFTER_VINTAGE)
    reason = pd.Series("", index=dates.index, dtype="str")
    is_early, is_late = dates.dt.year < EARLIEST_YEAR, dates > latest
    shown = texts.where(texts.str.strip() != "", dates.dt.strftime("%Y").astype("str"))
    reason = reason.mask(is_early, "date: " + shown + f" lies before {EARLIEST_YEAR}")
    return reason.mask(is_late, "date: " + shown + " lies more than a year after the file was published")


def single_person_sex(n_persons: pd.Series, n_female: pd.Series, n_male: pd.Series) -> pd.Series:
    """Return the sex of the person of a row that is about one person, from counts of women and men; null where they do not tell."""
    is_one = (n_persons == 1).fillna(False)
    female, male = (n_female == 1).fillna(False), (n_male == 1).fillna(False)
    sex = pd.Series(None, index=n_persons.index, dtype="object")
    return sex.mask(is_one & female & ~male, "female").mask(is_one & male & ~female, "male").astype("str")


def date_and_point_flags(dates: pd.DataFrame, points: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the flags that reading dates and points gives: date_unreadable, date_conflicts_year, point_unreadable, point_swapped.

    Parameters
    ----------
    dates : DataFrame of `dates.parse_dates`
    points : DataFrame of `coordinates.parse_points`
    """
    return {
        "date_unreadable": dates["problem"] != "",
        "date_conflicts_year": dates["is_year_conflict"],
        "point_unreadable": points["problem"].isin(["unreadable", "not_finite", "out_of_range", "half"]),
        "point_swapped": points["problem"] == "swapped",
    }


def identified(names: pd.Series) -> pd.Series:
    """Return whether the source has a name for the person: from a column that `files.read_table` reduced to identified or unidentified, or yes and no."""
    return plain_text(names).map(IDENTIFIED).astype("boolean")


def empty_reason(texts: pd.DataFrame) -> pd.Series:
    """Return why a row that says nothing is no observation: every one of these columns is blank or unknown; "" where one is filled."""
    silent = texts.index
    for name in texts:
        silent = silent[is_unsaid(texts.loc[silent, name])]
    reason = pd.Series("", index=texts.index, dtype="str")
    reason.loc[silent] = f"the row says nothing: {', '.join(texts.columns)} are blank"
    return reason
