"""No library at all: plain calls in topological order. Shows that the machinery works, and what it costs itself."""

from benchmarks.peers.scripts.protocol import Run, main
from benchmarks.peers.tasks import Task, function_of


def prepare(task: Task) -> Run:
    """Return what calls the nodes."""
    calls = [(function_of(upstream), upstream) for upstream in task.graph]

    def run() -> int:
        results: list[int] = []
        for function, upstream in calls:
            results.append(function(*[results[place] for place in upstream]))
        return results[-1]

    return run


if __name__ == "__main__":
    main(prepare)
