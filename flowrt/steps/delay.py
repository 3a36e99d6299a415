"""`delay`: the node ends later. Nothing sleeps: the runtime keeps the firing as a record until its time has come."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from flowrt.clock import NANOSECONDS
from flowrt.definition.templates import compile_template
from flowrt.errors import ExpressionError, Problem
from flowrt.policies.retry import NotNegative
from flowrt.steps.data import NodeData
from flowrt.typing import BoundStep, Delay, DelayUntil, Record, StepBindError

LONGEST_SECONDS = 366 * 24 * 3600
"""The longest delay: a year."""
_SECONDS = {"milliseconds": 0.001, "seconds": 1.0, "minutes": 60.0, "hours": 3600.0}


class DelayData(NodeData, frozen=True, kw_only=True):
    """The data of a `delay` node: `delay_seconds`, `duration` with its `unit`, or `until`; else it does not wait."""

    delay_seconds: Annotated[NotNegative | None, msgspec.Meta(description="How long to wait, in seconds.")] = None
    duration: Annotated[NotNegative | None, msgspec.Meta(description="How long to wait, in `unit`.")] = None
    unit: Annotated[
        Literal["milliseconds", "seconds", "minutes", "hours"], msgspec.Meta(description="The unit of `duration`.")
    ] = "milliseconds"
    until: Annotated[
        str | None,
        msgspec.Meta(description="Until when to wait: a time as `2030-01-31T12:00:00+01:00`, or a template of one."),
    ] = None


class DelayType:
    """Ends after a time, and produces nothing."""

    name = "delay"
    description = "Waits for a time before the nodes behind it run."
    data_type: type[msgspec.Struct] = DelayData

    def bind(self, data: DelayData) -> BoundStep:
        """Bind the type to a node.

        Raises:
            StepBindError: Two delays are given, or one that is longer than a year, or `until` is no time.
        """
        given = [key for key in ("delay_seconds", "duration", "until") if getattr(data, key) is not None]
        if len(given) > 1:
            raise StepBindError(Problem(f"/{given[1]}", f"`{given[0]}` is given too: keep one of them"))
        if data.until is not None:
            return BoundStep(_wait_until(data.until))
        place = "/delay_seconds" if data.duration is None else "/duration"
        seconds = data.delay_seconds or (data.duration or 0) * _SECONDS[data.unit]
        if not seconds <= LONGEST_SECONDS:
            raise StepBindError(Problem(place, f"{seconds:g} s is longer than a year ({LONGEST_SECONDS} s)"))

        def delay(_: Record) -> Delay:
            return Delay({}, seconds)

        return BoundStep(delay)


def _wait_until(text: str) -> Callable[[Record], DelayUntil]:
    try:
        template = compile_template(text)
    except ExpressionError as error:
        raise StepBindError(Problem("/until", str(error))) from error
    if "{" not in text:
        try:
            fixed = _at_ns(text)
        except ValueError as error:
            raise StepBindError(Problem("/until", str(error))) from error
        return lambda _record: DelayUntil({}, fixed)
    return lambda record: DelayUntil({}, _at_ns(template.render(record)))


def _at_ns(text: str) -> int:
    """Return a time in nanoseconds since 1970."""
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        message = f"{text[:60]!r} is no time with an offset, such as 2030-01-31T12:00:00+01:00 or 2030-01-31T12:00:00Z"
        raise ValueError(message)
    since = time - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * NANOSECONDS + since.microseconds * 1_000
