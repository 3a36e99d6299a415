"""Payloads as JSON text, taken when they were produced."""

from typing import Any

import msgspec

from flowrt.actors.plain import START_CHARACTERS, Plainer, encode_unknown
from flowrt.events import ErrorDetails, Snapshot

MAX_PAYLOAD_BYTES = 1 << 20
MAX_TEXT_CHARACTERS = 2000
CUT = "$cut"
"""The only key of what stands for a payload that was cut."""


_encoder = msgspec.json.Encoder(enc_hook=encode_unknown)


def take_snapshot(payload: Any, max_bytes: int = MAX_PAYLOAD_BYTES) -> Snapshot:
    """Return a payload as JSON text.

    What JSON has no form for becomes `{"$type": ..., "repr": ...}`, NaN and infinity become null, and keys that are no
    texts their `repr`; text over `max_bytes` is cut to `{"$cut": {"size_bytes": ..., "start": ...}}`.
    """
    try:
        text = _encoder.encode(payload)
    except (TypeError, ValueError, RecursionError, OverflowError):
        text = _encoder.encode(Plainer().plain(payload))
    if len(text) <= max_bytes:
        return Snapshot(text, len(text))
    start = text[:START_CHARACTERS].decode(errors="ignore")
    return Snapshot(_encoder.encode({CUT: {"size_bytes": len(text), "start": start}}), len(text), is_cut=True)


def describe_error(error: BaseException) -> ErrorDetails:
    """Return an exception as data, with its traceback as text."""
    import traceback  # noqa: PLC0415 - only for failures

    try:
        trace = "".join(traceback.format_exception(error))
    except Exception as broken:  # noqa: BLE001 - a user's error may do anything
        trace = f"<a traceback that could not be made: {text_of(broken)}>"
    return ErrorDetails(type=type_name(error), message=message_of(error), traceback=trace)


def type_name(error: BaseException) -> str:
    """Return the name of an exception's class, with its module where that is not `builtins`."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def text_of(error: BaseException) -> str:
    """Return an exception as its class and message, which is cut if it is very long, as nested failures make it."""
    return cut(f"{type(error).__name__}: {message_of(error)}")


def cut(text: str) -> str:
    """Return a text without its end, if it is very long."""
    return text if len(text) <= MAX_TEXT_CHARACTERS else f"{text[:MAX_TEXT_CHARACTERS]} ..."


def message_of(error: BaseException) -> str:
    """Return the text of an exception; one whose `__str__` is broken has one, too."""
    try:
        return str(error)
    except Exception as broken:  # noqa: BLE001 - a user's __str__ may do anything
        return f"<{type(error).__name__} whose message raised {type(broken).__name__}>"
