"""Write data/published/ (official aggregate figures with their citations) from a folder of official tables and transcriptions.

Usage: python scripts/build_published.py ../shared/data/published [data/published]
"""

import calendar
import re
import sys
from pathlib import Path

import pandas as pd

SECTORS = {
    "Big Bend": "BBT", "Del Rio": "DRT", "El Centro": "ELC", "El Paso": "EPT", "Laredo": "LRT", "Rio Grande Valley": "RGV",
    "San Diego": "SDC", "Tucson": "TCA", "Yuma": "YUM",
}  # fmt: skip
STATES = {
    "Arizona": "AZ", "California": "CA", "New Mexico": "NM", "Texas": "TX", "Baja California": "BCN", "Chiapas": "CHP", "Chihuahua": "CHH",
    "Ciudad de Mexico": "CMX", "Coahuila": "COA", "Jalisco": "JAL", "Michoacan": "MIC", "Puebla": "PUE", "Queretaro": "QUE", "Sonora": "SON",
    "Tabasco": "TAB", "Tamaulipas": "TAM", "Veracruz": "VER",
}  # fmt: skip
PLACES = {
    "Coahuila (Piedras Negras)": "piedras_negras", "Baja California (La Rumorosa, Tecate)": "la_rumorosa_tecate", "other states": "other_mexican_states",
    "Tucson (consular district)": "consular_district_tucson", "McAllen (consular district)": "consular_district_mcallen",
    "Laredo (consular district)": "consular_district_laredo", "All-American Canal (El Centro sector)": "all_american_canal",
    "Arizona (Tucson + Yuma sectors)": "sectors_tucson_and_yuma", "Rio Grande Valley sector (Kingsville ranches)": "kingsville_ranches",
}  # fmt: skip
# words of the transcription -> (series suffix, measure, unit); several wordings of one publisher's category keep their words in `quality`
MEASURES = {
    "rescued": ("rescued", "rescues_persons", "persons"),
    "rescued / in situations of physical risk": ("rescued", "rescues_persons", "persons"),
    "located and rescued in high-risk zones": ("rescued", "rescues_persons", "persons"),
    "rescued in high-risk conditions": ("rescued", "rescues_persons", "persons"),
    "rescued at risk of life": ("rescued", "rescues_persons", "persons"),
    "rescued, Rio Bravo": ("rescued_rio_bravo", "rescues_persons", "persons"),
    "rescued, deserts of BC, Chihuahua, Coahuila and Rio Bravo at Cd Juarez and Matamoros": ("rescued_deserts_and_cities", "rescues_persons", "persons"),
    "rescued and humanitarian aid": ("rescued_and_humanitarian_aid", "other", "persons"),
    "social assistance": ("social_assistance", "social_assistance", "persons"),
    "humanitarian aid": ("humanitarian_aid", "social_assistance", "persons"),
    "orientation": ("orientation", "orientation", "persons"),
    "information and orientation, other attention": ("orientation_and_other", "orientation", "persons"),
    "orientation and other attention": ("orientation_and_other", "orientation", "persons"),
    "injured helped": ("injured_helped", "injured_assisted", "persons"),
    "first aid (injured)": ("first_aid", "injured_assisted", "persons"),
    "bodies recovered": ("bodies_recovered", "bodies_recovered", "persons"),
    "bodies recovered, Rio Bravo": ("bodies_recovered_rio_bravo", "bodies_recovered", "persons"),
    "bodies recovered, Rio Bravo and northern desert": ("bodies_recovered_rio_bravo_and_desert", "bodies_recovered", "persons"),
    "repatriation events": ("all", "repatriations", "events"),
    "repatriation events: minors": ("minors", "repatriations", "events"),
    "repatriation events: men": ("men", "repatriations", "events"),
    "repatriation events: women": ("women", "repatriations", "events"),
    "unidentified bodies": ("unidentified", "other", "persons"),
    "rescues": ("rescues", "rescues_persons", "persons"),
    "rescues: water-related": ("rescues_water", "rescues_persons", "persons"),
    "rescue events": ("rescue_events", "rescue_events", "events"),
    "deaths": ("deaths", "deaths", "persons"),
    "deaths: environmental exposure-heat": ("deaths_heat", "deaths", "persons"),
    "deaths: heat": ("deaths_heat", "deaths", "persons"),
    "deaths: water-related": ("deaths_water", "deaths", "persons"),
    "deaths: canal crossing": ("deaths_canal_crossing", "deaths", "persons"),
    "deaths: drowning (adults)": ("deaths_drowning_adults", "deaths", "persons"),
}
# periods without a stated last day -> the day that stands for it, and why
OPEN_ENDS = {
    "2019 to mid-year (cut-off not stated)": ("2019-06-30", "last day not stated; 30 June stands for mid-year"),
    "2018, same part-year": ("2018-06-30", "last day not stated; 30 June stands for mid-year"),
    "2001 to ~early 2026": ("2026-03-03", "last day not stated; the day of the article stands for it"),
    "FY2022 to late July": ("2022-07-29", "last day not stated; the day of the page stands for it"),
    "FY2022 to ~12 Jul": ("2022-07-12", "last day stated only as about 12 July"),
    "FY2020 to ~9 Jul": ("2020-07-09", "last day stated only as about 9 July"),
    "FY2014 seven months": ("2014-04-30", "'last seven months' in spring 2014, read as October to April"),
}
STATES_OF_PERIOD = {"yes (preliminary)": "preliminary", "unclear": "fiscal or calendar year not stated", "pooled, 2006 partial": "2006 is partial"}
EDITION_DATES = {  # where the title misleads or only the address has the date
    "CNN (repost)": "2021-10-30", "El Heraldo de Poza Rica": "", "KTSM": "2021-09-02", "KVIA": "2024-07-08", "GAO-25-107548": "",
}  # fmt: skip
MONTHS = "|".join(calendar.month_abbr[1:])
SPELLINGS = {  # names and words of Spanish that the transcriptions write without their accents
    "Diario de Juarez": "Diario de Juárez", "Efrain Gonzalez": "Efraín González", "Excelsior": "Excélsior", "Expansion Politica": "Expansión Política",
    "INM communique": "INM communiqué", "La Razon": "La Razón", "Periodico Digital": "Periódico Digital", "Quadratin Queretaro": "Quadratín Querétaro",
    "Sintesis": "Síntesis", "Sol de Mexico": "Sol de México", "registraron mas de": "registraron más de",
}  # fmt: skip
COLUMNS = ["series", "area", "area_type", "measure", "unit", "period_type", "period_start", "period_end", "is_complete", "value", "qualifier",
           "reliability", "quality", "derived", "source_id"]  # fmt: skip
TITLE_42 = "includes Title 42 expulsions (from 21 March 2020): not the same population as before"
NO_SPLICE = "the OHSS and the USBP monthly tables differ before FY2005; do not splice"
SCRAMBLED = "the printed FY2018 sheet looks scrambled by sector (Big Bend 1,622, Laredo 13); use the total only"
ASSAULTS_REPEATED = "the printed FY2018 column repeats FY2017 in every row; probably not updated"
OFFICIAL = {
    "usbp_deaths_fy1998_2019": ("FY1998-FY2019", 'U.S. Border Patrol, "Southwest Border Deaths By Fiscal Year", FY1998-FY2019'),
    "usbp_apprehensions_fy1960_2019": ("FY1960-FY2019", 'U.S. Border Patrol, "Total Illegal Alien Apprehensions By Fiscal Year", FY1960-FY2019'),
    "usbp_staffing_fy1992_2019": ("FY1992-FY2019", "U.S. Border Patrol, fiscal year staffing statistics, FY1992-FY2019"),
    "usbp_monthly_fy2000_2020": ("FY2000-FY2020", "U.S. Border Patrol, total apprehensions (from March 2020 encounters) by sector and month, FY2000-FY2020"),
    "ohss_monthly_to_2024_11": (
        "data to November 2024", "DHS Office of Homeland Security Statistics, U.S. Border Patrol encounters by sector and month, FY2000 to November 2024"),
    **{f"usbp_profile_fy{y}": (f"FY{y}", f'U.S. Border Patrol, "United States Border Patrol Sector Profile - Fiscal Year {y}", table 1')
       for y in range(2011, 2020)},
}  # fmt: skip


def fiscal(frame, **columns):
    """Rows of one figure a fiscal year, official and complete, quality empty unless given."""
    year = frame["fiscal_year"].astype(int)
    area = frame["sector_code"].replace({"SWB": "southwest_border"})
    out = pd.DataFrame({
        "area": area, "area_type": area.eq("southwest_border").map({True: "border", False: "sector"}), "period_type": "fiscal_year",
        "period_start": (year - 1).astype(str) + "-10-01", "period_end": year.astype(str) + "-09-30", "is_complete": True,
        "reliability": "official", "quality": "",
    })  # fmt: skip
    return out.assign(**columns)


def official_years(folder):
    """Deaths, apprehensions, staffing and the sector profiles."""
    read = lambda name: pd.read_csv(folder / name, keep_default_na=False, na_values=[""])  # noqa: E731
    deaths = read("usbp_sw_deaths_by_sector_fy1998_fy2019.csv")
    began = deaths["fiscal_year"].eq(1998).map({True: "recording began in June 1998; the year may be incomplete", False: ""})
    tucson = (deaths["sector_code"].isin(["TCA", "SWB"]) & deaths["fiscal_year"].eq(2005)).map(
        {True: "from late June 2005 Tucson sector counts some bodies found by others: series break", False: ""})  # fmt: skip
    apprehensions = read("usbp_sw_apprehensions_by_sector_fy1960_fy2019.csv")
    staffing = read("usbp_staffing_by_sector_fy1992_fy2019.csv").dropna(subset=["number_of_agents"])
    codes = {name.lower(): code for name, code in SECTORS.items()} | {"southwest border": "SWB"}
    staffing = staffing.assign(sector_code=staffing["sector"].map(codes)).dropna(subset=["sector_code"])
    parts = [
        fiscal(deaths, series="usbp_deaths", measure="deaths", unit="persons", value=deaths["deaths"], quality=began + tucson,
               source_id="usbp_deaths_fy1998_2019"),
        fiscal(apprehensions, series="usbp_apprehensions", measure="apprehensions", unit="events", value=apprehensions["apprehensions"],
               source_id="usbp_apprehensions_fy1960_2019"),
        fiscal(staffing, series="usbp_agents", measure="agents", unit="agents", value=staffing["number_of_agents"], source_id="usbp_staffing_fy1992_2019"),
    ]  # fmt: skip
    profiles = read("usbp_sector_profiles_fy2011_fy2019.csv")
    measures = {"agent_staffing": ("agents", "agents"), "apprehensions": ("apprehensions", "events"), "assaults": ("assaults", "events"),
                "rescues": ("rescues_persons", "persons"), "deaths": ("deaths", "persons")}  # fmt: skip
    for column, (measure, unit) in measures.items():
        parts.append(fiscal(profiles, series="usbp_profile_" + column.replace("agent_staffing", "agents"), measure=measure, unit=unit, value=profiles[column],
                            quality=profile_quality(profiles, column), source_id="usbp_profile_fy" + profiles["fiscal_year"].astype(str)))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def profile_quality(profiles, column):
    """What is wrong with the FY2018 sheet, and that year-end figures are early."""
    is_2018, is_total = profiles["fiscal_year"].eq(2018), profiles["sector_code"].eq("SWB")
    if column == "rescues":
        return (is_2018 & ~is_total).map({True: SCRAMBLED, False: ""})
    if column == "assaults":
        return is_2018.map({True: ASSAULTS_REPEATED, False: ""})
    return pd.Series("", index=profiles.index)


def official_months(folder):
    """The two monthly series of encounters, nine sectors; the border total only where it is printed."""
    usbp = pd.read_csv(folder / "usbp_encounters_by_sector_month_fy2000_fy2020.csv")
    ohss = pd.read_csv(folder / "ohss_usbp_encounters_by_sector_month_fy2000_fy2025nov.csv")
    usbp["sector_code"] = usbp["sector_code"].mask(usbp["sector"].eq("Southwest Border"), "southwest_border")
    parts = []
    for frame, series, source_id in (
        (usbp, "usbp_encounters_monthly", "usbp_monthly_fy2000_2020"),
        (ohss, "ohss_encounters_monthly", "ohss_monthly_to_2024_11"),
    ):
        rows = frame.dropna(subset=["sector_code"]).copy()
        start = pd.to_datetime({"year": rows["cal_year"], "month": rows["cal_month"], "day": 1})
        quality = start.between("2020-03-01", "2023-05-31").map({True: TITLE_42, False: ""})
        quality = quality.mask(start < "2004-10-01", NO_SPLICE)
        parts.append(pd.DataFrame({
            "series": series, "area": rows["sector_code"], "area_type": rows["sector_code"].eq("southwest_border").map({True: "border", False: "sector"}),
            "measure": "encounters", "unit": "events", "period_type": "month", "period_start": start.dt.strftime("%Y-%m-%d"),
            "period_end": (start + pd.offsets.MonthEnd(0)).dt.strftime("%Y-%m-%d"), "is_complete": True, "value": rows["encounters"],
            "qualifier": "rounded to 10" if series.startswith("ohss") else "", "reliability": "official", "quality": quality, "source_id": source_id,
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def area_of(name):
    """Return (area, area_type) of a transcribed name."""
    if name in ("Southwest Border", "US southern border", "Southwest Border total"):
        return "southwest_border", "border"
    if name == "national":
        return "MX", "country"
    bare = name.removesuffix(" sector")
    if bare in SECTORS:
        return SECTORS[bare], "sector"
    return (STATES[name], "state") if name in STATES else (PLACES[name], "place")


def period_type(start, end):
    """Return the contract's kind of period of two days."""
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return "calendar_year"
    if (first.month, first.day, last.month, last.day) == (10, 1, 9, 30) and first.year + 1 == last.year:
        return "fiscal_year"
    return "month" if first.day == 1 and first + pd.offsets.MonthEnd(0) == last else "other"


def other_measure(words):
    """Return (series suffix, measure, unit) of a category that the contract has no measure for."""
    unit = "percent" if "percent" in words else "events" if words in ("patrols", "total actions") else "persons"
    return re.sub(r"[^a-z]+", "_", words.lower()).strip("_"), "other", unit


def transcribed(folder):
    """Figures from reports and press: every edition kept, wordings and doubts in `quality`."""
    files = {"mx_grupos_beta_transcribed.csv": "grupos_beta_", "mx_sre_mexican_border_deaths_transcribed.csv": "sre_",
             "mx_repatriations_transcribed.csv": "inm_repatriations_", "us_deaths_rescues_transcribed_from_reports.csv": "cbp_reported_"}  # fmt: skip
    rows = []
    for name, prefix in files.items():
        for r in pd.read_csv(folder / name, dtype=str, keep_default_na=False).to_dict("records"):
            suffix, measure, unit = MEASURES.get(r["measure"]) or other_measure(r["measure"])
            measure = "deaths_nationals" if prefix == "sre_" and measure == "deaths" else measure
            end, why = (r["period_end"], "") if r["period_end"] else OPEN_ENDS[r["period_label"]]
            area, area_type = area_of(r["area"])
            kind = period_type(r["period_start"], end)
            wording = f"published as '{r['measure']}'" if prefix == "grupos_beta_" and suffix == "rescued" and r["measure"] != "rescued" else ""
            state = STATES_OF_PERIOD.get(r["period_complete"], "")
            rows.append({
                "series": prefix + suffix, "area": area, "area_type": area_type, "measure": measure, "unit": unit, "period_type": kind,
                "period_start": r["period_start"], "period_end": end, "is_complete": r["period_complete"] in ("yes", "yes (preliminary)", "pooled", "month"),
                "value": r["value"], "qualifier": r["value_qualifier"], "reliability": {"low-medium": "low"}.get(r["reliability"], r["reliability"]),
                "quality": "; ".join(x for x in (why, wording, state, r["note"]) if x), "source_title": r["source_title"], "source_url": r["source_url"],
            })  # fmt: skip
    return pd.DataFrame(rows)


def beacons(folder):
    """Rescue beacons and placards: a count on a day (or in a month)."""
    when = {
        "2022-01 (beacons) / 2022-02 (placards)": ("2022-01-01", "2022-02-28"),
        "2012 (Q1 FY2012)": ("2011-10-01", "2011-12-31"),
        "2014-05": ("2014-05-01", "2014-05-31"),
    }
    rows = []
    for r in pd.read_csv(folder / "us_rescue_beacons_transcribed.csv", dtype=str, keep_default_na=False).to_dict("records"):
        start, end = when.get(r["as_of"], (r["as_of"], r["as_of"]))
        area, area_type = area_of(r["area"])
        for column, measure in (("rescue_beacons", "rescue_beacons"), ("placards_or_signs", "placards")):
            if r[column]:
                planned = r["status"].startswith("planned")
                quality = "; ".join(x for x in ("" if r["status"] == "deployed" else r["status"], r["note"]) if x)
                rows.append({"series": "cbp_reported_" + measure, "area": area, "area_type": area_type, "measure": measure, "unit": "devices",
                             "period_type": "other", "period_start": start, "period_end": end, "is_complete": True, "value": r[column],
                             "qualifier": "planned" if planned else "", "reliability": {"low-medium": "low"}.get(r["reliability"], r["reliability"]),
                             "quality": quality, "source_title": r["source_title"], "source_url": r["source_url"]})  # fmt: skip
    return pd.DataFrame(rows)


def edition_date(title, url):
    """Return (day, is_stated): the day of the edition from the title, else the address; a month gives its last day, not stated."""
    for outlet, date in EDITION_DATES.items():
        if title.startswith(outlet) and not re.search(r"\d{1,2} [A-Z][a-z]{2} \d{4}", title):
            return date, True
    months = {m: i for i, m in enumerate(calendar.month_abbr) if m}
    if found := re.search(rf"(?<![\d.])(\d{{1,2}}) ({MONTHS})[a-z]* (\d{{4}})", title):
        return f"{found[3]}-{months[found[2]]:02}-{int(found[1]):02}", True
    if found := re.search(r"/(20\d\d)/(\d\d?)/(\d\d?)\b", url):
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}", True
    if found := re.search(rf"({MONTHS})[a-z]* (\d{{4}})", title):
        year, month = int(found[2]), months[found[1]]
    elif found := re.search(r"\((\d{4})-(\d\d)\)", title):
        year, month = int(found[1]), int(found[2])
    else:
        return "", True
    return f"{year}-{month:02}-{calendar.monthrange(year, month)[1]}", False


def cite(rows):
    """Return the rows with a source_id, and the table of their sources; one address is one document, under its fullest title."""
    fullest = rows.groupby("source_url")["source_title"].transform(lambda titles: max(titles, key=len))
    rows = rows.assign(source_title=rows["source_title"].where(~rows["source_url"].str.startswith("http"), fullest))
    pairs = rows[["source_title", "source_url"]].drop_duplicates()
    ids, table = {}, []
    for title, url in pairs.itertuples(index=False):
        stem = "_".join(re.findall(r"[a-z0-9]+", title.lower())[:4])
        n_same = sum(re.fullmatch(stem + r"(_\d)?", t["source_id"]) is not None for t in table)
        source_id = f"{stem}_{n_same + 1}" if n_same else stem
        ids[title, url] = source_id
        day, is_stated = edition_date(title, url)
        edition = day if is_stated else day[:7] + " (day not stated)"
        address = "" if url.startswith("(") else url
        cited = re.sub(r",? (?=(?:citing|via) )", ", ", title.replace(" in the search store", ""))
        cited = re.sub(rf"(?<=[\w)]) (?=(?:\d+ )?(?:{MONTHS})[a-z]* \d{{4}})(?<!\d )", ", ", cited)
        for plain, accented in SPELLINGS.items():
            cited = cited.replace(plain, accented)
        table.append({"source_id": source_id, "edition": edition or "not dated", "as_published_on": day, "title": cited, "address": address})
    keys = [ids[k] for k in rows[["source_title", "source_url"]].itertuples(index=False, name=None)]
    return rows.drop(columns=["source_title", "source_url"]).assign(source_id=keys), pd.DataFrame(table)


def span(row):
    """Return the period of a row in words."""
    return f"{row['period_start']} to {row['period_end']}"


def difference(rows):
    """Year-to-date totals of Grupos Beta: the later minus the earlier of one year as derived rows; a fall is a contradiction, kept and marked."""
    rows = rows.reset_index(drop=True)
    numbers = rows["value"].astype(float)
    is_total = rows["series"].str.startswith("grupos_beta_") & rows["period_start"].str.endswith("-01-01") & ~rows["unit"].eq("percent")
    is_total &= rows["period_start"].str[:4].eq(rows["period_end"].str[:4])
    derived = []
    for _, group in rows[is_total].groupby(["series", "area", "period_start"], sort=True):
        ordered = group.sort_values("period_end")
        for a, b in zip(ordered.index[:-1], ordered.index[1:]):
            earlier, later = rows.loc[a], rows.loc[b]
            if numbers[b] < numbers[a]:
                for i, other in ((a, later), (b, earlier)):
                    told = f"contradicts {float(other['value']):,.0f} for {span(other)}: a running total fell; not differenced"
                    rows.loc[i, "quality"] = "; ".join(x for x in (rows.loc[i, "quality"], told) if x)
                continue
            start = (pd.Timestamp(earlier["period_end"]) + pd.Timedelta(days=1)).strftime("%Y-%m-%d")
            wording = "; ".join(sorted({q for q in (earlier["quality"], later["quality"]) if q}))
            derived.append(later.to_dict() | {
                "period_start": start, "period_type": period_type(start, later["period_end"]), "is_complete": True,
                "value": numbers[b] - numbers[a], "quality": wording,
                "derived": f"{numbers[b]:,.0f} ({span(later)}) minus {numbers[a]:,.0f} ({span(earlier)}, {earlier['source_id']})",
            })  # fmt: skip
    return pd.concat([rows.assign(derived=""), pd.DataFrame(derived)], ignore_index=True)


def write(frame, path):
    """Write a table, whole numbers without a point, in a fixed order."""
    out = frame.reindex(columns=COLUMNS).astype("object").fillna("")
    out["value"] = [f"{float(v):g}" if abs(float(v)) < 1e5 else f"{float(v):.0f}" for v in out["value"]]
    out.sort_values(["series", "area", "period_start", "period_end", "derived", "source_id", "value"], kind="stable").to_csv(
        path, index=False, lineterminator="\n"
    )


def main(source, target):
    """Write published.csv, encounters_by_month.csv and sources.csv (sources that reports.csv alone uses are kept)."""
    source, target = Path(source), Path(target)
    rows, sources = cite(pd.concat([transcribed(source), beacons(source)], ignore_index=True))
    write(pd.concat([official_years(source), difference(rows)], ignore_index=True), target / "published.csv")
    write(official_months(source), target / "encounters_by_month.csv")
    official = pd.DataFrame([{"source_id": k, "edition": e, "as_published_on": "", "title": t, "address": ""} for k, (e, t) in OFFICIAL.items()])
    built = pd.concat([official, sources], ignore_index=True)
    reports = target / "reports.csv"
    if reports.exists() and (target / "sources.csv").exists():
        known = pd.read_csv(target / "sources.csv", dtype=str, keep_default_na=False)
        by_hand = pd.read_csv(reports, dtype=str)["source_id"]
        built = pd.concat([built, known[known["source_id"].isin(by_hand) & ~known["source_id"].isin(built["source_id"])]], ignore_index=True)
    built.sort_values("source_id").to_csv(target / "sources.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else Path(__file__).resolve().parent.parent / "data" / "published")
