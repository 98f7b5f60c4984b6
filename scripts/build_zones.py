"""Build data/zones/zones.geojson from the waypoints and county lists beside it and the base geometry.

Run `python scripts/build_zones.py` after a change of the CSV files in data/zones; zones of the family `analyst` in the old file are kept.
"""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.geometry import LineString, Point, box

DATA = Path(__file__).resolve().parent.parent / "data"
CANAL_BUFFER_M = 1000
CALEXICO_REACH_M = 15_000
CALEXICO_CROSSING = Point(-115.497, 32.665)
MILE_M = 1609.344
YUMA_MILES, EL_PASO_MILES = 126, 268
UTM_11N = "EPSG:26911"
COMMUNIQUE_1999 = (
    "U.S.-Mexico Binational Commission, Working Group on Migration and Consular Affairs, joint communiqué, Oaxaca, September 1999; outline by this project"
)
COMMUNIQUE_2002 = (
    "U.S.-Mexico Binational Commission, Working Group on Migration and Consular Affairs, joint communiqué, Mexico City, November 2002; outline by this project"
)
SECTOR_SOURCE = "U.S. Border Patrol sectors (border miles and stations as its sector pages give them), approximated by whole counties by this project"
NAMES_CANAL = r"all[\s-]*americ\w*[\s-]*can+al|can+al\s+(?:el\s+)?(?:todo[\s-]*american\w*|all[\s-]*american)"
NOT_THE_CANAL = r"^(?=.*(?:all[\s-]*americ|american))(?!.*coachella)(?!.*\d\s*(?:mi\b|miles?\b|km\b|kil[oó]met\w+)[^,;]{0,30}(?:all[\s-]*americ|can+al\s+todo))"
SECTORS = {
    "SDC": "San Diego", "ELC": "El Centro", "YUM": "Yuma", "TCA": "Tucson", "EPT": "El Paso", "BBT": "Big Bend", "DRT": "Del Rio", "LRT": "Laredo",
    "RGV": "Rio Grande Valley",
}  # fmt: skip


def canal_line() -> LineString:
    """The centerline of the All-American Canal, from west to east, in EPSG:4326."""
    return LineString(pd.read_csv(DATA / "zones" / "all_american_canal_waypoints.csv").sort_values("order")[["lon", "lat"]].to_numpy())


def projected(geometry, crs: str, back: bool = False):
    """Return one geometry projected from EPSG:4326, or back to it."""
    series = gpd.GeoSeries([geometry], crs=crs if back else "EPSG:4326")
    return series.to_crs("EPSG:4326" if back else crs).iloc[0]


def buffered(line) -> shapely.Polygon:
    """The canal buffer in EPSG:4326, coordinates rounded to about a metre."""
    area = projected(line, UTM_11N).buffer(CANAL_BUFFER_M, quad_segs=32, cap_style="flat")
    return shapely.set_precision(projected(area, UTM_11N, back=True), 1e-5)


def reach(line: LineString, west_of_lon: float | None = None) -> LineString:
    """The part of the canal west of a meridian, or within CALEXICO_REACH_M of the Calexico crossing."""
    if west_of_lon is not None:
        return line.intersection(box(-120, 30, west_of_lon, 35))
    circle = projected(CALEXICO_CROSSING, UTM_11N).buffer(CALEXICO_REACH_M, quad_segs=64)
    return line.intersection(projected(circle, UTM_11N, back=True))


def lon_along(boundary: LineString, from_lon: float, miles: float) -> float:
    """Longitude of the boundary point that lies so many statute miles (negative: west) from where it passes a longitude."""
    points = shapely.get_coordinates(boundary.segmentize(0.01))
    steps = pyproj.Geod(ellps="WGS84").inv(*points[:-1].T, *points[1:].T)[2]
    along = np.r_[0, np.cumsum(steps)] / MILE_M
    start = along[np.argmin(np.abs(points[:, 0] - from_lon))]
    return float(np.interp(start + miles, along, points[:, 0]))


def sector_shapes(counties: gpd.GeoDataFrame, boundary: LineString) -> tuple[dict, dict]:
    """Return sector code -> geometry, and the two break meridians by pair of sectors."""
    listed = pd.read_csv(DATA / "zones" / "sector_counties.csv", dtype=str)
    shapes = counties.set_index("geoid").geometry
    yuma_east = shapes["04027"].bounds[2]
    arizona_east = shapes["04003"].bounds[2]
    breaks = {"ELC-YUM": lon_along(boundary, yuma_east, -YUMA_MILES), "EPT-BBT": lon_along(boundary, arizona_east, EL_PASO_MILES)}
    west, east = {"ELC": "ELC-YUM", "EPT": "EPT-BBT"}, {"YUM": "ELC-YUM", "BBT": "EPT-BBT"}
    out = {}
    for sector, rows in listed.groupby("sector"):
        parts = []
        for row in rows.itertuples():
            shape = shapes[row.geoid]
            if row.share == "part":
                cut = breaks[west.get(sector) or east[sector]]
                shape = shape.intersection(box(-130, 20, cut, 45) if sector in west else box(cut, 20, -90, 45))
            parts.append(shape)
        out[sector] = shapely.union_all(parts)
    return out, breaks


def canal_zones(break_lon: float) -> list[dict]:
    """The whole canal, and the reaches that the two communiqués name."""
    line = canal_line()
    pattern = f"{NOT_THE_CANAL}.*(?:{NAMES_CANAL})"
    common = {"family": "canal", "is_approximate": True}
    return [
        {**common, "zone_id": "canal_aac", "name_en": "All-American Canal", "name_es": "Canal Todo Americano",
         "definition_en": "The whole All-American Canal, from its western end at the Westside Main Canal to the Imperial Dam, and the land within 1 km of "
         "its centerline, on both sides of the boundary. Its laterals (Coachella, East Highline, Central Main, Westside Main) are not part of it. The counts "
         "for 0.5, 2 and 5 km are shown beside it.",
         "definition_es": "Todo el Canal Todo Americano, desde su extremo occidental en el canal Westside Main hasta la presa Imperial, y el terreno a menos "
         "de 1 km de su eje, a ambos lados de la línea. Sus derivaciones (Coachella, East Highline, Central Main, Westside Main) no forman parte de él. Los "
         "conteos con 0.5, 2 y 5 km se muestran aparte.",
         "defined_by": f"{COMMUNIQUE_1999} (centerline checked against the California Department of Water Resources' canal file, CC BY 4.0)",
         "defined_on": "1999-09-09", "place_pattern": pattern, "geometry": buffered(line)},
        {**common, "zone_id": "canal_aac_calexico", "name_en": "All-American Canal in Calexico (1999)", "name_es": "Canal Todo Americano en Calexico (1999)",
         "definition_en": "The canal as the 1999 communiqué names it, \"in Calexico\": the reach within 15 km of the Calexico crossing, where the canal runs "
         "along the boundary beside Calexico and Mexicali, and the land within 1 km of it.",
         "definition_es": "El canal como lo nombra el comunicado de 1999, «en Calexico»: el tramo a menos de 15 km del cruce de Calexico, donde corre junto a "
         "la línea entre Calexico y Mexicali, y el terreno a menos de 1 km de él.",
         "defined_by": COMMUNIQUE_1999, "defined_on": "1999-09-09",
         "place_pattern": f"^(?=.*calexico){pattern}", "geometry": buffered(reach(line))},
        {**common, "zone_id": "canal_aac_el_centro", "name_en": "All-American Canal in El Centro (2002)", "name_es": "Canal Todo Americano en El Centro (2002)",
         "definition_en": "The canal as the 2002 communiqué names it, \"in El Centro, California\": the reach in the Border Patrol's El Centro sector, from "
         "the western end to the Imperial Sand Dunes, and the land within 1 km of it. The reach beside Winterhaven, in the Yuma sector, is left out.",
         "definition_es": "El canal como lo nombra el comunicado de 2002, «en El Centro, California»: el tramo dentro del sector El Centro de la Patrulla "
         "Fronteriza, del extremo occidental a las dunas de Imperial, y el terreno a menos de 1 km de él. El tramo junto a Winterhaven, en el sector Yuma, "
         "queda fuera.",
         "defined_by": COMMUNIQUE_2002, "defined_on": "2002-11-26",
         "place_pattern": f"^(?=.*(?:calexico|el centro|holtville|seeley))(?!.*winterh[ea]+ven){pattern}",
         "geometry": buffered(reach(line, break_lon))},
    ]  # fmt: skip


def desert_zones() -> list[dict]:
    """The two deserts that the communiqués name, within edges anyone can find on a map."""
    edges = pd.read_csv(DATA / "zones" / "desert_edges.csv")
    shapes = {k: shapely.Polygon(g.sort_values("order")[["lon", "lat"]].to_numpy()) for k, g in edges.groupby("zone_id")}
    common = {"family": "desert", "is_approximate": True, "place_pattern": None}
    return [
        {**common, "zone_id": "desert_nogales_west", "name_en": "Desert west of Nogales (1999)", "name_es": "Desierto al oeste de Nogales (1999)",
         "definition_en": "\"The desert area west of Nogales, Sonora and Nogales, Arizona\": the desert that people cross on foot between the roads they leave "
         "and the roads they walk to. East: Interstate 19 and Mexican Federal Highway 15; north: Interstates 10 and 8; west: the line between Pima and Yuma "
         "counties (the limit of the Tucson sector); south: Mexican Federal Highway 2 by Sonoyta, Caborca, Altar and Santa Ana.",
         "definition_es": "«La zona desértica al oeste de Nogales, Sonora y Nogales, Arizona»: el desierto que se cruza a pie entre las carreteras de salida "
         "y las de llegada. Al este, la Interestatal 19 y la carretera federal 15; al norte, las Interestatales 10 y 8; al oeste, el límite entre los "
         "condados de Pima y Yuma (el del sector Tucson); al sur, la carretera federal 2 por Sonoyta, Caborca, Altar y Santa Ana.",
         "defined_by": COMMUNIQUE_1999, "defined_on": "1999-09-09", "geometry": shapes["desert_nogales_west"]},
        {**common, "zone_id": "desert_arizona_sonora", "name_en": "Arizona-Sonora desert (2002)", "name_es": "Desierto de Arizona-Sonora (2002)",
         "definition_en": "\"The Arizona-Sonora desert\": the Sonoran Desert on both sides of the line. North: the Gila River; west: the Colorado River; east: "
         "the San Pedro River, near which the Sonoran Desert ends; south: Mexican Federal Highway 2 from San Luis Río Colorado by Sonoyta, Caborca, Altar, "
         "Santa Ana and Ímuris to Cananea. It contains the zone of 1999.",
         "definition_es": "«El desierto de Arizona-Sonora»: el desierto sonorense a ambos lados de la línea. Al norte, el río Gila; al oeste, el río "
         "Colorado; al este, el río San Pedro, cerca del cual termina el desierto sonorense; al sur, la carretera federal 2 desde San Luis Río Colorado por "
         "Sonoyta, Caborca, Altar, Santa Ana e Ímuris hasta Cananea. Contiene la zona de 1999.",
         "defined_by": COMMUNIQUE_2002, "defined_on": "2002-11-26", "geometry": shapes["desert_arizona_sonora"]},
    ]  # fmt: skip


def sector_zones(counties: gpd.GeoDataFrame, boundary: LineString) -> tuple[list[dict], dict]:
    """The nine sectors of the southwest border, U.S. side only, approximate."""
    shapes, breaks = sector_shapes(counties, boundary)
    rules = {
        "ELC": (f"Imperial and Riverside counties are cut at longitude {breaks['ELC-YUM']:.3f}, {YUMA_MILES} border miles west of the Pima-Yuma line.",
                f"Los condados de Imperial y Riverside se cortan en la longitud {breaks['ELC-YUM']:.3f}, a {YUMA_MILES} millas de frontera al oeste del límite "
                "Pima-Yuma."),
        "EPT": (f"Hudspeth County is cut at longitude {breaks['EPT-BBT']:.3f}, {EL_PASO_MILES} border miles east of the Arizona-New Mexico line.",
                f"El condado de Hudspeth se corta en la longitud {breaks['EPT-BBT']:.3f}, a {EL_PASO_MILES} millas de frontera al este del límite "
                "Arizona-Nuevo México."),
    }  # fmt: skip
    rules |= {"YUM": rules["ELC"], "BBT": rules["EPT"]}
    rows = []
    for code, name in SECTORS.items():
        en, es = rules.get(code, ("", ""))
        rows.append({
            "zone_id": f"sector_{code}", "family": "sector", "name_en": f"{name} sector (approximate)", "name_es": f"Sector {name} (aproximado)",
            "definition_en": f"Counties near the border that the {name} sector of the U.S. Border Patrol covers, listed in sector_counties.csv; U.S. side "
            f"only, not an official outline. {en}".strip(),
            "definition_es": f"Condados cercanos a la frontera que cubre el sector {name} de la Patrulla Fronteriza de EE. UU., según "
            f"sector_counties.csv; solo el lado estadounidense, no es un límite oficial. {es}".strip(),
            "defined_by": SECTOR_SOURCE, "defined_on": "2026-11-22", "is_approximate": True, "place_pattern": None, "geometry": shapes[code],
        })  # fmt: skip
    return rows, breaks


def feature(zone: dict) -> dict:
    """One GeoJSON feature; what a zone leaves open is null."""
    keys = ("zone_id", "family", "name_en", "name_es", "definition_en", "definition_es", "defined_by", "defined_on", "valid_from", "valid_to",
            "is_approximate", "place_pattern")  # fmt: skip
    geometry = shapely.geometry.mapping(shapely.orient_polygons(shapely.set_precision(zone["geometry"], 1e-6)))
    return {"type": "Feature", "properties": {k: zone.get(k) for k in keys}, "geometry": geometry}


def build() -> list[dict]:
    """Return the features of every zone of this project."""
    base = DATA / "geo" / "base.gpkg"
    boundary = gpd.read_file(base, layer="boundary").geometry.iloc[0]
    sectors, breaks = sector_zones(gpd.read_file(base, layer="counties"), boundary)
    return [feature(z) for z in [*canal_zones(breaks["ELC-YUM"]), *desert_zones(), *sectors]]


def main() -> None:
    """Write the file, one feature a line."""
    target = DATA / "zones" / "zones.geojson"
    features = build()
    if target.exists():
        features += [f for f in json.loads(target.read_text(encoding="utf-8"))["features"] if f["properties"]["family"] == "analyst"]
    head = '{"type": "FeatureCollection",\n"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},\n"features": [\n'
    target.write_text(head + ",\n".join(json.dumps(f, ensure_ascii=False) for f in features) + "\n]}\n", encoding="utf-8")
    print(f"{target.name}: {len(features)} zones, {target.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
