"""DBOS: a workflow that calls a step per node, logged in SQLite; every step is committed."""

import logging
import tempfile
from pathlib import Path

from dbos import DBOS, DBOSConfig

from benchmarks.peers.scripts.protocol import Run, main
from benchmarks.peers.tasks import Task, one, source, total

FUNCTIONS = [DBOS.step()(function) for function in (source, one)]
TOTAL = DBOS.step()(total)
GRAPHS: dict[str, tuple[tuple[int, ...], ...]] = {}


@DBOS.workflow()
def run_graph(workload: str) -> int:
    """Call the nodes of a graph in topological order."""
    results: list[int] = []
    for upstream in GRAPHS[workload]:
        step = FUNCTIONS[len(upstream)] if len(upstream) < len(FUNCTIONS) else TOTAL
        results.append(step(*[results[place] for place in upstream]))
    return results[-1]


def prepare(task: Task) -> Run:
    """Return what runs the workflow."""
    GRAPHS[task.workload] = task.graph
    return lambda: run_graph(task.workload)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        config: DBOSConfig = {
            "name": "benchmark",
            "system_database_url": f"sqlite:///{Path(folder) / 'dbos.sqlite'}",
            "run_admin_server": False,
            "log_level": "ERROR",
        }
        DBOS(config=config)
        logging.disable(logging.WARNING)
        DBOS.launch()
        main(prepare, "dbos")
        DBOS.destroy()
