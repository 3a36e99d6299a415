"""Files that a command may not write into: what it reads, its database, and its own standard output."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import typer

STDOUT = 1
BESIDE = ("", "-wal", "-shm", "-journal")
"""What follows a database's name in the names of the files that it consists of."""


def refuse_overwriting(option: str, path: Path, read: Sequence[Path], db: str | None) -> None:
    """Refuse a file that is one of those by any name or link.

    Args:
        option: What the file is given with.
        path: The file.
        read: What the command reads.
        db: The database; `None`: there is none.

    Raises:
        BadParameter: It is one of them.
        StoreUnavailableError: The database is named wrongly.
    """
    if _is_standard_output(path):
        raise typer.BadParameter(f"standard output gets the summary: name a file for {option}")
    if any(_is_same(path, other) for other in (*read, *_files_of(db))):
        raise typer.BadParameter(f"{option} would overwrite {path}: name another file")


def _files_of(db: str | None) -> Iterator[Path]:
    from flowrt.storage.url import parse_url  # noqa: PLC0415 - it loads SQLAlchemy

    path = None if db is None else parse_url(db).path
    if path is not None:
        for name in (os.fspath(path), os.path.realpath(path)):  # SQLite follows a link before it names the others
            yield from (Path(name + end) for end in BESIDE)


def _is_same(path: Path, other: Path) -> bool:
    if os.path.realpath(path) == os.path.realpath(other):
        return True  # also where it is not there yet
    with suppress(OSError):
        return path.samefile(other)
    return False


def _is_standard_output(path: Path) -> bool:
    with suppress(OSError):  # it is closed, or the file is not there yet
        return os.path.samestat(path.stat(), os.fstat(STDOUT)) and not path.samefile(os.devnull)
    return False
