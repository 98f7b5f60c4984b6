"""Identification: whether the dead have a name in each vintage, and how many gained one between two vintages."""

from __future__ import annotations

import pandas as pd

from bsi.analysis.intervals import share_interval
from bsi.errors import NotEstimable

BINS_YEARS = (0, 1, 2, 5, 10, 20, float("inf"))
LIMITS = {  # (English, Spanish), to stand beside every result
    "no_date": (
        "The lists hold no date of identification, only the state on two days: a name was found at some time between them, so no curve over time is drawn.",
        "Las listas no tienen fecha de identificación, solo el estado en dos días: el nombre se halló en algún momento entre ambos; no se traza una curva.",
    ),
    "shown_late": (
        "Humane Borders shows a name only where it is known and the family was told: the unidentified shown are an upper bound of the unidentified.",
        "Humane Borders muestra un nombre solo si se conoce y se avisó a la familia: las personas sin identificar que se muestran son una cota superior.",
    ),
    "withdrawn": (
        "A case that the newer vintage does not hold may have been identified or not; the bounds count it both ways.",
        "Un caso que la edición nueva no tiene pudo haberse identificado o no; las cotas lo cuentan de ambas maneras.",
    ),
}


def state(records: pd.DataFrame, by: str = "calendar_year") -> pd.DataFrame:
    """Return how many of the dead of one vintage have a name, by year of finding or by time since.

    Parameters
    ----------
    records : RECORDS of sources that say whether the person is identified (rows without that are counted as not stated)
    by : calendar_year, or years_since (years from the day of finding to the vintage)

    Returns
    -------
    DataFrame: source, vintage, group, n, n_identified, n_unidentified, n_not_stated, share_unidentified (of those stated), low, high (Clopper-Pearson)

    Raises
    ------
    NotEstimable
        No record says whether the person is identified.
    """
    stating = records.groupby("source")["is_identified"].transform("count") > 0
    if not stating.any():
        raise NotEstimable("no list here says whether the dead are identified")
    table = records.loc[stating, ["source", "vintage", "date", "is_identified"]].copy()
    table["group"] = table["date"].dt.year.astype("Int64").astype("str").fillna("unknown") if by == "calendar_year" else _since(table)
    is_named = table["is_identified"].astype("boolean")
    named, unnamed = is_named.fillna(False).astype(int), (~is_named).fillna(False).astype(int)
    table = table.assign(n_identified=named, n_unidentified=unnamed, n_not_stated=is_named.isna().astype(int))
    out = table.groupby(["source", "vintage", "group"], observed=True)[["n_identified", "n_unidentified", "n_not_stated"]].sum().reset_index()
    out.insert(3, "n", out["n_identified"] + out["n_unidentified"] + out["n_not_stated"])
    return out.join(share_interval(out["n_unidentified"], out["n_identified"] + out["n_unidentified"]).rename(columns={"share": "share_unidentified"}))


def conversion(old: pd.DataFrame, new: pd.DataFrame, matches: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return how many who had no name in the older vintage have one in the newer, by years since finding, with bounds.

    Parameters
    ----------
    old, new : RECORDS of two vintages of the same source
    matches : record_id_old, record_id_new (`vintages.match_records`); null matches by record id

    Returns
    -------
    DataFrame: years_since (at the older vintage; 'all' last), n_unidentified (older vintage), n_named (identified in the newer), n_still, n_gone (not in
    the newer, or not stated there), n_lost (named in the older, unnamed in the newer), share (n_named of those followed), low, high (Clopper-Pearson),
    share_least (every case gone still unnamed), share_most (every case gone named), from and to (days of the two vintages)

    Raises
    ------
    NotEstimable
        The older vintage holds nobody without a name.

    Examples
    --------
    >>> day, ids = pd.Timestamp("2019-06-30"), ["a", "b", "c"]
    >>> old = pd.DataFrame({"record_id": ids, "date": day, "vintage": pd.Timestamp("2020-06-30"), "is_identified": [False, False, True]})
    >>> new = old.assign(vintage=pd.Timestamp("2022-03-31"), is_identified=[True, False, True])
    >>> conversion(old, new)[["n_unidentified", "n_named", "n_still"]].values.tolist()[-1]
    [2, 1, 1]
    """
    new_id = old["record_id"] if matches is None else old["record_id"].map(matches.set_index("record_id_old")["record_id_new"])
    now = new_id.map(new.set_index("record_id")["is_identified"]).astype("boolean")
    was = old["is_identified"].astype("boolean")
    if not (~was).fillna(False).any():
        raise NotEstimable("the vintage of {day} holds nobody without a name", day=str(old["vintage"].max())[:10])
    is_unnamed = (~was).fillna(False)
    table = pd.DataFrame(
        {
            "years_since": _since(old),
            "n_unidentified": is_unnamed,
            "n_named": is_unnamed & now.fillna(False),
            "n_still": is_unnamed & (~now).fillna(False),
            "n_gone": is_unnamed & now.isna(),
            "n_lost": was.fillna(False) & (~now).fillna(False),
        }
    )
    counts = table.groupby("years_since", observed=True).sum().astype(int)
    counts.index = counts.index.astype("str")
    counts.loc["all"] = counts.sum()
    out = counts.rename_axis("years_since").reset_index()
    out = out.join(share_interval(out["n_named"], out["n_named"] + out["n_still"]))
    out["share_least"] = out["n_named"] / out["n_unidentified"]
    out["share_most"] = (out["n_named"] + out["n_gone"]) / out["n_unidentified"]
    return out.assign(**{"from": old["vintage"].max(), "to": new["vintage"].max()})


def _since(table: pd.DataFrame) -> pd.Series:
    """Return the class of years from the day of finding to the vintage; a date after the vintage stands in the first class, none in 'unknown'."""
    years = ((table["vintage"] - table["date"]).dt.days / 365.25).clip(lower=0)
    names = [f"{a}-{b}" if b != float("inf") else f"{a}+" for a, b in zip(BINS_YEARS, BINS_YEARS[1:])]
    classes = pd.cut(years, BINS_YEARS, right=False, labels=names).cat.add_categories("unknown")
    return classes.fillna("unknown")
