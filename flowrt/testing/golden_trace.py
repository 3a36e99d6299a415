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


@cache
def _written() -> "pytest.StashKey[dict[Path, tuple[str, str]]]":
    """Return where a run of pytest keeps what it wrote to which file, and for which test."""
    import pytest  # noqa: PLC0415

    return pytest.StashKey()


class GoldenTrace:
    """What the fixture `golden_trace` gives: call it with a trace to compare it with its file.

    The file is in the folder `traces` beside the test's module, and has the test's name, with its class and
    parameters; for another seed of `--flow-seed` or `--flow-seeds` than 0 it is a file of its own. With
    `--flow-update-traces` it is written instead.
    """

    def __init__(self, request: "pytest.FixtureRequest") -> None:
        self._node: Any = request.node
        self._config = request.config
        self._folder = request.path.parent / "traces"
        self._test: str = request.node.nodeid
        self._calls = 0

    def __call__(self, trace: "Trace", name: str | None = None) -> None:
        """Assert that a trace is the one that its file holds, or write the file.

        Under a seed of the command line other than 0, for which there is no file, the test is skipped here.

        Args:
            trace: The trace.
            name: The file's name, without its ending; `None`: the test's. Tests may share a file that is named.

        Raises:
            AssertionError: The trace is another one, there is no such file, or another trace has this file.
        """
        path, seed = self._path(name)
        if name is None:
            self._own(path)
        is_update = bool(self._config.getoption(UPDATE))
        if is_update:
            path.parent.mkdir(exist_ok=True)
            self._refuse_another(path, str(trace))
        elif seed and not path.exists():
            import pytest  # noqa: PLC0415

            pytest.skip(f"no trace of seed {seed} is kept: run pytest with {UPDATE} and this seed to write {path.name}")
        try:
            trace.assert_matches_file(path, update=is_update)
        except AssertionError as error:
            error.add_note(f"If it is right as it is now: run pytest with {UPDATE}, and look at what changed.")
            raise

    def _path(self, name: str | None) -> tuple[Path, int]:
        """Return the file of a trace, and the seed that the command line gave, or 0."""
        import pytest  # noqa: PLC0415

        from flowrt.testing.pytest_plugin import has_own_seeds  # noqa: PLC0415 - it needs pytest

        seed: int = 0 if has_own_seeds(self._node) else self._node.funcargs.get("flow_seed", 0)
        if name is None:
            cls: Any = self._node.getparent(pytest.Class)
            parameters = str(getattr(getattr(self._node, "callspec", None), "id", ""))
            others = "-".join(part for part in parameters.split("-") if part != f"seed={seed}")
            name = f"{'' if cls is None else f'{cls.name}.'}{self._node.originalname}_{others}"
        plain = re.sub(r"[^A-Za-z0-9=.-]+", "_", name).strip("_")
        # `.trace`, since pytest takes files called `test*.txt` for doctests
        return self._folder / (f"{plain}.seed={seed}.trace" if seed else f"{plain}.trace"), seed

    def _own(self, path: Path) -> None:
        """Refuse a file that another trace of this run has."""
        self._calls += 1
        call = f"{self._test}, call {self._calls} of golden_trace"
        owner = self._config.stash.setdefault(_owners(), {}).setdefault(path, call)
        assert owner == call, f"{path} is the file of {owner}: give this one a name, golden_trace(trace, name)"  # noqa: S101 - it asserts

    def _refuse_another(self, path: Path, text: str) -> None:
        """Refuse to write over another trace that this run wrote."""
        written, test = self._config.stash.setdefault(_written(), {}).setdefault(path, (text, self._test))
        assert written == text, f"{path} holds another trace, of {test}: give one of them another name"  # noqa: S101 - it asserts
