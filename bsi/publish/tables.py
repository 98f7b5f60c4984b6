"""Tables to look at and to hand on: text made inert for spreadsheets, Markdown and HTML."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from bsi.publish.language import DASH, date, number

FORMULA = re.compile(r"^[\s\u200b\ufeff]*[=+\-@|%]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ue000-\uf8ff\ufeff]")
WORDS_OF = {  # words that a title in the language can hardly do without
    "en": re.compile(r"\b(?:the|of|and|for|from|in|on|at|to|with|by|via|border|deaths?|report|patrol|migrants?)\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:el|la|los|las|de|del|en|y|para|con|por|frontera|muertes?|migrantes)\b|[áéíóúñ]", re.IGNORECASE),
}
FIGURE = r"[\d.,;–−%()+* ]+|c"
LINE, SHORT = 110, 24  # characters: of a line of a table, and of a cell that is not broken
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~^$@&\"':=/])")


def clean(text: str) -> str:
    r"""Return the text on one line, without control characters or marks that turn the direction of writing; a no-break space stays.

    Examples
    --------
    >>> clean("a\x07b\nc")
    'ab c'
    """
    return re.sub(r"[^\S\N{NO-BREAK SPACE}]+", " ", CONTROL.sub(lambda m: " " if m.group().isspace() else "", str(text))).strip()


def safe_cell(value):
    """Return a value that a spreadsheet will not run: text that begins like a formula gets an apostrophe in front; numbers stay.

    Examples
    --------
    >>> safe_cell("=HYPERLINK(1)"), safe_cell(-3), safe_cell("Tucson")
    ("'=HYPERLINK(1)", -3, 'Tucson')
    """
    if not isinstance(value, str):
        return value
    text = CONTROL.sub("", value)
    return f"'{text}" if FORMULA.match(text) else text


def safe_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with every text cell and column name made inert for CSV and XLSX (see `safe_cell`)."""
    out = frame.copy()
    for column in out.columns:
        if not pd.api.types.is_numeric_dtype(out[column]) and not pd.api.types.is_datetime64_any_dtype(out[column]):
            out[column] = out[column].map(safe_cell, na_action="ignore")
    return out.rename(columns=lambda c: safe_cell(str(c)))


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV (UTF-8, days as YYYY-MM-DD, inert text, the same bytes for the same table)."""
    safe_cells(frame).to_csv(path, index=False, date_format="%Y-%m-%d", lineterminator="\n", encoding="utf-8", float_format="%.10g")


def inert(text) -> str:
    r"""Return text from a data file as Markdown that shows it and does nothing: markup, HTML, math, citations and raw blocks escaped.

    Examples
    --------
    >>> inert("<script>*a*")
    '\\<script\\>\\*a\\*'
    """
    return MARKDOWN.sub(r"\\\1", clean(text))


def written_in(text: str) -> str | None:
    """Return the language a title is written in, from its small words; null where they do not tell.

    Examples
    --------
    >>> written_in("Deaths at the border"), written_in("La Jornada, muertes en la frontera"), written_in("EFE")
    ('en', 'es', None)
    """
    found = {lang: len(words.findall(text)) for lang, words in WORDS_OF.items()}
    return None if found["en"] == found["es"] else max(found, key=found.get)


def quoted(value, lang: str) -> str:
    r"""Return the description of a document as inert Markdown; a title that is not in the language of the page, quoted or all of it, says which it is in.

    Examples
    --------
    >>> print(quoted('EFE, "Deaths at the border"', "es"))
    EFE, \"[Deaths at the border]{lang=en}\"
    >>> quoted("Deaths at the border", "es"), quoted("Deaths at the border", "en")
    ('[Deaths at the border]{lang=en}', 'Deaths at the border')
    """
    text = inert(value)
    return re.sub(r'\\"(.+?)\\"', lambda m: rf"\"{_marked(m.group(1), lang)}\"", text) if r"\"" in text else _marked(text, lang)


def _marked(title: str, lang: str) -> str:
    own = written_in(title)
    return title if own in (None, lang) else f"[{title}]{{lang={own}}}"


def cell(value, lang: str, digits: int = 0) -> str:
    """Return a table cell as inert Markdown: numbers and days as the language writes them, null as a dash."""
    if value is None or (not isinstance(value, (list, tuple, dict)) and pd.isna(value)):
        return DASH
    if isinstance(value, pd.Timestamp):
        return date(value, lang, "medium")
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)) or hasattr(value, "dtype"):
        return number(value, lang, digits if float(value) != int(value) else 0)
    return inert(value)


def markdown_table(frame: pd.DataFrame, headings: dict[str, str], lang: str, caption: str = "", originals: tuple = ()) -> str:
    """Return a pandoc grid-free pipe table with a caption: columns of `headings` in their order, numbers to the right.

    Parameters
    ----------
    frame : table to show
    headings : column -> heading in the language
    lang : "en" or "es"
    caption : plain text, already in the language
    originals : columns of titles that keep the language of their document

    Raises
    ------
    KeyError
        A heading names no column.
    """
    numeric = {c: _is_numeric(frame[c]) or (i > 0 and _is_figures(frame[c])) for i, c in enumerate(headings)}
    widths = _widths(frame, headings, numeric)
    head = "| " + " | ".join(inert(h) for h in headings.values()) + " |"
    rule = "|" + "|".join("-" * (w - 1) + ":" if numeric[c] else ":" + "-" * (w - 1) for c, w in widths.items()) + "|"
    texts = [[quoted(row[c], lang) if c in originals else cell(row[c], lang, 1) for c in headings] for _, row in frame.iterrows()]
    rows = ["| " + " | ".join(line) + " |" for line in texts]
    lines = ["", head, rule, *rows]
    if caption:
        lines += ["", f": {inert(caption)}"]
    return "\n".join(lines) + "\n"


def _is_numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _is_figures(column: pd.Series) -> bool:
    """True where most texts are figures, perhaps with an interval, a mark, or withheld, and the rest ends in one ("about 40"): right, like a number."""
    if not pd.api.types.is_string_dtype(column):
        return False
    bare = column.str.fullmatch(FIGURE).fillna(False)
    return bool(bare.sum() * 2 > len(bare) and (bare | column.str.fullmatch(r".*\d").fillna(False)).all())


def _widths(frame: pd.DataFrame, headings: dict[str, str], numeric: dict[str, bool]) -> dict[str, int]:
    """Return the relative widths of the columns: short ones as wide as their longest cell or word of the heading, long texts share the rest of a line.

    No column is narrower than the longest part of an address or name between two places where it may be broken.
    """
    texts = {c: [len(str(v)) for v in frame[c].head(200)] for c in headings}
    out = {c: max(6, *(len(w) + 5 for w in re.split(r"(?<=[ –])", heading)), *(n + 4 for n in texts[c])) for c, heading in headings.items()}
    long = {c: sum(texts[c]) / len(texts[c]) for c, width in out.items() if width > SHORT and not numeric[c]}
    least = {c: max([SHORT, *(len(part) + 2 for v in frame[c].head(200) for part in re.split(r"[ /?&=%]|-(?!\d)", str(v)))]) for c in long}
    rest = max(LINE - sum(width for c, width in out.items() if c not in long), SHORT * len(long))
    return {c: int(max(least[c], min(width, rest * long[c] / sum(long.values())))) if c in long else width for c, width in out.items()}
