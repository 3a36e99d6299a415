"""The check of limiters passes for flowrt's own, and notices each that breaks a promise."""

import pytest

from flowrt.channels.slots import Slots
from flowrt.testing.conformance import check_limiter


class Unlimited(Slots):
    def take_nowait(self):
        return True


class OneTooFew(Slots):
    def __init__(self, capacity):
        super().__init__(capacity)
        self.taken = 1


class Forgetful(Slots):
    """Whoever waits is never called."""

    def release(self):
        self.taken -= 1


class Generous(Slots):
    """A slot that comes back goes to who waits, and is free, too."""

    def release(self):
        super().release()
        if self.waiting:
            self.taken -= 1


class CallsAtOnce(Slots):
    def queue(self, granted):
        granted()
        return super().queue(lambda: None)


class CallsAll(Slots):
    def release(self):
        while self.waiting:
            super().release()
        super().release()


class KeepsWhoWithdrew(Slots):
    def withdraw(self, wish):
        pass


class CountsLateWithdrawals(Slots):
    """To withdraw gives a slot back, even if nobody waits any more."""

    def withdraw(self, wish):
        super().withdraw(wish)
        self.release()


class SaysNobodyIsAhead(Slots):
    def ahead_of(self, wish):
        return 0


class ForgetsBeyondTen(Slots):
    def queue(self, granted):
        wish = super().queue(granted)
        if self.waiting > 10:
            wish.withdraw()
        return wish


class CallsBeforeItForgets(Slots):
    """Who gives its slot back at once is called again."""

    def release(self):
        if self._waiting:
            wish, granted = next(iter(self._waiting.items()))
            granted()
            self._waiting.pop(wish, None)
        else:
            self.taken -= 1


class OneTooManyOfFive(Slots):
    def take_nowait(self):
        if self.taken >= self.capacity + (self.capacity > 4):
            return False
        self.taken += 1
        return True


class SaysMany(Slots):
    def __init__(self, capacity):
        super().__init__(capacity)
        self.slots, self.capacity = capacity, "many"


class SaysNothing(Slots):
    def take_nowait(self):
        return super().take_nowait() or None


@pytest.mark.parametrize("create", [Slots])
def test_flowrts_own_limiter_conforms(create):
    check_limiter(create)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (Unlimited, "slots that were taken of 1, at first: found 2, expected 1"),
        (OneTooFew, "slots that were taken of 1, at first: found 0, expected 1"),
        (Forgetful, "how many were granted a slot: found 0, expected 1"),
        (Generous, "take_nowait\\(\\) of a slot that was granted: found True"),
        (CallsAtOnce, "while it is taken: found \\['a', 'b', 'c'\\]"),
        (CallsAll, "how many were granted a slot: found 3, expected 1"),
        (KeepsWhoWithdrew, "only one that waits: found 1, expected 0"),
        (CountsLateWithdrawals, "found"),
        (ForgetsBeyondTen, "how many of 100 that waited were granted a slot: found 10, expected 100"),
        (CallsBeforeItForgets, "who was granted a slot, where each gives it back at once: found \\['a', 'a', 'a', 'a'"),
        (OneTooManyOfFive, "slots that were taken of 100, at first: found 101, expected 100"),
        (SaysMany, "the capacity of a limiter of 1 slots: found 'many', expected 1"),
        (SaysNothing, r"take_nowait\(\): found None, expected True or False"),
        (SaysNobodyIsAhead, "who are ahead of those that wait: found"),
    ],
)
def test_a_limiter_that_breaks_a_promise_is_found(broken, message):
    with pytest.raises(AssertionError, match=message):
        check_limiter(broken)
