"""What a workflow function does, written down while it runs once with recorded results in place of values."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NoReturn

from flowrt.definition.arguments import FromInput, FromNode
from flowrt.definition.call_reading import read_call
from flowrt.definition.caller import caller_line
from flowrt.definition.findings import to_pointer
from flowrt.definition.flags import NO_FLAGS
from flowrt.definition.join_recording import JoinCall, JoinReader
from flowrt.definition.limits import MAX_NODES
from flowrt.definition.problem_limit import first_problems
from flowrt.definition.recorded import RecordedFacts, RecordedResult
from flowrt.definition.recorded_nodes import RecordedBranch, RecordedNode
from flowrt.definition.recorded_source import RecordedSource
from flowrt.errors import DefinitionError, Problem

if TYPE_CHECKING:
    from flowrt.definition.python_step import Step


class Recording:
    """The calls of steps in one workflow function, and what is wrong with them.

    Args:
        workflow: The workflow's name.
    """

    def __init__(self, workflow: str) -> None:
        self.workflow = workflow
        self.nodes: dict[str, RecordedNode] = {}
        self.flags = NO_FLAGS
        """Those of the `with when(...)` blocks that the function is in now."""
        self._problems: list[Problem] = []
        self._counts: dict[str, int] = {}

    def parameter(self, name: str, kind: Any) -> Any:
        """Return what stands for a parameter of the workflow."""
        return RecordedResult(RecordedFacts(self, FromInput(name), kind))

    def call(self, step: "Step[..., Any]", positional: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        """Record a call of a step, and return what stands for its result."""
        node = read_call(self, self._new_id(step.name), step, positional, named)
        return self._add(node, step.signature.result_type)

    def join(self, call: JoinCall) -> Any:
        """Record a join, and return what stands for its result."""
        reader = JoinReader(self, call)
        node = reader.read(self._new_id(call.name))
        result = self._add(node, reader.type)
        if self.flags.is_part_of(node.flags):
            return result
        sources = dict.fromkeys((RecordedSource(node.id), *self.flags.sources()))
        branch = RecordedBranch(self._new_id("branch"), FromNode(node.id), self.flags, tuple(sources))
        return self._add(branch, reader.type)

    def _add(self, node: RecordedNode, kind: Any) -> Any:
        self.nodes[node.id] = node
        return RecordedResult(RecordedFacts(self, FromNode(node.id), kind))

    def _new_id(self, name: str) -> str:
        if len(self.nodes) >= MAX_NODES:
            self.refuse(f"there are more than {MAX_NODES} calls of steps, which is the most nodes of a workflow")
        return self._free_id(name)

    def _free_id(self, name: str) -> str:
        count = self._counts.get(name, 0) + 1
        while (node_id := name if count == 1 else f"{name}_{count}") in self.nodes:
            count += 1
        self._counts[name] = count
        return node_id

    def problem(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        """Note what is wrong, with the line of the workflow function that did it."""
        place = caller_line()
        self._problems.append(Problem(to_pointer(path), f"{message} ({place})" if place else message))

    def refuse(self, message: str) -> NoReturn:
        """Raise a `DefinitionError` with all problems so far."""
        self.problem(message)
        raise DefinitionError(first_problems(self._problems), self.workflow)

    def refuse_if_wrong(self, cause: BaseException | None = None) -> None:
        """Raise a `DefinitionError` if there is any problem."""
        if self._problems:
            raise DefinitionError(first_problems(self._problems), self.workflow) from cause


_current: ContextVar[Recording | None] = ContextVar("flowrt recording", default=None)


def current_recording() -> Recording | None:
    """Return the recording of the workflow function that runs now, if one does."""
    return _current.get()


@contextmanager
def recorded_by(recording: Recording) -> Generator[None]:
    """Have calls of steps recorded, in this context only."""
    token = _current.set(recording)
    try:
        yield
    finally:
        _current.reset(token)
