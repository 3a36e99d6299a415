"""A step: a typed function that is a node wherever a workflow function calls it."""

from collections.abc import Callable
from functools import update_wrapper
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, TypeGuard, TypeVar, cast, overload

from flowrt.definition.recording import current_recording
from flowrt.definition.signature import FunctionSignature
from flowrt.errors import OutsideWorkflowError
from flowrt.policies import NodePolicy

P = ParamSpec("P")
Q = ParamSpec("Q")
R_co = TypeVar("R_co", covariant=True)
S = TypeVar("S")
T = TypeVar("T")


class Step(Generic[P, R_co]):
    """A function as a step, made by `@step`. Immutable.

    Called in a workflow function it records a node and returns what stands for the result; an `async def` is called
    like a `def` there. Anywhere else a call raises `OutsideWorkflowError`: `function` is the plain function.
    """

    name: str
    """What nodes of this step are called."""
    function: Callable[..., Any]
    """The plain function, for unit tests and for calls from other functions."""
    policy: NodePolicy
    """The policies of the step's nodes."""
    signature: FunctionSignature
    """What the function takes and gives."""
    ordered_after: tuple[object, ...]
    """Recorded results that the next call waits for."""

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        name: str,
        policy: NodePolicy,
        signature: FunctionSignature,
        ordered_after: tuple[object, ...] = (),
    ) -> None:
        update_wrapper(self, function, updated=())
        self.name = name
        self.function = function
        self.policy = policy
        self.signature = signature
        self.ordered_after = ordered_after

    def __repr__(self) -> str:
        return f"<Step {self.name!r}{self.signature}>"

    def __reduce__(self) -> str:
        return str(getattr(self.function, "__qualname__", self.name))  # pickled by its name, as functions are

    @property
    def is_async(self) -> bool:
        """The function is an `async def`, or an object whose `__call__` is one."""
        return self.signature.is_async

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Record a node of the workflow that is being built.

        Raises:
            OutsideWorkflowError: No workflow is being built.
        """
        recording = current_recording()
        if recording is None:
            raise OutsideWorkflowError(self.name)
        return cast("R_co", recording.call(self, args, kwargs))

    def after(self, *results: object) -> "Step[P, R_co]":
        """Return this step for a call that waits for results which it does not take.

        `notify.after(saved)(order)` runs when `saved` is there. A skipped node counts as over.
        """
        ordered: Step[P, R_co] = self._copy(self.function, self.signature, (*self.ordered_after, *results))
        return ordered

    @overload
    def __get__(self, instance: None, owner: type) -> "Step[P, R_co]": ...
    @overload
    def __get__(self: "Step[Concatenate[T, Q], S]", instance: T, owner: type | None = None) -> "Step[Q, S]": ...
    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Return the step of a method, bound to its instance."""
        if instance is None:
            return self
        method = MethodType(self.function, instance)
        return self._copy(method, FunctionSignature(method), self.ordered_after)

    def _copy(
        self, function: Callable[..., Any], signature: FunctionSignature, ordered_after: tuple[object, ...]
    ) -> Any:
        return Step[..., Any](
            function, name=self.name, policy=self.policy, signature=signature, ordered_after=ordered_after
        )


def is_step(value: object) -> TypeGuard[Step[..., Any]]:
    """Say whether something is a step."""
    return isinstance(value, Step)
