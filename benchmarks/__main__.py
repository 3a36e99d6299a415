"""`python -m benchmarks [NAME...] [--json] [--repetitions N]`: run the workloads and print what they cost.

Exit status: 0 all goals were reached, 1 one was not, 2 there is no workload of that name.
"""

import argparse
import platform
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from benchmarks import memory, scale, table, waiting
from benchmarks.backends import HAS_UVLOOP, WITHOUT_UVLOOP
from benchmarks.measure import measure
from benchmarks.workloads import workloads

MAP, W7, W8 = "map", "W7", "W8"
APART = (MAP, W7, W8)
"""What has tables of its own: memory, and what grows."""
LEAST_REPETITIONS = 5


def main(arguments: list[str] | None = None) -> int:
    known = workloads()
    options = _parser([*APART, *known]).parse_args(arguments)
    unknown = [name for name in options.names if name not in {*APART, *known}]
    if unknown:
        print(f"there is no workload {', '.join(unknown)}; there are: {', '.join([*APART, *known])}", file=sys.stderr)
        return 2
    names = options.names or [*APART, *known]
    if not HAS_UVLOOP:
        print(WITHOUT_UVLOOP, file=sys.stderr)
    # first, while the process is small: what grows is seen best there
    memories = [memory.measure_map(backend) for backend in ("asyncio", "trio")] if MAP in names else []
    scales = scale.measure() if W7 in names else []
    waits = waiting.measure() if W8 in names else []
    found: list[table.Row] = []
    for name in dict.fromkeys(names):
        if name in known:
            print(f"{name}: {known[name].title} ...", file=sys.stderr, flush=True)
            found.extend(table.rows(known[name], measure(known[name], options.repetitions)))
    tables = {
        "workloads": (found, table.markdown, table.as_data),
        MAP: (memories, memory.markdown, memory.as_data),
        W7: (scales, scale.markdown, scale.as_data),
        W8: (waits, waiting.markdown, waiting.as_data),
    }
    _print(tables, is_json=options.json)
    return int(any(row.is_missed for rows, _, _ in tables.values() for row in rows))


def _parser(names: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What flowrt costs per node.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to run: {', '.join(names)}; default: all")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--repetitions", type=_repetitions, default=7, help="how often each way is timed; at least 5")
    return parser


def _repetitions(text: str) -> int:
    count = int(text)
    if count < LEAST_REPETITIONS:
        raise argparse.ArgumentTypeError(f"{count} is too few for a median: at least {LEAST_REPETITIONS}")
    return count


def _print(tables: dict[str, tuple[list[Any], Callable[..., str], Callable[..., Any]]], *, is_json: bool) -> None:
    machine = f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}"
    if is_json:
        document = {"machine": machine} | {name: as_data(rows) for name, (rows, _, as_data) in tables.items()}
        print(msgspec.json.encode(document).decode())
        return
    print(machine)
    for rows, markdown, _ in tables.values():
        if rows:
            print(f"\n{markdown(rows)}")


if __name__ == "__main__":
    sys.exit(main())
