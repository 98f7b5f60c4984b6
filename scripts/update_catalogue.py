"""Bring the Spanish catalogue up to date with the texts in the code and templates: python scripts/update_catalogue.py

Every text stands in `_()`, `ngettext()`, `N_()` or `NotEstimable()`. New ones are added empty (translate them; a gap fails the tests),
unused ones go. A text is never translated by machine guess: nothing is marked fuzzy.
"""

from __future__ import annotations

import ast
import datetime as dt
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent / "bsi"
PO = PACKAGE / "publish" / "locales" / "es" / "LC_MESSAGES" / "bsi.po"
KEYWORDS = {"_": None, "ngettext": (1, 2), "N_": None, "NotEstimable": None}


def in_python(file, keywords, comment_tags, options):
    """Give line, function and texts of every call that marks a text, those within an f-string too, which Babel's own reader passes over."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords:
            texts = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args]
            yield node.lineno, node.func.id, tuple(texts) if len(texts) > 1 else next(iter(texts), None), []


METHODS = [("**.py", in_python), ("**/templates/**.md", "jinja2"), ("**/templates/**.html", "jinja2")]


def extract() -> Catalog:
    """Return a catalogue of every text in the package that is shown in two languages."""
    found = Catalog(
        locale="es_MX", project="bsi", fuzzy=False, header_comment="# Spanish (es_MX) of bsi. After a change of texts: python scripts/update_catalogue.py"
    )
    for file, _line, message, comments, context in extract_from_dir(str(PACKAGE), METHODS, keywords=KEYWORDS):
        found.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    return found


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="es_MX")


def update() -> list[str]:
    """Write the catalogue anew, keeping what is translated; return the texts that still lack Spanish."""
    found = extract()
    others = [_read(path) for path in sorted(PO.parent.glob("*.po")) if path != PO]
    for message in list(found):
        if message.id and any(other.get(message.id) and other.get(message.id).string for other in others):
            found.delete(message.id)  # another file of the catalogue has it
    if PO.exists():
        old = _read(PO)
        for message in found:
            if message.id and message.id in old:
                message.string, message.flags = old[message.id].string, set(old[message.id].flags)
    found.creation_date = found.revision_date = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    with PO.open("wb") as file:
        write_po(file, found, width=150, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return [str(m.id) for m in found if m.id and not (all(m.string) if isinstance(m.string, (tuple, list)) else m.string)]


if __name__ == "__main__":
    missing = update()
    print("\n".join(missing) or "complete")
    sys.exit(bool(missing))
