"""What is said of a step's next call beside its arguments."""

from typing import Literal, NamedTuple


class Watch(NamedTuple):
    """Waits for the end of a node, whatever it may be, and gets what is known of it as an argument."""

    on: Literal["failure", "always"]
    result: object
    """The recorded result of the node."""

    @property
    def word(self) -> str:
        """How it is written."""
        return "on_failure" if self.on == "failure" else "always"


class Modifiers(NamedTuple):
    """What `.after(...)`, `.when(...)` and the like say, as it was given; the call looks at it."""

    after: tuple[object, ...] = ()
    """Recorded results that the call waits for."""
    when: tuple[object, ...] = ()
    """Flags that must be true."""
    unless: tuple[object, ...] = ()
    """Flags that must be false."""
    watches: tuple[Watch, ...] = ()
    """What gives the first arguments."""


NO_MODIFIERS = Modifiers()
