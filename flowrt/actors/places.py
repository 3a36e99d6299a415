"""Where placed steps run: the threads and processes of one runtime, or in a simulation its event loop."""

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from flowrt.actors.backend import current_backend
from flowrt.actors.drive import settle
from flowrt.actors.thread_place import ThreadPlace
from flowrt.typing import Limiter, PlacedCall

if TYPE_CHECKING:
    from collections.abc import Collection

    from flowrt.actors.settings import Settings


class Caller(NamedTuple):
    """Whose call it is, for errors and warnings."""

    node: str
    workflow: str


class Place(Protocol):
    """Somewhere to make calls, a limited number of them at a time."""

    slots: Limiter
    """One is to be taken before `run`."""

    @property
    def left_alone(self) -> "Collection[Caller]":
        """Whose calls go on and keep their slots, although nobody waits for them."""
        ...

    async def run(self, caller: Caller, call: PlacedCall) -> Any:
        """Make a call in a slot that was taken for it; the slot is given back when nothing of the call runs any more.

        A cancel ends the wait.
        """
        ...

    async def close(self, grace_seconds: float) -> None:
        """End what is left and wait for that, no longer than the grace time."""
        ...


class InlinePlace:
    """Makes calls on the event loop: in a simulation nothing runs beside it.

    Args:
        slots: How many calls there may be at once.
    """

    def __init__(self, slots: Limiter) -> None:
        self.slots = slots

    @property
    def left_alone(self) -> "Collection[Caller]":
        """Nobody's: a cancel ends what runs here."""
        return ()

    async def run(self, caller: Caller, call: PlacedCall) -> Any:  # noqa: ARG002 - what runs here needs no name
        """Make a call; in its slot what it returns is awaited, too: stand-ins take their virtual time."""
        try:
            return await settle(call.call(*call.arguments, **call.options))
        finally:
            self.slots.release()

    async def close(self, grace_seconds: float) -> None:
        """Do nothing: what ran was a part of the executions."""


class Places:
    """The places of one runtime, each made when it is first asked for.

    Args:
        settings: What the runtime was made with.
    """

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._made: dict[str, Place] = {}

    def find(self, placement: str) -> Place:
        """Return where steps of a placement run."""
        place = self._made.get(placement)
        if place is None:
            place = self._made[placement] = self._make(placement)
        return place

    def _make(self, placement: str) -> Place:
        settings = self._settings
        slots = settings.limiters[placement]
        if settings.gate is not None:
            return InlinePlace(slots)
        if placement == "thread":
            return ThreadPlace(slots, current_backend().caller_from_threads())
        from flowrt.actors.process_place import ProcessPlace  # noqa: PLC0415 - loaded only where it is used

        return ProcessPlace(slots)

    async def close(self) -> None:
        """End what is left in the places and wait for that, for the grace time in each."""
        for place in self._made.values():
            await place.close(self._settings.grace_seconds)
