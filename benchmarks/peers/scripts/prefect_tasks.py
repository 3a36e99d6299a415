"""Prefect: a flow that calls a task per node, in its own process, with a server of its own and a new database."""

from prefect import flow, task
from prefect.testing.utilities import prefect_test_harness

from benchmarks.peers.scripts.protocol import Run, main
from benchmarks.peers.tasks import Task, function_of


def prepare(asked: Task) -> Run:
    """Return what runs the flow."""
    functions = {function_of(upstream) for upstream in asked.graph}
    tasks = {function: task(function, persist_result=False) for function in functions}

    @flow(persist_result=False, validate_parameters=False)
    def run_graph() -> int:
        results: list[int] = []
        for upstream in asked.graph:
            results.append(tasks[function_of(upstream)](*[results[place] for place in upstream]))
        return results[-1]

    return run_graph


if __name__ == "__main__":
    with prefect_test_harness(server_startup_timeout=60):
        main(prepare, "prefect")
