"""Batches: what was sent in to be issued, in chunks, and the keys by which a row is known again."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.columns import Table


class Batch(Table):
    """Many credentials to be issued from one file. Every row is checked, then those that may be.

    States: receiving (no caller has seen it yet), queued, running, done, failed, cancelled.
    `phase` is "check" or "issue"; `open_chunks` counts the chunks that it still has to do. The
    other numbers count rows.
    """

    __tablename__ = "batches"
    __table_args__ = (Index("ix_batches_issuer_id_created_at_id", "issuer_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"))
    achievement: Mapped[str | None] = mapped_column(Text)  # for the rows that name none
    form: Mapped[str] = mapped_column(String(8))  # "csv", "ndjson" or "json"
    accept: Mapped[str] = mapped_column(String(8))  # "all" or "partial"
    dry_run: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(16), index=True)
    phase: Mapped[str] = mapped_column(String(8))
    open_chunks: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    checked: Mapped[int] = mapped_column(Integer)
    issued: Mapped[int] = mapped_column(Integer)
    repeated: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    done_before: Mapped[int] = mapped_column(Integer)  # when the phase was taken up (again)
    problem: Mapped[dict[str, Any] | None]  # code and detail of what stopped it
    actor: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime]
    phase_started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    emptied_at: Mapped[datetime | None]  # when retention took its rows and results away


class BatchChunk(Table):
    """Some hundred rows of a batch that are checked, and later issued, in one transaction.

    `content` are the rows as they were sent, compressed and sealed (`app.keys.sealing`); it goes
    as soon as they are issued. `results` say of each row what became of it, without its contents.
    `entries` are the places in status lists that were reserved for the chunk.
    States: received, checked, issued.
    """

    __tablename__ = "batch_chunks"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    row_count: Mapped[int] = mapped_column(Integer)
    entries: Mapped[dict[str, Any] | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    results: Mapped[bytes | None] = mapped_column(LargeBinary)


class IssuedRow(Table):
    """The idempotency key of a row that was issued: the same row again issues nothing new.

    `request_hash` tells the same row from another one under the same key.
    """

    __tablename__ = "issued_rows"

    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))  # hex SHA-256
    credential_id: Mapped[str] = mapped_column(ForeignKey("credentials.id"))
