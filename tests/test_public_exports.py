"""What leaves for the public: no exact place of a death, no exact site, no field that names a person; each check is shown to catch a leak."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from public_places import exact_places, leaks
from pyproj import Transformer

from bsi import desk, edition, selections, selections_sites, selections_spatial
from bsi.analysis import sites
from bsi.errors import InputError
from bsi.publish import saving

NAMES = {"name", "names", "full_name", "first_name", "last_name", "surname", "decedent", "deceased", "nombre", "nombres", "apellido", "apellidos"}
ATTRIBUTES = {"age", "sex", "nationality", "is_identified", "place_text", "date", "body_condition", "died_from", "died_to", "record_id", "incident_id"}
SPATIAL = ("map_clusters", "map_clusters_people", "map_hot_spots", "map_relative_risk", "map_density_strip", "map_sites", "map_border_hexagons", "map_counties")
META = {"sources": {"en": ["List"]}, "data_as_of": "2021-06-30", "register_hash": "0123456789"}
POINTS = ("map_border", "map_desert")


@pytest.fixture(scope="module")
def places(small_register):
    found = exact_places(small_register)
    assert len(found[0]) > 100
    return found


def _first(register):
    return register.incidents[["lon", "lat"]].dropna().astype(float).iloc[0]


@pytest.mark.parametrize(
    "form", ["{lon:.6f},{lat:.6f}", '{{"lat": {lat:.4f}, "n": 3, "lon": {lon:.4f}}}', "[{lon:.3f}, {lat:.3f}]", "{x:.0f},{y:.0f}", "W {west:.5f} N {lat:.5f}"]
)
def test_an_exact_place_is_caught_however_it_is_written(small_register, places, form):
    row = _first(small_register)
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:26912", always_xy=True).transform(row["lon"], row["lat"])
    assert leaks(form.format(lon=row["lon"], lat=row["lat"], west=-row["lon"], x=x, y=y), places)
    assert not leaks(f"{row['lon']:.2f},{row['lat']:.2f}; {round(x, -4):.0f},{round(y, -4):.0f}", places)


@pytest.fixture(scope="module")
def drawn(small_register):
    """The figures that know of places, as drawn; test_notebooks looks at the files of all figures and at the report."""
    return {name: edition.drawer(name, small_register)("en", "double") for name in SPATIAL + POINTS}


def test_the_data_of_a_map_hold_no_exact_place(drawn, places):
    tables = {name: fig.bsi_description.data.to_csv() for name, fig in drawn.items()}
    assert {name: leaks(text, places) for name, text in tables.items()} == dict.fromkeys(tables, [])
    words = " ".join(fig.bsi_description.title + fig.bsi_description.alt + fig.bsi_description.caption for fig in drawn.values())
    assert leaks(words, places) == []


def test_a_map_of_points_has_neither_svg_nor_csv(drawn, tmp_path):
    fig = drawn["map_desert"]
    entry = saving.save_figure("map_desert", lambda lang, size: fig, tmp_path, {"is_sample": True, **META}, languages=("en",))
    assert {p.suffix for p in tmp_path.iterdir()} == {".png", ".json"}
    assert entry["has_points"]
    assert drawn["map_border"].bsi_description.has_points


def _marks_on(fig, places, crs: str) -> int:
    """Return how many marks of a figure (offsets, and middles of outlines) stand within ten metres of the place of a death."""
    from scipy.spatial import cKDTree

    tree = cKDTree(np.column_stack(Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*places[0].T)))
    marks = [np.asarray(artist.get_offsets(), float) for ax in fig.axes for artist in ax.collections]
    outlines = [path for ax in fig.axes for artist in ax.collections for path in artist.get_paths() if len(path.vertices)]
    marks += [path.get_extents().get_points().mean(axis=0)[None] for path in outlines]
    return int((tree.query(np.vstack(marks))[0] < 10).sum())


def _circles(register, crs: str) -> pd.DataFrame:
    """Return three clusters whose circles stand on deaths of the desert, as the scan gives them."""
    rows = selections.in_zone(register, selections.Choices(zone=selections_spatial.ZONE))
    rows = rows[rows["lon"].notna() & (rows["lon"].astype(float).round(2) != rows["lon"].astype(float))].head(3).astype({"lon": float, "lat": float})
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    days = {"from": pd.Timestamp("2012-05-01"), "to": pd.Timestamp("2012-06-01"), "year_first": 2012, "year_last": 2021}
    return pd.DataFrame({"center_x_m": x, "center_y_m": y, "radius_m": 4000.0, "p_gumbel": 0.001, "n_observed": 5, "n_expected": 0.5, "unit": "incidents",
                         "lon": rows["lon"].to_numpy(), "lat": rows["lat"].to_numpy(), **days})  # fmt: skip


def test_the_circle_of_a_cluster_does_not_stand_on_a_death(small_register, places):
    """The scan centres its circles on deaths; an SVG or CSV of them would give the places away."""
    from bsi.analysis import scan
    from bsi.publish import maps_spatial, style

    crs = "EPSG:32612"
    found = _circles(small_register, crs)
    geo = {"zones": small_register.zones, "zone_id": selections_spatial.ZONE, "base": selections.base_geometry(), "crs": crs, "limits": scan.Limits()}
    fig = maps_spatial.cluster_map(found, geo, "en")
    assert len(fig.bsi_description.data) == 3
    assert _marks_on(fig, places, crs) == 0
    assert not leaks(fig.bsi_description.data.to_csv(), places)
    bad, ax = style.new_figure("single", 40)
    gpd.GeoSeries(gpd.points_from_xy(found["center_x_m"], found["center_y_m"])).buffer(4000).plot(ax=ax)
    assert _marks_on(bad, places, crs) == 3
    assert leaks(found.to_csv(), places)


@pytest.mark.parametrize("table", ["records", "incidents", "conflicts", "ledger", "rejected", "links", "zone_weights"])
def test_an_exported_table_holds_no_exact_place_unless_it_is_asked_for(small_out, places, tmp_path, table):
    path = desk.export(table, "csv", tmp_path / "public.csv", small_out)
    text = path.read_text(encoding="utf-8-sig")
    assert leaks(text, places) == []
    assert not NAMES & set(pd.read_csv(path, nrows=0).columns)
    if table in ("records", "incidents", "conflicts", "ledger"):
        assert leaks(desk.export(table, "csv", tmp_path / "exact.csv", small_out, exact=True).read_text(encoding="utf-8-sig"), places)


@pytest.mark.parametrize("words", [
    "N 31 41.625 W 112 12.758", "32DEGREES 18.797 NORTH112DEGREES 42.903 WEST", "GPS 31* 57.140 N, 111* 41.76 W", "31.54.507 N, 111.18.866 W",
    "N 3148.000 W 11105.140",
    "N 32 42. 895 W 112. 05839", "N 31, 54.16 W 111, 48.49", "31 45 12.5, 111 22 10.1", "31.776377 -111.020880", "12S 0433417 3522222",
    "n 32 degrees 39.837  w 111 degrees 24.613",
])  # fmt: skip
def test_a_position_in_the_words_of_a_list_is_withheld(words):
    """The forms of real lists, with invented figures."""
    frame = pd.DataFrame({"place_text": [f"{words}; Nation | Office", "SR 86 MP 115.5", None], "lon": [-111.0] * 3, "lat": [31.0] * 3})
    told = desk.rounded(frame)["place_text"]
    assert desk.rounded(frame.rename(columns={"place_text": "place_text_b"}))["place_text_b"].equals(told.rename("place_text_b")), (
        "and beside another in `review`"
    )
    assert told[1] == frame["place_text"][1]
    assert pd.isna(told[2])
    assert told[0] == f"{desk.WITHHELD}; Nation | Office"


def test_geojson_of_incidents_is_rounded(small_out, small_register, places, tmp_path):
    path = desk.export("incidents", "geojson", tmp_path / "incidents.geojson", small_out)
    content = json.loads(path.read_text(encoding="utf-8"))
    xy = np.array([f["geometry"]["coordinates"] for f in content["features"] if f["geometry"]])
    assert len(xy) == small_register.incidents["lon"].notna().sum()
    assert np.allclose(xy, xy.round(2), atol=1e-9)
    assert leaks(path.read_text(encoding="utf-8"), places) == []
    assert not NAMES & set(content["features"][0]["properties"])
    assert leaks(desk.export("incidents", "geojson", tmp_path / "exact.geojson", small_out, exact=True).read_text(encoding="utf-8"), places)


def test_the_explorer_holds_rounded_places_and_years_and_nothing_of_a_person(small_out, small_register, places, tmp_path):
    text = desk.explorer(small_out, tmp_path).read_text(encoding="utf-8")
    data = json.loads(text.split('type="application/json">')[1].split("</script>")[0])
    assert not (NAMES | ATTRIBUTES) & set(data)
    assert all(v is None or round(v, 2) == v for v in [*data["lon"], *data["lat"]])
    assert all(v is None or isinstance(v, int) for v in data["year"])
    pairs = "\n".join(f"{a} {b}" for a, b in zip(data["lon"], data["lat"], strict=True))
    assert leaks(pairs, places) == []
    assert leaks(json.dumps(data["spec"]), places) == []
    texts = {t for t in small_register.incidents["place_text"].dropna() if ";" in t}
    assert texts
    assert not [t for t in texts if t in text]


def test_the_map_of_the_notebooks_holds_rounded_places(small_register, places):
    from bsi.publish import map_panels

    rows = selections.deaths(small_register, selections.Choices())
    held = map_panels.interactive_map(rows, small_register.zones, selections.base_geometry(), "en")["layer"][-1]["data"]["values"]
    assert len(held) > 50
    assert all(round(row[c], 2) == row[c] for row in held for c in ("lon", "lat"))
    assert not (NAMES | ATTRIBUTES) & set().union(*held)


@pytest.fixture(scope="module")
def plan(small_register):
    return selections_sites.site_plan(small_register, selections.Choices(), 5)


@pytest.mark.parametrize("ending", ["geojson", "gpx"])
def test_sites_leave_only_where_exact_ones_are_asked_for(plan, tmp_path, ending):
    table, path = plan[0][["name", "lon", "lat", "share"]], tmp_path / f"sites.{ending}"
    with pytest.raises(InputError, match="not written unless"):
        sites.write_sites(table, path)
    assert not list(tmp_path.iterdir())
    assert f"{table['lon'][0]:.4f}"[:-1] in sites.write_sites(table, path, exact=True).read_text(encoding="utf-8")


def test_what_is_public_of_sites_is_squares_of_ten_kilometres(drawn, plan):
    shown = drawn["map_sites"].bsi_description.data[["x_m", "y_m"]].to_numpy(float)
    assert len(shown)
    assert np.allclose(shown % sites.PUBLIC_M, sites.PUBLIC_M / 2)
    exact = plan[0][["x_m", "y_m"]].to_numpy(float)
    assert not np.allclose(exact % sites.PUBLIC_M, sites.PUBLIC_M / 2)
