"""The invented truth behind the synthetic sample: weather, places, events and persons; no row of any real file."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.sample.places import AREAS, CORRIDORS, LINES, arizona_border_lat, arizona_county

FIRST_DAY = np.datetime64("1990-01-01")
LAST_DAY = np.datetime64("2025-03-31")
# deaths a year, relative: year -> weight, straight lines between (shape after the yearly totals that the sources publish)
YEAR_PROFILES = {
    "arizona": {1990: 9, 1995: 12, 1999: 25, 2000: 75, 2002: 150, 2005: 200, 2010: 215, 2014: 140, 2018: 125, 2020: 220, 2022: 180, 2025: 150},
    "california": {1996: 1, 2002: 20, 2008: 30, 2014: 12, 2018: 20, 2021: 60, 2024: 40, 2025: 30},
    "texas": {1990: 1, 2005: 6, 2009: 40, 2012: 150, 2016: 170, 2019: 180, 2021: 300, 2023: 250, 2025: 60},
    "el_paso": {1994: 1, 2010: 5, 2016: 15, 2020: 60, 2024: 190, 2025: 120},
    "mexico": {2013: 10, 2014: 30, 2018: 80, 2022: 130, 2024: 90, 2025: 90},
    "patrol": {2013: 0, 2014: 10, 2015: 9, 2016: 0},
}
CAUSE_MIXES = {
    "desert": {"heat": 0.68, "cold": 0.06, "gunshot": 0.05, "blunt": 0.1, "vehicle": 0.015, "drowning": 0.025, "disease": 0.04, "other": 0.03},
    "brush": {"heat": 0.72, "cold": 0.06, "gunshot": 0.01, "blunt": 0.03, "vehicle": 0.1, "drowning": 0.01, "disease": 0.05, "other": 0.02},
    "river": {"heat": 0.08, "cold": 0.01, "gunshot": 0.02, "blunt": 0.02, "vehicle": 0.03, "drowning": 0.8, "disease": 0.02, "other": 0.02},
    "mountain": {"heat": 0.34, "cold": 0.16, "gunshot": 0.04, "blunt": 0.22, "vehicle": 0.06, "drowning": 0.1, "disease": 0.05, "other": 0.03},
    "road": {"heat": 0.15, "cold": 0.04, "gunshot": 0.14, "blunt": 0.07, "vehicle": 0.42, "drowning": 0.05, "disease": 0.09, "other": 0.04},
}
NATIONALITIES = ("Mexico", "Guatemala", "Honduras", "El Salvador", "Ecuador", "Nicaragua", "Colombia", "Brazil", "Venezuela", "Cuba")
NATIONALITY_SHARES = (0.56, 0.17, 0.1, 0.07, 0.035, 0.02, 0.015, 0.01, 0.01, 0.01)
# condition classes of the examiner's list: longest interval in days, and share of those with a class
CONDITION_DAYS = np.array([(0, 0), (0, 1), (1, 7), (7, 21), (21, 35), (35, 90), (90, 240), (240, 1500)])
EARLY_SHARES = np.array([0.0, 0.37, 0.13, 0.08, 0.11, 0.095, 0.095, 0.12])  # deserts, years up to 2003
LATE_SHARES = np.array([0.0, 0.23, 0.085, 0.06, 0.065, 0.07, 0.13, 0.36])  # deserts, years from 2018
KNOWN_SHARES = np.array([0.5, 0.95, 0.9, 0.82, 0.78, 0.5, 0.33, 0.19])  # persons with a name, by condition class
FRESH_SHARES = np.array([0.0, 0.72, 0.15, 0.05, 0.03, 0.02, 0.02, 0.01])  # rivers, roads and towns
GROUP_SIZES = {"desert": (0.003, 0.0005), "brush": (0.03, 0.008), "river": (0.055, 0.018), "mountain": (0.02, 0.005), "road": (0.15, 0.08)}


def daily_temperatures(rng: np.random.Generator) -> pd.DataFrame:
    """Return one row a day of one invented station: date, station_id, tmax_c, tmin_c, tmean_c, rh_mean_pct, vpd_mean_kpa, rain_mm (°C, %, kPa, mm).

    The season follows the published monthly normals of southern Arizona (mean maximum 18.5 °C in January, 38.5 °C around 1 July), with
    day-to-day persistence and a warming of 0.03 °C a year.
    """
    dates = np.arange(FIRST_DAY, LAST_DAY + 1)
    day_of_year = (dates - dates.astype("datetime64[Y]")).astype(int)
    season = np.cos(2 * np.pi * (day_of_year - 186) / 365.25)
    shocks = rng.normal(0, 1, len(dates))
    for i in range(1, len(shocks)):
        shocks[i] = 0.72 * shocks[i - 1] + 0.69 * shocks[i]
    tmax = 28.5 + 10 * season + 0.03 * np.arange(len(dates)) / 365.25 + shocks * (3.8 - 0.9 * season)
    tmin = tmax - 15.5 + rng.normal(0, 1.6, len(dates)) + 1.5 * (season > 0.6)
    rain = np.where(rng.random(len(dates)) < 0.09 + 0.06 * (season > 0.7), rng.gamma(0.7, 6, len(dates)), 0)
    humidity = np.clip(45 - 14 * season + rng.normal(0, 9, len(dates)) + 1.5 * rain, 5, 99)
    mean = (tmax + tmin) / 2
    pressure = 0.6108 * np.exp(17.27 * mean / (mean + 237.3)) * (1 - humidity / 100)
    columns = {"tmax_c": tmax, "tmin_c": tmin, "tmean_c": mean, "rh_mean_pct": humidity, "vpd_mean_kpa": pressure, "rain_mm": rain}
    return pd.DataFrame({"date": dates, "station_id": "SYNTHETIC01", **{name: np.round(values, 1) for name, values in columns.items()}})


def make_persons(rng: np.random.Generator, weather: pd.DataFrame, scale: float) -> pd.DataFrame:
    """Return one row a person who died: event, pool, place, true point (EPSG:4326), days of death and finding, condition, cause, sex, age, nationality.

    `pool` says which lists can know of the person: `office` (a local office, and through it others), `patrol` (Border Patrol only), `press` (media
    only). Days are counted from 1970-01-01.
    """
    events = _events(rng, scale)
    events = _place(rng, events)
    events["cause"] = _draw_causes(rng, events["mix"])
    events["died"] = _draw_days(rng, events, weather)
    persons = events.loc[np.repeat(events.index, events["size"])].reset_index(drop=True)
    return _describe(rng, persons)


def _events(rng, scale):
    """Return events with area, pool and size, so that the persons of each area and pool come to their number."""
    parts = []
    for number, area in enumerate(AREAS.itertuples()):
        for pool, wanted in (("office", area.n_office), ("patrol", area.n_patrol), ("press", area.n_press)):
            n = round(wanted * scale)
            two, more = GROUP_SIZES[area.mix] if pool != "patrol" else (0, 0)
            sizes = rng.choice([1, 2, 3, 4, 6], n, p=[1 - two - more, two, more * 0.5, more * 0.3, more * 0.2])
            within = np.cumsum(sizes)
            sizes = sizes[: np.searchsorted(within, n) + 1] if n else sizes
            if n:
                sizes[-1] -= sizes.sum() - n
            parts.append(pd.DataFrame({"area": number, "pool": pool, "size": sizes}))
    events = pd.concat(parts, ignore_index=True)
    events = events.join(AREAS.drop(columns=["n_office", "n_patrol", "n_press", "lon", "lat", "radius_km", "shape"]), on="area")
    return events.assign(event=np.arange(len(events)))


def _place(rng, events):
    """Return the events with their true point; Arizona's with corridor and county."""
    n = len(events)
    lon, lat, corridor = np.zeros(n), np.zeros(n), np.full(n, -1)
    for number, area in enumerate(AREAS.itertuples()):
        rows = np.flatnonzero(events["area"] == number)
        if area.shape == "line":
            lon[rows], lat[rows] = _along(rng, LINES[area.line], area.offset_km, len(rows))
        elif area.shape == "corridors":
            picked = rng.choice(len(CORRIDORS), len(rows), p=CORRIDORS["share"] / CORRIDORS["share"].sum())
            chosen = CORRIDORS.iloc[picked]
            lon[rows], lat[rows] = _around(rng, chosen["lon"].to_numpy(), chosen["lat"].to_numpy(), chosen["radius_km"].to_numpy())
            corridor[rows] = picked
        else:
            lon[rows], lat[rows] = _around(rng, np.full(len(rows), area.lon), np.full(len(rows), area.lat), area.radius_km)
    arizona = events["state"].eq("AZ").to_numpy()
    south = arizona & (lat < arizona_border_lat(lon) + 0.004)
    lat[south] = 2 * arizona_border_lat(lon[south]) + 0.008 - lat[south]
    county = np.where(arizona, arizona_county(lon, lat), events["county"])
    return events.assign(lon=lon, lat=lat, corridor=corridor, county=county)


def _around(rng, lon, lat, radius_km):
    """Return points around centres, thicker inside, none farther than the radius."""
    distance = radius_km * np.sqrt(rng.beta(1.1, 1.9, len(lon)))
    angle = rng.uniform(0, 2 * np.pi, len(lon))
    return move(lon, lat, distance, angle)


def _along(rng, line, offset_km, n):
    """Return points along a line, `offset_km` to its left on average (negative: right), within the same again."""
    line = np.asarray(line)
    steps = np.hypot(np.diff(line[:, 0]) * np.cos(np.radians(line[:-1, 1])), np.diff(line[:, 1]))
    at = np.concatenate([[0], np.cumsum(steps)])
    where = rng.uniform(0, at[-1], n)
    piece = np.clip(np.searchsorted(at, where) - 1, 0, len(steps) - 1)
    share = (where - at[piece]) / steps[piece]
    start, end = line[piece], line[piece + 1]
    points = start + (end - start) * share[:, None]
    heading = np.arctan2(end[:, 1] - start[:, 1], (end[:, 0] - start[:, 0]) * np.cos(np.radians(start[:, 1])))
    return move(points[:, 0], points[:, 1], offset_km * rng.uniform(0.2, 1.8, n), heading + np.pi / 2)


def move(lon, lat, distance_km, angle):
    """Return points moved by a distance in km in a direction (radians from east, counter-clockwise), in degrees EPSG:4326."""
    return lon + distance_km * np.cos(angle) / (111.32 * np.cos(np.radians(lat))), lat + distance_km * np.sin(angle) / 110.9


def _draw_causes(rng, mixes):
    causes = np.empty(len(mixes), dtype=object)
    for mix, shares in CAUSE_MIXES.items():
        rows = np.flatnonzero(mixes == mix)
        causes[rows] = rng.choice(np.array(list(shares), dtype=object), len(rows), p=np.array(list(shares.values())) / sum(shares.values()))
    return causes


def _draw_days(rng, events, weather):
    """Return days of death: by year as the profile says, within the year by the day's weather for heat and cold, by season for the rest."""
    dates = weather["date"].to_numpy().astype("datetime64[D]")
    years = dates.astype("datetime64[Y]").astype(int) + 1970
    day_of_year = (dates - dates.astype("datetime64[Y]")).astype(int)
    seasons = {
        "heat": np.exp(0.18 * weather["tmax_c"].to_numpy()),
        "cold": np.exp(-0.16 * weather["tmin_c"].to_numpy()),
        "drowning": 1 + 0.45 * np.cos(2 * np.pi * (day_of_year - 160) / 365.25),
        "other": np.ones(len(dates)),
    }
    profiles = np.where(events["pool"] == "patrol", "patrol", np.where(events["pool"] == "press", "mexico", events["profile"]))
    kinds = events["cause"].where(events["cause"].isin(seasons), "other").to_numpy()
    died = np.zeros(len(events), dtype=int)
    for profile, knots in YEAR_PROFILES.items():
        weight = np.interp(years, list(knots), list(knots.values()), left=0, right=0) * (years >= min(knots))
        for kind, season in seasons.items():
            rows = np.flatnonzero((profiles == profile) & (kinds == kind))
            p = weight * season
            died[rows] = rng.choice(dates.astype(int), len(rows), p=p / p.sum())
    return died


def _describe(rng, persons):
    """Return the persons with what differs within an event: sex, age, nationality, a name known or not; condition and day of finding by event."""
    n = len(persons)
    outdoors = persons["mix"].isin(["desert", "brush", "mountain"]).to_numpy()
    first = ~persons["event"].duplicated().to_numpy()
    group = np.cumsum(first) - 1
    condition = _conditions(rng, persons["died"].to_numpy(), outdoors)[first][group]
    low, high = CONDITION_DAYS[condition].T
    delay = np.floor(low + (high - low) * rng.random(n) ** 1.3).astype(int)[first][group]
    is_known = rng.random(n) < KNOWN_SHARES[condition]
    return persons.assign(
        person=np.arange(n),
        condition=condition,
        found=persons["died"] + delay,
        sex=np.where(rng.random(n) < 0.15, "female", "male"),
        age=np.clip(np.round(rng.gamma(9.5, 3.3, n)), 1, 68).astype(int),
        nationality=rng.choice(np.array(NATIONALITIES, dtype=object), n, p=NATIONALITY_SHARES),
        is_known=is_known,
    )


def _conditions(rng, died, outdoors):
    """Return condition classes 1 to 7: fresh in rivers and towns; in deserts more and more remains are found late, as the published shares show."""
    late = np.clip((died / 365.25 + 1970 - 2003) / 15, 0, 1)[:, None]
    shares = np.where(outdoors[:, None], EARLY_SHARES * (1 - late) + LATE_SHARES * late, FRESH_SHARES)
    edges = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)
    return (rng.random(len(died))[:, None] > edges).sum(axis=1)
