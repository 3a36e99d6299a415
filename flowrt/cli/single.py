"""One execution, from the command line."""

import time
from pathlib import Path
from typing import Any

import anyio
import msgspec
import typer

from flowrt.cli import idle_interrupts
from flowrt.cli.ending import CANCELLED, COMPLETED, FAILED, describe, echo_error, print_json
from flowrt.cli.inputs import standard_input
from flowrt.cli.interrupts import GRACE_SECONDS, leaving_on_second_interrupt
from flowrt.definition import LoadedDefinition
from flowrt.errors import ExecutionCancelledError, ExecutionFailedError, FlowrtError, InputError, StalledError
from flowrt.events import ExecutionStatus
from flowrt.handle import ExecutionHandle
from flowrt.runtime import Runtime


def read_input(text: str | None, workflow: str) -> dict[str, Any]:
    """Return the input that was given as JSON, as `@file`, or as `-` for standard input.

    Raises:
        InputError: It can't be read, or is no JSON object.
    """
    try:
        if text == "-":
            return _decode(standard_input(workflow).read())
        if text is not None and text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8-sig")
        return {} if text is None else _decode(text)
    except (OSError, UnicodeError) as error:
        raise InputError(workflow, f"it can't be read: {error}") from None
    except (msgspec.DecodeError, RecursionError) as error:  # ValidationError, for what is no object, is a DecodeError
        raise InputError(workflow, f"it is no JSON object: {error}") from None


def _decode(text: str | bytes) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])


class Single:
    """Runs a workflow once and tells how it ended."""

    def __init__(self, workflow: LoadedDefinition, given: dict[str, Any]) -> None:
        self._workflow = workflow
        self._given = given
        self._handle: ExecutionHandle[Any] | None = None
        self._output: Any = None
        self._error: FlowrtError | None = None
        self._status: ExecutionStatus = "cancelled"

    def run(self, runtime: Runtime, backend: str, *, as_json: bool) -> int:
        """Run, print how it ended, and return the exit status."""
        started = time.perf_counter()
        idle_interrupts.hand_over()
        try:
            anyio.run(self._run, runtime, backend=backend)
        except KeyboardInterrupt:
            typer.echo(self._status, err=True)
        idle_interrupts.come_too_late()
        status = self._status
        if as_json:
            print_json(
                {
                    "execution_id": None if self._handle is None else self._handle.execution_id,
                    "workflow": self._workflow.definition.name,
                    "status": status,
                    "output": self._output,
                    "error": None if self._error is None else describe(self._error),
                    "duration_seconds": round(time.perf_counter() - started, 6),
                }
            )
        elif status == "completed":
            print_json(self._output)
        return {"completed": COMPLETED, "cancelled": CANCELLED}.get(status, FAILED)

    async def _run(self, runtime: Runtime) -> None:
        with leaving_on_second_interrupt():
            async with runtime:
                self._handle = handle = await runtime.start(self._workflow, self._given)
                try:
                    await self._collect(handle)
                except (KeyboardInterrupt, anyio.get_cancelled_exc_class()):
                    handle.cancel("interrupted")
                    with anyio.move_on_after(GRACE_SECONDS, shield=True):  # it may have ended before it heard of it
                        await self._collect(handle)
                    raise

    async def _collect(self, handle: ExecutionHandle[Any]) -> None:
        try:
            self._output = await handle.result()
        except (ExecutionFailedError, ExecutionCancelledError, StalledError) as error:
            self._error = error
            echo_error(f"error: {error}")
        self._status = handle.status
