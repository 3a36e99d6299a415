"""Workflows as trees in the terminal."""

from collections.abc import Callable, Sequence

from rich.markup import escape
from rich.tree import Tree

from flowrt.definition import Definition, Edge


def workflow_tree(definition: Definition, label: Callable[[str], str]) -> list[Tree]:
    """Return a tree for each root of a workflow; a node that several feed stands under the last of them.

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
    trees = [Tree(label(root)) for root in roots]
    todo = list(zip(roots, trees, strict=True))
    while todo:
        node_id, tree = todo.pop()
        for edge in outgoing[node_id]:
            how = edge_text([edge.source_handle, edge.condition])
            if last_in[edge.target] is edge:
                todo.append((edge.target, tree.add(how + label(edge.target))))
            else:
                tree.add(f"{how}[dim]→ {escape(edge.target)}[/dim]")
    return trees


def edge_text(parts: Sequence[str | None]) -> str:
    """Return what an edge depends on, as rich markup."""
    text = ", ".join(part for part in parts if part)
    return f"[cyan]{escape(f'[{text}]')}[/cyan] " if text else ""
