"""Batches, and on PostgreSQL the job queue that works them off.

The queue's tables, types and functions come from Procrastinate itself, whole, as its installed
version has them (decision 19): a later version's changes will be a migration of their own.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column("achievement", sa.Text()),
        sa.Column("form", sa.String(8), nullable=False),
        sa.Column("accept", sa.String(8), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("phase", sa.String(8), nullable=False),
        sa.Column("open_chunks", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("done_before", sa.Integer(), nullable=False),
        sa.Column("problem", sa.JSON()),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("phase_started_at", TIME),
        sa.Column("finished_at", TIME),
        sa.Column("emptied_at", TIME),
    )
    op.create_index(
        "ix_batches_issuer_id_created_at_id", "batches", ["issuer_id", "created_at", "id"]
    )
    op.create_index("ix_batches_state", "batches", ["state"])
    op.create_table(
        "batch_chunks",
        sa.Column("batch_id", sa.String(36), sa.ForeignKey("batches.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("entries", sa.JSON()),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("results", sa.LargeBinary()),
    )
    op.create_table(
        "issued_rows",
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("credential_id", sa.String(36), sa.ForeignKey("credentials.id"), nullable=False),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # Many statements at once, with per cent signs in them: past SQLAlchemy, without parameters.
        driver: Any = connection.connection.driver_connection
        driver.execute(SchemaManager.get_schema())
