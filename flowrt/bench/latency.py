"""How long the nodes of a workflow are to take in a simulation, told as text."""

import math
import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from flowrt.bench.errors import OptionError
from flowrt.bench.recording import Recording
from flowrt.bench.sweep import LARGEST
from flowrt.bench.sweepable import MAX_NAMED
from flowrt.definition import Definition, LoadedDefinition, Node
from flowrt.definition.nearest import NearestNames
from flowrt.option_checks import LONGEST_SECONDS
from flowrt.testing.distributions import Distribution, constant, exponential, lognormal, uniform
from flowrt.typing import BoundStep

FORM = re.compile(r"(?:(?P<kind>[a-z]+)\((?P<numbers>[^()]*)\)|(?P<seconds>[^()@]+))(?:@(?P<capacity>\d+))?")
KINDS: Mapping[str, Callable[..., Distribution]] = {
    "constant": constant,
    "uniform": uniform,
    "exponential": exponential,
    "lognormal": lognormal,
}
MEASURED = "measured"
EXPECTED = (
    "expected `measured`, or NODE=SECONDS, NODE=measured, NODE=lognormal(median,sigma), NODE=uniform(low,high), "
    "NODE=exponential(mean) or NODE=constant(seconds)"
)
RARE_SIGMAS = 4
"""One of 30,000 normal draws is larger."""
PLAIN = frozenset(
    {"start", "trigger", "end", "input", "output", "process", "transform", "data_validation"}
    | {"condition", "decision", "branch", "join", "delay"}
)
"""The built-in types that wait for nothing real: a simulation runs them as they are."""


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """How long a node takes."""

    distribution: Distribution | None
    """`None`: as it was measured without any load."""
    capacity: int | None = None
    """How many executions it serves at once; the others wait for their turn. `None`: all of them."""


class Latencies:
    """How long nodes take in a simulation; those that are not named run as they are, in virtual time.

    Args:
        workflow: The workflow.
        texts: For each node, or for all nodes of a type, a text as `parse_latency` takes it; `measured` stands for all
            nodes that may wait for something real.

    Raises:
        OptionError: A text means nothing, tells of a node for the second time, of none that there is, or of one that
            chooses branches, which a made-up one could not.
    """

    def __init__(self, workflow: LoadedDefinition, texts: Sequence[str]) -> None:
        given = _parsed(texts)
        _refuse_unknown(given, workflow.definition)
        self._by_node: dict[str, Latency] = {}
        for node, step in zip(workflow.definition.nodes, workflow.steps, strict=True):
            latency = given.get(node.id, given.get(node.type))
            if latency is None and MEASURED in texts and _may_wait(node, step):
                latency = Latency(distribution=None)
            if latency is not None:
                self._by_node[node.id] = _checked(node, step, latency)

    @property
    def need_recording(self) -> bool:
        """A node is to take as long as it was measured to."""
        return any(latency.distribution is None for latency in self._by_node.values())

    def resolve(self, recording: Recording | None) -> dict[str, Latency]:
        """Return the latency of each node by its id, with what was measured filled in.

        A node that was to take as long as it was measured to, and never ran, runs as it is.
        """
        measured = {
            node: msgspec.structs.replace(latency, distribution=observed)
            for node, latency in self._by_node.items()
            if latency.distribution is None and recording is not None
            if (observed := recording.observed(node)) is not None
        }
        return {node: latency for node, latency in self._by_node.items() if latency.distribution is not None} | measured


def parse_latency(text: str) -> tuple[str, Latency]:
    """Return the node and the latency that a text like `charge=lognormal(0.2,0.5)@8` means.

    What stands behind `@` is how many executions the node serves at once.

    Raises:
        OptionError: It means none.
    """
    node, _, told = text.rpartition("=")
    found = FORM.fullmatch(told.replace(" ", ""))
    if not node.strip() or found is None:
        raise OptionError("latency", text, f"{EXPECTED}; with @8 behind it for a node that serves 8 at once")
    kind, seconds = found["kind"] or "constant", found["seconds"]
    if kind not in KINDS:
        raise OptionError("latency", text, f"there is no distribution {kind!r}: {EXPECTED}")
    try:
        distribution = None if seconds == MEASURED else _distribution(kind, (seconds or found["numbers"]).split(","))
        capacity = None if found["capacity"] is None else int(found["capacity"])
    except (TypeError, ValueError) as error:  # a wrong number of numbers, or what they can't be
        raise OptionError("latency", text, f"{error}; {EXPECTED}") from None
    if capacity is not None and not 1 <= capacity <= LARGEST:
        raise OptionError("latency", text, f"a node can't serve {capacity} at once: expected @1 to @{LARGEST}")
    return node.strip(), Latency(distribution=distribution, capacity=capacity)


def _distribution(kind: str, numbers: Sequence[str]) -> Distribution:
    parameters = [float(number) for number in numbers]
    distribution = KINDS[kind](*parameters)
    if kind == "lognormal":
        median, sigma = parameters
        is_too_long = math.log(median) + RARE_SIGMAS * sigma > math.log(LONGEST_SECONDS)
    else:
        is_too_long = max(parameters) > LONGEST_SECONDS
    if is_too_long:
        raise ValueError(f"a node would take more than {LONGEST_SECONDS:,.0f} s")
    return distribution


def _refuse_unknown(given: Mapping[str, Latency], definition: Definition) -> None:
    ids = [node.id for node in definition.nodes]
    known = dict.fromkeys([*ids, *(node.type for node in definition.nodes)])
    for name in given:
        if name not in known:
            hint = NearestNames().hint(name, known)
            more = f" and {len(ids) - MAX_NAMED} more" if len(ids) > MAX_NAMED else ""
            nodes = ", ".join(ids[:MAX_NAMED]) + more
            reason = f"there is no node or type {name!r}{hint} that --simulate could mean; there are the nodes {nodes}"
            raise OptionError("latency", name, reason)


def _parsed(texts: Sequence[str]) -> dict[str, Latency]:
    given: dict[str, Latency] = {}
    for text in texts:
        if text == MEASURED:
            continue
        name, latency = parse_latency(text)
        if name in given:
            raise OptionError("latency", text, f"that of {name!r} is given twice: expected one for each node or type")
        given[name] = latency
    return given


def _may_wait(node: Node, step: BoundStep) -> bool:
    return node.type not in PLAIN and step.handles is None and step.signal is None


def _checked(node: Node, step: BoundStep, latency: Latency) -> Latency:
    if step.handles is not None or step.signal is not None:
        raise OptionError("latency", node.id, "the node chooses branches or waits for a signal, so it can't be made up")
    return latency
