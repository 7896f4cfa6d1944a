"""Definition policies, the states of an achievement, and awards that a board confirms.

Expands only: what is there already counts as published, by an issuer without a policy.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("issuers", sa.Column("policy_id", sa.String(64)))
    for column in (
        sa.Column("state", sa.String(16), nullable=False, server_default="published"),
        sa.Column("policy_id", sa.String(64)),
        sa.Column("author", sa.String(128)),
        sa.Column("approver", sa.String(128)),
        sa.Column("minute", sa.Text()),
        sa.Column("submitted_at", TIME),
        sa.Column("approved_at", TIME),
        sa.Column("published_at", TIME),
        sa.Column("withdrawn_at", TIME),
    ):
        op.add_column("achievements", column)
    op.create_table(
        "policies",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_index("ix_policies_issuer_id", "policies", ["issuer_id"])
    op.create_table(
        "awards",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column(
            "achievement_id", sa.String(36), sa.ForeignKey("achievements.id"), nullable=False
        ),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("author", sa.String(128), nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("confirmer", sa.String(128)),
        sa.Column("confirmed_at", TIME),
        sa.Column("minute", sa.Text()),
        sa.Column("credential_id", sa.String(36), sa.ForeignKey("credentials.id")),
    )
    op.create_index("ix_awards_achievement_id", "awards", ["achievement_id"])
    op.create_index("ix_awards_issuer_id", "awards", ["issuer_id"])
