"""Whether a file can be written, asked before the work whose result it is to hold."""

import os
from pathlib import Path


def why_not_writable(path: Path) -> str | None:
    """Return why a file can't be written, which may be there already; `None`: it seems that it can."""
    folder = path.absolute().parent
    try:
        if not folder.is_dir():
            return f"there is no folder {folder}"
        if path.is_dir():
            return f"{path} is a folder"
        target = path if path.exists() else folder
    except OSError as error:  # such as a name that is too long
        return str(error)
    return None if os.access(target, os.W_OK) else f"{target} can't be written: permission denied"
