"""Joins in a workflow function: what waits for some of several results, or for how they end."""

from typing import Any, Literal, TypeAlias, TypeVar, cast, overload

from flowrt.definition.arguments import Gives
from flowrt.definition.join_recording import JoinCall
from flowrt.definition.recording import current_recording
from flowrt.errors import OutsideWorkflowError
from flowrt.outcomes import NodeOutcome

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
T = TypeVar("T")
Losers: TypeAlias = Literal["cancel", "run"]


@overload
def join_any(first: A, second: B, /, *, within: float | None = None, losers: Losers = "cancel") -> A | B: ...
@overload
def join_any(
    first: A, second: B, third: C, /, *, within: float | None = None, losers: Losers = "cancel"
) -> A | B | C: ...
@overload
def join_any(
    first: A, second: B, third: C, fourth: D, /, *, within: float | None = None, losers: Losers = "cancel"
) -> A | B | C | D: ...
@overload
def join_any(*results: T, within: float | None = None, losers: Losers = "cancel") -> T: ...
def join_any(*results: Any, within: float | None = None, losers: Losers = "cancel") -> Any:
    """Return the first of several results that is there: of parallel steps the fastest, of branches the one that ran.

    A step all of whose results go to such joins may fail: the join does without it, and fails only if there is no value
    and some failed. Where all were skipped it is skipped.

    Args:
        results: Results of steps, each once.
        within: How many seconds after the first of them ended, however it did, the join fails with
            `JoinTimeoutError`; `None` is no limit.
        losers: What becomes of steps that nobody else needs once a value is there: they are cancelled, or they run on.

    Raises:
        OutsideWorkflowError: No workflow is being built.
    """
    return _join("join_any", {"join": "any", "within": within, "losers": losers}, "value", results)


def join_quorum(
    count: int,
    /,
    *results: T,
    within: float | None = None,
    otherwise: int | None = None,
    losers: Losers = "cancel",
) -> list[T]:
    """Return the first `count` of several results that are there, as a list in the order of the arguments.

    Steps may fail, or be skipped, as long as enough values are left; see `join_any`.

    Args:
        count: How many values to wait for, from 1.
        results: Results of steps, each once.
        within: How many seconds after the first of them ended, however it did, `otherwise` begins to hold; `None` is no
            limit.
        otherwise: How many values are enough from then on; the list has all that were there. Without it the join fails
            with `JoinTimeoutError`.
        losers: What becomes of steps that nobody else needs once enough is there: they are cancelled, or they run on.

    Raises:
        OutsideWorkflowError: No workflow is being built.
    """
    fallback = None if otherwise is None else {"quorum": otherwise}
    form = {"quorum": count, "within": within, "else": fallback, "losers": losers}
    return cast("list[T]", _join("join_quorum", form, "values", results))


def join_settled(*results: object, within: float | None = None) -> list[NodeOutcome]:
    """Return how several steps ended, as a list in the order of the arguments, when all of them have.

    An outcome is `completed` with a `value`, `failed` with an `error`, `skipped` or `cancelled`. Steps may fail: see
    `join_any`.

    Args:
        results: Results of steps, each once.
        within: How many seconds after the first of them ended the join fails with `JoinTimeoutError`; `None` is no
            limit.

    Raises:
        OutsideWorkflowError: No workflow is being built.
    """
    form = {"join": "all_settled", "within": within}
    return cast("list[NodeOutcome]", _join("join_settled", form, "outcomes", results))


def _join(name: str, form: dict[str, Any], gives: Gives, results: tuple[object, ...]) -> Any:
    recording = current_recording()
    if recording is None:
        raise OutsideWorkflowError(name, is_step=False)
    return recording.join(JoinCall(name, form, gives, results))
