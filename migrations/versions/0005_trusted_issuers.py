"""The registry of issuers that are known here. Only adds a table."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "trusted_issuers",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("did", sa.String(512), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(512), nullable=False),
        sa.Column("digest", sa.String(128)),
        sa.Column("added_by", sa.String(128), nullable=False),
        sa.Column("valid_from", TIME, nullable=False),
        sa.Column("valid_until", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
    )
    op.create_index("ix_trusted_issuers_created_at", "trusted_issuers", ["created_at"])
    op.create_index("ix_trusted_issuers_did", "trusted_issuers", ["did"])
    op.create_index("ix_trusted_issuers_source", "trusted_issuers", ["source"])
