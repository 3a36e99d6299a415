"""An asyncio service that answers pings while it runs executions: one process, `python -m benchmarks.service LOAD`.

It prints the port that it listens on, works until its only client hangs up, and prints what it did as JSON.
"""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import msgspec

from benchmarks.graphs import Graph, chain
from benchmarks.measure import WrongResultError
from benchmarks.nodes import BUSY, DEF, Nodes
from benchmarks.programs import expected_result
from benchmarks.workflows import python_workflow
from flowrt import Runtime, SqlStore
from flowrt.bench.measurement import nearest_rank

Run: TypeAlias = Callable[[], Awaitable[Any]]


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What a service has to do beside answering pings: nothing, if both are 0."""

    per_second: int = 0
    """So many executions of three nodes are due each second, evenly spaced, whatever became of those before."""
    callers: int = 0
    """So many callers run one workflow after another of 50 `def` nodes that take 1 ms each."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a service did; the milliseconds of an execution begin when it was due."""

    executions: int = 0
    seconds: float = 0
    p50_milliseconds: float = 0
    p99_milliseconds: float = 0


class Echo(asyncio.Protocol):
    """Sends back what comes."""

    def __init__(self, gone: asyncio.Event) -> None:
        self._gone = gone
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the client was satisfied, or says so
        self._gone.set()


class Executions:
    """Runs one workflow again and again, and notes how long each execution took from when it was due."""

    def __init__(self, runtime: Runtime, graph: Graph, nodes: Nodes) -> None:
        self._runtime = runtime
        self._workflow = python_workflow(graph, nodes)
        self._expected = expected_result(graph)
        self.latencies: list[float] = []

    async def run(self, due: float) -> None:
        """Run one.

        Raises:
            WrongResultError: Its result was wrong.
        """
        result = await self._runtime.run(self._workflow, {})
        self.latencies.append(time.perf_counter() - due)
        if result != self._expected:
            raise WrongResultError(f"an execution returned {result}, not {self._expected}")

    async def offer(self, per_second: int, gone: asyncio.Event) -> None:
        """Start executions when they are due, each as a task of its own, until the client has gone."""
        began, count = time.perf_counter(), 0
        async with asyncio.TaskGroup() as tasks:
            while not gone.is_set():
                now = time.perf_counter()
                while (due := began + count / per_second) <= now:
                    tasks.create_task(self.run(due))
                    count += 1
                await asyncio.sleep(due - now)

    async def call(self, gone: asyncio.Event) -> None:
        """Run one after another until the client has gone."""
        while not gone.is_set():
            await self.run(time.perf_counter())


async def serve(load: Load, tell_port: Callable[[int], None]) -> Done:
    """Answer pings, under a load, until the client hangs up.

    Raises:
        WrongResultError: A result or the log was wrong.
    """
    gone = asyncio.Event()
    server = await asyncio.get_running_loop().create_server(lambda: Echo(gone), "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    async with server:
        if load == Load():
            tell_port(port)
            await gone.wait()
            return Done()
        with TemporaryDirectory(prefix="flowrt-benchmark-") as folder:
            path = Path(folder) / "log.db"
            async with Runtime(store=SqlStore(path)) as runtime:
                executions = Executions(runtime, *((chain(50), BUSY) if load.callers else (chain(3), DEF)))
                await executions.run(time.perf_counter())  # warms up
                began = time.perf_counter()
                tell_port(port)
                await _bear(load, executions, gone)
                seconds = time.perf_counter() - began
            _verify_log(path, len(executions.latencies))
        return _done(executions.latencies[1:], seconds)


async def _bear(load: Load, executions: Executions, gone: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as tasks:
        if load.per_second:
            tasks.create_task(executions.offer(load.per_second, gone))
        for _ in range(load.callers):
            tasks.create_task(executions.call(gone))


def _verify_log(path: Path, expected: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (logged,) = connection.execute("SELECT count(*) FROM executions WHERE status = 'completed'").fetchone()
    if logged != expected:
        raise WrongResultError(f"the log has {logged} completed executions, not {expected}")


def _done(latencies: list[float], seconds: float) -> Done:
    latencies.sort()
    return Done(
        executions=len(latencies),
        seconds=seconds,
        p50_milliseconds=nearest_rank(latencies, 50) * 1e3,
        p99_milliseconds=nearest_rank(latencies, 99) * 1e3,
    )


if __name__ == "__main__":
    wanted = msgspec.json.decode(sys.argv[1], type=Load)
    done = asyncio.run(serve(wanted, lambda port: print(port, flush=True)))
    print(msgspec.json.encode(done).decode(), flush=True)
