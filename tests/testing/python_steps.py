"""Functions that nodes of type `python` call."""

import anyio


async def greet(name: str) -> dict[str, str]:
    await anyio.sleep(0.5)
    return {"greeting": f"Hello, {name}"}


def tag(kids: list[dict[str, int]]) -> list[int]:
    return [kid["age"] for kid in kids]
