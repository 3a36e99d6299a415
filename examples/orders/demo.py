"""Run 1,000 orders through orders.json, with the log in SQLite, and say what became of them."""

import json
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import anyio
from rich.console import Console
from rich.table import Table

from flowrt import FlowrtError, Runtime, SqlStore, StepRegistry, load_definition
from flowrt.storage import Store

HERE = Path(__file__).parent
DATABASE = Path("orders-demo.db")
console = Console(highlight=False)


def orders() -> list[dict[str, Any]]:
    with (HERE / "orders.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


async def run_all(store: Store) -> float:
    """Run every order and return the seconds that it took."""
    workflow = load_definition(HERE / "orders.json", StepRegistry.with_builtins(python_modules=["order_steps"]))
    started = time.perf_counter()
    async with Runtime(store=store) as runtime:
        async for result in runtime.map(workflow, orders(), max_at_once=100):
            if result.error is not None:
                console.print(f"order {result.index + 1}: {result.error}", style="red")
    return time.perf_counter() - started


class Report:
    """What the log says of the executions."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()
        self.retried: set[str] = set()
        self.milliseconds: dict[str, list[float]] = defaultdict(list)
        self.an_id = ""

    async def read(self, store: Store) -> None:
        await store.open()
        try:
            for execution in await store.log.executions(limit=2000):
                output = json.loads(execution.output or b"{}")
                self.statuses[output.get("status", execution.status)] += 1
                if "reason" in output:
                    self.reasons[output["reason"]] += 1
                await self._read_nodes(store, execution.id)
        finally:
            await store.close()

    async def _read_nodes(self, store: Store, execution_id: str) -> None:
        for row in await store.log.nodes(execution_id):
            if row.attempt:
                self.attempts[row.node] += 1
                self.milliseconds[row.node].append(row.duration_ns / 1e6)
            if row.retry_delay_seconds is not None:
                self.retried.add(execution_id)
                self.an_id = self.an_id or execution_id

    def show(self, seconds: float) -> None:
        total, attempts = self.statuses.total(), self.attempts.total()
        console.print(
            f"\n[bold]{total} orders in {seconds:.1f} s[/bold], {attempts} attempts of nodes, all in the log\n"
        )
        for status, count in self.statuses.most_common():
            console.print(f"  {count:5} {status}")
        for reason, count in self.reasons.most_common():
            console.print(f"  {count:10} {reason}", style="dim")
        console.print(f"  {len(self.retried):5} had to be retried, because the warehouse did not answer at first\n")
        table = Table("node", "attempts", "median ms", title="Where the time went", title_justify="left", box=None)
        medians = {node: sorted(times)[len(times) // 2] for node, times in self.milliseconds.items()}
        for node, median in sorted(medians.items(), key=lambda item: -item[1])[:5]:
            table.add_row(node, str(self.attempts[node]), f"{median:.2f}")
        console.print(table)
        console.print(f"\nThe log is in {DATABASE.resolve()}. Try next:\n")
        flowrt = Path(sys.executable).with_name("flowrt")
        url = f"sqlite+aiosqlite:///{DATABASE}"
        definition = os.path.relpath(HERE / "orders.json")
        for command in (f"history --db {url}", f"show {self.an_id} --db {url}", f"graph {definition}"):
            console.print(f"  {os.path.relpath(flowrt)} {command}", soft_wrap=True)


async def main() -> int:
    for file in DATABASE.parent.glob(DATABASE.name + "*"):
        file.unlink()
    report = Report()
    seconds = await run_all(SqlStore(DATABASE))
    await report.read(SqlStore(DATABASE))
    report.show(seconds)
    bad = sum(report.reasons.values())
    return 0 if report.statuses == {"accepted": 1000 - bad, "rejected": bad} and bad else 1


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    try:
        sys.exit(anyio.run(main))
    except FlowrtError as error:
        sys.exit(f"the demo failed: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted; what was running is in the log as cancelled")
