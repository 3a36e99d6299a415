"""Workflows of plain functions for tests: every function is a node, and gets the record of what came before."""

from itertools import pairwise

import anyio

from flowrt.definition import Definition, Edge, Join, LoadedDefinition, Node
from flowrt.policies import NodePolicy, Retry, Timeout
from flowrt.typing import BoundStep


def workflow(steps, edges=(), *, joins=None, policies=None, name="test"):
    """A workflow of functions by node id and edges like `a>b`; without edges the nodes are in a line."""
    ids = list(steps)
    pairs = list(pairwise(ids)) if edges == () else [edge.split(">") for edge in edges or ()]
    nodes = tuple(
        Node(
            id=node,
            type="test",
            join=Join(rule=(joins or {}).get(node, "all")),
            policy=(policies or {}).get(node, NodePolicy()),
        )
        for node in ids
    )
    definition = Definition(name=name, nodes=nodes, edges=tuple(Edge(source=a, target=b) for a, b in pairs))
    return LoadedDefinition(definition, tuple(BoundStep(call=step) for step in steps.values()))


def side_by_side(steps, **options):
    """A workflow of functions with no edges between them."""
    return workflow(steps, None, **options)


def retried(max_attempts, delay_seconds=0.01, **options):
    return NodePolicy(retry=Retry(max_attempts=max_attempts, delay_seconds=delay_seconds, jitter=0, **options))


def timed(attempt, **options):
    return NodePolicy(timeout=Timeout(attempt=attempt), **options)


def helpers():
    """The tasks of crews, of all runtimes."""
    return [task for task in anyio.get_running_tasks() if task.name == "flowrt helper"]
