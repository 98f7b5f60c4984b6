"""How IOM's list came about: its slips, the vintages that hold each row, and invented ids."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.register.sample.text import day_number

KEPT_2019 = {2014: 0.55, 2015: 0.95, 2016: 0.97, 2017: 0.99, 2018: 0.98, 2019: 0.86}  # share of the rows of each year that the vintage of 2019 holds


def with_slips(rng, rows):
    """Return the rows with the slips that the list has: three points without the minus sign, some rows without a day or point, one null island."""
    rows = rows.copy()
    here = np.flatnonzero(~rows["kind"].isin(["elsewhere", "cumulative"]))
    some = lambda kind, count: rng.choice(np.flatnonzero(rows["kind"] == kind), max(1, round(count * len(here) / 4200)), replace=False)  # noqa: E731
    signless, island, dayless = some("pima", 3), some("press", 1), some("press", 10)
    rows.loc[signless, "lon_text"] = rows.loc[signless, "lon_text"].str.removeprefix("-")
    rows.loc[island, ["lon_text", "lat_text"]] = "0.0"
    rows.loc[some("press", 1), ["lon_text", "lat_text"]] = ""
    rows["is_dayless"] = np.isin(np.arange(len(rows)), dayless)
    rows["is_signless"] = np.isin(np.arange(len(rows)), signless)
    return rows


def with_vintages(rng, rows):
    """Return the rows with the vintages that hold them: late additions, one bulk import, a few withdrawn rows."""
    day, year = rows["day"].to_numpy().astype(int), rows["day"].to_numpy().astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    n = len(rows)
    here = (rows["kind"] != "elsewhere").to_numpy()
    kept = np.array([KEPT_2019.get(y, 0) for y in range(2013, 2026)])[year - 2013]
    late = here & (year == 2021) & (rng.random(n) < 0.045)
    in_2019 = (day <= day_number("2019-12-28")) & (rng.random(n) < np.where(here, kept, 0.8)) & (rows["kind"] != "foia").to_numpy()
    in_2022 = (day <= day_number("2022-01-28")) & ~late & (rows["kind"] != "foia").to_numpy()
    withdrawn = here & in_2022 & (rng.random(n) < 0.009)
    return rows.assign(year=year, in_2019=in_2019, in_2022=in_2022, in_2024=~withdrawn)


def with_ids(rows):
    """Return the rows by day with invented ids; serials start at 90001, where no real one is."""
    rows = rows.sort_values(["day", "kind", "event"], kind="stable", ignore_index=True)
    serial = rows.groupby("year").cumcount() + 90001
    incident = np.array([f"{y}.MMP{s:05d}" for y, s in zip(rows["year"], serial)], dtype=object)
    leader = rows.groupby("group").cumcount().eq(0).to_numpy() | (rows["group"] < 0).to_numpy()
    first_id = pd.Series(np.where(leader, incident, None), index=rows.index).where(rows["group"] >= 0).groupby(rows["group"]).transform("first")
    return rows.assign(
        incident_id=incident, main_id=first_id.where(rows["group"] >= 0, pd.Series(incident)), web_id=(np.arange(len(rows)) + 900001).astype(str).astype(object)
    )
