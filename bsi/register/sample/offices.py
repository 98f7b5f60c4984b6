"""What the local offices write down of the invented persons, and the medical examiner's list in two vintages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.sample import words
from bsi.register.sample.places import CORRIDORS, arizona_border_lat, arizona_county
from bsi.register.sample.text import day_number, decimals, iso, month_first, variants
from bsi.register.sample.world import LAST_DAY, move

HOSPITAL = (-110.9, 32.2)  # invented: the one coordinate that persons moved before death share


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
        [f"MC{y}-{90001 + s}" if m else (f"{y}-UBC{900 + s}" if e else f"{y}-{90001 + s}") for y, s, m, e in zip(yy, serial, is_maricopa, is_early)],
        dtype=object,
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
        rows["ml"],
        np.where(rows["is_known"] & (condition > 0) | (rng.random(n) < 0.05), "Withheld, Name", "Unidentified"),
        rows["rec_sex"],
        [("" if a is None else str(a)) for a in rows["rec_age"]],
        iso(found),
        np.where(rows["at_hospital"], "Pima County Office of the Medical Examiner", manager),
        _places(rng, rows),
        np.array([w for w, _, _ in words.OGIS_PRECISION], dtype=object)[rows["level"]],
        corridor["code"].astype(str),
        corridor["name"],
        np.array([words.OGIS_CAUSES[f][0] for f in finding], dtype=object),
        variants(rng, finding, {k: v[1] for k, v in words.OGIS_CAUSES.items()}),
        np.where(condition > 0, condition.astype(str), ""),
        np.array([c for c, _ in words.OGIS_CONDITION], dtype=object)[condition],
        np.array([i for _, i in words.OGIS_CONDITION], dtype=object)[condition],
        np.full(n, "Arizona", dtype=object),
        county,
        rows["lat_text"],
        rows["lon_text"],
        x,
        y,
    )
    return pd.DataFrame({name: np.asarray(values, dtype=object) for name, values in zip(words.OGIS_HEADERS, columns)})


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
    changes = {
        "Location Precision": words.OGIS_PRECISION[5][0],
        "Latitude": f"{HOSPITAL[1]:.6f}",
        "Longitude": f"{HOSPITAL[0]:.6f}",
        "UTM X": x[0],
        "UTM Y": y[0],
        "Surface Management": "Pima County Office of the Medical Examiner",
        "County": "Unknown",
        "Corridor": "Undetermined",
        "Corridor Code": "0",
    }
    for column, value in changes.items():
        old[column] = old[column].mask(moved, value)
