"""The numbers that others published from these files, recomputed from the records of the same file, before any linkage."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from bsi.errors import NotEstimable
from bsi.periods import fiscal_year

STATUSES = ("exact", "within one", "close", "differs", "not tested")
CLOSE = 0.05
OGIS, IOM = ("humane_borders", "2022-03-31"), ("iom", "2022-02-19")
NMD, USBP = ("no_more_deaths", "2025-03-31"), ("usbp_incidents", "2016-01-31")
SECTORS = ("BBT", "DRT", "ELC", "EPT", "LRT", "RGV", "SDC", "TCA", "YUM")


def claims(records: Mapping | Callable, published: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return every published claim beside the number recomputed here, and why they differ where they do.

    Parameters
    ----------
    records : (source, vintage as YYYY-MM-DD) -> records of that one file (contract RECORDS); a mapping, or a function that gives None where it has none
    published : contract PUBLISHED
    table : from `published.load_claims`: claim_id, sentences, expected (numbers joined by ';'), recipe, reasons in both languages, source

    Returns
    -------
    DataFrame with claim_id, sentence_en, sentence_es, published, here (texts), difference (here minus published, as text), status, why_en, why_es, source.
    Status: exact (at the published precision), within one, close (each number within 5 %), differs, or not tested (the vintage or series is not in the
    data). A difference is a finding: nothing is tuned to the published number.
    """
    find = records.get if isinstance(records, Mapping) else records
    rows = []
    for claim in table.to_dict("records"):
        wanted = [x.strip() for x in claim["expected"].split(";")]
        needs, recipe = RECIPES[claim["recipe"]]
        kept = {"claim_id": claim["claim_id"], "sentence_en": claim["sentence_en"], "sentence_es": claim["sentence_es"], "published": "; ".join(wanted)}
        data = published if needs is None else find(needs)
        try:
            got = [_as_published(g, w) for g, w in zip(recipe(data), wanted, strict=True)] if data is not None else None
        except NotEstimable:
            got = None
        if got is None:
            absent = "published figures" if needs is None else "{} {}".format(*needs)
            rows.append(kept | {"status": "not tested", "why_en": f"The data holds no {absent}.", "why_es": f"Los datos no contienen {absent}."})
            continue
        gaps = [g - float(w) for g, w in zip(got, wanted)]
        status = _status(gaps, [float(w) for w in wanted])
        why = {f"why_{lang}": "" if status == "exact" else claim[f"why_{lang}"] for lang in ("en", "es")}
        rows.append(
            kept
            | {"here": "; ".join(f"{g:g}" for g in got), "difference": "; ".join(f"{g:+g}" if g else "0" for g in np.round(gaps, 4)), "status": status, **why}
        )
    columns = ["claim_id", "sentence_en", "sentence_es", "published", "here", "difference", "status", "why_en", "why_es"]
    return pd.DataFrame(rows).reindex(columns=columns).assign(source=table["source"].to_numpy())


def _as_published(number: float, text: str) -> float:
    return round(float(number), len(text.partition(".")[2]))


def _status(gaps: list[float], wanted: list[float]) -> str:
    worst = max(abs(g) for g in gaps)
    if worst == 0:
        return "exact"
    if worst <= 1 and all(w % 1 == 0 for w in wanted):
        return "within one"
    return "close" if all(abs(g) <= CLOSE * abs(w) for g, w in zip(gaps, wanted)) else "differs"


def _between(records: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    return records[records["date"].between(pd.Timestamp(first), pd.Timestamp(last))]


def _found(*windows: tuple[str, str], pima_only: bool = True) -> tuple:
    """Recipe: rows of the Arizona file found in each window, without those of Maricopa County (ML numbers that begin with MC)."""

    def recipe(records):
        rows = records[~records["record_id"].str.contains(":MC")] if pima_only else records
        return [len(_between(rows, *w)) for w in windows]

    return OGIS, recipe


def _year(*years: int) -> list[tuple[str, str]]:
    return [(f"{y}-01-01", f"{y}-12-31") for y in years]


def _iom(*windows: tuple[str, str], place: str = "", cause: str | None = None) -> tuple:
    """Recipe: dead and missing of the U.S.-Mexico route in each window, running totals included, as IOM adds them up."""

    def recipe(records):
        rows = records[records["route"].fillna("").str.contains("US-Mexico") & records["place_text"].fillna("").str.contains(place, case=False)]
        rows = rows if cause is None else rows[rows["cause"].eq(cause)]
        return [_between(rows, *w)[["n_dead", "n_missing"]].fillna(0).to_numpy(dtype="float64").sum() for w in windows]

    return IOM, recipe


def _wide(published: pd.DataFrame, series: str) -> pd.DataFrame:
    rows = published[published["series"].eq(series)]
    if rows.empty:
        raise NotEstimable("the published figures hold no {series}", series=series)
    return rows.pivot_table(index=fiscal_year(rows["period_start"]), columns="area", values="value")


def _rates(area: str, *years: int) -> tuple:
    def recipe(published):
        deaths, apprehensions = (_wide(published, s).loc[list(years), area] for s in ("usbp_deaths", "usbp_apprehensions"))
        return (100_000 * deaths / apprehensions).tolist()

    return None, recipe


def _mismatches(published: pd.DataFrame) -> list[float]:
    wide = _wide(published, "usbp_deaths")
    return [(wide[list(SECTORS)].sum(axis=1) != wide["southwest_border"]).sum()]


def _foia_2015(records: pd.DataFrame) -> list[float]:
    rows = records[fiscal_year(records["date"]).eq(2015)]
    return [len(rows), *[rows["sector"].eq(s).sum() for s in SECTORS]]


def _martinez(records: pd.DataFrame) -> list[float]:
    rows = _between(records[~records["record_id"].str.contains(":MC")], "1990-01-01", "2013-09-30")
    return [len(rows), rows["date"].ge("2000-01-01").mean(), rows["date"].ge("2006-01-01").mean()]


def _identified(records: pd.DataFrame) -> list[float]:
    rows = _between(records[~records["record_id"].str.contains(":MC")], "2000-01-01", "2022-12-31")
    return [rows["is_identified"].astype("float64").mean() * 100]


def _nmd_counts(records: pd.DataFrame) -> list[float]:
    cause = records["cause_raw"].fillna("").str.strip().str.lower()
    return [len(records), records["age"].notna().sum(), cause.eq("exposure").sum(), cause.eq("skeletal remains").sum()]


RECIPES = {  # recipe -> (file it needs, None for the published figures; function of that table giving the numbers in the order of the claim)
    "sector_sums": (None, _mismatches),
    "deaths_fy1998_2019": (None, lambda p: [_wide(p, "usbp_deaths")["southwest_border"].sum()]),
    "rate_fy1998": _rates("southwest_border", 1998),
    "rate_fy2012": _rates("southwest_border", 2012),
    "rate_tucson_fy2004_2010": _rates("TCA", *range(2004, 2011)),
    "foia_fy2015": (USBP, _foia_2015),
    "pcome_2007": _found(*_year(2007)),
    "pcome_2010": _found(*_year(2010)),
    "pcome_2014": _found(*_year(2014)),
    "pcome_2021": _found(*_year(2021)),
    "arizona_2021": _found(*_year(2021), pima_only=False),
    "pcome_1990": _found(*_year(1990)),
    "pcome_1990_1999": _found(("1990-01-01", "1999-12-31")),
    "pcome_2000_2005": _found(("2000-01-01", "2005-12-31")),
    "pcome_1990_fy2013": (OGIS, _martinez),
    "pcome_fy2005_2007": _found(("2004-10-01", "2005-09-30"), ("2005-10-01", "2006-09-30"), ("2006-10-01", "2007-09-27")),
    "pcome_2020": _found(("2020-01-01", "2020-09-30"), *_year(2020)),
    "pcome_press": _found(*_year(2005, 2015), ("2001-01-01", "2010-12-31"), ("2001-01-01", "2011-12-31")),
    "arizona_october_april": _found(*[(f"{y - 1}-10-01", f"{y}-04-30") for y in range(2004, 2012)], pima_only=False),
    "pcome_identified": (OGIS, _identified),
    "arizona_july": _found(*[(f"{y}-07-01", f"{y}-07-31") for y in (2011, 2005, 2008, 2010)], pima_only=False),
    "lateral_repatriation": _found(("2002-09-08", "2002-09-30"), ("2003-09-08", "2003-09-30"), pima_only=False),
    "iom_2021": _iom(*_year(2021)),
    "iom_2016_2017": _iom(*_year(2016, 2017)),
    "canal_2021": _iom(*_year(2021), place="all.american", cause="drowning"),
    "canal_2016_2021": _iom(("2016-01-01", "2021-12-31"), place="all.american", cause="drowning"),
    "nmd_counts": (NMD, _nmd_counts),
    "iom_part_years": _iom(("2016-01-01", "2016-07-31"), ("2017-01-01", "2017-07-31"), ("2019-01-01", "2019-08-15")),
    "iom_texas": _iom(*_year(2016, 2017), place="texas"),
}
