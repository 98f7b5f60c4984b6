"""Write data/README.md, the data dictionary, from bsi/contracts.py: `.venv/bin/python scripts/write_dictionary.py`."""

from pathlib import Path

from bsi import contracts

HEAD = """# Data folder and dictionary

Written from `bsi/contracts.py` by `scripts/write_dictionary.py`; do not edit by hand.

| folder | what lies there | who puts it there |
|---|---|---|
| `raw/<source>/<YYYY-MM-DD>_<name>` | files as published, dated with the day of publication; never edited, never committed | you: `bsi add FILE` |
| `published/` | figures of official and published series, each with its citation; the claims that the register is checked against | committed |
| `zones/` | `zones.geojson`, the high-risk zones, and the waypoints of the canal; add your own polygon here | committed |
| `geo/` | `base.gpkg`, the base geometry of the maps (public domain) | committed |
| `interventions.csv` | dated measures, series breaks and confounders | committed |
| `commitments.csv`, `recommendations.csv` | claims and promises of the governments, recommendations of auditors, and what the data say of each | committed |
| `methods.csv`, `literature.csv`, `terms.csv`, `series_notes.csv`, `documents.csv` | texts and citations of the annex, both languages | committed |
| `hand/` | decisions by a person, each with who, when and why: vocabularies, link decisions, precision defaults | committed |
| `climate/` | daily temperatures, one row a station and day | you |
| `sample/` | about the synthetic sample, which `bsi build` writes where `raw/` is empty | committed |
| `derived/` | the built register; safe to delete | `bsi build` |

A data folder elsewhere (`--data DIR` or `BSI_DATA`) needs only `raw/`; any of the other files found there takes the place of the project's own.

A record id holds the number that the list itself publishes, such as a medical examiner's case number. It names nobody, and without it no row could be traced
to its list; exports keep it. Exact positions leave only with `bsi export --exact`.

In every table: null means not known, zero means counted and none. Days are dates without time zone; positions are WGS 84 (EPSG:4326) in degrees.
"""


def text() -> str:
    """Return the dictionary as Markdown."""
    parts = [HEAD]
    for table in contracts.TABLES.values():
        key = ", ".join(f"`{k}`" for k in table.key)
        parts.append(
            f"\n## `{table.name}`\nOne row is {table.row}. Key: {key}.\n\n| column | type | unit | allowed | null | meaning |\n|---|---|---|---|---|---|\n"
        )
        parts += [f"| `{r.column}` | {r.type} | {r.unit} | {r.allowed} | {r.null} | {r.meaning} |\n" for r in contracts.dictionary(table).itertuples()]
    parts.append("\n## Flags of records and incidents\nA flagged row is suspect but kept.\n\n| flag | meaning |\n|---|---|\n")
    parts += [f"| `{flag}` | {meaning} |\n" for flag, meaning in contracts.FLAGS.items()]
    return "".join(parts)


if __name__ == "__main__":
    Path(__file__).resolve().parents[1].joinpath("data", "README.md").write_text(text(), encoding="utf-8")
