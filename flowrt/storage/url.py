"""Which database a text names."""

import os
from pathlib import Path
from typing import NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from flowrt.errors import StoreUnavailableError

MEMORY = ":memory:"


class DatabaseUrl(NamedTuple):
    """A database that the SQL store can open."""

    shown: str
    """The URL as it was given, without its password."""
    path: Path | None
    """The absolute path of the file; `None`: a database in memory."""
    url: sa.URL
    """What SQLAlchemy connects to."""


def parse_url(text: str | os.PathLike[str]) -> DatabaseUrl:
    """Say which database a text names.

    `sqlite+aiosqlite:///PATH` and `sqlite:///PATH` name a file, and so does a plain path. `sqlite://` and `:memory:`
    name a database in memory. A relative path is meant from the current folder at the time of this call.

    Raises:
        TypeError: It is neither a text nor a path.
        StoreUnavailableError: It names no database, or one that this version of flowrt can't use.
    """
    if not isinstance(cast("object", text), str | os.PathLike):
        raise TypeError(f"the database was {text!r}; expected a URL or a path, such as 'flowrt.db'")
    text = os.fspath(text)
    if not text:
        raise StoreUnavailableError("''", "the URL is empty; give one like sqlite:///flowrt.db, or :memory:")
    if "\0" in text:
        raise StoreUnavailableError(text.replace("\0", "\\0"), "a file's name can't hold a NUL character")
    if (encoded := text.encode(errors="backslashreplace").decode()) != text:
        raise StoreUnavailableError(encoded, "a file's name must be UTF-8; choose another one")
    if "://" not in text:
        return _sqlite(text, sa.URL.create("sqlite+aiosqlite", database=text))
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError) as error:
        scheme = text.partition("://")[0]
        raise StoreUnavailableError(
            f"{scheme}://...", "this is no database URL; give one like sqlite:///flowrt.db"
        ) from error
    shown = hide_password(url)
    if url.drivername not in {"sqlite", "sqlite+aiosqlite"}:
        raise StoreUnavailableError(shown, f"flowrt {_advice(url)}; give a URL like sqlite:///flowrt.db")
    if url.host:
        raise StoreUnavailableError(shown, f"a file's URL has three slashes: sqlite:///{url.host}{url.database or ''}")
    return _sqlite(shown, url.set(drivername="sqlite+aiosqlite"))


def hide_password(url: sa.URL) -> str:
    """Return a URL's text without what may be secret in it."""
    secret = [key for key in url.query if "pass" in key.lower()]
    return url.difference_update_query(secret).render_as_string(hide_password=True)


def _sqlite(shown: str, url: sa.URL) -> DatabaseUrl:
    if url.database in {None, "", MEMORY}:
        return DatabaseUrl(shown or MEMORY, None, url.set(database=MEMORY))
    if str(url.database).startswith("file:"):
        raise StoreUnavailableError(shown, "give the file's path instead of a file: URI: sqlite:///flowrt.db")
    path = Path(str(url.database)).expanduser().absolute()
    return DatabaseUrl(shown, path, url.set(database=str(path)))


def _advice(url: sa.URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"reaches SQLite through aiosqlite, not through {url.get_driver_name()}"
    return f"keeps its log in SQLite in this version, not in {url.get_backend_name()}"
