"""IOM's three layouts: the rows of the sample as the export of 2019, of 2022 and of 2024 would write them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.sample.text import iso

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
HARSH = "Harsh environmental conditions / lack of adequate shelter, food, water"
CATEGORIES = {
    "heat": HARSH,
    "cold": HARSH,
    "drowning": "Drowning",
    "vehicle": "Vehicle accident / death linked to hazardous transport",
    "gunshot": "Violence",
    "blunt": "Accidental death",
    "disease": "Sickness / lack of access to adequate healthcare",
}
FREE_TEXT = {
    "heat": ("Hyperthermia", "Dehydration", "Probable hyperthermia", "Presumed hyperthermia", "Exposure"),
    "cold": ("Hypothermia", "Probable hypothermia"),
    "drowning": ("Drowning", "Drowning", "Presumed drowning"),
    "vehicle": ("Vehicle Accident", "Hit by vehicle"),
    "gunshot": ("Shot", "Murdered", "Violence"),
    "blunt": ("Unknown (multiple blunt force injuries)", "Fall"),
    "disease": ("Sickness", "Heart attack"),
    "skeletal": ("Unknown (skeletal remains)",),
}
COUNTRY_NAMES = {"US": "United States of America", "MX": "Mexico"}
ORIGINS = {"": "Latin America / Caribbean (P)", "Mexico": "Central America", "Guatemala": "Central America", "Honduras": "Central America"}


def common(rng, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the cells that all layouts share, as text."""
    here = (rows["kind"] != "elsewhere").to_numpy()
    text = iso(rows["day"].astype(int))
    zeros = rng.random(len(rows)) < 0.1
    blank = lambda values, zero="": np.array([str(v) if v else zero for v in values.tolist()], dtype=object)  # noqa: E731
    return rows.assign(
        is_here=here,
        iso_day=np.where(rows["is_dayless"], "", text),
        month_number=np.array([int(t[5:7]) for t in text]),
        country_name=np.where(here, rows["country"].map(COUNTRY_NAMES).fillna(""), rows["country"]),
        unsd=np.where(
            here, np.where(rows["is_signless"], "Northern Africa", np.where(rows["country"] == "US", "Northern America", "Central America")), rows["unsd"]
        ),
        region=np.where(here, np.where(rows["country"] == "US", "North America", "Central America"), rows["region"]),
        category=rows["cause"].map(CATEGORIES).fillna("Mixed or unknown"),
        dead_text=np.where((rows["dead"] == 0) & (rows["missing"] > 0), "", rows["dead"].astype(str)),
        missing_text=blank(rows["missing"]),
        total_text=(rows["dead"] + rows["missing"]).astype(str),
        survivors_text=blank(rows["survivors"]),
        males_text=np.where(zeros & (rows["males"] == 0), "0", blank(rows["males"])),
        females_text=np.where(zeros & (rows["females"] == 0), "0", blank(rows["females"])),
        children_text=blank(rows["children"]),
        origin=rows["nation"].map(ORIGINS).fillna("South America"),
        url=np.where(rng.random(len(rows)) < 0.7, "https://example.org/synthetic/" + rows["web_id"], ""),
    )


def layout_2019(rng, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the layout of 2019: Web ID, dates like `July 09, 2019`, `lat, lon` with twelve decimals, causes in free text; newest first."""
    rows = rows[rows["in_2019"].to_numpy() & ~rows["is_dayless"].to_numpy()].iloc[::-1]
    here = rows["is_here"].to_numpy()
    names = np.array(MONTHS, dtype=object)[rows["month_number"] - 1]
    causes = rows["cause"].to_numpy()
    free = np.array(
        [FREE_TEXT.get(c, ("Unknown",))[k % len(FREE_TEXT.get(c, ("Unknown",)))] for c, k in zip(causes, rng.integers(0, 60, len(rows)))], dtype=object
    )
    pairs = [f"{float(a):.12f}, {float(o):.12f}" if a else "" for a, o in zip(rows["lat_text"], rows["lon_text"])]
    columns = {
        "Web ID": rows["web_id"],
        "Region of Incident": np.where(here, "US-Mexico Border", rows["region"]),
        "Reported Date": [f"{m} {d[8:]}, {d[:4]}" for m, d in zip(names, rows["iso_day"])],
        "Reported Year": rows["year"].astype(str),
        "Reported Month": [m[:3] for m in names],
        "Number Dead": rows["dead_text"],
        "Minimum Estimated Number of Missing": rows["missing_text"],
        "Total Dead and Missing": rows["total_text"],
        "Number of Survivors": rows["survivors_text"],
        "Number of Females": rows["females_text"],
        "Number of Males": rows["males_text"],
        "Number of Children": rows["children_text"],
        "Cause of Death": free,
        "Location Description": rows["place"],
        "Information Source": rows["source"].str.replace(" (PCOME)", "", regex=False),
        "Location Coordinates": pairs,
        "Migration Route": np.where(
            here | (rows["country_name"] == "Mexico") & (rows["month_number"] == 1), "Central America to US", rows["route"].where(~here, "")
        ),
        "URL": rows["url"],
        "UNSD Geographical Grouping": rows["unsd"],
        "Source Quality": rows["quality"],
    }
    return _as_text(columns, rows)


def layout_2022(rng, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the layout of 2022: Main ID, Incident Date, `POINT (lon lat)`, article titles that may run over two lines, fields before their corrections."""
    rows = rows[rows["in_2022"].to_numpy()]
    n = len(rows)
    titles = np.array([f"Synthetic article {w}" for w in rows["web_id"]], dtype=object)
    titles = np.where(rng.random(n) < 0.05, titles + "\nsecond line", np.where(rng.random(n) < 0.58, "", titles))
    dead = np.where((rng.random(n) < 0.0035) & rows["is_here"], (rows["dead"] + 1).astype(str), rows["dead_text"])
    source = np.where((rng.random(n) < 0.0075) & rows["is_here"], rows["source"] + " (preliminary)", rows["source"])
    points = [f"POINT ({o} {a})" if a else "" for a, o in zip(rows["lat_text"], rows["lon_text"])]
    columns = {
        "Main ID": rows["main_id"],
        "Incident ID": rows["incident_id"],
        "Incident Type": rows["type"],
        "Region of Incident": rows["region"],
        "Incident Date": rows["iso_day"],
        "Incident year": rows["year"].astype(str),
        "Reported Month": np.array(MONTHS, dtype=object)[rows["month_number"] - 1],
        "Number of Dead": dead,
        "Minimum Estimated Number of Missing": rows["missing_text"],
        "Total Number of Dead and Missing": rows["total_text"],
        "Number of Survivors": rows["survivors_text"],
        "Number of Females": np.where(rows["females"] == 0, "", rows["females_text"]),
        "Number of Males": np.where(rows["males"] == 0, "", rows["males_text"]),
        "Number of Children": rows["children_text"],
        "Region of Origin": rows["origin"],
        "Cause of Death": rows["category"],
        "Migration route": _route(rows),
        "Location of death": rows["place"],
        "Information Source": source,
        "Coordinates": points,
        "UNSD Geographical Grouping": rows["unsd"],
        "Article title": titles,
        "Source Quality": rows["quality"],
        "URL": rows["url"],
    }
    return _as_text(columns, rows)


def layout_2024(rng, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the layout of 2024: Main ID, Incident Date and Year, countries of origin and incident, `lat, lon`; two place texts run over two lines."""
    rows = rows[rows["in_2024"].to_numpy()]
    place = rows["place"].to_numpy().copy()
    for i in rng.choice(np.flatnonzero(rows["kind"] == "press"), 2, replace=False):
        place[i] = place[i] + "\n(second line, synthetic)"
    pairs = [f"{a}, {o}" if a else "" for a, o in zip(rows["lat_text"], rows["lon_text"])]
    columns = {
        "Main ID": rows["main_id"],
        "Incident ID": rows["incident_id"],
        "Incident Type": rows["type"],
        "Region of Incident": rows["region"],
        "Incident Date": rows["iso_day"],
        "Incident Year": rows["year"].astype(str),
        "Month": np.array(MONTHS, dtype=object)[rows["month_number"] - 1],
        "Number of Dead": rows["dead_text"],
        "Minimum Estimated Number of Missing": rows["missing_text"],
        "Total Number of Dead and Missing": rows["total_text"],
        "Number of Survivors": rows["survivors_text"],
        "Number of Females": rows["females_text"],
        "Number of Males": rows["males_text"],
        "Number of Children": rows["children_text"],
        "Country of Origin": np.where(rows["nation"] == "", "Unknown", rows["nation"]),
        "Region of Origin": rows["origin"],
        "Cause of Death": rows["category"],
        "Country of Incident": rows["country_name"],
        "Migration Route": _route(rows),
        "Location of Incident": place,
        "Coordinates": pairs,
        "UNSD Geographical Grouping": rows["unsd"],
        "Information Source": rows["source"],
        "URL": rows["url"],
        "Source Quality": rows["quality"],
    }
    return _as_text(columns, rows)


def _route(rows):
    return np.where(rows["is_here"], "US-Mexico border crossing", rows["route"].fillna("") if "route" in rows else "")


def _as_text(columns, rows):
    """Return the table as text, and the rows it came from."""
    frame = pd.DataFrame({name: np.asarray(values, dtype=object) for name, values in columns.items()})
    return frame, rows.reset_index(drop=True)
