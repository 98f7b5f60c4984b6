"""Write data/estimability.csv, what the data can bear question by question, before any model is fitted: python scripts/write_estimability.py [FOLDER]

FOLDER is a built register (default: the last build). The reasons are written in both languages.
"""

import sys
from pathlib import Path

import bsi
from bsi.analysis import estimability, series
from bsi.publish.language import translator
from bsi.publish.words_verdicts import REASONS

DATA = Path(__file__).resolve().parents[1] / "data"


def table(register):
    """Return the table as it is written."""
    tables = {name: getattr(register, name) for name in ("incidents", "zone_weights", "published", "interventions")}
    out = estimability.estimability(tables, series.read_questions(DATA / "questions.csv"))
    return out.assign(**{f"reason_{lang}": [translator(lang)(REASONS[r]) for r in out["reason"]] for lang in ("en", "es")})


if __name__ == "__main__":
    table(bsi.open(sys.argv[1] if len(sys.argv) > 1 else None)).to_csv(DATA / "estimability.csv", index=False, date_format="%Y-%m-%d", lineterminator="\n")
