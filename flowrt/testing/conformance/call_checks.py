"""What a step promises when it is called. Each check gets a sample and raises `AssertionError`.

All calls are made on trio in virtual time; without a record in the sample, with an empty one, which may fail.
"""

from typing import Any, cast

import msgspec

from flowrt.definition.json_kinds import is_object
from flowrt.option_checks import LONGEST_SECONDS, is_finite_number
from flowrt.testing.conformance.comparable import comparable_binding, comparable_result
from flowrt.testing.conformance.expectation import breach, expect_equal, raised, shown
from flowrt.testing.conformance.json_fault import json_fault
from flowrt.testing.conformance.step_sample import StepSample
from flowrt.testing.conformance.watched_call import StepOutcome, WatchedCall
from flowrt.testing.input_check import copy_arguments, find_change
from flowrt.typing import BoundStep, Choice, Delay, DelayUntil, SignalWait

GRACE_SECONDS = 5.0
"""How long a cancelled step may take to end; then a runtime abandons it, by default."""


def check_a_call_ends_well(sample: StepSample) -> None:
    """With the record of the sample it does not fail."""
    error = _call(sample).error
    if sample.record is not None and error is not None:
        advice = "mend the step, or give a record that it can work on"
        raise breach(f"the call with {shown(sample.record)}", raised(error), "a result", advice) from error


def check_a_call_on_an_empty_record_ends(sample: StepSample) -> None:
    """It produces something, or fails by an ordinary exception; it neither hangs nor exits."""
    WatchedCall(sample.step_type.name, sample.bind(), {}).run()


def check_a_call_keeps_its_record(sample: StepSample) -> None:
    """It neither changes the record, which other nodes hold too, nor returns that very object."""
    before = sample.record or {}
    outcome = _call(sample)
    expect_equal("the record after the call", outcome.record, before, "copy what you change, and return what is new")
    if _produced(outcome.result) is outcome.record:
        raise breach("the result", "the record itself", "a new dict", "return only what the step produces")


def check_a_call_produces_a_json_object(sample: StepSample) -> None:
    """Alone, or in a `Choice` or a `Delay`. A step with arguments may produce anything."""
    bound, outcome = sample.bind(), _call(sample)
    if outcome.error is None:
        _expect_sound_delay(outcome.result)
        produced = _produced(outcome.result)
        if bound.arguments is None:
            has_keys = is_object(produced) or bound.output_key is not None
            fault = json_fault(produced) if has_keys else f"a {type(produced).__name__}"
            if fault is not None:
                raise breach(
                    "the result", fault, "a JSON object: a dict of JSON values", "convert it, or set output_key"
                )


def check_chosen_handles_are_declared(sample: StepSample) -> None:
    """A step that chooses says in `handles` among what, so that edges are checked when a definition is loaded."""
    choice, declared = _choice(_call(sample).result), sample.bind().handles
    if choice is None:
        return
    if declared is None:
        raise breach("handles", "None", "the names that the step chooses from", "set `handles` of the BoundStep")
    chosen = cast("object", choice.handles)
    if not isinstance(chosen, tuple):
        raise breach("the handles of the Choice", shown(chosen), "a tuple of texts", "write ('name',) with a comma")
    if unknown := set(choice.handles) - declared:
        found, known = ", ".join(map(repr, unknown)), ", ".join(map(repr, sorted(declared)))
        raise breach("the chosen handle", found, f"one of {known}", "declare every handle that the step may choose")


def check_a_signal_that_is_waited_for_is_declared(sample: StepSample) -> None:
    """A step that waits for a signal says in `signal` for which, since others are refused."""
    result, declared = _call(sample).result, sample.bind().signal
    if isinstance(result, SignalWait) and (declared is None or declared.name != result.name):
        found = "None" if declared is None else repr(declared.name)
        raise breach("signal", found, repr(result.name), "set `signal` of the BoundStep to what the call returns")


def check_a_cancelled_call_ends(sample: StepSample) -> None:
    """It lets the cancel pass; cleaning up may take some seconds, and a call that can't be stopped may finish."""
    usual = _call(sample).seconds
    for share in (0.0, 0.5):
        outcome = _call(sample, cancel_after_seconds=usual * share)
        late = outcome.seconds - usual * share
        if late > GRACE_SECONDS:
            expected = f"at most {GRACE_SECONDS:g} s: it is abandoned then"
            raise breach(
                "the time from the cancel to the end", f"{late:g} s", expected, "shield less, or for less long"
            )
        if not outcome.was_cancelled and outcome.seconds < usual:
            found = shown(outcome.result) if outcome.error is None else raised(outcome.error)
            raise breach("the end of a cancelled call", found, "the cancel", "let it pass: catch Exception at most")


def check_a_call_leaks_nothing(sample: StepSample) -> None:
    """It leaves every scope and nursery that it entered, and no task, however it ends."""
    usual = _call(sample)
    for outcome in (usual, _call(sample, cancel_after_seconds=usual.seconds / 2)):
        if outcome.leaked is not None:
            raise breach("what the call left behind", outcome.leaked, "nothing", "enter it by `with` or `async with`")


def check_a_call_leaves_earlier_ones_alone(sample: StepSample) -> None:
    """It changes neither what an earlier call produced nor the record of that, which other nodes hold."""
    bound = sample.bind()
    first = _call(sample, bound)
    before = copy_arguments(((_produced(first.result), first.record), {}))
    _call(sample, bound)
    change = find_change(before, ((_produced(first.result), first.record), {}))
    if change is not None:
        advice = "keep neither of them, and return new objects each time"
        raise breach("the result or record of an earlier call", change.after, change.before, advice)


def check_nodes_keep_their_own_data(sample: StepSample) -> None:
    """With `is_pure`: a node's result stays the same when the type is bound to the data of other nodes, too."""
    if not sample.is_pure:
        return
    bound = sample.bind()
    expected = _call(sample, bound)
    for typed in sample.other_nodes():
        sample.bind(typed)
        advice = "let bind keep nothing in the type: one type serves all nodes"
        _expect_same("the result of a node when another was bound", _call(sample, bound), expected, advice)


def check_bindings_share_no_state(sample: StepSample) -> None:
    """A call changes neither the node's data nor what another binding is; with `is_pure` nor what that produces."""
    typed = sample.typed_data()
    before = msgspec.json.encode(typed)
    first, second = sample.bind(typed), sample.bind(typed)
    outcome = _call(sample, first)
    expect_equal("the data after a call", msgspec.json.encode(typed), before, "copy what you change")
    third = comparable_binding(sample.bind(typed))
    advice = "keep what a call changes out of the type"
    expect_equal("a binding made after a call", third, comparable_binding(second), advice)
    if sample.is_pure:
        advice = "keep what a call changes out of the type and its data, or do not say is_pure"
        _expect_same("the result of another binding", _call(sample, second), outcome, advice)


def check_a_pure_step_repeats_itself(sample: StepSample) -> None:
    """With `is_pure` the same record gives the same result each time."""
    if sample.is_pure:
        bound = sample.bind()
        first, second = _call(sample, bound), _call(sample, bound)
        _expect_same("the result of a second call", second, first, "keep nothing between calls, or do not say is_pure")


def _call(
    sample: StepSample, bound: BoundStep | None = None, *, cancel_after_seconds: float | None = None
) -> StepOutcome:
    step = bound or sample.bind()
    return WatchedCall(
        sample.step_type.name, step, sample.record or {}, cancel_after_seconds=cancel_after_seconds
    ).run()


def _expect_same(what: str, found: StepOutcome, expected: StepOutcome, advice: str) -> None:
    ends = [(comparable_result(outcome.result), type(outcome.error), outcome.seconds) for outcome in (found, expected)]
    expect_equal(what, ends[0], ends[1], advice)


def _awaited(result: Any) -> Any:
    """Return what is produced when the wait that a step asked for is over, and no signal came."""
    if isinstance(result, SignalWait):
        return {} if result.default is msgspec.UNSET else result.default
    return result.produced if isinstance(result, Delay | DelayUntil) else result


def _produced(result: Any) -> Any:
    result = _awaited(result)
    return result.produced if isinstance(result, Choice) else result


def _choice(result: Any) -> Choice | None:
    result = _awaited(result)
    return result if isinstance(result, Choice) else None


def _expect_sound_delay(result: Any) -> None:
    if not isinstance(result, Delay):
        return
    seconds = result.delay_seconds
    if not is_finite_number(seconds) or not 0 <= seconds <= LONGEST_SECONDS:
        expected = f"a number of seconds, from 0 to {LONGEST_SECONDS:,}"
        raise breach("the delay", shown(seconds), expected, "check it in bind")


CALL_CHECKS = (
    check_a_call_ends_well,
    check_a_call_on_an_empty_record_ends,
    check_a_call_keeps_its_record,
    check_a_call_produces_a_json_object,
    check_chosen_handles_are_declared,
    check_a_signal_that_is_waited_for_is_declared,
    check_a_cancelled_call_ends,
    check_a_call_leaks_nothing,
    check_a_call_leaves_earlier_ones_alone,
    check_nodes_keep_their_own_data,
    check_bindings_share_no_state,
    check_a_pure_step_repeats_itself,
)
"""All checks of this file."""
