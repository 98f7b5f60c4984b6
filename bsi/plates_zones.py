"""The sheets of the zones by name: `zone_sheet_<zone_id>` for the canal, the deserts and every zone that an analyst added."""

from __future__ import annotations

import pandas as pd

from bsi.plates import Plate
from bsi.selections_zones import sheet_zones

BOOK = "02_zones"


def plates_of(zones: pd.DataFrame) -> dict[str, Plate]:
    """Return the plates of the zones that have a page: the sheet of each, and the map of each that has none of its own.

    Parameters
    ----------
    zones : contract ZONES
    """
    return {sheet_name(zone_id): Plate(BOOK, f"page of the zone {zone_id}", _sheet(zone_id)) for zone_id in sheet_zones(zones)}


def sheet_name(zone_id: str) -> str:
    """Return the name of a zone's sheet, as a file may be called.

    Examples
    --------
    >>> sheet_name("My zone-2")
    'zone_sheet_my_zone_2'
    """
    return "zone_sheet_" + "".join(c if c.isalnum() and c.isascii() else "_" for c in zone_id.lower())


def _sheet(zone_id: str):
    def make(register, choices):
        from bsi import study_zones
        from bsi.publish import figures_zones

        data = study_zones.sheet(register, zone_id)
        return lambda lang, size: figures_zones.zone_sheet(data, lang, size)

    return make
