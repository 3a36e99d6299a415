"""How long a node is to take in a simulation, as text."""

import re
from collections.abc import Callable, Mapping

import msgspec

from flowrt.bench.errors import LatencyError
from flowrt.testing.distributions import Distribution, constant, exponential, lognormal, uniform

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


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """How long a node takes."""

    distribution: Distribution | None
    """`None`: as it was measured without any load."""
    capacity: int | None = None
    """How many executions it serves at once; the others wait for their turn. `None`: all of them."""


def parse_latency(text: str) -> tuple[str, Latency]:
    """Return the node and the latency that a text like `charge=lognormal(0.2,0.5)@8` means.

    What stands behind `@` is how many executions the node serves at once.

    Raises:
        LatencyError: It means none.
    """
    node, _, told = text.rpartition("=")
    found = FORM.fullmatch(told.replace(" ", ""))
    if not node.strip() or found is None:
        raise LatencyError(text, f"{EXPECTED}; with @8 behind it for a node that serves 8 at once")
    kind, numbers = found["kind"] or "constant", found["numbers"] or found["seconds"] or ""
    if kind not in KINDS:
        raise LatencyError(text, f"there is no distribution {kind!r}: {EXPECTED}")
    try:
        parameters = [] if numbers == MEASURED else [float(number) for number in numbers.split(",")]
        distribution = KINDS[kind](*parameters) if parameters else None
    except (TypeError, ValueError) as error:  # a wrong number of numbers, or what they can't be
        raise LatencyError(text, f"{error}; {EXPECTED}") from None
    capacity = None if found["capacity"] is None else int(found["capacity"])
    if capacity == 0:
        raise LatencyError(text, "a node that serves 0 at once would serve none: expected @1 or more")
    return node.strip(), Latency(distribution=distribution, capacity=capacity)
