"""Comparing a trace with the file that a test keeps of it."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from flowrt.testing.trace import Trace

UPDATE = "--flow-update-traces"


@cache
def _owners() -> "pytest.StashKey[dict[Path, str]]":
    """Return where a run of pytest keeps which test has which file."""
    import pytest  # noqa: PLC0415 - the other names of the test kit need no pytest

    return pytest.StashKey()


class GoldenTrace:
    """What the fixture `golden_trace` gives: call it with a trace to compare it with its file.

    The file is in the folder `traces` beside the test's module, and has the test's name, with its class and
    parameters. With `--flow-update-traces` it is written instead.
    """

    def __init__(self, request: "pytest.FixtureRequest") -> None:
        import pytest  # noqa: PLC0415

        self._config = request.config
        self._folder = request.path.parent / "traces"
        self._test = request.node.nodeid
        cls: Any = request.node.getparent(pytest.Class)
        self._name: str = request.node.name if cls is None else f"{cls.name}.{request.node.name}"
        self._calls = 0

    def __call__(self, trace: "Trace", name: str | None = None) -> None:
        """Assert that a trace is the one that its file holds, or write the file.

        Args:
            trace: The trace.
            name: The file's name, without its ending; `None`: the test's. Tests may share a file that is named.

        Raises:
            AssertionError: The trace is another one, there is no such file, or another trace has this file.
        """
        path = self._folder / f"{re.sub(r'[^A-Za-z0-9=.-]+', '_', name or self._name).strip('_')}.txt"
        if name is None:
            self._own(path)
        update = bool(self._config.getoption(UPDATE))
        if update:
            path.parent.mkdir(exist_ok=True)
        try:
            trace.assert_matches_file(path, update=update)
        except AssertionError as error:
            error.add_note(f"If it is right as it is now: run pytest with {UPDATE}, and look at what changed.")
            raise

    def _own(self, path: Path) -> None:
        """Refuse a file that another trace of this run has."""
        self._calls += 1
        call = f"{self._test}, call {self._calls} of golden_trace"
        owner = self._config.stash.setdefault(_owners(), {}).setdefault(path, call)
        assert owner == call, f"{path} is the file of {owner}: give this one a name, golden_trace(trace, name)"  # noqa: S101 - it asserts
