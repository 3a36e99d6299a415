"""From a recording to a definition and its bound steps."""

from collections.abc import Mapping
from inspect import Parameter as FunctionParameter
from typing import Annotated, Any, get_args, get_origin, is_typeddict

import msgspec

from flowrt.definition.arguments import Argument, Constant, DictOf, ListOf
from flowrt.definition.calls import call_with_tuples
from flowrt.definition.constants import json_form
from flowrt.definition.flags import NO_FLAGS, Flags
from flowrt.definition.function_path import function_path
from flowrt.definition.inputs import InputParameter
from flowrt.definition.model import Definition, Edge, Node, Parameter, ParameterType
from flowrt.definition.recorded_nodes import RecordedBranch, RecordedCall, RecordedJoin, RecordedNode
from flowrt.definition.recording import Recording
from flowrt.definition.signature import FunctionSignature
from flowrt.definition.value_steps import branch_step, join_step
from flowrt.policies import NO_WORKFLOW_POLICY, WorkflowPolicy
from flowrt.typing import BoundStep

_JSON_TYPES: dict[type, ParameterType] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    tuple: "array",
    set: "array",
    frozenset: "array",
    dict: "object",
}


def input_parameters(signature: FunctionSignature) -> tuple[InputParameter, ...]:
    """Return the parameters of a workflow function, as its input is checked."""
    return tuple(
        InputParameter(
            name=name,
            type=signature.type_of(name),
            default=msgspec.UNSET if parameter.default is FunctionParameter.empty else parameter.default,
        )
        for name, parameter in signature.parameters.items()
    )


def make_definition(
    recording: Recording,
    parameters: tuple[InputParameter, ...],
    *,
    version: int | None = None,
    result: str | None = None,
    policy: WorkflowPolicy = NO_WORKFLOW_POLICY,
) -> Definition:
    """Return the definition of a recorded workflow.

    Its JSON form always exists: what can't be written stands there as `{"$python": its type}`.
    """
    nodes = recording.nodes.values()
    return Definition(
        name=recording.workflow,
        version=version,
        parameters=tuple(_parameter(parameter) for parameter in parameters),
        nodes=tuple(_node(node) for node in nodes),
        edges=tuple(Edge(source=found.node, target=node.id, on=found.on) for node in nodes for found in node.sources),
        result=result,
        policy=policy,
    )


def bound_step(node: RecordedNode, input_types: Mapping[str, Any]) -> BoundStep:
    """Return what a recorded node runs.

    Args:
        node: The node.
        input_types: The types of the workflow's parameters.
    """
    match node:
        case RecordedCall(step=step, arguments=arguments, flags=flags):
            return BoundStep(
                call=call_with_tuples(step.function, step.signature, arguments),
                arguments=arguments,
                input_types=input_types,
                when=flags.when,
                unless=flags.unless,
            )
        case RecordedJoin():
            return join_step(node.gives)
        case RecordedBranch(value=value, flags=flags):
            return branch_step(value, flags.when, flags.unless)


def argument_json(argument: Argument) -> dict[str, Any]:
    """Return an argument in its JSON form."""
    match argument:
        case ListOf(items):
            return {"list": [argument_json(item) for item in items]}
        case DictOf(entries):
            return {"dict": {key: argument_json(entry) for key, entry in entries.items()}}
        case Constant(value):
            form = json_form(value)
            return {"value": _type_note(value) if form is msgspec.UNSET else form}
        case _:
            return msgspec.structs.asdict(argument)


def _type_note(value: object) -> dict[str, str]:
    kind = type(value)
    return {"$python": f"{kind.__module__}.{kind.__qualname__}"}


def _node(node: RecordedNode) -> Node:
    match node:
        case RecordedCall(step=step):
            arguments = {name: argument_json(argument) for name, argument in node.arguments.items()}
            data: dict[str, Any] = {"function": function_path(step.function), "arguments": arguments}
            if node.flags is not NO_FLAGS:
                data |= _flags_json(node.flags)
            return Node(id=node.id, type="python", data=data, policy=step.policy)
        case RecordedJoin():
            gives = {} if node.gives == "value" else {"gives": node.gives}
            return Node(id=node.id, type="join", data=gives, join=node.join)
        case RecordedBranch():
            return Node(id=node.id, type="branch", data={"value": argument_json(node.value), **_flags_json(node.flags)})


def _flags_json(flags: Flags) -> dict[str, Any]:
    written = {word: [argument_json(flag) for flag in found] for word, found in flags._asdict().items()}
    return {word: found for word, found in written.items() if found}


def _parameter(parameter: InputParameter) -> Parameter:
    kind = json_type(parameter.type)
    if parameter.default is msgspec.UNSET:
        return Parameter(name=parameter.name, type=kind)
    return Parameter(name=parameter.name, type=kind, required=False, default=json_form(parameter.default))


def json_type(annotation: Any) -> ParameterType:
    """Return the JSON type of what an annotation stands for, `any` where it has no single one."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    kind = get_origin(annotation) or annotation
    if not isinstance(kind, type):
        return "any"
    if kind in _JSON_TYPES:
        return _JSON_TYPES[kind]
    is_record = (
        is_typeddict(kind)
        or hasattr(kind, "__dataclass_fields__")
        or (issubclass(kind, msgspec.Struct) and not kind.__struct_config__.array_like)
    )
    return "object" if is_record or kind is Mapping else "any"
