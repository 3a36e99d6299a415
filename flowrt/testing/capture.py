"""Collecting the events of a runtime."""

from flowrt.events import LogEvent


class CapturedEvents(list[LogEvent]):
    """A list of events that a runtime fills: `Runtime(on_event=events)`."""

    def __call__(self, event: LogEvent) -> None:
        """Take an event."""
        self.append(event)


def capture_events() -> CapturedEvents:
    """Return a list that takes the events of the runtimes that are made with it: `Runtime(on_event=events)`."""
    return CapturedEvents()
