"""`python`: a function of a module that the runtime was told to trust."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any

import msgspec

from flowrt.definition.arguments import Argument
from flowrt.definition.calls import call_with_tuples
from flowrt.errors import Problem
from flowrt.steps.data import NodeData
from flowrt.steps.flag_data import Unless, When, flag_types, read_flags
from flowrt.steps.python_arguments import ArgumentParser
from flowrt.steps.python_functions import TrustedModules
from flowrt.steps.python_record import call_with_record
from flowrt.typing import BoundStep, StepBindError


class PythonData(NodeData, frozen=True, kw_only=True):
    """The data of a `python` node."""

    function: Annotated[
        str, msgspec.Meta(description="The function, as package.module:function; its module must be trusted.")
    ]
    arguments: Annotated[
        dict[str, Any] | None,
        msgspec.Meta(
            description="By parameter, where its argument comes from: input, node, failure, outcome, value, list or "
            "dict; by default the keys of the record that have the parameters' names.",
        ),
    ] = None
    output_key: Annotated[
        str | None,
        msgspec.Meta(description="The key under which the result is produced; by default its own keys."),
    ] = None
    when: When = ()
    unless: Unless = ()


class PythonStepType:
    """Calls a Python function.

    A definition is data, so it can't name any function: only those that a trusted module itself defines, at its top.
    With `arguments`, the function's parameters are wired to inputs, constants and other nodes' results, and any result
    is passed on as it is; this is what an exported Python workflow has. Without them the function takes keys of the
    record by the names of its parameters, and must return keys to produce.

    The policies of a `@step` do not apply: a definition's node says its own, as an exported one does.

    Args:
        python_modules: The modules whose functions may be called, with their submodules.

    Raises:
        TypeError: That is one text rather than a collection.
        ValueError: One of them is no name of a module.
    """

    name = "python"
    description = "Calls a function of a trusted Python module."
    data_type: type[msgspec.Struct] = PythonData

    def __init__(self, python_modules: Collection[str] = ()) -> None:
        self._modules = TrustedModules(python_modules)

    def bind(self, data: PythonData) -> BoundStep:
        """Bind the type to a node. Imports the function's module if it is trusted.

        Raises:
            StepBindError: The module is not trusted or can't be imported, there is no such function in it, or the
                arguments don't fit it.
        """
        function, signature = self._modules.find(data.function)
        if data.arguments is None:
            for key in ("when", "unless"):
                if getattr(data, key):
                    reason = "it goes with `arguments` only: without them use a condition of an edge"
                    raise StepBindError(Problem(f"/{key}", reason))
            return BoundStep(call_with_record(function, signature, data.function), output_key=data.output_key)
        parser = ArgumentParser(signature)
        arguments: Mapping[str, Argument] = parser.parse(data.arguments)
        when = read_flags(data.when, "when", parser.problems)
        unless = read_flags(data.unless, "unless", parser.problems)
        if parser.problems:
            raise StepBindError(*parser.problems)
        if data.output_key is not None:
            reason = "it goes without `arguments` only: with them the result is passed on as it is"
            raise StepBindError(Problem("/output_key", reason))
        call = call_with_tuples(function, signature, arguments)
        types = flag_types((*when, *unless)) | parser.input_types
        return BoundStep(call, arguments=arguments, input_types=types, when=when, unless=unless)
