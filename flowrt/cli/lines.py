"""Lines of a file or pipe, read without holding up the event loop, and without a thread that the exit waits for."""

import os
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from threading import Thread
from typing import BinaryIO

import anyio

from flowrt.storage.loop_thread import poster

CHUNK_BYTES = 65_536
"""How much is read at once, at most: a pipe holds so much. What is there is taken, it is not waited for more."""


async def read_lines(file: BinaryIO) -> AsyncGenerator[list[bytes], None]:
    """Yield the lines of a file, without their ends, as many at once as arrive together.

    Nothing may have been read from the file before. A cancel leaves a thread behind that waits for the next input.

    Raises:
        OSError: It can't be read.
    """
    begun: list[bytes] = []
    while chunk := await _in_daemon(lambda: os.read(file.fileno(), CHUNK_BYTES)):
        lines, newline, rest = chunk.rpartition(b"\n")
        if newline:
            yield b"".join([*begun, lines]).split(b"\n")
            begun.clear()
        begun.append(rest)
    yield [b"".join(begun)]


async def _in_daemon(read: Callable[[], bytes]) -> bytes:
    """Call a function in a daemon thread: anyio's threads would keep a process alive whose input does not end."""
    future: Future[bytes] = Future()
    done = anyio.Event()
    post = poster()

    def work() -> None:
        try:
            future.set_result(read())
        except BaseException as error:  # noqa: BLE001 - it is the waiter's, whatever it is
            future.set_exception(error)
        post(done.set)

    Thread(target=work, name="flowrt input", daemon=True).start()
    await done.wait()
    return future.result()
