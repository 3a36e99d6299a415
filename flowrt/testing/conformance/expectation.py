"""How a check says what is wrong: what was found, what was expected, and what to do."""

import msgspec

SHOWN_CHARACTERS = 200


def breach(what: str, found: str, expected: str, advice: str) -> AssertionError:
    """Return the error of a promise that was not kept.

    >>> str(breach("the version of a new workflow", "0", "1", "count from 1"))
    'the version of a new workflow: found 0, expected 1; count from 1'
    """
    return AssertionError(f"{what}: found {found}, expected {expected}; {advice}")


def expect_equal(what: str, found: object, expected: object, advice: str) -> None:
    """Raise unless something is as it was promised.

    Raises:
        AssertionError: It is not.
    """
    if found != expected:
        found, expected = _differing_fields(found, expected)
        raise breach(what, shown(found), shown(expected), advice)


def _differing_fields(found: object, expected: object) -> tuple[object, object]:
    """Return of two structs of a kind what differs, so that a long one does not hide it; other values as they are."""
    if not isinstance(found, msgspec.Struct) or type(found) is not type(expected):
        return found, expected
    pairs = {name: (getattr(found, name), getattr(expected, name)) for name in found.__struct_fields__}
    differing = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return {name: pair[0] for name, pair in differing.items()}, {name: pair[1] for name, pair in differing.items()}


def shown(value: object) -> str:
    """Return a value as a short text."""
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}... ({len(text)} characters)"


def raised(error: BaseException) -> str:
    """Return an exception as a short text."""
    return f"{type(error).__name__}: {str(error)[:SHOWN_CHARACTERS]}"
