"""Intensity of incidents per square kilometre: a kernel density in which each incident is spread by its own precision.

Methods: Gaussian kernel by binning and convolution; the intensity is divided by the kernel's mass inside the window (uniform edge
correction: a uniform pattern stays flat; Diggle 1985, Applied Statistics 34:138); bandwidth by likelihood cross-validation, a place at a
time; relative risk after Kelsall and Diggle (1995), Bernoulli 1:3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bsi.errors import NotEstimable

BANDWIDTHS_M = (1_000, 2_000, 3_000, 5_000, 8_000, 12_000, 20_000)
TRUNCATE = 4.0  # kernels are cut at four standard deviations


@dataclass(frozen=True)
class Grid:
    """A grid of square cells in a projected CRS: lower left corner, cell size in metres, rows and columns, cells inside the window."""

    x0: float
    y0: float
    cell_m: float
    shape: tuple[int, int]
    inside: np.ndarray | None = None

    @property
    def centers(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the x and y of the cell centres, in metres."""
        rows, columns = self.shape
        return self.x0 + (np.arange(columns) + 0.5) * self.cell_m, self.y0 + (np.arange(rows) + 0.5) * self.cell_m


def grid_over(window, cell_m: float) -> Grid:
    """Return the grid that covers a polygon, with the cells whose centre lies in it marked.

    Parameters
    ----------
    window : shapely polygon in a projected CRS, metres
    cell_m : cell size in metres
    """
    import shapely

    x0, y0, x1, y1 = window.bounds
    shape = (int(np.ceil((y1 - y0) / cell_m)), int(np.ceil((x1 - x0) / cell_m)))
    grid = Grid(x0, y0, cell_m, shape)
    x, y = np.meshgrid(*grid.centers)
    shapely.prepare(window)
    return Grid(x0, y0, cell_m, shape, shapely.contains_xy(window, x, y))


def bin_points(x_m, y_m, grid: Grid, weights=None) -> np.ndarray:
    """Return the weight of the points in each cell (rows, columns); points outside the grid are left out."""
    rows, columns = grid.shape
    i = np.floor((np.asarray(y_m, float) - grid.y0) / grid.cell_m).astype(np.int64)
    j = np.floor((np.asarray(x_m, float) - grid.x0) / grid.cell_m).astype(np.int64)
    ok = (i >= 0) & (i < rows) & (j >= 0) & (j < columns)
    w = None if weights is None else np.asarray(weights, float)[ok]
    return np.bincount(i[ok] * columns + j[ok], w, rows * columns).reshape(rows, columns).astype(float)


def density(x_m, y_m, precision_m, bandwidth_m: float, grid: Grid, weights=None) -> np.ndarray:
    """Return the intensity on the grid, incidents (or their weights) per square kilometre; NaN outside the window.

    Parameters
    ----------
    x_m, y_m : arrays (n,), projected coordinates in metres
    precision_m : array (n,) or number, radius within which the true place lies; a disc of radius r adds r^2/4 to the kernel's variance
    bandwidth_m : standard deviation of the kernel in metres
    grid : Grid
    weights : array (n,), e.g. persons or the probability of lying in a zone; default one each

    Raises
    ------
    NotEstimable
        There is no point.
    """
    x_m, y_m = np.asarray(x_m, float), np.asarray(y_m, float)
    if not len(x_m):
        raise NotEstimable("there is no incident with a position")
    weights = np.ones(len(x_m)) if weights is None else np.asarray(weights, float)
    spread = np.hypot(bandwidth_m, np.broadcast_to(np.asarray(precision_m, float), x_m.shape) / 2)
    classes = np.round(np.log2(spread) * 8).astype(int)  # kernels within nine per cent of each other share one convolution
    total = np.zeros(grid.shape)
    for group in np.unique(classes):
        mine = classes == group
        sigma = float(np.sqrt(np.mean(spread[mine] ** 2)))
        total += _smooth(bin_points(x_m[mine], y_m[mine], grid, weights[mine]), sigma / grid.cell_m, grid)
    return np.where(_window(grid), total / (grid.cell_m / 1000) ** 2, np.nan)


def _window(grid: Grid) -> np.ndarray:
    return np.ones(grid.shape, bool) if grid.inside is None else grid.inside


def _smooth(binned: np.ndarray, sigma_cells: float, grid: Grid) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    mass = gaussian_filter(_window(grid).astype(float), sigma_cells, mode="constant", truncate=TRUNCATE)
    return gaussian_filter(np.where(_window(grid), binned, 0.0), sigma_cells, mode="constant", truncate=TRUNCATE) / np.maximum(mass, 1e-3)


def choose_bandwidth(x_m, y_m, precision_m=0.0, candidates_m=BANDWIDTHS_M) -> tuple[float, np.ndarray]:
    """Return the bandwidth of highest cross-validated likelihood and the mean log density at each candidate.

    All incidents at one place are left out together, since copies of a coordinate would draw the bandwidth to nothing.

    Parameters
    ----------
    x_m, y_m : arrays (n,), projected metres
    precision_m : array (n,) or number, as in `density`
    candidates_m : bandwidths to compare, metres

    Raises
    ------
    NotEstimable
        Fewer than ten different places.
    """
    points = np.column_stack([np.asarray(x_m, float), np.asarray(y_m, float)])
    places, first, counts = np.unique(points, axis=0, return_index=True, return_counts=True)
    if len(places) < 10:
        raise NotEstimable("{n} different places are too few to choose a bandwidth; at least ten are needed", n=len(places))
    extra = (np.broadcast_to(np.asarray(precision_m, float), len(points))[first] / 2) ** 2
    scores = np.array([_held_out(places, counts, extra + h**2) for h in candidates_m])
    return float(candidates_m[int(np.argmax(scores))]), scores


def _held_out(places: np.ndarray, counts: np.ndarray, variance: np.ndarray) -> float:
    """Return the mean log density at each place of the kernels of all other places (per square metre)."""
    total, n = 0.0, counts.sum()
    for start in range(0, len(places), 1000):
        block = slice(start, min(start + 1000, len(places)))
        squared = ((places[block, None, :] - places[None, :, :]) ** 2).sum(axis=2)
        kernel = counts * np.exp(-squared / (2 * variance)) / (2 * np.pi * variance)
        kernel[np.arange(block.stop - start), np.arange(start, block.stop)] = 0.0
        others = kernel.sum(axis=1) / (n - counts[block])
        total += (counts[block] * np.log(np.maximum(others, 1e-300))).sum()
    return total / n


def relative_risk(case: np.ndarray, control: np.ndarray, floor: float) -> np.ndarray:
    """Return log2 of the ratio of two intensities, each as a share of its total; NaN where both are below the floor.

    Parameters
    ----------
    case, control : intensities on one grid, per square kilometre
    floor : intensity share below which a ratio says nothing
    """
    a, b = case / np.nansum(case), control / np.nansum(control)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log2(np.maximum(a, floor) / np.maximum(b, floor))
    return np.where((a < floor) & (b < floor), np.nan, ratio)


def bootstrap(x_m, y_m, precision_m, bandwidth_m: float, grid: Grid, seeds) -> np.ndarray:
    """Return intensities of resampled incidents (replicates, rows, columns): each incident drawn a Poisson(1) number of times.

    Parameters
    ----------
    x_m, y_m, precision_m, bandwidth_m, grid : as in `density`
    seeds : sequence of seeds, one a replicate
    """
    return np.stack([density(x_m, y_m, precision_m, bandwidth_m, grid, np.random.default_rng(s).poisson(1.0, len(x_m))) for s in seeds])
