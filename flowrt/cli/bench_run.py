"""One bench, from the command line."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
import typer

from flowrt.bench.inputs import read_inputs, repeated
from flowrt.bench.measurement import Curve, Point
from flowrt.bench.real import measure
from flowrt.bench.setting import Setting
from flowrt.bench.sweep import Sweep
from flowrt.cli.bench_report import document, show
from flowrt.cli.ending import CANCELLED, COMPLETED, FAILED, print_json
from flowrt.cli.interrupts import leaving_on_second_interrupt
from flowrt.cli.progress import Progress
from flowrt.cli.stdin import standard_input
from flowrt.errors import InputError
from flowrt.runtime import Runtime

STDIN = Path("-")


def load_inputs(path: Path, workflow: str, executions: int | None) -> list[Any]:
    """Return the inputs of a bench.

    Raises:
        InputError: The file can't be read, holds nothing, or a line that is no JSON object.
    """
    if path == STDIN:
        return repeated(read_inputs(standard_input(workflow), workflow), executions)
    try:
        with path.open("rb") as lines:
            return repeated(read_inputs(lines, workflow), executions)
    except OSError as error:
        raise InputError(workflow, f"the file of inputs can't be opened: {error}") from None


class BenchRun:
    """Measures a sweep, and keeps what was measured whatever happens then."""

    def __init__(self, name: str, sweep: Sweep, inputs: Sequence[Any]) -> None:
        self._name = name
        self._sweep = sweep
        self._inputs = inputs
        self._curves: list[Curve] = []
        self._is_cancelled = False

    @property
    def status(self) -> int:
        """The exit status."""
        has_failed = any(point.failed for curve in self._curves for point in curve.points)
        return CANCELLED if self._is_cancelled else FAILED if has_failed else COMPLETED

    def measure(
        self,
        settings: Sequence[Setting],
        make_runtime: Callable[[Mapping[str, int]], Runtime],
        backend: str,
        *,
        warm_up: int,
    ) -> None:
        """Measure for real, until all is measured or somebody presses Ctrl-C.

        Raises:
            ExtraMissingError: aiometer is not installed.
            StoreError: The log can't be written.
        """
        points: list[Point] = []

        async def run() -> None:
            with leaving_on_second_interrupt(), Progress(sys.stderr) as progress:

                def told(setting: Setting, done: int) -> None:
                    progress.show_text(f"{self._sweep.name}={setting.value:g}: {done} of {len(self._inputs)}")

                for setting in settings:
                    points.append(await measure(setting, self._inputs, make_runtime, warm_up=warm_up, told=told))

        try:
            anyio.run(run, backend=backend)
        except KeyboardInterrupt:
            self._is_cancelled = True
            typer.echo(f"cancelled after {len(points)} of {len(settings)} values", err=True)
        self._curves.append(Curve(source="measured", sweep=self._sweep, points=tuple(points)))

    def tell(self, *, as_json: bool) -> None:
        """Print what was measured."""
        if as_json:
            print_json(document(self._name, self._curves, is_cancelled=self._is_cancelled))
        else:
            show(self._name, self._curves)
