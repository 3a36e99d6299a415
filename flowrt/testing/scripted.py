"""`scripted`: a step type whose nodes do what their data says, attempt by attempt.

What a node does is data alone, so a whole workflow can be drawn at random, shrunk, printed and kept:

    registry = StepRegistry()
    registry.add(ScriptedType())
    definition = {
        "nodes": [
            {
                "id": "flaky",
                "type": "scripted",
                "data": {"attempts": [{"fails": "ConnectionError"}, {"produces": {"score": 7}}]},
                "policy": {"retry": {"max_attempts": 2}},
            }
        ]
    }
    async with Runtime(steps=registry) as runtime:
        assert await runtime.run(definition) == {"score": 7}
"""

from collections.abc import Callable, Coroutine
from itertools import count
from typing import Annotated, Any, Literal, TypeAlias, cast

import anyio
import anyio.lowlevel
import msgspec

from flowrt.errors import Problem
from flowrt.policies.retry import NotNegative
from flowrt.steps.data import NodeData
from flowrt.typing import BoundStep, Choice, Delay, Record, SignalWait, StepBindError

ErrorName: TypeAlias = Literal["ValueError", "LookupError", "KeyError", "ConnectionError", "TimeoutError"]
"""What a scripted attempt may fail with; a `KeyError` is a `LookupError`."""

_ERRORS: dict[ErrorName, type[Exception]] = {
    "ValueError": ValueError,
    "LookupError": LookupError,
    "KeyError": KeyError,
    "ConnectionError": ConnectionError,
    "TimeoutError": TimeoutError,
}
_TAKING_TIME = ("sleep", "delay", "signal")


class ScriptedAttempt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a node does in one attempt; by default it returns at once and produces nothing."""

    produces: Annotated[dict[str, Any], msgspec.Meta(description="What the node produces.")] = {}
    fails: Annotated[ErrorName | None, msgspec.Meta(description="The error that is raised instead.")] = None
    seconds: Annotated[
        NotNegative,
        msgspec.Meta(description="The time it takes, with `sleep` and `delay`; how long it waits, with `signal`."),
    ] = 0.0
    runs: Annotated[
        Literal["plain", "checkpoint", "sleep", "delay", "signal"],
        msgspec.Meta(
            description="`plain`: a function that returns at once; `checkpoint`: a coroutine that lets others go on; "
            "`sleep`: a coroutine that sleeps; `delay`: a function that returns a `Delay`, which holds no task; "
            "`signal`: one that waits for the node's signal and produces what comes with it, an object. Without one it "
            "ends like `delay`; if it `fails`, with a `SignalTimeoutError`."
        ),
    ] = "plain"
    chooses: Annotated[
        tuple[str, ...] | None,
        msgspec.Meta(description="The handles whose edges are taken; null: the node takes every edge."),
    ] = None


class ScriptedData(NodeData, frozen=True, kw_only=True):
    """The data of a `scripted` node."""

    attempts: Annotated[
        tuple[ScriptedAttempt, ...],
        msgspec.Meta(min_length=1, description="What each attempt does, from the first; the last one repeats."),
    ] = (ScriptedAttempt(),)
    handles: Annotated[
        tuple[str, ...] | None, msgspec.Meta(description="The `sourceHandle`s it has; null: it does not branch.")
    ] = None
    signal: Annotated[str | None, msgspec.Meta(description="The signal that attempts wait for.")] = None
    echo: Annotated[
        str | None,
        msgspec.Meta(description="A key under which it also produces the record that it was given, without that key."),
    ] = None


class ScriptedType:
    """Does in each attempt what the node's data says.

    Attempts are counted from when the node was bound, which is when its definition was loaded. A runtime loads a `dict`
    for each execution; a definition that was loaded before goes on counting where its last execution ended.
    """

    name = "scripted"
    description = "Produces or fails as its data says, attempt by attempt; for tests."
    data_type: type[msgspec.Struct] = ScriptedData

    def bind(self, data: ScriptedData) -> BoundStep:
        """Bind the type to a node.

        Raises:
            StepBindError: An attempt takes time that can't, waits for a signal without a name, or chooses a handle that
                the node does not have.
        """
        problems = [problem for place, attempt in enumerate(data.attempts) for problem in _check(data, place, attempt)]
        if problems:
            raise StepBindError(*problems)
        handles = None if data.handles is None else frozenset(data.handles)
        signal = None if data.signal is None else SignalWait(data.signal, _accept)
        return BoundStep(_make_call(data), handles=handles, signal=signal)


def _check(data: ScriptedData, place: int, attempt: ScriptedAttempt) -> list[Problem]:
    problems: list[Problem] = []
    if attempt.seconds and attempt.runs not in _TAKING_TIME:
        message = f"an attempt that runs as {attempt.runs!r} takes no time: use 'sleep', 'delay' or 'signal'"
        problems.append(Problem(f"/attempts/{place}/seconds", message))
    if attempt.runs == "signal" and data.signal is None:
        problems.append(Problem(f"/attempts/{place}/runs", "it waits for a signal: name it in `signal`"))
    unknown = sorted(set(attempt.chooses or ()).difference(data.handles or ()))
    if unknown:
        message = f"the node has no handle {unknown[0]!r}: name it in `handles`"
        problems.append(Problem(f"/attempts/{place}/chooses", message))
    return problems


def _make_call(data: ScriptedData) -> Callable[[Record], Any]:
    """Return the step: a coroutine function if all attempts are coroutines, otherwise a function of mixed returns."""
    numbers = count()

    def run(record: Record) -> Any:
        attempt = data.attempts[min(next(numbers), len(data.attempts) - 1)]
        match attempt.runs:
            case "plain":
                return _end(data, attempt, record)
            case "delay" if attempt.fails:
                return Delay(None, attempt.seconds, _error(attempt.fails))
            case "delay":
                return Delay(_end(data, attempt, record), attempt.seconds)
            case "signal":
                default = msgspec.UNSET if attempt.fails else _end(data, attempt, record)
                return SignalWait(data.signal or "", _accept, attempt.seconds, default)
            case _:
                return _suspend(data, attempt, record)

    async def run_later(record: Record) -> Any:
        return await run(record)

    return run_later if all(attempt.runs in {"sleep", "checkpoint"} for attempt in data.attempts) else run


def _suspend(data: ScriptedData, attempt: ScriptedAttempt, record: Record) -> Coroutine[Any, Any, Any]:
    async def suspend() -> Any:
        if attempt.runs == "sleep":
            await anyio.sleep(attempt.seconds)
        else:
            await anyio.lowlevel.checkpoint()
        return _end(data, attempt, record)

    return suspend()


def _end(data: ScriptedData, attempt: ScriptedAttempt, record: Record) -> Any:
    if attempt.fails:
        raise _error(attempt.fails)
    # a step's payload is its own: the data is shared by all executions
    produced = dict(attempt.produces)
    if data.echo is not None:
        produced[data.echo] = {key: value for key, value in record.items() if key != data.echo}
    return produced if attempt.chooses is None else Choice(produced, attempt.chooses)


def _accept(payload: Any) -> Record:
    if not isinstance(payload, dict):
        message = f"expected an object, found {payload!r:.80}"
        raise ValueError(message)  # noqa: TRY004 - the payload is wrong, not a type of ours
    return cast("Record", payload)


def _error(name: ErrorName) -> Exception:
    return _ERRORS[name]("as the script says")
