"""The words of the sources made one: causes, sexes, nationalities, states and counties, from tables a person keeps in data/hand."""

from __future__ import annotations

import functools
import re
import unicodedata
from pathlib import Path

import pandas as pd

from bsi import contracts
from bsi.errors import InputError

HAND = Path(__file__).resolve().parents[2] / "data" / "hand"
COLUMNS = ["pattern", "value", "by", "on", "why"]
ALLOWED = {"causes": contracts.CAUSES}
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212/"), " ")
NOT_WORDS = re.compile(r"[^0-9a-z]+")
UNSAID = {  # what stands where nothing is said, in the form of `plain_text`
    "", "na", "n a", "nd", "n d", "s d", "nr", "nan", "none", "null", "u", "unk", "unknown", "not stated", "not reported", "not available", "no data",
    "not identified", "missing", "undetermined", "indeterminate", "desconocido", "desconocida", "se desconoce", "se ignora", "no determinado",
    "no determinada", "no identificado", "no identificada", "indeterminado", "indeterminada", "sin dato", "sin datos", "no disponible", "no aplica",
}  # fmt: skip
SEXES = {
    "female": ("f", "female", "femenino", "femenina", "fem", "mujer", "woman", "girl", "niña", "nina"),
    "male": ("m", "male", "masculino", "masculina", "masc", "hombre", "man", "boy", "niño", "nino", "varón", "varon"),
    None: ("x", "other", "otro", *sorted(UNSAID - {""})),
}


def plain_text(texts: pd.Series) -> pd.Series:
    """Return texts without case, accents, apostrophes and punctuation, words parted by one space; vocabularies are matched on this form.

    Examples
    --------
    >>> plain_text(pd.Series(["Imperial County  Coroner’s Office (U.S.)"])).tolist()
    ['imperial county coroners office u s']
    """
    known = {text: _plain(text) for text in texts.dropna().unique().tolist()}
    return texts.map(known).astype("str").fillna("")


def is_unsaid(texts: pd.Series) -> pd.Series:
    """Return whether a text says nothing: blank, a dash or question mark, or one of the usual words for unknown, English or Spanish.

    Examples
    --------
    >>> is_unsaid(pd.Series(["N/D", "?", "Se desconoce", "0"])).tolist()
    [True, True, True, False]
    """
    return plain_text(texts).isin(UNSAID)


def read_vocabulary(name: str, folder: Path | None = None) -> pd.DataFrame:
    """Return one vocabulary of data/hand: pattern (regular expression on `plain_text`), value, by, on, why; the first row that matches decides.

    Parameters
    ----------
    name : causes, nationalities, counties or states; the file is `<name>.csv`
    folder : another folder than the project's data/hand

    Raises
    ------
    InputError
        The file is missing, lacks a column, or holds a pattern or a value that cannot be used; the sentence names the line.
    """
    return _read_cached(Path(folder or HAND) / f"{name}.csv", ALLOWED.get(name)).copy()


def harmonise(texts: pd.Series, vocabulary: pd.DataFrame) -> pd.Series:
    """Return for each text the value of the first row of the vocabulary whose pattern occurs in it; null where none does."""
    rules = [(re.compile(pattern), value) for pattern, value in zip(vocabulary["pattern"], vocabulary["value"], strict=True)]
    plain = plain_text(texts)
    found = {text: next((value for rule, value in rules if rule.search(text)), None) for text in plain.unique().tolist() if text}
    return plain.map(found).astype("str")


def harmonise_cause(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the cause of death in the register's classes, and whether a vocabulary entry matched.

    A blank text gives null and counts as matched; a text in no entry gives "undetermined" and does not.

    Parameters
    ----------
    texts : Series of text, the cause in the file's words

    Returns
    -------
    (Series of `contracts.CAUSES` or null, Series of bool)

    Examples
    --------
    >>> cause, matched = harmonise_cause(pd.Series(["Probable environmental hyperthermia", "ASPHYXIA DUE TO DROWNING", "", "zzz"]))
    >>> cause.tolist(), matched.tolist()
    (['heat', 'drowning', nan, 'undetermined'], [True, True, True, False])
    """
    cause = harmonise(texts, read_vocabulary("causes"))
    is_blank = plain_text(texts) == ""
    matched = cause.notna() | is_blank
    return cause.mask(~matched, "undetermined"), matched


def harmonise_sex(texts: pd.Series) -> pd.Series:
    """Return "female", "male" or null; a word that is none of the known ones gives null. In a list that writes H (hombre) and no F, M is mujer.

    Examples
    --------
    >>> harmonise_sex(pd.Series(["F", "hombre", "undetermined"])).tolist()
    ['female', 'male', nan]
    """
    known, plain = {_plain(word): sex for sex, words in SEXES.items() for word in words}, plain_text(texts)
    if (plain == "h").any() and not (plain == "f").any():
        known |= {"h": "male", "m": "female"}
    return plain.map(known).astype("str")


def harmonise_nationality(texts: pd.Series) -> pd.Series:
    """Return countries in English; several are joined by "; ", unknown gives null, a country in no entry stays as written.

    Examples
    --------
    >>> harmonise_nationality(pd.Series(["Mexican", "Guatemala,Honduras", "UNKNOWN", "Venezuela (Bolivarian Republic of)"])).tolist()
    ['Mexico', 'Guatemala; Honduras', nan, 'Venezuela']
    """
    known = _pairs("nationalities")

    def _countries(text: str) -> str | None:
        if _plain(text) in UNSAID:
            return None
        whole = known.get(_plain(text))
        parts = [text] if whole is not None else [p for p in re.split(r"[,;/&]| and | y ", re.sub(r"\(\d+\)", "", text)) if p.strip()]
        named = {known.get(_plain(part), part.strip()) for part in parts}
        return "; ".join(sorted(named - {"unknown", ""})) or None

    texts = texts.astype("str").fillna("")
    return texts.map({text: _countries(text) for text in texts.unique().tolist()}).astype("str")


def harmonise_state(texts: pd.Series) -> pd.Series:
    """Return the code of a U.S. (two letters) or Mexican border state (three) where the text names exactly one, else null.

    Examples
    --------
    >>> harmonise_state(pd.Series(["near Douglas, Arizona, USA", "Río Bravo, Piedras Negras, Coahuila, Mexico", "between Texas and Coahuila"])).tolist()
    ['AZ', 'COA', nan]
    """
    states = read_vocabulary("states")
    rule = re.compile("|".join(f"(?P<_{i}>{pattern})" for i, pattern in enumerate(states["pattern"])))
    codes = {f"_{i}": value for i, value in enumerate(states["value"])}

    def _one(text: str) -> str | None:
        named = {codes[match.lastgroup] for match in rule.finditer(text)}
        return named.pop() if len(named) == 1 else None

    plain = plain_text(texts)
    return plain.map({text: _one(text) for text in plain.unique().tolist()}).astype("str")


def harmonise_county(texts: pd.Series) -> pd.Series:
    """Return county names as the Census Bureau writes them, without the word "County"; blank and unknown give null, other names get title case.

    Examples
    --------
    >>> harmonise_county(pd.Series(["SANTA CRUZ", "Dona Ana", "Webb County", "Unknown", "JIM HOGG", "SAN PEDRO"])).tolist()
    ['Santa Cruz', 'Doña Ana', 'Webb', nan, 'Jim Hogg', 'San Pedro']
    """
    known = {**_pairs("counties"), "": None, "unknown": None, "unk": None, "desconocido": None}

    def _county(text: str) -> str | None:
        bare = re.sub(r"(?i)\s+(county|co\.?)$", "", " ".join(text.split()))
        plain = _plain(bare)
        return known[plain] if plain in known else bare.title() if bare.isupper() or bare.islower() else bare

    texts = texts.astype("str").fillna("")
    return texts.map({text: _county(text) for text in texts.unique().tolist()}).astype("str")


def find_county(places: pd.Series) -> pd.Series:
    """Return the county that a place text names ("..., Brooks County, Texas"); null where it names none or several, or only a county's office.

    Examples
    --------
    >>> find_county(pd.Series(["King Ranch, Brooks County, Texas, USA", "Pima County Office of the Medical Examiner", "Jim Hogg county, TX"])).tolist()
    ['Brooks', nan, 'Jim Hogg']
    """
    known = _pairs("counties")
    rule = re.compile(r"\b(?=((?:\w+ )?)(\w+) count(?:y|ry)\b(?! (?:office|jurisdiction|medical|coroner|sheriff)))")

    several = re.compile(r"\b(?:or|and) (?:\w+ )?\w+ county\b")

    def _one(text: str) -> str | None:
        if " count" not in text or several.search(text):
            return None
        named = {known.get(first + last) or known.get(last) for first, last in rule.findall(text)}
        named -= {None}
        return named.pop() if len(named) == 1 else None

    plain = plain_text(places)
    return plain.map({text: _one(text) for text in plain.unique().tolist()}).astype("str")


def _pairs(name: str) -> dict[str, str]:
    table = read_vocabulary(name)
    return dict(zip(table["pattern"], table["value"], strict=True))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold().translate(DASHES)).encode("ascii", "ignore").decode().replace("'", "").replace("`", "")
    return " ".join(NOT_WORDS.sub(" ", letters).split())


@functools.cache
def _read_cached(path: Path, allowed: tuple | None) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
    except (OSError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise InputError(f"the vocabulary cannot be read ({type(error).__name__})", str(path), "Restore it from the repository.") from None
    lacking = [c for c in COLUMNS if c not in table]
    if lacking:
        raise InputError(f"the vocabulary lacks the columns {lacking}", str(path), f"It needs {', '.join(COLUMNS)}.")
    for line, (pattern, value) in enumerate(zip(table["pattern"], table["value"], strict=True), 2):
        try:
            re.compile(pattern)
        except re.error as error:
            raise InputError(f"the pattern {pattern!r} is no regular expression ({error})", f"{path}, line {line}", "Mend it.") from None
        if allowed and value not in allowed:
            raise InputError(f"the value {value!r} is not one of {', '.join(allowed)}", f"{path}, line {line}", "Use one of these.")
    return table
