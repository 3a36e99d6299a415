"""What a Python function takes and gives, as its annotations say it."""

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Optional, get_type_hints

from flowrt.definition.nearest import NearestNames

_UNRESOLVED: Any = object()


class FunctionSignature:
    """The parameters and the result of a function, with its annotations resolved.

    An annotation that names something unknown is looked up again each time it is asked for, so a class may be defined
    after the function; as long as it is unknown it counts as `Any`.

    Args:
        function: Any callable that has a signature.
        local_names: Names that annotations may use besides the function's globals.

    Raises:
        ValueError: The callable does not say what it takes.
    """

    def __init__(self, function: Callable[..., Any], local_names: Mapping[str, Any] | None = None) -> None:
        try:
            signature = inspect.signature(function)
        except (ValueError, TypeError):
            raise ValueError("it does not say which parameters it takes: wrap it in a `def`") from None
        self.parameters: Mapping[str, inspect.Parameter] = signature.parameters
        self.is_async = is_async(function)
        self._text = _without_modules(str(signature.replace(return_annotation=inspect.Signature.empty)))
        self._annotations = {name: parameter.annotation for name, parameter in self.parameters.items()}
        self._result = function if inspect.isclass(function) else signature.return_annotation
        self._globals = _globals_of(function)
        self._resolved: dict[str | None, Any] = {}
        for name in (*self._annotations, None):
            self._resolve(name, local_names)

    def __str__(self) -> str:
        return self._text

    def type_of(self, parameter: str) -> Any:
        """Return the type of a parameter; `Any` if it has none. A default of `None` allows `None`."""
        return self._resolve(parameter, None)

    @property
    def result_type(self) -> Any:
        """The type of what a call gives, awaited if the function is async; `Any` if it has none."""
        return self._resolve(None, None)

    @property
    def rest(self) -> str | None:
        """The first parameter that takes any number of arguments, as `*args`; `None` if there is none."""
        for name, parameter in self.parameters.items():
            if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
                return f"{'*' if parameter.kind is parameter.VAR_POSITIONAL else '**'}{name}"
        return None

    def assign(self, positional: Sequence[Any], named: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the arguments of a call by parameter, in the order of the parameters, and what is wrong with it."""
        problems: list[str] = []
        by_position = [name for name, found in self.parameters.items() if found.kind is not found.KEYWORD_ONLY]
        given = dict(zip(by_position, positional, strict=False))
        if len(positional) > len(by_position):
            problems.append(f"{len(positional)} positional arguments are given, it takes {len(by_position)}")
        by_name = [name for name, found in self.parameters.items() if found.kind is not found.POSITIONAL_ONLY]
        for name, value in named.items():
            if name not in by_name:
                hint = NearestNames().hint(name, by_name)
                problems.append(f"it has no parameter {name!r}{hint}")
            elif name in given:
                problems.append(f"the argument {name!r} is given twice")
            else:
                given[name] = value
        problems += [f"the argument {name!r} is missing" for name in self.missing(given)]
        return {name: given[name] for name in self.parameters if name in given}, problems

    def missing(self, given: Mapping[str, Any]) -> list[str]:
        """Return the names of the parameters that need an argument and are not given one."""
        return [
            name
            for name, parameter in self.parameters.items()
            if name not in given and parameter.default is parameter.empty
        ]

    def _resolve(self, name: str | None, local_names: Mapping[str, Any] | None) -> Any:
        if name not in self._resolved:
            annotation = self._result if name is None else self._annotations[name]
            found = _evaluate(annotation, self._globals, local_names)
            if found is _UNRESOLVED:
                return Any
            is_optional = name is not None and self.parameters[name].default is None
            if is_optional and found is not Any:
                found = Optional[found]  # noqa: UP045 - not every annotation knows `|`
            self._resolved[name] = found
        return self._resolved[name]


def _without_modules(text: str) -> str:
    return re.sub(r"(?<![\w.])(?:(?:[A-Za-z_]\w*|<locals>)\.)+", "", text)


def is_async(function: Callable[..., Any]) -> bool:
    """Say whether calls of a callable give coroutines: an `async def`, or an object whose `__call__` is one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(_call_of(function))


def yields(function: Callable[..., Any]) -> bool:
    """Say whether a callable is a generator function, async or not."""
    return any(
        inspect.isgeneratorfunction(found) or inspect.isasyncgenfunction(found)
        for found in (function, _call_of(function))
    )


def _call_of(function: Callable[..., Any]) -> Any:
    """Return the `__call__` that the class of an object gives it."""
    return None if inspect.isroutine(function) or inspect.isclass(function) else type(function).__call__


def _globals_of(function: Callable[..., Any]) -> dict[str, Any]:
    found: Any = inspect.unwrap(function)
    while isinstance(found, functools.partial):
        found = inspect.unwrap(found.func)
    for candidate in (found, getattr(found, "__func__", None), getattr(found, "__init__", None), _call_of(found)):
        names: dict[str, Any] | None = getattr(candidate, "__globals__", None)
        if names is not None:
            return names
    return {}


def _evaluate(annotation: Any, global_names: dict[str, Any], local_names: Mapping[str, Any] | None) -> Any:
    if annotation is inspect.Parameter.empty:
        return Any
    holder = SimpleNamespace(__annotations__={"it": annotation})
    try:
        return get_type_hints(holder, global_names, dict(local_names or {}), include_extras=True)["it"]
    except NameError:
        return _UNRESOLVED
    except Exception:  # noqa: BLE001 - an annotation may be anything, and is no reason to refuse a function
        return Any
