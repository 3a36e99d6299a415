"""A catalog of a few step types, and helpers to build definitions."""

from itertools import pairwise
from typing import Any, Literal

import msgspec
import pytest

from flowrt.definition import load_definition
from flowrt.definition.signature import FunctionSignature
from flowrt.errors import DefinitionError, Problem
from flowrt.steps.python_arguments import ArgumentParser
from flowrt.typing import BoundStep, StepBindError


def passthrough(record):
    return record


class AnyData(msgspec.Struct, frozen=True):
    pass


class ShoutData(msgspec.Struct, frozen=True):
    times: int
    mode: Literal["upper", "lower"] = "upper"
    suffix: str = "!"


class BranchData(msgspec.Struct, frozen=True):
    cases: list[str]


class CallData(msgspec.Struct, frozen=True):
    arguments: dict[str, Any]


class FakeType:
    description = "A step type of these tests."

    def __init__(self, name, data_type, bind):
        self.name = name
        self.data_type = data_type
        self.bind = bind


class FakeCatalog:
    """Looks up the given types, and gives the default for all others."""

    def __init__(self, *types, default=None):
        self._types = {step_type.name: step_type for step_type in types}
        self._default = default

    def find(self, name):
        return self._types.get(name, self._default)

    def names(self):
        return tuple(sorted(self._types))


def bind_shout(data):
    if data.times < 1:
        raise StepBindError(Problem("/times", "must be at least 1"), Problem("", "cannot shout"))
    if data.suffix == "crash":
        raise RuntimeError("a bug in the step type")
    return BoundStep(passthrough)


def called(x=None, y=None, a=None, b=None, c=None):
    return x, y, a, b, c


def bind_call(data):
    parser = ArgumentParser(FunctionSignature(called))
    arguments = parser.parse(data.arguments)
    if parser.problems:
        raise StepBindError(*parser.problems)
    return BoundStep(called, arguments=arguments)


PASS = FakeType("pass", AnyData, lambda _data: BoundStep(passthrough))
CATALOG = FakeCatalog(
    PASS,
    FakeType("shout", ShoutData, bind_shout),
    FakeType("branch", BranchData, lambda data: BoundStep(passthrough, handles=frozenset(data.cases))),
    FakeType("call", CallData, bind_call),
)
PASS_ALL = FakeCatalog(default=PASS)


def node(node_id, type_name="pass", **keys):
    return {"id": node_id, "type": type_name, **keys}


def edge(source, target, **keys):
    return {"source": source, "target": target, **keys}


def workflow(*nodes, edges=(), **keys):
    return {"nodes": list(nodes), "edges": list(edges), **keys}


def chain(length):
    ids = [f"n{index}" for index in range(length)]
    return workflow(*map(node, ids), edges=[edge(*pair) for pair in pairwise(ids)])


def load(source, catalog=CATALOG):
    return load_definition(source, catalog)


def problems_of(source, catalog=CATALOG):
    """Return the problems of a wrong definition, as pairs of pointer and message."""
    with pytest.raises(DefinitionError) as caught:
        load_definition(source, catalog)
    return [tuple(problem) for problem in caught.value.problems]


def pointers_of(source, catalog=CATALOG):
    return [pointer for pointer, _ in problems_of(source, catalog)]


def message_of(source, catalog=CATALOG):
    """Return the message of the only problem of a wrong definition."""
    [(_, message)] = problems_of(source, catalog)
    return message
