"""A child process for `test_kill`: writes executions for ever and says which are committed.

Usage: writes_until_killed.py BACKEND DATABASE
"""

import sys

import anyio
from storage.hand_made import EDGES, events_of

from flowrt.actors.sink import Sink
from flowrt.clock import SystemClock
from flowrt.storage import SqlStore


def tell(execution_id, error):
    if error is None:
        print(execution_id, flush=True)  # noqa: T201 - the parent reads it


async def main():
    store = SqlStore(sys.argv[2])
    await store.open()
    sink = Sink(store.log, SystemClock(), max_batch_events=50, capacity_events=500)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sink.run)
        for number in range(10**9):
            workflow = list(EDGES)[number % len(EDGES)]
            execution_id = f"{number:09}"
            for event in events_of(workflow, execution_id):
                position = sink.send_nowait(event)
            if number % 10 == 0:
                sink.when_committed(position, lambda error, name=execution_id: tell(name, error))
            await sink.wait_space()
            await anyio.lowlevel.checkpoint()


anyio.run(main, backend=sys.argv[1])
