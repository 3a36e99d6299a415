"""`flowrt graph`: a picture of a workflow."""

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from flowrt.cli.console import make_console, markup, print_lines
from flowrt.cli.ending import ending, print_json
from flowrt.cli.options import File, Json, load

if TYPE_CHECKING:
    from flowrt.definition import Definition

Format: TypeAlias = Literal["terminal", "mermaid"]


def graph(
    file: File,
    format: Annotated[Format, typer.Option(help="A tree for the terminal, or Mermaid text.")] = "terminal",
    json: Json = False,
) -> None:
    """Draw a workflow."""
    from flowrt.definition import export_definition  # noqa: PLC0415 - loaded by the command that needs it
    from flowrt.steps.pass_through import AnyType  # noqa: PLC0415
    from flowrt.steps.registry import StepRegistry  # noqa: PLC0415

    with ending(as_json=json):
        # what the nodes would run does not matter for the picture
        definition = load(file, StepRegistry(default=AnyType())).definition
    if json:
        print_json(export_definition(definition))
    elif format == "mermaid":
        typer.echo(mermaid(definition))
    else:
        _draw(definition)


def _draw(definition: "Definition") -> None:
    from flowrt.cli.tree import workflow_tree  # noqa: PLC0415

    types = {node.id: node.type for node in definition.nodes}

    def label(node_id: str) -> str:
        return f"[bold]{markup(node_id)}[/bold] [dim]{markup(types[node_id])}[/dim]"

    console = make_console()
    console.print(f"{markup(definition.name)}: {len(definition.nodes)} nodes, {len(definition.edges)} edges")
    print_lines(console, workflow_tree(definition, label), "`--format mermaid` and `--json` have all of them")


def mermaid(definition: "Definition") -> str:
    """Return a workflow as a Mermaid flowchart."""
    from flowrt.cli.tree import edge_label  # noqa: PLC0415

    names = {node.id: f"n{index}" for index, node in enumerate(definition.nodes)}
    lines = ["flowchart LR"]
    lines += [f'  {names[node.id]}["{_quoted(node.id)}<br/>{_quoted(node.type)}"]' for node in definition.nodes]
    for edge in definition.edges:
        text = edge_label(edge)
        arrow = f'-->|"{_quoted(text)}"|' if text else "-->"
        lines.append(f"  {names[edge.source]} {arrow} {names[edge.target]}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Return text in which nothing means something to Mermaid or HTML."""
    return "".join(c if c.isalnum() or c in " _-.:,/()" else f"#{ord(c)};" for c in text)
