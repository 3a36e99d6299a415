"""What a run found: as text for a terminal, as a Markdown document, and as JSON."""

import os
import platform
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from benchmarks.imports import LEAST_STARTS
from benchmarks.results import Result, as_data, summary

PACKAGES = ("flowrt", "anyio", "trio", "uvloop", "msgspec", "SQLAlchemy", "aiosqlite", "typer")


class Section(NamedTuple):
    """The results that share a table."""

    key: str
    results: list[Any]
    markdown: Callable[[list[Any]], str]


class Report(NamedTuple):
    """Everything that one run found."""

    sections: list[Section]
    command: str
    repetitions: int

    @property
    def results(self) -> list[Result]:
        """All results."""
        return [result for section in self.sections for result in section.results]

    @property
    def has_missed(self) -> bool:
        """A goal was missed."""
        return any(result.is_missed for result in self.results)

    def text(self) -> str:
        """Return the tables, and how many goals were reached."""
        return "\n\n".join([machine(), *self._tables(), summary(self.results)])

    def document(self) -> str:
        """Return a Markdown document that says how it was made."""
        made = f"Made by `{self.command}` on {datetime.now(UTC):%Y-%m-%d}."
        settings = [
            f"- Machine: {machine()}, {_processor()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}",
            f"- Versions: {', '.join(_versions())}",
            f"- Settings: {self.repetitions} repetitions; of `import` at least {LEAST_STARTS}",
            "- What is measured, and how: `docs/benchmarks.md`",
        ]
        head = ["# Benchmark results", made, "\n".join(settings), f"**{summary(self.results)}**"]
        return "\n\n".join([*head, *self._tables()]) + "\n"

    def _tables(self) -> list[str]:
        return [section.markdown(section.results) for section in self.sections if section.results]

    def json(self) -> str:
        """Return one JSON document."""
        data: dict[str, Any] = {section.key: as_data(section.results) for section in self.sections}
        return msgspec.json.encode({"machine": machine(), **data, "summary": summary(self.results)}).decode()


def machine() -> str:
    """Return the interpreter and the kind of machine."""
    return f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}"


def _processor() -> str:
    """Return the processor's name, where the system tells it."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown processor"


def _versions() -> list[str]:
    found = [f"SQLite {sqlite3.sqlite_version}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"no {package}")
    return found
