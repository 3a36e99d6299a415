"""Why a node failed although its step did nothing wrong: its time was over, or what it was given."""

from flowrt.errors.base import FlowrtError
from flowrt.errors.wording import listed


class AttemptTimeoutError(FlowrtError, TimeoutError):
    """An attempt took longer than `timeout.attempt` of its node allows, and was cancelled.

    A retry policy that names `TimeoutError` means it, too.

    Args:
        node: The node.
        attempt: The number of the attempt, from 1.
        timeout_seconds: The time it was given.
    """

    def __init__(self, node: str, attempt: int, timeout_seconds: float) -> None:
        super().__init__(node, attempt, timeout_seconds)
        self.node = node
        self.attempt = attempt
        self.timeout_seconds = timeout_seconds

    def __str__(self) -> str:
        return (
            f"attempt {self.attempt} of node {self.node!r} took longer than its timeout of {self.timeout_seconds:g} s"
        )


class QueueTimeoutError(FlowrtError, TimeoutError):
    """An attempt waited for a thread or process for longer than `timeout.queue` of its node allows; it never began.

    Args:
        node: The node.
        attempt: The number of the attempt, from 1.
        timeout_seconds: The time it was given.
    """

    def __init__(self, node: str, attempt: int, timeout_seconds: float) -> None:
        super().__init__(node, attempt, timeout_seconds)
        self.node = node
        self.attempt = attempt
        self.timeout_seconds = timeout_seconds

    def __str__(self) -> str:
        return (
            f"attempt {self.attempt} of node {self.node!r} got no thread or process within its queue timeout of "
            f"{self.timeout_seconds:g} s"
        )


class NodeTimeoutError(FlowrtError, TimeoutError):
    """A node took longer than its `timeout.total` allows, all attempts and pauses included; it is not retried.

    Args:
        node: The node.
        attempt: The number of the attempt that was under way, or for which it waited, from 1.
        timeout_seconds: The time it was given.
    """

    def __init__(self, node: str, attempt: int, timeout_seconds: float) -> None:
        super().__init__(node, attempt, timeout_seconds)
        self.node = node
        self.attempt = attempt
        self.timeout_seconds = timeout_seconds

    def __str__(self) -> str:
        return f"node {self.node!r} took longer than its total timeout of {self.timeout_seconds:g} s"


class JoinTimeoutError(FlowrtError, TimeoutError):
    """A node never ran: its join was not met within its time, and has no `else`.

    Args:
        node: The node.
        within_seconds: The time that the join was given, from its first token.
        missing: The ids of the nodes from which no token had come, in the order of the edges.
    """

    def __init__(self, node: str, within_seconds: float, missing: tuple[str, ...]) -> None:
        super().__init__(node, within_seconds, missing)
        self.node = node
        self.within_seconds = within_seconds
        self.missing = missing

    def __str__(self) -> str:
        named = listed(self.missing, 10)
        return (
            f"node {self.node!r} never ran: its join was not met within {self.within_seconds:g} s of the first token; "
            f"nothing had come from {named}"
        )


class SignalTimeoutError(FlowrtError, TimeoutError):
    """A signal did not come in the time that its node waits for it, and the node has no default.

    Args:
        signal: The signal's name.
        timeout_seconds: The time it was given.
    """

    def __init__(self, signal: str, timeout_seconds: float) -> None:
        super().__init__(signal, timeout_seconds)
        self.signal = signal
        self.timeout_seconds = timeout_seconds

    def __str__(self) -> str:
        return f"the signal {self.signal!r} did not come within {self.timeout_seconds:g} s"


class FlagError(FlowrtError):
    """What decides whether a node runs is neither true nor false; it is not retried.

    Args:
        node: The node.
        flag: What decides: the result of which node, or which parameter.
        found: The class of what it is.
    """

    def __init__(self, node: str, flag: str, found: str) -> None:
        super().__init__(node, flag, found)
        self.node = node
        self.flag = flag
        self.found = found

    def __str__(self) -> str:
        return (
            f"whether node {self.node!r} runs depends on {self.flag}, which is of the type {self.found}: "
            "expected True or False, such as a step returns with `return total > 100`"
        )


class UpstreamFailedError(FlowrtError):
    """A node never ran: its join can't be met, because nodes that feed it failed.

    Args:
        node: The node that never ran.
        upstream: The ids of the failed nodes that feed it, in the order of the edges.
        root_cause: The first failure that started it: its node, error class and message.
    """

    def __init__(self, node: str, upstream: tuple[str, ...], root_cause: str) -> None:
        super().__init__(node, upstream, root_cause)
        self.node = node
        self.upstream = upstream
        self.root_cause = root_cause

    def __str__(self) -> str:
        return f"node {self.node!r} never ran: {', '.join(map(repr, self.upstream))} failed ({self.root_cause})"
