"""Whether a limiter keeps its promises."""

from collections.abc import Callable
from functools import partial
from random import Random

from flowrt.testing.conformance.expectation import breach, expect_equal, shown
from flowrt.typing import Limiter, Wish

STEPS = 2000
MANY = 100


def check_limiter(create: Callable[[int], Limiter]) -> None:
    """Check that a limiter keeps every promise of `flowrt.typing.Limiter`.

    Args:
        create: Makes a limiter of that many slots.

    Raises:
        AssertionError: The first promise that is not kept.
    """
    for slots in (1, 3, MANY):
        check_as_many_are_taken_as_there_are(create, slots)
    check_all_who_wait_get_a_slot_once(create)
    check_many_may_wait(create)
    check_a_slot_may_come_back_while_it_is_granted(create)
    check_who_withdrew_gets_none(create)
    check_no_slot_is_lost_or_made(create)


def check_as_many_are_taken_as_there_are(create: Callable[[int], Limiter], slots: int) -> None:
    """As many can be taken as there are, and again when they came back.

    Raises:
        AssertionError: More, or fewer.
    """
    limiter = create(slots)
    expect_equal(f"the capacity of a limiter of {slots} slots", limiter.capacity, slots, "return how many there are")
    for turn in ("at first", "after they came back"):
        taken = sum(_take(limiter) for _ in range(slots + 1))
        expect_equal(f"slots that were taken of {slots}, {turn}", taken, slots, "refuse the next one, and only that")
        for _ in range(slots):
            limiter.release()


def check_all_who_wait_get_a_slot_once(create: Callable[[int], Limiter]) -> None:
    """A slot that comes back goes to one who waits, and to nobody else.

    Raises:
        AssertionError: Somebody gets none, or more than one, or one that is not free.
    """
    limiter, got = create(1), list[str]()
    _take(limiter)
    for name in "abc":
        limiter.queue(partial(got.append, name))
    expect_equal("who was granted the only slot, while it is taken", got, [], "wait until it is released")
    for released in (1, 2, 3):
        limiter.release()
        expect_equal("how many were granted a slot", len(got), released, "give a slot that comes back to one who waits")
        expect_equal("take_nowait() of a slot that was granted", _take(limiter), False, "grant it to one only")
    expect_equal("who was granted a slot", sorted(got), ["a", "b", "c"], "call each callback once")
    limiter.release()
    expect_equal("take_nowait() when all are back", _take(limiter), True, "keep count of granted slots, too")


def check_many_may_wait(create: Callable[[int], Limiter]) -> None:
    """However many wait, each of them gets a slot.

    Raises:
        AssertionError: Somebody gets none.
    """
    limiter, got = create(1), list[int]()
    _take(limiter)
    for number in range(MANY):
        limiter.queue(partial(got.append, number))
    for _ in range(MANY):
        limiter.release()
    expect_equal(f"how many of {MANY} that waited were granted a slot", len({*got}), MANY, "forget none that waits")


def check_a_slot_may_come_back_while_it_is_granted(create: Callable[[int], Limiter]) -> None:
    """Who is granted a slot may give it back before the callback returns: it goes to the next one.

    Raises:
        AssertionError: Somebody is called twice, or never, or the slot is lost.
    """
    limiter, got = create(1), list[str]()

    def granted(name: str) -> None:
        got.append(name)
        if len(got) <= len("abc"):  # or it would never end
            limiter.release()

    _take(limiter)
    for name in "abc":
        limiter.queue(partial(granted, name))
    limiter.release()
    advice = "forget who waits before calling the callback, and call each once"
    expect_equal("who was granted a slot, where each gives it back at once", sorted(got), ["a", "b", "c"], advice)
    expect_equal("take_nowait() when all are back", _take(limiter), True, "keep count of what comes back meanwhile")


def check_who_withdrew_gets_none(create: Callable[[int], Limiter]) -> None:
    """Who withdrew is not called; to withdraw late, or twice, does nothing.

    Raises:
        AssertionError: It is called, or somebody else is not.
    """
    limiter, got = create(1), list[str]()
    _take(limiter)
    withdrawn = limiter.queue(partial(got.append, "withdrawn"))
    kept = limiter.queue(partial(got.append, "kept"))
    expect_equal(
        "who are ahead of those that wait", {withdrawn.ahead, kept.ahead}, {0, 1}, "count those that come before"
    )
    withdrawn.withdraw()
    withdrawn.withdraw()
    expect_equal("who are ahead of the only one that waits", kept.ahead, 0, "count none that withdrew")
    limiter.release()
    expect_equal("who was granted a slot, after one withdrew", got, ["kept"], "forget who withdrew")
    kept.withdraw()
    expect_equal("take_nowait() after a late withdrawal", _take(limiter), False, "ignore it: the slot was given")
    limiter.release()
    expect_equal("take_nowait() when all are back", _take(limiter), True, "lose no slot where somebody withdraws")


def check_no_slot_is_lost_or_made(create: Callable[[int], Limiter], slots: int = 3) -> None:
    """Whatever is taken, waited for, withdrawn and released: never more are held than there are.

    Raises:
        AssertionError: There are more or fewer than there should be.
    """
    limiter, random = create(slots), Random(1)  # noqa: S311 - repeatable
    held = list[None]()
    wishes = list[Wish]()
    for _ in range(STEPS):
        match random.randrange(3):
            case 0:
                if _take(limiter):
                    held.append(None)
                else:
                    wishes.append(limiter.queue(partial(held.append, None)))
            case 1 if held:
                held.pop()
                limiter.release()
            case _ if wishes:
                wishes.pop(random.randrange(len(wishes))).withdraw()
            case _:
                continue
        if len(held) > slots:
            raise breach("slots that are held at once", str(len(held)), f"at most {slots}", "count those granted, too")
    _expect_all_back(limiter, held, wishes, slots)


def _expect_all_back(limiter: Limiter, held: list[None], wishes: list[Wish], slots: int) -> None:
    for wish in wishes:
        wish.withdraw()
    while held:
        held.pop()
        limiter.release()
    taken = sum(_take(limiter) for _ in range(slots + 1))
    expect_equal("slots that are free when all are back", taken, slots, "lose none, and make none")


def _take(limiter: Limiter) -> bool:
    taken = limiter.take_nowait()
    if taken not in {True, False}:
        raise breach("take_nowait()", shown(taken), "True or False", "say whether a slot was taken")
    return taken
