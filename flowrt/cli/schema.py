"""`flowrt schema`: the definition language, for editors."""

from flowrt.cli.ending import print_json
from flowrt.cli.options import Json, PythonModules, Unknown, make_registry


def schema(
    unknown_steps: Unknown = "refuse",
    python_module: PythonModules = None,
    json: Json = True,  # noqa: ARG001 - it is always JSON
) -> None:
    """Print the JSON Schema of definitions, with which editors complete and check them."""
    from flowrt.steps.schema import definition_schema  # noqa: PLC0415

    print_json(definition_schema(make_registry(unknown_steps, python_module)))
