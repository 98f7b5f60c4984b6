"""The synthetic sample: a data folder in the real layouts of the sources, with their kinds of mess and a truth table; same seed, same bytes."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from bsi.errors import InputError
from bsi.register.sample import layouts
from bsi.register.sample.iom import iom_rows
from bsi.register.sample.mapped import RESCUE_TOML, VIOLENCE_TOML, rescue_list, violence_list
from bsi.register.sample.merged import no_more_deaths
from bsi.register.sample.offices import office_view, ogis
from bsi.register.sample.patrol import border_patrol
from bsi.register.sample.text import iso
from bsi.register.sample.world import daily_temperatures, make_persons

SEED = 20021126
MARK = """synthetic sample / muestra sintética

Nothing in this folder is about a real person, place of death or event: bsi.register.sample invented every row (seed {seed}, scale {scale:g}).
Nada en esta carpeta se refiere a una persona, un lugar de muerte o un hecho reales: bsi.register.sample inventó cada fila.
"""
MAY_RUN_OVER = ("Article title", "Location of Incident", "Cause_of_Death")  # columns whose cells may hold line breaks
IOM_VINTAGES = {
    "2019-12-30": (layouts.layout_2019, {"quoting": csv.QUOTE_ALL, "lineterminator": "\r\n", "encoding": "utf-8-sig"}),
    "2022-02-19": (layouts.layout_2022, {"encoding": "utf-8-sig"}),
    "2024-11-15": (layouts.layout_2024, {}),
}
MAPPED_LISTS = {"sample_rescues": (rescue_list, 600, RESCUE_TOML), "sample_violence": (violence_list, 150, VIOLENCE_TOML)}
TRUTH = ["source", "vintage", "file", "row", "source_id", "expected", "person_ids", "event_id", "true_lon", "true_lat", "died"]


def write_sample(folder: Path, scale: float = 1.0, seed: int = SEED) -> None:
    """Write a synthetic data folder: raw/, climate/, truth.csv and the marker SAMPLE.

    Files: IOM in the layouts of 2019, 2022 and 2024; the examiner's list in two vintages; the hand merge of ten offices; Border Patrol's records of
    2014-15; a list of rescues and one of violence, each with its TOML; one station of daily temperatures. At scale 1 the newest vintages have about
    31,000 rows; rows grow in proportion to the scale. Two calls with the same arguments write the same bytes.

    Parameters
    ----------
    folder : folder to write to, made if missing; raw/ and climate/ of an earlier sample there are replaced
    scale : rows relative to the real files, above 0
    seed : seed of the random generator

    Raises
    ------
    InputError
        The scale is not above 0; the folder holds files that are no sample, or cannot be written.

    Notes
    -----
    truth.csv has one row for each row of each list: file and line, the source's id, whether it is to end as record, out_of_scope or rejected, the persons
    and the event it is about, the true point (EPSG:4326, degrees) and the day of death.
    """
    folder = Path(folder)
    if not scale > 0:
        raise InputError(f"the scale {scale} is not above 0", do="Give a number such as 1 or 0.1.")
    if any((folder / "raw").rglob("*.*")) and not (folder / "SAMPLE").is_file():
        raise InputError("the folder holds files that are no sample", str(folder), "Choose another folder; nothing was changed.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as scratch:
            _write_all(Path(scratch), scale, seed)
            for part in sorted(Path(scratch).iterdir()):
                shutil.rmtree(folder / part.name, ignore_errors=True)
                os.replace(part, folder / part.name)
    except OSError as error:
        raise InputError(f"the folder cannot be written ({error.strerror})", str(folder), "Choose another folder, or free space.") from None


def _write_all(folder, scale, seed):
    """Write every file of the sample into an empty folder."""
    rng = np.random.default_rng(seed)
    weather = daily_temperatures(rng)
    truth = _write_lists(rng, folder, make_persons(rng, weather, scale), scale)
    (folder / "climate").mkdir()
    _write_csv(folder / "climate" / "synthetic_sample_daily.csv", weather.assign(date=weather["date"].dt.strftime("%Y-%m-%d")))
    _write_csv(folder / "truth.csv", truth.astype(object).where(truth.notna(), ""))
    (folder / "SAMPLE").write_text(MARK.format(seed=seed, scale=scale), encoding="utf-8", newline="\n")


def _write_lists(rng, folder, persons, scale):
    """Write every list and return the truth of all their rows."""
    view = office_view(rng, persons)
    truth = []
    for vintage, (table, rows) in ogis(rng, view).items():
        path = _path(folder, "humane_borders", vintage)
        truth.append(_write(path, table, _truth_of(rows, table["ML Number"]), {"ML Number": "99-99999", "Reporting Date": "1899-12-30"}))
    table, rows = no_more_deaths(rng, view)
    truth.append(_write(_path(folder, "no_more_deaths", "2025-03-31"), table, _truth_of(rows).assign(expected=_says_nothing(table)), "Brooks County,2019.0"))
    table, patrol = border_patrol(rng, persons, view)
    truth.append(_write(_path(folder, "usbp_incidents", "2016-01-31"), table, _truth_of(patrol, table["usbp_record_no"]), "900000.0,2015-13-45"))
    rows = layouts.common(rng, iom_rows(rng, persons, view, patrol, scale))
    for vintage, (layout, how) in IOM_VINTAGES.items():
        table, used = layout(rng, rows)
        truth.append(_write(_path(folder, "iom", vintage), table, _truth_of_iom(used, table), _bad_iom_row(table), **how))
    for source, (make, n, toml) in MAPPED_LISTS.items():
        table, points = make(rng, max(1, round(n * scale)))
        path = _path(folder, source, "2024-12-31")
        truth.append(_write(path, table, _truth_of_list(source, table, points)))
        path.with_name(f"{path.name}.toml").write_text(toml, encoding="utf-8", newline="\n")
    return pd.concat(truth, ignore_index=True)[TRUTH]


def _path(folder, source, vintage):
    return folder / "raw" / source / f"{vintage}_synthetic_sample.csv"


def _write(path, table, truth, bad=None, **how):
    """Write one list, with one row that must be refused (cells by header, or a row that is too short), and return its truth with file and line of each row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(bad, dict):
        table = pd.concat([table, pd.DataFrame([{h: bad.get(h, "") for h in table.columns}])], ignore_index=True)
    _write_csv(path, table, **how)
    lines = 1 + sum((table[c].str.count("\n") for c in MAY_RUN_OVER if c in table), np.zeros(len(table), dtype=int))
    if isinstance(bad, str):
        with open(path, "a", encoding="utf-8", newline="") as file:
            file.write(bad + "\n")
        lines = np.append(lines, 1)
    if bad:
        truth = pd.concat([truth, pd.DataFrame({"source_id": "", "expected": ["rejected"], "person_ids": "", "event_id": ""})], ignore_index=True)
    first_lines = 2 + np.concatenate([[0], np.cumsum(lines)[:-1]])
    return truth.assign(source=path.parent.name, vintage=path.name[:10], file=path.name, row=first_lines.astype(int))


def _write_csv(path, table, encoding="utf-8", lineterminator="\n", quoting=csv.QUOTE_MINIMAL):
    with open(path, "w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, quoting=quoting, lineterminator=lineterminator)
        writer.writerow(table.columns)
        writer.writerows(zip(*(table[name].tolist() for name in table.columns)))


def _truth_of(rows, ids=None):
    """Return the truth of rows that are one person each."""
    person, event, died = rows["person"].to_numpy(), rows["event"].to_numpy(), iso(rows["died"].astype(int))
    return pd.DataFrame(
        {
            "source_id": "" if ids is None else np.asarray(ids, dtype=object),
            "expected": "record",
            "person_ids": np.where(person >= 0, [f"p{p:06d}" for p in person], ""),
            "event_id": np.where(event >= 0, [f"e{e:06d}" for e in event], ""),
            "true_lon": rows["lon"].round(6).to_numpy(),
            "true_lat": rows["lat"].round(6).to_numpy(),
            "died": died,
        }
    )


def _says_nothing(table):
    """Return "rejected" for rows of the hand merge that hold nothing but office, year and sex unknown, else "record"."""
    said = table[["Date", "Age", "Nationality", "Cause_of_Death", "Latitude", "Longitude", "County"]]
    is_empty = said.apply(lambda c: c.str.casefold().isin(["", "unknown"])).all(axis=1) & table["Gender"].isin(["U", ""])
    return np.where(is_empty, "rejected", "record")


def _truth_of_iom(rows, table):
    """Return the truth of IOM's rows: several persons on a row, totals without an event, rows elsewhere."""
    id_column = "Web ID" if "Web ID" in table else "Incident ID"
    kinds, events, number = rows["kind"].to_numpy(), rows["event"].to_numpy(), rows["web_id"].to_numpy()
    event = [f"e{e:06d}" if e >= 0 else f"{'x' if k == 'elsewhere' else 'c'}{w}" for k, e, w in zip(kinds, events, number)]
    died = np.where(rows["died"].notna(), iso(rows["died"].fillna(0).astype(int)), "")
    return pd.DataFrame(
        {
            "source_id": table[id_column],
            "expected": np.where(kinds == "elsewhere", "out_of_scope", "record"),
            "person_ids": rows["persons"],
            "event_id": event,
            "true_lon": rows["true_lon"].round(6),
            "true_lat": rows["true_lat"].round(6),
            "died": died,
        }
    )


def _truth_of_list(source, table, points):
    """Return the truth of a mapped list: every row its own event."""
    ids = table.iloc[:, 0]
    return pd.DataFrame(
        {
            "source_id": ids,
            "expected": "record",
            "person_ids": "",
            "event_id": source[7] + ids.str[-6:],
            "true_lon": points["lon"].round(6),
            "true_lat": points["lat"].round(6),
            "died": "",
        }
    )


def _bad_iom_row(table):
    """Return a row of this border that counts minus one dead."""
    dead = next(h for h in table.columns if h in ("Number Dead", "Number of Dead"))
    route = next(h for h in table.columns if h.lower() == "migration route")
    ids = dict.fromkeys(("Main ID", "Incident ID"), "2013.MMP90000") | {"Web ID": "900000"}
    date = {"Reported Date": "June 01, 2015", "Incident Date": "2015-06-01"}
    return {**ids, **date, dead: "-1", route: "US-Mexico border crossing", "Region of Incident": "US-Mexico Border" if "Web ID" in table else "North America"}
