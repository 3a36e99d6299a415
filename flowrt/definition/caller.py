"""The code outside of this package that called into it."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

_HERE = str(Path(__file__).parent)
_STANDARD_LIBRARY = str(Path(inspect.__file__).parent)


def caller_names() -> Mapping[str, Any]:
    """Return the local names where this package was called, such as classes of a function."""
    frame = _caller()
    return {} if frame is None else frame.f_locals


def caller_line() -> str | None:
    """Return the file and line where this package was called."""
    frame = _caller()
    return None if frame is None else f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"


def _caller() -> FrameType | None:
    frame = inspect.currentframe()
    while frame is not None and _is_in_between(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def _is_in_between(file_name: str) -> bool:
    is_standard = file_name.startswith(_STANDARD_LIBRARY) and "site-packages" not in file_name
    return is_standard or file_name.startswith((_HERE, "<frozen "))
