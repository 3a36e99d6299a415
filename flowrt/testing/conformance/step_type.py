"""Whether a step type keeps its promises."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from flowrt.actors.backend import is_loop_running
from flowrt.testing.conformance.binding_checks import BINDING_CHECKS
from flowrt.testing.conformance.call_checks import CALL_CHECKS
from flowrt.testing.conformance.step_sample import StepSample
from flowrt.typing import Record, StepType

StepTypeCheck: TypeAlias = Callable[[StepSample], None]

STEP_TYPE_CHECKS: tuple[StepTypeCheck, ...] = (*BINDING_CHECKS, *CALL_CHECKS)
"""What every step type promises; each is a function with a name of its own, to parametrise a test by."""


def check_step_executor(
    step_type: StepType,
    data: Mapping[str, Any],
    record: Record | None = None,
    *,
    other_data: Sequence[Mapping[str, Any]] = (),
    bad_data: Sequence[Mapping[str, Any]] = (),
    is_pure: bool = False,
) -> None:
    """Check that a step type and the step executors that it makes keep every promise of `flowrt.typing.StepType`.

    One node is the sample.

    Steps are called on trio in virtual time, so a pause of an hour costs nothing; what they wait for must be made with
    anyio. Give the type fakes of the services that it calls. A `def` that never returns can't be stopped.

    Args:
        step_type: The type.
        data: The `data` of a sound node, as JSON.
        record: What the node's step works on: a record, or its arguments by name if it has `arguments`. Without it the
            step is called with nothing, which it may refuse.
        other_data: The `data` of other sound nodes; with `is_pure` they must leave the sample alone.
        bad_data: Data that fits the schema but must be refused by `bind`.
        is_pure: Check also that the same record always gives the same result, whatever was called before.

    Raises:
        AssertionError: The first promise that is not kept; a note names the check.
        RuntimeError: An event loop runs here already.
    """
    if is_loop_running():
        raise RuntimeError(
            "check_step_executor runs an event loop of its own: call it from a `def`, not an `async` one"
        )
    sample = StepSample(
        step_type=step_type,
        data=data,
        record=record,
        other_data=tuple(other_data),
        bad_data=tuple(bad_data),
        is_pure=is_pure,
    )
    for check in STEP_TYPE_CHECKS:
        try:
            check(sample)
        except AssertionError as error:
            error.add_note(f"in {check.__name__}, of the step type {step_type.name!r} with {data!r}")
            raise
