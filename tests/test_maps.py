"""Maps keep positions coarse, lose nobody in silence, fit their labels, and count what they shade."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from pyproj import Geod
from shapely.geometry import box

from bsi.errors import InputError
from bsi.publish import basemap, explorer, map_counts, map_panels, maps, maps_zones, saving, style
from bsi.workspace import PROJECT

META = {"sources": ["A list"], "data_as_of": "2024-11-15", "register_hash": "0f" * 20, "is_sample": True}
CASES = [(lang, size) for lang in ("en", "es") for size in style.SIZES]


@pytest.fixture(scope="module")
def base():
    return basemap.read_base(PROJECT / "data" / "geo" / "base.gpkg")


@pytest.fixture(scope="module")
def zones():
    shapes = {"canal": box(-115.6, 32.62, -114.5, 32.9), "desert": box(-113.4, 31.4, -110.9, 32.6)}
    return gpd.GeoDataFrame(
        {"zone_id": list(shapes), "family": list(shapes), "name_en": ["A canal", "A desert"], "name_es": ["Un canal", "Un desierto"], "is_approximate": True},
        geometry=list(shapes.values()), crs=4326,
    )  # fmt: skip


@pytest.fixture(scope="module")
def incidents():
    """Invented incidents: most in the desert, some on the canal, some in Texas, ten without a place."""
    rng = np.random.default_rng(3)
    lon = np.concatenate([rng.uniform(-113.3, -111, 150), rng.uniform(-115.5, -114.6, 30), rng.uniform(-99.5, -98, 20), np.full(10, np.nan)])
    lat = np.concatenate([rng.uniform(31.8, 32.5, 150), rng.uniform(32.65, 32.75, 30), rng.uniform(26.3, 28, 20), np.full(10, np.nan)])
    n = len(lon)
    n_dead = pd.array(rng.integers(1, 4, n), dtype="Int64")
    frame = pd.DataFrame({"lon": lon, "lat": lat, "n_dead": n_dead, "n_missing": pd.array([pd.NA] * n, dtype="Int64"), "country": "US"})
    frame["location_precision_m"] = rng.choice([100.0, 300.0, 2000.0, 15000.0], n)
    frame["cause"] = rng.choice(["heat", "drowning", "skeletal", "vehicle"], n)
    frame["date"] = pd.Timestamp("2001-07-01") + pd.to_timedelta(rng.integers(0, 6000, n), unit="D")
    frame["state"] = np.where(lon < -114.6, "CA", np.where(lon < -105, "AZ", "TX"))
    frame["flags"] = ""
    frame["county"] = np.where(lon < -114.6, "Imperial", np.where(lon < -105, "Pima", "Brooks"))
    return frame


def words(fig):
    return " ".join(t.get_text() for t in fig.texts)


@pytest.mark.parametrize(("lang", "size"), CASES)
@pytest.mark.parametrize("zone", ["canal", "desert", None])
def test_labels_of_a_zone_map_fit(incidents, zones, base, lang, size, zone):
    fig = style.stamp(maps.zone_map(incidents, zones, base, lang, size, zone), META, lang)
    assert saving.check_text_boxes(fig) == []
    assert fig.bsi_description.has_points


@pytest.mark.parametrize(("lang", "size"), CASES)
def test_labels_of_other_maps_fit(incidents, zones, base, lang, size):
    drawn = [
        map_panels.map_panels(incidents, zones, base, lang, size, {"by": "cause", "zone_id": "desert"}),
        map_panels.map_panels(incidents, zones, base, lang, size, {"by": "period"}),
        map_counts.county_map(incidents, base, lang, size),
        map_counts.hexagon_map(incidents, zones, base, lang, size, "desert"),
        maps_zones.zones_map(zones, base, lang, size),
    ]
    for fig in drawn:
        assert saving.check_text_boxes(style.stamp(fig, META, lang)) == []


def test_public_positions_are_rounded_and_keep_everyone(incidents):
    places = maps.public_positions(incidents)
    placed = incidents.dropna(subset=["lon"])
    assert places["n"].sum() == placed["n_dead"].sum()
    assert np.allclose(places["lon"] * 100, (places["lon"] * 100).round())
    assert maps.n_unplaced(incidents) == incidents.loc[incidents["lon"].isna(), "n_dead"].sum()
    metres = Geod(ellps="WGS84").inv(*[np.asarray(v) for v in (placed["lon"], placed["lat"], placed["lon"].round(2), placed["lat"].round(2))])[2]
    assert metres.max() < 800
    assert metres.max() > 300, "the rounding must blur"


def test_people_without_a_place_are_said(incidents, zones, base):
    lost = int(incidents.loc[incidents["lon"].isna(), "n_dead"].sum())
    assert f"{lost} people without a known place are not shown" in words(maps.zone_map(incidents, zones, base, "en"))


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_map_says_the_years_of_those_it_draws(incidents, zones, base, lang):
    """Drawn are the people near the zone only; a date that cannot be is no year."""
    near = incidents["lon"].between(-113.3, -111)
    dates = pd.Series(pd.Timestamp("1996-07-01"), index=incidents.index).mask(near, incidents["date"])
    dates.iloc[0], flags = pd.Timestamp("2085-01-01"), ["date_after_vintage", *[""] * (len(incidents) - 1)]
    rows = incidents.assign(date=dates, flags=flags)
    years = rows.loc[near, "date"].iloc[1:].dt.year
    own, all_ = f"{years.min()}–{years.max()}", f"1996–{years.max()}"
    small = map_panels.map_panels(rows, zones, base, lang, options={"by": "cause", "zone_id": "desert"})
    mine = [maps.zone_map(rows, zones, base, lang, zone_id="desert"), map_counts.hexagon_map(rows, zones, base, lang, zone_id="desert"), small]
    whole = [maps.zone_map(rows, zones, base, lang), map_counts.hexagon_map(rows, zones, base, lang), map_counts.county_map(rows, base, lang)]
    for figs, span in ((mine, own), (whole, all_)):
        for fig in figs:
            assert [span in text for text in (fig.bsi_description.title, fig.bsi_description.caption, fig.bsi_description.alt)] == [True] * 3
    assert all_ in map_panels.interactive_map(rows, zones, base, lang)["title"]["text"]


def test_people_placed_off_the_map_of_the_border_are_said(incidents, zones, base):
    """A sign lost in a list puts a death into Asia."""
    far = incidents.dropna(subset=["lon"]).head(3).assign(lon=101.8, lat=30.3)
    with_far, n_far = pd.concat([incidents, far], ignore_index=True), int(far["n_dead"].sum())
    said = f"{n_far} people whose places lie off this map are not shown"
    assert said in words(maps.zone_map(with_far, zones, base, "en"))
    assert said in words(map_panels.map_panels(with_far, zones, base, "en"))
    assert said in words(map_counts.hexagon_map(with_far, zones, base, "en"))
    assert "off this map" not in words(maps.zone_map(incidents, zones, base, "en"))
    chart = map_panels.interactive_map(with_far, zones, base, "en")
    assert said in chart["title"]["subtitle"]
    drawn = {row["lon"] for row in chart["layer"][-1]["data"]["values"]}
    assert max(drawn) < 0
    assert len(drawn) > 10


def test_a_disc_wider_than_the_map_is_said_not_drawn(incidents, zones, base):
    tiny = zones.head(1).assign(geometry=[box(-115.02, 32.68, -114.98, 32.7)])
    rough = incidents[incidents["lon"].between(-115.1, -114.9)].assign(location_precision_m=15000.0, lon=-115.0, lat=32.69)
    near = pd.concat([rough, rough.head(1).assign(location_precision_m=100.0)])
    fig = maps.zone_map(near, tiny, base, "en", "double", "canal")
    assert f"{rough['n_dead'].sum()} people whose places are known too roughly for this map" in words(fig)


def test_a_disc_is_drawn_to_scale(zones, base):
    one = pd.DataFrame({"lon": [-112.0], "lat": [32.0], "location_precision_m": [15000.0], "n_dead": [1], "n_missing": [0], "cause": ["heat"],
                        "date": pd.Timestamp("2012-07-01"), "flags": ""})  # fmt: skip
    fig = maps.zone_map(one, zones, base, "en", "double", "desert")
    (disc,) = [c for c in fig.axes[0].collections if type(c).__name__ == "EllipseCollection"]
    assert disc.get_widths()[0] == pytest.approx(30000), "metres across"


def test_a_scale_bar_is_as_long_as_it_says(incidents, zones, base):
    for zone in ("canal", "desert"):
        ax = maps.zone_map(incidents, zones, base, "en", "double", zone).axes[0]
        label = next(t.get_text() for t in ax.texts if " km (" in t.get_text())
        bar = next(line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 1.4)
        x, y = bar.get_xdata(), bar.get_ydata()
        crs = basemap.utm_of(zones.set_index("zone_id").geometry[zone].bounds)
        ends = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=crs).to_crs(4326)
        metres = Geod(ellps="WGS84").inv(ends.x[0], ends.y[0], ends.x[1], ends.y[1])[2]
        assert metres / 1000 == pytest.approx(float(label.split(" km")[0]), rel=0.01)


def test_no_incident_gives_a_sentence(incidents, zones, base):
    empty = incidents.head(0)
    for fig in (maps.zone_map(empty, zones, base, "es"), map_counts.county_map(empty, base, "es"), map_panels.map_panels(empty, zones, base, "es")):
        assert "No hay mapa" in " ".join(t.get_text() for ax in fig.axes for t in ax.texts)
    far = incidents[incidents["lon"] > -100]
    fig = maps.zone_map(far, zones, base, "en", "double", "canal")
    assert "nobody is recorded as dead or missing in or near A canal" in " ".join(t.get_text() for ax in fig.axes for t in ax.texts).replace("\n", " ")


def test_one_person_makes_a_map(incidents, zones, base):
    assert "1 person who died or went missing is shown." in words(maps.zone_map(incidents.head(1).assign(n_dead=1), zones, base, "en", "double", "desert"))


def test_unknown_zone_and_kind_of_panel_stop(incidents, zones, base):
    with pytest.raises(InputError, match="no zone 'moon'"):
        maps.zone_map(incidents, zones, base, "en", "double", "moon")
    with pytest.raises(InputError, match="small maps cannot be made by 'sex'"):
        map_panels.map_panels(incidents, zones, base, "en", "double", {"by": "sex"})


def test_missing_base_geometry_stops(tmp_path):
    with pytest.raises(InputError, match="base geometry is missing"):
        basemap.read_base(tmp_path / "base.gpkg")


def test_hexagons_hold_everyone_and_are_equal(incidents):
    places = maps.public_positions(incidents)
    cells = map_counts.hexagons(places, "EPSG:32612", 10_000)
    assert cells["n"].sum() == places["n"].sum()
    assert np.allclose(cells.area, 10_000**2 * np.sqrt(3) / 2)
    points = gpd.GeoDataFrame(places, geometry=gpd.points_from_xy(places["lon"], places["lat"]), crs=4326).to_crs(32612)
    inside = gpd.sjoin(points, cells[["geometry"]].buffer(0.01).to_frame("geometry"), how="left")
    assert inside["index_right"].notna().all(), "every point lies in its hexagon"


def test_counts_by_county_are_those_of_the_table(incidents, base):
    table, lost = map_counts.count_by_county(incidents, base["counties"], base["mx_states"])
    expected = incidents.groupby("county")["n_dead"].sum()
    assert table.set_index("area")["n"].to_dict() == expected.astype(float).to_dict()
    assert lost == 0
    unknown = incidents.assign(county="Nowhere")
    assert map_counts.count_by_county(unknown, base["counties"], base["mx_states"])[1] == incidents["n_dead"].sum()


def test_classes_of_the_key_and_of_the_map_agree():
    key = [item[3] for item in map_counts.shade_key(600, "en")]
    assert key[0] == "1–4 people"
    assert [map_counts.shade(n) for n in (0, 1, 4, 5, 499, 500)] == [None, *(map_counts.SHADES[i] for i in (0, 0, 1, 3, 4))]


def test_the_interactive_map_fetches_nothing(incidents, zones, base):
    import altair as alt

    chart = map_panels.interactive_map(incidents, zones, base, "es")
    alt.Chart.from_dict(chart)  # Altair holds the schema of Vega-Lite
    assert "http" not in str(chart)
    assert "Ahogamiento" in str(chart)
    page = explorer.standalone(chart)
    assert not re.findall(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?(?:https?:)?//""", page)
    assert "Ahogamiento" in page


@pytest.mark.parametrize(
    ("bounds", "crs"), [((-115.5, 32.6, -114.5, 32.8), "EPSG:32611"), ((-112, 31, -110, 32), "EPSG:32612"), ((-99, 26, -98, 27), "EPSG:32614")]
)
def test_the_projection_is_that_of_the_place(bounds, crs):
    assert basemap.utm_of(bounds) == crs


def test_the_map_of_zones_names_each_and_a_register_without_one_is_told(zones, base):
    fig = maps_zones.zones_map(zones, base, "en")
    written = " ".join(t.get_text() for t in fig.findobj(Text))
    assert "A canal" in written
    assert "A desert" in written
    assert "A canal and A desert" in fig.bsi_description.alt
    only_sectors = zones.assign(family="sector")
    message = maps_zones.zones_map(only_sectors, base, "en").findobj(Text)
    assert "no named zone" in " ".join(t.get_text() for t in message).replace("\n", " ")


def test_people_known_too_roughly_are_counted_only_inside_the_map():
    places = pd.DataFrame({"lon": [-112.0, -112.0, -98.0], "lat": [32.0, 32.1, 27.0], "n": [1.0, 2.0, 4.0], "location_precision_m": [100.0, 9000.0, 9000.0]})
    extent = basemap.extent_of((-113, 31, -111, 33), "EPSG:32612")
    near, n_rough = maps.within(places, "EPSG:32612", extent, 5000)
    assert near["n"].tolist() == [1.0]
    assert n_rough == 2, "the four people in Texas are not of this map"


def test_maps_side_by_side_say_which_they_are(incidents, zones, base):
    zone = zones["zone_id"].iloc[0]
    ways = [{"by": by, "zone_id": z} for by in ("cause", "period") for z in (zone, None)]
    captions = [map_panels.map_panels(incidents, zones, base, "en", options=way).bsi_description.caption for way in ways]
    assert len(set(captions)) == len(ways)


def test_a_layer_kept_for_an_extent_is_not_given_for_another(base):
    wide, narrow = (basemap.extent_of(bounds, basemap.ALBERS) for bounds in (basemap.BORDER_BOUNDS, (-115.0, 32.4, -114.5, 32.8)))
    first = basemap.clipped(base["towns"], basemap.ALBERS, wide)
    assert basemap.clipped(base["towns"], basemap.ALBERS, wide) is first
    assert len(basemap.clipped(base["towns"], basemap.ALBERS, narrow)) < len(first)
    assert len(basemap.clipped(base["towns"].head(3), basemap.ALBERS, wide)) <= 3


def test_a_span_of_one_year_is_called_by_that_year(incidents, zones, base):
    rows = incidents.assign(date=pd.to_datetime(np.where(np.arange(len(incidents)) % 2, "2004-05-01", "2005-05-01")))
    fig = map_panels.map_panels(rows, zones, base, "en", "double", {"by": "period"})
    assert fig.bsi_description.data["panel"].tolist() == ["2000\u20132004", "2005"]
