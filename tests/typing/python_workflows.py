"""Every legal way to write steps and workflows in Python. Checked by mypy and pyright, both strict; never run."""

from asyncio import Future
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Generic, TypeVar, assert_type

import flowrt
from flowrt import (
    Cancel,
    Default,
    EventStream,
    ExecutionHandle,
    NodeFailure,
    NodeOutcome,
    Retry,
    Runtime,
    Step,
    Timeout,
    Workflow,
    join_any,
    join_quorum,
    join_settled,
    step,
    when,
    workflow,
)
from flowrt.events import AttemptEnded, Event, EventsLost, ExecutionEnded, ExecutionStarted, LogEvent

T = TypeVar("T")


class Lead:
    pass


class Profile:
    pass


@step
def plain(lead: Lead) -> Profile:
    return Profile()


@step
async def asynchronous(lead: Lead, *, depth: int = 1) -> Profile:
    return Profile()


@step()
async def with_parentheses(lead: Lead, /) -> Profile:
    return Profile()


@step(name="score", retry=Retry(max_attempts=3), timeout=2.0, on_error="skip")
async def with_policies(lead: Lead, profile: Profile | None = None) -> float:
    return 0.5


@step(timeout=Timeout(attempt=2), on_error=Default(default=0.0), cancel=Cancel(grace_seconds=1))
def plain_with_policies(scores: list[float]) -> float:
    return sum(scores)


@step
def returns_an_awaitable(lead: Lead) -> Awaitable[Profile]:
    raise NotImplementedError


@step
def returns_a_future(lead: Lead) -> "Future[Profile]":
    raise NotImplementedError


@step
def returns_nothing(lead: Lead) -> None:
    pass


@step
def best(profiles: list[Profile]) -> Profile:
    return profiles[0]


assert_type(plain(Lead()), Profile)
assert_type(asynchronous(Lead()), Profile)
assert_type(asynchronous(lead=Lead(), depth=2), Profile)
assert_type(with_parentheses(Lead()), Profile)
assert_type(with_policies(Lead(), None), float)
assert_type(plain_with_policies([0.5]), float)
assert_type(returns_an_awaitable(Lead()), Profile)
assert_type(returns_a_future(Lead()), Profile)
assert_type(best([plain(Lead()), Profile()]), Profile)
assert_type(plain.after(Lead())(Lead()), Profile)

wide: Step[..., object] = plain
takes_one: Step[[Lead], Profile] = plain.after(Lead(), Profile())
plain_function: Callable[..., Any] = asynchronous.function
assert_type(plain.name, str)
assert_type(plain.is_async, bool)


class Service(Generic[T]):
    @step
    async def fetch(self, lead: Lead) -> Profile:
        return Profile()

    @step(timeout=1)
    def rate(self, profile: Profile, weight: float = 1.0) -> float:
        return weight

    async def __call__(self, lead: Lead) -> Profile:
        return Profile()


service = Service[int]()
assert_type(service.fetch(Lead()), Profile)
assert_type(service.rate(Profile(), weight=2), float)
assert_type(step(service)(Lead()), Profile)
assert_type(step(service.__call__)(Lead()), Profile)
assert_type(step(partial(with_policies.function, profile=None))(Lead()), Any)
assert_type(step(Profile)(), Profile)


@workflow
def triage(lead: Lead) -> float:
    profile = asynchronous(lead)
    returns_nothing.after(profile)(lead)
    return plain_with_policies([with_policies(lead), with_policies(lead, profile)])


@workflow(name="triage again", version=2)
def with_options(lead: Lead, weight: float = 1.0) -> float:
    return with_policies(lead, best([plain(lead), asynchronous(lead)]))


@step
def is_good(profile: Profile) -> bool:
    return True


@step
async def rescue(failure: NodeFailure, lead: Lead, *, depth: int = 1) -> Profile:
    return Profile()


@step
def observe(outcome: NodeOutcome) -> None:
    pass


@step
def observe_anything(what: object, lead: Lead) -> str:
    return ""


@step
def explain(outcomes: list[NodeOutcome]) -> str:
    return ""


assert_type(plain.when(True)(Lead()), Profile)
assert_type(plain.unless(is_good(Profile())).after(Lead()).when(False)(lead=Lead()), Profile)
assert_type(rescue.on_failure(Profile())(Lead(), depth=2), Profile)
assert_type(rescue.when(True).on_failure(Profile()).after(1)(Lead()), Profile)
assert_type(observe.always(Profile())(), None)
assert_type(observe_anything.on_failure(1)(Lead()), str)
assert_type(observe_anything.always(1)(lead=Lead()), str)
assert_type(join_any(Lead(), Profile()), Lead | Profile)
assert_type(join_any(Lead(), Profile(), 1, within=1, losers="run"), Lead | Profile | int)
assert_type(join_any(Lead(), Profile(), 1, ""), Lead | Profile | int | str)
assert_type(join_any(Profile(), Profile(), Profile(), Profile(), Profile()), Profile)
assert_type(join_any(Profile()), Profile)
assert_type(join_any(*[Profile()]), Profile)
assert_type(join_quorum(2, Profile(), Profile(), within=1.5, otherwise=1), list[Profile])
assert_type(join_quorum(2, *[Profile()], losers="run"), list[Profile])
assert_type(join_settled(Profile(), Lead(), within=2), list[NodeOutcome])
takes_the_rest: Step[[Lead], Profile] = plain.when(True)


@workflow(deadline_seconds=5, max_retries=10)
def branches(lead: Lead, is_new: bool = True) -> str:
    profile = plain(lead)
    best_of = join_any(profile, rescue.on_failure(profile)(lead))
    with when(is_new) as new:
        first = asynchronous(lead)
    with new.otherwise(), when(is_good(best_of)):
        second = with_parentheses(lead)
    assert_type(join_any(first, second), Profile)
    observe.always(first)()
    return explain(join_settled(profile, best_of, is_new))


@workflow()
def for_its_effects(lead: Lead) -> None:
    returns_nothing(lead)


takes_a_lead: Workflow[[Lead], float] = triage
assert_type(triage.function(Lead()), float)
assert_type(with_options.name, str)
assert_type(with_options.version, int | None)
assert_type(triage.export(), dict[str, Any])
assert_type(triage.convert_input({"lead": Lead()}), dict[str, Any])
any_workflow: Workflow[..., object] = with_options


async def run(runtime: Runtime) -> None:
    assert_type(await runtime.run(triage, {"lead": Lead()}), float)
    handle = await runtime.start(triage, {"lead": Lead()})
    assert_type(handle, ExecutionHandle[float])
    assert_type(await handle.result(), float)
    assert_type(await runtime.run({"nodes": []}), Any)
    await watch(runtime, handle)


def hook(event: Event) -> None:
    if isinstance(event, LogEvent):
        assert_type(event, ExecutionStarted | AttemptEnded | ExecutionEnded)


class Hook:
    def __call__(self, event: Event) -> None: ...


runtime_with_hooks = Runtime(hooks=[hook, Hook(), print])


async def watch(runtime: Runtime, handle: ExecutionHandle[float]) -> None:
    assert_type(runtime.events(), EventStream[Event])
    assert_type(handle.events(max_kept=10), EventStream[Event | EventsLost])
    assert_type(handle.events(max_kept=10, on_overflow="fail"), EventStream[Event])
    async for event in handle.events():
        assert_type(event, Event)
    async with runtime.events(max_kept=10) as events:
        match await anext(events):
            case EventsLost(count=count):
                assert_type(count, int)
            case event:
                assert_type(event.execution_id, str)


def run_in_a_script() -> None:
    assert_type(flowrt.run(triage, {"lead": Lead()}), float)
