"""Values that stand in a workflow and are handed to steps, which might change them."""

from typing import Any, cast


def fresh(value: Any) -> Any:
    """Return a value with copies of its lists, dicts and sets; other objects, such as a client, stay the same."""
    if isinstance(value, list):
        return [fresh(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: fresh(item) for key, item in cast("dict[Any, Any]", value).items()}
    if isinstance(value, set):
        return set(cast("set[Any]", value))
    if type(value) is tuple:
        return tuple([fresh(item) for item in cast("tuple[Any, ...]", value)])
    return value


def is_shareable(value: Any) -> bool:
    """Say whether `fresh` would return the value as it is."""
    if type(value) is tuple:
        return all(is_shareable(item) for item in cast("tuple[Any, ...]", value))
    return not isinstance(value, list | dict | set)
