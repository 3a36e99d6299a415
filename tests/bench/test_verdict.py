"""What a curve says about the limit, in figures and in sentences."""

import msgspec
import pytest
from bench.curves import curve, law

from flowrt.bench.verdict import judge


def said(name, throughputs, **options):
    return " ".join(judge(curve(name, throughputs, **options)).sentences)


def test_the_knee_and_what_is_enough_are_told():
    verdict = judge(curve("max_at_once", law(0.05, 0.002)))
    assert verdict.knee == pytest.approx(21.8, abs=0.1)
    assert (verdict.best, verdict.enough) == (16, 16)
    assert verdict.practical_limit == 15
    assert verdict.fit_error == pytest.approx(0, abs=1e-9)
    assert "contention 0.05, coherency 0.002" in verdict.sentences[2]
    assert "the knee is at 21.8; beyond it throughput falls" in verdict.sentences[2]
    assert verdict.sentences[3] == "By the fit, 15 is enough for 95 % of its best."


def test_a_curve_that_only_flattens_has_no_knee_within_what_was_measured():
    verdict = judge(curve("max_at_once", law(0.1, 0)))
    assert verdict.knee is None
    assert "no knee within what was measured (1 to 64)" in verdict.sentences[2]
    assert verdict.practical_limit < 64


def test_a_knee_beyond_what_was_measured_is_said_to_be_a_guess():
    assert "no knee up to 4; the fit puts it at 22, which was not measured" in said(
        "max_at_once", law(0.05, 0.002, (1, 2, 4))
    )


def test_a_plateau_is_not_taken_for_a_fall():
    plateau = {value: 50.0 * min(value, 8) for value in (1, 2, 4, 8, 12, 16, 32)}
    assert "But the measured points do not fall, up to 32." in said("max_at_once", plateau)


def test_what_is_served_at_once_follows_from_what_one_at_a_time_gets():
    verdict = judge(curve("max_at_once", {1: 10.0, 2: 20.0, 4: 40.0, 8: 40.0, 16: 40.0}))
    assert verdict.served_at_once == pytest.approx(4)
    assert "so at the best 4 are served at once (Little's law): what is more than that waits." in verdict.sentences[1]


def test_large_figures_are_told_in_full():
    told = said("max_at_once", {1: 1_000.0, 200: 150_000.0, 1_000: 150_000.0})
    assert "Best: 150,000/s at max_at_once=200." in told
    assert "One at a time gets 1,000/s, so at the best 150 are served at once" in told
    assert "the knee is at 1,200; beyond it" in said("max_at_once", law(0, 1 / 1_200**2, (1, 600, 1_200, 2_400)))
    assert "few for 1000000 at once" in said("max_at_once", dict.fromkeys((1, 1_000, 1_000_000), 5.0))


def test_where_nobody_waits_or_nobody_was_alone_little_is_not_asked():
    verdict = judge(curve("max_at_once", {1: 10.0, 2: 20.0, 4: 40.0}))
    assert verdict.served_at_once == pytest.approx(4)
    assert "Little" not in " ".join(verdict.sentences)
    assert judge(curve("max_at_once", {2: 20.0, 4: 20.0, 8: 20.0})).served_at_once is None
    assert judge(curve("limits.thread", {1: 10.0, 2: 20.0, 4: 40.0})).served_at_once is None


def test_where_some_failed_little_would_tell_of_those_that_completed_only():
    whole = curve("max_at_once", {1: 10.0, 2: 20.0, 4: 20.0})
    partly = tuple(msgspec.structs.replace(point, failed=1) for point in whole.points)
    assert judge(msgspec.structs.replace(whole, points=partly)).served_at_once is None


def test_less_that_is_as_good_as_the_best_is_told():
    assert "Best: 100/s at max_at_once=8; 4 reaches 95 % of that already." in said(
        "max_at_once", {2: 50.0, 4: 96.0, 8: 100.0}
    )


def test_a_fit_that_is_far_off_says_so():
    verdict = judge(curve("max_at_once", {1: 10.0, 2: 100.0, 3: 10.0, 4: 100.0}))
    assert verdict.fit_error > 0.15
    assert "trust the measured points" in verdict.sentences[-1]


def test_two_points_are_too_few_for_a_knee():
    verdict = judge(curve("max_at_once", {1: 10.0, 2: 20.0}))
    assert (verdict.fit, verdict.knee, verdict.practical_limit) == (None, None, None)
    assert verdict.sentences[1] == "A knee takes 3 different values with a throughput to fit; there are 2."


def test_points_that_failed_altogether_are_not_in_the_fit():
    assert judge(curve("max_at_once", {**law(0.05, 0.002), 128: 0.0})).knee == pytest.approx(21.8, abs=0.1)


def test_where_no_time_passed_a_latency_is_asked_for():
    assert said("max_at_once", {1: 0.0, 2: 0.0}).startswith("All completed in no time: give a node a latency.")


def test_where_nothing_completed_nothing_is_said_about_the_limit():
    failed = curve("max_at_once", {1: 0.0})
    failed = msgspec.structs.replace(failed, points=(msgspec.structs.replace(failed.points[0], completed=0),))
    assert judge(failed).sentences == ("Nothing completed. So nothing can be said about the limit.",)


def test_few_executions_for_many_at_once_are_pointed_out():
    assert "--executions 640 is enough" in said("max_at_once", law(0.05, 0.002), executions=639)
    assert "--executions" not in said("max_at_once", law(0.05, 0.002), executions=640)


def test_few_executions_for_a_rate_are_pointed_out():
    rates = {100: 100.0, 200: 200.0}
    assert "399 executions are few for 200/s: they are over in 2 s" in said("max_per_second", rates, executions=399)
    assert "--executions 400 is enough" in said("max_per_second", rates, executions=399)
    assert "--executions" not in said("max_per_second", rates, executions=400)


def test_threads_have_a_knee_and_retries_have_none():
    assert judge(curve("limits.thread", law(0.05, 0.002))).knee == pytest.approx(21.8, abs=0.1)
    verdict = judge(curve("a.retry.max_attempts", {1: 10.0, 2: 30.0, 3: 20.0}))
    assert (verdict.best, verdict.fit) == (2, None)
    assert verdict.sentences[0] == "Best: 30/s at a.retry.max_attempts=2."


def test_of_a_policy_the_fewest_failures_and_then_the_lowest_latency_are_told():
    whole = curve("a.retry.max_attempts", {1: 30.0, 2: 20.0, 3: 10.0})
    figures = zip(whole.points, (3, 1, 1), (0.1, 0.5, 0.2), strict=True)
    points = tuple(msgspec.structs.replace(point, failed=failed, p95_seconds=p95) for point, failed, p95 in figures)
    sentence = judge(msgspec.structs.replace(whole, points=points)).sentences[1]
    assert sentence == "Fewest failures and, of those, the lowest p95: 1 and 200 ms at a.retry.max_attempts=3."


def test_saturation_is_the_highest_rate_that_was_achieved():
    verdict = judge(curve("max_per_second", {100: 100.0, 200: 191.0, 300: 250.0, 400: 240.0}))
    assert (verdict.saturation_per_second, verdict.best, verdict.fit) == (200, 300, None)
    assert verdict.sentences == (
        "Saturation: 200/s is the highest offered rate that was achieved within 5 %; 300/s was not.",
        "The most that completed was 250/s, of 300/s offered.",
    )


def test_rates_that_are_all_achieved_ask_for_more():
    assert "the highest that was offered: offer more" in said("max_per_second", {100: 99.0, 200: 199.0})


def test_rates_of_which_none_is_achieved_say_so():
    verdict = judge(curve("max_per_second", {100: 50.0, 200: 50.0}))
    assert verdict.saturation_per_second is None
    assert "not even 100/s was achieved" in verdict.sentences[0]
