"""Names of countries in the language of the reader."""

from __future__ import annotations


def country(name: str, lang: str) -> str:
    """Return the name of a country in the language, from the CLDR; a name it does not know stays as it is.

    Examples
    --------
    >>> country("Mexico", "es"), country("Atlantis", "es")
    ('México', 'Atlantis')
    """
    from babel import Locale

    english, here = Locale("en").territories, Locale("es", "MX").territories if lang == "es" else Locale("en").territories
    code = next((c for c, n in english.items() if n == name), None)
    return here.get(code, name)
