"""Step types of other installed packages, by the entry point group `flowrt.steps`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from flowrt.errors import FlowrtError, Problem
from flowrt.steps.data import NodeData
from flowrt.typing import BoundStep, StepBindError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "flowrt.steps"
"""The entry point group. An entry point is a step type, a class of one without arguments, or a `function(registry)`."""


class StepPluginError(FlowrtError):
    """An installed package says that it brings a step type, and does not.

    Args:
        name: The entry point's name: the step type that it should bring.
        value: The object that it points to, as `module:attribute`.
        reason: What went wrong.
    """

    def __init__(self, name: str, value: str, reason: str) -> None:
        super().__init__(name, value, reason)
        self.name = name
        self.value = value
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"the plug-in {self.name!r} ({self.value}) can't be loaded: {self.reason}; "
            "update or uninstall the package, or make the registry with entry_points=False"
        )


class BrokenStepType:
    """Stands for the type of a broken plug-in: a node of that type is refused, and told why.

    Args:
        errors: What is wrong with the plug-ins of one name, at least one.
    """

    data_type: type[msgspec.Struct] = NodeData

    def __init__(self, *errors: StepPluginError) -> None:
        self.name = errors[0].name
        self.description = f"Can't be used: {'; '.join(map(str, errors))}."
        self._errors = errors

    def bind(self, data: NodeData) -> BoundStep:  # noqa: ARG002 - whatever it holds
        """Refuse the node.

        Raises:
            StepBindError: Always.
        """
        raise StepBindError(*(Problem("", str(error)) for error in self._errors)) from self._errors[0]


def load_plugins(add: Callable[[Any], None]) -> tuple[StepPluginError, ...]:
    """Load all plug-ins; one that is broken stops nobody else.

    Args:
        add: Called with what each entry point holds; what it raises is that plug-in's failure.

    Returns:
        What is wrong with the broken ones, in the order of their names.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and often not needed

    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    errors = [_try_to_load(point, add) for point in points]
    return tuple(error for error in errors if error is not None)


def _try_to_load(point: "EntryPoint", add: Callable[[Any], None]) -> StepPluginError | None:
    try:
        add(point.load())
    except Exception as cause:  # noqa: BLE001 - whatever a foreign package raises, it is that package's failure
        error = StepPluginError(point.name, point.value, f"{type(cause).__name__}: {cause}")
        error.__cause__ = cause
        return error
    return None
