"""Finds the place of a death in anything written for the public."""

import re

import numpy as np
import pandas as pd
from pyproj import Transformer

NUMBER = re.compile(r"(?<![\w.])-?\d{2,7}(?:\.\d+)?(?![\w])")
IMAGE = re.compile(r"base64,[A-Za-z0-9+/=]+")
METRES = ("EPSG:5070", "EPSG:26911", "EPSG:26912", "EPSG:26913", "EPSG:26914", "EPSG:32611", "EPSG:32612", "EPSG:32613", "EPSG:32614")


def exact_places(register) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the register's records in degrees that are known to more than two decimals, and the same in metres of every projection."""
    lonlat = pd.concat([frame[["lon", "lat"]] for frame in (register.incidents, register.records)]).dropna().astype(float).drop_duplicates().to_numpy()
    lonlat = lonlat[(np.abs(lonlat - lonlat.round(2)) > 1e-7).all(axis=1)]
    metres = [np.column_stack(Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*lonlat.T)) for crs in METRES]
    return lonlat, np.vstack(metres)


def leaks(text: str, places: tuple[np.ndarray, np.ndarray]) -> list[str]:
    """Return the neighbouring numbers of a text that are the place of a death: to three decimals of a degree, or to ten metres of a projection."""
    from scipy.spatial import cKDTree

    found = [m[0] for m in NUMBER.finditer(IMAGE.sub("", text))]
    values = np.array(found, float) if found else np.empty(0)
    decimals = np.array([len(f.partition(".")[2]) for f in found], int)
    out = []
    for step in (1, 2):  # a field may stand between the two
        if len(values) <= step:
            continue
        pairs = np.column_stack([values[:-step], values[step:]])
        fine = (decimals[:-step] > 2) & (decimals[step:] > 2)
        degrees, metres = cKDTree(np.abs(places[0])), cKDTree(places[1])
        for order in (pairs, pairs[:, ::-1]):
            near = (degrees.query(np.abs(order))[0] < 0.0008) & fine
            near |= (metres.query(order)[0] < 10) & (np.abs(order).min(axis=1) > 1000)
            out += [f"{a}, {b}" for a, b in pairs[near]]
    return out
