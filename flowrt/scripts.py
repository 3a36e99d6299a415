"""Running a workflow from a script, where no event loop runs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

import anyio

from flowrt.actors.backend import is_loop_running
from flowrt.errors import WrongThreadError
from flowrt.plans import Source
from flowrt.runtime import Runtime

if TYPE_CHECKING:
    from flowrt.definition import Workflow

R = TypeVar("R")


@overload
def run(
    workflow: "Workflow[..., R]",
    input: Mapping[str, Any] | None = None,
    *,
    backend: Literal["asyncio", "trio"] = "asyncio",
    **options: Any,
) -> R: ...
@overload
def run(
    workflow: Source,
    input: Mapping[str, Any] | None = None,
    *,
    backend: Literal["asyncio", "trio"] = "asyncio",
    **options: Any,
) -> Any: ...
def run(
    workflow: Any,
    input: Mapping[str, Any] | None = None,
    *,
    backend: Literal["asyncio", "trio"] = "asyncio",
    **options: Any,
) -> Any:
    """Run a workflow once, on an event loop and in a runtime of its own, and return its result.

    Args:
        workflow: A Python workflow or a definition.
        input: The workflow's parameters by name; for JSON nodes, the record that the first nodes get.
        backend: The event loop.
        **options: What the `Runtime` is made with.

    Raises:
        ValueError: There is no such backend.
        WrongThreadError: An event loop runs already in this thread: use `await Runtime.run(...)` there.
        Exception: What `Runtime.run` raises.
    """

    async def main() -> Any:
        async with Runtime(**options) as runtime:
            return await runtime.run(workflow, input)

    if is_loop_running():
        raise WrongThreadError("flowrt.run")
    if backend not in ("asyncio", "trio"):
        raise ValueError(f"backend was {backend!r}; expected 'asyncio' or 'trio'")
    return anyio.run(main, backend=backend)
