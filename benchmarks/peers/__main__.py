"""`python -m benchmarks.peers [NAME...] [--json] [--repetitions N]`: other libraries beside flowrt.

Exit status: 0 every peer ran, 1 one could not be installed or failed, 2 there is no peer of that name.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.options import LEAST_REPETITIONS, repetitions
from benchmarks.peers.catalog import PEERS, Peer
from benchmarks.peers.environment import NotInstalledError, default_folder, interpreter_of
from benchmarks.peers.running import Beside, PeerFailedError, run_peer
from benchmarks.results import as_table

HEADINGS = ("peer", "version", "workload", "nodes", "µs", "b1 µs", "flowrt µs", "peer / flowrt")


def main(arguments: list[str] | None = None, peers: Mapping[str, Peer] = PEERS) -> int:
    """Time peers and print a table."""
    options = _parser(peers).parse_args(arguments)
    unknown = [name for name in options.names if name not in peers]
    if unknown:
        print(f"there is no peer {', '.join(unknown)}; there are: {', '.join(peers)}", file=sys.stderr)
        return 2
    found: list[Beside] = []
    failures: dict[str, str] = {}
    for name in dict.fromkeys(options.names or peers):
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            found.extend(run_peer(peers[name], interpreter_of(peers[name], options.environments), options.repetitions))
        except NotInstalledError as error:
            failures[name] = f"can't be installed: {error}"
        except PeerFailedError as error:
            failures[name] = f"failed: {error}"
    print(as_json(found, failures) if options.json else markdown(found, failures))
    return int(bool(failures))


def _parser(peers: Mapping[str, Peer]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description="Other libraries beside flowrt.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(peers)}; default: all")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--repetitions", type=repetitions, default=5, help=f"how often each is timed; at least {LEAST_REPETITIONS}"
    )
    parser.add_argument("--environments", type=Path, default=default_folder(), help="where peers are installed")
    return parser


def markdown(found: list[Beside], failures: dict[str, str]) -> str:
    """Return the timings as a table, and a line for each peer that did not run."""
    table = [as_table(HEADINGS, map(_cells, found))] if found else []
    reasons = [f"{one.peer} has no {one.workload}: {one.reason}" for one in found if one.reason]
    notes = [*reasons, *(f"{name} {reason}" for name, reason in failures.items())]
    return "\n\n".join([*table, *(["\n".join(notes)] if notes else [])])


def _cells(beside: Beside) -> tuple[str, ...]:
    is_timed = beside.peer_microseconds is not None
    return (
        beside.peer,
        ", ".join(beside.versions.values()),
        beside.workload,
        f"{beside.nodes:,}" if beside.runs == 1 else f"{beside.nodes:,} x {beside.runs:,}",
        f"{beside.peer_microseconds:,.1f}" if is_timed else "",
        f"{beside.b1_microseconds:.2f}",
        f"{beside.flowrt_microseconds:.2f}",
        f"{beside.ratio:,.0f}" if is_timed else "",
    )


def as_json(found: list[Beside], failures: dict[str, str]) -> str:
    """Return the timings and failures as one JSON document."""
    timings: list[dict[str, Any]] = [{**msgspec.to_builtins(beside), "ratio": beside.ratio} for beside in found]
    return msgspec.json.encode({"peers": timings, "failures": failures}).decode()


if __name__ == "__main__":
    sys.exit(main())
