"""Workflows as data: loading definitions, with all of their problems at once, and writing them again."""

from flowrt.definition.arguments import Argument, Constant, DictOf, FromInput, FromNode, ListOf
from flowrt.definition.authoring import step, workflow
from flowrt.definition.branching import when
from flowrt.definition.exporting import canonical_json, export_definition
from flowrt.definition.joining import join_any, join_quorum, join_settled
from flowrt.definition.model import Definition, Edge, EdgeOn, Join, JoinRule, Node, Parameter, ParameterType, Quorum
from flowrt.definition.parsing import LoadedDefinition, load_definition
from flowrt.definition.python_step import Step
from flowrt.definition.python_workflow import Workflow

__all__ = [
    "Argument",
    "Constant",
    "Definition",
    "DictOf",
    "Edge",
    "EdgeOn",
    "FromInput",
    "FromNode",
    "Join",
    "JoinRule",
    "ListOf",
    "LoadedDefinition",
    "Node",
    "Parameter",
    "ParameterType",
    "Quorum",
    "Step",
    "Workflow",
    "canonical_json",
    "export_definition",
    "join_any",
    "join_quorum",
    "join_settled",
    "load_definition",
    "step",
    "when",
    "workflow",
]
