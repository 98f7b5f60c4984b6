"""Access and terrain asked of a register: distances by period, ruggedness and heat, the canal by kilometre with its works."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from bsi import selections, workspace
from bsi.errors import NotEstimable
from bsi.selections import Choices
from bsi.selections_spatial import ZONE, canal_line, outline


def layers_folder(register) -> Path:
    """Return the folder of the analyst's layers: geo/ of the data folder where it is there, else the project's data/geo."""
    return workspace.reference(Path(register.data_folder), "geo")


def _rows(register, choices: Choices) -> pd.DataFrame:
    rows = selections.in_zone(register, Choices(choices.first_year, choices.last_year, choices.zone or ZONE, choices.cause))
    return rows[~rows["is_cumulative"]]


def roads(register):
    """Return the analyst's roads, None where no layer of roads lies in the folder.

    Raises
    ------
    InputError
        A layer cannot be used.
    """
    from bsi.register import layers

    return layers.read_roads(layers_folder(register))


def distance_table(register, choices: Choices, layers: dict | None = None) -> pd.DataFrame:
    """Return the median distance to boundary, towns, water, canal and roads by spans of five years, beside that of the area itself (area_median_m).

    Parameters
    ----------
    register : from bsi.open()
    choices : years, zone, cause
    layers : more layers by name (GeoDataFrame); roads are taken from the folder of layers where they are there

    Raises
    ------
    NotEstimable
        No incident of the choice has a position.
    InputError
        A layer of roads cannot be used.
    """
    import geopandas as gpd

    from bsi.analysis import access

    base, own = selections.base_geometry(), roads(register)
    water = pd.concat([base["rivers"][["geometry"]], base["lakes"][["geometry"]]], ignore_index=True)
    known = {"boundary": base["boundary"], "towns": base["towns"], "water": gpd.GeoDataFrame(water, crs="EPSG:4326")}
    known |= {"canal": gpd.GeoDataFrame(geometry=[canal_line(register)], crs="EPSG:4326")} if (choices.zone or ZONE).startswith("canal") else {}
    known |= layers or {}
    rows, places = _rows(register, choices), area_places(register, choices)
    both = [access.distances(rows, known), access.distances(places, known)]
    if own is not None:  # beyond the reach of the layer a road is not known to be far
        west, south, east, north = own.total_bounds
        near = [part[part["lon"].between(west, east) & part["lat"].between(south, north)] for part in (rows, places)]
        if all(len(part) for part in near):
            both = [pd.concat([table, access.distances(part, {"roads": own})], ignore_index=True) for table, part in zip(both, near, strict=True)]
    table, places = access.by_period(both[0]), both[1]
    return table.assign(area_median_m=table["to"].map(places.groupby("to")["distance_m"].median()))


def area_places(register, choices: Choices, cells: int = 1_000) -> pd.DataFrame:
    """Return about so many places spread evenly over the zone, in the columns that distances are taken from."""
    from bsi.analysis import density, hotspots

    shape = outline(register, choices)
    crs = hotspots.metric_crs(shape)
    area = hotspots.window(shape, crs)
    grid = density.grid_over(area, float(np.sqrt(area.area / cells)))
    east, north = (axis.ravel() for axis in np.meshgrid(*grid.centers))
    lon, lat = hotspots.to_degrees(east[grid.inside.ravel()], north[grid.inside.ravel()], crs)
    return pd.DataFrame({"incident_id": [f"place-{i}" for i in range(len(lon))], "date": pd.NaT, "lon": lon, "lat": lat, "location_precision_m": 0.0})


def terrain_table(register, choices: Choices) -> pd.DataFrame:
    """Return ruggedness and summer temperature of the places by spans of five years against those of the zone: `terrain.by_period`.

    Raises
    ------
    NotEstimable
        No raster lies in the folder of layers, none reaches into the zone, or no span has ten incidents on it.
    InputError
        A raster cannot be used.
    """
    from bsi.analysis import terrain
    from bsi.register import rasters

    found = rasters.find_rasters(layers_folder(register))
    if not found:
        raise NotEstimable("no raster of ruggedness or summer temperature is there; put ruggedness.asc or summer_temperature.asc into the folder geo of the "
                           "data, as data/geo/README.md says")  # fmt: skip
    area = terrain.area_values(found, outline(register, choices))
    table = terrain.by_period(terrain.values_at(_rows(register, choices), found), area)
    if table["median"].isna().all():
        raise NotEstimable("no span of years has ten incidents with a position")
    return table


def canal_works(register) -> pd.DataFrame:
    """Return the drops, bridges and lined section of the All-American Canal with their kilometre.

    Raises
    ------
    InputError
        The file of works cannot be used.
    """
    from bsi.analysis import canal
    from bsi.register import layers

    path = workspace.reference(Path(register.data_folder), "geo", "canal_works.csv")
    return canal.works_along(layers.read_works(path), canal_line(register))
