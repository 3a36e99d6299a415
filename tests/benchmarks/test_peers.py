"""Other libraries, each in an environment of its own: what does not run is a line, and the rest goes on."""

import json

import pytest

command = pytest.importorskip("benchmarks.peers.__main__", reason="the benchmarks are no part of the installed package")

from benchmarks.peers import tasks  # noqa: E402
from benchmarks.peers.catalog import PEERS, Peer  # noqa: E402
from benchmarks.peers.running import Beside  # noqa: E402
from benchmarks.peers.tasks import Task  # noqa: E402

SMALL = (Task("W2", "one_many_one", (5,), 1), Task("W4", "ten_nodes", (), 2))
PLAIN = Peer("plain", (), "benchmarks.peers.scripts.plain", SMALL)
NOWHERE = Peer("nowhere", ("/nowhere/peer-1.0-py3-none-any.whl",), PLAIN.script, SMALL)
BROKEN = Peer("broken", (), "benchmarks.peers.scripts.no_such_script", SMALL)
SLOW = PLAIN._replace(name="slow", timeout_seconds=0)
FAKES = {peer.name: peer for peer in (NOWHERE, BROKEN, SLOW, PLAIN)}


def run(tmp_path, *arguments, peers=FAKES):
    return command.main([*arguments, "--repetitions", "5", "--environments", str(tmp_path)], peers)


def test_a_peer_is_timed_beside_flowrt_on_the_same_graphs(tmp_path, capsys):
    assert run(tmp_path, "plain", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["failures"] == {}
    assert [(one["workload"], one["nodes"]) for one in found["peers"]] == [("W2", 7), ("W4", 10)]
    assert all(one["ratio"] > 0 and one["b1_microseconds"] > 0 for one in found["peers"])


def test_peers_that_do_not_run_are_lines_and_the_rest_goes_on(tmp_path, capsys):
    assert run(tmp_path) == 1
    table, lines = capsys.readouterr().out.split("\n\n")
    assert [row.split(" | ")[0] for row in table.splitlines()[2:]] == ["| plain"] * 2
    nowhere, broken, slow = lines.splitlines()
    assert nowhere.startswith("nowhere can't be installed: ERROR:")
    assert broken.startswith("broken failed: ")
    assert "no_such_script" in broken
    assert slow == "slow failed: it took longer than 0 s"


def test_an_environment_is_made_once(tmp_path):
    run(tmp_path, "plain")
    [home] = tmp_path.iterdir()
    made = (home / "installed").stat().st_mtime_ns
    run(tmp_path, "plain")
    assert [*tmp_path.iterdir()] == [home]
    assert (home / "installed").stat().st_mtime_ns == made


def test_too_few_repetitions_are_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main(["plain", "--repetitions", "0"], FAKES)
    assert "0 is too few for a median: at least 5" in capsys.readouterr().err


def test_an_unknown_peer_is_answered_with_the_known_ones(tmp_path, capsys):
    assert command.main(["plain", "airflow"]) == 2
    said = capsys.readouterr().err
    assert (
        "no peer plain, airflow; there are: aiometer, hamilton, dask, pydantic-graph, langgraph, dbos, prefect" in said
    )


def test_what_a_peer_can_not_express_is_a_line():
    found = Beside(
        peer="plain",
        versions={},
        workload="W3",
        nodes=9,
        runs=1,
        peer_microseconds=None,
        reason="its joins can't express it",
        b1_microseconds=4.0,
        flowrt_microseconds=1.0,
    )
    assert command.markdown([found], {}).endswith("\n\nplain has no W3: its joins can't express it")


def test_executions_of_a_map_are_timed_with_map(tmp_path, capsys):
    mapping = PLAIN._replace(tasks=(Task("map", "chain", (3,), 10, at_once=4),))
    assert run(tmp_path, "--json", peers={"plain": mapping}) == 0
    [found] = json.loads(capsys.readouterr().out)["peers"]
    assert found["flowrt_microseconds"] > 0


@pytest.mark.parametrize("peer", PEERS.values(), ids=list(PEERS))
def test_each_peer_is_pinned_and_has_graphs_to_run(peer):
    assert all("==" in requirement for requirement in peer.requirements)
    assert all(tasks.expected(task.graph) > 0 for task in peer.tasks)
