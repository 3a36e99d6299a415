"""How a node stands in an execution: one byte, which is all that most executions keep of a node that has ended."""

PENDING, COMPLETED, FAILED, SKIPPED, CANCELLED, NEVER_BEGAN = range(6)
"""`COMPLETED`: it ended with a value, its default included. `NEVER_BEGAN`: it was cancelled before it began."""
