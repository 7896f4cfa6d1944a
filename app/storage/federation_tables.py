"""Federations: the anchors that an administrator trusts, and the entities known below them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.columns import Table


class TrustAnchor(Table):
    """A federation that is trusted here: whose word, with which keys, and what it is asked for.

    Anchors end and are never deleted; an entity identifier stands at most once among those that
    have not ended.
    """

    __tablename__ = "trust_anchors"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(512), index=True)
    name: Mapped[str] = mapped_column(Text)
    jwks: Mapped[dict[str, Any]]  # as it was configured
    scope: Mapped[dict[str, Any]]  # what its members are known for: as in trusted_issuers
    added_by: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FederationEntity(Table):
    """An entity with the trust chain that was valid when it was last looked at.

    `trust_chain` holds the signed statements as they came, one on each line. What follows from
    them stands in trusted_issuers, until `expires_at`.
    """

    __tablename__ = "federation_entities"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    anchor_id: Mapped[str] = mapped_column(ForeignKey("trust_anchors.id"), index=True)
    entity_id: Mapped[str] = mapped_column(String(512), index=True)
    name: Mapped[str] = mapped_column(Text)
    trust_chain: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
