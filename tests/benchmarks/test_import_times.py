"""Starting flowrt is timed in whole processes that did what they should."""

import pytest

imports = pytest.importorskip("benchmarks.imports", reason="the benchmarks are no part of the installed package")

from benchmarks.measure import WrongResultError  # noqa: E402


def test_each_process_is_held_against_its_baseline(monkeypatch):
    monkeypatch.setattr(imports, "LEAST_STARTS", 1)
    rows = imports.measure_imports(1)
    assert [(row.process, row.baseline) for row in rows] == [
        ("import flowrt", "import asyncio"),
        ("flowrt --help", "import typer"),
    ]
    assert all(row.repetitions == 1 and row.ratio > 0 for row in rows)


def test_a_process_that_does_not_print_what_it_should_is_an_error_and_no_time(monkeypatch):
    silent = imports.Process("flowrt --help", ("-c", "pass"), "Commands:")
    monkeypatch.setattr(imports, "PAIRS", ((silent, silent),))
    with pytest.raises(WrongResultError, match="ended with 0"):
        imports.measure_imports(1)
