"""What notebooks 01 and 02 show of a register besides figures: quality of the linkage, zone totals, incidents without a place."""

from __future__ import annotations

import pandas as pd

from bsi import selections, workspace


def linkage_quality() -> pd.DataFrame:
    """Return the measured precision and recall of the linkage, with 95 % intervals, as the benchmark wrote them; a note where it was not run."""
    import json

    path = workspace.PROJECT / "benchmarks" / "linkage.json"
    if not path.is_file():
        return pd.DataFrame({"note": ["not measured here: run `make bench`"]})
    found = json.loads(path.read_text(encoding="utf-8"))
    evidence = {"synthetic sample, all pairs": found["sample"]}
    evidence |= {f"Pima examiner's rows of IOM against OpenGIS, positions and days {how}": row for how, row in found["blurred"].items()}
    evidence |= {f"Border Patrol 2014-15 labelled by hand, against {which.replace('_', ' ')}": row for which, row in found["border_patrol"].items()}
    evidence |= {f"editions of one list: {which}": row for which, row in found["vintages"].items()}
    rows = []
    for name, row in evidence.items():
        if not isinstance(row, dict):
            continue
        low, high = row["precision_95"], row["recall_95"]
        rows.append({"evidence": name, "precision": row["precision"], "precision_low": low[0], "precision_high": low[1],
                     "recall": row["recall"], "recall_low": high[0], "recall_high": high[1]})  # fmt: skip
    return pd.DataFrame(rows)


def zone_totals(register, lang: str = "en") -> pd.DataFrame:
    """Return per zone the expected, lowest and highest number of people dead, all years together."""
    rows = selections.deaths(register, selections.Choices())
    dead = rows.loc[~rows["is_cumulative"]].set_index("incident_id")["n_dead"].fillna(0).astype(float)
    table = register.zone_weights[register.zone_weights["incident_id"].isin(dead.index)]
    people = table["incident_id"].map(dead)
    sums = pd.DataFrame(
        {"zone_id": table["zone_id"], "expected": people * table["probability"], "lowest": people * table["probability"].ge(1 - 1e-9), "highest": people}
    )
    names = register.zones[["zone_id", "family", f"name_{lang}"]]
    return names.merge(sums.groupby("zone_id").sum().round(1).reset_index(), how="left").fillna({"expected": 0, "lowest": 0, "highest": 0})


def unplaced(register) -> pd.DataFrame:
    """Return how many incidents have neither point nor zone, by list and year."""
    rows = selections.deaths(register, selections.Choices())
    rows = rows[rows["lon"].isna() & ~rows["incident_id"].isin(register.zone_weights["incident_id"])]
    return (
        rows.assign(year=rows["date"].dt.year)
        .groupby(["sources", "year"], dropna=False)
        .agg(incidents=("incident_id", "size"), dead=("n_dead", "sum"))
        .reset_index()
    )
