"""Arizona OpenGIS Initiative for Deceased Migrants: the dead examined by the Pima and Maricopa County medical examiners.

What a row is: one person (the remains of one person) found in Arizona. Written rules:

- A row is refused where its date is before 1900 or more than a year after the file, or where it holds neither date, place, cause nor condition.
- The reporting date is the day of finding. The interval in which the person died follows from the post-mortem interval class.
- ML numbers that start with MC are the Maricopa County examiner's; all others the Pima County examiner's.
- The precision of the position is stated in words and read as 100 m, 300 m, 2 km or 15 km; "no location description" states none, and
  "individual moved" says that the point is not where the person fell (flag moved_before_death, no precision).
- The examiner's free text decides the cause where it says more than the file's class (exposure: heat or cold; undetermined: skeletal).
- `Name` is read only as to whether there is one. "undetermined" is not a sex. UTM columns repeat latitude and longitude and are not read.
"""

from __future__ import annotations

import dataclasses

import pandas as pd

from bsi.register.coordinates import parse_lonlat
from bsi.register.dates import death_interval, parse_dates
from bsi.register.files import Layout, RawTable, match_layout
from bsi.register.sources import assemble as done
from bsi.register.vocabulary import harmonise_cause, harmonise_county, harmonise_sex, harmonise_state

KEY = "humane_borders"
TITLE = "Arizona OpenGIS Initiative for Deceased Migrants"
TITLE_ES = "Iniciativa OpenGIS de Arizona sobre personas migrantes fallecidas"
SHORT = "OpenGIS"
PUBLISHER = "Humane Borders and the Pima County Office of the Medical Examiner"
PUBLISHER_ES = "Humane Borders y la Oficina del Médico Forense del Condado de Pima"
CITATION = "Humane Borders and Pima County Office of the Medical Examiner, Arizona OpenGIS Initiative for Deceased Migrants, humaneborders.info."
COVERS = {
    "en": "People found dead in Arizona whom two medical examiners took to be migrants, one row a person, by day of finding, often months after death.",
    "es": "Personas halladas muertas en el sur de Arizona que dos médicos forenses consideraron migrantes, una fila por persona, por día de hallazgo.",
}
LAYOUT = Layout(
    KEY,
    TITLE,
    {
        "id": ("ML Number", "ML No", "Case Number", "OME Case Number"),
        "name": ("Name", "Name of Deceased", "Decedent Name"),
        "sex": ("Sex", "Gender"),
        "age": ("Age",),
        "date": ("Reporting Date", "Report Date", "Date of Discovery", "Discovery Date", "Date Reported"),
        "surface": ("Surface Management", "Land Ownership"),
        "place": ("Location", "Location Description"),
        "precision": ("Location Precision", "Precision"),
        "corridor_code": ("Corridor Code",),
        "corridor": ("Corridor", "Migration Corridor"),
        "cause": ("Cause of Death", "COD"),
        "cause_ome": ("OME Determined COD", "OME Determined Cause of Death", "OME COD"),
        "condition_code": ("Condition Code",),
        "condition": ("Body Condition",),
        "interval": ("Post Mortem Interval", "Postmortem Interval", "PMI"),
        "state": ("State",),
        "county": ("County",),
        "lat": ("Latitude", "Lat", "Y"),
        "lon": ("Longitude", "Long", "Lon", "X"),
    },
    required=("id", "date", "lat", "lon"),
    one_of=(("cause", "cause_ome"), ("corridor", "surface", "condition", "interval", "cause_ome")),
)
CONTENT = ("date", "place", "lat", "lon", "cause", "cause_ome", "condition", "age")
PRECISION_M = {"300ft": 100.0, "1000ft": 300.0, "1mi": 2_000.0, "10mi": 15_000.0}
INTERVAL_OF_CODE = {"1": "< 1 day", "2": "< 1 week", "3": "< 3 weeks", "4": "< 5 weeks", "5": "< 3 months", "6": "< 6-8 months", "7": "> 6-8 months"}


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
    dates = parse_dates(text["date"], prefer="month_first", latest=raw.vintage)
    points = parse_lonlat(text["lat"], text["lon"])
    ages, age_flags = done.parse_ages(text["age"])
    cause, is_matched = _cause(text)
    columns = {
        "record_id": done.record_ids(KEY, text["id"], found),
        "source_text": _office(text["id"]),
        "kind": "death",
        "date": dates["date"],
        "date_kind": "found",
        "date_precision": dates["precision"],
        "date_raw": text["date"],
        "body_condition": text["condition"],
        **death_interval(dates["date"].where(dates["precision"] == "day"), _interval(text)),
        "place_text": _places(text),
        **points[["lon", "lat"]],
        **_precision(text["precision"]),
        "country": "US",
        "state": harmonise_state(text["state"]).fillna("AZ"),
        "county": harmonise_county(text["county"]),
        "region": text["corridor"].mask(text["corridor"] == "Undetermined"),
        "n_dead": 1,
        "sex": harmonise_sex(text["sex"]),
        "age": ages,
        "is_identified": done.identified(text["name"]) if "name" in found else None,
        "cause": cause,
        "cause_raw": _words(text),
    }
    flags = {
        **age_flags,
        **done.date_and_point_flags(dates, points),
        "moved_before_death": text["precision"].str.contains("moved", case=False),
        "cause_unmatched": ~is_matched,
        "duplicate_row": found.duplicated(),
    }
    reasons = {"empty": done.empty_reason(text[list(CONTENT)]), "date": done.date_reasons(dates["date"], text["date"], raw.vintage)}
    return done.assemble(raw, found, columns, flags, reasons)


def _interval(text: pd.DataFrame) -> pd.Series:
    """Return the class of the post-mortem interval, of which the condition code is a recode."""
    return text["interval"].str.strip().mask(lambda t: t == "", text["condition_code"].str.strip().map(INTERVAL_OF_CODE).fillna(""))


def _office(ids: pd.Series) -> pd.Series:
    """Return whose number it is; the file cites nobody else."""
    is_maricopa = ids.str.strip().str.upper().str.startswith("MC")
    return is_maricopa.map({True: "ML Number MC (Maricopa County)", False: "ML Number (Pima County)"}).astype("str")


def _precision(texts: pd.Series) -> dict[str, pd.Series]:
    """Return the radius in m that the words state, null where they state none, and whether they do."""
    inside = texts.str.extract(r"(?i)(10 ?mi|1 ?mi|1000 ?ft|300 ?ft)")[0].str.replace(" ", "").str.lower()
    metres = inside.map(PRECISION_M).astype("float64")
    return {"location_precision_m": metres, "is_precision_stated": metres.notna()}


def _places(text: pd.DataFrame) -> pd.Series:
    """Return the place in the file's words: the description, then who manages the land."""
    both = (text["place"] != "") & (text["surface"] != "")
    return text["place"] + both.map({True: "; ", False: ""}).astype("str") + text["surface"]


def _words(text: pd.DataFrame) -> pd.Series:
    both = (text["cause"] != "") & (text["cause_ome"] != "")
    return text["cause"] + both.map({True: "; ", False: ""}).astype("str") + text["cause_ome"]


def _cause(text: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the cause and whether a vocabulary entry matched; the examiner's text decides where it says more than the class."""
    (by_class, class_matched), (by_text, text_matched) = harmonise_cause(text["cause"]), harmonise_cause(text["cause_ome"])
    says_more = {
        "exposure": ["heat", "cold"],
        "undetermined": ["skeletal", "violence"],
        "pending": None,
        "other_injury": ["violence", "heat", "vehicle", "train", "fall", "medical"],
        "vehicle": ["train"],
    }
    use_text = by_class.isna()
    for broad, narrow in says_more.items():
        use_text |= (by_class == broad) & (by_text.isin(narrow) if narrow else by_text.notna())
    is_matched = class_matched & text_matched
    return by_class.where(~use_text, by_text), is_matched
