"""Rasters that an analyst supplies, ruggedness and summer temperature: an ASCII grid or a table of cells, checked and read into a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from bsi.errors import InputError

LAYERS = {  # name of the file: lowest and highest value that can be, and the unit
    "ruggedness": (0.0, 5_000.0, "m"),
    "summer_temperature": (-20.0, 60.0, "°C"),
}
HEADER = ("ncols", "nrows", "cellsize")
ADVICE = "See data/geo/README.md for the two forms that are read."


def find_rasters(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Return the rasters that lie in a folder, `<name>.asc` or `<name>.csv`, by name: as from `read_raster`.

    Raises
    ------
    InputError
        As in `read_raster`, or a raster lies there in both forms.
    """
    out = {}
    for name in LAYERS:
        paths = [path for path in (Path(folder) / f"{name}.asc", Path(folder) / f"{name}.csv") if path.is_file()]
        if len(paths) == 2:
            raise InputError(f"{name} lies there twice, as .asc and as .csv", str(folder), "Keep one of them.")
        if paths:
            out[name] = read_raster(paths[0], name)
    return out


def read_raster(path: str | Path, name: str) -> pd.DataFrame:
    """Read a raster in longitude and latitude (WGS 84).

    Parameters
    ----------
    path : `.asc`, an ESRI ASCII grid (ncols, nrows, xllcorner or xllcenter, yllcorner or yllcenter, cellsize, NODATA_value); or `.csv` with the columns
        lon, lat (middles of the cells, degrees) and value, empty where not known
    name : "ruggedness" or "summer_temperature"

    Returns
    -------
    DataFrame, a row each cell that has a value: lon, lat (middle), value, cell_deg (side of a cell)

    Raises
    ------
    InputError
        The file cannot be read, is no regular grid, lies outside the degrees of the globe, has no value, or one that cannot be.
    """
    where = str(path)
    try:
        table = _ascii_grid(Path(path)) if Path(path).suffix == ".asc" else _cells(Path(path))
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise InputError(f"the raster cannot be read ({error})", where, ADVICE) from None
    table = table[table["value"].notna()].reset_index(drop=True)
    if table.empty:
        raise InputError("the raster has no cell with a value", where, ADVICE)
    if table["lon"].abs().max() > 180 or table["lat"].abs().max() > 90:
        raise InputError(f"the raster reaches to {table['lon'].max():.0f}, {table['lat'].max():.0f}: these are no degrees", where, "Save it in EPSG:4326.")
    low, high, unit = LAYERS[name]
    if table["value"].min() < low or table["value"].max() > high:
        span = f"{table['value'].min():g} to {table['value'].max():g}"
        advice = "Check the unit and the mark of cells without a value."
        raise InputError(f"the values of {name} go from {span} where {low:g} to {high:g} {unit} can be", where, advice)
    return table


def _ascii_grid(path: Path) -> pd.DataFrame:
    lines = path.read_text(encoding="ascii").splitlines()
    head = {}
    for line in lines[:7]:
        words = line.split()
        if len(words) != 2 or not words[0][0].isalpha():
            break
        head[words[0].lower()] = float(words[1])
    lacking = [key for key in HEADER if key not in head]
    if lacking:
        raise ValueError(f"its head lacks {', '.join(lacking)}")
    rows, columns, side = int(head["nrows"]), int(head["ncols"]), head["cellsize"]
    values = np.array(" ".join(lines[len(head) :]).split(), float)
    if len(values) != rows * columns:
        raise ValueError(f"{rows} x {columns} cells are announced, {len(values)} values follow")
    values[values == head.get("nodata_value", -9999.0)] = np.nan
    west = head["xllcorner"] + side / 2 if "xllcorner" in head else head["xllcenter"]
    south = head["yllcorner"] + side / 2 if "yllcorner" in head else head["yllcenter"]
    lon, lat = np.meshgrid(west + side * np.arange(columns), south + side * np.arange(rows)[::-1])  # the first line is the northernmost
    return pd.DataFrame({"lon": lon.ravel(), "lat": lat.ravel(), "value": values, "cell_deg": side})


def _cells(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path)[["lon", "lat", "value"]].astype(float)
    steps = np.concatenate([np.diff(np.unique(table[c].dropna().round(7))) for c in ("lon", "lat")])
    if table[["lon", "lat"]].isna().any(axis=None) or len(steps) == 0:
        raise ValueError("it needs at least two columns or rows of cells, each with lon and lat")
    side = float(steps.min())
    if np.abs(steps / side - np.round(steps / side)).max() > 0.02 or table.duplicated(["lon", "lat"]).any():
        raise ValueError("its cells are no regular grid, each once")
    return table.assign(cell_deg=side)
