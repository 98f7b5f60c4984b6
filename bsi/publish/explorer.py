"""One HTML page to explore the register without a network: map, timeline, filters and counts that follow, in English and Spanish.

Vega-Lite draws (its runtime inlined); the page's own few lines filter and count. Positions are rounded to about one
kilometer, dates to the year, and no field of a person is in the page.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from bsi.errors import InputError
from bsi.publish import style
from bsi.publish.language import LANGUAGES, N_, translator
from bsi.publish.map_panels import STRETCH
from bsi.publish.maps import PUBLIC_DIGITS

BOUNDS = (-117.6, -97.0, 25.6, 33.6)
NIGHT = {  # what the page draws instead where the reader's screen is dark; the page's own colours of both stand in its template
    "#ffffff": "#161616", "#1b1b1b": "#ececec", "#444444": "#d0d0d0", "#555555": "#c0c0c0", "#dddddd": "#3c3c3c", "#b9b2a2": "#77715f", "#9a4a00": "#e8b27a",
    "#D55E00": "#ff7a1a", "#56B4E9": "#9fdcf9", "#0072B2": "#4aa3ea", "#CC79A7": "#dd8fbb", "#E69F00": "#f5c242", "#009E73": "#1fbf8f", "#bcbcbc": "#9c9c9c",
}  # fmt: skip
LIKELY = 0.5  # an incident is shown in a zone that it lies in more likely than not
TEXTS = {
    "title": N_("Deaths at the U.S.-Mexico border: explore the register"),
    "switch": N_("Español"),
    "skip": N_("Skip to the filters"),
    "sample": N_("SYNTHETIC SAMPLE: invented data, no real person or event"),
    "intro": N_("Each dot is a place where people died or went missing. Choose years, causes, a zone or a list; map, timeline and numbers follow."),
    "clear": N_("Clear all filters"),
    "years": N_("Years"),
    "from": N_("from"),
    "to": N_("to"),
    "cause": N_("Cause"),
    "zone": N_("Zone"),
    "zone_note": N_("Incidents that lie in it more likely than not."),
    "any_zone": N_("Whole border"),
    "source": N_("List"),
    "source_note": N_("Incidents that the list holds."),
    "any_source": N_("All lists"),
    "status": N_("{n} of {all} incidents: {dead} people dead, {missing} missing"),
    "rest": N_("Of these incidents, {none} have no known place and are not on the map; {undated} have no known year and are not in the timeline. "
               "Running totals of a place, {cumulative} in the register, are left out."),
    "map_note": N_("Drag on the map to choose an area, double-click to let it go, turn the wheel to zoom. Places are rounded to about one kilometer."),
    "time_note": N_("People dead or missing by year of the date in the lists, often that of finding. Drag to choose years, or type them."),
    "map_alt": N_("Map of the border with the places of the {n} incidents chosen; the numbers are in the tables below."),
    "time_alt": N_("Bars of people dead or missing by year and cause for the {n} incidents chosen; the numbers are in the tables below."),
    "numbers": N_("The numbers as tables"),
    "incidents": N_("Incidents"),
    "dead": N_("People dead"),
    "missing": N_("People missing"),
    "by_cause": N_("By cause"),
    "by_year": N_("By year"),
    "year": N_("Year"),
    "people": N_("People"),
    "about": N_("What the numbers do not say"),
    "limits": N_("A list holds what was found and reported: not everyone who died. A count the sources do not state adds nobody. Each person is counted once, "
                 "though several lists hold them."),
}  # fmt: skip


def build_explorer(tables: Mapping[str, pd.DataFrame], folder: str | Path, meta: Mapping) -> Path:
    """Write explorer.html into a folder and return its path.

    Parameters
    ----------
    tables : incidents, zones, zone_weights (their contracts), base (layers of `basemap.read_base`), list_names ({language: {source: name}})
    folder : made if missing; the file is replaced whole
    meta : sources, data_as_of, register_hash, is_sample, as for figures

    Raises
    ------
    InputError
        The meta does not say whether the data are the sample, there is no death, or the folder cannot be written.
    """
    if "is_sample" not in meta:
        raise InputError("the meta of the explorer does not say whether it shows the synthetic sample", do="Give meta['is_sample'].")
    template = (Path(__file__).parent / "templates" / "explorer.html").read_text(encoding="utf-8")
    text = json.dumps(page_data(tables, meta), ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
    head, rest = template.replace("$title", TEXTS["title"]).replace("$$", "$").split("$runtime")
    middle, tail = rest.split("$data")
    path = Path(folder) / "explorer.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(".writing-explorer.html")
        scratch.write_text(head + _runtime() + middle + text + tail, encoding="utf-8")
        os.replace(scratch, path)
    except OSError as error:
        raise InputError(f"the explorer cannot be written ({error.strerror})", str(path), "Free space or choose another folder.") from None
    return path


def standalone(spec: Mapping) -> str:
    """Return a whole HTML page that draws one Vega-Lite chart and loads nothing.

    Parameters
    ----------
    spec : the chart, with its data
    """
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"), default=float).replace("</", "<\\/")
    draw = f'vegaEmbed("#chart", {text}, {{"mode": "vega-lite", "actions": false}});'
    head = '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><div id="chart"></div>'
    return f"{head}<script>{_runtime()}</script><script>{draw}</script></body></html>"


def _runtime() -> str:
    """Return the JavaScript of Vega, Vega-Lite and Vega-Embed as one script that loads nothing.

    Bundling takes seconds, so the script is kept in the user's cache folder, where there is one to write to.
    """
    import vl_convert

    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "bsi" / f"vega-{vl_convert.__version__}.js"
    try:
        return kept.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = vl_convert.javascript_bundle().replace("</script", "<\\/script")
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        scratch = kept.with_name(f".writing-{os.getpid()}-{kept.name}")
        scratch.write_text(text, encoding="utf-8")
        os.replace(scratch, kept)
    return text


def page_data(tables: Mapping[str, pd.DataFrame], meta: Mapping) -> dict:
    """Return all that the page holds: columns of incidents (no field of a person), names, texts and charts.

    Raises
    ------
    InputError
        There is no incident of a death or a missing person.
    """
    rows = tables["incidents"]
    rows = rows[rows["kind"].isin(["death", "missing"])]
    is_cumulative = rows["is_cumulative"].fillna(False).astype(bool)
    n_cumulative, rows = int(is_cumulative.sum()), rows[~is_cumulative]
    if rows.empty:
        raise InputError("there is nothing to explore: the register holds no death")
    groups = list(style.CAUSE_GROUPS)
    cause = rows["cause"].map(style.CAUSE_GROUP_OF).fillna("unknown").map({key: i for i, key in enumerate(groups)})
    zones, sources = tables["zones"], sorted({s for each in rows["sources"] for s in each.split(";")})
    return {
        "lon": _list(rows["lon"].round(PUBLIC_DIGITS)), "lat": _list(rows["lat"].round(PUBLIC_DIGITS)), "year": _list(rows["date"].dt.year.astype("Int64")),
        "cause": cause.astype(int).tolist(), "dead": rows["n_dead"].fillna(0).astype(int).tolist(), "missing": rows["n_missing"].fillna(0).astype(int).tolist(),
        "zone": _zone_bits(rows["incident_id"], zones["zone_id"].tolist(), tables["zone_weights"]),
        "source": [sum(1 << i for i, s in enumerate(sources) if s in each) for each in rows["sources"].str.split(";")],
        "causes": [{**_both(style.CAUSE_GROUPS[g][0]), "colour": style.CAUSE_GROUPS[g][1]} for g in groups],
        "zones": [{"en": z.name_en, "es": z.name_es} for z in zones.itertuples()],
        "sources": [{lang: tables["list_names"][lang].get(s, s) for lang in LANGUAGES} for s in sources],
        "text": {lang: {**{k: translator(lang)(v) for k, v in TEXTS.items()}, "origin": style.source_line(meta, lang)} for lang in LANGUAGES},
        "spec": {"map": _map_spec(tables["base"], zones), "time": _time_spec()},
        "aspect": (BOUNDS[3] - BOUNDS[2]) * STRETCH / (BOUNDS[1] - BOUNDS[0]), "stretch": STRETCH, "is_sample": bool(meta["is_sample"]),
        "n_cumulative": n_cumulative, "night": NIGHT,
    }  # fmt: skip


def _both(text: str) -> dict:
    return {lang: translator(lang)(text) for lang in LANGUAGES}


def _list(column: pd.Series) -> list:
    return [None if pd.isna(v) else v for v in column.tolist()]


def _zone_bits(ids: pd.Series, zone_ids: list[str], weights: pd.DataFrame) -> list[int]:
    """Return for each incident the zones it lies in, one bit a zone."""
    likely = weights[weights["probability"] >= LIKELY]
    bits = likely["zone_id"].map({z: 1 << i for i, z in enumerate(zone_ids)})
    return ids.map(bits.groupby(likely["incident_id"]).sum()).fillna(0).astype(int).tolist()


def _colours() -> dict:
    return {"domain": list(range(len(style.CAUSE_GROUPS))), "range": [colour for _, colour, _ in style.CAUSE_GROUPS.values()]}


def _map_spec(base: Mapping, zones) -> dict:
    """Return the Vega-Lite chart of the map; a text "@key" is filled in by the page in its language."""
    wide, high = {"domain": list(BOUNDS[:2])}, {"domain": [BOUNDS[2] * STRETCH, BOUNDS[3] * STRETCH]}
    xy = {name: {"field": name, "type": "quantitative", "axis": None, "scale": {**domain, "zero": False, "nice": False}}
          for name, domain in (("x", wide), ("y", high))}  # fmt: skip
    desert = zones[zones["family"].isin(("canal", "desert"))]
    looks = ((base["states"], "#b9b2a2", 1), (base["mx_states"], "#b9b2a2", 1), (base["boundary"], "#444444", 1.6), (desert, "#9a4a00", 1))
    layers = [_outline(layer, colour, width, xy) for layer, colour, width in looks]
    towns = base["towns"].nsmallest(24, "rank")
    towns = pd.DataFrame({"x": towns.geometry.x.round(2), "y": (towns.geometry.y * STRETCH).round(3), "name": towns["name"]})
    towns = towns[towns["x"].between(*BOUNDS[:2]) & towns["y"].between(BOUNDS[2] * STRETCH, BOUNDS[3] * STRETCH)]
    names = {"type": "text", "align": "left", "dx": 3, "fontSize": 10, "color": "#555555", "clip": True}
    layers.append({"data": {"values": towns.to_dict("records")}, "mark": names, "encoding": {**xy, "text": {"field": "name", "type": "nominal"}}})
    return _bare({"layer": [*layers, _dots(xy)]}, "places")


def _dots(xy: dict) -> dict:
    """Return the layer of the dots, with an area to draw and a wheel to zoom."""
    brush = {"type": "interval", "encodings": ["x", "y"], "zoom": False, "mark": {"fill": "#0072B2", "fillOpacity": 0.12, "stroke": "#0072B2"}}
    wheel = {"type": "interval", "translate": False, "zoom": "wheel!"}
    size = {"field": "n", "type": "quantitative", "legend": None, "scale": {"domain": [1, 60], "range": [10, 500]}}
    colour = {"field": "cause", "type": "nominal", "legend": None, "scale": _colours()}
    tip = [{"field": "n", "type": "quantitative", "title": "@people"}]
    return {"data": {"name": "places"}, "mark": {"type": "circle", "opacity": 0.6, "clip": True},
            "params": [{"name": "area", "select": brush}, {"name": "view", "select": wheel, "bind": "scales"}],
            "encoding": {**xy, "size": size, "color": colour, "tooltip": tip}}  # fmt: skip


def _outline(layer, colour: str, width: float, xy: dict) -> dict:
    """Return the outlines of a layer as lines, thinned to about one kilometer, those of the map's bounds only."""
    near = layer.cx[BOUNDS[0] - 1 : BOUNDS[1] + 1, BOUNDS[2] - 1 : BOUNDS[3] + 1].geometry.simplify(0.01).explode()
    lines = [np.asarray(getattr(shape, "exterior", shape).coords)[:, :2] for shape in near if not shape.is_empty]
    rows = [{"part": i, "step": k, "x": round(x, 2), "y": round(y * STRETCH, 3)} for i, line in enumerate(lines) for k, (x, y) in enumerate(line.tolist())]
    order = {"detail": {"field": "part", "type": "nominal"}, "order": {"field": "step", "type": "ordinal"}}
    return {"data": {"values": rows}, "mark": {"type": "line", "color": colour, "strokeWidth": width, "clip": True}, "encoding": {**xy, **order}}


def _time_spec() -> dict:
    years = {"title": "@year", "axis": {"format": "d", "tickMinStep": 1}, "scale": {"zero": False, "nice": False, "padding": 10}}
    tip = [{"field": "year", "type": "quantitative", "title": "@year", "format": "d"}, {"field": "n", "type": "quantitative", "title": "@people"}]
    encoding = {"x": {"field": "year", "type": "quantitative", **years}, "y": {"field": "n", "type": "quantitative", "title": "@people", "stack": "zero"},
                "color": {"field": "cause", "type": "nominal", "legend": None, "scale": _colours()},
                "order": {"field": "cause", "type": "quantitative"}, "tooltip": tip}  # fmt: skip
    span = [{"name": "span", "select": {"type": "interval", "encodings": ["x"], "zoom": False}}]
    return _bare({"data": {"name": "years"}, "mark": "bar", "params": span, "encoding": encoding}, "years")


def _bare(spec: dict, data: str) -> dict:
    config = {"view": {"continuousWidth": 300, "continuousHeight": 300, "stroke": "#dddddd"},
              "axis": {"labelColor": "#1b1b1b", "titleColor": "#1b1b1b", "gridColor": "#dddddd", "domainColor": "#555555", "tickColor": "#555555"}}  # fmt: skip
    return {"config": config, **spec, "datasets": {data: []}, "background": "#ffffff", "autosize": {"type": "fit-x", "contains": "padding"}}
