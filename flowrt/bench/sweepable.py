"""What of a workflow can be swept, and the workflow with another value of it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from flowrt.bench.errors import OptionError
from flowrt.bench.sweep import LOAD_LIMITS, SLOT_LIMITS, Sweep, Value
from flowrt.definition import Definition, LoadedDefinition, export_definition, load_definition
from flowrt.definition.nearest import NearestNames
from flowrt.policies import NodePolicy
from flowrt.typing import StepCatalog

MAX_NAMED = 40
"""How many names an error tells of."""


def sweepable(definition: Definition) -> tuple[str, ...]:
    """Return the names of what can be swept: the limits of the load, and the policies that the workflow has.

    The limit of a placement is there if a step is placed so; a policy of a node, such as `charge.retry.max_attempts`,
    if the node has it and it is a number.
    """
    placements = {node.policy.placement for node in definition.nodes}
    slots = [name for name, placement in SLOT_LIMITS.items() if placement in placements]
    policies = [f"{node.id}.{'.'.join(path)}" for node in definition.nodes for path in _numbers(node.policy)]
    return (*LOAD_LIMITS, *slots, *policies)


def check_sweepable(sweep: Sweep, definition: Definition) -> None:
    """Refuse to sweep what a workflow has not.

    Raises:
        OptionError: The workflow has it not; the error names those that it has.
    """
    names = sweepable(definition)
    if sweep.name in names:
        return
    hint = NearestNames().hint(sweep.name, names)
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    known = ", ".join(names[:MAX_NAMED]) + more
    raise OptionError("sweep", str(sweep), f"workflow {definition.name!r} has no {sweep.name!r}{hint}; it has: {known}")


def with_policy(workflow: LoadedDefinition, name: str, value: Value, catalog: StepCatalog) -> LoadedDefinition:
    """Return a workflow in which a node's policy has another value.

    Args:
        workflow: The workflow.
        name: The policy's name, one of `sweepable`.
        value: What it shall be.
        catalog: The step types with which the workflow was loaded.

    Raises:
        DefinitionError: The policy can't have this value.
    """
    document = export_definition(workflow.definition)
    for node, exported in zip(workflow.definition.nodes, document["nodes"], strict=True):
        for path in _numbers(node.policy):
            if name == f"{node.id}.{'.'.join(path)}":
                _set(exported, ("policy", *path), value)
    return load_definition(document, catalog)


def _numbers(policy: NodePolicy | msgspec.Struct) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the numbers of a policy."""
    for field in msgspec.structs.fields(policy):
        value: Any = getattr(policy, field.name)
        if isinstance(value, msgspec.Struct):
            yield from ((field.encode_name, *path) for path in _numbers(value))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield (field.encode_name,)


def _set(document: dict[str, Any], path: tuple[str, ...], value: Value) -> None:
    *outer, last = path
    for key in outer:
        document = document.setdefault(key, {})
    document[last] = value
