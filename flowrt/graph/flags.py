"""Whether a node runs, as its flags say."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from flowrt.definition.arguments import Flag
from flowrt.errors import FlagError
from flowrt.graph.flow import Flow
from flowrt.graph.getters import Getter, NoValueError, getter
from flowrt.graph.plan import PlanNode
from flowrt.typing import BoundStep


class _Gate(NamedTuple):
    """One flag of a node, and what it must be."""

    flag: Flag
    get: Getter
    wanted: bool


def bind_flags(node: PlanNode, step: BoundStep, nodes: Mapping[str, PlanNode], invoke: Getter) -> Getter:
    """Return an invocation that raises `NoValueError` unless the flags of a step are as they must be.

    Args:
        node: The node.
        step: Its step.
        nodes: All nodes, by id.
        invoke: The invocation without flags.
    """
    gates = [
        _Gate(flag, getter(node, flag, nodes), wanted)
        for flags, wanted in ((step.when, True), (step.unless, False))
        for flag in flags
    ]
    return partial(_invoke, node, gates, invoke) if gates else invoke


def _invoke(node: PlanNode, gates: list[_Gate], invoke: Getter, flow: Flow) -> Any:
    for flag, get, wanted in gates:
        found = get(flow)
        if not isinstance(found, bool):
            raise FlagError(node.id, str(flag), type(found).__name__)
        if found is not wanted:
            raise NoValueError
    return invoke(flow)
