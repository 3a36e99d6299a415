"""What Alembic runs to migrate: on the connection that `flowrt.storage.migrate` gives it, inside its transaction."""
# ruff: noqa: INP001 - Alembic's own layout

from alembic import context

from flowrt.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
