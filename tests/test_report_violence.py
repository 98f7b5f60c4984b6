"""An invented mapped list of incidents of violence, from the file to the table by quarter, place, actor and state of the investigation."""

import types

import pytest

from bsi import pipeline
from bsi.publish import report_violence

LISTED = """Folio,Fecha,Estado,Municipio,Autor,Investigacion,Heridos
1,03/10/2022,Sonora,Nogales,asaltantes,abierta,1
2,15/12/2022,Sonora,Nogales,asaltantes,abierta,
3,02/01/2023,Arizona,Pima,autoridad,turnada,2
4,29/09/2023,Sonora,Nogales,banda del cerro,,
5,01/10/2023,Sonora,Nogales,asaltantes,cerrada,
"""
TOML = """title = "Lista inventada"
publisher = "Nadie"
citation = "Inventada para una prueba."
covers_en = "Invented."
covers_es = "Inventada."
kind = "violence"
one_row = "event"
upstream = "invented"
date_kind = "event"
date_order = "day_first"
location_precision_m = 5000

[columns]
id = "Folio"
date = "Fecha"
state = "Estado"
county = "Municipio"
actor = "Autor"
status = "Investigacion"
n_injured = "Heridos"

[values.actor]
"asaltantes" = "robbers"
"autoridad" = "official (U.S.)"
"banda del cerro" = "band of the hill"

[values.status]
"abierta" = "open"
"turnada" = "referred"
"cerrada" = "closed"
"""


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    data = tmp_path_factory.mktemp("violence")
    folder = data / "raw" / "invented"
    folder.mkdir(parents=True)
    (folder / "2023-12-31_list.csv").write_text(LISTED, encoding="utf-8")
    (folder / "2023-12-31_list.csv.toml").write_text(TOML, encoding="utf-8")
    made = pipeline.assemble(data)
    return types.SimpleNamespace(tables=made.tables, edition=2023)


def test_incidents_of_the_year_by_quarter_place_actor_and_status(context):
    shown, heads, caption = report_violence.MAKERS["violence"](context, "en")
    assert list(heads.values()) == ["Quarter", "Place", "Who acted", "Investigation", "Incidents"]
    assert shown.to_numpy().tolist() == [
        ["2022 quarter 4", "Sonora, Nogales", "Robbers", "Open", 2],
        ["2023 quarter 1", "Arizona, Pima", "U.S. official", "Referred to another authority", 1],
        ["2023 quarter 3", "Sonora, Nogales", "Band of the hill", "Not stated", 1],
    ]
    assert "2023" in caption


def test_words_of_the_contract_are_spanish_in_spanish_and_those_of_the_list_stay(context):
    shown = report_violence.MAKERS["violence"](context, "es")[0]
    assert shown["actor"].tolist() == ["Asaltantes", "Autoridad estadounidense", "Band of the hill"]
    assert shown["status"].tolist() == ["Abierta", "Turnada a otra autoridad", "No asentado"]
    assert shown["quarter"].tolist()[0] == "2022 trimestre 4"


def test_actor_against_state_of_the_investigation_up_to_the_edition(context):
    shown = report_violence.MAKERS["violence_by_actor"](context, "en")[0].set_index("actor")
    assert shown.loc["Robbers", "open"] == 2
    assert shown.loc["Robbers", "closed"] == 0, "the incident of October 2023 is of the next fiscal year"
    assert shown.loc["Total", "all"] == 4
    assert shown.loc["Band of the hill", "none"] == 1


def test_no_list_no_table(context):
    bare = types.SimpleNamespace(tables={"incidents": context.tables["incidents"].iloc[:0]}, edition=2023)
    assert report_violence.MAKERS["violence"](bare, "en") is None
    assert report_violence.MAKERS["violence_by_actor"](bare, "en") is None


def test_names_of_states_in_both_languages():
    assert [report_violence.state_name("NM", lang) for lang in ("en", "es")] == ["New Mexico", "Nuevo México"]
    assert report_violence.state_name(None, "en") == "not stated"
