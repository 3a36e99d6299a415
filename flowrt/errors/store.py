"""What went wrong with the log."""

from flowrt.errors.base import FlowrtError


class StoreError(FlowrtError):
    """The log can't be written or read.

    Args:
        url: The database, without its password.
        reason: What happened, and what to do.
    """

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        self.url = url
        self.reason = reason

    def __str__(self) -> str:
        return f"database {self.url}: {self.reason}"


class StoreUnavailableError(StoreError):
    """The database can't be opened, or takes nothing at the moment: it is locked or full, or went away."""


class SchemaError(StoreError):
    """The database has another version of the schema than this flowrt; `flowrt db upgrade` migrates an older one."""
