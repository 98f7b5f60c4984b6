"""The hand merge of ten offices, with the ways of writing and the slips of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.sample import words
from bsi.register.sample.text import decimals, iso, month_first, pick, variants


def no_more_deaths(rng, view: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the hand merge of ten offices: (table in the published layout, persons), office by office, with its double and empty rows."""
    order = {office: i for i, office in enumerate(words.NMD_OFFICES)}
    rows = view[rng.random(len(view)) > 0.004]
    rows = rows.assign(in_file=rows["office"].map(order)).sort_values(["in_file", "found", "person"]).reset_index(drop=True)
    table = pd.concat([_nmd_office(rng, part, office) for office, part in rows.groupby("office", sort=False)], ignore_index=True)
    _nmd_slips(rng, table, len(rows) / 8800)
    is_pima = (rows["office"] == "pima").to_numpy()
    doubles = np.flatnonzero(rng.random(len(rows)) < np.where(is_pima, 0.002, 0.003))
    n_empty = max(1, round(34 * len(rows) / 8800))
    bare = pd.DataFrame("", index=range(n_empty), columns=words.NMD_HEADERS).assign(Source=words.NMD_OFFICES["pima"][0])
    nobody = rows[is_pima].iloc[[0] * n_empty].assign(person=-1, event=-1)
    after = np.concatenate([np.arange(len(rows)), doubles + 0.5, np.full(n_empty, np.flatnonzero(is_pima)[-1] + 0.7)])
    by_place = np.argsort(after, kind="stable")
    table = pd.concat([table, table.iloc[doubles], bare], ignore_index=True).iloc[by_place].reset_index(drop=True)
    return table, pd.concat([rows, rows.iloc[doubles], nobody], ignore_index=True).iloc[by_place].reset_index(drop=True)


def _nmd_slips(rng, table, scale):
    """Write into the table the slips of a hand merge: points in one cell, a letter before a number, a clock, a year alone, a cause on two lines, age 130."""
    has_point = np.flatnonzero((table["Latitude"] != "") & ~table["Latitude"].str.contains(",") & (table["Date"] != "") & (table["Cause_of_Death"] != ""))
    times = max(1, round(scale))
    pair, letter, clock, year, later, lines, age = np.split(
        rng.choice(has_point, 13 * times, replace=False), np.cumsum([times, 2 * times, times, times, times, 6 * times])
    )
    table.loc[pair, "Latitude"] = table.loc[pair, "Latitude"] + ", " + table.loc[pair, "Longitude"]
    table.loc[letter, "Longitude"] = "N " + table.loc[letter, "Longitude"]
    table.loc[clock, "Date"] = table.loc[clock, "Date"].str.replace(" 00:00:00", "") + " 0950"
    table.loc[year, "Date"] = table.loc[year, "Year"].str.removesuffix(".0")
    table.loc[later, ["Date", "Year"]] = ["2025-11-03 00:00:00", "2025.0"]
    table.loc[lines, "Cause_of_Death"] = table.loc[lines, "Cause_of_Death"] + "\n(second line)"
    table.loc[age, ["Age", "Age_Range"]] = ["130.0", "56 and older"]


def _nmd_office(rng, rows, office):
    """Return the rows of one office, in its way of writing."""
    source, has_slashes, no_date, no_point, no_age, no_nation, no_cause, has_county, state = words.NMD_OFFICES[office]
    n = len(rows)
    found = rows["found"].to_numpy()
    dateless = rng.random(n) < no_date
    age = rows["rec_age"].to_numpy() if office == "pima" else np.where(rng.random(n) < no_age, None, rows["age"].astype(object))
    nation = np.where(rng.random(n) < np.where(dateless, 0.99, no_nation), "", _nations(rng, rows["nationality"].to_numpy()))
    sex = (
        rows["rec_sex"].to_numpy()
        if office == "pima"
        else np.where(rng.random(n) < {"brooks": 0.28, "texas": np.where(dateless, 0.9, 0.1), "kenedy": 0.18}.get(office, 0.08), "", rows["sex"])
    )
    cause = np.where(rng.random(n) < np.where(dateless, 0.99, no_cause), "", _nmd_causes(rng, rows, office))
    pointless = rng.random(n) < np.where(dateless, 0.95, no_point if office != "texas" else 0.7)
    lat, lon = _nmd_points(rng, rows, office, pointless)
    year = np.array([f"{t[:4]}.0" for t in iso(found)], dtype=object)
    columns = (
        np.full(n, source, dtype=object),
        np.where(dateless & (rng.random(n) < 0.1) | (rng.random(n) < (0.026 if office == "pima" else 0)), "", year),
        np.where(dateless, "", month_first(found) if has_slashes else _stamps(rng, found, office)),
        np.array(["" if a is None else f"{a}.0" for a in age], dtype=object),
        np.full(n, "", dtype=object) if office == "texas" else _age_ranges(age),
        np.where(sex == "male", "M", np.where(sex == "female", "F", "U")),
        nation,
        cause,
        lat,
        lon,
        _nmd_counties(rng, rows, has_county),
        _nmd_states(rng, rows, state),
    )
    return pd.DataFrame(dict(zip(words.NMD_HEADERS, columns)))


def _nations(rng, nations):
    out = nations.copy()
    for nation, spellings in words.NATIONALITY_SPELLINGS.items():
        rows = np.flatnonzero(nations == nation)
        out[rows] = pick(rng, spellings, len(rows))
    return out


def _stamps(rng, found, office):
    clock = (
        pick(rng, ["22:10:00", "09:50:00", "00:00:00"], len(found), [0.1, 0.1, 0.8]) if office == "el_paso" else np.full(len(found), "00:00:00", dtype=object)
    )
    return iso(found) + " " + clock


def _age_ranges(age):
    edges, labels = [18, 26, 36, 46, 56], ["0-17", "18-25", "26-35", "36-45", "46-55", "56 and older"]
    return np.array(["Unknown" if a is None else labels[int(np.searchsorted(edges, a, side="right"))] for a in age], dtype=object)


def _nmd_causes(rng, rows, office):
    finding = rows["rec_cause"].to_numpy()
    if office == "pima":
        return np.array([words.OGIS_CAUSES[f][0] for f in finding], dtype=object)
    return variants(rng, finding, words.NMD_CAUSES)


def _nmd_points(rng, rows, office, pointless):
    """Return latitude and longitude as text, with the stray commas and letters of a hand merge."""
    lat, lon = rows["lat_text"].to_numpy().copy(), rows["lon_text"].to_numpy().copy()
    digits = np.full(len(rows), 8)
    if office in ("san_diego", "el_paso"):
        long = rng.random(len(rows)) < 0.45
        lat = np.where(long, decimals(rows["rec_lat"].to_numpy(), digits), lat)
        lon = np.where(long, decimals(rows["rec_lon"].to_numpy(), digits), lon)
        odd = rng.random(len(rows))
        lat = np.where(odd < 0.018, lat + ",", np.where((odd > 0.998) & (office == "el_paso"), lat + "N", lat))
    return np.where(pointless, "", lat), np.where(pointless, "", lon)


def _nmd_counties(rng, rows, has_county):
    if not has_county:
        return np.full(len(rows), "", dtype=object)
    county = rows["county"].to_numpy().astype(object)
    upper = rows["office"].eq("pima").to_numpy() & (rng.random(len(rows)) < 0.29)
    county = np.where(upper, np.char.upper(county.astype(str)), county)
    county = np.where((county == "Doña Ana") & (rng.random(len(rows)) < 0.05), "Dona Ana", county)
    return np.where(rows["office"].eq("el_paso") & (rng.random(len(rows)) < 0.05), "", county)


def _nmd_states(rng, rows, state):
    if state != "origin":
        return np.full(len(rows), state, dtype=object)
    out = np.full(len(rows), "", dtype=object)
    for nation, states in words.ORIGIN_STATES.items():
        found = np.flatnonzero(rows["nationality"].eq(nation) & (rng.random(len(rows)) < 0.38))
        out[found] = pick(rng, states, len(found))
    return out
