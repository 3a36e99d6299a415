"""How messages say what there is a lot of."""

from collections.abc import Sequence


def listed(names: Sequence[str], most: int) -> str:
    """Return the names in quotes, that many at most."""
    return ", ".join(map(repr, names[:most])) + (", ..." if len(names) > most else "")
