"""How a call of `join_any` and the like in a workflow function becomes a node."""

from typing import TYPE_CHECKING, Any, NamedTuple

from flowrt.definition.arguments import FromNode, Gives
from flowrt.definition.findings import Findings, from_pointer
from flowrt.definition.flags import NO_FLAGS, Flags
from flowrt.definition.join_reading import read_join
from flowrt.definition.model import Join, Quorum
from flowrt.definition.recorded import facts_of, is_recorded
from flowrt.definition.recorded_nodes import RecordedJoin
from flowrt.definition.recorded_source import RecordedSource
from flowrt.errors import DefinitionError

if TYPE_CHECKING:
    from flowrt.definition.recording import Recording

_WORDS = {"else": "otherwise", "quorum": "count"}
"""What keys of a definition's join are called in Python."""


class JoinCall(NamedTuple):
    """What a workflow function asks of a join."""

    name: str
    """The function that it called; its nodes have that name, too."""
    form: dict[str, Any]
    """The join as a definition has it."""
    gives: Gives
    results: tuple[object, ...]


class JoinReader:
    """Reads one call of a join, and reports what is wrong with it.

    Args:
        recording: The recording that the call belongs to.
        call: The call.
    """

    def __init__(self, recording: "Recording", call: JoinCall) -> None:
        self._recording = recording
        self._call = call
        self._types: list[Any] = []

    def read(self, node_id: str) -> RecordedJoin:
        """Return the node of the join."""
        nodes: dict[str, None] = {}
        for result in self._call.results:
            node = self._read_result(result)
            if node is not None and node in nodes:
                self._report(f"the result of {node!r} is given more than once, where it counts once: give it once")
            elif node is not None:
                nodes[node] = None
        if not self._call.results:
            self._report("it has nothing to wait for: give it the results of steps")
        sources = tuple(RecordedSource(node) for node in nodes)
        return RecordedJoin(node_id, self._read_join(), self._call.gives, self._flags(nodes), sources)

    @property
    def type(self) -> Any:
        """The type of the join's result, `Any` if it may have several."""
        if self._call.gives != "value":
            return list
        first, *others = self._types or [Any]
        return first if all(kind is first for kind in others) else Any

    def _read_result(self, result: Any) -> str | None:
        """Return the node whose result it is."""
        if not is_recorded(result):
            advice = f": write `{self._call.name}(*results)`" if isinstance(result, list | tuple) else ""
            self._report(f"it has {result!r:.80}, expected the result of a step{advice}")
            return None
        facts = facts_of(result)
        if facts.recording is not self._recording:
            self._report(f"it has {facts.seen_from_another}")
            return None
        if not isinstance(facts.argument, FromNode):
            self._report(f"it has {facts}, which is there from the beginning: only results of steps are waited for")
            return None
        self._types.append(facts.type)
        return facts.argument.node

    def _read_join(self) -> Join:
        findings = Findings()
        join = read_join(self._call.form, (), findings)
        try:
            findings.refuse_if_any()
        except DefinitionError as error:
            for problem in error.problems:
                key = from_pointer(problem.pointer)[0]
                self._report(f"`{_WORDS.get(str(key), key)}`: {problem.message}")
        else:
            self._check_counts(join)
        return join

    def _check_counts(self, join: Join) -> None:
        most = len(self._call.results)
        count = join.rule.quorum if isinstance(join.rule, Quorum) else most
        enough = join.otherwise.quorum if isinstance(join.otherwise, Quorum) else 1
        if most and not 1 <= count <= most:
            self._report(f"`count` is {count}, expected 1 to {most}, the number of results")
        elif join.otherwise is not None and not 1 <= enough < count:
            self._report(f"`otherwise` is {enough}, expected 1 or more, but less than `count`, which is {count}")

    def _flags(self, nodes: dict[str, None]) -> Flags:
        """Return the flags of the block around the call, if the join is skipped by them because all it waits for is."""
        around = self._recording.flags
        follows = all(around.is_part_of(self._recording.nodes[node].flags) for node in nodes)
        return around if follows and self._call.gives != "outcomes" else NO_FLAGS

    def _report(self, message: str) -> None:
        self._recording.problem(f"{self._call.name}(...): {message}", ("nodes", len(self._recording.nodes)))
