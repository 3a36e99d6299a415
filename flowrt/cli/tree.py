"""Workflows as trees in the terminal."""

from collections.abc import Callable, Iterator, Sequence

from flowrt.cli.console import markup
from flowrt.definition import Definition, Edge

MAX_INDENT = 20
"""Deeper branches are not indented any more."""
MAX_REPEATED = 5
"""How many edges to nodes that stand elsewhere are named one by one."""


def workflow_tree(definition: Definition, label: Callable[[str], str]) -> Iterator[str]:
    """Yield the lines of a workflow's tree, as rich markup; a node that several feed stands under the last of them.

    What follows a node alone stands right below it; only branches are indented.

    Args:
        definition: The workflow.
        label: Returns a node's text, as rich markup.
    """
    outgoing: dict[str, list[Edge]] = {node.id: [] for node in definition.nodes}
    last_in: dict[str, Edge] = {}
    for edge in definition.edges:
        outgoing[edge.source].append(edge)
        last_in[edge.target] = edge
    roots = [node.id for node in definition.nodes if node.id not in last_in]
    todo: list[tuple[str, str, str]] = [("", "", root) for root in reversed(roots)]
    while todo:
        first, indent, node_id = todo.pop()
        yield first + label(node_id)
        own = [edge for edge in outgoing[node_id] if last_in[edge.target] is edge]
        others = [edge for edge in outgoing[node_id] if last_in[edge.target] is not edge]
        beside = indent + ("│   " if len(own) > 1 else "")
        for line in _elsewhere(others):
            yield beside + line
        todo += reversed(list(_below(own, indent)))


def _below(edges: Sequence[Edge], indent: str) -> Iterator[tuple[str, str, str]]:
    """Yield what stands under a node: the beginning of the first line, that of the further lines, and the node."""
    if len(edges) == 1:
        yield indent + edge_text(edges[0]), indent, edges[0].target
        return
    for place, edge in enumerate(edges, 1):
        is_last = place == len(edges)
        deeper = indent if len(indent) >= 4 * MAX_INDENT else indent + ("    " if is_last else "│   ")
        yield indent + ("└── " if is_last else "├── ") + edge_text(edge), deeper, edge.target


def _elsewhere(edges: Sequence[Edge]) -> Iterator[str]:
    """Yield lines for edges to nodes that stand elsewhere in the tree."""
    for edge in edges[:MAX_REPEATED]:
        yield f"{edge_text(edge)}[dim]→ {markup(edge.target)}[/dim]"
    if len(edges) > MAX_REPEATED:
        yield f"[dim]→ and {len(edges) - MAX_REPEATED} more[/dim]"


def edge_label(edge: Edge) -> str:
    """Return what an edge depends on; nothing for one that is always taken."""
    end = None if edge.on == "success" else edge.on
    return ", ".join(part for part in (end, edge.source_handle, edge.condition) if part)


def edge_text(edge: Edge) -> str:
    """Return what an edge depends on, as rich markup."""
    text = edge_label(edge)
    return f"[cyan]{markup(f'[{text}]')}[/cyan] " if text else ""
