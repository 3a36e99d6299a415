"""What a bench prints."""

from collections.abc import Sequence
from typing import Any

import msgspec

from flowrt.bench.measurement import Curve, Point
from flowrt.bench.terminal import plot
from flowrt.bench.verdict import judge
from flowrt.cli.console import make_console
from flowrt.cli.ending import describe, echo, echo_error
from flowrt.cli.times import duration
from flowrt.clock import NANOSECONDS
from flowrt.errors import FlowrtError


def document(
    workflow: str, status: str, curves: Sequence[Curve], error: FlowrtError | OSError | None
) -> dict[str, Any]:
    """Return what was measured as data, and what ended it early."""
    return {
        "workflow": workflow,
        "status": status,
        "curves": [_describe(curve) for curve in curves],
        "error": None if error is None else describe(error),
    }


def _describe(curve: Curve) -> dict[str, Any]:
    return {
        "source": curve.source,
        "sweep": curve.sweep.name,
        "points": [msgspec.structs.asdict(point) for point in curve.points],
        "verdict": msgspec.to_builtins(judge(curve)),
    }


def show(workflow: str, curves: Sequence[Curve]) -> None:
    """Print what was measured for people."""
    verdicts = [judge(curve) for curve in curves]
    for curve in curves:
        _show_table(workflow, curve)
    for line in plot(curves, verdicts):
        echo(line)
    for curve, verdict in zip(curves, verdicts, strict=True):
        for sentence in verdict.sentences:
            echo(sentence if len(curves) == 1 else f"{curve.source}: {sentence}")
        _show_failures(curve)


def _show_failures(curve: Curve) -> None:
    for point in curve.points:
        if point.first_error is not None:
            what = f"{curve.sweep.name}={point.value}, {curve.source}: {point.failed} failed"
            echo_error(f"{what}, the first one: {point.first_error}")


def _show_table(workflow: str, curve: Curve) -> None:
    from rich.table import Column, Table  # noqa: PLC0415 - loaded only when something is drawn
    from rich.text import Text  # noqa: PLC0415

    names = (curve.sweep.name, "executions", "failed", "per second", "p50", "p95", "p99")
    table = Table(*[Column(name, justify="right") for name in names], box=None, pad_edge=False)
    for point in curve.points:
        table.add_row(*[Text(cell) for cell in _cells(point)])
    console = make_console()
    console.print(f"{workflow}, {curve.source}:", markup=False)
    console.print(table)
    console.print()


def _cells(point: Point) -> list[str]:
    times = (point.p50_seconds, point.p95_seconds, point.p99_seconds)
    return [
        str(point.value),
        str(point.executions),
        str(point.failed),
        f"{point.throughput_per_second:.1f}",
        *("" if seconds is None else duration(round(seconds * NANOSECONDS)) for seconds in times),
    ]
