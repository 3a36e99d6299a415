"""What `join` and `branch` nodes run: they pass values on."""

from collections.abc import Sequence
from typing import Any

from flowrt.definition.arguments import Argument, Arrived, Flag, Gives
from flowrt.typing import BoundStep


def join_step(gives: Gives) -> BoundStep:
    """Return the step that passes on what came over the edges of its node."""
    return BoundStep(_pass_on, arguments={"value": Arrived(gives)})


def branch_step(value: Argument, when: Sequence[Flag], unless: Sequence[Flag]) -> BoundStep:
    """Return the step that passes a value on if its flags allow it."""
    return BoundStep(_pass_on, arguments={"value": value}, when=tuple(when), unless=tuple(unless))


def _pass_on(value: Any) -> Any:
    return value
