"""One run of a plan on one input: its tokens, what is under way in it, and how it ends."""

from collections.abc import Callable
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any

import anyio

from flowrt.actors import ending, interrupting, supervisor, waiting
from flowrt.actors.attempts import Attempts
from flowrt.actors.executions import Lineage
from flowrt.actors.failures import Culprit
from flowrt.actors.parking import Parking
from flowrt.actors.raised import SPECIAL
from flowrt.actors.rare import Rare
from flowrt.channels.event_stream import Listener
from flowrt.errors import StalledError
from flowrt.events import ExecutionStatus, NodeStatus
from flowrt.graph.flow import Flow
from flowrt.graph.node_ends import COMPLETED
from flowrt.graph.plan import Plan, PlanNode

if TYPE_CHECKING:
    from flowrt.actors.kernel import Kernel
    from flowrt.actors.worker import Worker


class Execution:
    """The state of one execution. Every method is one step of the kernel: it never awaits."""

    __slots__ = (
        "_attempts", "_caller", "_context", "_ended", "_id", "_on_end", "_parking", "_rare", "_suspended", "culprit",
        "duration_ns", "error", "flow", "hands", "has_called", "is_ending", "is_held", "is_overseen",
        "is_paused", "is_stopped", "is_watched", "kernel", "lineage", "listeners", "output", "plan", "position",
        "reason", "started_ns", "status",
    )  # fmt: skip

    def __init__(self, kernel: "Kernel", plan: Plan, input_value: Any, parent: "Execution | None" = None) -> None:
        self.kernel = kernel
        self.plan = plan
        self._id: str | None = None
        self.flow = Flow(plan, input_value)
        self.lineage = None if parent is None else Lineage(parent.id, parent.depth + 1)
        self._caller: Context | None = copy_context()
        """What steps see of the context variables of whoever began it."""
        self._context: Context | None = None
        self.started_ns = kernel.monotonic_ns()
        self.duration_ns = 0
        self.status: ExecutionStatus = "running"
        self.is_held = False
        """Something is out of the ordinary, so that each end of a firing needs a second look."""
        self.is_ending = False
        """A node failed, or the execution was cancelled: only what rescues still starts."""
        self.is_stopped = False
        """Nothing at all starts any more."""
        self.is_paused = False
        self.output: Any = None
        self.error: Exception | None = None
        self.culprit: Culprit | None = None
        """The node that failed it, if one did."""
        self.reason: str | None = None
        self.hands = 0
        """How many workers are at work in it."""
        self.has_called = False
        """It waits in the crew's queue."""
        self._suspended: dict[PlanNode, Worker] | None = None
        self._parking: Parking | None = None
        self._attempts: Attempts | None = None
        self._rare: Rare | None = None
        self._on_end: tuple[Callable[[Execution], None], ...] = ()
        self._ended: anyio.Event | None = None
        self.listeners: tuple[Listener, ...] = ()
        """Those of this execution alone."""
        self.is_watched = kernel.is_watched
        """Somebody wants its log events: the sink, or a listener."""
        self.is_overseen = kernel.is_overseen
        """A gate decides what fires next, or a listener wants to hear of it."""
        self.position = 0
        """The place of its newest event in the sink, from 1; 0 if there is none."""

    @property
    def id(self) -> str:
        """Its id, which is made when somebody first asks for it."""
        if self._id is None:
            self._id = self.kernel.executions.name(self)
        return self._id

    @property
    def depth(self) -> int:
        """How many executions there are above it."""
        return 0 if self.lineage is None else self.lineage.depth

    @property
    def context(self) -> Context:
        """The context whose copies the steps run in; what is begun in them knows the execution as its parent."""
        if self._context is None:
            self._context = Context() if self._caller is None else self._caller.copy()
            self._context.run(self.kernel.parent.set, self)
        return self._context

    @property
    def suspended(self) -> "dict[PlanNode, Worker]":
        """The workers whose steps have suspended, by node."""
        if self._suspended is None:
            self._suspended = {}
        return self._suspended

    @property
    def parking(self) -> Parking:
        """The firings that wait, by node."""
        if self._parking is None:
            self._parking = Parking()
        return self._parking

    @property
    def attempts(self) -> Attempts:
        """What its nodes' attempts came to that failed."""
        if self._attempts is None:
            self._attempts = Attempts()
        return self._attempts

    @property
    def has_listeners(self) -> bool:
        """Somebody wants to hear of everything, not only of what the log keeps."""
        return bool(self.listeners or self.kernel.listeners)

    @property
    def rare(self) -> Rare:
        """What is needed only where something out of the ordinary happens."""
        if self._rare is None:
            self._rare = Rare()
        return self._rare

    @property
    def failures_absorbed(self) -> int:
        """How many failures it went on after."""
        return 0 if self._rare is None else self._rare.failures.absorbed

    def attempt_number(self, node: PlanNode) -> int:
        """Return the number of a node's current attempt, from 1."""
        return 1 if self._attempts is None else self._attempts.number(node)

    def is_interrupted(self, node: PlanNode) -> bool:
        """Say whether the firing of a node was interrupted and has not ended yet."""
        return self.is_held and self.rare.interruptions.find(node) is not None

    # --- a firing ends ----------------------------------------------------------------------------------------------

    def succeed(self, node: PlanNode, result: Any, started_ns: int, note: str | None = None) -> PlanNode | None:
        """Take what a step returned and deliver it; the node to go on with, if this made one ready.

        Raises:
            StepResultError: The node can't produce that.
            ExpressionError: The condition of an edge failed on it.
            BaseException: What a step raised elsewhere.
        """
        if self.is_held and interrupting.has_ended(self, node, result, started_ns):
            return None
        if type(result) in SPECIAL and waiting.begin(self, node, result, started_ns):
            return None
        flow = self.flow
        following = flow.succeed(node, result)
        flow.states[node.index] = COMPLETED
        flow.left -= 1
        if self.is_watched:
            if self.is_overseen and following is not None:  # nothing fires but what was taken
                flow.ready.appendleft(following)
                following = None
            self.kernel.journal.completed(self, node, started_ns, note)
        if flow.news:
            supervisor.act_on_news(self)
        if not flow.left:
            self.finish()
            return None
        if self.is_held:
            if following is not None and not flow.states[following.index]:
                flow.ready.appendleft(following)
            ending.sift(self)
            return None
        return following

    def tell(self, node: PlanNode, status: NodeStatus, **facts: Any) -> None:
        """Log an end of an attempt, or of a node that ended without one."""
        if self.is_watched:
            facts.setdefault("attempt", self.attempt_number(node))
            self.kernel.journal.attempt(self, node, status, **facts)

    def count_end(self, node: PlanNode, state: int) -> None:
        """Note that a node has ended, and how."""
        self.flow.states[node.index] = state
        self.flow.left -= 1

    # --- workers ----------------------------------------------------------------------------------------------------

    def end_work(self, worker: "Worker") -> None:
        """Say that a worker is at work in it no more."""
        if worker.is_lost:
            self.rejoin(worker)
        self.hands -= 1
        if self.status == "running":
            self.check_rest()

    def rejoin(self, worker: "Worker") -> bool:
        """Say that what a worker waited for has ended; whether the worker had been given up."""
        if not worker.is_lost:
            return False
        worker.is_lost = False
        self.hands += 1
        return True

    @property
    def is_waiting(self) -> bool:
        """Firings wait for something, or for the execution to be resumed."""
        return bool(self._parking) or (self._rare is not None and bool(self._rare.held))

    def call_hands(self) -> None:
        """Ask for a worker if anything is ready."""
        if self.flow.ready_count:
            self.kernel.crew.call(self)

    # --- the execution ends -----------------------------------------------------------------------------------------

    def fail(self, node: PlanNode | None, error: Exception, attempt: int = 0) -> None:
        """Let the execution fail, because of a node or of itself: what runs is interrupted, what rescues goes on."""
        if self.is_ending:
            self.rare.later_errors.append(error)
            return
        self.error = error
        self.culprit = None if node is None else Culprit(node.id, attempt)
        ending.begin(self)

    def cancel(self, reason: str, asked_by: str | None = None) -> None:
        """Cancel the execution: what runs is interrupted, what rescues goes on. Does nothing once it is ending."""
        if not self.is_ending:
            ending.cancel(self, reason, asked_by)

    def stop(self, reason: str) -> None:
        """Cancel the execution and what would rescue, also one that is ending already."""
        if self.status == "running":
            ending.stop(self, reason)

    def check_rest(self) -> None:
        """End the execution if nothing is under way in it any more."""
        is_acting = self._rare is not None and self._rare.is_acting
        if self.hands or self.status != "running" or is_acting or self.flow.ready_count:
            return
        if self.is_waiting:
            self._rest()
            return
        if not self.is_ending:
            missing = tuple(node.id for node in self.plan.nodes if not self.flow.states[node.index])
            self.error = StalledError(self.id, self.plan.name, missing)
        self.finish()

    def _rest(self) -> None:
        """Let go of what is made anew when a firing goes on: millions of executions may wait."""
        self.flow.rest()
        self._context = None
        if not self._suspended:
            self._suspended = None

    def finish(self) -> None:
        """End the execution."""
        if self.status != "running":
            return
        self.status = "failed" if self.error is not None else "cancelled" if self.is_ending else "completed"
        self.is_held = self.is_ending = True
        self.is_paused = False
        self.duration_ns = self.kernel.monotonic_ns() - self.started_ns
        if self.status == "completed":
            self.output = self.flow.result()
        if self.is_watched:
            self.kernel.journal.ended(self, self.output)
        for timer in () if self._rare is None else self._rare.timers:
            timer.cancel()
        self.kernel.executions.remove(self, self._id)
        if self._ended is not None:
            self._ended.set()
        callbacks, self._on_end = self._on_end, ()
        # its context leads back to it: without this, all it holds would wait for the garbage collector
        self._context = self._caller = None
        for callback in callbacks:
            callback(self)

    def when_ended(self, callback: Callable[["Execution"], None]) -> None:
        """Call back when the execution has ended; at once if it has."""
        if self.status == "running":
            self._on_end += (callback,)
        else:
            callback(self)

    async def wait_ended(self) -> None:
        """Wait until the execution has ended. A cancel changes nothing."""
        if self.status == "running":
            if self._ended is None:
                self._ended = anyio.Event()
            await self._ended.wait()
