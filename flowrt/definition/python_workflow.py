"""A workflow that is written as a Python function."""

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from flowrt.definition.arguments import FromNode
from flowrt.definition.building import bound_step, input_parameters, make_definition
from flowrt.definition.compatibility import misfit
from flowrt.definition.inputs import input_converter
from flowrt.definition.model import Definition
from flowrt.definition.recorded import facts_of, is_recorded
from flowrt.definition.recording import Recording, current_recording, recorded_by
from flowrt.definition.signature import FunctionSignature, is_async, yields
from flowrt.errors import DefinitionError, Problem
from flowrt.policies import NO_WORKFLOW_POLICY, WorkflowPolicy
from flowrt.typing import BoundStep

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class Workflow(Generic[P, R_co]):
    """A workflow made of a function by `@workflow`. Immutable; nothing runs when it is made.

    Args:
        function: The workflow function. It is called once, with what stands for its parameters.
        name: The workflow's name.
        version: The workflow's version.
        policy: The limits of its executions.
        local_names: Names that its annotations may use besides its module's.

    Raises:
        DefinitionError: The wiring is wrong; it lists every problem that was found.
    """

    name: str
    version: int | None
    function: Callable[P, R_co]
    """The workflow function."""
    definition: Definition
    """The workflow as data: its nodes are of the type `python`."""
    steps: tuple[BoundStep, ...]
    """What each node runs, in the order of `definition.nodes`."""
    result_type: Any
    """The type that the function says it returns, `Any` if it does not say."""

    def __init__(
        self,
        function: Callable[P, R_co],
        *,
        name: str,
        version: int | None = None,
        policy: WorkflowPolicy = NO_WORKFLOW_POLICY,
        local_names: Mapping[str, Any] | None = None,
    ) -> None:
        signature = _signature(function, name, local_names)
        recording = Recording(name)
        result = _record(function, signature, recording)
        parameters = input_parameters(signature)
        input_types = {parameter.name: parameter.type for parameter in parameters}
        self.__doc__ = function.__doc__
        self.name = name
        self.version = version
        self.function = function
        self.result_type = signature.result_type
        self.definition = make_definition(recording, parameters, version=version, result=result, policy=policy)
        self.steps = tuple(bound_step(node, input_types) for node in recording.nodes.values())
        self._nodes = tuple(recording.nodes.values())
        self._parameters = parameters
        self._convert_input = input_converter(name, parameters)

    def __repr__(self) -> str:
        return f"<Workflow {self.name!r}: {len(self.steps)} nodes>"

    def convert_input(self, value: Any) -> dict[str, Any]:
        """Return an input with the types that the workflow function's parameters are annotated with.

        Args:
            value: The parameters by name. Instances of the annotated types pass as they are, JSON values are converted.

        Raises:
            InputError: A parameter is missing, unknown or does not fit.
        """
        return self._convert_input(value)

    def export(self) -> dict[str, Any]:
        """Return the workflow as a JSON object that `load_definition` takes.

        Raises:
            DefinitionError: Another process could not run it: a function can't be imported, or a value that stands in
                the workflow can't be made of JSON again.
        """
        from flowrt.definition.exportability import export_problems  # noqa: PLC0415 - only to export
        from flowrt.definition.exporting import export_definition  # noqa: PLC0415
        from flowrt.definition.problem_limit import first_problems  # noqa: PLC0415

        problems = export_problems(self._nodes, self._parameters)
        if problems:
            raise DefinitionError(first_problems(problems), self.name)
        return export_definition(self.definition)

    if not TYPE_CHECKING:  # type checkers shall refuse the call

        def __call__(self, /, *_args: Any, **_options: Any) -> Any:
            """Say what to do instead."""
            recording = current_recording()
            if recording is not None:
                recording.refuse(f"the workflow {self.name!r} can't be a part of another one yet: call its steps here")
            advice = "run it, as `await runtime.run(workflow, {...})` or `flowrt.run(workflow, {...})`"
            raise DefinitionError((Problem("", f"a workflow is not called: {advice}"),), self.name)


def _signature(function: Callable[..., Any], name: str, local_names: Mapping[str, Any] | None) -> FunctionSignature:
    """Return what a workflow function takes.

    Raises:
        DefinitionError: No workflow can be made of it.
    """
    reason = None
    if is_async(function):
        reason = "a workflow function is no `async def`: it wires steps and waits for nothing; write `def`"
    elif yields(function):
        reason = "a workflow function is no generator: return the result of a step instead of yielding"
    try:
        signature = FunctionSignature(function, local_names)
    except ValueError as error:
        raise DefinitionError((Problem("", str(error)),), name) from None
    if signature.rest is not None:
        reason = f"a workflow function has named parameters only, not `{signature.rest}`: name them, or take a list"
    if reason is not None:
        raise DefinitionError((Problem("", reason),), name)
    return signature


def _record(function: Callable[..., Any], signature: FunctionSignature, recording: Recording) -> str | None:
    """Run a workflow function with recorded results, and return the id of the node that gives the result."""
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for name, parameter in signature.parameters.items():
        stand_in = recording.parameter(name, signature.type_of(name))
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            positional.append(stand_in)
        else:
            named[name] = stand_in
    try:
        with recorded_by(recording):
            returned: Any = function(*positional, **named)
    except DefinitionError:
        raise
    except Exception as error:
        error.add_note(
            f"raised while the workflow {recording.workflow!r} was built: its function is called once, with stand-ins "
            "for values; what needs a value belongs in a step"
        )
        raise
    result = _result(returned, signature, recording)
    if not recording.nodes:
        recording.problem("the workflow has no steps: call at least one in it")
    recording.refuse_if_wrong()
    return result


def _result(returned: Any, signature: FunctionSignature, recording: Recording) -> str | None:
    """Return the id of the node whose result is returned; `None`: nothing is returned."""
    if not is_recorded(returned):
        if returned is not None:
            kind = type(returned).__name__
            recording.problem(
                f"it returns a {kind}, expected the result of a step: make the {kind} in a step and return its result"
            )
        elif (reason := misfit(type(None), None, signature.result_type)) is not None:
            recording.problem(f"what it returns {reason}: return the result of a step, or annotate it with None")
        return None
    facts = facts_of(returned)
    if facts.recording is not recording:
        recording.problem(f"it returns {facts} of another workflow: return the result of one of its own steps")
    elif not isinstance(facts.argument, FromNode):
        recording.problem(f"it returns {facts} itself: return the result of a step")
    else:
        reason = misfit(facts.type, returned, signature.result_type)
        if reason is not None:
            recording.problem(f"what it returns {reason}")
        return facts.argument.node
    return None
