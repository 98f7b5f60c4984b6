"""Reconciliation: what an incident says where its records differ, by written rules, and the conflicts kept in a table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.contracts import CONFLICTS, INCIDENTS, conform
from bsi.register.conflicts import find_conflicts
from bsi.register.observers import DIRECTNESS, authority, has_flag, observers, persons, rank, settled_upstreams

RULES = {  # (English, Spanish), printed by the notebook and the report
    "chain": (
        "Two rows of one list stand in one incident only where that list says so, where a person decided that they are one, or where an event that another "
        "list counts that many persons for joins them; a chain of links that would break this is cut at its weakest link.",
        "Dos registros de una misma lista están en un hecho sólo si la lista lo dice, si una persona decidió que son uno, o si los une un hecho para el que "
        "otra lista cuenta ese número de personas; una cadena de vínculos que lo contradiga se corta en el más débil.",
    ),
    "republication": (
        "A list that cites another's observer is no second witness; who copies Humane Borders' file and cites Pima's examiner for a person of Maricopa's "
        "republishes that file.",
        "Una lista que cita al observador de otra no es un segundo testigo; quien copia el archivo de Humane Borders y cita al forense de Pima para una "
        "persona del de Maricopa reproduce ese archivo.",
    ),
    "date": (
        "The date of the event stands before the date of finding, and that before the date of report; then the finer date; then the medical examiner's. "
        "A list that republishes another speaks only where that other list is silent, and a bare year only where nobody has a month or day.",
        "La fecha del hecho prevalece sobre la del hallazgo, y ésta sobre la del reporte; después, la fecha más precisa; después, la del médico forense. "
        "Una lista que reproduce a otra sólo habla donde la otra calla, y un año sin mes sólo donde nadie da mes o día.",
    ),
    "position": (
        "The point with the smallest radius of precision stands, its own observer's before a republication's; a point known to be bad (shared by many rows, "
        "moved before death, 0, 0, far outside) only where there is no other.",
        "Prevalece el punto con el menor radio de precisión, el de quien lo observó antes que el de quien lo reproduce; un punto dudoso (compartido por muchos "
        "registros, persona trasladada antes de morir, 0, 0, muy lejano) sólo donde no hay otro.",
    ),
    "cause": (
        "A specific cause from a medical examiner or coroner stands first. Where the examiner has only pending, undetermined or skeletal, a drowning, vehicle, "
        "train, fall or violence that another observer saw takes its place; heat, cold or illness stated by others takes the place of pending only. "
        "Mixed yields to everything.",
        "Prevalece la causa específica del médico forense. Donde éste sólo tiene pendiente, indeterminada o restos óseos, la sustituye un ahogamiento, "
        "vehículo, tren, caída o violencia que otro observador vio; calor, frío o enfermedad según otros sólo sustituye a pendiente. "
        "La causa mixta cede ante cualquier otra.",
    ),
    "persons": (
        "Rows of one list on one event are added up, decided duplicates not. Lists of one observer, and then observers, are not: the largest number of dead "
        "stands, and the largest number of dead and missing; the missing are what is left of it, so that a missing person found dead is counted once.",
        "Los registros de una misma lista sobre un hecho se suman, salvo los duplicados. Las listas de un mismo observador, y los observadores entre sí, no se "
        "suman: prevalece el mayor número de personas fallecidas y el mayor total de fallecidas y desaparecidas; la diferencia son las desaparecidas, de modo "
        "que una persona desaparecida hallada sin vida se cuenta una vez.",
    ),
    "person": (
        "Sex, age and nationality come from the medical examiner where it has them, and only for an incident of one person; "
        "a name known to any list makes the person identified.",
        "Sexo, edad y nacionalidad provienen del médico forense cuando los tiene, y sólo en hechos de una persona; "
        "basta que una lista conozca el nombre para contarla como identificada.",
    ),
    "cumulative": (
        "A row that is a running total for a place is kept as an incident of its own, marked, and never added to counts of events: "
        "it may include persons that other rows list one by one, and how many is not known; they lie between none and all.",
        "Un registro que es total acumulado de un lugar se conserva como hecho propio, marcado, y nunca se suma a los conteos de hechos: "
        "puede incluir personas que otros registros enumeran una a una, y no se sabe cuántas; están entre ninguna y todas.",
    ),
}

DATE_KIND_ORDER = {"event": 0, "found": 1, "reported": 2}
DATE_PRECISION_ORDER = {"day": 0, "month": 1, "year": 2, "none": 3}
KIND_ORDER = {"death": 0, "missing": 1, "violence": 2, "injury": 3, "rescue": 4}
BAD_POINTS = ("point_is_null_island", "point_far_outside", "point_shared", "moved_before_death")
SEEN_CAUSES = ("drowning", "vehicle", "train", "fall", "violence")
OPEN_CAUSES = ("pending", "undetermined", "skeletal", "mixed")
STANDING = ("incident_id", "order", "is_copy")
COUNTS = ("n_survivors", "n_rescued", "n_injured", "n_female", "n_male", "n_children")


def duplicates(records: pd.DataFrame, incident_records: pd.DataFrame, links: pd.DataFrame) -> pd.Series:
    """Return the ids of records that repeat another of the same list: linked to it, in one incident, not of one group; the first by rank stays."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    at = records[["record_id", "source", "group_id"]].assign(order=rank(records), who=observers(records), number=np.arange(len(records)))
    at = at.set_index("record_id")
    at["incident_id"] = incident_records.set_index("record_id")["incident_id"]
    a, b = at.reindex(links["record_id_a"]).reset_index(), at.reindex(links["record_id_b"]).reset_index()
    same = a["source"].eq(b["source"]) & a["incident_id"].eq(b["incident_id"]) & a["who"].eq(b["who"]) & ~a["group_id"].eq(b["group_id"])
    pairs = (a.loc[same, "number"].astype(int), b.loc[same, "number"].astype(int))
    at["unit"] = connected_components(coo_array((np.ones(int(same.sum())), pairs), shape=(len(at), len(at))), directed=False)[1]
    return pd.Series(at.sort_values("order").loc[lambda f: f.duplicated("unit")].index, dtype="str")


def merge(records: pd.DataFrame, incident_records: pd.DataFrame, links: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row an incident, every field chosen by the rules in `RULES`, and every disagreement between its records.

    Parameters
    ----------
    records : RECORDS
    incident_records : INCIDENT_RECORDS, every record in it
    links : LINKS (they say which rows of one list are decided duplicates)

    Returns
    -------
    (INCIDENTS, CONFLICTS); `sector` only where a record states it. EPSG:4326
    """
    import geopandas as gpd

    table, names = _prepare(records, incident_records, links)
    date, point, cause = _choose_date(table), _choose_point(table), _choose_cause(table)
    lines = _lines(table)
    counts = _counts(lines)
    out = _labels(table).join([counts.drop(columns="n_both"), _person(table, counts)])
    out = out.join(date[["date", "date_kind", "date_precision"]]).join(cause[["cause", "cause_raw"]])
    out = out.join(point[["lon", "lat", "location_precision_m", "is_precision_stated"]])
    for column in ("country", "state", "county"):
        out[column] = point[column].reindex(out.index).fillna(out[column])
    out["date_precision"] = out["date_precision"].fillna("none")
    out["flags"] = _flags(table, date, point)
    conflicts, between = find_conflicts(table, lines, out)
    out["has_conflict"] = out.index.isin(between)
    out["geometry"] = gpd.points_from_xy(out["lon"], out["lat"])
    out.loc[out["lon"].isna(), "geometry"] = None
    conflicts["incident_id"] = names[conflicts["incident_id"]]
    return conform(out.set_axis(names[out.index]).reset_index(), INCIDENTS), conform(conflicts, CONFLICTS)


def _prepare(records, incident_records, links) -> tuple[pd.DataFrame, pd.Index]:
    """Return the records with their incident, sorted so that the first of each incident is its most authoritative."""
    table = records.merge(incident_records[["record_id", "incident_id", "role"]], on="record_id", validate="one_to_one")
    table["incident_id"], names = pd.factorize(table["incident_id"], sort=True)  # numbers are quicker than texts; `names` gives the ids back
    table["upstream"] = settled_upstreams(table, table["incident_id"])
    table["who"] = observers(table)
    table["authority"] = authority(table["upstream"])
    table["order"] = rank(table)
    table = table.sort_values(["incident_id", "order"], ignore_index=True)
    direct = table["source"].map(DIRECTNESS).astype("float64").fillna(2)
    table["is_copy"] = direct > direct.groupby([table["incident_id"], table["who"]]).transform("min")
    table["is_duplicate"] = table["record_id"].isin(duplicates(records, incident_records, links))
    return table, pd.Index(names, name="incident_id")


def _best(table: pd.DataFrame, *keys) -> pd.DataFrame:
    """Return the first record of each incident in the order of the keys, ties by standing."""
    frame = pd.DataFrame({i: k.to_numpy() for i, k in enumerate(keys)})
    places = frame.assign(order=table["order"].to_numpy()).sort_values([*range(len(keys)), "order"]).index
    return table.iloc[places].drop_duplicates("incident_id").set_index("incident_id")


def _choose_date(table: pd.DataFrame) -> pd.DataFrame:
    known = table.loc[table["date"].notna(), [*STANDING, "flags", "date", "date_kind", "date_precision"]]
    is_poor = known["date_precision"].isin(["year", "none"]) | has_flag(known, "date_after_vintage", "date_conflicts_year", "date_unreadable")
    kind = known["date_kind"].map(DATE_KIND_ORDER).fillna(3)
    return _best(known, is_poor, known["is_copy"], kind, known["date_precision"].map(DATE_PRECISION_ORDER))


def _choose_point(table: pd.DataFrame) -> pd.DataFrame:
    columns = [*STANDING, "flags", "lon", "lat", "location_precision_m", "is_precision_stated", "country", "state", "county"]
    known = table.loc[table["lon"].notna() & table["lat"].notna(), columns]
    stated = known["is_precision_stated"].fillna(False).astype(bool)
    return _best(known, has_flag(known, *BAD_POINTS), known["is_copy"], known["location_precision_m"].fillna(np.inf), ~stated)


def _choose_cause(table: pd.DataFrame) -> pd.DataFrame:
    known = table.loc[table["cause"].notna(), [*STANDING, "authority", "cause", "cause_raw"]]
    is_examiner, is_open = known["authority"].eq(0), known["cause"].isin(OPEN_CAUSES)
    is_left_open = (is_examiner & is_open).groupby(known["incident_id"]).transform("any")
    level = np.select(
        [
            known["cause"].eq("mixed"),
            is_examiner & ~is_open,
            ~is_open & known["cause"].isin(SEEN_CAUSES) & is_left_open,
            is_examiner & known["cause"].ne("pending"),
            ~is_open,
            is_examiner,
        ],
        [6, 0, 1, 2, 3, 4],
        5,
    )
    return _best(known, pd.Series(level), known["is_copy"])


def _lines(table: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of each list and observer of each incident: its rows added up, decided duplicates left out."""
    rows = table[~table["is_duplicate"]].copy()
    is_one = persons(rows).eq(1) & rows["sex"].notna() & rows["n_female"].isna() & rows["n_male"].isna()
    rows["n_female"] = rows["n_female"].mask(is_one, rows["sex"].eq("female").astype("Int64"))
    rows["n_male"] = rows["n_male"].mask(is_one, rows["sex"].eq("male").astype("Int64"))
    is_aged = persons(rows).eq(1) & rows["age"].notna() & rows["n_children"].isna()
    rows["n_children"] = rows["n_children"].mask(is_aged, rows["age"].lt(18).astype("Int64"))
    keys = ["incident_id", "source", "who"]
    lines = rows.groupby(keys, sort=False)[["n_dead", "n_missing", *COUNTS]].sum(min_count=1)
    lines["order"] = rows.groupby(keys, sort=False)["order"].min()
    lines["n_both"] = lines["n_dead"].fillna(0) + lines["n_missing"].fillna(0)
    return lines.reset_index()


def _counts(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the reconciled counts of each incident (rule `persons`)."""
    by_incident = lines.groupby("incident_id")
    out = by_incident[["n_dead", "n_both", "n_survivors", "n_rescued", "n_injured"]].max()
    left = out["n_both"] - out["n_dead"].fillna(0)
    out["n_missing"] = left.where(by_incident["n_missing"].count() > 0)
    fullest = lines.assign(less=-lines["n_both"]).sort_values(["incident_id", "less", "order"]).groupby("incident_id")
    return out.join(fullest[["n_female", "n_male", "n_children"]].first())


def _labels(table: pd.DataFrame) -> pd.DataFrame:
    """Return, per incident, what is gathered rather than chosen: kind, lists, observers, texts, first known place and sector."""
    groups = table.groupby("incident_id")
    out = groups[["country", "state", "county", "sector", "actor", "status", "died_from", "died_to", "body_condition"]].first()
    out["n_records"] = groups.size()
    kinds = list(KIND_ORDER)
    out["kind"] = table["kind"].map(KIND_ORDER).groupby(table["incident_id"]).min().map(dict(enumerate(kinds)))
    out["is_cumulative"] = table["role"].eq("cumulative").groupby(table["incident_id"]).any()
    out["sources"] = _joined(table, "source", ";", in_order=False)
    out["upstreams"] = _joined(table, "upstream", ";", in_order=False).reindex(out.index).fillna("")
    out["place_text"] = _joined(table, "place_text", " | ", in_order=True)
    return out


def _joined(table: pd.DataFrame, column: str, mark: str, in_order: bool) -> pd.Series:
    """Return the different values of a column per incident as one text, sorted or in the order of standing."""
    values = table.loc[table[column].notna(), ["incident_id", column]].drop_duplicates()
    if not in_order:
        values = values.sort_values(["incident_id", column])
    texts = {}
    for incident, value in zip(values["incident_id"].tolist(), values[column].tolist()):
        texts[incident] = f"{texts[incident]}{mark}{value}" if incident in texts else value
    return pd.Series(texts, dtype="str")


def _person(table: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Return sex, age, nationality and identification of incidents of one person."""
    out = table.groupby("incident_id")[["sex", "age", "nationality"]].first()
    known = table[table["is_identified"].notna()]
    out["is_identified"] = known["is_identified"].astype(bool).groupby(known["incident_id"]).any().astype("boolean")
    return out[counts["n_both"].reindex(out.index).le(1)].reindex(out.index)


def _flags(table: pd.DataFrame, date: pd.DataFrame, point: pd.DataFrame) -> pd.Series:
    """Return the flags of each incident: those on a date or point only where that date or point was chosen."""
    flags = table.loc[table["flags"].ne(""), ["incident_id", "order", "flags"]]
    flags = flags.assign(flag=flags["flags"].str.split(";")).explode("flag").astype({"flag": "str"})
    chosen_date = flags["order"].isin(date["order"]) | ~flags["flag"].str.startswith("date_")
    chosen_point = flags["order"].isin(point["order"]) | ~flags["flag"].str.contains("point|moved")
    text = _joined(flags[chosen_date & chosen_point], "flag", ";", in_order=False)
    return text.reindex(table["incident_id"].unique()).fillna("")
