"""What SQLite's errors mean for a person, and what to do."""

import os
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from flowrt.errors import StoreError, StoreUnavailableError
from flowrt.storage.url import DatabaseUrl

REASONS = {
    "SQLITE_BUSY": "another process holds its lock for too long; end that process, or try again",
    "SQLITE_LOCKED": "another connection holds its lock for too long; try again",
    "SQLITE_FULL": "there is no space left; free some, or choose another folder",
    "SQLITE_READONLY": "it can't be written to; check the permissions of the file and of its folder",
    "SQLITE_PERM": "it can't be written to; check the permissions of the file and of its folder",
    "SQLITE_NOTADB": "the file is no SQLite database; choose another file",
    "SQLITE_CORRUPT": "the file is damaged; restore a copy, or choose another file",
    "SQLITE_IOERR": "the disk failed to read or write; check the disk, and that the file is not on a network share",
}


def store_error(error: Exception, database: DatabaseUrl) -> StoreError:
    """Return what to raise for an error of the driver; its `__cause__` is that error."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(original, sqlite3.IntegrityError):
        explained = StoreError(database.shown, f"the rows don't fit the schema: {original}")
    else:
        explained = StoreUnavailableError(database.shown, _reason(original, database))
    explained.__cause__ = original
    return explained


def _reason(error: BaseException, database: DatabaseUrl) -> str:
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith("SQLITE_CANTOPEN") and database.path is not None:
        return _why_not_opened(database.path)
    for known, reason in REASONS.items():
        if name.startswith(known):
            return f"{reason} ({error})"
    return str(error) or type(error).__name__


def _why_not_opened(path: Path) -> str:
    if path.is_dir():
        return f"{path} is a folder; add a file's name"
    if not path.parent.exists():
        return f"there is no folder {path.parent}; make it, or choose another one"
    if not path.parent.is_dir():
        return f"{path.parent} is no folder; choose another one"
    folder_mode = os.R_OK | os.W_OK | os.X_OK
    if not os.access(path.parent, folder_mode) or (path.exists() and not os.access(path, os.R_OK | os.W_OK)):
        missing = "" if path.exists() else "there is no such file, and "
        return f"{missing}no permission to write {path} or its folder; check their permissions"
    if not path.exists():
        return f"there is no file {path}; check the path"
    return f"{path} can't be opened; check the folder and its permissions"
