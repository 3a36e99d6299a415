"""What is loaded when."""

import pytest
from storage.child import run_python

import flowrt.storage

HEAVY = {"sqlalchemy", "aiosqlite", "alembic", "trio"}


@pytest.mark.parametrize(
    ("statement", "loaded"),
    [
        ("import flowrt.storage", set()),
        ("import flowrt.actors.sink", set()),
        ("from flowrt.storage import MemoryStore; MemoryStore()", set()),
        ("from flowrt.storage import SqlStore; SqlStore(':memory:')", {"sqlalchemy", "aiosqlite"}),
    ],
)
def test_a_database_library_is_loaded_only_for_a_database(statement, loaded):
    script = f"{statement}\nimport sys\nprint(*sorted(set(sys.modules) & {HEAVY!r}))"
    assert set(run_python(script).split()) == loaded


def test_every_exported_name_is_there():
    assert all(hasattr(flowrt.storage, name) for name in flowrt.storage.__all__)
    assert not hasattr(flowrt.storage, "PostgresStore")
