"""A step that changes what it is given is caught, whatever that holds and however the step ends."""

import threading
from dataclasses import dataclass, field
from typing import Any

import anyio
import msgspec
import pytest

import flowrt
from flowrt.testing import InputMutatedError, simulate


@flowrt.step
def give(x: int) -> Any:
    raise NotImplementedError(x)


@flowrt.step(retry=flowrt.Retry(max_attempts=2, delay_seconds=1), timeout=5)
async def take(given: Any) -> Any:
    raise NotImplementedError(given)


@flowrt.workflow
def hand_over(x: int) -> Any:
    return take(give(x))


def run(given, change):
    return simulate(hand_over, {"x": 1}, seed=0, steps={"give": lambda _x: given, "take": change})


@dataclass
class Lead:
    name: str
    tags: list[str]
    cache: dict[str, int] = field(default_factory=dict, compare=False)


class Score(msgspec.Struct):
    points: list[int]
    lock: Any = None


class Client:
    """Compares by identity: it is no value."""

    def __init__(self):
        self.calls = 0


def itself():
    found = []
    found.append(found)
    return found


CHANGES = {
    "a value in a dict": ({"a": {"b": 1}}, lambda x: x["a"].update(b=2)),
    "beside what can't be copied": ({"lock": threading.Lock()}, lambda x: x.update(b=1)),
    "beside a client": ([Client()], lambda x: x.append(1)),
    "another client": ([Client()], lambda x: x.__setitem__(0, Client())),
    "1 to True": ({"a": 1}, lambda x: x.update(a=True)),
    "1 to 1.0": ([1], lambda x: x.__setitem__(0, 1.0)),
    "the order of keys": ({"a": 1, "b": 2}, lambda x: x.update(a=x.pop("a"))),
    "a list that holds itself": (itself(), lambda x: x.append(1)),
    "a list in a tuple": (([1],), lambda x: x[0].clear()),
    "a set": ({1}, lambda x: x.add(2)),
    "a dataclass": (Lead("Ada", []), lambda x: x.tags.append("new")),
    "a struct beside what can't be copied": (Score([1], threading.Lock()), lambda x: x.points.pop()),
    "bytes": (bytearray(b"a"), lambda x: x.extend(b"b")),
}


@pytest.mark.parametrize(("given", "change"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_found(given, change):
    with pytest.raises(InputMutatedError, match="node 'take' changed its input") as raised:
        run(given, change)
    assert raised.value.before != raised.value.after


def test_a_change_says_what_was_and_what_is():
    with pytest.raises(InputMutatedError, match=r"from Lead\(name='Ada', tags=\[\]\) to Lead\(name='Bob'"):
        run(Lead("Ada", []), lambda x: setattr(x, "name", "Bob"))


UNCHANGED = {
    "what compares by identity": (Client(), lambda x: setattr(x, "calls", 1)),
    "a field that is not compared": (Lead("Ada", []), lambda x: x.cache.update(a=1)),
    "one list twice": ([[1]] * 2, lambda x: x[0]),
    "no number": ([float("nan")], lambda x: x[0]),
    "a list that holds itself": (itself(), lambda x: x[0]),
    "what can't be copied": (Score([], threading.Lock()), lambda x: x.lock),
}


@pytest.mark.parametrize(("given", "read"), UNCHANGED.values(), ids=UNCHANGED)
def test_what_is_no_change_is_none(given, read):
    assert run(given, lambda x: (read(x), 5)[1]).result == 5


async def fails(given):
    given.append(0)
    raise ConnectionError


async def takes_too_long(given):
    given.append(0)
    await anyio.sleep(100)


def fails_at_once(given):
    given.append(0)
    raise ConnectionError


@pytest.mark.parametrize("change", [fails, takes_too_long, fails_at_once])
def test_a_change_by_an_attempt_that_fails_is_found(change):
    with pytest.raises(InputMutatedError, match=r"from \[\] to \[0\]"):
        run([], change)
