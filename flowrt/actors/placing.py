"""Slots for firings whose steps run in a thread or process: a firing that waits for one is parked."""

from functools import partial
from typing import TYPE_CHECKING, cast

from flowrt.actors import live, supervisor
from flowrt.actors.parking import Parked, ParkedForSlot
from flowrt.actors.places import Caller
from flowrt.clock import NANOSECONDS, NEVER_NS
from flowrt.errors import QueueTimeoutError

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from flowrt.actors.execution import Execution
    from flowrt.actors.places import Place
    from flowrt.events import WaitsFor
    from flowrt.graph.plan import PlanNode
    from flowrt.typing import PlacedCall


def first_without_slot(execution: "Execution") -> "PlanNode | None":
    """Return the first ready node that will only ask for its slot."""
    if not execution.plan.has_placed:
        return None
    granted = execution.flow.granted or {}
    return next((node for node in execution.flow.ready if node.is_placed and node.index not in granted), None)


class Grant:
    """A slot that a firing was given: it begins its call in it, or gives it back."""

    __slots__ = ("_call", "_caller", "_place")

    def __init__(self, place: "Place", caller: Caller, call: "PlacedCall") -> None:
        self._place = place
        self._caller = caller
        self._call = call

    def __call__(self) -> "Coroutine[Any, Any, Any]":
        """Return a coroutine that makes the call, and gives the slot back."""
        return self._place.run(self._caller, self._call)

    def give_back(self) -> None:
        """Give the slot back unused."""
        self._place.slots.release()


def ask(execution: "Execution", node: "PlanNode", call: "PlacedCall", started_ns: int) -> None:
    """Let a firing go on as soon as there is a slot for it."""
    if execution.is_paused:
        execution.rare.held.append(node)
        return
    kernel = execution.kernel
    placement = node.policy.placement
    place = kernel.places.find(placement)
    grant = Grant(place, Caller(node.id, execution.plan.name), call)
    if place.slots.take_nowait():
        _keep(execution, node, grant)
        execution.flow.ready.appendleft(node)
    else:
        seconds, now_ns = node.policy.timeout.queue, kernel.monotonic_ns()
        due_ns = NEVER_NS if seconds is None else now_ns + round(seconds * NANOSECONDS)
        end = partial(_queue_is_over, started_ns=started_ns)
        parked = ParkedForSlot(execution, node, cast("WaitsFor", placement), now_ns, due_ns, end)
        parked.wish = place.slots.queue(partial(granted, execution, node, grant))
        execution.parking.put(parked)
        live.parked(execution, node, parked, seconds)


def granted(execution: "Execution", node: "PlanNode", grant: Grant) -> None:
    """Let a firing go on that has waited for a slot."""
    parked = execution.parking.take(node)
    if parked is not None:
        live.resumed(execution, node, parked)
    _keep(execution, node, grant)
    execution.flow.ready.append(node)
    execution.call_hands()


def _keep(execution: "Execution", node: "PlanNode", grant: Grant) -> None:
    if execution.flow.granted is None:
        execution.flow.granted = {}
    execution.flow.granted[node.index] = grant


def _queue_is_over(parked: Parked, *, started_ns: int) -> None:
    execution, node = parked.execution, parked.node
    execution.parking.take(node)
    error = QueueTimeoutError(node.id, execution.attempt_number(node), node.policy.timeout.queue or 0.0)
    supervisor.end_wait(execution, node, None, error, started_ns)


def give_back(execution: "Execution", node: "PlanNode") -> None:
    """Give the slot back that a ready firing was given, as it will not begin now."""
    grant = execution.flow.granted.pop(node.index, None) if execution.flow.granted else None
    if isinstance(grant, Grant):
        grant.give_back()


def stand_back(execution: "Execution") -> None:
    """Let no firing wait for a slot or have one unused while the execution is paused; they ask anew after that."""
    for node, parked in list(execution.parking.items()):
        if parked.waits_for in ("thread", "process"):
            execution.parking.take(node)
            live.resumed(execution, node, parked)
            execution.rare.held.append(node)
    for node in execution.flow.ready:
        give_back(execution, node)
