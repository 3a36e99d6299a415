"""What one execution remembers of its nodes' attempts."""

from flowrt.actors.snapshots import text_of
from flowrt.errors import UpstreamFailedError
from flowrt.graph.plan import PlanNode


class Attempts:
    """Numbers and earlier errors, by node; empty for a node whose first attempt succeeds."""

    __slots__ = ("_earlier", "_numbers", "_root_causes", "retries")

    def __init__(self) -> None:
        self._numbers: dict[PlanNode, int] = {}
        self._earlier: dict[PlanNode, list[str]] = {}
        self._root_causes: dict[str, str] = {}
        self.retries = 0
        """How many retries there were, of all nodes together."""

    def number(self, node: PlanNode) -> int:
        """Return the number of a node's current attempt, from 1."""
        return self._numbers.get(node, 1)

    def count_failed(self, node: PlanNode, error: Exception) -> None:
        """Go on to a node's next attempt; keep the error's text, not its frames."""
        number = self.number(node)
        self._earlier.setdefault(node, []).append(f"attempt {number} failed: {text_of(error)}")
        self._numbers[node] = number + 1
        self.retries += 1

    def earlier(self, node: PlanNode) -> tuple[str, ...]:
        """Return how the earlier attempts of a node failed."""
        return tuple(self._earlier.get(node, ()))

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
