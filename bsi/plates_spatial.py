"""The figures of where, by name: hot-spot maps scored forward, clusters, the canal, distances, rescue sites, the season ahead."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from bsi import selections_density, selections_sites, selections_spatial, selections_terrain
from bsi.errors import InputError, NotEstimable
from bsi.plates import Plate, zone_names
from bsi.publish.language import N_
from bsi.selections import Choices, area, base_geometry


def _zone(choices: Choices) -> str:
    return choices.zone or selections_spatial.ZONE


def _name(register, choices: Choices) -> dict:
    return area(register, Choices(zone=_zone(choices)))


def _geo(register, choices: Choices, crs: str) -> dict:
    return {"zones": register.zones, "zone_id": _zone(choices), "base": base_geometry(), "crs": crs}


def _validation(register, choices):
    from bsi.publish import figures_spatial

    found, name = selections_spatial.does_it_help(register, choices), _name(register, choices)
    return lambda lang, size: figures_spatial.forward_validation(found, lang, size, area=name)


def _cells(points: pd.DataFrame, grid) -> pd.DataFrame:
    """Return the cells of a window with the rank of their density and whether Gi* calls them hot."""
    from bsi.analysis import clusters, density, hotspots

    values = density.bin_points(points["x_m"], points["y_m"], grid)
    table = clusters.hot_cells(values, grid.inside)
    x, y = grid.centers
    dense = hotspots.intensity(points, grid)[table["row"], table["column"]]
    rank = pd.Series(dense).rank(pct=True, method="max").to_numpy() - 1e-9
    return pd.DataFrame({"x_m": x[table["column"]], "y_m": y[table["row"]], "cell_m": grid.cell_m, "rank": rank, "is_hot": table["is_hot"]})


def _hot(register, choices):
    from bsi.publish import maps_spatial

    points, grid, crs, _ = selections_spatial.window_of(register, choices)
    points = selections_spatial.recent(points)
    cells, geo, years = _cells(points, grid), _geo(register, choices, crs), (int(points["year"].min()), int(points["year"].max()))
    return lambda lang, size: maps_spatial.hot_map(cells, geo, lang, size, years)


def _strip(register, choices):
    from bsi.publish import maps_density

    found = selections_density.bandwidth_strip(register, choices)
    geo = _geo(register, choices, found["crs"])
    return lambda lang, size: maps_density.density_strip(found, geo, lang, size)


def _ratios(register, choices):
    from bsi.analysis import relative_risk
    from bsi.publish import maps_density

    found = selections_density.ratios(register, choices)
    geo = _geo(register, choices, found["crs"]) | {"near": relative_risk.NEAR}
    return lambda lang, size: maps_density.ratio_maps(found, geo, lang, size)


def _clusters(unit: str) -> Callable:
    def tell(register, choices):
        from bsi.analysis import hotspots, scan
        from bsi.publish import maps_spatial

        found = selections_spatial.clusters_found(register, choices)
        geo = _geo(register, choices, hotspots.metric_crs(register.zones.set_index("zone_id").geometry[_zone(choices)]))
        rows, geo = found[found["unit"] == unit], geo | {"limits": scan.Limits()}
        return lambda lang, size: maps_spatial.cluster_map(rows, geo, lang, size)

    return tell


def _canal(register, choices):
    from bsi.analysis import canal
    from bsi.publish import figures_access

    table, works = selections_spatial.canal_table(register, choices), selections_terrain.canal_works(register)
    near = canal.near_works(table, works)
    return lambda lang, size: figures_access.canal_kilometres(table, lang, size, works, near)


def _distances(register, choices):
    from bsi.publish import figures_access

    table, name = selections_terrain.distance_table(register, choices), _name(register, choices)
    if table["median_m"].notna().sum() == 0:
        raise NotEstimable("no span of years has ten incidents with a position")
    has_roads = bool((table["to"] == "roads").any())
    return lambda lang, size: figures_access.distances(table, lang, size, name, has_roads)


def _terrain(register, choices):
    from bsi.publish import figures_access

    table, name = selections_terrain.terrain_table(register, choices), _name(register, choices)
    return lambda lang, size: figures_access.terrain_by_period(table, lang, size, name)


def _sites(register, choices):
    from bsi.analysis import sites
    from bsi.publish import maps_spatial

    points, grid, crs, _ = selections_spatial.window_of(register, choices)
    plan, _ = selections_sites.site_plan(register, choices)
    points = selections_spatial.recent(points)
    squares, cells = sites.public_sites(plan[["x_m", "y_m"]].to_numpy()), _cells(points, grid)
    geo = _geo(register, choices, crs) | {"side_m": sites.PUBLIC_M, "reach_m": selections_sites.REACH_M, "years": points["year"]}
    return lambda lang, size: maps_spatial.site_map(squares, cells, geo, lang, size)


def _curve(register, choices):
    from bsi.publish import figures_spatial

    curve, scores = selections_sites.curve(register, choices), selections_sites.site_scores(register, choices)
    return lambda lang, size: figures_spatial.siting_curve(curve, scores, lang, size, selections_sites.REACH_M / 1000)


def _season(register, choices):
    from bsi.publish import figures_spatial

    expected, scores = selections_spatial.next_season(register, choices)
    wanted = [choices.zone] if choices.zone else list(dict.fromkeys(expected["zone_id"]))
    if not set(wanted) & set(expected["zone_id"]):
        raise InputError(f"the season ahead is not made for the zone {choices.zone!r}", do="Choose a zone of the canal or the desert.")
    names = zone_names(register, choices)["names"]
    return lambda lang, size: figures_spatial.season_ahead(expected, scores, {z: names[lang][z] for z in wanted}, lang, size)


def _buoys(register, choices):
    from bsi.publish import figures_spatial

    plan = selections_sites.buoy_plan(register)
    return lambda lang, size: figures_spatial.buoy_plan(plan, lang, size)


MAPS, PREVENTION = "04_maps", "07_prevention"
PLATES_SPATIAL = {
    "map_hot_spots": Plate(MAPS, N_("Where deaths concentrate"), _hot),
    "map_density_strip": Plate(MAPS, N_("The same deaths at several bandwidths"), _strip),
    "map_relative_risk": Plate(MAPS, N_("Where one group of deaths weighs more than another"), _ratios),
    "map_clusters": Plate(MAPS, N_("Space-time clusters of incidents"), _clusters("incidents")),
    "map_clusters_people": Plate(MAPS, N_("Space-time clusters of people"), _clusters("people")),
    "canal_kilometres": Plate(MAPS, N_("Where along the All-American Canal people died"), _canal),
    "distances": Plate(MAPS, N_("How far from help and from the line people were found"), _distances),
    "terrain": Plate(MAPS, N_("On what ground and in what heat people were found"), _terrain),
    "forward_validation": Plate(PREVENTION, N_("Does a hot-spot map help?"), _validation),
    "siting_curve": Plate(PREVENTION, N_("How much would more rescue sites reach?"), _curve),
    "map_sites": Plate(PREVENTION, N_("Where more rescue sites would be nearest to deaths"), _sites),
    "buoy_plan": Plate(PREVENTION, N_("Where more buoy lines would be nearest to drownings"), _buoys),
    "season_ahead": Plate(PREVENTION, N_("Deaths to be expected by month of the next year"), _season),
}
