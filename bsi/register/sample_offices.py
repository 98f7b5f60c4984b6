"""What offices write down of the invented persons: the medical examiner's list in two vintages, the hand merge of ten offices, Border Patrol's records."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register import sample_words as words
from bsi.register.sample_places import CORRIDORS, arizona_border_lat, arizona_county
from bsi.register.sample_world import LAST_DAY, move

HOSPITAL = (-110.9, 32.2)  # invented: the one coordinate that persons moved before death share


def pick(rng, options, n, p=None):
    """Return n of the options as an array of objects."""
    return rng.choice(np.array(options, dtype=object), n, p=p)


def day_number(text):
    """Return the days from 1970-01-01 to a date given as text."""
    return int(np.datetime64(text).astype("datetime64[D]").astype(int))


def iso(days):
    """Return days since 1970-01-01 as text YYYY-MM-DD."""
    return np.asarray(days).astype("datetime64[D]").astype(str).astype(object)


def month_first(days):
    """Return days since 1970-01-01 as text M/D/YYYY."""
    return np.array([f"{int(t[5:7])}/{int(t[8:])}/{t[:4]}" for t in iso(days)], dtype=object)


def decimals(values, digits):
    """Return numbers as text, each rounded to its number of decimals."""
    return np.array([f"{v:.{d}f}" for v, d in zip(values.tolist(), digits.tolist())], dtype=object)


def office_view(rng, persons: pd.DataFrame) -> pd.DataFrame:
    """Return what the local office knows of each person found by the last day: its point, precision class, day, sex, age, cause; one row a person."""
    seen = persons[(persons["pool"] == "office") & (persons["found"] <= int(LAST_DAY.astype(int)))].reset_index(drop=True)
    n = len(seen)
    is_pima = seen["office"].eq("pima").to_numpy()
    condition = seen["condition"].to_numpy()
    is_maricopa = seen["county"].eq("Maricopa").to_numpy() & is_pima
    condition = np.where(is_maricopa & (rng.random(n) < 0.92) | is_pima & (rng.random(n) < 0.033), 0, condition)
    level = np.where(is_pima, rng.choice(6, n, p=_shares(words.OGIS_PRECISION)), 0)
    lon, lat = _recorded_points(rng, seen, level)
    at_hospital = (level == 5) | ((level == 4) & (rng.random(n) < 0.75))
    lon, lat = np.where(at_hospital, HOSPITAL[0], lon), np.where(at_hospital, HOSPITAL[1], lat)
    digits = np.where(at_hospital, 6, rng.choice([6, 5, 4, 3, 2], n, p=[0.455, 0.355, 0.155, 0.031, 0.004]))
    age_known = rng.random(n) < np.where(seen["is_known"], 0.93, 0.08)
    unknown_sex = rng.random(n) < np.where(condition >= 6, 0.09, 0.012)
    return seen.assign(
        condition=condition,
        level=level,
        at_hospital=at_hospital,
        rec_lon=lon,
        rec_lat=lat,
        digits=digits,
        lon_text=decimals(lon, digits),
        lat_text=decimals(lat, digits),
        rec_sex=np.where(unknown_sex, "undetermined", seen["sex"]),
        rec_age=np.where(age_known, seen["age"].astype(object), None),
        rec_cause=_findings(rng, seen["cause"].to_numpy(), condition, is_maricopa),
    )


def _shares(table):
    shares = np.array([row[2] for row in table])
    return shares / shares.sum()


def _recorded_points(rng, seen, level):
    """Return the office's points: groups share one point; the error is as wide as the precision class says."""
    n = len(seen)
    radius_km = np.array([row[1] for row in words.OGIS_PRECISION])[level] / 1000
    distance = np.where(level == 0, np.abs(rng.normal(0, 0.03, n)), radius_km * np.sqrt(rng.random(n)))
    lon, lat = move(seen["lon"].to_numpy(), seen["lat"].to_numpy(), distance, rng.uniform(0, 2 * np.pi, n))
    first = seen.groupby("event").cumcount().eq(0).to_numpy()
    leader = np.maximum.accumulate(np.where(first, np.arange(n), 0))
    lon, lat = lon[leader], lat[leader]
    south = seen["state"].eq("AZ").to_numpy() & (lat < arizona_border_lat(lon) + 0.002)
    return lon, np.where(south, 2 * arizona_border_lat(lon) + 0.004 - lat, lat)


def _findings(rng, causes, condition, is_maricopa):
    """Return the office's finding: the true cause, or that the state of the body did not allow one."""
    draw = rng.random(len(causes))
    skeletal = np.array(words.SKELETAL_SHARE)[condition]
    undetermined = skeletal + np.array(words.UNDETERMINED_SHARE)[condition]
    found = np.where(draw < skeletal, "skeletal", np.where(draw < undetermined, "undetermined", causes))
    found = np.where(is_maricopa & (rng.random(len(causes)) < 0.57), "blank", found)
    return np.where(rng.random(len(causes)) < 0.006, "pending", found)


def ogis(rng, view: pd.DataFrame) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Return the examiner's list as {vintage: (table in the published layout, persons)}: 2020 with dates M/D/YYYY, 2022 with ISO dates and corrections."""
    rows = view[(view["office"] == "pima") & (view["found"] <= day_number("2022-03-29"))].sort_values(["found", "person"]).reset_index(drop=True)
    rows["ml"] = _case_numbers(rng, rows)
    n = len(rows)
    found = rows["found"].to_numpy()
    is_maricopa = rows["county"].eq("Maricopa").to_numpy()
    withdrawn = (found > day_number("2005-01-01")) & (found < day_number("2020-01-01")) & (rng.random(n) < 0.0035)
    in_2020 = (found <= day_number("2020-06-28")) & ((found >= day_number("2000-12-20")) | is_maricopa) & (rng.random(n) > 0.001)
    table = _ogis_table(rng, rows)
    old = table[in_2020].copy()
    old["Reporting Date"] = month_first(found[in_2020])
    _undo_corrections(rng, old)
    return {"2020-06-30": (old, rows[in_2020]), "2022-03-31": (table[~withdrawn], rows[~withdrawn])}


def _case_numbers(rng, rows):
    """Return invented case numbers; their serial starts at 90001, where no real one is."""
    year = iso(rows["found"])
    yy = np.array([t[2:4] for t in year], dtype=object)
    is_maricopa = rows["county"].eq("Maricopa").to_numpy()
    is_early = (rows["found"] < day_number("2000-01-01")).to_numpy() & ~is_maricopa
    serial = pd.Series(yy).groupby([yy, is_maricopa]).cumcount().to_numpy()
    return np.array(
        [f"MC{y}-{90001 + s}" if m else (f"{y}-UBC{900 + s}" if e else f"{y}-{90001 + s}") for y, s, m, e in zip(yy, serial, is_maricopa, is_early)], dtype=object
    )


def _ogis_table(rng, rows):
    """Return the list in the layout of the newest vintage."""
    n = len(rows)
    corridor = CORRIDORS.iloc[rows["corridor"]].reset_index(drop=True)
    finding = rows["rec_cause"].to_numpy()
    condition = rows["condition"].to_numpy()
    county = np.where(rng.random(n) < 0.008, "Unknown", arizona_county(rows["rec_lon"].to_numpy(), rows["rec_lat"].to_numpy())).astype(object)
    found = rows["found"].to_numpy()
    upper = (found < day_number("2001-01-01")) | (found > day_number("2020-06-28")) | ((found > day_number("2012-08-01")) & (found < day_number("2013-07-01")))
    county = np.where(upper & (county != "Unknown"), np.char.upper(county.astype(str)), county)
    x, y = _utm(rows["rec_lon"].to_numpy(), rows["rec_lat"].to_numpy())
    manager = np.where(rng.random(n) < 0.75, corridor["manager"], corridor["other_manager"])
    columns = (
        rows["ml"], np.where(rows["is_known"] & (condition > 0) | (rng.random(n) < 0.05), "Withheld, Name", "Unidentified"), rows["rec_sex"],
        [("" if a is None else str(a)) for a in rows["rec_age"]], iso(found),
        np.where(rows["at_hospital"], "Pima County Office of the Medical Examiner", manager),
        _places(rng, rows), np.array([w for w, _, _ in words.OGIS_PRECISION], dtype=object)[rows["level"]], corridor["code"].astype(str), corridor["name"],
        np.array([words.OGIS_CAUSES[f][0] for f in finding], dtype=object), _variants(rng, finding, {k: v[1] for k, v in words.OGIS_CAUSES.items()}),
        np.where(condition > 0, condition.astype(str), ""), np.array([c for c, _ in words.OGIS_CONDITION], dtype=object)[condition],
        np.array([i for _, i in words.OGIS_CONDITION], dtype=object)[condition], np.full(n, "Arizona", dtype=object), county,
        rows["lat_text"], rows["lon_text"], x, y,
    )  # fmt: skip
    return pd.DataFrame({name: np.asarray(values, dtype=object) for name, values in zip(words.OGIS_HEADERS, columns)})


def _variants(rng, keys, table):
    """Return for each key one of its variants in the table, the first ones more often."""
    out = np.empty(len(keys), dtype=object)
    for key in np.unique(keys):
        rows = np.flatnonzero(keys == key)
        options = table.get(key) or table["undetermined"]
        weights = 1 / np.arange(1, len(options) + 1)
        out[rows] = pick(rng, options, len(rows), weights / weights.sum())
    return out


def _places(rng, rows):
    """Return place texts: 30 % none, some the coordinates in degrees and minutes, the rest an invented description marked synthetic."""
    number, miles, kind = rng.integers(1, 400, len(rows)), rng.integers(1, 15, len(rows)), rng.random(len(rows))
    kind = np.where((rows["level"] == 0) | (kind < 0.3), kind, np.maximum(kind, 0.56))
    texts = []
    for k, place, mile, lat, lon in zip(kind, number, miles, rows["rec_lat"], rows["rec_lon"]):
        if k < 0.3:
            texts.append("")
        elif k < 0.55:
            texts.append(f"N {int(lat)} {lat % 1 * 60:06.3f} / W {int(-lon)} {-lon % 1 * 60:06.3f} (SYNTHETIC)")
        else:
            texts.append(f"{mile} MI {'NSEW'[place % 4]}/O SYNTHETIC PLACE {place}")
    return np.array(texts, dtype=object)


def _utm(lon, lat):
    from pyproj import Transformer

    x, y = Transformer.from_crs(4326, 26912, always_xy=True).transform(lon, lat)
    return np.rint(x).astype(int).astype(str), np.rint(y).astype(int).astype(str)


def _undo_corrections(rng, old):
    """Put back what the later vintage corrected: names and ages not yet known, sexes undetermined, some positions still the hospital's."""
    n = len(old)
    for column, blank, share in (("Name", "Unidentified", 70 / 3261), ("Sex", "undetermined", 21 / 3261), ("Age", "", 69 / 3261)):
        old[column] = old[column].mask(rng.random(n) < share, blank)
    moved = rng.random(n) < 27 / 3261
    x, y = _utm(np.array([HOSPITAL[0]]), np.array([HOSPITAL[1]]))
    changes = {"Location Precision": words.OGIS_PRECISION[5][0], "Latitude": f"{HOSPITAL[1]:.6f}", "Longitude": f"{HOSPITAL[0]:.6f}", "UTM X": x[0], "UTM Y": y[0],
               "Surface Management": "Pima County Office of the Medical Examiner", "County": "Unknown", "Corridor": "Undetermined", "Corridor Code": "0"}  # fmt: skip
    for column, value in changes.items():
        old[column] = old[column].mask(moved, value)


def no_more_deaths(rng, view: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the hand merge of ten offices: (table in the published layout, persons), office by office, with its double and empty rows."""
    order = {office: i for i, office in enumerate(words.NMD_OFFICES)}
    rows = view.assign(place_in_file=view["office"].map(order)).sort_values(["place_in_file", "found", "person"]).reset_index(drop=True)
    rows["is_empty"] = False
    doubles = rows[rng.random(len(rows)) < np.where(rows["office"] == "pima", 0.002, 0.003)]
    empty = rows[rows["office"] == "pima"].iloc[: round(34 * len(rows) / 8800)].assign(is_empty=True, person=-1, event=-1)
    table = pd.concat([_nmd_office(rng, part, office) for office, part in rows.groupby("office", sort=False)], ignore_index=True)
    again = table.loc[doubles.index]
    bare = pd.DataFrame("", index=range(len(empty)), columns=words.NMD_HEADERS).assign(Source=words.NMD_OFFICES["pima"][0])
    where = np.concatenate([np.arange(len(rows)), doubles.index + 0.5, np.full(len(empty), rows.index[rows["office"] == "pima"].max() + 0.7)])
    by_place = np.argsort(where, kind="stable")
    table = pd.concat([table, again, bare], ignore_index=True).iloc[by_place].reset_index(drop=True)
    return table, pd.concat([rows, doubles, empty], ignore_index=True).iloc[by_place].reset_index(drop=True)


def _nmd_office(rng, rows, office):
    """Return the rows of one office, in its way of writing."""
    source, has_slashes, no_date, no_point, no_age, no_nation, no_cause, has_county, state = words.NMD_OFFICES[office]
    n = len(rows)
    found = rows["found"].to_numpy()
    dateless = rng.random(n) < no_date
    age = rows["rec_age"].to_numpy() if office == "pima" else np.where(rng.random(n) < no_age, None, rows["age"].astype(object))
    nation = np.where(rng.random(n) < np.where(dateless, 0.96, no_nation), "", _variants_of(rng, rows["nationality"].to_numpy()))
    sex = rows["rec_sex"].to_numpy() if office == "pima" else np.where(rng.random(n) < {"brooks": 0.28, "texas": np.where(dateless, 0.75, 0.2), "kenedy": 0.18}.get(office, 0.08), "", rows["sex"])
    cause = np.where(rng.random(n) < np.where(dateless, 0.95, no_cause), "", _nmd_causes(rng, rows, office))
    pointless = rng.random(n) < np.where(dateless, 0.93, no_point if office != "texas" else 0.7)
    lat, lon = _nmd_points(rng, rows, office, pointless)
    year = np.array([f"{t[:4]}.0" for t in iso(found)], dtype=object)
    columns = (
        np.full(n, source, dtype=object), np.where(dateless & (rng.random(n) < 0.1) | (rng.random(n) < (0.026 if office == "pima" else 0)), "", year),
        np.where(dateless, "", month_first(found) if has_slashes else _stamps(rng, found, office)),
        np.array(["" if a is None else f"{a}.0" for a in age], dtype=object), np.full(n, "", dtype=object) if office == "texas" else _age_ranges(age),
        np.where(sex == "male", "M", np.where(sex == "female", "F", "U")), nation, cause, lat, lon, _nmd_counties(rng, rows, has_county), _nmd_states(rng, rows, state),
    )  # fmt: skip
    return pd.DataFrame(dict(zip(words.NMD_HEADERS, columns)))


def _variants_of(rng, nations):
    out = nations.copy()
    for nation, spellings in words.NATIONALITY_SPELLINGS.items():
        rows = np.flatnonzero(nations == nation)
        out[rows] = pick(rng, spellings, len(rows))
    return out


def _stamps(rng, found, office):
    clock = pick(rng, ["22:10:00", "09:50:00", "00:00:00"], len(found), [0.1, 0.1, 0.8]) if office == "el_paso" else np.full(len(found), "00:00:00", dtype=object)
    return iso(found) + " " + clock


def _age_ranges(age):
    edges, labels = [18, 26, 36, 46, 56], ["0-17", "18-25", "26-35", "36-45", "46-55", "56 and older"]
    return np.array(["Unknown" if a is None else labels[int(np.searchsorted(edges, a, side="right"))] for a in age], dtype=object)


def _nmd_causes(rng, rows, office):
    finding = rows["rec_cause"].to_numpy()
    if office == "pima":
        return np.array([words.OGIS_CAUSES[f][0] for f in finding], dtype=object)
    return _variants(rng, finding, words.NMD_CAUSES)


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


def border_patrol(rng, persons: pd.DataFrame, view: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return Border Patrol's own incident records of 2014 and 2015: (table in the published layout, persons), independent in place and day."""
    first, last = day_number("2014-01-01"), day_number("2015-12-31")
    base = view.assign(pool="office")
    own = persons[persons["pool"] == "patrol"].assign(rec_lon=lambda f: f["lon"], rec_lat=lambda f: f["lat"])
    rows = pd.concat([base, own], ignore_index=True)
    rows = rows[rows["found"].between(first + 4, last - 4) & rows["country"].eq("US")]
    keeps = rows["state"].map({"AZ": 0.45, "TX": 0.55, "CA": 0.22, "NM": 0.15})
    rows = rows[(rows["pool"] == "patrol") | (rng.random(len(rows)) < keeps)].reset_index(drop=True)
    lon, lat = _patrol_points(rng, rows)
    day = rows["found"].to_numpy() - rng.choice([0, 1, 2, 4, -1, -4, 3], len(rows), p=[0.75, 0.18, 0.024, 0.012, 0.014, 0.008, 0.012])
    by_day = np.argsort(day, kind="stable")
    rows, day = rows.iloc[by_day].reset_index(drop=True), day[by_day]
    digits = rng.choice([5, 4, 3], len(rows), p=[0.59, 0.37, 0.04])
    rows = rows.assign(reported=day, patrol_lat=decimals(lat[by_day], digits), patrol_lon=decimals(lon[by_day], digits))
    return _patrol_table(rng, rows), rows


def _patrol_points(rng, rows):
    """Return the agents' points: half within 10 m of where the person was found, a sixth far off (10 to 80 km)."""
    n = len(rows)
    shares = rng.random(n)
    near = np.where(shares < 0.27, 0, np.where(shares < 0.52, np.abs(rng.normal(0, 0.004, n)), np.minimum(rng.lognormal(-3.4, 1.3, n), 3)))
    far = np.clip(rng.lognormal(3.0, 0.8, n), 8, 80)
    is_gps = rows["level"].fillna(0).eq(0).to_numpy()
    lon = np.where(is_gps, rows["rec_lon"], rows["lon"])
    lat = np.where(is_gps, rows["rec_lat"], rows["lat"])
    return move(lon, lat, np.where(shares < 0.87, near, far), rng.uniform(0, 2 * np.pi, n))


def _patrol_table(rng, rows):
    n, day = len(rows), rows["reported"]
    finding = rows["cause"].to_numpy()
    undetermined = rows["sector"].eq("TCA").to_numpy() & (rng.random(n) < 0.68) | ~np.isin(finding, list(words.USBP_TYPES))
    kind = np.where(undetermined, pick(rng, ["Other", "Undetermined"], n, [0.9, 0.1]), [words.USBP_TYPES.get(f, "Other") for f in finding])
    skeletal = (rows["condition"] >= 5).to_numpy()
    known = rng.random(n)
    year = np.array([int(t[:4]) for t in iso(day)])
    month = np.array([int(t[5:7]) for t in iso(day)])
    number = np.array([f"{900001 + i}.0" for i in range(n)], dtype=object)
    number[n // 2] = ""
    columns = (
        number, iso(day), rows["sector"], rows["state"].map(words.STATES), rows["county"], rows["patrol_lat"], rows["patrol_lon"], pick(rng, words.USBP_AGENCIES, n),
        np.where(rng.random(n) < 0.075, "1", "0"), kind, np.where(kind == "Other", "Medical Examiner Undetermined", ""),
        np.where(rng.random(n) < 0.16, np.where(finding == "drowning", "Drowning", "Pending Investigation"), ""), np.where(skeletal, "1", "0"),
        np.where(known < 0.55, np.where(rows["sex"] == "male", "M", "F"), "U"),
        np.where(known < 0.36, [f"{a}.0" for a in rows["age"]], ""), np.where(rng.random(n) < 0.52, rows["nationality"], ""),
        pick(rng, words.USBP_DISPOSITIONS, n), year.astype(str), (year + (month >= 10)).astype(str),
    )  # fmt: skip
    return pd.DataFrame({name: np.asarray(values, dtype=object) for name, values in zip(words.USBP_HEADERS, columns)})
