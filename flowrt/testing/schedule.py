"""What happens next, decided by a seed: the one place where a simulation's order comes from."""

import math
from collections.abc import Sequence
from random import Random

import anyio
import trio
from anyio.abc import TaskGroup

from flowrt.actors.timers import Timers
from flowrt.clock import NANOSECONDS
from flowrt.testing.trio_order import next_deadline_seconds, runnable_tasks
from flowrt.testing.virtual_clock import VirtualClock

LAST_NS = 1 << 62
"""The end of virtual time, some 146 years after its beginning: beyond it 64 bits do not hold it for long."""
MAX_IN_A_ROW = 1000
"""How many things may happen before the event loop turns, so that Ctrl-C is heard."""


class Schedule(trio.abc.Instrument):
    """A completion gate: all that could go on wait here, and one at a time goes on, when every task is blocked.

    Args:
        clock: The time of the simulation.
        random: Decides who goes on.
    """

    def __init__(self, clock: VirtualClock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self.end_ns = LAST_NS
        """The time beyond which nothing happens by itself."""
        self._waiting: dict[tuple[str, str], list[anyio.Event]] = {}
        self._timers = [clock.sleepers]
        self._turn_of_loop = 0
        self._sole: tuple[trio.lowlevel.Task, int] | None = None
        """The task that was let go on alone, and in which turn of the event loop."""
        self._in_a_row = 0

    # --- for the kernel ---------------------------------------------------------------------------------------------

    async def wait_turn(self, execution_id: str, node_id: str = "") -> None:
        """Wait until `happen` chooses whoever asks. A cancel withdraws the wish."""
        if not node_id and self._is_sole() and not self._choices():
            return
        turn = anyio.Event()
        turns = self._waiting.setdefault((execution_id, node_id), [])
        turns.append(turn)
        try:
            await turn.wait()
        finally:
            if turn in turns:
                self._remove(turn, (execution_id, node_id))
        self._sole = (trio.lowlevel.current_task(), self._turn_of_loop)

    def pick(self, execution_id: str, node_ids: Sequence[str]) -> int:  # noqa: ARG002 - the gate's other users need it
        """Return the place of the node that fires next."""
        return self._choose(len(node_ids))

    def start(self, timers: Timers, group: TaskGroup) -> None:  # noqa: ARG002 - the gate's other users need it
        """Let the timers of a kernel act in virtual time, too."""
        self._timers.append(timers)

    def go_on(self) -> bool:
        """Let what is next happen without waking the driver, if the current task is surely the only one that runs."""
        if not self._is_sole() or self._waiting or self._in_a_row >= MAX_IN_A_ROW:
            return False
        self._in_a_row += 1
        due_ns = self._next_timer_ns()
        if due_ns is None or due_ns > self.end_ns or due_ns / NANOSECONDS >= next_deadline_seconds():
            return False
        self._clock.now_ns = max(due_ns, self._clock.now_ns)
        self._act(self._due_timers())
        return True

    # --- for trio ---------------------------------------------------------------------------------------------------

    def after_io_wait(self, timeout: float) -> None:  # noqa: ARG002 - trio's
        """Count the turns of the event loop."""
        self._turn_of_loop += 1

    # --- for the simulation's driver, when every task is blocked ----------------------------------------------------

    def happen(self) -> bool:
        """Let one of the things that could happen now happen; say whether there was one."""
        self._in_a_row = 0
        choices = self._choices()
        if not choices:
            return False
        chosen = choices[self._choose(len(choices))]
        if isinstance(chosen, Timers):
            self._act([chosen])
        else:
            turn = self._waiting[chosen][0]
            self._remove(turn, chosen)
            turn.set()
        return True

    def next_ns(self) -> int | None:
        """Return the next instant at which something is due; `None` if there is none."""
        times = [] if (timer_ns := self._next_timer_ns()) is None else [timer_ns]
        deadline = next_deadline_seconds()
        if math.isfinite(deadline):
            # rounded up, so that the deadline has passed then; at least 1 ns, so that time goes on
            due_ns = math.ceil(min(deadline, 2 * LAST_NS / NANOSECONDS) * NANOSECONDS)
            times.append(max(due_ns, self._clock.now_ns + 1))
        return min(times, default=None)

    def _choices(self) -> list[tuple[str, str] | Timers]:
        """Return all that could happen now, in an order that does not depend on who came first."""
        waiting: list[tuple[str, str]] = sorted(self._waiting)
        return [*waiting, *self._due_timers()]

    def _due_timers(self) -> list[Timers]:
        now_ns = self._clock.now_ns
        return [timers for timers in self._timers if (due := timers.next_ns()) is not None and due <= now_ns]

    def _next_timer_ns(self) -> int | None:
        times = (timers.next_ns() for timers in self._timers)
        return min((due for due in times if due is not None), default=None)

    def _act(self, due: list[Timers]) -> None:
        due[self._choose(len(due))].act_next(self._choose)

    def _choose(self, count: int) -> int:
        return self._random.randrange(count) if count > 1 else 0

    def _is_sole(self) -> bool:
        """Say whether the current task is surely the only one that can run now: it was let go on in this very turn."""
        return self._sole == (trio.lowlevel.current_task(), self._turn_of_loop) and not runnable_tasks()

    def _remove(self, turn: anyio.Event, key: tuple[str, str]) -> None:
        turns = self._waiting[key]
        turns.remove(turn)
        if not turns:
            del self._waiting[key]
