"""Border Patrol's own incident records of the invented persons, independent of the offices in place and day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.sample import words
from bsi.register.sample.text import day_number, decimals, iso, pick
from bsi.register.sample.world import move


def border_patrol(rng, persons: pd.DataFrame, view: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return Border Patrol's own incident records of 2014 and 2015: (table in the published layout, persons), independent in place and day."""
    first, last = day_number("2014-01-01"), day_number("2015-12-31")
    base = view.assign(pool="office")
    own = persons[persons["pool"] == "patrol"].assign(rec_lon=lambda f: f["lon"], rec_lat=lambda f: f["lat"])
    rows = pd.concat([base, own], ignore_index=True)
    rows = rows[rows["found"].between(first + 4, last - 4) & rows["country"].eq("US")]
    keeps = rows["state"].map({"AZ": 0.47, "TX": 0.55, "CA": 0.22, "NM": 0.15})
    rows = rows[(rows["pool"] == "patrol") | (rng.random(len(rows)) < keeps)].reset_index(drop=True)
    lon, lat = _patrol_points(rng, rows)
    day = rows["found"].to_numpy() - rng.choice([0, 1, 2, 4, -1, -4, 3], len(rows), p=[0.75, 0.18, 0.024, 0.012, 0.014, 0.008, 0.012])
    by_day = np.argsort(day, kind="stable")
    rows, day = rows.iloc[by_day].reset_index(drop=True), day[by_day]
    digits = rng.choice([5, 4, 3], len(rows), p=[0.59, 0.37, 0.04])
    rows = rows.assign(reported=day, patrol_lat=decimals(lat[by_day], digits), patrol_lon=decimals(lon[by_day], digits))
    return _patrol_table(rng, rows), rows


def _patrol_points(rng, rows):
    """Return the agents' points: half within 10 m of the office's, most within 500 m, an eighth far off (10 to 80 km).

    Both sides mostly copy one reading at the scene, so the office's point is the start unless it is a coarse description of its own.
    """
    n = len(rows)
    shares = rng.random(n)
    near = np.where(shares < 0.28, 0, np.where(shares < 0.56, np.abs(rng.normal(0, 0.004, n)), np.minimum(rng.lognormal(-3.4, 1.3, n), 3)))
    far = np.clip(rng.lognormal(3.0, 0.8, n), 8, 80)
    is_common = rows["level"].fillna(0).eq(0).to_numpy() | (rng.random(n) < 0.7) & ~rows["at_hospital"].fillna(False).astype(bool).to_numpy()
    lon = np.where(is_common, rows["rec_lon"], rows["lon"])
    lat = np.where(is_common, rows["rec_lat"], rows["lat"])
    return move(lon, lat, np.where(shares < 0.88, near, far), rng.uniform(0, 2 * np.pi, n))


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
        number,
        iso(day),
        rows["sector"],
        rows["state"].map(words.STATES),
        rows["county"],
        rows["patrol_lat"],
        rows["patrol_lon"],
        pick(rng, words.USBP_AGENCIES, n),
        np.where(rng.random(n) < 0.075, "1", "0"),
        kind,
        np.where(kind == "Other", "Medical Examiner Undetermined", ""),
        np.where(rng.random(n) < 0.16, np.where(finding == "drowning", "Drowning", "Pending Investigation"), ""),
        np.where(skeletal, "1", "0"),
        np.where(known < 0.55, np.where(rows["sex"] == "male", "M", "F"), "U"),
        np.where(known < 0.36, [f"{a}.0" for a in rows["age"]], ""),
        np.where(rng.random(n) < 0.52, rows["nationality"], ""),
        pick(rng, words.USBP_DISPOSITIONS, n),
        year.astype(str),
        (year + (month >= 10)).astype(str),
    )
    return pd.DataFrame({name: np.asarray(values, dtype=object) for name, values in zip(words.USBP_HEADERS, columns)})
