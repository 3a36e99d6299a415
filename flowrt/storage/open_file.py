"""Whether the file of an open database is still the one that was opened."""

from flowrt.errors import StoreError
from flowrt.storage.url import DatabaseUrl

GONE = (
    "the file was removed, replaced or emptied while it was open: what is written now is lost. "
    "The log has ended: leave the file alone, and start again (in Python, with a new Runtime)"
)


class OpenFile:
    """Notices what SQLite does not on Unix: a file that was removed goes on existing for those who have it open.

    The file is not opened for that: SQLite's locks would end when it is closed.

    Args:
        database: The database; its file is the one that is there now.
    """

    def __init__(self, database: DatabaseUrl) -> None:
        self._database = database
        self._identity: tuple[int, int] | None = None
        self._identity = self._look()

    def check(self) -> None:
        """Look whether the file is still there; it takes two microseconds.

        Raises:
            StoreError: It is not, or is empty.
        """
        if self._look() != self._identity:
            raise StoreError(self._database.shown, GONE)

    def _look(self) -> tuple[int, int] | None:
        """Return what tells the file from any other; `None`: there is none, or nothing in it."""
        if self._database.path is None:
            return None
        try:
            found = self._database.path.stat()
        except PermissionError:  # for the folder: SQLite goes on, and so does its file
            return self._identity
        except OSError:
            return None
        return (found.st_dev, found.st_ino) if found.st_size else None
