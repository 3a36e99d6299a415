"""Standard output and error that take every character, whatever their encoding is."""

import codecs
import sys
from io import TextIOWrapper
from typing import TextIO, cast

IN_ASCII = str.maketrans({"│": "|", "├": "|", "└": "`", "─": "-", "→": ">", "µ": "u", "…": "."})
"""What commands draw with, and what stands for it where it can't be written."""


def take_every_character() -> None:
    """Let what an encoding lacks be told otherwise, rather than end the command."""
    codecs.register_error("flowrt", _told_otherwise)
    for stream in (sys.stdout, sys.stderr):
        if not has_every_character(stream) and isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="flowrt")


def has_every_character(stream: TextIO | None) -> bool:
    """Say whether a stream's encoding has every character; one that is closed, or has none, takes what it is given."""
    encoding = None if stream is None else cast("str | None", stream.encoding)
    return encoding is None or codecs.lookup(encoding).name == "utf-8"


def _told_otherwise(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(IN_ASCII)
    return text.encode("ascii", "backslashreplace"), error.end
