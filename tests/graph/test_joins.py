"""The truth table of joins."""

from itertools import permutations

import pytest

from flowrt.definition.model import Quorum
from flowrt.graph.joins import Verdict, judge, may_decide

WAIT, FIRE, SKIP, FAIL = Verdict.WAIT, Verdict.FIRE, Verdict.SKIP, Verdict.FAIL


@pytest.mark.parametrize(
    ("join", "tokens", "verdict"),
    [
        # V a value, S skipped, C cancelled, F failed, . still missing
        ("all", "V", FIRE),
        ("all", "VV", FIRE),
        ("all", "V.", WAIT),
        ("all", "VS", FIRE),
        ("all", "VC", FIRE),
        ("all", "S.", WAIT),
        ("all", "SS", SKIP),
        ("all", "SC", SKIP),
        ("all", "CC", SKIP),
        ("all", "F.", WAIT),
        ("all", "VF", FAIL),
        ("all", "SF", FAIL),
        ("any", "V", FIRE),
        ("any", "V..", FIRE),
        ("any", "VF", FIRE),
        ("any", "S.", WAIT),
        ("any", "F.", WAIT),
        ("any", "SS", SKIP),
        ("any", "SC", SKIP),
        ("any", "SF", FAIL),
        ("any", "FF", FAIL),
        (Quorum(2), "V..", WAIT),
        (Quorum(2), "VV.", FIRE),
        (Quorum(2), "VVF", FIRE),
        (Quorum(2), "VS.", WAIT),
        (Quorum(2), "SS.", WAIT),
        (Quorum(2), "VSS", SKIP),
        (Quorum(2), "VSC", SKIP),
        (Quorum(2), "F..", WAIT),
        (Quorum(2), "FS.", WAIT),
        (Quorum(2), "VSF", FAIL),
        (Quorum(2), "FFF", FAIL),
        (Quorum(1), "V.", FIRE),
        ("all_settled", "V.", WAIT),
        ("all_settled", "VV", FIRE),
        ("all_settled", "SS", FIRE),
        ("all_settled", "FC", FIRE),
    ],
)
def test_a_join_is_a_total_function_of_its_tokens(join, tokens, verdict):
    for order in permutations(tokens):
        values, failed = order.count("V"), order.count("F")
        others = order.count("S") + order.count("C")
        assert judge(join, len(tokens), values, failed, others) is verdict
        assert verdict is WAIT or may_decide(join, len(tokens), values + failed + others)


@pytest.mark.parametrize("join", ["all", "any", "all_settled", Quorum(1), Quorum(2), Quorum(3)])
def test_every_complete_set_of_tokens_is_decided(join):
    for values in range(4):
        for failed in range(4 - values):
            assert judge(join, 3, values, failed, 3 - values - failed) is not Verdict.WAIT


@pytest.mark.parametrize("join", ["all", "all_settled", Quorum(2), Quorum(3)])
def test_the_verdict_over_all_tokens_does_not_depend_on_their_order(join):
    """Whatever is decided early is what the whole set would decide."""
    for tokens in ({"V": v, "F": f, "S": 3 - v - f} for v in range(4) for f in range(4 - v)):
        whole = "".join(kind * count for kind, count in tokens.items())
        final = judge(join, 3, tokens["V"], tokens["F"], tokens["S"])
        for order in set(permutations(whole)):
            first = next(
                verdict
                for seen in (order[: n + 1] for n in range(3))
                if (verdict := judge(join, 3, seen.count("V"), seen.count("F"), seen.count("S"))) is not WAIT
            )
            assert first is final


@pytest.mark.parametrize(
    ("join", "enough"), [("all", 3), ("all_settled", 3), ("any", 1), (Quorum(2), 2), (Quorum(1), 1)]
)
def test_what_came_is_counted_only_where_a_join_may_decide(join, enough):
    assert [may_decide(join, 3, arrived) for arrived in (1, 2, 3)] == [arrived >= enough for arrived in (1, 2, 3)]
