"""A service in a process of its own, for `test_processes`: it says when it is ready, and how it ended.

Usage: child.py interrupted|drained BACKEND DATABASE
"""

import json
import sys
from contextlib import suppress

import anyio
from semantics.stage import Held, workflow

from flowrt import Runtime, RuntimeDrainingError, SqlStore

SCENE, BACKEND, DATABASE = sys.argv[1:]
STEPS = 1000


def tell(**facts):
    print(json.dumps(facts), flush=True)  # noqa: T201 - the parent reads it


async def interrupted():
    """Run many steps that suspend, until Ctrl-C comes."""
    begun, ended, all_hang = [], [], anyio.Event()

    async def hang(_record):
        begun.append(True)
        if len(begun) == STEPS:
            all_hang.set()
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(True)

    async def tell_when_all_hang():
        await all_hang.wait()
        tell(ready=True)

    usual = len(anyio.get_running_tasks())
    try:
        async with Runtime(store=SqlStore(DATABASE), grace_seconds=600) as runtime:
            many = workflow({f"node{number}": hang for number in range(STEPS)})
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(tell_when_all_hang)
                await runtime.run(many)
    finally:
        tell(ended=len(ended), left=len(anyio.get_running_tasks()) - usual)


async def drained():
    """Run a step that ends once the runtime takes nothing new, until SIGTERM drains it."""
    held, small = Held(), workflow({"node": lambda _record: {}}, name="taken")

    async def tell_when_it_listens():
        await anyio.wait_all_tasks_blocked()
        tell(ready=True)

    async def run_until_nothing_new_is_taken(runtime):
        with suppress(RuntimeDrainingError):
            while True:
                await runtime.run(small)
                await anyio.sleep(0.01)
        held.told.set()

    async with Runtime(store=SqlStore(DATABASE)) as runtime, anyio.create_task_group() as tasks:
        await runtime.run(small)
        await runtime.start(workflow({"node": held.step}, name="under way"))
        tasks.start_soon(tell_when_it_listens)
        tasks.start_soon(run_until_nothing_new_is_taken, runtime)
        report = await runtime.drain_on_sigterm(timeout_seconds=60)
        tell(ended=report.ended, cancelled=len(report.cancelled))


anyio.run({"interrupted": interrupted, "drained": drained}[SCENE], backend=BACKEND)
