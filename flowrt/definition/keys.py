"""The keys that flowrt reads on each level of a definition, and what it makes of all others.

A key that flowrt does not read is kept. It is a warning if it is probably meant for flowrt: because it is spelt almost
like a key that is read, or is known from another dialect. All other keys are an editor's and kept in silence.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from flowrt.definition.findings import Findings, JsonPath, shown
from flowrt.definition.nearest import CERTAIN
from flowrt.policies import NodePolicy


class Level(NamedTuple):
    """A kind of object in a definition."""

    known: tuple[str, ...]
    """The keys that flowrt reads."""
    quiet: frozenset[str] = frozenset()
    """Keys of editors that are spelt much like a known one, or like another dialect's."""
    foreign: Mapping[str, str] = {}
    """Keys of other dialects, and the advice that goes with each."""


_TO_POLICY = "flowrt reads this inside `policy`"
_TO_JOIN = "flowrt reads this inside `join`"
_TO_DATA = "flowrt reads `data`"
_TO_EDGES = "flowrt reads the order from `edges` only"

WORKFLOW = Level(
    known=("name", "version", "parameters", "nodes", "edges", "result", "policy"),
    foreign={
        "steps": "flowrt reads `nodes`",
        "connections": "flowrt reads `edges`",
        "tasks": "flowrt reads `nodes`",
        "links": "flowrt reads `edges`",
        "deadline_seconds": _TO_POLICY,
        "max_retries": _TO_POLICY,
        "deadline": "flowrt reads `policy.deadline_seconds`",
        "timeout": "flowrt reads `policy.deadline_seconds`",
    },
)
NODE = Level(
    known=("id", "type", "data", "policy", "join", "emit"),
    foreign={
        "config": _TO_DATA,
        "properties": _TO_DATA,
        "depends_on": _TO_EDGES,
        "dependsOn": _TO_EDGES,
        "dependencies": _TO_EDGES,
        "connections": _TO_EDGES,
        "next": _TO_EDGES,
        "retry": _TO_POLICY,
        "retries": "flowrt reads `policy.retry`",
        "max_retries": "flowrt reads `policy.retry.max_attempts`, which counts the first attempt too",
        "timeout": _TO_POLICY,
        "on_error": _TO_POLICY,
        "condition": "flowrt reads the `condition` of an edge",
        "deadline_seconds": "flowrt reads it in the `policy` of the workflow",
        "placement": _TO_POLICY,
        "within": _TO_JOIN,
        "else": _TO_JOIN,
        "losers": _TO_JOIN,
    },
)
SOURCE_NAMES = ("sourceId", "source_id", "sourceNodeId", "sourceNode", "from", "fromNode", "from_node")
TARGET_NAMES = ("targetId", "target_id", "targetNodeId", "targetNode", "to", "toNode", "to_node")
"""Under which names other dialects keep an edge's ends, the source's and the target's in the same order."""

EDGE = Level(
    known=("id", "source", "target", "sourceHandle", "condition", "on"),
    quiet=frozenset({"targetHandle", "sourceNode", "targetNode", "sourceX", "sourceY"}),
    foreign={
        "when": "flowrt reads `condition`",
        "if": "flowrt reads `condition`",
        "expression": "flowrt reads `condition`",
        "source_handle": "flowrt reads `sourceHandle`",
        "sourcePort": "flowrt reads `sourceHandle`",
        "join": "flowrt reads the `join` of a node",
    },
)
PARAMETER = Level(
    known=("name", "type", "required", "default", "description"),
    foreign={
        "parameterType": "flowrt reads `type`",
        "parameter_type": "flowrt reads `type`",
        "isRequired": "flowrt reads `required`",
        "is_required": "flowrt reads `required`",
        "defaultValue": "flowrt reads `default`",
        "default_value": "flowrt reads `default`",
    },
)
LATER_FIELDS: Mapping[type[msgspec.Struct], frozenset[str]] = {
    NodePolicy: frozenset({"limit", "priority", "batch"}),
}
"""Keys that a later version of flowrt will read in a policy."""
LATER = "is not part of this version of flowrt: remove it"


class ExtraKeys:
    """Splits off the keys that flowrt does not read, and judges each name once per level."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._advice: dict[tuple[int, str], str | None] = {}

    def split(self, found: Mapping[str, Any], level: Level, path: JsonPath) -> dict[str, Any]:
        """Return the keys that flowrt does not read, with their values, and warn of those that look misplaced."""
        known = level.known
        extra = {key: value for key, value in found.items() if key not in known}
        for key, value in extra.items():
            if value not in _NOTHING and (advice := self._advice_on(key, level)) is not None:
                self._findings.warning((*path, key), f"{shown(key)} is kept but not read: {advice}")
        return extra

    def warn_of_misspelt(self, found: Mapping[str, Any], level: Level, path: JsonPath) -> None:
        """Warn of keys in a node's data that are spelt almost like one that its type reads."""
        for key in found:
            if key not in level.known and (advice := self._advice_on(key, level)) is not None:
                self._findings.warning((*path, key), f"{shown(key)} is not read: {advice}")

    def _advice_on(self, key: str, level: Level) -> str | None:
        memo_key = (id(level), key)
        if memo_key not in self._advice:
            if len(self._advice) > _MOST_REMEMBERED:
                return None
            self._advice[memo_key] = self._make_advice(key, level)
        return self._advice[memo_key]

    def _make_advice(self, key: str, level: Level) -> str | None:
        if key in level.foreign:
            return level.foreign[key]
        if key in level.quiet or key.startswith("_"):
            return None
        name = self._findings.names.find(key, level.known, CERTAIN)
        return f"did you mean `{name}`?" if name else None


_MOST_REMEMBERED = 10_000
_NOTHING: tuple[Any, ...] = (None, "", [], {})
