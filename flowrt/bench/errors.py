"""Errors of a bench.

FlowrtError
└── BenchError               a bench can't be run as it was asked for
    ├── SweepError           the sweep is none, or sweeps what the workflow has not
    ├── LatencyError         what is to be simulated is told wrongly
    └── ExtraMissingError    a library is not installed that only benches need
"""

from flowrt.errors import FlowrtError


class BenchError(FlowrtError):
    """A bench can't be run as it was asked for; nothing ran."""


class SweepError(BenchError):
    """The sweep is none, or sweeps what the workflow has not.

    Args:
        text: The sweep as it was given.
        reason: What is wrong, and what was expected.
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text, reason)
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        return f"the sweep {self.text!r}: {self.reason}"


class LatencyError(BenchError):
    """What is to be simulated is told wrongly.

    Args:
        text: The latency as it was given.
        reason: What is wrong, and what was expected.
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text, reason)
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        return f"the latency {self.text!r}: {self.reason}"


class ExtraMissingError(BenchError):
    """A library is not installed that only benches need.

    Args:
        library: The library.
        what: What needs it.
    """

    def __init__(self, library: str, what: str) -> None:
        super().__init__(library, what)
        self.library = library
        self.what = what

    def __str__(self) -> str:
        return f"{self.what} needs {self.library}, which is not installed: pip install 'flowrt[bench]'"
