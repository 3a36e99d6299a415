"""Explanations from a store."""

import msgspec

from flowrt.clock import SystemClock
from flowrt.definition import Definition, load_definition
from flowrt.definition.nearest import NearestNames
from flowrt.errors import UnknownExecutionError, UnknownNodeError
from flowrt.explain.explanation import Explanation
from flowrt.explain.facts import ENDED
from flowrt.explain.logged import LoggedFacts
from flowrt.explain.reasons import explain_node
from flowrt.steps.pass_through import AnyType
from flowrt.steps.registry import StepRegistry
from flowrt.storage.protocols import ExecutionRow, Store
from flowrt.typing import Clock

CUT_OFF = "The log says that the execution runs; it would say so, too, if its process had died."


async def explain(store: Store, execution_id: str, node: str, *, clock: Clock | None = None) -> Explanation:
    """Return why a node of a logged execution stands as it does: from its records, whatever process wrote them.

    Args:
        store: An open store, or a `MemoryStore`.
        execution_id: The execution.
        node: The node's id.
        clock: What tells how long things still take; `None`: the machine's.

    Raises:
        UnknownExecutionError: The log does not know the execution, or the store not its workflow.
        UnknownNodeError: Its workflow has no node of that id.
        StoreError: The store can't be read.
    """
    row = await store.log.execution(execution_id)
    if row is None:
        raise UnknownExecutionError(execution_id, "the log does not know it")
    definition = await stored_definition(store, row)
    if definition is None:
        raise UnknownExecutionError(execution_id, "the store has no definition of the workflow that it runs")
    known = tuple(found.id for found in definition.nodes)
    if node not in known:
        raise UnknownNodeError(definition.name, node, known, NearestNames().find(str(node), known))
    records = await store.log.nodes(execution_id)
    now_ns = (clock or SystemClock()).time_ns()
    explanation = explain_node(LoggedFacts(row, records, definition, now_ns), node)
    if row.status == "running" and explanation.state not in ENDED:
        return msgspec.structs.replace(explanation, caveat=CUT_OFF)
    return explanation


async def stored_definition(store: Store, row: ExecutionRow) -> Definition | None:
    """Return the definition that an execution runs, if the store has it."""
    if row.workflow_version is None:
        return None
    stored = await store.workflows.find(row.workflow, row.workflow_version)
    if stored is None:
        return None
    return load_definition(stored.definition, StepRegistry(default=AnyType())).definition
