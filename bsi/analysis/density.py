"""Intensity of incidents per square kilometre: a kernel density in which each incident is spread by its own precision.

Methods: Gaussian kernel by binning and convolution; the intensity is divided by the kernel's mass inside the window (uniform edge
correction: a uniform pattern stays flat; Diggle 1985, Applied Statistics 34:138); bandwidth by likelihood cross-validation, a place at a time.
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
    weights = np.ones(len(x_m)) if weights is None else np.asarray(weights, float)
    return densities(x_m, y_m, precision_m, bandwidth_m, grid, weights[None, :])[0]


def densities(x_m, y_m, precision_m, bandwidth_m: float, grid: Grid, weights: np.ndarray) -> np.ndarray:
    """Return the intensities (replicates, rows, columns) of the same incidents under several sets of weights.

    Parameters
    ----------
    x_m, y_m, precision_m, bandwidth_m, grid : as in `density`
    weights : array (replicates, n)

    Raises
    ------
    NotEstimable
        There is no point.
    """
    x_m, y_m = np.asarray(x_m, float), np.asarray(y_m, float)
    if not len(x_m):
        raise NotEstimable("there is no incident with a position")
    spread = np.hypot(bandwidth_m, np.broadcast_to(np.asarray(precision_m, float), x_m.shape) / 2)
    classes = np.round(np.log2(spread) * 8).astype(int)  # kernels within nine per cent of each other share one convolution
    total = np.zeros((len(weights), *grid.shape))
    for group in np.unique(classes):
        mine = classes == group
        sigma = float(np.sqrt(np.mean(spread[mine] ** 2)))
        binned = np.stack([bin_points(x_m[mine], y_m[mine], grid, w[mine]) for w in weights])
        total += _smooth(binned, sigma / grid.cell_m, grid)
    return np.where(inside(grid), total / (grid.cell_m / 1000) ** 2, np.nan)


def inside(grid: Grid) -> np.ndarray:
    """Return which cells of a grid lie in its window."""
    return np.ones(grid.shape, bool) if grid.inside is None else grid.inside


def _smooth(binned: np.ndarray, sigma_cells: float, grid: Grid) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    mass = gaussian_filter(inside(grid).astype(float), sigma_cells, mode="constant", truncate=TRUNCATE)
    kept = np.where(inside(grid), binned, 0.0)
    return gaussian_filter(kept, (0, sigma_cells, sigma_cells), mode="constant", truncate=TRUNCATE) / np.maximum(mass, 1e-3)


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
    others = _from_others(places, counts[:, None], extra, candidates_m)[:, :, 0] / (counts.sum() - counts)
    scores = (counts * np.log(np.maximum(others, 1e-300))).sum(axis=1) / counts.sum()
    return float(candidates_m[int(np.argmax(scores))]), scores


def choose_for_ratio(x_m, y_m, is_case, candidates_m=(3_000, 5_000, 8_000, 12_000, 20_000), square_m: float = 1_000.0) -> tuple[float, np.ndarray]:
    """Return the bandwidth at which the others near a place tell best which group its incidents belong to, and the mean log likelihood at each.

    Method: cross-validated likelihood of the kernel regression of the group on the place (Kelsall and Diggle 1998, JRSS C 47:559). Incidents of
    one square are left out together, since a group found together tells nothing of the others.

    Parameters
    ----------
    x_m, y_m : arrays (n,), projected metres
    is_case : array (n,) of bool, the group of each incident
    candidates_m : bandwidths to compare, metres
    square_m : side of the squares that are left out, metres

    Raises
    ------
    NotEstimable
        Fewer than ten different places.
    """
    points, is_case = np.column_stack([np.asarray(x_m, float), np.asarray(y_m, float)]), np.asarray(is_case, bool)
    points = np.floor(points / square_m) * square_m
    places, index = np.unique(points, axis=0, return_inverse=True)
    if len(places) < 10:
        raise NotEstimable("{n} different places are too few to choose a bandwidth; at least ten are needed", n=len(places))
    both = np.stack([np.bincount(index.ravel(), group, len(places)) for group in (is_case, ~is_case)], axis=1)
    others = _from_others(places, both, np.zeros(len(places)), candidates_m)
    share = is_case.mean()
    tiny = 1e-12 / (2 * np.pi * np.asarray(candidates_m, float)[:, None] ** 2)  # far from all others only the share of all is known
    chance = (others[:, :, 0] + tiny * share) / (others.sum(axis=2) + tiny)
    chance = np.clip(chance, 1e-6, 1 - 1e-6)
    scores = (both[:, 0] * np.log(chance) + both[:, 1] * np.log(1 - chance)).sum(axis=1) / len(points)
    return float(candidates_m[int(np.argmax(scores))]), scores


def _from_others(places: np.ndarray, weights: np.ndarray, extra: np.ndarray, bandwidths) -> np.ndarray:
    """Return the weighted kernel sums (per square metre) at each place from all other places: array (bandwidths, places, columns of weights)."""
    out = np.empty((len(bandwidths), *weights.shape))
    centred = (places - places.mean(axis=0)).astype(np.float32)
    for start in range(0, len(places), 1000):
        rows = np.arange(start, min(start + 1000, len(places)))
        squared = ((centred[rows, None, :] - centred[None, :, :]) ** 2).sum(axis=2)
        squared[np.arange(len(rows)), rows] = np.inf
        for k, h in enumerate(bandwidths):
            variance = extra + h**2
            scaled = weights / (2 * np.pi * variance)[:, None]
            out[k, rows] = np.exp(squared * (-0.5 / variance).astype(np.float32)) @ scaled.astype(np.float32)
            lost = np.flatnonzero(out[k, rows].sum(axis=1) < 1e-30)  # below what short floats hold
            if len(lost):
                out[k, rows[lost]] = np.exp(squared[lost].astype(float) * (-0.5 / variance)) @ scaled
    return out


def bootstrap(x_m, y_m, precision_m, bandwidth_m: float, grid: Grid, seeds) -> np.ndarray:
    """Return intensities of resampled incidents (replicates, rows, columns): each incident drawn a Poisson(1) number of times.

    Parameters
    ----------
    x_m, y_m, precision_m, bandwidth_m, grid : as in `density`
    seeds : sequence of seeds, one a replicate
    """
    return densities(x_m, y_m, precision_m, bandwidth_m, grid, np.stack([np.random.default_rng(s).poisson(1.0, len(x_m)) for s in seeds]))
