"""Every table of the register, column by column: type, unit, allowed values, meaning."""

from __future__ import annotations

from bsi.schema import Column, Table, check, conform, dictionary, has_columns, schema

KINDS = ("death", "missing", "rescue", "injury", "violence")
DATE_KINDS = ("event", "found", "reported")
DATE_PRECISIONS = ("day", "month", "year", "none")
SEXES = ("female", "male")
CAUSES = (
    "heat", "cold", "exposure", "drowning", "vehicle", "train", "fall", "violence", "medical", "other_injury",
    "skeletal", "undetermined", "pending", "mixed",
)  # fmt: skip
COUNTRIES = ("US", "MX")
LEAST_SHOWN = 5  # persons: in a table that crosses attributes of persons, smaller counts are withheld
SECTORS = ("BBT", "DRT", "ELC", "EPT", "LRT", "RGV", "SDC", "TCA", "YUM")
FLAGS = {
    "date_after_vintage": "the date lies after the day the file was published",
    "date_before_1980": "the date lies before 1980",
    "date_conflicts_year": "the year column of the file contradicts the date",
    "date_unreadable": "the date text could not be read; the row keeps its year, if any",
    "date_is_range": "the row is a total over a period; the date is the last day of it",
    "point_is_null_island": "the coordinates are 0, 0",
    "point_far_outside": "the point lies more than 500 km from the boundary",
    "point_unreadable": "the coordinate text could not be read",
    "point_sign_restored": "the longitude stands without its minus sign; put right, since only then does the point lie near the boundary",
    "point_swapped": "latitude and longitude stand in each other's column; put right",
    "point_shared": "more than nine records of this source share exactly this coordinate",
    "county_contradicts_point": "the county named in the file is not the one the point lies in",
    "state_contradicts_point": "the state named in the file is not the one the point lies in",
    "age_implausible": "the age is below 0 or above 110; kept in no column",
    "age_unreadable": "the age is no number; kept in no column",
    "count_unreadable": "a count is negative or no whole number; kept in no column",
    "count_conflict": "dead and missing do not add up to the file's total, or sexes exceed the dead",
    "duplicate_row": "every field equals that of an earlier row of the file",
    "cumulative": "the row is a running total for a place, not one event",
    "split": "one event that the source splits into several rows",
    "moved_before_death": "the source says the person was moved from the place of collapse",
    "cause_unmatched": "the cause text is in no vocabulary; harmonised to undetermined",
    "upstream_unmatched": "the source text is in no vocabulary of upstreams",
    "route_is_other": "the source lists more than one migration route for the row",
}


def _id(meaning, unique=False):
    return Column("str", meaning, null=False, unique=unique)


def _count(meaning, unit="persons"):
    return Column("int", meaning, unit=unit, low=0)


WHERE_READ = {
    "source": _id("key of the source: the name of its folder under data/raw"),
    "vintage": Column("date", "day the file was published, from its name", null=False),
    "file": _id("name of the file"),
    "row": Column("int", "line of the file the row begins on (the header is line 1)", null=False, low=1),
}

RECORDS = Table(
    "records",
    "one row of one source file that is in scope, renamed and typed; nothing dropped, summed or guessed",
    {
        "record_id": _id("source:id where the source has a unique id, else source: and a hash of the row and its occurrence", unique=True),
        **WHERE_READ,
        "group_id": Column("str", "the source's own id of an event that it lists in several rows"),
        "source_text": Column("str", "who the row cites, in the file's words"),
        "upstream": Column("str", "who observed it, from data/hand/upstreams.csv; null where no entry matches"),
        "kind": Column("str", "what happened", allowed=KINDS, null=False),
        "actor": Column("str", "violence: who acted, as the list says"),
        "status": Column("str", "violence: state of the investigation", allowed=("reported", "open", "referred", "closed")),
        "date": Column("date", "day of the event, finding or report (see date_kind); first day of the month or year where only that is known"),
        "date_kind": Column("str", "what the date is the date of", allowed=DATE_KINDS),
        "date_precision": Column("str", "how much of the date is known", allowed=DATE_PRECISIONS, null=False),
        "date_raw": Column("str", "the date as the file writes it"),
        "body_condition": Column("str", "condition of the remains, in the source's words"),
        "died_from": Column("date", "earliest day of death that the condition allows; null where the class is open-ended or blank"),
        "died_to": Column("date", "latest day of death: the day of finding"),
        "place_text": Column("str", "place in the file's words"),
        "lon": Column("float", "longitude, WGS 84", unit="degrees", low=-180, high=180),
        "lat": Column("float", "latitude, WGS 84", unit="degrees", low=-90, high=90),
        "location_precision_m": Column("float", "radius within which the true place lies: the source's, or a default estimated per source", unit="m", low=0),
        "is_precision_stated": Column("bool", "true where the source itself states the precision"),
        "country": Column("str", "country of the place", allowed=COUNTRIES),
        "state": Column("str", "state, as two letters (US) or three (Mexico)"),
        "county": Column("str", "county or municipio, in title case"),
        "sector": Column("str", "Border Patrol sector that the source itself states", allowed=SECTORS),
        "region": Column("str", "region or corridor in the source's words"),
        "route": Column("str", "migration route in the source's words"),
        "n_dead": _count("persons dead; null is not stated, never zero"),
        "n_missing": _count("persons missing, the source's minimum"),
        "n_survivors": _count("survivors as IOM lists them: not rescues by an agency"),
        "n_rescued": _count("persons rescued, as a rescue list states"),
        "n_injured": _count("persons injured or treated"),
        "n_female": _count("women and girls among the dead and missing"),
        "n_male": _count("men and boys among the dead and missing"),
        "n_children": _count("children among the dead and missing"),
        "sex": Column("str", "sex of the one person of the row", allowed=SEXES),
        "age": Column("float", "age of the one person of the row", unit="years", low=0, high=110),
        "nationality": Column("str", "country of nationality or origin, in English"),
        "is_identified": Column("bool", "true where the source has a name for the person (the name itself is never read)"),
        "cause": Column("str", "cause of death, harmonised", allowed=CAUSES),
        "cause_raw": Column("str", "cause of death in the file's words"),
        "flags": Column("str", "names of what is suspect in the row, joined by ';' (see the list of flags); empty where nothing is", null=False),
    },
    key=("record_id",),
)

OUT_OF_SCOPE = Table(
    "out_of_scope",
    "a valid row that is not of this border",
    {"record_id": _id("as in records", unique=True), **WHERE_READ, "rule": _id("the rule that put it out, in words")},
    key=("record_id",),
)

REJECTED = Table(
    "rejected",
    "a row refused",
    {
        **WHERE_READ,
        "reasons": _id("every broken rule with column and value, joined by '; '"),
        "row_text": _id("the row as text, without any column that holds names of persons"),
    }, key=("source", "file", "row"))  # fmt: skip

LINKS = Table(
    "links",
    "two records of one event",
    {
        "record_id_a": _id("the record whose id sorts first"),
        "record_id_b": _id("the other record"),
        "probability": Column("float", "probability that both are of one event", low=0, high=1, null=False),
        "relation": Column("str", "republished: both go back to one upstream; independent: two observers", allowed=("republished", "independent"), null=False),
        "distance_m": Column("float", "distance between the two points", unit="m", low=0),
        "days_apart": Column("int", "date of b minus date of a", unit="days"),
        "decided_by": Column("str", "what decided", allowed=("rule", "model", "hand"), null=False),
    }, key=("record_id_a", "record_id_b"))  # fmt: skip

INCIDENT_RECORDS = Table(
    "incident_records",
    "record x incident: every record is in exactly one incident",
    {
        "record_id": _id("as in records", unique=True),
        "incident_id": _id("as in incidents"),
        "role": Column("str", "what the record adds: first stands for it; part is another row of that list on it, its persons added; same_source a duplicate in that list; the rest add nothing", allowed=("first", "part", "republished", "independent", "same_source", "cumulative"), null=False),
    }, key=("record_id",))  # fmt: skip

INCIDENTS = Table(
    "incidents",
    "one real event of this border, either side, counted once",
    {
        "incident_id": _id("stable over vintages: 'i-' and ten letters or digits", unique=True),
        "kind": Column("str", "what happened", allowed=KINDS, null=False),
        **{c: RECORDS.columns[c] for c in ("actor", "status", "date", "date_kind", "date_precision", "died_from", "died_to", "body_condition",
           "lon", "lat", "location_precision_m", "is_precision_stated", "place_text")},
        **{c: RECORDS.columns[c] for c in ("country", "state", "county")},
        "sector": Column("str", "Border Patrol sector: stated by a record, else by county or point (approximate)", allowed=SECTORS),
        **{c: RECORDS.columns[c] for c in ("n_dead", "n_missing", "n_survivors", "n_rescued", "n_injured", "n_female", "n_male", "n_children",
           "sex", "age", "nationality", "is_identified", "cause", "cause_raw")},
        "sources": _id("keys of the sources that list it, sorted, joined by ';'"),
        "upstreams": Column("str", "upstreams that observed it, sorted, joined by ';'", null=False),
        "n_records": Column("int", "records of the incident", low=1, null=False, unit="records"),
        "has_conflict": Column("bool", "true where two upstreams disagree on a field (see conflicts)", null=False),
        "is_cumulative": Column("bool", "true for a running total that names no single event; never added to counts of events", null=False),
        "flags": RECORDS.columns["flags"],
        "geometry": Column("geometry", "point in EPSG:4326, null where no record has one"),
    },
    key=("incident_id",),
    geometry="geometry",
)  # fmt: skip

CONFLICTS = Table(
    "conflicts",
    "one field of one incident on which records disagree",
    {
        "incident_id": _id("as in incidents"),
        "field": _id("column of incidents"),
        "values": _id("every value with its upstream and record, as text"),
        "chosen": Column("str", "the value kept"),
        "rule": _id("the written rule that chose it"),
    }, key=("incident_id", "field"))  # fmt: skip

ZONES = Table(
    "zones",
    "one zone",
    {
        "zone_id": _id("short name", unique=True),
        "family": Column("str", "canal, desert, sector or analyst", allowed=("canal", "desert", "sector", "analyst"), null=False),
        "name_en": _id("name in English"),
        "name_es": _id("name in Spanish"),
        "definition_en": _id("what it contains and why, in English"),
        "definition_es": _id("the same in Spanish"),
        "defined_by": _id("who defined it, with the source"),
        "defined_on": Column("date", "when it was defined", null=False),
        "valid_from": Column("date", "first day it holds; null without limit"),
        "valid_to": Column("date", "last day it holds; null without limit"),
        "is_approximate": Column("bool", "true where the outline is not official", null=False),
        "place_pattern": Column("str", "regular expression: a place text that names the zone puts the incident in it"),
        "geometry": Column("geometry", "polygon in EPSG:4326", null=False),
    },
    key=("zone_id",),
    geometry="geometry",
)

ZONE_WEIGHTS = Table(
    "zone_weights",
    "incident x zone, rows with probability above zero only",
    {
        "incident_id": _id("as in incidents"),
        "zone_id": _id("as in zones"),
        "probability": Column("float", "probability that the incident lies in the zone, given its location precision", low=0, high=1, null=False),
        "basis": Column("str", "what decided: the place text, the disc of precision, or a sector or county the source states", allowed=("place_text", "disc", "stated"), null=False),
    }, key=("incident_id", "zone_id"))  # fmt: skip

PUBLISHED = Table(
    "published",
    "one figure of an official or published series",
    {
        "series": _id("short name of the series, one publisher and definition"),
        "area": _id("southwest_border, a sector code, a state, or a named place"),
        "area_type": Column("str", "kind of area", allowed=("border", "sector", "state", "country", "place"), null=False),
        "measure": Column("str", "what is counted", allowed=(
            "deaths", "missing", "rescues_persons", "rescue_events", "apprehensions", "encounters", "agents", "assaults", "rescue_beacons", "placards",
            "deaths_nationals", "bodies_recovered", "repatriations", "social_assistance", "orientation", "injured_assisted", "other"), null=False),
        "unit": _id("persons, events, agents, devices"),
        "period_type": Column("str", "kind of period", allowed=("month", "calendar_year", "fiscal_year", "other"), null=False),
        "period_start": Column("date", "first day", null=False),
        "period_end": Column("date", "last day", null=False),
        "is_complete": Column("bool", "false where the figure covers part of the period or is year-to-date", null=False),
        "value": Column("float", "the figure", low=0, null=False),
        "qualifier": Column("str", "at least, about, more than ..."),
        "as_published_on": Column("date", "day of the edition; null where the source has no date"),
        "edition": _id("edition or document the figure is read from"),
        "source": _id("citation: title and address"),
        "reliability": Column("str", "official table, or grade of the transcription", allowed=("official", "high", "medium", "low"), null=False),
        "quality": Column("str", "what is known to be wrong or odd with it; empty where nothing is", null=False),
        "derived": Column("str", "how it was computed from other figures (e.g. differenced); null where read as published"),
    },
    key=("series", "area", "measure", "period_start", "period_end", "edition", "source", "derived"),
)  # fmt: skip

INTERVENTIONS = Table(
    "interventions",
    "one dated measure, series break or confounder",
    {
        "intervention_id": _id("short name", unique=True),
        "zone_id": Column("str", "zone it concerns, where one does"),
        "sector": Column("str", "sectors it concerns, joined by ';'; null means the whole border"),
        "from": Column("date", "first day", null=False),
        "to": Column("date", "last day; null where it lasts"),
        "type": Column("str", "what it is", allowed=("measure", "series_break", "confounder", "agreement"), null=False),
        "name_en": _id("name in English"),
        "name_es": _id("name in Spanish"),
        "expected_direction": Column("str", "effect on deaths that was expected, written down before fitting", allowed=("fewer", "more", "none", "unknown"), null=False),
        "outcome": Column("str", "what is counted to test it"),
        "comparison": Column("str", "comparison area, written down before fitting"),
        "source": _id("citation"),
    }, key=("intervention_id",))  # fmt: skip

QUALITY = Table(
    "quality",
    "source x field: how complete and how precise",
    {
        "source": _id("key of the source"),
        "vintage": WHERE_READ["vintage"],
        "field": _id("column of records"),
        "n_records": Column("int", "records of the source", unit="records", null=False),
        "n_stated": Column("int", "records with a value", unit="records", null=False),
        "n_flagged": Column("int", "records with a flag that concerns the field", unit="records", null=False),
        "note": Column("str", "precision or most frequent value, in words", null=False),
    }, key=("source", "field"))  # fmt: skip

ACCOUNTING = Table("accounting", "source x stage of the path from rows to incidents; 'all' is the total", {
        "source": _id("key of the source, or all"),
        "stage": Column("str", "stage of the path", null=False, allowed=("read", "out_of_scope", "rejected", "records", "cumulative", "republished", "independent",
                                                                         "same_source", "part", "reconciled", "incidents")),
        "order": Column("int", "place of the stage on the path", null=False, low=0),
        "is_total": Column("bool", "true for a level (read, records, incidents), false for a change, which carries its sign", null=False),
        "n_records": Column("int", "rows, records or incidents", null=False),
        **{c: Column("int", "persons; null where the stage states none", unit="persons") for c in ("n_dead", "n_missing")},
    }, key=("source", "stage"))  # fmt: skip

LEDGER = Table("ledger", "one thing that happened to one incident id in one build", {
        "incident_id": _id("as in incidents, or an id no longer in use"),
        "step": Column("int", "number of the build in this ledger, from 1", null=False, low=1),
        "event": Column("str", "what happened to the id", null=False, allowed=("new", "kept", "merged_into", "split_from", "withdrawn", "relocated")),
        "other_id": Column("str", "the incident it went into or came from"),
        "first_seen": Column("date", "newest vintage of the build that first had the id", null=False),
        "last_seen": Column("date", "newest vintage of the last build that had it", null=False),
        "key": _id("what the id is made from: the source and its own stable id, or the harmonised content of a row without one"),
        "record_ids": _id("its records, sorted, joined by a line break"),
        **{c: RECORDS.columns[c] for c in ("lon", "lat", "location_precision_m")},
    }, key=("incident_id", "step"))  # fmt: skip

TABLES = {t.name: t for t in (
    RECORDS, OUT_OF_SCOPE, REJECTED, LINKS, INCIDENT_RECORDS, INCIDENTS, CONFLICTS, ZONES, ZONE_WEIGHTS, PUBLISHED, INTERVENTIONS, QUALITY, ACCOUNTING, LEDGER,
)}  # fmt: skip

__all__ = ["TABLES", "Column", "Table", "check", "conform", "dictionary", "has_columns", "schema"]
