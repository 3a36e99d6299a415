"""Making many objects that stay, without looking for garbage among them again and again."""

import gc
from collections.abc import Generator
from contextlib import contextmanager

MANY = 10_000


@contextmanager
def without_collecting(count: int) -> Generator[None]:
    """Stop the garbage collector of this process for the block, if that makes many objects, and nothing but them.

    Each collection looks at all that was made so far: of a large plan that takes as long as making it. The block must
    not wait for anything.

    Args:
        count: About how many things are made in it.
    """
    if count < MANY or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
