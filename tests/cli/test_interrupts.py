"""Ctrl-C at moments that only a store can tell."""

import json
import signal

import anyio.lowlevel
import pytest

from flowrt import MemoryStore, Runtime, StepRegistry, load_definition
from flowrt.cli.single import Single
from flowrt.events import ExecutionEnded


class InterruptedStore(MemoryStore):
    """A store during whose commit of an execution's end somebody presses Ctrl-C."""

    @property
    def log(self):
        return InterruptedLog(super().log)


class InterruptedLog:
    def __init__(self, log):
        self._log = log
        self.execution, self.executions, self.nodes = log.execution, log.executions, log.nodes

    async def write(self, batch):
        if any(isinstance(event, ExecutionEnded) for event in batch):
            signal.raise_signal(signal.SIGINT)
            for _ in range(10):
                await anyio.lowlevel.checkpoint()
        await self._log.write(batch)


@pytest.fixture(autouse=True)
def _handlers_of_signals():
    before = signal.signal(signal.SIGINT, signal.default_int_handler), signal.getsignal(signal.SIGTERM)
    yield
    for number, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("as_json", [True, False])
def test_ctrl_c_while_the_end_is_committed_comes_too_late_and_the_output_is_there(capsys, as_json):
    workflow = load_definition({"nodes": [{"id": "a", "type": "start"}]}, StepRegistry.with_builtins())
    status = Single(workflow, {"x": 1}).run(Runtime(store=InterruptedStore()), "asyncio", as_json=as_json)
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert (status, document["output"] if as_json else document) == (0, {"x": 1})
    assert printed.err == "completed\n"
