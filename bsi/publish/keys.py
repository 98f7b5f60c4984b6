"""The key below a map: marks and what they mean in words, set like a paragraph."""

from __future__ import annotations

from matplotlib.patches import Circle, Rectangle

from bsi.publish import style

LINE_MM, GAP_MM, MARK_MM = 4.2, 4.0, 6.0


def _flow(items: list, wide: float) -> list[tuple[float, int, tuple, list[str]]]:
    """Return left edge, line and text lines of every item, broken like words of a paragraph `wide` mm wide."""
    placed, x, line = [], 0.0, 0
    for item in items:
        mark = _mark_width(item)
        text = style.wrap(item[-1], wide - mark - 1, style.POINTS["small"])
        need = mark + max(style.text_width_mm(part, style.POINTS["small"]) for part in text)
        if x > 0 and x + need > wide:
            x, line = 0.0, line + 1
        placed.append((x, line, item, text))
        x += need + GAP_MM
        if len(text) > 1:
            x, line = 0.0, line + len(text)
    return placed


def _mark_width(item: tuple) -> float:
    return max(item[2], 1.5) + 1.2 if item[0] == "dot" else MARK_MM + 0.6


def key_height(items: list, wide: float) -> float:
    """Return the height in mm of the key of these items; an item is (kind, colour, size, text), kind one of dot, disc, zone, line, boundary,
    area, or styled, which has its line style before the text.
    """
    placed = _flow(items, wide)
    tallest = max((item[2] for _x, _line, item, _text in placed if item[0] == "dot"), default=0)
    return max(line + len(text) for _x, line, _item, text in placed) * max(LINE_MM, tallest + 0.6) + 0.6


def draw_key(ax, items: list, wide: float, high: float) -> None:
    """Draw the key into axes of `wide` x `high` mm."""
    ax.set(xlim=(0, wide), ylim=(0, high))
    ax.set_axis_off()
    placed = _flow(items, wide)
    step = (high - 0.6) / max(line + len(text) for _x, line, _item, text in placed)
    for x, line, item, text in placed:
        y = high - 0.3 - (line + 0.5) * step
        _draw_mark(ax, x, y, item)
        for i, part in enumerate(text):
            ax.text(x + _mark_width(item), y - i * step, part, va="center", ha="left", fontsize=style.POINTS["small"], family=style.FONT, color=style.INK)


def _draw_mark(ax, x: float, y: float, item: tuple) -> None:
    kind, colour, size = item[:3]
    middle = x + MARK_MM / 2
    if kind == "dot":
        ax.add_patch(Circle((x + max(size, 1.5) / 2, y), size / 2, facecolor=colour, alpha=0.62, edgecolor="white", linewidth=0.2))
    elif kind == "disc":
        ax.add_patch(Circle((middle, y), size / 2, facecolor=colour, alpha=0.15, edgecolor="none"))
        ax.add_patch(Circle((middle, y), size / 2, facecolor="none", edgecolor=colour, alpha=0.5, linewidth=0.4))
    elif kind == "area":
        ax.add_patch(Rectangle((x + 1, y - 1.3), 4.2, 2.6, facecolor=colour, edgecolor="#8a8a8a", linewidth=0.3))
    else:
        dash = item[3] if kind == "styled" else {"zone": (0, (4, 2)), "boundary": (0, (6, 1.5, 1.2, 1.5))}.get(kind, "-")
        ax.plot([x + 0.3, x + MARK_MM - 0.5], [y, y], color=colour, linewidth=size, linestyle=dash, solid_capstyle="butt")
