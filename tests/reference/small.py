"""Small workflows, written in a line."""

FAILS = {"data": {"attempts": [{"fails": "ValueError"}]}}


def produces(**values):
    """A node that produces these values."""
    return {"data": {"attempts": [{"produces": values}]}}


def sleeps(seconds):
    """A node that takes a time."""
    return {"data": {"attempts": [{"runs": "sleep", "seconds": seconds}]}}


def fails_after(seconds):
    """A node that fails after a time."""
    return {"data": {"attempts": [{"runs": "sleep", "seconds": seconds, "fails": "ValueError"}]}}


def workflow(nodes, edges):
    """A definition of `scripted` nodes by id and of edges like `a>b`."""
    return {
        "name": "small",
        "nodes": [{"id": node, "type": "scripted", **more} for node, more in nodes.items()],
        "edges": [dict(zip(("source", "target"), edge.split(">"), strict=True)) for edge in edges],
    }
