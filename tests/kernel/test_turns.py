"""Workers that wait for the event loop's next turn share it, in whatever order the loop resumes them."""

import gc
from uuid import uuid4
from weakref import ref

import anyio
import anyio.lowlevel
import pytest
from kernel.workflows import workflow

from flowrt.actors.turn import Turn
from flowrt.clock import SystemClock
from flowrt.runtime import Runtime

pytestmark = pytest.mark.anyio
MILLISECOND = 1_000_000


class WorkingClock(SystemClock):
    """A clock that only steps move on."""

    def __init__(self):
        self.now_ns = 0

    def monotonic_ns(self):
        return self.now_ns

    def works(self, milliseconds):
        def step(_record):
            self.now_ns += round(milliseconds * MILLISECOND)
            return {}

        return step


async def runs_by_caller(clock, plan, *, callers, milliseconds):
    """How many runs each caller came to that runs a workflow in a loop, until the time is over."""
    runs = [0] * callers

    async def call(runtime, number):
        while clock.now_ns < milliseconds * MILLISECOND:
            await runtime.run(plan, {})
            runs[number] += 1

    async with Runtime(clock=clock, watchdog_seconds=None) as runtime, anyio.create_task_group() as tasks:
        for number in range(callers):
            tasks.start_soon(call, runtime, number)
    return runs


@pytest.mark.parametrize(
    ("step_milliseconds", "callers", "milliseconds"),
    [(0.01, 10, 1000), (1, 10, 2000), (10, 5, 5000), (0.05, 300, 6000)],
    ids=["short steps", "a share is one step", "each step overruns the budget", "more callers than shares"],
)
async def test_callers_that_never_suspend_get_equal_shares(step_milliseconds, callers, milliseconds):
    clock = WorkingClock()
    step = clock.works(step_milliseconds)
    runs = await runs_by_caller(clock, workflow({"a": step, "b": step}), callers=callers, milliseconds=milliseconds)
    assert min(runs) >= max(runs) / 2


async def test_ten_callers_get_their_shares_of_one_turn():
    clock, order = WorkingClock(), []

    async def call(runtime, number):
        def works(_record):
            clock.now_ns += MILLISECOND // 10
            order.append(number)
            return {}

        await runtime.run(workflow({f"n{i}": works for i in range(60)}), {})

    async with Runtime(clock=clock, watchdog_seconds=None) as runtime, anyio.create_task_group() as tasks:
        for number in range(10):
            tasks.start_soon(call, runtime, number)
    first_turn, second_turn = order[:30], order[30:80]
    assert {first_turn.count(number) for number in range(10)} == {3}  # each may begin before it waits
    assert {second_turn.count(number) for number in range(10)} == {5}


async def test_a_caller_gets_its_share_beside_steps_that_use_up_every_turn():
    clock, ended = WorkingClock(), anyio.Event()

    async def uses_up(_record):
        while not ended.is_set() and clock.now_ns < 5000 * MILLISECOND:
            await anyio.lowlevel.checkpoint()
            clock.now_ns += 6 * MILLISECOND
        return {}

    async with Runtime(clock=clock, watchdog_seconds=None) as runtime:
        for _ in range(4):
            await runtime.start(workflow({"a": uses_up}), {})
        for _ in range(20):
            await runtime.run(workflow({"a": clock.works(1), "b": clock.works(1)}), {})
        ended.set()
    assert clock.now_ns < 2500 * MILLISECOND


async def most_between_turns(clock, act):
    """The longest time between two turns of the event loop while `act` runs."""
    gaps = []

    async def ping():
        last = clock.now_ns
        while True:
            await anyio.lowlevel.checkpoint()
            gaps.append(clock.now_ns - last)
            last = clock.now_ns

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ping)
        await act()
        await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    return max(gaps)


@pytest.mark.parametrize("others", [0, 4])
async def test_timers_that_are_due_together_share_turns(others):
    clock, acted = WorkingClock(), []

    async def call(runtime):
        for _ in range(20):
            await runtime.run(workflow({"a": clock.works(1)}), {})

    async with Runtime(clock=clock, watchdog_seconds=None) as runtime, anyio.create_task_group() as tasks:
        timers = runtime._engine.kernel.timers

        async def act():
            for number in range(100):
                timers.set(0, lambda number=number: acted.append(number) or clock.works(1)(None))
            for _ in range(others):
                tasks.start_soon(call, runtime)
            while len(acted) < 100:
                await anyio.lowlevel.checkpoint()

        longest_ns = await most_between_turns(clock, act)
        tasks.cancel_scope.cancel()
    assert acted == sorted(acted)
    assert longest_ns <= 16 * MILLISECOND  # two turns, as trio shuffles, each with a share of the timers beside


async def test_a_timer_that_is_cancelled_while_others_have_the_turn_does_not_let_a_later_one_act_early():
    clock, acted = WorkingClock(), []
    async with Runtime(clock=clock, watchdog_seconds=None) as runtime:
        timers = runtime._engine.kernel.timers
        timers.set(0, lambda: (clock.works(10)(None), doomed.cancel()))
        doomed = timers.set(0, lambda: acted.append("doomed"))
        timers.set(3600, lambda: acted.append("later"))
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
    assert acted == []


async def test_workers_that_go_on_in_one_turn_share_its_budget_equally():
    clock = WorkingClock()
    turn = Turn(clock.monotonic_ns)
    yielded_in = turn.number
    turn.resumed(yielded_in)
    first_ends_ns = turn.ends_ns
    clock.now_ns = turn.seen_ns = MILLISECOND
    turn.resumed(yielded_in)
    assert turn.ends_ns == first_ends_ns == 5 * MILLISECOND
    turn._share_ns = MILLISECOND  # as if five had waited for it
    turn.resumed(yielded_in)
    assert turn.ends_ns == 2 * MILLISECOND


async def test_time_that_others_used_is_not_taken_off_a_turn():
    clock = WorkingClock()
    turn = Turn(clock.monotonic_ns)
    yielded_in = turn.number
    turn.resumed(yielded_in)
    clock.now_ns += MILLISECOND
    turn.seen_ns = clock.now_ns  # the worker suspends again
    clock.now_ns += 10 * MILLISECOND
    turn.resumed(yielded_in)
    assert turn.ends_ns == (11 + 4) * MILLISECOND
    clock.now_ns += 4 * MILLISECOND
    turn.seen_ns = clock.now_ns
    turn.resumed(yielded_in)
    assert turn.ends_ns == clock.now_ns


async def test_what_is_left_of_a_share_is_for_the_next_run_of_the_task():
    clock, task = WorkingClock(), object()
    turn = Turn(clock.monotonic_ns)
    turn.begin_run(task, clock.now_ns)
    assert turn.ends_ns == MILLISECOND // 4
    clock.now_ns += MILLISECOND
    turn.begin_run(task, clock.now_ns)
    assert turn.ends_ns == MILLISECOND // 4
    turn.begin_run(object(), clock.now_ns)
    assert turn.ends_ns == clock.now_ns + MILLISECOND // 4


async def test_runs_in_steps_do_not_make_those_hold_the_loop():
    clock = WorkingClock()
    async with Runtime(clock=clock, watchdog_seconds=None) as runtime:
        inner = workflow({"a": clock.works(0)})

        async def works_and_runs(_record):
            clock.now_ns += 3 * MILLISECOND
            return await runtime.run(inner)

        outer = workflow({f"n{number}": works_and_runs for number in range(50)})
        assert await most_between_turns(clock, lambda: runtime.run(outer)) <= 40 * MILLISECOND  # of 150


async def test_a_task_that_works_between_its_runs_does_not_hold_the_loop():
    clock = WorkingClock()
    async with Runtime(clock=clock, watchdog_seconds=None) as runtime:
        plan = workflow({"a": clock.works(0.01)})

        async def works_and_runs():
            for _ in range(50):
                clock.now_ns += 3 * MILLISECOND
                await runtime.run(plan)

        assert await most_between_turns(clock, works_and_runs) <= 40 * MILLISECOND  # of 150


async def test_a_runtime_keeps_no_task_whose_run_is_over():
    class Large:
        pass

    async with Runtime() as runtime:
        plan, kept = workflow({"a": lambda _record: {}}), []

        async def call():
            large = Large()
            kept.append(ref(large))
            await runtime.run(plan)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call)
        await anyio.lowlevel.checkpoint()
        gc.collect()
        assert kept[0]() is None


async def test_what_beginning_and_ending_runs_takes_is_taken_off_a_turn_as_well():
    clock = WorkingClock()

    class Ids:
        """Makes every execution that is asked for its id take time."""

        def new_id(self):
            clock.now_ns += MILLISECOND
            return uuid4().hex

    async with Runtime(clock=clock, ids=Ids(), hooks=[lambda _event: None], watchdog_seconds=None) as runtime:
        plan = workflow({"a": clock.works(0)})

        async def call():
            for _ in range(50):
                await runtime.run(plan)

        assert await most_between_turns(clock, call) <= 20 * MILLISECOND  # of 50


@pytest.mark.parametrize(("used", "is_served"), [(1, True), (4.8, True), (4.9, False), (5, False)])
async def test_a_worker_that_waits_is_not_put_off_with_the_rest_of_a_turn(used, is_served):
    clock = WorkingClock()
    turn = Turn(clock.monotonic_ns)
    noted = turn.number
    assert turn._is_served(noted, object(), is_hungry=False)
    clock.now_ns = turn.seen_ns = round(used * MILLISECOND)
    assert turn._is_served(noted, object(), is_hungry=False) == is_served
