"""A chart of curves as marks: lines, dots and texts, which SVG and PNG draw alike."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple, TypeAlias

from flowrt.bench.measurement import Curve
from flowrt.bench.number import number
from flowrt.bench.scale import Scale, from_zero, span
from flowrt.bench.sweep import Value
from flowrt.bench.usl import Usl
from flowrt.bench.verdict import Verdict

Place: TypeAlias = tuple[float, float]
"""From the left and from the top, in pixels."""
WIDTH, HEIGHT = 720, 560
LEFT, RIGHT = 80.0, WIDTH - 24.0
COLOURS = {"measured": "#1f5fa8", "simulated": "#c1651a"}
INK, PALE, FIT = "#333333", "#dddddd", "#888888"
SMOOTH = 100
"""How many pieces a fitted curve is drawn of."""


class Line(NamedTuple):
    """Straight pieces from place to place."""

    places: tuple[Place, ...]
    colour: str
    is_dashed: bool = False


class Dot(NamedTuple):
    """A point that was measured."""

    place: Place
    colour: str


class Label(NamedTuple):
    """A text; its place is its baseline's start, middle or end."""

    place: Place
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    colour: str = INK


Mark: TypeAlias = Line | Dot | Label


class _Panel(NamedTuple):
    """A part of the chart: one figure over the values of the sweep."""

    top: float
    bottom: float
    title: str
    figure: str
    """The field of a point."""


PANELS = (
    _Panel(64.0, 290.0, "completed per second", "throughput_per_second"),
    _Panel(346.0, 512.0, "p95 of the latency, in seconds", "p95_seconds"),
)


def chart(workflow: str, curves: Sequence[Curve], verdicts: Sequence[Verdict]) -> list[Mark]:
    """Return the marks of a chart: throughput with its fit and knee, and below it latency.

    Args:
        workflow: The workflow's name.
        curves: What is drawn, of one sweep; at least one point.
        verdicts: What they say; the fit of the first curve is drawn, too.
    """
    across = sorted({point.value for curve in curves for point in curve.points})
    x = span(across)
    marks: list[Mark] = [Label((LEFT, 24.0), f"{workflow}: {curves[0].sweep.name}")]
    for place, curve in enumerate(curves):
        at = RIGHT - 110.0 * (len(curves) - place)
        marks += [Dot((at, 20.0), COLOURS[curve.source]), Label((at + 10, 24.0), curve.source)]
    for panel in PANELS:
        marks += _draw_panel(panel, x, across, curves, verdicts[0] if panel is PANELS[0] else None)
    marks.append(Label(((LEFT + RIGHT) / 2, HEIGHT - 10.0), curves[0].sweep.name, "middle"))
    return marks


def _draw_panel(
    panel: _Panel, x: Scale, across: Sequence[float], curves: Sequence[Curve], verdict: Verdict | None
) -> Iterable[Mark]:
    drawn = [_figures(curve, panel.figure) for curve in curves]
    y, ticks = from_zero(figure for figures in drawn for _, figure in figures)

    def place(value: float, figure: float) -> Place:
        up = min(max(y.place(figure), 0.0), 1.0)
        return LEFT + x.place(value) * (RIGHT - LEFT), panel.bottom - up * (panel.bottom - panel.top)

    yield Label((LEFT, panel.top - 12), panel.title)
    for tick in ticks:
        _, height = place(x.low, tick)
        yield Line(((LEFT, height), (RIGHT, height)), PALE)
        yield Label((LEFT - 8, height + 4), number(tick), "end")
    yield from _draw_values(across, lambda value: place(value, 0.0))
    if verdict is not None and verdict.fit is not None:
        yield from _draw_fit(verdict.fit, x, y, place)
    if verdict is not None and curves[0].sweep.is_rate:
        yield Line(tuple(place(value, value) for value in _pieces(x)), FIT, is_dashed=True)  # what was offered
    for curve, figures in zip(curves, drawn, strict=True):
        places = tuple(place(value, figure) for value, figure in figures)
        yield Line(places, COLOURS[curve.source])
        yield from (Dot(at, COLOURS[curve.source]) for at in places)


def _figures(curve: Curve, name: str) -> list[tuple[Value, float]]:
    """Return the values of a sweep with a figure of their points, sorted, where there is one."""
    figures: list[tuple[Value, float | None]] = [(point.value, getattr(point, name)) for point in curve.points]
    return sorted((value, figure) for value, figure in figures if figure is not None)


def _draw_values(across: Sequence[float], below: Callable[[float], Place]) -> Iterable[Mark]:
    """Write the values of the sweep below their places, as many as there is room for."""
    free_from = 0.0
    for value in across:
        at, bottom = below(value)
        text = str(value)
        if at - 4 * len(text) >= free_from:
            free_from = at + 4 * len(text) + 6
            yield Label((at, bottom + 18), text, "middle")


def _draw_fit(fit: Usl, x: Scale, y: Scale, place: Callable[[float, float], Place]) -> Iterable[Mark]:
    yield Line(tuple(place(value, fit.throughput(value)) for value in _pieces(x)), FIT, is_dashed=True)
    if fit.knee is not None and x.low <= fit.knee <= x.high:
        left, top = place(fit.knee, y.high)
        yield Line(((left, top), place(fit.knee, 0.0)), FIT, is_dashed=True)
        yield Label((left, top - 4), f"knee of the fit: {number(fit.knee)}", "middle", FIT)


def _pieces(x: Scale) -> list[float]:
    return [x.value(piece / SMOOTH) for piece in range(SMOOTH + 1)]
