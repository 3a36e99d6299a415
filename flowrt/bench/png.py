"""A chart as PNG."""

import math
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from io import BytesIO
from itertools import pairwise

from flowrt.bench.chart import HEIGHT, WIDTH, Dot, Label, Line, Mark, Place
from flowrt.bench.errors import ExtraMissingError

SHARPER = 2
"""How many pixels of the picture one of the chart is wide."""
DASH = 8.0
"""The length of a dash or a gap, in pixels of the picture."""
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def check_png() -> None:
    """Refuse to draw PNG where that is not possible.

    Raises:
        ExtraMissingError: Pillow is not installed.
    """
    if find_spec("PIL") is None:
        raise ExtraMissingError("Pillow", "a plot as PNG")


def to_png(marks: Sequence[Mark]) -> bytes:
    """Return the bytes of a PNG file.

    Raises:
        ExtraMissingError: Pillow is not installed.
    """
    check_png()
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - an extra, for benches only

    image = Image.new("RGB", (WIDTH * SHARPER, HEIGHT * SHARPER), "white")
    canvas = ImageDraw.Draw(image)
    font = ImageFont.load_default(13 * SHARPER)
    for mark in marks:
        match mark:
            case Line(places, colour, is_dashed):
                scaled = [_scaled(place) for place in places]
                for piece in _dashes(scaled) if is_dashed else [scaled]:
                    canvas.line(piece, fill=colour, width=3)
            case Dot(place, colour):
                x, y = _scaled(place)
                radius = 4 * SHARPER
                canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
            case Label(place, text, anchor, colour):
                canvas.text(_scaled(place), text, fill=colour, font=font, anchor=ANCHORS[anchor])
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _scaled(place: Place) -> Place:
    return place[0] * SHARPER, place[1] * SHARPER


def _dashes(places: Sequence[Place]) -> Iterator[list[Place]]:
    """Yield the pieces of a line that are drawn: every other one of the length of a dash."""
    way = 0.0
    for (x, y), (to_x, to_y) in pairwise(places):
        length = math.hypot(to_x - x, to_y - y)
        steps = max(1, math.ceil(length / DASH))
        for step in range(steps):
            start, end = step / steps, (step + 1) / steps
            if int((way + length * start) / DASH) % 2 == 0:
                yield [(x + (to_x - x) * at, y + (to_y - y) * at) for at in (start, end)]
        way += length
