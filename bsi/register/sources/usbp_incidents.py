"""U.S. Border Patrol incident records of deaths, as released under the Freedom of Information Act.

What a row is: one person found dead, as a Border Patrol sector recorded it. Written rules:

- A row is refused where its date is before 1900 or more than a year after the file, or where it holds nothing but ids and flags.
- The date is the day the death was reported to the Border Patrol. `Environmental Exposure-Heat` is heat, `-Cold` cold, `Water-Related` drowning;
  `Other` and `Undetermined` take the official cause, else the description, else skeletal where the file's flag says so, else undetermined.
- The agency that notified the Border Patrol is kept as `source_text`; the observer is the Border Patrol.
- "U" is not a sex. The released file holds no names; a column of names would be reduced to whether there is one.
"""

from __future__ import annotations

import dataclasses

import pandas as pd

from bsi import contracts
from bsi.register.coordinates import parse_lonlat
from bsi.register.dates import parse_dates
from bsi.register.files import Layout, RawTable, match_layout
from bsi.register.sources import assemble as done
from bsi.register.vocabulary import harmonise_cause, harmonise_county, harmonise_nationality, harmonise_sex, harmonise_state, plain_text

KEY = "usbp_incidents"
TITLE = "Border Patrol incident records of deaths"
TITLE_ES = "Registros de incidentes de la Patrulla Fronteriza"
SHORT = "Border Patrol"
SHORT_ES = "Patrulla Fronteriza"
PUBLISHER = "U.S. Border Patrol"
PUBLISHER_ES = "Patrulla Fronteriza de Estados Unidos"
CITATION = "U.S. Border Patrol, records of deaths on the southwest border, release under the Freedom of Information Act; a work of the U.S. government."
COVERS = {
    "en": "Deaths recorded by the Border Patrol in its southwest sectors, one row a person, by day of report; deaths that it did not record are not in it.",
    "es": "Muertes que la Patrulla Fronteriza registró en sus sectores del suroeste, una fila por persona, por día de reporte; las que no registró no están.",
}
LAYOUT = Layout(
    KEY,
    TITLE,
    {
        "id": ("usbp_record_no", "Record No", "Record Number", "USBP Record Number", "Incident Number"),
        "date": ("reported_date", "Date Reported", "Incident Date", "Date of Discovery", "discovery_date"),
        "sector": ("sector_code", "Sector", "BP Sector", "bp_sector"),
        "state": ("state", "Incident State"),
        "county": ("county", "Incident County"),
        "lat": ("lat", "Latitude", "GPS Latitude"),
        "lon": ("lon", "Longitude", "GPS Longitude", "long"),
        "agency": ("notifying_agency", "Notifying Agency", "Notified By"),
        "call_911": ("call_911_flag", "911 Call"),
        "death_type": ("death_type", "Death Type", "Type of Death", "Cause of Death"),
        "description": ("other_description", "Other Description"),
        "official_cause": ("official_cause_of_death", "Official Cause of Death"),
        "skeletal": ("skeletal_remains_flag", "Skeletal Remains"),
        "sex": ("sex", "Gender"),
        "age": ("age",),
        "nationality": ("nationality", "Citizenship", "Country of Citizenship"),
        "disposition": ("disposition", "Disposition of Remains"),
        "sheet": ("source_sheet",),
        "fiscal_year": ("fiscal_year", "FY", "Fiscal Year"),
        "name": ("name", "Subject Name", "Last Name", "Decedent"),
    },
    required=("sector", "date", "death_type"),
)
CONTENT = ("date", "lat", "lon", "county", "official_cause", "age", "nationality", "agency", "sector")
SECTORS = {
    "big bend": "BBT", "marfa": "BBT", "del rio": "DRT", "el centro": "ELC", "el paso": "EPT", "laredo": "LRT", "rio grande valley": "RGV",
    "mcallen": "RGV", "san diego": "SDC", "tucson": "TCA", "yuma": "YUM",
}  # fmt: skip


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
    cause, cause_raw, is_matched = _cause(text)
    columns = {
        "record_id": done.record_ids(KEY, text["id"] if "id" in found else None, found),
        "source_text": text["agency"],
        "kind": "death",
        "date": dates["date"],
        "date_kind": "reported",
        "date_precision": dates["precision"],
        "date_raw": text["date"],
        "body_condition": (text["skeletal"].isin(["1", "1.0", "Y", "Yes", "TRUE", "True"])).map({True: "skeletal remains", False: ""}),
        **points[["lon", "lat"]],
        "country": "US",
        "state": harmonise_state(text["state"]),
        "county": harmonise_county(text["county"]),
        "sector": _sector(text["sector"]),
        "n_dead": 1,
        "sex": harmonise_sex(text["sex"]),
        "age": ages,
        "nationality": harmonise_nationality(text["nationality"]),
        "is_identified": done.identified(text["name"]) if "name" in found else None,
        "cause": cause,
        "cause_raw": cause_raw,
    }
    flags = {
        **age_flags,
        **done.date_and_point_flags(dates, points),
        "cause_unmatched": ~is_matched,
        "duplicate_row": found.duplicated(),
    }
    reasons = {"empty": done.empty_reason(text[list(CONTENT)]), "date": done.date_reasons(dates["date"], text["date"], raw.vintage)}
    return done.assemble(raw, found, columns, flags, reasons)


def _cause(text: pd.DataFrame):
    """Return the cause, the file's words for it, and whether a vocabulary entry matched."""
    parts = [text["death_type"], text["official_cause"], text["description"]]
    harmonised = [harmonise_cause(part) for part in parts]
    is_vague = harmonised[0][0].isin(["undetermined"]) | harmonised[0][0].isna()
    specific = [cause.where(~cause.isin(["undetermined", "pending"])) for cause, _ in harmonised[1:]]
    is_skeletal = text["skeletal"].isin(["1", "1.0", "Y", "Yes", "TRUE", "True"])
    bones = pd.Series("skeletal", index=text.index, dtype="str").where(is_skeletal)
    fallback = specific[0].fillna(specific[1]).fillna(bones).fillna(harmonised[1][0]).fillna("undetermined")
    cause = harmonised[0][0].where(~is_vague, fallback)
    words = parts[0] + parts[1].mask(parts[1] != "", "; " + parts[1]) + parts[2].mask(parts[2] != "", "; " + parts[2])
    is_matched = harmonised[0][1] & harmonised[1][1] & harmonised[2][1]
    return cause, words.str.strip("; "), is_matched


def _sector(texts: pd.Series) -> pd.Series:
    """Return the code of the sector, written as code or name; null for another word."""
    known = {**SECTORS, **{code.lower(): code for code in contracts.SECTORS}}
    return plain_text(texts).str.replace(r" sector$", "", regex=True).map(known).astype("str")
