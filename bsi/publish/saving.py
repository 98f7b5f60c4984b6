"""Save a figure in both languages with what must go with it: data, title, alt text, caption, sources; measure its text boxes."""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from bsi.errors import InputError
from bsi.publish import style
from bsi.publish.language import LANGUAGES
from bsi.publish.tables import write_csv

NAME = re.compile(r"[a-z][a-z0-9_]*")
TOLERANCE_PX = 1.0


def save_figure(name: str, draw: Callable, folder: Path, meta: dict, sizes: tuple = ("double",), languages: tuple = LANGUAGES) -> dict:
    """Draw a figure in every language and size and save it: SVG and PNG (300 dpi), its data as CSV, and a JSON of what it is.

    Parameters
    ----------
    name : lower-case name of the figure; the files are <name>-<size>.<lang>.svg and .png, <name>.csv, <name>.json
    draw : function (lang, size) -> Figure with a description (see `style.describe`); a map of points gets no SVG and no CSV,
        since either would hold the coordinates
    folder : where to write; made if missing, each file replaced whole
    meta : sources (names), vintages, data_as_of, register_hash, code_hash, is_sample
    sizes : of `style.SIZES`
    languages : of `language.LANGUAGES`

    Returns
    -------
    dict, the JSON as written

    Raises
    ------
    InputError
        The figure lacks alt text or a title in some language, the name cannot be a file name, or the folder cannot be written.
    """
    if not NAME.fullmatch(name):
        raise InputError(f"{name!r} cannot be the name of a figure", do="Use lower-case letters, digits and _, beginning with a letter.")
    drawn = {(lang, size): draw(lang, size) for lang in languages for size in sizes}
    entry = _entry(name, drawn, meta)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as scratch:
            for (lang, size), fig in drawn.items():
                style.stamp(fig, meta, lang)
                _warn_of_text(fig, f"{name} ({size}, {lang})")
                entry["files"] += _write_images(fig, Path(scratch) / f"{name}-{size}.{lang}")
            if not entry["has_points"]:
                write_csv(next(iter(drawn.values())).bsi_description.data, Path(scratch) / f"{name}.csv")
                entry["files"].append(f"{name}.csv")
            text = json.dumps(entry, indent=1, ensure_ascii=False, sort_keys=True, default=str)
            (Path(scratch) / f"{name}.json").write_text(text + "\n", encoding="utf-8")
            for path in sorted(Path(scratch).iterdir()):
                os.replace(path, folder / path.name)
    except OSError as error:
        raise InputError(f"the figure cannot be written ({error.strerror})", str(folder), "Free space or choose another folder.") from None
    return entry


def _entry(name: str, drawn: dict, meta: dict) -> dict:
    """Return the JSON of a figure; InputError where a language has no title or alt text."""
    words = {"title": {}, "alt": {}, "caption": {}, "source_line": {}}
    has_points = False
    for (lang, _), fig in drawn.items():
        said = getattr(fig, "bsi_description", None)
        missing = [part for part in ("title", "alt") if not (said and getattr(said, part).strip())]
        if missing:
            raise InputError(
                f"figure {name} has no {' and no '.join(missing)} in {lang!r}", do="Give it with style.describe(); a figure without it is not saved."
            )
        words["title"][lang], words["alt"][lang], words["caption"][lang] = said.title, said.alt, said.caption
        words["source_line"][lang] = style.source_line(meta, lang)
        has_points = has_points or said.has_points
    known = {k: meta.get(k) for k in ("sources", "vintages", "data_as_of", "register_hash", "code_hash", "is_sample")}
    return {"name": name, **words, **known, "has_points": has_points, "sizes_mm": {s: style.SIZES[s] for _, s in drawn}, "files": []}


def _write_images(fig: Figure, stem: Path) -> list[str]:
    """Write PNG and, unless the figure holds points, SVG, without date or version: two runs give the same bytes."""
    names = [f"{stem.name}.png"]
    with mpl.rc_context(style.RC):
        _write_png(fig, f"{stem}.png")
        if not fig.bsi_description.has_points:
            fig.savefig(f"{stem}.svg", metadata={"Date": None, "Creator": None})
            names.append(f"{stem.name}.svg")
    return names


def _write_png(fig: Figure, path: str, dpi: int = 300) -> None:
    """Write an opaque PNG: matplotlib's own has an alpha channel, which costs a sixth of file and time for nothing."""
    pixels = io.BytesIO()
    fig.savefig(pixels, format="rgba", dpi=dpi)
    size = tuple(int(inches * dpi) for inches in fig.get_size_inches())
    Image.frombuffer("RGBA", size, pixels.getbuffer()).convert("RGB").save(path, compress_level=3, dpi=(dpi, dpi))


def _warn_of_text(fig: Figure, what: str) -> None:
    problems = check_text_boxes(fig)
    if problems:
        warnings.warn(f"figure {what}: {'; '.join(problems[:5])}", stacklevel=3)


def check_text_boxes(fig: Figure) -> list[str]:
    """Return one sentence for each text of the figure that is cut by its edge or overlaps another text (empty: none).

    Parameters
    ----------
    fig : any Figure; its texts are placed for good by this
    """
    with mpl.rc_context(style.RC):
        if fig.get_layout_engine() is not None:
            fig.draw_without_rendering()
            fig.set_layout_engine(None)  # the places are final; "none" would leave an engine that has every file drawn twice
        texts = _visible_texts(fig)
        boxes = np.array([t.get_window_extent().extents for t in texts]).reshape(-1, 4)
    is_cut = ((boxes[:, :2] < fig.bbox.extents[:2] - TOLERANCE_PX) | (boxes[:, 2:] > fig.bbox.extents[2:] + TOLERANCE_PX)).any(axis=1)
    problems = [f"{_short(texts[i])} is cut by the edge" for i in np.flatnonzero(is_cut)]
    meets = np.triu((np.minimum(boxes[:, None, 2:], boxes[None, :, 2:]) - np.maximum(boxes[:, None, :2], boxes[None, :, :2]) > TOLERANCE_PX).all(axis=2), 1)
    problems += [f"{_short(texts[i])} overlaps {_short(texts[j])}" for i, j in zip(*np.nonzero(meets), strict=True) if _collide(texts[i], texts[j])]
    return problems


def _collide(*texts: Text) -> bool:
    """True where two texts whose upright boxes meet lie on one another: a slanting text is narrower than its upright box."""
    if not any(text.get_rotation() % 90 for text in texts):
        return True
    one, other = (_slanted_box(text) for text in texts)
    return not one.buffer(-TOLERANCE_PX).disjoint(other.buffer(-TOLERANCE_PX))


def _slanted_box(text: Text):
    """Return the box of a text as it is turned, in pixels: it has the middle of the upright one."""
    from shapely.affinity import rotate, translate
    from shapely.geometry import box

    upright, angle = text.get_window_extent(), text.get_rotation()
    text.set_rotation(0)
    flat = text.get_window_extent()
    text.set_rotation(angle)
    middle = (upright.x0 + upright.x1) / 2, (upright.y0 + upright.y1) / 2
    return rotate(translate(box(-flat.width / 2, -flat.height / 2, flat.width / 2, flat.height / 2), *middle), angle)


def _short(text: Text) -> str:
    return repr(text.get_text().replace("\n", " ")[:40])


def _visible_texts(fig: Figure) -> list[Text]:
    """Return the texts that are drawn: tick labels outside the axis limits are made but not drawn, and stay out."""
    undrawn = set()
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis) if ax.get_visible() and ax.axison else ():
            low, high = sorted(axis.get_view_interval())
            slack = (high - low) * 1e-9
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not low - slack <= tick.get_loc() <= high + slack:
                    undrawn |= {tick.label1, tick.label2}
    return [t for t in _texts(fig) if t not in undrawn]


def _texts(artist: Artist) -> Iterator[Text]:
    """Give the visible texts of an artist and of all within it; axes that are switched off are not asked for ticks, which would make them."""
    if isinstance(artist, Text) and artist.get_visible() and artist.get_text().strip():
        yield artist
    if isinstance(artist, Axes) and not artist.get_visible():
        return
    for child in artist.get_children():
        if not (isinstance(artist, Axes) and not artist.axison and isinstance(child, Axis)):
            yield from _texts(child)
