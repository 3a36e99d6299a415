"""`python -m benchmarks [NAME...] [--json] [--repetitions N]`: run the workloads and print what they cost.

Exit status: 0 all goals were reached, 1 one was not, 2 there is no workload of that name.
"""

import argparse
import platform
import sys

import msgspec

from benchmarks import memory, table
from benchmarks.backends import HAS_UVLOOP, WITHOUT_UVLOOP
from benchmarks.measure import measure
from benchmarks.workloads import workloads

MAP = "map"
LEAST_REPETITIONS = 5


def main(arguments: list[str] | None = None) -> int:
    known = workloads()
    options = _parser([MAP, *known]).parse_args(arguments)
    unknown = [name for name in options.names if name != MAP and name not in known]
    if unknown:
        print(f"there is no workload {', '.join(unknown)}; there are: {MAP}, {', '.join(known)}", file=sys.stderr)
        return 2
    names = options.names or [MAP, *known]
    if not HAS_UVLOOP:
        print(WITHOUT_UVLOOP, file=sys.stderr)
    # first, while the process is small: what grows is seen best there
    memories = [memory.measure_map(backend) for backend in ("asyncio", "trio")] if MAP in names else []
    found: list[table.Row] = []
    for name in dict.fromkeys(names):
        if name != MAP:
            print(f"{name}: {known[name].title} ...", file=sys.stderr, flush=True)
            found.extend(table.rows(known[name], measure(known[name], options.repetitions)))
    _print(found, memories, is_json=options.json)
    return int(any(row.is_missed for row in found) or any(one.is_missed for one in memories))


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


def _print(found: list[table.Row], memories: list[memory.MapMemory], *, is_json: bool) -> None:
    machine = f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}"
    if is_json:
        document = {"machine": machine, "workloads": table.as_data(found), "map": memory.as_data(memories)}
        print(msgspec.json.encode(document).decode())
        return
    print(machine)
    for text in ([table.markdown(found)] if found else []) + ([memory.markdown(memories)] if memories else []):
        print(f"\n{text}")


if __name__ == "__main__":
    sys.exit(main())
