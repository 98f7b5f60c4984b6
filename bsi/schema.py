"""The machinery of contracts: what a column and a table are, and how a frame is made to keep them and checked."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from bsi.errors import ContractError


@dataclass(frozen=True)
class Column:
    """One column: logical type, meaning, unit, allowed values, and whether null is allowed."""

    type: str  # str, int, float, bool, date, geometry
    meaning: str
    unit: str = ""
    allowed: tuple = ()
    null: bool = True
    low: float | None = None
    high: float | None = None
    unique: bool = False


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, and the columns that identify a row."""

    name: str
    row: str
    columns: dict[str, Column]
    key: tuple = ()
    geometry: str | None = field(default=None)


PANDAS_TYPES = {
    "str": "str",
    "int": "Int64",
    "float": "float64",
    "bool": "boolean",
    "date": "datetime64[us]",
    "geometry": "geometry",
}


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the frame with the contract's columns in their order and types; a missing nullable column becomes null.

    Parameters
    ----------
    frame : DataFrame, any columns of the contract
    table : Table

    Raises
    ------
    ContractError
        A column is not in the contract, or a value cannot take the column's type.
    """
    unknown = [c for c in frame.columns if c not in table.columns]
    if unknown:
        raise ContractError(f"table {table.name}: columns {unknown} are not in its contract; add them to bsi/contracts.py or drop them.")
    out = {}
    for name, column in table.columns.items():
        values = frame[name] if name in frame else pd.Series([None] * len(frame), index=frame.index, dtype="object")
        try:
            out[name] = values if column.type == "geometry" else values.astype(PANDAS_TYPES[column.type])
        except (TypeError, ValueError) as error:
            raise ContractError(f"table {table.name}, column {name}: {error}.") from None
    typed = pd.DataFrame(out, columns=list(table.columns)).reset_index(drop=True)
    if table.geometry:
        import geopandas as gpd

        typed = gpd.GeoDataFrame(typed, geometry=gpd.GeoSeries(typed[table.geometry], crs="EPSG:4326"))
    return typed


def schema(table: Table):
    """Return the pandera schema of a table (types, ranges, allowed values, key).

    Parameters
    ----------
    table : Table
    """
    import pandera.pandas as pa

    columns = {}
    for name, c in table.columns.items():
        checks = []
        if c.allowed:
            checks.append(pa.Check.isin(c.allowed))
        if c.low is not None:
            checks.append(pa.Check.ge(c.low))
        if c.high is not None:
            checks.append(pa.Check.le(c.high))
        dtype = None if c.type == "geometry" else PANDAS_TYPES[c.type]
        columns[name] = pa.Column(dtype, checks, nullable=c.null, unique=c.unique)
    unique = list(table.key) if len(table.key) > 1 else None
    return pa.DataFrameSchema(columns, strict=True, ordered=True, unique=unique, name=table.name)


def check(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the frame unchanged if it keeps the contract.

    Raises
    ------
    ContractError
        Some value breaks it; every broken rule is listed with column, value and row.
    """
    import pandera.errors

    try:
        schema(table).validate(pd.DataFrame(frame), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases.head(12)
        lines = [f"column {r.column}: {r.check} fails for {r.failure_case!r} (row {r.index})" for r in cases.itertuples()]
        more = len(errors.failure_cases) - len(lines)
        tail = f"; and {more} more" if more > 0 else ""
        raise ContractError(f"table {table.name} breaks its contract: " + "; ".join(lines) + tail + ".") from None
    return frame


def has_columns(frame: pd.DataFrame, table: Table) -> bool:
    """Return whether the frame has the columns of the contract, in their order and types.

    Examples
    --------
    >>> has_columns(pd.DataFrame({"a": [1]}), Table("t", "a number", {"a": Column("int", "a number")}))
    False
    """
    found = [(name, str(dtype)) for name, dtype in frame.dtypes.items()]
    return found == [(name, PANDAS_TYPES[column.type]) for name, column in table.columns.items()]


def dictionary(table: Table) -> pd.DataFrame:
    """Return the data dictionary of a table, one row a column (name, type, unit, allowed, null, meaning).

    Examples
    --------
    >>> from bsi.contracts import LINKS
    >>> dictionary(LINKS)["column"].tolist()[:2]
    ['record_id_a', 'record_id_b']
    """
    rows = [
        {"column": n, "type": c.type, "unit": c.unit, "allowed": ", ".join(map(str, c.allowed)), "null": "yes" if c.null else "no", "meaning": c.meaning}
        for n, c in table.columns.items()
    ]
    return pd.DataFrame(rows)
