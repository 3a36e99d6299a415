"""W8: executions that wait for a retry, all at once: what each of them holds in memory, and how long all take to end.

`python -m benchmarks.waiting BACKEND COUNT` measures in this process and prints JSON; `measure` starts that.
"""

import gc
import sys
import time
from typing import Any

import anyio
import anyio.lowlevel
import msgspec

from benchmarks.alone import resident_bytes, run_alone
from benchmarks.backends import Backend, run_on
from benchmarks.goals import WAITING_GOAL_BYTES
from benchmarks.measure import WrongResultError
from benchmarks.results import Judged, Kind, as_table, verdict
from flowrt import ExecutionHandle, Retry, Runtime, step, workflow
from flowrt.clock import NANOSECONDS

EXECUTIONS: dict[Backend, int] = {"asyncio": 1_000_000, "trio": 100_000}
"""How many on each backend: what one holds does not depend on how many there are."""
DELAY_SECONDS = 86_400.0


class Waiting(Judged, frozen=True, kw_only=True):
    """What executions cost that wait for a retry; times are per execution."""

    backend: str
    executions: int
    bytes_each: float
    """By how much the resident memory grew, with the handles that the caller keeps, and without the payload: the empty
    dict that is the input; what the nodes return are small numbers."""
    start_microseconds: float
    """From `start` until it waits."""
    end_microseconds: float
    """From the end of the delay until the caller has the result."""

    @property
    def subject(self) -> str:
        """What was measured, in words."""
        return f"W8 {self.executions:,} waiting executions, {self.backend}"

    @property
    def figure(self) -> float:
        """The bytes."""
        return self.bytes_each


class SkippingClock:
    """The machine's clock, which skips a long time at once."""

    time_ns = staticmethod(time.time_ns)

    def __init__(self) -> None:
        self._skipped_ns = 0
        self._skips = anyio.Event()

    def monotonic_ns(self) -> int:
        """Return the machine's time and what was skipped."""
        return time.monotonic_ns() + self._skipped_ns

    async def sleep_until(self, monotonic_ns: int) -> None:
        """Wait until that time, or until it is skipped."""
        with anyio.move_on_after(max(0, monotonic_ns - self.monotonic_ns()) / NANOSECONDS):
            await self._skips.wait()

    def skip(self, seconds: float) -> None:
        """Let that time pass at once."""
        self._skipped_ns += round(seconds * NANOSECONDS)
        self._skips.set()
        self._skips = anyio.Event()


class ClosedError(Exception):
    """The service that the second node needs is closed."""


class Service:
    """What the second node needs: closed at first."""

    def __init__(self) -> None:
        self.is_open = False
        self.calls = 0

    def call(self, value: int) -> int:
        """Return the next number.

        Raises:
            ClosedError: It is closed.
        """
        self.calls += 1
        if not self.is_open:
            raise ClosedError
        return value + 1


def _workflow(service: Service) -> Any:
    @step
    def first() -> int:
        return 1

    @step(retry=Retry(max_attempts=2, delay_seconds=DELAY_SECONDS, jitter=0))
    def second(value: int) -> int:
        return service.call(value)

    @step
    def third(value: int) -> int:
        return value + 1

    @workflow(name="waiting")
    def recorded() -> int:
        return third(second(first()))

    return recorded


def measure(most: int = max(EXECUTIONS.values())) -> list[Waiting]:
    """Measure on each backend, in a process of its own, with `most` executions at most.

    Raises:
        FailedAloneError: A result was wrong, or there was not enough memory.
    """
    return [
        msgspec.json.decode(run_alone("benchmarks.waiting", backend, min(most, count)), type=Waiting)
        for backend, count in EXECUTIONS.items()
    ]


async def measure_here(backend: str, executions: int) -> Waiting:
    """Measure in this process.

    Raises:
        WrongResultError: A result was wrong.
    """
    clock, service = SkippingClock(), Service()
    waits = _workflow(service)
    async with Runtime(clock=clock, watchdog_seconds=None) as runtime:  # collecting garbage holds the loop, too
        await _park(runtime, waits, service, 1)  # compiles the workflow and wakes the timers' task
        service.calls = 0
        gc.collect()
        before, started = resident_bytes(), time.perf_counter()
        handles = await _park(runtime, waits, service, executions)
        parked, grown = time.perf_counter(), resident_bytes() - before
        service.is_open = True
        clock.skip(DELAY_SECONDS)
        for handle in handles:
            if (result := await handle.result()) != 3:  # noqa: PLR2004 - one for each node
                raise WrongResultError(f"an execution returned {result}, not 3")
        ended = time.perf_counter()
    return Waiting(
        backend=backend,
        executions=executions,
        bytes_each=max(grown / executions - sys.getsizeof({}), 0.0),
        goal=WAITING_GOAL_BYTES,
        start_microseconds=(parked - started) / executions * 1e6,
        end_microseconds=(ended - parked) / executions * 1e6,
    )


async def _park(runtime: Runtime, waits: Any, service: Service, count: int) -> list[ExecutionHandle[Any]]:
    handles = [await runtime.start(waits) for _ in range(count)]
    while service.calls < count:
        await anyio.lowlevel.checkpoint()
    return handles


def markdown(found: list[Waiting]) -> str:
    """Return the measurements as a table."""
    headings = ["W8", "backend", "bytes each", "µs to start each", "µs to end each", "goal", "verdict"]
    lines = [
        (
            f"{waiting.executions:,} waiting executions",
            waiting.backend,
            f"{waiting.bytes_each:,.0f}",
            f"{waiting.start_microseconds:.1f}",
            f"{waiting.end_microseconds:.1f}",
            f"≤ {waiting.goal:,.0f} bytes",
            verdict(waiting),
        )
        for waiting in found
    ]
    return as_table(headings, lines)


KIND = Kind(
    "waiting",
    {"W8": "executions that wait for a retry, all at once"},
    lambda _name, _repetitions: measure(),
    markdown,
)

if __name__ == "__main__":
    on, count = sys.argv[1:]
    print(msgspec.json.encode(run_on(on, measure_here, on, int(count))).decode())  # type: ignore[arg-type]
