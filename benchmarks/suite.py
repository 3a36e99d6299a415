"""All workloads by name, sorted by the table that their results share."""

from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks import imports, latency, log, memory, scale, table, waiting
from benchmarks.measure import measure
from benchmarks.workloads import workloads


class Kind(NamedTuple):
    """Workloads whose results are lines of one table."""

    key: str
    """Where the results are in the JSON document."""
    titles: dict[str, str]
    """What the workloads are, by name."""
    measure: Callable[[str, int], list[Any]]
    """Measures the workload of that name, with so many repetitions, and returns its `Result`s."""
    markdown: Callable[[list[Any]], str]


def kinds() -> list[Kind]:
    """Return all there are, in the order in which they run."""
    plain, logged = workloads(), log.log_workloads()
    return [
        # first, while the process is small: what grows is seen best there
        Kind(
            "map",
            {"map": f"{memory.EXECUTIONS:,} executions through Runtime.map"},
            lambda _name, _repetitions: [memory.measure_map(backend) for backend in ("asyncio", "trio")],
            memory.markdown,
        ),
        Kind(
            "workloads",
            {name: workload.title for name, workload in plain.items()},
            lambda name, repetitions: table.rows(plain[name], measure(plain[name], repetitions)),
            table.markdown,
        ),
        Kind(
            "log",
            {name: workload.title for name, workload in logged.items()},
            lambda name, repetitions: log.measure_log(logged[name], repetitions),
            log.markdown,
        ),
        Kind(
            "scale",
            {"W7": "a chain and layers of 10 to 1,000,000 nodes"},
            lambda _name, _repetitions: scale.measure(),
            scale.markdown,
        ),
        Kind(
            "waiting",
            {"W8": "executions that wait for a retry, all at once"},
            lambda _name, _repetitions: waiting.measure(),
            waiting.markdown,
        ),
        Kind(
            "latency",
            {"W9": "pings of a service that runs workflows, with the log on"},
            lambda _name, repetitions: latency.measure_latency(repetitions),
            latency.markdown,
        ),
        Kind(
            "import",
            {"import": "what starting costs"},
            lambda _name, repetitions: imports.measure_imports(repetitions),
            imports.markdown,
        ),
    ]
