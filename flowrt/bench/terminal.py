"""A curve as characters."""

from collections.abc import Sequence

from flowrt.bench.measurement import Curve
from flowrt.bench.number import number
from flowrt.bench.scale import Scale, from_zero, span
from flowrt.bench.verdict import Verdict

WIDTH, HEIGHT = 60, 12
MARKS = {"measured": "●", "simulated": "○"}
FIT = "·"


def plot(curves: Sequence[Curve], verdicts: Sequence[Verdict]) -> list[str]:
    """Return the lines of a plot of throughput; nothing where there are no two values to draw.

    Args:
        curves: What is drawn, of one sweep.
        verdicts: What they say; the fit of the first curve is drawn, too.
    """
    across = [point.value for curve in curves for point in curve.points]
    if len(set(across)) < 2:  # noqa: PLR2004 - a point is no curve
        return []
    x = span(across)
    y, ticks = from_zero(point.throughput_per_second for curve in curves for point in curve.points)
    grid = [[" "] * WIDTH for _ in range(HEIGHT)]
    fit = verdicts[0].fit
    if fit is not None:
        for column in range(WIDTH):
            _put(grid, column, fit.throughput(x.value(column / (WIDTH - 1))), y, FIT)
    for curve in reversed(curves):  # what was measured is on top
        for point in curve.points:
            _put(grid, round(x.place(point.value) * (WIDTH - 1)), point.throughput_per_second, y, MARKS[curve.source])
    labels = {_row(tick, y): number(tick) for tick in ticks}
    margin = max(map(len, labels.values()))
    lines = [f"{labels.get(row, ''):>{margin}} │{''.join(cells)}".rstrip() for row, cells in enumerate(grid)]
    legend = [f"{MARKS[curve.source]} {curve.source}" for curve in curves] + [f"{FIT} fit"] * (fit is not None)
    return [
        f"{'':>{margin}}  per second by {curves[0].sweep.name}    {'   '.join(legend)}",
        *lines,
        f"{'':>{margin}} └{'─' * WIDTH}",
        f"{'':>{margin}}  {_below(x, sorted(set(across)))}",
    ]


def _row(value: float, y: Scale) -> int:
    return HEIGHT - 1 - round(min(max(y.place(value), 0.0), 1.0) * (HEIGHT - 1))


def _put(grid: list[list[str]], column: int, value: float, y: Scale, mark: str) -> None:
    grid[_row(value, y)][column] = mark


def _below(x: Scale, values: Sequence[float]) -> str:
    """Return the line with the values below their places, as many as there is room for."""
    line = ""
    for value in values:
        text = str(value)
        start = max(0, round(x.place(value) * (WIDTH - 1)) - (len(text) - 1) // 2)
        if not line or start > len(line):
            line = line.ljust(start) + text
    return line
