"""A chart as SVG."""

from collections.abc import Sequence
from html import escape

from flowrt.bench.chart import HEIGHT, WIDTH, Dot, Label, Line, Mark


def to_svg(marks: Sequence[Mark]) -> str:
    """Return the text of an SVG file."""
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
            *map(_element, marks),
            "</svg>\n",
        ]
    )


def _element(mark: Mark) -> str:
    match mark:
        case Line(places, colour, is_dashed):
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            dashes = ' stroke-dasharray="5 4"' if is_dashed else ""
            return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"{dashes}/>'
        case Dot((x, y), colour):
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
        case Label((x, y), text, anchor, colour):
            readable = escape("".join(c if c.isprintable() else "?" for c in text))
            return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{readable}</text>'
