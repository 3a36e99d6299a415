"""Sweeps in virtual time, and what they are made up of."""

from collections import Counter

import anyio
import pytest
from bench import bench_steps

from flowrt import Runtime, StepRegistry, load_definition
from flowrt.bench.latency import Latencies
from flowrt.bench.load import LoadLimits
from flowrt.bench.measurement import Curve
from flowrt.bench.real import measure
from flowrt.bench.recording import MAX_RECORDED, Recording
from flowrt.bench.setting import make_settings
from flowrt.bench.simulated import SimulatedRuns
from flowrt.bench.sweep import parse_sweep
from flowrt.bench.verdict import judge
from flowrt.events import ExecutionStarted
from flowrt.testing import RealWaitError

CATALOG = StepRegistry.with_builtins(python_modules=["bench.bench_steps", "bench.waiting_steps"], entry_points=False)


def loaded(*nodes, edges=()):
    links = [dict(zip(("source", "target"), edge.split(">"), strict=True)) for edge in edges]
    return load_definition({"name": "small", "nodes": list(nodes), "edges": links}, CATALOG)


def start(node_id, **more):
    return {"id": node_id, "type": "start", **more}


def python(node_id, function, **data):
    return {"id": node_id, "type": "python", "data": {"function": f"bench.bench_steps:{function}", **data}}


def told_nothing(_setting, _done):
    pass


def simulated(sweep, workflow, *latencies, inputs=None, recording=None, **fixed):
    swept = parse_sweep(sweep)
    run = SimulatedRuns(Latencies(workflow, latencies).resolve(recording), recording, seed=1)
    settings = make_settings(swept, workflow, CATALOG, LoadLimits(**fixed))
    return [run.measure(setting, inputs or [{}] * 100, told_nothing) for setting in settings]


def recorded(workflow, inputs):
    recording = Recording()
    anyio.run(recording.record, workflow, inputs, Runtime)
    return recording


def test_a_latency_without_a_queue_scales_with_what_is_at_once():
    points = simulated("max_at_once=1,10,100", loaded(start("a")), "a=0.1")
    assert [point.throughput_per_second for point in points] == pytest.approx([10, 100, 1000])
    assert [point.p99_seconds for point in points] == pytest.approx([0.1] * 3)


def test_a_capacity_is_a_queue():
    one, four, eight = simulated("max_at_once=1,4,8", loaded(start("a")), "a=0.1@4")
    assert (one.throughput_per_second, four.throughput_per_second) == pytest.approx((10, 40))
    assert eight.throughput_per_second == pytest.approx(40)
    assert eight.p95_seconds == pytest.approx(0.2)


def test_over_its_capacity_a_rate_is_not_achieved_and_waits_count():
    points = simulated("max_per_second=20,40,80", loaded(start("a")), "a=0.1@4")
    assert [point.throughput_per_second for point in points] == pytest.approx([20, 40, 40], rel=0.05)
    assert points[1].p99_seconds == pytest.approx(0.1)
    assert points[2].p99_seconds > 1
    curve = Curve(source="simulated", sweep=parse_sweep("max_per_second=20,40,80"), points=tuple(points))
    assert judge(curve).saturation_per_second == 40


def test_one_seed_gives_one_curve():
    first, second = (simulated("max_at_once=3", loaded(start("a")), "a=lognormal(0.1,0.5)") for _ in range(2))
    assert first == second


def test_slots_of_a_placement_are_what_is_swept():
    placed = {**python("a", "shout", output_key="loud"), "policy": {"placement": "thread"}}
    inputs = [{"name": "ada"}] * 40
    points = simulated("limits.thread=1,4", loaded(placed), "a=0.1", inputs=inputs)
    assert [point.throughput_per_second for point in points] == pytest.approx([10, 40])


def test_a_swept_policy_decides_what_fails():
    workflow = loaded(start("a", policy={"timeout": {"attempt": 1}}))
    points = simulated("a.timeout.attempt=0.05,0.5", workflow, "a=uniform(0.1,0.2)")
    assert [(point.completed, point.failed) for point in points] == [(0, 100), (100, 0)]
    assert "'a'" in points[0].first_error


def test_a_node_that_is_not_made_up_runs_as_it_is_in_virtual_time():
    workflow = loaded({"id": "wait", "type": "delay", "data": {"delay_seconds": 3600}})
    assert simulated("max_at_once=1", workflow)[0].p50_seconds == 3600


def test_made_up_nodes_produce_what_they_produced_for_that_input():
    def scored(last):
        nodes = [python("rate", "score"), {"id": "route", "type": "decision", "data": {"condition": "score > 3"}}, last]
        long = {"source": "route", "target": "last", "sourceHandle": "true"}
        edges = [{"source": "rate", "target": "route"}, long]
        return load_definition({"name": "small", "nodes": nodes, "edges": edges}, CATALOG)

    inputs = [{"name": "Ada"}, {"name": "Grace"}, {"name": "Bo"}]
    recording = recorded(scored(start("last")), inputs)  # where nothing waits
    workflow = scored({"id": "last", "type": "delay", "data": {"delay_seconds": 10}})
    (point,) = simulated("max_at_once=1", workflow, "rate=1", inputs=inputs, recording=recording)
    assert (point.completed, point.duration_seconds) == (3, pytest.approx(3 + 10))


def test_what_failed_when_it_was_recorded_fails_for_that_input():
    inputs = [{"name": "good"}, {"name": "bad"}]
    workflow = loaded(python("check", "refuse"))
    (point,) = simulated("max_at_once=1", workflow, "measured", inputs=inputs * 5, recording=recorded(workflow, inputs))
    assert (point.completed, point.failed) == (5, 5)
    assert "nobody knows bad" in point.first_error


@pytest.mark.parametrize(("function", "error"), [("refuse_once", "OSError"), ("fail_twice_once", "ExceptionGroup")])
def test_attempts_that_failed_when_they_were_recorded_fail_and_are_retried_again(monkeypatch, function, error):
    monkeypatch.setattr(bench_steps, "refused", Counter())
    retry = {"max_attempts": 3, "delay_seconds": 0, "jitter": 0, "retryable_errors": [error]}
    inputs = [{"name": "ada"}, {"name": "bo"}]
    recording = recorded(loaded({**python("ask", function), "policy": {"retry": retry}}), inputs)
    slowly = {**python("ask", function), "policy": {"retry": {**retry, "delay_seconds": 10}}}
    (point,) = simulated("max_at_once=1", loaded(slowly), "ask=1", inputs=inputs * 3, recording=recording)
    assert (point.completed, point.first_error) == (6, None)
    assert point.duration_seconds == pytest.approx(6 * (1 + 10 + 1))


def test_a_result_under_a_key_is_put_there_once():
    schema = {"properties": {"loud": {"const": "ADA"}}}
    workflow = loaded(
        python("loud", "shout", output_key="loud"),
        {"id": "check", "type": "data_validation", "data": {"validation_schema": schema}},
        edges=["loud>check"],
    )
    recording = recorded(workflow, [{"name": "ada"}])
    (point,) = simulated("max_at_once=1", workflow, "loud=1", inputs=[{"name": "ada"}], recording=recording)
    assert point.first_error is None


def test_measured_durations_are_drawn_and_pure_nodes_stay_as_they_are():
    workflow = loaded(start("a"), python("rate", "score"), edges=["a>rate"])
    recording = recorded(workflow, [{"name": "ada"}] * 3)
    found = Latencies(workflow, ["measured"]).resolve(recording)
    assert set(found) == {"rate"}
    assert len(found["rate"].distribution.seconds) == 3


def test_only_the_first_inputs_are_recorded():
    assert len(recorded(loaded(start("a")), [{}] * (MAX_RECORDED + 5)).inputs) == MAX_RECORDED


async def measured(setting, inputs, **options):
    """A point, the options of the runtime, what was told, and how many executions there were."""
    made, told, starts = [], [], []

    def hear(event):
        if isinstance(event, ExecutionStarted):
            starts.append(event)

    def make_runtime(**given):
        made.append(given)
        return Runtime(**given, hooks=[hear])

    point = await measure(setting, inputs, make_runtime, told=lambda _, done: told.append(done), **options)
    return point, made, told, len(starts)


INPUTS = [{"name": "good"}, {"name": "bad"}, {"name": "good"}, {"wrong": 1}]


async def test_a_real_point_is_measured_in_a_runtime_of_its_own(anyio_backend):
    workflow = loaded({**python("check", "refuse"), "policy": {"placement": "thread"}})
    for setting in make_settings(parse_sweep("limits.thread=1,2"), workflow, CATALOG, LoadLimits(max_at_once=3)):
        point, made, told, _ = await measured(setting, INPUTS, warm_up=None)
        assert (point.value, point.completed, point.failed) == (setting.value, 2, 2)
        assert made == [{"limits": {"thread": setting.value}}]
        assert told == [1, 2, 3, 4]


@pytest.mark.parametrize(("warm_up", "executions"), [(0, 4), (3, 7), (None, 6), (100, 8)])
async def test_what_warms_up_runs_before_and_is_not_measured(anyio_backend, warm_up, executions):
    (setting,) = make_settings(parse_sweep("max_at_once=2"), loaded(start("a")), CATALOG, LoadLimits())
    point, _, told, count = await measured(setting, [{}] * 4, warm_up=warm_up)
    assert (point.executions, told, count) == (4, [1, 2, 3, 4], executions)


def test_a_step_that_waits_for_something_real_is_named():
    workflow = loaded({"id": "ask", "type": "python", "data": {"function": "bench.waiting_steps:sleep"}})
    with pytest.raises(RealWaitError, match="node 'ask'"):
        simulated("max_at_once=1", workflow)
