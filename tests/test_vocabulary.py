"""Vocabularies: words of the sources to the register's classes, and refusals of a table that a person has broken."""

import pandas as pd
import pytest

from bsi import contracts
from bsi.errors import InputError
from bsi.register import vocabulary as v


@pytest.mark.parametrize(
    ("text", "cause"),
    [  # right column: by hand, from the words alone
        ("Probable environmental hyperthermia", "heat"), ("Enviromental Hypertermia", "heat"), ("HEAT STROKE, HOT DESERT ENVIRONMENT", "heat"),
        ("Dehydration due to: Environmental exposure", "heat"), ("Golpe de calor", "heat"), ("deshidratación", "heat"), ("Environmental Exposure-Heat", "heat"),
        ("EXPOSURE", "exposure"), ("Exposure to the elements", "exposure"), ("EXPOSURE (HYPERTHERMIA AND HYPOTHERMIA)", "exposure"),
        ("Harsh environmental conditions / lack of adequate shelter, food, water", "exposure"),
        ("HYPOTHERMIA", "cold"), ("Environmental Cold Exposure", "cold"), ("hipotermia", "cold"),
        ("ASPHYXIA DUE TO DROWNING", "drowning"), ("ASPHYXIA DUE TO DROWING", "drowning"), ("Water-Related", "drowning"), ("Ahogamiento", "drowning"),
        ("Drowning,Harsh environmental conditions / lack of adequate shelter, food, water", "mixed"), ("Mixed", "mixed"), ("Mixed or unknown", "undetermined"),
        ("Gunshot Wound", "violence"),
        ("GSW to head", "violence"), ("Stab wounds of torso", "violence"), ("Homicidal violence", "violence"),
        ("Struck by train", "train"), ("Fell from train", "train"), ("CRANIO-CEREBRAL INJURIES; MOTOR VEHICLE ACCIDENT", "vehicle"),
        ("Atropellamiento", "vehicle"), ("Accidente automovilístico", "vehicle"), ("Accidente de tránsito", "vehicle"), ("Neumonía", "medical"),
        ("Sumersión", "drowning"), ("Falta de agua", "heat"), ("Precipitación", "fall"), ("Electrocución", "other_injury"),
        ("Picadura de alacrán", "other_injury"),
        ("En investigación", "pending"), ("N/D", "undetermined"),
        ("Vehicle accident / death linked to hazardous transport", "vehicle"), ("ACCIDENTAL - BORDER FENCE FALL", "fall"), ("Caída del muro", "fall"),
        ("BLUNT FORCE INJURIES OF HEAD", "other_injury"), ("BFT to the head", "other_injury"), ("ASPHYXIA DUE TO HANGING", "other_injury"),
        ("METHAMPHETAMINE TOXICITY", "other_injury"), ("PROBABLE ELECTROCUTION BY LIGHTNING", "other_injury"), ("Accidental death", "other_injury"),
        ("Heart disease", "medical"), ("ACUTE CORONARY THROMBUS", "medical"), ("DIABETIC KETOACIDOSIS", "medical"), ("Infarto", "medical"),
        ("Undetermined (skeletal remains)", "skeletal"), ("UNDETERMINED (SKULL ONLY)", "skeletal"), ("Osamenta", "skeletal"),
        ("ADULT MALE MUMMIFIED AND FOCALLY SKELETONIZED REMAINS WITHOUT EVIDENCE OF ANTEMORTEM TRAUMA", "skeletal"),
        ("Undertemined", "undetermined"), ("Medical Examiner Undetermined", "undetermined"), ("UNDETERMINED - MUMMIFIED REMAINS", "undetermined"),
        ("Pending Toxicology", "pending"), ("Pending Investigation", "pending"),
    ],
)  # fmt: skip
def test_causes(text, cause):
    found, matched = v.harmonise_cause(pd.Series([text]))
    assert found.tolist() == [cause]
    assert matched.tolist() == [True]


def test_no_word_of_the_real_files_is_unmatched_but_two(shared_data):
    """Two of 8,832 texts say nothing of a cause ('c', and a sentence); everything else is in the vocabulary."""
    real = pd.read_csv(shared_data / "raw/no_more_deaths/2025-03-31_border_deaths_master.csv", dtype=str, keep_default_na=False)
    _, matched = v.harmonise_cause(real["Cause_of_Death"])
    assert (~matched).sum() == 2
    for vintage in ("2020-06-30", "2022-03-31"):
        real = pd.read_csv(shared_data / f"raw/humane_borders/{vintage}_ogis_migrant_deaths.csv", dtype=str, keep_default_na=False)
        for column in ("Cause of Death", "OME Determined COD"):
            assert v.harmonise_cause(real[column])[1].all()


def test_every_value_of_the_cause_table_is_a_class_and_every_class_has_a_word():
    table = v.read_vocabulary("causes")
    assert set(table["value"]) == set(contracts.CAUSES)
    assert (table[["by", "on", "why"]] != "").all().all()


def test_nationalities():
    texts = ["Mexicana", "Pos. Honduras", "GTM", "USA / Guatemala", "Guatemala,Mexico,Unknown", "Mixed/Unknown", "UNKOWN", "Cote D'Ivoire", "Atlantis", ""]
    expected = ["Mexico", "Honduras", "Guatemala", "Guatemala; United States", "Guatemala; Mexico", None, None, "Ivory Coast", "Atlantis", None]
    assert [None if pd.isna(x) else x for x in v.harmonise_nationality(pd.Series(texts))] == expected


def test_states():
    texts = [
        "Calexico CA",
        "Mexicali, Baja California, Mexico",
        "La Paz, Baja California Sur",
        "Sunland Park, New Mexico, USA",
        "Chihuhua, Mexico",
        "TX",
        "between Texas and Coahuila",
        "",
    ]
    expected = ["CA", "BCN", "BCS", "NM", "CHH", "TX", None, None]
    assert [None if pd.isna(x) else x for x in v.harmonise_state(pd.Series(texts))] == expected


def test_counties_in_a_place_text():
    texts = ["near Satrr County, Texas", "Eagle Pass, Maverick County, TX", "Pima Country Office of the Medical Examiner jurisdiction",
             "Webb County Sheriff's Office",
             "between Hidalgo County and Starr County", "Jeff Davis county, Texas", "Doña Ana County", "Orange Blossom County",
             "Dimmit, Uvalde or Zavala County, Texas"]  # fmt: skip
    expected = ["Starr", "Maverick", None, None, None, "Jeff Davis", "Doña Ana", None, None]
    assert [None if pd.isna(x) else x for x in v.find_county(pd.Series(texts))] == expected


def test_dashes_and_slashes_part_words():
    assert v.plain_text(pd.Series(["remains—skeletal/mummified", None, "  Coroner’s   Office "])).tolist() == [
        "remains skeletal mummified",
        "",
        "coroners office",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pattern,value\nx,heat\n", r"lacks the columns \['by', 'on', 'why'\]"),
        ("pattern,value,by,on,why\n[,heat,a,b,c\n", r"line 2: the pattern '\[' is no regular expression"),
        ("pattern,value,by,on,why\nx,heat,a,b,c\ny,warmth,a,b,c\n", "line 3: the value 'warmth' is not one of heat"),
    ],
)
def test_a_broken_table_is_told_with_its_line(tmp_path, text, says):
    (tmp_path / "causes.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        v.read_vocabulary("causes", tmp_path)


def test_a_missing_table_is_told(tmp_path):
    with pytest.raises(InputError, match=r"causes\.csv: the vocabulary cannot be read"):
        v.read_vocabulary("causes", tmp_path)


def test_what_says_nothing_is_one_list_for_all():
    unsaid = ["", " - ", "?", "N/A", "#N/A", "n/d", "S/D", "Unknown", "UNK", "Desconocido", "No identificada", "Se desconoce", "Not reported", None]
    assert v.is_unsaid(pd.Series(unsaid)).all()
    assert not v.is_unsaid(pd.Series(["0", "F", "Mexico", "adult", "Nada"])).any()
    assert v.harmonise_nationality(pd.Series(unsaid)).isna().all()
    assert v.harmonise_sex(pd.Series(unsaid)).isna().all()


@pytest.mark.parametrize(
    ("words", "sexes"),
    [(["H", "M", ""], ["male", "female", None]), (["F", "M", "H"], ["female", "male", None]), (["M"], ["male"]), (["Hombre", "Mujer"], ["male", "female"])],
)
def test_the_letter_m_is_mujer_where_men_are_h(words, sexes):
    assert [None if pd.isna(s) else s for s in v.harmonise_sex(pd.Series(words))] == sexes


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("read", [v.plain_text, v.harmonise_sex, v.harmonise_nationality, v.harmonise_state, v.harmonise_county, v.find_county])
def test_a_column_of_nulls_gives_texts_without_a_warning(read):
    for empty in (pd.Series([None, None], dtype="object"), pd.Series([float("nan")]), pd.Series([None], dtype="str"), pd.Series([], dtype="str")):
        assert str(read(empty).dtype) == "str"
