"""`delay`: the node ends later. Nothing sleeps: the runtime keeps the firing as a record until its time has come."""

from typing import Annotated, Literal

import msgspec

from flowrt.errors import Problem
from flowrt.policies.retry import NotNegative
from flowrt.steps.data import NodeData
from flowrt.typing import BoundStep, Delay, Record, StepBindError

LONGEST_SECONDS = 366 * 24 * 3600
"""The longest delay: a year."""
_SECONDS = {"milliseconds": 0.001, "seconds": 1.0, "minutes": 60.0, "hours": 3600.0}


class DelayData(NodeData, frozen=True, kw_only=True):
    """The data of a `delay` node: `delay_seconds`, or `duration` with its `unit`; with neither it does not wait."""

    delay_seconds: Annotated[NotNegative | None, msgspec.Meta(description="How long to wait, in seconds.")] = None
    duration: Annotated[NotNegative | None, msgspec.Meta(description="How long to wait, in `unit`.")] = None
    unit: Annotated[
        Literal["milliseconds", "seconds", "minutes", "hours"], msgspec.Meta(description="The unit of `duration`.")
    ] = "milliseconds"


class DelayType:
    """Ends after a time, and produces nothing."""

    name = "delay"
    description = "Waits for a time before the nodes behind it run."
    data_type: type[msgspec.Struct] = DelayData

    def bind(self, data: DelayData) -> BoundStep:
        """Bind the type to a node.

        Raises:
            StepBindError: Two delays are given, or one that is longer than a year.
        """
        if data.delay_seconds is not None and data.duration is not None:
            raise StepBindError(Problem("/duration", "`delay_seconds` is given too: keep one of them"))
        place = "/delay_seconds" if data.duration is None else "/duration"
        seconds = data.delay_seconds or (data.duration or 0) * _SECONDS[data.unit]
        if not seconds <= LONGEST_SECONDS:
            raise StepBindError(Problem(place, f"{seconds:g} s is longer than a year ({LONGEST_SECONDS} s)"))

        def delay(_: Record) -> Delay:
            return Delay({}, seconds)

        return BoundStep(delay)
