"""Hamilton: a module of one function per node, whose parameters name the nodes that feed it."""

import sys

from hamilton import ad_hoc_utils, driver

from benchmarks.peers.scripts.protocol import Run, main
from benchmarks.peers.tasks import Task, one, source, total


def prepare(task: Task) -> Run:
    """Return what executes the driver of a graph."""
    names: dict[str, object] = {"source": source, "one": one, "total": total}
    for place, upstream in enumerate(task.graph):
        given = [f"n{index}" for index in upstream]
        function = ("source", "one")[len(given)] if len(given) < 2 else "total"  # noqa: PLR2004 - none or one
        taken = ", ".join(f"{name}: int" for name in given)
        exec(f"def n{place}({taken}) -> int:\n    return {function}({', '.join(given)})\n", names)  # noqa: S102
    functions = [names[f"n{place}"] for place in range(len(task.graph))]
    module = ad_hoc_utils.create_temporary_module(*functions)
    built = driver.Builder().with_modules(module).build()
    last = f"n{len(task.graph) - 1}"
    return lambda: built.execute([last])[last]


if __name__ == "__main__":
    sys.setrecursionlimit(20_000)  # it walks from the last node to the first
    main(prepare, "sf-hamilton")
