"""aiometer: `amap` over inputs, each of which is a graph that is called by hand."""

import functools

import aiometer

from benchmarks.peers.scripts.plain import prepare as plain_calls
from benchmarks.peers.scripts.protocol import Run, main
from benchmarks.peers.tasks import Task


def prepare(task: Task) -> Run:
    """Return what maps all inputs."""
    calls = plain_calls(task)

    async def one_input(_number: int) -> int:
        return int(calls())

    async def run() -> list[int]:
        opened = functools.partial(aiometer.amap, one_input, list(range(task.runs)), max_at_once=task.at_once)
        async with opened() as results:
            return [result async for result in results]

    return run


if __name__ == "__main__":
    main(prepare, "aiometer", runs_all=True)
