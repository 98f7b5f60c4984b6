"""Tables of the report on violence: incidents of mapped lists by quarter, place, actor and state of the investigation."""

from __future__ import annotations

import pandas as pd

from bsi.publish.language import N_, capital, translator

STATUS = {"reported": N_("report made"), "open": N_("open"), "referred": N_("referred to another authority"), "closed": N_("closed")}
ACTORS = {
    "criminal group": N_("criminal group"), "private citizens": N_("private citizens"), "official (u.s.)": N_("U.S. official"),
    "official (mexico)": N_("Mexican official"), "unknown": N_("not known"), "border patrol": N_("U.S. Border Patrol"), "robbers": N_("robbers"),
    "smugglers": N_("smugglers"),
}  # fmt: skip
STATES = {
    "AZ": "Arizona", "CA": "California", "TX": "Texas", "BCN": "Baja California", "SON": "Sonora", "CHH": "Chihuahua",
    "COA": "Coahuila",    "NLE": "Nuevo León", "TAM": "Tamaulipas", "DUR": "Durango",
}  # fmt: skip


def actor_name(text, lang: str) -> str:
    """Return who acted in words of the language; a word of the list that is in no vocabulary stays as the list has it.

    Examples
    --------
    >>> actor_name("Private citizens", "en"), actor_name("vigilantes of the list", "es")
    ('private citizens', 'vigilantes of the list')
    """
    _ = translator(lang)
    if pd.isna(text):
        return _("not stated")
    known = ACTORS.get(str(text).strip().lower())
    return str(text) if known is None else _(known)


def state_name(code, lang: str) -> str:
    """Return the name of a state of either country; an unknown code stays.

    Examples
    --------
    >>> state_name("SON", "es"), state_name("ZZ", "en")
    ('Sonora', 'ZZ')
    """
    _ = translator(lang)
    if pd.isna(code):
        return _("not stated")
    return _("New Mexico") if code == "NM" else STATES.get(code, str(code))


def _incidents(context) -> pd.DataFrame:
    rows = context.tables["incidents"]
    rows = rows[rows["kind"].eq("violence")]
    year = (rows["date"].dt.year + (rows["date"].dt.month >= 10)).astype("Int64")
    return pd.DataFrame(rows.assign(fiscal_year=year))


def _status(text, lang: str) -> str:
    _ = translator(lang)
    return _("not stated") if pd.isna(text) else _(STATUS[text])


def _by_quarter(context, lang: str):
    """The incidents of the edition's year, as the memorandum of Merida asks."""
    _ = translator(lang)
    rows = _incidents(context)
    rows = rows[rows["fiscal_year"].eq(context.edition).fillna(False)]
    if rows.empty:
        return None
    is_month = rows["date_precision"].isin(["day", "month"])
    quarter = rows["date"].dt.year.astype("Int64").astype("str") + " " + _("quarter") + " " + rows["date"].dt.quarter.astype("Int64").astype("str")
    place = [state_name(s, lang) + (f", {c}" if pd.notna(c) else "") for s, c in zip(rows["state"], rows["county"], strict=True)]
    keys = {
        "quarter": quarter.where(is_month, _("not stated")), "place": place, "actor": [capital(actor_name(a, lang)) for a in rows["actor"]],
        "status": [capital(_status(s, lang)) for s in rows["status"]],
    }  # fmt: skip
    shown = pd.DataFrame(keys, index=rows.index).value_counts(sort=False).rename("n").reset_index().sort_values(list(keys))
    heads = {"quarter": _("Quarter"), "place": _("Place"), "actor": _("Who acted"), "status": _("Investigation"), "n": _("Incidents")}
    return (
        shown,
        heads,
        _("Incidents of violence in fiscal year {year}, by quarter of the calendar, place, actor and state of the investigation.", year=context.edition),
    )


def _by_actor(context, lang: str):
    """All incidents of the lists: who acted, against the state of the investigation."""
    _ = translator(lang)
    rows = _incidents(context)
    rows = rows[rows["fiscal_year"].le(context.edition).fillna(True)]
    if rows.empty:
        return None
    actor = rows["actor"].map(lambda a: capital(actor_name(a, lang))).fillna(capital(_("not stated")))
    wide = pd.crosstab(actor.to_numpy(), rows["status"].astype("object").where(rows["status"].notna(), "none").to_numpy())
    wide = wide.reindex(columns=[*STATUS, *(["none"] if "none" in wide else [])], fill_value=0)
    wide["all"] = wide.sum(axis=1)
    wide = wide.sort_values("all", ascending=False, kind="stable")
    wide.loc[_("Total")] = wide.sum()
    heads = {"actor": _("Who acted"), **{s: capital(_(name)) for s, name in STATUS.items()}, "none": capital(_("not stated")), "all": _("Total")}
    shown = wide.rename_axis("actor").reset_index()
    return (
        shown,
        {k: v for k, v in heads.items() if k in shown},
        _("Incidents of violence in all years of the lists: who acted, and the state of the investigation."),
    )


MAKERS = {"violence": _by_quarter, "violence_by_actor": _by_actor}
