"""One look for every figure: fonts, sizes, header, footer and the sample mark."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache, wraps

import matplotlib as mpl
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import LoadFlags
from matplotlib.patches import Rectangle

from bsi.errors import InputError
from bsi.publish.language import date, join, number, translator
from bsi.publish.palette import (  # noqa: F401 - a figure takes all of its looks from here
    CAUSE_GROUP_OF,
    CAUSE_GROUPS,
    CAUSE_NAMES,
    INK,
    MEASURE_COLOURS,
    PAPER,
    RULE,
    SECTOR_NAMES,
    SECTORS_WEST_TO_EAST,
    SOFT,
    ZONE_COLOURS,
    contrast,
    text_colour,
)  # fmt: skip

MM = 1 / 25.4
SIZES = {"single": 89.0, "double": 183.0}  # widths of one and two columns of a journal page, mm
FONT = "DejaVu Sans"  # ships with matplotlib and holds every letter of Spanish
POINTS = {"base": 6.6, "small": 5.8, "title": 8.2}
PAD_MM, GAP_MM = 2.0, 1.2  # of the texts from the edge of the page, of plots from one another
HINTED = 1.02  # letters fitted to pixels take a little more room than the font says

RC = {
    "font.family": [FONT], "font.size": POINTS["base"], "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": SOFT, "axes.linewidth": 0.5,
    "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": POINTS["base"], "axes.titleweight": "bold", "axes.titlelocation": "left",
    "axes.labelsize": POINTS["base"], "axes.axisbelow": True, "axes.grid": True, "axes.grid.axis": "y", "grid.color": "#e3e3e3", "grid.linewidth": 0.5,
    "xtick.labelsize": POINTS["base"], "ytick.labelsize": POINTS["base"], "xtick.color": INK, "ytick.color": INK, "xtick.major.width": 0.5,
    "ytick.major.size": 0, "xtick.major.size": 2, "lines.linewidth": 1.2, "patch.linewidth": 0.4, "hatch.linewidth": 0.5, "hatch.color": SOFT,
    "legend.frameon": False, "legend.fontsize": POINTS["base"], "figure.facecolor": PAPER, "savefig.facecolor": PAPER, "svg.hashsalt": "bsi",
    "svg.fonttype": "path", "figure.dpi": 150, "savefig.dpi": 300, "axes.unicode_minus": True,
}  # fmt: skip


@dataclass(frozen=True)
class Description:
    """What must go with a figure: its title, alt text and caption in its language, and the data that it plots."""

    title: str
    alt: str
    caption: str
    data: pd.DataFrame = field(repr=False)
    has_points: bool = False


def check_size(size: str) -> str:
    """Return the size.

    Raises
    ------
    InputError
        It is neither single nor double.
    """
    if size not in SIZES:
        raise InputError(f"there is no size {size!r}", do=f"Sizes: {', '.join(SIZES)}.")
    return size


def new_figure(size: str, height_mm: float, subplots: tuple[int, int] = (1, 1), **kwargs):
    """Return (figure, axes) in the style of `bsi`: width of the size, `height_mm` for the plot itself; header and footer come on top of it.

    Parameters
    ----------
    size : "single" (89 mm) or "double" (183 mm)
    height_mm : height of the plotting area with its axis labels
    subplots : rows and columns; axes come as from `Figure.subplots(squeeze=False)` unless (1, 1)
    kwargs : passed to `Figure.subplots`

    Raises
    ------
    InputError
        The size is unknown.
    """
    with mpl.rc_context(RC):
        fig = _sheet(size, height_mm, layout="constrained")
        fig.get_layout_engine().set(w_pad=GAP_MM * MM, h_pad=GAP_MM * MM, hspace=0.02, wspace=0.02)
        fig.bsi_bands = {"plot": height_mm, "head": 0.0, "foot": 0.0}
        if subplots is None:
            return fig, None
        axes = fig.subplots(*subplots, **{"squeeze": subplots == (1, 1), **kwargs})
        for ax in fig.axes:  # ticks are made when drawn, which may be outside this context
            ax.tick_params(labelsize=POINTS["base"], labelfontfamily=FONT, width=0.5, colors=INK, grid_color="#e3e3e3", grid_linewidth=0.5)
            ax.tick_params(axis="y", length=0)
            ax.tick_params(axis="x", length=2)
    return fig, axes


def _sheet(size: str, height_mm: float, **how) -> Figure:
    fig = Figure(figsize=(SIZES[check_size(size)] * MM, height_mm * MM), **how)
    canvas = FigureCanvasAgg(fig)  # keeps one renderer for all measuring of text
    canvas.draw_idle = lambda *_args, **_how: None  # geopandas asks for a drawing after each layer
    return fig


def new_canvas(size: str, height_mm: float) -> Figure:
    """Return a figure of the style without axes, whose axes are placed by the millimetre with `add_fixed_axes`.

    Raises
    ------
    InputError
        The size is unknown.
    """
    fig = _sheet(size, height_mm)
    fig.bsi_bands = {"plot": height_mm, "head": 0.0, "foot": 0.0}
    return fig


def add_fixed_axes(fig: Figure, box_mm: tuple[float, float, float, float], **kwargs):
    """Return new axes at (left, bottom, width, height) in mm, the bottom counted from the lower edge of the plot band."""
    ax = fig.add_axes((0, 0, 1, 1), **kwargs)
    fig.bsi_fixed = [*getattr(fig, "bsi_fixed", []), (ax, box_mm)]
    _relayout(fig)
    return ax


RAISES = "\n\n    Raises\n    ------\n    InputError\n        The language or size is unknown.\n    "  # of every figure function


def styled(function):
    """Decorate a figure function: it draws with the settings of this module, leaves matplotlib's own as they were, and documents what each raises."""

    @wraps(function)
    def inside(*args, **kwargs):
        with mpl.rc_context(RC):
            return function(*args, **kwargs)

    if "Raises" not in (function.__doc__ or ""):
        inside.__doc__ = (function.__doc__ or "").rstrip() + RAISES
    return inside


def text_width_mm(text: str, points: float, weight: str = "normal") -> float:
    """Return the width of one line of text in the font of the figures, in mm."""
    return sum(_advance(letter, weight) for letter in text) * points / 72 / MM * HINTED


@lru_cache(maxsize=4096)
def _advance(letter: str, weight: str) -> float:
    """Return the advance of a letter, in ems."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family=FONT, weight=weight), fallback_to_default=False))
    return font.load_char(ord(letter), flags=LoadFlags.NO_SCALE).horiAdvance / font.units_per_EM


def wrap(text: str, width_mm: float, points: float, weight: str = "normal") -> list[str]:
    """Return the text broken into lines no wider than `width_mm`."""
    lines, line = [], ""
    for word in text.split(" "):
        trial = f"{line} {word}".strip()
        if line and text_width_mm(trial, points, weight) > width_mm:
            lines.append(line)
            line = word
        else:
            line = trial
    return [*lines, line]


def _relayout(fig: Figure) -> None:
    """Give header, plot and footer their millimetres: the plot keeps its own height whatever stands above and below."""
    bands = fig.bsi_bands
    total, page = sum(bands.values()), fig.get_size_inches()[0] / MM
    fig.set_size_inches(page * MM, total * MM)
    if fig.get_layout_engine() is not None:
        inset = (PAD_MM - GAP_MM) / page  # what stands furthest out stands as far in as the title
        fig.get_layout_engine().set(rect=(inset, bands["foot"] / total, 1 - 2 * inset, bands["plot"] / total))
    for ax, (left, bottom, width, height) in getattr(fig, "bsi_fixed", []):
        ax.set_position((left / page, (bands["foot"] + bottom) / total, width / page, height / total))
    for artist, top_mm in getattr(fig, "bsi_marks", []):
        y = 1 - top_mm / total if top_mm >= 0 else -top_mm / total
        artist.set_y(y - (artist.get_height() if isinstance(artist, Rectangle) else 0))


def _place(fig: Figure, artist, from_top_mm: float) -> None:
    marks = getattr(fig, "bsi_marks", [])
    fig.bsi_marks = [*marks, (artist, from_top_mm)]


def _write(fig: Figure, lines: list[str], top_mm: float, points: float, **kwargs) -> float:
    """Write lines from the left edge, first line `top_mm` below the upper edge (negative: above the lower one); return their height in mm."""
    leading = points * 1.32 / 72 / MM
    x = PAD_MM * MM / fig.get_size_inches()[0]
    for i, line in enumerate(lines):
        text = fig.text(x, 0.5, line, fontsize=points, family=FONT, va="top", ha="left", **kwargs)
        _place(fig, text, top_mm + i * leading)
    return leading * len(lines)


def set_title(fig: Figure, title: str, subtitle: str = "") -> None:
    """Write the title (what the figure shows) and the subtitle (unit, area, what the marks mean) above the plot, wrapped to its width."""
    width = fig.get_size_inches()[0] / MM - 2 * PAD_MM
    at = PAD_MM
    at += _write(fig, wrap(title, width, POINTS["title"], "bold"), at, POINTS["title"], weight="bold", color=INK)
    if subtitle:
        at += 0.6 + _write(fig, wrap(subtitle, width, POINTS["base"]), at + 0.6, POINTS["base"], color=SOFT)
    fig.bsi_bands["head"] = at + 1.0
    _relayout(fig)


def describe(fig: Figure, description: Description) -> Figure:
    """Attach title, alt text, caption and plotted data to the figure and return it."""
    fig.bsi_description = description
    return fig


def source_line(meta: dict, lang: str) -> str:
    """Return 'Sources: … · Data as of … · Register …' from the meta of a figure (keys sources, data_as_of, register_hash)."""
    _ = translator(lang)
    names = meta.get("sources")
    names = names[lang] if isinstance(names, dict) else names
    parts = [_("Sources: {names}.", names=join(names, lang)) if names else _("Sources: not stated.")]
    if meta.get("data_as_of"):
        parts.append(_("Data as of {day}.", day=date(meta["data_as_of"], lang)))
    if meta.get("register_hash"):
        parts.append(_("Register {hash}.", hash=meta["register_hash"][:8]))
    return " ".join(parts)


def stamp(fig: Figure, meta: dict, lang: str) -> Figure:
    """Write the source line below the figure and, where the meta says `is_sample`, the sample mark across it; return the figure.

    Parameters
    ----------
    fig : from `new_figure`
    meta : sources (list of names), data_as_of (date), register_hash, is_sample
    lang : "en" or "es"

    Raises
    ------
    InputError
        The meta does not say whether the data are the synthetic sample.
    """
    if "is_sample" not in meta:
        raise InputError("the meta of the figure does not say whether it shows the synthetic sample", do="Give meta['is_sample'].")
    _ = translator(lang)
    width = fig.get_size_inches()[0] / MM - 2 * PAD_MM
    lines = wrap(source_line(meta, lang), width, POINTS["small"])
    height = len(lines) * POINTS["small"] * 1.32 / 72 / MM
    mark = wrap(_("SYNTHETIC SAMPLE: invented data, no real person or event"), width - 2, POINTS["base"], "bold") if meta["is_sample"] else []
    mark_height = len(mark) * POINTS["base"] * 1.32 / 72 / MM + 1.6 if mark else 0.0
    fig.bsi_bands["foot"] = height + PAD_MM + 0.8 + mark_height
    _write(fig, lines, -(height + PAD_MM * 0.7 + mark_height), POINTS["small"], color=SOFT)
    if mark:
        total = sum(fig.bsi_bands.values())
        band = Rectangle((0, 0), 1, mark_height / total, transform=fig.transFigure, facecolor="#ffe08a", edgecolor="none", zorder=0)
        fig.add_artist(band)
        _place(fig, band, -mark_height)
        _write(fig, mark, -(mark_height - 1.0), POINTS["base"], weight="bold", color=INK)
    _relayout(fig)
    return fig


def ratio_axis(ax, low: float, high: float, lang: str) -> None:
    """Give a vertical axis of ratios its logarithmic scale from `low` to `high`, with round numbers."""
    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10) if low <= t <= high]
    ax.set_yscale("log")
    ax.set_yticks(ticks, [number(t, lang, None) for t in ticks])
    ax.set_ylim(low, high)
    ax.minorticks_off()


def incomplete(colour: str) -> dict:
    """Return the bar style of a period that is not complete: hollow, hatched in its colour."""
    return {"facecolor": PAPER, "edgecolor": colour, "hatch": "//////", "linewidth": 0.6}


def message_figure(text: str, size: str, lang: str, title: str) -> Figure:
    """Return a figure that holds one sentence in place of a plot that the data do not allow.

    Parameters
    ----------
    text : the sentence, already in the language
    size, lang : as in the figure it stands for
    title : title of the figure it stands for
    """
    lines = wrap(text, SIZES[size] - 12, POINTS["base"] + 1)
    fig, ax = new_figure(size, 5.0 * len(lines) + 3)
    ax.set_axis_off()
    ax.text(0, 0.5, "\n".join(lines), ha="left", va="center", fontsize=POINTS["base"] + 1, color=INK, transform=ax.transAxes, family=FONT)
    set_title(fig, title)
    return describe(fig, Description(title, text, text, pd.DataFrame({"message": [text]})))
