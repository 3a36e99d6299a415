"""What a runtime was made with."""

from collections.abc import Iterable, Mapping
from inspect import iscoroutinefunction
from random import Random
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import msgspec

from flowrt.actors.limits import NO_LIMITS, as_limiters
from flowrt.actors.snapshots import MAX_PAYLOAD_BYTES
from flowrt.actors.turn import BUDGET_NS
from flowrt.clock import NANOSECONDS
from flowrt.option_checks import LONGEST_SECONDS, check_number, check_part, check_whole
from flowrt.typing import Clock, CompletionGate, EventHook, Ids, Limiter

if TYPE_CHECKING:
    from flowrt.storage.protocols import Store

Durability: TypeAlias = Literal["relaxed", "execution"]
WATCHDOG_SECONDS = 0.1


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
    limiters: Mapping[str, Limiter] = msgspec.field(default_factory=lambda: as_limiters(NO_LIMITS))
    watchdog_seconds: float | None = WATCHDOG_SECONDS
    gate: CompletionGate | None = None
    hooks: tuple[EventHook, ...] = ()

    def __post_init__(self) -> None:
        _check_parts(self)
        if self.durability not in get_args(Durability):
            raise ValueError(f"durability was {self.durability!r}; expected 'execution' or 'relaxed'")
        check_whole("max_payload_bytes", self.max_payload_bytes, least=0)
        for name in ("grace_seconds", "flush_seconds"):
            check_number(name, getattr(self, name), least=0, most=LONGEST_SECONDS)
        if self.watchdog_seconds is not None:
            # a turn is looked at when its budget is used up
            check_number("watchdog_seconds", self.watchdog_seconds, least=BUDGET_NS / NANOSECONDS, most=LONGEST_SECONDS)


def as_hooks(hooks: Iterable[Any]) -> tuple[EventHook, ...]:
    """Return hooks as they were given, once they are found to be functions of an event.

    Raises:
        TypeError: They are not.
    """
    try:
        found = tuple(hooks)
    except TypeError:
        raise TypeError(f"hooks was {hooks!r}; expected a list of functions that take an event: hooks=[...]") from None
    for hook in found:
        if isinstance(hook, type) or not callable(hook):
            raise TypeError(f"a hook was {hook!r}; expected a function that takes an event")
        if iscoroutinefunction(hook) or iscoroutinefunction(getattr(hook, "__call__", None)):  # noqa: B004 - it is one
            raise TypeError(
                f"the hook {hook!r} is async, and hooks can't wait; read runtime.events() in a task instead"
            )
    return found


def _check_parts(settings: Settings) -> None:
    parts: dict[str, tuple[object, str, str]] = {
        "store": (settings.store, "open", "a store, such as SqlStore('flowrt.db')"),
        "clock": (settings.clock, "monotonic_ns", "a clock"),
        "random": (settings.random, "getrandbits", "a random.Random, such as Random(7)"),
        "ids": (settings.ids, "new_id", "an object with a method new_id"),
        "gate": (settings.gate, "wait_turn", "a completion gate"),
    }
    for name, (part, method, expected) in parts.items():
        if part is not None:
            check_part(name, part, method, expected)
