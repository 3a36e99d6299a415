"""Writing workflows in Python: `@step` and `@workflow`."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ParamSpec, Protocol, TypeVar, overload

from flowrt.definition.caller import caller_names
from flowrt.definition.conversion import convert
from flowrt.definition.findings import Findings
from flowrt.definition.function_path import function_path
from flowrt.definition.limits import MAX_VERSION
from flowrt.definition.naming import read_name
from flowrt.definition.policy_check import check_policy
from flowrt.definition.policy_sense import check_process
from flowrt.definition.python_step import Step, is_step
from flowrt.definition.python_workflow import Workflow
from flowrt.definition.signature import FunctionSignature, yields
from flowrt.errors import DefinitionError, Problem
from flowrt.policies import NO_WORKFLOW_POLICY, Cancel, NodePolicy, OnError, Placement, Retry, Timeout, WorkflowPolicy

P = ParamSpec("P")
R = TypeVar("R")


class StepDecorator(Protocol):
    """Makes a function a step."""

    @overload
    def __call__(self, function: Callable[P, Awaitable[R]], /) -> Step[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, R], /) -> Step[P, R]: ...


class WorkflowDecorator(Protocol):
    """Makes a function a workflow."""

    def __call__(self, function: Callable[P, R], /) -> Workflow[P, R]:
        """Make the workflow.

        Raises:
            DefinitionError: The wiring is wrong.
        """
        ...


@overload
def step(function: Callable[P, Awaitable[R]], /) -> Step[P, R]: ...
@overload
def step(function: Callable[P, R], /) -> Step[P, R]: ...
@overload
def step(
    *,
    name: str | None = None,
    retry: Retry | None = None,
    timeout: float | Timeout | None = None,
    on_error: OnError | None = None,
    placement: Placement = "inline",
    cancel: Cancel | None = None,
) -> StepDecorator: ...
def step(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    retry: Retry | None = None,
    timeout: float | Timeout | None = None,
    on_error: OnError | None = None,
    placement: Placement = "inline",
    cancel: Cancel | None = None,
) -> Any:
    """Make a function a step: a call of it in a workflow function is a node of the workflow.

    Takes `def` and `async def` functions and other callables whose parameters have names. A `def` runs on the event
    loop, where it is taken for short, unless `placement` says otherwise.

    Args:
        function: The function.
        name: What nodes of this step are called; by default the function's name.
        retry: Whether and when a failed attempt is repeated; `None`: one attempt.
        timeout: How many seconds one attempt may take, or a `Timeout`; `None` is no limit.
        on_error: What becomes of the execution when the last attempt failed; `None`: `fail`, or `continue` where all
            edges of the node end in joins that do without it.
        placement: Where a `def` runs: `inline`, on the event loop; `thread`, for what blocks; `process`, for what
            computes, or must be killed when its time is over. For a process the function stands at the top of a module,
            and what it takes and returns is pickled.
        cancel: How long the step may take to end when it is interrupted; `None`: the runtime's `grace_seconds`.

    Raises:
        DefinitionError: The function can't be a step: it yields, or takes `*args` or `**kwargs`; or a policy is wrong.
    """
    limit = timeout if isinstance(timeout, Timeout) else Timeout(attempt=timeout)
    policy = NodePolicy(
        retry=retry,
        timeout=limit,
        on_error=on_error,
        placement=placement,
        cancel=Cancel() if cancel is None else cancel,
    )

    def decorate(function: Callable[..., Any]) -> Step[Any, Any]:
        return _make_step(function, name, policy, caller_names())

    return decorate if function is None else _make_step(function, name, policy, caller_names())


@overload
def workflow(function: Callable[P, R], /) -> Workflow[P, R]: ...
@overload
def workflow(
    *,
    name: str | None = None,
    version: int | None = None,
    deadline_seconds: float | None = None,
    max_retries: int | None = None,
) -> WorkflowDecorator: ...
def workflow(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    version: int | None = None,
    deadline_seconds: float | None = None,
    max_retries: int | None = None,
) -> Any:
    """Make a function a workflow.

    The function is called once, at once, with what stands for its parameters: each call of a step in it is a node,
    and what it returns, the result of a step, is the workflow's result. One that returns nothing has as its result
    what its end nodes produce. Nothing runs.

    Args:
        function: A plain `def`.
        name: The workflow's name; by default the function's name.
        version: The workflow's version, a whole number from 0 to 2,147,483,647.
        deadline_seconds: How long an execution may take, from its start; `None` is no limit.
        max_retries: How many retries there may be in one execution, of all steps together, from 1; `None` is no limit.

    Raises:
        DefinitionError: The wiring is wrong; it lists every problem that was found.
    """
    limits = {"deadline_seconds": deadline_seconds, "max_retries": max_retries}

    def decorate(function: Callable[..., Any]) -> Workflow[Any, Any]:
        return _make_workflow(function, name, version, limits, caller_names())

    return decorate if function is None else _make_workflow(function, name, version, limits, caller_names())


def _make_step(function: Any, name: str | None, policy: NodePolicy, local_names: Mapping[str, Any]) -> Step[Any, Any]:
    name = _name(name, function, "a step's name")
    findings = Findings()
    findings.origin = f"step {name!r}"
    reason = _refusal(function)
    if reason is not None:
        findings.refuse(reason)
    try:
        signature = FunctionSignature(function, local_names)
    except ValueError as error:
        findings.refuse(str(error))
    if signature.rest is not None:
        findings.problem((), f"a step has named parameters only, not `{signature.rest}`: name them, or take a list")
    check_policy(policy, findings, is_async=signature.is_async)
    check_process(_why_never_sendable(function), policy, (), findings)
    findings.refuse_if_any()
    return Step[..., Any](function, name=name, policy=policy, signature=signature)


def _why_never_sendable(function: Any) -> str | None:
    """Return why a function can't be found by its name in another process; its module does not have it yet."""
    path = function_path(function)
    return f"{path} is made inside a function, or is a lambda" if "<" in path else None


def _refusal(function: Any) -> str | None:
    """Return why something can't be a step at all."""
    if is_step(function):
        return "this is a step already: make another one of its `.function`"
    if isinstance(function, Workflow):
        return "a workflow can't be a step yet: call its steps in the other workflow"
    kind = "staticmethod" if isinstance(function, staticmethod) else "classmethod"
    if isinstance(function, staticmethod | classmethod):
        return f"it stands above a {kind}: write @{kind} above @step"
    if not callable(function):
        return f"found {type(function).__name__}, expected a function: options are given by name, as @step(name=...)"
    if yields(function):
        return "a generator can't be a step: return a list of all values instead of yielding them"
    return None


def _make_workflow(
    function: Any, name: str | None, version: Any, limits: Mapping[str, Any], local_names: Mapping[str, Any]
) -> Workflow[Any, Any]:
    name = _name(name, function, "the workflow's name")
    reason = _workflow_refusal(function, version)
    if reason is not None:
        raise DefinitionError((Problem("", reason),), name)
    policy = _workflow_policy(limits, name)
    return Workflow[Any, Any](function, name=name, version=version, policy=policy, local_names=local_names)


def _workflow_policy(limits: Mapping[str, Any], name: str) -> WorkflowPolicy:
    findings = Findings()
    findings.origin = name
    policy: WorkflowPolicy | None = convert(dict(limits), WorkflowPolicy, ("policy",), findings)
    findings.refuse_if_any()
    return policy or NO_WORKFLOW_POLICY


def _workflow_refusal(function: Any, version: Any) -> str | None:
    """Return why something can't be a workflow at all."""
    if version is not None and not (type(version) is int and 0 <= version <= MAX_VERSION):
        return f"the version is {version!r}, expected a whole number from 0 to {MAX_VERSION}"
    if is_step(function):
        return "this is a step: a workflow function calls steps"
    if isinstance(function, Workflow):
        return "this is a workflow already"
    if not callable(function):
        return f"found {type(function).__name__}, expected a function: options are given by name, @workflow(name=...)"
    return None


def _name(name: Any, function: Any, what: str) -> str:
    if name is None:
        named: Any = function
        while not hasattr(named, "__name__") and hasattr(named, "func"):
            named = named.func  # a functools.partial
        name = getattr(named, "__name__", type(named).__name__)
    findings = Findings()
    found = read_name(name, what, (), findings)
    findings.refuse_if_any()
    return found or name
