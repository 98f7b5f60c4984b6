"""The numbers that others published, recomputed from the same file, the published series or the register, by recipes that are rows of data.

A recipe says what is computed, from what, of which rows, for which periods, as `key: value` pairs joined by ";", the form first:

- form and measure: `count`, `change` (to the next period named), `percent_change`, `share`, `percent`, `rate` (per 100,000) or `rank` (1 is the highest),
  of `rows`, of columns such as `n_dead` or `n_dead+n_missing`, or of `value` (published figures);
- `data`: a list and its edition (`iom 2022-02-19`; without a day the register's own), `series usbp_deaths` (the whole border where no area is named), or
  `register` (people counted once, running totals left out);
- `where` (may be left out): conditions joined by "and": `sector = TCA`, `cause = heat/exposure`, `place_text like canal` (regular expression, any case),
  `not like`, `!=`, `age >= 18`, `date <= 2005`, `age known`, `age unknown`; in the register also `zone = canal_aac` (by probability). Several joined by " | "
  give a number each; `all` is every row;
- `in`: periods joined by ",", a number each: `FY2019`, `2019`, `2019-07`, `2003-09-08`, `FY1998..FY2019` (from the first to the last), or `all`;
- `of`: conditions of the rows that a share is of (default: all); `per`: the series that a rate divides by; `among`: the column whose values are ranked.

Several recipes are joined by "//".

>>> parse("rate: value; data: series usbp_deaths; where: area = TCA; in: FY2004, FY2005; per: usbp_apprehensions")[0]["in"]
'FY2004, FY2005'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from bsi.analysis.series import newest
from bsi.errors import InputError

STATUSES = ("exact", "within one", "close", "differs", "not tested")
CLOSE, PER = 0.05, 100_000
FORMS = ("count", "change", "percent_change", "share", "percent", "rate", "rank")
KEYS = (*FORMS, "data", "where", "in", "of", "per", "among")
REGISTER = ("register", "")
CONDITION = re.compile(r"(\w+) (=|!=|like|not like|>=|<=|known|unknown)(?: (.+))?")
SECTORS = ("BBT", "DRT", "ELC", "EPT", "LRT", "RGV", "SDC", "TCA", "YUM")
SUMS = "sector_sums"  # the one recipe that is a word: years in which the sectors do not add up to the border


def claims(records: Mapping | Callable, published: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return every published claim beside the number recomputed here, and why they differ where they do.

    Parameters
    ----------
    records : (source, vintage as YYYY-MM-DD) -> records of that one file (contract RECORDS); a mapping, or a function that gives None where it has none;
        ("register", "") gives INCIDENTS with a column `zone:ID` of probabilities for each zone
    published : contract PUBLISHED
    table : from `published.load_claims`: claim_id, sentences, expected (numbers joined by ';'), recipe, reasons in both languages, source

    Returns
    -------
    DataFrame with claim_id, sentence_en, sentence_es, published, here (texts), difference (here minus published, as text), status, why_en, why_es, source.
    Status: exact (at the published precision), within one, close (each number within 5 %), differs, or not tested (the edition, series or period is not in
    the data). A difference is a finding: nothing is tuned to the published number.

    Raises
    ------
    InputError
        A recipe cannot be read, or gives another number of numbers than are expected.
    """
    find = records.get if isinstance(records, Mapping) else records
    rows = []
    for claim in table.to_dict("records"):
        wanted = [x.strip() for x in claim["expected"].split(";")]
        kept = {"claim_id": claim["claim_id"], "sentence_en": claim["sentence_en"], "sentence_es": claim["sentence_es"], "published": "; ".join(wanted)}
        try:
            found = numbers(claim["recipe"], find, published)
        except LookupError as absent:
            en, es = (absent.args * 2)[:2]
            rows.append(kept | {"status": "not tested", "why_en": f"The data holds no {en}.", "why_es": f"Los datos no contienen {es}."})
            continue
        except InputError as error:
            raise InputError(error.what, f"claim {claim['claim_id']}", error.do) from None
        if len(found) != len(wanted):
            raise InputError(f"the recipe gives {len(found)} numbers, not {len(wanted)}", f"claim {claim['claim_id']}", "Name a period or condition for each.")
        got = [_as_published(g, w) for g, w in zip(found, wanted, strict=True)]
        gaps = [g - float(w) for g, w in zip(got, wanted, strict=True)]
        status = _status(gaps, [float(w) for w in wanted])
        why = {f"why_{lang}": "" if status == "exact" else claim[f"why_{lang}"] for lang in ("en", "es")}
        texts = {"here": "; ".join(f"{g:.12g}" for g in got), "difference": "; ".join(f"{g:+.12g}" if g else "0" for g in np.round(gaps, 4))}
        rows.append(kept | texts | {"status": status, **why})
    columns = ["claim_id", "sentence_en", "sentence_es", "published", "here", "difference", "status", "why_en", "why_es"]
    return pd.DataFrame(rows).reindex(columns=columns).assign(source=table["source"].to_numpy())


def _as_published(number: float, text: str) -> float:
    return round(float(number), len(text.partition(".")[2]))


def _status(gaps: list[float], wanted: list[float]) -> str:
    worst = max(abs(g) for g in gaps)
    if worst == 0:
        return "exact"
    if worst <= 1 and all(w % 1 == 0 for w in wanted):
        return "within one"
    return "close" if all(abs(g) <= CLOSE * abs(w) for g, w in zip(gaps, wanted, strict=True)) else "differs"


def parse(recipe: str) -> list[dict[str, str]]:
    """Return the parts of a recipe, each as key -> value with form and measure.

    Raises
    ------
    InputError
        A key is not known or lacking, or the form does not stand first.
    """
    parts = []
    for text in recipe.split("//"):
        pairs = {key.strip(): value.strip() for key, _, value in (pair.partition(":") for pair in text.split("; "))}
        form = next(iter(pairs))
        odd = [k for k in pairs if k not in KEYS or (k in FORMS and k != form)]
        lacking = [k for k in ("data", "in", *{"rate": ["per"], "rank": ["among"]}.get(form, [])) if not pairs.get(k)]
        if odd or lacking or form not in FORMS:
            told = f"{odd[0]!r} is not known" if odd else f"{', '.join(lacking)} is lacking" if lacking else f"{form!r} is no form"
            raise InputError(f"the recipe cannot be read: {told}", do=f"Begin with one of {', '.join(FORMS)}; then data, where, in, of, per, among.")
        parts.append({"form": form, "measure": pairs.pop(form), "where": "all", **pairs})
    return parts


def numbers(recipe: str, find: Callable, published: pd.DataFrame) -> list[float]:
    """Return the numbers of a recipe, in the order of its parts, conditions and periods.

    Parameters
    ----------
    recipe : text as the module describes it
    find : (source, vintage) -> records, None where there are none
    published : contract PUBLISHED

    Raises
    ------
    InputError
        The recipe cannot be read, or names a column or period that is not one.
    LookupError
        An edition, series or period is not in the data; its text names it.
    """
    if recipe.strip() == SUMS:
        wide = _rows("series usbp_deaths", find, published).pivot_table(index="period_start", columns="area", values="value")
        return [float((wide[list(SECTORS)].sum(axis=1) != wide["southwest_border"]).sum())]
    return [number for part in parse(recipe) for number in _part(part, find, published)]


def _part(part: dict, find: Callable, published: pd.DataFrame) -> list[float]:
    form, measure = part["form"], part["measure"]

    def sums(data: str, where: str, of: str) -> list[float]:
        rows = _rows(data, find, published)
        return [_sum(_where(_within(rows, span, data), where), of) for span in part["in"].split(",")]

    out = []
    for where in part["where"].split(" | "):
        if form == "rank":
            rows = _rows(part["data"], find, published)
            out += [_rank(_within(rows, span, part["data"]), where, part["among"], measure) for span in part["in"].split(",")]
            continue
        found = sums(part["data"], where, measure)
        if form in ("share", "percent"):
            found = [_over(a, b, 100 if form == "percent" else 1) for a, b in zip(found, sums(part["data"], part.get("of", "all"), measure), strict=True)]
        elif form == "rate":
            found = [_over(a, b, PER) for a, b in zip(found, sums(f"series {part['per']}", where, "value"), strict=True)]
        elif form != "count":
            found = [b - a if form == "change" else _over(b - a, a, 100) for a, b in zip(found, found[1:], strict=False)]
        out += found
    return out


def _over(a: float, b: float, times: float) -> float:
    if not b:
        raise LookupError("number above zero to divide by", "número mayor que cero entre el cual dividir")
    return times * a / b


def _rows(data: str, find: Callable, published: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a file, a series (its newest figure of each area and period) or the register, with `weight` 1."""
    kind, _, name = data.partition(" ")
    if kind == "series":
        rows = newest(published[published["series"].eq(name) & published["derived"].isna()])
    else:
        rows = find(REGISTER if kind == "register" else (kind, name))
    if rows is None or rows.empty:
        raise LookupError(name if kind == "series" else data)
    return rows.assign(weight=1.0, **({"sector": rows["area"]} if kind == "series" else {}))


def _within(rows: pd.DataFrame, span: str, data: str) -> pd.DataFrame:
    """Return the rows dated in a period: of figures, those whose period lies in it whole; of the register, those dated well enough."""
    span = span.strip()
    if span == "all":
        return rows
    begin, _, end = span.partition("..")
    first, last = bound(begin, False), bound(end or begin, True)
    if "period_start" in rows:
        inside = rows[rows["period_start"].ge(first) & rows["period_end"].le(last)]
        if inside.empty or (inside["period_start"].min(), inside["period_end"].max()) != (first, last):
            raise LookupError(f"{data.removeprefix('series ')} {span}")
        return inside
    if first > (rows["vintage"].max() if "vintage" in rows else rows["date"].max()) or last < rows["date"].min():
        raise LookupError(f"{data} {span}")
    inside = rows["date"].between(first, last + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1))
    is_of_years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    return rows[inside & rows["date_precision"].isin(["day", "month", *(["year"] if is_of_years else [])])] if data == "register" else rows[inside]


def bound(text: str, is_last: bool) -> pd.Timestamp:
    """Return the first or last day of a fiscal year, year, month or day.

    Raises
    ------
    InputError
        It is none of them.

    Examples
    --------
    >>> str(bound("FY2019", False))[:10], str(bound("2019-02", True))[:10]
    ('2018-10-01', '2019-02-28')
    """
    text = text.strip()
    year = re.fullmatch(r"FY(\d{4})", text)
    try:
        if year:
            return pd.Timestamp(int(year[1]) - (not is_last), 9 if is_last else 10, 30 if is_last else 1)
        if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
            raise ValueError
        day = pd.Timestamp(text)
        return day + {4: pd.offsets.YearEnd(0), 7: pd.offsets.MonthEnd(0), 10: pd.Timedelta(0)}[len(text)] if is_last else day
    except ValueError:
        raise InputError(f"{text!r} is no period", do="Write FY2019, 2019, 2019-07 or 2019-07-31, or two joined by '..'.") from None


def _where(rows: pd.DataFrame, conditions: str) -> pd.DataFrame:
    """Return the rows that keep all conditions; a zone multiplies `weight` by the probability of lying in it. Figures of no named area are the border's."""
    if "area" in rows and not re.search(r"\b(area|sector) ", conditions) and rows["area"].eq("southwest_border").any():
        rows = rows[rows["area"].eq("southwest_border")]
    for text in [] if conditions.strip() == "all" else conditions.split(" and "):
        found = CONDITION.fullmatch(text.strip())
        column, word, value = found.groups() if found else ("", "", "")
        if found and column == "zone" and f"zone:{value}" in rows:
            rows = rows.assign(weight=rows["weight"] * rows[f"zone:{value}"].fillna(0))
        elif not found or column not in rows:
            raise InputError(f"the condition {text.strip()!r} cannot be read", do="Name a column of the data, one of = != like not like >= <= known, a value.")
        else:
            rows = rows[_keeps(rows[column], word, value or "")]
    return rows


def _keeps(values: pd.Series, word: str, value: str) -> pd.Series:
    if word in ("known", "unknown"):
        return values.notna() if word == "known" else values.isna()
    if word in (">=", "<="):
        is_date = pd.api.types.is_datetime64_any_dtype(values)
        sizes, limit = (values, bound(value, word == "<=")) if is_date else (pd.to_numeric(values, errors="coerce"), float(value))
        return (sizes.ge(limit) if word == ">=" else sizes.le(limit)).fillna(False).astype(bool)
    text = values.astype("object").map(str, na_action="ignore")
    hit = text.isin(value.split("/")) if word in ("=", "!=") else text.str.contains(value, case=False, regex=True)
    hit = hit.fillna(False).astype(bool)
    return hit if word in ("=", "like") else ~hit


def _sum(rows: pd.DataFrame, measure: str) -> float:
    if measure == "rows":
        return float(rows["weight"].sum())
    columns = measure.split("+")
    lacking = [c for c in columns if c not in rows]
    if lacking:
        raise InputError(f"{lacking[0]!r} is no column of the data", do="Count rows, n_dead, n_dead+n_missing, or value of a series.")
    return float((rows[columns].fillna(0).sum(axis=1).astype("float64") * rows["weight"]).sum())


def _rank(rows: pd.DataFrame, where: str, among: str, measure: str) -> float:
    """Return the place (1 is the highest) of the one value of `among` that a condition names, among all values but the whole border."""
    found = CONDITION.fullmatch(where.strip())
    if among not in rows or not found or found.group(1, 2) != (among, "="):
        raise InputError(f"a rank among {among} needs the condition '{among} = value'", do="Name the one that is ranked.")
    sizes = {name: _sum(part, measure) for name, part in rows.groupby(among) if name != "southwest_border"}
    if found[3] not in sizes:
        raise LookupError(found[3])
    return 1.0 + sum(n > sizes[found[3]] for n in sizes.values())
