"""`python -m benchmarks [NAME...]`: run the workloads, print what they cost, and judge that.

Exit status: 0 all goals were reached, 1 one was not, 2 there is no workload of that name. With `--gate`: 0 nothing
is worse than it was, 1 something is.
"""

import argparse
import shlex
import sys

from benchmarks import gate
from benchmarks.backends import HAS_UVLOOP, WITHOUT_UVLOOP
from benchmarks.options import LEAST_REPETITIONS, new_file, repetitions
from benchmarks.report import Report, Section
from benchmarks.results import Kind
from benchmarks.suite import KINDS


def main(arguments: list[str] | None = None) -> int:
    known = [name for kind in KINDS for name in kind.titles]
    parser = _parser(known)
    options = parser.parse_args(arguments)
    if options.gate:
        if options != parser.parse_args(["--gate"]):
            parser.error("--gate decides itself what it runs, and how often: give nothing else")
        return gate.run()
    if unknown := [name for name in options.names if name not in known]:
        print(f"there is no workload {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    if not HAS_UVLOOP:
        print(WITHOUT_UVLOOP, file=sys.stderr)
    wanted = options.names or known
    sections = [_measure(kind, wanted, options.repetitions) for kind in KINDS]
    command = shlex.join(["python", "-m", "benchmarks", *(sys.argv[1:] if arguments is None else arguments)])
    report = Report(sections, command, options.repetitions)
    if options.output is not None:
        options.output.write_text(report.document(), encoding="utf-8")
    print(report.json() if options.json else report.text())
    return int(report.has_missed)


def _parser(names: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What flowrt costs per node.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to run: {', '.join(names)}; default: all")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--output", type=new_file, metavar="FILE", help="also write the tables as a Markdown document")
    parser.add_argument(
        "--repetitions", type=repetitions, default=7, help=f"how often each way is timed; at least {LEAST_REPETITIONS}"
    )
    parser.add_argument("--gate", action="store_true", help="run a short form, and fail if something got slower")
    return parser


def _measure(kind: Kind, wanted: list[str], repetitions: int) -> Section:
    results = []
    for name, title in kind.titles.items():
        if name in wanted:
            print(f"{name}: {title} ...", file=sys.stderr, flush=True)
            results.extend(kind.measure(name, repetitions))
    return Section(kind.key, results, kind.markdown)


if __name__ == "__main__":
    sys.exit(main())
