"""Collecting the events of a runtime."""

from flowrt.events import Event, LogEvent


class CapturedEvents(list[Event]):
    """A list of events that a runtime fills: `Runtime(hooks=[events])`."""

    def __call__(self, event: Event) -> None:
        """Take an event."""
        self.append(event)

    @property
    def logged(self) -> list[LogEvent]:
        """Those that a store keeps."""
        return [event for event in self if isinstance(event, LogEvent)]


def capture_events() -> CapturedEvents:
    """Return a list that takes the events of the runtimes that are made with it: `Runtime(hooks=[events])`."""
    return CapturedEvents()
