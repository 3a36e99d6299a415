"""A limited number of things that one may hold at a time. Pure bookkeeping: no task, no clock, no event loop."""

from collections import OrderedDict
from collections.abc import Callable
from itertools import takewhile


class Slots:
    """Slots, given to who comes first. Whoever waits is called back, and holds no task meanwhile.

    Args:
        capacity: How many there are, from 1.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.taken = 0
        """How many are held."""
        self._waiting: OrderedDict[Wish, Callable[[], None]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._waiting)

    def take_nowait(self) -> bool:
        """Take a slot if one is free; say whether it was."""
        if self.taken >= self.capacity:
            return False
        self.taken += 1
        return True

    def queue(self, granted: Callable[[], None]) -> "Wish":
        """Wait for a slot, behind those who wait already.

        Args:
            granted: Called once, when the slot is the caller's; it must not raise.
        """
        wish = Wish(self)
        self._waiting[wish] = granted
        return wish

    def withdraw(self, wish: "Wish") -> None:
        """Wait no more; does nothing once the slot was given."""
        self._waiting.pop(wish, None)

    def ahead_of(self, wish: "Wish") -> int:
        """Return how many get a slot before that one is fulfilled; takes time for each."""
        return sum(1 for _ in takewhile(lambda other: other is not wish, self._waiting))

    def release(self) -> None:
        """Give a slot back: it goes to who has waited longest."""
        if self._waiting:
            _, granted = self._waiting.popitem(last=False)
            granted()
        else:
            self.taken -= 1


class Wish:
    """That somebody waits for one of these slots."""

    __slots__ = ("_slots",)

    def __init__(self, slots: Slots) -> None:
        self._slots = slots

    def withdraw(self) -> None:
        """Wait no more; does nothing once the slot was given."""
        self._slots.withdraw(self)

    @property
    def ahead(self) -> int:
        """How many get a slot before; asking takes time for each."""
        return self._slots.ahead_of(self)
