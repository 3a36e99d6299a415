"""One process that runs steps, one after another; it can be killed at any time."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream, Process

from flowrt.actors.process_child import LOADING, SIZE_BYTES
from flowrt.actors.transfer import Request, pack_setup
from flowrt.errors import StepCrashedError

CHILD = Path(__file__).with_name("process_child.py")
PIPE_BYTES = 1 << 16
SMALL_BYTES = 1 << 16
REAP_SECONDS = 5.0
"""How long to wait for a process that was killed: the system may need a moment, or be stuck itself."""
GONE = (OSError, anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError)


class Answer(NamedTuple):
    """What a process answered."""

    kind: bytes
    body: bytes


class StepProcess:
    """A process of its own session, so that Ctrl-C in a terminal does not reach it, and all it started ends with it.

    Args:
        process: The process, with pipes.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self._pending = _sized(pack_setup())
        assert process.stdin is not None  # noqa: S101 - it was started with pipes
        assert process.stdout is not None  # noqa: S101
        self._requests: ByteSendStream = process.stdin
        self._answers: ByteReceiveStream = process.stdout

    @classmethod
    async def start(cls, node: str) -> "StepProcess":
        """Start a process for the step of a node. A cancel leaves none behind.

        Raises:
            StepCrashedError: It can't be started.
        """
        if os.environ.get(LOADING):
            raise StepCrashedError(
                node,
                "was to run in a process while that process imports the script: put what runs workflows below "
                "`if __name__ == '__main__':`; and if that is done",
            )
        try:
            process = await anyio.open_process(
                [sys.executable, "-P", str(CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None,
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise StepCrashedError(node, f"got no process, as none can be started ({error})") from error
        return cls(process)

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self._process.returncode is None

    async def ask(self, node: str, request: Request) -> Answer:
        """Let it make a call, and return what it answers. After a cancel it can only be ended.

        Raises:
            StepCrashedError: It ended without an answer.
        """
        try:
            await self._send(request)
            head = await self._receive(1 + SIZE_BYTES)
            return Answer(head[:1], await self._receive(int.from_bytes(head[1:], "big")))
        except GONE as error:
            how = await self._how_it_ended()
            self._kill_started()
            raise StepCrashedError(node, how) from error

    async def _send(self, request: Request) -> None:
        head = self._pending + _sized(request.call) + len(request.arguments).to_bytes(SIZE_BYTES, "big")
        self._pending = b""
        if len(request.arguments) <= SMALL_BYTES:
            await self._requests.send(head + request.arguments)
        else:
            await self._requests.send(head)
            await self._requests.send(request.arguments)

    async def _receive(self, size: int) -> bytes:
        received = bytearray()
        while len(received) < size:
            received += await self._answers.receive(min(size - len(received), PIPE_BYTES))
        return bytes(received)

    async def _how_it_ended(self) -> str:
        with anyio.move_on_after(REAP_SECONDS):
            await self._process.wait()
        code = self._process.returncode
        if code is None:
            return "closed the pipe of its process"
        if code >= 0:
            return f"ended its process with exit code {code}"
        with suppress(ValueError):
            return f"lost its process, which {signal.Signals(-code).name} killed"
        return f"lost its process, which signal {-code} killed"

    def kill(self) -> None:
        """Kill it and all that it started, at once."""
        if os.name == "posix" and self.is_alive:
            self._kill_started()
        elif self.is_alive:
            with suppress(ProcessLookupError, PermissionError):
                self._process.kill()

    def _kill_started(self) -> None:
        """Kill what is in its session, also if it has just ended itself: its number is not another one's yet."""
        with suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)

    async def end(self) -> None:
        """Kill it, and wait until it is gone."""
        self.kill()
        with anyio.move_on_after(REAP_SECONDS, shield=True), suppress(*GONE):
            await self._process.aclose()


def _sized(body: bytes) -> bytes:
    return len(body).to_bytes(SIZE_BYTES, "big") + body
