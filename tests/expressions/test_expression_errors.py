"""What is refused, and what the error says."""

import pytest

from flowrt.definition.expressions import compile_expression
from flowrt.errors import ExpressionError

RECORD = {"score": 7, "name": "Ada", "lead": {"score": 8}, "tags": ["a"], "nothing": None}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("score = 7", "use `==`"),
        ("score & 1", "use `and`"),
        ("a | b", "use `or`"),
        ("~a", "use `not`"),
        ("(score", "'(' at character 1 is never closed"),
        ("score)", "')' at character 6 closes nothing"),
        ("[1)", "closes nothing"),
        ("score >", "no valid expression"),
        ("score > 7 8", "near '8' at character 11"),
        ("a ? b", "has no `:`"),
        ("[x for x in a ? b : c]", "put it and its parts in brackets"),
        ("'open", "closing quote"),
        (r"'\d'", r"unknown escape"),
        ("lower()", "`lower` takes 1 argument, not 0"),
        ("round(1, 2, 3)", "`round` takes 1 to 2 arguments, not 3"),
        ("lowr('A')", "did you mean `lower`?"),
        ("open('/etc/passwd')", "unknown function `open`"),
        ("lead.score.__class__()", "unknown function `__class__`"),
        ("(1)(2)", "only functions can be called"),
        ("round(**lead)", "by position"),
        ("round(*tags)", "by position"),
        ("lambda: 1", "`lambda` is not part"),
        ("(x := 1)", "use `==`"),
        ("f'{score}'", "no valid expression"),
        ("{1, 2}", "a set is not part"),
        ("{**lead}", "`**` in an object"),
        ("[*tags]", "`*` before a value"),
        ("{k: 1 for k in tags}", "`for` in an object"),
        ("[a for a, b in tags]", "one plain name"),
        ("[1 for a in x for b in x for c in x for d in x]", "at most 3"),
        ("score is 7", "use `==`"),
        ("has(1 + 1)", "takes a name or a path"),
        ("1e999", "larger than a float"),
        ("9" * 2000, "larger than 4096 bits"),
        ("1j", "unexpected"),
        ("x" * 4097, "4097 bytes long"),
        ("é" * 2049, "4098 bytes long"),
        ("(" * 33 + "1" + ")" * 33, "nests deeper than 32"),
        ("not " * 33 + "a", "nests deeper than 32"),
        ("a" + ".a" * 40, "nests deeper than 32"),
        ("1?2:" * 40 + "3", "40 conditionals"),
    ],
)
def test_a_bad_expression_is_refused_when_it_is_compiled(text, reason):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("missing > 1", "there is no 'missing'"),
        ("scor > 1", "did you mean 'score'?"),
        ("lead.scor", "`lead` has no 'scor': did you mean 'score'?"),
        ("lead['x']", "`lead` has no 'x'"),
        ("nothing.x", "`nothing` is null"),
        ("name.x", "`name` is a text, no object"),
        ("name.__class__", "`name` is a text, no object"),
        ("score[0]", "`score` is a number"),
        ("tags[3]", "`tags` has 1 elements, none at 3"),
        ("tags['x']", "its index is a whole number"),
        ("tags[true]", "its index is a whole number"),
        ("name + 1", "`+` can't be used between a text and a number"),
        ("name * 3", "`*` can't be used between a text and a number"),
        ("'%d' % 1", "`%` can't be used"),
        ("name < 1", "`<` can't be used between a text and a number"),
        ("nothing > 1", "`>` can't be used between null and a number"),
        ("tags < tags", "can't be used between a list and a list"),
        ("-name", "`-` takes a number, not a text"),
        ("1 in score", "a number can't contain a number"),
        ("score / 0", "division by zero"),
        ("1e308 * 10", "no finite number"),
        ("float('nan')", "no finite number"),
        ("(-8) ** 0.5", "no real number"),
        ("2 ** 5000", "larger than 4096 bits"),
        ("lower(1)", "`lower`: it takes a text, not a number"),
        ("int('x')", "`int`: invalid literal"),
        ("sum(name)", "`sum`: it takes a list, not a text"),
        ("min([])", "`min`: the list is empty"),
        ("max(1, 'a')", "numbers only, or texts only"),
        ("{1: 2}", "a key of an object is a text, not a number"),
        ("[c for c in name]", "`for` takes a list"),
        ("lead[tags]", "unhashable"),
    ],
)
def test_a_failure_on_real_data_says_what_was_wrong(text, reason):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text).evaluate(RECORD)
    assert reason in caught.value.reason
    assert caught.value.expression == text


def test_a_missing_name_lists_the_names_that_were_there():
    with pytest.raises(ExpressionError) as caught:
        compile_expression("missing").evaluate(RECORD)
    assert caught.value.known == ("score", "name", "lead", "tags", "nothing")
    assert "the data has: score, name" in str(caught.value)


def test_a_missing_key_lists_the_keys_of_its_owner():
    with pytest.raises(ExpressionError) as caught:
        compile_expression("lead.rank").evaluate(RECORD)
    assert caught.value.known == ("score",)


def test_an_expression_works_again_after_it_failed():
    expression = compile_expression("[n / d for n in [1, 2]]")
    with pytest.raises(ExpressionError):
        expression.evaluate({"d": 0})
    assert expression.evaluate({"d": 1}) == [1.0, 2.0]
