"""No More Deaths, Border Death Database: a master file merged by hand from the records of ten offices.

What a row is: one person found dead, as one office listed it. The file has no id. Written rules:

- A row is refused where nothing but the office and the year is filled (63 spreadsheet stubs in the 2025 file), or where its date is before 1900
  or more than a year after the file. A row that names a county, a sex or a cause is kept, with whatever is missing null.
- Dates stand in five patterns; slashed ones are month first in every office (the second part passes 12 in all of them). A blank or unreadable date
  leaves the year of the `Year` column with precision "year".
- `State` is where the remains were found only where it holds Arizona, California, New Mexico or Texas *and* the office is one of that state; the
  Texas counties hold the person's state of origin there, which is kept in no column. Where the office or county lies decides the state.
- `U` and "Unknown" are no sex, nationality or county. Identical rows are all kept, the second and later ones flagged: people die on one day.
- The observer is the office. "Pima County ..." republishes the file of Humane Borders; rows of Maricopa County among them are the Maricopa examiner's.
"""

from __future__ import annotations

import dataclasses

import pandas as pd

from bsi.register.coordinates import parse_lonlat
from bsi.register.dates import parse_dates
from bsi.register.files import Layout, RawTable, match_layout
from bsi.register.sources import assemble as done
from bsi.register.vocabulary import harmonise_cause, harmonise_county, harmonise_nationality, harmonise_sex, plain_text

KEY = "no_more_deaths"
TITLE = "Border Death Database"
TITLE_ES = "Base de datos de muertes en la frontera (No Más Muertes)"
SHORT = "No More Deaths"
SHORT_ES = "No Más Muertes"
PUBLISHER = "No More Deaths"
PUBLISHER_ES = "No Más Muertes"
CITATION = "No More Deaths, Border Death Database, and the offices named in the file."
COVERS = {
    "en": "People found dead, as ten offices from San Diego to Brooks County listed them, merged by hand, one row a person; the offices cover different years.",
    "es": "Personas halladas muertas según diez oficinas, de San Diego al condado de Brooks, reunidas a mano, una fila por persona; cada una cubre otros años.",
}
LAYOUT = Layout(
    KEY,
    TITLE,
    {
        "office": ("Source", "Data Source", "Source Agency"),
        "year": ("Year",),
        "date": ("Date", "Date Found", "Date of Death", "Date Reported"),
        "age": ("Age",),
        "age_range": ("Age_Range", "Age Group"),
        "sex": ("Gender", "Sex"),
        "nationality": ("Nationality", "Country of Origin"),
        "cause": ("Cause_of_Death", "Cause", "COD"),
        "lat": ("Latitude", "Lat"),
        "lon": ("Longitude", "Lon", "Long"),
        "county": ("County",),
        "state": ("State",),
        "place": ("Location", "Place"),
        "name": ("Name", "Decedent"),
    },
    required=("office", "date", "cause"),
    one_of=(("lat", "county"), ("year", "age_range", "state")),
)
CONTENT = ("date", "age", "sex", "nationality", "cause", "lat", "lon", "county", "place")
OFFICES = {  # plain beginning of the office -> (state, county it covers, sector)
    "pima county": ("AZ", None, None), "yuma county": ("AZ", "Yuma", None), "maricopa county": ("AZ", "Maricopa", None),
    "san diego": ("CA", "San Diego", None), "imperial": ("CA", "Imperial", None), "el paso sector": (None, None, "EPT"),
    "brooks": ("TX", "Brooks", None), "kenedy": ("TX", "Kenedy", None), "maverick": ("TX", "Maverick", None), "other texas": ("TX", None, None),
}  # fmt: skip
NEW_MEXICO = ("Doña Ana", "Luna", "Hidalgo", "Grant", "Sierra", "Otero", "Bernalillo", "Lincoln", "Chaves", "Eddy")
SPELLED_STATES = {"arizona": "AZ", "texas": "TX", "california": "CA", "new mexico": "NM"}


def read(raw: RawTable) -> done.SourceTables:
    """Return the rows of one file as records, out of scope and rejected.

    Parameters
    ----------
    raw : RawTable of `files.read_table`

    Raises
    ------
    InputError
        The layout is not known.
    """
    raw = dataclasses.replace(raw, source=KEY)
    found = match_layout(raw, LAYOUT)
    text = found.reindex(columns=list(LAYOUT.aliases), fill_value="")
    dates = parse_dates(text["date"], text["year"], prefer="month_first", latest=raw.vintage)
    points = parse_lonlat(text["lat"], text["lon"])
    ages, age_flags = done.parse_ages(text["age"])
    cause, is_matched = harmonise_cause(text["cause"])
    county, state, sector = _places(text)
    columns = {
        "record_id": done.record_ids(KEY, None, found),
        "source_text": text["office"],
        "kind": "death",
        "date": dates["date"],
        "date_kind": "found",
        "date_precision": dates["precision"],
        "date_raw": text["date"].mask(text["date"].str.strip() == "", text["year"]),
        "place_text": text["place"],
        **points[["lon", "lat"]],
        "country": "US",
        "state": state,
        "county": county,
        "sector": sector,
        "n_dead": 1,
        "sex": harmonise_sex(text["sex"]),
        "age": ages,
        "nationality": harmonise_nationality(text["nationality"]),
        "is_identified": done.identified(text["name"]) if "name" in found else None,
        "cause": cause,
        "cause_raw": text["cause"],
    }
    flags = {
        **age_flags,
        **done.date_and_point_flags(dates, points),
        "cause_unmatched": ~is_matched,
        "duplicate_row": found.duplicated(),
    }
    reasons = {"empty": _stub(text), "date": done.date_reasons(dates["date"], columns["date_raw"], raw.vintage)}
    return done.assemble(raw, found, columns, flags, reasons)


def _stub(text: pd.DataFrame) -> pd.Series:
    """Return why a row is a stub of a spreadsheet; a row with a county, a year and a sex of "U" is a person."""
    is_person = text["sex"].str.strip().str.upper().isin(["U", "UNKNOWN"]) & (text["year"].str.strip() != "") & (text["county"].str.strip() != "")
    return done.empty_reason(text[list(CONTENT)]).mask(is_person, "")


def _places(text: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return county, state and sector: as the row states them, else as far as the office covers one alone."""
    offices = plain_text(text["office"])
    known = {office: next((v for k, v in OFFICES.items() if office.startswith(k)), (None, None, None)) for office in offices.unique()}
    covers = pd.DataFrame([known[office] for office in offices], index=text.index, columns=["state", "county", "sector"], dtype="object")
    county = harmonise_county(text["county"]).fillna(covers["county"].astype("str"))
    is_unknown_office = offices.map({office: value == (None, None, None) for office, value in known.items()})
    stated = plain_text(text["state"]).map(SPELLED_STATES).astype("str").where(is_unknown_office)
    by_county = county.where(county.notna()).map(lambda c: "NM" if c in NEW_MEXICO else "TX", na_action="ignore").astype("str")
    by_county = by_county.where(covers["sector"] == "EPT")
    state = covers["state"].astype("str").fillna(by_county).fillna(stated)
    return county, state, covers["sector"].astype("str")
