"""Reading the nodes of a definition."""

from typing import Any, Literal, NamedTuple

import msgspec

from flowrt.definition.conversion import convert, expected
from flowrt.definition.findings import Findings, JsonPath, from_pointer, listed_names, shown
from flowrt.definition.join_reading import read_join
from flowrt.definition.json_kinds import is_object
from flowrt.definition.keys import NODE, ExtraKeys, Level
from flowrt.definition.model import Node
from flowrt.definition.naming import read_name
from flowrt.definition.nearest import CERTAIN
from flowrt.definition.policy_sense import check_process, check_sense
from flowrt.definition.sending import why_not_sendable
from flowrt.definition.signature import is_async
from flowrt.policies import NO_POLICY, Default, NodePolicy
from flowrt.typing import BoundStep, StepBindError, StepCatalog, StepType

_ID_NAMES = ("nodeId", "node_id", "stepId", "step_id", "key", "uuid", "_id")
_TYPE_NAMES = ("nodeType", "node_type", "stepType", "step_type", "kind")
_NEARLY_KNOWN = 0.85
"""How alike a known type's name must be for a node of the default type to be called misspelt."""


class ReadNode(NamedTuple):
    """A node that has an id of its own and a type, whatever else is wrong with it."""

    node: Node
    step: BoundStep | None
    """`None` if its type is unknown or refuses its data: that was reported."""
    path: JsonPath


class NodeReader:
    """Reads nodes one after the other and reports their problems.

    Args:
        catalog: Where step types are looked up.
        findings: Where problems go.
        extra_keys: What judges keys that flowrt does not read.
    """

    def __init__(self, catalog: StepCatalog, findings: Findings, extra_keys: ExtraKeys) -> None:
        self.nodes: dict[str, ReadNode] = {}
        """Those that can be referred to, by id, in the order of the document."""
        self._catalog = catalog
        self._findings = findings
        self._extra_keys = extra_keys
        self._types: dict[str, tuple[StepType, Level] | None] = {}
        self._nearly_known: dict[str, str] = {}

    def read(self, item: Any, path: JsonPath) -> None:
        """Read one node."""
        if not is_object(item):
            expected(self._findings, path, item, "a node, an object with `id` and `type`")
            return
        node_id = self._read_key(item, "id", _ID_NAMES, path)
        type_name = self._read_key(item, "type", _TYPE_NAMES, path)
        data = self._read_data(item.get("data"), (*path, "data"))
        extra = self._extra_keys.split(item, NODE, path)
        node = Node(
            id=node_id or "",
            type=type_name or "",
            data=data,
            policy=self._read_policy(item.get("policy"), path),
            join=read_join(item.get("join"), (*path, "join"), self._findings),
            emit=self._read_emit(item.get("emit"), (*path, "emit")),
            extra=extra,
        )
        step = self._bind(type_name, data, path) if type_name is not None else None
        is_coroutine = step is not None and is_async(step.call)
        check_sense(node.policy, item.get("policy"), (*path, "policy"), self._findings, is_async=is_coroutine)
        if step is not None and node.policy.placement == "process" and not is_coroutine:
            check_process(why_not_sendable(step.call), node.policy, (*path, "policy"), self._findings)
        self._check_default(node.policy, step, (*path, "policy", "on_error", "default"))
        if node_id in self.nodes:
            first = "/".join(map(str, self.nodes[node_id].path))
            self._findings.problem((*path, "id"), f"the id {shown(node_id)} is taken by /{first}: ids are unique")
        elif node_id is not None:
            self.nodes[node_id] = ReadNode(node, step, path)

    def _read_key(
        self, item: dict[str, Any], key: Literal["id", "type"], others: tuple[str, ...], path: JsonPath
    ) -> Any:
        if key in item:
            return read_name(item[key], f"a node's {key}", (*path, key), self._findings)
        used = next((name for name in others if name in item), None)
        used = used or self._findings.names.find(key, [name for name in item if name not in NODE.known], CERTAIN)
        advice = f"rename `{used}` to `{key}`" if used else f"it has {listed_names(item, 12) or 'no keys'}"
        self._findings.problem(path, f"this node has no `{key}`: {advice}")
        return None

    def _read_data(self, value: Any, path: JsonPath) -> dict[str, Any]:
        if is_object(value):
            return value
        if value is not None:
            expected(self._findings, path, value, "an object: what the node's type reads")
        return {}

    def _check_default(self, policy: NodePolicy, step: BoundStep | None, path: JsonPath) -> None:
        """Report a default that the node can't produce: one that takes a record produces keys of it."""
        if step is None or step.arguments is not None or step.output_key is not None:
            return
        if isinstance(policy.on_error, Default) and not is_object(policy.on_error.default):
            expected(self._findings, path, policy.on_error.default, "an object, the keys that the node produces")

    def _read_policy(self, value: Any, path: JsonPath) -> NodePolicy:
        if value is None:
            return NO_POLICY
        policy: NodePolicy | None = convert(value, NodePolicy, (*path, "policy"), self._findings)
        return policy or NO_POLICY

    def _read_emit(self, value: Any, path: JsonPath) -> Literal["merge", "replace"]:
        if value is None or value == "merge":
            return "merge"
        return convert(value, Literal["merge", "replace"], path, self._findings) or "merge"

    def _bind(self, type_name: str, data: dict[str, Any], path: JsonPath) -> BoundStep | None:
        if type_name not in self._types:
            self._types[type_name] = self._find(type_name)
        found = self._types[type_name]
        if found is None:
            self._report_unknown_type(type_name, (*path, "type"))
            return None
        step_type, level = found
        if type_name in self._nearly_known:
            hint = f"did you mean {self._nearly_known[type_name]!r}?"
            self._findings.warning((*path, "type"), f"{shown(type_name)} runs as the default type; {hint}")
        if level.known:
            self._extra_keys.warn_of_misspelt(data, level, (*path, "data"))
        typed = convert(data, step_type.data_type, (*path, "data"), self._findings)
        return None if typed is None else self._bind_typed(step_type, typed, (*path, "data"))

    def _bind_typed(self, step_type: StepType, typed: msgspec.Struct, path: JsonPath) -> BoundStep | None:
        try:
            return step_type.bind(typed)
        except StepBindError as error:
            for problem in error.problems:
                self._findings.problem((*path, *from_pointer(problem.pointer)), problem.message)
        except Exception as error:  # noqa: BLE001 - a step type is foreign code; the error stays as the cause
            reason = f"the step type {step_type.name!r} can't be bound: {type(error).__name__}: {error}"
            self._findings.problem(path, reason, cause=error)
        return None

    def _find(self, type_name: str) -> tuple[StepType, Level] | None:
        step_type = self._catalog.find(type_name)
        if step_type is None:
            return None
        names = self._catalog.names()
        if type_name not in names and (nearest := self._findings.names.find(type_name, names, _NEARLY_KNOWN)):
            self._nearly_known[type_name] = nearest
        fields = tuple(field.encode_name for field in msgspec.structs.fields(step_type.data_type))
        return step_type, Level(known=fields)

    def _report_unknown_type(self, type_name: str, path: JsonPath) -> None:
        known = self._catalog.names()
        hint = self._findings.names.hint(type_name, known) or f": there are {listed_names(known) or 'none'}"
        self._findings.problem(path, f"unknown node type {shown(type_name)}{hint}")
