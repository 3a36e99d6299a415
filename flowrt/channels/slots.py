"""A limited number of things that one may hold at a time. Pure bookkeeping: no task, no clock, no event loop."""

from collections import OrderedDict
from collections.abc import Callable


class Slots:
    """Slots, given to who comes first. Whoever waits is called back, and holds no task meanwhile.

    Args:
        capacity: How many there are, from 1.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.taken = 0
        """How many are held."""
        self._waiting: OrderedDict[object, Callable[[], None]] = OrderedDict()

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

    def wait(self, granted: Callable[[], None]) -> Callable[[], None]:
        """Wait for a slot, behind those who wait already.

        Args:
            granted: Called once, when the slot is the caller's; it must not raise.

        Returns:
            What withdraws the wish; it does nothing once the slot was given.
        """
        wish = object()
        self._waiting[wish] = granted

        def withdraw() -> None:
            self._waiting.pop(wish, None)

        return withdraw

    def release(self) -> None:
        """Give a slot back: it goes to who has waited longest."""
        if self._waiting:
            _, granted = self._waiting.popitem(last=False)
            granted()
        else:
            self.taken -= 1
