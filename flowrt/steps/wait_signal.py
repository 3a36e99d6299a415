"""`wait_signal`: the node ends when somebody sends the execution a signal. Nothing sleeps meanwhile."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from flowrt.errors import Problem
from flowrt.policies.retry import Positive
from flowrt.steps.data import NodeData
from flowrt.typing import BoundStep, Record, SignalWait, StepBindError


class WaitSignalData(NodeData, frozen=True, kw_only=True):
    """The data of a `wait_signal` node."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="The signal's name.")]
    output_key: Annotated[
        str | None, msgspec.Meta(description="Under which key the payload is produced; by default the signal's name.")
    ] = None
    payload_schema: Annotated[
        dict[str, Any] | None,
        msgspec.Meta(description="A JSON Schema: signals whose payload does not fit are refused."),
    ] = None
    timeout_seconds: Annotated[
        Positive | None, msgspec.Meta(description="How long to wait; without it there is no limit.")
    ] = None
    default: Annotated[
        Any, msgspec.Meta(description="The payload when the time is over; without it the node fails then.")
    ] = msgspec.UNSET


class WaitSignalType:
    """Waits for a signal, and produces its payload."""

    name = "wait_signal"
    description = "Waits until somebody sends the execution a signal."
    data_type: type[msgspec.Struct] = WaitSignalData

    def bind(self, data: WaitSignalData) -> BoundStep:
        """Bind the type to a node.

        Raises:
            StepBindError: The schema is wrong, or there is a default that does not fit or that nobody would wait for.
        """
        if data.default is not msgspec.UNSET and data.timeout_seconds is None:
            raise StepBindError(Problem("/default", "it is for when the time is over: give `timeout_seconds` too"))
        key = data.output_key or data.name
        check = payload_checker(data.payload_schema, "payload_schema")

        def accept(payload: Any) -> Record:
            check(payload)
            return {key: payload}

        return waiting_step(SignalWait(data.name, accept, data.timeout_seconds, _default(data, accept)))


def _default(data: WaitSignalData, accept: Callable[[Any], Record]) -> Any:
    """Return what the node produces when the time is over, as if it had come with a signal."""
    if data.default is msgspec.UNSET:
        return msgspec.UNSET
    try:
        return accept(data.default)
    except ValueError as error:
        raise StepBindError(Problem("/default", f"it does not fit `payload_schema`: {error}")) from error


def waiting_step(wait: SignalWait) -> BoundStep:
    """Return the step that waits for a signal."""

    def begin(_record: Record) -> SignalWait:
        return wait

    return BoundStep(begin, signal=wait)


def payload_checker(schema: dict[str, Any] | None, place: str) -> Callable[[Any], None]:
    """Return a function that raises `ValueError` for a payload that does not fit a schema.

    Raises:
        StepBindError: The schema is wrong.
    """
    if schema is None:
        return lambda _payload: None
    from flowrt.steps.json_schema import make_checker  # noqa: PLC0415 - loads jsonschema

    problems: list[Problem] = []
    misfits = make_checker(schema, problems, place)
    if misfits is None:
        raise StepBindError(*problems)

    def check(payload: Any) -> None:
        found = sorted(misfits(payload))
        if found:
            raise ValueError("; ".join(f"{path or 'payload'}: {message}" for path, message in found[:10]))

    return check
