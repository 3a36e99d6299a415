"""Finding functions by their paths, in trusted modules only."""

import importlib
from collections.abc import Callable, Collection
from types import FunctionType, ModuleType
from typing import Any

from flowrt.definition.nearest import NearestNames
from flowrt.definition.python_step import is_step
from flowrt.definition.signature import FunctionSignature, yields
from flowrt.errors import Problem
from flowrt.typing import StepBindError

_WORDS = "python_modules=[{module!r}], or --python-module {module}"


class TrustedModules:
    """The modules whose functions definitions may call, with their submodules.

    Args:
        names: The names of the modules.

    Raises:
        TypeError: `names` is one text.
        ValueError: One of them is no name of a module.
    """

    def __init__(self, names: Collection[str]) -> None:
        if isinstance(names, str):
            raise TypeError(f"python_modules is the text {names!r}, expected a collection of names: [{names!r}]")
        for name in names:
            if not _is_module_name(name):
                raise ValueError(f"python_modules has {name!r}, expected names of modules, such as 'orders.steps'")
        self._names = tuple(names)

    def find(self, path: str) -> tuple[Callable[..., Any], FunctionSignature]:
        """Return the function of a path as `package.module:function`, and what it takes.

        A module that is not trusted is not imported. Objects that a trusted module imported from one that is not are
        not found, nor is anything inside of another object.

        Raises:
            StepBindError: There is no such function, or it may not be called.
        """
        module_name, _, name = path.partition(":")
        if not _is_module_name(module_name) or not name.isidentifier():
            raise _refusal(f"found {path[:80]!r}, expected a function of a module, as 'orders.steps:enrich'")
        if not self._trusts(module_name):
            advice = f"if you trust its code, allow it: {_WORDS.format(module=module_name)}"
            raise _refusal(f"the module {module_name!r} is not trusted; {advice}")
        function = self._defined_in(_import(module_name), name)
        if yields(function):
            raise _refusal(f"{path!r} is a generator: a step returns a list of all values instead of yielding them")
        signature = FunctionSignature(function)
        if signature.rest is not None:
            raise _refusal(f"{path!r} takes `{signature.rest}`: a step has named parameters only")
        return function, signature

    def _trusts(self, module_name: str) -> bool:
        if module_name.endswith(".__main__"):
            return False  # importing it runs a program
        return any(module_name == name or module_name.startswith(f"{name}.") for name in self._names)

    def _defined_in(self, module: ModuleType, name: str) -> Callable[..., Any]:
        found = vars(module).get(name)
        function = found.function if is_step(found) else found
        if isinstance(function, FunctionType):
            origin = str(function.__module__)
            if self._trusts(origin):
                return function
            raise _refusal(f"{name!r} comes from {origin!r}, which is not trusted; {_WORDS.format(module=origin)}")
        if found is not None:
            kind = type(found).__name__
            raise _refusal(f"{name!r} in {module.__name__!r} is a {kind}, expected a function that is defined there")
        known = [known for known, value in vars(module).items() if self._is_callable_by_definitions(value)]
        hint = NearestNames().hint(name, known) or f"; it has: {', '.join(known[:20]) or 'no functions'}"
        raise _refusal(f"there is no function {name!r} in {module.__name__!r}{hint}")

    def _is_callable_by_definitions(self, value: Any) -> bool:
        function = value.function if is_step(value) else value
        return isinstance(function, FunctionType) and self._trusts(str(function.__module__))


def _is_module_name(name: object) -> bool:
    return isinstance(name, str) and all(part.isidentifier() for part in name.split("."))


def _import(name: str) -> ModuleType:
    """Import a trusted module. Its code runs, and may raise anything."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(f"{error.name}.")):
            raise _refusal(f"the module {name!r} can't be imported: {error}") from error
        advice = "install it, or put its folder on PYTHONPATH"
        raise _refusal(f"there is no module {error.name!r}: {advice}") from error
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        raise _refusal(f"the module {name!r} can't be imported: {reason}") from error


def _refusal(message: str) -> StepBindError:
    return StepBindError(Problem("/function", message))
