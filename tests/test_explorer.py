"""The explorer in a real browser without a network: it draws, filters, switches language, and its counts are the register's."""

import json
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

from bsi.errors import InputError
from bsi.publish import explorer

META = {"sources": {"en": ["List A"], "es": ["Lista A"]}, "data_as_of": "2021-06-30", "register_hash": "0123456789", "is_sample": True}


def _tables(n=300):
    rng = np.random.default_rng(5)
    lon = rng.uniform(-116, -98, n).round(5)
    lon[:7] = np.nan
    incidents = pd.DataFrame({
        "incident_id": [f"i-{k}" for k in range(n)], "kind": "death",
        "date": pd.to_datetime(rng.integers(946684800, 1600000000, n), unit="s"),
        "lon": lon, "lat": rng.uniform(26, 33, n).round(5), "cause": rng.choice(["heat", "drowning", "vehicle"], n),
        "sex": "female",
        "place_text": "SECRET PLACE",
        "n_dead": pd.array(rng.integers(1, 4, n), "Int64"), "n_missing": pd.array([pd.NA] * n, "Int64"), "is_cumulative": False,
        "sources": rng.choice(["a", "b", "a;b"], n)})  # fmt: skip
    incidents.loc[0, "date"] = pd.NaT
    incidents.loc[1, "is_cumulative"] = True
    square = box(-113, 31, -110, 33)
    zones = gpd.GeoDataFrame({"zone_id": ["z"], "family": ["desert"], "name_en": ["Desert"], "name_es": ["Desierto"]}, geometry=[square], crs=4326)
    inside = incidents["lon"].between(-113, -110) & incidents["lat"].between(31, 33)
    weights = pd.DataFrame({"incident_id": incidents.loc[inside, "incident_id"], "zone_id": "z", "probability": 0.9})
    line = gpd.GeoDataFrame({"name": ["x"]}, geometry=[LineString([(-117, 32), (-98, 26)])], crs=4326)
    towns = gpd.GeoDataFrame({"name": ["Town"], "rank": [1]}, geometry=[Point(-110.9, 31.3)], crs=4326)
    states = gpd.GeoDataFrame({"name": ["s"]}, geometry=[box(-115, 31, -109, 37)], crs=4326)
    base = {"states": states, "mx_states": states, "boundary": line, "towns": towns}
    return {"incidents": incidents, "zones": zones, "zone_weights": weights, "base": base, "list_names": {"en": {"a": "List A"}, "es": {"a": "Lista A"}}}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    tables = _tables()
    return explorer.build_explorer(tables, tmp_path_factory.mktemp("explorer"), META), tables["incidents"][~tables["incidents"]["is_cumulative"]], tables


def test_the_page_holds_no_person_no_exact_place_and_no_address_to_load(page):
    text = page[0].read_text(encoding="utf-8")
    data = text.split('type="application/json">')[1].split("</script>")[0]
    assert "SECRET PLACE" not in text
    assert not {"sex", "age", "name", "nationality", "incident_id"} & set(json.loads(data))
    assert all(v is None or round(v, 2) == v for v in json.loads(data)["lon"])
    assert not re.findall(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?(?:https?:)?//""", text)
    assert page[0].stat().st_size < 8e6


def test_the_charts_are_valid_vega_lite(page):
    """Altair holds the schema of Vega-Lite; the page itself is made without it, since importing it takes longer than writing the page."""
    import altair as alt

    for spec in explorer.page_data(page[2], META)["spec"].values():
        alt.Chart.from_dict(spec)


def test_two_runs_give_the_same_bytes(page, tmp_path):
    assert explorer.build_explorer(_tables(), tmp_path, META).read_bytes() == page[0].read_bytes()


def test_what_cannot_be_explored_is_said(tmp_path):
    tables = _tables()
    with pytest.raises(InputError, match="synthetic sample"):
        explorer.build_explorer(tables, tmp_path, {})
    with pytest.raises(InputError, match="nothing to explore"):
        explorer.build_explorer({**tables, "incidents": tables["incidents"].iloc[:0]}, tmp_path, META)
    assert not list(tmp_path.iterdir())


def _luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    return float(np.dot([0.2126, 0.7152, 0.0722], [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]))


def _contrast(a: str, b: str) -> float:
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


def _over(colour: str, paper: str, opacity: float) -> str:
    """Return the colour that a translucent one has on its paper."""
    pairs = [(int(colour[k : k + 2], 16), int(paper[k : k + 2], 16)) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(c * opacity + p * (1 - opacity)):02x}" for c, p in pairs)


def test_on_a_dark_screen_what_is_drawn_stands_out_from_the_paper_of_the_page(page):
    """Contrast as WCAG 2 AA asks for: 4.5 for words, 3 for dots, bars and lines; lines of the grid may be fainter."""
    data = explorer.page_data(page[2], META)
    charts, night = data["spec"], data["night"]
    paper = night[charts["map"]["background"]]
    assert f"--paper: {paper}" in page[0].read_text(encoding="utf-8").split("prefers-color-scheme: dark")[1].split("}")[0]
    drawn = set(re.findall(r"#[0-9a-fA-F]{3,6}(?=\")", json.dumps(charts)))
    axis = charts["time"]["config"]["axis"]
    faint = {axis["gridColor"], charts["map"]["config"]["view"]["stroke"], charts["map"]["background"]}
    assert all(_contrast(night[c], paper) >= 3 for c in drawn - faint)
    words = [layer["mark"]["color"] for layer in charts["map"]["layer"] if layer["mark"]["type"] == "text"]
    assert all(_contrast(night[c], paper) >= 4.5 for c in [*words, axis["labelColor"], axis["titleColor"]])
    opacity = charts["map"]["layer"][-1]["mark"]["opacity"]
    assert all(_contrast(_over(night[cause["colour"]], paper, opacity), paper) >= 3 for cause in data["causes"])
    assert len({night[cause["colour"]] for cause in data["causes"]}) == len(data["causes"])


class _Browser:
    """The few calls of the WebDriver protocol that the test needs."""

    def __init__(self, driver: str, chromium: str):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen([driver, f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1200,1000", "--lang=en-US"]
        wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"binary": chromium, "args": flags}}}}
        for _ in range(100):
            try:
                self.session = self.call("POST", "/session", wanted)["sessionId"]
                return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError("chromedriver does not answer")

    def call(self, verb: str, path: str, body=None):
        ask = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", json.dumps(body or {}).encode(), {"Content-Type": "application/json"}, method=verb)
        if verb in ("GET", "DELETE"):
            ask.data = None
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(ask, timeout=120) as answer:
            return json.loads(answer.read())["value"]

    def run(self, script: str):
        return self.call("POST", f"/session/{self.session}/execute/sync", {"script": script, "args": []})

    def until(self, script: str):
        for _ in range(300):
            value = self.run(script)
            if value:
                return value
            time.sleep(0.2)
        raise TimeoutError(script)

    def drag(self, start: tuple, end: tuple):
        moves = [{"type": "pointerMove", "x": start[0], "y": start[1]}, {"type": "pointerDown", "button": 0},
                 {"type": "pointerMove", "x": end[0], "y": end[1], "duration": 200}, {"type": "pointerUp", "button": 0}]  # fmt: skip
        actions = [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves}]
        self.call("POST", f"/session/{self.session}/actions", {"actions": actions})

    def press(self, keys: str):
        actions = [{"type": t, "value": k} for k in keys for t in ("keyDown", "keyUp")]
        self.call("POST", f"/session/{self.session}/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})


@pytest.fixture(scope="module")
def browser(page):
    driver, chromium = shutil.which("chromedriver"), shutil.which("chromium") or shutil.which("google-chrome")
    if not driver or not chromium:
        pytest.skip("NO CHROMIUM or chromedriver here: the explorer was not tried in a browser")
    it = _Browser(driver, chromium)
    try:
        it.call("POST", f"/session/{it.session}/url", {"url": page[0].as_uri() + "#en"})
        it.until("return window.explorer && window.explorer.ready")
        yield it
        it.call("DELETE", f"/session/{it.session}")
    finally:
        it.process.terminate()


def _set(element: str, value) -> str:
    return f"const e = document.getElementById('{element}'); e.value = {value!r}; e.dispatchEvent(new Event('change'));"


def test_it_draws_and_counts_what_the_register_holds(browser, page):
    rows = page[1]
    now = browser.run("return window.explorer")
    assert (now["n"], now["dead"], now["missing"]) == (len(rows), int(rows["n_dead"].sum()), 0)
    assert 0 < now["places"] <= rows["lon"].notna().sum()
    painted = "const c = document.querySelector('#map canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; "
    assert browser.run(painted + "const s = new Set(); for (let i = 0; i < d.length; i += 4) s.add(d[i] + ',' + d[i+1] + ',' + d[i+2]); return s.size") > 20
    assert browser.run("return performance.getEntriesByType('resource').filter(r => !r.name.startsWith('data:')).length") == 0


def test_filters_count_as_pandas_does(browser, page):
    rows, tables = page[1], page[2]
    browser.run(_set("from", 2005) + "document.getElementById('to').value = 2010; document.getElementById('to').dispatchEvent(new Event('change'));")
    mine = rows[rows["date"].dt.year.between(2005, 2010)]
    assert browser.run("return window.explorer.dead") == int(mine["n_dead"].sum())
    browser.run(_set("zone", 0))
    mine = mine[mine["incident_id"].isin(tables["zone_weights"]["incident_id"])]
    assert browser.run("return window.explorer.n") == len(mine)
    browser.run(_set("source", 1))
    mine = mine[mine["sources"].str.contains("b")]
    assert browser.run("return window.explorer.n") == len(mine)
    browser.run("document.querySelector('#causes input').click()")
    assert browser.run("return window.explorer.n") == (mine["cause"] != "heat").sum()
    assert str((mine["cause"] != "heat").sum()) in browser.run("return document.getElementById('status').textContent")
    browser.run("document.getElementById('clear').click()")
    assert browser.until("return window.explorer.n === " + str(len(rows)))


def test_it_is_used_by_keyboard_and_switches_language(browser, page):
    browser.run("document.getElementById('language').focus()")
    browser.press("\ue007")  # Enter
    browser.until("return window.explorer.lang === 'es' && document.documentElement.lang === 'es'")
    assert "personas fallecidas" in browser.run("return document.getElementById('status').textContent")
    assert browser.run("return document.querySelector('#zone').options[1].textContent") == "Desierto"
    assert browser.run("return [...document.querySelectorAll('input,select')].every(e => e.labels.length > 0)")
    browser.run("document.querySelector('#causes input').focus()")
    browser.press(" ")
    assert browser.run("return window.explorer.n") == (page[1]["cause"] != "heat").sum()
    browser.press(" ")
    browser.run("document.getElementById('language').click()")
    browser.until("return window.explorer.lang === 'en' && window.explorer.ready")


def test_charts_and_swatches_follow_a_screen_that_turns_dark(browser):
    paper = "const c = document.querySelector('#map canvas'); if (!c) return ''; return c.getContext('2d').getImageData(2, 2, 1, 1).data.slice(0, 3).join()"
    swatch = "return getComputedStyle(document.querySelector('.swatch')).backgroundColor"
    emulate = "/session/" + browser.session + "/goog/cdp/execute"
    by_day = browser.run(swatch)
    for scheme, wanted in (("dark", "22,22,22"), ("light", "255,255,255")):
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        browser.call("POST", emulate, {"cmd": "Emulation.setEmulatedMedia", "params": media})
        browser.until(f"{paper} === '{wanted}'")
        assert (browser.run(swatch) == by_day) == (scheme == "light")
        assert browser.run("return getComputedStyle(document.body).backgroundColor").replace(" ", "") == f"rgb({wanted})"
    ink = "return getComputedStyle(document.body).color"
    by_day = browser.run(ink)
    on_paper = {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.call("POST", emulate, {"cmd": "Emulation.setEmulatedMedia", "params": on_paper})
    assert browser.run(ink) == by_day, "words are printed dark, whatever the screen"
    browser.call("POST", emulate, {"cmd": "Emulation.setEmulatedMedia", "params": {"media": "", "features": []}})
    browser.until(f"{paper} === '255,255,255'")


def test_an_area_is_chosen_with_the_mouse(browser, page):
    rows = page[1]
    box_ = browser.run("const r = document.querySelector('#map canvas').getBoundingClientRect(); return [r.x, r.y, r.width, r.height]")
    middle = round(box_[0] + box_[2] / 2)
    browser.drag((round(box_[0] + 8), round(box_[1] + 8)), (middle, round(box_[1] + box_[3] - 8)))
    browser.until(f"return window.explorer.n < {len(rows) - 10}")
    west = (rows["lon"] < -107.3).sum()
    assert abs(browser.run("return window.explorer.n") - west) < 0.1 * len(rows)
    browser.run("document.getElementById('clear').click()")
    assert browser.until(f"return window.explorer.n === {len(rows)}")


def test_on_the_real_register_it_draws_fast_and_counts_as_the_register_does(shared_data, tmp_path):  # noqa: ARG001
    """BSI_OUT names the folder of a register built from the real files."""
    import os

    import bsi
    from bsi import edition, selections

    folder, driver, chromium = os.environ.get("BSI_OUT"), shutil.which("chromedriver"), shutil.which("chromium") or shutil.which("google-chrome")
    if not folder or not Path(folder, "build.json").exists():
        pytest.skip("NO REGISTER: set BSI_OUT to a folder of a register built from the real files; the explorer was not tried on them")
    if not driver or not chromium:
        pytest.skip("NO CHROMIUM or chromedriver here: the explorer was not tried in a browser")
    register = bsi.open(folder)
    tables = {"incidents": register.incidents, "zones": register.zones, "zone_weights": register.zone_weights, "base": selections.base_geometry(),
              "list_names": selections.list_names(register)}  # fmt: skip
    path = explorer.build_explorer(tables, tmp_path, edition.meta(register))
    assert path.stat().st_size < 8e6
    it = _Browser(driver, chromium)
    try:
        it.call("POST", f"/session/{it.session}/url", {"url": path.as_uri() + "#en"})
        it.until("return window.explorer && window.explorer.ready")
        drawn = it.run("return performance.now()")
        print(f"drawn after {drawn / 1000:.2f} s, {path.stat().st_size / 1e6:.2f} MB")  # noqa: T201
        _compare(it, register)
    finally:
        it.call("DELETE", f"/session/{it.session}")
        it.process.terminate()


def _compare(it, register):
    """Choose causes, zones, years and lists in the page and hold its numbers against those of the register, in both languages."""
    from bsi.publish import style

    rows = register.incidents
    rows = rows[rows["kind"].isin(["death", "missing"]) & ~rows["is_cumulative"].fillna(False).astype(bool)]
    groups, lists = list(style.CAUSE_GROUPS), sorted({s for each in rows["sources"] for s in each.split(";")})
    group = rows["cause"].map(style.CAUSE_GROUP_OF).fillna("unknown")

    def same(mine):
        wanted = [len(mine), int(mine["n_dead"].fillna(0).sum()), int(mine["n_missing"].fillna(0).sum())]
        assert it.run("const e = window.explorer; return [e.n, e.dead, e.missing]") == wanted
        shown = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", it.run("return document.getElementById('status').textContent"))]
        assert shown == [wanted[0], len(rows), *wanted[1:]]

    same(rows)
    for language in ("en", "es"):
        if language == "es":
            it.run("document.getElementById('language').click()")
            it.until("return window.explorer.lang === 'es' && window.explorer.ready")
            same(rows)
        for k, zone in enumerate(register.zones["zone_id"]):
            weights = register.zone_weights
            inside = weights.loc[weights["zone_id"].eq(zone) & weights["probability"].ge(0.5), "incident_id"]
            it.run(_set("zone", k))
            same(rows[rows["incident_id"].isin(inside)])
        it.run(_set("zone", -1))
        for k, name in enumerate(lists):
            it.run(_set("source", k))
            same(rows[rows["sources"].str.split(";").map(lambda each, name=name: name in each)])
        it.run(_set("source", -1))
    for k, name in enumerate(groups):
        it.run(f"document.querySelectorAll('#causes input')[{k}].click()")
        same(rows[group != name])
        it.run(f"document.querySelectorAll('#causes input')[{k}].click()")
    for year in (1999, 2010, 2021):
        it.run(_set("from", year) + f"document.getElementById('to').value = {year}; document.getElementById('to').dispatchEvent(new Event('change'));")
        same(rows[(rows["date"].dt.year == year).to_numpy()])
