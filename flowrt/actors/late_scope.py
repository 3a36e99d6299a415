"""A cancel scope that is entered as late as can be."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self


class LateScope:
    """A block in which a cancel scope can be entered, a new one each time: one costs as much as five firings.

    Args:
        new_scope: What makes the scope.
    """

    __slots__ = ("_new_scope", "scope")

    def __init__(self, new_scope: Callable[[], Any]) -> None:
        self._new_scope = new_scope
        self.scope: Any = None
        """The scope, while the block is open and it was entered."""

    def __enter__(self) -> Self:
        return self

    def enter(self) -> None:
        """Enter the scope, unless that was done; whatever was entered since the block began must have been left."""
        if self.scope is None:
            self.scope = self._new_scope()
            self.scope.__enter__()

    @property
    def cancel_called(self) -> bool:
        """The scope was cancelled, by whomever, or its deadline is over."""
        return self.scope is not None and bool(self.scope.cancel_called)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        scope, self.scope = self.scope, None
        return scope is not None and bool(scope.__exit__(kind, error, traceback))
