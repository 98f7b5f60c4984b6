"""Who observed a record: precedence, sources, counties, and what stays unmatched."""

import pandas as pd
import pytest

from bsi import contracts
from bsi.errors import InputError
from bsi.register import upstreams as u
from bsi.register.files import read_table
from bsi.register.sources import SOURCES


def records(*rows):
    frame = pd.DataFrame(rows, columns=["source", "source_text", "county"])
    return frame.assign(record_id=frame.index.astype(str), upstream=pd.Series([None] * len(frame), dtype="str"), flags="")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Pima County Office of the Medical Examiner (PCOME)", "pcome"),
        ("Ministry of Foreign Affairs Mexico, Pima County Office of the Medical Examiner (PCOME)", "pcome"),
        ("Humane Borders", "pcome"),
        ("Consulado de México en Calexico, Imperial County Coroner's Office, KYMA", "imperial_coroner"),
        ("Imperial County Coroners Office", "imperial_coroner"),
        ("Webb County Office of the Medical Examiner- Dr Corinne Stern", "webb_me"),
        ("New Mexico Office of the Medical Investigator", "nm_omi"),
        ("El Paso County Medical Examiner’s Office", "el_paso_me"),
        ("US Border Patrol, Hidalgo County Sheriff's Office", "usbp"),
        ("Border Patrol Deaths FOIA (UBC)", "usbp"),
        ("U.S. Border Patrol / South Texas Human Rights Center", "usbp"),
        ("Brooks County Sheriff's Office via Breitbart News", "brooks_county"),
        ("Hidalgo County Sheriff's Office, Valley Central", "hidalgo_sheriff"),
        ("El Paso County Sherriff's Office", "el_paso_sheriff"),
        ("Instituto Nacional de Migración México: Grupos Beta", "grupos_beta"),
        ("Insituto Nacional de Migración, Noticieros Televisa", "inm"),
        ("CONAMIGUA, Todo Noticias", "consulate_gt"),
        ("Consulado de México en Eagle Pass via Telemundo San Antonio", "consulate_mx"),
        ("Operation Identification - U. of Texas", "opid"),
        ("South Texas Human Rights Center Director Eduardo Canales", "sthrc"),
        ("Desaparecidos y sin reclamar en la frontera via Facebook", "family_search"),
        ("Zócalo, Super Channel 12", "media"),
        ("KRGV", "media"),
        ("Qwertz Invented", None),
        ("", None),
    ],
)
def test_words_of_iom(text, key):
    made = u.assign_upstreams(records(("iom", text, None)))
    assert [None if pd.isna(x) else x for x in made["upstream"]] == [key]
    assert made["flags"].tolist() == ["upstream_unmatched" if text and key is None else ""]


def test_rules_of_one_source_and_county():
    made = u.assign_upstreams(
        records(
            ("no_more_deaths", "Pima County Office of the Medic", "Pima"),
            ("no_more_deaths", "Pima County Office of the Medic", "Maricopa"),
            ("no_more_deaths", "San Diego County Office of the", None),
            ("humane_borders", "ML Number MC (Maricopa County)", "Maricopa"),
            ("humane_borders", "ML Number (Pima County)", "Maricopa"),
            ("usbp_incidents", "Zócalo", None),
            ("usbp_incidents", None, None),
        )
    )
    assert made["upstream"].tolist() == ["pcome", "maricopa_me", "san_diego_me", "maricopa_me", "pcome", "usbp", "usbp"]


def test_what_a_mapped_list_states_stays_and_running_twice_changes_nothing():
    frame = records(("beta", "nobody known", None), ("iom", "nobody known", None)).assign(upstream=pd.Series(["grupos_beta", None], dtype="str"))
    once = u.assign_upstreams(frame)
    assert once["upstream"].iloc[0] == "grupos_beta"
    assert once["flags"].tolist() == ["", "upstream_unmatched"]
    pd.testing.assert_frame_equal(u.assign_upstreams(once), once)


def test_every_rule_is_signed_and_every_key_has_one_name_and_type():
    table = u.load()
    assert (table[["upstream", "name_en", "name_es", "type", "by", "on", "why"]] != "").all().all()
    assert (table.groupby("upstream")[["name_en", "name_es", "type"]].nunique() == 1).all().all()
    assert table["upstream"].iloc[-1] == "media"  # the general rule comes after all offices


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (",,[,a_key,n,n,media,b,o,w", "line 2: the pattern '\\[' is no regular expression"),
        (",,x,A Key,n,n,media,b,o,w", "line 2: the key 'A Key'"),
        (",,x,a_key,n,n,press,b,o,w", "line 2: the type 'press' is not one of"),
    ],
)
def test_a_broken_rule_is_told_with_its_line(tmp_path, line, says):
    path = tmp_path / "upstreams.csv"
    path.write_text(",".join(u.COLUMNS) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=says):
        u.load(path)


@pytest.mark.parametrize(
    ("file", "least", "n_pcome"),
    [  # FACTS: 1,285 rows of the February 2022 vintage name the Pima examiner or Humane Borders
        ("2019-12-30", 0.99, None), ("2022-02-19", 0.99, 1285), ("2022-05-08", 0.99, None), ("2024-11-15", 0.99, None),
    ],
)  # fmt: skip
def test_share_matched_in_the_real_vintages(shared_data, file, least, n_pcome):
    raw = read_table(shared_data / f"raw/iom/{file}_missing_migrants_global.csv", "iom", file)
    made = contracts.check(u.assign_upstreams(SOURCES["iom"].read(raw).records), contracts.RECORDS)
    assert made["upstream"].notna().mean() >= least
    assert n_pcome is None or (made["upstream"] == "pcome").sum() == n_pcome


def test_an_observer_that_no_rule_knows_is_named_with_the_nearest_and_of_many_the_rest_counted():
    known = u.load()
    frame = records(*[("beta", "", None)] * 4).assign(upstream=pd.Series(["grupo_beta", "grupos_beta", "xqz", "grupo_beta"], dtype="str"))
    assert u.new_keys(frame, known) == ["upstream 'grupo_beta' is new; the nearest known one is 'grupos_beta'", "upstream 'xqz' is new"]
    assert u.new_keys(records(("iom", "nobody known", None)), known) == []
    n = u.MOST_NAMED + 2
    many = records(*[("beta", "", None)] * n).assign(upstream=pd.Series([f"{k}{k}" for k in range(10, 10 + n)], dtype="str"))
    assert len(u.new_keys(many, known)) == u.MOST_NAMED + 1
    assert u.new_keys(many, known)[-1] == "2 more upstreams are new"
