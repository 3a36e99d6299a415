"""Slots: bookkeeping without an event loop."""

from hypothesis import given
from hypothesis import strategies as st

from flowrt.channels.slots import Slots


def test_as_many_are_taken_as_there_are():
    slots = Slots(2)
    assert [slots.take_nowait() for _ in range(3)] == [True, True, False]
    assert slots.taken == 2


def test_who_has_waited_longest_gets_the_slot_that_comes_back():
    slots, got = Slots(1), []
    slots.take_nowait()
    for name in "abc":
        slots.queue(lambda name=name: got.append(name))
    slots.release()
    slots.release()
    assert (got, slots.taken, slots.waiting) == (["a", "b"], 1, 1)


def test_who_withdrew_gets_none():
    slots, got = Slots(1), []
    slots.take_nowait()
    wish = slots.queue(lambda: got.append("a"))
    slots.queue(lambda: got.append("b"))
    wish.withdraw()
    slots.release()
    wish.withdraw()
    slots.release()
    assert (got, slots.taken, slots.waiting) == (["b"], 0, 0)


def test_who_waits_knows_how_many_are_ahead():
    slots = Slots(1)
    slots.take_nowait()
    first, second, third = (slots.queue(lambda: None) for _ in range(3))
    assert [wish.ahead for wish in (first, second, third)] == [0, 1, 2]
    second.withdraw()
    assert third.ahead == 1
    slots.release()
    assert third.ahead == 0


def test_a_slot_that_comes_back_is_free_if_nobody_waits():
    slots = Slots(1)
    slots.take_nowait()
    slots.release()
    assert slots.take_nowait()


@given(st.integers(1, 4), st.lists(st.tuples(st.sampled_from(["ask", "release", "withdraw"]), st.integers(0, 9))))
def test_nobody_waits_while_a_slot_is_free_and_never_are_more_taken_than_there_are(capacity, steps):
    slots, held, waiting = Slots(capacity), [], {}
    for number, (step, place) in enumerate(steps):
        if step == "ask":
            if slots.take_nowait():
                held.append(number)
            else:
                waiting[number] = slots.queue(lambda number=number: (waiting.pop(number), held.append(number)))
        elif step == "release" and held:
            held.pop(place % len(held))
            slots.release()
        elif step == "withdraw" and waiting:
            waiting.pop(sorted(waiting)[place % len(waiting)]).withdraw()
        assert (slots.taken, slots.waiting) == (len(held), len(waiting))
        assert slots.taken <= capacity
        assert not waiting or slots.taken == capacity
