"""How a node's step is called: with its record, or with other nodes' results, while every node ended with a value.

All nodes that call one function with equally many results share one invocation. The places of these in an execution's
arrays are bound to it as `self` is to a method: in a large plan a closure for each node would weigh more than the node.
"""

from collections.abc import Callable
from types import MethodType
from typing import Any, TypeAlias

import msgspec

from flowrt.graph.flow import Flow
from flowrt.graph.getters import Getter


class Places(msgspec.Struct, gc=False):
    """The index of a node, and those of the nodes whose results or records it takes."""

    index: int


class OnePlace(Places, gc=False):
    """The places of a node that takes one result."""

    first: int


class TwoPlaces(OnePlace, gc=False):
    """The places of a node that takes two results."""

    second: int


class ThreePlaces(TwoPlaces, gc=False):
    """The places of a node that takes three results."""

    third: int


class ManyPlaces(Places, gc=False):
    """The places of a node that takes more results."""

    all: tuple[int, ...]


FEW: tuple[Callable[..., Places], ...] = (Places, OnePlace, TwoPlaces, ThreePlaces)
Shared: TypeAlias = Callable[[Any, Flow], Any]
"""An invocation that is given the places of a node."""


def bind(shared: Shared, index: int, sources: tuple[int, ...]) -> Getter:
    """Return the invocation of one node.

    Args:
        shared: The one for as many sources.
        index: The index of the node.
        sources: Those of the nodes whose results or records it takes.
    """
    count = len(sources)
    places = FEW[count](index, *sources) if count < len(FEW) else ManyPlaces(index, sources)
    return MethodType(shared, places)


def call_with_results(call: Callable[..., Any], count: int, careful: Shared) -> Shared:
    """Return the invocation of a step whose arguments are other nodes' results.

    Args:
        call: The step.
        count: How many it takes.
        careful: The invocation once a node ended without a value.
    """

    def with_one(places: OnePlace, flow: Flow) -> Any:
        if flow.inboxes:
            return careful(places, flow)
        return call(flow.sent[places.first])

    def with_two(places: TwoPlaces, flow: Flow) -> Any:
        if flow.inboxes:
            return careful(places, flow)
        sent = flow.sent
        return call(sent[places.first], sent[places.second])

    def with_three(places: ThreePlaces, flow: Flow) -> Any:
        if flow.inboxes:
            return careful(places, flow)
        sent = flow.sent
        return call(sent[places.first], sent[places.second], sent[places.third])

    def with_many(places: ManyPlaces, flow: Flow) -> Any:
        if flow.inboxes:
            return careful(places, flow)
        return call(*map(flow.sent.__getitem__, places.all))

    few: tuple[Shared, ...] = (lambda _places, _flow: call(), with_one, with_two, with_three)
    return few[count] if count < len(few) else with_many


def call_with_record(call: Callable[..., Any], count: int, *, is_checked: bool) -> Shared:
    """Return the invocation of a step that takes its node's record.

    Args:
        call: The step.
        count: How many nodes feed its node.
        is_checked: What they send may be no record, or the node is given more than that.
    """

    def with_input(places: Places, flow: Flow) -> Any:
        flow.records[places.index] = record = flow.input
        return call(record)

    def with_merged(places: Places, flow: Flow) -> Any:
        return call(flow.record_for(flow.plan.by_index[places.index]))

    def with_record(places: OnePlace, flow: Flow) -> Any:
        flow.records[places.index] = record = flow.sent[places.first]
        return call(record)

    if not count:
        return with_input
    if is_checked:
        return with_merged
    return with_record if count == 1 else _call_with_one_of_many(call, count, with_merged)


def _call_with_one_of_many(call: Callable[..., Any], count: int, with_merged: Shared) -> Shared:
    """Return an invocation that merges nothing where all nodes sent the very same record."""

    def with_two(places: TwoPlaces, flow: Flow) -> Any:
        sent = flow.sent
        record = sent[places.first]
        if flow.inboxes or sent[places.second] is not record:
            return with_merged(places, flow)
        flow.records[places.index] = record
        return call(record)

    def with_three(places: ThreePlaces, flow: Flow) -> Any:
        sent = flow.sent
        record = sent[places.first]
        if flow.inboxes or sent[places.second] is not record or sent[places.third] is not record:
            return with_merged(places, flow)
        flow.records[places.index] = record
        return call(record)

    def with_many(places: ManyPlaces, flow: Flow) -> Any:
        sent, others = flow.sent, places.all
        record = sent[others[0]]
        if flow.inboxes:
            return with_merged(places, flow)
        for other in others:
            if sent[other] is not record:
                return with_merged(places, flow)
        flow.records[places.index] = record
        return call(record)

    return {2: with_two, 3: with_three}.get(count, with_many)
