"""Comparing a history with the reference, and running the reference alone."""

import json
from random import Random
from typing import Any, NamedTuple

from reference.ends import BEGINS, INEXACT_NS, observed
from reference.interpreter import finish_of, possible_ends, silent_steps, waiting_ends
from reference.steps import after, start
from reference.workflow import Workflow

from flowrt.events import ExecutionEnded, ExecutionStarted


class MismatchError(AssertionError):
    """A history that can't have happened."""


class Branch(NamedTuple):
    """One way to understand what was observed so far."""

    state: Any
    requests: tuple[Any, ...]
    """What was asked for from outside and did not happen yet, with its times."""


def check(document, definition, input, events, *, is_timely=False, requests=()):
    """Replay what was observed; raise `MismatchError` at the first event that can't have happened.

    Args:
        document: The definition as it was written, to be shown.
        definition: The same, loaded.
        input: What the execution was given.
        events: All its events; in virtual time pairs of the time and the event, or the `End` of an attempt's begin.
        is_timely: Times are exact, as in virtual time.
        requests: The cancels from outside, as `End`s with their times.
    """
    if not is_timely:
        events = [(None, event) for event in events]
    workflow = Workflow(definition, input, is_timely=is_timely)
    branches, seen = [Branch(start(workflow), tuple(requests))], []

    def refuse(found, expected):
        lines = ["the history can't have happened", f"definition: {json.dumps(document)}", f"input: {input}"]
        lines += [f"requests: {requests}", *[f"  {one}" for one in seen]]
        lines += [f"then: {found}", "expected one of:", *[f"  {one}" for one in expected]]
        raise MismatchError("\n".join(lines))

    if not events or not isinstance(events[0][1], ExecutionStarted):
        refuse(events[:1], ["ExecutionStarted"])
    for at_ns, event in events[1:]:
        found = event if isinstance(event, tuple) else observed(event, at_ns)
        expected = []
        branches = [after_it for branch in branches for after_it in _follow(branch, found, at_ns, expected)]
        if not branches:
            refuse(found, expected)
        seen.append(found)
    if not isinstance(events[-1][1], ExecutionEnded) or sum(isinstance(one, ExecutionEnded) for _, one in events) != 1:
        refuse("the history ends", ["ExecutionEnded, once, at the end"])


def _follow(branch, found, at_ns, expected):
    """Return the ways to go on after what was observed; what is expected instead is added to a list."""
    todo, ways = [branch], []
    while todo:
        state, requests = todo.pop()
        steps = [*possible_ends(state), *waiting_ends(state)]
        silent = [] if not state.workflow.is_timely else silent_steps(state)
        asked = [] if state.owed else list(requests)
        next_ns = min([step.at_ns for step in (*steps, *silent, *asked) if step.at_ns is not None], default=None)
        finish = finish_of(state)
        expected += [*steps, *silent, *asked, *([finish] if finish else [])]
        if finish is not None and finish.fits(found):
            ways.append(Branch(state, ()))
        fitting = [step for step in (*steps, *silent) if _is_next(step, next_ns) and step.fits(found)]
        ways += [Branch(after(state, found), requests) for _ in fitting[:1]]
        for step in (*silent, *asked):
            is_hidden = step.status != BEGINS and _is_next(step, next_ns)
            if is_hidden and at_ns is not None and step.at_ns <= at_ns + INEXACT_NS:
                rest = tuple(one for one in requests if one is not step)
                todo.append(Branch(after(state, step), rest))
    return ways


def _is_next(step, next_ns):
    return step.at_ns is None or step.at_ns <= next_ns + INEXACT_NS


def run_alone(definition, input, seed):
    """Run a workflow in the reference; the seed chooses the order of ends. Return the ends and the finish."""
    state = start(Workflow(definition, input, is_timely=True))
    random, ends = Random(seed), []
    while True:
        steps = [*possible_ends(state), *waiting_ends(state), *silent_steps(state)]
        if not steps or finish_of(state) is not None:
            return ends, finish_of(state)
        first_ns = min(step.at_ns for step in steps)
        step = random.choice([step for step in steps if step.at_ns == first_ns])
        state = after(state, step)
        if step.status in {"completed", "failed", "skipped", "cancelled"}:
            ends.append(step)


def is_free_of_schedule(definition):
    """Say whether the order of ends makes no difference to how an execution ends, if it completes."""
    return all(
        node.join.rule in {"all", "all_settled"} and not node.policy.timeout.attempt for node in definition.nodes
    )
