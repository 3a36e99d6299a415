"""Naive actors (b4): for each run a task per node and an anyio memory stream per edge."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from benchmarks.programs import Program

Receivers: TypeAlias = list[MemoryObjectReceiveStream[Any]]
Senders: TypeAlias = list[MemoryObjectSendStream[Any]]


def stream_actors(program: Program) -> Callable[[], Awaitable[Any]]:
    """b4: each node's task receives once from the stream of each edge into it, and sends its result over those out."""
    calls = program.calls

    async def actor(function: Callable[..., Any], inbox: Receivers, outbox: Senders) -> None:
        values: list[Any] = []
        for receive_stream in inbox:
            async with receive_stream:
                values.append(await receive_stream.receive())
        result = function(*values)
        if program.is_async:
            result = await result
        for send_stream in outbox:
            async with send_stream:
                await send_stream.send(result)

    async def run() -> Any:
        inboxes, outboxes, last = _wire(program)
        async with anyio.create_task_group() as group:
            for call, inbox, outbox in zip(calls, inboxes, outboxes, strict=True):
                group.start_soon(actor, call.function, inbox, outbox)
        async with last:
            return last.receive_nowait()

    return run


def _wire(program: Program) -> tuple[list[Receivers], list[Senders], MemoryObjectReceiveStream[Any]]:
    """Return the streams into and out of each node, and the one that carries the result."""
    inboxes: list[Receivers] = [[] for _ in program.calls]
    outboxes: list[Senders] = [[] for _ in program.calls]
    for index, call in enumerate(program.calls):
        for source in call.upstream:
            send_stream, receive_stream = anyio.create_memory_object_stream[Any](1)
            outboxes[source].append(send_stream)
            inboxes[index].append(receive_stream)
    send_stream, last = anyio.create_memory_object_stream[Any](1)
    outboxes[-1].append(send_stream)
    return inboxes, outboxes, last
