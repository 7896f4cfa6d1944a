"""Pathways, and which credentials were used up for an award. Only adds tables."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "pathways",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column("series_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.UniqueConstraint("series_id", "version"),
    )
    op.create_index("ix_pathways_issuer_id", "pathways", ["issuer_id"])
    op.create_table(
        "credential_uses",
        sa.Column("award_id", sa.String(36), sa.ForeignKey("credentials.id"), primary_key=True),
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column("pathway_id", sa.String(36), sa.ForeignKey("pathways.id"), nullable=False),
        sa.Column("used_at", TIME, nullable=False),
    )
    op.create_index(
        "ix_credential_uses_issuer_id_fingerprint",
        "credential_uses",
        ["issuer_id", "fingerprint"],
    )
    op.create_index("ix_credential_uses_pathway_id", "credential_uses", ["pathway_id"])
