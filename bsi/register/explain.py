"""Why two records are, or are not, taken as one event, in words; and the pairs a person should look at first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsi.errors import InputError
from bsi.register.linkage import THRESHOLD, propose_links, score_pairs

FIELDS_SHOWN = ("source", "upstream", "date", "place_text", "county", "n_dead", "sex", "age", "nationality", "cause", "location_precision_m")
WORDS = {
    "records": ("{a} ({up_a}) and {b} ({up_b}).", "{a} ({up_a}) y {b} ({up_b})."),
    "where": ("The points lie {km:,.2f} km apart.", "Los puntos están a {km:,.2f} km."),
    "area": (
        "A record has no point; the area of its county or source stands for it.",
        "Al menos un registro no tiene punto; lo representa el área de su condado o fuente.",
    ),
    "when": ("The dates are {days} days apart.", "Las fechas están a {days} días."),
    "same_day": ("Both are of the same day.", "Ambos son del mismo día."),
    "place_day": (
        "That near in place and day, a chance pair is expected about {chance:,.3f} times in the other list: {strength}.",
        "Tan cerca en lugar y fecha se espera por azar alrededor de {chance:,.3f} veces en la otra lista: {strength}.",
    ),
    "sex": ("Sex {agrees}: {strength}.", "El sexo {agrees}: {strength}."),
    "age": ("Age {agrees}: {strength}.", "La edad {agrees}: {strength}."),
    "cause": ("Cause of death {agrees}: {strength}.", "La causa de muerte {agrees}: {strength}."),
    "nationality": ("Nationality {agrees}: {strength}.", "La nacionalidad {agrees}: {strength}."),
    "country": ("The country of the place {agrees}: {strength}.", "El país del lugar {agrees}: {strength}."),
    "persons": ("The number of persons {agrees}: {strength}.", "El número de personas {agrees}: {strength}."),
    "republished": (
        "Both go back to one upstream, so a link is a republication and no second witness.",
        "Ambos provienen de una misma fuente original: un vínculo sería una republicación, no un segundo testigo.",
    ),
    "independent": ("The upstreams differ: a link is an independent observation.", "Las fuentes originales difieren: sería una observación independiente."),
    "linked": ("They are linked with probability {p:.2f} (decided by {by}).", "Están vinculados con probabilidad {p:.2f} (decidido por: {by})."),
    "low": (
        "They are each other's best partner, but with probability {p:.2f}, below the threshold of {threshold:.2f}: not linked.",
        "Son la mejor pareja mutua, pero con probabilidad {p:.2f}, bajo el umbral de {threshold:.2f}: no se vinculan.",
    ),
    "other": (
        "Not linked: {record} has the better partner {partner} (probability {p:.2f}).",
        "No se vinculan: {record} tiene una mejor pareja, {partner} (probabilidad {p:.2f}).",
    ),
    "none": ("Not linked: the evidence is too weak (weight {weight:.1f}).", "No se vinculan: la evidencia es demasiado débil (peso {weight:.1f})."),
    "far": (
        "They were not compared: too far apart in place and days, of different kinds, a running total, without day or place, or two rows of one list.",
        "No se compararon: demasiado lejos en lugar y días, de distinto tipo, un total acumulado, sin día o lugar, o dos filas de una misma lista.",
    ),
}  # fmt: skip
DECIDED_BY = {"model": ("the model", "el modelo"), "rule": ("a rule", "una regla"), "hand": ("a person", "una persona")}
AGREES = {True: ("agrees", "coincide"), False: ("does not agree", "no coincide")}
STRENGTH = (
    (4.0, ("strong evidence for one event", "evidencia fuerte de un mismo evento")),
    (1.5, ("evidence for one event", "evidencia de un mismo evento")),
    (-1.5, ("it says little", "dice poco")),
    (-4.0, ("evidence against one event", "evidencia contra un mismo evento")),
    (-np.inf, ("strong evidence against one event", "evidencia fuerte contra un mismo evento")),
)
AGREEING = {"sex": (1,), "age": (1, 2), "cause": (1, 2, 3), "nationality": (1,), "country": (1,), "persons": (1,)}


def explain(records: pd.DataFrame, id_a: str, id_b: str, lang: str = "en", decisions: pd.DataFrame | None = None) -> list[str]:
    """Return in sentences what speaks for and against two records being of one event, and what was decided.

    Parameters
    ----------
    records : DataFrame, contract RECORDS
    id_a, id_b : record ids
    lang : en or es
    decisions : DataFrame from `decisions.load_decisions`

    Raises
    ------
    InputError
        A record does not exist, both are the same, or the language is unknown.
    """
    if lang not in ("en", "es"):
        raise InputError(f"there is no language {lang!r}", do="Use en or es.")
    known = records.set_index("record_id")["upstream"]
    for wanted in (id_a, id_b):
        if wanted not in known.index:
            raise InputError(f"there is no record {wanted!r}", do="See the column record_id of records.")
    if id_a == id_b:
        raise InputError(f"both are the record {id_a!r}", do="Name two different records.")
    a, b = sorted((id_a, id_b))
    unknown = ("unknown upstream", "fuente original desconocida")[("en", "es").index(lang)]
    up_a, up_b = (str(u) if pd.notna(u) else unknown for u in (known[a], known[b]))
    lines = [_say("records", lang, a=a, b=b, up_a=up_a, up_b=up_b)]
    pair = score_pairs(records).query("record_id_a == @a and record_id_b == @b")
    links = propose_links(records, decisions)
    if len(pair):
        lines += _evidence(pair.iloc[0], lang)
    return [*lines, *_outcome(a, b, pair, links, records, lang)]


def _say(key, lang, **values):
    return WORDS[key][("en", "es").index(lang)].format(**values)


def _strength(weight, lang):
    return next(words for least, words in STRENGTH if weight >= least)[("en", "es").index(lang)]


def _evidence(pair, lang):
    """Sentences on place, day and each field that both records state."""
    is_point = pd.notna(pair["distance_m"])
    lines = [_say("where", lang, km=pair["distance_m"] / 1000) if is_point else _say("area", lang)]
    days = abs(int(pair["days_apart"]))
    lines.append(_say("when", lang, days=days) if days else _say("same_day", lang))
    weight = pair["w_prior"] + pair["w_place"] + pair["w_days"]
    lines.append(_say("place_day", lang, chance=pair["chance"], strength=_strength(weight, lang)))
    for name, agreeing in AGREEING.items():
        if pair[name] > 0:
            agrees = AGREES[pair[name] in agreeing][("en", "es").index(lang)]
            lines.append(_say(name, lang, agrees=agrees, strength=_strength(pair[f"w_{name}"], lang)))
    return [*lines, _say(pair["relation"], lang)]


def _outcome(a, b, pair, links, records, lang):
    """The sentence on what was decided and why."""
    chosen = links[(links["record_id_a"] == a) & (links["record_id_b"] == b)]
    if len(chosen) and chosen["is_linked"].iloc[0]:
        return [_say("linked", lang, p=chosen["probability"].iloc[0], by=DECIDED_BY[chosen["decided_by"].iloc[0]][("en", "es").index(lang)])]
    if len(chosen):
        return [_say("low", lang, p=chosen["probability"].iloc[0], threshold=THRESHOLD)]
    if not len(pair):
        return [_say("far", lang)]
    source = records.set_index("record_id")["source"]
    for record, other in ((a, b), (b, a)):
        mine = links[((links["record_id_a"] == record) | (links["record_id_b"] == record)) & links["is_linked"]]
        partner = mine["record_id_b"].where(mine["record_id_a"] == record, mine["record_id_a"])
        rivals = mine.assign(partner=partner)[partner.map(source).eq(source[other]).to_numpy()]
        if len(rivals):
            best = rivals.sort_values("probability").iloc[-1]
            return [_say("other", lang, record=record, partner=best["partner"], p=best["probability"])]
    return [_say("none", lang, weight=pair["weight"].iloc[0])]


def review(records: pd.DataFrame, n: int = 20, decisions: pd.DataFrame | None = None, threshold: float = THRESHOLD) -> pd.DataFrame:
    """Return the pairs whose probability lies closest to the threshold, both records side by side, for a person to decide.

    A decision goes as one row into data/hand/link_decisions.csv.

    Parameters
    ----------
    records : DataFrame, contract RECORDS
    n : how many pairs
    decisions : DataFrame from `decisions.load_decisions`; decided pairs are not shown
    threshold : as in `linkage.find_links`

    Returns
    -------
    DataFrame: record_id_a, record_id_b, probability, is_linked, distance_m, days_apart, then for each field its value in a and in b
    """
    pairs = propose_links(records, decisions, threshold)
    pairs = pairs[pairs["decided_by"] == "model"]
    away = np.abs(_log_odds(pairs["probability"]) - _log_odds(threshold))
    pairs = pairs.assign(away=away).sort_values(["away", "record_id_a", "record_id_b"]).head(n)
    out = pairs[["record_id_a", "record_id_b", "probability", "is_linked", "distance_m", "days_apart"]].reset_index(drop=True)
    table = records.set_index("record_id")
    for name in FIELDS_SHOWN:
        for side in ("a", "b"):
            out[f"{name}_{side}"] = table[name].reindex(out[f"record_id_{side}"]).to_numpy()
    return out


def _log_odds(p):
    p = np.clip(p, 1e-9, 1 - 1e-9)
    return np.log(p / (1 - p))
