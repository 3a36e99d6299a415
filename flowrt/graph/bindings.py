"""How a node's step is called: with its record, or with other nodes' results, while every node ended with a value.

All nodes that call one function with equally many results share one invocation. The indices of these in an execution's
arrays are bound to it as `self` is to a method: in a large plan a closure for each node would weigh more than the node.
"""

from collections.abc import Callable
from types import MethodType
from typing import Any, TypeAlias

import msgspec

from flowrt.graph.flow import Flow
from flowrt.graph.getters import Getter


class Indices(msgspec.Struct, gc=False):
    """The index of a node, and those of the nodes whose results or records it takes."""

    index: int


class OneSource(Indices, gc=False):
    """The indices of a node that takes one result."""

    first: int


class TwoSources(OneSource, gc=False):
    """The indices of a node that takes two results."""

    second: int


class ThreeSources(TwoSources, gc=False):
    """The indices of a node that takes three results."""

    third: int


class ManySources(Indices, gc=False):
    """The indices of a node that takes more results."""

    all: tuple[int, ...]


BY_COUNT: tuple[Callable[..., Indices], ...] = (Indices, OneSource, TwoSources, ThreeSources)
Shared: TypeAlias = Callable[[Any, Flow], Any]
"""An invocation that is given the indices of a node."""


def bind(shared: Shared, index: int, sources: tuple[int, ...]) -> Getter:
    """Return the invocation of one node.

    Args:
        shared: The one for as many sources.
        index: The index of the node.
        sources: Those of the nodes whose results or records it takes.
    """
    count = len(sources)
    indices = BY_COUNT[count](index, *sources) if count < len(BY_COUNT) else ManySources(index, sources)
    return MethodType(shared, indices)


def call_with_results(call: Callable[..., Any], count: int, careful: Shared) -> Shared:
    """Return the invocation of a step whose arguments are other nodes' results.

    Args:
        call: The step.
        count: How many it takes.
        careful: The invocation once a node ended without a value.
    """

    def with_one(indices: OneSource, flow: Flow) -> Any:
        if flow.inboxes:
            return careful(indices, flow)
        return call(flow.sent[indices.first])

    def with_two(indices: TwoSources, flow: Flow) -> Any:
        if flow.inboxes:
            return careful(indices, flow)
        sent = flow.sent
        return call(sent[indices.first], sent[indices.second])

    def with_three(indices: ThreeSources, flow: Flow) -> Any:
        if flow.inboxes:
            return careful(indices, flow)
        sent = flow.sent
        return call(sent[indices.first], sent[indices.second], sent[indices.third])

    def with_many(indices: ManySources, flow: Flow) -> Any:
        if flow.inboxes:
            return careful(indices, flow)
        return call(*map(flow.sent.__getitem__, indices.all))

    few: tuple[Shared, ...] = (lambda _indices, _flow: call(), with_one, with_two, with_three)
    return few[count] if count < len(few) else with_many


def call_with_record(call: Callable[..., Any], count: int, *, is_checked: bool) -> Shared:
    """Return the invocation of a step that takes its node's record.

    Args:
        call: The step.
        count: How many nodes feed its node.
        is_checked: What they send may be no record, or the node is given more than that.
    """

    def with_input(indices: Indices, flow: Flow) -> Any:
        flow.records[indices.index] = record = flow.input
        return call(record)

    def with_merged(indices: Indices, flow: Flow) -> Any:
        return call(flow.record_for(flow.plan.by_index[indices.index]))

    def with_record(indices: OneSource, flow: Flow) -> Any:
        flow.records[indices.index] = record = flow.sent[indices.first]
        return call(record)

    if not count:
        return with_input
    if is_checked:
        return with_merged
    return with_record if count == 1 else _call_with_one_of_many(call, count, with_merged)


def _call_with_one_of_many(call: Callable[..., Any], count: int, with_merged: Shared) -> Shared:
    """Return an invocation that merges nothing where all nodes sent the very same record."""

    def with_two(indices: TwoSources, flow: Flow) -> Any:
        sent = flow.sent
        record = sent[indices.first]
        if flow.inboxes or sent[indices.second] is not record:
            return with_merged(indices, flow)
        flow.records[indices.index] = record
        return call(record)

    def with_three(indices: ThreeSources, flow: Flow) -> Any:
        sent = flow.sent
        record = sent[indices.first]
        if flow.inboxes or sent[indices.second] is not record or sent[indices.third] is not record:
            return with_merged(indices, flow)
        flow.records[indices.index] = record
        return call(record)

    def with_many(indices: ManySources, flow: Flow) -> Any:
        sent, others = flow.sent, indices.all
        record = sent[others[0]]
        if flow.inboxes:
            return with_merged(indices, flow)
        for other in others:
            if sent[other] is not record:
                return with_merged(indices, flow)
        flow.records[indices.index] = record
        return call(record)

    return {2: with_two, 3: with_three}.get(count, with_many)
