"""Runs migrations, from `app.storage.database.upgrade` or from the `alembic` command.

The whole upgrade is one transaction on both databases, and two processes that start it together
do so one after the other: SQLite by BEGIN IMMEDIATE, PostgreSQL by an advisory lock.
"""

from alembic import context
from sqlalchemy import text

from app.settings import Settings
from app.storage.database import make_engine, writing
from app.storage.tables import Table

# Any number that no other program on the same database uses for its own lock.
_ADVISORY_LOCK = 7_446_338_001

settings = context.config.attributes.get("settings") or Settings()
engine = make_engine(settings)

with writing(engine).begin() as connection:
    if connection.dialect.name == "postgresql":
        # Waiting for another migration may take a while; waiting for a busy table may not, since
        # everybody behind us would wait as well (migrations/README.md).
        connection.execute(text("SET LOCAL statement_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '4s'"))
        connection.execute(text("SET LOCAL statement_timeout = '5s'"))
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    context.run_migrations()

engine.dispose()
