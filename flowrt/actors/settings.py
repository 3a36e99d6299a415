"""What a runtime was made with."""

import os
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import msgspec

from flowrt.actors.snapshots import MAX_PAYLOAD_BYTES
from flowrt.events import LogEvent
from flowrt.typing import Clock, CompletionGate, Ids

if TYPE_CHECKING:
    from flowrt.storage.protocols import Store

Durability: TypeAlias = Literal["relaxed", "execution"]
MAX_THREADS = 40
"""As many as anyio's own limit."""
WATCHDOG_SECONDS = 0.1


def usable_cpus() -> int:
    """Return the number of CPUs that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    return (os.cpu_count() or 1) if affinity is None else len(affinity(0))


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a runtime was made with.

    Raises:
        TypeError: An option is of another kind than expected.
        ValueError: An option has an impossible value.
    """

    clock: Clock
    random: Random
    ids: Ids
    store: "Store | None" = None
    durability: Durability = "execution"
    max_payload_bytes: int = MAX_PAYLOAD_BYTES
    grace_seconds: float = 5.0
    flush_seconds: float = 60.0
    max_threads: int = MAX_THREADS
    max_processes: int = msgspec.field(default_factory=usable_cpus)
    watchdog_seconds: float | None = WATCHDOG_SECONDS
    gate: CompletionGate | None = None
    on_event: Callable[[LogEvent], None] | None = None

    def __post_init__(self) -> None:
        _check_parts(self)
        if self.durability not in get_args(Durability):
            raise ValueError(f"durability was {self.durability!r}; expected 'execution' or 'relaxed'")
        for name in ("max_payload_bytes", "grace_seconds", "flush_seconds"):
            _check_number(name, getattr(self, name))
        for name in ("max_threads", "max_processes"):
            _check_count(name, getattr(self, name))
        if self.watchdog_seconds is not None:
            _check_number("watchdog_seconds", self.watchdog_seconds)
            if not self.watchdog_seconds:
                raise ValueError("watchdog_seconds was 0; it must be more than 0, or None for no watchdog")


def _check_parts(settings: Settings) -> None:
    parts: dict[str, tuple[object, str, str]] = {
        "store": (settings.store, "open", "a store, such as SqlStore('flowrt.db')"),
        "clock": (settings.clock, "monotonic_ns", "a clock"),
        "random": (settings.random, "getrandbits", "a random.Random, such as Random(7)"),
        "ids": (settings.ids, "new_id", "an object with a method new_id"),
        "gate": (settings.gate, "wait_turn", "a completion gate"),
        "on_event": (settings.on_event, "__call__", "a function"),
    }
    for name, (part, method, expected) in parts.items():
        if part is not None and (isinstance(part, type) or not hasattr(part, method)):
            raise TypeError(f"{name} was {part!r}; expected {expected}")


def _check_number(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} was {value!r}; expected a number")
    if not value >= 0:
        raise ValueError(f"{name} was {value!r}; it must be 0 or more")


def _check_count(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} was {value!r}; expected a whole number")
    if value < 1:
        raise ValueError(f"{name} was {value!r}; it must be 1 or more")
