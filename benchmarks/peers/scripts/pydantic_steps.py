"""pydantic-graph: a `GraphBuilder` with a step per node; a node that several feed is a join that adds up."""

from typing import Any

from pydantic_graph import GraphBuilder, GraphSetupError, StepContext, reduce_sum

from benchmarks.peers.scripts.protocol import CannotError, Run, main
from benchmarks.peers.tasks import Task, one, source


def prepare(task: Task) -> Run:
    """Return what runs the graph."""
    builder = GraphBuilder(output_type=int)
    nodes = [_node(builder, place, upstream) for place, upstream in enumerate(task.graph)]
    targets: list[list[Any]] = [[] for _ in nodes]
    for place, upstream in enumerate(task.graph):
        for index in upstream:
            targets[index].append(nodes[place])
    roots = [node for node, upstream in zip(nodes, task.graph, strict=True) if not upstream]
    builder.add(builder.edge_from(builder.start_node).to(*roots))
    for node, following in zip(nodes, targets, strict=True):
        builder.add(builder.edge_from(node).to(*following or [builder.end_node]))
    try:
        graph = builder.build()
    except (GraphSetupError, ValueError) as error:
        raise CannotError(f"its joins can't express it: {str(error).splitlines()[0]}") from error
    return graph.run


def _node(builder: Any, place: int, upstream: tuple[int, ...]) -> Any:
    if len(upstream) > 1:
        return builder.join(reduce_sum, initial=0, node_id=f"n{place}")
    if upstream:

        async def call_one(context: StepContext[None, None, int]) -> int:
            return one(context.inputs)

        return builder.step(call_one, node_id=f"n{place}")

    async def call_source(_context: StepContext[None, None, Any]) -> int:
        return source()

    return builder.step(call_source, node_id=f"n{place}")


if __name__ == "__main__":
    main(prepare, "pydantic-graph")
