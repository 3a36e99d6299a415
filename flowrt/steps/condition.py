"""`condition` and `decision`: which of the edges behind the node are taken."""

from typing import Annotated

import msgspec

from flowrt.definition.expressions import Expression
from flowrt.errors import Problem
from flowrt.steps.data import NodeData, compiled, pointer
from flowrt.typing import BoundStep, Choice, Record, StepBindError

TRUE_HANDLE, FALSE_HANDLE = "true", "false"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One branch of a condition."""

    when: Annotated[str, msgspec.Meta(description="The expression that must hold.")]
    handle: Annotated[str, msgspec.Meta(description="The `sourceHandle` of the edges that are then taken.")]


class ConditionData(NodeData, frozen=True, kw_only=True):
    """The data of a `condition` node: `cases`, or `condition`; with neither, every edge is taken."""

    cases: Annotated[
        tuple[Case, ...], msgspec.Meta(description="The branches, in order: the first whose expression holds is taken.")
    ] = ()
    default: Annotated[
        str | None, msgspec.Meta(description="The `sourceHandle` that is taken if no case holds; none by default.")
    ] = None
    condition: Annotated[
        str | None, msgspec.Meta(description='An expression: takes the edges of the `sourceHandle` "true" or "false".')
    ] = None
    expression: Annotated[str | None, msgspec.Meta(description="The same as `condition`.")] = None


class ConditionType:
    """Chooses among the edges behind it, and produces nothing.

    Args:
        name: The `type` of such nodes: `condition` or `decision`.
    """

    description = "Takes one of several branches, by expressions over the record."
    data_type: type[msgspec.Struct] = ConditionData

    def __init__(self, name: str = "condition") -> None:
        self.name = name

    def bind(self, data: ConditionData) -> BoundStep:
        """Bind the type to a node.

        Raises:
            StepBindError: An expression can't be compiled, or several forms are mixed.
        """
        forms = [key for key in ("cases", "condition", "expression") if getattr(data, key)]
        if len(forms) > 1:
            raise StepBindError(*(Problem(pointer(key), f"`{forms[0]}` is given too: keep one") for key in forms[1:]))
        if not forms:
            return BoundStep(_take_every_edge)
        if forms == ["cases"]:
            cases = [(f"/cases/{n}/when", case.when, case.handle) for n, case in enumerate(data.cases)]
            return _bind_cases(cases, data.default)
        text = data.condition or data.expression or ""
        if data.default is not None:
            raise StepBindError(Problem("/default", f"it goes with `cases`, and `{forms[0]}` is given"))
        return _bind_cases([(pointer(forms[0]), text, TRUE_HANDLE)], FALSE_HANDLE)


def _take_every_edge(_: Record) -> Record:
    return {}


def _bind_cases(cases: list[tuple[str, str, str]], default: str | None) -> BoundStep:
    problems: list[Problem] = []
    bound: list[tuple[Expression, str]] = []
    for place, text, handle in cases:
        if expression := compiled(text, place, problems):
            bound.append((expression, handle))
    if problems:
        raise StepBindError(*problems)
    otherwise = () if default is None else (default,)

    def choose(record: Record) -> Choice:
        for expression, handle in bound:
            if expression.holds(record):
                return Choice({}, (handle,))
        return Choice({}, otherwise)

    return BoundStep(choose, handles=frozenset(otherwise).union(handle for _, _, handle in cases))
