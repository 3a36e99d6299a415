"""Times for people."""

from datetime import UTC, datetime

NANOSECONDS = 1_000_000_000
"""As in `flowrt.clock`, which loads more than the help needs."""


def moment(at_ns: int) -> str:
    """Return a time in the local time zone."""
    return datetime.fromtimestamp(at_ns / NANOSECONDS, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def timestamp(at_ns: int) -> str:
    """Return a time in ISO 8601, in UTC."""
    return datetime.fromtimestamp(at_ns / NANOSECONDS, UTC).isoformat(timespec="milliseconds")


def duration(duration_ns: int | None) -> str:
    """Return a duration in a unit that fits it."""
    if duration_ns is None:
        return ""
    seconds = duration_ns / NANOSECONDS
    if seconds < 0.001:  # noqa: PLR2004
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.1f} ms"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"  # noqa: PLR2004


def seconds(duration_ns: int | None) -> float | None:
    """Return a duration in seconds."""
    return None if duration_ns is None else duration_ns / NANOSECONDS
