"""Payloads as JSON text, taken when they were produced."""

from typing import Any

import msgspec

from flowrt.events import ErrorDetails, Snapshot

MAX_PAYLOAD_BYTES = 1 << 20
_START_CHARACTERS = 256


def _encode_unknown(value: Any) -> Any:
    return {"$type": type(value).__qualname__, "repr": repr(value)[:_START_CHARACTERS]}


_encoder = msgspec.json.Encoder(enc_hook=_encode_unknown)


def take_snapshot(payload: Any, max_bytes: int = MAX_PAYLOAD_BYTES) -> Snapshot:
    """Return a payload as JSON text.

    What JSON has no form for becomes `{"$type": ..., "repr": ...}`; text over `max_bytes` is cut to
    `{"$cut": {"size_bytes": ..., "start": ...}}`.
    """
    try:
        text = _encoder.encode(payload)
    except (TypeError, ValueError, RecursionError, OverflowError) as error:
        text = _encoder.encode({"$type": type(payload).__qualname__, "error": str(error)})
    if len(text) <= max_bytes:
        return Snapshot(text, len(text))
    start = text[:_START_CHARACTERS].decode(errors="ignore")
    return Snapshot(_encoder.encode({"$cut": {"size_bytes": len(text), "start": start}}), len(text), is_cut=True)


def describe_error(error: BaseException) -> ErrorDetails:
    """Return an exception as data, with its traceback as text."""
    import traceback  # noqa: PLC0415 - only for failures

    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return ErrorDetails(type=name, message=message_of(error), traceback="".join(traceback.format_exception(error)))


def text_of(error: BaseException) -> str:
    """Return an exception as its class and message."""
    return f"{type(error).__name__}: {message_of(error)}"


def message_of(error: BaseException) -> str:
    """Return the text of an exception; one whose `__str__` is broken has one, too."""
    try:
        return str(error)
    except Exception as broken:  # noqa: BLE001 - a user's __str__ may do anything
        return f"<{type(error).__name__} whose message raised {type(broken).__name__}>"
