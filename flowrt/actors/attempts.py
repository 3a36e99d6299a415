"""What one execution remembers of its nodes' attempts, and the firings that wait."""

from collections.abc import Callable, Iterable, Iterator

from flowrt.actors.snapshots import text_of
from flowrt.actors.timers import Timer, Timers
from flowrt.errors import UpstreamFailedError
from flowrt.graph.plan import PlanNode


class Attempts:
    """Numbers, earlier errors and parked firings, by node; empty for a node whose first attempt succeeds."""

    __slots__ = ("_earlier", "_numbers", "_parked", "_root_causes")

    def __init__(self) -> None:
        self._numbers: dict[PlanNode, int] = {}
        self._earlier: dict[PlanNode, list[str]] = {}
        self._root_causes: dict[str, str] = {}
        self._parked: dict[PlanNode, tuple[Timer, int]] = {}

    @property
    def are_parked(self) -> bool:
        """Firings wait for a time to come."""
        return bool(self._parked)

    def number(self, node: PlanNode) -> int:
        """Return the number of a node's current attempt, from 1."""
        return self._numbers.get(node, 1)

    def count_failed(self, node: PlanNode, error: Exception) -> None:
        """Go on to a node's next attempt; keep the error's text, not its frames."""
        number = self.number(node)
        self._earlier.setdefault(node, []).append(f"attempt {number} failed: {text_of(error)}")
        self._numbers[node] = number + 1

    def add_notes(self, node: PlanNode, error: Exception) -> None:
        """Note the errors of the earlier attempts on that of the last."""
        for text in self._earlier.pop(node, ()):
            error.add_note(text)

    def keep_root_cause(self, node: PlanNode, error: Exception) -> None:
        """Keep where a node's failure began, for those that fail because of it."""
        if isinstance(error, UpstreamFailedError):
            self._root_causes[node.id] = error.root_cause
        else:
            self._root_causes[node.id] = f"{node.id}: {text_of(error)}"

    def root_cause(self, node_id: str) -> str:
        """Return where the failure of a node began, as text."""
        return self._root_causes[node_id]

    def park(
        self, node: PlanNode, timers: Timers, delay_seconds: float, now_ns: int, action: Callable[[], None]
    ) -> None:
        """Let a firing wait; `action` is done when the time has come, and the firing is not parked any more."""

        def act() -> None:
            del self._parked[node]
            action()

        self._parked[node] = (timers.set(delay_seconds, act), now_ns)

    def parked_nodes(self) -> Iterable[PlanNode]:
        """Return the nodes whose firings wait for a time to come."""
        return self._parked.keys()

    def unpark_all(self) -> Iterator[tuple[PlanNode, int]]:
        """Take all parked firings away from their timers, with the times since which they waited."""
        parked, self._parked = self._parked, {}
        for node, (timer, since_ns) in parked.items():
            timer.cancel()
            yield node, since_ns
