"""Every text has its Spanish, with the same places to fill in; numbers and dates as in Mexico."""

import datetime as dt
import importlib.util
import re
from pathlib import Path

import pytest

from bsi.errors import InputError
from bsi.publish import language
from bsi.publish.language import date, join, months, number, percent, period, plural, translator

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("update_catalogue", ROOT / "scripts" / "update_catalogue.py")
update_catalogue = importlib.util.module_from_spec(spec)
spec.loader.exec_module(update_catalogue)


@pytest.fixture(scope="module")
def found():
    return [m for m in update_catalogue.extract() if m.id]


def fields(text):
    return set(re.findall(r"{(\w+)", text))


def test_every_text_is_translated_and_not_fuzzy(found):
    assert len(found) > 150
    assert any(str(m.id) == "Summary" for m in found), "templates are not searched"
    assert any(str(m.id) == "Data of this figure (CSV)" for m in found), "texts within f-strings are not searched"
    spanish = language.catalogue("es")
    gaps = []
    for message in found:
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        here = spanish.get(key)
        strings = here.string if here and isinstance(here.string, (tuple, list)) else (here.string if here else "",)
        if not here or here.fuzzy or not all(strings):
            gaps.append(key)
    assert gaps == []


def test_spanish_fills_in_the_same_places(found):
    spanish = language.catalogue("es")
    wrong = []
    for message in found:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        here = spanish.get(ids[0])
        if here and here.string:
            strings = here.string if isinstance(here.string, (tuple, list)) else (here.string,)
            wrong += [i for i, s in zip(ids, strings) if fields(i) - {"n"} != fields(s) - {"n"}]
    assert wrong == []


def test_no_text_escapes_the_extraction():
    texts = [p.read_text(encoding="utf-8") for p in (ROOT / "bsi").rglob("*.py")]
    assert not [t for t in texts if re.search(r"(?:translator|plural)\([\w.]+\)\(\s*\"", t)], "give the function the name _ or ngettext"


def test_spanish_avoids_words_that_wound(found):
    text = " ".join(str(m.string) for m in language.catalogue("es") if m.id).lower()
    english = " ".join(str(m.id) for m in found).lower()
    for word in ("ilegales", "indocumentados", "cadáver", "deceso", "aliens", "illegals", "corpse"):
        assert word not in text + english


def test_a_missing_text_stops():
    with pytest.raises(InputError, match="no translation into 'es'"):
        translator("es")("A text that nobody translated")


def test_a_fuzzy_text_stops(tmp_path, monkeypatch):
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "bsi.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n#, fuzzy\nmsgid "Deaths"\nmsgstr "Muertes"\n', encoding="utf-8"
    )
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    language.catalogue.cache_clear()
    try:
        with pytest.raises(InputError, match="fuzzy"):
            translator("es")("Deaths")
    finally:
        language.catalogue.cache_clear()


def test_an_unknown_language_stops():
    with pytest.raises(InputError, match="no language 'fr'"):
        translator("fr")
    with pytest.raises(InputError, match="no language"):
        number(1, "de")


@pytest.mark.parametrize("lang", ["en", "es"])
def test_numbers_as_in_the_country(lang):
    assert number(1234567.25, lang, 1) == "1,234,567.2"
    assert number(0, lang) == "0"
    assert number(None, lang) == number(float("nan"), lang) == "–"
    assert percent(0.125, lang, 1) == "12.5%"


def test_days_and_months():
    day = dt.date(2024, 11, 14)
    assert date(day, "es") == "14 de noviembre de 2024"
    assert date(day, "en") == "November 14, 2024"
    assert months("es")[0] == "ene"
    assert months("en", "wide")[11] == "December"


@pytest.mark.parametrize(
    ("start", "end", "en", "es"),
    [
        ("2014-10-01", "2015-09-30", "FY2015", "AF2015"),
        ("2015-01-01", "2015-12-31", "2015", "2015"),
        ("2015-07-01", "2015-07-31", "Jul 2015", "jul 2015"),
        ("2010-10-01", "2015-09-30", "FY2011–2015", "AF2011–2015"),
        ("2010-01-01", "2014-12-31", "2010–2014", "2010–2014"),
    ],
)
def test_names_of_periods(start, end, en, es):
    assert (period(start, end, "en"), period(start, end, "es")) == (en, es)


def test_one_and_many():
    words = plural("es")
    assert words("{n} person", "{n} people", 1) == "1 persona"
    assert words("{n} person", "{n} people", 1200) == "1,200 personas"
    assert plural("en")("{n} person", "{n} people", 0) == "0 people"


def test_lists_of_names():
    assert join(["a", "b", "c"], "en") == "a, b, and c"
    assert join(["Arizona", "Sonora"], "es") == "Arizona y Sonora"
    assert join(["Arizona", "Imperial"], "es") == "Arizona e Imperial"
    assert join(["agua", "hielo"], "es") == "agua y hielo"
