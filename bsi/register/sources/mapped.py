"""Any list of incidents described by a small TOML beside it: rescues, injuries treated, violence, deaths from a coroner's list.

A mapped source bears the name of its folder. Written rules:

- A row is refused where it has neither date nor place nor any count, where its date is before 1900 or more than a year after the file, or where a
  count that the kind rests on is negative or no whole number. Other unreadable values become null with a flag.
- A column of names of persons cannot be mapped, except to `is_identified`. A word in no vocabulary stops with a list of all such words.
- With `one_row = "person"` a row counts one person of its kind; with "event" only what the count columns say.
"""

from __future__ import annotations

import dataclasses

import pandas as pd

from bsi import contracts
from bsi.errors import InputError
from bsi.register.coordinates import parse_lonlat, parse_points
from bsi.register.dates import month_number, parse_dates
from bsi.register.files import RawTable
from bsi.register.sources import assemble as done
from bsi.register.sources.mapping import EXAMPLE, MAPPED, UNITS, Mapping, find_mapping, read_mapping, translate
from bsi.register.vocabulary import SEXES, harmonise_cause, harmonise_county, harmonise_nationality, harmonise_state

__all__ = ["EXAMPLE", "find_mapping", "read"]

KEY = "mapped"
TITLE = "List described by a TOML"
PUBLISHER = "as its TOML says"
CITATION = "as its TOML says"
COVERS = {"en": "What its TOML says.", "es": "Lo que dice su TOML."}
COUNTED = {"death": "n_dead", "missing": "n_missing", "rescue": "n_rescued", "injury": "n_injured"}
COUNTS = ("n_dead", "n_missing", "n_survivors", "n_rescued", "n_injured", "n_female", "n_male", "n_children")
ASIS = ("group_id", "source_text", "upstream", "actor", "body_condition", "place_text", "region")
NAMED = {"identified", "unidentified"}


def describe(raw: RawTable) -> dict[str, str]:
    """Return title, publisher, citation and what it covers, as the TOML of a mapped file says; a title in one language stands for both.

    Raises
    ------
    InputError
        There is no TOML, or it has a mistake.
    """
    says = _mapping(raw).says
    said = {name: str(says.get(name, "")) for name in ("title", "title_es", "publisher", "citation", "covers_en", "covers_es")}
    return {**said, "title_es": said["title_es"] or said["title"]}


def read(raw: RawTable) -> done.SourceTables:
    """Return the rows of a mapped file as records, out of scope and rejected.

    Parameters
    ----------
    raw : RawTable of `files.read_table`, with a TOML beside the file (see EXAMPLE)

    Raises
    ------
    InputError
        There is no TOML, it has a mistake, or a value of a closed vocabulary has no translation.
    """
    mapping = _mapping(raw)
    raw = dataclasses.replace(raw, source=raw.source or raw.path.absolute().parent.name)
    found = raw.frame[list(mapping.columns.values())].set_axis(list(mapping.columns), axis=1)
    _refuse_names(found, mapping)
    ids, rule = done.record_ids(raw.source, found.get("id"), found), _out_of_scope(raw, mapping)
    is_out = rule != ""
    columns, flags, reasons = _read_rows(raw, found[~is_out], mapping)
    columns["record_id"] = ids[~is_out]
    flags["duplicate_row"] = raw.frame[~is_out].duplicated()
    return done.assemble(raw, found, columns, flags, reasons, pd.DataFrame({"record_id": ids, "rule": rule})[is_out])


def _read_rows(raw: RawTable, found: pd.DataFrame, mapping: Mapping) -> tuple[dict, dict, dict]:
    """Return the columns, flags and reasons of the rows."""
    text = found.reindex(columns=sorted(MAPPED), fill_value="")
    written = text["date"].mask(text["day"] != "", text["year"] + "-" + text["month"].map(month_number) + "-" + text["day"])
    dates = parse_dates(written, text["year"], text["month"], prefer=mapping.says.get("date_order"), latest=raw.vintage)
    date_raw = text["date"].mask(text["date"] == "", (text["day"] + " " + text["month"] + " " + text["year"]).str.strip())
    text = text.mask(done.footers(raw.frame.loc[text.index], dates["date"]) != "", "")  # its cells are no words of any vocabulary
    points = _points(text, mapping)
    kind = _closed(text, "kind", mapping)
    counts, count_flags, count_reason = _counts(text, kind, mapping.says["one_row"] == "person")
    person, person_flags = _person(text, mapping)
    n_persons = sum(counts[name].fillna(0) for name in COUNTED.values())
    person |= {name: person[name].where(n_persons <= 1) for name in ("sex", "age")}
    columns = {
        **{name: _stated(text, name, mapping) for name in ASIS},
        **{name: _closed(text, name, mapping) for name in ("status", "country", "sector")},
        "kind": kind,
        "date": dates["date"],
        "date_kind": mapping.says.get("date_kind", "event"),
        "date_precision": dates["precision"],
        "date_raw": date_raw,
        "lon": points["lon"],
        "lat": points["lat"],
        **_precision(text, mapping, points),
        "state": harmonise_state(_stated(text, "state", mapping)),
        "county": harmonise_county(_stated(text, "county", mapping)),
        **counts,
        **person,
    }
    content = [name for name in found if name not in ("id", "kind", "upstream", "source_text", "country")]
    reasons = {
        "empty": done.empty_reason(found[content]),
        "kind": kind.isna().map({True: "kind: is blank", False: ""}).astype("str"),
        "counts": count_reason,
        "date": done.date_reasons(dates["date"], date_raw, raw.vintage),
    }
    return columns, {**person_flags, **count_flags, **done.date_and_point_flags(dates, points)}, reasons


def _person(text: pd.DataFrame, mapping: Mapping) -> tuple[dict, dict]:
    """Return what is known of the person or persons of a row, and its flags."""
    ages, age_flags = done.parse_ages(_scaled(text["age"], mapping.units.get("age"), "age"))
    cause, is_matched = harmonise_cause(_worded(text, "cause", mapping))
    columns = {
        "sex": _sex(text, mapping),
        "age": ages,
        "nationality": harmonise_nationality(_worded(text, "nationality", mapping)),
        "is_identified": done.identified(text["is_identified"]),
        "cause": cause,
        "cause_raw": text["cause"],
    }
    return columns, {**age_flags, "cause_unmatched": ~is_matched}


def _mapping(raw: RawTable) -> Mapping:
    path = find_mapping(raw.path)
    if path is None:
        raise InputError("no TOML describes this file", str(raw.path), f"Write {raw.path.name}.toml beside it; `bsi template` prints one to change.")
    return read_mapping(path, list(raw.frame.columns))


def _refuse_names(found: pd.DataFrame, mapping: Mapping) -> None:
    for name in found.columns.drop("is_identified", errors="ignore"):
        words = set(found[name].unique()) - {""}
        if words and words <= NAMED:
            raise InputError(
                f"{name} is mapped to {mapping.columns[name]!r}, a column of names of persons, which are never read",
                f"{mapping.path}, [columns]",
                "Remove the line, or map the header to is_identified.",
            )


def _out_of_scope(raw: RawTable, mapping: Mapping) -> pd.Series:
    scope = mapping.says.get("scope")
    if not scope:
        return pd.Series("", index=raw.frame.index, dtype="str")
    is_kept = raw.frame[scope["column"]].str.strip().str.casefold().isin([str(v).strip().casefold() for v in scope["keep"]])
    return is_kept.map({True: "", False: f"the mapping keeps only rows whose {scope['column']!r} is one of {', '.join(map(str, scope['keep']))}"}).astype("str")


def _points(text: pd.DataFrame, mapping: Mapping) -> pd.DataFrame:
    """Return lon, lat (WGS 84) and problem, from whichever columns the mapping names."""
    if "point" in mapping.columns:
        return parse_points(text["point"])
    crs = mapping.says.get("crs", "EPSG:4326")
    if "easting" not in mapping.columns:
        points = parse_lonlat(text["lat"], text["lon"])
        return points if crs == "EPSG:4326" else _projected(points["lon"], points["lat"], points["problem"], mapping)
    easting, northing = (pd.to_numeric(text[name].str.replace(",", ""), errors="coerce") for name in ("easting", "northing"))
    is_blank = (text["easting"] == "") & (text["northing"] == "")
    problem = (easting.isna() | northing.isna()).map({True: "unreadable", False: ""}).astype("str").mask(is_blank, "")
    return _projected(easting, northing, problem, mapping)


def _projected(x: pd.Series, y: pd.Series, problem: pd.Series, mapping: Mapping) -> pd.DataFrame:
    import pyproj

    try:
        transformer = pyproj.Transformer.from_crs(mapping.says["crs"], "EPSG:4326", always_xy=True)
    except pyproj.exceptions.CRSError:
        raise InputError(f"crs {mapping.says['crs']!r} is not known", str(mapping.path), 'Write it as "EPSG:32611" or the like.') from None
    lon, lat = transformer.transform(x.to_numpy("float64"), y.to_numpy("float64"))
    points = pd.DataFrame({"lon": lon, "lat": lat, "problem": problem}, index=x.index)
    is_off = ~(points["lon"].between(-180, 180) & points["lat"].between(-90, 90)) & x.notna() & y.notna()
    points.loc[is_off, "problem"] = "out_of_range"
    points.loc[is_off | x.isna() | y.isna(), ["lon", "lat"]] = float("nan")
    return points


def _counts(text: pd.DataFrame, kind: pd.Series, is_person: bool) -> tuple[dict, dict, pd.Series]:
    """Return the counts, the flags count_conflict and count_unreadable, and the reason where the count that the kind rests on cannot be read."""
    read = {name: done.parse_counts(text[name]) for name in COUNTS}
    counts = {name: values for name, (values, _) in read.items()}
    is_bad = pd.DataFrame({name: bad for name, (_, bad) in read.items()})
    reason = pd.Series("", index=text.index, dtype="str")
    for of_kind, name in COUNTED.items():
        of_this = kind == of_kind
        reason = reason.mask(of_this & is_bad[name], name + ": " + text[name] + " is negative or no whole number")
        counts[name] = counts[name].mask(of_this & is_person & (text[name] == ""), 1)
    sexes = counts["n_female"].fillna(0) + counts["n_male"].fillna(0)
    persons = sum(counts[name].fillna(0) for name in COUNTED.values())
    return counts, {"count_unreadable": is_bad.any(axis=1), "count_conflict": (persons > 0) & (sexes > persons)}, reason


def _stated(text: pd.DataFrame, name: str, mapping: Mapping) -> pd.Series:
    """Return a column as the file writes it (or as the mapping translates it), or the value that the mapping gives for the whole list."""
    if name in mapping.says:
        return pd.Series(str(mapping.says[name]), index=text.index, dtype="str")
    return _worded(text, name, mapping)


def _worded(text: pd.DataFrame, name: str, mapping: Mapping) -> pd.Series:
    table = {k.strip().casefold(): v for k, v in mapping.values.get(name, {}).items()}
    return text[name].map({t: table.get(t.strip().casefold(), t) for t in text[name].unique()}).astype("str")


def _closed(text: pd.DataFrame, name: str, mapping: Mapping):
    """Return a column whose values are those of the contract alone."""
    if name in mapping.says:
        return pd.Series(mapping.says[name], index=text.index, dtype="str")
    return translate(text[name], name, mapping, contracts.RECORDS.columns[name].allowed)


def _sex(text: pd.DataFrame, mapping: Mapping) -> pd.Series:
    """Return female, male or null; the usual words need no translation, the letters alone only where the mapping has none ("M" is male or mujer)."""
    given = mapping.values.get("sex", {})
    usual = {word: sex or "" for sex, words in SEXES.items() for word in words if len(word) > 1 or not given}
    return translate(text["sex"], "sex", dataclasses.replace(mapping, values={"sex": usual | given}), contracts.SEXES)


def _precision(text: pd.DataFrame, mapping: Mapping, points: pd.DataFrame) -> dict:
    """Return location_precision_m and is_precision_stated: from the column, else the value for the whole list, where there is a point."""
    if "location_precision_m" in mapping.columns:
        metres = pd.to_numeric(_scaled(text["location_precision_m"], mapping.units.get("location_precision"), "location_precision"), errors="coerce")
    else:
        metres = pd.Series(mapping.says.get("location_precision_m"), index=text.index, dtype="float64")
    metres = metres.where((metres > 0) & points["lon"].notna())
    return {"location_precision_m": metres, "is_precision_stated": metres.notna()}


def _scaled(texts: pd.Series, unit: str | None, measure: str) -> pd.Series:
    """Return numbers as text in the register's unit."""
    if unit is None or UNITS[measure][unit] == 1:
        return texts
    numbers = pd.to_numeric(texts, errors="coerce")
    return (numbers * UNITS[measure][unit]).astype("str").where(numbers.notna(), texts)
