"""The published figures: contract, traps marked, every refusal with file, line and column."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from bsi.contracts import PUBLISHED, check
from bsi.errors import InputError
from bsi.register import published

FOLDER = Path(__file__).resolve().parents[1] / "data" / "published"


@pytest.fixture(scope="module")
def figures():
    return published.load(FOLDER)


@pytest.fixture
def small(tmp_path):
    """A folder of two invented figures."""
    (tmp_path / "sources.csv").write_text(
        "source_id,edition,as_published_on,title,address\ndoc,first,2020-01-02,A report,https://example.org\nold,second,,Older,\n"
    )
    (tmp_path / "published.csv").write_text(
        "series,area,area_type,measure,unit,period_type,period_start,period_end,is_complete,value,qualifier,reliability,quality,derived,source_id\n"
        "x,TCA,sector,deaths,persons,fiscal_year,2018-10-01,2019-09-30,True,5,,official,,,doc\n"
        "x,TCA,sector,deaths,persons,fiscal_year,2018-10-01,2019-09-30,True,6,about,low,odd,,old\n"
    )
    return tmp_path


def change(folder, old, new, name="published.csv"):
    path = folder / name
    path.write_text(path.read_text().replace(old, new, 1))


def one(figures, series, area, start, **more):
    rows = figures[figures["series"].eq(series) & figures["area"].eq(area) & figures["period_start"].eq(pd.Timestamp(start))]
    for column, value in more.items():
        rows = rows[rows[column].eq(value)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_the_committed_figures_keep_the_contract(figures):
    check(figures, PUBLISHED)
    assert len(figures) > 7000
    assert sum(f.stat().st_size for f in FOLDER.glob("*.csv")) < 1.5e6


def test_any_file_of_the_folder_stands_for_the_folder(figures):
    assert published.load(FOLDER / "published.csv").equals(figures)


def test_deaths_by_sector_sum_to_the_printed_total_and_to_7805(figures):
    deaths = figures[figures["series"].eq("usbp_deaths")]
    wide = deaths.pivot_table(index="period_start", columns="area", values="value")
    assert (wide.drop(columns="southwest_border").sum(axis=1) == wide["southwest_border"]).all()
    assert wide["southwest_border"].sum() == 7805
    assert len(wide) == 22


def test_traps_are_marked_not_mended(figures):
    big_bend = one(figures, "usbp_profile_rescues", "BBT", "2017-10-01")
    assert big_bend["value"] == 1622
    assert "scrambled" in big_bend["quality"]
    assert one(figures, "usbp_profile_rescues", "southwest_border", "2017-10-01")["quality"] == ""
    assert "repeats FY2017" in one(figures, "usbp_profile_assaults", "TCA", "2017-10-01")["quality"]
    assert "June 1998" in one(figures, "usbp_deaths", "ELC", "1997-10-01")["quality"]
    assert "series break" in one(figures, "usbp_deaths", "TCA", "2004-10-01")["quality"]
    assert "Title 42" in one(figures, "usbp_encounters_monthly", "TCA", "2020-03-01")["quality"]
    assert one(figures, "usbp_encounters_monthly", "TCA", "2020-02-01")["quality"] == ""
    assert "Title 42" in one(figures, "ohss_encounters_monthly", "TCA", "2023-05-01")["quality"]
    assert one(figures, "ohss_encounters_monthly", "TCA", "2023-06-01")["quality"] == ""
    assert "do not splice" in one(figures, "ohss_encounters_monthly", "TCA", "2003-06-01")["quality"]
    events = figures[figures["measure"].eq("rescue_events")]
    assert events["value"].tolist() == [5800]
    assert "EVENTS" in events["quality"].iloc[0]


def test_monthly_usbp_adds_up_to_the_yearly_table(figures):
    months = figures[figures["series"].eq("usbp_encounters_monthly") & figures["area"].eq("southwest_border") & figures["period_start"].lt("2019-10-01")]
    year = (months["period_start"].dt.year + months["period_start"].dt.month.ge(10)).rename("year")
    yearly = figures[figures["series"].eq("usbp_apprehensions") & figures["area"].eq("southwest_border")]
    yearly = yearly.set_index(yearly["period_end"].dt.year)["value"]
    sums = months.groupby(year)["value"].sum()
    assert len(sums) == 20
    assert (sums == yearly[sums.index]).all()


def test_every_edition_of_fy2021_is_kept(figures):
    rows = figures[figures["series"].eq("cbp_reported_deaths") & figures["area"].eq("southwest_border") & figures["period_end"].eq("2021-09-30")]
    assert {546, 557, 565, 566, 568} <= set(rows["value"])


def test_running_totals_of_grupos_beta_are_kept_and_differenced(figures):
    beta = figures[figures["series"].eq("grupos_beta_rescued") & figures["area"].eq("MX") & figures["period_start"].dt.year.eq(2021)]
    assert set(beta.loc[beta["derived"].isna(), "value"]) == {125, 2015, 2432}
    derived = beta[beta["derived"].notna()].set_index("period_end")["value"]
    assert derived.to_dict() == {pd.Timestamp("2021-10-10"): 2015 - 125, pd.Timestamp("2021-12-19"): 2432 - 2015}


def test_a_running_total_that_falls_is_kept_and_marked(figures):
    rows = figures[figures["series"].eq("grupos_beta_orientation") & figures["period_start"].eq("2021-01-01") & figures["value"].isin([22557, 21592])]
    assert len(rows) == 2
    assert rows["quality"].str.contains("a running total fell").all()
    assert not figures[figures["series"].eq("grupos_beta_orientation")]["period_start"].eq("2021-10-11").any()


def test_built_files_match_the_official_tables(shared_data, tmp_path):
    import runpy

    target = tmp_path / "published"
    shutil.copytree(FOLDER, target)
    runpy.run_path(str(FOLDER.parents[1] / "scripts" / "build_published.py"))["main"](shared_data / "published", target)
    for name in ("published.csv", "encounters_by_month.csv", "sources.csv"):
        assert (target / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_a_small_folder_is_read(small):
    table = published.load(small)
    assert table["value"].tolist() == [5, 6]
    assert table["source"].tolist() == ["A report, https://example.org", "Older"]
    assert table["as_published_on"].isna().tolist() == [False, True]
    assert table["quality"].tolist() == ["", "odd"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("True,5,", "True,five,", "line 2, column value: five is not a number"),
        ("True,5,", "True,-1,", "line 2, column value: -1 is below 0"),
        ("True,5,", "True,1e400,", "is not a number"),
        ("True,6,", "maybe,6,", "line 3, column is_complete: maybe is neither True nor False"),
        ("2018-10-01,2019-09-30,True,5", "01/10/2018,2019-09-30,True,5", "line 2, column period_start: 01/10/2018 is not a date"),
        ("2018-10-01,2019-09-30,True,5", "2018-10-01,2018-09-30,True,5", "column period_end"),
        ("sector,deaths,persons", "sector,dead,persons", "line 2, column measure: dead is not one of"),
        ("official,,,doc", "official,,,nowhere", "line 2, column source_id: nowhere is not in sources.csv"),
        ("x,TCA", ",TCA", "line 2, column series: .*may not be empty"),
        ("series,area,", "series,zone,", "line 1: the columns are not those of the table: zone, area .missing."),
        ("about,low,odd,,old", "about,low,odd,,doc", "one figure stands twice, in published.csv, line 2 and published.csv, line 3"),
        ("True,5,,official,,,doc", "True,5,,official,,,doc,too,many", "line 2: the row has 17 cells, the header 15"),
    ],
)
def test_a_broken_row_is_named(small, old, new, words):
    change(small, old, new)
    with pytest.raises(InputError, match=words):
        published.load(small)


def test_missing_and_empty_files(small, tmp_path):
    (small / "published.csv").write_text("")
    with pytest.raises(InputError, match="series .missing."):
        published.load(small)
    (small / "published.csv").write_bytes(b"series,area\n\xff\xfe\xfa,x\n")
    with pytest.raises(InputError, match="UTF-8"):
        published.load(small)
    (small / "sources.csv").unlink()
    with pytest.raises(InputError, match=r"sources.csv: there is no such file"):
        published.load(small)
    (small / "published.csv").unlink()
    with pytest.raises(InputError, match="no table of published figures"):
        published.load(small)


def test_the_readme_names_every_series(figures):
    import re

    named = re.findall(r"`([a-z_]+\*?)`", (FOLDER / "README.md").read_text(encoding="utf-8"))
    stems = tuple(n.removesuffix("*") for n in named)
    assert [s for s in figures["series"].unique() if not s.startswith(stems)] == []
