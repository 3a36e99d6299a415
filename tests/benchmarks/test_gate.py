"""The gate fails where a ratio is over its limit twice."""

import pytest

gate = pytest.importorskip("benchmarks.gate", reason="the benchmarks are no part of the installed package")

from benchmarks import __main__ as command  # noqa: E402
from benchmarks.goals import GOALS, JSON, LOG_GOALS, MARGINS, NOT_YET, PYTHON, gate_limit  # noqa: E402


@pytest.mark.parametrize("name", MARGINS)
def test_each_workload_has_a_ratio_for_each_way(monkeypatch, name):
    monkeypatch.setattr("benchmarks.nodes.SLEEP_SECONDS", 0)
    rows = gate.measure_ratios(name, 20, 1)
    colours = {"async"} if name == "W5b" else {"def", "async"}
    ways = [PYTHON] if name in LOG_GOALS else [PYTHON, JSON]
    expected = {(way, colour, backend) for way in ways for colour in colours for backend in ("asyncio", "trio")}
    assert {(row.way, row.colour, row.backend) for row in rows} == expected
    assert all(row.ratio > 0 and row.goal > 0 for row in rows)


def test_what_is_not_reached_yet_is_worse_than_the_goal():
    assert all(limit > GOALS[name][way] for (name, way, _), limit in NOT_YET.items())


def test_a_limit_is_the_goal_and_its_margin_unless_it_is_not_reached_yet():
    assert gate_limit("W1", JSON, "def") == GOALS["W1"][JSON] * MARGINS["W1"]
    assert gate_limit("W6c", PYTHON, "def") == LOG_GOALS["W6c"] * MARGINS["W6c"]
    for (name, way, colour), limit in NOT_YET.items():
        assert gate_limit(name, way, colour) == limit * MARGINS[name]


@pytest.mark.parametrize(("excess", "status"), [([0.9], 0), ([1.1, 0.9], 0), ([1.1, 1.2], 1)])
def test_what_is_over_its_limit_is_measured_once_more(monkeypatch, capsys, excess, status):
    turns = iter(excess)

    def measure_ratios(name, _size, _repetitions):
        times = next(turns) if name == "W4" else 0.5
        return [gate._row(name, PYTHON, "def", "asyncio", gate_limit(name, PYTHON, "def") * times)]

    monkeypatch.setattr(gate, "measure_ratios", measure_ratios)
    assert command.main(["--gate"]) == status
    assert next(turns, None) is None
    told = "slower than before: W4 flowrt, Python, def, asyncio" if status else "nothing is slower than it may be"
    assert capsys.readouterr().out.splitlines()[-1] == told


def test_the_gate_takes_no_other_options(capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main(["W1", "--gate"])
    assert "give nothing else" in capsys.readouterr().err
