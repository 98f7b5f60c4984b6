"""Where questions asked of a register: its incidents in a window, hot-spot maps scored forward, clusters, the canal and the next season."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from bsi import selections, workspace
from bsi.errors import NotEstimable
from bsi.selections import Choices

ZONE = "desert_arizona_sonora"
TRAINING_YEARS = 5
FIRST_TEST = 2005  # places are recorded with their precision from 2000 on
REPLICATES = 99
SCAN_YEARS = 10  # routes shift: over longer spans that alone looks like clusters


def outline(register, choices: Choices):
    """Return the outline (EPSG:4326) of the chosen zone, else of the Arizona-Sonora desert.

    Raises
    ------
    InputError
        The register holds no such zone.
    """
    zone = selections.check_choices(register, Choices(zone=choices.zone or ZONE)).zone
    return register.zones.set_index("zone_id").geometry[zone]


def window_of(register, choices: Choices, max_precision_m: float = 2_000.0):
    """Return (incidents placed well enough, grid of 5 km cells, CRS, outline) of the chosen zone, else the Arizona-Sonora desert.

    Parameters
    ----------
    register : from bsi.open()
    choices : years, zone, cause
    max_precision_m : an incident known less well than this is left out

    Raises
    ------
    InputError
        The register holds no such zone.
    NotEstimable
        No incident of the choice has a position that is known well enough within the zone.
    """
    from bsi.analysis import density, hotspots

    shape = outline(register, choices)
    crs = hotspots.metric_crs(shape)
    area = hotspots.window(shape, crs)
    rows = selections.deaths(register, choices)
    rows = rows[(rows["date"] <= pd.Timestamp(register.build["data_as_of"])).fillna(False).to_numpy(bool)]  # a later date is not credible
    return hotspots.placed(rows, area, crs, max_precision_m), density.grid_over(area, hotspots.CELL_M), crs, area


@functools.lru_cache(maxsize=4)
def validation_scores(register, choices: Choices) -> pd.DataFrame:
    """Return every way of making a hot-spot map scored on every test year, fitted on the years before it only.

    Without a choice of years the test years run from 2005, or the sixth year with a place, to the last complete one.

    Raises
    ------
    NotEstimable
        As in `window_of`, or no test year has an incident.
    """
    from bsi.analysis import hotspots, scan, validation

    points, grid, _, _ = window_of(register, Choices(None, None, choices.zone, choices.cause))
    begin = int(points["year"].min())
    first, last = choices.first_year or max(FIRST_TEST, begin + TRAINING_YEARS), choices.last_year or last_complete(points)
    counts = hotspots.yearly(points, grid, min(begin, first - TRAINING_YEARS), last)
    ways = hotspots.makers(points, grid, counts, lambda rows: scan.scan(rows["x_m"], rows["y_m"], rows["month"], replicates=0), TRAINING_YEARS)
    return validation.forward(counts, grid.inside, ways, first)


def does_it_help(register, choices: Choices) -> dict:
    """Return the plain answer of `validation.answer` with the table by measure, and the numbers for the sentence.

    Raises
    ------
    NotEstimable
        As in `validation_scores`, or too few test years.
    """
    from bsi.analysis import validation

    scores = validation_scores(register, choices)
    table = validation.answer(scores)
    tables = {m: part.set_index("method") for m, part in table.groupby("measure", sort=False)}
    hits = tables["hit_rate_5"]
    best = hits[hits["is_best"]].iloc[0]
    years = scores.groupby("year")["n_test"].first()
    return {"answer": best["answer"], "best": best.name, "tables": tables, "n": int(years.sum()), "first": int(years.index.min()),
            "last": int(years.index.max()), "hit": float(best["mean"]), "hit_low": float(best["low"]), "hit_high": float(best["high"]),
            "baseline": float(hits.loc["last_year", "mean"])}  # fmt: skip


def recent(points: pd.DataFrame, years: int = TRAINING_YEARS) -> pd.DataFrame:
    """Return the points of the last complete years."""
    last = last_complete(points)
    return points[points["year"].between(last - years + 1, last)]


def last_complete(points: pd.DataFrame) -> int:
    """Return the last year that the points cover to December."""
    return int(points["year"].max()) - (points["date"].max().month < 12)


def _scanned(register, choices: Choices):
    points, _, crs, _ = window_of(register, choices)
    return (points if choices.first_year or choices.last_year else recent(points, SCAN_YEARS)), crs


def as_events(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points with those of one event made one: people found on one day within two kilometres of one another, at their middle.

    Lists name people singly; a group that died together would be its own cluster (see `clusters.events`).
    """
    from bsi.analysis import clusters

    event = clusters.events(points["x_m"], points["y_m"], points["date"])
    how = {"x_m": "mean", "y_m": "mean", "precision_m": "max", "n_dead": "sum"} | dict.fromkeys(("date", "year", "month", "sector"), "first")
    return points.groupby(event).agg(how).sort_values("date", ignore_index=True)


@functools.lru_cache(maxsize=4)
def clusters_found(register, choices: Choices, replicates: int = REPLICATES) -> pd.DataFrame:
    """Return the space-time clusters of events and of people: the columns of `scan.scan` with unit, lon, lat, from, to, n_cases.

    Without a choice of years the last ten complete ones are scanned. The unit "incidents" counts a group found together once (`as_events`).

    Raises
    ------
    NotEstimable
        As in `window_of` and `scan.scan`.
    """
    from bsi.analysis import hotspots, scan

    points, crs = _scanned(register, choices)
    bodies = points.loc[points.index.repeat(points["n_dead"].fillna(1).clip(lower=1).astype(int))]
    parts = []
    for unit, rows in (("incidents", as_events(points)), ("people", bodies)):
        found = scan.scan(rows["x_m"].round(), rows["y_m"].round(), rows["month"], replicates=replicates)
        lon, lat = hotspots.to_degrees(found["center_x_m"], found["center_y_m"], crs)
        parts.append(found.assign(unit=unit, lon=lon, lat=lat, n_cases=len(rows)))
    table = pd.concat(parts, ignore_index=True).assign(year_first=int(points["year"].min()), year_last=int(points["year"].max()))
    for end in ("from", "to"):
        table[end] = pd.to_datetime(table[f"month_{end}"].map(lambda m: f"{m // 12}-{m % 12 + 1:02d}-01"))
    return table


def cluster_stability(register, choices: Choices, draws: int = 20) -> pd.DataFrame:
    """Return how often each significant cluster of incidents comes back when every position is drawn anew within its precision.

    Raises
    ------
    NotEstimable
        As in `clusters_found`.
    """
    from bsi.analysis import hotspots, scan

    found = clusters_found(register, choices)
    found = found[found["unit"].eq("incidents") & found["p_monte_carlo"].le(0.05)].reset_index(drop=True)
    points = as_events(_scanned(register, choices)[0])
    back = np.zeros(len(found))
    if found.empty:
        return found.assign(share_of_draws=back)
    limits = scan.Limits(statistic=found["statistic"].min() * 0.499)  # a weaker one would not count as come back
    for seed in range(draws):
        drawn = hotspots.draw_positions(points, seed)
        try:
            again = scan.scan(drawn["x_m"], drawn["y_m"], drawn["month"], limits, replicates=0).head(2 * len(found) + 10)
        except NotEstimable:  # no cluster this time
            continue
        back += [_comes_back(row, again) for row in found.itertuples()]
    return found.assign(share_of_draws=back / draws)


def _comes_back(row, again: pd.DataFrame) -> bool:
    """True where a cluster overlaps in space and time with one as strong (at least half its statistic)."""
    apart = np.hypot(again["center_x_m"] - row.center_x_m, again["center_y_m"] - row.center_y_m)
    meets = (apart <= again["radius_m"] + row.radius_m + 1000) & (again["month_from"] <= row.month_to) & (again["month_to"] >= row.month_from)
    return bool((meets & (again["statistic"] >= row.statistic / 2)).any())


def canal_line(register):
    """Return the centre line of the All-American Canal (EPSG:4326)."""
    from bsi.register import zones

    return zones.load_centreline(workspace.reference(register.data_folder, "zones", "all_american_canal_waypoints.csv"))


def canal_table(register, choices: Choices) -> pd.DataFrame:
    """Return the people by kilometre of the All-American Canal, from its western end: see `canal.by_kilometre`."""
    from bsi.analysis import canal

    rows = selections.in_zone(register, Choices(choices.first_year, choices.last_year, "canal_aac", choices.cause))
    return canal.by_kilometre(rows[~rows["is_cumulative"]], canal_line(register))


def months_by_zone(register, choices: Choices, zones=None) -> pd.DataFrame:
    """Return deaths by zone and complete calendar month: zone_id, year, month, n (sums of probabilities)."""
    from bsi.analysis import counts

    wanted = list(zones or register.zones.loc[register.zones["family"].isin(["canal", "desert"]), "zone_id"])
    table = counts.count(selections.deaths(register, choices), register.zone_weights, "month", {"zone_id": wanted}, data_until=register.build["data_as_of"])
    table = table[table["part"].eq("period") & table["is_complete"].fillna(False).astype(bool) & table["zone_id"].isin(wanted)]
    return pd.DataFrame({"zone_id": table["zone_id"], "year": table["period_start"].dt.year, "month": table["period_start"].dt.month, "n": table["n_dead"]})


def next_season(register, choices: Choices) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (expected deaths of the next year by zone and month with intervals, how such intervals did in the last ten years).

    Raises
    ------
    NotEstimable
        Too few complete years.
    """
    from bsi.analysis import planning

    months = months_by_zone(register, Choices(None, None, None, choices.cause))
    full = months.groupby("year")["month"].nunique()
    if not full.eq(12).any():
        raise NotEstimable("no calendar year of the register is complete, so no season can be expected from it")
    year = int(full[full == 12].index.max()) + 1
    return planning.expect(months, year), planning.scores(planning.past_seasons(months, year - 10, year - 1))


def season_scores(register, choices: Choices) -> pd.DataFrame:
    """Return how the intervals of `next_season` did in the last ten years; an empty table where there are too few years."""
    try:
        return next_season(register, choices)[1]
    except NotEstimable:
        return pd.DataFrame()


def clusters_beyond_exposure(register, choices: Choices, replicates: int = REPLICATES) -> pd.DataFrame:
    """Return the clusters of incidents beyond what encounters by sector and month explain (Poisson scan), with lon and lat.

    Raises
    ------
    NotEstimable
        As in `window_of` and `scan.scan_poisson`, or the published figures hold no monthly encounters.
    InputError
        The encounters have a gap in the months scanned.
    """
    from bsi.analysis import hotspots, rates, scan

    series = rates.denominator(register.published, "encounters", "month")
    table = series.assign(month=series["period_start"].dt.year * 12 + series["period_start"].dt.month - 1).pivot(
        index="month", columns="area", values="exposure"
    )
    points, crs = _scanned(register, choices)
    points = as_events(points)
    points = points[points["month"].between(table.index.min(), table.index.max()) & points["sector"].isin(table.columns)]
    points = points.assign(x_m=points["x_m"].round(), y_m=points["y_m"].round())
    points = points.assign(place=points.groupby(["x_m", "y_m"]).ngroup())
    if points.empty:
        raise NotEstimable("no incident lies in the months and sectors of the published encounters")
    months = table.loc[points["month"].min() : points["month"].max()]
    found = scan.scan_poisson(points, scan.exposure_by_sector(points, months), int(months.index[0]), replicates=replicates)
    lon, lat = hotspots.to_degrees(found["center_x_m"], found["center_y_m"], crs)
    return found.assign(lon=lon, lat=lat, n_cases=len(points))
