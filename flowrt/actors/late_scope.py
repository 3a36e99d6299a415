"""A cancel scope that is entered as late as can be."""

from types import TracebackType
from typing import Any, Self

from flowrt.actors.backend import Backend


class LateScope:
    """A block in which a cancel scope can be entered, around what the task entered in the block before.

    One costs as much as eight firings. Blocks may nest: the scope is left with the outermost one, or earlier with one
    that ends with an error or in which the scope was cancelled.

    Args:
        backend: The event loop's.
    """

    __slots__ = ("_backend", "_depth", "innermost", "marker", "scope", "task")

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.task = backend.current_task()
        self._depth = 0
        self.innermost = backend.innermost(self.task)
        """Returns the innermost open scope of the task."""
        self.marker: object = None
        """What was innermost when the block began, or the scope once it was entered."""
        self.scope: Any = None
        """The scope, while it is entered."""

    def __enter__(self) -> Self:
        self._depth += 1
        self.look()
        return self

    def look(self) -> None:
        """See what is innermost now, where another late scope may have been entered around this one's place."""
        if self.scope is None:
            self.marker = self.innermost()

    def enter(self) -> None:
        """Enter the scope, unless that was done."""
        if self.scope is None:
            self.scope = self._backend.new_scope()
            self.marker = self._backend.enter_inside(self.scope, self.marker, self.innermost())

    @property
    def cancel_called(self) -> bool:
        """The scope was cancelled, by whomever, or its deadline is over."""
        return self.scope is not None and bool(self.scope.cancel_called)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        self._depth -= 1
        scope = self.scope
        if scope is None or (self._depth and error is None and not scope.cancel_called):
            return False
        self.scope = None
        return bool(scope.__exit__(kind, error, traceback))
