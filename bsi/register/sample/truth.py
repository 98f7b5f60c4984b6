"""The pairs of records that are of one event, from the sample's truth table: what linkage is scored against."""

from __future__ import annotations

import pandas as pd


def true_pairs(records: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Return every pair of records of one event: record_id_a < record_id_b, and whether they are about a person in common.

    Two rows of one list on two people of one event (a group, a split row) share the event and no person; a linkage of persons need not find them
    and is not wrong where it does. Running totals have no event. Score recall on the pairs with `shares_person`, precision on all pairs.

    Parameters
    ----------
    records : DataFrame with the columns record_id, source, file and row of contract RECORDS
    truth : DataFrame, truth.csv of `write_sample`

    Returns
    -------
    DataFrame with record_id_a, record_id_b, shares_person
    """
    known = records[["record_id", "source", "file", "row"]].merge(truth[["source", "file", "row", "person_ids", "event_id"]], on=["source", "file", "row"])
    known = known.assign(person_ids=known["person_ids"].fillna(""), event_id=known["event_id"].fillna(""))
    sides = known.loc[known["event_id"].str.startswith("e"), ["record_id", "event_id"]]
    pairs = sides.merge(sides, on="event_id", suffixes=("_a", "_b"))
    pairs = pairs.loc[pairs["record_id_a"] < pairs["record_id_b"], ["record_id_a", "record_id_b"]].drop_duplicates()
    persons = known[["record_id"]].assign(person=known["person_ids"].str.split(";")).explode("person")
    persons = persons[persons["person"] != ""]
    common = persons.merge(persons, on="person", suffixes=("_a", "_b"))[["record_id_a", "record_id_b"]].drop_duplicates()
    common = common[common["record_id_a"] < common["record_id_b"]]
    pairs = pairs.merge(common.assign(shares_person=True), how="left", on=["record_id_a", "record_id_b"])
    return pairs.assign(shares_person=pairs["shares_person"].notna()).sort_values(["record_id_a", "record_id_b"], ignore_index=True)
