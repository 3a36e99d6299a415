"""What a workflow function does, written down while it runs once with recorded results in place of values."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from flowrt.definition.argument_reader import ArgumentReader
from flowrt.definition.arguments import Argument, FromInput, FromNode
from flowrt.definition.caller import caller_line
from flowrt.definition.findings import to_pointer
from flowrt.definition.limits import MAX_NODES
from flowrt.definition.problem_limit import first_problems
from flowrt.definition.recorded import Recorded, RecordedFacts
from flowrt.errors import DefinitionError, Problem

if TYPE_CHECKING:
    from flowrt.definition.python_step import Step


class RecordedNode(NamedTuple):
    """One call of a step."""

    id: str
    step: "Step[..., Any]"
    arguments: dict[str, Argument]
    """By parameter of the step, in their order."""
    sources: tuple[str, ...]
    """The nodes that it comes after, each once."""


class Recording:
    """The calls of steps in one workflow function, and what is wrong with them.

    Args:
        workflow: The workflow's name.
    """

    def __init__(self, workflow: str) -> None:
        self.workflow = workflow
        self.nodes: dict[str, RecordedNode] = {}
        self._problems: list[Problem] = []
        self._counts: dict[str, int] = {}

    def parameter(self, name: str, kind: Any) -> Any:
        """Return what stands for a parameter of the workflow."""
        return Recorded(RecordedFacts(self, FromInput(name), kind))

    def call(self, step: "Step[..., Any]", positional: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        """Record a call of a step, and return what stands for its result."""
        if len(self.nodes) >= MAX_NODES:
            self.refuse(f"there are more than {MAX_NODES} calls of steps, which is the most nodes of a workflow")
        node_id = self._free_id(step.name)
        place = ("nodes", len(self.nodes), "data", "arguments")
        given, problems = step.signature.assign(positional, named)
        for message in problems:
            self.problem(f"{step.name}(...): {message}; it takes {step.signature}", place)
        reader = ArgumentReader(self, step)
        arguments = {
            name: reader.read(value, step.signature.type_of(name), (*place, name)) for name, value in given.items()
        }
        for result in step.ordered_after:
            reader.read_order(result, place[:2])
        self.nodes[node_id] = RecordedNode(node_id, step, arguments, tuple(reader.sources))
        return Recorded(RecordedFacts(self, FromNode(node_id), step.signature.result_type))

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
