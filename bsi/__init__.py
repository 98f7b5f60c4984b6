"""bsi: one register of border deaths, disappearances and rescues at the U.S.-Mexico border, keyed to its danger zones.

>>> import bsi
>>> bsi.open("data/derived").incidents  # doctest: +SKIP
"""

from bsi.workspace import load
from bsi.workspace import open_register as open  # noqa: A001 - `bsi.open(out)` is the documented door

__all__ = ["load", "open"]
__version__ = "0.1.0"
