"""The definitions of a real product, where their folder is there: sound ones load, the others say what is wrong."""

import pytest
from definition.workflows import PASS_ALL
from real_definitions import FILES, MISSING, read

from flowrt.definition import export_definition, load_definition
from flowrt.errors import DefinitionError


def faults_of(document):
    """Return what is wrong, found in another way than the package does: words that must occur in the message."""
    nodes, edges = document["nodes"], document["edges"]
    ids = [node.get("id") for node in nodes]
    faults = {f"no `{key}`" for key in ("id", "type") for node in nodes if not node.get(key)}
    faults |= {f"no `{end}`" for end in ("source", "target") for edge in edges if end not in edge}
    ends = [(edge.get("source", edge.get("sourceId")), edge.get("target", edge.get("targetId"))) for edge in edges]
    ends = [(edge.get("from", a), edge.get("to", b)) for edge, (a, b) in zip(edges, ends, strict=True)]
    faults |= {"there is no node" for pair in ends for end in pair if end not in ids}
    faults |= {"is taken by" for name in ids if name is not None and ids.count(name) > 1}
    return faults | ({"form a cycle"} if has_cycle(ends) else set())


def has_cycle(pairs):
    """Take away nodes that nothing leads to, until there is none: what is left over lies on or behind a cycle."""
    nodes = {end for pair in pairs for end in pair}
    while free := nodes - {target for source, target in pairs if source in nodes}:
        nodes -= free
    return bool(nodes)


@pytest.mark.skipif(not FILES, reason=MISSING)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_real_definition_loads_exactly_if_it_is_sound(file):
    faults = faults_of(read(file))
    if not faults:
        definition = load_definition(file, PASS_ALL).definition
        assert load_definition(export_definition(definition), PASS_ALL).definition == definition
        return
    with pytest.raises(DefinitionError) as caught:
        load_definition(file, PASS_ALL)
    assert {fault for fault in faults if fault not in str(caught.value)} == set()
