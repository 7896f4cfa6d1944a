"""The catalogue of what is published, derived for searching.

Expands only. It is filled by `signet migrate` after the upgrade, in small transactions.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "catalogue_entries",
        sa.Column("series_id", sa.String(36), primary_key=True),
        sa.Column(
            "achievement_id", sa.String(36), sa.ForeignKey("achievements.id"), nullable=False
        ),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column("published_at", TIME, nullable=False),
        sa.Column("language", sa.String(64)),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.UniqueConstraint("achievement_id"),
    )
    op.create_index("ix_catalogue_entries_issuer_id", "catalogue_entries", ["issuer_id"])
    op.create_index("ix_catalogue_entries_language", "catalogue_entries", ["language"])
    op.create_index(
        "ix_catalogue_entries_published_at_achievement_id",
        "catalogue_entries",
        ["published_at", "achievement_id"],
    )
    op.create_table(
        "catalogue_values",
        sa.Column(
            "series_id",
            sa.String(36),
            sa.ForeignKey("catalogue_entries.series_id"),
            primary_key=True,
        ),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("value", sa.String(512), primary_key=True),
        sa.Column("number", sa.Double(), primary_key=True),
    )
    op.create_index(
        "ix_catalogue_values_kind_value_number", "catalogue_values", ["kind", "value", "number"]
    )
