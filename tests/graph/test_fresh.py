"""Values that stand in a workflow are not shared by those that might change them."""

import flowrt
from flowrt.graph.fresh import fresh, is_shareable


@flowrt.step
def push(values: list[int], into: dict[str, list[int]]) -> list[int]:
    values.append(99)
    into["a"].append(len(values))
    return [*values, *into["a"]]


@flowrt.workflow
def constants() -> list[int]:
    return push([1, 2], {"a": []})


@flowrt.step(on_error=flowrt.Default([]))
def fails(x: int) -> list[int]:
    raise LookupError


@flowrt.step
def grow(values: list[int]) -> list[int]:
    values.append(len(values))
    return values


@flowrt.workflow
def defaults(x: int) -> list[int]:
    return grow(fails(x))


def test_a_step_that_changes_a_constant_changes_it_for_itself():
    assert [flowrt.run(constants) for _ in range(3)] == [[1, 2, 99, 3]] * 3


def test_a_step_that_changes_a_default_changes_it_for_itself():
    assert [flowrt.run(defaults, {"x": 1}) for _ in range(3)] == [[0]] * 3


def test_containers_are_copied_and_other_objects_are_not():
    client = object()
    value = {"list": [1, {2}, (3, [client])]}
    copied = fresh(value)
    assert copied == value
    assert copied["list"] is not value["list"]
    assert copied["list"][2][1] is not value["list"][2][1]
    assert copied["list"][2][1][0] is client


def test_what_nobody_can_change_is_shared():
    assert is_shareable("a")
    assert is_shareable(None)
    assert not is_shareable((1, [2]))
    assert not is_shareable({})
