"""Tables of the report on rates, rescues on both sides, consular counts and repatriations, each figure as published."""

from __future__ import annotations

import pandas as pd

from bsi.publish.language import DASH, N_, date, join, number, translator
from bsi.publish.palette import SECTOR_NAMES, SECTORS_WEST_TO_EAST
from bsi.publish.report_people import fiscal, interval
from bsi.publish.report_tables import Nothing, held

PER_AGENTS = 1_000
PER = 100_000
LEAST_ODD = 100  # smaller figures may well be the same by chance
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
        "The figures of {years} by sector are not shown, since the published sheet is known to be wrong; the total is shown where it is sound.",
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


def _figures(context, series: dict[str, str], area: str, from_days: int = 0) -> pd.DataFrame:
    """Return the published figures of some series for periods of at least `from_days`, in their order; differences of two figures are left out."""
    rows = context.tables["published"]
    rows = rows[rows["series"].isin(series) & rows["area"].eq(area) & rows["derived"].isna()]
    rows = rows[rows["period_end"].le(pd.Timestamp(context.build["data_as_of"]))]
    rows = rows[(rows["period_end"] - rows["period_start"]).dt.days.ge(from_days)]
    if rows.empty:
        raise Nothing
    rows = rows.sort_values(["period_start", "period_end", "as_published_on"], na_position="first", kind="stable")
    return rows.assign(column=rows["series"].map(series))


def _quotes(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return a row for each period with its figures as published; where documents differ on one period, a row for each of them."""
    _ = translator(lang)
    keys = ["period_start", "period_end"]
    rows = rows.assign(text=[_quoted(r, lang) for _i, r in rows.iterrows()])
    rows = rows.assign(
        line=rows.groupby([*keys, "column"])["text"].transform(lambda t: pd.factorize(t)[0]).astype("int64"),
        rank=rows["reliability"].map({k: i for i, k in enumerate(RELIABILITY)}),
    )
    wide = rows.groupby([*keys, "line", "column"])["text"].first().unstack()
    worst = rows.groupby([*keys, "line"])["rank"].max()
    shown = wide.astype("object").fillna(DASH).reset_index()
    shown["period"] = [_period(r, lang) for _i, r in shown.iterrows()]
    shown["kind"] = [_(list(RELIABILITY.values())[i]) for i in worst.reindex(wide.index)]
    return shown


def _said_twice(rows: pd.DataFrame, lang: str) -> str:
    """Return a sentence for each figure, too large for chance, that stands for two periods which do not overlap; nothing where there is none."""
    _ = translator(lang)
    said = []
    for (_series, value), own in rows[rows["value"].ge(LEAST_ODD)].groupby(["series", "value"]):
        if own["period_start"].max() > own["period_end"].min():
            periods = join(dict.fromkeys(_period(r, lang) for _i, r in own.iterrows()), lang)
            said.append(_("The same figure, {n}, is given for {periods}; one of them may be a slip.", n=number(value, lang), periods=periods))
    return "".join(f" {sentence}" for sentence in said)


def _grupos_beta(context, lang: str):
    _ = translator(lang)
    series = {"grupos_beta_rescued": "rescued", "grupos_beta_bodies_recovered": "bodies", "grupos_beta_bodies_recovered_rio_bravo": "river"}
    rows = _figures(context, series, "MX")
    shown = _quotes(rows, lang).reindex(columns=["period", *series.values(), "kind"], fill_value=DASH)
    heads = {
        "period": _("Period"), "rescued": _("People rescued"), "bodies": _("Bodies recovered"), "river": _("Bodies recovered, Rio Grande"), "kind": _("Source"),
    }  # fmt: skip
    caption = _("Grupos Beta, all Mexico, as the press quotes them. Periods overlap: rows must not be added up.")
    return shown, heads, caption + _said_twice(rows, lang)


def _consular(context, lang: str):
    _ = translator(lang)
    series = {"sre_deaths": "deaths", "sre_unidentified": "unidentified"}
    rows = _figures(context, series, "southwest_border")
    shown = _quotes(rows, lang).reindex(columns=["period", *series.values(), "kind"], fill_value=DASH)
    heads = {"period": _("Period"), "deaths": _("Mexican nationals who died"), "unidentified": _("Not identified, presumed Mexican"), "kind": _("Source")}
    caption = _(
        "Deaths of Mexican nationals at the border as counted by the consulates (Ministry of Foreign Affairs). Where documents differ on a period, "
        "each figure has a row with its own source; periods overlap."
    )
    return shown, heads, caption + _said_twice(rows, lang)


def _repatriations(context, lang: str):
    _ = translator(lang)
    rows = _figures(context, {"inm_repatriations_all": "all"}, "MX", from_days=300)
    return (
        _quotes(rows, lang),
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
