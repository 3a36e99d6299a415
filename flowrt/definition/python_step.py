"""A step: a typed function that is a node wherever a workflow function calls it."""

from collections.abc import Callable
from functools import update_wrapper
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, TypeGuard, TypeVar, cast, overload

from flowrt.definition.modifiers import NO_MODIFIERS, Modifiers, Watch
from flowrt.definition.recording import current_recording
from flowrt.definition.signature import FunctionSignature
from flowrt.errors import OutsideWorkflowError
from flowrt.outcomes import NodeFailure, NodeOutcome
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
    modifiers: Modifiers
    """What `.after(...)` and the like say of the next call."""

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        name: str,
        policy: NodePolicy,
        signature: FunctionSignature,
        modifiers: Modifiers = NO_MODIFIERS,
    ) -> None:
        update_wrapper(self, function, updated=())
        self.name = name
        self.function = function
        self.policy = policy
        self.signature = signature
        self.modifiers = modifiers

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

    # --- what a call may say beside its arguments; each returns a step to call, and they can be combined --------------

    def after(self, *results: object) -> "Step[P, R_co]":
        """Return this step for a call that waits for results which it does not take.

        `notify.after(saved)(order)` runs when `saved` is there. A skipped node counts as over.
        """
        ordered: Step[P, R_co] = self._with(after=(*self.modifiers.after, *results))
        return ordered

    def when(self, flag: bool) -> "Step[P, R_co]":  # noqa: FBT001 - it stands for one, known when the workflow runs
        """Return this step for a call that runs only if a result or a parameter of the workflow is true.

        `ship.when(is_paid)(order)` is skipped if `is_paid` is false, or was skipped itself.
        """
        branched: Step[P, R_co] = self._with(when=(*self.modifiers.when, flag))
        return branched

    def unless(self, flag: bool) -> "Step[P, R_co]":  # noqa: FBT001 - as above
        """Return this step for a call that runs only if a result or a parameter of the workflow is false.

        `remind.unless(is_paid)(order)` is skipped if `is_paid` is true, or was skipped itself.
        """
        branched: Step[P, R_co] = self._with(unless=(*self.modifiers.unless, flag))
        return branched

    # `self` as a callable: of a Step, mypy would not compare the first parameter
    def on_failure(  # type: ignore[misc]
        self: Callable[Concatenate[NodeFailure, Q], S],  # pyright: ignore[reportGeneralTypeIssues]
        result: object,
    ) -> "Step[Q, S]":
        """Return this step for a call that runs only if a node failed, and gets its `NodeFailure` as first argument.

        `refund.on_failure(charged)(order)` calls `refund(failure, order)`. The failure is handled by that: it does not
        fail the execution.
        """
        rescuing: Step[Q, S] = _watching(self, Watch("failure", result))
        return rescuing

    def always(  # type: ignore[misc]
        self: Callable[Concatenate[NodeOutcome, Q], S],  # pyright: ignore[reportGeneralTypeIssues]
        result: object,
    ) -> "Step[Q, S]":
        """Return this step for a call that runs however a node ended, and gets its `NodeOutcome` as first argument.

        `close.always(sent)(connection)` calls `close(outcome, connection)`, also when the execution has failed or was
        cancelled meanwhile. It is skipped if the node was skipped or never began. A failure is not handled by it.
        """
        observing: Step[Q, S] = _watching(self, Watch("always", result))
        return observing

    @overload
    def __get__(self, instance: None, owner: type) -> "Step[P, R_co]": ...
    @overload
    def __get__(self: "Step[Concatenate[T, Q], S]", instance: T, owner: type | None = None) -> "Step[Q, S]": ...
    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Return the step of a method, bound to its instance."""
        if instance is None:
            return self
        method = MethodType(self.function, instance)
        return self._copy(method, FunctionSignature(method), self.modifiers)

    def unmodified(self) -> "Step[..., Any]":
        """Return this step without what was said of a call; it holds on to no recording."""
        if self.modifiers is NO_MODIFIERS:
            return self
        plain: Step[..., Any] = self._copy(self.function, self.signature, NO_MODIFIERS)
        return plain

    def _with(self, **said: Any) -> Any:
        return self._copy(self.function, self.signature, self.modifiers._replace(**said))

    def _copy(self, function: Callable[..., Any], signature: FunctionSignature, modifiers: Modifiers) -> Any:
        return Step[..., Any](function, name=self.name, policy=self.policy, signature=signature, modifiers=modifiers)


def _watching(step: Any, watch: Watch) -> Any:
    modifiers: Modifiers = step.modifiers
    return step._with(watches=(*modifiers.watches, watch))  # noqa: SLF001 - the step's own


def is_step(value: object) -> TypeGuard[Step[..., Any]]:
    """Say whether something is a step."""
    return isinstance(value, Step)
