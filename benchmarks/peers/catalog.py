"""The peers: what is installed, what runs, and how."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from benchmarks.peers.tasks import Task


class Peer(NamedTuple):
    """A library that is timed beside flowrt."""

    name: str
    requirements: tuple[str, ...]
    script: str
    """The module that its interpreter runs."""
    tasks: tuple[Task, ...]
    settings: Mapping[str, str] = MappingProxyType({})
    """Environment variables that make it as quick as its documentation says, or keep it from the network."""
    timeout_seconds: float = 180.0


SCRIPTS = "benchmarks.peers.scripts"


def _tasks(size: int, runs: int) -> tuple[Task, ...]:
    """Return the graphs of W1 to W4 with about so many nodes; W4 always has ten."""
    return (
        Task("W1", "chain", (size,), runs),
        Task("W2", "one_many_one", (size,), runs),
        Task("W3", "layered", (10, size // 10), runs),
        Task("W4", "ten_nodes", (), size * runs // 10),
    )


PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer(
            "aiometer",
            ("aiometer==1.0.0",),
            f"{SCRIPTS}.aiometer_amap",
            (Task("map", "chain", (3,), 3_000, at_once=100),),
        ),
        Peer("hamilton", ("sf-hamilton==1.90.0",), f"{SCRIPTS}.hamilton", _tasks(1_000, 2)),
        Peer("dask", ("dask==2026.8.0",), f"{SCRIPTS}.dask_sync", _tasks(1_000, 2)),
        Peer("pydantic-graph", ("pydantic-graph==2.68.0",), f"{SCRIPTS}.pydantic_steps", _tasks(100, 2)),
        Peer(
            "langgraph",
            ("langgraph==1.2.24",),
            f"{SCRIPTS}.langgraph_state",
            _tasks(100, 1),
            {"LANGSMITH_TRACING": "false"},
        ),
        Peer(
            "dbos",
            ("dbos==3.4.0",),
            f"{SCRIPTS}.dbos_steps",
            (Task("W2", "one_many_one", (18,), 1), Task("W4", "ten_nodes", (), 2)),
        ),
        Peer(
            "prefect",
            ("prefect==3.9.1",),
            f"{SCRIPTS}.prefect_tasks",
            (Task("W2", "one_many_one", (8,), 1), Task("W4", "ten_nodes", (), 1)),
            {
                "PREFECT_LOGGING_LEVEL": "ERROR",
                "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
                "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
            },
        ),
    )
}
