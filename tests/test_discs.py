"""Shares of discs against a closed form, another implementation and Monte Carlo; keys of points against plain containment."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bsi.register import discs

TO_DEGREES = pyproj.Transformer.from_crs(discs.EQUAL_AREA, "EPSG:4326", always_xy=True)


def share(x, y, radius, shape):
    """Share of one disc given in the plane of EQUAL_AREA."""
    lon, lat = TO_DEGREES.transform(x, y)
    return discs.disc_shares([lon], [lat], [radius], np.array([shape], dtype=object))[0, 0]


@pytest.mark.parametrize("d", [-1.0, -0.9, -0.5, -0.01, 0.0, 0.3, 0.7, 0.999])
def test_half_plane_has_its_closed_form(d):
    """A straight edge at distance d*r from the centre leaves a circular segment: 1 - (acos d - d sqrt(1 - d^2)) / pi."""
    plane = shapely.box(-5e5, -5e5, 3000 * d, 5e5)
    assert share(0, 0, 3000, plane) == pytest.approx(1 - (np.arccos(d) - d * np.sqrt(1 - d * d)) / np.pi, abs=1e-7)


def test_small_polygon_and_hole_inside_the_disc():
    square = shapely.box(-100, -100, 100, 100)
    assert share(0, 0, 1000, square) == pytest.approx(200**2 / (np.pi * 1000**2), rel=1e-6)
    ring = shapely.box(-1e4, -1e4, 1e4, 1e4).difference(square)
    assert share(0, 0, 1000, ring) == pytest.approx(1 - 200**2 / (np.pi * 1000**2), rel=1e-6)
    assert share(0, 0, 10, ring) == 0
    assert share(0, 0, 10, square) == 1


def test_orientation_of_the_rings_does_not_matter():
    square = shapely.box(0, -1000, 5000, 1000)
    assert share(0, 0, 900, square) == pytest.approx(0.5, abs=1e-7)
    assert share(0, 0, 900, square.reverse()) == pytest.approx(0.5, abs=1e-7)


def test_points_and_missing_values():
    square = np.array([shapely.box(-5000, -5000, 5000, 5000)], dtype=object)
    lon, lat = TO_DEGREES.transform(0, 0)
    assert discs.disc_shares([lon, lon, lon, None], [lat, lat, None, lat], [0.0, None, 100.0, 100.0], square)[:, 0].tolist() == [1, 1, 0, 0]


def star(rng, n, inner=500, outer=9000):
    """A random polygon around the origin that never crosses itself."""
    angle = np.sort(rng.uniform(0, 2 * np.pi, n))
    angle = angle + np.linspace(0, 1e-6, n)
    radius = rng.uniform(inner, outer, n)
    return shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 40), st.floats(-9000, 9000), st.floats(-9000, 9000), st.floats(5, 20_000))
def test_share_equals_that_of_a_fine_polygon(seed, n, x, y, radius):
    """Independent implementation: GEOS intersection with a 2,048-gon."""
    shape = shapely.make_valid(star(np.random.default_rng(seed), n))
    if n > 8:
        shape = shapely.make_valid(shape.difference(shapely.Point(0, 0).buffer(300)))
    shape = shapely.MultiPolygon([p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"])
    disc = shapely.Point(x, y).buffer(radius, quad_segs=512)
    assert share(x, y, radius, shape) == pytest.approx(shape.intersection(disc).area / disc.area, abs=2e-5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-8000, 8000), st.floats(-8000, 8000), st.floats(1, 15_000))
def test_shares_over_a_partition_add_up_to_one(seed, x, y, radius):
    sites = shapely.multipoints(np.random.default_rng(seed).uniform(-20_000, 20_000, (12, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=shapely.box(-1e5, -1e5, 1e5, 1e5)))
    lon, lat = TO_DEGREES.transform(x, y)
    assert discs.disc_shares([lon], [lat], [radius], cells).sum() == pytest.approx(1, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-117, -98), st.floats(26, 33), st.floats(50, 15_000))
def test_share_on_the_globe_against_monte_carlo(seed, lon, lat, radius):
    """Points drawn evenly in the geodesic disc; the polygon tested in degrees, without any projection."""
    rng = np.random.default_rng(seed)
    degrees = radius / 100_000
    angle = np.sort(rng.uniform(0, 2 * np.pi, 9))
    shape = shapely.Polygon(np.column_stack([np.cos(angle), np.sin(angle)]) * degrees + [lon + degrees / 3, lat - degrees / 4])
    n = 40_000
    x, y, _ = pyproj.Geod(ellps="WGS84").fwd(np.full(n, lon), np.full(n, lat), rng.uniform(0, 360, n), radius * np.sqrt(rng.uniform(0, 1, n)))
    simulated = shapely.contains_xy(shape, x, y).mean()
    projected = shapely.transform(shapely.segmentize(shape, 0.01), lambda xy: discs.to_equal_area(*xy.T))
    computed = discs.disc_shares([lon], [lat], [radius], np.array([projected], dtype=object))[0, 0]
    assert computed == pytest.approx(simulated, abs=4.5 * np.sqrt(max(simulated * (1 - simulated), 1e-4) / n) + 0.002)


@pytest.mark.parametrize("n", [1000, discs.MANY_POINTS + 5])
def test_keys_equal_plain_containment(rng, n):
    shapes = [shapely.make_valid(star(rng, 30)), shapely.box(4000, 4000, 12_000, 12_000), shapely.box(-9000, -1, 9000, 1), shapely.Point(0, 0).buffer(50)]
    x, y = rng.uniform(-15_000, 15_000, (2, n))
    x[:3], y[:3] = [4000, 12_000, np.nan], [5000, 12_000, 0]
    expected = np.column_stack([shapely.contains_xy(s, x, y) for s in shapes])
    assert (discs.key_points(x, y, shapes) == expected).all()


def test_keys_of_nothing():
    assert discs.key_points([1.0], [1.0], []).shape == (1, 0)
    assert discs.key_points([], [], [shapely.box(0, 0, 1, 1)]).shape == (0, 1)
