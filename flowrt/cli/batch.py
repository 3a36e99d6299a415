"""One workflow over a file of inputs, from the command line."""

import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack, aclosing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import anyio
import typer

from flowrt.cli import idle_interrupts
from flowrt.cli.ending import (
    CANCELLED,
    COMPLETED,
    FAILED,
    describe,
    echo,
    echo_error,
    encode,
    exit_status,
    naming,
    print_json,
)
from flowrt.cli.inputs import decode_line, open_inputs, text_of_line
from flowrt.cli.interrupts import GRACE_SECONDS, leaving_on_second_interrupt
from flowrt.cli.lines import read_lines
from flowrt.cli.progress import Progress
from flowrt.definition import LoadedDefinition
from flowrt.errors import InputError, StoreError
from flowrt.mapping import ExecutionResult, ExecutionResults
from flowrt.runtime import Runtime


class Batch:
    """Runs a workflow once for each line of a file, in constant memory."""

    def __init__(
        self,
        workflow: LoadedDefinition,
        inputs: Path,
        results: Path | None,
        *,
        max_at_once: int,
        max_per_second: float | None,
    ) -> None:
        self._workflow = workflow
        self._name = workflow.definition.name
        self._inputs = inputs
        self._results = results
        self._max_at_once = max_at_once
        self._max_per_second = max_per_second
        self._counts: Counter[str] = Counter()
        self._bad_lines: dict[int, InputError] = {}
        self._complaints = 0
        self._error: StoreError | OSError | None = None

    def run(self, runtime: Runtime, backend: str, *, as_json: bool) -> int:
        """Run all, print a summary, and return the exit status.

        Raises:
            InputError: The file of inputs can't be opened; nothing ran.
            BadParameter: The file of results can't be written; nothing ran.
            StoreError: The log can't be written; no execution had ended.
            OSError: The inputs can't be read, or the results not be written; no execution had ended.
        """
        started = time.perf_counter()
        is_cancelled = False
        idle_interrupts.hand_over()
        with open_inputs(self._inputs, self._name) as lines:
            try:
                anyio.run(self._run, runtime, lines, backend=backend)
            except KeyboardInterrupt:
                is_cancelled = True
                typer.echo("cancelled", err=True)
            except (StoreError, OSError) as error:
                if not self._counts or isinstance(error, BrokenPipeError):
                    raise
                self._error = error
                echo_error(f"error: {error}")
        idle_interrupts.come_too_late()
        self._summarise(time.perf_counter() - started, as_json=as_json)
        if self._error is not None:
            return exit_status(self._error)
        return CANCELLED if is_cancelled else COMPLETED if self._counts.keys() <= {"completed"} else FAILED

    async def _run(self, runtime: Runtime, lines: BinaryIO) -> None:
        with leaving_on_second_interrupt(), Progress(sys.stderr) as progress, ExitStack() as files:
            async with runtime:
                # only now: a database that can't be used leaves an earlier file of results alone
                out = files.enter_context(_open_results(self._results)) if self._results else None
                results = runtime.map(
                    self._workflow,
                    self._read(lines),
                    max_at_once=self._max_at_once,
                    max_per_second=self._max_per_second,
                )
                try:
                    await self._collect(results, out, progress)
                except OSError as error:
                    results.cancel(f"files can't be read or written any more: {error}")
                    raise
                except (KeyboardInterrupt, anyio.get_cancelled_exc_class()):
                    results.cancel("interrupted")
                    with anyio.move_on_after(GRACE_SECONDS, shield=True):  # what it cancels has results, too
                        await self._collect(results, out, progress)
                    raise

    async def _collect(self, results: ExecutionResults, out: TextIO | None, progress: Progress) -> None:
        async for result in results:
            if isinstance(result.error, StoreError):
                raise result.error
            self._counts[result.status] += 1
            progress.show(self._counts)
            self._tell(result, out, progress)

    async def _read(self, file: BinaryIO) -> AsyncGenerator[Any, None]:
        index = number = 0
        with naming(f"--inputs {self._inputs}"):
            async with aclosing(read_lines(file)) as chunks:
                async for lines in chunks:
                    for line in lines:
                        number += 1
                        if text := text_of_line(line, number):
                            yield self._decode(text, number, index)
                            index += 1

    def _decode(self, text: bytes, number: int, index: int) -> Any:
        try:
            return decode_line(text, number, self._name)
        except InputError as error:
            self._bad_lines[index] = error
            return []  # which no workflow takes

    def _tell(self, result: ExecutionResult, out: TextIO | None, progress: Progress) -> None:
        error = self._bad_lines.pop(result.index, None) or result.error
        if error is not None and self._complaints < 10:  # noqa: PLR2004 - the others are in the results and the log
            self._complaints += 1
            progress.clear()
            echo_error(f"input {result.index}: {error}")
        if out is not None:
            document = {
                "index": result.index,
                "execution_id": result.execution_id,
                "status": result.status,
                "output": result.output,
                "error": None if error is None else describe(error),
            }
            with naming(f"--results {self._results}"):
                out.write(encode(document).decode() + "\n")

    def _summarise(self, seconds: float, *, as_json: bool) -> None:
        counts = {status: self._counts[status] for status in ("completed", "failed", "cancelled")}
        total = sum(counts.values())
        if as_json:
            document = {"workflow": self._name, "total": total, **counts, "duration_seconds": round(seconds, 6)}
            print_json(document if self._error is None else {**document, "error": describe(self._error)})
        else:
            parts = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
            echo(f"{self._name}: {total} executions in {seconds:.1f} s: {parts or 'none'}")


@contextmanager
def _open_results(path: Path) -> Generator[TextIO, None, None]:
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"it can't be written: {error}", param_hint="--results") from None
    with naming(f"--results {path}"), file:
        yield file
