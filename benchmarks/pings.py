"""Pings from another process than the one that answers: how long a service leaves its callers waiting."""

import select
import socket
import struct
import time

PATIENCE_SECONDS = 30.0
_NUMBER = struct.Struct("!I")


class NoAnswerError(Exception):
    """The service hung up, answered something else, or did not answer."""


def ping(port: int, *, count: int, interval_seconds: float) -> list[float]:
    """Send pings evenly spaced, whether or not the ones before were answered.

    Returns:
        For each the seconds from when it was due, not from when it was sent, until its answer was here: what waited
        behind a slow answer counts as the callers feel it.

    Raises:
        NoAnswerError: One was not answered.
    """
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Pinger(connection, count, interval_seconds).run()


class _Pinger:
    def __init__(self, connection: socket.socket, count: int, interval_seconds: float) -> None:
        self._connection = connection
        self._count = count
        self._interval_seconds = interval_seconds
        self._sent = 0
        self._came = b""
        self._latencies: list[float] = []
        self._began = time.perf_counter()

    def run(self) -> list[float]:
        while len(self._latencies) < self._count:
            now = time.perf_counter()
            while self._sent < self._count and now >= self._due(self._sent):
                self._connection.sendall(_NUMBER.pack(self._sent))
                self._sent += 1
            is_last = self._sent == self._count
            self._receive(PATIENCE_SECONDS if is_last else max(0.0, self._due(self._sent) - now), is_last=is_last)
        return self._latencies

    def _due(self, number: int) -> float:
        return self._began + number * self._interval_seconds

    def _receive(self, timeout_seconds: float, *, is_last: bool) -> None:
        """Note the answers that come until something is due."""
        readable, _, _ = select.select([self._connection], [], [], timeout_seconds)
        if not readable:
            if is_last:
                raise NoAnswerError(f"ping {len(self._latencies)} was not answered in {PATIENCE_SECONDS:g} s")
            return
        came = self._connection.recv(65536)
        now = time.perf_counter()
        if not came:
            raise NoAnswerError("the service hung up")
        self._came += came
        whole = len(self._came) - len(self._came) % _NUMBER.size
        for (number,) in _NUMBER.iter_unpack(self._came[:whole]):
            if number != len(self._latencies):
                raise NoAnswerError(f"ping {len(self._latencies)} was answered with {number}")
            self._latencies.append(now - self._due(number))
        self._came = self._came[whole:]
