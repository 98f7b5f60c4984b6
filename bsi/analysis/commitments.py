"""What the two governments claimed and promised in 1999 and 2002, and what the public data says of each."""

from __future__ import annotations

import pandas as pd

from bsi import periods
from bsi.errors import InputError

UNKNOWN = ("skeletal", "undetermined", "pending", "mixed")
STATUSES = ("supported", "not_supported", "cannot_tell", "partly", "no_public_series")
COLUMNS = ("commitment_id", "document_en", "document_es", "text_en", "text_es", "status", "recipe", "answer_en", "answer_es")


def commitments(register: dict, path) -> pd.DataFrame:
    """Return each claim and commitment with what the data says of it, in both languages; every number is taken from the register.

    Parameters
    ----------
    register : tables records, incidents, zone_weights, published
    path : CSV with `COLUMNS`; an answer may hold {names} that its recipe fills

    Returns
    -------
    DataFrame: commitment_id, document, text, status, answer (texts in _en and _es). Where the register lacks what a recipe needs, the status
    is no_public_series and the answer says that this register does not hold the figures.

    Raises
    ------
    InputError
        A column is missing, or a status or recipe is not known.
    """
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    missing = [c for c in COLUMNS if c not in table]
    odd = [] if missing else [s for s in table["status"] if s not in STATUSES] + [r for r in table["recipe"] if r and r not in RECIPES]
    if missing or odd:
        raise InputError(f"{', '.join(missing or odd)}: missing or not known", str(path), f"Give {', '.join(COLUMNS)}.")
    incidents = register["incidents"]
    register = {**register, "incidents": incidents[~incidents["is_cumulative"].astype(bool)]}  # the people of a running total stand in other rows
    rows = []
    for row in table.to_dict("records"):
        try:
            values = RECIPES[row["recipe"]](register) if row["recipe"] else {}
            answers = {f"answer_{lang}": row[f"answer_{lang}"].format(**values) for lang in ("en", "es")}
        except (IndexError, KeyError):
            answers = {
                "answer_en": "This register does not hold the figures.",
                "answer_es": "Este registro no contiene las cifras.",
                "status": "no_public_series",
            }
        rows.append({**row, **answers})
    return pd.DataFrame(rows)[[c for c in COLUMNS if c != "recipe"]]


def _years(sector: str):
    def recipe(register: dict) -> dict:
        rows = register["published"]
        rows = rows[rows["series"].eq("usbp_deaths") & rows["area"].eq(sector)]
        value = dict(zip(rows["period_end"].dt.year, rows["value"], strict=True))
        return {f"fy{year}": value[year] for year in (1998, 1999, 2000, 2001, 2002)}

    return recipe


def _rescues(register: dict) -> dict:
    rows = register["published"]
    rows = rows[rows["series"].eq("cbp_reported_rescues") & rows["period_start"].eq("1998-06-01") & rows["period_end"].dt.year.eq(2000)]
    return {"bp": rows["value"].iloc[0]}


def _span(measure: str, **only):
    def recipe(register: dict) -> dict:
        rows = register["published"]
        rows = rows[rows["measure"].eq(measure) & rows["derived"].isna()]
        for column, value in only.items():
            rows = rows[rows[column].eq(value)]
        return {
            "n": rows["period_start"].dt.year.nunique() if only else len(rows),
            "first": rows["period_start"].dt.year.min(),
            "last": rows["period_end"].dt.year.max(),
        }

    def checked(register: dict) -> dict:
        values = recipe(register)
        if not values["n"]:
            raise KeyError(measure)
        return values

    return checked


def _violence(register: dict) -> dict:
    rows = register["incidents"]
    return {"n": int(rows.loc[rows["state"].eq("AZ") & rows["cause"].eq("violence") & rows["kind"].eq("death"), "n_dead"].sum())}


def _heat_1999(register: dict) -> dict:
    rows = register["incidents"]
    rows = rows[rows["kind"].eq("death") & rows["date"].dt.year.lt(2000)]
    known = rows["cause"].notna() & ~rows["cause"].isin(UNKNOWN)
    return {"known": int(rows.loc[known, "n_dead"].sum()), "listed": int(rows["n_dead"].sum()), **_years("TCA")(register)}


def _register(register: dict) -> dict:
    return {"records": len(register["records"]), "incidents": len(register["incidents"])}


def _zones(register: dict) -> dict:
    rows = register["incidents"]
    rows = rows[rows["kind"].eq("death") & rows["date"].dt.year.ge(2002) & periods.is_credible(rows["flags"])]
    joined = register["zone_weights"].merge(rows[["incident_id", "n_dead"]], on="incident_id")
    sums = (joined["probability"] * joined["n_dead"].astype("float64")).groupby(joined["zone_id"]).sum()
    return {"first": 2002, "desert": sums["desert_arizona_sonora"], "canal": sums["canal_aac"]}


RECIPES = {
    "rescues_2000": _rescues, "el_centro": _years("ELC"), "tucson": _years("TCA"), "register": _register, "violence": _violence, "heat_1999": _heat_1999,
    "zones": _zones, "first_aid": _span("injured_assisted"),
    "repatriations": _span("repatriations", series="inm_repatriations_all", period_type="calendar_year"),
}  # fmt: skip
