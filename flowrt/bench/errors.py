"""Errors of a bench.

FlowrtError
└── BenchError               a bench can't be run as it was asked for
    ├── OptionError          what is to be swept or simulated is told wrongly
    └── ExtraMissingError    a library is not installed that only benches need
"""

from flowrt.errors import FlowrtError


class BenchError(FlowrtError):
    """A bench can't be run as it was asked for; nothing ran."""


class OptionError(BenchError):
    """What is to be swept or simulated is told wrongly, or the workflow has it not.

    Args:
        what: What the text is to tell: `sweep` or `latency`.
        text: The text as it was given.
        reason: What is wrong, and what was expected.
    """

    def __init__(self, what: str, text: str, reason: str) -> None:
        super().__init__(what, text, reason)
        self.what = what
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        return f"the {self.what} {self.text!r}: {self.reason}"


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
