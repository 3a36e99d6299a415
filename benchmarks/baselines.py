"""The same graphs without flowrt: plain calls (b0), hand-written asyncio (b1) and hand-written trio (b2)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import trio

from benchmarks.programs import Program

Run: TypeAlias = Callable[[], Awaitable[Any]]
"""Runs the whole graph once and returns the last node's result."""


def plain_calls(program: Program) -> Run:
    """b0: one node after another, in topological order."""
    calls = program.calls

    async def run() -> Any:
        results: list[Any] = []
        for function, upstream in calls:
            results.append(function(*[results[index] for index in upstream]))
        return results[-1]

    async def run_async() -> Any:
        results: list[Any] = []
        for function, upstream in calls:
            results.append(await function(*[results[index] for index in upstream]))
        return results[-1]

    return run_async if program.is_async else run


def asyncio_tasks(program: Program) -> Run:
    """b1: a task per node, which awaits the tasks of the nodes that feed it."""
    calls = program.calls

    async def node(function: Callable[..., Any], upstream: list[asyncio.Task[Any]]) -> Any:
        return function(*[await task for task in upstream])

    async def node_async(function: Callable[..., Any], upstream: list[asyncio.Task[Any]]) -> Any:
        return await function(*[await task for task in upstream])

    body = node_async if program.is_async else node

    async def run() -> Any:
        tasks: list[asyncio.Task[Any]] = []
        async with asyncio.TaskGroup() as group:
            for function, upstream in calls:
                tasks.append(group.create_task(body(function, [tasks[index] for index in upstream])))
        return tasks[-1].result()

    return run


def trio_tasks(program: Program) -> Run:
    """b2: a task and an event per node; the task waits for the events of the nodes that feed it."""
    calls = program.calls
    is_async = program.is_async

    async def run() -> Any:
        results: list[Any] = [None] * len(calls)
        events = [trio.Event() for _ in calls]

        async def node(index: int) -> None:
            function, upstream = calls[index]
            for place in upstream:
                await events[place].wait()
            result = function(*[results[place] for place in upstream])
            results[index] = await result if is_async else result
            events[index].set()

        async with trio.open_nursery() as nursery:
            for index in range(len(calls)):
                nursery.start_soon(node, index)
        return results[-1]

    return run
