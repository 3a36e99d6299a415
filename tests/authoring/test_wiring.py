"""How a workflow function becomes a definition, and what is wrong with one."""

import threading
from typing import Any, NewType, Protocol

import pytest
from authoring import lead_steps
from authoring.builds import message_of, problems_of
from authoring.lead_steps import Lead, Profile, decide, enrich, notify, score, triage

from flowrt.definition import (
    Constant,
    Edge,
    FromInput,
    FromNode,
    ListOf,
    Node,
    Parameter,
    step,
    workflow,
)
from flowrt.errors import DefinitionError

UserId = NewType("UserId", int)
notify = step(notify)


class Named(Protocol):
    name: str


@step
def anything(value: Any = None, other: Any = None) -> Any:
    return value


@step
def takes_float(value: float) -> int:
    return 1


@step
def takes_named(value: Named) -> UserId:
    return UserId(1)


def enriches(lead):
    return enrich(lead)


# --- what is built --------------------------------------------------------------------------------------------------


def test_calls_are_nodes_with_ids_by_name_and_edges_by_argument():
    definition = triage.definition
    assert [node.id for node in definition.nodes] == ["enrich", "score", "score_2", "decide"]
    assert [(edge.source, edge.target) for edge in definition.edges] == [
        ("enrich", "score"),
        ("enrich", "decide"),
        ("score", "decide"),
        ("score_2", "decide"),
    ]
    assert (definition.name, definition.version, definition.result) == ("triage", 3, "decide")


def test_a_node_says_its_function_arguments_and_policy():
    node = triage.definition.nodes[2]
    data = {
        "function": f"{lead_steps.__name__}:score",
        "arguments": {"lead": {"input": "lead"}, "profile": {"input": "fallback"}, "weight": {"input": "weight"}},
    }
    assert node == Node(id="score_2", type="python", data=data, policy=score.policy)


def test_parameters_carry_the_json_type_and_the_default():
    assert triage.definition.parameters == (
        Parameter(name="lead", type="object"),
        Parameter(name="weight", type="number", required=False, default=2.0),
        Parameter(name="fallback", type="object", required=False, default={"company": "none", "size": 1}),
    )


def test_bound_steps_are_in_the_order_of_the_nodes():
    assert [bound.call for bound in triage.steps] == [enrich.function, score.function, score.function, decide.function]
    assert triage.steps[0].arguments == {"lead": FromInput("lead")}
    scores = ListOf((FromNode("score"), FromNode("score_2"), Constant(1.5)))
    assert triage.steps[3].arguments == {"profile": FromNode("enrich"), "scores": scores}


def test_an_id_that_is_taken_is_counted_up():
    @workflow
    def names(x: int):
        step(anything.function, name="a")(x)
        step(anything.function, name="a_2")(x)
        step(anything.function, name="a")(x)

    assert [node.id for node in names.definition.nodes] == ["a", "a_2", "a_3"]


def test_ordering_is_an_edge_without_an_argument():
    @workflow
    def ordered(lead: Lead):
        first = enrich(lead)
        return anything.after(first, first)(lead)

    assert ordered.definition.edges == (Edge(source="enrich", target="anything"),)
    assert ordered.steps[1].arguments == {"value": FromInput("lead")}


def test_a_step_may_come_after_lists_of_results_and_after_parameters():
    @workflow
    def ordered(lead: Lead):
        return anything.after([enrich(lead), enrich(lead)], lead)(lead)

    assert [edge.source for edge in ordered.definition.edges] == ["enrich", "enrich_2"]


def test_a_default_of_none_allows_none():
    @step
    def loose(x: int = None) -> int:  # noqa: RUF013 - as people write it
        return x or 0

    @workflow
    def flow(y: int = None):  # noqa: RUF013 - as people write it
        loose(None)
        loose(y)

    assert flow.convert_input({"y": None}) == {"y": None}


def test_a_workflow_that_returns_nothing_has_no_result_node():
    @workflow
    def effects(lead: Lead) -> None:
        enrich(lead)

    assert effects.definition.result is None


def test_nothing_runs_while_a_workflow_is_built():
    called = []

    @step
    def note(x: int) -> None:
        called.append(x)

    @workflow
    def notes(x: int) -> None:
        note(x)

    assert (called, len(notes.steps)) == ([], 1)


def test_workflows_that_are_built_inside_of_each_other_or_in_threads_do_not_mix():
    built = []

    @workflow
    def outer(x: int):
        anything(x)
        thread = threading.Thread(target=lambda: built.append(workflow(enriches, name="beside")))
        thread.start()
        thread.join()
        built.append(workflow(lambda y: anything(anything(y)), name="inner"))
        anything(x)

    assert [len(flow.steps) for flow in (*built, outer)] == [1, 2, 2]


def test_annotations_may_be_texts_that_name_local_or_later_classes():
    class Local(Profile):
        pass

    @step
    def make(lead: "Lead") -> "Local":
        raise NotImplementedError

    @step
    def take(profile: "Later") -> "Unknown":  # noqa: F821
        raise NotImplementedError

    def build():
        @workflow
        def flow(lead: "Lead"):
            take(make(lead))

        return flow

    assert build().definition.parameters[0].type == "object"
    assert make.signature.result_type is Local
    globals()["Later"] = Lead
    try:
        with pytest.raises(DefinitionError, match="will be of type `Local`, expected `Lead`"):
            build()
    finally:
        del globals()["Later"]


# --- what is refused ------------------------------------------------------------------------------------------------


def test_all_mistakes_of_the_wiring_come_at_once_with_their_places():
    def wrong(lead: Lead) -> str:
        profile = enrich(led=lead)
        first = score(lead)
        return decide(lead, [first], profile, profile=profile)

    problems = problems_of(wrong)
    assert [pointer for pointer, _ in problems] == [
        "/nodes/0/data/arguments",
        "/nodes/0/data/arguments",
        "/nodes/1/data/arguments",
        "/nodes/2/data/arguments",
        "/nodes/2/data/arguments",
        "/nodes/2/data/arguments/profile",
    ]
    expected = ["did you mean 'lead'?", "'lead' is missing", "'profile' is missing", "3 positional", "twice", "`Lead`"]
    for (_, message), part in zip(problems, expected, strict=True):
        assert part in message
        assert "(test_wiring.py:" in message


def test_of_very_many_mistakes_the_first_hundred_are_listed():
    problems = problems_of(lambda lead: [enrich() for _ in range(500)])
    assert len(problems) == 100
    assert problems[-1] == ("", "there are 402 more: repair these first")


def test_a_loop_without_an_end_is_refused(monkeypatch):
    monkeypatch.setattr("flowrt.definition.recording.MAX_NODES", 10)

    def endless(lead):
        while True:
            enrich(lead)

    assert "there are more than 10 calls of steps" in message_of(endless)


def test_the_error_names_the_workflow():
    with pytest.raises(DefinitionError) as caught:
        workflow(name="my triage")(lambda lead: enrich())
    assert caught.value.source == "my triage"


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        (enriches, "will be of type `Profile`, expected `float`"),
        (lambda lead: lead, "will be of type `Lead`, expected `float`"),
        (lambda lead: notify("x"), "will be of type None, expected `float`; a step that returns None has nothing"),
        (lambda lead: "1", "is of type `str`, expected `float`"),
        (lambda lead: [enrich(lead)], "is of type `list`, expected `float`"),
    ],
)
def test_an_argument_of_an_obviously_wrong_type_is_refused(argument, expected):
    def wrong(lead: Lead):
        takes_float(argument(lead))

    assert expected in message_of(wrong)


@pytest.mark.parametrize(
    "argument",
    [lambda lead: takes_named(value=lead), lambda lead: takes_float(1), lambda lead: anything(), lambda lead: 2],
)
def test_an_argument_that_may_fit_is_taken(argument):
    @workflow
    def right(lead: Lead):
        takes_float(argument(lead))

    assert right.steps


def test_a_result_of_another_workflow_is_refused():
    kept = []
    workflow(lambda lead: kept.append(enrich(lead)), name="other")

    def returns_it(lead):
        anything(lead)
        return kept[0]

    message = message_of(lambda lead: anything(kept[0]))
    assert "is the result of 'enrich' of the workflow 'other', which this one can't read" in message
    assert "it returns the result of 'enrich' of another workflow" in message_of(returns_it)


def test_results_inside_of_other_objects_are_refused():
    @step
    def takes_lead(value: Lead) -> Lead:
        return value

    assert "is a Lead that holds a result" in message_of(lambda x: takes_lead(Lead(anything(x))))
    assert "its keys must be texts" in message_of(lambda x: anything({1: anything(x)}))


def test_what_a_step_comes_after_is_a_result():
    assert "it comes after 3, expected the result of a step" in message_of(lambda lead: enrich.after(3)(lead=lead))


def test_a_step_that_is_passed_instead_of_called_is_refused():
    assert "call it, as `enrich(...)`" in message_of(lambda x: anything(enrich))


def test_what_a_workflow_may_return_is_said():
    def nothing(lead: Lead) -> Profile:
        enrich(lead)

    def another_type(lead: Lead) -> str:
        return enrich(lead)

    assert "make the tuple in a step" in message_of(lambda lead: (enrich(lead), lead))
    assert "make the dict in a step" in message_of(lambda lead: {"a": enrich(lead)})
    assert "it returns the parameter 'lead' itself" in message_of(lambda lead: enrich(lead) is None or lead)
    assert "what it returns is of type None, expected `Profile`" in message_of(nothing)
    assert "what it returns will be of type `Profile`, expected `str`" in message_of(another_type)


def test_a_workflow_needs_a_step():
    def empty(lead: Lead) -> None:
        pass

    assert "no steps" in message_of(empty)


async def later(lead):
    return enrich(lead)


def generate(lead):
    yield enrich(lead)


@pytest.mark.parametrize(
    ("function", "options", "expected"),
    [
        (later, {}, "no `async def`"),
        (generate, {}, "no generator"),
        (lambda *leads: enrich(leads), {}, "not `*leads`"),
        (lambda **leads: enrich(leads), {}, "not `**leads`"),
        (enrich, {}, "this is a step"),
        (triage, {}, "this is a workflow already"),
        (3, {}, "expected a function"),
        (enriches, {"version": "2"}, "expected a whole number"),
        (enriches, {"version": -1}, "the version is -1, expected a whole number from 0 to 2147483647"),
        (enriches, {"name": "\n"}, "the workflow's name is blank"),
    ],
)
def test_what_can_not_be_a_workflow_is_refused(function, options, expected):
    assert expected in message_of(function, **options)


def test_a_workflow_is_not_called():
    with pytest.raises(DefinitionError, match=r"runtime\.run\(workflow"):
        triage(Lead("Ada"))
    assert "can't be a part of another one yet" in message_of(lambda lead: triage(lead=lead))


def test_an_exception_of_the_workflow_function_goes_on_with_a_note():
    def broken(lead):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine") as caught:
        workflow(broken)
    assert "while the workflow 'broken' was built" in caught.value.__notes__[0]
