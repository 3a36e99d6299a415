"""Errors of the test kit."""

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
