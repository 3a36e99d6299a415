"""Law 6 against `kill -9` of a process that is writing."""

import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
from storage.hand_made import assert_is_prefix_cut

from flowrt.storage import SqlStore

CHILD = Path(__file__).with_name("writes_until_killed.py")


def write_until_killed(backend, database, acknowledgements):
    """Run the child until it told of so many executions, kill it, and return all that it told of."""
    env = os.environ | {"PYTHONPATH": str(CHILD.parents[1])}
    command = [sys.executable, CHILD, backend, database]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as child:  # noqa: S603 - our script
        told = [child.stdout.readline().strip() for _ in range(acknowledgements)]
        child.kill()
        told += child.stdout.read().splitlines()
    assert child.returncode == -9
    return [line for line in told if len(line) == 9]


async def check(database, told):
    store = SqlStore(database)
    await store.open()
    await assert_is_prefix_cut(store.log)
    for execution_id in told:
        assert (await store.log.execution(execution_id)).status == "completed"
    numbers = [int(row.id) for row in await store.log.executions(limit=10**6)]
    assert sorted(numbers) == list(range(len(numbers)))
    await store.close()


@pytest.mark.parametrize("acknowledgements", [1, 7, 30])
def test_after_kill_9_the_log_is_a_cut_that_holds_all_that_was_acknowledged(anyio_backend, tmp_path, acknowledgements):
    told = write_until_killed(anyio_backend, tmp_path / "log.db", acknowledgements)
    assert len(told) >= acknowledgements
    anyio.run(check, tmp_path / "log.db", told, backend=anyio_backend)
