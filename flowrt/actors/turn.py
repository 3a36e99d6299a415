"""The time that a runtime's workers may use in one turn of the event loop."""

from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

import anyio.lowlevel

from flowrt.typing import CompletionGate

if TYPE_CHECKING:
    from flowrt.actors.execution import Execution

BUDGET_NS = 5_000_000
"""What the workers may use together in one turn."""
LONG_NS = BUDGET_NS // 10
"""A firing that takes so long is the one that used it up."""
WaitSpace: TypeAlias = Callable[[], Awaitable[None]]
FOR_EVER_NS = 1 << 62


class Turn:
    """A budget that belongs to the loop's turn, not to a worker, so that a thousand workers don't add theirs up.

    A worker that yields notes the turn's number. If the number is still the same when the worker goes on, the loop has
    turned since and nobody has said so yet: a new turn begins. If it is another one, somebody else began a new turn
    after this worker yielded, and what is left of that one's budget is shared. No clock or callback of the event loop
    is asked. The budget is carried from one `run` to the next.

    Args:
        now_ns: A clock that never goes back.
        wait_space: Waits until the log has space.
    """

    __slots__ = ("_commands", "_wait_space", "ends_ns", "is_used_up", "now_ns", "number", "seen_ns", "waiting")

    def __init__(self, now_ns: Callable[[], int], wait_space: WaitSpace | None = None) -> None:
        self.now_ns = now_ns
        self._wait_space = wait_space
        self._commands: deque[Callable[[], None]] = deque()
        self.number = 0
        self.ends_ns = 0
        self.is_used_up = False
        """A firing of this turn has overrun its budget."""
        self.seen_ns = 0
        """When a suspended step last gave the event loop back."""
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
        now_ns = self.now_ns()
        if noted == self.number:
            self.number += 1
            self.is_used_up = False
            self.ends_ns = 0 if self._commands else now_ns + BUDGET_NS
        return now_ns

    async def wait_next(self, execution: "Execution") -> None:
        """Let the loop turn, and wait until the log has space again. A cancel changes nothing."""
        self.waiting[execution] += 1
        try:
            await self._wait_next()
        finally:
            self.waiting[execution] -= 1
            if not self.waiting[execution]:
                del self.waiting[execution]
        if self._wait_space is not None:
            await self._wait_space()

    async def wait_if_over(self) -> None:
        """Let the loop turn if this turn's budget is used up: for what takes time beside firings."""
        if self.now_ns() >= self.ends_ns:
            await self._wait_next()

    async def _wait_next(self) -> None:
        self.do_waiting()
        noted = self.number
        await anyio.lowlevel.checkpoint()
        if self.is_used_up and noted == self.number:  # the loop has only now looked who else is ready: they come first
            await anyio.lowlevel.checkpoint()
        self.resumed(noted)


class GatedTurn(Turn):
    """A turn of one firing, which a gate grants: it has expired unless it was just granted."""

    __slots__ = ("_gate",)

    def __init__(self, gate: CompletionGate, wait_space: WaitSpace | None = None) -> None:
        super().__init__(lambda: 0, wait_space)
        self._gate = gate

    def resumed(self, noted: int) -> int:  # noqa: ARG002 - a turn that is not gated knows its number
        """Change nothing: what resumes asks the gate."""
        return 0

    async def wait_next(self, execution: "Execution") -> None:
        """Wait until an execution may fire the next node, and until the log has space again."""
        self.do_waiting()
        await self._gate.wait_turn(execution.id)
        self.ends_ns = FOR_EVER_NS
        if self._wait_space is not None:
            await self._wait_space()

    async def wait_if_over(self) -> None:
        """Go on: what is no firing asks no gate."""
