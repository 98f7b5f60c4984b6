"""What was said and agreed, revisions, methods, sources: texts in both languages, numbers from the tables, sections that exist."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from bsi import study_findings, workspace
from bsi.errors import InputError, NotEstimable
from bsi.publish import report_findings, report_methods, report_tables
from bsi.publish.figures_findings import REASONS, list_revisions
from bsi.publish.numbers import entry
from bsi.publish.numbers_findings import OF_THE_YEAR, findings_numbers
from bsi.register import published

DATA = Path(__file__).resolve().parents[1] / "data"


@dataclass(frozen=True)
class Register:
    """As much of a register as the findings need."""

    data_folder: Path = DATA
    build: dict = field(default_factory=lambda: {"data_as_of": "2025-03-31"}, hash=False)

    @property
    def published(self):
        return published.load(DATA / "published")

    @property
    def interventions(self):
        return published.load_interventions(DATA / "interventions.csv")


@dataclass(frozen=True)
class Context:
    tables: dict
    figures: Path
    build: dict = field(default_factory=lambda: {"files": [], "data_as_of": "2025-03-31"})
    titles: dict = field(default_factory=dict)


@pytest.fixture(scope="module")
def tables():
    texts = {name: study_findings.text_table(Register(), name) for name in study_findings.TEXTS}
    interventions = published.load_interventions(DATA / "interventions.csv")
    revised = study_findings.revised(Register(), None)
    return texts | {"interventions": interventions, "official_revisions": revised, "linkage": study_findings.linkage(), "published": Register().published}


@pytest.fixture(scope="module")
def context(tables, tmp_path_factory):
    said = pd.read_csv(DATA / "commitments.csv", dtype="str", keep_default_na=False)
    return Context({**tables, "commitments": said}, tmp_path_factory.mktemp("figures"))


@pytest.mark.parametrize("name", sorted({*report_findings.MAKERS, *report_methods.MAKERS} - {"list_revisions", "agents_panel", "cited_files"}))
def test_every_table_is_made_in_both_languages(context, name):
    rows = {lang: report_tables.make(name, context, lang).count("\n") for lang in ("en", "es")}
    assert rows["en"] == rows["es"] > 1


def test_a_recommendation_names_sections_that_the_report_has(tables):
    stems = {s for text in tables["recommendations"]["sections"] for s in text.split(";") if s}
    assert stems
    for stem in stems:
        assert report_findings.section_title(stem, "en"), f"no template of the section {stem!r}"
        assert report_findings.section_title(stem, "es") != report_findings.section_title(stem, "en")


def test_recommendations_carry_report_day_and_address(tables):
    table = tables["recommendations"]
    assert {"GAO-06-770", "GAO-22-105053", "GAO-25-107548"} <= set(table["report"])
    assert table["source"].str.startswith("https://").all()
    assert table["published"].str.fullmatch(r"\d{4}(-\d{2}-\d{2})?").all()
    days = table.drop_duplicates("report").set_index("report")["published"]
    assert (days["GAO-06-770"], days["GAO-22-105053"]) == ("2006-08-15", "2022-04-20")


def test_every_method_cites_works_that_stand_in_the_literature(tables):
    cited = {key for keys in tables["methods"]["cites"] for key in keys.split(";") if key}
    assert cited == set(tables["literature"]["key"]), "a work without a method, or a method without its work"
    for row in tables["literature"].itertuples():
        assert f"({row.year})" in row.citation
    assert tables["literature"]["citation"].is_unique


def test_the_methods_say_what_would_break_them(context):
    text = report_tables.make("methods", context, "en")
    assert text.count("\n- ") == len(context.tables["methods"]) - 1
    assert text.count("It would break with") == len(context.tables["methods"])
    assert "Fellegi and Sunter 1969" in text
    assert "Kulldorff et al\\. 2005" in text


def test_texts_hold_no_typed_number_of_the_register(tables):
    """Numbers of the register belong to numbers.json; days, years and report numbers may stand in the texts."""
    for name in ("methods", "terms"):
        text = " ".join(tables[name].drop(columns=["cites", "method_id"], errors="ignore").to_numpy().ravel())
        assert not re.findall(r"\d", text)


def test_series_breaks_come_from_the_interventions_and_the_notes(context):
    frame, _heads, _caption = report_methods.MAKERS["breaks"](context, "es")
    assert frame["text"].str.contains("sector Tucson").any()
    assert frame["text"].str.contains("Título 42").any()
    n_own = context.tables["interventions"]["type"].eq("series_break").sum()
    assert len(frame) == n_own + context.tables["series_notes"]["kind"].eq("break").sum()
    assert not frame["source"].str.contains("comparison|quoted").any()


def test_numbers_follow_the_tables(context):
    made = findings_numbers(context.tables | {"nowcast": pd.DataFrame({"n_editions": [4, 2], "least": 12, "is_borne": False})}, entry)
    said = context.tables["commitments"]["status"].value_counts()
    assert made["commitments_no_public_series"]["value"] == said["no_public_series"]
    assert sum(made[f"commitments_{s}"]["value"] for s in report_findings.SAID) == made["commitments"]["value"] == len(context.tables["commitments"])
    assert sum(made[f"recommendations_{s}"]["value"] for s in report_findings.ASKED) == made["recommendations"]["value"]
    assert made["revised_most"]["value"] == 895 - 856  # fiscal year 2022 as the documents give it
    assert made["revised_same"]["value"] == made["revised_years"]["value"] - made["revised_up"]["value"] - made["revised_down"]["value"] > 0
    assert made["sector_years"]["value"] > made["sector_years_compared"]["value"] > 0
    assert [made[k]["value"] for k in ("editions_most", "editions_needed", "nowcast_lists", "revised_lists")] == [4, 12, 0, 2]
    measured = json.loads((DATA.parent / "benchmarks" / "linkage.json").read_text(encoding="utf-8"))["border_patrol"]["ogis_and_iom"]
    assert made["link_precision"]["value"] == measured["precision"]
    assert [made["link_recall_low"]["value"], made["link_recall_high"]["value"]] == measured["recall_95"]


@pytest.mark.parametrize(("day", "then"), [("2023-12-31", ("30", "+12")), ("2022-05-01", ("–", "–"))])
def test_numbers_are_set_beside_those_of_an_earlier_register(context, day, then):
    """Thirty people then, forty-two now; a register that ends before the year begins has no count of it, which is no zero."""
    counted = {"data_as_of": day, "edition_start": "2023-10-01", **dict.fromkeys(OF_THE_YEAR, 30)}
    before = pd.DataFrame({key: entry(value, "people", "incidents", "all") for key, value in counted.items()}).T
    numbers = findings_numbers({"numbers_before": before}, entry) | {key: entry(42, "people", "incidents", "all") for key in OF_THE_YEAR}
    files = [{"sha256": "a", "source": "x", "vintage": "2020-01-01"}, {"sha256": "b", "source": "y", "vintage": "2024-11-15"}]
    both = Context({"files_before": pd.DataFrame(files[:1])}, context.figures, {"files": files}, {"y": {"en": "List Y"}})
    lines = report_findings.since(both, numbers, "en").replace("\\", "").splitlines()
    assert f"| Whole border | {then[0]} | 42 | {then[1]} |" in lines
    assert "| People rescued (newest official count) | 30 | 42 | +12 |" in lines
    assert "New since then: List Y (Nov 15, 2024)." in lines[-1].replace("\N{NO-BREAK SPACE}", " ")


def test_the_panel_of_agents_tells_what_its_intervals_cannot(context):
    rows = {"name": ["all", "from_fy2006"], "ratio": [1.07, 1.0], "low": [1.02, 0.93], "high": [1.12, 1.07], "p_random": [0.381, 0.977]}
    pd.DataFrame(rows).assign(n_sectors=9, first_year=[1998, 2006], last_year=2019).to_csv(context.figures / "agents_panel.csv", index=False)
    shown = report_findings.MAKERS["agents_panel"](context, "es")[0]
    assert shown["ratio"].tolist() == ["1.07 (1.02–1.12)", "1.00 (0.93–1.07)"]
    assert shown["p_random"].tolist() == ["0.38", "0.98"]
    assert shown["years"].tolist() == ["AF1998–2019", "AF2006–2019"]
    made = findings_numbers({"agents_panel": pd.DataFrame(rows).assign(smallest_10=[0.83, 0.8], first_year=[1998, 2006], last_year=2019)}, entry)
    assert [made[f"panel_{k}"]["value"] for k in ("p_least", "p_most", "first", "last")] == [0.381, 0.977, 1998, 2019]
    assert made["panel_fall"]["value"] == pytest.approx(0.17)
    some = pd.DataFrame(rows).assign(p_random=[0.381, 0.01], smallest_10=0.8, first_year=1998, last_year=2019)
    assert findings_numbers({"agents_panel": some}, entry)["panel_fall"]["value"] is None, "nothing is unseen where a choice tells"


def test_the_map_quoted_is_the_one_that_the_figure_calls_best():
    hits = {"method": ["a", "b", "last_year", "uniform"], "mean": [0.34, 0.335, 0.25, 0.05], "low": 0.3, "high": 0.4, "is_best": [False, True, False, False]}
    table = pd.DataFrame(hits).assign(measure="hit_rate_5", answer="yes")
    made = findings_numbers({"forward_validation": table}, entry)
    assert [made[k]["value"] for k in ("map_hit", "map_last_year", "map_even", "map_answer")] == [0.335, 0.25, 0.05, "yes"]
    assert report_tables.write_number(made["map_answer"], "es") == "sí"
    none = findings_numbers({"forward_validation": pd.DataFrame({"message": ["too few years"]})}, entry)
    assert (none["map_hit"]["value"], none["map_answer"]["value"]) == (None, None)


def test_numbers_of_a_register_without_the_tables_are_null():
    made = findings_numbers({}, entry)
    assert all(number["value"] is None for number in made.values())


def test_a_text_in_one_language_is_refused(tmp_path):
    table = pd.read_csv(DATA / "terms.csv", dtype="str")
    table.loc[2, "meaning_es"] = ""
    table.to_csv(tmp_path / "terms.csv", index=False)
    with pytest.raises(InputError, match="line 4: meaning_en stands in one language only"):
        study_findings.text_table(Register(tmp_path), "terms")


def test_an_unknown_status_and_a_missing_column_are_refused(tmp_path):
    table = pd.read_csv(DATA / "recommendations.csv", dtype="str", keep_default_na=False)
    table.assign(status="done").to_csv(tmp_path / "recommendations.csv", index=False)
    with pytest.raises(InputError, match="'done' is no status"):
        study_findings.text_table(Register(tmp_path), "recommendations")
    table.drop(columns="source").to_csv(tmp_path / "recommendations.csv", index=False)
    with pytest.raises(InputError, match="source: missing"):
        study_findings.text_table(Register(tmp_path), "recommendations")


HISTORY = pd.DataFrame(
    {
        "source": "a_list", "year": [2000, 2001], "first": [1, 79], "first_on": pd.Timestamp("2020-06-30"), "now": [75, 78],
        "now_on": pd.Timestamp("2022-03-31"), "new_period": 0, "late": 0, "bulk_import": 0, "change_of_scope": [74, 0], "withdrawn": [0, 1],
    }
)  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_figure_says_what_each_list_gained(lang):
    said = list_revisions((HISTORY, {lang: {"a_list": "Lista"}}), lang, "single").bsi_description
    assert "Lista" in said.alt
    assert "74" in said.alt
    assert {*REASONS} <= set(said.data.columns)


def test_the_table_of_the_lists_is_read_from_the_figure(context, tmp_path):
    HISTORY.to_csv(tmp_path / "list_revisions.csv", index=False)
    frame, _heads, _caption = report_findings.MAKERS["list_revisions"](Context({}, tmp_path), "en")
    assert frame[["why", "years", "n"]].values.tolist() == [["wider scope of the list", "2000", 74], ["withdrawn", "2001", -1]]
    assert report_findings.MAKERS["list_revisions"](context, "en") is None  # no figure was saved
    (tmp_path / "list_revisions.csv").write_text("message\nNot estimated: no list of this data folder has two editions.\n", encoding="utf-8")
    assert report_findings.MAKERS["list_revisions"](Context({}, tmp_path), "en") is None


@pytest.mark.parametrize("lang", ["en", "es"])
def test_rows_dated_after_the_day_of_their_file_are_said(tmp_path, lang):
    days, vintages = pd.to_datetime(["2025-12-31", "2025-04-01", "2025-03-31", None]), pd.Timestamp("2025-03-31")
    files = [{"source": "a_list", "vintage": "2025-03-31", "name": "2025-03-31_a.csv", "sha256": "0" * 64}]
    context = Context(
        {"records": pd.DataFrame({"source": "a_list", "vintage": vintages, "date": days})}, tmp_path, {"files": files}, {"a_list": {lang: "Lista"}}
    )
    caption = report_findings.MAKERS["cited_files"](context, lang)[2]
    assert re.search(r"Lista[^:]*: 2, .*(Dec 31, 2025|31 dic 2025)", caption.replace("\N{NO-BREAK SPACE}", " "))
    context.tables["records"]["date"] = pd.Timestamp("2025-03-31")
    assert "2025" not in report_findings.MAKERS["cited_files"](context, lang)[2]


def test_lists_without_a_second_edition_are_said_to_be_so(tmp_path):
    (tmp_path / "raw").mkdir()
    register = Register(tmp_path)
    with pytest.raises(NotEstimable, match="two editions"):
        study_findings.arrivals(register)
    assert study_findings.nowcast_lists(register).empty
    with pytest.raises(NotEstimable, match="there are 0"):
        study_findings.nowcasts(register)


def test_the_real_files_tell_scope_from_late_finding(shared_data):
    """FACTS: OGIS 2022 adds 198 rows of 1990 to 2000, a change of scope; IOM's 2014 rose through imports."""
    from bsi.analysis import revisions

    assert len(workspace.find_raw(shared_data)) == 8
    history = revisions.list_history(study_findings.arrivals(Register(shared_data))).set_index(["source", "year"])
    ogis, iom = history.loc["humane_borders"], history.loc["iom"]
    assert ogis["change_of_scope"].sum() == 198
    assert ogis.loc[1990:2000, "change_of_scope"].sum() == 198
    assert iom.loc[2014, "bulk_import"] > 10 * iom.loc[2014, "late"]
    added = history[list(revisions.LIST_REASONS)].sum(axis=1)
    assert (history["first"] + added - history["withdrawn"] == history["now"]).all()


def test_a_nowcast_is_given_where_twelve_regular_editions_bear_it(monkeypatch):
    """Each month has 10 records in its first edition, 12 in the next, and no more: the newest month is expected to reach 12."""
    days = pd.date_range("2020-01-31", periods=14, freq="ME")
    monkeypatch.setattr(study_findings, "editions", lambda register: pd.DataFrame({"source": "a_list", "vintage": days}))

    def read(register, source, day):
        months = pd.date_range("2019-06-01", day, freq="MS")
        counts = [10 if month.to_period("M") == day.to_period("M") else 12 for month in months]
        return pd.DataFrame({"date": months.repeat(counts)})

    monkeypatch.setattr(study_findings, "_read", read)
    table = study_findings.nowcasts(Register()).set_index("month")
    assert table.index.min() == pd.Timestamp("2020-02-01")
    assert table.loc["2021-02-01", ["known", "expected"]].tolist() == [10, 12]
    assert table.loc["2020-12-01", ["known", "expected"]].tolist() == [12, 12]


def test_too_few_editions_give_no_nowcast(monkeypatch):
    monkeypatch.setattr(study_findings, "editions", lambda register: pd.DataFrame({"source": "a", "vintage": pd.to_datetime(["2020-01-01", "2021-01-01"])}))
    with pytest.raises(NotEstimable, match="at least 12 regular editions of a list; there are 2"):
        study_findings.nowcasts(Register())
