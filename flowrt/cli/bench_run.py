"""One bench, from the command line."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import typer

from flowrt.bench.load import repeated
from flowrt.bench.measurement import Curve, Point, Source
from flowrt.bench.real import measure
from flowrt.bench.setting import Setting
from flowrt.bench.sweep import Sweep
from flowrt.cli import idle_interrupts
from flowrt.cli.bench_plot import write_plot
from flowrt.cli.bench_report import document, show
from flowrt.cli.ending import CANCELLED, COMPLETED, FAILED, echo_error, exit_status, print_json
from flowrt.cli.interrupts import leaving_on_second_interrupt
from flowrt.cli.progress import Progress
from flowrt.definition import LoadedDefinition
from flowrt.errors import FlowrtError
from flowrt.runtime import Runtime

if TYPE_CHECKING:  # they load the test kit, which only simulations need
    from flowrt.bench.latency import Latencies
    from flowrt.bench.recording import Recording


class BenchRun:
    """Measures a sweep, and keeps what was measured whatever happens then.

    Args:
        workflow: The workflow.
        sweep: What is swept.
        settings: What each of its values means.
        inputs: The inputs.
        executions: How many there are for each value, over the inputs again and again; `None`: each input once.
    """

    def __init__(
        self,
        workflow: LoadedDefinition,
        sweep: Sweep,
        settings: Sequence[Setting],
        inputs: Sequence[Any],
        executions: int | None,
    ) -> None:
        self._workflow = workflow
        self._name = workflow.definition.name
        self._sweep = sweep
        self._settings = settings
        self._inputs = inputs
        self._executions = len(inputs) if executions is None else executions
        self._recording: Recording | None = None
        self._progress = Progress(sys.stderr)
        self._curves: list[Curve] = []
        self._is_cancelled = False
        self._error: FlowrtError | OSError | None = None

    @property
    def status(self) -> int:
        """The exit status."""
        if self._is_cancelled:
            return CANCELLED
        if self._error is not None:
            return exit_status(self._error)
        return FAILED if any(point.failed for curve in self._curves for point in curve.points) else COMPLETED

    def measure(
        self, make_runtime: Callable[..., Runtime], backend: str, *, warm_up: int | None, is_recorded: bool
    ) -> None:
        """Measure for real, until all is measured or somebody presses Ctrl-C.

        Args:
            make_runtime: Makes a runtime with the given options.
            backend: The event loop.
            warm_up: How many executions run before each value; `None`: as many as are at once.
            is_recorded: What the nodes do is recorded before, for a simulation.

        Raises:
            ExtraMissingError: aiometer is not installed.
            StoreError: The log can't be written.
        """
        inputs = repeated(self._inputs, self._executions)

        async def run(points: list[Point]) -> None:
            with leaving_on_second_interrupt():
                if is_recorded:
                    await self._record(make_runtime)
                for setting in self._settings:
                    point = await measure(setting, inputs, make_runtime, warm_up=warm_up, told=self._told)
                    points.append(point)

        self._keep("measured", lambda points: anyio.run(run, points, backend=backend))

    async def _record(self, make_runtime: Callable[..., Runtime]) -> None:
        from flowrt.bench.recording import Recording  # noqa: PLC0415 - loaded where it is needed

        self._recording = Recording()
        await self._recording.record(self._workflow, self._inputs, make_runtime, self._told_recorded)

    def simulate(self, latencies: "Latencies", seed: int) -> None:
        """Measure in virtual time, unless it ended early for real.

        Args:
            latencies: How long nodes take.
            seed: Decides the random numbers.

        Raises:
            ExtraMissingError: aiometer is not installed.
            SimulationError: A step waited for something real.
        """
        if self._is_cancelled or self._error is not None:
            return
        from flowrt.bench.simulated import SimulatedRuns  # noqa: PLC0415 - loaded where it is needed

        recording = self._recording
        simulated = SimulatedRuns(latencies.resolve(recording), recording, seed)
        inputs = repeated(self._inputs if recording is None else recording.inputs, self._executions)

        def run(points: list[Point]) -> None:
            for setting in self._settings:
                point = simulated.measure(setting, inputs, self._told)
                points.append(point)

        self._keep("simulated", run)

    def _keep(self, source: Source, run: Callable[[list[Point]], object]) -> None:
        """Run what makes points, and keep those that it made before Ctrl-C or an error."""
        points: list[Point] = []
        idle_interrupts.hand_over()
        try:
            with self._progress:
                run(points)
        except KeyboardInterrupt:
            self._is_cancelled = True
            typer.echo(f"cancelled after {len(points)} of {len(self._settings)} values", err=True)
        except FlowrtError as error:
            if not points and not self._curves:
                raise
            self._error = error
            echo_error(f"error: {error}")
        self._curves.append(Curve(source=source, sweep=self._sweep, points=tuple(points)))

    def _told_recorded(self, done: int) -> None:
        self._progress.show_text(f"one at a time, for the simulation: {done}")

    def _told(self, setting: Setting, done: int) -> None:
        self._progress.show_text(f"{self._sweep.name}={setting.value}: {done} of {self._executions}")

    def tell(self, plot: Path | None, *, as_json: bool) -> None:
        """Draw what was measured, and print it, with the error of the plot if that can't be written."""
        idle_interrupts.come_too_late()
        curves = [curve for curve in self._curves if curve.points]
        if plot is not None and curves:
            self._draw(plot, curves)
        if as_json:
            status = "cancelled" if self._is_cancelled else "completed" if self._error is None else "failed"
            print_json(document(self._name, status, curves, self._error))
        else:
            show(self._name, curves)

    def _draw(self, plot: Path, curves: Sequence[Curve]) -> None:
        try:
            write_plot(plot, self._name, curves)
        except OSError as error:
            self._error = self._error or error
            echo_error(f"error: {error}")
        else:
            echo_error(f"drawn: {plot}")
