"""A mapping for what there is mostly one of behaves as a dict."""

from hypothesis import given
from hypothesis import strategies as st

from flowrt.actors.few import Few

KEYS = st.integers(0, 3)
CHANGES = st.lists(st.tuples(st.sampled_from(["set", "delete", "pop", "get"]), KEYS, st.text(max_size=2)))


def applied(mapping, change, key, value):
    """What a change of a mapping gives, or the kind of error."""
    try:
        match change:
            case "set":
                mapping[key] = value
            case "delete":
                del mapping[key]
            case "pop":
                return mapping.pop(key, "none")
            case "get":
                return mapping[key], key in mapping
    except KeyError as error:
        return error.args
    return None


@given(CHANGES)
def test_it_changes_as_a_dict_does(changes):
    few, known = Few(), {}
    for change, key, value in changes:
        assert applied(few, change, key, value) == applied(known, change, key, value)
        assert (list(few.items()), len(few), bool(few)) == (list(known.items()), len(known), bool(known))


def test_one_entry_weighs_less_than_half_of_a_dict():
    few = Few()
    few["a"] = 1
    assert few.__sizeof__() < {"a": 1}.__sizeof__() / 2
