"""Lists described by a TOML: what is read, and one clear sentence for each mistake (invented rows)."""

import pandas as pd
import pytest

from bsi import contracts
from bsi.errors import InputError
from bsi.register.files import read_table
from bsi.register.sources import mapped, reader

ROWS = """\
Folio,Fecha,Lugar,Latitud,Longitud,Personas,Sexo,Nacionalidad,Estado,Víctima
1,03/04/2023,Canal Todo Americano,32.67,-115.4,2,H,Hondureña,Baja California,Persona Inventada
2,25/12/2023,La Rumorosa,"32,55","-116,05",1,M,México,Baja California,
3,14/02/2023,Tapachula,14.9,-92.2,5,,Guatemala,Chiapas,
4,13/01/2023,Sásabe,31.48,-111.54,-3,H,,Sonora,
5,01/01/1899,Sásabe,abc,def,1,H,,Sonora,
"""


def write(tmp_path, toml=mapped.EXAMPLE, rows=ROWS, name="2024-01-31_rescates.csv", beside=True):
    folder = tmp_path / "beta"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(rows, encoding="utf-8")
    (folder / (name + ".toml" if beside else "mapping.toml")).write_text(toml, encoding="utf-8")
    return read_table(path, "beta", "2024-01-31")


def read(*args, **kwargs):
    raw = write(*args, **kwargs)
    assert reader(raw) is mapped
    tables = mapped.read(raw)
    assert len(raw.frame) + len(raw.malformed) == len(tables.records) + len(tables.out_of_scope) + len(tables.rejected)
    contracts.check(tables.records, contracts.RECORDS)
    contracts.check(tables.rejected, contracts.REJECTED)
    return tables


def test_the_example_reads_a_rescue_list(tmp_path):
    tables = read(tmp_path)
    r = tables.records.set_index("record_id")
    assert r.index.tolist() == ["beta:1", "beta:2"]
    assert r["date"].tolist() == [pd.Timestamp("2023-04-03"), pd.Timestamp("2023-12-25")]  # day first, told by the 25th
    assert r["n_rescued"].tolist() == [2, 1]
    assert r["n_dead"].isna().all()
    assert set(r["kind"]) == {"rescue"}
    assert pd.isna(r.loc["beta:1", "sex"])
    assert r.loc["beta:2", "sex"] == "female"
    assert r.loc["beta:2", ["lon", "lat"]].tolist() == [-116.05, 32.55]
    assert r["nationality"].tolist() == ["Honduras", "Mexico"]
    assert set(r["upstream"]) == {"grupos_beta"}
    assert set(r["country"]) == {"MX"}
    assert r["location_precision_m"].tolist() == [1000, 1000]
    assert r["is_precision_stated"].all()
    assert tables.out_of_scope["record_id"].tolist() == ["beta:3"]
    assert "Estado" in tables.out_of_scope["rule"].item()
    assert tables.rejected["row"].tolist() == [5, 6]
    assert tables.rejected["reasons"].tolist() == ["n_rescued: -3 is negative or no whole number", "date: 01/01/1899 lies before 1900"]
    assert "Inventada" not in tables.records.to_csv() + tables.rejected.to_csv()


def test_one_toml_for_the_folder_and_what_it_says_of_the_list(tmp_path):
    raw = write(tmp_path, beside=False)
    assert len(mapped.read(raw).records) == 2
    said = mapped.describe(raw)
    assert (said["title"][:7], said["title_es"][:8]) == ("Rescues", "Rescates")
    assert said["covers_en"]
    assert said["covers_es"]


def test_violence_with_actor_and_state_of_the_investigation(tmp_path):
    toml = """
kind = "violence"
one_row = "person"
date_order = "month_first"
country = "US"
[columns]
date = "Date"
actor = "Actor"
status = "Status"
point = "Point"
age = "Age"
cause = "Injury"
[values.status]
"Abierta" = "open"
"turned over" = "referred"
"""
    rows = 'Date,Actor,Status,Point,Age,Injury\n2/3/2023,Border Patrol,Abierta,"31.5, -110",20,gunshot wound\n2/4/2023,unknown,TURNED OVER,,abc,\n'
    r = read(tmp_path, toml, rows).records
    assert r["actor"].tolist() == ["Border Patrol", "unknown"]
    assert r["status"].tolist() == ["open", "referred"]
    assert r["date"].tolist() == [pd.Timestamp("2023-02-03"), pd.Timestamp("2023-02-04")]
    assert r["cause"].tolist()[0] == "violence"
    assert r["flags"].tolist() == ["", "age_unreadable"]
    assert r["record_id"].str.fullmatch(r"beta:[0-9a-f]{12}-1").all()


def test_coroner_with_kinds_projected_points_and_units(tmp_path):
    toml = """
one_row = "person"
crs = "EPSG:32612"
date_kind = "found"
[columns]
id = "Case"
kind = "Type"
date = "Found"
easting = "X"
northing = "Y"
location_precision_m = "Radius"
is_identified = "Name"
[units]
location_precision = "km"
[values.kind]
"remains" = "death"
"treated" = "injury"
"""
    rows = "Case,Type,Found,X,Y,Radius,Name\nA,remains,2023-02-03,500000,3500000,1.5,Somebody Invented\n"
    rows += "B,treated,2023-02-04,,,,\nC,remains,2023-02-05,x,3500000,,Unidentified\n"
    r = read(tmp_path, toml, rows).records.set_index("record_id")
    assert r["kind"].tolist() == ["death", "injury", "death"]
    assert r["n_dead"].tolist() == [1, pd.NA, 1]
    assert r["n_injured"].tolist() == [pd.NA, 1, pd.NA]
    assert r.loc["beta:A", "lon"] == pytest.approx(-111, abs=1e-9)  # the central meridian of zone 12
    assert r.loc["beta:A", "location_precision_m"] == 1500
    assert r.loc["beta:C", "flags"] == "point_unreadable"
    assert r["is_identified"].tolist() == [True, pd.NA, False]


def test_xlsx_and_parquet(tmp_path):
    frame = pd.DataFrame({"Folio": [1], "Fecha": [pd.Timestamp("2023-04-03")], "Lugar": ["Canal"], "Latitud": [32.6], "Longitud": [-115.4], "Personas": [2],
                          "Sexo": ["H"], "Nacionalidad": ["México"], "Estado": ["Sonora"]})  # fmt: skip
    for suffix, save in ((".xlsx", "to_excel"), (".parquet", "to_parquet")):
        path = tmp_path / f"2024-01-31_r{suffix}"
        getattr(frame, save)(path, index=False)
        path.with_name(path.name + ".toml").write_text(mapped.EXAMPLE, encoding="utf-8")
        r = mapped.read(read_table(path, "beta", "2024-01-31")).records
        assert r["date"].tolist() == [pd.Timestamp("2023-04-03")]
        assert r["n_rescued"].tolist() == [2]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"Folio"', '"Foliio"', "id is mapped to 'Foliio', which is no header of the file. Did you mean 'Folio'?"),
        ("n_rescued =", "n_rescate =", "'n_rescate' is no column of the register. Did you mean 'n_rescued'?"),
        ("title", "titel", "'titel' is no key. Did you mean 'title'?"),
        ('kind = "rescue"', 'kind = "rescate"', "'rescate' is not allowed here. Use one of 'death', 'missing', 'rescue', 'injury', 'violence'"),
        ('kind = "rescue"', "", "it does not say what happened"),
        ('one_row = "event"', "", "it does not say what one row is"),
        ('date = "Fecha"\n', "", "no column is mapped to date or year"),
        ('"M" = "female"', "", "the column 'Sexo' holds values without a translation to sex: 'M' (rows: 1)"),
        ('"H" = "male"', '"H" = "hombre"', "'H' (rows: 3)"),
        ('lat = "Latitud"\n', "", "lon is mapped without lat"),
        ('nationality = "Nacionalidad"', 'name = "Nacionalidad"', "names of persons are never read"),
        ('nationality = "Nacionalidad"', 'source_text = "Víctima"', "a column of names of persons, which are never read"),
        ('nationality = "Nacionalidad"', 'country = "Nacionalidad"', "given both for the whole list and as columns"),
        ('nationality = "Nacionalidad"', 'nationality = "Sexo"', "mapped more than once"),
        ('crs = "EPSG:4326"', 'crs = "EPSG:999999"', "crs 'EPSG:999999' is not known"),
        ("location_precision_m = 1000", "location_precision_m = -1", "is no positive number"),
        ('column = "Estado"', 'column = "Estados"', "scope is not understood"),
        ('date_order = "day_first"', "date_order = day_first", "no valid TOML"),
        ("[units]", '[units]\nage = "weeks"', "'weeks' is not allowed here. Use one of 'years', 'months'"),
    ],
)
def test_each_mistake_is_told_in_one_sentence(tmp_path, old, new, says):
    assert old in mapped.EXAMPLE
    raw = write(tmp_path, mapped.EXAMPLE.replace(old, new, 1))
    with pytest.raises(InputError) as error:
        mapped.read(raw)
    assert says in str(error.value)
    assert ".toml" in str(error.value)


def test_the_letter_of_women_and_men_is_not_guessed(tmp_path):
    toml = mapped.EXAMPLE.split("[values.sex]")[0]
    with pytest.raises(InputError, match=r"'H' \(rows: 3\)"):  # H beside M: M is mujer, not male
        mapped.read(write(tmp_path, toml))


def test_without_a_toml_the_sentence_names_the_file_to_write(tmp_path):
    path = tmp_path / "2024-01-31_x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"2024-01-31_x\.csv\.toml"):
        mapped.read(read_table(path, "beta", "2024-01-31"))


SHERIFF = """
kind = "death"
one_row = "person"
upstream = "yuma_sheriff"

[columns]
id = "N° de caso"
day = "Día"
month = "Mes"
year = "Año"
place_text = "Paraje"
sex = "Sexo"
age = "Edad"
cause = "Causa"
is_identified = "Identificado"

[values.sex]
"H" = "male"
"M" = "female"
"""
SHERIFF_ROWS = """\
CONDADO DE YUMA;;;;;;;;
;;;;;;;;
N° de caso;Día;Mes;Año;Sexo;Edad;Paraje;Causa;Identificado
1;5;enero;2023;H;25 años;Rancho;Golpe de calor;Sí
2;;febrero;2023;M;30s;Canal;Ahogamiento;No
3;14;3;2023;Hombre;;Cerro;Restos óseos;
4;31;febrero;2023;M;40;Dunas;Caída;No
Total;;;;4;;;;
Fuente: bitácora;;;;;;;;
"""


def test_a_list_with_day_month_and_year_apart_yes_and_no_and_a_total_below(tmp_path):
    tables = read(tmp_path, toml=SHERIFF, rows=SHERIFF_ROWS)
    r = tables.records
    assert r["date"].astype(str).tolist() == ["2023-01-05", "2023-02-01", "2023-03-14", "2023-02-01"]
    assert r["date_precision"].tolist() == ["day", "month", "day", "month"]
    assert r["date_raw"].tolist() == ["5 enero 2023", "febrero 2023", "14 3 2023", "31 febrero 2023"]
    assert r["flags"].tolist() == ["", "age_unreadable", "", "date_unreadable"]
    assert r["sex"].tolist() == ["male", "female", "male", "female"]
    assert r["is_identified"].tolist() == [True, False, pd.NA, False]
    assert r["n_dead"].sum() == 4
    assert tables.rejected["row"].tolist() == [8, 9]
    assert tables.rejected["reasons"].tolist()[0] == "the row is a total of the file, no observation"
