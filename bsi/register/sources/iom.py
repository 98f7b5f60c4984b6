"""IOM Missing Migrants Project, the whole world: one row an event, or a part of one, with counts of the dead and missing.

Written rules:

- A row is of this border where IOM's migration route names the US-Mexico border crossing or, in files before 2021, IOM's region is the US-Mexico
  border; either side of the line. Rows without a route whose place text names the border river or line are out of scope under a rule
  of their own, so that a person can look at them.
- Scope comes first. In scope, a row is refused where the number of dead is negative or unreadable, where a negative or unreadable number of missing
  leaves no person, and where the date is before 1900 or more than a year after the file. Other unreadable counts become null (count_unreadable).
- The date is that of the event; where the row cites a medical examiner or coroner it is the day of finding. A blank day leaves month or year.
- "Cumulative Incident" is a running total (flags cumulative, date_is_range); a split incident keeps the event's id as `group_id`.
- One person and one woman (man) gives the sex. Survivors are kept as such: they are no rescues. Title and address are not read: they can hold names.
- The country is the file's; before 2023 it follows from the UNSD grouping (Northern America: US, Central America: MX). State and county are read
  from the place text where it names exactly one.
- A position written to the whole degree (some vintages cut 2014 that way) is known to one degree of latitude, 111 km.
"""

from __future__ import annotations

import dataclasses
import re

import pandas as pd

from bsi.register.coordinates import n_decimals, parse_lonlat, parse_points
from bsi.register.dates import parse_dates
from bsi.register.files import Layout, RawTable, match_layout
from bsi.register.sources import assemble as done
from bsi.register.vocabulary import find_county, harmonise_cause, harmonise_nationality, harmonise_state, plain_text

KEY = "iom"
TITLE = "Missing Migrants Project"
TITLE_ES = "Proyecto Migrantes Desaparecidos (OIM)"
SHORT = "IOM"
SHORT_ES = "OIM"
PUBLISHER = "International Organization for Migration (IOM)"
PUBLISHER_ES = "Organización Internacional para las Migraciones (OIM)"
CITATION = "International Organization for Migration, Missing Migrants Project, missingmigrants.iom.int; CC BY-IGO."
COVERS = {
    "en": "Deaths and disappearances of migrants worldwide, one row an event, from examiners, officials, the press and NGOs; both sides of this border.",
    "es": "Muertes y desapariciones de migrantes en el mundo, una fila por evento, según forenses, autoridades, prensa y ONG; ambos lados de esta frontera.",
}
LAYOUT = Layout(
    KEY,
    TITLE,
    {
        "incident_id": ("Incident ID", "incident_id"),
        "main_id": ("Main ID", "main_id"),
        "web_id": ("Web ID", "web_id", "id", "#event+id", "ID"),
        "type": ("Incident Type", "Type of Incident"),
        "region": ("Region of Incident", "Incident Region", "incident_region", "#region+incident", "Region"),
        "date": ("Incident Date", "Date of Incident", "Website Date", "Reported Date", "#date+reported", "Date"),
        "year": ("Incident Year", "Year of Incident", "Reported Year", "Year"),
        "month": ("Month", "Reported Month", "Month of Incident"),
        "n_dead": ("Number of Dead", "Number Dead", "#affected+dead", "Dead"),
        "n_missing": ("Minimum Estimated Number of Missing", "Number of Missing", "Number Missing", "Minimum Missing", "#affected+missing", "Missing"),
        "n_total": ("Total Number of Dead and Missing", "Total Dead and Missing", "Total Number of Dead Missing"),
        "n_survivors": ("Number of Survivors", "Number Survivors", "Survivors"),
        "n_female": ("Number of Females", "Number of Female", "Number Females", "Females"),
        "n_male": ("Number of Males", "Number of Male", "Number Males", "Males"),
        "n_children": ("Number of Children", "Number Children", "Children"),
        "nationality": ("Country of Origin", "country_origin", "Affected Nationality", "#affected+nationality", "Nationality"),
        "origin": ("Region of Origin", "region_origin", "#region+origin"),
        "cause": ("Cause of Death", "cause_death", "#cause+type", "Cause of death (reported)"),
        "country": ("Country of Incident", "Incident Country"),
        "route": ("Migration Route", "Migrantion route", "Route"),
        "place": ("Location of Incident", "Location of Death", "Location Description", "Incident Location", "Location"),
        "source_text": ("Information Source", "#meta+source+name", "Source", "Sources"),
        "point": ("Coordinates", "Location Coordinates", "location_coodinates", "Geographic Coordinates"),
        "lat": ("Latitude", "lat", "#geo+lat", "Y"),
        "lon": ("Longitude", "lon", "#geo+lon", "X"),
        "grouping": ("UNSD Geographical Grouping", "unsd_geographic_grouping", "UNSD region"),
        "quality": ("Source Quality", "#meta+source+reliability", "Reliability"),
    },
    one_of=(("region", "route"), ("n_dead", "n_total"), ("date", "year"), ("point", "lat", "place"), ("cause", "n_missing"), ("grouping", "origin", "quality")),
)
THIS_BORDER = r"u\.?s\.?[-/ ]+mexico"
RIVER_OR_LINE = r"r[ií]o (?:bravo|grande)\b(?! do sul)|u\.?s\.?[-/ ]+mexic\w+ border|mexico[-/ ]+u\.?s\.?|all[- ]american canal"
CITES_EXAMINER = r"medical examiner|coroner|pcome|m[eé]dico forense|forensic"
COUNTRIES = {"united states of america": "US", "united states": "US", "usa": "US", "us": "US", "mexico": "MX"}
GROUPINGS = {"northern america": "US", "central america": "MX"}
METRES_A_DEGREE = 111_320.0


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
    raw = dataclasses.replace(raw, source=KEY, malformed=_hidden(raw.malformed))
    found = match_layout(raw, LAYOUT)
    ids = _ids(found)
    text = found.reindex(columns=list(LAYOUT.aliases), fill_value="")
    rule = _out_of_scope(text)
    is_out = rule != ""
    columns, flags, reasons = _read_rows(text[~is_out], raw.vintage)
    columns |= {"record_id": ids[~is_out], "group_id": _group(text)[~is_out]}
    flags["duplicate_row"] = found[~is_out].duplicated()
    reasons["tags"] = _tags(found)[~is_out]
    return done.assemble(raw, found, columns, flags, reasons, pd.DataFrame({"record_id": ids, "rule": rule})[is_out])


def _read_rows(text: pd.DataFrame, vintage) -> tuple[dict, dict, dict]:
    """Return the columns, flags and reasons of the rows of this border."""
    written = text["date"].str.replace(r"^[A-Za-z]{3}, | - \d{1,2}:\d{2}$", "", regex=True)
    dates = parse_dates(written, text["year"], text["month"], latest=vintage, prefer=_order(text))
    is_paired = (text["point"] != "").any()
    points = parse_points(text["point"]) if is_paired else parse_lonlat(text["lat"], text["lon"])
    counts, count_flags, count_reason = _counts(text)
    cause, is_matched = harmonise_cause(text["cause"])
    is_cumulative = text["type"].str.contains("cumulative", case=False)
    is_found = text["source_text"].str.contains(CITES_EXAMINER, case=False, regex=True)
    columns = {
        "source_text": text["source_text"],
        "kind": _kind(counts),
        "date": dates["date"],
        "date_kind": is_found.map({True: "found", False: "event"}).astype("str"),
        "date_precision": dates["precision"],
        "date_raw": text["date"].mask(text["date"] == "", (text["month"] + " " + text["year"]).str.strip()),
        "place_text": text["place"],
        **points[["lon", "lat"]],
        **_precision(text, is_paired),
        "country": _country(text),
        "state": harmonise_state(text["place"]),
        "county": find_county(text["place"]),
        "region": text["region"],
        "route": text["route"],
        **{name: counts[name] for name in ("n_dead", "n_missing", "n_survivors", "n_female", "n_male", "n_children")},
        "sex": done.single_person_sex(counts["n_persons"], counts["n_female"], counts["n_male"]),
        "nationality": harmonise_nationality(text["nationality"]),
        "cause": cause,
        "cause_raw": text["cause"],
    }
    flags = {
        **done.date_and_point_flags(dates, points),
        **count_flags,
        "cumulative": is_cumulative,
        "date_is_range": is_cumulative,
        "split": text["type"].str.contains("split", case=False),
        "cause_unmatched": ~is_matched,
        "route_is_other": text["route"].str.contains(","),
    }
    return columns, flags, {"counts": count_reason, "date": done.date_reasons(dates["date"], columns["date_raw"], vintage)}


def _order(text: pd.DataFrame) -> str | None:
    """Return how a date in figures is read where no row of the file decides: IOM's export of 2015 has the day first, its later ones the month."""
    return "day_first" if (text["quality"].str.contains("verified", case=False)).any() else "month_first"


def _ids(found: pd.DataFrame) -> pd.Series:
    """Return record ids from the most particular id of the file, or from a hash where it has none."""
    column = next((name for name in ("incident_id", "main_id", "web_id") if name in found), None)
    return done.record_ids(KEY, found[column] if column else None, found)


def _group(text: pd.DataFrame) -> pd.Series:
    """Return the id of the event for rows that are parts of one: marked as split, or sharing the main id with another row."""
    event = text["main_id"].mask(text["main_id"] == "", text["web_id"])
    is_part = text["type"].str.contains("split", case=False) | ((event != "") & event.duplicated(keep=False))
    return event.where(is_part & (event != ""))


def _tags(found: pd.DataFrame) -> pd.Series:
    """Return why a row of HXL tags, the first under the header, is no observation; "" for all others."""
    reason = pd.Series("", index=found.index, dtype="str")
    first = found.iloc[:1].to_numpy().ravel().tolist()
    if any(first) and all(cell.startswith("#") for cell in first if cell):
        reason.iloc[0] = "the row holds HXL tags, no observation"
    return reason


def _out_of_scope(text: pd.DataFrame) -> pd.Series:
    """Return the rule that puts a row out of scope; "" for a row of this border and for a row of tags."""
    names = pd.concat([text["route"], text["region"]]).unique()
    ours = {name for name in names if re.search(THIS_BORDER, name, re.IGNORECASE)}
    is_ours = text["route"].isin(ours) | text["region"].isin(ours) | (_tags(text) != "")
    rule = pd.Series("IOM gives another route or region than the US-Mexico border", index=text.index, dtype="str").mask(is_ours, "")
    rest = text[~is_ours & (text["route"] == "")]
    is_near = rest["place"].str.contains(RIVER_OR_LINE, case=False, regex=True) & _country(rest).isin(["US", "MX"])
    rule.loc[rest.index[is_near]] = "IOM gives no route, though the place names the border river or line: look at it"
    return rule


def _counts(text: pd.DataFrame) -> tuple[dict, dict, pd.Series]:
    """Return the counts by name (with n_persons, the dead and missing), the flags and the reason why a row counts no person."""
    names = ("n_dead", "n_missing", "n_total", "n_survivors", "n_female", "n_male", "n_children")
    read = {name: done.parse_counts(text[name]) for name in names}
    counts, is_bad = {n: c for n, (c, _) in read.items()}, {n: b for n, (_, b) in read.items()}
    persons = counts["n_dead"].fillna(0) + counts["n_missing"].fillna(0)
    persons = persons.mask((text["n_dead"] == "") & (text["n_missing"] == ""), counts["n_total"]).fillna(0).astype("Int64")
    total = counts["n_total"].fillna(persons)
    sexes = counts["n_female"].fillna(0) + counts["n_male"].fillna(0)
    is_any_bad = pd.concat(is_bad, axis=1).any(axis=1)
    flags = {"count_conflict": (total != persons) | (sexes > persons) | (persons == 0), "count_unreadable": is_any_bad}
    reason = pd.Series("", index=text.index, dtype="str")
    reason = reason.mask(is_bad["n_dead"], "n_dead: " + text["n_dead"] + " is negative or no whole number")
    no_person = is_bad["n_missing"] & (persons == 0)
    reason = reason.mask(no_person & (reason != ""), reason + "; n_missing: " + text["n_missing"] + " is negative or no whole number")
    reason = reason.mask(no_person & (reason == ""), "n_missing: " + text["n_missing"] + " is negative or no whole number and no other person is counted")
    return {**counts, "n_persons": persons}, flags, reason


def _kind(counts: dict) -> pd.Series:
    is_missing = (counts["n_dead"].fillna(0) == 0) & (counts["n_missing"].fillna(0) > 0)
    return is_missing.map({True: "missing", False: "death"}).astype("str")


def _country(text: pd.DataFrame) -> pd.Series:
    """Return US or MX: the file's country, else by the UNSD grouping."""
    stated = plain_text(text["country"]).map(COUNTRIES).astype("str")
    grouped = plain_text(text["grouping"]).map(GROUPINGS).astype("str").where(text["country"] == "")
    return stated.fillna(grouped)


def _precision(text: pd.DataFrame, is_paired: bool) -> dict[str, pd.Series]:
    """Return 111 km, not stated, for a position with a coordinate in whole degrees, else nulls."""
    pairs = text["point"].str.findall(r"-?\d+(?:\.\d+)?") if is_paired else None
    first = pairs.str[0].astype("str").fillna("") if is_paired else text["lat"]
    second = pairs.str[1].astype("str").fillna("") if is_paired else text["lon"]
    is_whole = ((first != "") & (n_decimals(first) == 0)) | ((second != "") & (n_decimals(second) == 0))
    is_whole = is_whole.fillna(False).astype("bool")
    metres = is_whole.map({True: METRES_A_DEGREE, False: None}).astype("float64")
    return {"location_precision_m": metres, "is_precision_stated": is_whole.map({True: False, False: None}).astype("boolean")}


def _hidden(malformed: pd.DataFrame) -> pd.DataFrame:
    """Return the malformed rows without their text: cells may have moved, and titles of articles can hold names."""
    return malformed.assign(row_text="(not shown: its cells may hold names; see the line in the file)")
