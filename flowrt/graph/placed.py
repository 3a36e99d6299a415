"""How a node's step is called that runs in a thread or process: bound in one firing, begun in a later one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flowrt.graph.flow import Flow
from flowrt.graph.plan import PlanNode
from flowrt.typing import BoundStep, PlacedCall


def defer(call: Callable[..., Any]) -> Callable[..., PlacedCall]:
    """Return a function that is wired as a step is, and returns the call instead of making it."""

    @wraps(call)
    def deferred(*arguments: Any, **options: Any) -> PlacedCall:
        return PlacedCall(call, arguments, options)

    return deferred


def deferred(node: PlanNode, step: BoundStep) -> BoundStep:
    """Return the step of a node: of a placed one, one that gives back its call."""
    return step._replace(call=defer(step.call)) if node.is_placed else step


def begin_in_slot(node: PlanNode, bind: Callable[[Flow], Any]) -> Callable[[Flow], Any]:
    """Return the invocation of a placed step: without a slot it returns the call, with one it begins that.

    Args:
        node: The node.
        bind: Returns the call.
    """
    index = node.index

    def invoke(flow: Flow) -> Any:
        begin = flow.granted.pop(index, None) if flow.granted else None
        return bind(flow) if begin is None else begin()

    return invoke
