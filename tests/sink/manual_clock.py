"""A clock that a test turns by hand, on any backend."""

import anyio
from anyio.lowlevel import checkpoint


class ManualClock:
    def __init__(self):
        self.now_ns = 0
        self._sleepers = []

    def time_ns(self):
        return self.now_ns

    def monotonic_ns(self):
        return self.now_ns

    async def sleep_until(self, monotonic_ns):
        if monotonic_ns <= self.now_ns:
            await checkpoint()
            return
        sleeper = (monotonic_ns, anyio.Event())
        self._sleepers.append(sleeper)
        try:
            await sleeper[1].wait()
        finally:
            self._sleepers.remove(sleeper)

    @property
    def waits_seconds(self):
        """For how long each sleeper still sleeps."""
        return sorted((deadline - self.now_ns) / 1e9 for deadline, _ in self._sleepers)

    async def advance(self, seconds):
        """Let time pass, and then everybody who was woken go as far as they can."""
        self.now_ns += round(seconds * 1e9)
        for deadline, event in self._sleepers:
            if deadline <= self.now_ns:
                event.set()
        await anyio.wait_all_tasks_blocked()
