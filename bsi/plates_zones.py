"""The sheets of the zones by name: `zone_sheet_<zone_id>` for the canal, the deserts and every zone that an analyst added."""

from __future__ import annotations

import json

import pandas as pd

from bsi import workspace
from bsi.plates import BOTH, PLATES, Plate, zone_map
from bsi.publish.language import N_
from bsi.selections_zones import sheet_zones

BOOK = "02_zones"
MAPS = {"canal_aac": "map_canal", "desert_arizona_sonora": "map_desert", "desert_nogales_west": "map_nogales_west"}  # maps of the atlas itself


def zones_on_file() -> pd.DataFrame:
    """Return zone_id and family of the zones of the data folder, an empty table where its file cannot be read (the build says why)."""
    path = workspace.reference(workspace.data_folder(), "zones", "zones.geojson")
    try:
        rows = [feature["properties"] for feature in json.loads(path.read_text(encoding="utf-8"))["features"]]
    except (OSError, ValueError, KeyError, TypeError):
        rows = []
    return pd.DataFrame(rows, columns=["zone_id", "family"])


def plates_of(zones: pd.DataFrame) -> dict[str, Plate]:
    """Return the plates of the zones that have a page: the sheet of each, and the map of each that has none in the atlas.

    Parameters
    ----------
    zones : contract ZONES, or zone_id and family of it
    """
    out = {}
    for zone_id in sheet_zones(zones):
        out[sheet_name(zone_id)] = Plate(BOOK, N_("The zone at a glance"), _sheet(zone_id), BOTH)
        if map_name(zone_id) not in PLATES:
            out[map_name(zone_id)] = Plate(BOOK, N_("Where people died or went missing in the zone"), zone_map(zone_id))
    return out


def file_key(zone_id: str) -> str:
    """Return a zone's id as it may stand in the name of a file.

    Examples
    --------
    >>> file_key("My zone-2")
    'my_zone_2'
    """
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in zone_id.lower())


def sheet_name(zone_id: str) -> str:
    """Return the name of a zone's sheet.

    Examples
    --------
    >>> sheet_name("canal_aac")
    'zone_sheet_canal_aac'
    """
    return f"zone_sheet_{file_key(zone_id)}"


def map_name(zone_id: str) -> str:
    """Return the name of a zone's map."""
    return MAPS.get(zone_id, f"map_zone_{file_key(zone_id)}")


def _sheet(zone_id: str):
    def tell(register, choices):
        from bsi import study_zones
        from bsi.publish import figures_zones

        data = study_zones.sheet(register, zone_id)
        return lambda lang, size: figures_zones.zone_sheet(data, lang, size)

    return tell
