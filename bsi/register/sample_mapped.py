"""Invented lists of rescues and of violence, as a municipal group or a consulate might keep them, for the adapter of mapped lists."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.sample_offices import iso, pick

RESCUE_TOML = ""
VIOLENCE_TOML = ""


def rescue_list(rng, n: int):
    """Return an invented list of rescues by a municipal group (headers in Spanish, dates day first) and its true points."""
    lon = rng.normal(-111.6, 0.5, n)
    lat = 31.2 + rng.normal(0, 0.08, n) + np.clip(-111.07 - lon, 0, None) * 0.3
    day = rng.integers(14610, 20088, n)
    text = iso(day)
    persons = 1 + rng.poisson(1.4, n)
    municipio = pick(rng, ["Nogales", "Sáric", "Altar", "Caborca", "Plutarco Elías Calles", "Mexicali"], n)
    table = pd.DataFrame({
        "Folio": [f"SINT-{900001 + i}" for i in range(n)], "Fecha": [f"{t[8:]}/{t[5:7]}/{t[:4]}" for t in text],
        "Lugar": [f"Lugar sintético {k}" for k in rng.integers(1, 300, n)], "Municipio": municipio, "Estado": np.where(municipio == "Mexicali", "Baja California", "Sonora"),
        "Latitud": [f"{v:.5f}" for v in lat], "Longitud": [f"{v:.5f}" for v in lon], "Personas rescatadas": persons.astype(str),
        "Personas atendidas por lesiones": rng.binomial(persons, 0.15).astype(str), "Nacionalidad": pick(rng, ["México", "Guatemala", "Honduras", "El Salvador", ""], n),
    })  # fmt: skip
    return table, pd.DataFrame({"lon": lon, "lat": lat, "day": day})


def violence_list(rng, n: int):
    """Return an invented list of violent incidents with who acted and the state of the investigation, and its true points."""
    lon, lat = rng.normal(-110.6, 0.7, n), 31.33 + rng.normal(0.05, 0.12, n)
    day = rng.integers(14610, 20088, n)
    table = pd.DataFrame({
        "case": [f"SYN-V-{900001 + i}" for i in range(n)], "date": iso(day), "place": [f"Synthetic place {k}" for k in rng.integers(1, 200, n)],
        "state": np.where(lat > 31.33, "Arizona", "Sonora"), "lat": [f"{v:.5f}" for v in lat], "lon": [f"{v:.5f}" for v in lon],
        "actor": pick(rng, ["criminal group", "private citizens", "official (U.S.)", "official (Mexico)", "unknown"], n, [0.4, 0.2, 0.12, 0.08, 0.2]),
        "injured": rng.choice([0, 1, 2], n, p=[0.5, 0.4, 0.1]).astype(str), "dead": rng.choice(["", "1"], n, p=[0.92, 0.08]),
        "investigation": pick(rng, ["reported", "under investigation", "referred", "closed"], n, [0.35, 0.35, 0.15, 0.15]),
    })  # fmt: skip
    return table, pd.DataFrame({"lon": lon, "lat": lat, "day": day})
