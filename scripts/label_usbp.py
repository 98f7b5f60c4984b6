"""List a random sample of Border Patrol records beside all rows of the other lists that might be of the same event, shuffled and unscored, to label by reading.

`python scripts/label_usbp.py FOLDER [OUT]` reads a data folder and writes a text to read; data/hand/link_labels_usbp.csv holds the judgement on it, as hashes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bsi import pipeline, workspace  # noqa: E402
from bsi.register.pairs import haversine_km, prepare  # noqa: E402

SEED, N = 20161, 160
REACH = ((100, 5), (20, 30), (1, 150))
SHOWN = ("sex", "age", "nationality", "cause", "cause_raw", "n_dead", "county", "source_text", "place_text")


def listed(records: pd.DataFrame) -> str:
    """Return the text: each sampled record, then its candidates (days apart, km, ~ where a county stands for the point) in random order."""
    patrol = records[records["source"] == "usbp_incidents"].set_index("record_id")
    repeats = records["source"].eq("no_more_deaths") & records["upstream"].isin(["pcome", "maricopa_me"])
    others = records[(records["source"] != "usbp_incidents") & ~repeats & ~records["flags"].str.contains("cumulative")].set_index("record_id")
    places = prepare(records).set_index("record_id")
    others = others[others.index.isin(places.index)]
    where = places.loc[others.index]
    rng, lines = np.random.default_rng(SEED), []
    for number, name in enumerate(rng.choice(np.sort(patrol.index.to_numpy().astype(str)), N, replace=False)):
        one = patrol.loc[name]
        km = haversine_km(where["lon"], where["lat"], one["lon"], one["lat"])
        days = (others["date"] - one["date"]).dt.days.to_numpy()
        near = np.flatnonzero(np.any([(km <= k) & (np.abs(days) <= d) for k, d in REACH], axis=0))
        lines.append(f"\n#{number} {name} {one['date']:%Y-%m-%d} {one['lat']:.3f} {one['lon']:.3f} {said(one)}")
        for at in rng.permutation(near):
            row = others.iloc[at]
            mark = "~" if where["radius_km"].iloc[at] else ""
            lines.append(f"   {row['source'][0].upper()} {others.index[at]} d{days[at]:+d} {mark}{km[at]:.2f}km {said(row)}")
    return "\n".join(lines)


def said(row: pd.Series) -> str:
    """Return what a row states, without what it does not."""
    return " | ".join(f"{name}={str(row[name])[:34]}" for name in SHOWN if pd.notna(row[name]))


def main() -> None:
    """Read the newest vintages of a folder and write the list."""
    folder = Path(sys.argv[1])
    records, *_ = pipeline.read_files(workspace.newest(workspace.find_raw(folder)), folder)
    text = listed(records)
    Path(sys.argv[2]).write_text(text, encoding="utf-8") if len(sys.argv) > 2 else print(text)


if __name__ == "__main__":
    main()
