"""The figures of where, by name: hot-spot maps scored forward, clusters, the canal, distances, rescue sites, the season ahead."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from bsi import selections_density, selections_sites, selections_spatial, selections_terrain
from bsi.errors import InputError, NotEstimable
from bsi.plates import Plate
from bsi.selections import Choices, area, base_geometry, reason_text


def _zone(choices: Choices) -> str:
    return choices.zone or selections_spatial.ZONE


def _name(register, choices: Choices) -> dict:
    return area(register, Choices(zone=_zone(choices)))


def _geo(register, choices: Choices, crs: str) -> dict:
    return {"zones": register.zones, "zone_id": _zone(choices), "base": base_geometry(), "crs": crs}


def _or_reason(make: Callable) -> Callable:
    """Return make(register, choices) as a plate; where its numbers are not to be had, the reason in words in place of the figure."""

    def plate(register, choices):
        try:
            return make(register, choices)
        except (NotEstimable, InputError) as error:
            from bsi.publish import style

            reason = error
            return lambda lang, size: style.message_figure(reason_text(reason, lang) if isinstance(reason, NotEstimable) else str(reason), size, lang)

    return plate


@_or_reason
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


@_or_reason
def _hot(register, choices):
    from bsi.publish import maps_spatial

    points, grid, crs, _ = selections_spatial.window_of(register, choices)
    points = selections_spatial.recent(points)
    cells, geo, years = _cells(points, grid), _geo(register, choices, crs), (int(points["year"].min()), int(points["year"].max()))
    return lambda lang, size: maps_spatial.hot_map(cells, geo, lang, size, years)


@_or_reason
def _strip(register, choices):
    from bsi.publish import maps_density

    found = selections_density.bandwidth_strip(register, choices)
    geo = _geo(register, choices, found["crs"])
    return lambda lang, size: maps_density.density_strip(found, geo, lang, size)


@_or_reason
def _ratios(register, choices):
    from bsi.publish import maps_density

    found = selections_density.ratios(register, choices)
    geo = _geo(register, choices, found["crs"])
    return lambda lang, size: maps_density.ratio_maps(found, geo, lang, size)


def _clusters(unit: str) -> Callable:
    @_or_reason
    def make(register, choices):
        from bsi.analysis import hotspots
        from bsi.publish import maps_spatial

        found = selections_spatial.clusters_found(register, choices)
        geo = _geo(register, choices, hotspots.metric_crs(register.zones.set_index("zone_id").geometry[_zone(choices)]))
        rows = found[found["unit"] == unit]
        return lambda lang, size: maps_spatial.cluster_map(rows, geo, lang, size)

    return make


@_or_reason
def _canal(register, choices):
    from bsi.analysis import canal
    from bsi.publish import figures_access

    table, works = selections_spatial.canal_table(register, choices), selections_terrain.canal_works(register)
    near = canal.near_works(table, works)
    return lambda lang, size: figures_access.canal_kilometres(table, lang, size, works, near)


@_or_reason
def _distances(register, choices):
    from bsi.publish import figures_access

    table, name = selections_terrain.distance_table(register, choices), _name(register, choices)
    if table["median_m"].notna().sum() == 0:
        raise NotEstimable("no span of years has ten incidents with a position")
    has_roads = bool((table["to"] == "roads").any())
    return lambda lang, size: figures_access.distances(table, lang, size, name, has_roads)


@_or_reason
def _terrain(register, choices):
    from bsi.publish import figures_access

    table, name = selections_terrain.terrain_table(register, choices), _name(register, choices)
    return lambda lang, size: figures_access.terrain_by_period(table, lang, size, name)


@_or_reason
def _sites(register, choices):
    from bsi.analysis import sites
    from bsi.publish import maps_spatial

    points, grid, crs, _ = selections_spatial.window_of(register, choices)
    plan, _ = selections_sites.site_plan(register, choices)
    squares, cells, geo = sites.public_sites(plan[["x_m", "y_m"]].to_numpy()), _cells(selections_spatial.recent(points), grid), _geo(register, choices, crs)
    return lambda lang, size: maps_spatial.site_map(squares, cells, geo, lang, size)


@_or_reason
def _curve(register, choices):
    from bsi.publish import figures_spatial

    curve, scores = selections_sites.curve(register, choices), selections_sites.site_scores(register, choices)
    return lambda lang, size: figures_spatial.siting_curve(curve, scores, lang, size, selections_sites.REACH_M / 1000)


@_or_reason
def _season(register, choices):
    from bsi.publish import figures_spatial

    expected, scores = selections_spatial.next_season(register, choices)
    wanted = [choices.zone] if choices.zone else list(dict.fromkeys(expected["zone_id"]))
    if not set(wanted) & set(expected["zone_id"]):
        raise InputError(f"the season ahead is not made for the zone {choices.zone!r}", do="Choose a zone of the canal or the desert.")
    names = {lang: dict(zip(register.zones["zone_id"], register.zones[f"name_{lang}"], strict=True)) for lang in ("en", "es")}
    return lambda lang, size: figures_spatial.season_ahead(expected, scores, {z: names[lang][z] for z in wanted}, lang, size)


@_or_reason
def _buoys(register, choices):
    from bsi.publish import figures_spatial

    plan = selections_sites.buoy_plan(register)
    return lambda lang, size: figures_spatial.buoy_plan(plan, lang, size)


PLATES_SPATIAL = {
    "map_hot_spots": Plate("04_maps", "density and hot cells of the desert", _hot),
    "map_density_strip": Plate("04_maps", "density of the desert at several bandwidths, the cross-validated one framed", _strip),
    "map_relative_risk": Plate("04_maps", "where one period or cause weighs more than another, with what is clear of chance", _ratios),
    "map_clusters": Plate("04_maps", "space-time clusters of incidents", _clusters("incidents")),
    "map_clusters_people": Plate("04_maps", "space-time clusters of people: one event may be a cluster", _clusters("people")),
    "canal_kilometres": Plate("04_maps", "deaths by kilometre of the All-American Canal, with its drops and lined section", _canal),
    "distances": Plate("04_maps", "distance to boundary, towns, roads and water by span of years", _distances),
    "terrain": Plate("04_maps", "ruggedness and summer temperature of the places, where rasters are supplied", _terrain),
    "forward_validation": Plate("07_prevention", "does a hot-spot map help? scored on later years", _validation),
    "siting_curve": Plate("07_prevention", "what more rescue sites would reach, scored on later years", _curve),
    "map_sites": Plate("07_prevention", "where more rescue sites would stand, at ten kilometres", _sites),
    "buoy_plan": Plate("07_prevention", "where more buoy lines along the canal would be nearest to drownings, scored on later years", _buoys),
    "season_ahead": Plate("07_prevention", "expected deaths by zone and month of the next year", _season),
}
