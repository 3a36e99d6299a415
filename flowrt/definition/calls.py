"""How a function is called with wired arguments, where they need a change of form."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any, get_args, get_origin

from flowrt.definition.arguments import Argument, ListOf
from flowrt.definition.json_kinds import is_array
from flowrt.definition.sending import made_by
from flowrt.definition.signature import FunctionSignature


def call_with_tuples(
    function: Callable[..., Any], signature: FunctionSignature, arguments: Mapping[str, Argument]
) -> Callable[..., Any]:
    """Return the function, or one that gives it tuples: wired results come as lists, and it may want a tuple."""
    names = [name for name, argument in arguments.items() if isinstance(argument, ListOf)]
    wanted = frozenset(name for name in names if _is_tuple(signature.type_of(name)))
    if not wanted:
        return function
    return _with_tuples(function, wanted, tuple(name in wanted for name in signature.parameters))


def _with_tuples(
    function: Callable[..., Any], wanted: frozenset[str], is_wanted: tuple[bool, ...]
) -> Callable[..., Any]:
    @made_by(_with_tuples, function, wanted, is_wanted)
    @wraps(function)
    def call(*positional: Any, **named: Any) -> Any:
        values = [_as_tuple(value) if is_wanted[at] else value for at, value in enumerate(positional)]
        return function(*values, **{k: _as_tuple(v) if k in wanted else v for k, v in named.items()})

    return call


def _is_tuple(annotation: Any) -> bool:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return (get_origin(annotation) or annotation) is tuple


def _as_tuple(value: Any) -> Any:
    return tuple(value) if is_array(value) else value
