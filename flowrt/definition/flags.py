"""What decides whether a node of a Python workflow runs at all."""

from collections.abc import Iterator
from typing import NamedTuple

from flowrt.definition.arguments import Flag, FromNode
from flowrt.definition.recorded_source import RecordedSource


class Flags(NamedTuple):
    """The flags of a node: it runs only if each is there and as it must be, and is skipped otherwise."""

    when: tuple[Flag, ...] = ()
    """Those that must be true."""
    unless: tuple[Flag, ...] = ()
    """Those that must be false."""

    def joined(self, other: "Flags") -> "Flags":
        """Return these flags and others, each once."""
        return Flags(_once(self.when + other.when), _once(self.unless + other.unless))

    def inverted(self) -> "Flags":
        """Return one flag the other way around."""
        return Flags(self.unless, self.when)

    def contradiction(self) -> Flag | None:
        """Return a flag that must be both true and false, if there is one."""
        return next((flag for flag in self.when if flag in self.unless), None)

    def is_part_of(self, other: "Flags") -> bool:
        """Say whether wherever these skip a node, the others do, too."""
        return {*self.when} <= {*other.when} and {*self.unless} <= {*other.unless}

    def sources(self) -> Iterator[RecordedSource]:
        """Return the nodes whose results they are."""
        return (RecordedSource(flag.node) for flag in (*self.when, *self.unless) if isinstance(flag, FromNode))


NO_FLAGS = Flags()


def _once(flags: tuple[Flag, ...]) -> tuple[Flag, ...]:
    return tuple(dict.fromkeys(flags))
