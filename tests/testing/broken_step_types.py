"""Step types that break one promise each, by the name of the check that must notice."""

from functools import partial
from itertools import count

import anyio
import msgspec
from testing.broken_steps import (
    change_data,
    change_record,
    change_record_late,
    change_the_last_record,
    chosen,
    clean_up_for_long,
    contain_itself,
    exit_later,
    exit_on_nothing,
    fail_on_cancel,
    leak_nursery,
    leak_scope,
    leak_scope_on_cancel,
    leak_task,
    return_one_object,
    swallow_cancel,
    wait_for_ever,
)

from flowrt.errors import Problem
from flowrt.testing.conformance import StepSample
from flowrt.typing import BoundStep, Choice, Delay, SignalWait, StepBindError

RECORD = {"name": "Ada", "tags": ["a"]}


class Data(msgspec.Struct, kw_only=True):
    words: list[str] = []
    limit: int = 10


class ClosedData(Data, kw_only=True, forbid_unknown_fields=True):
    pass


class OddData(Data, kw_only=True):
    odd: complex | None = None


class Type:
    """A sound step type, unless it is told otherwise.

    Args:
        call: Takes the typed data and the record.
        attributes: What the type is and has besides.
    """

    def __init__(self, call=None, **attributes):
        self._call = call or (lambda data, record: {"size": len(record.get("name", "")) + data.limit})
        self.name = attributes.pop("name", "size")
        self.description = attributes.pop("description", "Tells how long the name is.")
        self.data_type = attributes.pop("data_type", Data)
        self._refuse = attributes.pop("refuse", StepBindError(Problem("/limit", "it is negative")))
        self._attributes = attributes

    def bind(self, data):
        if data.limit < 0 and self._refuse is not None:
            raise self._refuse
        found = {key: value() if callable(value) else value for key, value in self._attributes.items()}
        return BoundStep(partial(self._call, data), **found)


class TypeOfNoBoundStep(Type):
    def bind(self, data):
        return super().bind(data).call


class TypeThatChangesData(Type):
    def bind(self, data):
        data.words.append("more")
        return super().bind(data)


class TypeThatRefusesAll(Type):
    def bind(self, data):
        raise ValueError("no")


class TypeThatRemembers(Type):
    """Its steps count the calls of all of them."""

    def __init__(self):
        numbers = count()
        super().__init__(lambda *_: {"n": next(numbers)})


class TypeThatCounts(Type):
    """Each of its steps counts its own calls."""

    def bind(self, data):
        numbers = count()
        return BoundStep(lambda _: {"n": next(numbers)})


class TypeOfTheLastNode(Type):
    """All of its steps have the data of the node that was bound last."""

    def bind(self, data):
        self.data = data
        return BoundStep(lambda _: {"n": self.data.limit})


def sample(step_type, **changes):
    fields = {"data": {"limit": 3}, "record": RECORD, "bad_data": ({"limit": -1},), "is_pure": True} | changes
    return StepSample(step_type=step_type, **fields)


PAID = SignalWait("paid", dict, 1.0, {})

SOUND = {
    "plain": sample(Type()),
    "without a record": sample(Type(), record=None),
    "that needs its record": sample(Type(lambda _, record: {"n": record["name"]}), record=None),
    "that waits for an hour": sample(Type(lambda *_: _slowly({"n": 1}))),
    "with an output key": sample(Type(lambda *_: [1], output_key="list")),
    "with arguments": sample(Type(lambda _, name="", tags=(): {name, *tags}, arguments={"name": 1, "tags": 2})),
    "that branches": sample(Type(chosen("a"), handles=frozenset("ab"))),
    "that chooses nothing": sample(Type(chosen(), handles=frozenset())),
    "that delays a choice": sample(Type(lambda *_: Delay(Choice({}, ("a",)), 9.0), handles=frozenset("a"))),
    "that waits for a signal": sample(Type(lambda *_: PAID, signal=PAID)),
    "beside others": sample(Type(), other_data=({"limit": 7},)),
    "that counts": sample(TypeThatCounts(), bad_data=(), is_pure=False),
    "that can't be stopped": sample(Type(lambda *_: _shielded())),
}


async def _slowly(result):
    await anyio.sleep(3600)
    return result


async def _shielded():
    with anyio.CancelScope(shield=True):
        await anyio.sleep(4)
    return {}


BROKEN = {
    "check_it_has_a_name_and_a_description": [
        sample(Type(name="")),
        sample(Type(description=" ")),
        sample(Type(description=None)),
    ],
    "check_its_data_is_a_struct_that_allows_unknown_keys": [
        sample(Type(data_type=dict)),
        sample(Type(data_type=ClosedData)),
        sample(Type(), data={"limit": "many"}),
    ],
    "check_the_schema_of_its_data_can_be_made": [sample(Type(data_type=OddData))],
    "check_bind_returns_a_bound_step": [
        sample(TypeOfNoBoundStep()),
        sample(TypeThatRefusesAll()),
        sample(Type(handles=lambda: {"a"})),
        sample(Type(handles=frozenset({1}))),
    ],
    "check_bind_is_repeatable": [
        sample(TypeThatChangesData()),
        sample(Type(output_key=partial(next, map(str, count())))),
    ],
    "check_bad_data_is_refused_by_a_bind_error": [
        sample(Type(refuse=None)),
        sample(Type(refuse=ValueError("limit"))),
        sample(Type(refuse=StepBindError())),
        sample(Type(refuse=StepBindError(Problem("limit", "it is negative")))),
        sample(Type(), bad_data=({"limit": "x"},)),
    ],
    "check_a_definition_can_use_it": [sample(Type(name="a\nb"))],
    "check_a_call_ends_well": [sample(Type(lambda _, record: {"n": record["nam"]}))],
    "check_a_call_on_an_empty_record_ends": [
        sample(Type(exit_on_nothing)),
        sample(Type(exit_later)),
        sample(Type(wait_for_ever)),
    ],
    "check_a_call_keeps_its_record": [
        sample(Type(change_record)),
        sample(Type(change_record_late)),
        sample(Type(lambda _, record: record)),
        sample(Type(lambda _, record: Delay(record, 1.0))),
    ],
    "check_a_call_produces_a_json_object": [
        sample(Type(lambda *_: [1])),
        sample(Type(lambda *_: None)),
        sample(Type(lambda *_: {"a": {1}})),
        sample(Type(lambda *_: {"a": [float("nan")]})),
        sample(Type(lambda *_: {1: "a"})),
        sample(Type(contain_itself)),
        sample(Type(lambda *_: {1}, output_key="x")),
        sample(Type(lambda *_: Choice([], ()))),
        sample(Type(lambda *_: Delay({}, -1.0))),
        sample(Type(lambda *_: Delay({}, float("nan")))),
        sample(Type(lambda *_: Delay({}, 1e300))),
        sample(Type(lambda *_: Delay({}, True))),
        sample(Type(lambda *_: Delay({}, "1"))),
    ],
    "check_chosen_handles_are_declared": [
        sample(Type(chosen("a"))),
        sample(Type(chosen("a", "c"), handles=frozenset("ab"))),
        sample(Type(lambda *_: Delay(Choice({}, ("c",)), 1.0), handles=frozenset("ab"))),
        sample(Type(lambda *_: Choice({}, "a"), handles=frozenset("a"))),
    ],
    "check_a_signal_that_is_waited_for_is_declared": [
        sample(Type(lambda *_: PAID)),
        sample(Type(lambda *_: PAID, signal=SignalWait("sent", dict))),
    ],
    "check_a_cancelled_call_ends": [
        sample(Type(swallow_cancel)),
        sample(Type(fail_on_cancel)),
        sample(Type(clean_up_for_long)),
    ],
    "check_a_call_leaks_nothing": [
        sample(Type(leak_scope)),
        sample(Type(leak_nursery)),
        sample(Type(leak_scope_on_cancel)),
        sample(Type(leak_task)),
    ],
    "check_a_call_leaves_earlier_ones_alone": [
        sample(Type(return_one_object()), is_pure=False),
        sample(Type(change_the_last_record()), is_pure=False),
    ],
    "check_nodes_keep_their_own_data": [
        sample(TypeOfTheLastNode()),
        sample(TypeOfTheLastNode(), data={}, other_data=({"limit": 7},)),
    ],
    "check_bindings_share_no_state": [sample(Type(change_data)), sample(TypeThatRemembers())],
    "check_a_pure_step_repeats_itself": [sample(TypeThatCounts())],
}
