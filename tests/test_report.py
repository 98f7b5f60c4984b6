"""The report: same numbers in both languages, every one traceable, inert, accessible, the same bytes twice."""

import json
import re
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from bsi import contracts
from bsi.errors import InputError
from bsi.publish import figures, formats, report, saving, style
from bsi.publish.numbers import make_numbers

HASH = "5eed" * 16
EVIL = '<script>alert("x")</script> #set page(fill: red) =1+1 `{=html}` [x](javascript:1) | $y$ \\input \u202e\x07'
BUILD = {
    "register_hash": HASH, "data_as_of": "2004-12-31", "is_sample": True,
    "rows": [{"source": "list_a", "file": "a.csv", "vintage": "2004-12-31", "read": 12, "records": 9, "out_of_scope": 2, "rejected": 1}],
}  # fmt: skip
META = {"sources": ["List A"], "data_as_of": BUILD["data_as_of"], "register_hash": HASH, "is_sample": True}


def incidents():
    """Eight invented deaths (one undated) and one missing person."""
    days = ["2002-06-01", "2002-10-01", "2003-07-01", "2003-07-02", "2003-09-30", "2003-10-01", "2004-05-05", "2004-06-06", "2004-07-07"]
    frame = pd.DataFrame({"incident_id": [f"i-{i}" for i in range(9)], "kind": ["death"] * 8 + ["missing"], "date": pd.to_datetime(days)})
    frame["date_precision"] = ["day"] * 6 + ["none"] + ["day"] * 2
    frame["date_kind"] = "found"
    frame["n_dead"] = [1, 2, 1, 1, 1, 3, 1, 1, None]
    frame["n_missing"] = [None] * 8 + [2]
    frame["lon"], frame["lat"], frame["location_precision_m"] = [-112.0] * 8 + [None], [32.0] * 8 + [None], 100.0
    frame["sources"] = frame["upstreams"] = "list_a"
    frame["n_records"], frame["has_conflict"], frame["is_cumulative"], frame["flags"] = 1, False, False, ""
    frame["country"], frame["cause"], frame["place_text"] = "US", "heat", EVIL
    frame["geometry"] = gpd.GeoSeries([None if pd.isna(x) else Point(x, y) for x, y in zip(frame["lon"], frame["lat"])], crs=4326)
    return contracts.conform(frame, contracts.INCIDENTS)


def tables():
    zone = {"zone_id": "z", "family": "desert", "name_en": EVIL, "name_es": EVIL, "definition_en": EVIL, "definition_es": EVIL, "defined_by": EVIL,
            "defined_on": pd.Timestamp("2020-01-01"), "is_approximate": True, "geometry": box(-113, 31, -111, 33)}  # fmt: skip
    weights = pd.DataFrame({"incident_id": [f"i-{i}" for i in range(8)], "zone_id": "z", "probability": 0.5, "basis": "disc"})
    figure = {"series": "usbp_profile_rescues", "area_type": "sector", "measure": "rescues_persons", "unit": "persons", "period_type": "fiscal_year",
              "period_start": pd.Timestamp("2002-10-01"), "period_end": pd.Timestamp("2003-09-30"), "is_complete": True, "edition": "e", "source": EVIL,
              "reliability": "official", "quality": ""}  # fmt: skip
    published = pd.DataFrame([{**figure, "area": a, "value": v} for a, v in (("TCA", 5.0), ("southwest_border", 5.0))])
    empty = {
        t.name: contracts.conform(pd.DataFrame(columns=list(t.columns)[:1]), t)
        for t in (contracts.OUT_OF_SCOPE, contracts.REJECTED, contracts.RECORDS, contracts.QUALITY)
    }
    steps = (("read", 12), ("republished", -1), ("incidents", 9))
    accounting = pd.DataFrame([{"source": "all", "stage": s, "order": i, "is_total": n > 0, "n_records": n} for i, (s, n) in enumerate(steps)])
    accounting = contracts.conform(accounting, contracts.ACCOUNTING)
    return {
        **empty, "incidents": incidents(), "zones": contracts.conform(pd.DataFrame([zone]), contracts.ZONES),
        "zone_weights": contracts.conform(weights, contracts.ZONE_WEIGHTS), "published": contracts.conform(published, contracts.PUBLISHED),
        "accounting": accounting,
    }  # fmt: skip


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    start = pd.to_datetime(["2001-10-01", "2002-10-01"])
    counts = pd.DataFrame(
        {"period_start": start, "period_end": pd.to_datetime(["2002-09-30", "2003-09-30"]), "n_dead": [1, 5], "n_missing": 0, "is_complete": True}
    )
    saving.save_figure("deaths_by_fiscal_year", lambda lang, size: figures.deaths_by_period(counts, lang, size), folder, META)

    def evil(lang, size):
        fig, _ax = style.new_figure(size, 20.0)
        return style.describe(fig, style.Description("t", EVIL, EVIL, pd.DataFrame({"=x": [EVIL]})))

    saving.save_figure("deaths_by_sector", evil, folder, META)
    return report.Context(tables(), BUILD, 2003, folder)


@pytest.fixture(scope="module")
def built(context, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    report.build_report(context, folder, papers=("letter", "a4"))
    return folder


def prose(html):
    return re.sub(r"<[^>]+>", " ", re.sub(r'<a[^>]*class="data".*?</a>|<style.*?</style>', " ", html, flags=re.DOTALL))


def test_numbers_are_those_of_the_table():
    made = make_numbers(tables(), BUILD, 2003)
    value = {k: v["value"] for k, v in made.items()}
    assert value["dead_edition"] == 5  # October 2002 to September 2003: 2 + 1 + 1 + 1
    assert value["dead_before"] == 1
    assert value["dead_change"] == 4
    assert value["dead_undated"] == 1
    assert value["dead_desert_edition"] == 2  # 5 x 0.5, rounded to even
    assert value["rows_read"] == 12
    assert value["republished"] == 1
    assert value["official_rescues"] == 5
    assert value["official_rescues_year"] == 2003
    assert value["share_no_place"] == pytest.approx(2 / 13)
    assert all(v["register_hash"] == HASH and v["unit"] and v["table"] and v["filter"] for v in made.values())


def test_a_missing_table_is_named():
    with pytest.raises(InputError, match="lacks the tables accounting"):
        make_numbers({k: v for k, v in tables().items() if k != "accounting"}, BUILD, 2003)


def test_dates_that_cannot_be_are_in_no_year():
    wrong = tables()
    wrong["incidents"].loc[2, "flags"] = "date_after_vintage"
    wrong["incidents"].loc[3, "date"] = pd.Timestamp("2005-01-01")  # after the newest file
    value = {k: v["value"] for k, v in make_numbers(wrong, BUILD, 2003).items()}
    assert value["dead_edition"] == 3
    assert value["dead_undated"] == 3


def test_the_highest_year_is_said_with_its_missing():
    some = tables()
    some["incidents"].loc[2, "n_missing"] = 3
    value = {k: v["value"] for k, v in make_numbers(some, BUILD, 2004).items()}
    assert [value[k] for k in ("year_highest", "dead_highest", "dead_or_missing_highest")] == [2003, 5, 8]


def test_every_file_is_there(built):
    names = {p.name for p in built.iterdir()}
    assert names == {"numbers.json"} | {f"report_2003.{lang}.{kind}" for lang in ("en", "es") for kind in ("html", "docx", "letter.pdf", "a4.pdf")}


def test_both_languages_quote_the_same_numbers(context):
    made = make_numbers(context.tables, BUILD, 2003)
    keys = {lang: re.findall(r"#n-([a-z-]+)\)", report.fill(context, made, lang, "html")) for lang in ("en", "es")}
    assert sorted(keys["en"]) == sorted(keys["es"])
    assert len(keys["en"]) > 25


def test_every_quoted_number_leads_to_its_row(built):
    html = (built / "report_2003.en.html").read_text(encoding="utf-8")
    links = set(re.findall(r'href="#(n-[a-z-]+)"', html))
    assert links == set(re.findall(r'id="(n-[a-z-]+)"', html)), "the list holds what the text quotes, and nothing else"
    assert links == {"n-" + key.replace("_", "-") for key in json.loads((built / "numbers.json").read_text(encoding="utf-8"))}
    assert len(links) > 20


def test_every_table_of_data_says_what_it_lacks():
    texts = {"commitments", "recommendations", "methods", "terms", "differences", "breaks", "documents", "literature", "citations", "cited_files"}
    templates = "\n\n".join(p.read_text(encoding="utf-8") for p in sorted(report.TEMPLATES.glob("[0-9]*.md")))
    shown = re.findall(r'{{ table\("(\w+)"\) }}\s*({{ limits\()?', templates)
    assert [name for name, said in shown if not said and name not in texts] == []
    assert len(shown) > 30


@pytest.mark.parametrize(("rows", "stays"), [(3, True), (60, False)])
def test_what_a_table_that_is_whole_lacks_stays_on_its_page(context, rows, stays):
    table = "\n".join(["| year | dead |", "|---|---|", *["| x | y |"] * rows])
    page = formats.Page(f"{table}\n\n::: {{.limits}}\nit lacks\n:::\n", "en", report.cover(context, "en"), context.figures)
    source = formats._pandoc(page, "typst", [])
    assert "#limits[" in source
    assert ("#whole(sticky: true)[" in source) == stays


def test_no_digit_is_typed_into_a_template():
    for path in report.TEMPLATES.glob("*.md"):
        text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"\d", text), f"{path.name}: {re.search(r'.*[0-9].*', text)}"


def test_html_is_one_accessible_file(built):
    for lang, locale in (("en", "en-US"), ("es", "es-MX")):
        html = (built / f"report_2003.{lang}.html").read_text(encoding="utf-8")
        assert f'<html lang="{locale}">' in html
        assert 'class="skip" href="#text"' in html
        assert 'id="text"' in html
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', html), "nothing is fetched"
        assert all('alt="' in tag and 'alt=""' not in tag for tag in re.findall(r"<img[^>]*>", html))
        heads = re.findall(r"<th\b[^>]*>", html)
        assert heads
        assert all('scope="' in h for h in heads)
        assert html.count("<h1") > 5
        assert len(re.findall(r'\bid="([^"]+)"', html)) == len(set(re.findall(r'\bid="([^"]+)"', html))), "ids are unique"


def test_every_picture_is_a_figure_with_its_caption(context):
    made = make_numbers(context.tables, BUILD, 2003)
    text = report.fill(context, made, "en", "html")
    assert text.count("![") >= 2
    assert all(line.startswith("![") for line in text.splitlines() if "![" in line), "a picture inside a paragraph loses its caption"
    assert "\n![" not in text.replace("\n\n![", "")


def test_the_sample_is_marked_everywhere(built):
    assert "SYNTHETIC SAMPLE" in (built / "report_2003.en.html").read_text(encoding="utf-8")
    with zipfile.ZipFile(built / "report_2003.es.docx") as archive:
        assert "MUESTRA SINTÉTICA" in archive.read("word/document.xml").decode()


def test_text_of_the_data_does_nothing_in_html(built):
    html = (built / "report_2003.en.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert not re.search(r'(?:href|src)="\s*javascript:', html)
    assert "&lt;script&gt;alert(" in html, "and it is shown"
    assert "\u202e" not in html


def test_text_of_the_data_does_nothing_in_word(built):
    with zipfile.ZipFile(built / "report_2003.en.docx") as archive:
        document = archive.read("word/document.xml").decode()
        links = archive.read("word/_rels/document.xml.rels").decode()
    assert "javascript" not in links
    assert "&lt;script&gt;" in document
    assert "\u202e" not in document


def test_word_keeps_alt_texts_headings_and_real_tables(built):
    with zipfile.ZipFile(built / "report_2003.es.docx") as archive:
        document = archive.read("word/document.xml").decode()
        styles = archive.read("word/styles.xml").decode()
        assert any(n.endswith(".png") for n in archive.namelist())
        assert not any(n.endswith(".svg") for n in archive.namelist())
    alts = re.findall(r'<pic:cNvPr[^>]*descr="([^"]*)"', document) + re.findall(r'<wp:docPr[^>]*descr="([^"]*)"', document)
    assert any("Gráfica de barras" in a for a in alts)
    assert 'w:val="Heading1"' in document
    assert "<w:tbl>" in document
    assert "<w:tblHeader" in document
    assert "4F81BD" not in styles


def test_word_has_the_mark_of_the_sample_at_the_foot_of_every_page(built):
    with zipfile.ZipFile(built / "report_2003.es.docx") as archive:
        foot, document = (archive.read(f"word/{part}.xml").decode() for part in ("footer1", "document"))
    assert "MUESTRA SINTÉTICA" in foot
    assert document.count("<w:footerReference ") == document.count("<w:sectPr>") == 1


def test_the_contents_lead_to_every_heading_in_html_and_word(built):
    html = (built / "report_2003.es.html").read_text(encoding="utf-8")
    led = re.findall(r'href="#(s-[\d-]+)"', html)
    assert len(led) == len(re.findall(r"<h[12]>", html.split("<main")[1])) > 20
    assert set(led) <= set(re.findall(r'id="([^"]+)"', html))
    with zipfile.ZipFile(built / "report_2003.es.docx") as archive:
        document = archive.read("word/document.xml").decode()
    contents = re.findall(r'<w:pStyle w:val="TOC[12]"/>.*?w:anchor="([^"]+)"', document)
    assert contents == led, "written out, not left to Word"
    assert set(contents) <= set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', document))
    numbers = [place.removeprefix("s-").replace("-", ".") for place in led]
    assert re.findall(r"<h[12]>([\d.]+) ", html.split("<main")[1]) == numbers, "the numbers that print gives"
    assert re.findall(r'w:anchor="s-[\d-]+"><w:r><w:t[^>]*>([\d.]+) ', document) == numbers
    assert "mueran menos personas" in document, "the sentence of the cover"


def test_captions_carry_their_number_in_html_and_word(built):
    html = (built / "report_2003.es.html").read_text(encoding="utf-8")
    numbers = re.findall(r"<caption><p?>?<?(?:strong>)?Cuadro\s(?:</strong><strong>)?(\d+)", html.replace("&nbsp;", " "))
    assert numbers == [str(i) for i in range(1, len(numbers) + 1)]
    assert numbers
    with zipfile.ZipFile(built / "report_2003.es.docx") as archive:
        document = archive.read("word/document.xml").decode()
    assert document.count(" SEQ Table ") == len(numbers)
    assert " SEQ Figure " in document
    named = re.findall(r'<w:tblCaption w:val="Cuadro\s(\d+)\.', document)
    assert named == numbers, "a reader of the screen hears the number too"


def test_pdf_is_tagged_and_says_ua(built):
    data = (built / "report_2003.es.letter.pdf").read_bytes()
    assert b"/MarkInfo" in data
    assert b"pdfuaid" in data
    assert b"/Outlines" in data
    assert b"es-MX" in data or b"es-mx" in data.lower()


def test_pdf_pages_have_the_size_of_the_paper(built):
    letter, a4 = ((built / f"report_2003.en.{p}.pdf").read_bytes() for p in ("letter", "a4"))
    assert re.search(rb"/MediaBox\s*\[0 0 612 792\]", letter)
    assert re.search(rb"/MediaBox\s*\[0 0 595\.\d+ 841\.\d+\]", a4)


def test_the_same_folder_gives_the_same_bytes(context, built, tmp_path):
    report.build_report(context, tmp_path, papers=("letter", "a4"))
    for path in built.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_a_missing_figure_stops_and_is_named(context, tmp_path):
    bare = report.Context(context.tables, BUILD, 2003, tmp_path)
    with pytest.raises(InputError, match="deaths_by_fiscal_year, which is not saved"):
        report.build_report(bare, tmp_path / "out", formats_=("html",))
    assert not any((tmp_path / "out").iterdir()), "nothing half-written"


@pytest.mark.parametrize(
    ("change", "said"), [({"register_hash": "0" * 64}, "shows another register"), ({"is_sample": False}, "mix the sample with real files")]
)
def test_a_figure_of_other_data_stops(context, tmp_path, change, said):
    other = report.Context(context.tables, {**BUILD, **change}, 2003, context.figures)
    with pytest.raises(InputError, match=said):
        report.build_report(other, tmp_path, languages=("en",), formats_=("html",))


@pytest.mark.parametrize(("year", "said"), [(1990, "in or before fiscal year 1990"), (2099, "in or after fiscal year 2099")])
def test_an_edition_before_or_after_the_data_stops(context, tmp_path, year, said):
    with pytest.raises(InputError, match=said):
        report.build_report(report.Context(context.tables, BUILD, year, context.figures), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"formats_": ("odt",)}, "no format 'odt'"), ({"languages": ("fr",)}, "no language 'fr'"), ({"papers": ("a3",), "formats_": ("pdf",)}, "no paper 'a3'")],
)
def test_unknown_choices_stop(context, tmp_path, arguments, said):
    with pytest.raises(InputError, match=said):
        report.build_report(context, tmp_path, **arguments)


def test_a_picture_without_alt_text_is_refused_by_the_compiler(context, tmp_path, monkeypatch):
    picture = '#set document(title: [T])\n#set text(lang: "en")\n#image("/deaths_by_fiscal_year-double.en.svg"{})\n'
    page = formats.Page("", "en", report.cover(context, "en"), context.figures)
    monkeypatch.setattr(formats, "_pandoc", lambda *_arguments: picture.format(', alt: "It rises."'))
    formats.write(page, "pdf", tmp_path / "good")
    monkeypatch.setattr(formats, "_pandoc", lambda *_arguments: picture.format(""))
    with pytest.raises(InputError, match="the PDF cannot be made: .*alt"):
        formats.write(page, "pdf", tmp_path / "bad")


def test_an_unknown_number_or_table_is_named(context):
    made = make_numbers(context.tables, BUILD, 2003)
    with pytest.raises(InputError, match="number 'nothing'"):
        report.cite(made, "nothing", "en")
    from bsi.publish import report_tables

    with pytest.raises(InputError, match="no table 'nothing'"):
        report_tables.make("nothing", context, "en")


def test_numbers_json_holds_what_the_text_says(built):
    numbers = json.loads((built / "numbers.json").read_text(encoding="utf-8"))
    text = " ".join(prose((built / "report_2003.en.html").read_text(encoding="utf-8")).split())
    assert f"register holds {numbers['dead_edition']['value']} people who died" in text


@pytest.mark.parametrize(("share", "said"), [(0.0, "0%"), (0.0016, "<1%"), (0.0051, "1%"), (0.48, "48%"), (None, "not known")])
def test_a_share_that_is_not_none_at_all_is_not_written_as_zero(share, said):
    assert report.report_tables.write_number({"value": share, "kind": "share"}, "en") == said
