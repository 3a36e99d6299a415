"""What can be compared of bindings and results: functions, of which each binding makes its own, can't."""

from typing import Any

from flowrt.typing import BoundStep, SignalWait


def comparable_binding(bound: BoundStep) -> BoundStep:
    """Return what two bindings of one node have in common."""
    return bound._replace(call=_no_function, signal=comparable_result(bound.signal))


def comparable_result(result: Any) -> Any:
    """Return what two results of a pure step have in common."""
    return result._replace(accept=_no_function) if isinstance(result, SignalWait) else result


def _no_function(_: Any) -> None: ...
