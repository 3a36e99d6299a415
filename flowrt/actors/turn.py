"""The time that a runtime's workers may use in one turn of the event loop."""

from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

import anyio.lowlevel

from flowrt.clock import NEVER_NS
from flowrt.typing import CompletionGate

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution

BUDGET_NS = 5_000_000
"""What the workers may use together in one turn."""
LEAST_SHARE_NS = BUDGET_NS // 20
MOST_ASKING = 100
"""So many workers may wait for the same turn."""
LONG_NS = BUDGET_NS // 10
"""After a firing that took so long, others get two turns of the event loop."""
WaitSpace: TypeAlias = Callable[[], Awaitable[None]]
Checkpoint: TypeAlias = Callable[[], Awaitable[None]]


class Place:
    """The place of a worker in the line for turns."""

    __slots__ = ("called", "noted")

    def __init__(self) -> None:
        self.called = anyio.Event()
        self.noted = 0
        """In which turn it was called: it goes on when the loop has turned."""


class Turn:
    """A budget that belongs to the loop's turn, not to a worker, so that a thousand workers don't add theirs up.

    A worker that yields notes the turn's number. If the number is still the same when the worker goes on, the loop has
    turned since and nobody has said so yet: a new turn begins. If it is another one, somebody else began a new turn
    after this worker yielded, and what is left of that one's budget is shared. No clock or callback of the event loop
    is asked. The budget is carried from one `run` to the next.

    Only the time that workers use is taken off a budget, not what other tasks do meanwhile. A task that begins a run
    gets a small share at once, if the turn has one left, and another one only once it has waited.

    Workers that wait for a turn get equal shares of its budget, and who got nothing of one goes first in the next: the
    loop resumes them in an order of its own. More than a few stand in line until they are called: if all asked in every
    turn, asking would cost more than the shares.

    Args:
        now_ns: A clock that never goes back.
        checkpoint: Lets the loop turn.
        wait_space: Waits until the log has space.
    """

    __slots__ = (
        "_asking", "_checkpoint", "_commands", "_has_served", "_holder", "_hungry", "_line", "_share_ns",
        "_turn_ends_ns", "_wait_space", "ends_ns", "had_long_firing", "now_ns", "number", "seen_ns", "waiting",
    )  # fmt: skip

    def __init__(
        self,
        now_ns: Callable[[], int],
        checkpoint: Checkpoint = anyio.lowlevel.checkpoint,
        wait_space: WaitSpace | None = None,
    ) -> None:
        self.now_ns = now_ns
        self._checkpoint = checkpoint
        self._wait_space = wait_space
        self._commands: deque[Callable[[], None]] = deque()
        self.number = 0
        self._turn_ends_ns = BUDGET_NS
        """When the budget is used up if the workers use all time from `seen_ns` on."""
        self._share_ns = BUDGET_NS
        self.ends_ns = 0
        """When the share of the worker that goes on now is used up."""
        self._holder: int | None = None
        """The id of the task that had a share last, if it is known: its next run goes on with what is left of that."""
        self.had_long_firing = False
        """A firing of at least `LONG_NS` has ended this turn."""
        self._has_served = False
        """A worker that waited has got a share of this turn."""
        self._asking = 0
        """How many workers wait for the next turn."""
        self._hungry = 0
        """How many of them have got nothing of a turn already."""
        self._line: deque[Place] = deque()
        """Those who wait until they may."""
        self.seen_ns = 0
        """When a worker last took the event loop, or gave it back."""
        self.waiting: Counter[Execution] = Counter()
        """By execution: how many of its workers wait for the next turn, hands that need not be called for it."""

    def expire(self) -> None:
        """Let the next firing checkpoint first."""
        self.ends_ns = 0

    def do_next(self, command: Callable[[], None]) -> None:
        """Let something be done before the next firing."""
        self._commands.append(command)
        self.expire()

    def do_waiting(self) -> None:
        """Do what was to be done before the next firing."""
        while self._commands:
            self._commands.popleft()()

    def resumed(self, noted: int) -> int:
        """Say that a worker goes on that yielded in the turn of that number; the time when it does."""
        now_ns = self._go_on(noted)
        self._take_share(now_ns, self._share_ns, None)
        return now_ns

    def _go_on(self, noted: int) -> int:
        """Begin a new turn, if the loop has turned since a worker yielded in the turn of that number; the time."""
        now_ns = self.now_ns()
        self._take(now_ns)
        if noted == self.number:
            self._begin(now_ns)
        return now_ns

    def begin_run(self, task: object, now_ns: int) -> None:
        """Say that a task begins a run, now."""
        if id(task) != self._holder:
            self._take(now_ns)
            self._take_share(now_ns, LEAST_SHARE_NS, id(task))

    def _take(self, now_ns: int) -> None:
        """Take no time off the budget since a worker gave the loop back."""
        self._turn_ends_ns += now_ns - self.seen_ns
        self.seen_ns = now_ns

    def _begin(self, now_ns: int) -> None:
        self.number += 1
        self.had_long_firing = self._has_served = False
        self._turn_ends_ns = now_ns + BUDGET_NS
        self._share_ns = max(BUDGET_NS // (self._asking or 1), LEAST_SHARE_NS)

    def _take_share(self, now_ns: int, share_ns: int, holder: int | None) -> None:
        self._holder = holder
        ends_ns = 0 if self._commands else now_ns + share_ns
        self.ends_ns = min(ends_ns, self._turn_ends_ns)

    async def wait_next(self, execution: "Execution", task: object) -> None:
        """Wait until the log has space again, and for a share of a turn. A cancel changes nothing."""
        self.waiting[execution] += 1
        try:
            noted = await self._wait_in_line()
            try:
                await self._wait_share(noted, task)
            finally:
                self._call_next()
        finally:
            self.waiting[execution] -= 1
            if not self.waiting[execution]:
                del self.waiting[execution]

    async def _wait_in_line(self) -> int | None:
        """Wait until so few ask that this worker may, too; the turn in which it was called, if it had to wait."""
        if self._asking < MOST_ASKING:
            self._asking += 1
            return None
        place = Place()
        self._line.append(place)
        try:
            await place.called.wait()
        except BaseException:
            if place.called.is_set():
                self._call_next()
            else:
                self._line.remove(place)
            raise
        return place.noted

    def _call_next(self) -> None:
        """Let another worker ask instead of this one."""
        if self._line:
            place = self._line.popleft()
            place.noted = self.number
            place.called.set()
        else:
            self._asking -= 1

    async def _wait_share(self, called_in: int | None, task: object) -> None:
        if self._wait_space is not None:
            await self._wait_space()
        noted = await self._yield() if called_in is None else called_in
        is_hungry = False
        try:
            while not self._is_served(noted, task, is_hungry=is_hungry):
                if not (is_hungry or self._hungry):
                    is_hungry = True
                    self._hungry += 1
                noted = await self._yield()
        finally:
            self._hungry -= is_hungry

    def _is_served(self, noted: int, task: object, *, is_hungry: bool) -> bool:
        """Give a share to a worker that yielded in the turn of that number, if it is its time; say whether it is."""
        if self._hungry and not is_hungry:
            return False
        now_ns = self._go_on(noted)
        if not self._has_served:  # steps that went on may have used it up
            self._turn_ends_ns = max(self._turn_ends_ns, now_ns + self._share_ns)
        if self._turn_ends_ns - now_ns < LEAST_SHARE_NS // 2:  # for less than that it would lose its place in the line
            return False
        self._has_served = True
        self._take_share(now_ns, self._share_ns, id(task))
        return True

    async def wait_out_of_line(self) -> None:
        """Let the loop turn, and take a share of that turn: for the timers, which never wait for the log."""
        now_ns = self._go_on(await self._yield())
        self._turn_ends_ns = max(self._turn_ends_ns, now_ns + self._share_ns)
        self._take_share(now_ns, self._share_ns, None)

    async def wait_if_over(self) -> None:
        """Let the loop turn if this turn's budget is used up: for what takes time beside firings."""
        if self.now_ns() >= self.ends_ns:
            self.resumed(await self._yield())

    async def _yield(self) -> int:
        """Let the loop turn; the number of the turn before."""
        self.do_waiting()
        noted, self.seen_ns = self.number, self.now_ns()
        await self._checkpoint()
        if self.had_long_firing and noted == self.number:  # only now the loop knows who else is ready
            await self._checkpoint()
        return noted


class GatedTurn(Turn):
    """A turn of one firing, which a gate grants: it has expired unless it was just granted."""

    __slots__ = ("_gate",)

    def __init__(self, gate: CompletionGate, wait_space: WaitSpace | None = None) -> None:
        super().__init__(lambda: 0, wait_space=wait_space)
        self._gate = gate

    def resumed(self, noted: int) -> int:  # noqa: ARG002 - a turn that is not gated knows its number
        """Change nothing: what resumes asks the gate."""
        return 0

    def begin_run(self, task: object, now_ns: int) -> None:
        """Change nothing, too."""

    async def wait_next(self, execution: "Execution", task: object) -> None:  # noqa: ARG002 - the gate knows no tasks
        """Wait until an execution may fire the next node, and until the log has space again."""
        self.do_waiting()
        await self._gate.wait_turn(execution.id)
        self.ends_ns = NEVER_NS
        if self._wait_space is not None:
            await self._wait_space()

    async def wait_out_of_line(self) -> None:
        """Go on: what is no firing asks no gate."""

    async def wait_if_over(self) -> None:
        """Go on, too."""
