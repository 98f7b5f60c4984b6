"""The sheet of one zone: its panels on one page, and in words on both sides of the border and what was done there."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from bsi.errors import NotEstimable
from bsi.publish import zone_panels
from bsi.publish.figures import extremes
from bsi.publish.keys import draw_key, key_height
from bsi.publish.language import N_, months, number, percent, translator
from bsi.publish.style import (
    INK,
    PAD_MM,
    POINTS,
    SIZES,
    SOFT,
    Description,
    add_fixed_axes,
    describe,
    new_canvas,
    set_title,
    styled,
    wrap,
)
from bsi.publish.words_zones import HIDDEN, day_words
from bsi.publish.zone_panels import MARKS, Panel, reason

LEAD = 1.32 / 72 * 25.4  # millimetres of a line for each point of its letters
ROWS = {
    "double": (("deaths",), ("causes",), ("season", "trend", "hazard", "rescues"), ("sides", "measures")),
    "single": (("deaths",), ("causes",), ("season", "trend"), ("hazard", "rescues"), ("sides",), ("measures",)),
}
ROWS_OF_NOBODY = {"double": (("deaths",), ("rescues", "sides", "measures")), "single": (("deaths",), ("rescues",), ("sides",), ("measures",))}
PLOT_MM = {"double": {"deaths": 30.0, "causes": 25.0}, "single": {"deaths": 24.0, "causes": 22.0}}
SMALL_PLOT_MM = 21.0
GAP_MM, FLAGS_MM, TICKS_MM, ROW_GAP_MM = 5.0, 5.4, 4.2, 2.2
SIDE_COLOURS = {"US": "#3b5b78", "MX": "#b07a00", "": "#c9c9c9"}
SIDE_NAMES = {"US": N_("U.S. side"), "MX": N_("Mexican side"), "": N_("Side not known")}
MOST_NAMES = 3


def measures(data: dict, lang: str) -> Panel:
    """Return the panel that names each dated measure with its number; what lies before the axis says so."""
    _, table = translator(lang), data["measures"]
    title = _("What was done, and what changed the counts")
    if table.empty:
        return Panel(title, (_("No dated measure is recorded for this zone."),))
    note = _("Brown: measures. Gray: changes that other comparisons must allow for. What the data say of the measures stands in the table of the zone.")
    rows = []
    for row in table.to_dict("records"):
        rows.append((str(row["number"]), MARKS[row["type"]], f"{day_words(row['from'], row['to'], lang)}: {row[f'name_{lang}']}"))
    return Panel(title, (note,), after=tuple(rows))


def _side_lines(data: dict, lang: str) -> list[str]:
    """Return a sentence for each side: how many people, and who reported them; and that a side is hardly listed, where it is."""
    _, table, names = translator(lang), data["sides"], data["names"][lang]
    lines = []
    for row in table.assign(country=table["country"].fillna("")).to_dict("records"):
        who = [names.get(u, u.replace("_", " ")) for u in row["upstreams"].split(";") if u]
        who = "; ".join([*who[:MOST_NAMES], *([_("others")] if len(who) > MOST_NAMES else [])])
        name = SIDE_NAMES[row["country"]]
        side, near, inside = _(name), number(row["n_possible"], lang), number(row["n"], lang)
        if not row["n"]:
            lines.append(_("{side}: nobody is listed.", side=side))
        elif row["n"] < 1:
            lines.append(
                _("{side}: of {n} people listed near it, fewer than one is expected to have died inside. Reported by: {names}.", side=side, n=near, names=who)
            )
        else:
            lines.append(_("{side}: {n} people. Reported by: {names}.", side=side, n=inside, names=who))
    mexico = table[table["country"].eq("MX").fillna(False)].iloc[0]
    if mexico["share_of_people"] < mexico["share_of_ground"] * HIDDEN:  # not where nobody is listed at all
        lines.append(_("Deaths on the Mexican side are hardly listed: fewer here does not mean that fewer people died there."))
    return lines


def sides(data: dict, lang: str) -> Panel:
    """Return the panel of the ground and of the people on each side of the border, and who listed them."""
    _, table, is_seen = translator(lang), data["sides"], data["sides"]["n"].sum() > 0

    def draw(ax) -> None:
        rows = [("share_of_ground", _("Ground")), *([("share_of_people", _("People"))] if is_seen else [])]
        for y, (column, _name) in enumerate(rows):
            left = 0.0
            for row in table.assign(country=table["country"].fillna("")).to_dict("records"):
                share = 0.0 if pd.isna(row[column]) else row[column]
                ax.barh(y, share, 0.62, left=left, color=SIDE_COLOURS[row["country"]])
                if share > 0.08:
                    text = percent(share, lang, 1 if 0.99 <= share < 0.9995 else 0)
                    ax.text(left + share / 2, y, text, ha="center", va="center", color="white", fontsize=POINTS["small"], weight="bold")
                left += share
        ax.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5), xticks=[])
        ax.set_yticks(range(len(rows)), [name for _c, name in rows])
        ax.grid(visible=False)
        ax.spines[["left", "bottom"]].set_visible(False)

    key = tuple(("area", SIDE_COLOURS[c], 0, _(SIDE_NAMES[c])) for c in table["country"].fillna(""))
    words = tuple(("", INK, line) for line in _side_lines(data, lang))
    return Panel(_("Both sides of the border"), (), key, draw, plot_mm=5.5 * (1 + is_seen), left_mm=12.0, after=words)


def panels_of(data: dict, lang: str, size: str) -> dict[str, Panel]:
    """Return the panels of a zone by name; where nobody is listed, one sentence stands for all panels of people.

    Parameters
    ----------
    data : from `study_zones.sheet`
    lang, size : "en" or "es"; "single" or "double"
    """
    across = max(len(row) for row in ROWS[size])
    part = (SIZES[size] - 2 * PAD_MM - GAP_MM * (across - 1)) / across - Panel.left_mm
    whole, most = SIZES[size] - 2 * PAD_MM - Panel.left_mm, 14 if size == "double" else 7
    out = {"deaths": zone_panels.deaths(data, lang, whole, most)}
    if not isinstance(data["deaths"], NotEstimable):
        out["causes"] = zone_panels.causes(data, lang, whole, most)
        out |= {name: getattr(zone_panels, name)(data, lang, part, most) for name in ("season", "trend", "hazard")}
    return out | {"rescues": zone_panels.rescues(data, lang, part, most), "sides": sides(data, lang), "measures": measures(data, lang)}


def _text_mm(lines: list[str], points: float) -> float:
    return len(lines) * points * LEAD


def _words(panel: Panel, wide: float) -> dict:
    """Return the lines of a panel's title, notes and after-words, and the heights of its parts, in mm."""
    head, small = wrap(panel.title, wide, POINTS["base"] + 0.4, "bold"), POINTS["small"]
    notes = [line for note in panel.notes for line in wrap(note, wide, small)]
    after = [(mark, colour, wrap(text, wide - (4.0 if mark else 0.0), small)) for mark, colour, text in panel.after]
    before = _text_mm(head, POINTS["base"] + 0.4) + 0.6 + _text_mm(notes, small) + 0.6 + (key_height(panel.key, wide) if panel.key else 0.0)
    tail = sum(_text_mm(lines, small) + 0.7 for _mark, _colour, lines in after)
    return {"head": head, "notes": notes, "after": after, "before": before + (FLAGS_MM if panel.has_flags else 0.0), "tail": tail}


def _write(ax, lines: list[str], x: float, y: float, points: float, **look) -> float:
    for i, line in enumerate(lines):
        ax.text(x, y + i * points * LEAD, line, fontsize=points, va="top", ha="left", **look)
    return y + _text_mm(lines, points)


def _cell(fig: Figure, panel: Panel, words: dict, box: tuple, plot_mm: float) -> None:
    """Draw one panel into its box (left, bottom, width, height) in mm, from the top: title, notes, key, axes, after-words."""
    left, bottom, wide, high = box
    ax, small = add_fixed_axes(fig, box), POINTS["small"]
    ax.set(xlim=(0, wide), ylim=(high, 0))
    ax.set_axis_off()
    y = _write(ax, words["head"], 0, 0, POINTS["base"] + 0.4, weight="bold", color=INK) + 0.6
    y = _write(ax, words["notes"], 0, y, small, color=SOFT if panel.draw or panel.after else INK) + 0.6
    if panel.key:
        room = key_height(panel.key, wide)
        draw_key(add_fixed_axes(fig, (left, bottom + high - y - room, wide, room)), list(panel.key), wide, room)
    y = words["before"]
    if panel.draw:
        plot = add_fixed_axes(fig, (left + panel.left_mm, bottom + high - y - plot_mm, wide - panel.left_mm, plot_mm))
        plot.tick_params(labelsize=small, width=0.5)
        panel.draw(plot)
        y += plot_mm + TICKS_MM
    for mark, colour, lines in words["after"]:
        ax.text(0, y, mark, fontsize=small, va="top", ha="left", color=colour, weight="bold")
        y = _write(ax, lines, 4.0 if mark else 0.0, y, small, color=INK) + 0.7


def _heights(row: dict, words: dict, name: str, size: str) -> tuple[float, float]:
    """Return the height of the plots of a row and of the row, in mm: all its plots end on one line."""
    plots = [p.plot_mm or PLOT_MM[size].get(name, SMALL_PLOT_MM) for p in row.values() if p.draw]
    high = [words[n]["before"] + words[n]["tail"] + ((p.plot_mm or PLOT_MM[size].get(n, SMALL_PLOT_MM)) + TICKS_MM if p.draw else 0.0) for n, p in row.items()]
    return max(plots, default=0.0), max(high)


@styled
def zone_sheet(data: dict, lang: str, size: str = "double") -> Figure:
    """Return the sheet of one zone: deaths, causes, season, trend, heat or water, rescues of its sectors, both sides of the border, dated measures.

    A panel that the data do not bear holds the sentence that says why.

    Parameters
    ----------
    data : from `study_zones.sheet`
    lang, size : "en" or "es"; "single" or "double"
    """
    _, name = translator(lang), data["zone"][f"name_{lang}"]
    panels = panels_of(data, lang, size)
    rows = [{n: panels[n] for n in row} for row in (ROWS if "causes" in panels else ROWS_OF_NOBODY)[size]]
    full = SIZES[size] - 2 * PAD_MM
    wides = [(full - GAP_MM * (len(row) - 1)) / len(row) for row in rows]
    words = {n: _words(p, wide) for row, wide in zip(rows, wides, strict=True) for n, p in row.items()}
    heights = [_heights(row, words, next(iter(row)), size) for row in rows]
    total = sum(high for _plot, high in heights) + ROW_GAP_MM * len(rows)
    fig, top = new_canvas(size, total), total
    for row, wide, (_plot, high) in zip(rows, wides, heights, strict=True):
        most = max(words[n]["before"] for n in row)
        for i, (n, panel) in enumerate(row.items()):
            aligned = {**words[n], "before": most if panel.draw and len({p.plot_mm for p in row.values()}) == 1 else words[n]["before"]}
            _cell(fig, panel, aligned, (PAD_MM + i * (wide + GAP_MM), top - high, wide, high), panel.plot_mm or PLOT_MM[size].get(n, SMALL_PLOT_MM))
        top -= high + ROW_GAP_MM
    title = _("{zone} at a glance", zone=name)
    set_title(fig, title)
    caption = _("{zone}: people who died by year, by cause and by month, on both sides of the border. All are people found; zones may overlap.", zone=name)
    return describe(fig, Description(title, alt_text(data, lang), caption, table_of(data)))


def alt_text(data: dict, lang: str) -> str:
    """Return what the sheet says, for those who do not see it."""
    _, name = translator(lang), data["zone"][f"name_{lang}"]
    if why := reason(data["deaths"], lang):
        return f"{name}. {why}"
    words = extremes(data["deaths"], "n_dead", lang)
    parts = [_("Charts of {zone}. People who died, {first} to {end}: highest {high} in {high_when}, lowest {low} in {low_when}.",
               zone=name, **{k: words[k] for k in ("first", "end", "high", "high_when", "low", "low_when")})]  # fmt: skip
    if not isinstance(data["season"], NotEstimable):
        top = data["season"].loc[data["season"]["share"].idxmax()]
        parts.append(_("The month with most is {month} ({share}).", month=months(lang, "wide")[int(top["month"]) - 1], share=percent(top["share"], lang)))
    mexico = data["sides"].loc[data["sides"]["country"].eq("MX").fillna(False)].iloc[0]
    if pd.notna(mexico["share_of_people"]):
        said = {"ground": percent(mexico["share_of_ground"], lang), "people": percent(mexico["share_of_people"], lang, 1)}
        parts.append(_("The Mexican side is {ground} of the ground and {people} of the people listed.", **said))
    return " ".join(parts)


def table_of(data: dict) -> pd.DataFrame:
    """Return all plotted tables of a sheet as one, the column `panel` first; where a panel holds a sentence, its reason."""
    parts = []
    for name in ("deaths", "causes", "season", "trend", "hazard", "rescues", "sides", "measures"):
        table = data[name]
        table = pd.DataFrame({"reason": [str(table)]}) if isinstance(table, NotEstimable) else pd.DataFrame(table)
        parts.append(table.drop(columns=["geometry", "n_incidents", "n_missing", "n_unstated", "unit"], errors="ignore").assign(panel=name))
    merged = pd.concat([p.astype(object) for p in parts], ignore_index=True)
    return merged[["panel", *merged.columns.drop("panel")]]
