"""A person's decisions: read, checked, obeyed."""

import pandas as pd
import pytest

from bsi.errors import InputError
from bsi.register.decisions import COLUMNS, check_decisions, load_decisions
from bsi.register.linkage import find_links
from tests.test_linkage import background, made, pairs_of, together

HEADER = "# a note\n" + ",".join(COLUMNS) + "\n"


def decided(*rows):
    return pd.DataFrame(
        [{"record_id_a": a, "record_id_b": b, "decision": d, "decided_by": "tester", "decided_on": "2026-01-01", "why": ""} for a, b, d in rows]
    )


def test_the_committed_file_is_read():
    from pathlib import Path

    assert list(load_decisions(Path(__file__).resolve().parents[1] / "data" / "hand" / "link_decisions.csv")) == list(COLUMNS)


def test_a_missing_file_is_no_decision(tmp_path):
    assert load_decisions(tmp_path / "none.csv").empty


def test_the_smaller_id_comes_first_and_repetition_counts_once(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text(HEADER + "b,a,same,me,2026-01-01,same scar\na,b,same,me,2026-01-02,again\n")
    table = load_decisions(path)
    assert table[["record_id_a", "record_id_b"]].to_numpy().tolist() == [["a", "b"]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b,same,,,\nb,a,different,,,\n", "same and different are both decided for a and b"),
        ("a,b,same,,,\nb,c,same,,,\na,c,different,,,\n", "decided different, yet the same by way of other decisions: a and c"),
        ("a,a,same,,,\n", "row 1 pairs a with itself"),
        ("a,,same,,,\n", "row 1 lacks a record id"),
        ("a,b,perhaps,,,\n", "row 1 says 'perhaps'"),
    ],
)
def test_contradictions_are_refused_with_the_pair(tmp_path, text, says):
    path = tmp_path / "d.csv"
    path.write_text(HEADER + text)
    with pytest.raises(InputError, match=says):
        load_decisions(path)


def test_a_file_without_the_columns_is_refused(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("left,right\n1,2\n")
    with pytest.raises(InputError, match="columns .* are missing"):
        load_decisions(path)


def test_different_parts_a_pair_and_same_joins_one():
    records, _ = background()
    pair = sorted(pairs_of(find_links(records)))[0]
    assert pair not in pairs_of(find_links(records, decided((*pair, "different"))))
    far = made([("z1", "2015-01-01", -112.0, 32.0, {})]), made([("z9", "2018-01-01", -110.0, 31.0, {})], "beta", "agency_y")
    both = together(records, *far)
    links = find_links(both, decided(("beta:z9", "alpha:z1", "same"))).set_index(["record_id_a", "record_id_b"])
    assert links.loc[("alpha:z1", "beta:z9"), ["decided_by", "probability"]].tolist() == ["hand", 1.0]


def test_a_record_given_its_partner_by_hand_gets_no_other():
    records, _ = background()
    a, b = sorted(pairs_of(find_links(records)))[0]
    far = made([("z9", "2018-01-01", -110.0, 31.0, {})], "beta", "agency_y")
    found = pairs_of(find_links(together(records, far), decided((a, "beta:z9", "same"))))
    assert (a, "beta:z9") in found
    assert (a, b) not in found


def test_a_decision_about_a_record_that_is_gone_is_told():
    records, _ = background()
    with pytest.warns(UserWarning, match="no record alpha:gone in this build"):
        links = find_links(records, decided(("alpha:gone", records["record_id"][0], "same")))
    assert pairs_of(links) == pairs_of(find_links(records))


def test_none_is_no_decision():
    assert check_decisions(None).empty
