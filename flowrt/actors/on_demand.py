"""Containers that are made when they are first asked for."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar


class OnDemand:
    """Makes each of its `containers` when it is first asked for.

    Not for what is in a hurry: asking for any attribute takes longer than it does elsewhere.
    """

    __slots__ = ()

    containers: ClassVar[Mapping[str, Callable[[], Any]]]
    """What makes them, by the names of their slots."""

    if not TYPE_CHECKING:  # who checks types knows them by their annotations, and knows no others

        def __getattr__(self, name: str) -> Any:
            make = self.containers.get(name)
            if make is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
            made = make()
            setattr(self, name, made)
            return made
