"""A step that only a stand-in can stand for in virtual time."""

import time


def sleep() -> None:
    time.sleep(0)
