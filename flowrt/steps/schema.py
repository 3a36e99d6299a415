"""The JSON Schema of the whole definition language, so that editors complete and check definitions."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from flowrt.definition.model import Parameter, Quorum
from flowrt.policies import NodePolicy, WorkflowPolicy
from flowrt.steps.registry import StepRegistry

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEMPLATE = "#/$defs/{name}"
_TEXTS: Mapping[str, Mapping[str, str]] = {
    "NodePolicy": {
        "retry": "How often and when a failed attempt is repeated; without it there is one attempt.",
        "timeout": "How long things may take.",
        "on_error": "What becomes of the execution when the last attempt failed; fail by default, or continue where "
        "all success edges of the node end in joins that do without it.",
        "placement": "Where a plain function runs: on the event loop, in a thread, or in a process.",
        "cancel": "How the node is interrupted.",
    },
    "Retry": {
        "max_attempts": "The total number of attempts, the first included.",
        "delay_seconds": "The pause after the first attempt.",
        "backoff": "How pauses grow.",
        "backoff_multiplier": "With exponential backoff: by what each pause is longer than the one before.",
        "max_delay_seconds": "The longest pause; unless given a minute, or delay_seconds where that is longer.",
        "jitter": "The part of a pause by which it varies at random, 0 to 1; full: any time from 0 to the pause.",
        "retryable_errors": "The exceptions that are retried, by class name; by default all but the fatal ones.",
        "fatal_errors": "The exceptions that are never retried, by class name.",
    },
    "Timeout": {
        "attempt": "How many seconds one attempt may take; no limit by default.",
        "queue": "How many seconds one attempt may wait for a thread or process; no limit by default.",
        "total": "How many seconds the node may take, all attempts and pauses included; no limit by default.",
    },
    "Cancel": {"grace_seconds": "How long the step may take to end before it is abandoned."},
    "WorkflowPolicy": {
        "deadline_seconds": "How long an execution may take; no limit by default.",
        "max_retries": "How many retries there may be in one execution, of all nodes together; no limit by default.",
    },
    "Default": {"default": "What the node produces instead."},
    "Quorum": {"quorum": "How many values must be in."},
    "Parameter": {
        "name": "The key of the input.",
        "type": "What its value is.",
        "required": "Whether the input must have it.",
        "default": "Its value if the input does not have it.",
        "description": "What it is, for people.",
    },
}
"""What the fields of the policies and parameters mean, for editors."""


class _Described(NamedTuple):
    """A step type, as far as the schema shows it."""

    name: str
    description: str
    data_type: type[msgspec.Struct]


def definition_schema(catalog: StepRegistry) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of workflow definitions.

    It holds the shape of a definition and of each type's `data`. What no schema can say is left to loading: that ids
    are unique, edges lead somewhere, nothing is a cycle, and expressions compile.

    Args:
        catalog: The step types that nodes may have. Other types are allowed only if it has a default type.
    """
    types = _described(catalog)
    structs: list[type[msgspec.Struct]] = [*dict.fromkeys(kind.data_type for kind in types)]
    structs += [NodePolicy, WorkflowPolicy, Parameter, Quorum]
    references, definitions = msgspec.json.schema_components(structs, ref_template=_TEMPLATE)
    reference = dict(zip(structs, references, strict=True))
    definitions["Parameter"]["properties"].pop("extra", None)
    for struct, texts in _TEXTS.items():
        for field, text in texts.items():
            definitions[struct]["properties"][field]["description"] = text
    definitions["node"] = _node(types, reference, allows_others=catalog.default is not None)
    definitions["edge"] = _edge()
    schema = {
        "$schema": DIALECT,
        "title": "Workflow",
        "description": "A workflow of flowrt. Keys that it does not read, such as an editor's, are kept.",
        "type": "object",
        "required": ["nodes"],
        "properties": {
            "name": _nullable("string", "The workflow's name; that of the file by default."),
            "version": {"type": ["integer", "string", "null"], "description": "The version, a whole number."},
            "parameters": _list_of(reference[Parameter], "What the input holds; without it, any JSON object is right."),
            "nodes": {**_list_of({"$ref": "#/$defs/node"}, "The nodes of the graph."), "type": "array", "minItems": 1},
            "edges": _list_of({"$ref": "#/$defs/edge"}, "The edges of the graph: who feeds whom."),
            "policy": {
                "description": "Limits of a whole execution.",
                "anyOf": [reference[WorkflowPolicy], {"type": "null"}],
            },
            "result": _nullable("string", "The id of the node whose payload is the result; the end nodes by default."),
        },
        "$defs": definitions,
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(schema))  # tuples of defaults become lists
    return plain


def _described(catalog: StepRegistry) -> list[_Described]:
    found = ((name, catalog.find(name)) for name in catalog.names())
    return [_Described(name, kind.description, kind.data_type) for name, kind in found if kind is not None]


def _node(
    types: list[_Described], reference: dict[type[msgspec.Struct], dict[str, Any]], *, allows_others: bool
) -> dict[str, Any]:
    choices: list[dict[str, Any]] = [{"const": kind.name, "description": kind.description} for kind in types]
    if allows_others:
        choices.append({"type": "string", "description": "Another type, which the default step type stands in for."})
    return {
        "title": "Node",
        "type": "object",
        "required": ["id", "type"],
        "properties": {
            "id": {"type": "string", "minLength": 1, "description": "The node's name, unique in the workflow."},
            "type": {"description": "What the node does.", "anyOf": choices},
            "data": {"type": ["object", "null"], "description": "What the node's type reads."},
            "policy": {
                "description": "Retries, timeout and errors.",
                "anyOf": [reference[NodePolicy], {"type": "null"}],
            },
            "join": _join(reference[Quorum]),
            "emit": {
                "description": "merge: send on the record with what the node produced; replace: only the latter.",
                "enum": ["merge", "replace", None],
                "default": "merge",
            },
        },
        "allOf": [_data_of(kind, reference[kind.data_type]) for kind in types],
    }


def _data_of(kind: _Described, reference: dict[str, Any]) -> dict[str, Any]:
    is_required = any(field.required for field in msgspec.structs.fields(kind.data_type))
    data = reference if is_required else {"anyOf": [reference, {"type": "null"}]}
    then: dict[str, Any] = {"properties": {"data": data}}
    if is_required:
        then["required"] = ["data"]
    return {"if": {"required": ["type"], "properties": {"type": {"const": kind.name}}}, "then": then}


def _join(quorum: dict[str, Any]) -> dict[str, Any]:
    rules = ["all", "any", "all_settled"]
    options = {
        "within": {
            "description": "How many seconds after its first token the join becomes `else`, or fails without one.",
            "anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "null"}],
        },
        "else": {"description": "What it waits for from then on.", "anyOf": [{"enum": [*rules, None]}, quorum]},
        "losers": {
            "description": "What becomes of nodes that feed nothing else, when it decides before they have ended.",
            "enum": ["cancel", "run"],
        },
    }
    rule = {"join": {"description": "What it waits for.", "anyOf": [{"enum": rules}, quorum]}}
    count = {"quorum": {"description": "How many values must be in.", "type": "integer"}}
    return {
        "description": "When the node fires: with all values, the first one, a number of them, or all outcomes.",
        "anyOf": [{"enum": [*rules, None]}, _options(rule | options, "join"), _options(count | options, "quorum")],
        "default": "all",
    }


def _options(properties: dict[str, Any], required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [required], "additionalProperties": False}


def _edge() -> dict[str, Any]:
    return {
        "title": "Edge",
        "type": "object",
        "required": ["source", "target"],
        "properties": {
            "id": _nullable("string", "A name for the edge; nothing needs one."),
            "source": {"type": "string", "description": "The id of the node that feeds the other."},
            "target": {"type": "string", "description": "The id of the node that is fed."},
            "sourceHandle": _nullable("string", "The branch of the source that this edge belongs to."),
            "condition": _nullable("string", "An expression over the source's record; the edge is taken if it holds."),
            "on": {
                "enum": ["success", "failure", "always", None],
                "description": "At which end of the source the edge carries a value.",
            },
        },
    }


def _nullable(kind: str, description: str) -> dict[str, Any]:
    return {"type": [kind, "null"], "description": description}


def _list_of(items: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items, "description": description}
