"""Comparing a history with the reference, and running the reference alone."""

import json
from random import Random

from reference.ends import observed
from reference.interpreter import possible_ends
from reference.moment import Moment
from reference.workflow import Workflow

from flowrt.events import ExecutionEnded, ExecutionStarted


class MismatchError(AssertionError):
    """A history that can't have happened."""


def check(document, definition, input, events, *, is_timely=False):
    """Replay what was observed; raise `MismatchError` at the first event that can't have happened.

    Args:
        document: The definition as it was written, to be shown.
        definition: The same, loaded.
        input: What the execution was given.
        events: All its events.
        is_timely: Times are exact, as in virtual time.
    """
    workflow = Workflow(definition, input, is_timely=is_timely)
    ends = []

    def refuse(found, expected):
        lines = ["the history can't have happened", f"definition: {json.dumps(document)}", f"input: {input}"]
        lines += [f"  {end}" for end in ends]
        lines += [f"then: {found}", "expected one of:", *[f"  {one}" for one in expected]]
        raise MismatchError("\n".join(lines))

    if not events or not isinstance(events[0], ExecutionStarted):
        refuse(events[:1], ["ExecutionStarted"])
    for event in events[1:]:
        found, moment = observed(event), Moment(workflow, tuple(ends))
        possible = [one for one in (*possible_ends(moment), moment.finish()) if one]
        if found not in possible:
            refuse(found, possible)
        ends.append(found)
    if not isinstance(events[-1], ExecutionEnded) or sum(isinstance(event, ExecutionEnded) for event in events) != 1:
        refuse("the history ends", ["ExecutionEnded, once, at the end"])


def run_alone(definition, input, seed):
    """Run a workflow in the reference; the seed chooses the order of ends. Return the ends and the finish."""
    workflow = Workflow(definition, input, is_timely=True)
    random, ends = Random(seed), ()
    while True:
        moment = Moment(workflow, ends)
        possible = [] if moment.failing_place() is not None else possible_ends(moment)
        if not possible:
            return ends, moment.finish()
        ends += (random.choice(possible),)


def is_free_of_schedule(definition):
    """Say whether the order of ends makes no difference to how an execution ends, if it completes."""
    return all(node.join in {"all", "all_settled"} and not node.policy.timeout.attempt for node in definition.nodes)
