"""Loading a definition: from JSON to a sound workflow and its bound steps, or to all of its problems at once."""

from pathlib import Path
from typing import Any, NamedTuple

from flowrt.definition.conversion import convert, expected
from flowrt.definition.edge_reading import EdgeReader
from flowrt.definition.findings import Findings, shown
from flowrt.definition.json_kinds import is_array, is_object, kind_of
from flowrt.definition.keys import WORKFLOW, ExtraKeys
from flowrt.definition.limits import MAX_EDGES, MAX_NODES, MAX_VERSION
from flowrt.definition.model import Definition
from flowrt.definition.naming import read_name
from flowrt.definition.node_reading import NodeReader
from flowrt.definition.parameter_reading import ParameterReader, fits
from flowrt.definition.reading import Source, read_document
from flowrt.definition.validation import ArgumentCheck, check_cycles, check_joins, check_parallel_edges, check_records
from flowrt.errors import Problem
from flowrt.option_checks import check_part
from flowrt.policies import NO_WORKFLOW_POLICY, WorkflowPolicy
from flowrt.typing import BoundStep, StepCatalog

UNNAMED = "workflow"
"""The name of a workflow whose definition has none and is no file."""
_WRAPPERS = ("definition", "workflow", "graph", "data", "flow")
_OTHER_NAMES = {"nodes": ("steps", "tasks"), "edges": ("connections", "links")}


class LoadedDefinition(NamedTuple):
    """A sound definition and what its nodes run."""

    definition: Definition
    steps: tuple[BoundStep, ...]
    """The bound step of each node, in the order of `definition.nodes`."""
    warnings: tuple[Problem, ...] = ()
    """What is probably not meant as it stands, in the order of the document."""


def load_definition(source: Source, catalog: StepCatalog) -> LoadedDefinition:
    """Load a workflow definition.

    What is returned is sound and shares nothing with the source. Takes time in proportion to the size of the document;
    the limits are in `flowrt.definition.limits`.

    Keys that flowrt does not read are kept for export. Warnings are: such a key that is spelt almost like one that is
    read or is known from another dialect; a version that is a text; an id that two edges have; an edge that says the
    same as an earlier one; a type that is almost a known one but runs as the catalog's default. All else that does not
    fit is a problem, also a key that stands twice in one object.

    Args:
        source: JSON text, as `str` or as UTF-8 bytes; a parsed JSON object; or the `Path` of a file. A definition
            without a name gets that of its file.
        catalog: The step types that nodes may have.

    Raises:
        TypeError: `catalog` is no registry.
        DefinitionError: The source can't be read, or the definition is wrong: it has all problems, in the order of the
            document.
    """
    check_part("catalog", catalog, "find", "a registry, such as StepRegistry.with_builtins()")
    findings = Findings()
    document = read_document(source, findings)
    default_name = source.stem if isinstance(source, Path) else UNNAMED
    return _Loading(document, catalog, findings).load(default_name or UNNAMED)


class _Loading:
    def __init__(self, document: dict[str, Any], catalog: StepCatalog, findings: Findings) -> None:
        self._document = document
        self._findings = findings
        self._extra_keys = ExtraKeys(findings)
        self._nodes = NodeReader(catalog, findings, self._extra_keys)
        self._edges = EdgeReader(self._nodes.nodes, findings, self._extra_keys)
        self._parameters = ParameterReader(findings, self._extra_keys)

    def load(self, default_name: str) -> LoadedDefinition:
        extra = self._extra_keys.split(self._document, WORKFLOW, ())
        name = self._read_name(default_name)
        version = self._read_version(extra)
        self._parameters.read_all(self._document.get("parameters"), ("parameters",))
        self._read_list("nodes", self._nodes, MAX_NODES)
        self._read_list("edges", self._edges, MAX_EDGES)
        result = self._read_result()
        policy = self._read_policy()
        self._check()
        self._findings.refuse_if_any()
        definition = Definition(
            name=name,
            version=version,
            parameters=tuple(self._parameters.parameters.values()),
            nodes=tuple(read.node for read in self._nodes.nodes.values()),
            edges=tuple(read.edge for read in self._edges.edges),
            result=result,
            policy=policy,
            extra=extra,
        )
        steps = tuple(read.step for read in self._nodes.nodes.values() if read.step is not None)
        return LoadedDefinition(definition, steps, self._findings.warnings())

    def _check(self) -> None:
        nodes, edges = self._nodes.nodes, self._edges.edges
        check_cycles(nodes, edges, self._findings)
        check_joins(nodes, edges, self._findings)
        check_parallel_edges(edges, self._findings)
        check_records(nodes, edges, self._findings)
        ArgumentCheck(nodes, edges, tuple(self._parameters.parameters), self._findings).check()

    def _read_name(self, default_name: str) -> str:
        value = self._document.get("name")
        if value is None:
            return default_name
        return read_name(value, "the workflow's name", ("name",), self._findings) or default_name

    def _read_version(self, extra: dict[str, Any]) -> int | None:
        value = self._document.get("version")
        if isinstance(value, str):
            self._findings.warning(("version",), f"{shown(value)} is kept but not read: a version is a whole number")
            extra["version"] = value
        elif value is not None and fits(value, "integer") and 0 <= value <= MAX_VERSION:
            return int(value)
        elif value is not None:
            expected(self._findings, ("version",), value, f"a whole number from 0 to {MAX_VERSION}")
        return None

    def _read_result(self) -> str | None:
        value = self._document.get("result")
        if value is None:
            return None
        name = read_name(value, "the result's node", ("result",), self._findings)
        if name is not None and name not in self._nodes.nodes:
            hint = self._findings.names.hint(name, self._nodes.nodes)
            self._findings.problem(("result",), f"there is no node {shown(name)}{hint}")
        return name

    def _read_policy(self) -> WorkflowPolicy:
        value = self._document.get("policy")
        if value is None:
            return NO_WORKFLOW_POLICY
        policy: WorkflowPolicy | None = convert(value, WorkflowPolicy, ("policy",), self._findings)
        return policy or NO_WORKFLOW_POLICY

    def _read_list(self, key: str, reader: NodeReader | EdgeReader, most: int) -> None:
        used = self._key_of(key)
        items = self._document.get(used)
        if items is None:
            if key == "nodes":
                self._report_no_nodes()
        elif not is_array(items):
            self._report_no_list(key, used, items)
        elif len(items) > most:
            self._findings.problem((used,), f"there are {len(items)} {key}, at most {most} are allowed")
        else:
            if not items and key == "nodes":
                self._findings.problem((used,), "the workflow is empty: it needs at least one node")
            for index, item in enumerate(items):
                reader.read(item, (used, index))

    def _key_of(self, key: str) -> str:
        """Return the key itself, or the one that another dialect uses for it, which is reported."""
        if self._document.get(key) is None:
            for other in _OTHER_NAMES[key]:
                if self._document.get(other) is not None:
                    self._findings.problem((other,), f"this is another dialect: rename `{other}` to `{key}`")
                    return other
        return key

    def _report_no_nodes(self) -> None:
        for key in _WRAPPERS:
            inner = self._document.get(key)
            if is_object(inner) and "nodes" in inner:
                self._findings.problem((key,), f"the definition stands inside `{key}`: pass only what is in there")
                return
        near = self._findings.names.find("nodes", [name for name in self._document if name not in WORKFLOW.known], 0.8)
        hint = f"; did you mean it by {shown(near)}?" if near else ""
        self._findings.problem((), f"there is no `nodes`, a list of at least one node{hint}")

    def _report_no_list(self, key: str, used: str, items: Any) -> None:
        advice = ""
        if is_object(items):
            advice = "; write the key of each entry as its `id`" if key == "nodes" else "; write its values as a list"
        self._findings.problem((used,), f"found {kind_of(items)}, expected a list of {key}{advice}")
