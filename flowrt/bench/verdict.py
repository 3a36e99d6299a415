"""What a curve says about the limit."""

from collections.abc import Sequence
from math import ceil

import msgspec

from flowrt.bench.measurement import Curve, Point
from flowrt.bench.number import number
from flowrt.bench.sweep import MAX_AT_ONCE, Value
from flowrt.bench.usl import MIN_POINTS, Usl, fit_usl

ENOUGH = 0.95
"""The share of the best throughput that is as good as the best."""
ACHIEVED = 0.95
"""The share of an offered rate that has to complete for it to be achieved."""
POOR_FIT = 0.15
"""From which relative error on a fit is told to be poor."""
ENOUGH_ROUNDS = 10
"""For how many times the largest concurrency there should be executions, so that the ends of a point weigh little."""
ENOUGH_SECONDS = 2
"""For how long executions should begin at the largest rate, so that a hiccup of the machine weighs little."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a curve says about the limit."""

    best: Value | None
    """The value with the highest throughput; `None`: nothing completed."""
    enough: Value | None = None
    """The least value that reached 95 % of that."""
    fit: Usl | None = None
    """The Universal Scalability Law, where concurrency was swept over enough points."""
    fit_error: float | None = None
    """By which share the fit is off at the point where it is off most."""
    knee: float | None = None
    """The concurrency beyond which throughput falls, by the fit; `None`: it never does, or there is no fit."""
    practical_limit: int | None = None
    """The least concurrency that reaches 95 % of the best throughput within what was measured, by the fit."""
    served_at_once: float | None = None
    """How many were really served at once at the best throughput, by Little's law: that throughput times the mean
    latency of an execution that is alone, which is 1 by the throughput at `max_at_once=1`. `None` unless that was
    measured, and none failed."""
    saturation_per_second: float | None = None
    """The highest offered rate of which 95 % completed, where the rate was swept; `None`: none was achieved."""
    sentences: tuple[str, ...]
    """The same for people."""


def judge(curve: Curve) -> Verdict:
    """Return what a curve says."""
    points = [point for point in curve.points if point.throughput_per_second > 0]
    if not points:
        took_no_time = any(point.completed for point in curve.points)
        told = "All completed in no time: give a node a latency." if took_no_time else "Nothing completed."
        return Verdict(best=None, sentences=(f"{told} So nothing can be said about the limit.",))
    best = max(points, key=lambda point: point.throughput_per_second)
    if curve.sweep.is_rate:
        return _with(_judge_rates(points, best), *_hints(curve))
    measured = _judge_points(curve.sweep.name, points, best)
    if not curve.sweep.is_concurrency:
        return _with(measured, _surest_sentence(curve.sweep.name, points))
    fit = fit_usl([(point.value, point.throughput_per_second) for point in points])
    if fit is None:
        distinct = len({point.value for point in points})
        reason = f"A knee takes {MIN_POINTS} different values with a throughput to fit; there are {distinct}."
        return _with(measured, reason, *_hints(curve))
    return _judge_fit(curve, points, measured, fit)


def _judge_points(name: str, points: Sequence[Point], best: Point) -> Verdict:
    enough = min(point.value for point in points if point.throughput_per_second >= ENOUGH * best.throughput_per_second)
    told = f"Best: {number(best.throughput_per_second)}/s at {name}={best.value}"
    told += "." if enough == best.value else f"; {enough} reaches 95 % of that already."
    verdict = Verdict(best=best.value, enough=enough, sentences=(told,))
    alone = next((point.throughput_per_second for point in points if point.value == 1 and not point.failed), None)
    if name != MAX_AT_ONCE or alone is None or best.failed:
        return verdict
    served = best.throughput_per_second / alone
    if served < ENOUGH * max(point.value for point in points):
        told = f"One at a time gets {number(alone)}/s, so at the best {number(served)} are served at once"
        verdict = _with(verdict, f"{told} (Little's law): what is more than that waits.")
    return msgspec.structs.replace(verdict, served_at_once=served)


def _surest_sentence(name: str, points: Sequence[Point]) -> str:
    surest = min(points, key=lambda point: (point.failed, point.p95_seconds))
    p95 = (surest.p95_seconds or 0.0) * 1e3
    return (
        f"Fewest failures and, of those, the lowest p95: {surest.failed} and {number(p95)} ms at {name}={surest.value}."
    )


def _with(verdict: Verdict, *sentences: str) -> Verdict:
    return msgspec.structs.replace(verdict, sentences=(*verdict.sentences, *sentences))


def _judge_fit(curve: Curve, points: Sequence[Point], measured: Verdict, fit: Usl) -> Verdict:
    largest = max(points, key=lambda point: point.value)
    limit = fit.practical_limit(largest.value)
    error, worst = max(
        (abs(fit.throughput(point.value) / point.throughput_per_second - 1), point.value) for point in points
    )
    sentences = [_knee_sentence(fit, largest.value), f"By the fit, {limit} is enough for 95 % of its best."]
    stays = largest.throughput_per_second >= ENOUGH * max(point.throughput_per_second for point in points)
    if stays and fit.knee is not None and fit.knee < largest.value:
        sentences.append(f"But the {curve.source} points do not fall, up to {largest.value}.")
    if error > POOR_FIT:
        sentences.append(
            f"The fit is off by {error:.0%} at {worst}: trust the {curve.source} points, or take more of them there."
        )
    verdict = _with(measured, *sentences, *_hints(curve))
    return msgspec.structs.replace(verdict, fit=fit, fit_error=error, knee=fit.knee, practical_limit=limit)


def _knee_sentence(fit: Usl, largest: Value) -> str:
    law = (
        f"Fit: {number(fit.rate_per_second)}/s alone, contention {number(fit.contention)}, "
        f"coherency {number(fit.coherency)} (Universal Scalability Law)"
    )
    if fit.knee is None:
        return f"{law}: no knee within what was measured (1 to {largest})."
    if fit.knee > largest:
        return f"{law}: no knee up to {largest}; the fit puts it at {fit.knee:,.0f}, which was not measured."
    return f"{law}: the knee is at {number(fit.knee)}; beyond it throughput falls."


def _judge_rates(points: Sequence[Point], best: Point) -> Verdict:
    achieved = [point.value for point in points if point.throughput_per_second >= ACHIEVED * point.value]
    most = f"The most that completed was {number(best.throughput_per_second)}/s, of {best.value}/s offered."
    if not achieved:
        told = f"Saturated at every rate: not even {min(point.value for point in points)}/s was achieved within 5 %."
        return Verdict(best=best.value, sentences=(told, most))
    saturation = max(achieved)
    missed = sorted(point.value for point in points if point.value > saturation)
    told = f"Saturation: {saturation}/s is the highest offered rate that was achieved within 5 %"
    told += f"; {missed[0]}/s was not." if missed else ", and the highest that was offered: offer more."
    return Verdict(best=best.value, saturation_per_second=saturation, sentences=(told, most))


def _hints(curve: Curve) -> tuple[str, ...]:
    largest = max(point.value for point in curve.points)
    executions = min(point.executions for point in curve.points)
    if curve.sweep.name == MAX_AT_ONCE and executions < ENOUGH_ROUNDS * largest:
        why = f"few for {largest} at once: the end of a point, when fewer are under way, weighs in it"
        enough = ENOUGH_ROUNDS * int(largest)
    elif curve.sweep.is_rate and executions < ENOUGH_SECONDS * largest:
        seconds = executions / largest
        why = f"few for {largest}/s: they are over in {seconds:.2g} s, in which a hiccup of the machine weighs much"
        enough = ceil(ENOUGH_SECONDS * largest)
    else:
        return ()
    return (f"{executions} executions are {why}. --executions {enough} is enough.",)
