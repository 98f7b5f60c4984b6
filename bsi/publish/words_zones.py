"""Words that the sheets of zones and the report share: days, and when a side of the border counts as hardly listed."""

from __future__ import annotations

import pandas as pd

from bsi.publish.language import months

HIDDEN = 0.5  # a side with less than half of the people that its ground would hold is hardly in the lists


def day_words(begin, end, lang: str) -> str:
    """Return the month and year of a day, or of a span from its first to its last month.

    Examples
    --------
    >>> day_words(pd.Timestamp("2010-09-01"), pd.Timestamp("2011-01-31"), "es"), day_words(pd.Timestamp("2017-06-01"), pd.NaT, "en")
    ('sep 2010–ene 2011', 'Jun 2017')
    """
    names = [f"{months(lang)[day.month - 1]} {day.year}" for day in (begin, end) if pd.notna(day)]
    return "–".join(dict.fromkeys(names))
