"""Read the official and published aggregate figures, the dated interventions and the published claims, each row checked where it stands."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from bsi.contracts import INTERVENTIONS, PUBLISHED, Column, check, conform
from bsi.errors import InputError

NOT_FIGURES = ("sources.csv", "claims.csv")
FROM_SOURCES = ("edition", "as_published_on", "source")
SOURCES = {
    "source_id": Column("str", "short name of the document", null=False, unique=True),
    "edition": Column("str", "edition, as a date where it has one", null=False),
    "as_published_on": PUBLISHED.columns["as_published_on"],
    "title": Column("str", "title of the document", null=False),
    "address": Column("str", "its address"),
}
FIGURES = {n: c for n, c in PUBLISHED.columns.items() if n not in FROM_SOURCES} | {"source_id": Column("str", "the document, in sources.csv", null=False)}
CLAIMS = {
    "claim_id": Column("str", "short name of the claim", null=False, unique=True),
    "sentence_en": Column("str", "the claim in English", null=False),
    "sentence_es": Column("str", "the claim in Spanish", null=False),
    "expected": Column("str", "the published number or numbers, joined by ';'", null=False),
    "recipe": Column("str", "how to recompute it, in the words of bsi.analysis.claims", null=False),
    "why_en": Column("str", "why the recomputed number may differ, in English"),
    "why_es": Column("str", "the same in Spanish"),
    "source": Column("str", "citation", null=False),
}


def load(path: str | Path) -> pd.DataFrame:
    """Return every official or published figure of a folder: all its CSV files of figures, joined to `sources.csv`.

    Parameters
    ----------
    path : the folder, or any file in it. Besides `published.csv`, `encounters_by_month.csv` and `reports.csv` an analyst may add files with the same columns.

    Returns
    -------
    DataFrame keeping the contract PUBLISHED. Empty text in `quality` means that nothing is known to be wrong; values are as published.

    Raises
    ------
    InputError
        The folder holds no figures, a file has other columns, a value breaks its column's rule, a source is not in sources.csv, or a figure stands twice;
        the first such row is named with file, line and column.
    """
    folder = Path(path) if Path(path).is_dir() else Path(path).parent
    files = [f for f in sorted(folder.glob("*.csv")) if f.name not in NOT_FIGURES]
    if not files:
        raise InputError("there is no table of published figures", str(folder), "Put published.csv and sources.csv there.")
    sources = read_rows(folder / "sources.csv", SOURCES).set_index("source_id")
    parts = []
    for file in files:
        rows = read_rows(file, FIGURES)
        _refuse(~rows["source_id"].isin(sources.index), rows, file, "source_id", "is not in sources.csv")
        _refuse(rows["period_end"] < rows["period_start"], rows, file, "period_end", "lies before period_start")
        parts.append(rows.assign(where=[f"{file.name}, line {i}" for i in range(2, len(rows) + 2)]))
    rows = pd.concat(parts, ignore_index=True)
    document = sources.loc[rows["source_id"]].reset_index(drop=True)
    cited = document["title"].where(document["address"].isna(), document["title"] + ", " + document["address"])
    rows = rows.assign(edition=document["edition"], as_published_on=document["as_published_on"], source=cited)
    rows["quality"] = rows["quality"].fillna("")
    _refuse_twins(rows, folder)
    return check(conform(rows.drop(columns=["where", "source_id"]), PUBLISHED), PUBLISHED)


def load_interventions(path: str | Path) -> pd.DataFrame:
    """Return the dated measures, series breaks, confounders and agreements (contract INTERVENTIONS), sorted by their first day.

    Parameters
    ----------
    path : the CSV file

    Raises
    ------
    InputError
        The file is missing, has other columns, or a value breaks its column's rule; the first such row is named with line and column.
    """
    file = Path(path)
    rows = read_rows(file, INTERVENTIONS.columns)
    _refuse(rows["to"] < rows["from"], rows, file, "to", "lies before the first day")
    return check(conform(rows.sort_values(["from", "intervention_id"], kind="stable"), INTERVENTIONS), INTERVENTIONS)


def load_claims(path: str | Path) -> pd.DataFrame:
    """Return the numbers that others published from these files: claim_id, sentence_en, sentence_es, expected, recipe, why_en, why_es, source.

    Parameters
    ----------
    path : the CSV file

    Raises
    ------
    InputError
        The file is missing, has other columns, or a value is missing or repeated.
    """
    return read_rows(Path(path), CLAIMS)


def read_rows(file: Path, columns: dict[str, Column]) -> pd.DataFrame:
    """Return the rows of a CSV file in the types of the given columns; empty cells are null.

    Parameters
    ----------
    file : Path
    columns : name -> Column (type, allowed values, range, null allowed, unique)

    Raises
    ------
    InputError
        The file cannot be read, has other columns, or a value breaks a rule; the first such row is named with line and column.
    """
    text = _cells(file)
    wrong = [c for c in text.columns if c not in columns] + [f"{c} (missing)" for c in columns if c not in text.columns]
    if wrong:
        raise InputError(f"the columns are not those of the table: {', '.join(wrong)}", f"{file}, line 1", f"The header is {','.join(columns)}.")
    return pd.DataFrame({name: _typed(text, name, column, file) for name, column in columns.items()})


def _cells(file: Path) -> pd.DataFrame:
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            header, *rows = list(csv.reader(handle, strict=True)) or [[]]
    except FileNotFoundError:
        raise InputError("there is no such file", str(file), "Restore it from the project or give another folder.") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(
            f"the file cannot be read as a CSV table in UTF-8 ({error})", str(file), "Save it again as CSV, UTF-8, with one header line."
        ) from None
    if len(set(header)) < len(header):
        raise InputError("two columns have one name", f"{file}, line 1", "Rename or remove one.")
    for i, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise InputError(f"the row has {len(row)} cells, the header {len(header)}", f"{file}, line {i}", "Correct the row.")
    return pd.DataFrame(rows, columns=header, dtype="str")


def _typed(text: pd.DataFrame, name: str, column: Column, file: Path) -> pd.Series:
    cells = text[name].str.strip()
    is_empty = cells.eq("")
    filled = cells.mask(is_empty)
    if not column.null and name != "quality":
        _refuse(is_empty, text, file, name, "may not be empty")
    if column.type == "date":
        values, rule = pd.to_datetime(filled, format="%Y-%m-%d", errors="coerce").astype("datetime64[us]"), "is not a date YYYY-MM-DD"
    elif column.type in ("float", "int"):
        values, rule = pd.to_numeric(filled, errors="coerce").astype("float64"), "is not a number"
        values = values.where(values.abs() < float("inf"))
    elif column.type == "bool":
        values, rule = filled.str.lower().map({"true": True, "false": False}).astype("boolean"), "is neither True nor False"
    else:
        values, rule = filled.astype("str"), ""
    _refuse(values.isna() & ~is_empty, text, file, name, rule)
    if column.allowed:
        _refuse(~is_empty & ~values.isin(column.allowed), text, file, name, f"is not one of {', '.join(map(str, column.allowed))}")
    if column.low is not None:
        _refuse((values < column.low).fillna(False), text, file, name, f"is below {column.low}")
    if column.unique:
        _refuse(~is_empty & values.duplicated(), text, file, name, "stands twice")
    return values


def _refuse(is_bad: pd.Series, rows: pd.DataFrame, file: Path, column: str, rule: str) -> None:
    if is_bad.any():
        first = is_bad.to_numpy().argmax()
        more = int(is_bad.sum()) - 1
        tail = f" (and {more} more rows)" if more else ""
        raise InputError(f"{rows[column].iloc[first]!s} {rule}{tail}".strip(), f"{file}, line {first + 2}, column {column}", "Correct the row.")


def _refuse_twins(rows: pd.DataFrame, folder: Path) -> None:
    key = list(PUBLISHED.key)
    twins = rows[rows.duplicated(key, keep=False)]
    if len(twins):
        one = twins.groupby(key, dropna=False, sort=False)["where"].agg(" and ".join).iloc[0]
        raise InputError(f"one figure stands twice, in {one}", str(folder), "Remove one, or give the editions their own source.")
