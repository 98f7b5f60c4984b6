"""Colours with a fixed meaning, and the names of causes and sectors."""

from __future__ import annotations

from matplotlib.colors import to_hex, to_rgb

from bsi.publish.language import N_

INK, SOFT, RULE, PAPER = "#1b1b1b", "#555555", "#c9c9c9", "#ffffff"
# Okabe and Ito (2008): told apart with any common colour vision. A group has one colour in every figure of every edition.
CAUSE_GROUPS = {
    "heat": (N_("Heat"), "#D55E00", ("heat",)),
    "exposure": (N_("Exposure: cold or unstated"), "#56B4E9", ("exposure", "cold")),
    "drowning": (N_("Drowning"), "#0072B2", ("drowning",)),
    "transport": (N_("Vehicle or train"), "#CC79A7", ("vehicle", "train")),
    "violence": (N_("Violence"), "#1b1b1b", ("violence",)),
    "injury": (N_("Fall or other injury"), "#E69F00", ("fall", "other_injury")),
    "medical": (N_("Medical"), "#009E73", ("medical",)),
    "unknown": (N_("Not determined"), "#bcbcbc", ("skeletal", "undetermined", "pending", "mixed")),
}
CAUSE_NAMES = {
    "heat": N_("heat"), "cold": N_("cold"), "exposure": N_("exposure, not specified"), "drowning": N_("drowning"), "vehicle": N_("vehicle"),
    "train": N_("train"), "fall": N_("fall"), "violence": N_("violence"), "medical": N_("medical cause"), "other_injury": N_("other injury"),
    "skeletal": N_("skeletal remains, cause not determinable"), "undetermined": N_("undetermined"), "pending": N_("pending"),
    "mixed": N_("several causes"),
}  # fmt: skip
ZONE_COLOURS = {"canal": "#0b6e8f", "desert": "#9a4a00", "sector": "#555555", "analyst": "#6b3fa0"}
MEASURE_COLOURS = {"deaths": "#2f3f4f", "missing": "#b5bcc2", "rescues": "#00795a", "agents": "#0072B2", "apprehensions": "#8a6d00", "assaults": "#a02c5d"}
SECTOR_NAMES = {
    "BBT": "Big Bend", "DRT": "Del Rio", "ELC": "El Centro", "EPT": "El Paso", "LRT": "Laredo", "RGV": "Rio Grande Valley", "SDC": "San Diego",
    "TCA": "Tucson", "YUM": "Yuma",
}  # fmt: skip
SECTORS_WEST_TO_EAST = ("SDC", "ELC", "YUM", "TCA", "EPT", "BBT", "DRT", "LRT", "RGV")
CAUSE_GROUP_OF = {cause: group for group, (_, _, causes) in CAUSE_GROUPS.items() for cause in causes}


def contrast(a: str, b: str = PAPER) -> float:
    """Return the WCAG contrast ratio of two colours (1 to 21).

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"))
    21
    """

    def luminance(colour):
        channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def text_colour(colour: str) -> str:
    """Return the colour darkened until it reads on white (contrast at least 4.5)."""
    rgb = to_rgb(colour)
    while contrast(to_hex(rgb)) < 4.5:
        rgb = tuple(c * 0.94 for c in rgb)
    return to_hex(rgb)
