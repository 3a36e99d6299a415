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
    """A definition of `scripted` nodes by id and of edges like `a>b` or `a>b on always`."""
    return {
        "name": "small",
        "nodes": [{"id": node, "type": "scripted", **more} for node, more in nodes.items()],
        "edges": [_edge(edge) for edge in edges],
    }


def _edge(written):
    path, _, kind = written.partition(" on ")
    source, target = path.split(">")
    return {"source": source, "target": target} | ({"on": kind} if kind else {})
