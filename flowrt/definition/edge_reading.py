"""Reading the edges of a definition."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flowrt.definition.conversion import expected
from flowrt.definition.findings import Findings, JsonPath, listed_names, shown, to_pointer
from flowrt.definition.json_kinds import is_object, kind_of
from flowrt.definition.keys import EDGE, SOURCE_NAMES, TARGET_NAMES, ExtraKeys
from flowrt.definition.limits import MAX_CONDITIONS_LENGTH
from flowrt.definition.model import Edge, EdgeOn
from flowrt.definition.naming import read_name
from flowrt.definition.node_reading import ReadNode
from flowrt.errors import ExpressionError

_ON: tuple[EdgeOn, ...] = ("success", "failure", "always")
_ENDS = {"source": SOURCE_NAMES, "target": TARGET_NAMES}


class ReadEdge(NamedTuple):
    """An edge between two nodes that exist, whatever else is wrong with it."""

    edge: Edge
    path: JsonPath


class EdgeReader:
    """Reads edges one after the other and reports their problems.

    Args:
        nodes: The nodes that they can lead between, by id.
        findings: Where problems go.
        extra_keys: What judges keys that flowrt does not read.
    """

    def __init__(self, nodes: Mapping[str, ReadNode], findings: Findings, extra_keys: ExtraKeys) -> None:
        self.edges: list[ReadEdge] = []
        self._nodes = nodes
        self._findings = findings
        self._extra_keys = extra_keys
        self._condition_faults: dict[str, str | None] = {}
        self._conditions_length = 0
        self._paths_by_id: dict[str, JsonPath] = {}

    def read(self, item: Any, path: JsonPath) -> None:
        """Read one edge."""
        if not is_object(item):
            expected(self._findings, path, item, "an edge, an object with `source` and `target`")
            return
        source, target = self._read_ends(item, path)
        edge = Edge(
            source=source or "",
            target=target or "",
            id=self._read_id(item.get("id"), (*path, "id")),
            source_handle=self._read_handle(item.get("sourceHandle"), source, (*path, "sourceHandle")),
            condition=self._read_condition(item.get("condition"), (*path, "condition")),
            on=self._read_on(item.get("on"), (*path, "on")),
            extra=self._extra_keys.split(item, EDGE, path),
        )
        self._check_handle(edge, path)
        if source is not None and target is not None:
            self.edges.append(ReadEdge(edge, path))

    def _read_ends(self, item: dict[str, Any], path: JsonPath) -> tuple[str | None, str | None]:
        if "source" in item and "target" in item:
            return self._read_end(item, "source", path), self._read_end(item, "target", path)
        keys = {end: self._key_of(item, end, others) for end, others in _ENDS.items()}
        missing = [end for end in _ENDS if end not in item]
        renamings = [f"rename `{keys[end]}` to `{end}`" for end in missing if keys[end] is not None]
        advice = " and ".join(renamings) or f"it has {listed_names(item, 12) or 'no keys'}"
        self._findings.problem(path, f"this edge has no {' and no '.join(f'`{end}`' for end in missing)}: {advice}")
        ends = [self._read_end(item, key, path) if key is not None else None for key in keys.values()]
        return ends[0], ends[1]

    def _key_of(self, item: dict[str, Any], end: str, others: tuple[str, ...]) -> str | None:
        if end in item:
            return end
        used = next((name for name in others if name in item), None)
        unread = [key for key in item if key not in EDGE.known and key not in EDGE.quiet]
        return used or self._findings.names.find(end, unread, 0.8)

    def _read_end(self, item: dict[str, Any], key: str, path: JsonPath) -> str | None:
        value = item[key]
        if type(value) is str and value in self._nodes:
            return value
        name = read_name(value, f"an edge's {key}", (*path, key), self._findings)
        if name is not None:
            hint = self._findings.names.hint(name, self._nodes)
            self._findings.problem((*path, key), f"there is no node {shown(name)}{hint}")
        return None

    def _read_id(self, value: Any, path: JsonPath) -> str | None:
        if value is None:
            return None
        name = read_name(value, "an edge's id", path, self._findings)
        if name is not None and self._paths_by_id.setdefault(name, path) is not path:
            first = to_pointer(self._paths_by_id[name][:-1])
            self._findings.warning(
                path, f"the id {shown(name)} is that of {first} too: edges can't be told apart by it"
            )
        return name

    def _read_handle(self, value: Any, source: str | None, path: JsonPath) -> str | None:
        if value is None:
            return None
        name = read_name(value, "a sourceHandle", path, self._findings)
        step = self._nodes[source].step if source is not None else None
        if name is not None and step is not None and step.handles is not None and name not in step.handles:
            there_are = ": it has " + (listed_names(sorted(step.handles)) or "no branches")
            hint = self._findings.names.hint(name, sorted(step.handles)) or there_are
            self._findings.problem(path, f"the node {shown(source or '')} has no branch {shown(name)}{hint}")
        return name

    def _check_handle(self, edge: Edge, path: JsonPath) -> None:
        """Warn of a branch on an edge that is taken however its source chooses."""
        if edge.source_handle is None or edge.on == "success" or edge.source not in self._nodes:
            return
        step = self._nodes[edge.source].step
        if step is not None and step.handles is not None:
            reason = f"an edge with `on` {edge.on!r} belongs to no branch"
            self._findings.warning((*path, "sourceHandle"), f"it is kept but means nothing: {reason}")

    def _read_condition(self, value: Any, path: JsonPath) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            expected(self._findings, path, value, "an expression as a text")
            return None
        if value not in self._condition_faults:
            self._conditions_length += len(value)
            if self._conditions_length > MAX_CONDITIONS_LENGTH:
                self._findings.refuse(f"the conditions have more than {MAX_CONDITIONS_LENGTH} characters together")
            self._condition_faults[value] = _fault_of(value)
        fault = self._condition_faults[value]
        if fault is not None:
            self._findings.problem(path, fault)
        return value

    def _read_on(self, value: Any, path: JsonPath) -> EdgeOn:
        if value is None or value == "success":
            return "success"
        if value in _ON:
            on: EdgeOn = value
            return on
        found = shown(value) if isinstance(value, str) else kind_of(value)
        hint = self._findings.names.hint(value, _ON) if isinstance(value, str) else ""
        self._findings.problem(path, f"found {found}, expected one of {listed_names(_ON)}{hint}")
        return "success"


def _fault_of(text: str) -> str | None:
    from flowrt.definition.expressions import compile_expression  # noqa: PLC0415 - only a definition with conditions

    try:
        compile_expression(text)
    except ExpressionError as error:
        return str(error)
    return None
