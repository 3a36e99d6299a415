"""Dask: a dict of tuples, run by the synchronous scheduler, the quickest for functions this short."""

import dask

from benchmarks.peers.scripts.protocol import Run, main
from benchmarks.peers.tasks import Task, function_of


def prepare(task: Task) -> Run:
    """Return what computes the last key of a graph."""
    graph = {
        f"n{place}": (function_of(upstream), *[f"n{index}" for index in upstream])
        for place, upstream in enumerate(task.graph)
    }
    last = f"n{len(task.graph) - 1}"
    return lambda: dask.get(graph, last)


if __name__ == "__main__":
    main(prepare, "dask")
