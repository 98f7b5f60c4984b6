"""Totals of zones keep their order."""

from bsi import selections_register


def test_zone_totals_keep_their_order(small_register):
    table = selections_register.zone_totals(small_register)
    assert len(table) == len(small_register.zones)
    assert (table["lowest"] <= table["expected"] + 0.1).all()
    assert (table["expected"] <= table["highest"] + 0.1).all()
