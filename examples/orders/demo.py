"""Runs 1,000 orders through orders.json, keeps the log in SQLite, and tells what the log says.

From the folder above `examples`: python -m examples.orders.demo [--backend trio] [--db FILE]
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio

from examples.orders.generate import BROKEN, COUNT
from examples.orders.report import Report
from examples.orders.steps import refusals_of
from flowrt import Runtime, SqlStore, StepRegistry, load_definition

HERE = Path(__file__).parent
STEPS = "examples.orders.steps"


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs 1,000 orders and tells what became of them.")
    parser.add_argument("--backend", choices=["asyncio", "trio"], default="asyncio", help="the event loop")
    parser.add_argument("--db", type=Path, default=Path("flowrt-demo.db"), help="where the log goes; made anew")
    options = parser.parse_args()
    try:
        return demo(options.db, options.backend)
    except KeyboardInterrupt:
        print(f"interrupted; what ran is in {options.db}, as cancelled", file=sys.stderr)
        return 130
    except Exception as error:  # noqa: BLE001 - a person who tries flowrt gets a sentence, whatever happens
        print(f"the demo failed: {type(error).__name__}: {error}", file=sys.stderr)
        return 1


def demo(database: Path, backend: str) -> int:
    for leftover in (database, *(Path(f"{database}{end}") for end in ("-wal", "-shm"))):
        leftover.unlink(missing_ok=True)
    print(f"Running {COUNT:,} orders through {shown(HERE / 'orders.json')}, 100 at once, on {backend} ...\n")
    anyio.run(run_orders, database, backend=backend)
    report = Report(database)
    report.show()
    show_next_steps(report)
    return compare(report)


async def run_orders(database: Path) -> None:
    workflow = load_definition(HERE / "orders.json", StepRegistry.with_builtins(python_modules=[STEPS]))
    async with Runtime(store=SqlStore(database)) as runtime:
        async for result in runtime.map(workflow, read_orders(), max_at_once=100):
            if result.error is not None:
                print(f"  order {result.index + 1}: {result.error}", file=sys.stderr)


def read_orders() -> Iterator[dict[str, Any]]:
    with (HERE / "orders.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def show_next_steps(report: Report) -> None:
    size = report.database.stat().st_size / 1e6
    flowrt = shown(Path(sys.executable).with_name("flowrt"))
    log = f"--db {shown(report.database)}"
    definition = shown(HERE / "orders.json")
    trusted = f"--python-module {STEPS}"
    print(f"\nThe log is in {shown(report.database)}: {report.records:,} records of nodes, {size:.1f} MB. Try next:\n")
    print(f"  {flowrt} history {log}")
    print(f"  {flowrt} show {report.most_retried} {log}   # an order that was retried")
    print(f"  {flowrt} graph {definition}")
    print(f"  {flowrt} run {definition} --inputs {shown(HERE / 'orders.jsonl')} {trusted} {log}")


def compare(report: Report) -> int:
    """Return the exit status: 0 if the log says of the orders what is known of them."""
    expected = {
        "executions": {"completed": COUNT},
        "accepted": COUNT - sum(BROKEN.values()),
        "rejected": BROKEN,
        "retries": sum(map(refusals_of, report.accepted)),
    }
    found = {
        "executions": report.statuses,
        "accepted": len(report.accepted),
        "rejected": {reason.text: reason.count for reason in report.reasons},
        "retries": sum(retries.attempts for retries in report.retries),
    }
    wrong = [
        f"{key}: expected {expected[key]}, the log has {found[key]}" for key in expected if expected[key] != found[key]
    ]
    for line in wrong:
        print(f"the log is not as it should be: {line}", file=sys.stderr)
    return 1 if wrong else 0


def shown(path: Path) -> str:
    """Return a path as a person at this prompt would type it."""
    absolute = path.absolute()
    return os.path.relpath(absolute) if absolute.is_relative_to(Path.cwd()) else str(absolute)


if __name__ == "__main__":
    sys.exit(main())
