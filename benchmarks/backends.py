"""The event loops that everything runs on: asyncio, asyncio with uvloop where that is installed, and trio."""

from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any, Literal, TypeAlias

import anyio

Backend: TypeAlias = Literal["asyncio", "uvloop", "trio"]
HAS_UVLOOP = find_spec("uvloop") is not None
BACKENDS: tuple[Backend, ...] = ("asyncio", "uvloop", "trio") if HAS_UVLOOP else ("asyncio", "trio")
WITHOUT_UVLOOP = "uvloop: not installed, so nothing is timed on it; install flowrt[dev]"


def run_on(backend: Backend, function: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    """Run an async function on an event loop of its own and return its result."""
    if backend == "uvloop":
        return anyio.run(function, *arguments, backend="asyncio", backend_options={"use_uvloop": True})
    return anyio.run(function, *arguments, backend=backend)
