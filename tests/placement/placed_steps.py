"""Steps for tests of processes: a process finds them by their names."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from flowrt import Retry, Timeout, step


class LentError(Exception):
    """An error that pickle can't take as it is: its class wants two arguments, and it holds a lock."""

    def __init__(self, name, days):
        super().__init__(f"{name} is {days} days late")
        self.days = days
        self.lock = threading.Lock()


def square(record):
    return {"square": record["n"] ** 2}


def own_pid(_record):
    return {"pid": os.getpid()}


def hang(_record):
    time.sleep(1000)


def hang_noted(record):
    with open(record["file"], "a") as file:  # noqa: PTH123
        file.write(f"{os.getpid()}\n")
    time.sleep(1000)


def exit_at_once(_record):
    os._exit(3)


def kill_itself(_record):
    os.kill(os.getpid(), signal.SIGKILL)


def crash_once(record):
    try:
        with open(record["file"], "x"):  # noqa: PTH123
            pass
    except FileExistsError:
        return {"survived": True}
    os._exit(1)


def crash_with_child(record):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    with open(record["file"], "a") as file:  # noqa: PTH123
        file.write(f"{child.pid}\n")
    os._exit(1)


def want_to_exit(_record):
    sys.exit(4)


def raise_value_error(record):
    raise ValueError(f"no {record['n']}")


def raise_lent(_record):
    raise LentError("the book", 3)


def raise_local(_record):
    class NowhereError(LookupError):
        pass

    raise NowhereError("gone")


def return_lock(_record):
    return {"lock": threading.Lock()}


def print_much(_record):
    print("printed" * 10)  # noqa: T201
    sys.stdout.write("written\n")
    os.write(1, b"to the descriptor\n")
    return {"printed": True}


def read_input(_record):
    return {"read": sys.stdin.read()}


def reverse(record):
    return {"data": record["data"][::-1]}


def later(_record):
    async def wait():
        return {}

    return wait()


@step(placement="process", timeout=Timeout(attempt=50, queue=50), retry=Retry(max_attempts=2))
def cube(n: int) -> int:
    """Return a cube."""
    return n**3


@step(placement="process")
def total(numbers: tuple[int, ...]) -> str:
    """Return a sum, and the type of what it was made of."""
    return f"{sum(numbers)} of a {type(numbers).__name__}"


class Scale:
    """A service with a step that is a method."""

    def __init__(self, factor: int) -> None:
        self.factor = factor

    @step(placement="process")
    def stretch(self, n: int) -> int:
        """Return a multiple."""
        return n * self.factor


def hang_with_child(record):
    with subprocess.Popen(["sleep", "1000"]) as child:  # noqa: S607
        Path(record["file"]).write_text(f"{child.pid}\n")
