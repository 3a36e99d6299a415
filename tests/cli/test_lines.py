"""Lines are read in a thread, and what goes wrong there comes out here."""

import anyio
import pytest

from flowrt.cli.lines import read_lines


async def test_a_file_that_is_closed_is_an_error_and_does_not_hang(anyio_backend, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"{}")
    with path.open("rb") as file:
        pass
    with anyio.fail_after(20), pytest.raises(ValueError, match="closed file"):
        await anext(read_lines(file))


async def test_lines_come_without_their_ends(anyio_backend, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"one\n\ntwo")
    with path.open("rb") as file:
        assert [lines async for lines in read_lines(file)] == [[b"one", b""], [b"two"]]
