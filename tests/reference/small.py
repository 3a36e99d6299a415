"""Small workflows, written in a line."""

FAILS = {"data": {"attempts": [{"fails": "ValueError"}]}}


def produces(**values):
    """A node that produces these values."""
    return {"data": {"attempts": [{"produces": values}]}}


def workflow(nodes, edges):
    """A definition of `scripted` nodes by id and of edges like `a>b`."""
    return {
        "name": "small",
        "nodes": [{"id": node, "type": "scripted", **more} for node, more in nodes.items()],
        "edges": [dict(zip(("source", "target"), edge.split(">"), strict=True)) for edge in edges],
    }
