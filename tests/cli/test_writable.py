"""What can't be written is known before the work whose result it is to hold."""

import os

import pytest

from flowrt.cli.writable import why_not_writable


def test_a_file_that_is_there_or_is_new_can_be_written(tmp_path):
    (tmp_path / "there.svg").touch()
    assert [why_not_writable(tmp_path / name) for name in ("there.svg", "new.svg")] == [None, None]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("folder.svg", "folder.svg is a folder"),
        ("nowhere/new.svg", "there is no folder"),
        ("file/new.svg", "there is no folder"),
        (300 * "x" + ".svg", "File name too long"),
    ],
)
def test_what_can_not_be_written_has_a_reason(tmp_path, name, reason):
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "file").touch()
    assert reason in why_not_writable(tmp_path / name)


@pytest.mark.parametrize(("name", "refused"), [("there.svg", "there.svg"), ("new.svg", "")])
def test_without_permission_the_file_or_its_folder_is_named(tmp_path, monkeypatch, name, refused):
    (tmp_path / "there.svg").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert why_not_writable(tmp_path / name) == f"{tmp_path / refused} can't be written: permission denied"
