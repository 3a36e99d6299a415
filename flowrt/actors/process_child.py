"""What a process does that runs steps. It is started as a script, and knows nothing of flowrt.

It reads messages from its standard input, each with its size before it: first how to import what its parent could, then
for each call the call and its arguments. It answers on its standard output. Both are moved away from where a step could
find them: what a step prints goes to standard error.
"""

import contextlib
import io
import os
import pickle
import queue
import runpy
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any, BinaryIO

RETURNED, RAISED, REFUSED = b"R", b"E", b"T"
"""What an answer begins with: what follows is the result, an error, or why something can't be sent."""
SIZE_BYTES = 8
MAX_CALLS = 1000
MAIN, SCRIPT = "__main__", "__mp_main__"
LOADING = "FLOWRT_LOADING_SCRIPT"
"""Set in the environment while the parent's script is imported: it must not start processes then."""


class RefusedError(Exception):
    """Something can't be sent to this process, or back."""


def main() -> None:
    """Answer calls until the parent closes the pipe, or is gone."""
    requests, answers = _claim_pipes()
    signal.signal(signal.SIGINT, _ignore)
    setup: dict[str, Any] = pickle.loads(_read(requests))  # noqa: S301 - of our parent
    sys.path[:] = setup["path"]
    sys.argv[:] = setup["arguments"]
    loader = Loader(setup["script"])
    waiting: queue.SimpleQueue[tuple[bytes, bytes]] = queue.SimpleQueue()

    def read() -> None:
        # in a thread, so that a busy process ends, too, when its parent is gone
        while True:
            waiting.put((_read(requests), _read(requests)))

    threading.Thread(target=read, daemon=True).start()
    while True:
        kind, body = answer(loader, *waiting.get())
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        answers.write(kind + len(body).to_bytes(SIZE_BYTES, "big"))
        answers.write(body)
        answers.flush()


def _ignore(_number: int, _frame: object) -> None:
    """Leave Ctrl-C to the parent, which ends what is to end. What a step starts handles it as usual."""


def _claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # there is no standard error
        os.dup2(nothing, 1)
    return requests, answers


def _read(requests: BinaryIO) -> bytes:
    size = requests.read(SIZE_BYTES)
    body = requests.read(int.from_bytes(size, "big")) if len(size) == SIZE_BYTES else b""
    if not body:
        _end()
    return body


def _end() -> None:
    """End, with all that steps started: the parent has closed the pipe, or is gone, and nobody waits for it."""
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


class Loader:
    """Makes objects of bytes; imports the parent's script only if something of it is asked for.

    Args:
        script: The script's file; `None` if there is none.
    """

    def __init__(self, script: str | None) -> None:
        self._script = script
        self._calls: dict[bytes, Callable[..., Any]] = {}

    def load_call(self, text: bytes) -> Callable[..., Any]:
        """Return a call; each is made once."""
        if text not in self._calls:
            if len(self._calls) >= MAX_CALLS:
                self._calls.clear()
            self._calls[text] = self.load(text, "can't be found in a process")
        return self._calls[text]

    def load(self, text: bytes, problem: str) -> Any:
        """Return an object.

        Raises:
            RefusedError: It can't be made here.
        """
        try:
            return _Unpickler(io.BytesIO(text), self).load()
        except (Exception, SystemExit) as error:
            raise RefusedError(f"{problem} ({short(error)})") from error

    def load_script(self) -> None:
        """Import the parent's script, under another name than that of a script that runs."""
        if SCRIPT in sys.modules:
            return
        if self._script is None:
            raise ImportError("it stands in no file")
        module = ModuleType(SCRIPT)
        os.environ[LOADING] = "1"
        try:
            vars(module).update(runpy.run_path(self._script, run_name=SCRIPT))
        finally:
            del os.environ[LOADING]
        sys.modules[MAIN] = sys.modules[SCRIPT] = module


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: BinaryIO, loader: Loader) -> None:
        super().__init__(file)
        self._loader = loader

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if module_name == MAIN:
            self._loader.load_script()
        return super().find_class(module_name, global_name)


def answer(loader: Loader, call_text: bytes, argument_text: bytes) -> tuple[bytes, bytes]:
    """Make a call, and return the kind of the answer and what is in it."""
    try:
        call = loader.load_call(call_text)
        arguments, options = loader.load(argument_text, "can't be given its arguments in a process")
    except RefusedError as error:
        return REFUSED, str(error).encode()
    try:
        result = call(*arguments, **options)
    except BaseException as error:  # noqa: BLE001 - it is raised again in the parent
        return RAISED, pack_error(error)
    try:
        return RETURNED, pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - whatever pickling raises
        text = f"returned {_kind(result)}, which can't be sent back from a process ({short(error)})"
        return REFUSED, text.encode()


def pack_error(error: BaseException) -> bytes:
    """Return an error as bytes: its traceback as text, and itself, or where pickle can't, what it is made of."""
    frames = None if error.__traceback__ is None else error.__traceback__.tb_next  # the first is that of `answer`
    trace = "".join(traceback.format_exception(type(error), error, frames))
    whole = _pickled(error)
    if whole is None or not _comes_back(whole):
        arguments = tuple(_or_text(value) for value in error.args)
        state = {name: _or_text(value) for name, value in vars(error).items()}
        kind = next(base for base in type(error).__mro__ if _pickled(base) is not None)
        return pickle.dumps((trace, b"", (kind, arguments, state)), pickle.HIGHEST_PROTOCOL)
    return pickle.dumps((trace, whole, None), pickle.HIGHEST_PROTOCOL)


def _pickled(value: object) -> bytes | None:
    try:
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    except Exception:  # noqa: BLE001 - whatever pickling raises
        return None


def _comes_back(text: bytes) -> bool:
    try:
        return isinstance(pickle.loads(text), BaseException)  # noqa: S301 - made here
    except Exception:  # noqa: BLE001 - a class may want other arguments than it keeps
        return False


def _or_text(value: object) -> object:
    return value if _pickled(value) is not None else repr(value)


def _kind(value: object) -> str:
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def short(error: BaseException) -> str:
    """Return an error as its class and message, cut where that is long."""
    return f"{type(error).__name__}: {error}"[:300]


if __name__ == "__main__":
    main()
