"""Tables of the report on rates, rescues on both sides, consular counts and repatriations, each figure as published."""

from __future__ import annotations

import pandas as pd

from bsi.publish.language import DASH, N_, date, number, translator
from bsi.publish.palette import SECTOR_NAMES, SECTORS_WEST_TO_EAST
from bsi.publish.report_people import fiscal, interval
from bsi.publish.report_tables import held

PER_AGENTS = 1_000
PER = 100_000
QUALIFIERS = {"over": N_("more than {n}"), "more than": N_("more than {n}"), "at least": N_("at least {n}"), "a little over": N_("a little over {n}")}
ABOUT = N_("about {n}")
RELIABILITY = {"official": N_("official table"), "high": N_("report or hearing"), "medium": N_("press"), "low": N_("press, doubtful")}


def _rates(context, lang: str):
    _ = translator(lang)
    table = held(context, "rates_side_by_side")
    years = sorted(table["year"].unique())
    base = table.drop_duplicates("year").set_index("year")
    patrol = official(context.tables["published"], "usbp_deaths")
    shown = pd.DataFrame({"year": [fiscal(int(y), int(y), lang) for y in years], "n": [number(base.loc[y, "n"], lang) for y in years]})
    shown["patrol"] = [number(patrol.get(y), lang) for y in years]
    heads = {"year": _("Fiscal year"), "n": _("Died, U.S. side (this register)"), "patrol": _("Died (Border Patrol)")}
    for kind, name in _denominators(lang).items():
        own = table[table["kind"].eq(kind)].set_index("year")
        if own["rate"].notna().any():
            shown[kind] = [_rate(own.loc[y], kind, lang) if y in own.index else DASH for y in years]
            heads[kind] = name
    caption = _(
        "People who died on the U.S. side for each unit of three denominators, in parentheses the 95% interval that follows "
        "from the exact one of the count (Garwood). A plus sign marks years whose encounters include expulsions under Title 42."
    )
    return shown, heads, caption


def _denominators(lang: str) -> dict[str, str]:
    _ = translator(lang)
    return {
        "apprehensions": _("Per {n} apprehensions", n=number(PER, lang)),
        "encounters": _("Per {n} encounters", n=number(PER, lang)),
        "agents": _("Per {n} agents", n=number(PER_AGENTS, lang)),
    }


def _rate(row: pd.Series, kind: str, lang: str) -> str:
    if pd.isna(row["rate"]):
        return DASH
    scale = PER_AGENTS / PER if kind == "agents" else 1.0
    mark = " +" if row["has_title_42"] else ""
    return f"{number(row['rate'] * scale, lang, 1)} ({interval(row['low'] * scale, row['high'] * scale, lang, 1)}){mark}"


def official(published: pd.DataFrame, series: str) -> dict[int, float]:
    """Return the newest figure of an official series for the whole border by fiscal year.

    Parameters
    ----------
    published : contract PUBLISHED
    series : name of the series
    """
    rows = published[published["series"].eq(series) & published["period_type"].eq("fiscal_year") & published["is_complete"]]
    rows = rows[rows["area"].eq("southwest_border")].sort_values("as_published_on", na_position="first", kind="stable")
    return dict(zip(rows["period_end"].dt.year, rows["value"], strict=True))


def _by_sector(context, lang: str, series: str, caption: str):
    _ = translator(lang)
    published = context.tables["published"]
    rows = published[published["series"].eq(series) & published["area"].isin(SECTORS_WEST_TO_EAST) & published["period_end"].dt.year.le(context.edition)]
    if rows.empty:
        return None
    rows = rows.assign(year=rows["period_end"].dt.year).sort_values("as_published_on", na_position="first", kind="stable")
    wide = rows.pivot_table(index="area", columns="year", values="value", aggfunc="last").reindex(SECTORS_WEST_TO_EAST).dropna(how="all")
    wide = wide[wide.columns[-9:]]
    doubtful = sorted(set(rows.loc[rows["quality"].fillna("").ne("") & rows["year"].isin(wide.columns), "year"]))
    wide = wide.astype("object").where(wide.notna(), None)
    wide[doubtful] = None
    totals = official(published[published["quality"].fillna("").eq("")], series)
    wide.loc["all"] = [totals.get(y) for y in wide.columns]
    shown = wide.map(lambda n: number(n, lang)).rename(columns=str).reset_index()
    shown["area"] = shown["area"].map(lambda a: SECTOR_NAMES.get(a, _("Total")))
    said = _(
        "The figures of {years} are not shown, since the published sheet is known to be wrong; a total is shown where it stands.",
        years=", ".join(map(str, doubtful)),
    )
    note = f" {said}" if doubtful else ""
    return shown, {"area": _("Sector"), **{c: c for c in shown if c != "area"}}, caption + note


def _rescues(context, lang: str):
    _ = translator(lang)
    return _by_sector(context, lang, "usbp_profile_rescues", _("People rescued by Border Patrol sector and fiscal year, official sector profiles."))


def _assaults(context, lang: str):
    _ = translator(lang)
    return _by_sector(context, lang, "usbp_profile_assaults", _("Assaults on agents by Border Patrol sector and fiscal year, official sector profiles."))


def _quoted(row: pd.Series, lang: str) -> str:
    """Return a figure as published: with its qualifier, as in 'more than 5,800'."""
    _ = translator(lang)
    n = number(row["value"], lang)
    if pd.isna(row["qualifier"]):
        return n
    return _(QUALIFIERS.get(row["qualifier"], ABOUT), n=n)


def _rescue_units(context, lang: str):
    """People rescued and rescue events side by side by fiscal year, every published figure kept."""
    _ = translator(lang)
    rows = context.tables["published"]
    rows = rows[rows["area"].eq("southwest_border") & rows["period_type"].eq("fiscal_year") & rows["measure"].isin(["rescues_persons", "rescue_events"])]
    rows = rows[~rows["series"].str.endswith("_water") & rows["is_complete"] & rows["period_end"].dt.year.le(context.edition)]
    if rows.empty:
        return None
    rows = rows.assign(year=rows["period_end"].dt.year, text=[_quoted(r, lang) for _i, r in rows.iterrows()])
    rows = rows.sort_values(["year", "as_published_on"], na_position="first", kind="stable")
    parts = {
        "profile": rows["series"].eq("usbp_profile_rescues"), "quoted": rows["series"].eq("cbp_reported_rescues"),
        "events": rows["measure"].eq("rescue_events"),
    }  # fmt: skip
    columns = {name: rows[mask].groupby("year")["text"].agg(lambda t: "; ".join(dict.fromkeys(t))) for name, mask in parts.items()}
    shown = pd.DataFrame(columns).sort_index().astype("object").fillna(DASH).reset_index()
    shown["year"] = [fiscal(y, y, lang) for y in shown["year"]]
    heads = {
        "year": _("Fiscal year"), "profile": _("People rescued (sector profiles)"), "quoted": _("People rescued (quoted from CBP)"),
        "events": _("Rescue events (another unit)"),
    }  # fmt: skip
    return (
        shown,
        heads,
        _(
            "Border Patrol rescues by fiscal year. Several figures of one year are all shown, oldest publication first. Events and "
            "people must not be compared or added."
        ),
    )


def _period(row: pd.Series, lang: str) -> str:
    """Return the days of a figure as text: a year, or first and last day."""
    first, last = row["period_start"], row["period_end"]
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    return f"{date(first, lang, 'medium')} – {date(last, lang, 'medium')}"


def _quotes(context, lang: str, series: dict[str, str], area: str, from_days: int = 0) -> pd.DataFrame | None:
    """Return every period (of at least `from_days`) with the figures of some series as published; differences of two figures are left out."""
    _ = translator(lang)
    rows = context.tables["published"]
    rows = rows[rows["series"].isin(series) & rows["area"].eq(area) & rows["derived"].isna()]
    rows = rows[rows["period_end"].le(pd.Timestamp(context.build["data_as_of"]))]
    rows = rows[(rows["period_end"] - rows["period_start"]).dt.days.ge(from_days)]
    if rows.empty:
        return None
    rows = rows.sort_values(["period_start", "period_end", "as_published_on"], na_position="first", kind="stable")
    rows = rows.assign(text=[_quoted(r, lang) for _i, r in rows.iterrows()], column=rows["series"].map(series))
    keys = ["period_start", "period_end"]
    wide = rows.groupby([*keys, "column"])["text"].agg(lambda t: "; ".join(dict.fromkeys(t))).unstack()
    worst = rows.assign(rank=rows["reliability"].map({k: i for i, k in enumerate(RELIABILITY)})).groupby(keys)["rank"].max()
    shown = wide.astype("object").fillna(DASH).reset_index()
    shown["period"] = [_period(r, lang) for _i, r in shown.iterrows()]
    shown["kind"] = [_(list(RELIABILITY.values())[i]) for i in worst.reindex(wide.index)]
    return shown.reindex(columns=["period", *dict.fromkeys(series.values()), "kind"], fill_value=DASH)


def _grupos_beta(context, lang: str):
    _ = translator(lang)
    series = {"grupos_beta_rescued": "rescued", "grupos_beta_bodies_recovered": "bodies", "grupos_beta_bodies_recovered_rio_bravo": "river"}
    shown = _quotes(context, lang, series, "MX")
    if shown is None:
        return None
    heads = {
        "period": _("Period"), "rescued": _("People rescued"), "bodies": _("Bodies recovered"), "river": _("Bodies recovered, Rio Grande"), "kind": _("Source"),
    }  # fmt: skip
    return shown, heads, _("Grupos Beta, all Mexico, as the press quotes them. Periods overlap: rows must not be added up.")


def _consular(context, lang: str):
    _ = translator(lang)
    shown = _quotes(context, lang, {"sre_deaths": "deaths", "sre_unidentified": "unidentified"}, "southwest_border")
    if shown is None:
        return None
    heads = {"period": _("Period"), "deaths": _("Mexican nationals who died"), "unidentified": _("Not identified, presumed Mexican"), "kind": _("Source")}
    return (
        shown,
        heads,
        _(
            "Deaths of Mexican nationals at the border as counted by the consulates (Ministry of Foreign Affairs). Several figures "
            "of one period are all shown; periods overlap."
        ),
    )


def _repatriations(context, lang: str):
    _ = translator(lang)
    shown = _quotes(context, lang, {"inm_repatriations_all": "all"}, "MX", from_days=300)
    if shown is None:
        return None
    return (
        shown,
        {"period": _("Period"), "all": _("Repatriations of Mexican nationals"), "kind": _("Source")},
        _(
            "Repatriations from the United States to Mexico (National Migration Institute). They count events, not people: a person "
            "may be returned several times."
        ),
    )


MAKERS = {
    "rates": _rates, "rescues": _rescues, "assaults": _assaults, "rescue_units": _rescue_units, "grupos_beta": _grupos_beta, "consular": _consular,
    "repatriations": _repatriations,
}  # fmt: skip
