"""Why a list grew or shrank between two editions, in words and colours."""

from __future__ import annotations

from bsi.publish.language import N_

REASONS = {  # column of `revisions.list_history` -> (words, colour, hatch)
    "new_period": (N_("the rest of a year not yet over"), "#dfe4e8", "////"),
    "late": (N_("found or reported late"), "#0072B2", ""),
    "bulk_import": (N_("loaded at one time"), "#E69F00", ""),
    "change_of_scope": (N_("wider scope of the list"), "#009E73", ""),
    "withdrawn": (N_("withdrawn"), "#D55E00", ""),
}
