"""What goes to a process that runs steps, and what comes back."""

import inspect
import io
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

from flowrt.actors.process_child import MAIN, RAISED, REFUSED, RETURNED, SCRIPT, short
from flowrt.definition.sending import send_call
from flowrt.errors import StepTransferError
from flowrt.typing import PlacedCall

PROTOCOL = pickle.HIGHEST_PROTOCOL
Parts: TypeAlias = tuple[type[BaseException], tuple[Any, ...], Mapping[str, Any]]
"""An error's class, arguments and attributes."""


class Request(NamedTuple):
    """A call as bytes."""

    call: bytes
    arguments: bytes


def pack_setup() -> bytes:
    """Return what a new process needs to import what this one can."""
    main = sys.modules.get(MAIN)
    script = getattr(main, "__file__", None)
    script = None if script is None else str(Path(script).absolute())
    return pickle.dumps({"path": sys.path, "arguments": sys.argv, "script": script}, PROTOCOL)


def pack_call(node: str, call: PlacedCall) -> Request:
    """Return the call of a node's step as bytes.

    Raises:
        StepTransferError: It can't be found in another process, or takes a value that can't be sent.
    """
    try:
        packed = send_call(call.call)
    except Exception as error:
        raise StepTransferError(node, f"can't be found by a name in another process ({short(error)})") from error
    try:
        return Request(packed, pickle.dumps((call.arguments, call.options), PROTOCOL))
    except Exception as error:
        place, value = _find_unsendable(call)
        kind = type(value).__qualname__
        detail = f"takes `{place}`, of type {kind}, which can't be sent to a process ({short(error)})"
        raise StepTransferError(node, detail) from error


def unpack_answer(node: str, kind: bytes, body: bytes) -> Any:
    """Return what a step returned, or raise what it raised.

    Raises:
        StepTransferError: Something could not be sent.
        BaseException: What the step raised, with the traceback of its process as a note.
    """
    if kind == REFUSED:
        raise StepTransferError(node, body.decode())
    try:
        found = _Unpickler(io.BytesIO(body)).load()
        error = None if kind == RETURNED else _error_of(*found)
    except Exception as failure:
        what = "raised an error" if kind == RAISED else "returned something"
        raise StepTransferError(node, f"{what} that can't be made again here ({short(failure)})") from failure
    if error is not None:
        raise error
    return found


def _error_of(trace: str, whole: bytes, parts: Parts | None) -> BaseException:
    error = _Unpickler(io.BytesIO(whole)).load() if parts is None else _rebuilt(*parts)
    error.add_note(f"in its process:\n{trace.rstrip()}")
    return cast("BaseException", error)


def _rebuilt(kind: type[BaseException], arguments: tuple[Any, ...], state: Mapping[str, Any]) -> BaseException:
    """Return an error whose class wants other arguments than it keeps, or that holds what can't be sent."""
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    vars(error).update(state)
    return error


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        return super().find_class(MAIN if module_name == SCRIPT else module_name, global_name)


def _find_unsendable(call: PlacedCall) -> tuple[str, object]:
    """Return where a value stands that can't be sent, and the value."""
    found: tuple[str, object] = next(_unsendable(_named(call)), ("arguments", call.arguments))
    while isinstance(found[1], dict):
        entries = cast("dict[Any, object]", found[1])
        deeper = next(_unsendable({f"{found[0]}[{key!r}]": value for key, value in entries.items()}), None)
        if deeper is None:
            break
        found = deeper
    return found


def _unsendable(values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for place, value in values.items():
        try:
            pickle.dumps(value, PROTOCOL)
        except Exception:  # noqa: BLE001 - whatever pickling raises
            yield place, value


def _named(call: PlacedCall) -> Mapping[str, object]:
    signature: Callable[..., inspect.BoundArguments] = inspect.signature(call.call).bind
    return signature(*call.arguments, **call.options).arguments
