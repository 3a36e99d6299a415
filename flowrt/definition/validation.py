"""What must hold between the parts of a definition: the graph has nodes and no cycle, and all references resolve."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flowrt.definition.arguments import (
    Arrived,
    Constant,
    DictOf,
    FromFailure,
    FromInput,
    FromNode,
    FromOutcome,
    Gives,
    ListOf,
)
from flowrt.definition.cycles import find_cycles
from flowrt.definition.edge_reading import ReadEdge
from flowrt.definition.findings import Findings, JsonPath, shown, to_pointer
from flowrt.definition.json_kinds import is_object
from flowrt.definition.model import WAIT_FOR_ALL, EdgeOn, JoinRule, Quorum
from flowrt.definition.node_reading import ReadNode
from flowrt.typing import BoundStep

_SHOWN_CYCLE = 12


def check_cycles(nodes: Mapping[str, ReadNode], edges: Sequence[ReadEdge], findings: Findings) -> None:
    """Report each cycle at the edge that closes it, with its path."""
    places = {node_id: place for place, node_id in enumerate(nodes)}
    sources = [places[edge.source] for edge, _ in edges]
    targets = [places[edge.target] for edge, _ in edges]
    for cycle in find_cycles(len(places), sources, targets):
        closing_edge, path = edges[cycle[-1]]
        if len(cycle) == 1:
            message = f"the edge leads from {shown(closing_edge.source)} to itself: a workflow has no cycles"
        else:
            ids = [edges[index].edge.source for index in cycle]
            message = f"the edges form a cycle: {_cycle_path(ids)}; remove one of them"
        findings.problem(path, message)


def _cycle_path(ids: list[str]) -> str:
    closed = [*ids, ids[0]]
    if len(closed) > _SHOWN_CYCLE:
        closed = [*closed[: _SHOWN_CYCLE - 3], f"... ({len(closed) - _SHOWN_CYCLE + 1} more)", *closed[-2:]]
    return " -> ".join(closed)


def check_joins(nodes: Mapping[str, ReadNode], edges: Sequence[ReadEdge], findings: Findings) -> None:
    """Report quorums that can never be met or are met before anything arrives, and times that never begin."""
    joins = {node_id: read for node_id, read in nodes.items() if read.node.join != WAIT_FOR_ALL}
    if not joins:
        return
    incoming = Counter(edge.target for edge, _ in edges)
    for node_id, (node, _, path) in joins.items():
        count, place = incoming[node_id], (*path, "join")
        _check_quorum(node.join.rule, count, (*place, "quorum"), findings)
        _check_quorum(node.join.otherwise, count, (*place, "else", "quorum"), findings)
        if node.join.within is not None and not count:
            findings.problem((*place, "within"), "no edge leads here, so no token ever begins its time: remove it")


def _check_quorum(rule: JoinRule | None, count: int, path: JsonPath, findings: Findings) -> None:
    if isinstance(rule, Quorum) and not 1 <= rule.quorum <= count:
        allowed = f"expected 1 to {count}, the number of edges into this node" if count else "no edge leads here"
        findings.problem(path, f"the quorum is {rule.quorum}: {allowed}")


def check_parallel_edges(edges: Sequence[ReadEdge], findings: Findings) -> None:
    """Warn of edges that say the same as an earlier one: each counts as an edge of its own in a quorum."""
    seen: dict[tuple[str, str, str | None, str | None, str], JsonPath] = {}
    for edge, path in edges:
        key = (edge.source, edge.target, edge.source_handle, edge.condition, edge.on)
        first = seen.setdefault(key, path)
        if first is not path:
            findings.warning(path, f"this edge is the same as {to_pointer(first)}: remove one of them")


def check_records(nodes: Mapping[str, ReadNode], edges: Sequence[ReadEdge], findings: Findings) -> None:
    """Report joins that give lists to nodes that read records."""
    lists = {node_id: found for node_id, read in nodes.items() if (found := _list_given(read.step)) is not None}
    told: set[str] = set()
    for edge, _ in edges if lists else ():
        if edge.source not in lists or edge.target not in nodes or edge.on != "success" or edge.source in told:
            continue
        target = nodes[edge.target]
        if target.step is not None and target.step.arguments is None and target.node.join.rule != "all_settled":
            told.add(edge.source)
            reads = f"{shown(edge.target)} reads a record: leave `gives` out, or read the list as an argument"
            findings.problem((*nodes[edge.source].path, "data", "gives"), f"it gives {lists[edge.source]}, but {reads}")


def _list_given(step: BoundStep | None) -> Gives | None:
    for argument in () if step is None or step.arguments is None else step.arguments.values():
        if isinstance(argument, Arrived) and argument.gives != "value":
            return argument.gives
    return None


def _is_wired(step: BoundStep) -> bool:
    return bool(step.arguments or step.when or step.unless)


class ArgumentCheck:
    """Checks where the arguments of a node's call come from.

    Args:
        nodes: All nodes by id.
        edges: All edges.
        parameters: The names of the workflow's parameters; empty: any input is allowed, so names are not checked.
        findings: Where problems go.
    """

    def __init__(
        self,
        nodes: Mapping[str, ReadNode],
        edges: Sequence[ReadEdge],
        parameters: Sequence[str],
        findings: Findings,
    ) -> None:
        self._nodes = nodes
        self._parameters = parameters
        self._findings = findings
        self._sources: dict[str, set[tuple[str, EdgeOn]]] = {
            node_id: set() for node_id, read in nodes.items() if read.step is not None and _is_wired(read.step)
        }
        for edge, _ in edges if self._sources else ():
            if edge.target in self._sources:
                self._sources[edge.target].add((edge.source, edge.on))

    def check(self) -> None:
        """Report arguments that come from unknown parameters or nodes, or from nodes without an edge to theirs."""
        for node_id in self._sources:
            node, step, path = self._nodes[node_id]
            wired: Mapping[str, Any] = step.arguments if step is not None and step.arguments is not None else {}
            for word, flags in () if step is None else (("when", step.when), ("unless", step.unless)):
                for index, flag in enumerate(flags):
                    self._check(node_id, flag, (*path, "data", word, index))
            written = node.data.get("arguments")
            for name, argument in wired.items():
                if is_object(written) and name in written:
                    self._check(node_id, argument, (*path, "data", "arguments", name))
                else:
                    self._check(node_id, argument, (*path, "data", name) if name in node.data else (*path, "data"))

    def _check(self, node_id: str, argument: Any, path: JsonPath) -> None:
        waiting: list[tuple[Any, JsonPath]] = [(argument, path)]
        while waiting:
            found, place = waiting.pop()
            match found:
                case FromInput(name):
                    self._check_input(name, (*place, "input"))
                case FromNode(source):
                    self._check_node(node_id, source, "success", (*place, "node"))
                case FromFailure(source):
                    self._check_node(node_id, source, "failure", (*place, "failure"))
                case FromOutcome(source):
                    self._check_node(node_id, source, "always", (*place, "outcome"))
                case ListOf(items):
                    waiting.extend((item, (*place, "list", index)) for index, item in enumerate(items))
                case DictOf(entries):
                    waiting.extend((item, (*place, "dict", key)) for key, item in entries.items())
                case Constant() | Arrived():
                    pass
                case _:
                    kind = type(found).__name__
                    self._findings.problem(place, f"the step type bound a {kind}: a bug in it, expected an argument")

    def _check_input(self, name: str, path: JsonPath) -> None:
        if self._parameters and name not in self._parameters:
            hint = self._findings.names.hint(name, self._parameters)
            self._findings.problem(path, f"the workflow has no parameter {shown(name)}{hint}")

    def _check_node(self, node_id: str, source: str, on: EdgeOn, path: JsonPath) -> None:
        if source not in self._nodes:
            hint = self._findings.names.hint(source, self._nodes)
            self._findings.problem(path, f"there is no node {shown(source)}{hint}")
        elif (source, on) not in self._sources[node_id]:
            kind = "" if on == "success" else f"`{on}` "
            edge = f"no {kind}edge leads from {shown(source)} to {shown(node_id)}"
            self._findings.problem(path, f"{edge}: a node gets results from its direct sources only, so add an edge")
