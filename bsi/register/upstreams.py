"""Who observed a record: the words a file cites, turned into one key an observer, by a vocabulary that a person keeps."""

from __future__ import annotations

import difflib
import functools
import re
from pathlib import Path

import pandas as pd

from bsi.errors import InputError
from bsi.register.vocabulary import HAND, plain_text

COLUMNS = ["source", "county", "pattern", "upstream", "name_en", "name_es", "type", "by", "on", "why"]
TYPES = (
    "medical_examiner", "border_patrol", "sheriff", "county_records", "search_and_rescue", "migration_authority", "consulate", "prosecutor", "police",
    "federal_agency", "local_authority", "university", "ngo", "intergovernmental", "media", "other",
)  # fmt: skip
MOST_NAMED = 10  # new observers of a file


def load(path: Path | None = None) -> pd.DataFrame:
    """Return the vocabulary of observers, in the order in which it is tried.

    One row is a rule: `source` (key of a source, blank for all), `county` (blank for all), `pattern` (regular expression on `vocabulary.plain_text`
    of the words cited), `upstream` (key), its names in both languages, its type, and by whom, when and why the rule was written.

    Parameters
    ----------
    path : another file than the project's data/hand/upstreams.csv

    Raises
    ------
    InputError
        The file is missing, lacks a column, or a line holds a pattern, key or type that cannot be used.
    """
    return _read_cached(Path(path or HAND / "upstreams.csv")).copy()


def assign_upstreams(records: pd.DataFrame, vocabulary: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the records with `upstream` filled: the first rule of the vocabulary that fits the source, the county and the words cited decides.

    The order of the file is the order of precedence: rules for one source, then medical examiners, the Border Patrol, sheriffs, authorities and
    consulates, organizations, and last the press, so that "Imperial County Coroner's Office, US Border Patrol, KYMA" is the coroner's. An upstream
    that is already there (a mapped source states it) stays. Nothing is guessed: words in no rule leave it null and flag the record upstream_unmatched.

    Parameters
    ----------
    records : contract `records`
    vocabulary : DataFrame of `load`

    Returns
    -------
    contract `records`
    """
    vocabulary = load() if vocabulary is None else vocabulary
    rules = [(s, c, re.compile(p), u) for s, c, p, u in zip(*(vocabulary[name] for name in COLUMNS[:4]), strict=True)]
    keys = pd.DataFrame({
        "source": records["source"], "county": records["county"].fillna(""), "text": plain_text(records["source_text"]),
    })  # fmt: skip
    used = [c for s, c, *_ in rules if c]
    keys["county"] = keys["county"].where(keys["county"].isin(used), "")
    distinct = keys.drop_duplicates()
    found = {key: _first(rules, *key) for key in distinct.itertuples(index=False, name=None)}
    upstream = pd.Series([found[key] for key in keys.itertuples(index=False, name=None)], index=records.index, dtype="object").astype("str")
    upstream = records["upstream"].fillna(upstream)
    is_unmatched = upstream.isna() & (keys["text"] != "")
    others = records["flags"].str.replace(r";?upstream_unmatched", "", regex=True)
    flags = others.mask(is_unmatched, (others + ";upstream_unmatched").str.lstrip(";"))
    return records.assign(upstream=upstream, flags=flags)


def new_keys(records: pd.DataFrame, vocabulary: pd.DataFrame) -> list[str]:
    """Return a sentence for each observer that a mapped list names and the vocabulary does not hold, that of most records first: it may be misspelt.

    Of many the first are named and the others counted.

    Parameters
    ----------
    records : contract `records`
    vocabulary : DataFrame of `load`
    """
    known = sorted(set(vocabulary["upstream"]))
    new = records.loc[~records["upstream"].isin(known), "upstream"].value_counts().index
    near = {key: difflib.get_close_matches(key.casefold(), known, 1) for key in new[:MOST_NAMED]}
    lines = [f"upstream {key!r} is new" + "".join(f"; the nearest known one is {other!r}" for other in others) for key, others in near.items()]
    return lines + ([f"{len(new) - MOST_NAMED:,} more upstreams are new"] if len(new) > MOST_NAMED else [])


def _first(rules, source: str, county: str, text: str) -> str | None:
    for of_source, of_county, pattern, upstream in rules:
        fits = of_source == source or (not of_source and text)
        if fits and of_county in ("", county) and pattern.search(text):
            return upstream
    return None


@functools.cache
def _read_cached(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
    except (OSError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise InputError(f"the vocabulary of upstreams cannot be read ({type(error).__name__})", str(path), "Restore it from the repository.") from None
    lacking = [c for c in COLUMNS if c not in table]
    if lacking:
        raise InputError(f"the vocabulary of upstreams lacks the columns {lacking}", str(path), f"It needs {', '.join(COLUMNS)}.")
    for line, rule in enumerate(table.itertuples(index=False), 2):
        where = f"{path}, line {line}"
        try:
            re.compile(rule.pattern)
        except re.error as error:
            raise InputError(f"the pattern {rule.pattern!r} is no regular expression ({error})", where, "Mend it.") from None
        if not re.fullmatch(r"[a-z][a-z0-9_]*", rule.upstream):
            raise InputError(f"the key {rule.upstream!r} is not made of small letters, digits and _", where, "Choose another key.")
        if rule.type not in TYPES:
            raise InputError(f"the type {rule.type!r} is not one of {', '.join(TYPES)}", where, "Use one of these.")
    return table
