"""The tables of the SQL store, as SQLAlchemy knows them. The migrations make the same; a test compares them.

Times are nanoseconds since 1970 and payloads are JSON as text, so that a person can read them and SQL can look inside.
Ids are text that sorts by time, and so serve as keys for paging.
"""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

workflows = sa.Table(
    "workflows",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("definition", sa.Text, nullable=False),
    sa.Column("created_at_ns", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("name", "version"),
    sa.UniqueConstraint("name", "digest"),
)

executions = sa.Table(
    "executions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("workflow", sa.Text, nullable=False),
    sa.Column("workflow_id", sa.Text, sa.ForeignKey("workflows.id")),
    sa.Column("parent_id", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("started_at_ns", sa.BigInteger, nullable=False),
    sa.Column("duration_ns", sa.BigInteger),
    sa.Column("input", sa.Text, nullable=False),
    sa.Column("output", sa.Text),
    sa.Column("error_type", sa.Text),
    sa.Column("error_message", sa.Text),
    sa.Column("error_traceback", sa.Text),
    sa.Column("failed_node", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("failures_absorbed", sa.Integer, nullable=False),
    sa.Index(None, "workflow", "id"),
    sa.Index(None, "status", "id"),
)

node_records = sa.Table(
    "node_records",
    metadata,
    sa.Column("execution_id", sa.Text, sa.ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("started_at_ns", sa.BigInteger, nullable=False),
    sa.Column("duration_ns", sa.BigInteger, nullable=False),
    sa.Column("output", sa.Text),
    sa.Column("output_size_bytes", sa.BigInteger),
    sa.Column("error_type", sa.Text),
    sa.Column("error_message", sa.Text),
    sa.Column("error_traceback", sa.Text),
    sa.Column("retry_delay_seconds", sa.Float),
    sa.Column("note", sa.Text),
    sqlite_with_rowid=False,
)

alembic_version = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own table, as Alembic makes it."""
