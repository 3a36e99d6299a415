"""Definitions of a real product: the sound ones run, with the same output on both backends; the others are refused."""

from graphlib import CycleError, TopologicalSorter

import pytest
import real_definitions
from real_definitions import MISSING, read

FILES = [file for file in real_definitions.FILES if "nodes" in read(file)]


def is_sound(document):
    """Whether all nodes have types and ids of their own, and the edges lead from node to node, without a cycle."""
    ids = [node.get("id") for node in document["nodes"]]
    edges = [(edge.get("source"), edge.get("target")) for edge in document.get("edges", ())]
    if not ids or len(ids) != len(set(ids)) or None in ids or not all(node.get("type") for node in document["nodes"]):
        return False
    if not {end for edge in edges for end in edge} <= set(ids):
        return False
    try:
        TopologicalSorter({key: [source for source, target in edges if target == key] for key in ids}).prepare()
    except CycleError:
        return False
    return True


@pytest.mark.skipif(not FILES, reason=MISSING)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_definition_runs_on_both_backends_or_is_refused(flowrt, file):
    arguments = ["run", file, "--unknown-steps", "pass", "--no-db", "--json"]
    ran = [flowrt(*arguments, "--backend", backend) for backend in ("asyncio", "trio")]
    assert "Traceback" not in ran[0].err
    if is_sound(read(file)):
        assert [(one.status, one.json["status"]) for one in ran] == [(0, "completed")] * 2, ran[0].err
        assert ran[0].json["output"] == ran[1].json["output"]
    else:
        assert [one.status for one in ran] == [2, 2]
        assert ran[0].json["error"]["problems"]


def test_the_folder_has_both_kinds():
    if not FILES:
        pytest.skip(MISSING)
    kinds = {is_sound(read(file)) for file in FILES}
    assert kinds == {True, False}
