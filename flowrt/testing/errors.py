"""Errors of the test kit.

    FlowrtError
    └── SimulationError              a simulation can't go on, or can't be trusted
        ├── RealWaitError            a step waited for something real, or read the real clock
        ├── InputMutatedError        a step changed what it was given
        ├── SimulationStuckError     something waits for what never comes
        ├── SimulationSpinError      something goes on and on while virtual time stands still
        ├── SimulationTooLongError   something waits beyond the end of virtual time
        ├── DurationDrawnError       a distribution drew what can't be a duration
        └── TaskLeftError            a step left a task behind

Each keeps its facts in attributes, and survives pickling.
"""

from flowrt.errors import FlowrtError


class SimulationError(FlowrtError):
    """A simulation can't go on, or can't be trusted."""


class RealWaitError(SimulationError):
    """A step waited for something real, or read the real clock, while virtual time stood still.

    Attributes:
        node: The id of the node.
        what: What it did, such as `time.sleep()` or `a thread`.
        where: The file and line, where they are known.
    """

    def __init__(self, node: str, what: str, where: str | None = None) -> None:
        self.node = node
        self.what = what
        self.where = where
        who = f"node {node!r}" if node else "the code around the runtime"
        place = f", at {where}" if where else ""
        super().__init__(
            f"{who} used {what} in a simulation{place}: virtual time stands still meanwhile, and the run can't be "
            "repeated; wait with anyio.sleep, take the time from anyio.current_time, or put a stand-in for the step"
        )

    def __reduce__(self) -> tuple[type["RealWaitError"], tuple[str, str, str | None]]:
        return type(self), (self.node, self.what, self.where)


class SimulationStuckError(SimulationError):
    """Nothing can happen any more, but something still waits.

    Attributes:
        nodes: The ids of the nodes that are suspended in steps.
        now_seconds: The virtual time at which nothing can happen any more.
    """

    def __init__(self, nodes: tuple[str, ...], now_seconds: float) -> None:
        self.nodes = nodes
        self.now_seconds = now_seconds
        who = f"nodes {', '.join(map(repr, nodes))} wait" if nodes else "the code around the runtime waits"
        super().__init__(
            f"the simulation is stuck at {now_seconds:g} s: {who} for something that neither a node nor a timer can "
            "bring; give it a timeout, or replace the step"
        )

    def __reduce__(self) -> tuple[type["SimulationStuckError"], tuple[tuple[str, ...], float]]:
        return type(self), (self.nodes, self.now_seconds)


class SimulationTooLongError(SimulationError):
    """Nothing is due before the end of virtual time, some 146 years after its beginning, but something still waits.

    Attributes:
        nodes: The ids of the nodes that are suspended in steps.
        now_seconds: The virtual time at which something happened last.
    """

    def __init__(self, nodes: tuple[str, ...], now_seconds: float) -> None:
        self.nodes = nodes
        self.now_seconds = now_seconds
        who = f"of nodes {', '.join(map(repr, nodes))} " if nodes else ""
        super().__init__(
            f"the wait {who}that began by {now_seconds:g} s goes on beyond the end of virtual time, after 146 years: "
            "let it be shorter, give it a timeout, or say with until_seconds when the simulation stops"
        )

    def __reduce__(self) -> tuple[type["SimulationTooLongError"], tuple[tuple[str, ...], float]]:
        return type(self), (self.nodes, self.now_seconds)


class DurationDrawnError(SimulationError):
    """A distribution drew what can't be a duration.

    Attributes:
        distribution: The distribution, as text.
        drawn: What it drew, as text.
    """

    def __init__(self, distribution: str, drawn: str) -> None:
        self.distribution = distribution
        self.drawn = drawn
        super().__init__(
            f"{distribution} drew {drawn}; draw_seconds must return a finite number of seconds, 0 or more, and as a "
            "latency at most 1,000,000,000"
        )

    def __reduce__(self) -> tuple[type["DurationDrawnError"], tuple[str, str]]:
        return type(self), (self.distribution, self.drawn)


class SimulationSpinError(SimulationError):
    """Something goes on and on while virtual time stands still, as a loop around `anyio.sleep(0)` does.

    Attributes:
        nodes: The ids of the nodes whose steps do so; empty if it is the code around the runtime.
        now_seconds: The virtual time that does not pass.
    """

    def __init__(self, nodes: tuple[str, ...], now_seconds: float) -> None:
        self.nodes = nodes
        self.now_seconds = now_seconds
        who = f"node {', '.join(map(repr, nodes))}" if nodes else "the code around the runtime"
        super().__init__(
            f"{who} goes on and on at {now_seconds:g} s of virtual time without waiting for anything: wait for an "
            "event, or with anyio.sleep for more than 0 s, and let a cancel pass"
        )

    def __reduce__(self) -> tuple[type["SimulationSpinError"], tuple[tuple[str, ...], float]]:
        return type(self), (self.nodes, self.now_seconds)


class TaskLeftError(SimulationError):
    """A step left a task behind that nobody waits for, such as a system task of trio's.

    Attributes:
        tasks: The names of the tasks.
    """

    def __init__(self, tasks: tuple[str, ...]) -> None:
        self.tasks = tasks
        names = ", ".join(map(repr, tasks))
        super().__init__(
            f"the task {names} still ran when all executions had ended: start it in a task group that its step leaves"
        )

    def __reduce__(self) -> tuple[type["TaskLeftError"], tuple[tuple[str, ...]]]:
        return type(self), (self.tasks,)


class InputMutatedError(SimulationError):
    """A step changed what it was given. Payloads are values: other nodes hold the same ones.

    Attributes:
        node: The id of the node.
        before: What an argument was, as text.
        after: What it was when the step had ended.
    """

    def __init__(self, node: str, before: str, after: str) -> None:
        self.node = node
        self.before = before
        self.after = after
        super().__init__(
            f"node {node!r} changed its input, from {before} to {after}: other nodes hold the same object; "
            "make a copy, and return what is new"
        )

    def __reduce__(self) -> tuple[type["InputMutatedError"], tuple[str, str, str]]:
        return type(self), (self.node, self.before, self.after)
