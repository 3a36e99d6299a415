"""A step's call as bytes, from which another process makes it again. What goes over is names, not code."""

import io
import pickle
import sys
from collections.abc import Callable
from operator import attrgetter
from types import FunctionType, MethodType
from typing import Any, TypeVar

from flowrt.definition.python_step import Step, is_step

F = TypeVar("F", bound=Callable[..., Any])
RECIPE = "_flowrt_recipe"


def made_by(maker: Callable[..., Any], *parts: Any) -> Callable[[F], F]:
    """Say how a call that was made inside of a function is made again elsewhere: by calling `maker` with `parts`."""

    def note(call: F) -> F:
        setattr(call, RECIPE, (maker, parts))
        return call

    return note


def send_call(call: Callable[..., Any]) -> bytes:
    """Return a call as bytes, for `pickle.loads` in another process.

    Raises:
        Exception: It can't be found by a name there, or holds a value that can't be sent.
    """
    buffer = io.BytesIO()
    _CallPickler(buffer, pickle.HIGHEST_PROTOCOL).dump(call)
    return buffer.getvalue()


def why_not_sendable(call: Callable[..., Any]) -> str | None:
    """Return why a call can't be made in another process, or `None` if it seems that it can."""
    try:
        send_call(call)
    except Exception as error:  # noqa: BLE001 - what is pickled may raise anything
        return f"{type(error).__name__}: {error}"
    return None


class _CallPickler(pickle.Pickler):
    """Knows that the name of a step's function leads to the step, and how calls are made that have no name."""

    def reducer_override(self, obj: Any, /) -> Any:
        if isinstance(obj, MethodType) and _step_of(obj.__func__) is not None:
            return _bound, (obj.__func__, obj.__self__)
        if not isinstance(obj, FunctionType):
            return NotImplemented
        recipe = getattr(obj, RECIPE, None)
        if recipe is not None:
            return recipe
        step = _step_of(obj)
        return NotImplemented if step is None else (getattr, (step, "function"))


def _bound(function: Callable[..., Any], instance: object) -> Callable[..., Any]:
    return MethodType(function, instance)  # which has no name itself by which pickle could find it


def _step_of(function: Any) -> Step[..., Any] | None:
    """Return the step that is found at a function's name, if it is made of that function."""
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    try:
        found = attrgetter(function.__qualname__)(module)
    except AttributeError:
        return None
    return found if is_step(found) and found.function is function else None
