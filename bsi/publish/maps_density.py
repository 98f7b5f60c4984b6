"""Maps of density: the same incidents at several bandwidths, and where one group of them lies more than another."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from shapely.geometry import box

from bsi.publish import basemap, style
from bsi.publish.keys import draw_key, key_height
from bsi.publish.language import N_, join, number, percent, translator
from bsi.publish.maps import find_zone, outline
from bsi.publish.maps_spatial import RANKS, SHADES
from bsi.publish.style import PAD_MM, POINTS, SIZES, Description, describe, set_title, styled

GAP_MM = 3.0
RATIOS = (  # lowest log2 of the class, colour (colour-blind safe, Brewer's PuOr), words
    (1.0, "#b35806", N_("at least twice the share")),
    (0.0, "#f1a340", N_("up to twice the share")),
    (-1.0, "#998ec3", N_("down to half the share")),
    (-np.inf, "#542788", N_("half the share or less")),
)
PALE = 0.28  # strength of a colour where the difference may be chance
UNTOLD = "#d4d2cd"


def _panels(names: list[list[str]], key: list, geo: Mapping, lang: str, look: tuple[str, int]) -> list:
    """Return maps of one extent with a heading each, `across` beside each other, and the key below them all."""
    size, across = look
    crs = geo["crs"]
    zone = find_zone(geo["zones"], geo["zone_id"])
    extent = basemap.extent_of(zone["geometry"].bounds, crs, (0.42, 0.8), 0.02)
    page = SIZES[style.check_size(size)]
    wide = (page - 2 * PAD_MM - GAP_MM * (across - 1)) / across
    high, below = wide * (extent[3] - extent[1]) / (extent[2] - extent[0]), key_height(key, page - 2 * PAD_MM)
    heads = [3.2 * max(len(lines) for lines in names[i : i + across]) + 2.4 for i in range(0, len(names), across)]
    fig = style.new_canvas(size, len(heads) * high + sum(heads) + below + 1.5)
    draw_key(style.add_fixed_axes(fig, (PAD_MM, 0.5, page - 2 * PAD_MM, below)), key, page - 2 * PAD_MM, below)
    grounds = []
    for i, lines in enumerate(names):
        row, column = divmod(i, across)
        bottom = below + 1.5 + (len(heads) - 1 - row) * high + sum(heads[row + 1 :])
        ax = style.add_fixed_axes(fig, (PAD_MM + column * (wide + GAP_MM), bottom, wide, high))
        ground = basemap.Ground(fig, ax, crs, extent, wide / (extent[2] - extent[0]), lang)
        basemap.draw_ground(ground, geo["base"], quiet=True)
        outline(ground, geo["zones"][geo["zones"]["zone_id"] == geo["zone_id"]])
        text = {"fontsize": POINTS["base"], "family": style.FONT, "va": "bottom", "weight": "bold", "color": style.INK}
        ax.text(0, 1 + 0.8 / high, "\n".join(lines), transform=ax.transAxes, **text)
        grounds.append(ground)
    basemap.draw_scale_bar(grounds[0], "left")
    return grounds


def _paint(ground, cells: pd.DataFrame, colours: np.ndarray) -> None:
    """Paint square cells (x_m, y_m, cell_m) of the map's own projection with colours (n, 4)."""
    side = float(cells["cell_m"].iloc[0])
    west, south = cells["x_m"].min(), cells["y_m"].min()
    column, row = (((cells[c] - low) / side).round().astype(int).to_numpy() for c, low in (("x_m", west), ("y_m", south)))
    picture = np.zeros((row.max() + 1, column.max() + 1, 4))
    picture[row, column] = colours
    reach = (west - side / 2, west + (column.max() + 0.5) * side, south - side / 2, south + (row.max() + 0.5) * side)
    extent = ground.ax.axis()
    ground.ax.imshow(picture, extent=reach, origin="lower", interpolation="nearest", zorder=1.2, aspect="auto")
    ground.ax.axis(extent)


def _headings(texts: list[str], size: str, across: int) -> list[list[str]]:
    wide = (SIZES[style.check_size(size)] - 2 * PAD_MM - GAP_MM * (across - 1)) / across
    return [style.wrap(text, wide, POINTS["base"], "bold") for text in texts]


@styled
def density_strip(found: Mapping, geo: Mapping, lang: str, size: str = "double") -> Figure:
    """Return the density of the same incidents at several bandwidths, the cross-validated one marked.

    Parameters
    ----------
    found : from `selections_density.bandwidth_strip`
    geo : zones, zone_id, base, crs of the cells
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    zone, scores = find_zone(geo["zones"], geo["zone_id"]), found["scores"]
    across = 3 if size == "double" else 2
    km = [number(h / 1000, lang, None) for h in scores["bandwidth_m"]]
    texts = [_("{km} km: the best", km=k) if r.is_best else _("{km} km: {share} of the best", km=k, share=percent(r.likelihood, lang))
             for k, r in zip(km, scores.itertuples(), strict=True)]  # fmt: skip
    key = [("area", colour, 3, _("top {share} of the area", share=percent(1 - r, lang))) for r, colour in zip(RANKS, SHADES, strict=True)]
    grounds = _panels(_headings(texts, size, across), key, geo, lang, (size, across))
    shades = np.array([(0, 0, 0, 0), *[(*to_rgb(c), 0.9) for c in SHADES]])
    for ground, row in zip(grounds, scores.itertuples(), strict=True):
        cells = found["cells"][found["cells"]["bandwidth_m"] == row.bandwidth_m]
        _paint(ground, cells, shades[np.searchsorted(RANKS, cells["rank"], side="right")])
        if row.is_best:
            for spine in ground.ax.spines.values():
                spine.set(color=style.INK, linewidth=1.6, zorder=9)
    best = km[int(np.flatnonzero(scores["is_best"])[0])]
    title = _("The same deaths at several bandwidths: {place}", place=zone[f"name_{lang}"])
    note = _("{n} incidents, {first} to {last}. A wider bandwidth smooths more. Each incident is spread by the precision of its own place too "
             "({rough} are known only roughly). Beside the bandwidth: how likely the others make each incident, against the bandwidth that does so best, "
             "which is framed.", n=number(found["n"], lang), rough=number(found["n_rough"], lang), first=found["years"][0], last=found["years"][1])  # fmt: skip
    set_title(grounds[0].fig, title, note)
    alt = _("Small maps of {place} at bandwidths of {all} km; {best} km is the best and framed. The wider the bandwidth, the larger and rounder the areas.",
            place=zone[f"name_{lang}"], all=join(km, lang), best=best)  # fmt: skip
    caption = _(
        "Shading: density of the same incidents, one bandwidth a map. Bandwidth by cross-validated likelihood, the incidents of one place left out "
        "together; the edge of the zone is corrected for."
    )
    data = found["cells"][found["cells"]["rank"] >= RANKS[0]].round({"x_m": 0, "y_m": 0, "rank": 3})  # what is drawn
    data = data.merge(scores[["bandwidth_m", "likelihood", "is_best"]], on="bandwidth_m").astype({"x_m": int, "y_m": int})
    return describe(grounds[0].fig, Description(title, alt, caption, data))


def _words(name: str, words: Mapping, lang: str) -> str:
    """Return what is compared with what."""
    _ = translator(lang)
    if name == "period":
        later, earlier = (f"{a}–{b}" if a != b else str(a) for a, b in (words["later"], words["earlier"]))
        return _("{later} ({n}) against {earlier} ({m})", later=later, earlier=earlier, n=number(words["n_case"], lang), m=number(words["n_control"], lang))
    name = style.CAUSE_NAMES[words["cause"]]
    return _("Cause: {cause} ({n}) against the other known causes ({m}), {first}–{last}", cause=_(name), n=number(words["n_case"], lang),
             m=number(words["n_control"], lang), first=words["years"][0], last=words["years"][1])  # fmt: skip


def _colours(table: pd.DataFrame) -> np.ndarray:
    """Return the colour of each cell: strong where clear of chance, pale where not, grey where too few were found."""
    rows = np.searchsorted([-r[0] for r in RATIOS], -table["log2"].to_numpy(), side="left")
    colour = np.array([(*to_rgb(c), 1.0) for _low, c, _w in RATIOS])[np.minimum(rows, len(RATIOS) - 1)]
    clear = table["is_clear"].to_numpy(bool)[:, None]
    colour = np.where(clear, colour, 1 - (1 - colour) * PALE)
    colour[:, 3] = 0.95
    return np.where(table["is_told"].to_numpy(bool)[:, None], colour, (*to_rgb(UNTOLD), 0.95))


@styled
def ratio_maps(found: Mapping, geo: Mapping, lang: str, size: str = "double") -> Figure:
    """Return where one period or cause has a larger share of its incidents than another: strong where clear of chance, grey where too few.

    Parameters
    ----------
    found : from `selections_density.ratios`
    geo : zones, zone_id, base, crs of the cells, near (incidents below which nothing is said of a place)
    lang, size : "en" or "es"; "single" or "double"
    """
    _ = translator(lang)
    zone = find_zone(geo["zones"], geo["zone_id"])
    parts = {name: found[name] for name in ("period", "cause") if name in found}
    across = len(parts) if size == "double" else 1
    texts = [_words(name, words, lang) for name, (_table, words) in parts.items()]
    pale = "#" + "".join(f"{round(255 * (1 - (1 - c) * PALE)):02x}" for c in to_rgb(RATIOS[1][1]))
    few = _("gray: fewer than {n} incidents nearby", n=number(geo["near"], lang))
    key = [*(("area", colour, 3, _(words)) for _low, colour, words in RATIOS), ("line", style.INK, 0.9, _("clear of chance")),
           ("area", pale, 3, _("pale: may be chance")), ("area", UNTOLD, 3, few)]  # fmt: skip
    grounds = _panels(_headings(texts, size, across), key, geo, lang, (size, across))
    for ground, (table, _w) in zip(grounds, parts.values(), strict=True):
        _paint(ground, table, _colours(table))
        clear = table[table["is_clear"]]
        if len(clear):
            half = table["cell_m"].iloc[0] / 2
            squares = gpd.GeoSeries([box(x - half, y - half, x + half, y + half) for x, y in zip(clear["x_m"], clear["y_m"], strict=True)])
            gpd.GeoSeries([squares.union_all()], crs=geo["crs"]).boundary.plot(ax=ground.ax, aspect=None, color=style.INK, linewidth=0.8, zorder=3)
            ground.ax.set(xlabel="", ylabel="")
        if size == "double":
            basemap.label_places(ground, geo["base"]["towns"], 9)
    title = _("Where one group of deaths weighs more than another: {place}", place=zone[f"name_{lang}"])
    note = _("Share of the first group's incidents found near each place, against the share of the second's. Strong color: more than shuffling the groups "
             "gives anywhere on the map in 19 of 20 trials.")  # fmt: skip
    set_title(grounds[0].fig, title, note)
    n_clear = [number(int(table["is_clear"].sum()), lang) for table, _w in parts.values()]
    spoken = [_("{what}: {n} cells clear of chance", what=text, n=n) for text, n in zip(texts, n_clear, strict=True)]
    alt = _("Maps of {place} colored by the ratio of two shares. {parts}.", place=zone[f"name_{lang}"], parts=join(spoken, lang))
    widths = [_("{km} km", km=number(t["bandwidth_m"].iloc[0] / 1000, lang, None)) for t, _w in parts.values()]
    caption = _("Color: share of the first group near a place over that of the second. Where people were found, not how dangerous a place is for those "
                "who pass it; which lists reach where changed with the years, too. "
                "Kernel densities of one bandwidth for both groups ({widths}).",
                widths=join(widths, lang))  # fmt: skip
    data = pd.concat([table.round(3).assign(comparison=name).drop(columns=["row", "column"]) for name, (table, _w) in parts.items()], ignore_index=True)
    return describe(grounds[0].fig, Description(title, alt, caption, data))
