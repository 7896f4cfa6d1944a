"""What has to be told to others: the outbox, webhooks' addresses, and how an issuer writes mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.columns import Table

# Only what holds an address can have to lose it.
_SEALED = text("sealed IS NOT NULL")


class WebhookEndpoint(Table):
    """An address that an issuer's platform listens at.

    Secrets are sealed (`app.keys.sealing`) for `webhook_endpoints/ID`; for a while after a change
    the one before signs as well. `failing_since` is the first failure since the last success.
    """

    __tablename__ = "webhook_endpoints"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[str | None] = mapped_column(Text)  # space separated; None means all
    description: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_secret_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None] = mapped_column(String(16))  # "asked", "failing", "gone"


class OutboxItem(Table):
    """One thing to tell one receiver, written in the transaction of what it tells of.

    States: pending, delivered, dead. Whoever delivers puts `due_at` off first, so that a claim
    whose worker was killed comes up again by itself. `event_id` is the same for every attempt and
    every receiver of an event. `sealed` holds a learner's address until the message is delivered
    or given up, at the latest until `erase_at`; nothing else here is personal.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state_channel_due_at", "state", "channel", "due_at"),
        Index("ix_outbox_endpoint_id_happened_at_id", "endpoint_id", "happened_at", "id"),
        Index("ix_outbox_issuer_id_channel_happened_at", "issuer_id", "channel", "happened_at"),
        Index("ix_outbox_channel_attempted_at", "channel", "attempted_at"),
        Index("ix_outbox_erase_at", "erase_at", postgresql_where=_SEALED, sqlite_where=_SEALED),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(36))
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"))
    channel: Mapped[str] = mapped_column(String(8))  # "webhook" or "mail"
    event: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]]  # ids of things, by what they are
    happened_at: Mapped[datetime]
    endpoint_id: Mapped[str | None] = mapped_column(ForeignKey("webhook_endpoints.id"))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    erase_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(64))  # code of the last failure
    answer: Mapped[int | None] = mapped_column(Integer)  # status that the receiver answered with


class MailSettings(Table):
    """How an issuer writes to learners: sender, templates, and how long an address is kept."""

    __tablename__ = "mail_settings"

    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"), primary_key=True)
    document: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
