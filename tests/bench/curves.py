"""Curves of which it is known what they hold."""

from flowrt.bench.measurement import Curve, Point
from flowrt.bench.sweep import Sweep
from flowrt.bench.usl import Usl


def curve(name, throughputs, executions=10_000):
    points = tuple(
        Point(
            value=value,
            executions=executions,
            completed=executions,
            failed=0,
            duration_seconds=1.0,
            throughput_per_second=throughput,
            p50_seconds=0.1,
            p95_seconds=0.2,
            p99_seconds=0.3,
        )
        for value, throughput in throughputs.items()
    )
    return Curve(source="measured", sweep=Sweep(name=name, values=tuple(throughputs)), points=points)


def law(contention, coherency, values=(1, 2, 4, 8, 16, 32, 64)):
    usl = Usl(rate_per_second=50, contention=contention, coherency=coherency)
    return {value: usl.throughput(value) for value in values}
