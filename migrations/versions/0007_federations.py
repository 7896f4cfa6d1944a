"""Trust anchors and entities of federations. Adds two tables and a column that may be empty."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0009"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "trust_anchors",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("entity_id", sa.String(512), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("jwks", sa.JSON(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("added_by", sa.String(128), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
    )
    op.create_index("ix_trust_anchors_created_at", "trust_anchors", ["created_at"])
    op.create_index("ix_trust_anchors_entity_id", "trust_anchors", ["entity_id"])
    op.create_table(
        "federation_entities",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("anchor_id", sa.String(36), sa.ForeignKey("trust_anchors.id"), nullable=False),
        sa.Column("entity_id", sa.String(512), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("trust_chain", sa.Text(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("checked_at", TIME, nullable=False),
        sa.Column("added_by", sa.String(128), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
    )
    op.create_index("ix_federation_entities_anchor_id", "federation_entities", ["anchor_id"])
    op.create_index("ix_federation_entities_created_at", "federation_entities", ["created_at"])
    op.create_index("ix_federation_entities_entity_id", "federation_entities", ["entity_id"])
    op.add_column("trusted_issuers", sa.Column("federation_entity_id", sa.String(36)))
    op.create_index(
        "ix_trusted_issuers_federation_entity_id", "trusted_issuers", ["federation_entity_id"]
    )
