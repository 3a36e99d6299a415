"""All workloads, sorted by the table that their results share, in the order in which they run."""

from benchmarks import imports, latency, log, memory, scale, table, waiting

KINDS = (
    memory.KIND,  # first, while the process is small: what grows is seen best there
    table.KIND,
    log.KIND,
    scale.KIND,
    waiting.KIND,
    latency.KIND,
    imports.KIND,
)
