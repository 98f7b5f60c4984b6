"""Where the events of the synthetic sample happen: areas, corridors and lines of our own making, rounded to 0.01 degree or a few hundred metres."""

from __future__ import annotations

import numpy as np
import pandas as pd

LINES = {
    "canal_west": [(-115.659, 32.653), (-115.532, 32.663), (-115.518, 32.686), (-115.454, 32.686), (-115.43, 32.67), (-115.334, 32.677)],
    "canal_middle": [(-115.334, 32.677), (-115.247, 32.711), (-115.217, 32.705), (-114.961, 32.705), (-114.923, 32.719)],
    "canal_east": [(-114.923, 32.719), (-114.872, 32.75), (-114.797, 32.717), (-114.734, 32.72), (-114.669, 32.77), (-114.602, 32.807), (-114.521, 32.821)],
    "juarez": [(-106.53, 31.78), (-106.45, 31.76), (-106.38, 31.73), (-106.3, 31.62), (-106.21, 31.47), (-106.08, 31.4)],
    "acuna": [(-101.25, 29.52), (-101.06, 29.46), (-101.01, 29.37), (-100.89, 29.31), (-100.8, 29.24), (-100.68, 29.11)],
    "eagle_pass": [(-100.65, 28.94), (-100.57, 28.83), (-100.53, 28.76), (-100.5, 28.66), (-100.45, 28.61), (-100.37, 28.48), (-100.29, 28.31)],
    "laredo": [(-99.84, 27.77), (-99.69, 27.67), (-99.58, 27.62), (-99.51, 27.56), (-99.5, 27.5), (-99.49, 27.41), (-99.5, 27.34), (-99.45, 27.26)],
    "zapata": [(-99.46, 27.27), (-99.44, 27.11), (-99.43, 27.01), (-99.33, 26.88), (-99.24, 26.75)],
    "starr": [(-99.09, 26.48), (-99.08, 26.4), (-98.9, 26.35), (-98.75, 26.31), (-98.62, 26.25)],
    "reynosa": [(-98.52, 26.22), (-98.4, 26.18), (-98.29, 26.1), (-98.18, 26.07), (-98.04, 26.05), (-97.87, 26.06)],
    "matamoros": [(-97.8, 26.05), (-97.66, 26.03), (-97.58, 25.95), (-97.5, 25.89), (-97.41, 25.85), (-97.28, 25.95)],
}
# code, name, centre, radius, share of the published counts by corridor, who manages the land
CORRIDORS = pd.DataFrame(
    [
        (7, "San Miguel", -111.95, 31.92, 34, 0.306, "Tohono Oodham Nation", "Ironwood Forest National Monument"),
        (7, "San Miguel", -111.75, 32.68, 16, 0.06, "Ironwood Forest National Monument", "Sonoran Desert National Monument"),
        (6, "Sasabe", -111.4, 31.85, 30, 0.144, "State of Arizona", "Private"),
        (5, "Nogales", -111.0, 31.62, 26, 0.102, "Private", "US Forest Service"),
        (10, "Cabeza Prieta", -113.1, 32.27, 26, 0.1, "Cabeza Prieta National Wildlife Refuge", "Organ Pipe Cactus National Monument"),
        (9, "Ajo", -112.8, 32.25, 24, 0.086, "Organ Pipe Cactus National Monument", "Bureau of Land Management"),
        (8, "Cowlick", -112.4, 32.08, 24, 0.074, "Tohono Oodham Nation", "Sonoran Desert National Monument"),
        (0, "Undetermined", -112.65, 33.0, 38, 0.06, "Private", "Gila River Indian Community"),
        (4, "Patagonia", -110.7, 31.85, 24, 0.043, "Private", "State of Arizona"),
        (11, "Goldwater", -113.2, 32.38, 12, 0.011, "Cabeza Prieta National Wildlife Refuge", "Barry M. Goldwater Air Force Range"),
        (3, "Sierra Vista", -110.1, 31.55, 16, 0.01, "Private", "State of Arizona"),
        (2, "Douglas", -109.6, 31.5, 14, 0.008, "Private", "Bureau of Land Management"),
        (1, "Bernadino", -109.2, 31.55, 14, 0.007, "State of Arizona", "Private"),
        (12, "Yuma", -114.6, 32.6, 10, 0.004, "Private", "Barry M. Goldwater Air Force Range"),
    ],
    columns=["code", "name", "lon", "lat", "radius_km", "share", "manager", "other_manager"],
)
COLUMNS = ["name", "office", "country", "state", "county", "sector", "profile", "mix", "shape", "line", "offset_km", "lon", "lat", "radius_km", "n_office",
           "n_patrol", "n_press", "place"]  # fmt: skip


def _disc(who, lon, lat, radius_km, counts, place):
    return (*who, "disc", "", 0.0, lon, lat, radius_km, *counts, place)


def _line(who, line, offset_km, counts, place):
    return (*who, "line", line, offset_km, 0.0, 0.0, 0.0, *counts, place)


# Persons at scale 1 in three pools: known to an office, to Border Patrol only, to the press only. Offsets are left of the line as it is drawn.
AREAS = pd.DataFrame(
    [
        (*("corridors", "pima", "US", "AZ", "", "TCA", "arizona", "desert"), "corridors", "", 0.0, 0.0, 0.0, 0.0, 4560, 42, 60, "Desert location, Arizona"),
        _disc(
            ("yuma", "yuma", "US", "AZ", "Yuma", "YUM", "california", "desert"), -113.75, 32.45, 20, (144, 4, 5), "Barry Goldwater Range, Yuma County, Arizona"
        ),
        _line(("canal_west", "imperial", "US", "CA", "Imperial", "ELC", "california", "river"), "canal_west", 0.02, (95, 1, 8), "All American Canal, Calexico"),
        _line(
            ("canal_middle", "imperial", "US", "CA", "Imperial", "ELC", "california", "river"),
            "canal_middle",
            0.02,
            (35, 1, 3),
            "All American Canal, Holtville",
        ),
        _line(
            ("canal_east", "imperial", "US", "CA", "Imperial", "YUM", "california", "river"), "canal_east", 0.02, (50, 1, 4), "All American Canal, Winterhaven"
        ),
        _disc(("ocotillo", "imperial", "US", "CA", "Imperial", "ELC", "california", "desert"), -115.95, 32.78, 12, (148, 2, 16), "Open desert, Ocotillo"),
        _disc(
            ("otay", "san_diego", "US", "CA", "San Diego", "SDC", "california", "mountain"), -116.75, 32.78, 19, (488, 4, 60), "Mountain area, San Diego County"
        ),
        _line(("juarez_us", "el_paso", "US", "TX", "El Paso", "EPT", "el_paso", "river"), "juarez", 0.8, (240, 1, 34), "American canal, El Paso"),
        _disc(("dona_ana", "el_paso", "US", "NM", "Doña Ana", "EPT", "el_paso", "desert"), -106.75, 31.98, 18, (340, 2, 24), "Desert near Santa Teresa"),
        _disc(("luna", "el_paso", "US", "NM", "Luna", "EPT", "el_paso", "desert"), -107.75, 32.05, 25, (51, 0, 4), "Desert, Luna County"),
        _disc(("bootheel", "el_paso", "US", "NM", "Hidalgo", "EPT", "el_paso", "desert"), -108.7, 31.62, 25, (37, 0, 2), "Desert, Hidalgo County"),
        _disc(("grant", "el_paso", "US", "NM", "Grant", "EPT", "el_paso", "desert"), -108.35, 32.5, 20, (10, 0, 1), "Desert, Grant County"),
        _disc(("hudspeth", "el_paso", "US", "TX", "Hudspeth", "EPT", "el_paso", "desert"), -105.44, 31.55, 35, (110, 2, 8), "Ranch, Hudspeth County"),
        _disc(("brooks", "brooks", "US", "TX", "Brooks", "RGV", "texas", "brush"), -98.2, 26.99, 20, (1030, 46, 60), "Ranch near Falfurrias, Brooks County"),
        _disc(("kenedy", "kenedy", "US", "TX", "Kenedy", "RGV", "texas", "brush"), -97.71, 27.01, 25, (178, 6, 10), "Private ranch, Kenedy County"),
        _line(("maverick", "maverick", "US", "TX", "Maverick", "DRT", "texas", "river"), "eagle_pass", 0.7, (529, 4, 110), "Rio Bravo in Eagle Pass"),
        _line(
            ("maverick_new", "maverick_county", "US", "TX", "Maverick", "DRT", "texas", "river"), "eagle_pass", 0.9, (91, 0, 10), "Rio Grande, Maverick County"
        ),
        _line(("webb_river", "texas", "US", "TX", "Webb", "LRT", "texas", "river"), "laredo", 0.8, (222, 32, 36), "Rio Grande at Laredo"),
        _disc(("webb", "texas", "US", "TX", "Webb", "LRT", "texas", "brush"), -99.17, 27.71, 34, (136, 45, 45), "Ranch near Laredo, Webb County"),
        _disc(("hidalgo", "texas", "US", "TX", "Hidalgo", "RGV", "texas", "brush"), -98.2, 26.5, 18, (100, 30, 40), "Ranch, Hidalgo County"),
        _line(("hidalgo_river", "texas", "US", "TX", "Hidalgo", "RGV", "texas", "river"), "reynosa", 0.9, (92, 30, 24), "Rio Grande near Hidalgo"),
        _line(("starr", "texas", "US", "TX", "Starr", "RGV", "texas", "river"), "starr", 0.9, (91, 7, 15), "Near La Grulla, Starr County"),
        _disc(("kinney", "texas", "US", "TX", "Kinney", "DRT", "texas", "brush"), -100.41, 29.35, 26, (49, 3, 8), "Ranch, Kinney County"),
        _disc(("dimmit", "texas", "US", "TX", "Dimmit", "LRT", "texas", "brush"), -99.86, 28.42, 23, (44, 3, 8), "Ranch near Carrizo Springs, Dimmit County"),
        _disc(("duval", "texas", "US", "TX", "Duval", "LRT", "texas", "brush"), -98.52, 27.67, 25, (41, 2, 2), "Ranch, Duval County"),
        _line(("zapata", "texas", "US", "TX", "Zapata", "LRT", "texas", "river"), "zapata", 1.0, (32, 5, 4), "Rio Grande, Zapata County"),
        _disc(("jim_hogg", "texas", "US", "TX", "Jim Hogg", "LRT", "texas", "brush"), -98.71, 27.01, 23, (26, 8, 12), "Near Hebbronville, Jim Hogg County"),
        _disc(("uvalde", "texas", "US", "TX", "Uvalde", "DRT", "texas", "brush"), -99.72, 29.36, 27, (15, 2, 4), "Highway 90, Uvalde County"),
        _disc(("edwards", "texas", "US", "TX", "Edwards", "DRT", "texas", "brush"), -100.35, 29.99, 30, (8, 0, 1), "Ranch, Edwards County"),
        _disc(("kleberg", "texas", "US", "TX", "Kleberg", "RGV", "texas", "brush"), -97.89, 27.41, 15, (7, 2, 1), "Ranch, Kleberg County"),
        _line(("cameron", "texas", "US", "TX", "Cameron", "RGV", "texas", "river"), "matamoros", 1.0, (0, 12, 14), "Rio Grande at Brownsville"),
        _disc(("terrell", "texas", "US", "TX", "Terrell", "BBT", "texas", "desert"), -102.08, 30.12, 28, (0, 4, 32), "Ranch, Terrell County"),
        _disc(("presidio", "texas", "US", "TX", "Presidio", "BBT", "texas", "desert"), -104.24, 30.06, 38, (0, 6, 18), "Ranch, Presidio County"),
        _line(
            ("piedras_negras", "", "MX", "COA", "Piedras Negras", "DRT", "mexico", "river"),
            "eagle_pass",
            -0.9,
            (0, 0, 385),
            "Rio Bravo, Piedras Negras, Coahuila",
        ),
        _line(("acuna", "", "MX", "COA", "Acuña", "DRT", "mexico", "river"), "acuna", -1.0, (0, 0, 70), "Río Bravo, Acuña, Coahuila"),
        _line(
            ("nuevo_laredo", "", "MX", "TAM", "Nuevo Laredo", "LRT", "mexico", "river"), "laredo", -0.9, (0, 0, 112), "Rio Bravo near Nuevo Laredo, Tamaulipas"
        ),
        _line(("reynosa", "", "MX", "TAM", "Reynosa", "RGV", "mexico", "river"), "reynosa", -1.1, (0, 0, 88), "Río Bravo, Reynosa, Tamaulipas"),
        _line(("matamoros", "", "MX", "TAM", "Matamoros", "RGV", "mexico", "river"), "matamoros", -1.1, (0, 0, 82), "Río Bravo, near Matamoros, Tamaulipas"),
        _line(("miguel_aleman", "", "MX", "TAM", "Miguel Alemán", "RGV", "mexico", "river"), "starr", -1.1, (0, 0, 52), "Río Bravo, Miguel Alemán, Tamaulipas"),
        _line(("juarez", "", "MX", "CHH", "Juárez", "EPT", "mexico", "river"), "juarez", -0.9, (0, 0, 50), "Rio Bravo, Ciudad Juárez, Chihuahua"),
        _disc(("tijuana", "", "MX", "BCN", "Tijuana", "SDC", "mexico", "road"), -116.9, 32.46, 7, (0, 0, 40), "Tijuana, Baja California"),
        _disc(("mexicali", "", "MX", "BCN", "Mexicali", "ELC", "mexico", "road"), -115.45, 32.58, 7, (0, 0, 30), "Mexicali, Baja California"),
        _disc(("sasabe", "", "MX", "SON", "Sáric", "TCA", "mexico", "desert"), -111.5, 31.25, 12, (0, 0, 14), "Desierto, El Sásabe, Sonora"),
        _disc(("nogales", "", "MX", "SON", "Nogales", "TCA", "mexico", "road"), -110.95, 31.22, 8, (0, 0, 14), "Nogales, Sonora"),
        _disc(("highway_57", "", "MX", "COA", "Castaños", "", "mexico", "road"), -101.4, 26.9, 30, (0, 0, 60), "Federal Highway 57, Coahuila"),
    ],
    columns=COLUMNS,
)


def arizona_border_lat(lon):
    """Return the latitude of Arizona's southern line at a longitude, to a kilometre or so (two straight pieces)."""
    return np.interp(lon, [-114.81, -111.07, -108.0], [32.49, 31.335, 31.335])


def arizona_county(lon, lat):
    """Return the county of points in southern Arizona, its straight county lines rounded to 0.01 degree."""
    rules = [
        (lon < -113.33) & (lat < 33.0), (lat > 32.51) & (lon < -112.2), lat > 32.51, lon > -110.45, (lat < 31.73) & (lon > -111.3),
    ]  # fmt: skip
    return np.select(rules, ["Yuma", "Maricopa", "Pinal", "Cochise", "Santa Cruz"], default="Pima")


# Where IOM's rows outside this border lie: rows of the newest vintage by region (published counts, rounded), one invented centre and country each.
ELSEWHERE = pd.DataFrame(
    [
        ("Southern Asia", "Afghanistan to Iran", "Southern Asia", "Iran (Islamic Republic of)", 30.5, 61.0, 3245),
        ("Southern Asia", "", "Southern Asia", "Iran (Islamic Republic of)", 32.0, 56.0, 222),
        ("Northern Africa", "Sahara Desert crossing", "Northern Africa", "Libya", 25.5, 16.0, 2162),
        ("Mediterranean", "Central Mediterranean", "Uncategorized", "Libya", 34.0, 13.0, 1547),
        ("Mediterranean", "Western Mediterranean", "Uncategorized", "Morocco", 35.6, -4.0, 735),
        ("Mediterranean", "Eastern Mediterranean", "Uncategorized", "Greece", 37.5, 26.5, 428),
        ("Western Africa", "Western Africa / Atlantic route to the Canary Islands", "Western Africa", "Spain", 26.0, -15.0, 347),
        ("Western Africa", "", "Western Africa", "Mali", 16.0, -3.0, 810),
        ("Eastern Africa", "Eastern Route to/from EHOA", "Eastern Africa", "Djibouti", 11.8, 43.0, 611),
        ("Central America", "", "Central America", "Mexico", 17.0, -93.5, 660),
        ("Central America", "Darien", "Central America", "Panama", 8.6, -77.6, 326),
        ("Europe", "Western Balkans", "Southern Europe", "Serbia", 44.5, 20.5, 395),
        ("Europe", "English Channel to the UK", "Western Europe", "France", 50.9, 1.7, 384),
        ("Western Asia", "Iran to Türkiye", "Western Asia", "Türkiye", 38.4, 43.8, 523),
        ("South-eastern Asia", "", "South-eastern Asia", "Thailand", 14.0, 100.0, 287),
        ("South America", "Venezuela to Caribbean", "South America", "Colombia", 7.0, -73.0, 244),
        ("Caribbean", "Caribbean to US", "Caribbean", "Dominican Republic", 18.6, -68.5, 201),
        ("North America", "", "Northern America", "United States of America", 42.0, -90.0, 31),
        ("Middle Africa", "", "Middle Africa", "Chad", 15.0, 18.5, 76),
    ],
    columns=["region", "route", "unsd", "country", "lat", "lon", "n"],
)
