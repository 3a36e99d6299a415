"""Randomness that code takes from the process, decided by a seed while a simulation runs."""

import os
import random
from collections.abc import Generator
from contextlib import contextmanager
from threading import get_ident
from typing import Any


@contextmanager
def seeded_randomness(seed: str) -> Generator[None, None, None]:
    """Let the module `random` follow a seed, and in this thread `os.urandom`, of which `uuid4` and `secrets` are made.

    Afterwards both go on as if nothing had been.
    """
    state, real = random.getstate(), os.urandom
    source, own_thread = random.Random(f"{seed} urandom"), get_ident()  # noqa: S311 - it is to be repeated

    def urandom(size: int, /) -> bytes:
        return source.randbytes(size) if get_ident() == own_thread else real(size)

    random.seed(seed)
    _set_urandom(urandom)
    try:
        yield
    finally:
        _set_urandom(real)
        random.setstate(state)


def _set_urandom(function: Any) -> None:
    os.urandom = function
    random.__dict__["_urandom"] = function  # what `random.SystemRandom`, and so `secrets`, calls
