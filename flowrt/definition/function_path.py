"""The path by which a definition names a Python function: `package.module:function`."""

import functools
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any


def function_path(function: Callable[..., Any]) -> str:
    """Return the path of a function; for what has no importable one, a text that says what it is."""
    while isinstance(function, functools.partial):
        function = function.func
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}:{named.__qualname__}"


def why_not_importable(function: Callable[..., Any]) -> str | None:
    """Return why a function can't be found by its path in another process, or `None` if it can."""
    path = function_path(function)
    module_name, _, name = path.partition(":")
    belongs = not hasattr(function, "__qualname__") or hasattr(function, "__self__")
    top = "move it to the top of its module"
    wrap = "define a function at the top of a module that calls it"
    checks = (
        (isinstance(function, functools.partial), f"it is a functools.partial of {path}: {wrap}"),
        (belongs, f"{path} belongs to an object: {wrap}"),
        ("<" in name, f"{path} is defined inside a function: {top}"),
        (
            module_name == "__main__",
            f"{path} is in the script that runs: move it to a module",
        ),
        ("." in name, f"{path} is defined in a class: {top}"),
        (not isinstance(function, FunctionType), f"{path} is a {type(function).__name__}: {wrap}"),
        (_found_at(module_name, name) is not function, f"{path} leads to something else: give it a name of its own"),
    )
    return next((reason for applies, reason in checks if applies), None)


def _found_at(module_name: str, name: str) -> Any:
    module = sys.modules.get(module_name)
    found = getattr(module, name, None)
    return getattr(found, "function", found)
