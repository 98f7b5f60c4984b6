"""What IOM lists of the invented events, and of others elsewhere in the world: republications, press reports, running totals; one frame for all vintages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.sample.iom_history import with_ids, with_slips, with_vintages
from bsi.register.sample.places import ELSEWHERE
from bsi.register.sample.text import day_number, decimals, pick
from bsi.register.sample.words import STATES
from bsi.register.sample.world import move

FIRST = day_number("2014-01-01")
OFFICES = {  # office -> share of its persons since 2014 that IOM lists from it, and how IOM names it
    "imperial": (0.55, ("Imperial County Coroner's Office", "Imperial County Coroners Office", "Imperial County Sheriff's Office", "Imperial County Coroner")),
    "san_diego": (0.13, ("San Diego County Medical Examiner's Office", "San Diego County Medical Examiner", "San Diego County of the Medical Examiner")),
    "yuma": (0.14, ("Yuma County Medical Examiner",)),
    "el_paso": (0.05, ("El Paso County Sheriff's Office", "El Paso County Sherriff's Office", "Dona Ana County Sheriff's Office")),
    "brooks": (0.05, ("Brooks County Sheriff's Office via Breitbart News", "Brooks County Sheriff's Office")),
    "kenedy": (0.08, ("Kenedy County Sheriff's Office",)),
    "texas": (0.07, ("Hidalgo County Sheriff's Office", "Webb County Office of the Medical Examiner")),
}
PRESS_SHARE = {"pima": 0.0, "imperial": 0.1, "san_diego": 0.18, "yuma": 0.08, "el_paso": 0.19, "brooks": 0.15, "kenedy": 0.12}
PRESS = {
    "MX": (
        "Zócalo",
        "Zócalo, Super Channel 12",
        "Hoy Tamaulipas",
        "El Mañana",
        "Super Channel 12",
        "La Rancherita del Aire",
        "El Manana",
        "Zocalo",
        "Instituto Nacional de Migración México: Grupos Beta",
        "Instituto Nacional de Migración (Grupos Beta)",
        "La Tarde",
    ),
    "US": (
        "US Border Patrol",
        "South Texas Human Rights Center",
        "Super Channel 12",
        "Breitbart",
        "El Paso Times",
        "U.S. Border Patrol",
        "Terrell County Sheriff's Office",
        "US Border Patrol, South Texas Human Rights Center",
        "KYMA",
        "The Monitor",
    ),
}
PIMA = (
    "Pima County Office of the Medical Examiner (PCOME)",
    "Pima County Office of the Medical Examiner (PCOME), USBP",
    "Humane Borders Arizona Open GIS Initiative ",
)
SIZES, SIZE_SHARES = (1, 2, 3, 4, 5, 7, 10, 15, 23, 45), (0.66, 0.13, 0.065, 0.04, 0.03, 0.03, 0.02, 0.015, 0.007, 0.003)


def iom_rows(rng, persons: pd.DataFrame, view: pd.DataFrame, patrol: pd.DataFrame, scale: float) -> pd.DataFrame:
    """Return every row that any vintage of IOM's list has, with plain values, the vintages it is in, and the persons and event it is about."""
    seen = view[(view["found"] >= FIRST) & (view["found"] <= day_number("2024-11-10"))]
    pima = _republished(rng, seen[(seen["office"] == "pima") & (seen["county"] != "Maricopa") & (rng.random(len(seen)) < 0.985)], "pima")
    offices = [_republished(rng, seen[(seen["office"] == o) & (rng.random(len(seen)) < share)], o) for o, (share, _) in OFFICES.items()]
    taken = set(pd.concat(offices)["event"]) | set(seen.loc[seen["office"] == "pima", "event"])
    released = _released(rng, patrol[patrol["reported"].between(FIRST, FIRST + 364) & ((patrol["state"] != "AZ") | (patrol["pool"] == "patrol"))])
    press = _press(rng, persons, taken | set(released["event"]))
    rows = pd.concat([pima, *offices, released, press, _cumulative(rng, round(37 * scale)), _elsewhere(rng, round(13268 * scale))], ignore_index=True)
    rows["persons"] = rows["persons"].fillna("")
    rows["quality"] = np.where(rows["kind"].isin(["pima", "office", "foia"]), "5", pick(rng, ["1", "3", "5", "4"], len(rows), [0.35, 0.3, 0.3, 0.05]))
    return with_ids(with_vintages(rng, with_slips(rng, rows)))


def _names(numbers):
    return np.array([f"p{n:06d}" for n in numbers], dtype=object)


def _base(rows, **columns):
    """Return the columns that every part has, with what is usual for one person on one row."""
    n = len(rows)
    usual = {"kind": "press", "type": "Incident", "dead": 1, "missing": 0, "survivors": 0, "group": -1, "event": rows.get("event", -1), "persons": ""}
    frame = pd.DataFrame({**{k: v if not np.isscalar(v) else np.full(n, v) for k, v in usual.items()}, **columns}, index=range(n))
    return frame


def _republished(rng, seen, office):
    """Return rows that repeat an office's: same point and day but for a few, sex as counts of men and women."""
    seen = seen.reset_index(drop=True)
    n = len(seen)
    odd = rng.random(n) < (0.012 if office == "pima" else 0.4)
    far = rng.lognormal(-0.3 if office == "pima" else 0.2, 1.2, n)
    lon, lat = move(seen["rec_lon"].to_numpy(), seen["rec_lat"].to_numpy(), np.minimum(far, 25) * odd, rng.uniform(0, 2 * np.pi, n))
    day = seen["found"].to_numpy() + np.where(rng.random(n) < (0.004 if office == "pima" else 0.05), rng.choice([-2, -1, 1, 3], n), 0)
    says = rng.random(n)
    is_male, is_female = (seen["rec_sex"] == "male").to_numpy(), (seen["rec_sex"] == "female").to_numpy()
    is_unsaid = ~is_male & ~is_female
    return _base(
        seen,
        kind="pima" if office == "pima" else "office",
        day=day,
        males=np.where(is_male & (says < 0.89) | is_unsaid & (says < 0.09), 1, 0),
        females=np.where(is_female & (says < 0.9) | is_male & (says > 0.999), 1, 0),
        children=np.where((seen["age"] < 18) & (says < 0.6), 1, 0),
        nation=np.where(rng.random(n) < (0.4 if office == "pima" else 0.5), seen["nationality"], ""),
        cause=seen["rec_cause"],
        lat_text=np.where(odd, decimals(lat, np.full(n, 5)), seen["lat_text"]),
        lon_text=np.where(odd, decimals(lon, np.full(n, 5)), seen["lon_text"]),
        true_lon=seen["lon"],
        true_lat=seen["lat"],
        died=seen["died"],
        country="US",
        place=_office_places(rng, seen, office),
        source=pick(rng, PIMA if office == "pima" else OFFICES[office][1], n, (0.985, 0.005, 0.01) if office == "pima" else None),
        persons=_names(seen["person"]),
    )


def _office_places(rng, seen, office):
    if office != "pima":
        return _place_texts(rng, seen)
    spelled = pick(rng, ["Pima Country Office", "Pima County Office", "Pima County Office"], len(seen), [0.62, 0.34, 0.04])
    return spelled + " of the Medical Examiner jurisdiction, Arizona, USA (synthetic; see coordinates for exact location)"


def _place_texts(rng, rows):
    """Return place texts of the real kinds, each marked synthetic, with county and state written in one of the ways in use."""
    number, ending = rng.integers(1, 60, len(rows)), pick(rng, ["USA", "United States of America"], len(rows))
    texts = []
    for place, county, state, country, k, end in zip(rows["place"], rows["county"], rows["state"], rows["country"], number, ending):
        if country == "MX":
            texts.append(f"{place} (synthetic place {k}), Mexico")
        else:
            within = "" if f"{county} County" in place else f"{county} County, "
            texts.append(f"{place} (synthetic place {k}), {within}{STATES[state]}, {end}")
    return np.array(texts, dtype=object)


def _released(rng, patrol):
    """Return the rows that IOM took over from Border Patrol's released records: same point, same day; only in the newest vintage."""
    rows = patrol.reset_index(drop=True)
    return _base(
        rows,
        kind="foia",
        day=rows["reported"],
        males=np.where((rows["sex"] == "male") & (rng.random(len(rows)) < 0.5), 1, 0),
        females=np.where((rows["sex"] == "female") & (rng.random(len(rows)) < 0.5), 1, 0),
        children=0,
        nation="",
        cause=rows["cause"],
        lat_text=rows["patrol_lat"],
        lon_text=rows["patrol_lon"],
        true_lon=rows["lon"],
        true_lat=rows["lat"],
        died=rows["died"],
        country="US",
        place=_place_texts(rng, rows),
        source="Border Patrol Deaths FOIA (UBC)",
        persons=_names(rows["person"]),
    )


def _press(rng, persons, taken):
    """Return events that the press or an agency told of: one row an event with its dead, a few split into rows, some with missing or survivors."""
    reported = persons[
        (persons["found"] >= FIRST) & (persons["found"] <= day_number("2024-11-10")) & (persons["pool"] != "patrol") & ~persons["event"].isin(taken)
    ]
    first, events = _by_event(reported)
    share = np.where(first["pool"] == "press", 0.98, first["office"].map(PRESS_SHARE).fillna(0.16))
    keep = rng.random(len(first)) < share
    first, events = first[keep].reset_index(drop=True), events[keep].reset_index(drop=True)
    n = len(first)
    lon, lat = move(first["lon"].to_numpy(), first["lat"].to_numpy(), np.minimum(rng.lognormal(0.8, 1.2, n), 30), rng.uniform(0, 2 * np.pi, n))
    is_vague = (first["condition"] >= 5).to_numpy() & (rng.random(n) < 0.8) | (rng.random(n) < 0.06)
    is_missing = (events["n"] == 1).to_numpy() & (rng.random(n) < 0.024)
    said = rng.random(n) < 0.8
    rows = _base(
        first,
        day=first["found"].to_numpy() + rng.choice([0, 1, 2, -1], n, p=[0.84, 0.1, 0.03, 0.03]),
        dead=np.where(is_missing, 0, events["n"]),
        missing=np.where(is_missing, 1, 0),
        survivors=np.where(rng.random(n) < 0.1, np.ceil(rng.lognormal(1.0, 0.9, n)), 0).astype(int),
        males=np.where(said, events["males"], 0),
        females=np.where(said, events["n"] - events["males"], 0),
        children=np.where((first["age"] < 18) & said, 1, 0),
        nation=np.where(rng.random(n) < 0.5, first["nationality"], ""),
        cause=np.where(is_vague, "undetermined", first["cause"]),
        lat_text=decimals(lat, rng.choice([7, 6, 5, 4], n)),
        lon_text=decimals(lon, rng.choice([7, 6, 5, 4], n)),
        true_lon=first["lon"],
        true_lat=first["lat"],
        died=first["died"],
        country=first["country"],
        place=_place_texts(rng, first),
        source=np.where(
            first["country"] == "MX", pick(rng, PRESS["MX"], n), pick(rng, PRESS["US"], n, [0.3, 0.1, 0.2, 0.08, 0.06, 0.06, 0.05, 0.05, 0.05, 0.05])
        ),
        persons=events["people"],
    )
    return _split(rng, rows)


def _by_event(persons):
    """Return the first person of each event, and of each event the number of persons, of men, and the persons joined by ";"."""
    named = persons.assign(n=1, males=persons["sex"].eq("male").astype(int), people=_names(persons["person"])).sort_values("event", kind="stable")
    events = named.groupby("event")[["n", "males"]].sum().reset_index(drop=True)
    first = named.drop_duplicates("event").drop(columns=["n", "males"]).reset_index(drop=True)
    people = first["people"].to_numpy(dtype=object).copy()
    several = named[named["event"].duplicated(keep=False)].groupby("event")["people"]
    for event, names in several:
        people[first["event"].searchsorted(event)] = ";".join(names)
    return first, events.assign(people=people)


def _split(rng, rows):
    """Return the rows with a third of the events of several dead told in one row a person, all under the event's id."""
    is_split = (rows["dead"] > 1) & (rng.random(len(rows)) < 0.4)
    whole, parts = rows[~is_split], rows[is_split]
    people = parts["persons"].str.split(";")
    parts = parts.assign(persons=people, type="Split Incident", group=parts["event"], dead=1, females=0, children=0).explode("persons", ignore_index=True)
    return pd.concat([whole, parts.assign(males=np.minimum(parts["males"], 1))], ignore_index=True)


def _cumulative(rng, n):
    """Return running totals: the dead of a place over a period, dated on its last day; no event of their own."""
    counties = pick(rng, ["Brooks", "Webb", "Hidalgo", "Kenedy"], n)
    year = rng.integers(2014, 2022, n)
    nothing = pd.DataFrame({"event": np.full(n, -1)})
    return _base(
        nothing,
        kind="cumulative",
        type="Cumulative Incident",
        day=np.array([day_number(f"{y}-12-31") for y in year], dtype=int),
        dead=np.ceil(rng.lognormal(1.3, 0.9, n)).astype(int),
        males=0,
        females=0,
        children=0,
        nation="",
        cause="undetermined",
        lat_text=decimals(rng.uniform(26.9, 27.3, n), np.full(n, 6)),
        lon_text=decimals(rng.uniform(-98.4, -98.0, n), np.full(n, 6)),
        country="US",
        place="Various locations (synthetic), " + counties + " County, Texas, USA",
        source=counties + " County Sheriff's Office",
    )


def _elsewhere(rng, n):
    """Return rows on other routes of the world, by region with the published shares; none is of this border."""
    region = ELSEWHERE.iloc[rng.choice(len(ELSEWHERE), n, p=ELSEWHERE["n"] / ELSEWHERE["n"].sum())].reset_index(drop=True)
    year = rng.choice(np.arange(2014, 2025), n, p=np.array([4, 6, 8, 8, 8, 7, 7, 9, 14, 16, 13]) / 100)
    day = (year - 1970) * 365.25 + rng.uniform(0, 364, n)
    dead = rng.choice(SIZES, n, p=SIZE_SHARES)
    is_missing = rng.random(n) < 0.06
    number = rng.integers(1, 900, n)
    return _base(
        region.assign(event=-1),
        kind="elsewhere",
        day=np.minimum(np.ceil(day).astype(int), day_number("2024-11-12")),
        dead=np.where(is_missing, 0, dead),
        missing=np.where(is_missing, dead, np.where(rng.random(n) < 0.1, dead * 2, 0)),
        survivors=np.where(rng.random(n) < 0.15, dead * 6, 0),
        males=np.where(rng.random(n) < 0.4, 1, 0),
        females=0,
        children=0,
        nation="",
        type=pick(rng, ["Incident", "Split Incident", "Cumulative Incident"], n, [0.94, 0.056, 0.004]),
        cause=pick(rng, ["drowning", "vehicle", "disease", "undetermined", "gunshot", "heat", "blunt"], n, [0.25, 0.2, 0.15, 0.15, 0.12, 0.08, 0.05]),
        lat_text=decimals(region["lat"].to_numpy() + rng.normal(0, 1.2, n), np.full(n, 6)),
        lon_text=decimals(region["lon"].to_numpy() + rng.normal(0, 1.8, n), np.full(n, 6)),
        country=region["country"],
        region=region["region"],
        route=region["route"],
        unsd=region["unsd"],
        place=np.array([f"Synthetic place {k}, {c}" for k, c in zip(number, region["country"])], dtype=object),
        source="Synthetic news agency",
    )
