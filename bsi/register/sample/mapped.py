"""Invented lists of rescues and of violence, as a municipal group or a consulate might keep them, each with the TOML that describes it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.sample.text import day_number, iso, pick

RESCUE_TOML = """\
title = "Rescues (synthetic sample)"
title_es = "Rescates (muestra sintética)"
publisher = "bsi, synthetic sample"
citation = "Synthetic sample of bsi: every row is invented."
covers_en = "Invented rescues in Sonora and Baja California, one row a rescue, in the layout a municipal group might use."
covers_es = "Rescates inventados en Sonora y Baja California, una fila por rescate, como los anotaría un grupo municipal."
kind = "rescue"
one_row = "event"
upstream = "grupos_beta"
date_kind = "event"
date_order = "day_first"
location_precision_m = 1000
country = "MX"

[columns]
id = "Folio"
date = "Fecha"
place_text = "Lugar"
county = "Municipio"
state = "Estado"
lat = "Latitud"
lon = "Longitud"
n_rescued = "Personas rescatadas"
n_injured = "Personas atendidas por lesiones"
nationality = "Nacionalidad"

[values.nationality]
"México" = "Mexico"
"""
VIOLENCE_TOML = """\
title = "Violence reported (synthetic sample)"
title_es = "Violencia denunciada (muestra sintética)"
publisher = "bsi, synthetic sample"
citation = "Synthetic sample of bsi: every row is invented."
covers_en = "Invented violent incidents near both Nogales, with who acted and the state of the investigation."
covers_es = "Hechos violentos inventados cerca de ambos Nogales, con quién actuó y el estado de la investigación."
kind = "violence"
one_row = "event"
upstream = "consulate_mx"
date_kind = "reported"
date_order = "month_first"
location_precision_m = 2000

[columns]
id = "case"
date = "date"
place_text = "place"
country = "country"
state = "state"
lat = "lat"
lon = "lon"
actor = "actor"
status = "investigation"
n_injured = "injured"
n_dead = "dead"

[values.status]
"reported" = "reported"
"under investigation" = "open"
"referred" = "referred"
"closed" = "closed"
"""
MUNICIPIOS = (  # name, state, centre of our own choosing, share
    ("Nogales", "Sonora", -110.95, 31.24, 0.36),
    ("Sáric", "Sonora", -111.5, 31.27, 0.3),
    ("Altar", "Sonora", -111.9, 31.2, 0.08),
    ("Caborca", "Sonora", -112.5, 31.5, 0.08),
    ("Plutarco Elías Calles", "Sonora", -112.8, 31.75, 0.07),
    ("Mexicali", "Baja California", -115.4, 32.6, 0.11),
)
SEASON = np.array([5, 6, 8, 9, 11, 13, 12, 10, 9, 7, 5, 5]) / 100
ACTORS = ("criminal group", "private citizens", "official (U.S.)", "official (Mexico)", "unknown")


def rescue_list(rng: np.random.Generator, n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return an invented list of n rescues (headers in Spanish, dates day first), and its true points and days (EPSG:4326)."""
    which = rng.choice(len(MUNICIPIOS), n, p=[m[4] for m in MUNICIPIOS])
    lon = np.array([m[2] for m in MUNICIPIOS])[which] + rng.normal(0, 0.05, n)
    lat = np.array([m[3] for m in MUNICIPIOS])[which] + rng.normal(0, 0.025, n)
    day = _days(rng, n)
    persons = 1 + rng.poisson(1.4, n)
    table = pd.DataFrame(
        {
            "Folio": [f"SINT-{900001 + i}" for i in range(n)],
            "Fecha": [f"{t[8:]}/{t[5:7]}/{t[:4]}" for t in iso(day)],
            "Lugar": [f"Lugar sintético {k}" for k in rng.integers(1, 300, n)],
            "Municipio": [MUNICIPIOS[w][0] for w in which],
            "Estado": [MUNICIPIOS[w][1] for w in which],
            "Latitud": [f"{v:.5f}" for v in lat],
            "Longitud": [f"{v:.5f}" for v in lon],
            "Personas rescatadas": persons.astype(str),
            "Personas atendidas por lesiones": rng.binomial(persons, 0.15).astype(str),
            "Nacionalidad": pick(rng, ["México", "Guatemala", "Honduras", "El Salvador", ""], n),
        }
    )
    return table, pd.DataFrame({"lon": lon, "lat": lat, "day": day})


def violence_list(rng: np.random.Generator, n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return an invented list of n violent incidents with who acted and the state of the investigation, and its true points and days (EPSG:4326)."""
    is_us = rng.random(n) < 0.45
    lon = rng.normal(-110.75, 0.3, n).clip(-111.05, -109.2)
    lat = 31.335 + np.where(is_us, 1, -1) * (0.03 + rng.exponential(0.08, n))
    day = _days(rng, n)
    table = pd.DataFrame(
        {
            "case": [f"SYN-V-{900001 + i}" for i in range(n)],
            "date": iso(day),
            "place": [f"Synthetic place {k}" for k in rng.integers(1, 200, n)],
            "country": np.where(is_us, "US", "MX"),
            "state": np.where(is_us, "Arizona", "Sonora"),
            "lat": [f"{v:.5f}" for v in lat],
            "lon": [f"{v:.5f}" for v in lon],
            "actor": pick(rng, ACTORS, n, [0.4, 0.2, 0.12, 0.08, 0.2]),
            "injured": rng.choice([0, 1, 2], n, p=[0.5, 0.4, 0.1]).astype(str),
            "dead": pick(rng, ["", "1"], n, [0.92, 0.08]),
            "investigation": pick(rng, ["reported", "under investigation", "referred", "closed"], n, [0.35, 0.35, 0.15, 0.15]),
        }
    )
    return table, pd.DataFrame({"lon": lon, "lat": lat, "day": day})


def _days(rng, n):
    """Return days from 2000 to 2024, more of them in the hot months."""
    months = rng.choice(12, n, p=SEASON)
    years = rng.integers(2000, 2025, n)
    starts = np.array([day_number(f"{y}-{m + 1:02d}-01") for y, m in zip(years, months)], dtype=int)
    return starts + rng.integers(0, 28, n)
