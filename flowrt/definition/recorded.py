"""What stands for a result while a workflow function is read: it can be passed on, and nothing else."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, NoReturn, Protocol

from flowrt.definition.arguments import FromFailure, FromInput, FromNode, FromOutcome
from flowrt.definition.recorded_source import RecordedSource


class Misused(Protocol):
    """What is told when a recorded result is used as if it were there already."""

    workflow: str
    """The name of the workflow that is recorded."""

    def refuse(self, message: str) -> NoReturn:
        """Raise a `DefinitionError`."""
        ...


class RecordedFacts(NamedTuple):
    """What is known of a recorded result."""

    recording: Misused
    argument: FromInput | FromNode | FromFailure | FromOutcome
    type: Any
    """The type that it will have, as its annotation says it."""

    def __str__(self) -> str:
        return str(self.argument)

    @property
    def seen_from_another(self) -> str:
        """How a workflow names it that it does not belong to."""
        return f"{self} of the workflow {self.recording.workflow!r}, which this one can't read"

    @property
    def source(self) -> RecordedSource | None:
        """What a node that uses it comes after."""
        match self.argument:
            case FromInput():
                return None
            case FromNode(node):
                return RecordedSource(node)
            case FromFailure(node):
                return RecordedSource(node, "failure")
            case FromOutcome(node):
                return RecordedSource(node, "always")


class RecordedResult:
    """A parameter of a workflow function, or the result of a step called in it, while the workflow is built.

    There is no value yet, so every use other than passing it to a step raises a `DefinitionError` that says what to do
    instead. Only `is` can't be caught.
    """

    __slots__ = ("_facts",)

    def __init__(self, facts: RecordedFacts) -> None:
        object.__setattr__(self, "_facts", facts)

    def __repr__(self) -> str:
        return f"<{facts_of(self)}, known when the workflow runs>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # what Python and debuggers look for by themselves
        _misuse(self, f"`.{name}` of", f"read it inside a step, such as `def read_{name}(value): return value.{name}`")

    @property  # type: ignore[misc]  # `object` lets it be set
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]  # what `isinstance` asks for if the class itself does not tell
        _misuse(self, "the class of", "look at it inside a step")


def facts_of(recorded: RecordedResult) -> RecordedFacts:
    """Return what is known of a recorded result."""
    facts: RecordedFacts = object.__getattribute__(recorded, "_facts")
    return facts


def is_recorded(value: Any) -> bool:
    """Say whether a value is a recorded result, whatever it pretends to be."""
    return type(value) is RecordedResult


def _misuse(recorded: RecordedResult, use: str, advice: str) -> NoReturn:
    facts = facts_of(recorded)
    facts.recording.refuse(f"{use} {facts} is needed while the workflow is built, but is known when it runs: {advice}")


_BRANCH = (
    "branch by what a step returned, with `ship.when(is_paid)(order)` or `with when(is_paid):`; take the first of "
    "several results that is there with `join_any(first, second)`; or decide inside a step"
)
_OPERATORS = "add sub mul truediv floordiv mod pow matmul lshift rshift and or xor"
_NUMBER_USES = "divmod rdivmod neg pos abs invert round trunc floor ceil int float complex index"
_MISUSES: tuple[tuple[str, str, str], ...] = (
    ("the truth of", _BRANCH, "bool"),
    (
        "the items of",
        "loop inside a step, or have one step for each item that you need",
        "iter next len contains reversed aiter anext length_hint",
    ),
    ("a part of", "take it out inside a step, such as `def first(items): return items[0]`", "getitem"),
    ("a comparison of", "compare inside a step, and branch by its result with `.when(...)`", "eq ne lt le gt ge hash"),
    (
        "a sum or the like of",
        "calculate inside a step",
        f"{_OPERATORS} r{_OPERATORS.replace(' ', ' r')} i{_OPERATORS.replace(' ', ' i')} {_NUMBER_USES}",
    ),
    ("the text of", "make the text inside a step", "str format bytes fspath"),
    (
        "an await of",
        "leave the `await` out: an `async` step is called like any other one, and `join_any(...)` waits for the first",
        "await",
    ),
    ("a call of", "call it inside a step", "call"),
    ("a change of", "return a changed copy from a step", "setattr delattr setitem delitem"),
    ("the context of", "open it inside a step", "enter exit aenter aexit"),
)
"""How a result is used too early, what to do instead, and the special methods that Python calls for it."""


def _forbid(use: str, advice: str) -> Callable[..., NoReturn]:
    def misused(self: RecordedResult, *_args: Any, **_options: Any) -> NoReturn:
        _misuse(self, use, advice)

    return misused


def _forbid_all(names: Iterable[str], method: Callable[..., NoReturn]) -> None:
    for name in names:
        setattr(RecordedResult, f"__{name}__", method)


for _use, _advice, _names in _MISUSES:
    _forbid_all(_names.split(), _forbid(_use, _advice))
