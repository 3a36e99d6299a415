"""Where a runtime looks its step types up. There is no global registry: each runtime is given one."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar, cast

import msgspec

from flowrt.steps.function_type import FunctionStepType
from flowrt.steps.plugins import BrokenStepType, StepPluginError, load_plugins
from flowrt.typing import StepType

F = TypeVar("F", bound=Callable[..., Any])


class StepRegistry:
    """Step types by name.

    Plug-ins of other packages are loaded when a name is asked for that is not there, or when all names are. A broken
    plug-in harms only who asks for the type of its name.

    Args:
        default: The type of nodes whose own type is not there; `None`: they are refused.
    """

    def __init__(self, *, default: StepType | None = None) -> None:
        self._types: dict[str, StepType] = {}
        self._default = default
        self._waits_for_plugins = False
        self._broken: tuple[StepPluginError, ...] = ()

    @classmethod
    def with_builtins(
        cls,
        *,
        python_modules: Collection[str] = (),
        default: StepType | None = None,
        entry_points: bool = True,
    ) -> "StepRegistry":
        """Return a registry that has the types that flowrt brings along.

        Args:
            python_modules: The modules whose functions nodes of type `python` may call; none by default.
            default: The type of nodes whose own type is not there; `None`: they are refused.
            entry_points: Whether installed packages may bring more types.
        """
        from flowrt.steps.builtins import builtin_types  # noqa: PLC0415 - who brings all types needs none of these

        registry = cls(default=default)
        for step_type in builtin_types(python_modules):
            registry.add(step_type)
        registry._waits_for_plugins = entry_points
        return registry

    @property
    def default(self) -> StepType | None:
        """The type of nodes whose own type is not there; `None`: they are refused."""
        return self._default

    def add(self, step_type: StepType) -> None:
        """Add a type.

        Raises:
            ValueError: A type of that name is there already.
        """
        present = self._types.get(step_type.name)
        if present is not None:
            raise ValueError(
                f"there is a step type {step_type.name!r} already: {_origin(present)}; choose another name"
            )
        self._types[step_type.name] = step_type

    def step(
        self, name: str, *, data: type[msgspec.Struct] | None = None, description: str | None = None
    ) -> Callable[[F], F]:
        """Make a function a step type.

        Args:
            name: The `type` of such nodes.
            data: What the node's `data` holds; by default the annotation of the function's second parameter.
            description: One sentence for a person who chooses among types; by default the docstring's first line.

        Raises:
            ValueError: A type of that name is there already.
            TypeError: The function is a generator, takes other parameters than (record) or (record, data), or takes
                data of which no type is known.
        """

        def register(function: F) -> F:
            self.add(FunctionStepType(name, function, data=data, description=description))
            return function

        return register

    def find(self, name: str) -> StepType | None:
        """Return the type of that name, the default type if there is one, or `None`.

        If a plug-in of that name is installed and broken, the type that is returned refuses every node and says why.
        """
        found = self._types.get(name)
        if found is None and self._waits_for_plugins:
            self._load_plugins()
            found = self._types.get(name)
        if found is None and (errors := [error for error in self._broken if error.name == name]):
            return BrokenStepType(*errors)
        return found or self._default

    def names(self) -> tuple[str, ...]:
        """Return the names of all types, sorted; the default type is none of them."""
        self._load_plugins()
        return tuple(sorted(self._types))

    def plugin_errors(self) -> tuple[StepPluginError, ...]:
        """Return what is wrong with installed plug-ins."""
        self._load_plugins()
        return self._broken

    def _load_plugins(self) -> None:
        if self._waits_for_plugins:
            self._waits_for_plugins = False
            self._broken = load_plugins(self._add_plugin)

    def _add_plugin(self, found: Any) -> None:
        if isinstance(found, type):
            found = cast("Callable[[], Any]", found)()
        if callable(getattr(found, "bind", None)) and isinstance(getattr(found, "name", None), str):
            self.add(cast("StepType", found))
        elif callable(found):
            found(self)
        else:
            raise TypeError(f"{found!r} is neither a step type nor a function that takes the registry")


def _origin(step_type: StepType) -> str:
    kind = type(step_type)
    return f"{kind.__module__}.{kind.__qualname__}, {step_type.description!r}"
