"""LangGraph: a `StateGraph` with a key per node, no checkpointer; a node that several feed waits for all of them."""

from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph

from benchmarks.peers.scripts.protocol import Run, main
from benchmarks.peers.tasks import Task, function_of


def prepare(task: Task) -> Run:
    """Return what invokes the compiled graph."""
    keys = {f"k{place}": int for place in range(len(task.graph))}
    builder = StateGraph(TypedDict("State", keys, total=False))  # type: ignore[operator]
    for place, upstream in enumerate(task.graph):
        builder.add_node(f"n{place}", _node(place, upstream))
        if len(upstream) > 1:
            builder.add_edge([f"n{index}" for index in upstream], f"n{place}")
        else:
            builder.add_edge(f"n{upstream[0]}" if upstream else START, f"n{place}")
    last = len(task.graph) - 1
    builder.add_edge(f"n{last}", END)
    compiled = builder.compile()
    config = {"recursion_limit": len(task.graph) + 10}

    async def run() -> int:
        state: dict[str, Any] = await compiled.ainvoke({}, config, output_keys=[f"k{last}"])
        return int(state[f"k{last}"])

    return run


def _node(place: int, upstream: tuple[int, ...]) -> Any:
    function, key, given = function_of(upstream), f"k{place}", [f"k{index}" for index in upstream]

    async def node(state: dict[str, int]) -> dict[str, int]:
        return {key: function(*[state[name] for name in given])}

    return node


if __name__ == "__main__":
    main(prepare, "langgraph")
