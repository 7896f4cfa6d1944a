"""The outbox, the addresses of webhooks, and how issuers write mail. Only adds tables."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary()),
        sa.Column("previous_secret_until", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("failing_since", TIME),
        sa.Column("disabled_at", TIME),
        sa.Column("disabled_reason", sa.String(16)),
    )
    op.create_index("ix_webhook_endpoints_issuer_id", "webhook_endpoints", ["issuer_id"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("event_id", sa.String(36), nullable=False),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("happened_at", TIME, nullable=False),
        sa.Column("endpoint_id", sa.String(36), sa.ForeignKey("webhook_endpoints.id")),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("erase_at", TIME),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("attempted_at", TIME),
        sa.Column("finished_at", TIME),
        sa.Column("problem", sa.String(64)),
        sa.Column("answer", sa.Integer()),
    )
    op.create_index("ix_outbox_state_channel_due_at", "outbox", ["state", "channel", "due_at"])
    op.create_index(
        "ix_outbox_endpoint_id_happened_at_id", "outbox", ["endpoint_id", "happened_at", "id"]
    )
    op.create_index(
        "ix_outbox_issuer_id_channel_happened_at",
        "outbox",
        ["issuer_id", "channel", "happened_at"],
    )
    op.create_table(
        "mail_settings",
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), primary_key=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
    )
